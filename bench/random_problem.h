// Random workflows of no series-parallel shape, with 192 configurations a step, for benchmarks.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "stepconf/solver/problem.h"

namespace stepconf::bench {

enum class Shape {
  /// Layers of 1 to 2 * sqrt(size) steps; each step waits for 1 to 3 steps of the layer before.
  layered,
  /// Steps in a random order, each pair joined with a probability that gives 2 edges a step.
  sparse,
  /// The same with 6 edges a step.
  dense,
  /// As Montage builds a mosaic: project each image, fit the differences of overlapping pairs, one
  /// model of all, correct each image, then add, shrink and paint.
  montage,
};

inline constexpr std::pair<Shape, std::string_view> kShapes[] = {{Shape::layered, "layered"},
                                                                 {Shape::sparse, "sparse"},
                                                                 {Shape::dense, "dense"},
                                                                 {Shape::montage, "montage"}};

inline workflow::Graph random_graph(Shape shape, int size, std::mt19937& random) {
  const auto below = [&](int n) { return std::uniform_int_distribution(0, n - 1)(random); };
  workflow::Graph graph(size);
  if (shape == Shape::layered) {
    const int widest = std::max(2, static_cast<int>(2 * std::sqrt(size)));
    int first = 0, layer = 0, before = 0;
    for (int step = 0; step < size; ++step) {
      if (step == first + layer) {
        before = first;
        first = step;
        layer = 1 + below(widest);
      }
      if (first == 0) continue;
      for (int edges = 1 + below(3); edges > 0; --edges)
        graph.add_edge(before + below(first - before), step);
    }
  } else if (shape == Shape::montage) {
    // Images, pairs, model, corrections, three steps at the end: about 3 * images + 4.
    const int images = std::max(2, (size - 4) / 3);
    const int pairs = size - 4 - 2 * images;
    const int model = images + pairs;
    for (int pair = 0; pair < pairs; ++pair) {
      const int one = pair % images;
      graph.add_edge(one, images + pair);
      graph.add_edge((one + 1 + below(images - 1)) % images, images + pair);
      graph.add_edge(images + pair, model);
    }
    for (int image = 0; image < images; ++image) {
      graph.add_edge(image, model + 1 + image);
      graph.add_edge(model, model + 1 + image);
      graph.add_edge(model + 1 + image, size - 3);
    }
    graph.add_edge(size - 3, size - 2);
    graph.add_edge(size - 2, size - 1);
  } else {
    const double chance = std::min(0.9, (shape == Shape::dense ? 12.0 : 4.0) / (size - 1));
    std::vector<int> order(size);
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    for (int i = 0; i < size; ++i)
      for (int j = i + 1; j < size; ++j)
        if (std::uniform_real_distribution(0.0, 1.0)(random) < chance)
          graph.add_edge(order[i], order[j]);
  }
  return graph;
}

/// One configuration of a step, and what it comes to.
struct Row {
  int memory = 0;
  int instances = 0;
  int processes = 0;
  solver::Point point;
};

/// 192 configurations with durations and costs of plausible shape.
inline std::vector<Row> random_rows(std::mt19937& random) {
  // The less durations scatter, the fewer configurations are both slower and dearer than another.
  const double scatter = std::uniform_real_distribution(0.0, 0.3)(random);
  std::lognormal_distribution<double> spread(0.0, scatter), size(std::log(60.0), 0.8);
  std::uniform_real_distribution<double> power(0.6, 1.0);
  const double work = size(random), exponent = power(random), serial = 0.05 * spread(random);
  std::vector<Row> rows;
  for (const int memory : {512, 1024, 1536, 2048, 4096, 6144, 8192, 10240}) {
    for (const int instances : {1, 2, 4, 8, 16, 32}) {
      for (const int processes : {1, 2, 4, 8}) {
        const double speed = std::pow(std::min(memory / 1769.0, 1.0 * processes), exponent);
        const double seconds =
            0.2 + work * (serial + (1 - serial) / instances / speed) * spread(random);
        rows.push_back({memory,
                        instances,
                        processes,
                        {seconds, instances * (seconds * memory / 1024 * 1.6667e-5 + 2e-7)}});
      }
    }
  }
  return rows;
}

/// 192 configurations of a step like those of the paper's synthetic workflow: a load of random
/// difficulty and multi-core-friendly ratio, processes that overcrowd their share of a CPU, a
/// mapping delay that grows with the instances, and AWS's fees for invocations and a Map's
/// transitions.
inline std::vector<Row> paper_like_rows(std::mt19937& random) {
  const auto uniform = [&](double low, double high) {
    return std::uniform_real_distribution(low, high)(random);
  };
  const double work = std::exp(uniform(std::log(20.0), std::log(300.0)));
  const double ratio = uniform(0.6, 0.98), overhead = uniform(0.1, 0.6);
  std::vector<Row> rows;
  for (const int memory : {512, 1024, 1536, 2048, 4096, 6144, 8192, 10240}) {
    const double cpus = memory / 1769.0;
    for (const int instances : {1, 2, 4, 8, 16, 32}) {
      for (const int processes : {1, 2, 4, 8}) {
        const double width = std::min(1.0 * processes, std::max(1.0, cpus));
        const double crowd = 1 + 0.02 * std::max(0.0, processes - cpus);
        const double speed = std::min(1.0, cpus) / ((1 - ratio) + ratio / width) / crowd;
        const double seconds = overhead + work / instances / speed;
        const double usd = instances * (seconds * memory / 1024 * 1.66667e-5 + 2e-7 + 2.5e-5);
        rows.push_back(
            {memory, instances, processes, {seconds + 0.05 + 0.004 * instances, usd + 2.5e-5}});
      }
    }
  }
  return rows;
}

/// The Pareto frontier of such configurations.
inline std::vector<solver::Point> random_options(std::mt19937& random) {
  std::vector<solver::Point> all;
  for (const Row& row : random_rows(random)) all.push_back(row.point);
  std::sort(all.begin(), all.end(), [](const solver::Point& a, const solver::Point& b) {
    return a.seconds != b.seconds ? a.seconds < b.seconds : a.usd < b.usd;
  });
  std::vector<solver::Point> frontier;
  for (const solver::Point& point : all)
    if (frontier.empty() || point.usd < frontier.back().usd) frontier.push_back(point);
  return frontier;
}

inline solver::Problem random_problem(Shape shape, int size, std::mt19937& random) {
  solver::Problem problem;
  problem.graph = random_graph(shape, size, random);
  for (int step = 0; step < size; ++step) problem.options.push_back(random_options(random));
  return problem;
}

}  // namespace stepconf::bench
