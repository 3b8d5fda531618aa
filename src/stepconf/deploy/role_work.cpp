#include <fmt/format.h>

#include <algorithm>

#include "stepconf/base/error.h"
#include "stepconf/deploy/ownership.h"
#include "stepconf/deploy/role_step.h"
#include "stepconf/deploy/works.h"

namespace stepconf::deploy {
namespace {

bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::ranges::find(list, item) != list.end();
}

class RoleWork final : public Work {
 public:
  RoleWork(const DeploymentNames& names, const WantedRole& wanted, bool removals)
      : names_(names), wanted_(wanted), removals_(removals) {}

  std::string name() const override { return "role " + wanted_.name; }
  void forget() override { looked_ = false; }

  Turn turn(ControlPlane& plane) override {
    if (!looked_) look(plane);
    const RoleStep step = next_step(wanted_, role_ ? &*role_ : nullptr, removals_);
    if (step.kind == RoleStep::Kind::done) return {.done = true};
    perform(step, plane);
    const char* verb = step.kind == RoleStep::Kind::create ? "created" : "new permissions";
    return {.change = fmt::format("{}: {}", name(), verb)};
  }

 private:
  void look(ControlPlane& plane) {
    role_ = plane.find_role(wanted_.name);
    if (role_) check_owner(names_, role_->tags, name());
    looked_ = true;
  }

  void perform(const RoleStep& step, ControlPlane& plane) {
    using Kind = RoleStep::Kind;
    switch (step.kind) {
      case Kind::create:
        plane.create_role(wanted_.name, wanted_.trust, wanted_.permissions_boundary, names_.tags());
        role_ = RoleState{.name = wanted_.name,
                          .trust = wanted_.trust,
                          .policies = {},
                          .managed_policies = {},
                          .permissions_boundary = wanted_.permissions_boundary,
                          .tags = names_.tags()};
        break;
      case Kind::trust:
        plane.update_trust(wanted_.name, wanted_.trust);
        role_->trust = wanted_.trust;
        break;
      case Kind::put:
        plane.put_role_policy(wanted_.name, step.policy, wanted_.policies.at(step.policy));
        role_->policies[step.policy] = wanted_.policies.at(step.policy);
        break;
      case Kind::remove:
        plane.delete_role_policy(wanted_.name, step.policy);
        role_->policies.erase(step.policy);
        break;
      case Kind::attach:
        plane.attach_role_policy(wanted_.name, step.policy);
        role_->managed_policies.push_back(step.policy);
        break;
      case Kind::detach:
        plane.detach_role_policy(wanted_.name, step.policy);
        std::erase(role_->managed_policies, step.policy);
        break;
      case Kind::done:
        break;
    }
  }

  const DeploymentNames& names_;
  const WantedRole& wanted_;
  bool removals_;
  bool looked_ = false;
  std::optional<RoleState> role_;
};

}  // namespace

RoleStep next_step(const WantedRole& wanted, const RoleState* observed, bool removals) {
  using Kind = RoleStep::Kind;
  if (observed == nullptr) return {Kind::create};
  if (observed->trust != wanted.trust) return {Kind::trust};
  for (const auto& [policy, document] : wanted.policies) {
    const auto found = observed->policies.find(policy);
    if (found == observed->policies.end() || found->second != document) return {Kind::put, policy};
  }
  for (const std::string& arn : wanted.managed_policies) {
    if (!has(observed->managed_policies, arn)) return {Kind::attach, arn};
  }
  if (!removals) return {Kind::done};
  for (const auto& [policy, document] : observed->policies) {
    if (!wanted.policies.contains(policy)) return {Kind::remove, policy};
  }
  for (const std::string& arn : observed->managed_policies) {
    if (!has(wanted.managed_policies, arn)) return {Kind::detach, arn};
  }
  return {Kind::done};
}

std::unique_ptr<Work> role_work(const DeploymentNames& names, const WantedRole& wanted,
                                bool removals) {
  return std::make_unique<RoleWork>(names, wanted, removals);
}

}  // namespace stepconf::deploy
