"""Workflows with a Choice as a black box: what plan and simulate make of the shares."""

import json

import sys

from command import HERE, Command, table, task

CHOICE = {"Variable": "$.large", "BooleanEquals": True, "Next": "Upscale"}
MACHINE = {
    "StartAt": "Look",
    "States": {
        "Look": task("look", Next="IsLarge"),
        "IsLarge": {"Type": "Choice", "Choices": [CHOICE], "Default": "Skip"},
        "Upscale": task("upscale", Next="Store"),
        "Skip": {"Type": "Pass", "Next": "Store"},
        "Store": task("store", End=True),
    },
}


class Choices(Command):
    def setUp(self):
        super().setUp()
        self.write("workflow.asl.json", json.dumps(MACHINE))
        row = table((512, 1, 1, 1.0, 1.0))
        self.write_models(look=row, upscale=table((512, 1, 1, 2.0, 10.0)), store=row)
        self.project("{IsLarge: {Upscale: 0.8, Skip: 0.2}}")

    def project(self, choices):
        self.write("stepconf.yaml", f"schema: 1\nworkflow: workflow.asl.json\nmodels: models.json\nslo: 9s\n"
                                    f"pricing: {{orchestrator: none}}\nchoices: {choices}\n")

    def test_a_plan_costs_what_is_expected_and_takes_what_the_longest_way_does(self):
        plan = self.json("plan", "--strategy", "exact")
        # 1 + 0.8 * 10 + 1 dollars; 1 + 2 + 1 s.
        self.assertAlmostEqual(plan["cost_usd"], 10.0)
        self.assertAlmostEqual(plan["duration_s"], 4.0)
        self.assertEqual([step.get("probability") for step in plan["steps"]], [None, 0.8, None])
        self.assertEqual(plan["steps"][1]["cost_usd"], 10.0)
        self.assertIn("Upscale (80 %)", self.stepconf("plan", "--strategy", "exact").stdout)

    def test_a_simulation_goes_one_way_in_each_execution(self):
        (played,) = self.json("simulate", "--strategy", "exact", "--runs", "2000")["strategies"]
        self.assertAlmostEqual(played["cost_usd"]["mean"], 10.0, delta=0.4)
        self.assertEqual(played["cost_usd"]["p5"], 2.0)
        self.assertEqual(played["cost_usd"]["p95"], 12.0)

    def test_unknown_names_are_refused_with_the_nearest_known_one(self):
        self.project("{IsLarge: {Upscal: 0.8}}")
        self.assertIn("did you mean 'Upscale'?", self.stepconf("plan", status=2).stderr)
        self.project("{IsLarg: {Upscale: 0.8}}")
        self.assertIn("did you mean 'IsLarge'?", self.stepconf("plan", status=2).stderr)
        self.project("{IsLarge: {Upscale: 0.8, Skip: 0.3}}")
        self.assertIn("the shares sum to 1.1, must be 1", self.stepconf("plan", status=2).stderr)

    def test_a_plan_says_where_the_shares_come_from(self):
        self.assertIn("IsLarge: Upscale 80 %, Skip 20 % (given)\n", self.stepconf("plan").stdout)
        self.project("{}")
        self.assertIn("IsLarge: Upscale 50 %, Skip 50 % (assumed)\n", self.stepconf("plan").stdout)
        models = json.loads((self.folder / "models.json").read_text())
        models["choices"] = {"IsLarge": {"executions": 4, "taken": {"Upscale": 4}}}
        self.write("models.json", json.dumps(models))
        self.assertIn("IsLarge: Upscale 90 %, Skip 10 % (learnt from 4 executions)\n", self.stepconf("plan").stdout)
        # 4.5 of 5; 1 + 0.9 * 10 + 1 dollars.
        plan = self.json("plan", "--save", "p.plan")
        self.assertAlmostEqual(plan["cost_usd"], 11.0)
        (choice,) = plan["choices"]
        self.assertEqual((choice["name"], choice["shares_are"], choice["executions"]), ("IsLarge", "learnt", 4))
        self.assertAlmostEqual(choice["shares"]["Upscale"], 0.9)
        self.assertEqual(self.json("plan", "--load", "p.plan")["choices"], plan["choices"])
        self.project("{IsLarge: {Upscale: 0.8}}")
        self.assertEqual(self.json("plan")["choices"][0]["shares_are"], "given")


class LearntChoices(Command):
    def test_the_ways_that_runs_took_become_shares(self):
        machine = json.loads(json.dumps(MACHINE))
        for name in ("Look", "Upscale"):
            machine["States"][name]["ResultPath"] = "$.result"
        # Behind the last step and a wait one more choice, whose ways join at once.
        machine["States"]["Store"] = {"Type": "Wait", "Seconds": 0, "Next": "Again"}
        machine["States"]["Again"] = {"Type": "Choice", "Choices": [{**CHOICE, "Next": "Last"}], "Default": "End"}
        machine["States"]["Last"] = task("upscale", End=True)
        machine["States"]["End"] = {"Type": "Succeed"}
        self.write("workflow.asl.json", json.dumps(machine))
        functions = "".join(f"  {name}: {{command: [{sys.executable}, {HERE}/function.py]}}\n" for name in ("look", "upscale"))
        self.write("stepconf.yaml", f"schema: 1\nworkflow: workflow.asl.json\nmodels: models.json\nslo: 90s\n"
                                    f"functions:\n{functions}configurations: {{memory_mb: [1024], instances: [1], processes: [1]}}\n")
        for run, large in enumerate((True, False, False)):
            self.write("input.json", json.dumps({"large": large}))
            self.stepconf("run", "--input", "input.json", "--trace", f"{run}.jsonl")
        lines = [json.loads(line) for line in (self.folder / "1.jsonl").read_text().splitlines()]
        self.assertEqual([(line.get("step"), line.get("choices")) for line in lines],
                         [("Look", {"IsLarge": {"Skip": 1}}), (None, {"Again": {"End": 1}})])
        # A file that is given twice counts once.
        told = self.stepconf("fit", "--traces", "0.jsonl", "1.jsonl", "2.jsonl", "1.jsonl").stderr
        self.assertIn("They tell which ways executions went on from 2 states", told)
        models = json.loads((self.folder / "models.json").read_text())
        self.assertEqual(models["choices"], {"Again": {"executions": 3, "taken": {"End": 2, "Last": 1}},
                                             "IsLarge": {"executions": 3, "taken": {"Skip": 2, "Upscale": 1}}})
        shares = {choice["name"]: choice["shares"] for choice in self.json("plan", "--strategy", "exact")["choices"]}
        # 1.5 and 2.5 of 4.
        self.assertEqual(shares, {"IsLarge": {"Upscale": 0.375, "Skip": 0.625}, "Again": {"Last": 0.375, "End": 0.625}})
