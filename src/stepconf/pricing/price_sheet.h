#pragma once

#include <optional>
#include <string>

#include "stepconf/base/units.h"

namespace stepconf::pricing {

/// Who starts a step's instances, and so what starting them costs.
enum class Orchestrator {
  /// Step Functions, Standard workflow: billed by the state transition.
  standard,
  /// Step Functions, Express workflow: billed by the execution and its own duration, nothing by the
  /// transition.
  express,
  /// A client that calls the functions itself: nothing beside the functions' own fees.
  none,
};

/// Reads "standard", "express" or "none". Throws InvalidInput that names the nearest known one.
Orchestrator parse_orchestrator(const std::string& name);
std::string to_string(Orchestrator orchestrator);

/// Single prices that replace a sheet's; each finite and not negative.
struct PriceOverrides {
  std::optional<double> usd_per_gb_second;
  std::optional<double> usd_per_request;
  std::optional<double> usd_per_transition;
};

/// What a region charges for one architecture under one orchestrator, without free tiers and volume
/// discounts.
struct PriceSheet {
  std::string region;
  /// "x86_64" or "arm64".
  std::string architecture;
  Orchestrator orchestrator = Orchestrator::standard;
  /// The paper's mu_0: one second of 2^30 bytes, first tier.
  double usd_per_gb_second = 0;
  /// One call of a function.
  double usd_per_request = 0;
  /// One state transition; 0 under express and none.
  double usd_per_transition = 0;
  /// One execution of the whole workflow: the request of an Express workflow. No part of any step's
  /// cost.
  double usd_per_execution = 0;
  /// When the prices were read, "YYYY-MM", and from where.
  std::string date;
  std::string source;

  bool operator==(const PriceSheet&) const = default;
};

/// Looks up the vendor's prices. Throws InvalidInput that names the nearest and all known regions
/// or architectures where one is unknown, or the price that is negative or not finite.
PriceSheet price_sheet(const std::string& region = "us-east-1",
                       const std::string& architecture = "x86_64",
                       Orchestrator orchestrator = Orchestrator::standard,
                       const PriceOverrides& overrides = {});

}  // namespace stepconf::pricing
