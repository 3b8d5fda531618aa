"""What a batch's envelope asks of the wrapper, with AWS's runtimes: Retry and TimeoutSeconds by job, idempotent jobs, JSON logs."""

import base64
import json

import pytest

from local_server import serving_functions
from runtimes import RUNTIMES, need

NAMES = ["python", "node", "java", "cpp"]
ANY = "arn:aws:lambda:us-east-1:000000000000:function:any"
RETRY = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    functions = {
        name: {
            "command": RUNTIMES[name].text(),
            "directory": str(RUNTIMES[name].directory),
            "timeout": "30s",
            "environment": {**RUNTIMES[name].environment, "AWS_LAMBDA_LOG_FORMAT": "JSON"},
        }
        for name in NAMES
    }
    with serving_functions(tmp_path_factory.mktemp("options"), functions) as client:
        yield client


@pytest.fixture(params=NAMES)
def function(request):
    need(request.param)
    return request.param


def invoke(client, function, jobs, **options):
    event = {"stepconf": {"processes": 2, "errors": "collect", **options}, "jobs": jobs}
    answer = client.invoke(FunctionName=function, Payload=json.dumps(event), LogType="Tail")
    payload = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, payload
    return payload, base64.b64decode(answer["LogResult"]).decode()


def test_tries_a_job_again_as_its_task_says_while_the_others_end(client, function, tmp_path):
    task = {"Type": "Task", "Resource": ANY, "End": True, "Retry": [RETRY]}
    jobs = [{"number": 1}, {"fails": 1, "count": str(tmp_path / "count")}, {"number": 2}]
    answers, _ = invoke(client, function, jobs, state={"Task": task})
    assert answers == [{"result": 1}, {"result": 2}, {"result": 4}]
    assert (tmp_path / "count").read_text() == "xx"


def test_ends_a_job_at_its_tasks_timeout(client, function):
    task = {"Type": "Task", "Resource": ANY, "End": True, "TimeoutSeconds": 1}
    answers, _ = invoke(client, function, [{"number": 1}, {"pause_ms": 20_000}, {"number": 2}], state={"Task": task})
    assert [answer.get("result") for answer in answers] == [1, None, 4]
    assert answers[1]["error"]["errorType"] == "States.Timeout"


def test_gives_an_idempotent_job_to_another_copy(client, function, tmp_path):
    jobs = [{"number": 1}, {"dies": 2, "count": str(tmp_path / "count")}, {"number": 2}]
    answers, _ = invoke(client, function, jobs, idempotent=True)
    assert answers == [{"result": 1}, {"result": 3}, {"result": 4}]
    assert (tmp_path / "count").read_text() == "xxx"


def test_makes_events_and_results_by_the_steps_templates(client, function):
    state = {
        "Map": {"ItemSelector": {"number.$": "$$.Map.Item.Value", "index.$": "$$.Map.Item.Index"}},
        "Task": {
            "Type": "Task",
            "Resource": ANY,
            "End": True,
            "ResultSelector": {"square.$": "$"},
            "ResultPath": "$.found",
        },
    }
    answers, _ = invoke(client, function, [5, 6], state=state, batch=3, size=2)
    assert [answer["result"] for answer in answers] == [
        {"number": 5, "index": 6, "found": {"square": 25}},
        {"number": 6, "index": 7, "found": {"square": 36}},
    ]


def test_marks_the_lines_of_logs_in_json(client, function):
    jobs = [{"say": json.dumps({"frame": n})} for n in range(4)]
    _, log = invoke(client, function, jobs)
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    found = {(line["job"], line["frame"]) for line in lines if "frame" in line}
    assert found == {(n, n) for n in range(4)}
