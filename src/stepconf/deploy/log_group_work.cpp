#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "stepconf/deploy/ownership.h"
#include "stepconf/deploy/works.h"

namespace stepconf::deploy {
namespace {

class LogGroupWork final : public Work {
 public:
  LogGroupWork(const DeploymentNames& names, const WantedLogGroup& wanted)
      : names_(names), wanted_(wanted) {}

  std::string name() const override { return "log group " + wanted_.name; }
  void forget() override { looked_ = false; }

  Turn turn(ControlPlane& plane) override {
    if (!looked_) look(plane);
    if (!group_) {
      plane.create_log_group(wanted_.name, names_.tags());
      group_ = LogGroupState{wanted_.name, 0, names_.tags()};
      return {.change = name() + ": created"};
    }
    if (group_->tags.empty()) {
      plane.tag_log_group(wanted_.name, names_.tags());
      group_->tags = names_.tags();
      return {.change = name() + ": taken over"};
    }
    check_owner(names_, group_->tags, name());
    if (group_->retention_days != wanted_.retention_days) {
      plane.set_retention(wanted_.name, wanted_.retention_days);
      group_->retention_days = wanted_.retention_days;
      return {.change = fmt::format("{}: kept for {} days", name(), wanted_.retention_days)};
    }
    return {.done = true};
  }

 private:
  void look(ControlPlane& plane) {
    group_.reset();
    for (LogGroupState& group : plane.log_groups_named(wanted_.name)) {
      if (group.name == wanted_.name) group_ = std::move(group);
    }
    looked_ = true;
  }

  const DeploymentNames& names_;
  const WantedLogGroup& wanted_;
  bool looked_ = false;
  std::optional<LogGroupState> group_;
};

}  // namespace

std::unique_ptr<Work> log_group_work(const DeploymentNames& names, const WantedLogGroup& wanted) {
  return std::make_unique<LogGroupWork>(names, wanted);
}

}  // namespace stepconf::deploy
