#include "stepconf/percentile/chances.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "stepconf/base/error.h"
#include "stepconf/percentile/usual_plan.h"

namespace stepconf::percentile {
namespace {

constexpr std::size_t kMostKnots = 64;
// Of so many runs at least a knot is the mean.
constexpr std::size_t kLeastRuns = 25;

// Evenly spread over [0, 1), whatever the count: multiples of the golden ratio.
double spread(int index) { return std::fmod((index + 0.5) * 0.6180339887498949, 1.0); }

}  // namespace

Chances::Chances(const Chains& chains, const Rehearsal& rehearsal, const Tables& tables)
    : forgiven_(kForgiven * rehearsal.slo()) {
  using Seen = std::vector<std::pair<float, bool>>;
  // Runs as they are, and delayed ones.
  std::vector<std::vector<std::array<Seen, 2>>> seen;
  for (const Chain& chain : chains.chains) seen.emplace_back(chain.elements.size() + 1);
  const std::vector<workflow::StepId>& steps = chains.chains[0].steps;
  std::vector<Rehearsal::Passed> passed;
  for (int run = 0; run < rehearsal.runs(); ++run) {
    Rehearsal::Delay delay;
    if (run % 2 == 1 && !steps.empty()) {
      // Short delays more often than long ones: that is where chances change.
      const double share = spread(run);
      delay = {steps[run / 2 % steps.size()], share * share};
    }
    passed.clear();
    const bool met = rehearsal.watch(tables, run, delay, passed);
    for (const Rehearsal::Passed& at : passed) {
      // A delay elsewhere is nothing that the time left here could tell.
      if (delay.step >= 0 && !at.delayed) continue;
      seen[at.chain][at.element][at.delayed ? 1 : 0].emplace_back(static_cast<float>(at.x), met);
    }
  }
  for (auto& chain : seen) {
    std::vector<Curve>& curves = curves_.emplace_back();
    for (auto& [as_they_are, delayed] : chain) {
      // Delayed runs tell of what the others hardly come to, and of nothing else: a branch that is
      // as late as usual while the whole is later than usual has another chance.
      std::ranges::sort(as_they_are);
      const float usual = as_they_are.empty() ? std::numeric_limits<float>::infinity()
                                              : as_they_are[as_they_are.size() / 100].first;
      for (const auto& one : delayed) {
        if (one.first < usual) as_they_are.push_back(one);
      }
      curves.push_back(curve(as_they_are));
    }
  }
  // At the very end nothing is left to chance.
  curves_[0].back().clear();
}

// Shares of groups of about equally many runs, made to ascend by pooling neighbours that do not
// (isotonic regression): with more time left the chance is no smaller.
Chances::Curve Chances::curve(std::vector<std::pair<float, bool>>& seen) {
  std::ranges::sort(seen);
  // From the mean time left of the first group pooled to that of the last.
  struct Group {
    double low = 0, high = 0, met = 0, runs = 0;
  };
  std::vector<Group> groups;
  const std::size_t count = std::clamp<std::size_t>(seen.size() / kLeastRuns, 1, kMostKnots);
  for (std::size_t i = 0, from = 0; i < count && from < seen.size(); ++i) {
    std::size_t to = (i + 1) * seen.size() / count;
    // Runs with the same time left stay together.
    while (to < seen.size() && to > 0 && seen[to].first == seen[to - 1].first) ++to;
    Group group;
    for (; from < to; ++from) {
      group.low += seen[from].first;
      group.met += seen[from].second ? 1 : 0;
      ++group.runs;
    }
    if (group.runs == 0) continue;
    group.low = group.high = group.low / group.runs;
    groups.push_back(group);
    while (groups.size() > 1) {
      const Group& last = groups.back();
      Group& before = groups[groups.size() - 2];
      if (before.met / before.runs < last.met / last.runs) break;
      before.high = last.high;
      before.met += last.met;
      before.runs += last.runs;
      groups.pop_back();
    }
  }
  Curve curve;
  for (const Group& group : groups) {
    for (const double mean : {group.low, group.high}) {
      const auto x = static_cast<float>(mean);
      if (!curve.empty() && x <= curve.back().x) continue;
      curve.push_back({x, static_cast<float>(group.met / group.runs)});
    }
  }
  return curve;
}

double Chances::of(int chain, int element, double x) const {
  const Curve& curve = curves_[chain][element];
  if (curve.empty()) return x >= -forgiven_ ? 1 : 0;
  const auto above = std::ranges::upper_bound(curve, static_cast<float>(x), {}, &Knot::x);
  if (above == curve.begin()) return above->chance;
  if (above == curve.end()) return curve.back().chance;
  const Knot& below = *(above - 1);
  return below.chance + (x - below.x) / (above->x - below.x) * (above->chance - below.chance);
}

double Chances::with(const Alternative& alternative, int chain, int element, double x) const {
  double chance = 0;
  for (int part = 0; part < kParts; ++part) {
    chance += kBinProbabilities[part / kPartsPerBin] / kPartsPerBin *
              of(chain, element + 1, x - alternative.parts[part]);
  }
  return std::clamp(chance, 0.0, 1.0);
}

void Chances::write(ByteWriter& bytes) const {
  for (const std::vector<Curve>& chain : curves_) {
    for (const Curve& curve : chain) {
      bytes.u8(static_cast<std::uint8_t>(curve.size()));
      for (const Knot& knot : curve) {
        bytes.u32(std::bit_cast<std::uint32_t>(knot.x));
        bytes.u32(std::bit_cast<std::uint32_t>(knot.chance));
      }
    }
  }
}

Chances Chances::read(ByteReader& bytes, const Chains& chains, double slo,
                      std::string_view source) {
  Chances chances(kForgiven * slo);
  for (const Chain& chain : chains.chains) {
    std::vector<Curve>& curves = chances.curves_.emplace_back();
    for (std::size_t element = 0; element <= chain.elements.size(); ++element) {
      Curve& curve = curves.emplace_back(bytes.u8());
      for (Knot& knot : curve) {
        knot.x = std::bit_cast<float>(bytes.u32());
        knot.chance = std::bit_cast<float>(bytes.u32());
      }
      const auto good = [](const Knot& knot) {
        return std::isfinite(knot.x) && knot.chance >= 0 && knot.chance <= 1;
      };
      if (bytes.beyond() || !std::ranges::all_of(curve, good) ||
          !std::ranges::is_sorted(curve, std::ranges::less_equal{}, &Knot::x)) {
        throw InvalidInput(fmt::format("{}: its chances are cut short or out of range", source));
      }
    }
  }
  return chances;
}

}  // namespace stepconf::percentile
