#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <tuple>

#include "stepconf/cli/main.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/cli/workspace.h"
#include "stepconf/compiled/workflow_identity.h"
#include "stepconf/estimator/wilson.h"
#include "stepconf/report/table.h"
#include "stepconf/store/run_history.h"

namespace stepconf::cli {
namespace {

struct HistoryArguments {
  std::filesystem::path project = ".";
  bool json = false;
};

// What the runs of one strategy under one SLO and target came to.
struct Group {
  int runs = 0, failed = 0, met = 0;
  double seconds = 0, usd = 0;

  int ended() const { return runs - failed; }
};

using GroupKey = std::tuple<std::string, std::optional<Seconds>, double>;

struct History {
  std::map<GroupKey, Group> groups;
  std::vector<store::Price> prices;
  // Runs of the workflow as it was defined before.
  int others = 0;
};

History summarise(const std::vector<store::RunEntry>& runs, std::vector<store::Price> prices,
                  const std::string& workflow) {
  History history;
  for (const store::RunEntry& run : runs) {
    if (run.workflow != workflow) {
      ++history.others;
      continue;
    }
    Group& group = history.groups[{run.strategy, run.slo, run.target}];
    ++group.runs;
    if (run.status != "succeeded") {
      ++group.failed;
      continue;
    }
    group.met += run.met;
    group.seconds += run.duration.count();
    group.usd += run.cost.value;
  }
  std::erase_if(prices, [&](const store::Price& price) { return price.key.workflow != workflow; });
  history.prices = std::move(prices);
  return history;
}

OrderedJson mean(double sum, int count) {
  return count > 0 ? OrderedJson(sum / count) : OrderedJson(nullptr);
}

OrderedJson to_json(const GroupKey& key, const Group& group) {
  const auto& [strategy, slo, target] = key;
  OrderedJson json = {
      {"strategy", strategy},   {"slo_s", slo ? OrderedJson(slo->count()) : OrderedJson(nullptr)},
      {"target", target},       {"runs", group.runs},
      {"failed", group.failed}, {"met", slo ? OrderedJson(group.met) : OrderedJson(nullptr)}};
  if (slo && group.ended() > 0) {
    const auto interval = estimator::wilson_interval(group.met, group.ended());
    json["attainment"] = static_cast<double>(group.met) / group.ended();
    json["attainment_ci"] = {interval.lower, interval.upper};
  } else {
    json["attainment"] = nullptr;
    json["attainment_ci"] = nullptr;
  }
  json["duration_s"] = mean(group.seconds, group.ended());
  json["cost_usd"] = mean(group.usd, group.ended());
  return json;
}

OrderedJson to_json(const History& history, const std::string& workflow) {
  OrderedJson document = {{"workflow", workflow},
                          {"strategies", OrderedJson::array()},
                          {"prices", OrderedJson::array()},
                          {"runs_of_other_definitions", history.others}};
  for (const auto& [key, group] : history.groups)
    document["strategies"].push_back(to_json(key, group));
  for (const store::Price& price : history.prices) {
    document["prices"].push_back({{"slo_s", price.key.slo.count()},
                                  {"target", price.key.target},
                                  {"log_price", price.log_price},
                                  {"moves", price.moves}});
  }
  return document;
}

std::string attainment(const Group& group) {
  if (group.ended() == 0) return "-";
  const auto interval = estimator::wilson_interval(group.met, group.ended());
  return fmt::format("{:.1f} % ({:.1f} to {:.1f})", 100.0 * group.met / group.ended(),
                     100 * interval.lower, 100 * interval.upper);
}

std::string short_percent(double share) { return fmt::format("{:g} %", 100 * share); }

void print(const History& history) {
  using report::Align;
  if (history.groups.empty()) {
    std::cout << "No run of this workflow is recorded yet; `stepconf run` records each.\n";
  } else {
    report::Table table({{"strategy"},
                         {"SLO", Align::right},
                         {"target", Align::right},
                         {"runs", Align::right},
                         {"failed", Align::right},
                         {"met the SLO (95 % interval)", Align::right},
                         {"took", Align::right},
                         {"cost", Align::right}});
    for (const auto& [key, group] : history.groups) {
      const auto& [strategy, slo, target] = key;
      const bool any = group.ended() > 0;
      table.add({strategy, slo ? format_duration(*slo) : "-", short_percent(target),
                 std::to_string(group.runs), std::to_string(group.failed),
                 slo ? attainment(group) : "-",
                 any ? format_duration(Seconds(group.seconds / group.ended())) : "-",
                 any ? report::format_usd(group.usd / group.ended()) : "-"});
    }
    std::cout << table.text();
  }
  if (!history.prices.empty()) {
    report::Table table({{"SLO", Align::right},
                         {"target", Align::right},
                         {"price of a miss, log10", Align::right},
                         {"moved by", Align::right}});
    for (const store::Price& price : history.prices) {
      table.add({format_duration(price.key.slo), short_percent(price.key.target),
                 fmt::format("{:.3f}", price.log_price), fmt::format("{} runs", price.moves)});
    }
    std::cout << "\n" << table.text();
  }
  if (history.others > 0)
    std::cout << fmt::format("\n{} runs of this project's workflow as it was defined before.\n",
                             history.others);
}

int history_verb(const HistoryArguments& arguments) {
  const Workspace workspace = open_workspace(arguments.project, {}, ModelsAre::ignored);
  const std::filesystem::path file = store::run_history_file(workspace.project.folder);
  const std::string workflow = compiled::identity(workspace.workflow);
  History history;
  // Asking makes no file.
  if (std::filesystem::exists(file)) {
    store::RunHistory stored(file);
    history = summarise(stored.runs(), stored.prices(), workflow);
  }
  if (arguments.json) {
    std::cout
        << to_json(history, workflow).dump(2, ' ', false, OrderedJson::error_handler_t::replace)
        << "\n";
  } else {
    print(history);
  }
  return kDone;
}

}  // namespace

void add_history(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<HistoryArguments>();
  CLI::App* verb = app.add_subcommand(
      "history",
      "Show what earlier runs came to: how often each strategy met the SLO, at what cost");
  add_project(*verb, arguments->project);
  verb->add_flag("--json", arguments->json, "Print one JSON document instead of tables");
  verb->callback([arguments, &status] { status = history_verb(*arguments); });
}

}  // namespace stepconf::cli
