"""`stepconf profile` and `run` with `platform: {kind: lambda}`: functions on MiniStack's Lambda, deployed by `stepconf deploy`, and state
machines on moto's interpreter.

What neither judges stands in docs/lambda.md: INIT in REPORT lines, cold starts, concurrency limits, the delay of CloudWatch Logs.
"""

import csv
import json
import signal
import subprocess
import time
import urllib.parse

import pytest

from conftest import on_a_free_port, stop
from deployments import Account, python_zip, table, write_project
from faulty_proxy import FaultyProxy
from runtimes import need
from states import start_moto

ACCOUNT = "000000000000"
CLERK = """import os, time

class Refusal(Exception):
    pass

def handler(event, context):
    if event.get("refuse"):
        raise Refusal("not today")
    time.sleep(event.get("pause_s", 0.02))
    return {"n": event["n"], "memory_mb": int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])}
"""


def task(**more):
    return {"Type": "Task", "Resource": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:clerk", **more}


def workflow(**more):
    """A Map over the jobs, and a Task behind it."""
    return {
        "StartAt": "Work",
        "States": {
            "Work": {
                "Type": "Map",
                "ItemsPath": "$.jobs",
                "ItemProcessor": {"StartAt": "One", "States": {"One": task(End=True, **more)}},
                "ResultPath": "$.done",
                "Next": "File",
            },
            "File": task(InputPath="$.done[0]", End=True),
        },
    }


@pytest.fixture(scope="module")
def account(ministack, tmp_path_factory):
    need("python")
    need("asl")
    lambda_port = urllib.parse.urlsplit(ministack.endpoint).port
    folder = tmp_path_factory.mktemp("moto")
    process, endpoint = on_a_free_port(lambda port: start_moto(folder, lambda_port, port, ACCOUNT, (ministack.id, ministack.secret)))
    account = Account(ministack, endpoint)
    account.add_function("clerk", python_zip(CLERK))
    yield account
    account.client("lambda").delete_function(FunctionName="clerk")
    stop(process)


def project(folder, dispatch="direct", memories=(512, 1024), **more):
    definition = more.pop("definition", workflow())
    return write_project(
        folder,
        definition,
        {"clerk": table(memories=memories, work_s=1.0)},
        jobs={"Work": 4},
        platform={"kind": "lambda", "dispatch": dispatch},
        configurations={"memory_mb": list(memories), "instances": [1, 2, 4], "processes": [1, 2]},
        **more,
    )


@pytest.fixture(scope="module")
def deployed(account, tmp_path_factory):
    folder = project(tmp_path_factory.mktemp("deployed") / "office", functions={"clerk": {"profile": {"event": {"n": 1}}}})
    account.deploy(folder)
    yield folder
    account.remove(folder)


def give(folder, data):
    (folder / "input.json").write_text(json.dumps(data))
    return "--input", str(folder / "input.json")


def run(account, folder, data, *arguments, **options):
    done = account.stepconf("run", folder, "--json", *give(folder, data), *arguments, **options)
    return json.loads(done.stdout), done.stderr


JOBS = {"jobs": [{"n": n} for n in range(4)]}


def test_a_run_from_this_machine_gives_what_a_local_one_does(account, deployed, tmp_path):
    result, _ = run(account, deployed, JOBS, "--trace", str(tmp_path / "trace.jsonl"))
    assert (result["status"], result["met"]) == ("succeeded", True)
    assert result["output"]["n"] == 0
    assert [step["step"] for step in result["steps"]] == ["Work", "File"]
    work = result["steps"][0]
    assert work["jobs"] == 4
    assert result["output"]["memory_mb"] in (512, 1024)
    for instance in work["detail"]:
        assert instance["status"] == "ok"
        assert work["ready_s"] <= instance["dispatched_s"] <= instance["started_s"] < instance["ended_s"] <= work["ended_s"]
    assert result["cost_usd"] > 0
    assert (tmp_path / "trace.jsonl").read_text().count("\n") == 2


def test_the_chosen_memory_size_processes_and_instances_reach_the_functions(account, deployed):
    result, _ = run(account, deployed, {"jobs": [{"n": n, "pause_s": 0.2} for n in range(4)]}, "--slo", "0.2s", expected=3)
    work = result["steps"][0]
    assert (work["memory_mb"], work["instances"], work["processes"]) == (1024, 4, 2)
    assert len(work["detail"]) == 4


def test_a_failing_job_fails_the_workflow_with_its_own_error(account, deployed):
    result, _ = run(account, deployed, {"jobs": [{"n": 1}, {"n": 2, "refuse": True}]}, expected=1)
    assert (result["status"], result["error"], result["step"]) == ("failed", "Refusal", "Work")


def test_profile_measures_within_its_budget_and_goes_on_from_there(account, deployed, tmp_path):
    output = tmp_path / "samples.csv"
    done = account.stepconf("profile", deployed, "--json", "--output", str(output), "--budget-invocations", "7")
    summary = json.loads(done.stdout)
    assert summary["invocations"] == 7
    rows = list(csv.DictReader(output.open()))
    assert {row["memory_mb"] for row in rows} <= {"512", "1024"}
    # The function sleeps for 20 ms a job.
    assert all(float(row["duration_ms"]) >= 18 * int(row["jobs"]) / int(row["processes"]) for row in rows)
    assert all(row["status"] == "ok" for row in rows)
    again = account.stepconf("profile", deployed, "--json", "--output", str(output), "--budget-invocations", "3")
    assert "there already" in again.stderr
    assert len(list(csv.DictReader(output.open()))) > len(rows)


def test_profile_leaves_out_sizes_that_are_not_deployed(account, deployed, tmp_path):
    folder = project(tmp_path / "other", memories=(512, 2048), functions={"clerk": {"profile": {"event": {"n": 1}}}})
    done = account.stepconf("profile", folder, "--deployment", "office", "--json", "--output", str(tmp_path / "s.csv"), "--budget-invocations", "2")
    assert "clerk: 2048 MB are not deployed" in done.stderr
    assert {row["memory_mb"] for row in csv.DictReader((tmp_path / "s.csv").open())} <= {"512"}


def test_a_size_without_alias_is_refused_before_anything_runs(account, deployed, tmp_path):
    folder = project(tmp_path / "other", memories=(512, 2048))
    done = account.stepconf("run", folder, "--deployment", "office", *give(tmp_path, JOBS), expected=2)
    assert 'function "clerk" (step Work) has no alias for 2048 MB in deployment office; `stepconf deploy`' in done.stderr


def test_a_missing_deployment_is_named_with_its_remedy(account, deployed):
    done = account.stepconf("run", deployed, "--deployment", "nowhere", *give(deployed, JOBS), expected=2)
    assert "there is no stepconf-nowhere_clerk in account 000000000000, us-east-1; `stepconf deploy` makes it" in done.stderr


class Proxy(FaultyProxy):
    """What `fault` gives of the number of an invocation, from 1, happens to it: "throttled", "dropped" after it was carried out, or nothing."""

    def __init__(self, upstream, fault):
        super().__init__(upstream, seed=1)
        self.invocations = 0
        self._fault = fault

    def answer(self, handler, body):
        fault = None
        if "/invocations" in handler.path:
            with self._lock:
                self.invocations += 1
                fault = self._fault(self.invocations)
        if fault == "throttled":
            return self._refuse(handler, 429, "TooManyRequestsException")
        answer = self._forward(handler, body)
        if fault == "dropped":
            handler.close_connection = True
            return None
        return self._send(handler, *answer)

    @property
    def variables(self):
        return {"AWS_ENDPOINT_URL_LAMBDA": self.endpoint}


def once(fault):
    return lambda number: fault if number == 1 else None


def test_throttled_jobs_are_tried_again_as_the_definition_says(account, deployed, tmp_path):
    retry = {"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}
    folder = project(tmp_path / "patient", definition=workflow(Retry=[retry]))
    with Proxy(account.ministack.endpoint, once("throttled")) as proxy:
        result, log = run(account, folder, JOBS, "--deployment", "office", **proxy.variables)
    assert result["status"] == "succeeded"
    first, second = result["steps"][:2]
    assert (first["attempt"], first["detail"][0]["status"]) == (1, "TooManyRequestsException")
    assert (second["attempt"], second["detail"][0]["status"]) == (2, "ok")
    assert "were throttled" in log


def test_without_retry_throttling_fails_the_workflow_as_on_step_functions(account, deployed):
    with Proxy(account.ministack.endpoint, once("throttled")) as proxy:
        result, _ = run(account, deployed, JOBS, expected=1, **proxy.variables)
    assert result["error"] == "Lambda.TooManyRequestsException"


def test_a_dropped_answer_is_never_asked_for_twice(account, deployed):
    with Proxy(account.ministack.endpoint, once("dropped")) as proxy:
        result, _ = run(account, deployed, JOBS, expected=1, **proxy.variables)
    assert (result["error"], result["step"]) == ("Lambda.SdkClientException", "Work")
    assert proxy.invocations == len(result["steps"][0]["detail"])


def test_profile_waits_out_throttling(account, deployed, tmp_path):
    with Proxy(account.ministack.endpoint, lambda number: "throttled" if number <= 2 else None) as proxy:
        arguments = ("--fresh", "--json", "--output", str(tmp_path / "s.csv"), "--budget-invocations", "2")
        account.stepconf("profile", deployed, *arguments, **proxy.variables)
    assert all(row["status"] == "ok" for row in csv.DictReader((tmp_path / "s.csv").open()))
    assert proxy.invocations == 4


def test_ctrl_c_ends_a_run_while_functions_work(account, deployed):
    command = account.command("run", deployed, *give(deployed, {"jobs": [{"n": 1, "pause_s": 8}]}))
    with Proxy(account.ministack.endpoint, lambda number: None) as proxy:
        environment = {**account.environment, **proxy.variables}
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
            while not proxy.invocations:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            rest = process.stderr.read()
            assert process.wait(timeout=5) == 130, "before the function has ended"
    assert "still at work on Lambda and billed" in rest


@pytest.fixture(scope="module")
def on_step_functions(account, deployed, tmp_path_factory):
    """The same project, run by the deployed state machine."""
    return project(tmp_path_factory.mktemp("states") / "office", dispatch="step-functions")


def test_an_execution_on_step_functions_becomes_the_same_trace(account, on_step_functions, tmp_path):
    result, log = run(account, on_step_functions, JOBS, "--trace", str(tmp_path / "trace.jsonl"))
    assert (result["status"], result["met"], result["output"]["n"]) == ("succeeded", True, 0), log
    assert [step["step"] for step in result["steps"]] == ["Work", "File"]
    work = result["steps"][0]
    assert (work["function"], work["jobs"], work["attempt"]) == ("clerk", 4, 1)
    assert work["memory_mb"] == result["output"]["memory_mb"]
    assert work["ready_s"] <= work["decided_s"] <= work["detail"][0]["dispatched_s"]
    assert len(work["detail"]) == work["instances"]
    for instance in work["detail"]:
        assert instance["dispatched_s"] <= instance["started_s"] < instance["ended_s"] <= work["ended_s"]
        assert instance["cold"] is None, "moto gives no request's id, so nobody knows the report"
    assert work["predicted_s"] > 0 and work["sub_slo_s"] > 0, "from the configurator's log"
    assert result["cost_usd"] is None and "have no report" not in log
    lines = (tmp_path / "trace.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == ["Work", "File"]


def test_a_missed_slo_is_its_exit_status(account, on_step_functions):
    result, _ = run(account, on_step_functions, {"jobs": [{"n": 1, "pause_s": 1}]}, "--slo", "1s", expected=3)
    assert (result["status"], result["met"]) == ("succeeded", False)


def test_a_failed_execution_names_its_step(account, on_step_functions):
    result, _ = run(account, on_step_functions, {"jobs": [{"n": 1}, {"n": 2, "refuse": True}]}, expected=1)
    assert (result["status"], result["error"], result["step"]) == ("failed", "Refusal", "Work")
    assert result["steps"][0]["detail"][0]["status"] == "Refusal"


def test_ctrl_c_stops_the_execution(account, on_step_functions):
    command = account.command("run", on_step_functions, *give(on_step_functions, {"jobs": [{"n": 1, "pause_s": 15}]}))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=account.environment) as process:
        arn = None
        for line in process.stderr:
            if ":execution:" in line:
                arn = line.split(": ")[0]
                break
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait(timeout=60) == 130, rest
    assert "Stopped the execution" in rest
    assert account.client("stepfunctions").describe_execution(executionArn=arn)["status"] == "ABORTED"


def test_options_that_choose_are_refused_where_the_configurator_decides(account, on_step_functions):
    done = account.stepconf("run", on_step_functions, "--strategy", "optimal", expected=2)
    assert "--strategy: has no meaning with platform.dispatch step-functions" in done.stderr
