"""Tells which numbers of a list are prime: `single` one after another, `multicore` a share of them side by side.

Both are plain Lambda handlers. Event: {"numbers": [N, ...], "ratio": 0 to 1}; result: {"primes": [N, ...]} in the event's order.
`ratio` is the share of the numbers that `multicore` gives to several processes, the paper's multi-core ratio; 1 where absent.
"""

import math
import multiprocessing
import os

# A child has the handler's memory, and starts in a millisecond.
FORK = multiprocessing.get_context("fork")
# Lambda gives a function one vCPU for each 1,769 MB.
PROCESSES = max(1, math.ceil(int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "0")) / 1769))


def smallest_divisor(number):
    """The smallest divisor above 1, by trial division: `number` itself where that is prime, 1 where it is below 2."""
    if number < 2:
        return 1
    for small in (2, 3):
        if number % small == 0:
            return small
    # Every further prime is one below or one above a multiple of 6.
    for divisor in range(5, math.isqrt(number) + 1, 6):
        if number % divisor == 0:
            return divisor
        if number % (divisor + 2) == 0:
            return divisor + 2
    return number


def is_prime(number):
    return number > 1 and smallest_divisor(number) == number


def single(event, context):
    return {"primes": [number for number in event["numbers"] if is_prime(number)]}


def send_answers(numbers, pipe):
    pipe.send([is_prime(number) for number in numbers])
    pipe.close()


def side_by_side(numbers):
    """Answers for each number, by processes of this invocation's own: Lambda has no shared memory for a pool's queues."""
    shares = [numbers[first::PROCESSES] for first in range(PROCESSES)]
    pipes = []
    for share in shares:
        ours, theirs = FORK.Pipe(duplex=False)
        child = FORK.Process(target=send_answers, args=(share, theirs))
        child.start()
        theirs.close()
        pipes.append((ours, child))
    answers = [None] * len(numbers)
    for first, (pipe, child) in enumerate(pipes):
        answers[first::PROCESSES] = pipe.recv()
        child.join()
    return answers


def multicore(event, context):
    numbers = event["numbers"]
    parallel = round(event.get("ratio", 1) * len(numbers))
    answers = side_by_side(numbers[:parallel]) + [is_prime(number) for number in numbers[parallel:]]
    return {"primes": [number for number, answer in zip(numbers, answers) if answer]}
