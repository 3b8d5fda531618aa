#pragma once

#include "stepconf/base/error.h"
#include "stepconf/deploy/aws/trouble.h"

// Private to deploy/aws/.

namespace stepconf::deploy {

/// Makes a call of services/ and gives its answer; what it throws becomes a ControlPlaneError with
/// the same message, which names action and resource.
auto guarded(auto call) {
  try {
    return call();
  } catch (const aws::ServiceError& error) {
    throw ControlPlaneError(trouble_of(error), error.what());
  } catch (const ControlPlaneError&) {
    throw;
  } catch (const InvalidInput&) {
    throw;
  } catch (const Error& error) {
    throw ControlPlaneError(Trouble::unanswered, error.what());
  }
}

/// The same for a removal that tells whether the thing was there.
void guarded_removal(const std::string& what, auto call) {
  if (!guarded(call)) throw ControlPlaneError(Trouble::not_found, what + ": is not there");
}

}  // namespace stepconf::deploy
