#include "stepconf/evaluation/sample_file.h"

#include <gtest/gtest.h>

#include "stepconf/base/file.h"
#include "tests/evaluation/rows.h"
#include "tests/temporary_folder.h"

namespace stepconf::evaluation {
namespace {

using stepconf::tests::TemporaryFolder;

TEST(SampleFile, GrowsAndIsTakenUpAgain) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "new" / "samples.csv";
  const std::vector first = {row("f", 512, 1, 1, 1.0)};
  const std::vector second = {row("f", 512, 1, 1, 2.0), row("g", 1024, 2, 4, 3.0)};
  {
    SampleFile file(path);
    EXPECT_TRUE(file.samples().empty());
    file.append({});
    EXPECT_FALSE(std::filesystem::exists(path));
    file.append(first);
  }
  SampleFile again(path);
  EXPECT_EQ(again.samples(), first);
  again.append(second);
  const std::vector all = {first[0], second[0], second[1]};
  EXPECT_EQ(again.samples(), all);
  EXPECT_EQ(SampleFile(path).samples(), all);
}

TEST(SampleFile, DropsALineThatWasNotFinished) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "samples.csv";
  const std::vector samples = {row("f", 512, 1, 1, 1.0)};
  write_file(path, estimator::write_samples(samples) + "f,51");
  SampleFile file(path);
  EXPECT_EQ(file.samples(), samples);
  file.append(samples);
  EXPECT_EQ(SampleFile(path).samples().size(), 2u);
}

}  // namespace
}  // namespace stepconf::evaluation
