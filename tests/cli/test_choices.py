"""Workflows with a Choice as a black box: what plan and simulate make of the shares."""

import json

from command import Command, table, task

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
