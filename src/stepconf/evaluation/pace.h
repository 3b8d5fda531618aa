#pragma once

#include <functional>
#include <string>

#include "stepconf/base/units.h"

namespace stepconf::evaluation {

/// Tells how much of some work is left, from what each part was expected to take and did take.
class Pace {
 public:
  using Clock = std::function<Seconds()>;

  /// `expected` is what all of it should take; `clock` tells the time.
  Pace(Seconds expected, Clock clock);

  /// Says that a part is done, which was expected to take so long.
  void done(Seconds expected);
  /// The time that is left: what was expected, corrected by how the parts so far came out; at least
  /// 0.
  Seconds left() const;
  /// Ends a line: "  about 12 min left"; empty where nothing was expected to take time.
  std::string remark() const;

 private:
  Clock clock_;
  Seconds start_;
  Seconds expected_;
  Seconds done_{0};
};

}  // namespace stepconf::evaluation
