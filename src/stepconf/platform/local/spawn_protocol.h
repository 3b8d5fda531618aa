#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/base/descriptor.h"

namespace stepconf::platform {

/// What server and guard tell each other.
enum class SpawnMessage : std::uint8_t {
  // Orders.
  spawn,
  kill,
  remove_at_end,
  // Notices. Every order is answered by one sooner or later; `taken` where there is nothing to
  // tell.
  started,
  failed,
  exited,
  taken
};

/// One message on the socket between server and guard: a kind and its fields, in the order in which
/// they were put. Numbers and strings must be taken in that order; both ends are the same program.
class SpawnFrame {
 public:
  explicit SpawnFrame(SpawnMessage kind) : bytes_(1, static_cast<char>(kind)) {}
  static SpawnFrame received(std::string bytes);

  SpawnMessage kind() const { return static_cast<SpawnMessage>(bytes_.front()); }
  SpawnFrame& put(std::uint64_t number);
  SpawnFrame& put(std::string_view text);
  SpawnFrame& put(const std::vector<std::string>& list);
  std::uint64_t take_number();
  std::string take_text();
  std::vector<std::string> take_list();
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  std::size_t position_ = 1;
};

/// One end of that socket. Not to be shared between threads.
class SpawnChannel {
 public:
  explicit SpawnChannel(Descriptor socket) : socket_(std::move(socket)) {}

  /// Sends a frame and, where `attached` is a descriptor, a copy of it, as soon as the other end
  /// takes it: now, or by a later `flush`. False where that end is gone.
  bool send(const SpawnFrame& frame, int attached = -1);
  /// Sends what is left, as far as that goes without waiting. False where the other end is gone.
  bool flush();
  bool has_unsent() const { return !unsent_.empty(); }
  /// Takes what has arrived, without waiting. False where the other end is gone.
  bool receive();
  /// Gives the next complete frame that `receive` took.
  std::optional<SpawnFrame> next();
  /// Gives the next descriptor that came with a frame.
  Descriptor next_descriptor();
  int descriptor() const { return socket_.get(); }

 private:
  struct Unsent {
    std::string bytes;
    Descriptor attached;
  };

  Descriptor socket_;
  // Received; frames before `taken_` have been taken.
  std::string buffer_;
  std::size_t taken_ = 0;
  std::deque<Unsent> unsent_;
  std::deque<Descriptor> descriptors_;
};

}  // namespace stepconf::platform
