#include <fmt/format.h>

#include <optional>

#include "stepconf/base/error.h"
#include "stepconf/deploy/ownership.h"
#include "stepconf/deploy/works.h"

namespace stepconf::deploy {
namespace {

constexpr Seconds kMachinePoll{5};

class MachineWork final : public Work {
 public:
  MachineWork(const DeploymentNames& names, const WantedMachine& wanted, bool& changed)
      : names_(names), wanted_(wanted), changed_(changed) {}

  std::string name() const override { return "state machine " + wanted_.name; }
  // Each turn looks.
  void forget() override {}

  Turn turn(ControlPlane& plane) override {
    const auto machine = plane.find_machine(wanted_.arn);
    if (!machine) {
      plane.create_machine(wanted_.name, wanted_.type, wanted_.definition, wanted_.role_arn,
                           names_.tags());
      return {.done = true, .change = name() + ": created"};
    }
    check_owner(names_, machine->tags, name());
    if (machine->deleting) return {.pause = kMachinePoll};
    if (machine->type != wanted_.type) {
      throw Error(
          fmt::format("{} is {}, and its type cannot be changed to {}; remove the "
                      "deployment first, or take another name",
                      name(), machine->type, wanted_.type));
    }
    if (machine->definition == wanted_.definition && machine->role_arn == wanted_.role_arn) {
      return {.done = true};
    }
    changed_ = true;
    plane.update_machine(wanted_.arn, wanted_.definition, wanted_.role_arn);
    return {.done = true, .change = name() + ": new definition"};
  }

 private:
  const DeploymentNames& names_;
  const WantedMachine& wanted_;
  bool& changed_;
};

}  // namespace

std::unique_ptr<Work> machine_work(const DeploymentNames& names, const WantedMachine& wanted,
                                   bool& changed) {
  return std::make_unique<MachineWork>(names, wanted, changed);
}

}  // namespace stepconf::deploy
