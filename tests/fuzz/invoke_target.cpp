// Whatever path and query a caller of the Invoke API sends: refused, or a function's name.
#include "stepconf/platform/local/function_target.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  const std::string_view text = fuzz::text(data, size);
  const auto question = text.find('?');
  const std::string_view query =
      question == std::string_view::npos ? std::string_view() : text.substr(question + 1);
  const auto target = platform::parse_invoke_target(text.substr(0, question), query);
  if (target) fuzz::expect(!target->function.empty(), "a target has a function");
  return 0;
}
