#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "stepconf/objects/crc32.h"
#include "tests/aws_client/variables.h"
#include "tests/objects/fake_s3.h"

namespace stepconf::objects {
namespace {

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 2654435761u >> 13);
  return bytes;
}

std::string failure_of(const std::function<void()>& action) {
  try {
    action();
    return "no failure";
  } catch (const ObjectError& error) {
    return error.what();
  }
}

TEST(S3Store, WritesAndReadsObjectsOfEverySizeAroundAPart) {
  FakeS3 s3;
  ObjectStore store(s3.options(1000));
  for (const std::size_t size : {0, 1, 999, 1000, 1001, 2000, 2001, 10'500}) {
    store.write(s3.url("x"), pattern(size));
    EXPECT_EQ(s3.objects.at("/bucket/x").bytes, pattern(size));
    EXPECT_EQ(store.read(s3.url("x")), pattern(size)) << size;
    EXPECT_TRUE(s3.uploads.empty());
  }
}

TEST(S3Store, ReadsASmallObjectWithOneRequest) {
  FakeS3 s3;
  ObjectStore store(s3.options(1000));
  store.write(s3.url("x"), pattern(250));
  store.read(s3.url("x"));
  EXPECT_EQ(s3.requests["PUT"], 1);
  EXPECT_EQ(s3.requests["GET"], 1);
}

TEST(S3Store, GivesEachConnectionAShareOfWhatIsRead) {
  // After the first 250 bytes, 600 for three connections.
  FakeS3 s3;
  ObjectStore store(s3.options(1000, 3));
  store.write(s3.url("x"), pattern(850));
  EXPECT_EQ(store.read(s3.url("x")), pattern(850));
  for (const char* range : {"bytes=0-249", "bytes=250-449", "bytes=450-649", "bytes=650-849"}) {
    EXPECT_EQ(s3.requests[std::string("GET ") + range], 1) << range;
  }
}

TEST(S3Store, TriesAgainWhatIsThrottled) {
  std::atomic<int> seen{0};
  FakeS3 s3([&](const net::Request&) -> std::optional<net::Response> {
    if (++seen % 2 == 1) return refusal(503, "SlowDown");
    return std::nullopt;
  });
  ObjectStore store(s3.options(1000, 2));
  store.write(s3.url("x"), pattern(3500));
  EXPECT_EQ(store.read(s3.url("x")), pattern(3500));
}

TEST(S3Store, ReadsOneVersionOfAnObjectThatIsReplacedMeanwhile) {
  FakeS3* s3_of = nullptr;
  bool replaced = false;
  FakeS3 s3([&](const net::Request& request) -> std::optional<net::Response> {
    if (!replaced && request.headers.get("If-Match")) {
      replaced = true;
      s3_of->objects["/bucket/x"] = {
          .bytes = std::string(4200, 'n'), .etag = "\"new\"", .crc32 = {}};
    }
    return std::nullopt;
  });
  s3_of = &s3;
  s3.objects["/bucket/x"] = {.bytes = std::string(5000, 'o'), .etag = "\"old\"", .crc32 = {}};
  ObjectStore store(s3.options(1000));
  EXPECT_EQ(store.read(s3.url("x")), std::string(4200, 'n'));
}

TEST(S3Store, GivesUpOnAnObjectThatIsReplacedAgainAndAgain) {
  FakeS3* s3_of = nullptr;
  int version = 0;
  FakeS3 s3([&](const net::Request& request) -> std::optional<net::Response> {
    if (request.headers.get("If-Match")) {
      s3_of->objects["/bucket/x"].etag = std::to_string(++version);
    }
    return std::nullopt;
  });
  s3_of = &s3;
  s3.objects["/bucket/x"] = {.bytes = pattern(5000), .etag = "\"old\"", .crc32 = {}};
  ObjectStore store(s3.options(1000));
  EXPECT_EQ(failure_of([&] { store.read(s3.url("x")); }),
            "s3://bucket/x: the object is replaced again and again while it is read");
}

TEST(S3Store, SeesThatBytesWereDamagedOnTheWay) {
  FakeS3 s3;
  ObjectStore store(s3.options(1000));
  store.write(s3.url("one"), pattern(100));
  store.write(s3.url("two"), pattern(900));
  store.write(s3.url("many"), pattern(4100));
  s3.flips_a_bit = true;
  for (const char* key : {"one", "two", "many"}) {
    EXPECT_NE(failure_of([&] { store.read(s3.url(key)); }).find("damaged"), std::string::npos);
  }
}

TEST(S3Store, RefusesAnswersThatAreNotWhatWasAskedFor) {
  const auto answers = {std::pair{"bytes 0-999/5000", 999}, std::pair{"bytes 1-1000/5000", 1000},
                        std::pair{"bytes 0-99/5000", 100},
                        std::pair{"bytes 0-999/9999999999999999999", 1000}};
  for (const auto& [range, size] : answers) {
    FakeS3 s3([&](const net::Request&) {
      net::Response response{.status = 206, .headers = {}, .body = std::string(size, 'x')};
      response.headers.set("Content-Range", range);
      return response;
    });
    ObjectStore store(s3.options(1000));
    EXPECT_NE(failure_of([&] { store.read(s3.url("x")); }), "no failure") << range;
  }
}

TEST(S3Store, TakesBackAnUploadThatFailsInTheMiddle) {
  FakeS3 s3([](const net::Request& request) -> std::optional<net::Response> {
    if (request.target.find("partNumber=3&") != std::string::npos)
      return refusal(403, "AccessDenied");
    return std::nullopt;
  });
  ObjectStore store(s3.options(1000));
  const std::string failure = failure_of([&] { store.write(s3.url("x"), pattern(9000)); });
  EXPECT_EQ(failure, "s3://bucket/x: status 403, AccessDenied: no");
  EXPECT_TRUE(s3.uploads.empty());
  EXPECT_FALSE(s3.objects.contains("/bucket/x"));
}

TEST(S3Store, SaysWhyAnUploadCannotBegin) {
  FakeS3 s3([](const net::Request& request) -> std::optional<net::Response> {
    if (request.method == "POST") return refusal(403, "AccessDenied");
    return std::nullopt;
  });
  ObjectStore store(s3.options(1000));
  EXPECT_EQ(failure_of([&] { store.write(s3.url("x"), pattern(3000)); }),
            "s3://bucket/x: status 403, AccessDenied: no");
}

TEST(S3Store, TakesBackAnUploadThatCannotBeCompleted) {
  FakeS3 s3([](const net::Request& request) -> std::optional<net::Response> {
    const bool completes =
        request.method == "POST" && request.target.find("uploadId") != std::string::npos;
    if (completes)
      return net::Response{.headers = {}, .body = "<Error><Code>InvalidPart</Code></Error>"};
    return std::nullopt;
  });
  ObjectStore store(s3.options(1000));
  EXPECT_NE(failure_of([&] { store.write(s3.url("x"), pattern(3000)); }).find("InvalidPart"),
            std::string::npos);
  EXPECT_TRUE(s3.uploads.empty());
}

TEST(S3Store, SeesThatAnUploadWasCompletedWhoseAnswerWasLost) {
  for (const bool completed : {true, false}) {
    FakeS3* s3_of = nullptr;
    bool lost = false;
    FakeS3 s3([&](const net::Request& request) -> std::optional<net::Response> {
      const bool completes =
          request.method == "POST" && request.target.find("uploadId") != std::string::npos;
      if (!completes || lost) return std::nullopt;
      lost = true;
      s3_of->uploads.clear();
      s3_of->objects["/bucket/x"] = {
          .bytes = pattern(3000),
          .etag = "\"1\"",
          .crc32 = fmt::format("{:08x}", crc32(pattern(completed ? 3000 : 2999)))};
      return refusal(503, "SlowDown");
    });
    s3_of = &s3;
    ObjectStore store(s3.options(1000));
    const std::string failure = failure_of([&] { store.write(s3.url("x"), pattern(3000)); });
    EXPECT_EQ(failure, completed ? "no failure" : "s3://bucket/x: status 404, NoSuchUpload: no");
  }
}

TEST(S3Store, DoesNotBeginWhatNobodyWaitsForAnyMore) {
  FakeS3 s3;
  ObjectStore store(s3.options(1000, 1));
  std::promise<Transfer> read, written;
  store.read(
      s3.url("x"), [&](Transfer transfer) { read.set_value(std::move(transfer)); },
      [] { return false; });
  store.write(
      s3.url("x"), "1", [&](Transfer transfer) { written.set_value(std::move(transfer)); },
      [] { return false; });
  EXPECT_FALSE(read.get_future().get().ok());
  EXPECT_FALSE(written.get_future().get().ok());
  EXPECT_TRUE(s3.requests.empty());
}

TEST(S3Store, GivesUpAWriteInTheMiddleThatNobodyWaitsForAnyMore) {
  FakeS3 s3;
  ObjectStore store(s3.options(1000, 1));
  std::promise<Transfer> written;
  store.write(
      s3.url("x"), pattern(9000),
      [&](Transfer transfer) { written.set_value(std::move(transfer)); },
      [asked = std::make_shared<int>(0)] { return ++*asked <= 4; });
  EXPECT_FALSE(written.get_future().get().ok());
  EXPECT_EQ(s3.requests["PUT"], 2);
  EXPECT_TRUE(s3.uploads.empty());
}

TEST(S3Store, DoesNotWaitForASilentServerLongerThanItsLimit) {
  // Takes requests and never answers.
  std::vector<net::Responder> waiting;
  const LocalServer silent([&waiting](const net::Request&, const net::Responder& responder) {
    waiting.push_back(responder);
  });
  ObjectStore store({.call = {.retry = {.attempts = 1}, .exchange_limit = Seconds{0.05}},
                     .environment = aws::variables({{"AWS_ENDPOINT_URL", silent.url()},
                                                    {"AWS_ACCESS_KEY_ID", "id"},
                                                    {"AWS_SECRET_ACCESS_KEY", "secret"}})});
  EXPECT_NE(failure_of([&] { store.read("s3://bucket/x"); }).find("timed out after 0.05 s"),
            std::string::npos);
}

TEST(S3Store, TransfersManyObjectsWithoutWaiting) {
  FakeS3 s3;
  ObjectStore store(s3.options(1000));
  std::vector<std::promise<Transfer>> written(20), read(20);
  for (std::size_t i = 0; i < 20; ++i) {
    store.write(s3.url(std::to_string(i)), pattern(100 * i),
                [&, i](Transfer transfer) { written[i].set_value(std::move(transfer)); });
  }
  for (auto& one : written) EXPECT_TRUE(one.get_future().get().ok());
  for (std::size_t i = 0; i < 20; ++i) {
    store.read(s3.url(std::to_string(i)),
               [&, i](Transfer transfer) { read[i].set_value(std::move(transfer)); });
  }
  for (std::size_t i = 0; i < 20; ++i)
    EXPECT_EQ(read[i].get_future().get().bytes, pattern(100 * i));
}

TEST(S3Store, ForgetsWhatHasNotBegunWhenItEnds) {
  FakeS3 s3;
  auto store = std::make_unique<ObjectStore>(s3.options(1000, 1));
  for (int i = 0; i < 50; ++i) store->read(s3.url("x"), [](const Transfer&) {});
  store.reset();
  EXPECT_LT(s3.requests["GET"], 50);
}

TEST(S3Store, SaysWhatIsMissingToReachS3) {
  ObjectStore store({.environment = [](const std::string&) { return std::nullopt; }});
  EXPECT_EQ(failure_of([&] { store.read("s3://bucket/x"); }),
            "s3://bucket/x: no AWS region is known: set AWS_REGION, or region in the profile of "
            "~/.aws/config");
}

}  // namespace
}  // namespace stepconf::objects
