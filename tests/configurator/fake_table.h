#pragma once

#include <functional>
#include <map>

#include "stepconf/cache/conditional_table.h"

namespace stepconf::configurator::testing {

/// A table in memory that counts calls, fails when told to, and lets others come in between.
class FakeTable final : public cache::ConditionalTable {
 public:
  Contents read(const std::string& execution) override {
    ++calls;
    if (!fault.empty()) throw cache::Unavailable(fault);
    return executions[execution];
  }
  [[nodiscard]] std::optional<Contents> apply(const std::string& execution,
                                              const Change& change) override {
    if (before_apply) before_apply();
    ++calls;
    if (!fault.empty()) throw cache::Unavailable(fault);
    Contents& contents = executions[execution];
    if (!cache::carry_out(change, contents)) return contents;
    return std::nullopt;
  }

  std::map<std::string, Contents> executions;
  int calls = 0;
  std::string fault;
  std::function<void()> before_apply;
};

}  // namespace stepconf::configurator::testing
