// What holds of every generated machine, whatever the definition.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>

#include "stepconf/machine/definition.h"
#include "stepconf/machine/transitions.h"
#include "tests/machine/machines.h"

namespace stepconf::machine {
namespace {

int up_to(int most) { return *rc::gen::inRange(0, most + 1); }

bool maybe() { return up_to(1) == 1; }

OrderedJson ordered(const Json& json) { return OrderedJson::parse(json.dump()); }

// Definitions whose names have what names may have, and are as long as they may be.
class RandomDefinition {
 public:
  OrderedJson make() {
    OrderedJson definition = chain(0);
    if (maybe()) definition["Comment"] = "{% $stepconf_1 %}";
    return definition;
  }

 private:
  std::string name() {
    static const std::vector<std::string> kPieces = {"Work", ": configure", "/",  "~1", "ä", "😀",
                                                     " ",    "'",           "\"", "%",  "$", "."};
    std::string name = std::to_string(++names_);
    for (int i = up_to(3); i > 0; --i) {
      name += kPieces[static_cast<std::size_t>(up_to(static_cast<int>(kPieces.size()) - 1))];
    }
    if (up_to(4) == 0) name += std::string(80 - name.size(), 'x');
    return name;
  }

  OrderedJson chain(int depth) {
    std::vector<std::string> names;
    for (int i = up_to(3); i >= 0; --i) names.push_back(name());
    OrderedJson scope = {{"StartAt", names.front()}};
    for (std::size_t i = 0; i < names.size(); ++i) {
      OrderedJson made = state(depth);
      const bool last = i + 1 == names.size();
      const std::string& other = names[static_cast<std::size_t>(up_to(static_cast<int>(i)))];
      if (made["Type"] == "Choice") {
        if (last) made = {{"Type", "Succeed"}};
        if (!last) {
          made["Choices"] = {{{"Variable", "$.x"}, {"IsPresent", true}, {"Next", other}}};
          made["Default"] = names[i + 1];
        }
      } else if (last) {
        made["End"] = true;
      } else {
        made["Next"] = names[i + 1];
      }
      if (made["Type"] != "Choice" && made["Type"] != "Succeed" && made["Type"] != "Pass" &&
          maybe()) {
        made["Catch"] = {{{"ErrorEquals", {"States.ALL"}}, {"Next", other}}};
      }
      scope["States"][names[i]] = made;
    }
    return scope;
  }

  OrderedJson state(int depth) {
    const int kind = up_to(depth < 3 ? 7 : 4);
    OrderedJson state;
    if (kind == 0) return {{"Type", "Pass"}, {"Result", {1, "two"}}};
    if (kind == 1) return {{"Type", "Choice"}};
    if (kind <= 3) {
      state = kind == 2 ? task() : invoke();
      state.erase("End");
      if (maybe()) state["ResultPath"] = "$.r";
      return state;
    }
    state = {{"Type", "Map"}, {"ItemsPath", maybe() ? "$.a" : "$.a[0]"}};
    if (kind == 4) state["ItemProcessor"] = scope(name(), task());
    if (kind == 4 && maybe()) state["Retry"] = {{{"ErrorEquals", {"Bad"}}}};
    if (kind == 5) state["ItemProcessor"] = chain(depth + 1);
    if (kind == 5 && up_to(3) == 0) {
      state["ItemProcessor"]["ProcessorConfig"] = {{"Mode", "DISTRIBUTED"}};
    }
    if (kind < 6) return state;
    return {{"Type", "Parallel"}, {"Branches", {chain(depth + 1), chain(depth + 1)}}};
  }

  int names_ = 0;
};

// Walks over all scopes of a machine, each with the variables that every way to it has assigned.
class Check {
 public:
  void in(const OrderedJson& scope, const std::set<std::string>& assigned_before) {
    RC_ASSERT(scope.at("States").contains(scope.at("StartAt").get<std::string>()));
    std::map<std::string, std::set<std::string>> assigns;
    for (const auto& [name, state] : scope.at("States").items()) {
      RC_ASSERT(names_.insert(name).second);
      RC_ASSERT(characters(name) <= 80);
      OrderedJson copy = state;
      for_each_target(copy, [&](const OrderedJson& target) {
        RC_ASSERT(scope.at("States").contains(target.get<std::string>()));
      });
      for (const auto& [variable, value] : member(state, "Assign").items()) {
        assigns[name].insert(variable);
        // On Step Functions an inner scope must not assign what an outer one has.
        RC_ASSERT(variables_.insert(variable).second);
        RC_ASSERT(state.at("Catch").at(0).at("Assign").contains(variable));
      }
    }
    const auto before = always_before(scope);
    for (const auto& [name, state] : scope.at("States").items()) {
      std::set<std::string> known = assigned_before;
      for (auto last = before.find(name); last != before.end(); last = before.find(last->second)) {
        known.insert(assigns[last->second].begin(), assigns[last->second].end());
      }
      reads_only(state, known);
      const Json plain = state;
      for (const Json* inner : scopes_in(plain)) in(ordered(*inner), known);
    }
  }

 private:
  static std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  }

  static const OrderedJson& member(const OrderedJson& object, const char* name) {
    static const OrderedJson kNone = OrderedJson::object();
    return object.contains(name) ? object.at(name) : kNone;
  }

  // The state's own fields name no variable of ours that may be missing.
  static void reads_only(OrderedJson state, const std::set<std::string>& known) {
    for (const char* inner : {"ItemProcessor", "Branches"}) state.erase(inner);
    const std::string text = state.dump();
    const std::string sign = "$stepconfx_";
    for (auto at = text.find(sign); at != std::string::npos; at = text.find(sign, at + 1)) {
      const auto end = text.find_first_not_of("0123456789", at + sign.size());
      RC_ASSERT(known.contains(text.substr(at + 1, end - at - 1)));
    }
  }

  std::set<std::string> names_, variables_;
};

// Leaves of a scope what is neither a step nor has other states inside, with the places it leads to
// left out.
std::map<std::string, OrderedJson> untouched(const OrderedJson& definition) {
  std::map<std::string, OrderedJson> found;
  for (const auto& [name, state] : definition.at("States").items()) {
    if (state["Type"] == "Pass" || state["Type"] == "Choice" || state["Type"] == "Succeed") {
      OrderedJson copy = state;
      for_each_target(copy, [](OrderedJson& target) { target = ""; });
      found[name] = copy;
    }
    const Json plain = state;
    for (const Json* inner : scopes_in(plain)) found.merge(untouched(ordered(*inner)));
  }
  return found;
}

TEST(GenerateProperty, ReferencesAreValidAndNamesUniqueInEveryMachine) {
  EXPECT_TRUE(rc::check([] {
    OrderedJson definition = RandomDefinition().make();
    definition["Note"] = "stepconf_";
    const std::string text = definition.dump();
    GeneratorOptions options = all_steps(text);
    options.decisions_travel = maybe();
    const GeneratedMachine machine = generate(text, "test", options);
    Check().in(OrderedJson::parse(machine.definition), {});
    RC_ASSERT(generate(text, "test", options).definition == machine.definition);
  }));
}

TEST(GenerateProperty, EverythingElseStaysAsItWas) {
  EXPECT_TRUE(rc::check([] {
    const OrderedJson definition = RandomDefinition().make();
    const auto generated = untouched(OrderedJson::parse(generate_all(definition).definition));
    for (const auto& [name, state] : untouched(definition)) {
      RC_ASSERT(generated.contains(name));
      RC_ASSERT(generated.at(name) == state);
    }
  }));
}

}  // namespace
}  // namespace stepconf::machine
