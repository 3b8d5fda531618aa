#include "stepconf/optimizer/frontier.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"

namespace stepconf::optimizer {
namespace {

using estimator::Option;
using workflow::StepId;

void check(const Option& option, std::string_view step) {
  const auto good = [](double value) { return std::isfinite(value) && value >= 0; };
  if (good(option.duration.count()) && good(option.cost.value)) return;
  throw InvalidInput(fmt::format(
      "step \"{}\": configuration {} takes {} s and costs {} USD, must be finite and not negative",
      step, to_string(option.configuration), option.duration.count(), option.cost.value));
}

// Takes a positive number off the front of `text`; 0 where there is none.
int take_number(std::string_view& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value < 1) return 0;
  text.remove_prefix(end - text.data());
  return value;
}

bool take_cross(std::string_view& text) {
  if (!text.starts_with('x')) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

int Frontier::cheapest_within(Seconds limit) const {
  const auto beyond =
      std::upper_bound(options.begin(), options.end(), limit + kRounding,
                       [](Seconds l, const Option& option) { return l < option.duration; });
  return static_cast<int>(beyond - options.begin()) - 1;
}

Frontier pareto(std::vector<Option> options, std::string_view step) {
  if (options.empty()) {
    throw InvalidInput(
        fmt::format("step \"{}\": no configuration can run it; widen `configurations`", step));
  }
  for (const Option& option : options) check(option, step);
  std::stable_sort(options.begin(), options.end(), [](const Option& a, const Option& b) {
    return std::tie(a.duration, a.cost) < std::tie(b.duration, b.cost);
  });
  Frontier frontier;
  frontier.considered = static_cast<int>(options.size());
  for (const Option& option : options) {
    if (frontier.options.empty() || option.cost < frontier.options.back().cost) {
      frontier.options.push_back(option);
    }
  }
  const auto product = [&](int i) {
    return frontier.options[i].cost.value * frontier.options[i].duration.count();
  };
  // From the fastest to the cheapest, so "at most" gives ties to the lower cost; no two cost alike.
  for (int i = 1; i < static_cast<int>(frontier.options.size()); ++i) {
    if (product(i) <= product(frontier.most_cost_effective)) frontier.most_cost_effective = i;
  }
  return frontier;
}

FixedConfiguration parse_fixed(std::string_view text) {
  const std::size_t equals = text.rfind('=');
  if (equals != std::string_view::npos && equals > 0) {
    std::string_view rest = text.substr(equals + 1);
    const int memory = take_number(rest);
    const bool first = take_cross(rest);
    const int instances = take_number(rest);
    const bool second = take_cross(rest);
    const int processes = take_number(rest);
    if (memory > 0 && first && instances > 0 && second && processes > 0 && rest.empty()) {
      return {std::string(text.substr(0, equals)), {MemoryMb{memory}, instances, processes}};
    }
  }
  throw InvalidInput(fmt::format(
      "--fix {}: must be a step's name and MEMORYxINSTANCESxPROCESSES, like upscale=1024x4x1",
      text));
}

Frontiers::Frontiers(const workflow::Workflow& workflow, const estimator::OptionSource& options,
                     const std::vector<FixedConfiguration>& fixed)
    : workflow_(workflow),
      options_(options),
      fixed_(workflow.steps.size()),
      known_(workflow.steps.size()),
      weighed_(workflow.steps.size()) {
  for (const FixedConfiguration& given : fixed) {
    const std::optional<StepId> step = workflow.find(given.step);
    if (!step) {
      std::vector<std::string_view> names;
      names.reserve(workflow.steps.size());
      for (const workflow::Step& known : workflow.steps) names.push_back(known.name);
      const std::string close = nearest(given.step, names);
      throw InvalidInput(fmt::format("--fix {}: the workflow has no such step{}", given.step,
                                     close.empty() ? "" : fmt::format("; meant \"{}\"?", close)));
    }
    if (workflow.steps[*step].is_foreign()) {
      throw InvalidInput(fmt::format(
          "--fix {}: not a function step, its duration is given under `foreign`", given.step));
    }
    if (fixed_[*step]) {
      throw InvalidInput(fmt::format("--fix {}: the step is fixed twice", given.step));
    }
    fixed_[*step] = given.configuration;
  }
}

Frontiers::Frontiers(const Frontiers& like, const estimator::OptionSource& options)
    : workflow_(like.workflow_),
      options_(options),
      fixed_(like.fixed_),
      known_(like.workflow_.steps.size()),
      weighed_(like.workflow_.steps.size()) {}

const Frontier& Frontiers::of(StepId step, int jobs) {
  for (const auto& [known_jobs, frontier] : known_[step]) {
    if (known_jobs == jobs) return *frontier;
  }
  known_[step].emplace_back(jobs, std::make_unique<Frontier>(prune(step, jobs)));
  return *known_[step].back().second;
}

const Frontier& Frontiers::of(StepId step, int jobs, const WarmSandboxes* warm) {
  if (warm == nullptr || !warm_pools_ || workflow_.steps[step].is_foreign()) {
    return of(step, jobs);
  }
  constexpr std::size_t kStates = 64;
  std::pair<int, WarmSandboxes> state{jobs, *warm};
  for (auto& [memory, idle] : state.second) idle = std::min(idle, jobs);
  auto& known = weighed_[step];
  const auto found = known.find(state);
  if (found != known.end()) return found->second;
  Frontier frontier = prune(step, jobs, &state.second);
  if (known.size() >= kStates) known.clear();
  return known.emplace(std::move(state), std::move(frontier)).first->second;
}

Frontier Frontiers::prune(StepId id, int jobs, const WarmSandboxes* warm) const {
  const workflow::Step& step = workflow_.steps[id];
  const estimator::OptionSource& source = warm != nullptr ? warm_pools_->warm : options_;
  const auto weighed = [&](std::vector<Option> options) {
    if (warm == nullptr) return options;
    return weigh_cold_starts(std::move(options), step, jobs, *warm, warm_pools_->charges);
  };
  if (!fixed_[id]) {
    std::vector<Option> all = source.options(step, jobs);
    if (all.empty()) {
      const std::string why = source.why_none(step, jobs);
      throw InvalidInput(fmt::format(
          "step \"{}\": no configuration can run its {} {}{}; widen `configurations`", step.name,
          jobs, jobs == 1 ? "job" : "jobs", why.empty() ? "" : fmt::format(": even {}", why)));
    }
    Frontier frontier = pareto(weighed(std::move(all)), step.name);
    frontier.considered = std::max(frontier.considered, source.considered(step, jobs));
    return frontier;
  }
  const estimator::Evaluation evaluation = source.evaluate(step, jobs, *fixed_[id]);
  if (!evaluation.option) {
    throw InvalidInput(fmt::format("--fix {}={}: cannot run {} {}: {}", step.name,
                                   to_string(*fixed_[id]), jobs, jobs == 1 ? "job" : "jobs",
                                   evaluation.why_not));
  }
  return pareto(weighed({*evaluation.option}), step.name);
}

}  // namespace stepconf::optimizer
