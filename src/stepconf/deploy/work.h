#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "stepconf/deploy/clock.h"
#include "stepconf/deploy/control_plane.h"

namespace stepconf::deploy {

/// What one turn of a piece of work came to.
struct Turn {
  bool done = false;
  /// How long to leave it alone before the next turn.
  Seconds pause{0};
  /// What was changed, for people: "extract: published 512 MB"; empty where nothing was.
  std::string change{};
};

/// One part of a deployment on its way to what is wanted. Each turn looks where it has not looked
/// yet, or makes the next change; what is to be done follows from what is there alone. So a turn
/// may be repeated, and a piece of work may be begun anew at any point.
class Work {
 public:
  virtual ~Work() = default;

  /// The part's name in messages.
  virtual std::string name() const = 0;
  /// Throws ControlPlaneError where a call fails, other Errors where the part cannot become what
  /// is wanted.
  virtual Turn turn(ControlPlane& plane) = 0;
  /// Looks again in the next turn: what is known may be wrong after a call that failed.
  virtual void forget() = 0;
};

/// Gives work whose every turn is `step`, which looks at what is there each time.
std::unique_ptr<Work> work_of(std::string name, std::function<Turn(ControlPlane&)> step);

using Works = std::vector<std::unique_ptr<Work>>;

/// Told of each change after it was made, with how many parts of those at hand are done.
struct Progress {
  std::string change;
  int done = 0;
  int parts = 0;
};
using ProgressReport = std::function<void(const Progress&)>;

/// Does all pieces of work side by side in one thread: while one waits for its function to become
/// ready, others go on. A call that fails for a passing reason is tried again after pauses that
/// grow from 1 to 20 s, after a new look. Throws what cannot be mended, and the last error of a
/// part that failed for five minutes on end; the other parts are left as they are then.
void do_all(Works works, ControlPlane& plane, Clock& clock, const ProgressReport& report);

}  // namespace stepconf::deploy
