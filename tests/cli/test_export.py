"""`stepconf export` as a black box."""

import json

from command import MACHINE, PROJECT, Command


class Export(Command):
    def export(self, *arguments, **options):
        done = self.stepconf("export", "--output", "out", "--json", *arguments, **options)
        return json.loads(done.stdout), json.loads((self.folder / "out/state-machine.asl.json").read_text())

    def test_writes_a_configurator_before_each_function_step(self):
        report, machine = self.export()
        for step in report["steps"]:
            self.assertIn(f"{step}: configure", machine["States"])
        self.assertEqual(report, json.loads((self.folder / "out/report.json").read_text()))

    def test_takes_definitions_that_only_step_functions_can_run(self):
        machine = json.loads(json.dumps(MACHINE))
        machine["States"]["Tell"] = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": machine["StartAt"]}
        machine["StartAt"] = "Tell"
        self.write("workflow.asl.json", json.dumps(machine))
        self.assertIn("arn:aws:states:::sns:publish", self.stepconf("run", status=2).stderr)
        report, written = self.export()
        self.assertEqual(written["States"]["Tell"]["Resource"], "arn:aws:states:::sns:publish")
        self.assertTrue(report["steps"])

    def test_refuses_what_nobody_can_run(self):
        self.write("workflow.asl.json", '{"StartAt": "A", "States": {"A": {"Type": "Map"}}}')
        self.assertIn("'A'", self.stepconf("export", "--output", "out", status=2).stderr)
