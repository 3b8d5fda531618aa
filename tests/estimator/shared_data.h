#pragma once

#include <cstdlib>
#include <filesystem>

namespace stepconf::estimator {

/// Gives the folder of published measurements that some tests compare with: STEPCONF_SHARED_DATA,
/// or shared/data beside the checkout. It need not exist.
inline std::filesystem::path shared_data() {
  if (const char* given = std::getenv("STEPCONF_SHARED_DATA")) return given;
  return std::filesystem::path(__FILE__).parent_path() / "../../../shared/data";
}

}  // namespace stepconf::estimator
