"""AWS's own runtimes, in four languages, under the wrapper and `stepconf local`: their handlers know nothing of batches."""

import base64
import collections
import json
import re

import pytest

from local_server import serving_functions
from runtimes import RUNTIMES, need

TIMEOUT_S = 30


def function(runtime, **environment):
    return {
        "command": runtime.text(),
        "directory": str(runtime.directory),
        "timeout": f"{TIMEOUT_S}s",
        "environment": {**runtime.environment, **environment},
    }


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    functions = {}
    for runtime in RUNTIMES.values():
        functions[runtime.name] = function(runtime)
        functions[f"{runtime.name}-broken"] = function(runtime, FAIL_INIT="no frames at all")
    with serving_functions(tmp_path_factory.mktemp("runtimes"), functions) as client:
        yield client


@pytest.fixture(params=RUNTIMES)
def runtime(request):
    need(request.param)
    return RUNTIMES[request.param]


Answer = collections.namedtuple("Answer", "payload error log")


def invoke(client, name, event, **arguments):
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail", **arguments)
    log = base64.b64decode(answer["LogResult"]).decode()
    return Answer(json.loads(answer["Payload"].read()), answer.get("FunctionError"), log)


def batch(processes, jobs, **options):
    return {"stepconf": {"processes": processes, **options}, "jobs": jobs}


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_answers_a_batch_in_order(client, runtime, processes):
    # The first jobs take longest, so that copies finish out of order.
    jobs = [{"number": n, "pause_ms": 40 if n < 2 else 0} for n in range(12)]
    answer = invoke(client, runtime.name, batch(processes, jobs))
    assert answer.error is None
    assert answer.payload == [n * n for n in range(12)]


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_works_on_as_many_jobs_at_once_as_wanted(client, runtime, processes):
    # As many jobs as copies, each long enough that an idle copy would have taken it; copies that start late find no job left.
    event = batch(processes, [{"say": "here", "pause_ms": 100}] * processes)
    used = [len(set(invoke(client, runtime.name, event).payload))]
    while used[-1] < processes and len(used) < 50:
        used.append(len(set(invoke(client, runtime.name, event).payload)))
    assert used[-1] == processes, used


def test_passes_any_other_event_through(client, runtime):
    answer = invoke(client, runtime.name, {"frames": [1, 2, {"deep": True}], "text": "Größe"})
    assert answer.payload == {"frames": [1, 2, {"deep": True}], "text": "Größe"}
    assert answer.error is None


@pytest.mark.parametrize("wrap", [lambda job: job, lambda job: batch(2, [job, {"number": 2}])], ids=["alone", "batch"])
def test_keeps_the_errors_of_functions(client, runtime, wrap):
    answer = invoke(client, runtime.name, wrap({"raise": "frame 7 is missing"}))
    assert answer.error == "Unhandled"
    assert answer.payload["errorType"] == runtime.error_type
    assert answer.payload["errorMessage"] == "frame 7 is missing"
    assert isinstance(answer.payload[runtime.trace], list)


def test_collects_errors_with_their_stack_traces(client, runtime):
    jobs = [{"number": 3}, {"raise": "frame 7 is missing"}, {"number": 4}]
    answer = invoke(client, runtime.name, batch(2, jobs, errors="collect"))
    assert answer.error is None
    assert answer.payload[0] == {"result": 9}
    assert answer.payload[2] == {"result": 16}
    error = answer.payload[1]["error"]
    assert (error["errorType"], error["errorMessage"]) == (runtime.error_type, "frame 7 is missing")
    assert runtime.source in json.dumps(error[runtime.trace])


def test_gives_each_job_the_context_of_an_invocation_of_its_own(client, runtime):
    alone = invoke(client, runtime.name, {"context": True}).payload
    each = invoke(client, runtime.name, batch(2, [{"context": True}] * 3)).payload
    assert len({seen["request_id"] for seen in each}) == 3
    for seen in (alone, *each):
        assert seen["arn"].startswith("arn:aws:lambda:us-east-1:")
        assert f":function:{runtime.name}" in seen["arn"]
        assert 0 < seen["remaining_ms"] <= TIMEOUT_S * 1000
        assert re.match(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", seen["trace_id"])


def test_marks_the_log_lines_of_jobs_that_run_side_by_side(client, runtime):
    jobs = [{"say": f"frame {n} is done"} for n in range(6)]
    log = invoke(client, runtime.name, batch(2, jobs)).log
    found = re.findall(r"^\[job (\d+)\] .*frame (\d+) is done$", log, re.MULTILINE)
    assert sorted(found) == [(str(n), str(n)) for n in range(6)]


def test_reports_the_job_whose_copy_was_killed_and_finishes_the_others(client, runtime):
    jobs = [{"number": 1}, {"kill": True}, {"number": 2}, {"number": 3}]
    answer = invoke(client, runtime.name, batch(2, jobs, errors="collect"))
    assert [element.get("result") for element in answer.payload] == [1, None, 4, 9]
    assert answer.payload[1]["error"]["errorType"] == "Runtime.ExitError"
    assert invoke(client, runtime.name, batch(2, [{"number": 5}] * 4)).payload == [25] * 4


def test_tells_why_a_runtime_did_not_start(client, runtime):
    answer = invoke(client, f"{runtime.name}-broken", batch(2, [{"number": 1}, {"number": 2}]))
    assert answer.error == "Unhandled"
    assert answer.payload["errorType"] == runtime.init_error
    assert "no frames at all" in json.dumps(answer.payload) + answer.log
