#include "stepconf/estimator/failure.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace stepconf::estimator {

FailureKind kind_of_failure(std::string_view status) {
  std::string name(status);
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto says = [&](const char* word) { return name.find(word) != std::string::npos; };
  if (says("outofmemory") || says("memoryerror")) return FailureKind::out_of_memory;
  if (says("timedout") || says("timeout")) return FailureKind::timed_out;
  if (says("toomanyrequests") || says("throttl") || says("concurren"))
    return FailureKind::throttled;
  return FailureKind::other;
}

}  // namespace stepconf::estimator
