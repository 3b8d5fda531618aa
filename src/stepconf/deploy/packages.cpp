#include "stepconf/deploy/packages.h"

#include <fmt/format.h>

#include "stepconf/base/error.h"
#include "stepconf/deploy/zip_archive.h"

namespace stepconf::deploy {
namespace {

constexpr const char* kBootstrap = "bootstrap";

}  // namespace

std::string replace_bootstrap(const std::string& function, const std::string& wrapper) {
  const ZipArchive added(wrapper, "the wrapper's package");
  ZipArchive archive(function, "its code");

  if (!added.has(kBootstrap)) {
    throw InvalidInput("the wrapper's package has no file \"bootstrap\"");
  }
  if (archive.has(kOriginalBootstrap)) {
    throw InvalidInput(
        fmt::format("its zip has a file \"{}\" already: it is wrapped; name the "
                    "function as it was before",
                    kOriginalBootstrap));
  }
  const zip_int64_t original = zip_name_locate(archive.get(), kBootstrap, 0);
  if (original < 0) {
    throw InvalidInput("its zip has no file \"bootstrap\" at its top, which provided.* starts");
  }
  if (zip_file_rename(archive.get(), static_cast<zip_uint64_t>(original), kOriginalBootstrap.data(),
                      0) != 0) {
    archive.fail("cannot rename bootstrap");
  }
  const auto files = static_cast<zip_uint64_t>(zip_get_num_entries(added.get(), 0));
  for (zip_uint64_t index = 0; index < files; ++index) {
    const char* name = zip_get_name(added.get(), index, 0);
    if (name != nullptr && archive.has(name)) {
      throw InvalidInput(
          fmt::format("its zip has a file \"{}\" already, the wrapper's name", name));
    }
    archive.copy(added, index);
  }
  return archive.close();
}

std::string with_files(const std::string& zip, const std::map<std::string, std::string>& files) {
  ZipArchive archive(zip, "the package");
  for (const auto& [name, content] : files) {
    if (archive.has(name)) {
      throw InvalidInput(fmt::format("the package has a file \"{}\" already", name));
    }
    archive.add(name, content);
  }
  return archive.close();
}

}  // namespace stepconf::deploy
