#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "stepconf/runtime/serve.h"

namespace video {

/// Gives "TYPE: message" of the error by which `call` fails as a function, or "no error".
template <typename Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const stepconf::runtime::HandlerError& error) {
    return error.type() + ": " + error.what();
  }
  return "no error";
}

/// Says whether `text` begins with the first of `parts` and holds the others.
inline ::testing::AssertionResult mentions(const std::string& text,
                                           std::initializer_list<std::string> parts) {
  bool first = true;
  for (const std::string& part : parts) {
    const auto place = text.find(part);
    if (place == std::string::npos || (first && place != 0)) {
      return ::testing::AssertionFailure() << "\"" << part << "\" is missing in \"" << text << "\"";
    }
    first = false;
  }
  return ::testing::AssertionSuccess();
}

}  // namespace video
