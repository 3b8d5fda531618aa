"""A custom runtime in a few lines of Python, without any library: takes events from the Runtime API and does what they say.

Called with a client context, it gives that back."""

import json
import os
import sys
import tempfile
import urllib.request

API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"


def read(megabytes):
    """Writes and reads a file of so many MB, which fills the page cache."""
    with tempfile.TemporaryFile() as file:
        for _ in range(megabytes):
            file.write(b"x" * (1 << 20))
        file.seek(0)
        return sum(len(file.read(1 << 20)) for _ in range(megabytes)) >> 20


def handle(event):
    if not isinstance(event, dict):
        return event
    if "print" in event:
        print(event["print"], flush=True)
    if "touch" in event:
        open(event["touch"], "w").close()
    if "read_mb" in event:
        return read(event["read_mb"])
    if "hold_mb" in event:
        return len(b"x" * (event["hold_mb"] << 20)) >> 20
    if "exit" in event:
        os._exit(event["exit"])
    if "variable" in event:
        return os.environ.get(event["variable"])
    if "raise" in event:
        raise ValueError(event["raise"])
    return event


def post(path, document):
    body = json.dumps(document).encode()
    urllib.request.urlopen(urllib.request.Request(API + path, body, method="POST")).read()


while True:
    with urllib.request.urlopen(API + "next") as answer:
        request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
        event = json.loads(answer.read())
        context = answer.headers["Lambda-Runtime-Client-Context"]
    try:
        result = json.loads(context) if context else handle(event)
    except Exception as error:
        post(request_id + "/error", {"errorType": type(error).__name__, "errorMessage": str(error)})
    else:
        post(request_id + "/response", result)
