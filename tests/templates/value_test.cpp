#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "stepconf/base/error.h"
#include "stepconf/templates/read.h"
#include "stepconf/templates/write.h"

namespace stepconf::templates {
namespace {

// Texts that look like something else, or need quotes; and any others.
rc::Gen<std::string> any_text() {
  return rc::gen::oneOf(
      rc::gen::element<std::string>(
          "", "yes", "null", "~", "0123", "1e3", "-", "- a", "a: b", "a #b", "#", "*x", "&x",
          "!Ref x", "|", "{", "\n", "a\n", "a\n\n b\n", " a\nb", "\t", "\x7f", "\xC2\x85",
          "\xE2\x80\xA8", "'", "\"", "%", "@", "${A}", "...", "---", "=", "<<", "a\r\nb", "\\"),
      rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '\x7f')));
}

rc::Gen<OrderedJson> any_json(int depth) {
  const auto text = rc::gen::map(any_text(), [](const std::string& t) { return OrderedJson(t); });
  const auto number =
      rc::gen::map(rc::gen::arbitrary<int>(), [](int value) { return OrderedJson(value); });
  const auto boolean =
      rc::gen::map(rc::gen::arbitrary<bool>(), [](bool value) { return OrderedJson(value); });
  if (depth == 0) return rc::gen::oneOf(text, number, boolean);
  const auto array =
      rc::gen::map(rc::gen::container<std::vector<OrderedJson>>(any_json(depth - 1)),
                   [](const std::vector<OrderedJson>& elements) { return OrderedJson(elements); });
  const auto object = rc::gen::map(
      rc::gen::container<std::map<std::string, OrderedJson>>(any_text(), any_json(depth - 1)),
      [](const std::map<std::string, OrderedJson>& members) {
        OrderedJson json = OrderedJson::object();
        // Merged into others where it is read.
        for (const auto& [name, value] : members) json[name == "<<" ? "less" : name] = value;
        return json;
      });
  return rc::gen::oneOf(text, number, array, object);
}

std::string rewritten(const std::string& text) {
  return write_value(read_value(text, "t.yaml"), Format::yaml);
}

TEST(Value, ShortFormsAreWrittenAsTheyWereRead) {
  const std::string text =
      "A: !Ref B\n"
      "C: !GetAtt D.Arn\n"
      "E: !Sub \"${F}: x\"\n"
      "G: !If\n"
      "  - H\n"
      "  - !Ref I\n"
      "  - Fn::Sub: J\n"
      "K:\n"
      "  - Type: L\n"
      "    M: []\n"
      "  - {}\n";
  EXPECT_EQ(rewritten(text), text);
}

TEST(Value, PlainScalarsStayPlainAndQuotedOnesTexts) {
  EXPECT_EQ(rewritten("a: 2010-09-09\nb: yes\nc: 0123\nd: \"0123\"\ne: 'yes'\nf: 'word'\n"),
            "a: 2010-09-09\nb: yes\nc: 0123\nd: \"0123\"\ne: \"yes\"\nf: word\n");
}

TEST(Value, ABlockOfLinesStaysOne) {
  const std::string text = "a: |\n  one\n    two\n\n  three: x\nb: |-\n  x\n  y\nc: |+\n  z\n\n";
  EXPECT_EQ(rewritten(text), text);
}

TEST(Value, WhatIsWrittenIsReadAgain) {
  EXPECT_TRUE(rc::check([] {
    const OrderedJson json = *any_json(2);
    for (const Format format : {Format::yaml, Format::json}) {
      const std::string text = write_value(value_of(json), format);
      RC_ASSERT(json_of(read_value(text, "t")) == json);
    }
  }));
}

TEST(Value, JsonHasTheLongForms) {
  const Value value = read_value("[!Ref A, !GetAtt B.C.D, !Sub 'x', !Condition E, 1, no, 07]", "t");
  EXPECT_EQ(
      json_of(value).dump(),
      R"([{"Ref":"A"},{"Fn::GetAtt":["B","C.D"]},{"Fn::Sub":"x"},{"Condition":"E"},1,false,"07"])");
}

TEST(Value, AliasesAndMergeKeysAreWrittenOut) {
  EXPECT_EQ(rewritten("a: &x {p: 1, q: 2}\nb: *x\nc: {<<: *x, q: 3}\n"),
            "a:\n  p: 1\n  q: 2\nb:\n  p: 1\n  q: 2\nc:\n  q: 3\n  p: 1\n");
}

TEST(Value, IntrinsicsAreKnownInBothForms) {
  const Value value = read_value("[!GetAtt A.B, {Fn::GetAtt: [A, B]}, {Ref: A}, {Other: A}]", "t");
  for (int i : {0, 1}) {
    EXPECT_EQ(attribute_of(intrinsic_of(value.elements[i])),
              std::pair(std::string("A"), std::string("B")));
  }
  EXPECT_EQ(intrinsic_of(value.elements[2]).name, "Ref");
  EXPECT_FALSE(intrinsic_of(value.elements[3]));
}

TEST(Value, WhatIsRefusedIsNamedByItsLine) {
  const auto complaint = [](const std::string& text) {
    try {
      read_value(text, "t.yaml");
    } catch (const InvalidInput& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  EXPECT_EQ(complaint("a: 1\nb: 2\na: 3\n"), "t.yaml:3: a: occurs twice; keep one");
  EXPECT_EQ(complaint("a: 1\n---\nb: 2\n"), "t.yaml:2: a second document begins, must be one");
  EXPECT_EQ(complaint("a: 1\nb: [\n").substr(0, 9), "t.yaml:3:");
  EXPECT_EQ(complaint("a: x\n\xff: 2\n"), "t.yaml:2: is not valid UTF-8");
  EXPECT_EQ(complaint("a: &x [*x]\n"), "t.yaml:1: an alias stands within what it names");
  EXPECT_EQ(complaint("{\"a\": 1,\n \"a\": 2}").substr(0, 8), "t.yaml: ");
}

// Ten levels of ten aliases each are ten thousand million values.
TEST(Value, AliasesOfAliasesDoNotFillTheMemory) {
  std::string text = "a0: &a0 x\n";
  for (int level = 1; level <= 10; ++level) {
    text += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [";
    for (int i = 0; i < 10; ++i) text += (i ? ", *a" : "*a") + std::to_string(level - 1);
    text += "]\n";
  }
  EXPECT_THROW(read_value(text, "t"), InvalidInput);
  EXPECT_THROW(read_value(std::string(5000, '['), "t"), InvalidInput);
}

}  // namespace
}  // namespace stepconf::templates
