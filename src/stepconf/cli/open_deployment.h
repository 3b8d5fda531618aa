#pragma once

#include <string>

#include "stepconf/cli/aws_account.h"
#include "stepconf/cli/control_plane_clock.h"
#include "stepconf/deploy/aws/aws_control_plane.h"
#include "stepconf/deploy/paced_control_plane.h"

namespace stepconf::cli {

/// A deployment's place in an account, and the two ways to call it.
class OpenDeployment {
 public:
  /// Throws as open_account; InvalidInput for a name that deployments cannot have.
  OpenDeployment(const std::string& name, const Interruption& interruption);

  const AwsAccount& account() const { return account_; }
  const deploy::DeploymentNames& names() const { return names_; }
  deploy::Clock& clock() { return clock_; }
  /// For questions: tries again what may pass by.
  deploy::ControlPlane& reader() { return paced_reader_; }
  /// For changes: each call once, for `apply` and `remove_deployment` to decide what comes next.
  deploy::ControlPlane& writer() { return paced_writer_; }

 private:
  AwsAccount account_;
  deploy::DeploymentNames names_;
  ControlPlaneClock clock_;
  deploy::AwsControlPlane reader_, writer_;
  deploy::PacedControlPlane paced_reader_, paced_writer_;
};

}  // namespace stepconf::cli
