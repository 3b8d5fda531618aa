#include "stepconf/store/run_history.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"

namespace stepconf::store {
namespace {

RunEntry run_of(const std::string& execution) {
  RunEntry run;
  run.started_at = std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000));
  run.execution = execution;
  run.workflow = "w";
  run.slo = Seconds(20);
  run.strategy = "stepconf";
  run.met = true;
  run.duration = Seconds(17.25);
  run.cost = Usd{0.0004};
  return run;
}

class History : public testing::Test {
 protected:
  History()
      : folder_(std::filesystem::path(testing::TempDir()) /
                ("stepconf_history_test_" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(folder_);
  }
  ~History() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  std::filesystem::path file_ = run_history_file(folder_);
  const PriceKey key_{"w", Seconds(20), 0.95};
};

TEST_F(History, KeepsRunsInTheirOrder) {
  RunEntry failed = run_of("two");
  failed.slo = std::nullopt;
  failed.status = "failed";
  failed.met = false;
  failed.log_price = -0.5;
  {
    RunHistory history(file_);
    history.add(run_of("one"));
    history.add(failed);
  }
  EXPECT_EQ(RunHistory(file_).runs(), (std::vector{run_of("one"), failed}));
}

TEST_F(History, MovesThePriceOfEachWorkflowSloAndTarget) {
  RunHistory history(file_);
  EXPECT_EQ(history.price(key_), std::nullopt);
  const auto move = [](std::optional<double> price) { return price.value_or(1) + 0.25; };
  EXPECT_EQ(history.move_price(key_, move), 1.25);
  EXPECT_EQ(history.move_price(key_, move), 1.5);
  EXPECT_EQ(history.move_price({"w", Seconds(20), 0.99}, move), 1.25);
  EXPECT_EQ(history.price(key_), 1.5);
  EXPECT_EQ(history.prices(),
            (std::vector<Price>{{key_, 1.5, 2}, {{"w", Seconds(20), 0.99}, 1.25, 1}}));
}

TEST_F(History, KeepsThePriceWhereMovingItFails) {
  RunHistory history(file_);
  history.move_price(key_, [](std::optional<double>) { return 1.0; });
  EXPECT_THROW(history.move_price(key_, [](std::optional<double>) -> double { throw Error("no"); }),
               Error);
  EXPECT_EQ(history.price(key_), 1);
}

TEST_F(History, LosesNothingOfRunsAtOnce) {
  constexpr int kProcesses = 4;
  constexpr int kRuns = 25;
  for (int process = 0; process < kProcesses; ++process) {
    if (::fork() != 0) continue;
    try {
      RunHistory history(file_);
      for (int i = 0; i < kRuns; ++i) {
        history.add(run_of("x"));
        history.move_price(key_, [](std::optional<double> price) { return price.value_or(0) + 1; });
      }
      ::_exit(0);
    } catch (...) {
      ::_exit(1);
    }
  }
  for (int process = 0; process < kProcesses; ++process) {
    int status = 0;
    ::wait(&status);
    EXPECT_EQ(status, 0);
  }
  RunHistory history(file_);
  EXPECT_EQ(history.runs().size(), static_cast<std::size_t>(kProcesses * kRuns));
  EXPECT_EQ(history.price(key_), kProcesses * kRuns);
}

TEST_F(History, IsReadWhileSomebodyWrites) {
  RunHistory writer(file_);
  writer.add(run_of("one"));
  writer.move_price(key_, [&](std::optional<double>) {
    // In the middle of a write; who had to wait for it would wait for ever.
    EXPECT_EQ(RunHistory(file_).price(key_), std::nullopt) << "not committed yet";
    return 1.0;
  });
}

TEST_F(History, ThatIsNoneIsRefusedAndLeftAsItIs) {
  write_file(file_, "this is no database, but long enough to be taken for one by its size alone");
  try {
    RunHistory history(file_);
    ADD_FAILURE() << "was opened";
  } catch (const InvalidInput& error) {
    EXPECT_NE(std::string(error.what()).find("runs.db: is damaged, or no run history"),
              std::string::npos)
        << error.what();
  }
  EXPECT_EQ(read_file(file_).substr(0, 7), "this is");
}

}  // namespace
}  // namespace stepconf::store
