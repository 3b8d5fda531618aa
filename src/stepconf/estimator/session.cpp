#include "stepconf/estimator/session.h"

#include <algorithm>

namespace stepconf::estimator {

std::span<const Session> since(std::span<const Session> sessions, Seconds earliest) {
  const auto first = std::ranges::lower_bound(sessions, earliest, {}, &Session::at);
  return sessions.subspan(static_cast<std::size_t>(first - sessions.begin()));
}

}  // namespace stepconf::estimator
