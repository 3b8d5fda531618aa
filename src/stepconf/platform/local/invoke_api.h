#pragma once

#include <memory>
#include <string>

#include "stepconf/net/server.h"
#include "stepconf/platform/local/event_queue.h"
#include "stepconf/platform/local/function_catalog.h"
#include "stepconf/platform/local/local_platform.h"

namespace stepconf::platform {

/// Serves the functions of a local platform by the Lambda Invoke API
/// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html) on loopback, so that official
/// SDKs call them: Invoke in its three kinds, and what FunctionCatalog answers. A version or an
/// alias chooses the memory size (FunctionVersion). Signatures are not checked.
class LambdaApi {
 public:
  /// Listens from now on; port 0 takes a free one. `platform` must outlive it. Throws Error where
  /// the port is taken.
  LambdaApi(LocalPlatform& platform, int port);
  /// Stops listening; calls under way go on unheard, and events that wait for an attempt are lost.
  ~LambdaApi();
  LambdaApi(const LambdaApi&) = delete;
  LambdaApi& operator=(const LambdaApi&) = delete;

  int port() const { return port_; }
  /// "http://127.0.0.1:9001".
  std::string endpoint() const;

 private:
  void handle(Engine& engine, net::Request request, const net::Responder& responder);
  void invoke(Engine& engine, const InvokeTarget& target, net::Request request,
              const net::Responder& responder);

  LocalPlatform& platform_;
  FunctionCatalog catalog_;
  std::unique_ptr<EventQueue> events_;
  std::unique_ptr<net::Server> server_;
  int port_ = 0;
};

}  // namespace stepconf::platform
