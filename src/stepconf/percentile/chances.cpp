#include "stepconf/percentile/chances.h"

#include <algorithm>

namespace stepconf::percentile {

using Kind = workflow::SeriesParallelTree::Kind;

Chances::Chances(const Problem& problem, const Chains& chains, const Tables& tables)
    : chains_(chains), tables_(tables), values_(chains.chains.size()) {
  for (std::size_t chain = 0; chain < values_.size(); ++chain) {
    values_[chain].assign(tables.tables_[chain].values.size(), 0.0F);
  }
  const Grid& grid = tables.tables_[0].grid;
  const std::span<float> end = row(0, static_cast<int>(chains.chains[0].elements.size()), 0);
  for (int i = 0; i < grid.size; ++i) end[i] = grid.at(i) > -grid.step / 2 ? 1.0F : 0.0F;
  solve(problem, 0);
}

std::span<float> Chances::row(int chain, int element, int context) {
  const Tables::Table& table = tables_.tables_[chain];
  return {values_[chain].data() + table.row(element, context),
          static_cast<std::size_t>(table.grid.size)};
}

std::span<const float> Chances::row(int chain, int element, int context) const {
  const Tables::Table& table = tables_.tables_[chain];
  return {values_[chain].data() + table.row(element, context),
          static_cast<std::size_t>(table.grid.size)};
}

double Chances::read(int chain, int element, int context, double x) const {
  const double chance = tables_.tables_[chain].grid.read(row(chain, element, context), x);
  return std::clamp(chance, 0.0, 1.0);
}

void Chances::solve(const Problem& problem, int chain) {
  const std::vector<Element>& elements = chains_.chains[chain].elements;
  const Tables::Table& table = tables_.tables_[chain];
  for (int place = static_cast<int>(elements.size()) - 1; place >= 0; --place) {
    const Element& element = elements[place];
    for (const int below : element.chains) {
      const Tables::Table& branch = tables_.tables_[below];
      const int last = static_cast<int>(chains_.chains[below].elements.size());
      for (int c = 0; c < branch.contexts; ++c) {
        const std::span<float> end = row(below, last, c);
        if (element.kind == Kind::kChoice) {
          std::ranges::copy(row(chain, place + 1, c), end.begin());
          continue;
        }
        // What a late branch leaves of the chance that there is when it is in time.
        const Tables::Table::Represents& at = branch.represents[c];
        const double target = table.grid.at(at.point);
        const double in_time = read(chain, place + 1, at.context, target);
        for (int i = 0; i < branch.grid.size; ++i) {
          const double late = std::max(-branch.grid.at(i), 0.0);
          const double chance = read(chain, place + 1, at.context, target - late);
          end[i] = in_time > 1e-3 ? static_cast<float>(std::min(chance / in_time, 1.0)) : 1.0F;
        }
      }
      solve(problem, below);
    }
    for (int c = 0; c < table.contexts; ++c) {
      const std::span<float> value = row(chain, place, c);
      for (int i = 0; i < table.grid.size; ++i) {
        const double x = table.grid.at(i);
        double chance = 1;
        if (element.kind == Kind::kStep) {
          const auto& alternatives = problem.alternatives[element.step];
          chance = 0;
          for (int bin = 0; bin < kBins && !alternatives.empty(); ++bin) {
            const Alternative& chosen = alternatives[tables_.alternative(chain, place, c, x)];
            chance += kBinProbabilities[bin] * read(chain, place + 1, c, x - chosen.seconds(bin));
          }
          if (alternatives.empty()) chance = read(chain, place + 1, c, x);
        } else if (element.kind == Kind::kParallel) {
          const Due due = tables_.fork(chain, place, {x, c}, x);
          chance = read(chain, place + 1, c, x - due.target);
          for (const int branch : element.chains) {
            chance *= read(branch, 0, due.context, due.target);
          }
        } else {
          double straight_on = 1;
          chance = 0;
          for (std::size_t way = 0; way < element.chains.size(); ++way) {
            straight_on -= element.probabilities[way];
            chance += element.probabilities[way] * read(element.chains[way], 0, c, x);
          }
          chance += std::max(straight_on, 0.0) * read(chain, place + 1, c, x);
        }
        value[i] = static_cast<float>(std::clamp(chance, 0.0, 1.0));
      }
    }
  }
}

double Chances::elsewhere(int chain, int context) const {
  double chance = 1;
  for (int c = context; chains_.chains[chain].parent >= 0; chain = chains_.chains[chain].parent) {
    if (chains_.chains[chain].is_way) continue;
    const Tables::Table::Represents& at = tables_.tables_[chain].represents[c];
    const int parent = chains_.chains[chain].parent;
    chance *= read(parent, chains_.chains[chain].parent_element + 1, at.context,
                   tables_.tables_[parent].grid.at(at.point));
    c = at.context;
  }
  return chance;
}

double Chances::of(int chain, int element, int context, double x) const {
  return read(chain, element, context, x) * elsewhere(chain, context);
}

double Chances::with(const Alternative& alternative, int chain, int element, int context,
                     double x) const {
  double chance = 0;
  for (int bin = 0; bin < kBins; ++bin) {
    chance +=
        kBinProbabilities[bin] * read(chain, element + 1, context, x - alternative.seconds(bin));
  }
  return chance * elsewhere(chain, context);
}

}  // namespace stepconf::percentile
