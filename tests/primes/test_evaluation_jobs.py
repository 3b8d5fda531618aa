"""The jobs that `stepconf evaluate estimator` gives the primes functions."""

import importlib.util
import json
import math
import pathlib
import unittest

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "examples" / "primes" / "evaluation"


def make_jobs():
    spec = importlib.util.spec_from_file_location("make_jobs", FOLDER / "make_jobs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class EvaluationJobs(unittest.TestCase):
    def test_the_file_is_what_the_script_makes(self):
        self.assertEqual(json.loads((FOLDER / "jobs.json").read_text()), make_jobs().jobs())

    def test_all_jobs_are_alike_in_work(self):
        lists = [job["numbers"] for job in make_jobs().jobs()]
        self.assertEqual({len(numbers) for numbers in lists}, {60})
        roots = [math.sqrt(number) for numbers in lists for number in numbers]
        self.assertEqual(len(roots), 64 * 60)
        self.assertLess(max(roots) / min(roots) - 1, 1e-6)

    def test_numbers_are_prime(self):
        # Each list has neighbours of every part of the window.
        for number in make_jobs().jobs()[0]["numbers"][::20]:
            self.assertTrue(all(number % divisor for divisor in range(2, math.isqrt(number) + 1)), number)


if __name__ == "__main__":
    unittest.main()
