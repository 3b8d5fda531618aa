#include "stepconf/wrapper/object_transfers.h"

#include <fmt/format.h>

#include <utility>

namespace stepconf::wrapper {
namespace {

// Lambda's request ids are UUIDs; whatever else hands out events must not choose the folder.
std::string plain(std::string_view request_id) {
  constexpr std::string_view kPlain =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
  std::string text(request_id);
  for (char& c : text) {
    if (kPlain.find(c) == std::string_view::npos) c = '_';
  }
  return text;
}

}  // namespace

void ObjectTransfers::read(const std::string& url, Done done) {
  store_.read(url, in_loop(url, std::move(done)), wanted());
}

void ObjectTransfers::write(const std::string& url, std::string bytes, Done done) {
  store_.write(url, std::move(bytes), in_loop(url, std::move(done)), wanted());
}

objects::Wanted ObjectTransfers::wanted() const {
  return [alive = std::weak_ptr(alive_)] { return !alive.expired(); };
}

objects::Transferred ObjectTransfers::in_loop(std::string url, Done done) {
  return [&loop = loop_, alive = std::weak_ptr(alive_), url = std::move(url),
          done = std::move(done)](objects::Transfer transfer) {
    if (!transfer.ok()) transfer.failure = fmt::format("{}: {}", url, transfer.failure);
    // In a function that can be copied, as the loop wants it.
    const auto outcome = std::make_shared<objects::Transfer>(std::move(transfer));
    loop.post([alive, done, outcome] {
      if (alive.lock()) done(std::move(*outcome));
    });
  };
}

std::string ResultPlace::url(std::string_view request_id, std::string_view name) const {
  return objects::join(folder, fmt::format("{}/{}.json", plain(request_id), name));
}

}  // namespace stepconf::wrapper
