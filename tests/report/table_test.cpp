#include "stepconf/report/table.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"

namespace stepconf::report {
namespace {

TEST(Table, AlignsColumnsAndLeavesNoTrailingSpaces) {
  Table table({{"step"}, {"time", Align::right}, {"why"}});
  table.add({"Extract", "1.2 s", "cheapest"});
  table.add({"Up", "10.0 s"});
  EXPECT_EQ(table.text("  "),
            "  step       time  why\n"
            "  Extract   1.2 s  cheapest\n"
            "  Up       10.0 s\n");
}

TEST(Table, CountsCharactersAndNotBytes) {
  Table table({{"a"}, {"b"}});
  table.add({"\u00b5s", "x"});
  EXPECT_EQ(table.text(), "a   b\n\u00b5s  x\n");
}

TEST(Table, RefusesARowThatIsTooLong) {
  Table table({{"a"}});
  EXPECT_THROW(table.add({"1", "2"}), Error);
}

TEST(Usd, HasThreeSignificantDigitsAndNoExponent) {
  EXPECT_EQ(format_usd(0), "$0");
  EXPECT_EQ(format_usd(0.00012345), "$0.000123");
  EXPECT_EQ(format_usd(0.0000001), "$0.000000100");
  EXPECT_EQ(format_usd(1.25), "$1.25");
  EXPECT_EQ(format_usd(1234.5), "$1234.50");
}

}  // namespace
}  // namespace stepconf::report
