#include "stepconf/net/server.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "stepconf/base/error.h"
#include "stepconf/net/client.h"
#include "tests/net/raw_connection.h"

namespace stepconf::net {
namespace {

/// A server whose loop runs in a thread of its own.
class ServerThread {
 public:
  explicit ServerThread(Handler handler, std::size_t max_body_bytes = 1 << 20)
      : server_(std::in_place, loop_, ServerOptions{.max_body_bytes = max_body_bytes},
                std::move(handler)),
        port_(server_->port()),
        thread_([this] { loop_.run(); }) {}
  ~ServerThread() { stop(); }

  int port() const { return port_; }
  Loop& loop() { return loop_; }
  void destroy_server() {
    loop_.post([this] { server_.reset(); });
  }
  void stop() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  Loop loop_;
  std::optional<Server> server_;
  int port_;
  std::thread thread_;
};

void echo(const Request& request, const Responder& responder) {
  responder.send({.headers = {{{"X-Target", request.target}}}, .body = request.body});
}

TEST(Server, AnswersSeveralRequestsOnOneConnection) {
  const ServerThread server(echo);
  BlockingClient client("127.0.0.1", server.port());
  for (const char* text : {"one", "two", ""}) {
    const auto response =
        client.exchange({.method = "POST", .target = "/a?b=%20", .body = text}, Seconds{10});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, text);
    EXPECT_EQ(response.headers.get("x-target"), "/a?b=%20");
  }
}

TEST(Server, CarriesLargeBodiesBothWays) {
  const ServerThread server(echo, 8 << 20);
  BlockingClient client("127.0.0.1", server.port());
  const std::string large(8 << 20, 'x');
  EXPECT_EQ(client.exchange({.method = "POST", .body = large}, Seconds{30}).body, large);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  const ServerThread server(echo);
  const RawConnection connection(server.port());
  connection.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\noneGET /2 HTTP/1.1\r\n");
  connection.send("Host: a\r\nConnection: close\r\n\r\n");
  const std::string answers = connection.read_all();
  const auto first = answers.find("X-Target: /1");
  const auto second = answers.find("X-Target: /2");
  EXPECT_LT(first, second);
  EXPECT_NE(second, std::string::npos);
}

TEST(Server, AnswersChunkedRequestsAndAsksForABodyThatIsHeldBack) {
  const ServerThread server(echo);
  const RawConnection connection(server.port());
  connection.send(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n"
      "Connection: close\r\n\r\n");
  EXPECT_EQ(connection.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  connection.send("3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
  EXPECT_NE(connection.read_all().find("\r\n\r\nabcdefg"), std::string::npos);
}

TEST(Server, RefusesMalformedRequestsWithoutCallingTheHandler) {
  bool called = false;
  ServerThread server([&called](const Request&, const Responder&) { called = true; });
  const std::string long_header(100'000, 'x');
  const std::pair<std::string, std::string> cases[] = {
      {"nonsense\r\n\r\n", "400"},
      {std::string("\0\1\2\r\n\r\n", 7), "400"},
      {"GET relative HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/7.5\r\nHost: a\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "400"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       "400"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", "413"},
      {"GET / HTTP/1.1\r\nHost: " + long_header + "\r\n\r\n", "431"},
  };
  for (const auto& [bytes, status] : cases) {
    const RawConnection connection(server.port());
    connection.send(bytes);
    EXPECT_EQ(connection.read_until("\r\n\r\n").substr(0, 12), "HTTP/1.1 " + status)
        << bytes.substr(0, 80);
  }
  server.stop();
  EXPECT_FALSE(called);
}

TEST(Server, KeepsLineBreaksOutOfItsHeaders) {
  const ServerThread server([](const Request&, const Responder& responder) {
    responder.send({.headers = {{{"X-Reason", "a\r\nX-Injected: b"}}}});
  });
  BlockingClient client("127.0.0.1", server.port());
  const auto response = client.exchange({}, Seconds{10});
  EXPECT_FALSE(response.headers.get("X-Injected"));
}

TEST(Server, AnswersLaterAndTellsWhenTheClientHasGone) {
  std::optional<Responder> waiting;
  Loop loop;
  Server server(loop, {}, [&](const Request&, const Responder& responder) {
    waiting = responder;
    EXPECT_TRUE(responder.open());
    loop.stop();
  });
  RawConnection connection(server.port());
  connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  loop.run();
  connection.close();
  std::function<void()> look = [&] {
    if (waiting->open()) return loop.post(look);
    waiting->send({.body = "too late"});
    loop.stop();
  };
  loop.post(look);
  loop.run();
  EXPECT_FALSE(waiting->open());
}

TEST(Server, TellsWhenAllConnectionsHaveBeenServedToTheirEnd) {
  Loop loop;
  std::size_t received = 0;
  Server server(loop, {},
                [&](const Request& request, const Responder&) { received += request.body.size(); });
  // One in the backlog and one whose bytes wait in its socket, both closed by their clients.
  const std::string body(100'000, 'x');
  for (int client = 0; client < 2; ++client) {
    RawConnection connection(server.port());
    connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + body);
  }
  server.when_quiet([&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(received, 2 * body.size());
  server.when_quiet([&] { loop.stop(); });
  loop.run();
}

TEST(Server, IgnoresASecondAnswer) {
  const ServerThread server([](const Request&, const Responder& responder) {
    responder.send({.body = "first"});
    responder.send({.status = 500, .body = "second"});
  });
  const RawConnection connection(server.port());
  connection.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string answer = connection.read_all();
  EXPECT_NE(answer.find("first"), std::string::npos);
  EXPECT_EQ(answer.find("second"), std::string::npos);
}

TEST(Server, MayGoWhileRequestsWait) {
  std::vector<Responder> waiting;
  ServerThread server([&](const Request&, const Responder& responder) {
    waiting.push_back(responder);
    server.destroy_server();
  });
  const RawConnection connection(server.port());
  connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(connection.read_all(), "");
  server.stop();
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_FALSE(waiting[0].open());
  waiting[0].send({});
}

TEST(Server, SaysWhichPortIsBusy) {
  Loop loop;
  const Server first(loop, {}, echo);
  try {
    const Server second(loop, {.port = first.port()}, echo);
    FAIL() << "two servers listen on one port";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "cannot listen on 127.0.0.1 port " +
                                             std::to_string(first.port()) +
                                             ": Address already in use");
  }
}

}  // namespace
}  // namespace stepconf::net
