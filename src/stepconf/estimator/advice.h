#pragma once

#include <span>
#include <string>

#include "stepconf/estimator/models.h"
#include "stepconf/estimator/observations.h"

namespace stepconf::estimator {

/// Says which measurement would help this function's model most: the least certain load between
/// those that were measured, or more invocations where the tail is not known. Empty where neither
/// would help noticeably.
std::string advice(const FittedFunction& function, std::span<const MeasuredLoad> loads);

}  // namespace stepconf::estimator
