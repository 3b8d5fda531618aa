#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "stepconf/deploy/clock.h"
#include "stepconf/deploy/control_plane.h"

namespace stepconf::deploy {

inline constexpr Seconds kCallTakes{0.1};

/// A clock that is moved by who waits on it.
class FakeClock final : public Clock {
 public:
  Seconds now() const override { return now_; }
  void pause(Seconds duration) override { now_ += duration; }

 private:
  Seconds now_{0};
};

/// An account in memory that behaves as AWS's does where `deploy` can notice: creating and updating
/// take time and refuse changes meanwhile, revisions are held against, nothing is published where
/// nothing changed, new roles cannot be assumed at once, what is in use is not deleted, and too
/// many calls are throttled. Any call may be made to fail, before or after it had its effect.
class FakeControlPlane final : public ControlPlane {
 public:
  explicit FakeControlPlane(FakeClock& clock) : clock_(clock) {}

  /// Called with the number of each call, from 1, and its action, before (`after` false) and after
  /// its effect; what it throws, the call throws.
  std::function<void(int call, const std::string& action, bool after)> fault{};
  /// Machines with running executions.
  std::set<std::string> running{};
  /// Actions of the calls so far.
  std::vector<std::string> calls{};
  /// Times of calls that were throttled.
  int throttled = 0;
  /// Versions published, layers' too, by function or layer; never less than there are.
  std::map<std::string, int> published{};

  /// Gives all that a deployment has, in one text without what depends on how it came about:
  /// revisions, version numbers and kAgain. For "", what has no owner, revisions included.
  std::string inventory(const std::string& deployment) const;
  /// Gives a machine's definition, without a call; empty where there is none.
  std::string definition(const std::string& machine_arn) const;

  std::optional<FunctionState> find_function(const std::string& name) override;
  FunctionCode function_code(const std::string& name) override;
  std::vector<std::string> functions_named(const std::string& prefix) override;
  FunctionState create_function(const std::string& name, const FunctionConfiguration& configuration,
                                const FunctionCode& code, const Tags& tags) override;
  FunctionState update_configuration(const std::string& name,
                                     const FunctionConfiguration& configuration,
                                     const std::string& revision) override;
  FunctionState update_code(const std::string& name, const FunctionCode& code,
                            const std::string& architecture, const std::string& revision) override;
  VersionState publish_version(const std::string& name, const std::string& revision) override;
  std::vector<VersionState> versions(const std::string& name) override;
  void delete_version(const std::string& name, const std::string& version) override;
  std::map<std::string, std::string> aliases(const std::string& name) override;
  void create_alias(const std::string& name, const std::string& alias,
                    const std::string& version) override;
  void update_alias(const std::string& name, const std::string& alias,
                    const std::string& version) override;
  void delete_alias(const std::string& name, const std::string& alias) override;
  void delete_function(const std::string& name) override;
  std::vector<LayerVersion> layer_versions(const std::string& layer) override;
  LayerVersion publish_layer(const std::string& layer, const FunctionCode& code,
                             const std::string& architecture,
                             const std::string& description) override;
  void delete_layer_version(const std::string& layer, int version) override;
  std::optional<RoleState> find_role(const std::string& name) override;
  void create_role(const std::string& name, const Json& trust,
                   const std::string& permissions_boundary, const Tags& tags) override;
  void update_trust(const std::string& role, const Json& trust) override;
  void put_role_policy(const std::string& role, const std::string& policy,
                       const Json& document) override;
  void delete_role_policy(const std::string& role, const std::string& policy) override;
  void attach_role_policy(const std::string& role, const std::string& policy_arn) override;
  void detach_role_policy(const std::string& role, const std::string& policy_arn) override;
  void delete_role(const std::string& name) override;
  std::optional<TableState> find_table(const std::string& name) override;
  void create_table(const std::string& name, const std::string& key, const Tags& tags) override;
  void enable_ttl(const std::string& table, const std::string& attribute) override;
  void delete_table(const std::string& name) override;
  std::vector<LogGroupState> log_groups_named(const std::string& prefix) override;
  void create_log_group(const std::string& name, const Tags& tags) override;
  void tag_log_group(const std::string& name, const Tags& tags) override;
  void set_retention(const std::string& log_group, int days) override;
  void delete_log_group(const std::string& name) override;
  std::optional<MachineState> find_machine(const std::string& arn) override;
  void create_machine(const std::string& name, const std::string& type,
                      const std::string& definition, const std::string& role_arn,
                      const Tags& tags) override;
  void update_machine(const std::string& arn, const std::string& definition,
                      const std::string& role_arn) override;
  void delete_machine(const std::string& arn) override;
  bool has_running_executions(const std::string& arn) override;

  /// What an invocation by this ARN (alias included) would run: the version's description; absent
  /// where it would fail.
  std::optional<std::string> invoked(const std::string& function_arn) const;

 private:
  struct Function {
    FunctionState latest{};
    FunctionCode code{};
    Seconds ready_at{0};
    std::map<int, VersionState> versions{};
    std::map<std::string, std::string> aliases{};
    int next_version = 1;
    bool changed = true;
  };
  struct Role {
    RoleState state{};
    Seconds known_at{0};
  };
  struct Table {
    TableState state{};
    Seconds ready_at{0};
  };
  struct Machine {
    MachineState state{};
    Seconds gone_at{0};
  };

  // Runs one call: takes its time, its turn within the rates, and its faults.
  auto call(const std::string& action, const std::string& resource, auto effect);
  void throttle(const std::string& action, const std::string& resource);
  Function& function(const std::string& action, const std::string& name);
  Function& idle_function(const std::string& action, const std::string& name,
                          const std::string& revision);
  void check_role(const std::string& action, const std::string& role_arn) const;
  FunctionState seen(const Function& function) const;
  void touch(Function& function, Seconds takes);
  void settle();

  FakeClock& clock_;
  std::map<std::string, Function> functions_{};
  std::map<std::string, std::map<int, LayerVersion>> layers_{};
  std::map<std::string, int> next_layer_version_{};
  std::map<std::string, Role> roles_{};
  std::map<std::string, Table> tables_{};
  std::map<std::string, LogGroupState> log_groups_{};
  std::map<std::string, Machine> machines_{};
  std::vector<Seconds> call_times_{};
  std::vector<Seconds> publish_times_{};
  int revisions_ = 0;
};

/// Throws ControlPlaneError.
[[noreturn]] inline void fail(Trouble trouble, const std::string& action,
                              const std::string& resource, const std::string& message) {
  throw ControlPlaneError(trouble, action, resource, message);
}

/// Finds what is there under a name, or fails with not_found.
template <class Map>
auto& at(Map& map, const std::string& name, const std::string& action) {
  const auto found = map.find(name);
  if (found == map.end()) fail(Trouble::not_found, action, name, "there is none");
  return found->second;
}

auto FakeControlPlane::call(const std::string& action, const std::string& resource, auto effect) {
  clock_.pause(kCallTakes);
  settle();
  calls.push_back(action);
  const int number = static_cast<int>(calls.size());
  if (fault) fault(number, action, false);
  throttle(action, resource);
  if constexpr (std::is_void_v<decltype(effect())>) {
    effect();
    if (fault) fault(number, action, true);
  } else {
    auto result = effect();
    if (fault) fault(number, action, true);
    return result;
  }
}

}  // namespace stepconf::deploy
