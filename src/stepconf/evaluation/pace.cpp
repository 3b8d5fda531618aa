#include "stepconf/evaluation/pace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stepconf::evaluation {

Pace::Pace(Seconds expected, Clock clock)
    : clock_(std::move(clock)), start_(clock_()), expected_(expected) {}

void Pace::done(Seconds expected) { done_ += expected; }

Seconds Pace::left() const {
  // A few seconds say nothing about the others.
  constexpr Seconds kEnough{10};
  const Seconds open = std::max(expected_ - done_, Seconds(0));
  return done_ < kEnough ? open : open * ((clock_() - start_) / done_);
}

std::string Pace::remark() const {
  if (expected_ == Seconds(0)) return {};
  const Seconds time = left();
  if (time > Seconds(90)) return fmt::format("  about {:.0f} min left", time.count() / 60);
  return fmt::format("  about {:.0f} s left", std::ceil(time.count()));
}

}  // namespace stepconf::evaluation
