#include "stepconf/runtime/serve.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <deque>
#include <optional>
#include <thread>

#include "stepconf/net/server.h"
#include "stepconf/runtime/routes.h"

namespace stepconf::runtime {
namespace {

/// A Runtime API that hands out the given events, keeps the answers and then goes away.
class ScriptedApi {
 public:
  explicit ScriptedApi(std::deque<std::string> events)
      : events_(std::move(events)),
        server_(std::in_place, loop_, net::ServerOptions{},
                [this](const net::Request& request, const net::Responder& responder) {
                  answer(request, responder);
                }),
        thread_([this, port = server_->port()] {
          ::setenv("AWS_LAMBDA_RUNTIME_API", ("127.0.0.1:" + std::to_string(port)).c_str(), 1);
          ready_.store(true);
          ready_.notify_one();
          loop_.run();
        }) {
    ready_.wait(false);
  }
  ~ScriptedApi() { finish(); }

  /// The answers so far, once serve() has returned.
  const std::vector<net::Request>& finish() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
    return answers_;
  }

 private:
  void answer(const net::Request& request, const net::Responder& responder) {
    if (parse_route(request.method, request.target).call != Call::kNext) {
      answers_.push_back(request);
      return responder.send({.status = 202});
    }
    if (events_.empty()) return server_.reset();
    const std::string id = "id-" + std::to_string(answers_.size());
    responder.send({.headers = {{{std::string(kRequestId), id},
                                 {std::string(kDeadlineMs), "1700000000123"},
                                 {std::string(kFunctionArn), "arn:aws:lambda:f:mem-512"},
                                 {std::string(kTraceId), "Root=1-" + id}}},
                    .body = events_.front()});
    events_.pop_front();
  }

  std::deque<std::string> events_;
  std::vector<net::Request> answers_;
  net::Loop loop_;
  std::optional<net::Server> server_;
  std::atomic<bool> ready_{false};
  std::thread thread_;
};

TEST(Serve, AnswersEventsUntilTheRuntimeApiIsGone) {
  ScriptedApi api({R"({"n": 20})", R"({"n": 21})"});
  Invocation last;
  const int status = serve([&last](const Json& event, const Invocation& invocation) {
    last = invocation;
    EXPECT_EQ(std::string(std::getenv("_X_AMZN_TRACE_ID")), invocation.trace_id);
    return Json{{"doubled", event.at("n").get<int>() * 2}};
  });
  EXPECT_EQ(status, 0);
  const auto& answers = api.finish();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].target, "/2018-06-01/runtime/invocation/id-0/response");
  EXPECT_EQ(answers[0].body, R"({"doubled":40})");
  EXPECT_EQ(answers[1].body, R"({"doubled":42})");
  EXPECT_EQ(last.request_id, "id-1");
  EXPECT_EQ(last.function_arn, "arn:aws:lambda:f:mem-512");
  EXPECT_EQ(last.trace_id, "Root=1-id-1");
  EXPECT_EQ(last.deadline.time_since_epoch(), std::chrono::milliseconds(1700000000123));
}

TEST(Serve, ReportsWhatTheHandlerThrowsAndGoesOn) {
  ScriptedApi api({"1", "2", "not JSON", "4", "5"});
  const int status = serve([](const Json& event, const Invocation&) -> Json {
    switch (event.get<int>()) {
      case 1:
        throw HandlerError("Clip.Missing", "no such clip");
      case 2:
        throw std::runtime_error("went \xff wrong");
      case 4:
        return "\xff";
      default:
        return "fine";
    }
  });
  EXPECT_EQ(status, 0);
  const auto& answers = api.finish();
  ASSERT_EQ(answers.size(), 5u);
  const char* types[] = {"Clip.Missing", "Error", "Runtime.UnmarshalError", "Runtime.MarshalError"};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(answers[i].target,
              "/2018-06-01/runtime/invocation/id-" + std::to_string(i) + "/error");
    EXPECT_EQ(Json::parse(answers[i].body).at("errorType"), types[i]);
    EXPECT_EQ(answers[i].headers.get(kFunctionErrorType), types[i]);
  }
  EXPECT_EQ(Json::parse(answers[0].body).at("errorMessage"), "no such clip");
  EXPECT_EQ(answers[4].body, "\"fine\"");
}

TEST(Serve, FailsWhereThereIsNoRuntimeApi) {
  const Handler handler = [](const Json& event, const Invocation&) { return event; };
  ::unsetenv("AWS_LAMBDA_RUNTIME_API");
  EXPECT_EQ(serve(handler), 1);
  ::setenv("AWS_LAMBDA_RUNTIME_API", "nonsense:port", 1);
  EXPECT_EQ(serve(handler), 1);
}

}  // namespace
}  // namespace stepconf::runtime
