// A function that gives its event back, packed as the wrapper is: what the tests of the packages
// wrap in an empty root folder.
#include "stepconf/runtime/serve.h"

int main() {
  return stepconf::runtime::serve(
      [](const stepconf::Json& event, const stepconf::runtime::Invocation&) { return event; });
}
