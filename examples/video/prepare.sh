#!/bin/sh
# Writes what a run of the video workflow needs, with absolute file:// URLs.
# Usage: prepare.sh CLIP.mp4 FOLDER [JOBS]
#   FOLDER/input.json     the workflow's input; its frames and video.mp4 go to FOLDER too
#   FOLDER/events/*.json  JOBS sample jobs (default 24) of each function for `stepconf profile`. Those of upscale, detect,
#                         filter and encode name frames that a run with this input leaves in FOLDER.
set -eu

[ $# -ge 2 ] && [ $# -le 3 ] || { echo "usage: prepare.sh CLIP.mp4 FOLDER [JOBS]" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
[ -f "$1" ] || { echo "prepare.sh: $1 is no file; fetch_clip.sh gets the example's clip" >&2; exit 1; }
mkdir -p "$2/events"

python3 - "$here/input.json" "$1" "$2" "${3:-24}" <<'PYTHON'
import json, pathlib, sys

template, clip, folder, jobs = sys.argv[1:]
clip, folder = (pathlib.Path(path).resolve() for path in (clip, folder))
text = pathlib.Path(template).read_text()
text = text.replace("file://@CLIP@", clip.as_uri()).replace("file://@FOLDER@", folder.as_uri())
(folder / "input.json").write_text(text)

run = json.loads(text)
at, names = run["folder"], [f"{i + 1:04}.png" for i in range(int(jobs))]
events = {
    "extract": [{"video": run["video"], "limit": run["limit"], "frames": f"{at}/sample/frames"}],
    "upscale": [{"frame": f"{at}/frames/{n}", "folder": f"{at}/sample/upscaled"} for n in names],
    "detect": [{"frame": f"{at}/upscaled/{n}"} for n in names],
    "filter": [{"frame": f"{at}/upscaled/{n}", "folder": f"{at}/sample/filtered", "colour": run["colour"]} for n in names],
    "encode": [{"frames": [{"frame": f"{at}/upscaled/{i + 1:04}.png", "boxes": []} for i in range(run["limit"])],
                "filtered": [f"{at}/filtered/{i + 1:04}.png" for i in range(run["limit"])],
                "fps": 30, "output": f"{at}/sample/video.mp4"}],
}
for function, sample in events.items():
    (folder / "events" / f"{function}.json").write_text(json.dumps(sample, indent=1) + "\n")
PYTHON
