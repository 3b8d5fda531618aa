#include "stepconf/compiled/prepared.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <variant>

#include "stepconf/base/bytes.h"
#include "stepconf/base/error.h"
#include "stepconf/optimizer/frontier.h"

namespace stepconf::compiled {
namespace {

using estimator::Option;

constexpr int kMostInt = std::numeric_limits<int>::max();
enum Flag : std::uint8_t { kIsMap = 1, kBatched = 2, kAnyJobs = 4 };

PreparedOptions prepare(const workflow::Step& step, int jobs,
                        const estimator::ModelOptions& options) {
  PreparedOptions result;
  result.jobs = jobs;
  std::vector<Option> all = options.options(step, jobs);
  if (all.empty()) return result;
  optimizer::Frontier frontier = optimizer::pareto(std::move(all), step.name);
  result.considered = frontier.considered;
  result.options = std::move(frontier.options);
  return result;
}

// Reads one section; every fault is told as the same kind of error.
class Reader {
 public:
  Reader(std::string_view bytes, std::string_view source) : bytes_(bytes), source_(source) {}

  std::vector<PreparedKind> all() {
    std::vector<PreparedKind> kinds;
    const std::uint32_t count = bytes_.u32();
    for (std::uint32_t i = 0; i < count; ++i) {
      kinds.push_back(kind());
      if (i > 0) require(kinds[i - 1].kind < kinds[i].kind, "kinds of steps out of order");
    }
    require(bytes_.left() == 0, "bytes behind their end");
    return kinds;
  }

 private:
  void require(bool holds, std::string_view what) const {
    if (holds && !bytes_.beyond()) return;
    throw InvalidInput(fmt::format("{}: its prepared options are {}", source_,
                                   bytes_.beyond() ? "cut short" : fmt::format("wrong: {}", what)));
  }

  int whole(int least, std::string_view what) {
    const std::uint32_t value = bytes_.u32();
    require(value <= static_cast<std::uint32_t>(kMostInt) && static_cast<int>(value) >= least,
            what);
    return static_cast<int>(value);
  }

  double amount(std::string_view what) {
    const double value = bytes_.f64();
    require(std::isfinite(value) && value >= 0, what);
    return value;
  }

  PreparedKind kind() {
    PreparedKind result;
    result.kind.function = bytes_.text();
    const std::uint8_t flags = bytes_.u8();
    require(flags <= (kIsMap | kBatched | kAnyJobs), "a kind of step that is not known");
    result.kind.is_map = flags & kIsMap;
    result.kind.batched = flags & kBatched;
    result.any_jobs = flags & kAnyJobs;
    result.kind.max_concurrency = whole(0, "a concurrency below 0");
    const std::uint32_t count = bytes_.u32();
    require(count > 0, "a step without options");
    require(!result.any_jobs || count == 1, "several entries for any number of jobs");
    for (std::uint32_t i = 0; i < count; ++i) {
      result.by_jobs.push_back(entry());
      if (i > 0)
        require(result.by_jobs[i - 1].jobs < result.by_jobs[i].jobs, "job numbers out of order");
    }
    return result;
  }

  PreparedOptions entry() {
    PreparedOptions result;
    result.jobs = whole(1, "a number of jobs below 1");
    result.considered = whole(0, "a negative number of options");
    const std::uint32_t count = bytes_.u32();
    require(count <= static_cast<std::uint32_t>(result.considered), "more options than there were");
    for (std::uint32_t i = 0; i < count; ++i) {
      result.options.push_back(option());
      if (i == 0) continue;
      const Option& before = result.options[i - 1];
      const Option& here = result.options[i];
      require(before.duration < here.duration && before.cost > here.cost,
              "options that others outdo");
    }
    return result;
  }

  Option option() {
    Option result;
    result.configuration.memory = MemoryMb{whole(1, "memory below 1 MB")};
    result.configuration.instances = whole(1, "fewer than 1 instance");
    result.configuration.processes = whole(1, "fewer than 1 process");
    result.duration = Seconds(amount("a duration that is negative or no number"));
    result.cost = Usd{amount("a cost that is negative or no number")};
    return result;
  }

  ByteReader bytes_;
  std::string_view source_;
};

}  // namespace

StepKind kind_of(const workflow::Step& step) {
  return {step.function, step.is_map, step.batched, step.max_concurrency};
}

const PreparedOptions* PreparedKind::find(int jobs) const {
  if (any_jobs) return &by_jobs.front();
  const auto found = std::ranges::lower_bound(by_jobs, jobs, {}, &PreparedOptions::jobs);
  return found == by_jobs.end() ? nullptr : &*found;
}

std::vector<int> job_grid(const std::vector<int>& expected, double multiple) {
  std::set<int> grid(expected.begin(), expected.end());
  const int first = expected.back();
  const double most = std::min(first * multiple, static_cast<double>(kMostInt));
  // From the largest number expected on: down to 1, and up to its multiple.
  for (int jobs = first; jobs > 1;) {
    grid.insert(jobs);
    jobs = std::min(jobs - 1, static_cast<int>(std::ceil(jobs / kGridRatio)));
  }
  grid.insert(1);
  for (double jobs = first; jobs < most;) {
    jobs = std::min(most, std::max(jobs + 1, std::floor(jobs * kGridRatio)));
    grid.insert(static_cast<int>(jobs));
  }
  return {grid.begin(), grid.end()};
}

std::vector<PreparedKind> prepare(const workflow::Workflow& workflow,
                                  const estimator::ModelOptions& options, double multiple) {
  // The steps of each kind: any of them stands for all, with all their expected numbers of jobs.
  std::map<StepKind, std::pair<const workflow::Step*, std::set<int>>> kinds;
  for (const workflow::Step& step : workflow.steps) {
    if (step.is_foreign()) continue;
    auto& [representative, expected] = kinds[kind_of(step)];
    if (!representative) representative = &step;
    expected.insert(std::max(1, step.jobs));
  }
  std::vector<PreparedKind> result;
  for (const auto& [kind, steps] : kinds) {
    const auto& [step, expected] = steps;
    PreparedKind prepared{kind, false, {}};
    prepared.any_jobs =
        std::holds_alternative<estimator::Table>(options.models().at(step->function));
    const std::vector<int> grid = prepared.any_jobs
                                      ? std::vector<int>{1}
                                      : job_grid({expected.begin(), expected.end()}, multiple);
    for (const int jobs : grid) prepared.by_jobs.push_back(prepare(*step, jobs, options));
    result.push_back(std::move(prepared));
  }
  return result;
}

std::string to_bytes(const std::vector<PreparedKind>& kinds) {
  ByteWriter bytes;
  const auto number = [&](auto value) { bytes.u32(static_cast<std::uint32_t>(value)); };
  number(kinds.size());
  for (const PreparedKind& kind : kinds) {
    bytes.text(kind.kind.function);
    bytes.u8(static_cast<std::uint8_t>((kind.kind.is_map ? kIsMap : 0) |
                                       (kind.kind.batched ? kBatched : 0) |
                                       (kind.any_jobs ? kAnyJobs : 0)));
    number(kind.kind.max_concurrency);
    number(kind.by_jobs.size());
    for (const PreparedOptions& entry : kind.by_jobs) {
      number(entry.jobs);
      number(entry.considered);
      number(entry.options.size());
      for (const Option& option : entry.options) {
        number(option.configuration.memory.value);
        number(option.configuration.instances);
        number(option.configuration.processes);
        bytes.f64(option.duration.count());
        bytes.f64(option.cost.value);
      }
    }
  }
  return bytes.take();
}

std::vector<PreparedKind> prepared_from_bytes(std::string_view bytes, std::string_view source) {
  return Reader(bytes, source).all();
}

}  // namespace stepconf::compiled
