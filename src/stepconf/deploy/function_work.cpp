#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "stepconf/base/error.h"
#include "stepconf/deploy/function_step.h"
#include "stepconf/deploy/observe_function.h"
#include "stepconf/deploy/ownership.h"
#include "stepconf/deploy/works.h"

namespace stepconf::deploy {
namespace {

// Updates take Lambda one to some seconds; with many functions side by side shorter pauses would
// spend the control plane's rate on questions.
constexpr Seconds kFunctionPoll{2};

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
        observed_->latest = plane.update_code(
            wanted_.name, wanted_.code, wanted_.settings.architecture, observed_->latest.revision);
        return changed("new code");
      case Kind::configure:
        observed_->latest = plane.update_configuration(wanted_.name, configuration(step.memory),
                                                       observed_->latest.revision);
        return {};
      case Kind::publish:
        return publish(step.memory, plane);
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
        return {.pause = kFunctionPoll};
      case Kind::done:
        return {.done = true};
    }
    return {};
  }

  Turn publish(MemoryMb memory, ControlPlane& plane) {
    VersionState version = plane.publish_version(wanted_.name, observed_->latest.revision);
    const std::string number = version.version;
    auto& versions = observed_->versions;
    std::erase_if(versions, [&](const VersionState& known) { return known.version == number; });
    versions.push_back(std::move(version));
    if (find_version(wanted_, memory, *observed_) == nullptr) return change_nothing(memory, plane);
    unchanged_ = false;
    // Publishing gives $LATEST another revision.
    auto latest = plane.find_function(wanted_.name);
    looked_ = latest.has_value();
    if (latest) observed_->latest = std::move(*latest);
    return changed(fmt::format("published {} MB", memory.value));
  }

  // Lambda took $LATEST for unchanged and gave a version from before: the one that was made of it
  // has been deleted since. Another description that says the same is a change.
  Turn change_nothing(MemoryMb memory, ControlPlane& plane) {
    looked_ = false;
    if (unchanged_) {
      throw Error(fmt::format("{}: Lambda does not publish it with {} MB", name(), memory.value));
    }
    unchanged_ = true;
    FunctionConfiguration other = configuration(memory);
    if (observed_->latest.description == other.description) other.description += kAgain;
    plane.update_configuration(wanted_.name, other, observed_->latest.revision);
    return {};
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
  // Whether the last publishing made no version.
  bool unchanged_ = false;
  // Absent where there is no such function.
  std::optional<ObservedFunction> observed_;
};

}  // namespace

std::unique_ptr<Work> function_work(const DeploymentNames& names, const WantedFunction& wanted,
                                    const LayerArns& arns) {
  return std::make_unique<FunctionWork>(names, wanted, arns);
}

}  // namespace stepconf::deploy
