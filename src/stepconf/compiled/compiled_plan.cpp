#include "stepconf/compiled/compiled_plan.h"

#include <fmt/format.h>

#include <utility>

#include "stepconf/base/error.h"
#include "stepconf/compiled/container.h"
#include "stepconf/compiled/settings_json.h"

namespace stepconf::compiled {
namespace {

constexpr std::string_view kSettings = "settings";
constexpr std::string_view kModels = "models";
constexpr std::string_view kPrepared = "options";
// Before a strategy's name.
constexpr std::string_view kPolicy = "policy.";

const std::string& section(const Sections& sections, std::string_view name,
                           const std::string& source) {
  const auto found = sections.find(name);
  if (found != sections.end()) return found->second;
  throw InvalidInput(fmt::format("{}: lacks its section \"{}\"", source, name));
}

void require_models(const CompiledPlan& plan) {
  for (const workflow::Step& step : plan.workflow.steps) {
    if (!step.is_foreign()) plan.options->models().at(step.function);
  }
  for (const PreparedKind& kind : plan.prepared) plan.options->models().at(kind.kind.function);
}

}  // namespace

CompiledPlan compile(std::string made_by, workflow::Workflow workflow, Goal goal,
                     estimator::ModelOptions options, double multiple) {
  CompiledPlan plan;
  plan.made_by = std::move(made_by);
  plan.workflow = std::move(workflow);
  plan.goal = std::move(goal);
  plan.options = std::make_shared<const estimator::ModelOptions>(std::move(options));
  plan.prepared = prepare(plan.workflow, *plan.options, multiple);
  return plan;
}

std::string to_bytes(const CompiledPlan& plan) {
  const estimator::ModelOptions& options = *plan.options;
  Sections sections;
  sections[std::string(kSettings)] =
      to_json(Settings{plan.made_by, plan.workflow, plan.goal, options.prices(), options.space(),
                       options.overrides(), options.cost_rule()})
          .dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  sections[std::string(kModels)] = estimator::to_string(options.models());
  sections[std::string(kPrepared)] = to_bytes(plan.prepared);
  for (const auto& [strategy, bytes] : plan.policies)
    sections[std::string(kPolicy) + strategy] = bytes;
  return write_container(sections);
}

CompiledPlan plan_from_bytes(std::string_view bytes, const std::string& source) {
  const Sections sections = read_container(bytes, source);
  Settings settings = parse_settings(section(sections, kSettings, source), source);
  CompiledPlan plan;
  plan.made_by = std::move(settings.made_by);
  plan.workflow = std::move(settings.workflow);
  plan.goal = std::move(settings.goal);
  try {
    plan.options = std::make_shared<const estimator::ModelOptions>(
        estimator::parse_models(section(sections, kModels, source), source),
        std::move(settings.prices), std::move(settings.space), std::move(settings.overrides),
        settings.cost);
  } catch (const InvalidInput& error) {
    const std::string what = error.what();
    throw InvalidInput(what.starts_with(source) ? what : fmt::format("{}: {}", source, what));
  }
  plan.prepared = prepared_from_bytes(section(sections, kPrepared, source), source);
  for (const auto& [name, part] : sections) {
    if (name.starts_with(kPolicy)) plan.policies.emplace(name.substr(kPolicy.size()), part);
  }
  require_models(plan);
  return plan;
}

}  // namespace stepconf::compiled
