"""The command `stepconf` as a black box: real processes, real sandboxes, exit statuses and messages of the contract.

Needs nothing but Python's standard library. STEPCONF names the program under test.
"""

import csv
import io
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

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


class Usage(Command):
    def test_help_teaches_the_order_of_the_verbs(self):
        text = self.stepconf("--help").stdout
        for verb in ("profile", "fit", "predict", "plan", "run", "local"):
            self.assertIn(verb, text)
            self.assertIn("--", self.stepconf(verb, "--help").stdout)

    def test_wrong_usage_has_exit_status_2(self):
        self.stepconf(status=2)
        self.stepconf("fly", status=2)
        self.stepconf("plan", "--sloo", "3s", status=2)

    def test_bad_project_files_are_named_with_line_and_field(self):
        self.write("stepconf.yaml", PROJECT.replace("memory_mb", "memmory_mb"))
        self.assertIn("stepconf.yaml:9: configurations.memmory_mb: is not known here; did you mean memory_mb?",
                      self.stepconf("plan", status=2).stderr)

    def test_a_misspelt_function_is_noticed_before_anything_runs(self):
        self.write("stepconf.yaml", PROJECT.replace("  finish:", "  finnish:"))
        self.assertIn("functions.finnish: no step of the workflow calls this function; did you mean finish?",
                      self.stepconf("run", status=2).stderr)

    def test_a_definition_that_is_not_supported_is_refused_by_state_and_field(self):
        machine = json.loads(json.dumps(MACHINE))
        machine["States"]["Finish"]["HeartbeatSeconds"] = 3
        self.write("workflow.asl.json", json.dumps(machine))
        message = self.stepconf("plan", status=2).stderr
        self.assertIn("Finish", message)
        self.assertIn("HeartbeatSeconds", message)

    def test_what_a_project_file_cannot_mean_is_refused_with_its_place(self):
        steps = "schema: 1\nsteps: [{name: a, function: work}]\nmodels: models.json\nslo: 3s\n"
        for text, expected in [
                (steps + "simulation: {fluctuation: {cvv: 1}}\n", "stepconf.yaml:5: simulation.fluctuation.cvv"),
                (steps + "foreign: {a: 3s}\n", "stepconf.yaml:5: foreign: is for ASL workflows"),
                (steps + "---\nslo: 4s\n", "holds 2 documents"),
                (steps + "strategy: stepcomf\n", "stepconf.yaml: strategy: unknown strategy \"stepcomf\""),
                (steps + "pricing: {region: mars-1}\n", "stepconf.yaml: pricing: unknown region"),
                (steps.replace("3s", "{path: '$.a['}"), "stepconf.yaml:4: slo.path"),
                (steps.replace("3s", "{path: $.a}"), "lacks \"default\""),
                (PROJECT.replace("{Work: 4}", "{Wrok: 4}"), "stepconf.yaml: jobs names 'Wrok'")]:
            self.write("stepconf.yaml", text)
            self.write_models(work=table((512, 1, 1, 1.0, 0.001)), finish=table((512, 1, 1, 1.0, 0.001)))
            self.assertIn(expected, self.stepconf("plan", status=2).stderr)
        (self.folder / "stepconf.yaml").write_bytes(steps.encode().replace(b"name: a", b"name: \xff"))
        self.assertIn("stepconf.yaml:2: is not valid UTF-8", self.stepconf("plan", "--json", status=2).stderr)

    def test_an_option_without_a_value_is_refused(self):
        # What a script passes whose own variable is not set.
        self.assertIn("--slo", self.stepconf("plan", "--slo", "", status=2).stderr)
        self.assertIn("--strategy", self.stepconf("plan", "--strategy", "", status=2).stderr)


class FitAndPredict(Command):
    def samples(self, rows):
        return self.write("samples.csv", "function,memory_mb,processes,jobs,duration_ms\n" + "\n".join(rows) + "\n")

    def test_a_fit_predicts_what_it_has_not_seen(self):
        # 900 ms of work a job on one vCPU, in inverse proportion to memory: Eq. (1), case 2.
        rows = [f"f,{m},1,{g},{900 * g * 1769 / m + 50}" for m in (256, 512, 1024, 1769) for g in (1, 4) for _ in range(2)]
        report = self.json("fit", "--samples", self.samples(rows), "--output", "models.json")["functions"]["f"]
        self.assertTrue(report["reliable"])
        self.assertLess(report["error"]["max"], 0.02)
        self.assertEqual(report["samples"], 16)
        self.write("points.csv", "function,memory_mb,instances,processes,jobs\nf,768,2,1,6\n")
        text = self.stepconf("predict", "--models", "models.json", "--points", "points.csv").stdout
        row = next(csv.DictReader(io.StringIO(text)))
        expected = 0.9 * 3 * 1769 / 768 + 0.05
        self.assertAlmostEqual(float(row["instance_s"]), expected, delta=0.03 * expected)
        self.assertAlmostEqual(float(row["duration_s"]), expected, delta=0.03 * expected)
        # Two instances, a Map's three transitions, two requests.
        cost = 2 * (expected * 768 / 1024 * 0.0000166667 + 0.2e-6) + 3 * 25e-6
        self.assertAlmostEqual(float(row["cost_usd"]), cost, delta=0.03 * cost)

    def test_a_function_that_cannot_be_modelled_is_reported_and_not_fatal(self):
        report = self.json("fit", "--samples", self.samples(["f,512,1,1,100"]), "--output", "models.json")
        self.assertFalse(report["functions"]["f"]["reliable"])
        self.assertTrue(report["functions"]["f"]["reason"])

    def test_bad_samples_are_named_with_line_and_field(self):
        message = self.stepconf("fit", "--samples", self.samples(["f,512,1,1,100", "f,512,1,1,-3"]), status=2).stderr
        self.assertIn("samples.csv:3: duration_ms is -3", message)

    def test_blanks_around_fields_do_not_count(self):
        rows = [f" f , {m} ,1, 1,{900 * 1769 / m}" for m in (256, 512, 1024)] + ["f,1769,1,1,900"]
        report = self.json("fit", "--samples", self.samples(rows), "--output", "models.json")["functions"]
        self.assertEqual(list(report), ["f"])
        self.assertEqual(report["f"]["samples"], 4)

    def test_a_prediction_can_be_asked_about_again_and_names_unknown_functions(self):
        self.write_models(f=table((512, 2, 1, 3.0, 0.001)))
        predict = ("predict", "--models", "models.json", "--points", "points.csv")
        self.write("points.csv", "mark,function,memory_mb,instances,jobs\nx,f,512,2,9\ny,f,512,1,9\n")
        first = self.stepconf(*predict).stdout
        rows = list(csv.DictReader(io.StringIO(first)))
        self.assertEqual((rows[0]["mark"], float(rows[0]["duration_s"]), float(rows[0]["cost_usd"]), rows[0]["note"]),
                         ("x", 3.0, 0.001, ""))
        self.assertEqual((rows[1]["duration_s"], rows[1]["cost_usd"]), ("", ""))
        self.assertIn("no row", rows[1]["note"])
        self.write("points.csv", first)
        self.assertEqual(self.stepconf(*predict).stdout, first)
        self.write("points.csv", "function,memory_mb\nf,512\ng,512\n")
        self.assertIn("points.csv:3: function", self.stepconf(*predict, status=2).stderr)


class Plan(Command):
    def setUp(self):
        super().setUp()
        self.write_models(
            work=table((512, 1, 1, 8.0, 0.001), (1024, 2, 1, 4.0, 0.002), (1769, 4, 1, 2.0, 0.005)),
            finish=table((512, 1, 1, 2.0, 0.0005), (1769, 1, 1, 1.0, 0.001)))

    def test_a_loose_slo_takes_the_cheapest_and_a_tight_one_pays(self):
        loose = self.json("plan", "--slo", "60s")
        self.assertTrue(loose["feasible"])
        self.assertAlmostEqual(loose["cost_usd"], 0.0015)
        self.assertAlmostEqual(loose["duration_s"], 10.0)
        tight = self.json("plan", "--slo", "4s")
        self.assertTrue(tight["feasible"])
        self.assertLessEqual(tight["duration_s"], 4.0)
        self.assertGreater(tight["cost_usd"], loose["cost_usd"])
        self.assertEqual([step["name"] for step in tight["steps"]], ["Work", "Finish"])
        # theta* takes 8 s and 2 s, so Work gets 8/10 of the SLO; it ends at 8 s and leaves Finish all the rest.
        self.assertAlmostEqual(loose["steps"][0]["sub_slo_s"], 48.0)
        self.assertAlmostEqual(loose["steps"][1]["sub_slo_s"], 52.0)

    def test_what_nothing_can_meet_gives_the_fastest_plan_and_exit_status_3(self):
        plan = self.json("plan", "--slo", "1s", status=3)
        self.assertFalse(plan["feasible"])
        self.assertAlmostEqual(plan["duration_s"], 3.0)
        self.assertIn("cannot be met", self.stepconf("plan", "--slo", "1s", status=3).stdout)

    def test_fixed_steps_predict_the_workflow_as_it_is(self):
        plan = self.json("plan", "--slo", "60s", "--fix", "Work=1024x2x1", "--fix", "Finish=1769x1x1")
        self.assertAlmostEqual(plan["duration_s"], 5.0)
        self.assertAlmostEqual(plan["cost_usd"], 0.003)
        self.assertIn("Work", self.stepconf("plan", "--fix", "Wrok=1024x2x1", status=2).stderr)
        self.stepconf("plan", "--fix", "Work=1024", status=2)

    def test_fixed_steps_need_no_slo(self):
        self.write("stepconf.yaml", PROJECT.replace("slo: 30s\n", ""))
        self.assertIn("slo", self.stepconf("plan", status=2).stderr)
        plan = self.json("plan", "--fix", "Work=1024x2x1", "--fix", "Finish=1769x1x1", ".")
        self.assertAlmostEqual(plan["duration_s"], 5.0)
        self.assertTrue(plan["feasible"])
        self.assertIsNone(plan["slo_s"])

    def test_states_that_only_wait_take_time_and_are_no_steps(self):
        machine = json.loads(json.dumps(MACHINE))
        machine["States"]["Prepare"] = {"Type": "Wait", "SecondsPath": "$.pause", "Next": "Work"}
        self.write("workflow.asl.json", json.dumps(machine))
        self.write("stepconf.yaml", PROJECT + "foreign: {Prepare: 3s}\n")
        plan = self.json("plan", "--slo", "60s")
        self.assertEqual([step["name"] for step in plan["steps"]], ["Work", "Finish"])
        self.assertEqual(plan["foreign"], [{"name": "Prepare", "start_s": 0.0, "duration_s": 3.0}])
        self.assertAlmostEqual(plan["steps"][0]["start_s"], 3.0)
        self.assertAlmostEqual(plan["duration_s"], 13.0)

    def test_steps_of_the_same_name_are_told_apart_by_the_states_around_them(self):
        def branch(function):
            return {"StartAt": "Do", "States": {"Do": task(function, End=True)}}
        self.write("workflow.asl.json", json.dumps({"StartAt": "Both", "States": {
            "Both": {"Type": "Parallel", "Branches": [branch("work")], "Next": "Do"}, "Do": task("finish", End=True)}}))
        self.write("stepconf.yaml", PROJECT.replace("jobs: {Work: 4}\n", ""))
        plan = self.json("plan", "--slo", "60s", "--fix", "Both/Do=1769x4x1")
        self.assertEqual([(step["name"], step["memory_mb"]) for step in plan["steps"]], [("Both/Do", 1769), ("Do", 512)])

    def test_of_equal_rows_the_cheaper_then_the_shorter_then_the_earlier_is_taken(self):
        self.write("stepconf.yaml", "schema: 1\nsteps: [{name: a, function: work}]\nmodels: models.json\nslo: 9s\n")
        for rows, memory in [(((1, 1, 1, 3.0, 0.002), (2, 1, 1, 3.0, 0.001)), 2), (((1, 1, 1, 3.0, 0.001), (2, 1, 1, 2.0, 0.001)), 2),
                             (((1, 9, 1, 3.0, 0.001), (2, 9, 1, 3.0, 0.001)), 1)]:
            self.write_models(work=table(*rows))
            self.assertEqual(self.json("plan")["steps"][0]["memory_mb"], memory)

    def test_an_unknown_strategy_is_named_with_the_known_ones(self):
        self.assertIn("stepconf", self.stepconf("plan", "--strategy", "stepcomf", status=2).stderr)

    def test_a_model_that_is_missing_is_named(self):
        self.write_models(work=table((512, 1, 1, 8.0, 0.001)))
        message = self.stepconf("plan", status=2).stderr
        self.assertIn("finish", message)
        self.assertIn("models.json", message)


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

    def test_without_models_runs_at_the_smallest_configuration_and_says_so(self):
        self.write("input.json", json.dumps({"items": [1]}))
        done = self.stepconf("run", "--input", "input.json", "--json")
        self.assertIn("smallest configuration", done.stderr)
        self.assertEqual(json.loads(done.stdout)["steps"][0]["memory_mb"], 1024)

    def test_no_jobs_run_no_instance(self):
        self.write("workflow.asl.json", json.dumps({"StartAt": "Work", "States": {"Work": {**MACHINE["States"]["Work"], "Next": "End"}, "End": {"Type": "Succeed"}}}))
        self.write("stepconf.yaml", PROJECT.replace("  finish:", "  #"))
        self.assertEqual(self.run_with({"items": []})["output"], {"items": [], "results": []})

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


class ProfileTest(Command):
    def test_profile_then_fit_then_plan(self):
        self.write("input.json", json.dumps({"items": [{"n": n, "cpu_s": 0.01} for n in range(4)]}))
        report = self.json("profile", "--input", "input.json", "--points", "3", "--repeats", "1", "--max-jobs", "4", "--output", "samples.csv")
        self.assertGreater(report["functions"]["work"]["configurations"], 1)
        self.assertGreater(report["cost_usd"], 0)
        self.stepconf("fit", "--samples", "samples.csv", "--output", "models.json")
        self.assertTrue(self.json("plan", "--slo", "100s")["feasible"])

    def test_profile_says_what_it_would_do(self):
        self.assertIn("test points", self.stepconf("profile", "--plan").stderr)

    def test_a_function_without_events_is_named(self):
        self.assertIn("there is nothing to measure it with", self.stepconf("profile", status=2).stderr)


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


class Local(Command):
    def serve(self, *arguments):
        process = subprocess.Popen([STEPCONF, "local", *arguments], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process, json.loads(process.stdout.readline())["endpoint"]

    def invoke(self, endpoint, name, event):
        request = urllib.request.Request(f"{endpoint}/2015-03-31/functions/{name}/invocations", json.dumps(event).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def test_serves_functions_by_memory_size(self):
        process, endpoint = self.serve()
        self.assertEqual(self.invoke(endpoint, "work:mem-1769", {"n": 21}), {"n": 21, "twice": 42})
        self.assertEqual(self.invoke(endpoint, "work", {"stepconf": {"processes": 2}, "jobs": [1, 2, 3]}),
                         [{"n": n, "twice": 2 * n} for n in (1, 2, 3)])
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=10), 130)

    def test_leaves_no_process_within_a_second_after_it_was_killed(self):
        marker = str(self.folder / "marker")
        self.write("stepconf.yaml", PROJECT.replace("timeout: 5s", f"timeout: 5s, environment: {{MARKER: {marker}}}"))
        process, endpoint = self.serve()
        self.invoke(endpoint, "work", {"n": 1})
        self.assertNotEqual(with_marker(marker), [])
        process.kill()
        process.wait()
        deadline = time.monotonic() + 1
        while with_marker(marker) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(with_marker(marker), [])

    def test_a_busy_port_is_one_clear_message(self):
        with socket.socket() as busy:
            busy.bind(("127.0.0.1", 0))
            busy.listen()
            port = busy.getsockname()[1]
            message = self.stepconf("local", "--port", port, status=1).stderr
        self.assertIn(str(port), message)
        self.assertIn("in use", message)


if __name__ == "__main__":
    unittest.main()
