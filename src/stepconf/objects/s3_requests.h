#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/aws/environment.h"
#include "stepconf/net/http.h"
#include "stepconf/objects/object_url.h"

// Requests to S3 as its API defines them
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html).

namespace stepconf::objects {

/// Where S3 is.
struct S3Settings {
  std::string region;
  /// Another endpoint than AWS's own.
  std::optional<net::Origin> endpoint;
};

/// Gathers the settings as SDKs do. Throws InvalidInput where they are missing or wrong. With an
/// endpoint of its own, a region is not needed.
S3Settings s3_settings(const aws::Environment& environment);

/// Where an object's requests go: at AWS to a host of the bucket's own, elsewhere and for buckets
/// with a dot (which a certificate's wildcard does not cover) with the bucket in the path.
struct S3Address {
  net::Origin origin;
  std::string path;
};
S3Address s3_address(const S3Object& object, const S3Settings& settings);

/// A piece of an object.
struct Extent {
  std::size_t begin = 0;
  std::size_t size = 0;
};

/// Reads a part, of the version that has `etag` where that is given.
net::Request get_part(const std::string& path, Extent extent,
                      const std::optional<std::string>& etag);
net::Request get_whole(const std::string& path);
/// Writes an object at once; S3 refuses it where it does not get the bytes that are sent. The
/// CRC-32 is kept beside the object.
net::Request put_object(const std::string& path, std::string bytes);
net::Request delete_object(const std::string& path);

/// Begins an upload in parts. `crc` of the whole is kept beside the object.
net::Request create_upload(const std::string& path, std::uint32_t crc);
/// A part as S3 knows it, once it is uploaded.
struct UploadedPart {
  std::string etag;
  std::string crc_header;
};
net::Request upload_part(const std::string& path, const std::string& upload, std::size_t number,
                         std::string bytes);
net::Request complete_upload(const std::string& path, const std::string& upload,
                             const std::vector<UploadedPart>& parts);
net::Request abort_upload(const std::string& path, const std::string& upload);

/// What a response to get_part says about the object.
struct ContentRange {
  std::size_t begin = 0;
  /// One past the last byte.
  std::size_t end = 0;
  std::size_t total = 0;
};
/// Reads the header Content-Range; absent where it is missing or malformed.
std::optional<ContentRange> content_range(const net::Response& response);

/// Gives the CRC-32 of the whole object that was left beside it when it was written; absent where
/// another program wrote it.
std::optional<std::uint32_t> whole_crc(const net::Response& response);

inline constexpr std::string_view kChecksumHeader = "x-amz-checksum-crc32";

}  // namespace stepconf::objects
