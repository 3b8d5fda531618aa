#pragma once

#include <chrono>
#include <compare>
#include <string>
#include <string_view>

namespace stepconf {

/// A duration, or a point in time counted from a start that the context names.
using Seconds = std::chrono::duration<double>;

/// A function's memory size in MB of 2^20 bytes.
struct MemoryMb {
  int value = 0;
  auto operator<=>(const MemoryMb&) const = default;
};

/// Memory that brings one vCPU of time on AWS Lambda, the paper's m_s
/// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html).
inline constexpr MemoryMb kMemoryOfOneVcpu{1769};

/// Gives the share of CPU time that comes with `memory`: 1769 MB is 1.0, 10240 MB is 5.79.
inline double vcpus(MemoryMb memory) {
  return static_cast<double>(memory.value) / kMemoryOfOneVcpu.value;
}

/// Money in US dollars.
struct Usd {
  double value = 0;
  auto operator<=>(const Usd&) const = default;
  Usd& operator+=(Usd other) {
    value += other.value;
    return *this;
  }
  friend Usd operator+(Usd a, Usd b) { return {a.value + b.value}; }
  friend Usd operator-(Usd a, Usd b) { return {a.value - b.value}; }
  friend Usd operator*(Usd a, double factor) { return {a.value * factor}; }
  friend Usd operator*(double factor, Usd a) { return a * factor; }
};

/// Reads a decimal number followed by ms, s, m, h or d: "250ms", "1.5s", "15m", "14d". Throws
/// InvalidInput that names `what` where the text is anything else, negative or not finite.
Seconds parse_duration(std::string_view text, std::string_view what);

/// Writes a duration for people, with three significant digits: "4.32 ms", "17.3 s", "2 m 05 s".
std::string format_duration(Seconds duration);

}  // namespace stepconf
