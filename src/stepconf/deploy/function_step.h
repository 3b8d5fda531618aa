#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/deploy/control_plane.h"
#include "stepconf/deploy/wanted_function.h"

namespace stepconf::deploy {

/// A function as it is.
struct ObservedFunction {
  FunctionState latest{};
  std::vector<VersionState> versions{};
  /// Version by alias.
  std::map<std::string, std::string> aliases{};
};

/// The next call that brings a function nearer to what is wanted.
struct FunctionStep {
  enum class Kind {
    create,
    upload,
    configure,
    publish,
    create_alias,
    move_alias,
    /// Something is in progress; ask again.
    wait,
    done,
  };
  Kind kind = Kind::done;
  /// Of all but upload, wait and done.
  MemoryMb memory{};
  /// What the alias is to stand for.
  std::string version{};
};

/// Finds the version that is what is wanted for a memory size, in whatever state; null where there
/// is none. The newest where there are several.
const VersionState* find_version(const WantedFunction& wanted, MemoryMb memory,
                                 const ObservedFunction& observed);

/// Tells whether the alias of a memory size stands for such a version, and that is usable.
bool is_in_place(const WantedFunction& wanted, MemoryMb memory, const ObservedFunction& observed);

/// Decides from what is there alone, so work that was interrupted anywhere goes on where it was.
/// `observed` is null where there is no such function. Throws Error where the function or a version
/// failed.
FunctionStep next_step(const WantedFunction& wanted, const ObservedFunction* observed);

/// What is left of earlier generations: deleting it, aliases first, loses nothing that is wanted.
struct Superseded {
  std::vector<std::string> aliases{};
  std::vector<std::string> versions{};
};
Superseded superseded(const WantedFunction& wanted, const ObservedFunction& observed);

}  // namespace stepconf::deploy
