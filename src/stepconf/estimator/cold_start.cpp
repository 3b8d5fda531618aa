#include "stepconf/estimator/cold_start.h"

#include <algorithm>

namespace stepconf::estimator {

Seconds ColdStart::first_call(MemoryMb memory) const {
  return Seconds{first_call_s + first_call_work / std::min(vcpus(memory), 1.0)};
}

}  // namespace stepconf::estimator
