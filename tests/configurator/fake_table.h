#pragma once

#include <functional>
#include <map>

#include "stepconf/cache/conditional_table.h"

namespace stepconf::configurator::testing {

/// A table in memory that counts calls, fails when told to, and lets others come in between.
class FakeTable final : public cache::ConditionalTable {
 public:
  Entry read(const std::string& execution) override {
    ++calls;
    if (!fault.empty()) throw cache::Unavailable(fault);
    return entries[execution];
  }
  [[nodiscard]] std::optional<Entry> replace(const std::string& execution, std::uint64_t version,
                                             const std::string& text) override {
    if (before_replace) before_replace();
    ++calls;
    if (!fault.empty()) throw cache::Unavailable(fault);
    Entry& entry = entries[execution];
    if (entry.version != version) return entry;
    entry = {version + 1, text};
    return std::nullopt;
  }

  std::map<std::string, Entry> entries;
  int calls = 0;
  std::string fault;
  std::function<void()> before_replace;
};

}  // namespace stepconf::configurator::testing
