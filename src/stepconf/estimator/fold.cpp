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

}  // namespace

Seconds recent_since(std::span<const Session> executions, Seconds half_life) {
  return executions.back().at - half_life;
}

Folded fold(const std::optional<Session>& profile, std::span<const Session> executions,
            const FoldOptions& options) {
  Folded folded;
  if (executions.empty()) {
    if (profile) folded.samples = profile->samples;
    return folded;
  }
  Seconds first = recent_since(executions, options.half_life);
  Seconds newest = executions.back().at;
  std::vector<Session> older;
  if (profile) {
    first = std::max(first, profile->at);
    newest = std::max(newest, profile->at);
    older.push_back(*profile);
  }
  const std::span<const Session> recent = since(executions, first);
  const auto earlier = executions.first(executions.size() - recent.size());
  older.insert(older.end(), earlier.begin(), earlier.end());

  const auto weight = [&](const Session& session) {
    return std::exp2(-std::min((newest - session.at) / options.half_life, kMostHalfLives));
  };
  for (const Session& session : older) append(folded.samples, session, weight(session));
  const auto drifts = drifts_of(fit(folded.samples, {.form = options.form}), recent);
  for (const auto& [function, drift] : drifts) {
    if (drift.verdict != Verdict::slower && drift.verdict != Verdict::faster) continue;
    folded.changes[function] = {drift, rescale(folded.samples, function, drift.factor)};
  }
  for (const Session& session : recent) append(folded.samples, session, weight(session));
  return folded;
}

}  // namespace stepconf::estimator
