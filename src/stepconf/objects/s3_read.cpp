#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "stepconf/objects/crc32.h"
#include "stepconf/objects/parts.h"
#include "stepconf/objects/s3_transfer.h"

namespace stepconf::objects {
namespace {

// An object that is replaced faster than it is read is not read.
constexpr int kMostRounds = 4;

constexpr int kPreconditionFailed = 412;
constexpr int kRangeNotSatisfiable = 416;

void check_crc(std::uint32_t expected, std::string_view bytes) {
  const std::uint32_t found = crc32(bytes);
  if (found == expected) return;
  throw Error(fmt::format("what was read is damaged: its CRC-32 is {:08x}, must be {:08x}", found,
                          expected));
}

// S3's own checksum of a whole object. One with a dash is that of its parts' checksums.
void check_header(const net::Response& response) {
  const auto header = response.headers.get(kChecksumHeader);
  if (!header || header->find('-') != std::string::npos) return;
  if (crc32_header(crc32(response.body)) != *header) {
    throw Error("what was read is damaged: its CRC-32 is not the one that S3 keeps");
  }
}

class S3Read : public std::enable_shared_from_this<S3Read> {
 public:
  S3Read(TransferThreads& threads, S3Target target, Transferred done)
      : threads_(threads), target_(std::move(target)), done_(std::move(done)) {}

  void begin() {
    at_work_.begin(1);
    threads_.post([self = shared_from_this()](aws::ServiceClient& client) {
      self->at_work_.guard([&] { self->read_first(client); });
      if (self->at_work_.end_one()) self->conclude();
    });
  }

 private:
  void read_first(aws::ServiceClient& client) {
    require(target_.wanted);
    const Extent first{.begin = 0, .size = std::max<std::size_t>(target_.part_bytes / 4, 1)};
    auto response = first_answer(client, first);
    const auto range = content_range(response);
    whole_crc_ = whole_crc(response);
    const bool whole = !range || (range->begin == 0 && range->end == range->total &&
                                  range->total == response.body.size());
    if (whole) {
      check_header(response);
      bytes_ = std::move(response.body);
      return;
    }
    etag_ = response.headers.get("ETag");
    bytes_.resize(range->total);
    place(response, {.begin = 0, .size = std::min(first.size, range->total)});
    const auto parts = rest_in_parts(first.size, range->total);
    at_work_.begin(parts.size() + 1);  // the first one is at work still
    for (const Extent part : parts) post_part(part);
  }

  // No part is too small to be worth a request.
  std::vector<Extent> rest_in_parts(std::size_t begin, std::size_t total) const {
    const std::size_t rest = total - begin;
    const std::size_t share = (rest + threads_.most() - 1) / threads_.most();
    const std::size_t smallest = std::max<std::size_t>(target_.part_bytes / 8, 1);
    auto parts = cut(rest, std::clamp(share, smallest, target_.part_bytes));
    for (Extent& part : parts) part.begin += begin;
    return parts;
  }

  net::Response first_answer(aws::ServiceClient& client, Extent first) const {
    try {
      return client.call(target_.destination, get_part(target_.path, first, std::nullopt));
    } catch (const aws::ServiceError& error) {
      if (error.status() != kRangeNotSatisfiable) throw;
    }
    // An empty object has no range at all.
    return client.call(target_.destination, get_whole(target_.path));
  }

  void post_part(Extent part) {
    threads_.post([self = shared_from_this(), part](aws::ServiceClient& client) {
      self->at_work_.guard([&] { self->read_part(client, part); });
      if (self->at_work_.end_one()) self->conclude();
    });
  }

  void read_part(aws::ServiceClient& client, Extent part) {
    if (replaced_ || at_work_.failed()) return;
    require(target_.wanted);
    try {
      place(client.call(target_.destination, get_part(target_.path, part, etag_)), part);
    } catch (const aws::ServiceError& error) {
      if (error.status() != kPreconditionFailed) throw;
      replaced_ = true;
    }
  }

  void place(const net::Response& response, Extent part) {
    const auto range = content_range(response);
    const bool as_asked = range && range->begin == part.begin &&
                          range->end == part.begin + part.size && range->total == bytes_.size() &&
                          response.body.size() == part.size;
    if (!as_asked) {
      throw Error(fmt::format("asked for bytes {} to {}, got other ones", part.begin,
                              part.begin + part.size - 1));
    }
    response.body.copy(bytes_.data() + part.begin, part.size);
  }

  void conclude() {
    if (replaced_ && !at_work_.failed()) {
      if (++rounds_ < kMostRounds) return begin_anew();
      at_work_.fail("the object is replaced again and again while it is read");
    }
    if (!at_work_.failed() && whole_crc_) {
      at_work_.guard([this] { check_crc(*whole_crc_, bytes_); });
    }
    if (at_work_.failed()) return done_({.failure = at_work_.failure()});
    done_({.bytes = std::move(bytes_)});
  }

  void begin_anew() {
    replaced_ = false;
    bytes_.clear();
    begin();
  }

  TransferThreads& threads_;
  S3Target target_;
  Transferred done_;
  PartsAtWork at_work_;
  std::atomic<bool> replaced_{false};
  int rounds_ = 0;
  std::optional<std::string> etag_;
  std::optional<std::uint32_t> whole_crc_;
  // Each part is put in its place by the thread that reads it.
  std::string bytes_;
};

}  // namespace

void read_from_s3(TransferThreads& threads, S3Target target, Transferred done) {
  std::make_shared<S3Read>(threads, std::move(target), std::move(done))->begin();
}

}  // namespace stepconf::objects
