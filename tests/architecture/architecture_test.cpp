// Holds the sources against ARCHITECTURE.md: a folder uses itself and those above it in the list,
// and a library's headers stay in one folder.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include "stepconf/base/file.h"

namespace stepconf {
namespace {

const std::filesystem::path kRoot = STEPCONF_SOURCE_DIR;

// The folders in the order of ARCHITECTURE.md's list: lines such as "- `base/`: errors, units".
std::vector<std::string> folders_in_order() {
  const std::string page = read_file(kRoot / "ARCHITECTURE.md");
  const std::regex line("\n- `([a-z_]+)/`:");
  std::vector<std::string> folders;
  for (std::sregex_iterator match(page.begin(), page.end(), line), end; match != end; ++match) {
    folders.push_back((*match)[1]);
  }
  return folders;
}

struct Include {
  std::string file;
  std::string folder;
  std::string included;
};

std::vector<Include> includes() {
  static const std::regex directive(R"(#include\s*["<]([^">]+)[">])");
  std::vector<Include> result;
  const auto top = kRoot / "src" / "stepconf";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) {
    const auto extension = entry.path().extension();
    if (extension != ".h" && extension != ".cpp") continue;
    const auto relative = std::filesystem::relative(entry.path(), top);
    const std::string text = read_file(entry.path());
    for (std::sregex_iterator match(text.begin(), text.end(), directive), end; match != end;
         ++match) {
      result.push_back({relative.string(), relative.begin()->string(), (*match)[1]});
    }
  }
  return result;
}

TEST(Architecture, ListsEveryFolderOfTheSources) {
  std::set<std::string> there;
  for (const auto& entry : std::filesystem::directory_iterator(kRoot / "src" / "stepconf")) {
    if (entry.is_directory()) there.insert(entry.path().filename().string());
  }
  const auto order = folders_in_order();
  EXPECT_EQ(std::set<std::string>(order.begin(), order.end()), there);
  EXPECT_EQ(order.size(), there.size()) << "a folder is listed twice";
}

TEST(Architecture, EveryFolderUsesOnlyThoseAboveIt) {
  const auto order = folders_in_order();
  const auto rank = [&](const std::string& folder) {
    return std::find(order.begin(), order.end(), folder) - order.begin();
  };
  int seen = 0;
  for (const Include& include : includes()) {
    if (!include.included.starts_with("stepconf/")) continue;
    ++seen;
    const std::string rest = include.included.substr(std::string("stepconf/").size());
    const std::string used = rest.substr(0, rest.find('/'));
    EXPECT_LE(rank(used), rank(include.folder)) << include.file << " includes " << include.included;
  }
  EXPECT_GT(seen, 50) << "the includes were not found";
}

TEST(Architecture, EachLibraryIsSeenByOneFolder) {
  // YAML alone is seen by two: a template keeps what a project file has no use for.
  const std::multimap<std::string, std::string> owners = {
      {"boost/", "net"},       {"mbedtls/", "net"},      {"ceres/", "estimator"},
      {"Eigen/", "estimator"}, {"yaml-cpp/", "project"}, {"yaml-cpp/", "templates"},
      {"sqlite3", "store"},    {"CLI/", "cli"},          {"pugixml", "services"},
      {"zip.h", "deploy"}};
  for (const Include& include : includes()) {
    for (const auto& [prefix, folder] : owners) {
      if (!include.included.starts_with(prefix)) continue;
      const auto [first, last] = owners.equal_range(prefix);
      EXPECT_TRUE(std::any_of(first, last,
                              [&](const auto& owner) { return owner.second == include.folder; }))
          << include.file << " includes " << include.included;
    }
  }
}

}  // namespace
}  // namespace stepconf
