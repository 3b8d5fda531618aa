#include "stepconf/estimator/scatter.h"

namespace stepconf::estimator {
namespace {

// The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
// 2014): every bit of the input changes half the bits of the output.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

double Draws::uniform(int instance, int purpose) const {
  const std::uint64_t place = mix(mix(mix(seed) ^ execution) ^ step);
  const std::uint64_t bits =
      mix(mix(place ^ static_cast<std::uint64_t>(instance)) ^ static_cast<std::uint64_t>(purpose));
  // The middle of one of 2^52 equal parts, so neither 0 nor 1.
  return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52;
}

}  // namespace stepconf::estimator
