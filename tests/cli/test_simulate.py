"""`stepconf simulate` as a black box: figures worked by hand, the same seed, bad input."""

import json
import signal
import subprocess
import time

from command import STEPCONF, Command, table

STEPS = """schema: 1
steps: [{name: a, function: f}, {name: b, function: g, after: [a]}]
models: models.json
slo: 4s
"""


class Simulate(Command):
    def setUp(self):
        super().setUp()
        rows = ((512, 1, 1, 4.0, 0.001), (1024, 1, 1, 2.0, 0.002), (2048, 1, 1, 1.0, 0.004))
        self.write_models(f=table(*rows), g=table(*rows))

    def project(self, simulation=""):
        self.write("stepconf.yaml", STEPS + (f"simulation: {simulation}\n" if simulation else ""))

    def simulate(self, *arguments):
        document = self.json("simulate", *arguments)
        return {entry["strategy"]: entry for entry in document["strategies"]}

    def test_without_scatter_every_run_is_the_plan(self):
        self.project()
        document = self.json("simulate", "--strategy", "stepconf,clairvoyant", "--runs", 20)
        self.assertEqual((document["runs"], document["seed"]), (20, 1))
        self.assertEqual([entry["strategy"] for entry in document["strategies"]], ["stepconf", "clairvoyant"])
        for entry in document["strategies"]:
            self.assertEqual(entry["attainment"], 1)
            self.assertEqual(entry["duration_s"], {"mean": 4, "p5": 4, "p50": 4, "p95": 4, "p99": 4})
            self.assertAlmostEqual(entry["cost_usd"]["mean"], 0.004)
            # 20 of 20 by Wilson: from 20 / (20 + 1.959964^2) = 0.838875.
            self.assertAlmostEqual(entry["attainment_ci"][0], 0.838875, places=5)
            self.assertAlmostEqual(entry["attainment_ci"][1], 1)

    def test_the_same_seed_gives_the_same_bytes_and_strategies_do_not_change_each_other(self):
        self.project("{fluctuation: {cv: 0.2}}")
        both = self.stepconf("simulate", "--strategy", "fastest,stepconf", "--runs", 50, "--json").stdout
        self.assertEqual(both, self.stepconf("simulate", "--strategy", "fastest,stepconf", "--runs", 50, "--json").stdout)
        self.assertNotEqual(both, self.stepconf("simulate", "--strategy", "fastest,stepconf", "--runs", 50, "--seed", 2, "--json").stdout)
        alone = self.simulate("--strategy", "stepconf", "--runs", 50)
        self.assertEqual(alone["stepconf"], json.loads(both)["strategies"][1])

    def test_all_strategies_run_and_keep_their_order(self):
        self.project("{fluctuation: {cv: 0.3}, outliers: {probability: 0.05}}")
        results = self.simulate("--runs", 200)
        self.assertIn("stepconf", results)
        most = results["fastest"]["attainment"]
        for name, entry in results.items():
            self.assertLessEqual(entry["attainment"], max(most, results["clairvoyant"]["attainment"]), name)
        text = self.stepconf("simulate", "--runs", 20, "--strategy", "stepconf,clairvoyant").stdout
        self.assertIn("of clairvoyant's", text)
        self.assertIn("within SLO", text)

    def test_cold_starts_come_as_often_as_they_are_said_to(self):
        self.project("{cold: {probability: 0.5, seconds: 10}}")
        # Two steps of one instance; only without a cold start in either does the run take 2 s: 0.25.
        results = self.simulate("--runs", 2000, "--strategy", "fastest")
        self.assertAlmostEqual(results["fastest"]["attainment"], 0.25, delta=0.04)
        self.assertAlmostEqual(results["fastest"]["duration_s"]["mean"], 12, delta=0.6)

    def test_strategies_plan_with_what_they_are_made_to_believe(self):
        # Cold starts of 1 s always: who knows them takes the fast rows, who does not is late.
        self.project("{cold: {seconds: 1}}")
        knowing = self.simulate("--runs", 10, "--strategy", "stepconf")["stepconf"]
        self.assertEqual(knowing["attainment"], 1)
        self.project("{cold: {seconds: 1}, planned_with: {cold: {probability: 0, seconds: 1}}}")
        unknowing = self.simulate("--runs", 10, "--strategy", "stepconf")["stepconf"]
        self.assertEqual(unknowing["attainment"], 1 if unknowing["duration_s"]["mean"] <= 4 else 0)
        self.assertGreater(unknowing["duration_s"]["mean"], knowing["duration_s"]["mean"])

    def test_headroom_plans_for_less_than_the_slo(self):
        self.project()
        full = self.simulate("--runs", 1, "--strategy", "stepconf")["stepconf"]
        spare = self.simulate("--runs", 1, "--strategy", "stepconf", "--headroom", 0.3)["stepconf"]
        self.assertLessEqual(spare["duration_s"]["mean"], 0.7 * 4)
        self.assertGreater(spare["cost_usd"]["mean"], full["cost_usd"]["mean"])

    def test_charged_decisions_are_in_the_simulation_and_in_the_plan(self):
        self.project("{decisions: charged}")
        charged = self.simulate("--runs", 1, "--strategy", "stepconf", "--slo", "5s")["stepconf"]
        self.project()
        free = self.simulate("--runs", 1, "--strategy", "stepconf", "--slo", "5s")["stepconf"]
        self.assertAlmostEqual(charged["duration_s"]["mean"] - free["duration_s"]["mean"], 2 * 0.16)
        self.assertAlmostEqual(charged["cost_usd"]["mean"] - free["cost_usd"]["mean"], 2 * 25.2e-6)
        self.project("{decisions: charged}")
        done = self.stepconf("plan", "--strategy", "stepconf", "--slo", "5s", "--json")
        self.assertAlmostEqual(json.loads(done.stdout)["cost_usd"], charged["cost_usd"]["mean"])
        self.assertIn("pays for no decisions", done.stderr)
        self.assertEqual(self.stepconf("plan", "--strategy", "optimal", "--slo", "5s").stderr, "")

    def test_bad_input_is_refused_by_name(self):
        self.project()
        for arguments, expected in [
                (("--strategy", "stepcomf"), 'meant "stepconf"?'),
                (("--strategy", "stepconf,stepconf"), "named twice"),
                (("--runs", "0"), "--runs"),
                (("--target", "1"), "--target is 1"),
                (("--headroom", "1"), "--headroom is 1"),
                (("--slo", "0s"), "--slo")]:
            self.assertIn(expected, self.stepconf("simulate", *arguments, status=2).stderr)
        for simulation, expected in [
                ("{fluctuation: {tail: t3}}", "simulation.fluctuation"),
                ("{fluctuation: {cv: -1}}", "stepconf.yaml:5: simulation.fluctuation.cv"),
                ("{cold: {probability: 0.1}}", "simulation.cold"),
                ("{cold: {seconds: [2, 1]}}", "smaller number"),
                ("{dispatch: fast}", "simulation.dispatch"),
                ("{concurrency: 0}", "simulation.concurrency"),
                ("{every: 5m}", "simulation.every: needs keep_alive"),
                ("{planned_with: {keep_alive: 3s}}", "simulation.planned_with.keep_alive")]:
            self.project(simulation)
            self.assertIn(expected, self.stepconf("simulate", status=2).stderr)

    def test_an_interruption_ends_it_without_a_result(self):
        self.project("{fluctuation: {cv: 0.1}}")
        process = subprocess.Popen([STEPCONF, "simulate", "--runs", "10000000", "--json"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out), (130, ""))
