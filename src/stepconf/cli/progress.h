#pragma once

#include <iosfwd>
#include <string>

#include "stepconf/executor/executor.h"

namespace stepconf::cli {

/// Tells a person, line by line on stderr, what is decided for each step and what comes of it;
/// writes the trace as it grows.
class Progress final : public executor::Observer {
 public:
  /// `trace` may be null. Both streams outlive the object.
  /// With `explain`, each decision is explained at length instead of in a sentence.
  Progress(std::ostream& lines, std::ostream* trace, std::size_t widest_name, bool explain = false);
  void step_started(const executor::StepRecord& record) override;
  void step_ended(const executor::StepRecord& record) override;
  void ways_left(const executor::StepRecord& record) override { write_line(record); }

 private:
  void write_line(const executor::StepRecord& record);

  std::ostream& lines_;
  std::ostream* trace_;
  std::size_t widest_name_;
  bool explain_;
};

}  // namespace stepconf::cli
