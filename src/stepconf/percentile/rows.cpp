#include "stepconf/percentile/rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace stepconf::percentile {
namespace {

// Loops over whole rows without dependence between their points: made for the compiler to turn into
// vector instructions. Wider ones are taken where the machine has them; they round alike, since
// nothing is summed across points and nothing is contracted (CMakeLists.txt).
#define STEPCONF_WIDE __attribute__((target_clones("avx2", "default")))

STEPCONF_WIDE void add_scaled(const float* __restrict from, float weight, float* __restrict to,
                              int size) {
  for (int i = 0; i < size; ++i) to[i] += weight * from[i];
}

STEPCONF_WIDE void choose_less(const float* __restrict from, float offset, std::uint8_t index,
                               float* __restrict least, std::uint8_t* __restrict choice, int size) {
  for (int i = 0; i < size; ++i) {
    const float value = from[i] + offset;
    choice[i] = value < least[i] ? index : choice[i];
    least[i] = value < least[i] ? value : least[i];
  }
}

}  // namespace

Shifts::Shifts(const std::vector<Alternative>& alternatives, const Grid& grid) : size_(grid.size) {
  // What takes longer than four times the whole grid is hopeless anyway.
  const double longest = 4.0 * grid.size;
  for (const Alternative& alternative : alternatives) {
    std::map<int, double> taps;
    const auto add = [&](double seconds, double probability) {
      const double place = std::min(seconds / grid.step, longest);
      const int whole = static_cast<int>(place);
      taps[whole] += probability * (1 - (place - whole));
      taps[whole + 1] += probability * (place - whole);
    };
    for (int part = 0; part < kParts; ++part) {
      add(alternative.parts[part], kBinProbabilities[part / kPartsPerBin] / kPartsPerBin);
    }
    Sum& sum = sums_.emplace_back();
    sum.usd = static_cast<float>(alternative.usd);
    for (const auto& [shift, weight] : taps) {
      if (weight > 0) sum.taps.push_back({shift, static_cast<float>(weight)});
    }
    padding_ = std::max(padding_, sum.taps.back().shift);
  }
  padded_.resize(padding_ + size_);
  sum_.resize(size_);
}

void Shifts::least(std::span<const float> next, std::span<float> value,
                   std::span<std::uint8_t> choice) {
  const float slope = next[0] - next[1];
  for (int i = 0; i < padding_; ++i)
    padded_[i] = next[0] + slope * static_cast<float>(padding_ - i);
  std::copy(next.begin(), next.end(), padded_.begin() + padding_);
  std::fill(value.begin(), value.end(), std::numeric_limits<float>::infinity());
  for (std::size_t index = 0; index < sums_.size(); ++index) {
    std::fill(sum_.begin(), sum_.end(), sums_[index].usd);
    for (const Tap& tap : sums_[index].taps) {
      add_scaled(padded_.data() + padding_ - tap.shift, tap.weight, sum_.data(), size_);
    }
    choose_less(sum_.data(), 0, static_cast<std::uint8_t>(index), value.data(), choice.data(),
                size_);
  }
}

void take_less(std::span<const float> row, int shift, float offset, std::uint8_t index,
               std::span<float> least, std::span<std::uint8_t> choice) {
  const int size = std::min(static_cast<int>(row.size()), static_cast<int>(least.size()) - shift);
  choose_less(row.data(), offset, index, least.data() + shift, choice.data() + shift, size);
}

void take_more_late(std::span<const float> row, int point, std::span<float> most) {
  const int size = static_cast<int>(most.size()), inside = std::min(point + 1, size);
  const float in_time = row[point], slope = row[0] - row[1];
  for (int i = 0; i < inside; ++i) most[i] = std::max(most[i], row[point - i] - in_time);
  for (int i = inside; i < size; ++i) {
    most[i] = std::max(most[i], row[0] + slope * static_cast<float>(i - point) - in_time);
  }
}

}  // namespace stepconf::percentile
