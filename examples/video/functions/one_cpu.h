#pragma once

#include <sched.h>

namespace video {

/// Lets the calling thread see one CPU, the one that it is on, as long as this lives. FFmpeg's
/// decoders and encoders start a thread for each CPU that they see when they are opened, and
/// OpenCV 4.6 passes no other wish on to them.
class OneCpu {
 public:
  OneCpu() : known_(::sched_getaffinity(0, sizeof before_, &before_) == 0) {
    const int here = ::sched_getcpu();
    if (!known_ || here < 0) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(here, &one);
    ::sched_setaffinity(0, sizeof one, &one);
  }
  ~OneCpu() {
    if (known_) ::sched_setaffinity(0, sizeof before_, &before_);
  }
  OneCpu(const OneCpu&) = delete;
  OneCpu& operator=(const OneCpu&) = delete;

 private:
  cpu_set_t before_{};
  bool known_;
};

}  // namespace video
