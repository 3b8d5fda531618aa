#include "stepconf/simulation/ways.h"

#include "stepconf/estimator/scatter.h"

namespace stepconf::simulation {
namespace {

// Apart from the luck of steps, which have their ids there.
constexpr std::uint64_t kWays = std::uint64_t{1} << 40;
constexpr int kChoice = 0;
constexpr int kStep = 1;

std::size_t way_of(const workflow::Choice& choice, double u) {
  for (std::size_t way = 0; way + 1 < choice.ways.size(); ++way) {
    if (u < choice.ways[way].share) return way;
    u -= choice.ways[way].share;
  }
  return choice.ways.size() - 1;
}

}  // namespace

std::vector<bool> steps_reached(const workflow::Workflow& workflow, std::uint64_t seed,
                                std::uint64_t execution) {
  const estimator::Draws draws{seed, execution, kWays};
  std::vector<bool> reached(workflow.steps.size(), true);
  std::vector<double> explained(workflow.steps.size(), 1.0);
  for (std::size_t i = 0; i < workflow.choices.size(); ++i) {
    const workflow::Choice& choice = workflow.choices[i];
    const std::size_t taken = way_of(choice, draws.uniform(static_cast<int>(i), kChoice));
    for (std::size_t way = 0; way < choice.ways.size(); ++way) {
      for (const workflow::StepId step : choice.ways[way].steps) {
        explained[step] *= choice.ways[way].share;
        if (way != taken) reached[step] = false;
      }
    }
  }
  for (std::size_t step = 0; step < workflow.steps.size(); ++step) {
    const double left = workflow.steps[step].probability / explained[step];
    if (left < 1 - 1e-9 && draws.uniform(static_cast<int>(step), kStep) >= left)
      reached[step] = false;
  }
  return reached;
}

}  // namespace stepconf::simulation
