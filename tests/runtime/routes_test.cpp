#include "stepconf/runtime/routes.h"

#include <gtest/gtest.h>

namespace stepconf::runtime {
namespace {

TEST(Route, TellsTheFourCallsOfTheRuntimeApi) {
  EXPECT_EQ(parse_route("GET", "/2018-06-01/runtime/invocation/next").call, Call::kNext);
  EXPECT_EQ(parse_route("POST", "/2018-06-01/runtime/init/error").call, Call::kInitError);
  const Route response = parse_route("POST", "/2018-06-01/runtime/invocation/a-1/response");
  EXPECT_EQ(response.call, Call::kResponse);
  EXPECT_EQ(response.request_id, "a-1");
  const Route error = parse_route("POST", "/2018-06-01/runtime/invocation/a-2/error?x=1");
  EXPECT_EQ(error.call, Call::kError);
  EXPECT_EQ(error.request_id, "a-2");
}

TEST(Route, KnowsNothingElse) {
  for (const auto& [method, target] : {std::pair{"POST", "/2018-06-01/runtime/invocation/next"},
                                       {"GET", "/2018-06-01/runtime/invocation/a/response"},
                                       {"POST", "/2018-06-01/runtime/invocation//response"},
                                       {"POST", "/2018-06-01/runtime/invocation/response"},
                                       {"POST", "/2018-06-01/runtime/invocation/a/response/b"},
                                       {"GET", "/2018-06-01/runtime/init/error"},
                                       {"GET", "/"},
                                       {"GET", "/2018-06-01/runtime"}}) {
    EXPECT_EQ(parse_route(method, target).call, Call::kUnknown) << method << ' ' << target;
  }
}

TEST(Endpoint, IsAHostAndAPort) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:9001")->port, 9001);
  EXPECT_EQ(parse_endpoint("127.0.0.1:9001")->host, "127.0.0.1");
  EXPECT_EQ(parse_endpoint("sandbox")->port, 80);
  for (const char* text : {"", ":1", "a:", "a:0", "a:70000", "a:1x"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

}  // namespace
}  // namespace stepconf::runtime
