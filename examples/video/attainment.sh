#!/usr/bin/env bash
# Repeats both runs of `make run` and tells the share that met its SLO, with its 95 % interval (Wilson).
# Usage: attainment.sh [RUNS]     (default 20; needs the models that `make run` has left)
set -euo pipefail
cd "$(dirname "$0")/../.."

runs=${1:-20}
project=examples/video
out=build/run
stepconf=build/bin/stepconf
[[ -f $out/models.json ]] || { echo "attainment.sh: $out/models.json is missing; run \`make run\` first" >&2; exit 1; }

fastest=$("$stepconf" plan --slo 1ms --json --models "$out/models.json" "$project" || [[ $? -eq 3 ]])
fastest=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["duration_s"])' <<<"$fastest")
for name in tight loose; do
  factor=1.3
  [[ $name == loose ]] && factor=3
  slo=$(python3 -c "print(f'{$factor * $fastest:.2f}s')")
  rm -rf "${out:?}/attainment-$name"
  "$project/prepare.sh" build/assets/carphone_pristine.mp4 "$out/attainment-$name"
  for run in $(seq "$runs"); do
    status=0
    "$stepconf" run --input "$out/attainment-$name/input.json" --slo "$slo" --models "$out/models.json" --json \
      "$project" >"$out/attainment-$name/result-$run.json" 2>/dev/null || status=$?
    [[ $status -eq 0 || $status -eq 3 ]] || { echo "run $run of $name failed, exit status $status" >&2; exit 1; }
    printf '%s %d/%d: exit %d\n' "$name" "$run" "$runs" "$status" >&2
  done
  python3 - "$name" "$slo" "$out/attainment-$name"/result-*.json <<'PYTHON'
import json, statistics, sys

name, slo, *files = sys.argv[1:]
runs = [json.load(open(file)) for file in files]
n, met, z = len(runs), sum(run["met"] for run in runs), 1.959964
share = met / n
middle = (share + z * z / (2 * n)) / (1 + z * z / n)
half = z * ((share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5) / (1 + z * z / n)
durations = sorted(run["duration_s"] for run in runs)
print(f"{name}: SLO {slo}, met {met} of {n} ({share:.0%}, 95 % interval {middle - half:.0%} to {middle + half:.0%}); "
      f"took {durations[0]:.2f} / {statistics.median(durations):.2f} / {durations[-1]:.2f} s (min / median / max), "
      f"mean cost ${statistics.mean(run['cost_usd'] for run in runs):.6f}")
PYTHON
done
