#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "stepconf/objects/object_store.h"
#include "tests/aws_client/local_server.h"

namespace stepconf::objects {

/// As much of S3 as the store uses, in memory: a bucket in the path, ranges, uploads in parts,
/// checksums that are verified. It can be made to fail.
class FakeS3 {
 public:
  /// Sees each request first, in the server's thread; what it gives is answered instead.
  using Interfere = std::function<std::optional<net::Response>(const net::Request&)>;

  explicit FakeS3(Interfere interfere = {});

  /// Options for a store with small parts that does not wait long before it tries again.
  StoreOptions options(std::size_t part_bytes, std::size_t connections = 4) const;
  std::string url(const std::string& key) const { return "s3://bucket/" + key; }

  /// The objects by "/bucket/key". To be used while no request is under way, or from `interfere`.
  struct Object {
    std::string bytes;
    std::string etag;
    std::optional<std::string> crc32;
  };
  std::map<std::string, Object> objects;
  /// Uploads that are neither complete nor aborted.
  std::map<std::string, std::map<int, std::string>> uploads;
  /// Requests so far, by "METHOD" and, for parts of objects, by "GET RANGE".
  std::map<std::string, int> requests;
  /// Damages the bytes of each answer.
  bool flips_a_bit = false;

 private:
  net::Response answer(const net::Request& request);
  net::Response get(const net::Request& request, const std::string& path);
  net::Response put(const net::Request& request, const std::string& path, const std::string& query);
  net::Response post(const net::Request& request, const std::string& path,
                     const std::string& query);

  Interfere interfere_;
  std::map<std::string, std::optional<std::string>> crc_of_upload_;
  int next_ = 0;
  LocalServer server_;
};

/// S3's way to say no.
net::Response refusal(int status, const std::string& code);

}  // namespace stepconf::objects
