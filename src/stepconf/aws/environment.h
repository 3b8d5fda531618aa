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

/// Gives the region: AWS_REGION, AWS_DEFAULT_REGION, or `region` of the profile; absent where none
/// is set. Throws InvalidInput where the value cannot stand in a host's name.
std::optional<std::string> configured_region(const Environment& environment);

/// The same. Throws InvalidInput where none is set, too.
std::string region(const Environment& environment);

/// Gives where a service is reached instead of at AWS: AWS_ENDPOINT_URL_<SERVICE>,
/// AWS_ENDPOINT_URL, <service>.endpoint_url in the profile's `services` section, or the profile's
/// `endpoint_url` (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html);
/// absent where none is set or AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, or the profile's setting of
/// that name, is true. `service` is in capitals, "S3". Throws InvalidInput where the URL cannot be
/// used.
std::optional<net::Origin> endpoint(const Environment& environment, const std::string& service);

}  // namespace stepconf::aws
