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

}  // namespace stepconf::estimator
