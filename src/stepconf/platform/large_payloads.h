#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "stepconf/objects/object_store.h"
#include "stepconf/platform/platform.h"

namespace stepconf::platform {

/// A platform whose batches may have any size: jobs that are too large for an event, and results
/// that are too large for an answer, travel as objects (docs/formats.md, Batches), which are
/// removed once they have been read. What cannot be removed stays, for whoever made the folder.
class LargePayloads final : public Platform {
 public:
  /// `folder` is the URL under which objects are written. Events over `most_event_bytes` are handed
  /// over as objects: by default, Lambda's limit on requests.
  LargePayloads(Platform& platform, objects::ObjectStore& store, std::string folder,
                std::size_t most_event_bytes = 6'291'456);

  Seconds now() const override { return platform_.now(); }
  /// Throws objects::ObjectError where the jobs cannot be written.
  void start(const Invocation& invocation) override;
  /// A result that cannot be read is a failed completion, StepConf.ObjectUnavailable.
  std::optional<Completion> wait_next(Seconds until) override;
  std::optional<std::map<MemoryMb, int>> idle_sandboxes(const std::string& function) override {
    return platform_.idle_sandboxes(function);
  }

 private:
  std::string by_reference(const Invocation& invocation, const std::string& jobs_url);
  void resolve(Completion& completion);
  void discard(const std::string& url);

  Platform& platform_;
  objects::ObjectStore& store_;
  std::string folder_;
  std::size_t most_event_bytes_;
  /// The batches at work, with the object that holds their jobs, where one does.
  std::map<InvocationId, std::optional<std::string>> batches_;
};

}  // namespace stepconf::platform
