#include "stepconf/services/xml.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"
#include "stepconf/services/pages.h"

namespace stepconf::services {
namespace {

TEST(Xml, GivesTextsAndLists) {
  const XmlElement root = parse_xml(
      "<?xml version=\"1.0\"?><R xmlns=\"x\"><A><B>a &amp; &lt;b&gt;</B></A>"
      "<L><member><K>1</K></member><other/><member><K>2</K></member></L><!-- c --></R>",
      "the answer");
  EXPECT_EQ(root.name, "R");
  EXPECT_EQ(root.text_at({"A", "B"}), "a & <b>");
  EXPECT_EQ(root.text_at({"A", "C", "D"}), "");
  ASSERT_EQ(root.members("L").size(), 2U);
  EXPECT_EQ(root.members("L")[1].text_at({"K"}), "2");
  EXPECT_TRUE(root.members("M").empty());
}

TEST(Xml, RefusesWhatIsNone) {
  for (const char* text : {"", "<", "<a>", "<a></b>", "text", "{}", "<!-- -->", "\xff"}) {
    EXPECT_THROW(parse_xml(text, "x"), Error) << text;
  }
}

TEST(Xml, RefusesElementsNestedTooDeeply) {
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "<a>";
    for (int i = 0; i < depth; ++i) text += "</a>";
    return text;
  };
  EXPECT_NO_THROW(parse_xml(nested(100), "x"));
  EXPECT_THROW(parse_xml(nested(101), "x"), Error);
  EXPECT_THROW(parse_xml(nested(1'000'000), "x"), Error);
}

TEST(Xml, ExpandsNoEntitiesOfADocumentType) {
  const XmlElement root = parse_xml("<!DOCTYPE r [<!ENTITY e \"eeee\">]><r>&e;</r>", "x");
  EXPECT_EQ(root.text, "&e;");
}

TEST(AllPages, GathersPagesInTheirOrder) {
  const auto items = all_pages([](const std::string& next) {
    if (next.empty()) return Page<int>{.items = {1, 2}, .next = "b"};
    if (next == "b") return Page<int>{.items = {}, .next = "c"};
    return Page<int>{.items = {3}};
  });
  EXPECT_EQ(items, (std::vector{1, 2, 3}));
}

TEST(AllPages, EndsWhereAServiceDoesNot) {
  EXPECT_THROW(all_pages([](const std::string&) { return Page<int>{.items = {1}, .next = "a"}; }),
               Error);
}

}  // namespace
}  // namespace stepconf::services
