#include "stepconf/wrapper/steps_file.h"

#include <fmt/format.h>

#include <cstdlib>

#include "stepconf/asl/fields.h"
#include "stepconf/base/file.h"

namespace stepconf::wrapper {

std::shared_ptr<const Iteration> StepsFile::find(const std::string& step) {
  if (path_ && !read_) read();
  const auto found = steps_.find(step);
  return found == steps_.end() ? nullptr : found->second;
}

void StepsFile::read() {
  const std::string source = path_->string();
  const Json document = parse_json(read_file(*path_), source);
  const asl::Place place{source, ""};
  asl::Fields fields(document, place);
  if (fields.integer("schema", 1, 1) != 1) fields.refuse("schema", "is missing, must be 1");
  const Json& steps = fields.require("steps", "an object of steps by name");
  if (!steps.is_object()) fields.refuse("steps", "must be an object of steps by name");
  fields.finish();
  std::map<std::string, std::shared_ptr<const Iteration>> found;
  for (const auto& [name, state] : steps.items()) {
    found.emplace(name, std::make_shared<const Iteration>(
                            Iteration::parse(state, fmt::format("{}: step '{}'", source, name))));
  }
  steps_ = std::move(found);
  read_ = true;
}

std::optional<std::filesystem::path> steps_file_from_environment() {
  if (const char* named = std::getenv("STEPCONF_STEPS")) return named;
  constexpr char kName[] = "stepconf-steps.json";
  const char* task_root = std::getenv("LAMBDA_TASK_ROOT");
  for (const char* folder : {task_root, "/opt"}) {
    if (folder == nullptr) continue;
    auto path = std::filesystem::path(folder) / kName;
    std::error_code failure;
    if (std::filesystem::exists(path, failure)) return path;
  }
  return std::nullopt;
}

}  // namespace stepconf::wrapper
