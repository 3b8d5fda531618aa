#include "stepconf/deploy/packages.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"
#include "tests/deploy/zip_files.h"

namespace stepconf::deploy {
namespace {

const std::string kWrapper =
    zip_of({{"bootstrap", "the wrapper", 0755}, {"stepconf-steps.json", "{}", 0644}});

TEST(BootstrapZip, PutsTheWrapperInTheBootstrapsPlaceAndKeepsAllElse) {
  const std::string function = zip_of({{"lib/data.bin", std::string(100000, 'x'), 0600},
                                       {"bootstrap", "original", 0755},
                                       {"empty", "", 0644}});
  const std::string result = replace_bootstrap(function, kWrapper);
  EXPECT_EQ(files_of(result),
            (std::vector<ZipFile>{{"lib/data.bin", std::string(100000, 'x'), 0600},
                                  {"bootstrap.stepconf-original", "original", 0755},
                                  {"empty", "", 0644},
                                  {"bootstrap", "the wrapper", 0755},
                                  {"stepconf-steps.json", "{}", 0644}}));
}

TEST(BootstrapZip, GivesEqualBytesForEqualInput) {
  const std::string function = zip_of({{"bootstrap", "original", 0755}});
  EXPECT_EQ(replace_bootstrap(function, kWrapper), replace_bootstrap(function, kWrapper));
}

TEST(BootstrapZip, IsNotWrappedTwice) {
  const std::string once = replace_bootstrap(zip_of({{"bootstrap", "original", 0755}}), kWrapper);
  EXPECT_THROW(replace_bootstrap(once, kWrapper), InvalidInput);
}

TEST(BootstrapZip, RefusesAFileThatTheWrapperWouldStandOn) {
  const std::string function =
      zip_of({{"bootstrap", "original", 0755}, {"stepconf-steps.json", "mine", 0644}});
  EXPECT_THROW(replace_bootstrap(function, kWrapper), InvalidInput);
}

TEST(BootstrapZip, RefusesWhatIsNoZip) {
  const std::string function = zip_of({{"bootstrap", "original", 0755}});
  EXPECT_THROW(replace_bootstrap("", kWrapper), InvalidInput);
  EXPECT_THROW(replace_bootstrap("not a zip", kWrapper), InvalidInput);
  EXPECT_THROW(replace_bootstrap(function, zip_of({{"other", "", 0644}})), InvalidInput);
  // Cut off anywhere.
  for (std::size_t size = 0; size < function.size(); ++size) {
    EXPECT_THROW(replace_bootstrap(function.substr(0, size), kWrapper), InvalidInput) << size;
  }
}

TEST(WithFiles, AddsFilesThatEverybodyMayRead) {
  const std::string package = zip_of({{"bootstrap", std::string(100'000, 'p'), 0755}});
  const std::string with = with_files(package, {{"plan", "abc"}, {"steps.json", "{}"}});
  EXPECT_EQ(files_of(with), (std::vector<ZipFile>{{"bootstrap", std::string(100'000, 'p'), 0755},
                                                  {"plan", "abc", 0644},
                                                  {"steps.json", "{}", 0644}}));
  EXPECT_EQ(with, with_files(package, {{"plan", "abc"}, {"steps.json", "{}"}}));
}

TEST(WithFiles, RefusesAFileThatIsThereAlready) {
  const std::string package = zip_of({{"plan", "mine", 0644}});
  EXPECT_THROW(with_files(package, {{"plan", "abc"}}), InvalidInput);
}

}  // namespace
}  // namespace stepconf::deploy
