// Whatever STEPCONF_COMMAND holds: it is refused, or split; quoting the words gives the same ones
// back.
#include "stepconf/wrapper/command_line.h"

#include "stepconf/base/error.h"
#include "tests/fuzz/fuzz.h"

namespace {

std::string quoted(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    line += '\'';
    for (const char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += "' ";
  }
  return line;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  try {
    const auto words = wrapper::split_words(fuzz::text(data, size));
    fuzz::expect(wrapper::split_words(quoted(words)) == words, "quoted words stay as they are");
  } catch (const InvalidInput&) {
  }
  return 0;
}
