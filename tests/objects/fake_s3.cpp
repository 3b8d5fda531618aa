#include "tests/objects/fake_s3.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "stepconf/objects/crc32.h"
#include "tests/aws_client/variables.h"

namespace stepconf::objects {
namespace {

constexpr const char* kCrcOfWhole = "x-amz-meta-stepconf-crc32";

std::string parameter(const std::string& query, const std::string& name) {
  const auto at = ("&" + query).find("&" + name + "=");
  if (at == std::string::npos) return "";
  const std::string rest = query.substr(at + name.size() + 1);
  return rest.substr(0, rest.find('&'));
}

bool damaged(const net::Request& request) {
  const auto header = request.headers.get("x-amz-checksum-crc32");
  return header && *header != crc32_header(crc32(request.body));
}

}  // namespace

net::Response refusal(int status, const std::string& code) {
  return {.status = status,
          .headers = {},
          .body = fmt::format("<Error><Code>{}</Code><Message>no</Message></Error>", code)};
}

FakeS3::FakeS3(Interfere interfere)
    : interfere_(std::move(interfere)),
      server_([this](const net::Request& request, const net::Responder& responder) {
        auto instead = interfere_ ? interfere_(request) : std::nullopt;
        responder.send(instead ? std::move(*instead) : answer(request));
      }) {}

StoreOptions FakeS3::options(std::size_t part_bytes, std::size_t connections) const {
  return {.connections = connections,
          .part_bytes = part_bytes,
          .call = {.retry = {.attempts = 4, .first_wait = Seconds{0.001}},
                   .connect_limit = Seconds{5},
                   .exchange_limit = Seconds{5}},
          .environment = aws::variables({{"AWS_ENDPOINT_URL_S3", server_.url()},
                                         {"AWS_ACCESS_KEY_ID", "id"},
                                         {"AWS_SECRET_ACCESS_KEY", "secret"}})};
}

net::Response FakeS3::answer(const net::Request& request) {
  const auto mark = request.target.find('?');
  const std::string path = request.target.substr(0, mark);
  const std::string query = mark == std::string::npos ? "" : request.target.substr(mark + 1);
  ++requests[request.method];
  if (!request.headers.get("Authorization")) return refusal(403, "AccessDenied");
  if (request.method == "GET") return get(request, path);
  if (request.method == "PUT") return put(request, path, query);
  if (request.method == "POST") return post(request, path, query);
  uploads.erase(parameter(query, "uploadId"));
  if (query.empty()) objects.erase(path);
  return {.status = 204};
}

net::Response FakeS3::get(const net::Request& request, const std::string& path) {
  const auto found = objects.find(path);
  if (found == objects.end()) return refusal(404, "NoSuchKey");
  const Object& object = found->second;
  const auto wanted = request.headers.get("If-Match");
  if (wanted && *wanted != object.etag) return refusal(412, "PreconditionFailed");
  net::Response response;
  response.headers.set("ETag", object.etag);
  if (object.crc32) response.headers.set(kCrcOfWhole, *object.crc32);
  response.body = object.bytes;
  if (const auto range = request.headers.get("Range")) {
    ++requests["GET " + *range];
    std::size_t first = 0, last = 0;
    if (std::sscanf(range->c_str(), "bytes=%zu-%zu", &first, &last) != 2) return {.status = 400};
    if (first >= object.bytes.size()) return refusal(416, "InvalidRange");
    response.status = 206;
    response.body = object.bytes.substr(first, last - first + 1);
    response.headers.set("Content-Range",
                         fmt::format("bytes {}-{}/{}", first, first + response.body.size() - 1,
                                     object.bytes.size()));
  }
  if (response.body.size() == object.bytes.size()) {
    response.headers.set("x-amz-checksum-crc32", crc32_header(crc32(response.body)));
  }
  if (flips_a_bit) response.body.back() ^= 1;
  return response;
}

net::Response FakeS3::put(const net::Request& request, const std::string& path,
                          const std::string& query) {
  if (damaged(request)) return refusal(400, "BadDigest");
  net::Response response;
  response.headers.set("ETag", fmt::format("\"{}\"", ++next_));
  const std::string upload = parameter(query, "uploadId");
  if (upload.empty()) {
    objects[path] = {.bytes = request.body,
                     .etag = *response.headers.get("ETag"),
                     .crc32 = request.headers.get(kCrcOfWhole)};
  } else {
    uploads.at(upload)[std::stoi(parameter(query, "partNumber"))] = request.body;
  }
  return response;
}

net::Response FakeS3::post(const net::Request& request, const std::string& path,
                           const std::string& query) {
  std::string upload = parameter(query, "uploadId");
  if (upload.empty()) {
    upload = fmt::format("upload-{}", ++next_);
    uploads[upload];
    crc_of_upload_[upload] = request.headers.get(kCrcOfWhole);
    return {.headers = {}, .body = fmt::format("<X><UploadId>{}</UploadId></X>", upload)};
  }
  if (!uploads.contains(upload)) return refusal(404, "NoSuchUpload");
  Object object{
      .bytes = {}, .etag = fmt::format("\"{}\"", ++next_), .crc32 = crc_of_upload_[upload]};
  for (const auto& [number, part] : uploads.at(upload)) {
    if (request.body.find(fmt::format("<PartNumber>{}</PartNumber>", number)) ==
        std::string::npos) {
      return refusal(400, "InvalidPart");
    }
    object.bytes += part;
  }
  objects[path] = std::move(object);
  uploads.erase(upload);
  return {};
}

}  // namespace stepconf::objects
