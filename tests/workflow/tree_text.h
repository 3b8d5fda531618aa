#pragma once

#include <fmt/format.h>

#include <string>

#include "stepconf/workflow/series_parallel.h"

namespace stepconf::workflow::testing {

/// Writes a tree of steps named by small letters: series in (), parallel in [], choices in {} with
/// the share of each way.
inline std::string text(const SeriesParallelTree& tree) {
  using Kind = SeriesParallelTree::Kind;
  if (tree.kind == Kind::kStep) return std::string(1, static_cast<char>('a' + tree.step));
  std::string parts;
  for (std::size_t i = 0; i < tree.parts.size(); ++i) {
    parts += (parts.empty() ? "" : " ");
    if (tree.kind == Kind::kChoice) parts += fmt::format("{:.4g}:", tree.probabilities[i]);
    parts += text(tree.parts[i]);
  }
  if (tree.kind == Kind::kSeries) return "(" + parts + ")";
  return tree.kind == Kind::kChoice ? "{" + parts + "}" : "[" + parts + "]";
}

}  // namespace stepconf::workflow::testing
