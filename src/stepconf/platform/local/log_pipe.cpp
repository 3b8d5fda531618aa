#include "stepconf/platform/local/log_pipe.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "stepconf/base/error.h"

namespace stepconf::platform {

namespace {

constexpr std::size_t kTailBytes = 4096;
// A longer line is handed on in pieces.
constexpr std::size_t kLongestLine = 65536;

}  // namespace

LogPipe::LogPipe(net::Loop& loop, std::function<void(std::string_view)> line)
    : line_(std::move(line)) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error(fmt::format("cannot make a pipe for a sandbox's log: {}",
                            std::generic_category().message(errno)));
  }
  reading_ = Descriptor(ends[0]);
  writing_ = Descriptor(ends[1]);
  // Only this end: the function's writes shall block, not fail, while nobody reads.
  ::fcntl(reading_.get(), F_SETFL, O_NONBLOCK);
  watch_ = loop.on_readable(reading_.get(), [this] { drain(); });
}

LogPipe::~LogPipe() {
  drain();
  if (line_ && !unfinished_.empty()) line_(unfinished_);
}

void LogPipe::drain() {
  std::array<char, 16384> chunk{};
  int waiting = 0;
  ::ioctl(reading_.get(), FIONREAD, &waiting);
  ssize_t left = waiting;
  // Where nothing waits, reading tells the end.
  do {
    const ssize_t size = ::read(reading_.get(), chunk.data(), chunk.size());
    if (size < 0 && errno == EINTR) continue;
    // At its end the pipe is readable for ever.
    if (size == 0) watch_.reset();
    if (size <= 0) return;
    left -= size;
    const std::string_view text(chunk.data(), static_cast<std::size_t>(size));
    tail_.append(text);
    if (tail_.size() > 4 * kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
    unfinished_.append(text);
    std::size_t start = 0;
    for (std::size_t end = 0; (end = unfinished_.find('\n', start)) != std::string::npos;
         start = end + 1) {
      if (line_) line_(std::string_view(unfinished_).substr(start, end - start));
    }
    unfinished_.erase(0, start);
    if (unfinished_.size() > kLongestLine) {
      if (line_) line_(unfinished_);
      unfinished_.clear();
    }
  } while (left > 0);
}

void LogPipe::add(std::string_view line) {
  drain();
  if (!unfinished_.empty()) {
    if (line_) line_(unfinished_);
    unfinished_.clear();
    tail_.push_back('\n');
  }
  tail_.append(line).push_back('\n');
  if (line_) line_(line);
}

std::string LogPipe::tail() {
  drain();
  if (tail_.size() > kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
  return tail_;
}

}  // namespace stepconf::platform
