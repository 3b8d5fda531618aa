#include "stepconf/deploy/user_function.h"

#include <fmt/format.h>

#include <utility>

#include "stepconf/base/error.h"

namespace stepconf::deploy {

CopiedFunction read_user_function(ControlPlane& plane, const std::string& name,
                                  std::vector<MemoryMb> sizes, bool image_has_wrapper) {
  auto found = plane.find_function(name);
  if (!found) {
    throw InvalidInput(
        fmt::format("function \"{}\": there is none in this account and region, and "
                    "the workflow calls it",
                    name));
  }
  FunctionCode code = plane.function_code(name);
  if (found->readiness == Readiness::in_progress || code.sha256 != found->code_sha256) {
    throw Error(fmt::format("function \"{}\" is being changed; try again when it is not", name));
  }
  return {.source = std::move(*found),
          .code = std::move(code),
          .sizes = std::move(sizes),
          .image_has_wrapper = image_has_wrapper};
}

}  // namespace stepconf::deploy
