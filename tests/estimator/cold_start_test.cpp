#include "stepconf/estimator/cold_start.h"

#include <gtest/gtest.h>

#include "stepconf/estimator/fit.h"

namespace stepconf::estimator {
namespace {

// Warm calls take 1 vCPU s; a cold one 0.2 s and 0.5 vCPU s more, after an INIT of 300 ms.
std::vector<Sample> samples(bool with_warm) {
  std::vector<Sample> result;
  for (const int memory : {256, 512, 1024, 1769, 3538}) {
    Sample warm;
    warm.function = "f";
    warm.memory = MemoryMb{memory};
    const double share = std::min(1.0, memory / 1769.0);
    warm.duration_ms = 1000 / share;
    Sample cold = warm;
    cold.cold = true;
    cold.init_ms = 300;
    cold.duration_ms = *warm.duration_ms + 200 + 500 / share;
    if (with_warm) result.push_back(warm);
    result.push_back(cold);
  }
  return result;
}

const ColdStart& cold_of(const Models& models) {
  return std::get<FittedFunction>(models.functions.at("f")).cold;
}

TEST(ColdStart, IsToldFromColdRowsBesideWarmOnes) {
  const Models models = fit(samples(true));
  const ColdStart& cold = cold_of(models);
  EXPECT_EQ(cold.samples, 5);
  EXPECT_NEAR(cold.init_s, 0.3, 1e-9);
  EXPECT_NEAR(cold.first_call({MemoryMb{256}}).count(), 0.2 + 0.5 * 1769 / 256, 0.1);
  EXPECT_NEAR(cold.first_call({MemoryMb{3538}}).count(), 0.7, 0.05);
}

TEST(ColdStart, IsUnknownWhereEveryRowIsColdOrNone) {
  const Models all_cold = fit(samples(false));
  EXPECT_EQ(cold_of(all_cold).first_call({MemoryMb{256}}), Seconds{0});
  EXPECT_NEAR(cold_of(all_cold).init_s, 0.3, 1e-9);
  std::vector<Sample> warm = samples(true);
  std::erase_if(warm, [](const Sample& sample) { return sample.cold; });
  const Models all_warm = fit(warm);
  EXPECT_EQ(cold_of(all_warm), ColdStart{});
}

}  // namespace
}  // namespace stepconf::estimator
