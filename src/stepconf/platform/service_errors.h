#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace stepconf::platform {

/// The errors of Lambda's Invoke that have a name of their own
/// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors), and what its
/// SDK calls the others: the service's own without a name, and those of the way to it. In all of
/// them the function has no part; Step Functions reports them with the prefix "Lambda.".
inline constexpr std::array<std::string_view, 38> kServiceErrors = {
    "AWSLambdaException",
    "ClientExecutionTimeoutException",
    "CodeArtifactUserDeletedException",
    "CodeArtifactUserFailedException",
    "CodeArtifactUserPendingException",
    "EC2AccessDeniedException",
    "EC2ThrottledException",
    "EC2UnexpectedException",
    "EFSIOException",
    "EFSMountConnectivityException",
    "EFSMountFailureException",
    "EFSMountTimeoutException",
    "ENILimitReachedException",
    "InvalidParameterValueException",
    "InvalidRequestContentException",
    "InvalidRuntimeException",
    "InvalidSecurityGroupIDException",
    "InvalidSubnetIDException",
    "InvalidZipFileException",
    "KMSAccessDeniedException",
    "KMSDisabledException",
    "KMSInvalidStateException",
    "KMSNotFoundException",
    "NoPublishedVersionException",
    "RecursiveInvocationException",
    "RequestTooLargeException",
    "ResourceConflictException",
    "ResourceNotFoundException",
    "ResourceNotReadyException",
    "SdkClientException",
    "SerializedRequestEntityTooLargeException",
    "ServiceException",
    "SnapStartException",
    "SnapStartNotReadyException",
    "SnapStartTimeoutException",
    "SubnetIPAddressLimitReachedException",
    "TooManyRequestsException",
    "UnsupportedMediaTypeException"};

/// Tells whether an invocation's status is Lambda's own failure, not the function's.
constexpr bool is_service_error(std::string_view status) {
  return std::ranges::find(kServiceErrors, status) != kServiceErrors.end();
}

}  // namespace stepconf::platform
