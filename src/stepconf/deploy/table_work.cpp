#include <fmt/format.h>

#include <optional>

#include "stepconf/base/error.h"
#include "stepconf/deploy/ownership.h"
#include "stepconf/deploy/works.h"

namespace stepconf::deploy {
namespace {

constexpr Seconds kTablePoll{2};

class TableWork final : public Work {
 public:
  TableWork(const DeploymentNames& names, const WantedTable& wanted)
      : names_(names), wanted_(wanted) {}

  std::string name() const override { return "table " + wanted_.name; }
  void forget() override { looked_ = false; }

  Turn turn(ControlPlane& plane) override {
    if (!looked_) look(plane);
    if (!table_) {
      plane.create_table(wanted_.name, wanted_.key, names_.tags());
      looked_ = false;
      return {.pause = kTablePoll, .change = name() + ": created"};
    }
    if (table_->readiness == Readiness::in_progress) {
      looked_ = false;
      return {.pause = kTablePoll};
    }
    if (table_->ttl_attribute != wanted_.ttl_attribute) {
      plane.enable_ttl(wanted_.name, wanted_.ttl_attribute);
      table_->ttl_attribute = wanted_.ttl_attribute;
      return {.change = name() + ": items expire"};
    }
    return {.done = true};
  }

 private:
  void look(ControlPlane& plane) {
    table_ = plane.find_table(wanted_.name);
    looked_ = true;
    if (!table_ || table_->deleting) return;
    check_owner(names_, table_->tags, name());
    if (table_->key != wanted_.key) {
      throw Error(fmt::format("{} has the key \"{}\", must have \"{}\"; delete it (it is a cache)",
                              name(), table_->key, wanted_.key));
    }
  }

  const DeploymentNames& names_;
  const WantedTable& wanted_;
  bool looked_ = false;
  std::optional<TableState> table_;
};

}  // namespace

std::unique_ptr<Work> table_work(const DeploymentNames& names, const WantedTable& wanted) {
  return std::make_unique<TableWork>(names, wanted);
}

}  // namespace stepconf::deploy
