#!/usr/bin/env python3
"""Writes jobs.json: 64 lists of 60 primes for `stepconf evaluate estimator`, the same ones each time.

The primes are neighbours, so all jobs are alike: trial division tries every sixth pair up to the square root, and the
roots of the least and the greatest prime differ by less than one in a million. 60 divides by the 1 to 6 threads that
the multi-core version has between 512 and 10,240 MB, so its threads share a list evenly. A prime near 2.2 * 10^11 takes
about 0.3 ms on a core of 2025, a list 18 ms.
"""

import json
import math
import pathlib

JOBS = 64
NUMBERS = 60
FIRST = 220_000_000_000
# Odd numbers among which there are surely enough primes: about one in 13 is prime there.
WINDOW = 15 * JOBS * NUMBERS


def neighbouring_primes():
    """The first JOBS * NUMBERS primes from FIRST on, by a sieve over the odd numbers of the window."""
    odd = bytearray([1]) * WINDOW
    last = FIRST + 2 * WINDOW
    for divisor in range(3, math.isqrt(last) + 1, 2):
        # The first odd multiple above FIRST; composite divisors strike out nothing new.
        multiple = -(-(FIRST + 1) // divisor) * divisor
        multiple += divisor if multiple % 2 == 0 else 0
        for at in range((multiple - FIRST - 1) // 2, WINDOW, divisor):
            odd[at] = 0
    primes = [FIRST + 1 + 2 * at for at in range(WINDOW) if odd[at]]
    assert len(primes) >= JOBS * NUMBERS
    return primes[: JOBS * NUMBERS]


def jobs():
    primes = neighbouring_primes()
    return [{"numbers": primes[job::JOBS]} for job in range(JOBS)]


def main():
    lines = ",\n".join("  " + json.dumps(job) for job in jobs())
    pathlib.Path(__file__).with_name("jobs.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
