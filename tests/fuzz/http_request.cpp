// Whatever bytes a client sends, the server's reader takes them without harm, and it makes no
// difference in which pieces they arrive.
#include <algorithm>
#include <string>
#include <vector>

#include "stepconf/net/wire.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace stepconf;

/// Gives the requests that arrive, before the bytes end or are found malformed: which of both it is
/// may be seen sooner or later.
std::vector<std::string> read(std::string_view bytes, std::size_t piece) {
  net::RequestReader reader(1 << 16);
  std::vector<std::string> requests;
  while (!bytes.empty()) {
    const auto room = reader.room();
    const std::size_t size = std::min({piece, room.size(), bytes.size()});
    std::ranges::copy(bytes.substr(0, size), room.begin());
    reader.received(size);
    bytes.remove_prefix(size);
    net::Progress progress = reader.parse();
    while (progress == net::Progress::kComplete) {
      const net::Request request = reader.take();
      std::string seen = request.method + ' ' + request.target + '\n' + request.body;
      for (const auto& [name, value] : request.headers.fields) seen += '\n' + name + ':' + value;
      requests.push_back(std::move(seen));
      if (!reader.has_rest()) break;
      progress = reader.parse();
    }
    if (progress == net::Progress::kMalformed) {
      fuzz::expect(reader.status() >= 400 && reader.status() < 500,
                   "a malformed request is answered 4xx");
      break;
    }
  }
  return requests;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text(data, size);
  const auto whole = read(bytes, bytes.size());
  fuzz::expect(whole == read(bytes, 1), "a request is the same byte by byte");
  fuzz::expect(whole == read(bytes, 7), "a request is the same in pieces of 7");
  return 0;
}
