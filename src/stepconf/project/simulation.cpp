#include "stepconf/project/simulation.h"

#include <tuple>
#include <utility>
#include <vector>

#include "stepconf/project/yaml_reader.h"

namespace stepconf::project {
namespace {

// Beyond these, numbers are mistakes: units mixed up, a percentage for a share.
constexpr double kMostCv = 10;
constexpr double kMostFactor = 1000;
constexpr double kMostSeconds = 900;
constexpr int kMostConcurrency = 10'000'000;

// A number, or a range [low, high].
std::pair<double, double> read_range(const YamlValue& value, double least, double greatest) {
  if (value.is_scalar()) {
    if (!value.is_number()) value.fail("must be a number, or a range such as [0.3, 1.5]");
    const double number = value.number(least, greatest);
    return {number, number};
  }
  const std::vector<YamlValue> ends = value.elements();
  if (ends.size() != 2) value.fail("must be a number, or a range such as [0.3, 1.5]");
  const std::pair range(ends[0].number(least, greatest), ends[1].number(least, greatest));
  if (range.first > range.second) value.fail("must begin with the smaller number");
  return range;
}

void read_scatter(const YamlValue& value, Scatter& scatter) {
  estimator::Noise& noise = scatter.noise;
  if (const auto fluctuation = value.member("fluctuation")) {
    fluctuation->expect_members({"cv", "tail"});
    noise.fluctuation.emplace();
    noise.fluctuation->cv = fluctuation->required("cv", "0.12").number(0, kMostCv);
    if (const auto tail = fluctuation->member("tail")) {
      const bool heavy = tail->choice({"lognormal", "t3"}) == "t3";
      noise.fluctuation->tail = heavy ? estimator::Tail::t3 : estimator::Tail::lognormal;
    }
  }
  if (const auto outliers = value.member("outliers")) {
    outliers->expect_members({"probability", "factor"});
    noise.outliers = {.probability = outliers->required("probability", "0.015").number(0, 1)};
    if (const auto factor = outliers->member("factor")) {
      std::tie(noise.outliers.least, noise.outliers.greatest) = read_range(*factor, 1, kMostFactor);
    }
  }
  if (const auto cold = value.member("cold")) {
    cold->expect_members({"probability", "seconds"});
    noise.cold.probability = 1;
    if (const auto probability = cold->member("probability"))
      noise.cold.probability = probability->number(0, 1);
    const auto [least, greatest] = read_range(cold->required("seconds", "2.0"), 0, kMostSeconds);
    noise.cold.least = Seconds(least);
    noise.cold.greatest = Seconds(greatest);
  }
  if (const auto dispatch = value.member("dispatch"))
    scatter.step_functions = dispatch->choice({"none", "step-functions"}) == "step-functions";
  if (const auto failures = value.member("failures")) noise.failures = failures->number(0, 1);
}

}  // namespace

Simulation read_simulation(const YamlValue& value) {
  value.expect_members({"fluctuation", "outliers", "cold", "dispatch", "keep_alive", "concurrency",
                        "every", "failures", "decisions", "planned_with"});
  Simulation simulation;
  read_scatter(value, simulation.truth);
  if (const auto keep_alive = value.member("keep_alive"))
    simulation.keep_alive = keep_alive->duration();
  if (const auto most = value.member("concurrency"))
    simulation.concurrency = most->integer(1, kMostConcurrency);
  if (const auto every = value.member("every")) {
    if (!simulation.keep_alive)
      every->fail("needs keep_alive: executions share sandboxes that stay warm");
    simulation.every = every->duration();
  }
  if (const auto decisions = value.member("decisions"))
    simulation.decisions_charged = decisions->choice({"free", "charged"}) == "charged";
  if (const auto belief = value.member("planned_with")) {
    belief->expect_members({"fluctuation", "outliers", "cold", "dispatch", "failures"});
    simulation.belief = simulation.truth;
    read_scatter(*belief, *simulation.belief);
  }
  return simulation;
}

}  // namespace stepconf::project
