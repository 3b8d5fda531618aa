#include "stepconf/cli/profile_subjects.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/profiler/conditions.h"

namespace stepconf::cli {
namespace {

int jobs_of(const Workspace& workspace, const std::string& function) {
  int jobs = 1;
  for (const workflow::Step& step : workspace.workflow.steps) {
    if (step.function == function && step.batched) jobs = std::max(jobs, step.jobs);
  }
  return jobs;
}

// What a function's jobs follow from; null where nothing is known of them.
Json origin_of_jobs(const Workspace& workspace, const JobSources& sources,
                    const std::string& function) {
  if (const auto own = sources.own.find(function); own != sources.own.end()) return own->second;
  if (!sources.input) return nullptr;
  const auto& definition = workspace.project.workflow;
  return {{"input", *sources.input}, {"workflow", definition ? read_file(*definition) : ""}};
}

// What is bounded is spared.
estimator::Spend spend_of(const ProfileArguments& arguments) {
  if (arguments.budget_usd) return estimator::Spend::usd;
  if (!arguments.budget_time.empty()) return estimator::Spend::time;
  return estimator::Spend::invocations;
}

std::string counted(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

// Why samples are left aside, with how many are.
using Ignored = std::map<std::string, int>;

std::string text_of(const Ignored& ignored) {
  std::string text;
  for (const auto& [why, count] : ignored) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, why);
  }
  return text;
}

}  // namespace

JobSources job_sources(const Workspace& workspace, const std::filesystem::path& input) {
  JobSources sources;
  sources.own = profiler::sample_jobs_of(workspace.project);
  if (!input.empty()) sources.input = parse_json(read_file(input), input.string());
  return sources;
}

profiler::Subjects make_subjects(const Workspace& workspace, const ProfileArguments& arguments,
                                 const JobSources& sources, const std::string& platform) {
  profiler::Subjects subjects;
  const project::Project& project = workspace.project;
  for (const workflow::Step& step : workspace.workflow.steps) {
    const std::string& name = step.function;
    if (step.is_foreign() || subjects.contains(name)) continue;
    profiler::Study study(name,
                          {.experiment = {.space = project::configuration_space(project, name),
                                          .jobs = jobs_of(workspace, name),
                                          .max_jobs = arguments.max_jobs,
                                          .prices = workspace.prices,
                                          .goal = arguments.goal,
                                          .spend = spend_of(arguments)},
                           .points = arguments.points,
                           .repeats = arguments.repeats});
    const auto own = sources.own.find(name);
    subjects.emplace(
        name,
        profiler::Subject{.study = std::move(study),
                          .conditions = {platform, profiler::function_fingerprint(
                                                       project.functions.at(name), project.folder,
                                                       origin_of_jobs(workspace, sources, name))},
                          .jobs = own == sources.own.end() ? std::vector<Json>{} : own->second});
  }
  return subjects;
}

bool has_samples(const profiler::Subjects& subjects, store::SampleStore& store) {
  return std::ranges::any_of(subjects, [&](const auto& entry) {
    return std::ranges::any_of(store.records(entry.first), [&](const store::Record& record) {
      return record.conditions == entry.second.conditions;
    });
  });
}

void resume(profiler::Subjects& subjects, store::SampleStore& store, std::ostream& out) {
  for (auto& [name, subject] : subjects) {
    Ignored ignored;
    for (const store::Record& record : store.records(name)) {
      if (record.conditions == subject.conditions) {
        subject.study.add(record.sample, record.origin);
        ++subject.resumed;
        continue;
      }
      ++subject.ignored;
      ++ignored[record.conditions.platform == subject.conditions.platform
                    ? "of another command, directory, environment or other jobs"
                    : "measured under " + record.conditions.platform];
    }
    if (subject.resumed > 0) {
      out << fmt::format("  {}: {} of {} there already\n", name,
                         counted(static_cast<std::size_t>(subject.resumed), "sample"),
                         counted(static_cast<std::size_t>(subject.study.tests()), "test"));
    }
    if (!ignored.empty()) {
      out << fmt::format("  {}: ignored are {} (now {})\n", name, text_of(ignored),
                         subject.conditions.platform);
    }
  }
}

void import_samples(const profiler::Subjects& subjects, store::SampleStore& store,
                    const std::filesystem::path& file, std::ostream& out) {
  const auto samples = estimator::parse_samples(read_file(file), file.string());
  std::map<std::string, std::vector<estimator::Sample>> there;
  for (const auto& [name, subject] : subjects) {
    for (store::Record& record : store.records(name)) {
      if (record.conditions == subject.conditions) there[name].push_back(std::move(record.sample));
    }
  }
  std::vector<store::Record> added;
  std::size_t known = 0;
  for (const estimator::Sample& sample : samples) {
    const auto subject = subjects.find(sample.function);
    if (subject == subjects.end()) continue;
    // Each sample that is there stands for one row, so that equal rows of the file stay apart.
    auto& stored = there[sample.function];
    if (const auto same = std::ranges::find(stored, sample); same != stored.end()) {
      stored.erase(same);
      ++known;
      continue;
    }
    added.push_back(
        profiler::record_now(sample, subject->second.conditions, store::Origin::imported));
  }
  const std::size_t others = samples.size() - added.size() - known;
  if (others == samples.size()) {
    throw InvalidInput(
        fmt::format("{}: has no sample of the workflow's functions; the first is of "
                    "{}, must be of {}",
                    file.string(), samples.front().function,
                    subjects.empty() ? "one" : subjects.begin()->first));
  }
  store.add(added);
  out << fmt::format("{}: {} added, {} there already, {} of other functions left out\n",
                     file.string(), counted(added.size(), "sample"), known, others);
}

}  // namespace stepconf::cli
