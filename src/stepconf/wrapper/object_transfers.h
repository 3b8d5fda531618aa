#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "stepconf/net/loop.h"
#include "stepconf/objects/object_store.h"

namespace stepconf::wrapper {

/// Moves objects in the store's threads while copies work, and tells in the loop's thread what
/// became of them. Once it is gone, what has not begun is not begun any more: the store's threads
/// are free for others.
class ObjectTransfers {
 public:
  /// Called in the loop's thread, not after the ObjectTransfers is gone.
  using Done = std::function<void(objects::Transfer)>;

  ObjectTransfers(net::Loop& loop, objects::ObjectStore& store) : loop_(loop), store_(store) {}

  void read(const std::string& url, Done done);
  void write(const std::string& url, std::string bytes, Done done);

 private:
  objects::Wanted wanted() const;
  objects::Transferred in_loop(std::string url, Done done);

  net::Loop& loop_;
  objects::ObjectStore& store_;
  const std::shared_ptr<const bool> alive_ = std::make_shared<bool>(true);
};

/// Where an invocation's results go that do not travel in its answer.
struct ResultPlace {
  /// The URL under which they are written; empty: nowhere.
  std::string folder;
  /// Results that are longer together go there.
  std::size_t limit = 0;

  /// Gives the URL of `name` among the results of the invocation `request_id`.
  std::string url(std::string_view request_id, std::string_view name) const;
};

}  // namespace stepconf::wrapper
