// Whatever bytes a server sends, the client's reader takes them without harm.
#include <algorithm>

#include "stepconf/net/wire.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  std::string_view bytes = fuzz::text(data, size);
  const bool head = !bytes.empty() && bytes.front() == 'H' && size % 2 == 1;
  net::ResponseReader reader(head ? "HEAD" : "GET");
  while (!bytes.empty()) {
    const auto room = reader.room();
    const std::size_t piece = std::min({room.size(), bytes.size(), std::size_t{61}});
    std::ranges::copy(bytes.substr(0, piece), room.begin());
    reader.received(piece);
    bytes.remove_prefix(piece);
    const net::Progress progress = reader.parse();
    if (progress == net::Progress::kMalformed) {
      fuzz::expect(!reader.reason().empty(), "a malformed response has a reason");
      return 0;
    }
    if (progress == net::Progress::kComplete) {
      const net::Response response = reader.take();
      fuzz::expect(response.status >= 200, "interim responses are skipped");
      return 0;
    }
  }
  if (reader.begun()) reader.parse_end();
  return 0;
}
