#include "examples/synthetic/alu.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>
#include <thread>

#include "stepconf/base/units.h"
#include "stepconf/runtime/serve.h"

namespace synthetic {
namespace {

using stepconf::Json;
using stepconf::runtime::HandlerError;

std::uint64_t whole_number(const Json& event, const char* name, std::uint64_t least,
                           std::uint64_t most, std::uint64_t absent) {
  const auto found = event.find(name);
  if (found == event.end()) return absent;
  if (found->is_number_integer() && *found >= least && *found <= most) {
    return found->get<std::uint64_t>();
  }
  throw HandlerError("InvalidEvent", fmt::format("{} is {}, must be a whole number from {} to {}",
                                                 name, found->dump(), least, most));
}

double ratio_of(const Json& event) {
  const Json ratio = event.value("ratio", Json(1.0));
  if (ratio.is_number() && ratio >= 0 && ratio <= 1) return ratio.get<double>();
  throw HandlerError("InvalidEvent", "ratio is " + ratio.dump() + ", must be from 0 to 1");
}

std::uint64_t repeat_side_by_side(std::uint64_t repeat, examples::Workers& workers) {
  const std::uint64_t shares = workers.count();
  std::atomic<std::uint64_t> next = 0, checksum = 0;
  workers.run([&] {
    const std::uint64_t share = next++;
    checksum += repeat_alu(repeat * share / shares, repeat * (share + 1) / shares);
  });
  return checksum;
}

}  // namespace

std::uint64_t repeat_alu(std::uint64_t first, std::uint64_t last) {
  std::uint64_t checksum = 0;
  for (std::uint64_t at = first; at < last; ++at) {
    // Two operands that differ from one repetition to the next, the second odd and so not 0.
    const std::uint64_t a = (at + 1) * 0x9E3779B97F4A7C15;
    const std::uint64_t b = (a >> 31) | 1;
    checksum += (a + b) ^ (a - b) ^ (a * b) ^ (a / b);
  }
  return checksum;
}

Json alu(const Json& event, examples::Workers& workers) {
  constexpr std::uint64_t kMostRepeats = 1'000'000'000'000;
  constexpr std::uint64_t kLongestSleepMs = 900'000, kMostOutput = 6'000'000;
  if (!event.is_object() || !event.contains("repeat")) {
    throw HandlerError("InvalidEvent", "repeat is missing, must be a whole number from 0 on");
  }
  const std::uint64_t repeat = whole_number(event, "repeat", 0, kMostRepeats, 0);
  const std::uint64_t threads = whole_number(event, "threads", 1, 1000, 0);
  const std::uint64_t sleep_ms = whole_number(event, "sleep_ms", 0, kLongestSleepMs, 0);
  const std::uint64_t output = whole_number(event, "output_bytes", 0, kMostOutput, 0);
  const auto parallel =
      static_cast<std::uint64_t>(std::llround(ratio_of(event) * static_cast<double>(repeat)));

  std::this_thread::sleep_for(std::chrono::milliseconds(sleep_ms));
  std::uint64_t checksum = 0;
  if (threads > 0) {
    examples::Workers of_this_event(static_cast<int>(threads));
    checksum = repeat_side_by_side(parallel, of_this_event);
  } else {
    checksum = repeat_side_by_side(parallel, workers);
  }
  checksum += repeat_alu(parallel, repeat);
  Json result = {{"checksum", fmt::format("{:016x}", checksum)}};
  if (output > 0) result["data"] = std::string(output, 'x');
  return result;
}

}  // namespace synthetic
