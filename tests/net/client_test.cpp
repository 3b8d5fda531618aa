#include "stepconf/net/client.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/net/server.h"
#include "tests/net/raw_connection.h"

namespace stepconf::net {
namespace {

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

int unused_port() { return RawListener().port(); }

/// Sends one request and gives its outcome.
ExchangeResult exchange(Loop& loop, Client& client, Request request,
                        std::optional<Seconds> timeout = Seconds{10}) {
  ExchangeResult outcome;
  client.send(std::move(request), timeout, [&](ExchangeResult result) {
    outcome = std::move(result);
    loop.stop();
  });
  loop.run();
  return outcome;
}

/// What an outcome looks like with either client: the body, or why there is none.
std::string async_outcome(int port, const Request& request, std::optional<Seconds> timeout) {
  Loop loop;
  Client client(loop, "127.0.0.1", port);
  const ExchangeResult result = exchange(loop, client, request, timeout);
  return result.response ? result.response->body : result.failure;
}

std::string blocking_outcome(int port, const Request& request, std::optional<Seconds> timeout) {
  BlockingClient client("127.0.0.1", port);
  try {
    return client.exchange(request, timeout).body;
  } catch (const Error& error) {
    return error.what();
  }
}

using Outcome = std::string (*)(int, const Request&, std::optional<Seconds>);

class BothClients : public testing::TestWithParam<Outcome> {};
INSTANTIATE_TEST_SUITE_P(Clients, BothClients, testing::Values(async_outcome, blocking_outcome));

TEST_P(BothClients, SayThatNobodyListens) {
  EXPECT_NE(GetParam()(unused_port(), {}, Seconds{10}).find("connection refused"),
            std::string::npos);
}

TEST_P(BothClients, SayThatTimeIsUp) {
  const RawListener silent;
  EXPECT_NE(GetParam()(silent.port(), {}, Seconds{0.02}).find("timed out after 0.02 s"),
            std::string::npos);
}

TEST_P(BothClients, NoticeAServerThatClosesInMidResponse) {
  const RawListener listener;
  std::thread server([&] {
    const RawConnection connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  EXPECT_NE(GetParam()(listener.port(), {}, Seconds{10}).find("before the end of its response"),
            std::string::npos);
  server.join();
}

TEST_P(BothClients, RefuseWhatIsNoResponse) {
  const RawListener listener;
  std::thread server([&] {
    const RawConnection connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.send("SSH-2.0-server\r\n\r\n");
  });
  EXPECT_NE(GetParam()(listener.port(), {}, Seconds{10}).find("malformed response"),
            std::string::npos);
  server.join();
}

TEST_P(BothClients, SkipInterimResponsesAndReadABodyThatEndsWithTheConnection) {
  const RawListener listener;
  std::thread server([&] {
    const RawConnection connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nuntil the end");
  });
  EXPECT_EQ(GetParam()(listener.port(), {}, Seconds{10}), "until the end");
  server.join();
}

/// Answers one request on each of two connections and closes the first one in between.
void close_between_requests(const RawListener& listener) {
  for (int i = 0; i < 2; ++i) {
    const RawConnection connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.send(kOk);
  }
}

TEST(Client, OpensAgainAConnectionThatTheServerClosedBetweenRequests) {
  const RawListener listener;
  std::thread server([&] { close_between_requests(listener); });
  Loop loop;
  Client client(loop, "127.0.0.1", listener.port());
  for (int i = 0; i < 2; ++i) {
    const auto result = exchange(loop, client, {});
    ASSERT_TRUE(result.response) << result.failure;
    EXPECT_EQ(result.response->body, "ok");
  }
  server.join();
}

TEST(BlockingClient, OpensAgainAConnectionThatTheServerClosedBetweenRequests) {
  const RawListener listener;
  std::thread server([&] { close_between_requests(listener); });
  BlockingClient client("127.0.0.1", listener.port());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(client.exchange({}, Seconds{10}).body, "ok");
  server.join();
}

TEST(Client, SendsOneRequestAfterAnother) {
  Loop loop;
  const Server server(loop, {}, [](const Request& request, const Responder& responder) {
    responder.send({.body = request.body});
  });
  Client client(loop, "127.0.0.1", server.port());
  std::vector<std::string> answers;
  for (const char* text : {"a", "b", "c"}) {
    client.send({.method = "POST", .body = text}, Seconds{10}, [&](const ExchangeResult& result) {
      answers.push_back(result.response ? result.response->body : result.failure);
      if (answers.size() == 3) loop.stop();
    });
  }
  EXPECT_TRUE(answers.empty());
  loop.run();
  EXPECT_EQ(answers, (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Client, TellsThatTheServerIsGoneBetweenTwoRequests) {
  Loop loop;
  auto server = std::make_unique<Server>(
      loop, ServerOptions{},
      [](const Request&, const Responder& responder) { responder.send({.body = "ok"}); });
  Client client(loop, "127.0.0.1", server->port());
  bool gone = false;
  client.when_gone([&] {
    gone = true;
    loop.stop();
  });
  EXPECT_TRUE(exchange(loop, client, {}).response);
  EXPECT_FALSE(gone);
  loop.post([&] { server.reset(); });
  loop.run();
  EXPECT_TRUE(gone);
}

TEST(Client, TakesAServerThatClosesIdleConnectionsNotForGone) {
  Loop loop;
  const RawListener listener;
  std::thread server([&] {
    {
      const RawConnection kept = listener.accept();
      kept.read_until("\r\n\r\n");
      kept.send(kOk);
    }
    listener.accept().read_all();
    loop.stop();
  });
  Client client(loop, "127.0.0.1", listener.port());
  bool gone = false;
  client.when_gone([&] { gone = true; });
  client.send({}, Seconds{10}, [](const ExchangeResult&) {});
  loop.run();
  EXPECT_FALSE(gone);
  server.join();
}

TEST(Client, MayGoWhileItsRequestWaits) {
  Loop loop;
  std::unique_ptr<Client> client;
  bool answered = false;
  const Server server(loop, {}, [&](const Request&, const Responder& responder) {
    client.reset();
    responder.send({});
    loop.stop();
  });
  client = std::make_unique<Client>(loop, "127.0.0.1", server.port());
  client->send({}, std::nullopt, [&](const ExchangeResult&) { answered = true; });
  loop.run();
  EXPECT_FALSE(answered);
}

TEST(Client, IsUsableAfterATimeout) {
  Loop loop;
  std::vector<Responder> silent;
  const Server server(loop, {}, [&](const Request& request, const Responder& responder) {
    if (request.target == "/silent") {
      silent.push_back(responder);
    } else {
      responder.send({.body = "answered"});
    }
  });
  Client client(loop, "127.0.0.1", server.port());
  EXPECT_EQ(exchange(loop, client, {.target = "/silent"}, Seconds{0.02}).failure,
            "timed out after 0.02 s");
  EXPECT_EQ(exchange(loop, client, {}).response->body, "answered");
}

}  // namespace
}  // namespace stepconf::net
