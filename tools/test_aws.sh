#!/usr/bin/env bash
# Runs the tests that call the built programs with official AWS clients. The clients live in a virtual environment under build/.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=build/venv-aws
wanted=tests/aws/requirements.txt
if ! cmp -s "$wanted" "$venv/installed.txt"; then
  echo "Installing into $venv: $(grep -v '^#' "$wanted" | tr '\n' ' ')" >&2
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$wanted"
  cp "$wanted" "$venv/installed.txt"
fi
exec "$venv/bin/python" -m pytest -q tests/aws "$@"
