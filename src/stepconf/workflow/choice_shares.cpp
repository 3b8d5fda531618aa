#include "stepconf/workflow/choice_shares.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"

namespace stepconf::workflow {
namespace {

constexpr double kRounding = 1e-6;

void check_names(std::span<const std::string> ways, const std::map<std::string, double>& given,
                 std::string_view where) {
  const std::vector<std::string_view> known(ways.begin(), ways.end());
  for (const auto& [name, share] : given) {
    if (std::ranges::find(known, name) == known.end()) {
      const std::string meant = nearest(name, known);
      throw InvalidInput(fmt::format(
          "{} names '{}', which is no way on from this state; there are: {}{}", where, name,
          fmt::join(known, ", "), meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant)));
    }
    if (!(share > 0 && share <= 1)) {
      throw InvalidInput(
          fmt::format("{}: {} is {}, must be more than 0 and at most 1", where, name, share));
    }
  }
}

}  // namespace

std::vector<double> default_shares(std::size_t ways, bool catches) {
  if (!catches) return std::vector<double>(ways, 1.0 / static_cast<double>(ways));
  const auto handlers = static_cast<double>(ways - 1);
  const double each = handlers > 0 ? std::min(kHandlerShare, 0.5 / handlers) : 0;
  std::vector<double> shares(ways, each);
  shares.front() = 1 - handlers * each;
  return shares;
}

std::vector<double> given_shares(std::span<const std::string> ways, bool catches,
                                 const std::map<std::string, double>& given,
                                 std::string_view where) {
  check_names(ways, given, where);
  double sum = 0;
  for (const auto& [name, share] : given) sum += share;
  const auto missing = static_cast<double>(ways.size() - given.size());
  if (sum > 1 + kRounding || (missing == 0 && sum < 1 - kRounding)) {
    throw InvalidInput(fmt::format("{}: the shares sum to {:.6g}, must be 1", where, sum));
  }
  if (missing == 0) {
    std::vector<double> shares;
    for (const std::string& way : ways) shares.push_back(given.at(way) / sum);
    return shares;
  }
  const double rest = 1 - sum;
  const bool success_is_missing = !given.contains(ways.front());
  const double each =
      catches && success_is_missing ? std::min(kHandlerShare, rest / missing) : rest / missing;
  std::vector<double> shares;
  for (const std::string& way : ways) {
    if (!given.contains(way) && rest < kRounding) {
      throw InvalidInput(fmt::format(
          "{}: the shares leave nothing for {}; give it a small one where it is hardly ever taken",
          where, way));
    }
    const auto found = given.find(way);
    shares.push_back(found != given.end() ? found->second : each);
  }
  if (catches && success_is_missing) shares.front() = rest - (missing - 1) * each;
  return shares;
}

std::optional<std::vector<double>> learnt_shares(std::span<const std::string> ways, bool catches,
                                                 const LearntWays& learnt) {
  const auto known = [&](const auto& entry) {
    return std::ranges::find(ways, entry.first) != ways.end();
  };
  if (learnt.taken.empty() || !std::ranges::all_of(learnt.taken, known)) return std::nullopt;
  std::vector<double> shares = default_shares(ways.size(), catches);
  double passes = 1;
  for (std::size_t way = 0; way < ways.size(); ++way) {
    const auto found = learnt.taken.find(ways[way]);
    if (found == learnt.taken.end()) continue;
    shares[way] += found->second;
    passes += found->second;
  }
  for (double& share : shares) share /= passes;
  return shares;
}

}  // namespace stepconf::workflow
