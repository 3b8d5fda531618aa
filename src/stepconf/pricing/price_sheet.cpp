#include "stepconf/pricing/price_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"

namespace stepconf::pricing {
namespace {

constexpr double kRequest = 0.20e-6;
constexpr double kExpressRequest = 1.00e-6;

struct RegionPrices {
  std::string_view region;
  double x86_gb_second = 1.66667e-5;
  double arm_gb_second = 1.33334e-5;
  double transition = 2.5e-5;
};

constexpr double kX86 = 1.66667e-5;
constexpr double kArm = 1.33334e-5;

constexpr auto kRegions = std::to_array<RegionPrices>({
    {"af-south-1", 2.21e-5, 1.768e-5, 2.975e-5},
    {"ap-east-1", 2.292e-5, 1.830e-5, 2.75e-5},
    {"ap-northeast-1", kX86, kArm, 2.5e-5},
    {"ap-northeast-2", kX86, kArm, 2.71e-5},
    {"ap-northeast-3", kX86, kArm, 2.5e-5},
    {"ap-south-1", kX86, kArm, 2.85e-5},
    {"ap-southeast-1", kX86, kArm, 2.5e-5},
    {"ap-southeast-2", kX86, kArm, 2.5e-5},
    {"ca-central-1", kX86, kArm, 2.5e-5},
    {"eu-central-1", kX86, kArm, 2.5e-5},
    {"eu-north-1", kX86, kArm, 2.5e-5},
    {"eu-south-1", 1.95172e-5, 1.56138e-5, 2.625e-5},
    {"eu-west-1", kX86, kArm, 2.5e-5},
    {"eu-west-2", kX86, kArm, 2.5e-5},
    {"eu-west-3", kX86, kArm, 2.97e-5},
    {"me-central-1", 2.06667e-5, 1.65334e-5, 2.5e-5},
    {"me-south-1", 2.06667e-5, 1.65334e-5, 2.75e-5},
    {"sa-east-1", kX86, kArm, 3.75e-5},
    {"us-east-1", kX86, kArm, 2.5e-5},
    {"us-east-2", kX86, kArm, 2.5e-5},
    {"us-gov-east-1", kX86, kArm, 3.0e-5},
    {"us-gov-west-1", kX86, kArm, 3.0e-5},
    {"us-west-1", kX86, kArm, 2.79e-5},
    {"us-west-2", kX86, kArm, 2.5e-5},
});

constexpr auto kArchitectures = std::to_array<std::string_view>({"x86_64", "arm64"});
constexpr auto kOrchestrators = std::to_array<std::string_view>({"standard", "express", "none"});

[[noreturn]] void unknown(std::string_view what, const std::string& name,
                          std::span<const std::string_view> known) {
  const std::string guess = nearest(name, known);
  throw InvalidInput(fmt::format("unknown {} \"{}\"{}; known are {}", what, name,
                                 guess.empty() ? "" : fmt::format(", did you mean \"{}\"?", guess),
                                 fmt::join(known, ", ")));
}

void replace(double& price, const std::optional<double>& given, std::string_view name) {
  if (!given) return;
  if (!std::isfinite(*given) || *given < 0) {
    throw InvalidInput(
        fmt::format("{} is {}, must be a finite number of at least 0", name, *given));
  }
  price = *given;
}

}  // namespace

Orchestrator parse_orchestrator(const std::string& name) {
  if (name == "standard") return Orchestrator::standard;
  if (name == "express") return Orchestrator::express;
  if (name == "none") return Orchestrator::none;
  unknown("orchestrator", name, kOrchestrators);
}

std::string to_string(Orchestrator orchestrator) {
  return std::string(kOrchestrators.at(static_cast<std::size_t>(orchestrator)));
}

PriceSheet price_sheet(const std::string& region, const std::string& architecture,
                       Orchestrator orchestrator, const PriceOverrides& overrides) {
  const auto row = std::ranges::find(kRegions, region, &RegionPrices::region);
  if (row == kRegions.end()) {
    std::vector<std::string_view> known;
    for (const RegionPrices& prices : kRegions) known.push_back(prices.region);
    unknown("region", region, known);
  }
  if (std::ranges::find(kArchitectures, architecture) == kArchitectures.end()) {
    unknown("architecture", architecture, kArchitectures);
  }
  PriceSheet sheet;
  sheet.region = region;
  sheet.architecture = architecture;
  sheet.orchestrator = orchestrator;
  sheet.usd_per_gb_second = architecture == "arm64" ? row->arm_gb_second : row->x86_gb_second;
  sheet.usd_per_request = kRequest;
  sheet.usd_per_transition = orchestrator == Orchestrator::standard ? row->transition : 0;
  sheet.usd_per_execution = orchestrator == Orchestrator::express ? kExpressRequest : 0;
  sheet.date = "2026-11";
  sheet.source =
      "https://aws.amazon.com/lambda/pricing, https://aws.amazon.com/step-functions/pricing";
  replace(sheet.usd_per_gb_second, overrides.usd_per_gb_second, "usd_per_gb_second");
  replace(sheet.usd_per_request, overrides.usd_per_request, "usd_per_request");
  replace(sheet.usd_per_transition, overrides.usd_per_transition, "usd_per_transition");
  return sheet;
}

}  // namespace stepconf::pricing
