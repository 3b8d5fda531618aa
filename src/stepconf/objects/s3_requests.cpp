#include "stepconf/objects/s3_requests.h"

#include <fmt/format.h>

#include <charconv>

#include "stepconf/aws/service.h"
#include "stepconf/aws/signature.h"
#include "stepconf/objects/crc32.h"

namespace stepconf::objects {
namespace {

constexpr std::string_view kWholeCrc = "x-amz-meta-stepconf-crc32";

std::string escaped(std::string_view text) {
  std::string xml;
  for (const char c : text) {
    if (c == '&') {
      xml += "&amp;";
    } else if (c == '<') {
      xml += "&lt;";
    } else {
      xml += c;
    }
  }
  return xml;
}

template <class Number>
bool take_number(std::string_view& text, Number& number, int base = 10) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (problem != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

net::Request put_bytes(const std::string& path, std::string bytes, std::uint32_t crc) {
  net::Request request{.method = "PUT", .target = path, .headers = {}, .body = std::move(bytes)};
  request.headers.set(std::string(kChecksumHeader), crc32_header(crc));
  return request;
}

}  // namespace

S3Settings s3_settings(const aws::Environment& environment) {
  S3Settings settings{.region = {}, .endpoint = aws::endpoint(environment, "S3")};
  const auto known = aws::configured_region(environment);
  settings.region = settings.endpoint ? known.value_or("us-east-1") : aws::region(environment);
  return settings;
}

S3Address s3_address(const S3Object& object, const S3Settings& settings) {
  const std::string key = aws::percent_encode(object.key, "/");
  if (settings.endpoint) {
    return {.origin = *settings.endpoint, .path = fmt::format("/{}/{}", object.bucket, key)};
  }
  net::Origin origin{.secure = true,
                     .host = fmt::format("s3.{}.{}", settings.region, aws::domain(settings.region)),
                     .port = 443};
  if (object.bucket.find('.') != std::string::npos) {
    return {.origin = std::move(origin), .path = fmt::format("/{}/{}", object.bucket, key)};
  }
  origin.host = fmt::format("{}.{}", object.bucket, origin.host);
  return {.origin = std::move(origin), .path = "/" + key};
}

net::Request get_part(const std::string& path, Extent extent,
                      const std::optional<std::string>& etag) {
  net::Request request = get_whole(path);
  request.headers.set("Range",
                      fmt::format("bytes={}-{}", extent.begin, extent.begin + extent.size - 1));
  if (etag) request.headers.set("If-Match", *etag);
  return request;
}

net::Request get_whole(const std::string& path) {
  net::Request request{.target = path};
  request.headers.set("x-amz-checksum-mode", "ENABLED");
  return request;
}

net::Request put_object(const std::string& path, std::string bytes) {
  const std::uint32_t crc = crc32(bytes);
  net::Request request = put_bytes(path, std::move(bytes), crc);
  request.headers.set(std::string(kWholeCrc), fmt::format("{:08x}", crc));
  return request;
}

net::Request delete_object(const std::string& path) { return {.method = "DELETE", .target = path}; }

net::Request create_upload(const std::string& path, std::uint32_t crc) {
  net::Request request{.method = "POST", .target = path + "?uploads="};
  request.headers.set("x-amz-checksum-algorithm", "CRC32");
  request.headers.set(std::string(kWholeCrc), fmt::format("{:08x}", crc));
  return request;
}

net::Request upload_part(const std::string& path, const std::string& upload, std::size_t number,
                         std::string bytes) {
  const std::uint32_t crc = crc32(bytes);
  net::Request request = put_bytes(path, std::move(bytes), crc);
  request.target += fmt::format("?partNumber={}&uploadId={}", number, aws::percent_encode(upload));
  return request;
}

net::Request complete_upload(const std::string& path, const std::string& upload,
                             const std::vector<UploadedPart>& parts) {
  std::string list = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    list += fmt::format(
        "<Part><PartNumber>{}</PartNumber><ETag>{}</ETag><ChecksumCRC32>{}</ChecksumCRC32></Part>",
        i + 1, escaped(parts[i].etag), parts[i].crc_header);
  }
  list += "</CompleteMultipartUpload>";
  net::Request request{.method = "POST",
                       .target = fmt::format("{}?uploadId={}", path, aws::percent_encode(upload)),
                       .body = std::move(list)};
  request.headers.set("Content-Type", "application/xml");
  return request;
}

net::Request abort_upload(const std::string& path, const std::string& upload) {
  return {.method = "DELETE",
          .target = fmt::format("{}?uploadId={}", path, aws::percent_encode(upload))};
}

std::optional<ContentRange> content_range(const net::Response& response) {
  const auto header = response.headers.get("Content-Range");
  if (!header) return std::nullopt;
  std::string_view text = *header;
  ContentRange range;
  std::size_t last = 0;
  if (!take(text, "bytes ") || !take_number(text, range.begin) || !take(text, "-") ||
      !take_number(text, last) || !take(text, "/") || !take_number(text, range.total) ||
      !text.empty() || last < range.begin || last >= range.total) {
    return std::nullopt;
  }
  range.end = last + 1;
  return range;
}

std::optional<std::uint32_t> whole_crc(const net::Response& response) {
  const auto header = response.headers.get(kWholeCrc);
  if (!header) return std::nullopt;
  std::string_view text = *header;
  std::uint32_t crc = 0;
  if (!take_number(text, crc, 16) || !text.empty()) return std::nullopt;
  return crc;
}

}  // namespace stepconf::objects
