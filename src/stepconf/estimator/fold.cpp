#include "stepconf/estimator/fold.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include "stepconf/estimator/fit.h"

namespace stepconf::estimator {
namespace {

// Beyond so many half-lives a sample counts for nothing beside a recent one, and squares of weights
// stay numbers.
constexpr double kMostHalfLives = 20;

void append(std::vector<Sample>& all, const Session& session, double weight) {
  for (const Sample& sample : session.samples) {
    all.push_back(sample);
    all.back().weight = weight;
  }
}

// Multiplies the durations of a function that tell how long it takes; gives their number.
int rescale(std::span<Sample> samples, const std::string& function, double factor) {
  int count = 0;
  for (Sample& sample : samples) {
    if (sample.function != function || !sample.ok()) continue;
    sample.duration_ms = *sample.duration_ms * factor;
    ++count;
  }
  return count;
}

// Takes sessions in, oldest first.
class Folding {
 public:
  Folding(Seconds newest, const FoldOptions& options) : newest_(newest), options_(options) {}

  void take(const Session& session) {
    const double age = std::min((newest_ - session.at) / options_.half_life, kMostHalfLives);
    append(folded_.samples, session, std::exp2(-age));
  }

  // Rescales what was taken in of functions that `executions` show to have become slower or faster.
  // False where they are too few to tell of one of them.
  bool bring_to_the_speed_of(std::span<const Session> executions) {
    if (executions.size() < kFewestExecutions) return false;
    const Models before = fit(folded_.samples, {.form = options_.form});
    bool decided = true;
    for (const auto& [function, drift] : drifts_of(before, executions)) {
      const bool reliable = std::get<FittedFunction>(before.at(function)).report.reliable;
      // More executions would tell, unless none of them can be compared at all.
      if (drift.verdict == Verdict::undecided && drift.executions > 0 && reliable) decided = false;
      if (drift.verdict != Verdict::slower && drift.verdict != Verdict::faster) continue;
      const int samples = rescale(folded_.samples, function, drift.factor);
      folded_.changes[function].push_back({executions.front().at, drift, samples});
    }
    return decided;
  }

  Folded result() { return std::move(folded_); }

 private:
  Seconds newest_;
  const FoldOptions& options_;
  Folded folded_;
};

}  // namespace

Seconds recent_since(std::span<const Session> executions, Seconds half_life) {
  return executions.back().at - half_life;
}

Folded fold(const std::optional<Session>& profile, std::span<const Session> executions,
            const FoldOptions& options) {
  if (executions.empty()) return {profile ? profile->samples : std::vector<Sample>{}, {}};
  const Seconds newest_execution = executions.back().at;
  Folding folding(profile ? std::max(profile->at, newest_execution) : newest_execution, options);
  // Periods end at the newest execution, so that the last is as long as the others.
  const auto period_end = [&](const Session& first) {
    const double age = (newest_execution - first.at) / options.half_life;
    return newest_execution - std::max(0.0, std::ceil(age) - 1) * options.half_life;
  };
  const auto take_periods = [&](std::span<const Session> sessions) {
    for (std::size_t taken = 0, end = 0; taken < sessions.size();) {
      const Seconds until = period_end(sessions[end]);
      const auto later = std::ranges::upper_bound(sessions.subspan(end), until, {}, &Session::at);
      end = static_cast<std::size_t>(later - sessions.begin());
      // Taken in while it is open whether they are slower, executions of one configuration would
      // pass for what is peculiar to it. So they wait for the next period's.
      const auto waiting = sessions.subspan(taken, end - taken);
      if (!folding.bring_to_the_speed_of(waiting) && end < sessions.size()) continue;
      for (const Session& session : waiting) folding.take(session);
      taken = end;
    }
  };
  const std::span<const Session> after = profile ? since(executions, profile->at) : executions;
  take_periods(executions.first(executions.size() - after.size()));
  if (profile) folding.take(*profile);
  take_periods(after);
  return folding.result();
}

}  // namespace stepconf::estimator
