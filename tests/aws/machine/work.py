"""The functions that the machines of the tests call, as custom runtimes without any library: work.py FOLDER ROLE.

`work` gives its event back, or does what it says: {"raise": TYPE}, {"flaky": ID, "times": N} fails N times first, {"give": VALUE}.
`configurator` answers with FOLDER/answer.json, and raises where that has "raise"; it adds each question to FOLDER/questions.jsonl."""

import json
import os
import pathlib
import sys
import urllib.request

API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
FOLDER = pathlib.Path(sys.argv[1])


class Failure(Exception):
    def __init__(self, name):
        super().__init__(f"this is {name}")
        self.name = name


def work(event):
    if not isinstance(event, dict):
        return event
    if "raise" in event:
        raise Failure(event["raise"])
    if "flaky" in event:
        with (FOLDER / f"flaky-{event['flaky']}").open("a") as tries:
            tries.write("x")
            tries.flush()
            if tries.tell() <= event["times"]:
                raise Failure("Flaky")
    return event.get("give", event)


def configurator(event):
    with (FOLDER / "questions.jsonl").open("a") as questions:
        questions.write(json.dumps(event) + "\n")
    answer = json.loads((FOLDER / "answer.json").read_text())
    if "raise" in answer:
        raise Failure(answer["raise"])
    return answer


def post(path, document):
    body = json.dumps(document).encode()
    urllib.request.urlopen(urllib.request.Request(API + path, body, method="POST")).read()


handler = {"work": work, "configurator": configurator}[sys.argv[2]]
while True:
    with urllib.request.urlopen(API + "next") as answer:
        request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
        event = json.loads(answer.read())
    try:
        result = handler(event)
    except Failure as error:
        post(request_id + "/error", {"errorType": error.name, "errorMessage": str(error)})
    else:
        post(request_id + "/response", result)
