// Measures stepconf-wrapper: jobs per second, the latency that it adds, how soon it is there, what
// it holds of memory; and has copies crash at random in a long run, of which no job may be lost,
// none answered twice and each answer must stand in its place. Usage: wrapper_bench [--wrapper
// PATH]
// [--jobs N] [--batch N] [--calls N]. The program acts as Lambda and, started again, as the
// function: an event is a number, the answer another one.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "bench/wrapper_sandbox.h"
#include "stepconf/runtime/serve.h"

namespace {

using namespace stepconf;
using bench::Answer, bench::Clock, bench::Sandbox;

// How often a job ends its copy in the run with crashes, and how often it hangs.
constexpr double kCrashes = 1.0 / 500;
constexpr double kHangs = 1.0 / 50'000;
constexpr int kMostTries = 3;

std::int64_t answer_to(std::int64_t job) { return 3 * job + 1; }

/// Notes what is about to happen to a job, in one write, so that lines of several copies stay
/// whole.
void note(int log, const char* what, std::int64_t job) {
  const std::string line = fmt::format("{} {}\n", what, job);
  (void)!::write(log, line.data(), line.size());
}

/// Serves jobs; with a path, crashes now and then, and notes there which jobs it took along.
int serve_jobs(const char* path) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  const int log = path == nullptr ? -1 : ::open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
  std::mt19937_64 random(std::random_device{}());
  std::uniform_real_distribution<double> draw(0, 1);
  return runtime::serve([&](const Json& event, const runtime::Invocation&) -> Json {
    if (!event.is_number()) return event;
    const auto job = event.get<std::int64_t>();
    const double drawn = log < 0 ? 1 : draw(random);
    if (drawn < kHangs) {
      note(log, "hang", job);
      ::pause();
    } else if (drawn < kHangs + kCrashes) {
      note(log, "crash", job);
      switch (random() % 3) {
        case 0:
          std::_Exit(1);
        case 1:
          ::kill(::getpid(), SIGKILL);
          ::pause();
          break;
        default:
          std::abort();
      }
    }
    return answer_to(job);
  });
}

struct Settings {
  std::string wrapper = "build/bin/stepconf-wrapper";
  std::int64_t jobs = 1'000'000;
  std::int64_t batch = 10'000;
  int calls = 2000;
};

std::string own_path() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

std::string batch_event(std::int64_t first, std::int64_t count, const Json& options) {
  std::string event = fmt::format(R"({{"stepconf":{},"jobs":[)", options.dump());
  for (std::int64_t job = first; job < first + count; ++job) {
    if (job != first) event += ',';
    event += std::to_string(job);
  }
  return event + "]}";
}

double percentile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

void bench_throughput(const Settings& settings) {
  fmt::print("\nTiny jobs with C++ copies, {} a batch\n", settings.batch);
  fmt::print("| processes | jobs/s | wrapper MB resident after it |\n|---|---|---|\n");
  for (const int processes : {1, 2, 4}) {
    Sandbox sandbox({settings.wrapper, own_path(), "--copy"});
    const auto run = [&](std::int64_t count) {
      const Answer answer = sandbox.invoke(batch_event(0, count, {{"processes", processes}}));
      if (!answer.ok) throw Error(answer.body);
    };
    run(processes * 100);
    const auto start = Clock::now();
    constexpr int kBatches = 5;
    for (int i = 0; i < kBatches; ++i) run(settings.batch);
    const double seconds = Seconds(Clock::now() - start).count();
    fmt::print("| {} | {:.0f} | {:.1f} |\n", processes,
               static_cast<double>(kBatches * settings.batch) / seconds, sandbox.resident_mb());
  }
}

void bench_latency(const Settings& settings) {
  Sandbox bare({own_path(), "--copy"});
  Sandbox wrapped({settings.wrapper, own_path(), "--copy"});
  std::vector<double> direct, passed, batched;
  const auto measure = [](Sandbox& sandbox, const std::string& event, std::vector<double>& into) {
    const auto start = Clock::now();
    sandbox.invoke(event);
    into.push_back(Seconds(Clock::now() - start).count() * 1e3);
  };
  // In turns, so that what else the machine does meets all alike.
  const std::string batch = batch_event(1, 1, {{"processes", 1}});
  for (int i = 0; i < settings.calls; ++i) {
    measure(bare, "1", direct);
    measure(wrapped, "1", passed);
    measure(wrapped, batch, batched);
  }
  const auto row = [&direct](const char* name, const std::vector<double>& values) {
    fmt::print("| {} | {:.3f} | {:.3f} | {:.3f} |\n", name, percentile(values, 0.5),
               percentile(values, 0.99), percentile(values, 0.5) - percentile(direct, 0.5));
  };
  fmt::print("\nOne invocation, {} of each, in turns\n", settings.calls);
  fmt::print("| | p50 ms | p99 ms | added at p50 ms |\n|---|---|---|---|\n");
  row("the runtime alone", direct);
  row("an event that is no batch", passed);
  row("a batch of one job", batched);
}

void bench_start(const Settings& settings) {
  std::vector<double> bare, wrapped;
  for (int i = 0; i < 40; ++i) {
    bare.push_back(Sandbox({own_path(), "--copy"}).start_time().count() * 1e3);
    wrapped.push_back(Sandbox({settings.wrapper, own_path(), "--copy"}).start_time().count() * 1e3);
  }
  fmt::print("\nFrom exec to the first `next`, 40 starts of each\n");
  fmt::print("| | p50 ms | p95 ms |\n|---|---|---|\n");
  for (const auto& [name, values] :
       {std::pair{"the runtime alone", &bare}, std::pair{"under the wrapper", &wrapped}}) {
    fmt::print("| {} | {:.1f} | {:.1f} |\n", name, percentile(*values, 0.5),
               percentile(*values, 0.95));
  }
}

void bench_memory(const Settings& settings) {
  Sandbox sandbox({settings.wrapper, own_path(), "--copy"});
  fmt::print("\nMemory of the wrapper\n| | MB resident |\n|---|---|\n");
  sandbox.invoke("1");
  fmt::print("| after one event | {:.1f} |\n", sandbox.resident_mb());
  const std::string large = Json(std::string(5'900'000, 'x')).dump();
  sandbox.invoke(large);
  sandbox.invoke("1");
  fmt::print("| after an event and a result of 5.9 MB | {:.1f} |\n", sandbox.resident_mb());
  sandbox.invoke(fmt::format(R"({{"stepconf":{{"processes":4}},"jobs":[{}]}})", large));
  sandbox.invoke("1");
  fmt::print("| after a batch of as much | {:.1f} |\n", sandbox.resident_mb());
}

/// What became of the jobs of a run.
struct Tally {
  std::int64_t answered = 0, reported = 0, wrong = 0;
  std::int64_t crashes = 0, hangs = 0;
};

struct Fate {
  int crashes = 0, hangs = 0;
};

std::map<std::int64_t, Fate> read_fates(const std::filesystem::path& log) {
  std::map<std::int64_t, Fate> fates;
  std::ifstream lines(log);
  std::string what;
  std::int64_t job = 0;
  while (lines >> what >> job) ++(what == "hang" ? fates[job].hangs : fates[job].crashes);
  return fates;
}

/// Whether a job that this happened to is to be reported as failed: one that may be done again only
/// where that went wrong each time.
bool given_up(const Fate& fate, bool idempotent) {
  const int most = idempotent ? kMostTries : 1;
  return fate.crashes >= most || fate.hangs >= most;
}

Tally run_with_crashes(const Settings& settings, bool idempotent) {
  std::string folder = (std::filesystem::temp_directory_path() / "wrapper-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) throw Error("cannot make a folder for the run");
  const std::filesystem::path log = std::filesystem::path(folder) / "fates";
  Json task{{"Type", "Task"},
            {"Resource", "arn:aws:lambda:us-east-1:123456789012:function:f"},
            {"TimeoutSeconds", 1},
            {"End", true}};
  if (idempotent) {
    task["Retry"] = {{{"ErrorEquals", {"States.Timeout"}},
                      {"IntervalSeconds", 1},
                      {"MaxAttempts", kMostTries - 1}}};
  }
  const Json options{{"processes", 4},
                     {"errors", "collect"},
                     {"idempotent", idempotent},
                     {"state", {{"Task", task}}}};
  std::vector<char> failed(static_cast<std::size_t>(settings.jobs));
  Tally tally;
  {
    Sandbox sandbox({settings.wrapper, own_path(), "--copy", log.string()});
    for (std::int64_t first = 0; first < settings.jobs; first += settings.batch) {
      const std::int64_t count = std::min(settings.batch, settings.jobs - first);
      const Answer answer = sandbox.invoke(batch_event(first, count, options));
      if (!answer.ok) throw Error(answer.body);
      const Json results = Json::parse(answer.body);
      if (std::ssize(results) != count) throw Error("a batch was not answered job by job");
      for (std::int64_t job = first; job < first + count; ++job) {
        const Json& element = results.at(static_cast<std::size_t>(job - first));
        if (element.contains("error")) {
          failed[static_cast<std::size_t>(job)] = 1;
          ++tally.reported;
        } else {
          ++tally.answered;
          if (element.at("result") != answer_to(job)) ++tally.wrong;
        }
      }
    }
  }
  const auto fates = read_fates(log);
  std::filesystem::remove_all(folder);
  for (std::int64_t job = 0; job < settings.jobs; ++job) {
    const auto found = fates.find(job);
    const Fate fate = found == fates.end() ? Fate{} : found->second;
    tally.crashes += fate.crashes;
    tally.hangs += fate.hangs;
    if (given_up(fate, idempotent) != (failed[static_cast<std::size_t>(job)] == 1)) ++tally.wrong;
  }
  return tally;
}

bool bench_crashes(const Settings& settings) {
  fmt::print(
      "\n{} jobs of which 1 in {:.0f} ends its copy and 1 in {:.0f} hangs until its "
      "TimeoutSeconds\n",
      settings.jobs, 1 / kCrashes, 1 / kHangs);
  fmt::print(
      "| idempotent | answered | crashes | hangs | reported as failed | wrong, lost or twice | "
      "jobs/s |\n");
  fmt::print("|---|---|---|---|---|---|---|\n");
  bool right = true;
  for (const bool idempotent : {true, false}) {
    const auto start = Clock::now();
    const Tally tally = run_with_crashes(settings, idempotent);
    const double seconds = Seconds(Clock::now() - start).count();
    fmt::print("| {} | {} | {} | {} | {} | {} | {:.0f} |\n", idempotent, tally.answered,
               tally.crashes, tally.hangs, tally.reported, tally.wrong,
               static_cast<double>(settings.jobs) / seconds);
    right = right && tally.wrong == 0 && tally.answered + tally.reported == settings.jobs;
  }
  return right;
}

Settings parse(int count, char** arguments) {
  Settings settings;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string name = arguments[i], value = arguments[i + 1];
    if (name == "--wrapper") settings.wrapper = std::filesystem::absolute(value);
    if (name == "--jobs") settings.jobs = std::stoll(value);
    if (name == "--batch") settings.batch = std::stoll(value);
    if (name == "--calls") settings.calls = std::stoi(value);
  }
  return settings;
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1 && std::string(arguments[1]) == "--copy") {
    return serve_jobs(count > 2 ? arguments[2] : nullptr);
  }
  try {
    const Settings settings = parse(count, arguments);
    bench_throughput(settings);
    bench_latency(settings);
    bench_start(settings);
    bench_memory(settings);
    return bench_crashes(settings) ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "wrapper_bench: {}\n", error.what());
    return 1;
  }
}
