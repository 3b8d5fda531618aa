"""The primes example's work under Python's own process pool, as a developer would write it into the handler: what the wrapper is held against.

Event: {"lists": [[N, ...], ...]}; result: a list's primes for each. The pool has a process for each vCPU of the memory size.
"""

import math
import multiprocessing
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "examples" / "primes" / "python"))

from index import is_prime  # noqa: E402

PROCESSES = math.ceil(int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) / 1769)


def check(numbers):
    return {"primes": [number for number in numbers if is_prime(number)]}


# After all that its processes call: they are forked here.
POOL = multiprocessing.Pool(PROCESSES) if "POOL_IN_INIT" in os.environ else None


def handler(event, context):
    if POOL:
        return POOL.map(check, event["lists"], chunksize=1)
    with multiprocessing.Pool(PROCESSES) as pool:
        return pool.map(check, event["lists"], chunksize=1)
