#include "tests/solver/cbc.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/temporary_folder.h"

namespace stepconf::tests {
namespace {

// Costs are scaled so that CBC's absolute tolerances mean little.
constexpr double kUsdTimes = 1e6;

std::string program(const solver::Problem& problem, double limit) {
  const int size = problem.graph.size();
  std::string objective = "Minimize\n cost:", rows = "\nSubject To\n", binaries = "Binaries\n";
  for (int step = 0; step < size; ++step) {
    std::string choice, seconds;
    for (std::size_t k = 0; k < problem.options[step].size(); ++k) {
      const solver::Point& point = problem.options[step][k];
      objective += fmt::format("\n + {:.15g} x{}_{}", kUsdTimes * point.usd, step, k);
      choice += fmt::format(" + x{}_{}", step, k);
      seconds += fmt::format("\n - {:.15g} x{}_{}", point.seconds, step, k);
      binaries += fmt::format(" x{}_{}\n", step, k);
    }
    rows += fmt::format(" choice{}:{} = 1\n", step, choice);
    // s = start, at least 0 as any variable.
    rows += fmt::format(" end{}: - s{}{} >= {:.15g}\n", step, step, seconds, -limit);
    for (const workflow::StepId next : problem.graph.successors[step])
      rows += fmt::format(" edge{}_{}: s{} - s{}{} >= 0\n", step, next, next, step, seconds);
  }
  return objective + rows + binaries + "End\n";
}

}  // namespace

bool has_cbc() { return std::system("command -v cbc >/dev/null 2>&1") == 0; }

std::optional<CbcAnswer> solve_with_cbc(const solver::Problem& problem, double limit) {
  const TemporaryFolder folder;
  const std::string lp = folder.path() / "problem.lp", solution = folder.path() / "solution";
  std::ofstream(lp) << program(problem, limit);
  CbcAnswer answer;
  const auto solved = [&](const char* settings) {
    const auto began = std::chrono::steady_clock::now();
    const std::string command = fmt::format(
        "cbc {} ratioGap 0 allowableGap 0 integerTolerance 1e-9 primalTolerance 1e-9 threads 0 {} "
        "solve solution {} >/dev/null 2>&1",
        lp, settings, solution);
    const bool ended = std::system(command.c_str()) == 0;
    answer.took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return ended;
  };
  if (!solved("") && !solved("preprocess off")) return std::nullopt;
  std::ifstream file(solution);
  std::string line;
  std::getline(file, line);
  answer.optimal = line.starts_with("Optimal");
  std::vector<int> options(problem.options.size(), 0);
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string place, name;
    double value = 0;
    words >> place >> name >> value;
    const std::size_t bar = name.find('_');
    if (!name.starts_with('x') || value < 0.5) continue;
    options[std::stoi(name.substr(1, bar - 1))] = std::stoi(name.substr(bar + 1));
  }
  answer.best = solver::evaluate(problem, std::move(options));
  return answer;
}

}  // namespace stepconf::tests
