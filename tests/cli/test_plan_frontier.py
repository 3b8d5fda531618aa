"""`plan --frontier` and `plan --budget` as a black box: numbers worked by hand, exit statuses, messages."""

import random

from command import PROJECT, Command, table


class PlanFrontier(Command):
    def setUp(self):
        super().setUp()
        # Work takes 1 s for 0.002 or 2 s for 0.001; the third row is slower and dearer.
        self.write_models(work=table((1024, 2, 2, 2.0, 0.001), (1769, 1, 1, 1.0, 0.002), (1024, 1, 1, 3.0, 0.003)),
                          finish=table((1769, 1, 1, 1.0, 0.001)))

    def test_the_frontier_goes_from_the_fastest_plan_to_the_cheapest(self):
        found = self.json("plan", "--frontier")
        self.assertEqual((found["complete"], found["excess"], found["out_of_time"]), (True, 0, False))
        points = found["frontier"]
        self.assertEqual([sorted(point) for point in points], [["cost_usd", "duration_s"]] * 2)
        for point, (seconds, usd) in zip(points, ((2.0, 0.003), (3.0, 0.002))):
            self.assertAlmostEqual(point["duration_s"], seconds)
            self.assertAlmostEqual(point["cost_usd"], usd)
        self.assertEqual(self.stepconf("plan", "--frontier").stdout, " takes     costs\n2.00 s  $0.00300\n3.00 s  $0.00200\n")

    def test_the_frontier_needs_no_slo_and_keeps_fixed_steps(self):
        self.write("stepconf.yaml", PROJECT.replace("slo: 30s\n", ""))
        points = self.json("plan", "--frontier", "--fix", "Work=1769x1x1", ".")["frontier"]
        self.assertEqual([point["duration_s"] for point in points], [2.0])

    def test_a_thinned_frontier_loses_no_more_than_epsilon(self):
        # 0.003 is 1.5 times 0.002, so the faster point can stand for both.
        self.assertEqual(len(self.json("plan", "--frontier", "--epsilon", "0.4")["frontier"]), 2)
        thinned = self.json("plan", "--frontier", "--epsilon", "0.6")
        self.assertEqual((len(thinned["frontier"]), thinned["complete"], thinned["out_of_time"]), (1, False, False))
        self.assertGreater(thinned["excess"], 0)
        self.assertIn("as --epsilon asked", self.stepconf("plan", "--frontier", "--epsilon", "0.6").stdout)
        self.assertIn("--frontier", self.stepconf("plan", "--epsilon", "0.6", status=2).stderr)

    def test_a_budget_gives_the_fastest_plan_within_it(self):
        for budget, seconds, usd, memory in ((0.0025, 3.0, 0.002, 1024), (0.003, 2.0, 0.003, 1769), (1, 2.0, 0.003, 1769)):
            plan = self.json("plan", "--budget", budget)
            self.assertEqual((plan["strategy"], plan["slo_s"], plan["budget_usd"], plan["feasible"]),
                             ("optimal", None, budget, True))
            self.assertAlmostEqual(plan["duration_s"], seconds)
            self.assertAlmostEqual(plan["lower_bound_s"], seconds)
            self.assertAlmostEqual(plan["cost_usd"], usd)
            self.assertTrue(plan["proved_optimal"])
            self.assertEqual([step["name"] for step in plan["steps"]], ["Work", "Finish"])
            self.assertEqual(plan["steps"][0]["memory_mb"], memory)
        self.assertIn("$0.00200 of $0.00250", self.stepconf("plan", "--budget", "0.0025").stdout)

    def test_a_budget_that_nothing_keeps_gives_the_cheapest_plan_and_exit_status_3(self):
        plan = self.json("plan", "--budget", "0.0015", status=3)
        self.assertEqual((plan["feasible"], plan["budget_usd"], plan["proved_optimal"]), (False, 0.0015, False))
        self.assertAlmostEqual(plan["cost_usd"], 0.002)
        self.assertAlmostEqual(plan["duration_s"], 3.0)
        self.assertIn("this cheapest plan costs $0.000500 more", self.stepconf("plan", "--budget", "0.0015", status=3).stdout)

    def test_an_slo_that_nothing_meets_says_by_how_much_the_fastest_plan_misses_it(self):
        for strategy in ("stepconf", "optimal", "exact", "static"):
            told = self.stepconf("plan", "--slo", "1500ms", "--strategy", strategy, status=3).stdout
            self.assertIn("The SLO cannot be met: this fastest plan is 500 ms too slow.", told)

    def test_contradictory_wishes_are_refused_with_what_to_do(self):
        self.assertIn("give one", self.stepconf("plan", "--slo", "20s", "--budget", "1", status=2).stderr)
        self.assertIn("leave --strategy out", self.stepconf("plan", "--strategy", "static", "--budget", "1", status=2).stderr)
        self.assertEqual(self.json("plan", "--strategy", "exact", "--budget", "1")["strategy"], "exact")
        for more in (("--slo", "20s"), ("--budget", "1"), ("--strategy", "optimal")):
            self.assertIn(more[0], self.stepconf("plan", "--frontier", *more, status=2).stderr)
        self.assertIn("at least 0", self.stepconf("plan", "--budget=-1", status=2).stderr)
        self.assertIn("--budget", self.stepconf("plan", "--budget", "much", status=2).stderr)


class SearchTime(Command):
    """A workflow that is not series-parallel and has many plans."""

    def setUp(self):
        super().setUp()
        luck = random.Random(1)
        steps, models = "", {}
        for step in range(24):
            after = sorted({luck.randrange(step) for _ in range(2)} if step else set())
            steps += f"  - {{name: s{step}, function: f{step}, after: [{', '.join(f's{s}' for s in after)}]}}\n"
            work = luck.uniform(1, 10)
            models[f"f{step}"] = table(*((128 * (1 + row), 1, 1, work / (1 + row), work * (1 + row) ** luck.uniform(0.1, 0.9)) for row in range(6)))
        self.write("stepconf.yaml", f"schema: 1\nsteps:\n{steps}models: models.json\nslo: 20s\n")
        self.write_models(**models)

    def test_a_frontier_says_what_the_time_limit_left_out(self):
        cut = self.json("plan", "--frontier", "--search-time", "0s")
        self.assertEqual((cut["complete"], cut["out_of_time"]), (False, True))
        self.assertGreater(cut["excess"], 0)
        told = self.stepconf("plan", "--frontier", "--search-time", "0s").stdout
        self.assertIn("The search time of 0 s left points out; --search-time gives more.", told)
        self.assertIn("cost at most", told)

    def test_a_plan_says_that_it_is_not_proved(self):
        for strategy in ("optimal", "exact"):
            plan = self.json("plan", "--strategy", strategy, "--search-time", "0s")
            self.assertEqual((plan["feasible"], plan["proved_optimal"]), (True, False), strategy)
            self.assertLess(plan["lower_bound_usd"], plan["cost_usd"])
        self.assertIn("Not proved to be the cheapest: none costs less than $",
                      self.stepconf("plan", "--strategy", "optimal", "--search-time", "0s").stdout)
        self.assertIn("--search-time", self.stepconf("plan", "--search-time", "long", status=2).stderr)
