#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stepconf::asl {

/// A Lambda function as a state machine names it.
struct LambdaFunction {
  std::string name;
  /// Version or alias; empty where none is given.
  std::string qualifier;
};

/// Reads "arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]" (any partition). Absent where
/// the text is anything else.
std::optional<LambdaFunction> parse_lambda_arn(std::string_view text);

/// Reads a FunctionName of lambda:invoke: "NAME[:QUALIFIER]", "ACCOUNT:function:NAME[:QUALIFIER]"
/// or a full ARN (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). Absent where the
/// text is anything else.
std::optional<LambdaFunction> parse_function_name(std::string_view text);

}  // namespace stepconf::asl
