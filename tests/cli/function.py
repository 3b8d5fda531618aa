"""A Lambda custom runtime that burns CPU time and does what its event says; the standard library only."""

import json
import os
import time
import urllib.request

API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"


def calls_so_far(file):
    with open(file, "ab") as counted:
        counted.write(b"x")
        return counted.tell()


def handle(event):
    event = event if isinstance(event, dict) else {"n": event}
    end = time.process_time() + event.get("cpu_s", 0)
    while time.process_time() < end:
        pass
    if "gate" in event and calls_so_far(event["gate"] + ".calls") > event["free_calls"]:
        open(event["gate"]).close()
    ballast = bytearray(event.get("allocate_mb", {}).get(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], 0) << 20)
    ballast[::4096] = b"x" * len(ballast[::4096])
    if event.get("exit") is not None:
        os._exit(event["exit"])
    if "fail_once" in event and not os.path.exists(event["fail_once"]):
        open(event["fail_once"], "w").close()
        raise RuntimeError("not yet")
    if "raise" in event:
        raise ValueError(event["raise"])
    return {"n": event.get("n"), "twice": 2 * event.get("n", 0)}


while True:
    with urllib.request.urlopen(API + "next") as answer:
        request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
        event = json.loads(answer.read())
    try:
        path, document = "/response", handle(event)
    except Exception as error:
        path, document = "/error", {"errorType": type(error).__name__, "errorMessage": str(error)}
    urllib.request.urlopen(urllib.request.Request(API + request_id + path, json.dumps(document).encode(), method="POST")).read()
