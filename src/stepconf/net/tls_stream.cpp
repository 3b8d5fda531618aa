#include <fmt/format.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>

#include "stepconf/base/error.h"
#include "stepconf/net/client.h"
#include "stepconf/net/tcp_stream.h"

namespace stepconf::net {
namespace {

std::string reason(int code) {
  std::array<char, 200> text{};
  mbedtls_strerror(code, text.data(), text.size());
  return text.data();
}

// Where distributions keep the certificates that they trust: Amazon Linux and Red Hat, Debian,
// Alpine and SUSE.
std::string trusted_file() {
  if (const char* chosen = std::getenv("AWS_CA_BUNDLE"); chosen && *chosen) return chosen;
  for (const char* usual :
       {"/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt",
        "/etc/ssl/cert.pem", "/etc/ssl/ca-bundle.pem"}) {
    std::error_code ignored;
    if (std::filesystem::exists(usual, ignored)) return usual;
  }
  throw Untrusted("no certificates to trust were found; set AWS_CA_BUNDLE to a file that has them");
}

// The certificates that are trusted, for the whole process. Read on first use: parsing takes
// 10 ms and 1 MB, which a program that opens no secure connection never pays.
class Trust {
 public:
  Trust() {
    mbedtls_x509_crt_init(&certificates_);
    const std::string file = trusted_file();
    // A positive answer counts the certificates that were not understood.
    const int failure = mbedtls_x509_crt_parse_file(&certificates_, file.c_str());
    if (failure < 0 || certificates_.version == 0) {
      mbedtls_x509_crt_free(&certificates_);
      throw Untrusted(fmt::format("{}: has no certificates that can be trusted: {}", file,
                                  failure < 0 ? reason(failure) : "none is understood"));
    }
  }
  ~Trust() { mbedtls_x509_crt_free(&certificates_); }
  Trust(const Trust&) = delete;
  Trust& operator=(const Trust&) = delete;

  static Trust& shared() {
    static Trust trust;
    return trust;
  }

  mbedtls_x509_crt* certificates() { return &certificates_; }
  /// Held until a connection stands: without MBEDTLS_THREADING_C the library writes to keys that it
  /// checks with, and to tables that it makes on first use.
  std::mutex& connecting() { return connecting_; }

 private:
  mbedtls_x509_crt certificates_{};
  std::mutex connecting_;
};

int send_some(void* socket, const unsigned char* bytes, std::size_t size) {
  const auto sent =
      ::send(static_cast<TcpStream*>(socket)->descriptor(), bytes, size, MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<int>(sent);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return MBEDTLS_ERR_SSL_WANT_WRITE;
  return errno == EPIPE || errno == ECONNRESET ? MBEDTLS_ERR_NET_CONN_RESET
                                               : MBEDTLS_ERR_NET_SEND_FAILED;
}

int receive_some(void* socket, unsigned char* bytes, std::size_t size) {
  const auto received = ::recv(static_cast<TcpStream*>(socket)->descriptor(), bytes, size, 0);
  if (received >= 0) return static_cast<int>(received);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return MBEDTLS_ERR_SSL_WANT_READ;
  return errno == ECONNRESET ? MBEDTLS_ERR_NET_CONN_RESET : MBEDTLS_ERR_NET_RECV_FAILED;
}

// What one connection needs of the library.
struct TlsSession {
  mbedtls_entropy_context entropy{};
  mbedtls_ctr_drbg_context random{};
  mbedtls_ssl_config config{};
  mbedtls_ssl_context tls{};

  TlsSession() {
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&random);
    mbedtls_ssl_config_init(&config);
    mbedtls_ssl_init(&tls);
  }
  ~TlsSession() {
    mbedtls_ssl_free(&tls);
    mbedtls_ssl_config_free(&config);
    mbedtls_ctr_drbg_free(&random);
    mbedtls_entropy_free(&entropy);
  }
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
};

/// A TCP connection under TLS 1.2, whose server has proved its name.
class TlsStream final : public Stream {
 public:
  TlsStream(const Origin& origin, const Deadline& deadline)
      : name_(origin.text()), socket_(origin, deadline) {
    configure(origin);
    shake_hands(deadline);
  }
  ~TlsStream() override { mbedtls_ssl_close_notify(&session_.tls); }

  std::size_t receive(std::span<char> room, const Deadline& deadline) override {
    while (true) {
      const int count = mbedtls_ssl_read(
          &session_.tls, reinterpret_cast<unsigned char*>(room.data()), room.size());
      if (count > 0) return static_cast<std::size_t>(count);
      if (count == 0 || count == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return 0;
      await(count, deadline);
    }
  }

  void send(std::string_view head, std::string_view body, const Deadline& deadline) override {
    for (std::string_view part : {head, body}) {
      while (!part.empty()) {
        const int count = mbedtls_ssl_write(
            &session_.tls, reinterpret_cast<const unsigned char*>(part.data()), part.size());
        if (count == MBEDTLS_ERR_NET_CONN_RESET) return;
        if (count < 0) {
          await(count, deadline);
        } else {
          part.remove_prefix(static_cast<std::size_t>(count));
        }
      }
    }
  }

  bool usable() const override {
    return mbedtls_ssl_get_bytes_avail(&session_.tls) == 0 && socket_.usable();
  }

 private:
  void configure(const Origin& origin) {
    const std::scoped_lock lock(Trust::shared().connecting());
    check(mbedtls_ctr_drbg_seed(&session_.random, mbedtls_entropy_func, &session_.entropy, nullptr,
                                0));
    check(mbedtls_ssl_config_defaults(&session_.config, MBEDTLS_SSL_IS_CLIENT,
                                      MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT));
    mbedtls_ssl_conf_min_version(&session_.config, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_rng(&session_.config, mbedtls_ctr_drbg_random, &session_.random);
    mbedtls_ssl_conf_authmode(&session_.config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(&session_.config, Trust::shared().certificates(), nullptr);
    check(mbedtls_ssl_setup(&session_.tls, &session_.config));
    // Both the name that is asked for and the one that the certificate must have.
    check(mbedtls_ssl_set_hostname(&session_.tls, origin.host.c_str()));
    mbedtls_ssl_set_bio(&session_.tls, &socket_, send_some, receive_some, nullptr);
  }

  void shake_hands(const Deadline& deadline) {
    while (session_.tls.state != MBEDTLS_SSL_HANDSHAKE_OVER) {
      int outcome = 0;
      {
        const std::scoped_lock lock(Trust::shared().connecting());
        outcome = mbedtls_ssl_handshake_step(&session_.tls);
      }
      if (outcome != 0) await(outcome, deadline);
    }
  }

  // Waits for what the library waits for; anything else is a failure.
  void await(int outcome, const Deadline& deadline) {
    if (outcome == MBEDTLS_ERR_SSL_WANT_READ) return socket_.await(POLLIN, deadline);
    if (outcome == MBEDTLS_ERR_SSL_WANT_WRITE) return socket_.await(POLLOUT, deadline);
    check(outcome);
  }

  void check(int outcome) {
    if (outcome == 0) return;
    if (outcome != MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) socket_.fail("TLS: " + reason(outcome));
    std::array<char, 400> why{};
    mbedtls_x509_crt_verify_info(why.data(), why.size(), "",
                                 mbedtls_ssl_get_verify_result(&session_.tls));
    std::string text = why.data();
    while (text.ends_with('\n')) text.pop_back();
    throw Untrusted(fmt::format("{}: the server's certificate is refused: {}", name_, text));
  }

  std::string name_;
  TcpStream socket_;
  TlsSession session_;
};

}  // namespace

std::unique_ptr<Stream> connect(const Origin& origin, const Deadline& deadline) {
  if (origin.secure) return std::make_unique<TlsStream>(origin, deadline);
  return std::make_unique<TcpStream>(origin, deadline);
}

}  // namespace stepconf::net
