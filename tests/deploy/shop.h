#pragma once

#include <string>
#include <vector>

#include "stepconf/deploy/apply.h"
#include "tests/deploy/fake_control_plane.h"

namespace stepconf::deploy {

inline const Account kAccount{"aws", "us-east-1", "123456789012"};

/// A project to be deployed, with as little in it as a test needs.
struct Shop {
  std::string deployment = "shop";
  std::vector<std::string> functions = {"extract", "detect"};
  std::vector<MemoryMb> sizes = {MemoryMb{512}, MemoryMb{1024}};
  /// Of all functions.
  std::string code = "code 1";
  std::string wrapper = "wrapper 1";
  std::string mode = "on";
  bool cache_table = true;
  std::string type = "STANDARD";
  std::string architecture = "x86_64";

  DeploymentNames names() const { return DeploymentNames(deployment, kAccount); }

  /// The definition is a JSON array of all ARNs that the machine calls.
  WantedState wanted() const {
    const std::map<std::string, WrapperPackage> packages = {
        {"x86_64", {zip_code(wrapper), zip_code("bootstrap")}},
        {"arm64", {zip_code(wrapper + " arm"), zip_code("bootstrap")}}};
    std::vector<WantedFunction> copies;
    for (const std::string& function : functions) {
      CopiedFunction copied{.source = {.name = function,
                                       .settings = {.runtime = "python3.12",
                                                    .handler = "app.handler",
                                                    .role = "arn:aws:iam::123456789012:role/user",
                                                    .architecture = architecture,
                                                    .layers = {"arn:of:a:layer:1"},
                                                    .environment = {{"BUCKET", "b"}}}},
                            .code = zip_code(function + code),
                            .sizes = sizes};
      copies.push_back(copy_of(names(), copied, packages));
    }
    WantedFunction configurator =
        configurator_of(names(), {.code = zip_code("configurator"), .mode = mode});
    Json arns = Json::array();
    for (const WantedFunction& function : copies) {
      for (const auto& [memory, arn] : arns_by_size(names(), function)) arns.push_back(arn);
    }
    for (const auto& [memory, arn] : arns_by_size(names(), configurator)) arns.push_back(arn);
    const CopiedMachine machine{.type = type,
                                .definition = arns.dump(),
                                .policies = {{"queue", {{"Version", "2012-10-17"}}}},
                                .managed_policies = {"arn:aws:iam::aws:policy/XRay"}};
    return wanted_state(names(), std::move(copies), std::move(configurator), machine, packages,
                        {.cache_table = cache_table});
  }
};

/// An account in which the user's functions and their role are.
class ShopAccount {
 public:
  ShopAccount() : plane(clock) {
    plane.create_role("user", Json::object(), {}, {});
    clock.pause(Seconds(60));
    for (const char* name : {"extract", "detect"}) {
      plane.create_function(
          name, {{.runtime = "python3.12", .role = "arn:aws:iam::123456789012:role/user"}, {}, {}},
          zip_code(name), {});
    }
    plane.create_log_group("/aws/lambda/extract", {});
    plane.create_machine("shop", "STANDARD", "{}", "arn:aws:iam::123456789012:role/user", {});
    clock.pause(Seconds(60));
    users = plane.inventory("");
    plane.calls.clear();
  }

  Applied deploy(const Shop& shop) { return apply(shop.wanted(), plane, clock, {}); }
  void remove(const Shop& shop) { remove_deployment(shop.names(), plane, clock, {}); }

  FakeClock clock{};
  FakeControlPlane plane;
  /// What the user had before.
  std::string users{};
};

/// Gives what a fresh account has after one undisturbed deployment.
inline std::string deployed(const Shop& shop) {
  ShopAccount account;
  account.deploy(shop);
  return account.plane.inventory(shop.deployment);
}

}  // namespace stepconf::deploy
