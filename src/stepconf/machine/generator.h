#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/machine/generate.h"
#include "stepconf/machine/last_decisions.h"
#include "stepconf/machine/new_names.h"
#include "stepconf/machine/new_states.h"

// The walk over a definition that generate() takes.

namespace stepconf::machine {

/// A configurator's state that stands before a Map, for a step inside.
struct Hoisted {
  StepStates states;
  Load load;
};

/// What a scope is inside of.
struct Around {
  /// The enclosing states' names, each followed by '/'.
  std::string path{};
  /// Where the scope, or the state, stands in the definition.
  Json::json_pointer place{};
  /// The variable with the last decision before the scope, or the state.
  std::string last_decision{};
  /// The outermost Map around that is not Distributed, by name, and what is to stand before it.
  std::string map{};
  std::vector<Hoisted>* hoisted = nullptr;
  /// JSONata for the items of that Map, where the scope is its own processor.
  std::string jobs{};
  /// The innermost Distributed Map around, by name.
  std::string distributed{};
  /// The Map that is the step of the only Task in this scope.
  const GeneratedStep* step = nullptr;
};

/// A state on its way: where those before it go to now, and how it is written once its own targets
/// are known.
struct Planned {
  std::string name;
  OrderedJson state;
  std::string entry;
  std::function<NamedStates(const OrderedJson&)> write;
};

using ChoiceOf = std::function<const StepChoice*(const GeneratedStep&)>;

/// Rewrites a definition scope by scope, and notes what became of each step.
class Generator {
 public:
  /// `before` is what a generator without it has found to be left; null where decisions do not
  /// travel.
  Generator(const Json& definition, std::string_view source, std::string configurator,
            ChoiceOf choice_of, const Left* before)
      : source_(source),
        configurator_(std::move(configurator)),
        choice_of_(std::move(choice_of)),
        before_(before),
        machine_(language_of(definition, QueryLanguage::json_path)),
        full_names_(definition),
        new_names_(definition) {}

  void scope(OrderedJson& scope, const Around& around);

  bool changed() const { return changed_; }
  std::vector<GeneratedStep>& steps() { return steps_; }
  Json& templates() { return templates_; }
  Left& left() { return left_; }

 private:
  Planned plan(const std::string& name, OrderedJson state, const Around& around);
  Planned task(const std::string& name, OrderedJson state, GeneratedStep step,
               const Around& around);
  Planned map(const std::string& name, OrderedJson state, const Around& around);
  Planned batched(const std::string& name, OrderedJson state, GeneratedStep step, Batching batching,
                  const StepChoice& choice, const Around& around);
  Planned unbatched_map(const std::string& name, OrderedJson state, const GeneratedStep* step,
                        const Around& around);
  Planned fixed(const std::string& name, OrderedJson state, GeneratedStep step,
                const StepChoice& choice, std::string reason);
  GeneratedStep step_of(const std::string& name, const Json& task, const Around& around) const;
  StepStates states_of_step(GeneratedStep& step, const StepChoice& choice, const Around& around);
  std::string add(GeneratedStep& step, const std::string& state, std::string_view role);

  template <typename Work>
  auto in_state(const std::string& name, const Around& around, const Work& work) const;

  std::string_view source_;
  std::string configurator_;
  ChoiceOf choice_of_;
  const Left* before_;
  Left left_;
  QueryLanguage machine_;
  FullNames full_names_;
  NewNames new_names_;
  int variables_ = 0;
  bool changed_ = false;
  std::vector<GeneratedStep> steps_;
  Json templates_ = Json::object();
};

}  // namespace stepconf::machine
