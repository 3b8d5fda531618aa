#include "stepconf/wrapper/line_forwarder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "stepconf/base/json.h"
#include "stepconf/wrapper/json_pieces.h"

namespace stepconf::wrapper {
namespace {

// A longer line is cut rather than kept in memory.
constexpr std::size_t kLongestLine = 256 * 1024;

void write_all(int target, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(target, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody reads the log any more
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::string mark_line(std::string_view line, std::size_t job, bool json_too) {
  const auto brace = line.find_first_not_of(" \t");
  if (json_too && brace != std::string_view::npos && line[brace] == '{' && Json::accept(line)) {
    const auto named = members(line);
    if (std::ranges::find(named, "\"job\"", &decltype(named)::value_type::first) != named.end()) {
      return std::string(line);
    }
    return fmt::format("{}\"job\":{}{}{}", line.substr(0, brace + 1), job, named.empty() ? "" : ",",
                       line.substr(brace + 1));
  }
  return fmt::format("[job {}] {}", job, line);
}

LineForwarder::LineForwarder(net::Loop& loop, Descriptor source, int target, bool json_too)
    : source_(std::move(source)), target_(target), json_too_(json_too) {
  ::fcntl(source_.get(), F_SETFL, O_NONBLOCK);
  watch_ = loop.on_readable(source_.get(), [this] { drain(); });
}

LineForwarder::~LineForwarder() {
  drain();
  pass_lines(true);
}

void LineForwarder::drain() {
  if (!watch_) return;
  std::array<char, 16 * 1024> bytes{};
  int waiting = 0;
  ::ioctl(source_.get(), FIONREAD, &waiting);
  ssize_t left = waiting;
  // Where nothing waits, reading tells the end.
  do {
    const auto count = ::read(source_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      if (count == 0) watch_.reset();  // the end stays readable for ever
      break;
    }
    left -= count;
    pending_.append(bytes.data(), static_cast<std::size_t>(count));
    if (pending_.size() > kLongestLine) pass_lines(false);
    if (pending_.size() > kLongestLine) pass_lines(true);
  } while (left > 0);
  pass_lines(!watch_);
}

void LineForwarder::set_job(std::optional<std::size_t> job) {
  if (!pending_.empty()) pass_lines(true);
  job_ = job;
}

void LineForwarder::pass_lines(bool unfinished_too) {
  const std::size_t last = pending_.rfind('\n');
  std::size_t end = last == std::string::npos ? 0 : last + 1;
  if (unfinished_too && end < pending_.size()) {
    pending_ += '\n';
    end = pending_.size();
  }
  if (end == 0) return;
  std::string_view lines = std::string_view(pending_).substr(0, end);
  if (!job_) {
    write_all(target_, lines);
  } else {
    std::string text;
    while (!lines.empty()) {
      const std::size_t length = lines.find('\n') + 1;
      text += mark_line(lines.substr(0, length), *job_, json_too_);
      lines.remove_prefix(length);
    }
    write_all(target_, text);
  }
  pending_.erase(0, end);
}

}  // namespace stepconf::wrapper
