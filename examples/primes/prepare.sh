#!/usr/bin/env bash
# Makes the Python runtime of the example's functions, AWS's own, in build/primes/python; quick where it is there.
set -euo pipefail
cd "$(dirname "$0")"

venv=../../build/primes/python
if ! cmp -s python/requirements.txt "$venv/installed.txt"; then
  echo "Installing into build/primes/python: $(<python/requirements.txt)" >&2
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r python/requirements.txt
  cp python/requirements.txt "$venv/installed.txt"
fi
