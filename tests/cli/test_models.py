"""`stepconf fit`, `predict` and `plan` as a black box: numbers worked by hand, exit statuses, messages."""

import csv
import io
import json

from command import MACHINE, PROJECT, Command, table, task


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

    def test_explains_each_decision_at_length_and_as_fields(self):
        text = self.stepconf("plan", "--slo", "6s", "--explain").stdout
        for part in ("time left", "its share", "bound by", "choice", "next cheaper", "its risk"):
            self.assertIn(part, text)
        # theta* takes 8 s and 2 s: Work has 4.8 of 6 s, where 4 s and $0.002 are the cheapest, the second fastest of three.
        work = self.json("plan", "--slo", "6s")["steps"][0]
        self.assertEqual((work["constraint"], work["rank"], work["efficient"], work["considered"]), ("sub_slo", 2, 3, 3))
        self.assertEqual(work["runner_up"], {"memory_mb": 512, "instances": 1, "processes": 1, "predicted_s": 8.0,
                                             "predicted_usd": 0.001})
        self.assertIsNone(work["attainment"])

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

    def test_numbers_that_are_none_are_named_with_their_place(self):
        good = json.dumps({"schema": 1, "functions": {"work": table((512, 1, 1, 8.0, 0.001)), "finish": table((512, 1, 1, 2.0, 0.0005))}})
        for wrong, message in (("NaN", "NaN is no number; write a finite one"),
                               ("-Infinity", "-Infinity is no number"),
                               ("1e999", "number overflow parsing '1e999'"),
                               ("-8.0", "$.functions.work.options[0].duration_s is -8, must be at least 0")):
            self.write("models.json", good.replace("8.0", wrong))
            error = self.stepconf("plan", status=2).stderr
            self.assertIn("models.json", error)
            self.assertIn(message, error)
            self.assertNotIn("json.exception", error)

    def test_a_space_in_which_nothing_can_run_says_what_is_needed(self):
        hungry = {"form": "constant", "parameters": {"base": 1, "per_job": 0}, "memory": {"base_mb": 20000, "per_process_mb": 100}}
        self.write_models(work=hungry, finish=table((512, 1, 1, 2.0, 0.0005)))
        self.assertIn('step "Work": no configuration can run its 4 jobs: even 1769x2x1 needs 22110 MB at 1 process; widen `configurations`',
                      self.stepconf("plan", status=2).stderr)

    def test_a_model_that_is_missing_is_named(self):
        self.write_models(work=table((512, 1, 1, 8.0, 0.001)))
        message = self.stepconf("plan", status=2).stderr
        self.assertIn("finish", message)
        self.assertIn("models.json", message)
