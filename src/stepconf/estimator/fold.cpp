#include "stepconf/estimator/fold.h"

#include <algorithm>
#include <cmath>

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

  void take_period(std::span<const Session> executions) {
    bring_to_the_speed_of(executions);
    for (const Session& session : executions) take(session);
  }

  Folded result() { return std::move(folded_); }

 private:
  void bring_to_the_speed_of(std::span<const Session> executions) {
    if (executions.size() < kFewestExecutions) return;
    const Models before = fit(folded_.samples, {.form = options_.form});
    for (const auto& [function, drift] : drifts_of(before, executions)) {
      if (drift.verdict != Verdict::slower && drift.verdict != Verdict::faster) continue;
      const int samples = rescale(folded_.samples, function, drift.factor);
      folded_.changes[function].push_back({executions.front().at, drift, samples});
    }
  }

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
  const auto take_periods = [&](std::span<const Session> sessions) {
    while (!sessions.empty()) {
      const double age = (newest_execution - sessions.front().at) / options.half_life;
      // Periods end at the newest execution, so that the last is as long as the others.
      const double periods_after = std::max(0.0, std::ceil(age) - 1);
      const Seconds end = newest_execution - periods_after * options.half_life;
      const auto later = std::ranges::upper_bound(sessions, end, {}, &Session::at);
      const auto count = static_cast<std::size_t>(later - sessions.begin());
      folding.take_period(sessions.first(count));
      sessions = sessions.subspan(count);
    }
  };
  const std::span<const Session> after = profile ? since(executions, profile->at) : executions;
  take_periods(executions.first(executions.size() - after.size()));
  if (profile) folding.take(*profile);
  take_periods(after);
  return folding.result();
}

}  // namespace stepconf::estimator
