#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "stepconf/base/units.h"
#include "stepconf/configurator/configurator.h"

namespace stepconf::configurator {

/// The metrics' namespace in CloudWatch.
inline constexpr std::string_view kNamespace = "StepConf";

/// Writes one line of JSON, without the line's end, in CloudWatch's embedded metric format: metrics
/// TimeLeft, ExpectedCost, DecisionTime, Late and Safe by deployment and step, and beside them the
/// decision in the words of the trace (docs/configurator.md). `milliseconds` since 1970 say when;
/// `took` is the time that the answer needed.
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
std::string log_line(const Verdict& verdict, const std::string& deployment,
                     std::int64_t milliseconds, Seconds took);

}  // namespace stepconf::configurator
