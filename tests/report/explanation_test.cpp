#include "stepconf/report/explanation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace stepconf::report {
namespace {

using optimizer::Constraint;
using optimizer::Decision;

Decision third_of_three() {
  optimizer::Frontier frontier;
  frontier.options = {{{MemoryMb{2048}, 16, 1}, Seconds(5), Usd{0.004}},
                      {{MemoryMb{1024}, 16, 1}, Seconds(8), Usd{0.0025}},
                      {{MemoryMb{1024}, 8, 2}, Seconds(12), Usd{0.002}}};
  frontier.considered = 192;
  Decision decision = optimizer::take(frontier, 1);
  decision.constraint = Constraint::sub_slo;
  decision.sub_slo = Seconds(9.5);
  return decision;
}

TEST(Explanation, FitsOnAScreenAndNamesTimeBoundChoiceRunnerUpAndRisk) {
  EXPECT_EQ(explanation({"Upscale", 64, Seconds(4), Seconds(20)}, third_of_three()),
            "Upscale, 64 jobs, at 4.00 s\n"
            "  time left    16.0 s of the SLO's 20.0 s\n"
            "  its share    9.50 s\n"
            "  bound by     its share of the time: whatever is cheaper takes longer\n"
            "  choice       1024 MB x 16 instances x 1 process, 8.00 s, $0.00250\n"
            "               the 2nd fastest of 3 that are worth taking, of 192 that can run\n"
            "  next cheaper 1024 MB x 8 instances x 2 processes, 12.0 s, $0.00200\n"
            "               4.00 s more, 20.0 % cheaper\n"
            "  its risk     its share would be exceeded by 2.50 s\n");
}

TEST(Explanation, SaysByHowMuchARunnerUpWouldLowerTheChanceWhereThatIsKnown) {
  Decision decision = third_of_three();
  decision.constraint = Constraint::price_of_miss;
  decision.attainment = 0.951;
  decision.attainment_with_runner_up = 0.7;
  const std::string text = explanation({"Upscale", 64, Seconds(4), Seconds(20)}, decision);
  EXPECT_NE(text.find("its risk     the chance to meet the SLO would fall from 95.1 % to 70.0 %\n"),
            std::string::npos)
      << text;
}

TEST(Explanation, SaysHowLongAgoTheSloPassed) {
  Decision decision = third_of_three();
  decision.constraint = Constraint::catch_up;
  const std::string text = explanation({"Upscale", 1, Seconds(25), Seconds(20)}, decision, "  ");
  EXPECT_EQ(text.substr(0, text.find("its share")),
            "  Upscale, 1 job, at 25.0 s\n"
            "    time left    none: the SLO of 20.0 s passed 5.00 s ago\n"
            "    ");
}

// Whatever the decision, lines stay within a screen's width and none is left empty.
TEST(Explanation, KeepsItsLinesShort) {
  for (const Constraint constraint :
       {Constraint::none, Constraint::nothing, Constraint::sub_slo, Constraint::catch_up,
        Constraint::plan, Constraint::slo, Constraint::price_of_miss}) {
    Decision decision = third_of_three();
    decision.constraint = constraint;
    std::istringstream lines(explanation({"Upscale", 64, Seconds(4), Seconds(20)}, decision));
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
      EXPECT_LE(line.size(), 100u) << line;
      EXPECT_NE(line.back(), ' ') << line;
    }
    EXPECT_LE(count, 10);
  }
}

TEST(Explanation, OfADecisionWithoutModelsIsTheChoiceAlone) {
  Decision decision;
  decision.configuration = {MemoryMb{512}, 1, 1};
  decision.note = "no models: the smallest configuration";
  EXPECT_EQ(explanation({"Work", 2, Seconds(0), std::nullopt}, decision),
            "Work, 2 jobs, at 0 s\n"
            "  choice       512 MB x 1 instance x 1 process\n"
            "  note         no models: the smallest configuration\n");
}

}  // namespace
}  // namespace stepconf::report
