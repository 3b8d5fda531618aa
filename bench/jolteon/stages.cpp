#include "bench/jolteon/stages.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <tuple>

#include "stepconf/base/file.h"
#include "stepconf/estimator/csv.h"

namespace stepconf::bench {
namespace {

constexpr double kMbPerVcpu = 1792;
// USD: a GB-second times the GB of a vCPU, and a request.
constexpr double kUsdPerVcpuSecond = 2.9225e-5, kUsdPerRequest = 2e-7;

using Terms = std::vector<double>;

struct Fit {
  Eigen::VectorXd mean;
  // A square root of the covariance.
  Eigen::MatrixXd spread;
  double error = 0;

  Eigen::VectorXd draw(std::mt19937& random) const {
    std::normal_distribution<double> normal;
    Eigen::VectorXd drawn(mean.size());
    for (double& value : drawn) value = normal(random);
    return mean + spread * drawn;
  }
};

Fit fit(const std::vector<Terms>& rows, const std::vector<double>& values) {
  const auto count = static_cast<Eigen::Index>(rows.size());
  const auto terms = static_cast<Eigen::Index>(rows.front().size());
  Eigen::MatrixXd matrix(count, terms);
  for (Eigen::Index i = 0; i < count; ++i)
    for (Eigen::Index j = 0; j < terms; ++j) matrix(i, j) = rows[i][j];
  const Eigen::VectorXd right = Eigen::Map<const Eigen::VectorXd>(values.data(), count);
  Fit result;
  result.mean = matrix.colPivHouseholderQr().solve(right);
  const Eigen::VectorXd rest = right - matrix * result.mean;
  const double variance = rest.squaredNorm() / static_cast<double>(count - terms);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> inverse(
      variance * (matrix.transpose() * matrix).inverse());
  result.spread =
      inverse.eigenvectors() * inverse.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal();
  for (Eigen::Index i = 0; i < count; ++i)
    if (right(i) > 0) result.error += std::abs(rest(i) / right(i)) / static_cast<double>(count);
  return result;
}

Terms transfer(double x) { return {1 / x, 1}; }
Terms computing(double x) { return {1 / x, std::log(x) / x, 1 / (x * x), 1}; }

}  // namespace

StageModel::StageModel(const std::vector<Run>& runs, bool serial, int samples, unsigned seed)
    : serial_(serial) {
  std::vector<double> cold;
  for (const Run& run : runs) cold.push_back(run.cold);
  // Of the two forms, by d and by kd, the better; of a serial stage by k.
  const auto better = [&](double Run::* part, Terms (*form)(double), bool& by_both) {
    std::vector<Terms> by_d, by_kd;
    std::vector<double> values;
    for (const Run& run : runs) {
      by_d.push_back(form(serial ? run.configuration.vcpus : run.configuration.functions));
      by_kd.push_back(form(run.configuration.functions * run.configuration.vcpus));
      values.push_back(run.*part);
    }
    Fit one = fit(by_d, values);
    if (serial) return one;
    Fit both = fit(by_kd, values);
    by_both = both.error <= one.error;
    return by_both ? both : one;
  };
  bool reads_by_both = false, writes_by_both = false;
  const Fit read = better(&Run::read, transfer, reads_by_both);
  const Fit compute = better(&Run::compute, computing, computes_by_both_);
  const Fit write = better(&Run::write, transfer, writes_by_both);
  const auto put_together = [&](double cold_s, const Eigen::VectorXd& r, const Eigen::VectorXd& c,
                                const Eigen::VectorXd& w) {
    Coefficients sum{};
    sum[0] = cold_s;
    sum[reads_by_both ? 2 : 1] += r(0);
    sum[computes_by_both_ ? 2 : 1] += c(0);
    sum[writes_by_both ? 2 : 1] += w(0);
    sum[3] = c(1);
    sum[4] = c(2);
    sum[5] = r(1) + c(3) + w(1);
    return sum;
  };
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::size_t> any(0, cold.size() - 1);
  for (int i = 0; i < samples; ++i) {
    const double cold_s = cold[any(random)];
    const Eigen::VectorXd r = read.draw(random), c = compute.draw(random), w = write.draw(random);
    samples_.push_back(put_together(cold_s, r, c, w));
  }
  std::sort(cold.begin(), cold.end());
  mean_ = put_together(cold[cold.size() * 7 / 10], read.mean, compute.mean, write.mean);
}

StageModel::Coefficients StageModel::terms(const StageConfiguration& configuration) const {
  const double d = configuration.functions, k = configuration.vcpus;
  const double own = serial_ ? k : d, both = serial_ ? k : k * d;
  const double x = computes_by_both_ ? both : own;
  return {1, 1 / own, 1 / both, std::log(x) / x, 1 / (x * x), 1};
}

double StageModel::usd(const StageConfiguration& configuration) const {
  const double d = configuration.functions;
  const Coefficients times = terms(configuration);
  const double seconds = std::inner_product(times.begin(), times.end(), mean_.begin(), 0.0);
  return seconds * d * configuration.vcpus * kUsdPerVcpuSecond + d * kUsdPerRequest;
}

std::vector<StageModel> stage_models(const std::filesystem::path& data, const std::string& workflow,
                                     int samples) {
  const std::filesystem::path file = data / "lambda-stages" / (workflow + ".csv");
  const estimator::CsvTable table = estimator::parse_csv(read_file(file), file.string());
  std::map<std::string, std::map<std::tuple<int, int, int>, StageModel::Run>> stages;
  std::set<std::string> parallel;
  for (const auto& row : table.rows) {
    const estimator::CsvFields fields(table, row);
    const int epoch = *fields.whole("epoch", 0, 1000);
    if (epoch == 0) continue;
    const std::string stage(fields.text("stage"));
    const int memory = *fields.whole("memory_mb", 1, 20'000);
    const int configured = *fields.whole("configured_functions", 1, 10'000);
    if (*fields.whole("functions", 1, 10'000) != 1) parallel.insert(stage);
    StageModel::Run& run = stages[stage][{memory, configured, epoch}];
    run.configuration = {static_cast<double>(configured), memory / kMbPerVcpu};
    const std::string_view component = fields.text("component");
    (component == "cold"      ? run.cold
     : component == "read"    ? run.read
     : component == "compute" ? run.compute
                              : run.write) = *fields.number("avg_s", 0, 1e6);
  }
  std::vector<StageModel> models;
  for (const auto& [stage, by_configuration] : stages) {
    std::vector<StageModel::Run> runs;
    for (const auto& [key, run] : by_configuration) runs.push_back(run);
    models.emplace_back(runs, !parallel.contains(stage), samples,
                        static_cast<unsigned>(models.size() + 1));
  }
  return models;
}

}  // namespace stepconf::bench
