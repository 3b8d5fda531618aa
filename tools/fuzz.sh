#!/usr/bin/env bash
# Runs every fuzz target for a while (tests/fuzz). Usage: tools/fuzz.sh [SECONDS [NAME]...]
# What is found lies in build/fuzz/found/; move it to tests/fuzz/corpus/NAME, where the tests replay it for ever.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
names=("${@:2}")
mkdir -p build/fuzz/found
if ! cmake --preset fuzz >build/fuzz/configure.log 2>&1; then
  tail -n 30 build/fuzz/configure.log >&2
  exit 1
fi
if [[ ${#names[@]} -eq 0 ]]; then
  for corpus in tests/fuzz/corpus/*; do names+=("$(basename "$corpus")"); done
fi
ninja -C build/fuzz "${names[@]/%/_fuzz}"
for name in "${names[@]}"; do
  # New inputs that reach new code are kept for the next time, beside the committed ones.
  mkdir -p "build/fuzz/corpus/$name"
  log=build/fuzz/$name.log
  if ! "build/fuzz/bin/${name}_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="build/fuzz/found/$name-" \
      "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    echo "fuzz: $name failed; the input is in build/fuzz/found/" >&2
    exit 1
  fi
  echo "fuzz: $name: $(grep -oE '^#[0-9]+' "$log" | tail -n 1 | tr -d '#') inputs in $seconds s, nothing found"
done
