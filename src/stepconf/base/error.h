#pragma once

#include <stdexcept>

namespace stepconf {

/// Ends the current operation. The message says what, why and the values; it is shown to the user
/// as it is. Programs exit with status 1.
class Error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reports input that cannot be used: an argument, a file, a field. The message names the file, the
/// field or line, what is wrong, and what would be right. Programs exit with status 2.
class InvalidInput : public Error {
  using Error::Error;
};

}  // namespace stepconf
