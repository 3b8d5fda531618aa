#include "stepconf/deploy/works.h"

namespace stepconf::deploy {
namespace {

class LayerWork final : public Work {
 public:
  LayerWork(const WantedLayer& wanted, LayerArns& arns) : wanted_(wanted), arns_(arns) {}

  std::string name() const override { return "layer " + wanted_.name; }
  // Each turn looks.
  void forget() override {}

  Turn turn(ControlPlane& plane) override {
    const std::string description = wanted_.description();
    for (const LayerVersion& version : plane.layer_versions(wanted_.name)) {
      if (version.description != description) continue;
      arns_[wanted_.name] = version.arn;
      return {.done = true};
    }
    const LayerVersion version =
        plane.publish_layer(wanted_.name, wanted_.code, wanted_.architecture, description);
    arns_[wanted_.name] = version.arn;
    return {.done = true, .change = name() + ": published"};
  }

 private:
  const WantedLayer& wanted_;
  LayerArns& arns_;
};

}  // namespace

std::unique_ptr<Work> layer_work(const WantedLayer& wanted, LayerArns& arns) {
  return std::make_unique<LayerWork>(wanted, arns);
}

}  // namespace stepconf::deploy
