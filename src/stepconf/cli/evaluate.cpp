#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <set>
#include <thread>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/cli/interruption.h"
#include "stepconf/cli/local_setup.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/payload_folder.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/evaluation/campaign.h"
#include "stepconf/evaluation/drawing.h"
#include "stepconf/platform/large_payloads.h"
#include "stepconf/platform/local/local_platform.h"
#include "stepconf/profiler/sample_jobs.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

// The function of examples/synthetic, which Figures 3 and 4 are measured with.
constexpr const char* kAlu = "alu";

struct EvaluateArguments {
  std::filesystem::path project = ".";
  std::filesystem::path output = "evaluation";
  std::vector<std::string> only;
  bool quick = false;
  bool draw = false;
  double cpu_scale = 0;
  int tests = 24;
  int training_repeats = 2;
  int max_jobs = 8;
  double goal = 0.03;
  int repeats = 3;
  int most_instances = 50;
  bool json = false;
};

std::vector<evaluation::Subject> subjects_of(const Workspace& workspace, bool quick) {
  std::vector<evaluation::Subject> subjects;
  for (const workflow::Step& step : workspace.workflow.steps) {
    if (step.is_foreign() || step.function == kAlu) continue;
    const auto same = [&](const auto& subject) { return subject.function == step.function; };
    if (const auto found = std::ranges::find_if(subjects, same); found != subjects.end()) {
      found->jobs = std::max(found->jobs, step.jobs);
      continue;
    }
    subjects.push_back(
        {step.function, project::configuration_space(workspace.project, step.function), step.jobs});
  }
  if (quick) std::ranges::transform(subjects, subjects.begin(), evaluation::thinned);
  return subjects;
}

evaluation::CampaignOptions campaign_of(const EvaluateArguments& arguments,
                                        const Workspace& workspace, double cpu_scale) {
  evaluation::CampaignOptions campaign;
  campaign.subjects = subjects_of(workspace, arguments.quick);
  campaign.events = profiler::sample_jobs_of(workspace.project);
  campaign.cpu_scale = cpu_scale;
  campaign.cpus = std::max(1u, std::thread::hardware_concurrency());
  campaign.quick = arguments.quick;
  campaign.most_instances = arguments.most_instances;
  campaign.repeats.least = arguments.repeats;
  campaign.training.tests = arguments.tests;
  campaign.training.repeats = arguments.training_repeats;
  campaign.training.experiment.max_jobs = arguments.max_jobs;
  campaign.training.experiment.goal = arguments.goal;
  campaign.training.experiment.prices = workspace.prices;
  if (arguments.quick) {
    campaign.repeats = {.least = 1, .together = Seconds(0.1), .most = 2, .most_where_uncertain = 2};
    campaign.training.tests = std::min(arguments.tests, 8);
  }
  for (const auto& [name, function] : workspace.project.functions) {
    if (campaign.events.contains(name)) continue;
    throw InvalidInput(fmt::format(
        "{}: functions.{}: there is nothing to measure it with; name a file of sample jobs "
        "(profile: {{events: FILE.json}})",
        workspace.project.file.string(), name));
  }
  if (const auto alu = campaign.events.find(kAlu); alu != campaign.events.end()) {
    campaign.alu = evaluation::Variant{kAlu, alu->second.front()};
    campaign.alu_memory_mb = project::configuration_space(workspace.project, kAlu).memory_mb;
    if (arguments.quick) {
      campaign.alu_memory_mb =
          evaluation::thinned({kAlu, {.memory_mb = campaign.alu_memory_mb}, 1}).space.memory_mb;
    }
  }
  return campaign;
}

// Of a subject or the ALU function, whichever is largest: every instance must have its CPUs.
double most_vcpus(const Workspace& workspace) {
  double most = 0;
  for (const workflow::Step& step : workspace.workflow.steps) {
    if (step.is_foreign()) continue;
    const auto space = project::configuration_space(workspace.project, step.function);
    most = std::max(most, vcpus({space.memory_mb.back()}));
  }
  return most;
}

// Decides the cpu_scale: one instance at a time, of any memory size, has its CPUs on this machine.
double decide_cpu_scale(const EvaluateArguments& arguments, const Workspace& workspace) {
  const double cpus = std::max(1u, std::thread::hardware_concurrency());
  const double most = most_vcpus(workspace);
  const double largest = std::min(1.0, cpus / most);
  // The platform and the wrapper want some CPU time too.
  constexpr double kShareOfSandboxes = 0.9;
  const double automatic = std::min(1.0, kShareOfSandboxes * cpus / most);
  const double scale = arguments.cpu_scale > 0
                           ? arguments.cpu_scale
                           : workspace.project.platform.cpu_scale.value_or(automatic);
  if (scale <= largest) return scale;
  throw InvalidInput(fmt::format(
      "{}: cpu_scale is {}, with which the largest memory size has {:.2f} CPUs and this machine "
      "{}; "
      "give at most {:.2g} (--cpu-scale)",
      workspace.project.file.string(), scale, scale * most, cpus, std::floor(largest * 100) / 100));
}

// What the folder's samples hold for: others would be mixed with them without a word.
void claim_folder(const EvaluateArguments& arguments, double cpu_scale) {
  const auto file = arguments.output / "evaluation.json";
  if (const auto text = read_if_there(file)) {
    const Json known = parse_json(*text, file.string());
    const double scale = known.value("cpu_scale", 0.0);
    if (scale == cpu_scale) return;
    throw InvalidInput(fmt::format(
        "{}: what is here was measured with cpu_scale {}, not {}; name another folder (--output)",
        file.string(), scale, cpu_scale));
  }
  write_file(file, OrderedJson{{"schema", 1}, {"cpu_scale", cpu_scale}}.dump(2) + "\n");
}

// Makes a platform with functions under other names than the project's.
class Platforms {
 public:
  Platforms(platform::LocalPlatformOptions options, platform::Spawner& spawner,
            Interruption& interruption)
      : options_(std::move(options)), spawner_(spawner), interruption_(interruption) {}

  void with(const evaluation::PlatformNeed& need,
            const std::function<void(platform::Platform&)>& use) {
    platform::LocalPlatformOptions options = options_;
    options.dispatch = need.dispatch;
    options.functions.clear();
    for (const auto& [name, function] : need.functions) {
      options.functions[name] = options_.functions.at(function);
    }
    const PayloadFolder payloads;
    platform::LocalPlatform platform(std::move(options), spawner_);
    if (!platform.limits_cpu()) {
      throw Error("nothing can be measured: " + platform.limits());
    }
    objects::ObjectStore store(objects::store_options());
    platform::LargePayloads any_size(platform, store, payloads.url());
    const Interruption::Effect effect(interruption_, [&platform] { platform.interrupt(); });
    use(any_size);
  }

 private:
  platform::LocalPlatformOptions options_;
  platform::Spawner& spawner_;
  Interruption& interruption_;
};

void print(const evaluation::Outcome& outcome, const evaluation::Results& results,
           int training_repeats) {
  using report::Align;
  report::Table table({{"function"},
                       {"tests", Align::right},
                       {"loads", Align::right},
                       {"mean error %", Align::right},
                       {"max %", Align::right},
                       {"worst at"}});
  for (const auto& [name, errors] : outcome.by_function) {
    const auto& worst = errors.worst;
    const int tests = evaluation::tests_of(results.training.samples(), name, training_repeats);
    table.add({name, std::to_string(tests), std::to_string(errors.loads),
               fmt::format("{:.1f}", errors.mean * 100),
               fmt::format("{:.1f}", std::abs(worst.relative()) * 100),
               fmt::format("{} MB, processes {}, jobs {}", worst.load.memory.value,
                           worst.load.processes, worst.load.jobs)});
  }
  if (!outcome.by_function.empty()) std::cout << table.text();
  std::cout << fmt::format("{} figures in {}\n", outcome.figures.size(), results.folder.string());
}

// Returns false where it was interrupted.
bool measure(const EvaluateArguments& arguments, const Workspace& workspace,
             const evaluation::Parts& parts, evaluation::Results& results,
             platform::LocalPlatformOptions options) {
  const evaluation::CampaignOptions campaign = campaign_of(arguments, workspace, options.cpu_scale);
  if (!campaign.alu && (parts.names("fig3") || parts.names("fig4"))) {
    throw InvalidInput(fmt::format(
        "{}: Figures 3 and 4 need a function {} (examples/synthetic) in a step of the workflow",
        workspace.project.file.string(), kAlu));
  }
  claim_folder(arguments, options.cpu_scale);

  platform::Spawner spawner;
  Interruption interruption;
  Platforms platforms(std::move(options), spawner, interruption);
  const auto with_platform = [&](const auto& need, const auto& use) { platforms.with(need, use); };
  return evaluation::measure(campaign, parts, results, with_platform, std::cerr,
                             [&] { return interruption.requested(); });
}

int evaluate_estimator(const EvaluateArguments& arguments) {
  const evaluation::Parts parts({arguments.only.begin(), arguments.only.end()});
  Workspace workspace = open_workspace(arguments.project, {}, ModelsAre::ignored);
  evaluation::Results results(arguments.output);
  bool complete = true;
  if (!arguments.draw) {
    workspace.project.platform.cpu_scale = decide_cpu_scale(arguments, workspace);
    complete = measure(arguments, workspace, parts, results, local_options(workspace, {}));
  }
  if (!complete) {
    std::cerr << fmt::format(
        "Interrupted; what was measured is in {}, and the same command goes on from there.\n",
        arguments.output.string());
  }
  // Pictures of half a measurement are worth nothing.
  const evaluation::Parts no_pictures({"training", "truth"});
  const auto outcome = evaluation::draw(subjects_of(workspace, arguments.quick),
                                        complete ? parts : no_pictures, results, std::cerr);
  if (arguments.json) {
    OrderedJson document = evaluation::to_json(outcome, results, arguments.training_repeats);
    document["complete"] = complete;
    std::cout << document.dump(2) << "\n";
  } else {
    print(outcome, results, arguments.training_repeats);
  }
  return complete ? kDone : kInterrupted;
}

}  // namespace

void add_evaluate(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<EvaluateArguments>();
  CLI::App* evaluate = app.add_subcommand(
      "evaluate", "Measure how good StepConf itself is, as the paper's evaluation does");
  evaluate->require_subcommand(1);
  CLI::App* verb = evaluate->add_subcommand(
      "estimator",
      "Measure a project's functions over their whole configuration space on the local platform, "
      "hold predictions from a few tests against that, and draw the paper's Figures 3 to 6 and 10 "
      "to 13. Takes about half an hour for examples/primes/evaluation, on a machine that has "
      "nothing else to do. Called again, it measures only what is missing");
  add_project(*verb, arguments->project);
  verb->add_option("--output", arguments->output, "Folder for samples, errors and figures")
      ->capture_default_str();
  verb->add_option("--only", arguments->only,
                   "Only these parts, separated by commas: training, truth, fig3, fig4, fig5, "
                   "fig6, fig10 to fig13, each with the measurements that it needs")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb->add_flag(
      "--quick", arguments->quick,
      "A thinned configuration space, fewer jobs and repeats: for trying, in a minute or "
      "two");
  verb->add_flag("--draw", arguments->draw,
                 "Measure nothing: fit, compare and draw again from what is in the folder");
  verb->add_option("--cpu-scale", arguments->cpu_scale,
                   "Multiplies the CPUs of every memory size, so that a small machine can play "
                   "large sizes; default the project's")
      ->check(CLI::Range(0.01, 1.0));
  verb->add_option("--tests", arguments->tests, "Most training tests of a function")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  verb->add_option("--training-repeats", arguments->training_repeats,
                   "Warm invocations kept of each training test")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  verb->add_option("--goal", arguments->goal,
                   "Training ends when it expects predictions to be off by so much, 0.03 being 3 "
                   "%; 0 uses up the tests")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  verb->add_option("--max-jobs", arguments->max_jobs, "Most jobs of a training test")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
  verb->add_option("--repeats", arguments->repeats,
                   "Warm invocations of each load of the truth; one fewer where they are long, up "
                   "to 8 where they are short")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  verb->add_option("--most-instances", arguments->most_instances, "Most instances of Figure 4")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  verb->add_flag("--json", arguments->json, "Print a summary as one JSON document on stdout");
  verb->callback([arguments, &status] { status = evaluate_estimator(*arguments); });
}

}  // namespace stepconf::cli
