#pragma once

#include <cstddef>
#include <string_view>

#include "stepconf/base/json.h"

namespace stepconf::asl {

/// Largest input or output of a state in bytes of JSON
/// (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
inline constexpr std::size_t kMostPayloadBytes = 262'144;

/// Deepest nesting of a state's input or output. Step Functions names no figure; ours keeps every
/// walk over the data within the stack.
inline constexpr int kDeepestPayload = 1'000;

/// Measures `value` as compact JSON text in bytes. Stops early, with a figure above
/// kMostPayloadBytes, where it is larger than that or nested deeper than kDeepestPayload.
std::size_t payload_bytes(const Json& value);

/// Checks a state's input, output or result against both limits. Throws StateFailure
/// (States.DataLimitExceeded) that names `what`. Returns its size in bytes.
std::size_t check_payload(const Json& value, std::string_view what);

}  // namespace stepconf::asl
