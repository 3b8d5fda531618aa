#include "stepconf/percentile/problem.h"

#include <algorithm>
#include <numeric>

namespace stepconf::percentile {

std::array<double, kParts> part_probabilities() {
  std::array<double, kParts> middles{};
  double below = 0;
  for (int part = 0; part < kParts; ++part) {
    const double probability = kBinProbabilities[part / kPartsPerBin] / kPartsPerBin;
    middles[part] = below + probability / 2;
    below += probability;
  }
  return middles;
}

double Alternative::seconds(int bin) const {
  const auto first = parts.begin() + bin * kPartsPerBin;
  return std::accumulate(first, first + kPartsPerBin, 0.0) / kPartsPerBin;
}

double Alternative::mean_seconds() const {
  double mean = 0;
  for (int bin = 0; bin < kBins; ++bin) mean += kBinProbabilities[bin] * seconds(bin);
  return mean;
}

Alternative certain(double seconds, double usd) {
  Alternative alternative{.usd = usd};
  alternative.parts.fill(static_cast<float>(seconds));
  return alternative;
}

std::vector<int> worth_keeping(const std::vector<Alternative>& alternatives) {
  const int size = static_cast<int>(alternatives.size());
  std::vector<std::array<double, kBins>> seconds(size);
  for (int i = 0; i < size; ++i) {
    for (int bin = 0; bin < kBins; ++bin) seconds[i][bin] = alternatives[i].seconds(bin);
  }
  // Whoever dominates costs no more, and of equally dear ones has the smaller sum: it stands
  // earlier.
  std::vector<double> sum(size);
  for (int i = 0; i < size; ++i)
    sum[i] = std::accumulate(seconds[i].begin(), seconds[i].end(), 0.0);
  std::vector<int> order(size), kept;
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    if (alternatives[a].usd != alternatives[b].usd)
      return alternatives[a].usd < alternatives[b].usd;
    return sum[a] < sum[b];
  });
  for (const int candidate : order) {
    const bool dominated = std::any_of(kept.begin(), kept.end(), [&](int other) {
      return std::equal(seconds[other].begin(), seconds[other].end(), seconds[candidate].begin(),
                        [](double a, double b) { return a <= b; });
    });
    if (!dominated) kept.push_back(candidate);
  }
  std::reverse(kept.begin(), kept.end());
  return kept;
}

}  // namespace stepconf::percentile
