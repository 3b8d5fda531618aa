#include "stepconf/platform/local/event_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "stepconf/base/json.h"
#include "stepconf/net/client.h"
#include "stepconf/platform/local/invoke_api.h"
#include "tests/platform/eventually.h"
#include "tests/platform/gate.h"

namespace stepconf::platform {
namespace {

/// A server of one function that keeps what its log says.
class EventQueueTest : public testing::Test {
 protected:
  EventQueueTest() {
    options_.memory_sizes = {{512}};
    options_.functions["f"].command = {PLATFORM_FUNCTION};
    options_.functions["f"].directory = "/";
    options_.event_retries.after_failure = {Seconds(0.01), Seconds(0.02)};
    options_.event_retries.first_refusal = Seconds(0.01);
    options_.log = [this](std::string_view, std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.emplace_back(line);
    };
  }

  void serve() {
    platform_.emplace(options_, spawner_);
    api_.emplace(*platform_, 0);
  }
  net::Response send(const Json& event) const {
    net::BlockingClient client("127.0.0.1", api_->port());
    net::Request request;
    request.method = "POST";
    request.target = "/2015-03-31/functions/f/invocations";
    request.headers.set("X-Amz-Invocation-Type", "Event");
    request.body = event.dump();
    return client.exchange(request, Seconds(20));
  }
  // How many lines of the log have all these words.
  int lines_with(std::initializer_list<const char*> words) {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(std::ranges::count_if(lines_, [&](const std::string& line) {
      return std::ranges::all_of(
          words, [&](const char* word) { return line.find(word) != std::string::npos; });
    }));
  }

  LocalPlatformOptions options_;
  std::mutex mutex_;
  std::vector<std::string> lines_;
  Spawner spawner_;
  std::optional<LocalPlatform> platform_;
  std::optional<LambdaApi> api_;
};

TEST_F(EventQueueTest, AcceptsAnEventAtOnceAndHandlesIt) {
  serve();
  const Gate gate("event");
  const net::Response response = send({{"wait", gate.path()}, {"print", "handled"}});
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body, "");
  EXPECT_TRUE(response.headers.get("x-amzn-RequestId"));
  gate.open();
  EXPECT_TRUE(eventually([&] { return lines_with({"handled"}) == 1; }));
}

TEST_F(EventQueueTest, TriesAFailedEventTwiceMoreUnderItsRequestId) {
  options_.report_calls = true;
  serve();
  const std::string id = send({{"throw", "FrameMissing"}}).headers.get("x-amzn-RequestId").value();
  EXPECT_TRUE(eventually([&] { return lines_with({id.c_str(), "is dropped"}) == 1; }));
  EXPECT_EQ(lines_with({"START", id.c_str()}), 3);
  EXPECT_EQ(lines_with({"FrameMissing", "tried again in 10 ms"}), 1);
  EXPECT_EQ(lines_with({"FrameMissing", "tried again in 20 ms"}), 1);
}

TEST_F(EventQueueTest, WaitsForRoomAsLongAsAnEventMayBeOld) {
  options_.concurrency = 1;
  serve();
  const Gate gate("room");
  platform_->start({1, "f", {512}, Json{{"wait", gate.path()}}.dump()});
  send({{"print", "handled"}});
  EXPECT_TRUE(eventually(
      [&] { return lines_with({"TooManyRequestsException", "tried again in 40 ms"}) == 1; }));
  gate.open();
  EXPECT_TRUE(eventually([&] { return lines_with({"handled"}) == 1; }));
  EXPECT_EQ(lines_with({"is dropped"}), 0);
}

TEST_F(EventQueueTest, DropsAnEventThatIsTooOld) {
  options_.concurrency = 0;
  options_.event_retries.longest_age = Seconds(0.02);
  serve();
  send(1);
  EXPECT_TRUE(eventually([&] { return lines_with({"is dropped"}) == 1; }));
}

TEST_F(EventQueueTest, TellsAtItsEndWhatItHasNotHandled) {
  options_.event_retries.after_failure = {Seconds(1000)};
  serve();
  send({{"throw", "FrameMissing"}});
  EXPECT_TRUE(eventually([&] { return lines_with({"tried again in 16 m 40 s"}) == 1; }));
  api_.reset();
  EXPECT_EQ(lines_with({"has not been handled"}), 1);
}

}  // namespace
}  // namespace stepconf::platform
