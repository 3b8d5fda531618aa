#include "stepconf/platform/local/spawn_protocol.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace stepconf::platform {

namespace {

// Room for one descriptor's control message.
struct alignas(cmsghdr) ControlSpace {
  std::array<char, CMSG_SPACE(sizeof(int))> bytes{};
};

// The size comes first.
std::string on_the_wire(const SpawnFrame& frame) {
  const std::uint32_t size = static_cast<std::uint32_t>(frame.bytes().size());
  std::string wire(sizeof size, '\0');
  std::memcpy(wire.data(), &size, sizeof size);
  return wire + frame.bytes();
}

}  // namespace

SpawnFrame SpawnFrame::received(std::string bytes) {
  SpawnFrame frame(SpawnMessage::spawn);
  frame.bytes_ = std::move(bytes);
  return frame;
}

SpawnFrame& SpawnFrame::put(std::uint64_t number) {
  std::array<char, sizeof number> raw{};
  std::memcpy(raw.data(), &number, sizeof number);
  bytes_.append(raw.data(), raw.size());
  return *this;
}

SpawnFrame& SpawnFrame::put(std::string_view text) {
  put(static_cast<std::uint64_t>(text.size()));
  bytes_.append(text);
  return *this;
}

SpawnFrame& SpawnFrame::put(const std::vector<std::string>& list) {
  put(static_cast<std::uint64_t>(list.size()));
  for (const std::string& text : list) put(std::string_view(text));
  return *this;
}

std::uint64_t SpawnFrame::take_number() {
  std::uint64_t number = 0;
  if (position_ + sizeof number > bytes_.size()) return 0;
  std::memcpy(&number, bytes_.data() + position_, sizeof number);
  position_ += sizeof number;
  return number;
}

std::string SpawnFrame::take_text() {
  const std::uint64_t size = take_number();
  if (size > bytes_.size() - position_) return {};
  std::string text = bytes_.substr(position_, size);
  position_ += size;
  return text;
}

std::vector<std::string> SpawnFrame::take_list() {
  std::vector<std::string> list;
  for (std::uint64_t left = take_number(); left > 0; --left) list.push_back(take_text());
  return list;
}

bool SpawnChannel::send(const SpawnFrame& frame, int attached) {
  Descriptor copy;
  if (attached >= 0) copy = Descriptor(::fcntl(attached, F_DUPFD_CLOEXEC, 0));
  unsent_.push_back({on_the_wire(frame), std::move(copy)});
  return flush();
}

// Never waits: the other end may be waiting for this one, and an event loop that watches the socket
// has made it non-blocking anyway.
bool SpawnChannel::flush() {
  while (!unsent_.empty()) {
    Unsent& next = unsent_.front();
    iovec part{next.bytes.data(), next.bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    ControlSpace control;
    if (next.attached) {
      message.msg_control = control.bytes.data();
      message.msg_controllen = control.bytes.size();
      cmsghdr* header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN(sizeof(int));
      const int attached = next.attached.get();
      std::memcpy(CMSG_DATA(header), &attached, sizeof attached);
    }
    const ssize_t written = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    next.attached.reset();
    next.bytes.erase(0, static_cast<std::size_t>(written));
    if (next.bytes.empty()) unsent_.pop_front();
  }
  return true;
}

bool SpawnChannel::receive() {
  std::array<char, 16384> chunk{};
  while (true) {
    ControlSpace control;
    iovec part{chunk.data(), chunk.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    const ssize_t size = ::recvmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    if (size == 0) return false;
    buffer_.append(chunk.data(), static_cast<std::size_t>(size));
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, header)) {
      if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
      descriptors_.emplace_back(descriptor);
    }
  }
}

std::optional<SpawnFrame> SpawnChannel::next() {
  const std::string_view rest = std::string_view(buffer_).substr(taken_);
  std::uint32_t size = 0;
  if (rest.size() >= sizeof size) std::memcpy(&size, rest.data(), sizeof size);
  if (rest.size() < sizeof size || rest.size() < sizeof size + size) {
    // Once for all frames of a burst, which may be hundreds.
    buffer_.erase(0, taken_);
    taken_ = 0;
    return std::nullopt;
  }
  taken_ += sizeof size + size;
  return SpawnFrame::received(std::string(rest.substr(sizeof size, size)));
}

Descriptor SpawnChannel::next_descriptor() {
  if (descriptors_.empty()) return Descriptor();
  Descriptor descriptor = std::move(descriptors_.front());
  descriptors_.pop_front();
  return descriptor;
}

}  // namespace stepconf::platform
