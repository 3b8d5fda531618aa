// Whatever stands in an execution's item: it is refused, or becomes a state that can be decided on
// and written again. Each line is a name and, behind a tab, a text; with "+" before the name the
// text is sealed as this program seals it, so that what is behind the seal is reached too.
#include <fmt/format.h>

#include <set>
#include <string>

#include "stepconf/base/error.h"
#include "stepconf/base/hash.h"
#include "stepconf/cache/execution_state.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace stepconf;

constexpr int kSteps = 5;

cache::ConditionalTable::Contents contents_of(std::string_view text) {
  cache::ConditionalTable::Contents contents;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    std::string name(line.substr(0, tab)), value(line.substr(tab + 1));
    if (name.starts_with('+')) {
      name.erase(0, 1);
      value = fmt::format("{} {:016x}", value, hash_text(value, hash_text(name)));
    }
    contents.texts[name] = value;
  }
  return contents;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto contents = contents_of(fuzz::text(data, size));
  cache::ExecutionState state;
  try {
    state = cache::parse_state(contents, "plan", kSteps);
  } catch (const InvalidInput&) {
    return 0;
  }
  for (const auto& graph : state.sub_graphs) {
    if (!graph) continue;
    for (const workflow::StepId step : graph->steps)
      fuzz::expect(step >= 0 && step < kSteps, "a sub-graph has known steps");
  }
  cache::Transaction transaction(state.sub_graphs);
  for (workflow::StepId step = 0; step < kSteps; ++step) transaction.find(step);
  for (const cache::PastDecision& past : state.decisions) {
    fuzz::expect(past.step >= 0 && past.step < kSteps, "a decision is of a known step");
    fuzz::expect(past.jobs >= 1 && past.attempt >= 1, "a decision answers a question");
    const estimator::Configuration& chosen = past.configuration;
    fuzz::expect(chosen.memory.value >= 1 && chosen.instances >= 1 && chosen.processes >= 1,
                 "a decision is a configuration");
    fuzz::expect(state.find(past) != nullptr, "a decision is found by its question");
  }
  cache::change_of(contents, state, transaction, {1, 1, 3, 5, {{512}, 1, 1}, 0}, "plan", true);
  return 0;
}
