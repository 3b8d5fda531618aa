#include "stepconf/estimator/duration_model.h"

#include <algorithm>
#include <utility>

namespace stepconf::estimator {

DurationModel::DurationModel(const DurationForm& form, std::vector<double> parameters,
                             std::optional<Correction> correction)
    : form_(&form), parameters_(std::move(parameters)), correction_(std::move(correction)) {}

Seconds DurationModel::predict(const InstanceLoad& load) const {
  const double seconds = std::max(0.0, form_->seconds(parameters_, load));
  return Seconds{correction_ ? seconds * correction_->factor(load) : seconds};
}

std::vector<Seconds> DurationModel::predict(std::span<const MemoryMb> memories,
                                            std::span<const LoadShape> shapes) const {
  std::vector<Seconds> result;
  result.reserve(memories.size() * shapes.size());
  for (const MemoryMb memory : memories) {
    for (const LoadShape& shape : shapes) {
      const InstanceLoad load{memory, shape.processes, shape.jobs, shape.instances};
      result.push_back(Seconds(std::max(0.0, form_->seconds(parameters_, load))));
    }
  }
  if (!correction_) return result;
  const std::vector<double> factors = correction_->factors(memories, shapes);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = result[i] * factors[i];
  return result;
}

}  // namespace stepconf::estimator
