"""What the tests of the command share: a folder with a project, and the program run in it.

Needs nothing but Python's standard library. STEPCONF names the program under test.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
STEPCONF = os.path.abspath(os.environ["STEPCONF"])

RETRY = {"ErrorEquals": ["RuntimeError"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}


def task(function, **more):
    return {"Type": "Task", "Resource": f"arn:aws:lambda:us-east-1:123456789012:function:{function}", **more}


MACHINE = {
    "StartAt": "Prepare",
    "States": {
        "Prepare": {"Type": "Pass", "Next": "Work"},
        "Work": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "ItemProcessor": {"StartAt": "One", "States": {"One": task("work", End=True, Retry=[RETRY])}},
            "ResultPath": "$.results",
            "Next": "Finish",
        },
        "Finish": task("finish", InputPath="$.results[0]", End=True),
    },
}

PROJECT = f"""schema: 1
workflow: workflow.asl.json
jobs: {{Work: 4}}
functions:
  work: {{command: [{sys.executable}, {HERE}/function.py], timeout: 5s}}
  finish: {{command: [{sys.executable}, {HERE}/function.py], timeout: 5s}}
models: models.json
slo: 30s
configurations: {{memory_mb: [1024, 1769], instances: [1, 2], processes: [1, 2]}}
platform: {{kind: local, cpu_scale: 0.2}}
"""


def table(*rows):
    options = [dict(zip(("memory_mb", "instances", "processes", "duration_s", "cost_usd"), row)) for row in rows]
    return {"form": "table", "options": options}


class Command(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.write("workflow.asl.json", json.dumps(MACHINE))
        self.write("stepconf.yaml", PROJECT)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

    def write_models(self, **functions):
        return self.write("models.json", json.dumps({"schema": 1, "functions": functions}))

    def stepconf(self, *arguments, status=0):
        done = subprocess.run([STEPCONF, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, timeout=100)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def json(self, *arguments, status=0):
        return json.loads(self.stepconf(*arguments, "--json", status=status).stdout)


def with_marker(marker):
    """Processes whose environment holds the marker."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            pass
    return found
