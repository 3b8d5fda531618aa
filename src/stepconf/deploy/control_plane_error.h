#pragma once

#include <string>

#include "stepconf/base/error.h"

namespace stepconf::deploy {

/// Why a call to the control plane did not do what it was to do.
enum class Trouble {
  /// The thing is not there.
  not_found,
  /// It is there already, is being changed, was changed by somebody else since, or is still in use.
  conflict,
  /// Too many calls. Nothing was done.
  throttled,
  /// The caller may not do this. Nothing was done.
  denied,
  /// Something that was made a moment ago is not known everywhere yet: a role that Lambda cannot
  /// assume.
  not_ready,
  /// No answer came. It was done, or was not.
  unanswered,
  /// The request itself is wrong, or a quota is full; it will not be better later.
  refused,
};

/// Reports a call that failed. The message names the action and the resource.
class ControlPlaneError : public Error {
 public:
  /// `action` as in policies, "lambda:PublishVersion"; `resource` a name or an ARN; `message` the
  /// service's own.
  ControlPlaneError(Trouble trouble, const std::string& action, const std::string& resource,
                    const std::string& message);
  /// With a message that has all of it.
  ControlPlaneError(Trouble trouble, const std::string& whole) : Error(whole), trouble_(trouble) {}

  Trouble trouble() const { return trouble_; }

  /// Tells whether it is worth another try, after a look at how things stand.
  bool passes_by() const;

 private:
  Trouble trouble_;
};

}  // namespace stepconf::deploy
