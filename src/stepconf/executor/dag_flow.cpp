#include "stepconf/executor/dag_flow.h"

#include <fmt/format.h>

#include "stepconf/base/error.h"

namespace stepconf::executor {

DagFlow::DagFlow(const workflow::Workflow& workflow, Json input)
    : workflow_(workflow),
      input_(std::move(input)),
      progress_(workflow.steps.size()),
      open_steps_(workflow.steps.size()) {
  for (std::size_t step = 0; step < progress_.size(); ++step) {
    progress_[step].open_predecessors = static_cast<int>(workflow_.graph.predecessors[step].size());
  }
}

std::vector<asl::Command> DagFlow::start(Seconds now) {
  std::vector<asl::Command> commands;
  for (workflow::StepId step = 0; step < workflow_.graph.size(); ++step) {
    // A step without jobs may already have let others begin.
    const auto index = static_cast<std::size_t>(step);
    if (workflow_.graph.predecessors[index].empty()) begin(step, now, commands);
  }
  return commands;
}

std::vector<asl::Command> DagFlow::handle(const asl::Event& event, Seconds now) {
  std::vector<asl::Command> commands;
  if (const auto* success = std::get_if<asl::InvocationSucceeded>(&event)) {
    const Job& done = job(success->token);
    if (ended_) return commands;
    StepProgress& progress = progress_[static_cast<std::size_t>(done.step)];
    progress.results[done.index] = success->result;
    if (--progress.open_jobs == 0) finish(done.step, now, commands);
  } else if (const auto* failure = std::get_if<asl::InvocationFailed>(&event)) {
    const Job& failed = job(failure->token);
    if (ended_) return commands;
    ended_ = true;
    commands.push_back(asl::Failed{failure->error, failure->cause,
                                   workflow_.steps[static_cast<std::size_t>(failed.step)].name});
  }
  return commands;
}

void DagFlow::begin(workflow::StepId step, Seconds now, std::vector<asl::Command>& commands) {
  const workflow::Step& description = workflow_.steps[static_cast<std::size_t>(step)];
  StepProgress& progress = progress_[static_cast<std::size_t>(step)];
  std::vector<Json> events = events_of(step);
  progress.open_jobs = events.size();
  progress.results = Json(std::vector<Json>(events.size()));
  for (std::size_t index = 0; index < events.size(); ++index) {
    jobs_.push_back({step, index});
    commands.push_back(asl::Invoke{.token = jobs_.size(),
                                   .step = description.name,
                                   .function = description.function,
                                   .event = std::move(events[index])});
  }
  if (events.empty()) finish(step, now, commands);
}

void DagFlow::finish(workflow::StepId step, Seconds now, std::vector<asl::Command>& commands) {
  --open_steps_;
  for (const workflow::StepId next : workflow_.graph.successors[static_cast<std::size_t>(step)]) {
    if (--progress_[static_cast<std::size_t>(next)].open_predecessors == 0) {
      begin(next, now, commands);
    }
  }
  if (open_steps_ > 0 || ended_) return;
  ended_ = true;
  Json output = Json::object();
  for (std::size_t index = 0; index < progress_.size(); ++index) {
    if (workflow_.graph.successors[index].empty()) {
      output[workflow_.steps[index].name] = progress_[index].results;
    }
  }
  commands.push_back(asl::Succeeded{std::move(output)});
}

std::vector<Json> DagFlow::events_of(workflow::StepId step) const {
  const workflow::Step& description = workflow_.steps[static_cast<std::size_t>(step)];
  if (input_.is_object()) {
    const auto given = input_.find(description.name);
    if (given != input_.end() && given->is_array()) return *given;
  }
  std::vector<Json> events;
  for (int index = 0; index < description.jobs; ++index) {
    events.push_back({{"step", description.name},
                      {"index", index},
                      {"jobs", description.jobs},
                      {"input", input_}});
  }
  return events;
}

const DagFlow::Job& DagFlow::job(asl::Token token) const {
  if (token == 0 || token > jobs_.size()) throw Error(fmt::format("no job has token {}", token));
  return jobs_[token - 1];
}

}  // namespace stepconf::executor
