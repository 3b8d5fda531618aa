#!/usr/bin/env bash
# Builds the release preset into build/. --tests adds the tests, --bench the benchmarks.
set -euo pipefail
cd "$(dirname "$0")/.."

options=()
for option in "$@"; do
  case $option in
    --tests) options+=(-DSTEPCONF_TESTS=ON) ;;
    --bench) options+=(-DSTEPCONF_BENCH=ON) ;;
    *) echo "tools/build.sh: unknown option $option" >&2; exit 2 ;;
  esac
done
# A plain build leaves the tests out; once they were asked for they stay in. The first build compiles
# sources together (cmake/StepConf.cmake).
if [[ ! -f build/CMakeCache.txt ]]; then
  options=(-DSTEPCONF_TESTS=OFF -DSTEPCONF_UNITY=ON "${options[@]}")
fi

mkdir -p build
if ! cmake --preset release "${options[@]}" >build/configure.log 2>&1; then
  tail -n 30 build/configure.log >&2
  exit 1
fi
ninja -C build
