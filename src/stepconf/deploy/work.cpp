#include "stepconf/deploy/work.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace stepconf::deploy {
namespace {

constexpr Seconds kFirstPause{1};
constexpr Seconds kLongestPause{20};
// A role that was just made can be assumed after some 10 s, a throttled call goes through within a
// minute; what takes longer needs somebody to look.
constexpr Seconds kPatience{300};

class SteppedWork final : public Work {
 public:
  SteppedWork(std::string name, std::function<Turn(ControlPlane&)> step)
      : name_(std::move(name)), step_(std::move(step)) {}

  std::string name() const override { return name_; }
  void forget() override {}
  Turn turn(ControlPlane& plane) override { return step_(plane); }

 private:
  std::string name_;
  std::function<Turn(ControlPlane&)> step_;
};

struct Piece {
  std::unique_ptr<Work> work;
  Seconds due{0};
  // Since its last turn that succeeded.
  int failures = 0;
  std::optional<Seconds> failing_since{};
  bool done = false;
};

Seconds pause_after(int failures) {
  Seconds pause = kFirstPause;
  for (int i = 1; i < failures && pause < kLongestPause; ++i) pause *= 2;
  return std::min(pause, kLongestPause);
}

// The one that has waited longest; of equals, the first.
Piece* next(std::vector<Piece>& pieces) {
  Piece* best = nullptr;
  for (Piece& piece : pieces) {
    if (!piece.done && (best == nullptr || piece.due < best->due)) best = &piece;
  }
  return best;
}

}  // namespace

std::unique_ptr<Work> work_of(std::string name, std::function<Turn(ControlPlane&)> step) {
  return std::make_unique<SteppedWork>(std::move(name), std::move(step));
}

void do_all(Works works, ControlPlane& plane, Clock& clock, const ProgressReport& report) {
  std::vector<Piece> pieces;
  for (auto& work : works) pieces.push_back({.work = std::move(work), .due = clock.now()});
  Progress progress{.change = {}, .parts = static_cast<int>(pieces.size())};
  while (Piece* piece = next(pieces)) {
    if (piece->due > clock.now()) clock.pause(piece->due - clock.now());
    try {
      Turn turn = piece->work->turn(plane);
      piece->failures = 0;
      piece->failing_since.reset();
      piece->done = turn.done;
      piece->due = clock.now() + turn.pause;
      progress.done += turn.done ? 1 : 0;
      progress.change = std::move(turn.change);
      if (report && !progress.change.empty()) report(progress);
    } catch (const ControlPlaneError& error) {
      if (!error.passes_by()) throw;
      if (!piece->failing_since) piece->failing_since = clock.now();
      if (clock.now() - *piece->failing_since > kPatience) throw;
      piece->work->forget();
      piece->due = clock.now() + pause_after(++piece->failures);
    }
  }
}

}  // namespace stepconf::deploy
