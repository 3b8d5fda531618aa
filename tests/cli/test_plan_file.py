"""`plan --save`, `run --plan` and `history` as a black box."""

import json
import sqlite3
import threading

from command import MACHINE, PROJECT, Command, table


class PlanFile(Command):
    def setUp(self):
        super().setUp()
        self.write_models(work=table((1024, 2, 2, 2.0, 0.001), (1769, 1, 1, 1.0, 0.002)),
                          finish=table((1769, 1, 1, 1.0, 0.001)))
        self.write("input.json", json.dumps({"items": [1, 2, 3]}))

    def test_a_run_decides_by_the_plan_alone(self):
        self.assertIn("p.plan", self.stepconf("plan", "--save", "p.plan").stderr)
        planned = self.json("plan")
        # Neither models nor settings of the project count any more.
        (self.folder / "models.json").unlink()
        self.write("stepconf.yaml", PROJECT.replace("slo: 30s", "slo: 1s"))
        self.assertEqual(self.json("plan", "--load", "p.plan"), planned)
        result = self.json("run", "--plan", "p.plan", "--input", "input.json")
        self.assertEqual(result["slo_s"], 30.0)
        work = result["steps"][0]
        self.assertEqual((work["memory_mb"], work["predicted_s"], work["constraint"]), (1024, 2.0, "sub_slo"))
        self.assertEqual(self.json("plan", "--load", "p.plan", "--slo", "2s", status=0)["steps"][0]["memory_mb"], 1769)

    def test_a_simulation_plays_the_plan_alone(self):
        self.stepconf("plan", "--save", "p.plan", "--strategy", "exact", "--slo", "2500ms")
        of_project = self.json("simulate", "--strategy", "exact", "--slo", "2500ms", "--runs", "20")
        (self.folder / "models.json").unlink()
        # Neither what strategies believe nor what decisions are charged changes what the file holds.
        self.write("stepconf.yaml", PROJECT + "simulation: {decisions: charged, planned_with: {cold: {seconds: 9}}}\n")
        played = self.json("simulate", "--plan", "p.plan", "--runs", "20")
        (exact,) = played["strategies"]
        self.assertEqual((played["slo_s"], exact["strategy"]), (2.5, "exact"))
        (free,) = of_project["strategies"]
        # Decisions before both steps, at 160 ms each.
        self.assertAlmostEqual(exact["duration_s"]["mean"], free["duration_s"]["mean"] + 0.32)
        self.assertGreater(exact["cost_usd"]["mean"], free["cost_usd"]["mean"])
        both = self.json("simulate", "--plan", "p.plan", "--strategy", "static,fastest", "--runs", "20")["strategies"]
        self.assertEqual([result["strategy"] for result in both], ["static", "fastest"])
        self.assertIn("--plan", self.stepconf("simulate", "--plan", "p.plan", "--models", "models.json", status=2).stderr)

    def test_the_same_project_gives_the_same_bytes(self):
        self.stepconf("plan", "--save", "a.plan")
        self.stepconf("plan", "--save", "b.plan")
        self.assertEqual((self.folder / "a.plan").read_bytes(), (self.folder / "b.plan").read_bytes())

    def test_an_slo_of_the_input_stays_one(self):
        self.write("stepconf.yaml", PROJECT.replace("slo: 30s", "slo: {path: $.slo, default: 30s}"))
        self.stepconf("plan", "--save", "p.plan")
        self.write("input.json", json.dumps({"items": [1], "slo": 25}))
        self.assertEqual(self.json("run", "--plan", "p.plan", "--input", "input.json")["slo_s"], 25.0)

    def test_a_plan_without_an_slo_runs_without_one(self):
        self.write("stepconf.yaml", PROJECT.replace("slo: 30s\n", ""))
        self.stepconf("plan", "--save", "p.plan", "--fix", "Work=1024x2x2", "--fix", "Finish=1769x1x1", ".")
        result = self.json("run", "--plan", "p.plan", "--input", "input.json")
        self.assertIsNone(result["slo_s"])
        self.assertEqual(result["steps"][0]["memory_mb"], 1024)

    def test_a_plan_for_another_definition_is_refused_with_what_differs(self):
        self.stepconf("plan", "--save", "p.plan")
        self.write("workflow.asl.json", json.dumps(MACHINE).replace("function:finish", "function:end"))
        self.write("stepconf.yaml", PROJECT.replace("  finish:", "  end:"))
        message = self.stepconf("run", "--plan", "p.plan", status=2).stderr
        self.assertIn('step "Finish" calls end, in the plan finish', message)

    def test_what_is_no_whole_plan_file_is_refused(self):
        self.stepconf("plan", "--save", "p.plan")
        whole = (self.folder / "p.plan").read_bytes()
        for bytes_, what in ((b"{}", "is not a plan file"), (whole[:-1], "is cut short"),
                             (whole[:-1] + b"?", "does not match its hash")):
            (self.folder / "bad.plan").write_bytes(bytes_)
            self.assertIn(f"bad.plan: {what}" if what[0] == "i" else what,
                          self.stepconf("run", "--plan", "bad.plan", status=2).stderr)
        self.assertIn("--plan", self.stepconf("run", "--plan", "p.plan", "--models", "models.json", status=2).stderr)


class History(Command):
    def setUp(self):
        super().setUp()
        self.write_models(work=table((1024, 2, 2, 2.0, 0.001)), finish=table((1769, 1, 1, 1.0, 0.001)))
        self.write("input.json", json.dumps({"items": [1]}))

    def run_once(self, *arguments, status=0):
        return self.stepconf("run", "--input", "input.json", *arguments, status=status)

    def test_counts_runs_by_strategy_and_slo_with_their_interval(self):
        self.assertIn("No run", self.stepconf("history").stdout)
        self.assertFalse((self.folder / ".stepconf").exists())
        self.run_once()
        self.run_once()
        self.run_once("--slo", "1ms", status=3)
        missed, met = self.json("history")["strategies"]
        self.assertEqual((missed["slo_s"], missed["runs"], missed["met"], missed["attainment"]), (0.001, 1, 0, 0.0))
        self.assertEqual((met["strategy"], met["target"], met["runs"], met["failed"], met["met"]), ("stepconf", 0.95, 2, 0, 2))
        # Wilson: 2 / (2 + 1.96^2) to 1.
        self.assertAlmostEqual(met["attainment_ci"][0], 0.3424, places=3)
        self.assertAlmostEqual(met["attainment_ci"][1], 1.0)
        self.assertIn("100.0 % (34.2 to 100.0)", self.stepconf("history").stdout)

    def test_a_failed_run_counts_as_failed_and_not_as_a_miss(self):
        self.write("input.json", json.dumps({"items": [{"fail": True}]}))
        self.write("workflow.asl.json", json.dumps({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}))
        self.write("stepconf.yaml", PROJECT.split("functions:")[0].replace("jobs: {Work: 4}\n", "") + "slo: 30s\n")
        self.run_once(status=1)
        only = self.json("history")["strategies"][0]
        self.assertEqual((only["runs"], only["failed"], only["met"], only["attainment"]), (1, 1, 0, None))

    def test_runs_of_an_earlier_definition_are_told_apart(self):
        self.run_once()
        self.write("workflow.asl.json", json.dumps(MACHINE).replace('"Finish"', '"End it"'))
        history = self.json("history")
        self.assertEqual((history["strategies"], history["runs_of_other_definitions"]), ([], 1))

    def test_two_runs_at_once_are_both_recorded(self):
        threads = [threading.Thread(target=self.run_once) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.json("history")["strategies"][0]["runs"], 2)

    def test_a_history_that_cannot_be_written_is_a_warning(self):
        self.write(".stepconf", "a file where the folder should be")
        done = self.run_once()
        self.assertIn("warning: the run history was not written", done.stderr)
        (self.folder / ".stepconf").unlink()
        (self.folder / ".stepconf").mkdir()
        (self.folder / ".stepconf" / "runs.db").write_text("no database" * 100)
        self.assertIn("is damaged, or no run history", self.run_once().stderr)

    def test_a_run_that_another_writer_holds_up_still_ends(self):
        self.run_once()
        holder = sqlite3.connect(self.folder / ".stepconf" / "runs.db", isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN IMMEDIATE")
        # Reading waits for nobody.
        self.assertEqual(self.json("history")["strategies"][0]["runs"], 1)
        self.assertIn("another process has held it", self.run_once().stderr)
