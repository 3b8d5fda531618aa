#include <utility>

#include "stepconf/base/error.h"
#include "stepconf/net/client.h"
#include "stepconf/net/stream.h"
#include "stepconf/net/wire.h"

namespace stepconf::net {

class BlockingClient::Connection {
 public:
  Connection(Origin origin, std::optional<Seconds> connect_limit)
      : origin_(std::move(origin)), connect_limit_(connect_limit) {}

  Response exchange(const Request& request, std::optional<Seconds> timeout) {
    const Deadline deadline{timeout};
    const bool kept = stream_ && stream_->usable();
    if (!kept) open(deadline);
    bool begun = false;
    try {
      return transfer(request, deadline, begun);
    } catch (const Error&) {
      stream_.reset();
      // See Client: only a request that changes nothing is sent again.
      if (!kept || begun || request.method != "GET" || deadline.left() == 0) throw;
    }
    open(deadline);
    try {
      return transfer(request, deadline, begun);
    } catch (const Error&) {
      stream_.reset();
      throw;
    }
  }

 private:
  void open(const Deadline& deadline) {
    stream_.reset();
    try {
      stream_ = connect(origin_, sooner(deadline, Deadline{connect_limit_}));
    } catch (const Untrusted&) {
      throw;
    } catch (const Error& error) {
      throw Unreachable(error.what());
    }
  }

  Response transfer(const Request& request, const Deadline& deadline, bool& begun) {
    stream_->send(request_head(request, origin_.host, origin_.port), request.body, deadline);
    ResponseReader reader(request.method);
    while (true) {
      const std::size_t bytes = stream_->receive(reader.room(), deadline);
      reader.received(bytes);
      begun = begun || reader.begun();
      const Progress progress = bytes == 0 ? reader.parse_end() : reader.parse();
      if (progress == Progress::kMalformed) throw Error(origin_.text() + ": " + reader.reason());
      if (progress == Progress::kComplete) {
        if (bytes == 0 || !reader.keep_alive()) stream_.reset();
        return reader.take();
      }
    }
  }

  Origin origin_;
  std::optional<Seconds> connect_limit_;
  std::unique_ptr<Stream> stream_;
};

BlockingClient::BlockingClient(Origin origin, std::optional<Seconds> connect_limit)
    : connection_(std::make_unique<Connection>(std::move(origin), connect_limit)) {}
BlockingClient::BlockingClient(std::string host, int port)
    : BlockingClient(Origin{.secure = false, .host = std::move(host), .port = port}) {}
BlockingClient::~BlockingClient() = default;

Response BlockingClient::exchange(const Request& request, std::optional<Seconds> timeout) {
  return connection_->exchange(request, timeout);
}

}  // namespace stepconf::net
