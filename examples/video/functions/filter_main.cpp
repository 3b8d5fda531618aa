#include "examples/video/functions/filter.h"
#include "examples/video/functions/program.h"

int main() {
  return video::program(
      [] { return [](const auto& event, const auto&) { return video::filter(event); }; });
}
