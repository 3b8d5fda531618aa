#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "stepconf/base/bytes.h"
#include "stepconf/base/error.h"
#include "stepconf/percentile/tables.h"

namespace stepconf::percentile {
namespace {

using Kind = workflow::SeriesParallelTree::Kind;

// More than any resolution asks for.
constexpr std::uint32_t kMostPoints = 1 << 20, kMostContexts = 255, kMostTargets = 255;

void put(ByteWriter& bytes, int number) { bytes.u32(static_cast<std::uint32_t>(number)); }

}  // namespace

std::string Tables::to_bytes() const {
  ByteWriter bytes;
  bytes.f64(miss_);
  put(bytes, static_cast<int>(tables_.size()));
  for (const Table& table : tables_) {
    bytes.f64(table.grid.low);
    bytes.f64(table.grid.step);
    put(bytes, table.grid.size);
    put(bytes, table.contexts);
    put(bytes, table.most_targets);
    for (const float value : table.values) bytes.u32(std::bit_cast<std::uint32_t>(value));
    for (const std::uint8_t choice : table.choices) bytes.u8(choice);
    for (const auto& targets : table.targets) {
      for (const Target& target : targets) {
        put(bytes, target.point);
        put(bytes, target.context);
      }
    }
  }
  return bytes.take();
}

// Sizes come from the problem and are held against what is left before anything is made of them.
class TablesReader {
 public:
  TablesReader(std::string_view bytes, const Problem& problem, const Chains& chains,
               std::string_view source)
      : reader_(bytes), problem_(problem), chains_(chains.chains), source_(source) {}

  Tables read() {
    Tables result;
    result.miss_ = reader_.f64();
    require(std::isfinite(result.miss_) && result.miss_ >= 0, "a price that is no number");
    require(reader_.u32() == chains_.size(), "another number of chains");
    for (const Chain& chain : chains_) result.tables_.push_back(table(chain));
    // A chain's parent comes before it, its branches behind.
    for (std::size_t chain = 0; chain < chains_.size(); ++chain) check(result.tables_, chain);
    require(reader_.left() == 0, "bytes behind their end");
    return result;
  }

 private:
  using Table = Tables::Table;

  void require(bool good, std::string_view otherwise) const {
    if (reader_.beyond()) throw InvalidInput(fmt::format("{}: its tables are cut short", source_));
    if (!good) throw InvalidInput(fmt::format("{}: its tables have {}", source_, otherwise));
  }

  int number(std::uint32_t least, std::uint32_t most, std::string_view what) {
    const std::uint32_t value = reader_.u32();
    require(value >= least && value <= most, fmt::format("{} out of range", what));
    return static_cast<int>(value);
  }

  Table table(const Chain& chain) {
    Table table;
    table.grid.low = reader_.f64();
    table.grid.step = reader_.f64();
    table.grid.size = number(2, kMostPoints, "a grid's size");
    require(
        std::isfinite(table.grid.low) && std::isfinite(table.grid.high()) && table.grid.step > 0,
        "a grid out of range");
    table.contexts = number(1, kMostContexts, "classes");
    table.most_targets = number(0, kMostTargets, "target times");
    const std::size_t row = static_cast<std::size_t>(table.contexts) * table.grid.size;
    const std::size_t rows = chain.elements.size() * row;
    require((rows + row) * 4 + rows <= reader_.left(), "sizes beyond their end");
    table.values.reserve(rows + row);
    for (std::size_t i = 0; i < rows + row; ++i) {
      table.values.push_back(std::bit_cast<float>(reader_.u32()));
      require(std::isfinite(table.values.back()), "a value that is no number");
    }
    table.choices.reserve(rows);
    for (const char choice : reader_.take(rows)) {
      table.choices.push_back(static_cast<std::uint8_t>(choice));
    }
    table.targets.resize(chain.elements.size());
    for (std::size_t element = 0; element < chain.elements.size(); ++element) {
      if (chain.elements[element].kind == Kind::kParallel) targets(table, table.targets[element]);
    }
    return table;
  }

  void targets(Table& table, std::vector<Target>& targets) {
    const std::size_t count = static_cast<std::size_t>(table.contexts) * table.most_targets;
    require(count > 0 && count * 8 <= reader_.left(), "target times beyond their end");
    for (std::size_t i = 0; i < count; ++i) {
      targets.push_back(
          {number(0, static_cast<std::uint32_t>(table.grid.size) - 1, "a target time"),
           number(0, kMostContexts, "a class")});
    }
  }

  // What a chain says of other chains and of the problem.
  void check(const std::vector<Table>& tables, std::size_t index) const {
    const Chain& chain = chains_[index];
    const Table& table = tables[index];
    if (chain.parent < 0) {
      require(table.contexts == 1, "more than one class of the whole");
    } else if (chain.is_way) {
      const Table& parent = tables[chain.parent];
      require(table.contexts == parent.contexts && table.grid.size == parent.grid.size,
              "a way unlike what it leads to");
    }
    for (std::size_t element = 0; element < chain.elements.size(); ++element) {
      check_choices(tables, chain.elements[element], table, static_cast<int>(element));
    }
  }

  void check_choices(const std::vector<Table>& tables, const Element& element, const Table& table,
                     int place) const {
    std::size_t there = 1;
    if (element.kind == Kind::kParallel) {
      there = static_cast<std::size_t>(table.most_targets);
      for (const Target& target : table.targets[place]) {
        for (const int branch : element.chains) {
          require(target.context < tables[branch].contexts, "a class that is not there");
        }
      }
    } else if (element.kind == Kind::kStep) {
      there = std::max<std::size_t>(problem_.alternatives[element.step].size(), 1);
    }
    const std::size_t rows = static_cast<std::size_t>(table.contexts) * table.grid.size;
    for (std::size_t i = 0; i < rows; ++i) {
      require(table.choices[place * rows + i] < there, "a choice that is not there");
    }
  }

  ByteReader reader_;
  const Problem& problem_;
  const std::vector<Chain>& chains_;
  std::string_view source_;
};

Tables Tables::from_bytes(std::string_view bytes, const Problem& problem, const Chains& chains,
                          std::string_view source) {
  return TablesReader(bytes, problem, chains, source).read();
}

}  // namespace stepconf::percentile
