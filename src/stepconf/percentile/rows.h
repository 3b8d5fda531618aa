#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "stepconf/percentile/grid.h"
#include "stepconf/percentile/problem.h"

namespace stepconf::percentile {

/// A step's alternatives on a grid: each as a sum of shifts, so that whole rows are added at once.
class Shifts {
 public:
  Shifts(const std::vector<Alternative>& alternatives, const Grid& grid);

  /// Gives for each time left the least, over the alternatives, of cost plus expected value of
  /// `next` once the step has ended; and which alternative that is, the first of equal ones.
  void least(std::span<const float> next, std::span<float> value, std::span<std::uint8_t> choice);

 private:
  struct Tap {
    int shift = 0;
    float weight = 0;
  };
  struct Sum {
    float usd = 0;
    std::vector<Tap> taps;
  };

  int size_, padding_ = 0;
  std::vector<Sum> sums_;
  // Scratch: the row with its continuation to the left, and one alternative's sum.
  std::vector<float> padded_, sum_;
};

/// For i >= shift, takes `offset` + `row[i - shift]` into `least[i]` where it is less, and
/// then `index` into `choice[i]`.
void take_less(std::span<const float> row, int shift, float offset, std::uint8_t index,
               std::span<float> least, std::span<std::uint8_t> choice);

/// Takes into `most[i]`, where it is more, what joining `i` points later than `point` costs by
/// `row`, which goes on to the left along its first two points.
void take_more_late(std::span<const float> row, int point, std::span<float> most);

}  // namespace stepconf::percentile
