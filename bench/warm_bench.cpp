// What it brings that strategies know which sandboxes are warm: executions that arrive as of a
// Poisson process and find the sandboxes that earlier ones left. The same arrivals and luck for
// all, and each strategy with the least headroom that attains the target.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/estimator/expected_options.h"
#include "stepconf/estimator/model_scatter.h"
#include "stepconf/optimizer/plan.h"
#include "stepconf/simulation/simulate.h"

namespace stepconf::simulation {
namespace {

constexpr int kSteps = 8;
constexpr double kTarget = 0.95;
constexpr Seconds kKeepAlive{600};

struct Study {
  int workflows = 10, runs = 2000;
};

double uniform(std::mt19937& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

// A step, two branches of two, a step, two steps more; fitted functions of 5 to 40 s of work a job.
struct Case {
  explicit Case(unsigned seed) {
    std::mt19937 random(seed);
    workflow.graph = workflow::Graph(kSteps);
    for (const auto& [from, to] :
         {std::pair{0, 1}, {1, 2}, {0, 3}, {3, 4}, {2, 5}, {4, 5}, {5, 6}, {6, 7}})
      workflow.graph.add_edge(from, to);
    estimator::Models models;
    for (int i = 0; i < kSteps; ++i) {
      workflow::Step step;
      step.name = step.function = fmt::format("s{}", i);
      step.jobs = random() % 2 == 0 ? 1 : 16;
      step.is_map = step.jobs > 1;
      workflow.steps.push_back(step);
      estimator::FittedFunction function{
          estimator::DurationModel(*estimator::find_duration_form("case2"),
                                   {uniform(random, 0.5, 4), 0, uniform(random, 0.05, 0.3)})};
      function.spread = function.residual = estimator::Spread({.cv = uniform(random, 0.03, 0.12)});
      models.functions.emplace(step.function, std::move(function));
    }
    options.emplace(std::move(models), pricing::price_sheet());
  }

  workflow::Workflow workflow;
  std::optional<estimator::ModelOptions> options;
};

estimator::Noise noise(double cold) {
  return {.outliers = {.probability = 0.01},
          .cold = {.probability = cold, .least = Seconds(0.3), .greatest = Seconds(1.5)}};
}

// One strategy on one workflow: what it attains and costs with the headroom given.
class Trial {
 public:
  Trial(const Case& drawn, double slo_factor, Seconds every, bool told, double believed_cold)
      : drawn_(drawn),
        truth_scatter_(*drawn.options, noise(1)),
        believed_(*drawn.options, noise(believed_cold)),
        warm_(*drawn.options, noise(0)),
        believed_options_(*drawn.options, believed_),
        warm_options_(*drawn.options, warm_),
        frontiers_(drawn.workflow, believed_options_),
        truth_{drawn.workflow,
               *drawn.options,
               truth_scatter_,
               {.keep_alive = kKeepAlive, .every = every, .told = told}},
        slo_(slo_factor * optimizer::fastest_duration(drawn.workflow, believed_options_)) {
    if (!told) return;
    frontiers_.heed_warm_pools({.warm = warm_options_,
                                .charges =
                                    [this](const workflow::Step&, MemoryMb memory, int cold) {
                                      return optimizer::cold_charge(
                                          noise(1).cold, drawn_.options->prices(), memory, cold);
                                    },
                                .scatter = &warm_});
  }

  Result run(std::string_view strategy, double headroom, int runs) {
    const optimizer::StrategyInputs inputs{.frontiers = frontiers_,
                                           .slo = slo_,
                                           .headroom = headroom,
                                           .target = kTarget,
                                           .scatter = &believed_};
    return *simulate(
        strategy,
        {.truth = truth_, .believed = inputs, .believed_charged = inputs, .runs = runs, .seed = 1});
  }

  // With the least headroom that attains the target.
  Result padded(std::string_view strategy, int runs) {
    double low = 0, high = 0.6;
    Result best = run(strategy, low, runs);
    if (best.attainment >= kTarget) return best;
    best = run(strategy, high, runs);
    for (int i = 0; i < 7; ++i) {
      const double middle = (low + high) / 2;
      if (Result result = run(strategy, middle, runs); result.attainment >= kTarget) {
        best = std::move(result);
        high = middle;
      } else {
        low = middle;
      }
    }
    return best;
  }

 private:
  const Case& drawn_;
  estimator::ModelScatter truth_scatter_, believed_, warm_;
  estimator::ExpectedOptions believed_options_, warm_options_;
  optimizer::Frontiers frontiers_;
  Truth truth_;
  Seconds slo_;
};

// Of a strategy, told or not, on all workflows.
struct Sum {
  double attained = 0;
  int reached = 0;
};

void study(const Study& study) {
  fmt::print(
      "{} workflows of {} steps, {} executions each, sandboxes warm for {} s; cold starts of 0.3 "
      "to "
      "1.5 s.\nEach strategy with the least headroom that attains {:g}. Believed of steps ahead, "
      "and of "
      "all where not told: cold with the probability that nothing arrived while sandboxes are "
      "warm.\nCost: told over not told.\n\n",
      study.workflows, kSteps, study.runs, kKeepAlive.count(), kTarget);
  fmt::print("{:>8} {:>5} {:<11} {:>22} {:>22} {:>10}\n", "every", "u", "strategy",
             "attained, not told", "attained, told", "cost");
  for (const double every : {60.0, 300.0, 900.0}) {
    for (const double u : {1.5, 2.0}) {
      for (const std::string_view strategy : {"stepconf", "exact", "percentile"}) {
        Sum without, with;
        double ratio = 0;
        for (int id = 0; id < study.workflows; ++id) {
          const Case drawn(100 + id);
          // As a Poisson process finds them: nothing used for as long as sandboxes stay warm.
          const double cold = std::exp(-kKeepAlive.count() / every);
          Trial blind(drawn, u, Seconds(every), false, cold);
          Trial told(drawn, u, Seconds(every), true, cold);
          const Result a = blind.padded(strategy, study.runs);
          const Result b = told.padded(strategy, study.runs);
          without.attained += a.attainment / study.workflows;
          with.attained += b.attainment / study.workflows;
          without.reached += a.attainment >= kTarget;
          with.reached += b.attainment >= kTarget;
          ratio += b.cost_usd.mean / a.cost_usd.mean / study.workflows;
        }
        fmt::print("{:>6} s {:>5} {:<11} {:>14.4f} ({:>2}/{}) {:>14.4f} ({:>2}/{}) {:>10.3f}\n",
                   every, u, strategy, without.attained, without.reached, study.workflows,
                   with.attained, with.reached, study.workflows, ratio);
        std::fflush(stdout);
      }
    }
  }
}

}  // namespace
}  // namespace stepconf::simulation

int main(int argc, char** argv) {
  stepconf::simulation::Study study;
  CLI::App app{"What it brings that strategies know which sandboxes are warm"};
  app.add_option("--workflows", study.workflows, "Random workflows")->capture_default_str();
  app.add_option("--runs", study.runs, "Executions of each")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  stepconf::simulation::study(study);
}
