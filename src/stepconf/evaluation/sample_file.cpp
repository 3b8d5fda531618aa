#include "stepconf/evaluation/sample_file.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "stepconf/base/descriptor.h"
#include "stepconf/base/error.h"
#include "stepconf/base/file.h"

namespace stepconf::evaluation {

SampleFile::SampleFile(std::filesystem::path path) : path_(std::move(path)) {
  if (!std::filesystem::exists(path_)) return;
  const std::string text = read_file(path_);
  const std::string whole = text.substr(0, text.rfind('\n') + 1);
  if (whole != text) write_file(path_, whole);
  if (whole.find('\n') + 1 < whole.size()) {
    samples_ = estimator::parse_samples(whole, path_.string());
  }
}

void SampleFile::append(std::span<const estimator::Sample> samples) {
  if (samples.empty()) return;
  const std::string text = estimator::write_samples(samples);
  if (samples_.empty()) {
    write_file(path_, text);
  } else {
    const std::string_view rows = std::string_view(text).substr(text.find('\n') + 1);
    const Descriptor file(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    const ssize_t written = file ? ::write(file.get(), rows.data(), rows.size()) : -1;
    if (written != static_cast<ssize_t>(rows.size())) {
      throw Error(fmt::format("{}: cannot be appended to: {}", path_.string(),
                              written < 0 ? std::strerror(errno) : "the disk is full"));
    }
  }
  samples_.insert(samples_.end(), samples.begin(), samples.end());
}

}  // namespace stepconf::evaluation
