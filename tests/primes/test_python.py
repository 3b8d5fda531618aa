"""The example's Python handlers, which need no library."""

import importlib
import math
import os
import pathlib
import sys
import unittest

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "examples" / "primes" / "python"


def load(memory_mb):
    os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = str(memory_mb)
    sys.path.insert(0, str(FOLDER))
    try:
        return importlib.reload(importlib.import_module("index"))
    finally:
        sys.path.remove(str(FOLDER))


class Primes(unittest.TestCase):
    def test_finds_divisors_that_are_known(self):
        known = {0: 1, 1: 1, 2: 2, 9: 3, 25: 5, 49: 7, 561: 3, 41041: 7, 7919: 7919, 999983 * 999979: 999979}
        index = load(1769)
        for number, divisor in known.items():
            self.assertEqual(index.smallest_divisor(number), divisor)

    def test_finds_the_first_168_primes(self):
        found = load(1769).single({"numbers": list(range(1001))}, None)["primes"]
        self.assertEqual((len(found), found[0], found[-1]), (168, 2, 997))

    def test_finds_the_same_whatever_the_ratio_and_the_processes(self):
        event = {"numbers": [7, 8, 999983, 999985, 11, 2, 1, 13]}
        for memory_mb in (1769, 3538, 10240):
            index = load(memory_mb)
            self.assertEqual(index.PROCESSES, math.ceil(memory_mb / 1769))
            for ratio in ({}, {"ratio": 0}, {"ratio": 0.3}, {"ratio": 1}):
                self.assertEqual(index.multicore(event | ratio, None), {"primes": [7, 999983, 11, 2, 13]})


if __name__ == "__main__":
    unittest.main()
