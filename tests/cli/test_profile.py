"""`stepconf profile` as a black box: real processes in real sandboxes."""

import collections
import contextlib
import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys

from command import HERE, PROJECT, STEPCONF, Command, with_marker

HEADER = "function,memory_mb,processes,jobs,duration_ms\n"


def project(event, memory="[1024, 1769]", processes="[1]", cpu_scale=0.8):
    return f"""schema: 1
steps: [{{name: Work, function: work, jobs: 4}}]
functions:
  work:
    command: [{sys.executable}, {HERE}/function.py]
    profile: {{event: {json.dumps(event)}}}
configurations: {{memory_mb: {memory}, instances: [1], processes: {processes}}}
platform: {{kind: local, cpu_scale: {cpu_scale}}}
"""


class Profile(Command):
    """A project of one function, with two memory sizes and up to four jobs an instance."""

    def setUp(self):
        super().setUp()
        self.write("stepconf.yaml", project({"n": 1}))

    def profile(self, *arguments, status=0):
        done = self.stepconf("profile", *arguments, "--json", status=status)
        report = json.loads(done.stdout)
        return report, report["functions"]["work"], done.stderr

    def rows(self):
        with open(self.folder / "samples.csv", newline="") as file:
            return list(csv.DictReader(file))

    def warm_rows_by_load(self):
        return collections.Counter((row["memory_mb"], row["processes"], row["jobs"]) for row in self.rows()
                                   if row["cold"] == "0" and row["status"] == "ok")

    def start_and_wait_for_samples(self, count, environment=""):
        """A profiling that has kept so many samples, in the middle of an invocation that does not end by itself."""
        gate = self.folder / "gate"
        os.mkfifo(gate)
        # One job a call or four: two samples are kept before the ninth job hangs, and not all is measured.
        event = {"n": 1, "gate": str(gate), "free_calls": 8}
        self.write("stepconf.yaml", project(event).replace("    profile:", f"    environment: {{{environment}}}\n    profile:"))
        process = subprocess.Popen([STEPCONF, "profile", "--max-jobs", "4", "--json"], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        seen = []
        for line in process.stderr:
            if " MB " in line:
                seen.append(line)
            if len(seen) == count:
                return process
        self.fail("ended early: " + "".join(seen))

    def open_the_gate(self):
        (self.folder / "gate").unlink()
        self.write("gate", "")

    def check_that_the_rest_completes_it(self, least):
        _, work, _ = self.profile("--max-jobs", 4)
        self.assertGreaterEqual(work["resumed"], least)
        self.assertTrue(work["complete"])
        warm = self.warm_rows_by_load().values()
        self.assertTrue(all(count % 2 == 0 for count in warm), f"a test has two warm invocations: {warm}")
        self.assertEqual(sum(warm), 2 * work["tests"])

    def test_goes_on_after_ctrl_c_where_it_was(self):
        marker = str(self.folder / "marker")
        process = self.start_and_wait_for_samples(2, f"MARKER: {marker}")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        self.assertGreaterEqual(json.loads(out)["functions"]["work"]["samples"], 2)
        self.assertGreaterEqual(len(self.rows()), 2, "what was measured is exported")
        self.assertEqual(with_marker(marker), [], "no process is left")
        self.open_the_gate()
        self.check_that_the_rest_completes_it(least=2)

    def test_goes_on_after_a_kill_where_it_was(self):
        process = self.start_and_wait_for_samples(2)
        process.kill()
        process.communicate()
        self.open_the_gate()
        self.check_that_the_rest_completes_it(least=2)

    def test_measures_nothing_twice(self):
        self.profile()
        report, work, _ = self.profile()
        self.assertEqual((report["invocations"], work["resumed"], work["samples"]), (0, len(self.rows()), len(self.rows())))

    def test_fresh_forgets_what_was_measured(self):
        before, _, _ = self.profile("--points", 2)
        again, work, _ = self.profile("--points", 2, "--fresh")
        self.assertEqual((work["resumed"], again["invocations"]), (0, before["invocations"]))

    def test_ignores_samples_of_another_cpu_scale_and_says_so(self):
        self.profile("--points", 1)
        self.write("stepconf.yaml", project({"n": 1}, cpu_scale=0.7))
        _, work, log = self.profile("--points", 1)
        self.assertEqual((work["resumed"], work["ignored"]), (0, 3))
        self.assertRegex(log, r"work: ignored are 3 measured under local, cpu_scale 0\.8.* \(now local, cpu_scale 0\.7")
        self.assertEqual(len(self.rows()), 3, "they are not exported either")

    def test_ignores_samples_with_other_jobs(self):
        self.profile("--points", 1)
        self.write("stepconf.yaml", project({"n": 2}))
        self.assertEqual(self.profile("--points", 1)[1]["resumed"], 0)
        self.write("stepconf.yaml", project({"n": 1}))
        self.assertEqual(self.profile("--points", 1)[1]["resumed"], 3, "the first ones are still there")

    def test_ends_at_a_budget_and_goes_on_with_another(self):
        report, work, log = self.profile("--budget-invocations", 2)
        self.assertEqual((report["invocations"], work["complete"]), (2, False))
        self.assertEqual(report["stopped_by"], "--budget-invocations 2 is used up")
        self.assertIn("Stopped by --budget-invocations 2 is used up", log)
        self.check_that_the_rest_completes_it(least=2)

    def test_keeps_within_several_budgets_at_once(self):
        report, _, _ = self.profile("--budget-invocations", 100, "--budget-usd", 1e-9, "--budget-time", "10m")
        # A request alone costs more.
        self.assertEqual(report["invocations"], 0)
        self.assertIn("--budget-usd", report["stopped_by"])

    def test_with_no_invocation_left_it_imports_and_exports_only(self):
        self.write("old.csv", HEADER + "work,1024,1,1,20\nwork,1024,1,1,20\nwork,1769,1,4,12\nother,512,1,1,5\n")
        report, work, log = self.profile("--import", "old.csv", "--budget-invocations", 0)
        self.assertIn("old.csv: 3 samples added, 0 there already, 1 of other functions left out", log)
        self.assertEqual((report["invocations"], work["tests"], work["samples"]), (0, 2, 3))
        self.assertEqual([row["duration_ms"] for row in self.rows()], ["20", "20", "12"])
        _, work, log = self.profile("--import", "samples.csv", "--budget-invocations", 0)
        self.assertIn("0 samples added, 3 there already", log)
        self.assertEqual(work["samples"], 3)

    def test_measures_only_what_an_import_lacks(self):
        self.write("old.csv", HEADER + "".join(f"work,{memory},1,{jobs},20\n" for memory in (1024, 1769) for jobs in (1, 4)))
        self.assertEqual(self.profile("--import", "old.csv", "--points", 4)[0]["invocations"], 0)

    def test_a_file_to_import_without_these_functions_is_refused(self):
        self.write("old.csv", HEADER + "other,512,1,1,5\n")
        self.assertIn("old.csv: has no sample of the workflow's functions; the first is of other, must be of work",
                      self.stepconf("profile", "--import", "old.csv", status=2).stderr)

    def test_a_size_that_runs_out_of_memory_is_skipped_and_the_rest_goes_on(self):
        # Only there, so that what the other sizes need does not tell it beforehand.
        self.write("stepconf.yaml", project({"n": 1, "allocate_mb": {"256": 300}}, memory="[256, 1769, 3008]"))
        _, work, log = self.profile("--max-jobs", 1)
        if "memory" in log.partition("to measure")[0]:
            self.skipTest("sandboxes have no memory limits here")
        self.assertEqual(work["skipped"], [{"memory_mb": 256, "processes": 1, "jobs": 1, "reason": "Runtime.OutOfMemory"}])
        self.assertGreater(work["configurations"], 0)
        self.assertTrue(work["complete"])
        self.assertIn("Runtime.OutOfMemory", log)

    def test_a_function_that_fails_is_reported_not_fatal(self):
        self.write("stepconf.yaml", project({"raise": "bad frame"}))
        _, work, _ = self.profile()
        self.assertEqual({skipped["reason"] for skipped in work["skipped"]}, {"ValueError"})
        self.assertEqual((work["configurations"], work["complete"]), (0, True))

    def test_two_at_once_share_the_store(self):
        both = [subprocess.Popen([STEPCONF, "profile", "--points", "2", "--output", f"{name}.csv", "--json"], cwd=self.folder,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for name in "ab"]
        reports = []
        for process in both:
            out, log = process.communicate(timeout=100)
            self.assertEqual(process.returncode, 0, log)
            reports.append(json.loads(out)["functions"]["work"])
        own = sum(report["samples"] - report["resumed"] for report in reports)
        self.assertEqual(self.profile("--points", 2)[1]["resumed"], own)

    def test_a_damaged_store_is_named_with_what_to_do(self):
        (self.folder / ".stepconf").mkdir()
        self.write(".stepconf/samples.db", "not a database, but long enough to look like one" * 20)
        message = self.stepconf("profile", status=2).stderr
        self.assertIn(".stepconf/samples.db: is damaged, or no store of samples", message)
        self.assertIn("move it away", message)


class ProfilePlan(Command):
    def test_shows_what_it_would_do_first_and_does_nothing(self):
        self.write("stepconf.yaml", PROJECT.replace(sys.executable, "/no/such/program"))
        done = self.stepconf("profile", "--plan", "--points", 3)
        self.assertIn("2 functions to measure: at most 6 tests, about 18 invocations; what they cost is known after the first tests", done.stderr)
        self.assertRegex(done.stdout, r"work +\d+ +\d+ +\d+ +3 +- +- ")
        self.assertFalse((self.folder / ".stepconf").exists(), "not even a store is made")

    def test_expects_cost_and_time_where_there_are_samples(self):
        self.write("stepconf.yaml", project({"n": 1}))
        self.write("old.csv", HEADER + "work,1769,1,4,2000\n")
        self.stepconf("profile", "--import", "old.csv", "--budget-invocations", 0)
        plan = self.json("profile", "--plan")["functions"]["work"]
        self.assertEqual((plan["samples"], plan["tests"]), (1, 1))
        first = plan["first"][0]
        # Scaled from 2 s for 4 jobs on one vCPU, for the cold call and the two warm ones.
        self.assertEqual(first["invocations"], 3)
        self.assertAlmostEqual(first["duration_s"], 3 * 2 * first["jobs"] / 4 * 1769 / first["memory_mb"], places=3)
        self.assertGreater(first["cost_usd"], 0)
        self.assertEqual((plan["at_most"]["tests"], plan["at_most"]["invocations"]), (23, 69))

    def test_neither_forgets_nor_imports(self):
        self.assertIn("--plan", self.stepconf("profile", "--plan", "--fresh", status=2).stderr)
        self.assertIn("--plan", self.stepconf("profile", "--plan", "--import", "old.csv", status=2).stderr)


class ProfileOfAWorkflow(Command):
    def write_input(self, items):
        self.write("input.json", json.dumps({"items": items}))

    def test_then_fit_then_plan(self):
        self.write_input([{"n": n, "cpu_s": 0.01} for n in range(4)])
        report = self.json("profile", "--input", "input.json", "--points", "3", "--repeats", "1", "--max-jobs", "4", "--output", "samples.csv")
        self.assertGreater(report["functions"]["work"]["configurations"], 1)
        self.assertGreater(report["cost_usd"], 0)
        self.stepconf("fit", "--samples", "samples.csv", "--output", "models.json")
        self.assertTrue(self.json("plan", "--slo", "100s")["feasible"])

    def test_runs_the_workflow_no_second_time_where_all_is_measured(self):
        self.write_input([{"n": 1}, {"n": 2}])
        self.assertIn("Running the workflow once", self.stepconf("profile", "--input", "input.json", "--points", 1).stderr)
        again = self.stepconf("profile", "--input", "input.json", "--points", 1)
        self.assertNotIn("Running the workflow once", again.stderr)
        self.assertIn("0 invocations", again.stderr)

    def test_a_function_with_a_job_of_its_own_is_measured_with_that_one_only(self):
        self.write("stepconf.yaml", PROJECT.replace("  finish: {", "  finish: {profile: {event: {n: 7}}, "))
        self.write_input([{"n": 1}])
        self.stepconf("profile", "--input", "input.json", "--points", 1)
        with contextlib.closing(sqlite3.connect(self.folder / ".stepconf/samples.db")) as store:
            origins = set(store.execute("SELECT function, origin FROM samples"))
        self.assertEqual(origins, {("work", "run"), ("work", "profile"), ("finish", "profile")})

    def test_a_budget_ends_the_run_that_shows_jobs_too(self):
        self.write_input([{"n": 1}, {"n": 2}])
        report = self.json("profile", "--input", "input.json", "--budget-invocations", 1)
        self.assertEqual(report["functions"]["finish"]["invocations"], 0)
        self.assertIn("--budget-invocations 1", report["stopped_by"])
        self.assertGreater(report["functions"]["work"]["samples"], 0)

    def test_a_function_without_jobs_is_named(self):
        message = self.stepconf("profile", status=2).stderr
        self.assertIn("functions.finish: there is nothing to measure it with", message)
        for remedy in ("event:", "events:", "--input"):
            self.assertIn(remedy, message)
