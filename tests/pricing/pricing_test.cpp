#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>

#include "stepconf/base/error.h"
#include "stepconf/pricing/bill.h"
#include "stepconf/pricing/price_sheet.h"

namespace stepconf::pricing {
namespace {

std::string message_of(const auto& action) {
  try {
    action();
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(PriceSheet, DependsOnRegionAndArchitecture) {
  EXPECT_DOUBLE_EQ(price_sheet().usd_per_gb_second, 1.66667e-5);
  EXPECT_DOUBLE_EQ(price_sheet("us-east-1", "arm64").usd_per_gb_second, 1.33334e-5);
  EXPECT_DOUBLE_EQ(price_sheet("eu-south-1").usd_per_gb_second, 1.95172e-5);
  EXPECT_DOUBLE_EQ(price_sheet("eu-south-1").usd_per_transition, 2.625e-5);
  EXPECT_DOUBLE_EQ(price_sheet("sa-east-1").usd_per_transition, 3.75e-5);
  EXPECT_FALSE(price_sheet().date.empty());
}

TEST(PriceSheet, ChargesTransitionsToStandardWorkflowsOnly) {
  EXPECT_DOUBLE_EQ(price_sheet().usd_per_transition, 2.5e-5);
  EXPECT_EQ(price_sheet("us-east-1", "x86_64", Orchestrator::express).usd_per_transition, 0);
  EXPECT_DOUBLE_EQ(price_sheet("us-east-1", "x86_64", Orchestrator::express).usd_per_execution,
                   1e-6);
  EXPECT_EQ(price_sheet("us-east-1", "x86_64", Orchestrator::none).usd_per_transition, 0);
}

TEST(PriceSheet, TakesSinglePricesFromTheUser) {
  const PriceSheet sheet =
      price_sheet("us-east-1", "x86_64", Orchestrator::standard, {{}, 3e-7, 0.0});
  EXPECT_DOUBLE_EQ(sheet.usd_per_gb_second, 1.66667e-5);
  EXPECT_DOUBLE_EQ(sheet.usd_per_request, 3e-7);
  EXPECT_EQ(sheet.usd_per_transition, 0);
}

TEST(PriceSheet, RefusesWhatItDoesNotKnow) {
  EXPECT_NE(message_of([] { price_sheet("us-eats-1"); }).find("did you mean \"us-east-1\"?"),
            std::string::npos);
  EXPECT_NE(message_of([] { price_sheet("us-east-1", "arm"); }).find("x86_64, arm64"),
            std::string::npos);
  EXPECT_NE(message_of([] { parse_orchestrator("expres"); }).find("did you mean \"express\"?"),
            std::string::npos);
  EXPECT_THROW(price_sheet("us-east-1", "x86_64", Orchestrator::none, {-1.0, {}, {}}),
               InvalidInput);
  EXPECT_THROW(price_sheet("us-east-1", "x86_64", Orchestrator::none,
                           {std::numeric_limits<double>::quiet_NaN(), {}, {}}),
               InvalidInput);
}

TEST(Bill, RoundsDurationAndInitUpToAMillisecondTogether) {
  const PriceSheet prices = price_sheet();
  // 1000.2 ms + 0.3 ms -> 1001 ms on 2 GB: 1.001 * 2 * 1.66667e-5 + 2e-7
  EXPECT_DOUBLE_EQ(instance_cost(prices, MemoryMb{2048}, Seconds{1.0002}, Seconds{0.0003}).value,
                   1.001 * 2 * 1.66667e-5 + 2e-7);
  // 0.1 + 0.2 is 0.30000000000000004 in binary and 300 ms to the vendor.
  EXPECT_DOUBLE_EQ(instance_cost(prices, MemoryMb{1024}, Seconds{0.1}, Seconds{0.2}).value,
                   0.3 * 1.66667e-5 + 2e-7);
}

TEST(Bill, AddsOneTransitionForATaskAndOneMoreThanTheInstancesForAMap) {
  const PriceSheet prices = price_sheet();
  const std::array<InstanceUse, 2> uses = {InstanceUse{3, Seconds{2}}, InstanceUse{1, Seconds{1}}};
  // 0.5 GB: (3 * 2 s + 1 s) * 0.5 * 1.66667e-5 + 4 requests + (1 + 4) transitions
  const double time_and_requests = 7 * 0.5 * 1.66667e-5 + 4 * 2e-7;
  EXPECT_NEAR(billed_cost(prices, MemoryMb{512}, uses, true).value, time_and_requests + 5 * 2.5e-5,
              1e-15);
  EXPECT_NEAR(billed_cost(prices, MemoryMb{512}, uses, false).value, time_and_requests + 2.5e-5,
              1e-15);
  const PriceSheet none = price_sheet("us-east-1", "x86_64", Orchestrator::none);
  EXPECT_NEAR(billed_cost(none, MemoryMb{512}, uses, true).value, time_and_requests, 1e-15);
}

TEST(Bill, FollowsThePaperWithTheMappingDelayInEveryInstancesTime) {
  // c = p (t m mu_0 + mu_1) = 4 * (2.5 s * 1 GB * 1.66667e-5 + 2e-7 + 2.5e-5)
  EXPECT_NEAR(paper_cost(price_sheet(), MemoryMb{1024}, 4, Seconds{2.5}).value,
              4 * (2.5 * 1.66667e-5 + 2.52e-5), 1e-15);
}

}  // namespace
}  // namespace stepconf::pricing
