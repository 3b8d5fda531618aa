"""`stepconf evaluate estimator` as a black box, on a tiny configuration space."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys

from command import HERE, STEPCONF, Command

FUNCTION = f"command: [{sys.executable}, {HERE}/function.py], timeout: 20s"
PROJECT = f"""schema: 1
steps:
  - {{name: Work, function: work, jobs: 4}}
  - {{name: Alu, function: alu, after: [Work]}}
functions:
  work: {{{FUNCTION}, profile: {{events: jobs.json}}}}
  alu: {{{FUNCTION}, profile: {{events: alu.json}}}}
configurations: {{memory_mb: [1024, 1769], instances: [1, 2], processes: [1, 2]}}
platform: {{kind: local, cpu_scale: 0.2}}
"""


class Evaluate(Command):
    def setUp(self):
        super().setUp()
        self.write("stepconf.yaml", PROJECT)
        self.write("jobs.json", json.dumps([{"n": n, "cpu_s": 0.005} for n in range(4)]))
        self.write("alu.json", json.dumps([{"repeat": 1, "cpu_s": 0.005}]))

    def evaluate(self, *arguments, status=0):
        done = subprocess.run([STEPCONF, "evaluate", "estimator", "--quick", "--output", "out", *arguments], cwd=self.folder,
                              capture_output=True, text=True, timeout=200)
        if "without CPU limits" in done.stderr:
            self.skipTest(done.stderr.splitlines()[-1])
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def rows(self, name):
        with open(self.folder / "out" / name, newline="") as file:
            return list(csv.DictReader(file))

    def test_measures_everything_once_and_draws_it(self):
        done = self.evaluate("--json", "--tests", "5", "--most-instances", "1")
        self.assertIn("Measuring all this takes about", done.stderr)
        report = json.loads(done.stdout)
        work = report["functions"]["work"]
        # 4 or 2 jobs with 1 or 2 processes at two memory sizes.
        self.assertEqual((work["tests"], work["loads"]), (5, 8))
        self.assertGreaterEqual(work["invocations"]["training"], 10)
        self.assertTrue(report["complete"])
        errors = [abs(float(row["relative_error"])) for row in self.rows("errors.csv")]
        self.assertEqual(len(errors), 8)
        self.assertAlmostEqual(work["error"]["max"], max(errors), places=4)
        self.assertAlmostEqual(work["error"]["mean"], sum(errors) / 8, places=4)
        figures = ["fig3", "fig4", "fig5-work", "fig6-work", "fig10-work", "fig12-work", "fig12-work-max"]
        self.assertCountEqual(report["figures"], figures)
        self.assertEqual({row["ratio"] for row in self.rows("fig3.csv")}, {"0", "0.5", "1"})
        self.assertEqual({row["kind"] for row in self.rows("fig4.csv")}, {"measured", "published"})
        if shutil.which("gnuplot"):
            for figure in figures:
                self.assertIn("<svg", (self.folder / "out" / f"{figure}.svg").read_text())

        before = (self.folder / "out" / "truth.csv").read_text()
        again = self.evaluate("--tests", "5", "--only", "training,truth", "stepconf.yaml")
        self.assertIn("Everything has been measured", again.stderr)
        self.assertEqual((self.folder / "out" / "truth.csv").read_text(), before)
        # What was measured is drawn without being measured again, also where it can no longer be.
        self.write("jobs.json", "[]")
        redrawn = json.loads(self.evaluate("--draw", "--json", "--only", "fig10").stdout)
        self.assertEqual((redrawn["figures"], redrawn["functions"]), (["fig10-work"], report["functions"]))

    def test_ctrl_c_keeps_what_was_measured_and_the_next_call_goes_on(self):
        self.evaluate("--only", "training", "--tests", "1")
        process = subprocess.Popen([STEPCONF, "evaluate", "estimator", "--quick", "--output", "out", "--only", "truth"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in process.stderr:
            if " sample" in line:
                break
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        self.assertIn("the same command goes on from there", rest)
        before = (self.folder / "out" / "truth.csv").read_text()
        self.assertLess(len({(row["memory_mb"], row["processes"], row["jobs"]) for row in self.rows("truth.csv")}), 8)
        self.evaluate("--only", "truth")
        self.assertTrue((self.folder / "out" / "truth.csv").read_text().startswith(before))
        self.assertEqual(len({(row["memory_mb"], row["processes"], row["jobs"]) for row in self.rows("truth.csv")}), 8)

    def test_says_what_is_wrong(self):
        cases = [(["--only", "fig33"], "must be of"), (["--cpu-scale", "1.5"], "cpu-scale"), (["nowhere"], "nowhere")]
        for arguments, message in cases:
            self.assertIn(message, self.evaluate(*arguments, status=2).stderr)
        self.write("stepconf.yaml", PROJECT.replace(", profile: {events: jobs.json}", ""))
        self.assertIn("functions.work: there is nothing to measure it with", self.evaluate(status=2).stderr)
        (self.folder / "out").mkdir()
        self.write("out/evaluation.json", '{"cpu_scale": 0.1}')
        self.write("stepconf.yaml", PROJECT)
        self.assertIn("measured with cpu_scale 0.1, not 0.2", self.evaluate(status=2).stderr)
        if len(os.sched_getaffinity(0)) < 6:
            self.write("stepconf.yaml", PROJECT.replace("1769]", "10240]"))
            self.assertIn("the largest memory size has 5.79 CPUs", self.evaluate("--cpu-scale", "1", status=2).stderr)
