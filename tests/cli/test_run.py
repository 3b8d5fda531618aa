"""`stepconf run` as a black box: real processes in real sandboxes."""

import json
import os
import signal
import subprocess
import sys
import unittest.mock

from command import HERE, MACHINE, PROJECT, STEPCONF, Command, table, with_marker


class Run(Command):
    def run_with(self, data, *arguments, status=0):
        self.write("input.json", json.dumps(data))
        return self.json("run", "--input", "input.json", "--trace", "trace.jsonl", *arguments, status=status)

    def test_runs_a_workflow_under_an_slo_and_traces_every_step(self):
        self.write_models(work=table((1024, 2, 2, 2.0, 0.001)), finish=table((1769, 1, 1, 1.0, 0.001)))
        result = self.run_with({"items": [{"n": n} for n in range(5)]}, "--slo", "30s")
        self.assertEqual(result["status"], "succeeded")
        self.assertTrue(result["met"])
        self.assertEqual(result["output"], {"n": 0, "twice": 0})
        lines = [json.loads(line) for line in (self.folder / "trace.jsonl").read_text().splitlines()]
        self.assertEqual([line["step"] for line in lines], ["Work", "Finish"])
        work = lines[0]
        self.assertEqual((work["jobs"], work["memory_mb"], work["instances"], work["processes"]), (5, 1024, 2, 2))
        self.assertEqual([instance["jobs"] for instance in work["detail"]], [3, 2])
        self.assertTrue(all(instance["status"] == "ok" and instance["cold"] for instance in work["detail"]))
        self.assertGreater(work["cost_usd"], 0)
        self.assertTrue(work["reason"])
        self.assertEqual(result["steps"], lines)
        self.assertEqual((work["constraint"], work["considered"], work["runner_up"]), ("sub_slo", 1, None))

    def test_without_models_runs_at_the_smallest_configuration_and_says_so(self):
        self.write("input.json", json.dumps({"items": [1]}))
        done = self.stepconf("run", "--input", "input.json", "--json")
        self.assertIn("smallest configuration", done.stderr)
        self.assertEqual(json.loads(done.stdout)["steps"][0]["memory_mb"], 1024)

    def test_no_jobs_run_no_instance(self):
        self.write("workflow.asl.json", json.dumps({"StartAt": "Work", "States": {"Work": {**MACHINE["States"]["Work"], "Next": "End"}, "End": {"Type": "Succeed"}}}))
        self.write("stepconf.yaml", PROJECT.replace("  finish:", "  #"))
        self.assertEqual(self.run_with({"items": []})["output"], {"items": [], "results": []})

    def test_a_batch_may_be_larger_than_lambdas_payloads(self):
        # Each of 60 jobs carries 150 KB that all of them share, 9 MB for the one instance.
        selector = {"n.$": "$$.Map.Item.Value.n", "data.$": "$.data"}
        work = {**MACHINE["States"]["Work"], "ItemSelector": selector}
        self.write("workflow.asl.json", json.dumps({**MACHINE, "States": {**MACHINE["States"], "Work": work}}))
        self.write_models(work=table((1769, 1, 2, 1.0, 0.001)), finish=table((1769, 1, 1, 1.0, 0.001)))
        temporary = self.folder / "temporary"
        temporary.mkdir()
        with unittest.mock.patch.dict(os.environ, {"TMPDIR": str(temporary)}):
            result = self.run_with({"items": [{"n": n} for n in range(60)], "data": "x" * 150_000})
        self.assertEqual((result["status"], result["output"]), ("succeeded", {"n": 0, "twice": 0}))
        self.assertEqual(result["steps"][0]["instances"], 1)
        self.assertEqual(list(temporary.iterdir()), [], "nothing is left behind")

    def test_a_missed_slo_has_exit_status_3(self):
        self.assertFalse(self.run_with({"items": [{"n": 1, "cpu_s": 0.1}]}, "--slo", "50ms", status=3)["met"])

    def test_a_failed_job_is_retried_as_its_retry_says(self):
        marker = self.folder / "failed"
        result = self.run_with({"items": [{"n": 1}, {"n": 2, "fail_once": str(marker)}]})
        self.assertEqual(result["status"], "succeeded")
        self.assertEqual([(step["step"], step["attempt"], step["jobs"]) for step in result["steps"]],
                         [("Work", 1, 2), ("Work", 2, 1), ("Finish", 1, 1)])
        self.assertGreaterEqual(result["duration_s"], 1.0)

    def test_a_workflow_fails_with_the_functions_own_error(self):
        result = self.run_with({"items": [{"n": 1, "raise": "bad frame"}]}, status=1)
        self.assertEqual((result["status"], result["error"], result["step"]), ("failed", "ValueError", "Work"))
        self.assertEqual(json.loads(result["cause"])["errorMessage"], "bad frame")

    def test_a_function_that_dies_fails_by_lambdas_name(self):
        result = self.run_with({"items": [{"n": 1, "exit": 7}]}, status=1)
        self.assertEqual(result["error"], "Runtime.ExitError")

    def test_a_function_that_takes_too_long_is_ended(self):
        self.write("stepconf.yaml", PROJECT.replace("timeout: 5s", "timeout: 1s"))
        result = self.run_with({"items": [{"n": 1, "cpu_s": 60}]}, status=1)
        self.assertEqual(result["error"], "Sandbox.Timedout")

    def test_a_function_that_cannot_start_fails_at_once(self):
        self.write("stepconf.yaml", PROJECT.replace(sys.executable, "/no/such/program"))
        result = self.run_with({"items": [1]}, status=1)
        self.assertIn("Runtime.", result["error"])
        self.assertIn("/no/such/program", result["cause"])

    def test_a_list_of_steps_runs_too(self):
        self.write("stepconf.yaml", f"""schema: 1
steps:
  - {{name: a, function: work, jobs: 2}}
  - {{name: b, function: work, after: [a]}}
  - {{name: c, function: work, after: [a]}}
functions: {{work: {{command: [{sys.executable}, {HERE}/function.py]}}}}
configurations: {{memory_mb: [1769], instances: [2], processes: [1]}}
""")
        result = self.run_with({"a": [1, 2], "b": [3], "c": [4]})
        self.assertEqual(result["output"], {"b": [{"n": 3, "twice": 6}], "c": [{"n": 4, "twice": 8}]})

    def test_ctrl_c_ends_with_130_and_leaves_no_process(self):
        marker = str(self.folder / "marker")
        self.write("input.json", json.dumps({"items": [{"n": 1, "cpu_s": 100}]}))
        self.write("stepconf.yaml", PROJECT.replace("timeout: 5s", f"timeout: 100s, environment: {{MARKER: {marker}}}"))
        process = subprocess.Popen([STEPCONF, "run", "--input", "input.json", "--json"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in process.stderr:
            if "starts" in line:
                break
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(json.loads(out)["status"], "interrupted")
        self.assertEqual(with_marker(marker), [])
