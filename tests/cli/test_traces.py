"""`stepconf fit --traces` as a black box: what runs measured becomes samples, and what drifted is told."""

import json
import os

from command import Command


def seconds(memory_mb):
    """The function's true duration: 0.9 s of work at one vCPU, and 0.05 s."""
    return 0.9 * 1769 / memory_mb + 0.05


def line(run, factor=1.0, memory_mb=1024, **more):
    """A step's line of a run: two warm instances. Runs differ by up to 2 %, and are an hour apart."""
    factor *= 1 + 0.02 * (run * 7 % 11 - 5) / 5
    instance = {"jobs": 1, "started_s": 0.5, "ended_s": 0.5 + factor * seconds(memory_mb), "status": "ok"}
    return {"schema": 1, "execution": f"run-{run}", "started_at": f"2024-05-{1 + run // 24:02}T{run % 24:02}:00:00.000Z", "step": "One",
            "function": "f", "memory_mb": memory_mb, "processes": 1, "ready_s": 0.25, "detail": [instance, instance], **more}


class FitTraces(Command):
    def setUp(self):
        super().setUp()
        rows = [f"f,{m},{1000 * seconds(m) * (1 + e)}" for m in (256, 512, 1024, 1536, 1769) for e in (-0.02, 0.0, 0.02)]
        samples = self.write("samples.csv", "function,memory_mb,duration_ms\n" + "\n".join(rows) + "\n")
        # In April 2024, before every run.
        os.utime(samples, (1712000000, 1712000000))

    def write_trace(self, lines, name="trace.jsonl"):
        return self.write(name, "".join(json.dumps(entry) + "\n" for entry in lines))

    def fit(self, *arguments):
        done = self.stepconf("fit", "--samples", "samples.csv", *arguments, "--json")
        return json.loads(done.stdout), done.stderr

    def predicted_s(self, memory_mb):
        self.write("points.csv", f"function,memory_mb\nf,{memory_mb}\n")
        return float(self.stepconf("predict", "--models", "models.json", "--points", "points.csv").stdout.splitlines()[1].split(",")[2])

    def test_a_slower_function_is_told_and_its_old_samples_are_repaired(self):
        self.stepconf("fit", "--samples", "samples.csv")
        self.write_trace([line(run, 1.28) for run in range(20)])
        report, messages = self.fit("--traces", "trace.jsonl")
        drift = report["drift"]["f"]
        self.assertEqual((drift["verdict"], drift["slo_at_risk"], drift["executions"], drift["instances"]), ("slower", True, 20, 40))
        self.assertEqual(drift["compared_with"], "models.json")
        self.assertAlmostEqual(drift["factor"], 1.28, delta=0.03)
        self.assertLess(drift["interval"][0], drift["factor"])
        [change] = report["rescaled"]["f"]
        self.assertEqual((change["samples"], change["since"]), (15, "2024-05-01T00:00:00.000Z"))
        self.assertEqual(report["functions"]["f"]["samples"], 55)
        self.assertIn("warning: f takes 1.28 times as long as models.json says", messages)
        self.assertIn("at risk", messages)
        # The runs had 1024 MB only; what is known of the other sizes moved with them.
        self.assertAlmostEqual(self.predicted_s(400), 1.28 * seconds(400), delta=0.05 * 1.28 * seconds(400))
        # The new models know: nothing is told of the same traces any more.
        report, messages = self.fit("--traces", "trace.jsonl")
        self.assertEqual(report["drift"]["f"]["verdict"], "steady")
        self.assertNotIn("warning", messages)

    def test_a_steady_function_is_compared_with_the_samples_where_there_are_no_models_yet(self):
        self.write_trace([line(run) for run in range(0, 5)], "a.jsonl")
        self.write_trace([line(run) for run in range(4, 10)], "b.jsonl")
        report, messages = self.fit("--traces", "a.jsonl", "b.jsonl")
        self.assertEqual(report["drift"]["f"]["verdict"], "steady")
        self.assertEqual(report["drift"]["f"]["compared_with"], "a fit of samples.csv")
        self.assertEqual(report["rescaled"], {})
        self.assertIn("20 samples of 10 runs", messages)
        self.assertIn("1 line left out: the same stand in the traces already", messages)

    def test_two_runs_are_too_few_to_tell(self):
        self.write_trace([line(run, 2) for run in range(2)])
        drift = self.fit("--traces", "trace.jsonl")[0]["drift"]["f"]
        self.assertEqual(drift["verdict"], "undecided")
        self.assertIn("too few runs to tell", drift["reason"])
        self.assertIn("undecided: too few runs", self.stepconf("fit", "--samples", "samples.csv", "--traces", "trace.jsonl").stdout)

    def test_runs_on_an_oversubscribed_machine_are_left_out(self):
        self.write_trace([line(0)] + [line(run, 3, oversubscribed=True) for run in range(1, 6)])
        report, messages = self.fit("--traces", "trace.jsonl")
        self.assertEqual(report["functions"]["f"]["samples"], 17)
        self.assertIn("5 lines left out", messages)

    def test_models_that_cannot_be_read_are_replaced_all_the_same(self):
        self.write("models.json", "{}")
        self.write_trace([line(0)])
        report, messages = self.fit("--traces", "trace.jsonl")
        self.assertIn("models.json: $.schema is missing", messages)
        self.assertEqual(report["drift"]["f"]["compared_with"], "a fit of samples.csv")
        self.assertEqual(json.loads((self.folder / "models.json").read_text())["schema"], 1)

    def test_an_old_trace_needs_the_project(self):
        old = {key: value for key, value in line(0).items() if key not in ("function", "started_at")}
        self.write_trace([line(0), {**old, "step": "Work"}])
        refusal = self.stepconf("fit", "--traces", "trace.jsonl", status=2).stderr
        self.assertIn("trace.jsonl:2: $.function is missing", refusal)
        self.assertIn("name the project", refusal)
        report = self.json("fit", ".", "--traces", "trace.jsonl")
        self.assertEqual(sorted(report["functions"]), ["f", "work"])
        self.write_trace([{**old, "step": "Walk"}])
        self.assertIn('trace.jsonl:1: $.step is "Walk"', self.stepconf("fit", ".", "--traces", "trace.jsonl", status=2).stderr)

    def test_what_cannot_be_used_is_refused_with_its_place(self):
        self.write_trace([line(0), line(1, memory_mb=-1)])
        self.assertIn("trace.jsonl:2: $.memory_mb is -1, must be at least 1", self.stepconf("fit", "--traces", "trace.jsonl", status=2).stderr)
        self.write("trace.jsonl", "")
        self.assertIn("trace.jsonl: no instance ended", self.stepconf("fit", "--traces", "trace.jsonl", status=2).stderr)
        self.assertIn("--samples FILE, --traces FILE", self.stepconf("fit", status=2).stderr)
        self.assertIn("--half-life", self.stepconf("fit", "--samples", "samples.csv", "--half-life", "0d", status=2).stderr)


class RunThenFit(Command):
    def test_what_two_runs_traced_can_be_fitted(self):
        self.write("input.json", json.dumps({"items": [{"n": n, "cpu_s": 0.01} for n in range(4)]}))
        for name in ("first.jsonl", "second.jsonl"):
            self.stepconf("run", "--input", "input.json", "--trace", name, "--json")
        traced = [json.loads(entry) for entry in (self.folder / "first.jsonl").read_text().splitlines()]
        self.assertEqual([entry["function"] for entry in traced], ["work", "finish"])
        self.assertRegex(traced[0]["started_at"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        report = self.json("fit", "--traces", "first.jsonl", "second.jsonl")
        self.assertEqual(sorted(report["functions"]), ["finish", "work"])
        self.assertEqual(report["functions"]["finish"]["samples"], 2)
        self.assertEqual(report["drift"], {})
        # Every sandbox of a short run is a new one.
        drift = self.json("fit", "--traces", "first.jsonl", "second.jsonl")["drift"]["work"]
        self.assertEqual((drift["verdict"], drift["executions"]), ("undecided", 0))
        self.assertIn("no run has a warm instance", drift["reason"])
