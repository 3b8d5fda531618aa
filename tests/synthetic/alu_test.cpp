#include "examples/synthetic/alu.h"

#include <gtest/gtest.h>

#include "stepconf/runtime/serve.h"

namespace synthetic {
namespace {

using examples::Workers;
using stepconf::Json;
using stepconf::runtime::HandlerError;

TEST(RepeatAlu, GivesTheSumThatPythonsWholeNumbersGive) {
  // sum((a + b ^ a - b ^ a * b ^ a // b)) modulo 2^64, each operation modulo 2^64, over i < 1000
  // with a = (i + 1) * 0x9E3779B97F4A7C15 modulo 2^64 and b = a >> 31 | 1.
  EXPECT_EQ(repeat_alu(0, 1000), 0x44e781390bebf08e);
  EXPECT_EQ(repeat_alu(7, 7), 0u);
}

TEST(Alu, HasTheSameChecksumHoweverItIsDivided) {
  const Json wanted{{"checksum", "44e781390bebf08e"}};
  Workers one(1), three(3);
  EXPECT_EQ(alu({{"repeat", 1000}}, three), wanted);
  for (const double ratio : {0.0, 0.333, 0.5, 1.0}) {
    for (const int threads : {1, 2, 7}) {
      EXPECT_EQ(alu({{"repeat", 1000}, {"ratio", ratio}, {"threads", threads}}, one), wanted);
    }
  }
}

TEST(Alu, ReturnsAsMuchDataAsItIsAskedFor) {
  Workers one(1);
  const Json result = alu({{"repeat", 0}, {"output_bytes", 1000}, {"data", "ignored"}}, one);
  EXPECT_EQ(result["data"].get<std::string>().size(), 1000u);
  EXPECT_FALSE(alu({{"repeat", 0}}, one).contains("data"));
}

TEST(Alu, SleepsAsLongAsItIsTold) {
  Workers one(1);
  const auto start = std::chrono::steady_clock::now();
  alu({{"repeat", 0}, {"sleep_ms", 30}}, one);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(30));
}

TEST(Alu, NamesWhatIsWrongWithAnEvent) {
  Workers one(1);
  const std::vector<std::pair<Json, std::string>> faults = {
      {1, "repeat"},
      {Json::object(), "repeat"},
      {{{"repeat", -1}}, "repeat"},
      {{{"repeat", 1.5}}, "repeat"},
      {{{"repeat", 1}, {"ratio", 1.1}}, "ratio"},
      {{{"repeat", 1}, {"threads", 0}}, "threads"},
      {{{"repeat", 1}, {"output_bytes", 7'000'000}}, "output_bytes"}};
  for (const auto& [event, field] : faults) {
    try {
      alu(event, one);
      ADD_FAILURE() << event;
    } catch (const HandlerError& error) {
      EXPECT_EQ(error.type(), "InvalidEvent");
      EXPECT_TRUE(std::string(error.what()).starts_with(field)) << error.what();
    }
  }
}

}  // namespace
}  // namespace synthetic
