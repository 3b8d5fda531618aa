#include "stepconf/net/wire.h"

// Beast 1.74 asserts that a last chunk comes with 5 bytes, which "0\r\n" in pieces does not; what
// follows the assertion is right all the same (parse_chunk_header).
#define BOOST_DISABLE_ASSERTS

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <limits>
#include <optional>

namespace stepconf::net {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::uint32_t kMaxHeaderBytes = 64 * 1024;
// Thousands of connections idle with the smaller buffer; bodies are worth larger reads.
constexpr std::size_t kHeadRoom = 4 * 1024;
constexpr std::size_t kBodyRoom = 128 * 1024;

// A body in a string, for which no more is reserved beforehand than kReserved, however long the
// peer says that it will be.
struct GrowingBody {
  static constexpr std::uint64_t kReserved = 8u << 20;
  using value_type = std::string;

  class reader {
   public:
    template <bool kIsRequest, class Fields>
    reader(http::header<kIsRequest, Fields>&, std::string& body) : body_(body) {}

    void init(const boost::optional<std::uint64_t>& length, beast::error_code& failure) {
      body_.reserve(static_cast<std::size_t>(std::min(length.value_or(0), kReserved)));
      failure = {};
    }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, beast::error_code& failure) {
      const std::size_t before = body_.size();
      for (const auto part : beast::buffers_range_ref(buffers)) {
        body_.append(static_cast<const char*>(part.data()), part.size());
      }
      failure = {};
      return body_.size() - before;
    }
    void finish(beast::error_code& failure) { failure = {}; }

   private:
    std::string& body_;
  };
};

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

template <class Fields>
Headers headers_of(const Fields& message) {
  Headers headers;
  for (const auto& field : message) {
    headers.fields.emplace_back(text(field.name_string()), text(field.value()));
  }
  return headers;
}

template <class Parser>
std::span<char> make_room(beast::flat_buffer& buffer, const std::optional<Parser>& parser) {
  const auto room = buffer.prepare(parser->is_header_done() ? kBodyRoom : kHeadRoom);
  return {static_cast<char*>(room.data()), room.size()};
}

template <class Parser>
beast::error_code use_bytes(beast::flat_buffer& buffer, Parser& parser) {
  beast::error_code failure;
  while (!parser.is_done() && buffer.size() > 0) {
    const std::size_t used = parser.put(buffer.data(), failure);
    buffer.consume(used);
    if (failure == http::error::need_more) return {};
    if (failure || used == 0) break;
  }
  return failure;
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  const auto append = [&head](std::string_view part) {
    for (const char c : part) {
      head += (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f ? ' ' : c;
    }
  };
  append(name);
  head += ": ";
  append(value);
  head += "\r\n";
}

bool is_framing(std::string_view name) {
  const beast::string_view field(name.data(), name.size());
  return beast::iequals(field, "content-length") || beast::iequals(field, "connection") ||
         beast::iequals(field, "transfer-encoding");
}

void append_fields(std::string& head, const Headers& headers) {
  for (const auto& [name, value] : headers.fields) {
    if (!is_framing(name)) append_field(head, name, value);
  }
}

}  // namespace

struct RequestReader::State {
  using Parser = http::request_parser<GrowingBody>;
  explicit State(std::size_t body_limit) : max_body_bytes(body_limit) {}

  std::size_t max_body_bytes;
  beast::flat_buffer buffer;
  std::optional<Parser> parser;
  bool continued = false;
  int status = 400;
  std::string reason;

  void next() {
    parser.emplace();
    parser->eager(true);
    parser->header_limit(kMaxHeaderBytes);
    parser->body_limit(max_body_bytes);
    continued = false;
  }

  Progress fail(int with, std::string why) {
    status = with;
    reason = std::move(why);
    return Progress::kMalformed;
  }

  Progress check() {
    const auto& message = parser->get();
    if (message.target().empty() || message.target().front() != '/') {
      return fail(400, "the request target must be a path that begins with /");
    }
    if (message.version() != 10 && message.version() != 11) {
      return fail(400, "the HTTP version must be 1.0 or 1.1");
    }
    if (message.version() == 11 && message.find(http::field::host) == message.end()) {
      return fail(400, "the Host header is missing");
    }
    if (message.find(http::field::transfer_encoding) != message.end() && !message.chunked()) {
      return fail(400, "the only transfer encoding understood is chunked");
    }
    return Progress::kComplete;
  }
};

RequestReader::RequestReader(std::size_t max_body_bytes)
    : state_(std::make_unique<State>(max_body_bytes)) {
  state_->next();
}
RequestReader::~RequestReader() = default;

std::span<char> RequestReader::room() { return make_room(state_->buffer, state_->parser); }
void RequestReader::received(std::size_t bytes) { state_->buffer.commit(bytes); }
bool RequestReader::has_rest() const { return state_->buffer.size() > 0; }

Progress RequestReader::parse() {
  const auto failure = use_bytes(state_->buffer, *state_->parser);
  if (failure == http::error::body_limit) {
    return state_->fail(413,
                        fmt::format("the body is larger than {} bytes", state_->max_body_bytes));
  }
  if (failure == http::error::header_limit) {
    return state_->fail(431, fmt::format("the headers are larger than {} bytes", kMaxHeaderBytes));
  }
  if (failure) return state_->fail(400, "malformed request: " + failure.message());
  return state_->parser->is_done() ? state_->check() : Progress::kIncomplete;
}

bool RequestReader::wants_continue() {
  if (state_->continued || !state_->parser->is_header_done() || state_->parser->is_done()) {
    return false;
  }
  state_->continued = true;
  return beast::iequals(state_->parser->get()[http::field::expect], "100-continue");
}

bool RequestReader::keep_alive() const { return state_->parser->keep_alive(); }

Request RequestReader::take() {
  auto message = state_->parser->release();
  Request request{.method = text(message.method_string()),
                  .target = text(message.target()),
                  .headers = headers_of(message),
                  .body = std::move(message.body())};
  state_->next();
  return request;
}

int RequestReader::status() const { return state_->status; }
const std::string& RequestReader::reason() const { return state_->reason; }

struct ResponseReader::State {
  using Parser = http::response_parser<GrowingBody>;
  explicit State(bool skips_body) : without_body(skips_body) {}

  bool without_body;
  beast::flat_buffer buffer;
  std::optional<Parser> parser;
  bool begun = false;
  std::string reason;

  void next() {
    parser.emplace();
    parser->eager(true);
    parser->header_limit(kMaxHeaderBytes);
    parser->body_limit(std::numeric_limits<std::uint64_t>::max());
    parser->skip(without_body);
  }

  Progress parse() {
    while (true) {
      const auto failure = use_bytes(buffer, *parser);
      if (failure) {
        reason = "malformed response: " + failure.message();
        return Progress::kMalformed;
      }
      if (!parser->is_done()) return Progress::kIncomplete;
      if (parser->get().result_int() >= 200) return Progress::kComplete;
      next();
    }
  }
};

ResponseReader::ResponseReader(std::string_view method)
    : state_(std::make_unique<State>(method == "HEAD")) {
  state_->next();
}
ResponseReader::~ResponseReader() = default;

std::span<char> ResponseReader::room() { return make_room(state_->buffer, state_->parser); }
void ResponseReader::received(std::size_t bytes) {
  state_->begun = state_->begun || bytes > 0;
  state_->buffer.commit(bytes);
}
bool ResponseReader::begun() const { return state_->begun; }
Progress ResponseReader::parse() { return state_->parse(); }

Progress ResponseReader::parse_end() {
  const Progress progress = state_->parse();
  if (progress != Progress::kIncomplete) return progress;
  beast::error_code failure;
  if (state_->parser->got_some()) state_->parser->put_eof(failure);
  if (!failure && state_->parser->is_done()) return Progress::kComplete;
  state_->reason = "the server closed the connection before the end of its response";
  return Progress::kMalformed;
}

bool ResponseReader::keep_alive() const { return state_->parser->keep_alive(); }

Response ResponseReader::take() {
  auto message = state_->parser->release();
  return {.status = static_cast<int>(message.result_int()),
          .headers = headers_of(message),
          .body = std::move(message.body())};
}

const std::string& ResponseReader::reason() const { return state_->reason; }

std::string request_head(const Request& request, std::string_view host, int port) {
  std::string head = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);
  if (!request.headers.get("Host")) append_field(head, "Host", fmt::format("{}:{}", host, port));
  append_fields(head, request.headers);
  if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD")) {
    append_field(head, "Content-Length", std::to_string(request.body.size()));
  }
  head += "\r\n";
  return head;
}

std::string response_head(const Response& response, bool keep_alive) {
  const auto reason =
      http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response.status)));
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, text(reason));
  append_fields(head, response.headers);
  if (response.status != 204 && response.status != 304) {
    append_field(head, "Content-Length", std::to_string(response.body.size()));
  }
  append_field(head, "Connection", keep_alive ? "keep-alive" : "close");
  head += "\r\n";
  return head;
}

}  // namespace stepconf::net
