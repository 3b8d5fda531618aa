#pragma once

#include <vector>

#include "stepconf/evaluation/chart.h"

namespace stepconf::evaluation {

/// Gives the mapping delays that were measured on AWS Step Functions, an inline Map of a Standard
/// workflow in us-east-1, warm, medians of about 155 executions each: x is the number of
/// iterations, y the seconds until the last of them started; from SeBS-Flow's artifact (EuroSys
/// 2025).
std::vector<Point> published_last_delays();

/// Gives, from the same source, the delay of each iteration of a Map of 50: x is its position.
std::vector<Point> published_delays_of_50();

}  // namespace stepconf::evaluation
