"""The tests' handler for awslambdaric: does what its event says. Its siblings in the other languages do the same."""

import os
import signal
import time


class NoSuchFrame(Exception):
    pass


if "FAIL_INIT" in os.environ:
    raise NoSuchFrame(os.environ["FAIL_INIT"])


def attempts(event):
    """How often this job has been tried, this time included."""
    with open(event["count"], "a+") as file:
        file.write("x")
        file.seek(0)
        return len(file.read())


def handler(event, context):
    if "pause_ms" in event:
        time.sleep(event["pause_ms"] / 1000)
    if "number" in event:
        return event["number"] ** 2
    if "context" in event:
        return {
            "request_id": context.aws_request_id,
            "arn": context.invoked_function_arn,
            "trace_id": os.environ.get("_X_AMZN_TRACE_ID"),
            "remaining_ms": context.get_remaining_time_in_millis(),
        }
    if "say" in event:
        print(event["say"])
        return os.getpid()
    if "raise" in event:
        raise NoSuchFrame(event["raise"])
    if "count" in event:
        attempt = attempts(event)
        if attempt <= event.get("fails", 0):
            raise NoSuchFrame(f"attempt {attempt}")
        if attempt > event.get("dies", 0):
            return attempt
    if "kill" in event or "dies" in event:
        os.kill(os.getpid(), signal.SIGKILL)
    return event
