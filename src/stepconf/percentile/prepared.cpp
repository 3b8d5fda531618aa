#include "stepconf/percentile/prepared.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <memory>

#include "stepconf/base/bytes.h"
#include "stepconf/base/error.h"

namespace stepconf::percentile {
namespace {

constexpr std::uint32_t kVersion = 2;
constexpr std::string_view kSource = "prepared policy of strategy percentile";

class Fnv {
 public:
  void add(std::uint64_t value) {
    for (int i = 0; i < 8; ++i) {
      hash_ = (hash_ ^ (value >> (8 * i) & 0xff)) * 0x100000001b3;
    }
  }
  void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

void add(Fnv& hash, const workflow::SeriesParallelTree& tree) {
  hash.add(static_cast<std::uint64_t>(tree.kind));
  hash.add(static_cast<std::uint64_t>(tree.step));
  hash.add(std::uint64_t{tree.parts.size()});
  for (const double probability : tree.probabilities) hash.add(probability);
  for (const workflow::SeriesParallelTree& part : tree.parts) add(hash, part);
}

}  // namespace

std::uint64_t fingerprint(const Problem& problem) {
  Fnv hash;
  add(hash, problem.tree);
  hash.add(problem.slo);
  for (const std::vector<Alternative>& alternatives : problem.alternatives) {
    hash.add(std::uint64_t{alternatives.size()});
    for (const Alternative& alternative : alternatives) {
      hash.add(alternative.usd);
      for (const float seconds : alternative.parts) hash.add(double{seconds});
    }
  }
  return hash.value();
}

std::string to_bytes(const PreparedKey& key, const Promise& promise, const Chances& chances) {
  ByteWriter bytes;
  bytes.u32(kVersion);
  bytes.u64(key.problem);
  bytes.f64(key.target);
  bytes.u8(key.log_price ? 1 : 0);
  bytes.f64(promise.log_price);
  bytes.f64(promise.predicted.attainment);
  bytes.f64(promise.predicted.usd);
  bytes.u8(promise.attained ? 1 : 0);
  bytes.text(promise.tables->to_bytes());
  ByteWriter of_chances;
  chances.write(of_chances);
  bytes.text(of_chances.take());
  return bytes.take();
}

std::optional<Prepared> find_prepared(std::string_view bytes, const PreparedKey& key,
                                      const Problem& problem, const Chains& chains) {
  ByteReader reader(bytes);
  while (reader.left() > 0) {
    if (const std::uint32_t version = reader.u32(); version != kVersion && !reader.beyond()) {
      throw InvalidInput(
          fmt::format("{}: has version {}, this program reads {}", kSource, version, kVersion));
    }
    const std::uint64_t made_for = reader.u64();
    const double target = reader.f64();
    const bool has_price = reader.u8() != 0;
    Promise promise;
    promise.log_price = reader.f64();
    promise.predicted.attainment = reader.f64();
    promise.predicted.usd = reader.f64();
    promise.attained = reader.u8() != 0;
    const std::string_view tables = reader.text();
    ByteReader chances(reader.text());
    if (reader.beyond()) throw InvalidInput(fmt::format("{}: is cut short", kSource));
    // The price that attains a target may be asked for by itself too.
    const bool fits =
        made_for == key.problem &&
        (key.log_price ? promise.log_price == *key.log_price : !has_price && target == key.target);
    if (!fits) continue;
    if (!(promise.log_price >= kLeastLogPrice && promise.log_price <= kMostLogPrice) ||
        !(promise.predicted.attainment >= 0 && promise.predicted.attainment <= 1) ||
        !(promise.predicted.usd >= 0 && std::isfinite(promise.predicted.usd))) {
      throw InvalidInput(fmt::format("{}: has a promise out of range", kSource));
    }
    promise.tables =
        std::make_shared<const Tables>(Tables::from_bytes(tables, problem, chains, kSource));
    Prepared prepared{std::move(promise), Chances::read(chances, chains, problem.slo, kSource)};
    if (chances.left() > 0) throw InvalidInput(fmt::format("{}: has too many chances", kSource));
    return prepared;
  }
  return std::nullopt;
}

}  // namespace stepconf::percentile
