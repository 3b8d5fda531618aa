#pragma once

#include "stepconf/base/error.h"

// Private to machine/.

namespace stepconf::machine {

/// Says why a Map cannot be batched.
class NotBatched : public Error {
  using Error::Error;
};

}  // namespace stepconf::machine
