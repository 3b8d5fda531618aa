"""A custom runtime in a few lines of Python, without any library: takes events from the Runtime API and does what they say."""

import json
import os
import sys
import urllib.request

API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"


def handle(event):
    if not isinstance(event, dict):
        return event
    if "print" in event:
        print(event["print"], flush=True)
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
    try:
        result = handle(event)
    except Exception as error:
        post(request_id + "/error", {"errorType": type(error).__name__, "errorMessage": str(error)})
    else:
        post(request_id + "/response", result)
