#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "stepconf/net/server.h"
#include "stepconf/platform/local/local_platform.h"

namespace stepconf::platform {

/// What a caller named: a function and, where given, an alias or version.
struct InvokeTarget {
  std::string function;
  std::string qualifier;
  bool operator==(const InvokeTarget&) const = default;
};

/// Reads the NAME of /2015-03-31/functions/NAME/invocations, percent-encoded: a name,
/// NAME:QUALIFIER, ACCOUNT:function:NAME[:QUALIFIER] or an ARN. `query` is what follows '?'; its
/// Qualifier counts where NAME has none. Absent where NAME has none of these forms or the
/// qualifiers contradict each other.
std::optional<InvokeTarget> parse_invoke_target(std::string_view encoded_name,
                                                std::string_view query);

/// Serves the functions of a local platform by the Lambda Invoke API
/// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html) on loopback, so that official
/// SDKs call them. The alias "mem-512" chooses the memory size; $LATEST or none, the smallest.
/// RequestResponse only: asynchronous calls and dry runs are refused. Signatures are not checked.
class LambdaApi {
 public:
  /// Listens from now on; port 0 takes a free one. `platform` must outlive it. Throws Error where
  /// the port is taken.
  LambdaApi(LocalPlatform& platform, int port);
  /// Stops listening; calls under way go on unheard.
  ~LambdaApi();
  LambdaApi(const LambdaApi&) = delete;
  LambdaApi& operator=(const LambdaApi&) = delete;

  int port() const { return port_; }
  /// "http://127.0.0.1:9001".
  std::string endpoint() const;

 private:
  LocalPlatform& platform_;
  std::unique_ptr<net::Server> server_;
  int port_ = 0;
};

}  // namespace stepconf::platform
