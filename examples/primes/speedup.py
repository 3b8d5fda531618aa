#!/usr/bin/env python3
"""Shows what memory size and processes do for the primes example: a table of speed-ups over one process at 1,769 MB.

Single-threaded: q copies of the handler work in an instance. Multi-core-friendly: one copy, a share of whose work (the multi-core
ratio) uses all vCPUs. At most min(vCPUs, q) and, by Amdahl's law, 1 / (1 - ratio + ratio / vCPUs) can be had.
"""

import argparse
import json
import subprocess

from local_lambda import FUNCTIONS, PRIMES, LocalLambda

MEMORY_MB = [884, 1769, 3538, 7076]
PROCESSES = [1, 2, 4]
RATIOS = [0.5, 0.75, 1.0]


def batch(lists, processes, **options):
    return {"stepconf": {"processes": processes}, "jobs": [{"numbers": each, **options} for each in lists]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--language", choices=["python", "cpp"], default="python", help="default: python")
    parser.add_argument("--cpu-scale", type=float, default=0.5, help="default: 0.5, with which 2 cores play 4 vCPUs")
    options = parser.parse_args()
    subprocess.run([PRIMES / "prepare.sh"], check=True)
    lists = json.loads((PRIMES / "input.json").read_text())["lists"]
    if options.language == "cpp":
        lists *= 10
    single, multicore = f"primes-{options.language}", f"primes-{options.language}-multicore"

    with LocalLambda(FUNCTIONS, MEMORY_MB, options.cpu_scale) as local:

        def seconds(function, memory_mb, event):
            local.invoke(function, memory_mb, event | {"jobs": event["jobs"][:4]})  # starts the copies
            return local.seconds(function, memory_mb, event)

        base = seconds(single, 1769, batch(lists, 1))
        print(f"speed-up over {base:.2f} s ({len(lists)} lists of 8 numbers, {options.language}, cpu_scale {options.cpu_scale})")
        print(f"{'':14}{'single-threaded':^{8 * len(PROCESSES)}}  {'multi-core-friendly':^{8 * len(RATIOS)}}")
        print("     MB  vCPU ", *(f"  q = {q}" for q in PROCESSES), " ", *(f"r={r:.2f}" .rjust(7) for r in RATIOS))
        for memory_mb in MEMORY_MB:
            times = [seconds(single, memory_mb, batch(lists, q)) for q in PROCESSES]
            times += [seconds(multicore, memory_mb, batch(lists, 1, ratio=r)) for r in RATIOS]
            shown = [f"{base / each:7.2f}" for each in times]
            shown.insert(len(PROCESSES), " ")
            print(f"{memory_mb:7} {memory_mb / 1769:5.1f} ", *shown, flush=True)


if __name__ == "__main__":
    main()
