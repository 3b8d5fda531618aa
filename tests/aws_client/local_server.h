#pragma once

#include <future>
#include <thread>

#include "stepconf/net/server.h"

namespace stepconf {

/// A server on loopback in a thread of its own, whose handler runs there.
class LocalServer {
 public:
  explicit LocalServer(net::Handler handler) {
    std::promise<int> port;
    thread_ = std::thread([this, &port, handler = std::move(handler)] {
      net::Server server(loop_, {}, handler);
      port.set_value(server.port());
      loop_.run();
    });
    port_ = port.get_future().get();
  }
  ~LocalServer() {
    loop_.stop();
    thread_.join();
  }
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  net::Loop loop_;
  std::thread thread_;
  int port_ = 0;
};

}  // namespace stepconf
