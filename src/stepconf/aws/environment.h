#pragma once

#include <functional>
#include <optional>
#include <string>

#include "stepconf/net/origin.h"

namespace stepconf::aws {

/// Looks a variable up; one that is set to nothing is absent. May be called from several threads.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Gives the process's own environment, which must not be changed any more once threads run.
Environment process_environment();

/// Gives the region, from AWS_REGION or AWS_DEFAULT_REGION. Throws InvalidInput where neither is
/// set or the value cannot stand in a host's name.
std::string region(const Environment& environment);

/// Gives where a service is reached instead of at AWS: AWS_ENDPOINT_URL_<SERVICE>, else
/// AWS_ENDPOINT_URL; absent where neither is set or AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true.
/// `service` is in capitals, "S3". Throws InvalidInput where the URL cannot be used.
std::optional<net::Origin> endpoint(const Environment& environment, const std::string& service);

}  // namespace stepconf::aws
