#include "stepconf/aws/dynamodb.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "stepconf/net/digest.h"

namespace stepconf::aws {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kConditionFailed = "ConditionalCheckFailedException";
// More would only fill logs.
constexpr std::size_t kMostQuoted = 500;
// The waits between attempts: DynamoDB answers in 2 to 10 ms, and callers have little time.
constexpr RetryPolicy kRetry{.attempts = 20,
                             .first_wait = Seconds(0.005),
                             .longest_wait = Seconds(0.05),
                             .total = Seconds(60)};

// An answer that is an error, with its document.
struct Refusal {
  ServiceError error;
  Json document;
};

// {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "..."}
Refusal refusal(const char* operation, const net::Response& response) {
  Json document = Json::parse(response.body, nullptr, false);
  if (!document.is_object()) document = Json::object();
  const auto text = [&](const char* name) {
    const auto found = document.find(name);
    return found != document.end() && found->is_string()
               ? found->get<std::string>().substr(0, kMostQuoted)
               : std::string();
  };
  std::string code = text("__type");
  code.erase(0, code.find('#') + 1);
  const std::string message = text("message").empty() ? text("Message") : text("message");
  return {ServiceError(response.status, code,
                       fmt::format("dynamodb:{}: status {}, {}: {}", operation, response.status,
                                   code, message)),
          std::move(document)};
}

bool may_pass(const ServiceError& error) {
  constexpr std::array<std::string_view, 5> kCodes = {
      "ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded",
      "InternalServerError", "TransactionInProgressException"};
  return error.status() >= 500 || error.status() == 429 ||
         std::ranges::find(kCodes, error.code()) != kCodes.end();
}

class ConditionFailed : public ServiceError {
 public:
  ConditionFailed(const ServiceError& error, Json document)
      : ServiceError(error), document_(std::move(document)) {}
  const Json& document() const { return document_; }

 private:
  Json document_;
};

}  // namespace

Destination dynamodb(const Environment& environment) {
  const std::string where = region(environment);
  const auto named = endpoint(environment, "DYNAMODB");
  const char* suffix = where.starts_with("cn-") ? ".cn" : "";
  return {named.value_or(
              net::Origin{true, fmt::format("dynamodb.{}.amazonaws.com{}", where, suffix), 443}),
          {"dynamodb", where}};
}

DynamoDb::DynamoDb(std::shared_ptr<CredentialChain> credentials, Destination destination)
    : credentials_(std::move(credentials)),
      destination_(std::move(destination)),
      random_(std::random_device{}()),
      connection_(destination_.origin) {}

std::optional<Json> DynamoDb::get_item(const std::string& table, const Json& key,
                                       Deadline deadline) {
  const Json answer =
      call("GetItem", {{"TableName", table}, {"Key", key}, {"ConsistentRead", true}}, deadline);
  const auto item = answer.find("Item");
  if (item == answer.end()) return std::nullopt;
  return *item;
}

DynamoDb::Updated DynamoDb::update_item(const std::string& table, const Json& key,
                                        const Update& update, Deadline deadline) {
  Json request{{"TableName", table},
               {"Key", key},
               {"UpdateExpression", update.update},
               {"ConditionExpression", update.condition},
               {"ReturnValuesOnConditionCheckFailure", "ALL_OLD"}};
  if (!update.names.empty()) request["ExpressionAttributeNames"] = update.names;
  if (!update.values.empty()) request["ExpressionAttributeValues"] = update.values;
  try {
    call("UpdateItem", request, deadline);
    return {.done = true};
  } catch (const ConditionFailed& error) {
    const auto there = error.document().find("Item");
    if (there == error.document().end()) return {};
    return {.done = false, .there = *there};
  }
}

Json DynamoDb::call(const char* operation, const Json& request, Deadline deadline) {
  net::Request post{.method = "POST",
                    .target = "/",
                    .headers = {{{"Content-Type", "application/x-amz-json-1.0"},
                                 {"X-Amz-Target", fmt::format("DynamoDB_20120810.{}", operation)},
                                 {"Host", destination_.origin.authority()}}},
                    .body = request.dump()};
  const std::string digest = net::hexadecimal(net::sha256(post.body));
  const auto start = Clock::now();
  Backoff backoff(kRetry, random_);
  const auto wait_or_rethrow = [&] {
    const auto wait = backoff.next(Clock::now() - start);
    if (!wait || Clock::now() + *wait >= deadline) throw;
    std::this_thread::sleep_for(*wait);
  };
  while (true) {
    try {
      const Time now = std::chrono::system_clock::now();
      sign(post, credentials_->get(now), destination_.scope, now, digest);
      const net::Response response = attempt(post, deadline);
      if (response.status != 200) {
        Refusal refused = refusal(operation, response);
        if (refused.error.code() == kConditionFailed)
          throw ConditionFailed(refused.error, std::move(refused.document));
        throw refused.error;
      }
      return parse_json(response.body, fmt::format("dynamodb:{}'s answer", operation));
    } catch (const ServiceError& error) {
      if (!may_pass(error)) throw;
      wait_or_rethrow();
    } catch (const net::Untrusted&) {
      throw;
    } catch (const InvalidInput&) {
      throw;
    } catch (const Error&) {
      wait_or_rethrow();
    }
  }
}

net::Response DynamoDb::attempt(const net::Request& request, Deadline deadline) {
  // An answer that got lost leaves time for another attempt.
  const Seconds left = deadline - Clock::now();
  if (left <= Seconds(0)) throw Error(destination_.origin.text() + ": no time is left");
  return connection_.exchange(request, left > Seconds(0.02) ? left / 2 : left);
}

}  // namespace stepconf::aws
