// The tests' handler for AWS's own C++ runtime (aws-lambda-cpp): does what its event says, as
// handlers/python/index.py.

#include <aws/lambda-runtime/runtime.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

namespace {

using aws::lambda_runtime::invocation_request;
using aws::lambda_runtime::invocation_response;
using Json = nlohmann::json;

invocation_response success(const Json& result) {
  return invocation_response::success(result.dump(), "application/json");
}

/// How often this job has been tried, this time included.
long attempts(const Json& event) {
  std::ofstream file(event["count"].get<std::string>(), std::ios::app | std::ios::ate);
  file << 'x' << std::flush;
  return file.tellp();
}

invocation_response handle(const invocation_request& request) {
  const Json event = Json::parse(request.payload);
  if (event.contains("pause_ms")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(event["pause_ms"].get<int>()));
  }
  if (event.contains("number")) {
    const auto number = event["number"].get<long>();
    return success(number * number);
  }
  if (event.contains("context")) {
    return success({{"request_id", request.request_id},
                    {"arn", request.function_arn},
                    {"trace_id", request.xray_trace_id},
                    {"remaining_ms", request.get_time_remaining().count()}});
  }
  if (event.contains("say")) {
    std::cout << event["say"].get<std::string>() << std::endl;
    return success(::getpid());
  }
  if (event.contains("raise")) {
    return invocation_response::failure(event["raise"].get<std::string>(), "NoSuchFrame", "");
  }
  if (event.contains("count")) {
    const long attempt = attempts(event);
    if (attempt <= event.value("fails", 0)) {
      return invocation_response::failure(std::to_string(attempt), "NoSuchFrame", "");
    }
    if (attempt > event.value("dies", 0)) return success(attempt);
  }
  if (event.contains("kill") || event.contains("dies")) std::raise(SIGKILL);
  return success(event);
}

}  // namespace

int main() {
  if (const char* failure = std::getenv("FAIL_INIT")) {
    std::cerr << failure << '\n';
    return 1;
  }
  aws::lambda_runtime::run_handler(handle);
}
