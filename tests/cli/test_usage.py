"""`stepconf` as a black box: help, usage, and what it says of bad projects."""

import json

from command import MACHINE, PROJECT, Command, table


class Usage(Command):
    def test_help_teaches_the_order_of_the_verbs(self):
        text = self.stepconf("--help").stdout
        for verb in ("profile", "fit", "predict", "plan", "run", "history", "local"):
            self.assertIn(verb, text)
            self.assertIn("--", self.stepconf(verb, "--help").stdout)

    def test_wrong_usage_has_exit_status_2(self):
        self.stepconf(status=2)
        self.assertIn('there is no verb "plna", meant "plan"?', self.stepconf("plna", status=2).stderr)
        self.assertIn("there are profile, fit,", self.stepconf("explain", status=2).stderr)
        self.stepconf("plan", "--sloo", "3s", status=2)

    def test_bad_project_files_are_named_with_line_and_field(self):
        self.write("stepconf.yaml", PROJECT.replace("memory_mb", "memmory_mb"))
        self.assertIn("stepconf.yaml:9: configurations.memmory_mb: is not known here; did you mean memory_mb?",
                      self.stepconf("plan", status=2).stderr)

    def test_a_plan_without_models_says_which_verbs_make_them(self):
        self.assertIn("models.json: there is no such file yet; `stepconf profile` and `stepconf fit` make it",
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
                (steps + "---\nslo: 4s\n", "a second document begins"),
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
