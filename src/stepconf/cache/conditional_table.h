#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/base/error.h"

namespace stepconf::cache {

/// Reports a table that did not answer in the time allowed, or refused to: the decision is to be
/// made without it.
class Unavailable : public Error {
  using Error::Error;
};

/// Keeps a few texts by name for each execution. Whoever changes some says what that rests on, so
/// of several whose changes rest on each other's one comes first; others do not meet at all.
class ConditionalTable {
 public:
  using Texts = std::map<std::string, std::string>;

  struct Contents {
    /// Counts changes; 0 where nothing was stored yet.
    std::uint64_t version = 0;
    Texts texts{};

    bool operator==(const Contents&) const = default;
  };

  struct Change {
    /// Texts that must be as they were read; empty: there must be none.
    Texts rests_on{};
    /// Where it rests on everything that was read: the version.
    std::optional<std::uint64_t> version{};
    Texts set{};
    std::vector<std::string> removed{};
  };

  virtual ~ConditionalTable() = default;

  /// Reads what is there. Sees every change made before the call. Throws Unavailable.
  virtual Contents read(const std::string& execution) = 0;

  /// Makes all of a change at once where what it rests on is still there, and gives nothing back;
  /// else changes nothing and gives what is there now. Throws Unavailable, and then may have made
  /// it.
  [[nodiscard]] virtual std::optional<Contents> apply(const std::string& execution,
                                                      const Change& change) = 0;
};

/// Makes a change of `contents`; false, and nothing done, where it does not rest on them.
bool carry_out(const ConditionalTable::Change& change, ConditionalTable::Contents& contents);

/// The texts of one execution that travel with it, in and out of each process that decides: the
/// workflow's own variables hold them, and there is no table.
class TravellingTexts final : public ConditionalTable {
 public:
  /// `written` is what `written()` gave to the last decision on this way through the workflow;
  /// empty before the first. Throws InvalidInput where it is anything else.
  explicit TravellingTexts(const std::string& written);

  Contents read(const std::string&) override { return contents_; }
  [[nodiscard]] std::optional<Contents> apply(const std::string&, const Change& change) override;

  /// Writes the texts, as one line of JSON.
  std::string written() const;

 private:
  Contents contents_;
};

}  // namespace stepconf::cache
