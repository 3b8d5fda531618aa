// Whatever bytes a client sends, the server's reader takes them without harm, and it makes no
// difference in which pieces they arrive.
#include <algorithm>
#include <string>
#include <vector>

#include "stepconf/net/wire.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace stepconf;

struct Reading {
  std::vector<std::string> requests;
  bool malformed = false;
  bool operator==(const Reading&) const = default;
};

Reading read(std::string_view bytes, std::size_t piece) {
  net::RequestReader reader(1 << 16);
  Reading reading;
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
      reading.requests.push_back(std::move(seen));
      if (!reader.has_rest()) break;
      progress = reader.parse();
    }
    if (progress == net::Progress::kMalformed) {
      fuzz::expect(reader.status() >= 400 && reader.status() < 500,
                   "a malformed request is answered 4xx");
      reading.malformed = true;
      break;
    }
  }
  return reading;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text(data, size);
  const Reading whole = read(bytes, bytes.size());
  fuzz::expect(whole == read(bytes, 1), "a request is the same byte by byte");
  fuzz::expect(whole == read(bytes, 7), "a request is the same in pieces of 7");
  return 0;
}
