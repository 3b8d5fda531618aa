// What a reader of plan files refuses.
#include <gtest/gtest.h>

#include <cmath>

#include "stepconf/base/bytes.h"
#include "stepconf/base/error.h"
#include "stepconf/compiled/container.h"
#include "tests/compiled/plans.h"

namespace stepconf::compiled {
namespace {

const std::string& good() {
  static const std::string bytes = to_bytes(testing::plan());
  return bytes;
}

std::string refusal(std::string_view bytes) {
  try {
    plan_from_bytes(bytes, "p.plan");
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "nothing was thrown";
}

// The good file with one section replaced, and sealed again.
std::string with_section(const std::string& name, const std::string& content) {
  Sections sections = read_container(good(), "p.plan");
  sections[name] = content;
  return write_container(sections);
}

std::string with_setting(const std::string& from, const std::string& to) {
  std::string settings = read_container(good(), "p.plan").at("settings");
  return with_section("settings", settings.replace(settings.find(from), from.size(), to));
}

TEST(PlanFile, IsRefusedWithWhatIsWrong) {
  std::string newer = good();
  newer[8] = 9;
  std::string changed = good();
  changed.back() = static_cast<char>(changed.back() ^ 1);
  const std::pair<std::string, std::string> cases[] = {
      {"{\"schema\": 1}", "p.plan: is not a plan file"},
      {"", "p.plan: is not a plan file"},
      {good().substr(0, 30), "p.plan: is cut short within its header"},
      {good().substr(0, good().size() - 10), "p.plan: is cut short: "},
      {good() + "x", "p.plan: has 1 bytes behind its end"},
      {newer, "p.plan: was made by a newer stepconf (format 9, this one reads 1)"},
      {changed, "p.plan: is damaged: its content does not match its hash"},
      {write_container({}), "p.plan: lacks its section \"settings\""},
      {seal("\x05"), "p.plan: has a section that reaches beyond its end"},
      {with_section("models", "{}"), "p.plan: $.schema is missing"},
      {with_section("models", R"({"schema": 1, "functions": {}})"),
       "p.plan: has no model of the function \"split\""},
      {with_section("options", "\1"), "p.plan: its prepared options are cut short"},
      {with_setting("\"target\":0.95", "\"target\":7"), "p.plan: $.goal.target is 7"},
      {with_setting("\"after\":[0]", "\"after\":[9]"),
       "p.plan: $.steps[1].after is 9, must be another step's number"},
      {with_setting("\"after\":[]", "\"after\":[3]"),
       "p.plan: $.steps has steps that wait for each other in a circle"},
      {with_setting("\"name\":\"fan\"", "\"name\":\"split\""),
       "p.plan: $.steps[1].name occurs twice"},
      {with_setting(
           "\"choices\":[]",
           R"("choices":[{"name":"X","probability":1,"ways":[)"
           R"({"next":"A","share":0.5,"steps":[1]},{"next":"B","share":0.5,"steps":[1]}]}])"),
       "p.plan: $.choices[0].ways has step 1 twice"},
      {with_setting("\"memory_mb\":[512", "\"memory_mb\":[-1"),
       "p.plan: $.configurations.memory_mb must hold whole numbers of at least 1"},
  };
  for (const auto& [bytes, message] : cases)
    EXPECT_EQ(refusal(bytes).substr(0, message.size()), message);
}

// A kind "work" with one entry for one job: two options of which the second has `seconds` and
// `usd`, behind 1 s and 2 dollars.
std::string options_with(double seconds, double usd) {
  ByteWriter bytes;
  bytes.u32(1);
  bytes.text("work");
  bytes.u8(2);
  for (const std::uint32_t number : {0u, 1u, 1u, 5u, 2u}) bytes.u32(number);
  for (const auto& [s, c] : {std::pair{1.0, 2.0}, {seconds, usd}}) {
    for (const std::uint32_t number : {512u, 1u, 1u}) bytes.u32(number);
    bytes.f64(s);
    bytes.f64(c);
  }
  return bytes.take();
}

TEST(PlanFile, WithOptionsThatAreNoFrontierIsRefused) {
  EXPECT_EQ(refusal(with_section("options", options_with(2, 1))), "nothing was thrown");
  const std::string wrong = "p.plan: its prepared options are wrong: ";
  EXPECT_EQ(refusal(with_section("options", options_with(2, 2))),
            wrong + "options that others outdo");
  EXPECT_EQ(refusal(with_section("options", options_with(1, 1))),
            wrong + "options that others outdo");
  EXPECT_EQ(refusal(with_section("options", options_with(-1, 1))),
            wrong + "a duration that is negative or no number");
  EXPECT_EQ(refusal(with_section("options", options_with(2, std::nan("")))),
            wrong + "a cost that is negative or no number");
}

TEST(PlanFile, IsKnownByItsHash) {
  EXPECT_EQ(hash_of(good()).size(), 64u);
  EXPECT_EQ(hash_of(good()), hash_of(to_bytes(testing::plan())));
  EXPECT_NE(hash_of(good()), hash_of(to_bytes(testing::plan({Seconds(13), "", 0.95, 0, "x"}))));
}

}  // namespace
}  // namespace stepconf::compiled
