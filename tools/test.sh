#!/usr/bin/env bash
# Runs all tests of build/; what fails is printed whole.
set -euo pipefail
cd "$(dirname "$0")/.."

clip=build/assets/carphone_pristine.mp4
if ! examples/video/fetch_clip.sh "$clip"; then
  echo "The clip of the video example could not be fetched: the tests that need it will skip." >&2
fi
STEPCONF_CLIP=$PWD/$clip ctest --test-dir build --output-on-failure -j "$(nproc)" "$@"
