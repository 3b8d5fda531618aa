#include "stepconf/platform/large_payloads.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "stepconf/base/json.h"

namespace stepconf::platform {
namespace {

// How batch events begin, as the executor writes them; anything else is no concern of this class.
constexpr std::string_view kBatch = R"({"stepconf":{)";

// A reference is short, so long results need not be looked into.
constexpr std::size_t kLongestReference = 4096;

// The object that a result stands for; empty where it is the result itself.
std::string object_of(const std::string& payload) {
  if (payload.size() > kLongestReference || !payload.starts_with(kBatch)) return "";
  const Json result = Json::parse(payload, nullptr, /*allow_exceptions=*/false);
  if (!result.is_object() || result.size() != 1) return "";
  const Json& reference = result["stepconf"];
  const auto object = reference.find("object");
  return object != reference.end() && object->is_string() ? object->get<std::string>() : "";
}

}  // namespace

LargePayloads::LargePayloads(Platform& platform, objects::ObjectStore& store, std::string folder,
                             std::size_t most_event_bytes)
    : platform_(platform),
      store_(store),
      folder_(std::move(folder)),
      most_event_bytes_(most_event_bytes) {}

void LargePayloads::start(const Invocation& invocation) {
  if (!invocation.payload.starts_with(kBatch)) return platform_.start(invocation);
  const std::string place = fmt::format(R"("objects":{},)", Json(folder_).dump());
  Invocation changed = invocation;
  std::optional<std::string> jobs_url;
  if (invocation.payload.size() + place.size() > most_event_bytes_) {
    jobs_url = objects::join(folder_, fmt::format("jobs-{}.json", invocation.id));
    changed.payload = by_reference(invocation, *jobs_url);
  }
  changed.payload.insert(kBatch.size(), place);
  batches_[invocation.id] = std::move(jobs_url);
  platform_.start(changed);
}

std::string LargePayloads::by_reference(const Invocation& invocation, const std::string& jobs_url) {
  const Json event = Json::parse(invocation.payload);
  store_.write(jobs_url, event.at("jobs").dump());
  // As text, because the batch is recognised by how it begins.
  return fmt::format(R"({{"stepconf":{},"jobs":{}}})", event.at("stepconf").dump(),
                     Json{{"object", jobs_url}}.dump());
}

std::optional<Completion> LargePayloads::wait_next(Seconds until) {
  auto completion = platform_.wait_next(until);
  if (!completion) return completion;
  const auto batch = batches_.extract(completion->id);
  if (batch.empty()) return completion;
  if (batch.mapped()) discard(*batch.mapped());
  if (completion->ok()) resolve(*completion);
  return completion;
}

void LargePayloads::resolve(Completion& completion) {
  const std::string url = object_of(completion.payload);
  // A function that answers with any other URL must not have that read, let alone removed.
  if (!url.starts_with(objects::join(folder_, ""))) return;
  try {
    completion.payload = store_.read(url);
  } catch (const Error& error) {
    completion.status = "StepConf.ObjectUnavailable";
    completion.error_message = error.what();
    completion.payload =
        Json{{"errorType", completion.status}, {"errorMessage", error.what()}}.dump();
    return;
  }
  discard(url);
}

// What stays is removed with the folder, or by the bucket's lifecycle rule.
void LargePayloads::discard(const std::string& url) {
  try {
    store_.remove(url);
  } catch (const Error&) {
    return;
  }
}

}  // namespace stepconf::platform
