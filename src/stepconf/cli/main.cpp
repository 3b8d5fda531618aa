#include "stepconf/cli/main.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"
#include "stepconf/cli/fit.h"
#include "stepconf/cli/predict.h"
#include "stepconf/cli/verbs.h"

namespace stepconf::cli {
namespace {

constexpr const char* kAboutAll =
    "StepConf configures a serverless workflow step by step while it runs, so that it ends within "
    "its latency objective (SLO) at the "
    "lowest cost: how much memory each step gets, how many function instances, how many processes "
    "in each.";

constexpr const char* kOrder =
    "\nA project goes through the verbs in this order:\n"
    "  profile   measures its functions           -> samples.csv\n"
    "  fit       makes models of them             -> models.json\n"
    "  predict   asks the models about single configurations\n"
    "  plan      shows what would be chosen, and what it would take and cost\n"
    "  simulate  compares strategies over many simulated runs\n"
    "  run       runs the workflow under an SLO\n"
    "  history   shows how often runs met it, and at what cost\n"
    "  export    writes the state machine for Step Functions, to review\n"
    "  transform writes a SAM or CloudFormation template anew, with StepConf in it\n"
    "  deploy    puts a configured copy of the workflow into an AWS account\n"
    "  status    shows what is there; remove takes it away again\n"
    "`stepconf VERB --help` explains each. PROJECT is a project file, or a folder with a "
    "stepconf.yaml; default the current folder.\n"
    "Exit status: 0 done; 1 failed; 2 wrong usage or invalid input; 3 done, but the SLO was missed "
    "or cannot be met; 130 interrupted.\n";

// CLI11 would say that a verb is missing.
void require_known_verb(const CLI::App& app, std::string_view word) {
  std::vector<std::string_view> names;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(verb->get_name());
  if (std::ranges::find(names, word) != names.end()) return;
  const std::string meant = nearest(word, names);
  throw InvalidInput(fmt::format("there is no verb \"{}\"{}; there are {}", word,
                                 meant.empty() ? "" : fmt::format(", meant \"{}\"?", meant),
                                 fmt::join(names, ", ")));
}

}  // namespace

void add_project(CLI::App& verb, std::filesystem::path& project) {
  verb.add_option("PROJECT", project, "Project file, or a folder that holds stepconf.yaml")
      ->capture_default_str();
}

std::string not_empty(const std::string& text) {
  return text.empty() ? "is empty; give it a value or leave it out" : "";
}

int main(int argc, char** argv) {
  int status = kDone;
  CLI::App app(kAboutAll, "stepconf");
  app.require_subcommand(1);
  app.set_version_flag("--version", "stepconf " STEPCONF_VERSION);
  add_profile(app, status);
  add_fit(app, status);
  add_predict(app, status);
  add_plan(app, status);
  add_simulate(app, status);
  add_run(app, status);
  add_history(app, status);
  add_local(app, status);
  add_evaluate(app, status);
  add_export(app, status);
  add_transform(app, status);
  add_deploy(app, status);
  add_status(app, status);
  add_remove(app, status);
  // After the verbs, which would inherit it.
  app.footer(kOrder);
  try {
    if (argc > 1 && argv[1][0] != '-') require_known_verb(app, argv[1]);
    app.parse(argc, argv);
    std::cout.flush();
    if (!std::cout) throw Error("the result could not be written to standard output");
    return status;
  } catch (const CLI::ParseError& error) {
    // --help and --version come this way too, with the exit code 0.
    return app.exit(error, std::cout, std::cerr) == 0 ? kDone : kInvalidInput;
  } catch (const InvalidInput& error) {
    std::cerr << "stepconf: " << error.what() << "\n";
    return kInvalidInput;
  } catch (const std::exception& error) {
    std::cerr << "stepconf: " << error.what() << "\n";
    return kFailed;
  }
}

}  // namespace stepconf::cli
