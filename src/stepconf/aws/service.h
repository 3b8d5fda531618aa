#pragma once

#include <string>
#include <string_view>

#include "stepconf/aws/environment.h"
#include "stepconf/aws/service_client.h"

namespace stepconf::aws {

/// How a service is found and signed for.
struct Service {
  /// As in AWS_ENDPOINT_URL_<SERVICE>.
  std::string_view variable;
  /// The first part of its host's name.
  std::string_view host;
  /// As in signatures, and as actions of policies begin.
  std::string_view signing;
  /// One for all regions of a partition.
  bool global = false;
};

inline constexpr Service kLambda{"LAMBDA", "lambda", "lambda"};
inline constexpr Service kStepFunctions{"SFN", "states", "states"};
inline constexpr Service kDynamoDb{"DYNAMODB", "dynamodb", "dynamodb"};
inline constexpr Service kCloudFormation{"CLOUDFORMATION", "cloudformation", "cloudformation"};
inline constexpr Service kSts{"STS", "sts", "sts"};
inline constexpr Service kLogs{"CLOUDWATCH_LOGS", "logs", "logs"};
inline constexpr Service kIam{"IAM", "iam", "iam", true};

/// Gives the name that a region's hosts end with: "amazonaws.com", in China "amazonaws.com.cn"
/// (https://docs.aws.amazon.com/sdkref/latest/guide/supported-services.html, partitions).
std::string_view domain(std::string_view region);

/// Gives where AWS has a service in a region, and whom requests are signed for there.
Destination public_destination(const Service& service, const std::string& region);

/// The same, or the endpoint that is configured instead, signed for the configured region, with an
/// endpoint of its own us-east-1 where none is. Throws InvalidInput as `region` and `endpoint` do.
Destination destination(const Service& service, const Environment& environment);

}  // namespace stepconf::aws
