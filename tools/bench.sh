#!/usr/bin/env bash
# Prints the benchmark tables of docs/evaluation.md.
set -euo pipefail
cd "$(dirname "$0")/.."

for name in optimizer solver plan percentile simulation executor; do
  printf '\n== %s\n' "$name"
  "build/bin/${name}_bench" --benchmark_min_time=0.2 2>/dev/null
done
printf '\n== warm pools\n'
build/bin/warm_bench --runs 1000
printf '\n== general DAGs\n'
build/bin/dag_bench --sizes 24 50 100
printf '\n== the optimum, its judge, and the other strategies\n'
build/bin/exactness_bench
printf '\n== a percentile bound\n'
build/bin/jolteon_bench
printf '\n== estimator\n'
build/bin/estimator_bench
printf '\n== local platform\n'
build/bin/local_bench --wrapper build/bin/stepconf-wrapper
printf '\n== wrapper\n'
build/bin/wrapper_bench --wrapper build/bin/stepconf-wrapper
printf '\n== objects\n'
build/bin/objects_bench
printf '\n== processes\n'
bench/primes.py
