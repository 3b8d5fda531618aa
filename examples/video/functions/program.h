#pragma once

#include <cstdio>
#include <exception>
#include <opencv2/core/utility.hpp>

#include "stepconf/runtime/serve.h"

namespace video {

/// Runs one of the example's functions: `prepare` does the work of INIT once and returns the
/// handler that is then served. Uses one thread; how many copies work at a time is not the
/// function's business. Returns the process's exit status.
template <typename Prepare>
int program(const Prepare& prepare) {
  cv::setNumThreads(1);
  try {
    return stepconf::runtime::serve(prepare());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

}  // namespace video
