#include "stepconf/evaluation/campaign.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ostream>

#include "stepconf/base/error.h"
#include "stepconf/evaluation/alone.h"
#include "stepconf/evaluation/steps.h"

namespace stepconf::evaluation {
namespace {

Seconds steady_time() { return std::chrono::steady_clock::now().time_since_epoch(); }

// One measurement of the campaign.
struct Stage {
  std::string title;
  PlatformNeed need;
  Seconds expected{0};
  SampleFile* file = nullptr;
  Events events;
  // Returns false where it was interrupted.
  std::function<bool(Bench&)> run;
};

class Campaign {
 public:
  Campaign(const CampaignOptions& options, const Parts& parts, Results& results,
           const WithPlatform& with_platform, std::ostream& lines,
           const std::function<bool()>& interrupted)
      : options_(options),
        parts_(parts),
        results_(results),
        with_platform_(with_platform),
        lines_(lines),
        interrupted_(interrupted) {}

  bool run() {
    if (!probe()) return false;
    add_training();
    add_truth();
    if (options_.alu && parts_.needs("fig3")) add_ratios();
    if (!options_.subjects.empty() && parts_.needs("fig5")) add_steps();
    if (options_.alu && parts_.needs("fig4")) {
      add_mapping(platform::Dispatch::direct, results_.mapping_direct);
      add_mapping(platform::Dispatch::step_functions, results_.mapping_step_functions);
    }
    Seconds sum{0};
    for (const Stage& stage : stages_) sum += stage.expected;
    if (sum == Seconds(0)) {
      lines_ << "Everything has been measured.\n";
      return true;
    }
    tell(sum);
    Pace pace(sum, steady_time);
    for (const Stage& stage : stages_) {
      if (stage.expected > Seconds(0) && !perform(stage, pace)) return false;
    }
    return true;
  }

 private:
  bool wants_subjects() const {
    return parts_.needs("training") || parts_.needs("truth") || parts_.needs("fig5");
  }

  // A quick look at a job of each function: what all expectations are made of.
  bool probe() {
    const Repeats once{.least = 1, .together = Seconds(0), .most = 1, .most_where_uncertain = 1};
    std::vector<AloneTest> tests;
    for (const Subject& subject : options_.subjects) {
      if (wants_subjects() && !known_work(subject)) {
        tests.push_back({subject.function, probe_load(subject)});
      }
    }
    const bool alu = options_.alu && parts_.needs("fig3") && !known_alu_work();
    if (tests.empty() && !alu) return true;

    lines_ << "Measuring a job of each function, to tell how long all will take ...\n";
    Pace pace(Seconds(0), steady_time);
    if (!tests.empty() && !perform(alone_stage("", results_.truth, tests, once), pace)) {
      return false;
    }
    if (alu && !perform(ratio_stage("", {alu_probe()}, Seconds(0), once), pace)) return false;
    for (const AloneTest& test : tests) check(results_.truth, test.function, test.load);
    if (alu) check(results_.ratios, alu_probe().name, smallest_alu());
    return true;
  }

  static void check(const SampleFile& file, const std::string& function,
                    const estimator::InstanceLoad& load) {
    if (work_of(file.samples(), function, load)) return;
    throw Error(fmt::format(
        "{} fails with {} at {} MB, so that nothing can be expected of it; where it needs more "
        "memory leave this size out of its configurations, else try it with stepconf run; then "
        "remove {}",
        function, file.samples().back().status, load.memory.value, file.path().string()));
  }

  Stage alone_stage(std::string title, SampleFile& file, std::vector<AloneTest> tests,
                    const Repeats& repeats) {
    Stage stage;
    stage.title = std::move(title);
    stage.file = &file;
    stage.events = options_.events;
    for (const AloneTest& test : tests) stage.need.functions[test.function] = test.function;
    stage.expected = expected_time(tests, file.samples(), repeats);
    stage.run = [tests = std::move(tests), repeats](Bench& bench) {
      return measure_alone(bench, tests, repeats);
    };
    return stage;
  }

  Variant alu_probe() const { return ratio_variants(options_.alu->event, options_.quick).front(); }

  Stage ratio_stage(std::string title, const std::vector<Variant>& variants, Seconds work,
                    const Repeats& repeats) {
    std::vector<int> sizes = options_.alu_memory_mb;
    // A probe is the first size only.
    if (work == Seconds(0)) sizes.resize(1);
    Stage stage =
        alone_stage(std::move(title), results_.ratios, ratio_tests(variants, sizes, work), repeats);
    take_variants(stage, variants);
    return stage;
  }

  void take_variants(Stage& stage, const std::vector<Variant>& variants) const {
    stage.events.clear();
    stage.need.functions.clear();
    for (const Variant& variant : variants) {
      stage.events[variant.name] = {variant.event};
      stage.need.functions[variant.name] = options_.alu->name;
    }
  }

  std::optional<Seconds> known_work(const Subject& subject) const {
    return work_of(results_.truth.samples(), subject.function, probe_load(subject));
  }

  Seconds work(const Subject& subject) const { return known_work(subject).value(); }

  estimator::InstanceLoad smallest_alu() const { return {{options_.alu_memory_mb.front()}, 1, 1}; }

  std::optional<Seconds> known_alu_work() const {
    return work_of(results_.ratios.samples(), alu_probe().name, smallest_alu());
  }

  void add_training() {
    if (!parts_.needs("training")) return;
    for (const Subject& subject : options_.subjects) {
      TrainingOptions options = options_.training;
      options.experiment.space = subject.space;
      options.experiment.jobs = subject.jobs;
      Stage stage;
      stage.title = fmt::format("training of {}", subject.function);
      stage.file = &results_.training;
      stage.events = options_.events;
      stage.need.functions[subject.function] = subject.function;
      stage.expected = training_time(subject, options);
      stage.run = [name = subject.function, time = work(subject), options](Bench& bench) {
        return train(bench, name, time, options);
      };
      stages_.push_back(std::move(stage));
    }
  }

  // Which loads it will ask for is not known: they are taken for average ones of the truth.
  Seconds training_time(const Subject& subject, const TrainingOptions& options) const {
    Seconds sum{0};
    int loads = 0;
    for (const AloneTest& test : truth_tests(subject, work(subject))) {
      if (test.load.jobs > options.experiment.max_jobs) continue;
      sum += test.expected;
      ++loads;
    }
    const int known = tests_of(results_.training.samples(), subject.function, options.repeats);
    const bool enough =
        known >= options.tests || !next_test_of(subject.function, options.experiment);
    if (enough || loads == 0) return Seconds(0);
    // The call that starts copies is not kept, but takes its time.
    return sum / loads * (options.tests - known) * (options.repeats + 1);
  }

  bool next_test_of(const std::string& function,
                    const estimator::ExperimentOptions& options) const {
    std::vector<estimator::Sample> samples;
    for (const auto& sample : results_.training.samples()) {
      if (sample.function == function) samples.push_back(sample);
    }
    return estimator::next_test(samples, options).next.has_value();
  }

  void add_truth() {
    if (!parts_.needs("truth")) return;
    for (const Subject& subject : options_.subjects) {
      stages_.push_back(alone_stage(fmt::format("truth of {}", subject.function), results_.truth,
                                    truth_tests(subject, work(subject)), options_.repeats));
    }
  }

  void add_ratios() {
    stages_.push_back(ratio_stage("ratios (Figure 3)",
                                  ratio_variants(options_.alu->event, options_.quick),
                                  known_alu_work().value(), options_.repeats));
  }

  void add_steps() {
    const Subject& subject = options_.subjects.front();
    const auto tests =
        step_tests(subject, work(subject), options_.cpus, options_.cpu_scale, options_.quick);
    Stage stage = step_stage("whole steps (Figure 5)", results_.steps, tests,
                             platform::Dispatch::step_functions);
    lines_ << fmt::format(
        "Whole steps: {} of {} pairs of memory and instances fit {} CPUs at cpu_scale {}; the "
        "others are left out.\n",
        tests.size(), subject.space.memory_mb.size() * subject.space.instances.size(),
        options_.cpus, options_.cpu_scale);
    stage.events = options_.events;
    stage.need.functions = {{subject.function, subject.function}};
    stages_.push_back(std::move(stage));
  }

  void add_mapping(platform::Dispatch dispatch, SampleFile& file) {
    const auto variants = sleep_variants(options_.quick);
    const bool direct = dispatch == platform::Dispatch::direct;
    Stage stage = step_stage(
        fmt::format("mapping delay (Figure 4), {}", direct ? "direct" : "step-functions"), file,
        mapping_tests(variants, options_.alu_memory_mb.front(), options_.most_instances,
                      options_.quick, dispatch),
        dispatch);
    take_variants(stage, variants);
    stages_.push_back(std::move(stage));
  }

  static Stage step_stage(std::string title, SampleFile& file, std::vector<StepTest> tests,
                          platform::Dispatch dispatch) {
    Stage stage;
    stage.title = std::move(title);
    stage.file = &file;
    stage.need.dispatch = dispatch;
    stage.expected = expected_time(tests, file.samples());
    stage.run = [tests = std::move(tests)](Bench& bench) { return measure_steps(bench, tests); };
    return stage;
  }

  void tell(Seconds sum) {
    for (const Stage& stage : stages_) {
      if (stage.expected == Seconds(0)) continue;
      lines_ << fmt::format("  {:<42} about {}\n", stage.title, format_duration(stage.expected));
    }
    lines_ << fmt::format("Measuring all this takes about {}.\n", format_duration(sum));
  }

  bool perform(const Stage& stage, Pace& pace) {
    if (!stage.title.empty()) lines_ << "Measuring " << stage.title << " ...\n";
    bool done = false;
    with_platform_(stage.need, [&](platform::Platform& platform) {
      Bench bench{platform, stage.events, *stage.file, pace, lines_, interrupted_};
      done = stage.run(bench);
    });
    return done;
  }

  const CampaignOptions& options_;
  const Parts& parts_;
  Results& results_;
  const WithPlatform& with_platform_;
  std::ostream& lines_;
  const std::function<bool()>& interrupted_;
  std::vector<Stage> stages_;
};

}  // namespace

bool measure(const CampaignOptions& options, const Parts& parts, Results& results,
             const WithPlatform& with_platform, std::ostream& lines,
             const std::function<bool()>& interrupted) {
  return Campaign(options, parts, results, with_platform, lines, interrupted).run();
}

}  // namespace stepconf::evaluation
