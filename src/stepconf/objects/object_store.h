#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "stepconf/aws/environment.h"
#include "stepconf/aws/service_client.h"
#include "stepconf/objects/object_url.h"
#include "stepconf/objects/s3_transfer.h"

namespace stepconf::objects {

struct StoreOptions {
  /// How many requests to S3 are under way at once, in the whole process where it has one store.
  /// More use more of a fast network, and a thread and about 50 KB each.
  std::size_t connections = 8;
  /// Larger objects travel in parts of this size; S3 wants 5 MB at least. Larger parts cost fewer
  /// requests, smaller ones leave more to do in parallel.
  std::size_t part_bytes = std::size_t{8} << 20;
  /// Whether file:// may be used.
  bool files = true;
  aws::CallOptions call{};
  aws::Environment environment = aws::process_environment();
};

/// Gives the defaults, with `connections` from STEPCONF_S3_CONNECTIONS where it is set. Throws
/// InvalidInput where that is no number from 1 to 256.
StoreOptions store_options(aws::Environment environment = aws::process_environment());

/// Reads and writes whole objects by their URLs (see `locate`), of any size that memory holds. May
/// be shared between threads. Nothing is looked up and no thread started before it is needed:
/// blocking calls for files need none.
class ObjectStore {
 public:
  explicit ObjectStore(StoreOptions options);
  /// Waits for the requests under way; transfers that are not complete by then are never heard of.
  ~ObjectStore() = default;
  ObjectStore(const ObjectStore&) = delete;
  ObjectStore& operator=(const ObjectStore&) = delete;

  /// Reads an object. Throws ObjectError.
  std::string read(std::string_view url);
  /// Writes an object: a reader sees the old one or the new. Missing folders are made. Throws
  /// ObjectError.
  void write(std::string_view url, std::string bytes);
  /// Removes an object; one that is not there is removed already. Throws ObjectError.
  void remove(std::string_view url);

  /// The same without waiting. `done` is called once, in a thread of the store's, or in the
  /// caller's where no thread can be started. Requests that are not `wanted` when their turn comes
  /// are not made: the transfer has failed then.
  void read(const std::string& url, Transferred done, Wanted wanted = {});
  void write(const std::string& url, std::string bytes, Transferred done, Wanted wanted = {});

  /// Tells how many requests to S3 may be under way at once.
  std::size_t connections() const { return threads_.most(); }
  /// Tells whether transfers are under way, which the destructor would wait for.
  bool busy() { return threads_.busy(); }

 private:
  void post(Transferred done, std::function<void(const Transferred&)> begin);
  Location place_of(std::string_view url) const;
  S3Target target(const S3Object& object, Wanted wanted);

  StoreOptions options_;
  std::mutex mutex_;
  std::optional<S3Settings> s3_;
  TransferThreads threads_;
};

}  // namespace stepconf::objects
