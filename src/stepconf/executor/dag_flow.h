#pragma once

#include <vector>

#include "stepconf/asl/flow.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::executor {

/// Progress of a workflow that was given as a list of steps instead of an ASL definition.
///
/// A step starts when all steps before it have ended. Its jobs are the elements of the array that
/// the execution's input has under the step's name; without one it has as many as the project says,
/// and each is the event {"step", "index", "jobs", "input"}, `input` being the execution's. The
/// first job that fails ends the execution. The output is an object with the results of the steps
/// that nothing follows: by name, an array of the jobs' results.
class DagFlow final : public asl::Flow {
 public:
  DagFlow(const workflow::Workflow& workflow, Json input);
  std::vector<asl::Command> start(Seconds now) override;
  std::vector<asl::Command> handle(const asl::Event& event, Seconds now) override;

 private:
  struct StepProgress {
    Json results = Json::array();
    std::size_t open_jobs = 0;
    int open_predecessors = 0;
  };
  struct Job {
    workflow::StepId step = 0;
    std::size_t index = 0;
  };

  void begin(workflow::StepId step, Seconds now, std::vector<asl::Command>& commands);
  void finish(workflow::StepId step, Seconds now, std::vector<asl::Command>& commands);
  std::vector<Json> events_of(workflow::StepId step) const;
  const Job& job(asl::Token token) const;

  const workflow::Workflow& workflow_;
  Json input_;
  std::vector<StepProgress> progress_;
  // A token is the job's place here, counted from 1.
  std::vector<Job> jobs_;
  std::size_t open_steps_;
  bool ended_ = false;
};

}  // namespace stepconf::executor
