#!/usr/bin/env bash
# Runs the tests that call the built programs with official AWS clients, and that run official AWS runtimes in them.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/aws_tools.sh
# -rs names what was skipped, and why.
exec build/aws/python/bin/python -m pytest -q -rs tests/aws "$@"
