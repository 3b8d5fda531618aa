#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "stepconf/base/error.h"

namespace stepconf::cache {

/// Reports a table that did not answer in the time allowed, or refused to: the decision is to be
/// made without it.
class Unavailable : public Error {
  using Error::Error;
};

/// Keeps one text for each execution. Who replaces it says which version rests on what; of several
/// who read the same version one wins.
class ConditionalTable {
 public:
  struct Entry {
    /// Counts replacements; 0 where nothing was stored yet.
    std::uint64_t version = 0;
    std::string text;

    bool operator==(const Entry&) const = default;
  };

  virtual ~ConditionalTable() = default;

  /// Reads what is there. Sees everything stored before the call. Throws Unavailable.
  virtual Entry read(const std::string& execution) = 0;

  /// Stores `text` where `version` is still what is there, and gives nothing back; else stores
  /// nothing and gives what is there now. Throws Unavailable, and then may have stored it.
  [[nodiscard]] virtual std::optional<Entry> replace(const std::string& execution,
                                                     std::uint64_t version,
                                                     const std::string& text) = 0;
};

/// The text of one execution that travels with it, in and out of each process that decides: the
/// workflow's own variables hold it, and there is no table.
class TravellingText final : public ConditionalTable {
 public:
  /// `text` is what the last decision on this way through the workflow left; empty before the
  /// first.
  explicit TravellingText(std::string text) : entry_{text.empty() ? 0U : 1U, std::move(text)} {}

  Entry read(const std::string&) override { return entry_; }
  [[nodiscard]] std::optional<Entry> replace(const std::string&, std::uint64_t version,
                                             const std::string& text) override {
    if (version != entry_.version) return entry_;
    entry_ = {version + 1, text};
    return std::nullopt;
  }

  const std::string& text() const { return entry_.text; }

 private:
  Entry entry_;
};

}  // namespace stepconf::cache
