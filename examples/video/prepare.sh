#!/bin/sh
# Writes the input of a run of the video workflow, with absolute file:// URLs.
# Usage: prepare.sh CLIP.mp4 FOLDER
# FOLDER/input.json is input.json with both filled in; frames and video.mp4 will go to FOLDER too.
set -eu

[ $# -eq 2 ] || { echo "usage: prepare.sh CLIP.mp4 FOLDER" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
[ -f "$1" ] || { echo "prepare.sh: $1 is no file; fetch_clip.sh gets the example's clip" >&2; exit 1; }
mkdir -p "$2"

python3 - "$here/input.json" "$1" "$2" <<'PYTHON'
import pathlib, sys

template, clip, folder = sys.argv[1:]
clip, folder = (pathlib.Path(path).resolve() for path in (clip, folder))
text = pathlib.Path(template).read_text()
text = text.replace("file://@CLIP@", clip.as_uri()).replace("file://@FOLDER@", folder.as_uri())
(folder / "input.json").write_text(text)
PYTHON
