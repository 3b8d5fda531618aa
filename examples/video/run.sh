#!/usr/bin/env bash
# Profiles the video workflow, fits models, and runs it under a tight and a loose SLO, which come from this machine's own plans.
# Leaves result.json, trace.jsonl and video.mp4 under build/run/tight and build/run/loose.
set -euo pipefail
cd "$(dirname "$0")/../.."

project=examples/video
out=build/run
clip=build/assets/carphone_pristine.mp4
stepconf=build/bin/stepconf

say() { printf '\n\033[1m%s\033[0m\n' "$*" >&2; }
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

"$project/fetch_clip.sh" "$clip"
for run in profile tight loose; do
  rm -rf "${out:?}/$run"
  "$project/prepare.sh" "$clip" "$out/$run"
done

say "1. Profile: the workflow once to see its jobs, then each function at a few test points"
# Anew each time, for these functions are built from sources that may have changed; with few points, for two minutes are enough.
"$stepconf" profile --fresh --points 5 --input "$out/profile/input.json" --output "$out/samples.csv" "$project"

say "2. Fit: models of what each function takes, with the error against what was measured"
"$stepconf" fit --samples "$out/samples.csv" --output "$out/models.json" >&2

# No plan ends within a millisecond, so this is the fastest one; exit status 3 says that the SLO cannot be met.
fastest=$("$stepconf" plan --slo 1ms --json --models "$out/models.json" "$project" || [[ $? -eq 3 ]])
fastest=$(field duration_s <<<"$fastest")

missed=0
run_under() {
  local name=$1 factor=$2 slo status=0
  slo=$(python3 -c "print(f'{$factor * $fastest:.2f}s')")
  say "$3. Run under the $name SLO of $slo, $factor times the fastest plan"
  "$stepconf" run --input "$out/$name/input.json" --slo "$slo" --models "$out/models.json" \
    --trace "$out/$name/trace.jsonl" --json "$project" >"$out/$name/result.json" || status=$?
  [[ $status -eq 0 || $status -eq 3 ]] || exit "$status"
  [[ $status -eq 0 ]] || missed=3
}
run_under tight 1.3 3
run_under loose 3 4

say "What the SLO changed"
python3 "$project/compare.py" "$out/tight/result.json" "$out/loose/result.json"
cat <<EOF

The videos: $out/tight/video.mp4 and $out/loose/video.mp4
What was decided and why, a line a step: $out/tight/trace.jsonl and $out/loose/trace.jsonl
The results as JSON: $out/tight/result.json and $out/loose/result.json
EOF
exit "$missed"
