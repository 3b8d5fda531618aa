#!/usr/bin/env python3
"""Prints what processes gain on the primes example's CPU-bound handlers, and what Python's own process pool gains on the same work.

Speed-up is against one process at the same memory size; its bound is min(vCPUs of the memory size, processes). Each figure is the median of
--repeat rounds, in each of which every variant runs once.
"""

import argparse
import itertools
import json
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "examples" / "primes"))

from local_lambda import FUNCTIONS, PRIMES, LocalLambda, python_function  # noqa: E402

# A memory size of so many vCPUs.
MEMORY_MB = {2: 3538, 4: 7076}
HANDLERS = {"Python (awslambdaric)": "primes-python", "C++ (stepconf/runtime)": "primes-cpp"}
POOLS = {"pool made in INIT": "pool-in-init", "pool made in the invocation": "pool"}


def jobs_of(function, count):
    """One number a job in Python, one list in C++, about 10 ms each: among many jobs, the last ones hardly leave a copy idle."""
    lists = json.loads((PRIMES / "input.json").read_text())["lists"]
    if function == "primes-cpp":
        jobs = lists
    else:
        jobs = [[number] for each in lists for number in each]
    return list(itertools.islice(itertools.cycle(jobs), count))


def batch(jobs, processes):
    return {"stepconf": {"processes": processes}, "jobs": [{"numbers": job} for job in jobs]}


def variants(jobs):
    """(name, vCPUs of the memory size, processes, function, event) of everything that is measured."""
    for name, function in HANDLERS.items():
        for vcpus in MEMORY_MB:
            for processes in (1, vcpus):
                # In a sandbox of its own: among several warm copies, one that was idle has CPU time to spare.
                called = f"{function}-alone" if processes == 1 else function
                yield name, vcpus, processes, called, batch(jobs_of(function, jobs), processes)
    for name, function in POOLS.items():
        for vcpus in MEMORY_MB:
            yield name, vcpus, vcpus, function, {"lists": jobs_of(function, jobs)}


def measure(local, repeat, jobs):
    """The times of each variant, in seconds."""
    times = {}
    for round_number in range(-1, repeat):
        for name, vcpus, processes, function, event in variants(jobs):
            if round_number < 0:
                # Starts sandboxes and copies, and is not counted.
                event = {key: value if key == "stepconf" else value[: 4 * processes] for key, value in event.items()}
            took = local.seconds(function, MEMORY_MB[vcpus], event)
            if round_number >= 0:
                times.setdefault((name, vcpus, processes), []).append(took)
    return times


def spread(times):
    return f"{statistics.median(times):6.2f} s ({min(times):.2f} to {max(times):.2f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3, help="rounds (default: 3)")
    parser.add_argument("--jobs", type=int, default=640, help="of each invocation (default: 640)")
    parser.add_argument("--cpu-scale", type=float, default=0.4, help="default: 0.4, with which 2 cores play 4 vCPUs and have some time for the platform")
    options = parser.parse_args()
    subprocess.run([PRIMES / "prepare.sh"], check=True)
    alone = {f"{function}-alone": FUNCTIONS[function] for function in HANDLERS.values()}
    functions = FUNCTIONS | alone | {
        "pool": python_function("pooled.handler", ROOT / "bench" / "pool"),
        "pool-in-init": python_function("pooled.handler", ROOT / "bench" / "pool", POOL_IN_INIT="1"),
    }
    with LocalLambda(functions, MEMORY_MB.values(), options.cpu_scale) as local:
        times = measure(local, options.repeat, options.jobs)

    print(f"{options.jobs} jobs, cpu_scale {options.cpu_scale}, median of {options.repeat} (fastest to slowest)")
    print(f"{'':30}{'MB':>6}{'q':>3}  {'took':25}{'speed-up':>9}{'of its bound':>14}")
    for (name, vcpus, processes), took in times.items():
        # A pool is held against one process of the same language.
        alone = times[(name if name in HANDLERS else "Python (awslambdaric)", vcpus, 1)]
        gain = statistics.median(alone) / statistics.median(took)
        line = f"{name:30}{MEMORY_MB[vcpus]:6}{processes:3}  {spread(took):25}{gain:9.2f}"
        print(line if processes == 1 else f"{line}{gain / min(vcpus, processes):14.3f}")


if __name__ == "__main__":
    main()
