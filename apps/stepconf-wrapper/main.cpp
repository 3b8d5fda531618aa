#include <exception>
#include <iostream>

#include "stepconf/base/error.h"
#include "stepconf/wrapper/wrapper.h"

int main(int argc, char** argv) {
  try {
    return stepconf::wrapper::run(
        stepconf::wrapper::options_from_environment({argv + 1, argv + argc}));
  } catch (const stepconf::InvalidInput& error) {
    std::cerr << "stepconf-wrapper: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "stepconf-wrapper: " << error.what() << '\n';
    return 1;
  }
}
