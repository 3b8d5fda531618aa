#include "examples/primes/primes.h"
#include "stepconf/runtime/serve.h"

int main() {
  return stepconf::runtime::serve(
      [](const auto& event, const auto&) { return primes::check(event); });
}
