#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "stepconf/deploy/function_step.h"
#include "stepconf/deploy/observe_function.h"
#include "stepconf/deploy/ownership.h"
#include "stepconf/deploy/works.h"

namespace stepconf::deploy {
namespace {

// Updates take Lambda one to some seconds; with many functions side by side shorter pauses would
// spend the control plane's rate on questions.
constexpr Seconds kPoll{2};

class FunctionWork final : public Work {
 public:
  FunctionWork(const DeploymentNames& names, const WantedFunction& wanted, const LayerArns& arns)
      : names_(names), wanted_(wanted), arns_(arns) {}

  std::string name() const override { return "function " + wanted_.name; }
  void forget() override { looked_ = false; }

  Turn turn(ControlPlane& plane) override {
    if (!looked_) look(plane);
    return perform(next_step(wanted_, observed_ ? &*observed_ : nullptr), plane);
  }

 private:
  void look(ControlPlane& plane) {
    observed_ = observe_function(plane, wanted_.name);
    if (observed_) check_owner(names_, observed_->latest.tags, name());
    looked_ = true;
  }

  Turn perform(const FunctionStep& step, ControlPlane& plane) {
    using Kind = FunctionStep::Kind;
    switch (step.kind) {
      case Kind::create:
        observed_ = ObservedFunction{plane.create_function(wanted_.name, configuration(step.memory),
                                                           wanted_.code, wanted_.tags),
                                     {},
                                     {}};
        return changed("created");
      case Kind::upload:
        observed_->latest =
            plane.update_code(wanted_.name, wanted_.code, observed_->latest.revision);
        return changed("new code");
      case Kind::configure:
        observed_->latest = plane.update_configuration(wanted_.name, configuration(step.memory),
                                                       observed_->latest.revision);
        return {};
      case Kind::publish:
        add(plane.publish_version(wanted_.name, observed_->latest.revision));
        return changed(fmt::format("published {} MB", step.memory.value));
      case Kind::create_alias:
        plane.create_alias(wanted_.name, wanted_.alias(step.memory), step.version);
        observed_->aliases[wanted_.alias(step.memory)] = step.version;
        return changed(fmt::format("alias {}", wanted_.alias(step.memory)));
      case Kind::move_alias:
        plane.update_alias(wanted_.name, wanted_.alias(step.memory), step.version);
        observed_->aliases[wanted_.alias(step.memory)] = step.version;
        return changed(fmt::format("alias {}", wanted_.alias(step.memory)));
      case Kind::wait:
        looked_ = false;
        return {.pause = kPoll};
      case Kind::done:
        return {.done = true};
    }
    return {};
  }

  // What came back may be a version from before, where nothing had changed since.
  void add(VersionState version) {
    auto& versions = observed_->versions;
    std::erase_if(versions,
                  [&](const VersionState& known) { return known.version == version.version; });
    versions.push_back(std::move(version));
    if (find_version(wanted_, observed_->latest.memory, *observed_) == nullptr) looked_ = false;
  }

  FunctionConfiguration configuration(MemoryMb memory) const {
    FunctionConfiguration result{wanted_.settings, memory, wanted_.description(memory)};
    if (wanted_.wrapper_layer) result.settings.layers.push_back(arns_.at(*wanted_.wrapper_layer));
    return result;
  }

  Turn changed(const std::string& what) const {
    return {.change = fmt::format("{}: {}", wanted_.name, what)};
  }

  const DeploymentNames& names_;
  const WantedFunction& wanted_;
  const LayerArns& arns_;
  bool looked_ = false;
  // Absent where there is no such function.
  std::optional<ObservedFunction> observed_;
};

}  // namespace

std::unique_ptr<Work> function_work(const DeploymentNames& names, const WantedFunction& wanted,
                                    const LayerArns& arns) {
  return std::make_unique<FunctionWork>(names, wanted, arns);
}

}  // namespace stepconf::deploy
