#include "stepconf/executor/step_record.h"

#include <cmath>

#include "stepconf/optimizer/decision_json.h"

namespace stepconf::executor {
namespace {

// A microsecond is finer than any clock involved; more digits only make the lines longer.
double rounded(Seconds time) { return std::round(time.count() * 1e6) / 1e6; }

OrderedJson optional_seconds(const std::optional<Seconds>& time) {
  return time ? OrderedJson(rounded(*time)) : OrderedJson(nullptr);
}

OrderedJson to_json(const InstanceRecord& instance) {
  OrderedJson json = {{"index", instance.index},
                      {"jobs", instance.jobs},
                      {"dispatched_s", rounded(instance.dispatched)},
                      {"started_s", rounded(instance.started)},
                      {"ended_s", rounded(instance.ended)},
                      {"cold", instance.cold},
                      {"init_s", rounded(instance.init)},
                      {"max_memory_mb", instance.max_memory_mb},
                      {"status", instance.status}};
  if (!instance.reported) {
    for (const char* unknown : {"cold", "init_s", "max_memory_mb"}) json[unknown] = nullptr;
  }
  if (instance.failed_jobs > 0) json["failed_jobs"] = instance.failed_jobs;
  return json;
}

}  // namespace

OrderedJson to_json(const StepRecord& record) {
  OrderedJson detail = OrderedJson::array();
  for (const InstanceRecord& instance : record.detail) detail.push_back(to_json(instance));
  OrderedJson line = {{"schema", 1}, {"execution", record.execution}};
  if (record.started_at) line["started_at"] = asl::format_timestamp(*record.started_at);
  if (!record.tells_of_step()) {
    line["choices"] = record.choices;
    return line;
  }
  line["step"] = record.step;
  if (!record.function.empty()) line["function"] = record.function;
  line.update({
      {"attempt", record.attempt},
      {"jobs", record.jobs},
      {"memory_mb", record.configuration.memory.value},
      {"instances", record.configuration.instances},
      {"processes", record.configuration.processes},
      {"sub_slo_s", optional_seconds(record.sub_slo)},
      {"time_left_s", optional_seconds(record.time_left)},
      {"ready_s", rounded(record.ready)},
      {"decided_s", rounded(record.decided)},
      {"ended_s", rounded(record.ended)},
      {"predicted_s", optional_seconds(record.predicted)},
      {"cost_usd", record.cost_known ? OrderedJson(record.cost.value) : OrderedJson(nullptr)},
      {"predicted_usd",
       record.predicted_cost ? OrderedJson(record.predicted_cost->value) : OrderedJson(nullptr)},
      {"reason", record.reason},
      {"detail", std::move(detail)},
  });
  if (record.decision) line.update(optimizer::why_to_json(*record.decision));
  if (record.oversubscribed) line["oversubscribed"] = true;
  if (!record.choices.empty()) line["choices"] = record.choices;
  return line;
}

}  // namespace stepconf::executor
