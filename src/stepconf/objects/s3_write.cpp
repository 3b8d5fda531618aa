#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "stepconf/objects/crc32.h"
#include "stepconf/objects/parts.h"
#include "stepconf/objects/s3_transfer.h"

namespace stepconf::objects {
namespace {

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
constexpr std::size_t kMostParts = 10'000;

class S3Write : public std::enable_shared_from_this<S3Write> {
 public:
  S3Write(TransferThreads& threads, S3Target target, std::string bytes, Transferred done)
      : threads_(threads),
        target_(std::move(target)),
        bytes_(std::move(bytes)),
        done_(std::move(done)) {}

  void begin() {
    if (bytes_.size() <= target_.part_bytes) return post_at_once();
    const std::size_t part_bytes =
        std::max(target_.part_bytes, (bytes_.size() + kMostParts - 1) / kMostParts);
    parts_ = cut(bytes_.size(), part_bytes);
    uploaded_.resize(parts_.size());
    threads_.post([self = shared_from_this()](aws::ServiceClient& client) {
      self->at_work_.guard([&] { self->create(client); });
      // Once there is an upload, the last part concludes; it may have done so by now.
      if (self->upload_.empty()) self->conclude();
    });
  }

 private:
  void post_at_once() {
    threads_.post([self = shared_from_this()](aws::ServiceClient& client) {
      self->at_work_.guard([&] {
        require(self->target_.wanted);
        client.call(self->target_.destination,
                    put_object(self->target_.path, std::move(self->bytes_)));
      });
      self->conclude();
    });
  }

  void create(aws::ServiceClient& client) {
    require(target_.wanted);
    crc_ = crc32(bytes_);
    const auto answer = client.call(target_.destination, create_upload(target_.path, crc_));
    const auto upload = aws::xml_text(answer.body, "UploadId");
    if (!upload || upload->empty()) throw Error("S3 began an upload and gave no UploadId");
    upload_ = *upload;
    at_work_.begin(parts_.size());
    for (std::size_t i = 0; i < parts_.size(); ++i) post_part(i);
  }

  void post_part(std::size_t index) {
    threads_.post([self = shared_from_this(), index](aws::ServiceClient& client) {
      self->at_work_.guard([&] { self->upload(client, index); });
      if (!self->at_work_.end_one()) return;
      self->at_work_.guard([&] { self->complete(client); });
      if (self->at_work_.failed()) self->abort(client);
      self->conclude();
    });
  }

  void upload(aws::ServiceClient& client, std::size_t index) {
    if (at_work_.failed()) return;
    require(target_.wanted);
    const Extent part = parts_[index];
    auto request =
        upload_part(target_.path, upload_, index + 1, bytes_.substr(part.begin, part.size));
    std::string crc = request.headers.get(kChecksumHeader).value_or("");
    const auto answer = client.call(target_.destination, std::move(request));
    const auto etag = answer.headers.get("ETag");
    if (!etag) throw Error(fmt::format("S3 took part {} and gave no ETag", index + 1));
    uploaded_[index] = {.etag = *etag, .crc_header = std::move(crc)};
  }

  void complete(aws::ServiceClient& client) {
    if (at_work_.failed()) return;
    try {
      client.call(target_.destination, complete_upload(target_.path, upload_, uploaded_));
    } catch (const aws::ServiceError& error) {
      if (error.code() != "NoSuchUpload" || !stands_there(client)) throw;
    }
  }

  // Where the answer to a request that completed the upload is lost, the next one finds none.
  bool stands_there(aws::ServiceClient& client) const {
    const Extent first{.begin = 0, .size = 1};
    return whole_crc(client.call(target_.destination,
                                 get_part(target_.path, first, std::nullopt))) == crc_;
  }

  // What stays behind of an upload is paid for. The bucket's lifecycle rule removes what this
  // cannot.
  void abort(aws::ServiceClient& client) {
    at_work_.guard([&] { client.call(target_.destination, abort_upload(target_.path, upload_)); });
  }

  void conclude() { done_({.failure = at_work_.failure()}); }

  TransferThreads& threads_;
  S3Target target_;
  std::string bytes_;
  Transferred done_;
  PartsAtWork at_work_;
  std::vector<Extent> parts_;
  std::string upload_;
  std::uint32_t crc_ = 0;
  std::vector<UploadedPart> uploaded_;
};

}  // namespace

void write_to_s3(TransferThreads& threads, S3Target target, std::string bytes, Transferred done) {
  std::make_shared<S3Write>(threads, std::move(target), std::move(bytes), std::move(done))->begin();
}

void remove_from_s3(TransferThreads& threads, S3Target target, Transferred done) {
  threads.post([target = std::move(target), done = std::move(done)](aws::ServiceClient& client) {
    PartsAtWork at_work;
    at_work.guard([&] { client.call(target.destination, delete_object(target.path)); });
    done({.failure = at_work.failure()});
  });
}

}  // namespace stepconf::objects
