#include "stepconf/store/sample_store.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"

namespace stepconf::store {
namespace {

const Conditions kHere = {"local, cpu_scale 0.25", "f1"};
const Conditions kElsewhere = {"local, cpu_scale 1", "f1"};

Record record(const std::string& function, double duration_ms, const Conditions& conditions) {
  Record result;
  result.sample.function = function;
  result.sample.memory = {512};
  result.sample.duration_ms = duration_ms;
  result.conditions = conditions;
  result.measured_at = std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000));
  return result;
}

class Store : public testing::Test {
 protected:
  Store()
      : folder_(std::filesystem::path(testing::TempDir()) /
                ("stepconf_store_test_" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(folder_);
  }
  ~Store() override { std::filesystem::remove_all(folder_); }

  // What is said of a file that cannot be used, without the folder of this test.
  std::string complaint() const {
    try {
      SampleStore store(file_);
    } catch (const InvalidInput& error) {
      return std::string(error.what()).substr(folder_.string().size() + 1);
    }
    return "accepted";
  }

  std::filesystem::path folder_;
  std::filesystem::path file_ = sample_store_file(folder_);
};

TEST_F(Store, GivesBackWhatWasAddedAlsoToWhoOpensItLater) {
  Record full = record("f", 12.5, kHere);
  full.sample.instances = 3;
  full.sample.processes = 2;
  full.sample.jobs = 7;
  full.sample.init_ms = 100.125;
  full.sample.dispatch_ms = 0.25;
  full.sample.max_memory_mb = 99;
  full.sample.cold = true;
  full.origin = Origin::run;
  Record failed = record("f", 0, kElsewhere);
  failed.sample.duration_ms.reset();
  failed.sample.status = "Runtime.OutOfMemory";
  failed.origin = Origin::imported;
  {
    SampleStore store(file_);
    store.add(full);
    store.add(record("other", 1, kHere));
    store.add(failed);
  }
  SampleStore store(file_);
  EXPECT_EQ(store.records("f"), (std::vector<Record>{full, failed}));
  EXPECT_EQ(store.records("nobody"), std::vector<Record>{});
}

TEST_F(Store, ForgetsTheSamplesOfOneFunctionAndOneSetOfConditions) {
  SampleStore store(file_);
  store.add(std::vector<Record>{record("f", 1, kHere), record("f", 2, kElsewhere),
                                record("f", 3, {kHere.platform, "f2"}), record("g", 4, kHere)});
  EXPECT_EQ(store.forget("f", kHere), 1);
  EXPECT_EQ(store.records("f").size(), 2u);
  EXPECT_EQ(store.records("g").size(), 1u);
  EXPECT_EQ(store.forget("f", kHere), 0);
}

TEST_F(Store, TakesSamplesOfTwoConnectionsAtOnce) {
  constexpr int kEach = 20;
  const auto add = [&] {
    SampleStore store(file_);
    for (int i = 0; i < kEach; ++i) store.add(record("f", i, kHere));
  };
  std::thread one(add);
  std::thread two(add);
  one.join();
  two.join();
  EXPECT_EQ(SampleStore(file_).records("f").size(), 2u * kEach);
}

TEST_F(Store, KeepsWhatWasAddedWhenTheProgramIsKilledInTheMiddle) {
  int told[2];
  ASSERT_EQ(::pipe(told), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    SampleStore store(file_);
    // Says after each sample that it is in; goes on until it is killed.
    for (int i = 0;; ++i) {
      store.add(record("f", i, kHere));
      if (::write(told[1], "x", 1) != 1) ::_exit(1);
    }
  }
  ::close(told[1]);
  char byte = 0;
  int heard = 0;
  while (heard < 5 && ::read(told[0], &byte, 1) == 1) ++heard;
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ssize_t more = 0;
  char rest[4096];
  while ((more = ::read(told[0], rest, sizeof rest)) > 0) heard += static_cast<int>(more);
  ::close(told[0]);

  const auto kept = SampleStore(file_).records("f");
  ASSERT_GE(heard, 5);
  // The last one may have been written and not been told any more.
  EXPECT_TRUE(std::ssize(kept) == heard || std::ssize(kept) == heard + 1)
      << kept.size() << " of " << heard;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_EQ(kept[i].sample.duration_ms, static_cast<double>(i));
  }
}

TEST_F(Store, RefusesWhatIsNoStoreAndSaysWhatToDo) {
  write_file(file_, "function,memory_mb,duration_ms\n");
  EXPECT_EQ(complaint().find(".stepconf/samples.db: is damaged, or no store of samples"), 0u)
      << complaint();
  EXPECT_NE(complaint().find("--import"), std::string::npos);
  EXPECT_EQ(read_file(file_), "function,memory_mb,duration_ms\n") << "it is left as it was";
}

TEST_F(Store, RefusesADamagedFile) {
  {
    SampleStore store(file_);
    store.add(std::vector<Record>(200, record("f", 1, kHere)));
  }
  // The second page holds the rows or what leads to them.
  std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096);
  file << std::string(4096, '\xff');
  file.close();
  EXPECT_EQ(complaint().find(".stepconf/samples.db: is damaged"), 0u) << complaint();
}

TEST_F(Store, RefusesANewerSchemaAndNamesBoth) {
  {
    SampleStore store(file_);
  }
  Database(file_, {"file", "rows", ""}).execute("PRAGMA user_version = 2");
  EXPECT_EQ(
      complaint().find(".stepconf/samples.db: was written by a newer stepconf (schema 2, this "
                       "one knows 1)"),
      0u)
      << complaint();
}

TEST_F(Store, RefusesTheDatabaseOfAnotherProgram) {
  std::filesystem::create_directories(file_.parent_path());
  Database(file_, {"file", "rows", ""}).execute("CREATE TABLE guests (name TEXT)");
  EXPECT_EQ(complaint().find(".stepconf/samples.db: is another program's SQLite file"), 0u)
      << complaint();
}

TEST_F(Store, SaysWhereItCannotBeMade) {
  write_file(folder_ / ".stepconf", "a file where the folder belongs");
  EXPECT_THROW(SampleStore{file_}, Error);
}

}  // namespace
}  // namespace stepconf::store
