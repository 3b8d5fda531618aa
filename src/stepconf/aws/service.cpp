#include "stepconf/aws/service.h"

#include <fmt/format.h>

#include <array>

namespace stepconf::aws {
namespace {

struct Partition {
  std::string_view prefix;
  std::string_view domain;
  /// The region that requests to global services are signed for.
  std::string_view home;
};

// The first whose prefix fits.
constexpr std::array<Partition, 8> kPartitions = {{
    {"cn-", "amazonaws.com.cn", "cn-north-1"},
    {"us-gov-", "amazonaws.com", "us-gov-west-1"},
    {"us-isob-", "sc2s.sgov.gov", "us-isob-east-1"},
    {"us-isof-", "csp.hci.ic.gov", "us-isof-south-1"},
    {"eu-isoe-", "cloud.adc-e.uk", "eu-isoe-west-1"},
    {"us-iso-", "c2s.ic.gov", "us-iso-east-1"},
    {"eusc-", "amazonaws.eu", "eusc-de-east-1"},
    {"", "amazonaws.com", "us-east-1"},
}};

const Partition& partition(std::string_view region) {
  for (const Partition& known : kPartitions) {
    if (region.starts_with(known.prefix)) return known;
  }
  return kPartitions.back();
}

// "iam.amazonaws.com", "iam.cn-north-1.amazonaws.com.cn", "iam.us-gov.amazonaws.com".
std::string global_host(const Service& service, const Partition& there) {
  if (there.home == "us-east-1") return fmt::format("{}.{}", service.host, there.domain);
  if (there.home == "us-gov-west-1") return fmt::format("{}.us-gov.{}", service.host, there.domain);
  return fmt::format("{}.{}.{}", service.host, there.home, there.domain);
}

}  // namespace

std::string_view domain(std::string_view region) { return partition(region).domain; }

Destination public_destination(const Service& service, const std::string& region) {
  const Partition& there = partition(region);
  const std::string host = service.global
                               ? global_host(service, there)
                               : fmt::format("{}.{}.{}", service.host, region, there.domain);
  return {.origin = {.secure = true, .host = host, .port = 443},
          .scope = {.service = std::string(service.signing),
                    .region = service.global ? std::string(there.home) : region}};
}

Destination destination(const Service& service, const Environment& environment) {
  const auto own = endpoint(environment, std::string(service.variable));
  if (!own) return public_destination(service, region(environment));
  return {.origin = *own,
          .scope = {.service = std::string(service.signing),
                    .region = configured_region(environment).value_or("us-east-1")}};
}

}  // namespace stepconf::aws
