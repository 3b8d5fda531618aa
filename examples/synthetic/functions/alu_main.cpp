#include <cstdlib>

#include "examples/synthetic/alu.h"
#include "stepconf/runtime/serve.h"

int main() {
  examples::Workers workers(examples::threads_for(std::getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")));
  return stepconf::runtime::serve(
      [&workers](const auto& event, const auto&) { return synthetic::alu(event, workers); });
}
