#include "stepconf/configurator/event.h"

#include <gtest/gtest.h>

namespace stepconf::configurator {
namespace {

Json valid() {
  return {{"step", "Upscale"},
          {"execution", "arn:aws:states:us-east-1:123456789012:execution:video:1"},
          {"started", "2026-11-25T17:33:00.250Z"},
          {"entered", "2026-11-25T17:33:02Z"},
          {"jobs", 64}};
}

Event changed(const char* name, const Json& value) {
  Json json = valid();
  json[name] = value;
  return parse_event(json);
}

TEST(Event, CountsTimeByTheClockOfStepFunctions) {
  const Event event = parse_event(valid());
  EXPECT_EQ(event.fault, "");
  EXPECT_EQ(event.milliseconds, 1750);
  EXPECT_EQ(event.jobs, 64);
  EXPECT_EQ(event.attempt, 1);
}

TEST(Event, ReadsWhatMayBeLeftOut) {
  Json json = valid();
  json.update({{"bytes", 120'000},
               {"largest_bytes", 9'000},
               {"attempt", 2},
               {"slo", 17.5},
               {"mode", "observe"},
               {"cache", "text"},
               {"later", true}});
  const Event event = parse_event(json);
  EXPECT_EQ(event.fault, "");
  EXPECT_EQ(event.bytes, 120'000);
  EXPECT_EQ(event.largest_bytes, 9'000);
  EXPECT_EQ(event.attempt, 2);
  EXPECT_EQ(event.slo, Seconds(17.5));
  EXPECT_EQ(event.mode, Mode::observe);
  EXPECT_EQ(event.cache, "text");
}

TEST(Event, TakesNullForAbsent) {
  const Event event = changed("jobs", nullptr);
  EXPECT_EQ(event.fault, "");
  EXPECT_FALSE(event.jobs);
}

TEST(Event, NamesWhatCannotBeUsed) {
  EXPECT_NE(changed("entered", "yesterday").fault.find("entered is \"yesterday\""),
            std::string::npos);
  EXPECT_NE(changed("started", nullptr).fault.find("lacks started"), std::string::npos);
  EXPECT_NE(changed("execution", "").fault.find("execution"), std::string::npos);
  EXPECT_NE(changed("execution", std::string(3000, 'x')).fault.find("..."), std::string::npos);
  EXPECT_NE(changed("jobs", -1).fault.find("jobs is -1"), std::string::npos);
  EXPECT_NE(changed("jobs", 1.5).fault.find("jobs is 1.5"), std::string::npos);
  EXPECT_NE(changed("jobs", 1e300).fault.find("jobs"), std::string::npos);
  EXPECT_NE(changed("largest_bytes", -5).fault.find("largest_bytes is -5"), std::string::npos);
  EXPECT_NE(changed("slo", 0).fault.find("slo is 0"), std::string::npos);
  EXPECT_NE(changed("cache", 7).fault.find("cache"), std::string::npos);
}

TEST(Event, RefusesAClockThatRunsBackwards) {
  EXPECT_NE(changed("entered", "2026-11-25T17:33:00Z").fault.find("-250 ms after"),
            std::string::npos);
  EXPECT_NE(changed("entered", "2028-11-25T17:33:00Z").fault.find("at most a year"),
            std::string::npos);
}

TEST(Event, TakesAnUnknownModeForOff) {
  const Event event = changed("mode", "OFF");
  EXPECT_EQ(event.mode, Mode::off);
  EXPECT_NE(event.fault.find("must be off, observe or on"), std::string::npos);
}

TEST(Event, KeepsTheJobsOfAnEventThatIsOtherwiseWrong) {
  EXPECT_EQ(changed("started", 5).jobs, 64);
}

TEST(Event, CannotBeAnsweredWithoutAStep) {
  EXPECT_THROW(parse_event(Json::array()), InvalidEvent);
  EXPECT_THROW(changed("step", 3), InvalidEvent);
  EXPECT_THROW(changed("step", nullptr), InvalidEvent);
}

}  // namespace
}  // namespace stepconf::configurator
