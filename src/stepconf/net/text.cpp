#include "stepconf/net/text.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <system_error>

namespace stepconf::net {

std::string describe(int error_number) {
  std::string text = std::system_category().message(error_number);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

std::string timed_out(Seconds limit) {
  return fmt::format("timed out after {:g} s", limit.count());
}

bool closed_by_peer(int descriptor) {
  char byte = 0;
  const auto received = ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return received >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

}  // namespace stepconf::net
