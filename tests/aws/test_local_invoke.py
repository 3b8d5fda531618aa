"""`stepconf local` as AWS's own client for Python sees it."""

import base64
import json
import pathlib
import re
import signal
import subprocess
import sys
import textwrap
import time

import botocore.exceptions
import pytest

from local_server import client_of, serving, start, stop
from runtimes import STEPCONF

HERE = pathlib.Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    (folder / "stepconf.yaml").write_text(
        textwrap.dedent(
            f"""
            schema: 1
            steps:
              - {{name: echo, function: echo, jobs: 1}}
              - {{name: small, function: small, jobs: 1}}
            functions:
              echo:
                command: [{sys.executable}, {HERE / "function.py"}]
                timeout: 20s
              small:
                command: [{sys.executable}, {HERE / "function.py"}]
                timeout: 20s
                configurations: {{memory_mb: [128]}}
            configurations: {{memory_mb: [512, 1024]}}
            """
        )
    )
    return folder


@pytest.fixture(scope="module")
def client(project):
    with serving(project) as endpoint:
        yield client_of(endpoint)


def invoke(client, event, **arguments):
    arguments.setdefault("FunctionName", "echo")
    answer = client.invoke(Payload=json.dumps(event), **arguments)
    return answer, json.loads(answer["Payload"].read())


def error_of(client, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        client.invoke(**arguments)
    return raised.value.response


def test_returns_the_result_of_the_function(client):
    answer, payload = invoke(client, {"frame": [1, 2, 3]})
    assert payload == {"frame": [1, 2, 3]}
    assert answer["StatusCode"] == 200
    assert answer["ExecutedVersion"] == "$LATEST"
    assert "FunctionError" not in answer


@pytest.mark.parametrize(
    "name",
    [
        "echo",
        "000000000000:function:echo",
        "arn:aws:lambda:us-east-1:000000000000:function:echo",
    ],
)
def test_takes_each_form_of_a_name_and_its_alias(client, name):
    event = {"variable": "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"}
    assert invoke(client, event, FunctionName=name)[1] == "512"
    assert invoke(client, event, FunctionName=name, Qualifier="mem-1024")[1] == "1024"
    assert invoke(client, event, FunctionName=name + ":mem-1024")[1] == "1024"


def test_marks_the_errors_of_functions(client):
    answer, payload = invoke(client, {"raise": "no such frame"})
    assert answer["StatusCode"] == 200
    assert answer["FunctionError"] == "Unhandled"
    assert payload["errorType"] == "ValueError"
    assert payload["errorMessage"] == "no such frame"


def test_tells_that_a_runtime_has_exited_and_goes_on(client):
    answer, payload = invoke(client, {"exit": 3})
    assert answer["FunctionError"] == "Unhandled"
    assert payload["errorType"] == "Runtime.ExitError"
    assert invoke(client, {"again": True})[1] == {"again": True}


def test_hands_on_the_client_context(client):
    context = {"custom": {"phone": "old"}}
    encoded = base64.b64encode(json.dumps(context).encode()).decode()
    assert invoke(client, {}, ClientContext=encoded)[1] == context


def test_gives_the_tail_of_the_log(client):
    answer, _ = invoke(client, {"print": "hello from the function"}, LogType="Tail")
    assert "hello from the function" in base64.b64decode(answer["LogResult"]).decode()


def test_refuses_what_it_does_not_know_by_lambdas_names(client):
    for arguments in ({"FunctionName": "nobody"}, {"FunctionName": "echo", "Qualifier": "mem-640"}):
        response = error_of(client, **arguments)
        assert response["Error"]["Code"] == "ResourceNotFoundException"
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
        assert response["ResponseMetadata"]["RequestId"]
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.invoke(**arguments)


def test_refuses_bad_and_large_payloads(client):
    response = error_of(client, FunctionName="echo", Payload=b"{")
    assert response["Error"]["Code"] == "InvalidRequestContentException"
    response = error_of(client, FunctionName="echo", Payload=json.dumps("x" * 6_291_456))
    assert response["Error"]["Code"] == "RequestTooLargeException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 413


def test_takes_an_event_at_once(client, tmp_path):
    answer = client.invoke(FunctionName="echo", InvocationType="Event", Payload=json.dumps({"touch": str(tmp_path / "seen")}))
    assert answer["StatusCode"] == 202
    assert answer["Payload"].read() == b""
    give_up = time.monotonic() + 20
    while not (tmp_path / "seen").exists() and time.monotonic() < give_up:
        time.sleep(0.01)
    assert (tmp_path / "seen").exists()


def test_refuses_events_over_lambdas_limit(client):
    response = error_of(client, FunctionName="echo", InvocationType="Event", Payload=json.dumps("x" * 1_048_576))
    assert response["Error"]["Code"] == "RequestTooLargeException"


def test_checks_a_dry_run_and_calls_nothing(client):
    answer = client.invoke(FunctionName="echo", InvocationType="DryRun", Payload=json.dumps({"exit": 3}))
    assert answer["StatusCode"] == 204
    assert answer["ExecutedVersion"] == "$LATEST"
    assert answer["Payload"].read() == b""


def test_reports_each_call_as_lambda_does(client):
    answer, _ = invoke(client, {"print": "hello"}, LogType="Tail", Qualifier="mem-1024")
    lines = base64.b64decode(answer["LogResult"]).decode().splitlines()
    request_id = answer["ResponseMetadata"]["RequestId"]
    lines = lines[lines.index(f"START RequestId: {request_id} Version: 2") :]
    assert lines[1:3] == ["hello", f"END RequestId: {request_id}"]
    assert re.fullmatch(
        rf"REPORT RequestId: {request_id}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 1024 MB\t"
        r"Max Memory Used: \d+ MB\t(Init Duration: \d+\.\d\d ms\t)?",
        lines[3],
    )


def test_runs_python_in_the_smallest_memory_size_and_tells_that_it_is_too_small(client):
    # Python itself and more than the file's pages fit; the kernel gives pages of files up.
    assert invoke(client, {"read_mb": 200}, FunctionName="small")[1] == 200
    answer, payload = invoke(client, {"hold_mb": 200}, FunctionName="small", LogType="Tail")
    if payload == 200:
        pytest.skip("memory is not limited here")
    # The wrapper outlives its copy, and says so by itself.
    assert answer["FunctionError"] == "Unhandled"
    assert payload["errorType"].startswith("Runtime.")
    assert invoke(client, {"again": 1}, FunctionName="small")[1] == {"again": 1}


def test_describes_functions_versions_and_aliases(client):
    function = client.get_function(FunctionName="echo", Qualifier="mem-1024")["Configuration"]
    assert (function["MemorySize"], function["Version"], function["Timeout"]) == (1024, "2", 20)
    assert client.get_function_configuration(FunctionName="echo:1")["MemorySize"] == 512
    versions = client.get_paginator("list_versions_by_function").paginate(FunctionName="echo", PaginationConfig={"PageSize": 2})
    assert [version["Version"] for page in versions for version in page["Versions"]] == ["$LATEST", "1", "2"]
    assert [alias["Name"] for alias in client.list_aliases(FunctionName="echo")["Aliases"]] == ["mem-512", "mem-1024"]
    assert client.get_alias(FunctionName="echo", Name="mem-1024")["FunctionVersion"] == "2"
    names = client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 1})
    assert [function["FunctionName"] for page in names for function in page["Functions"]] == ["echo", "small"]
    for waiter in ("function_exists", "function_active_v2", "function_updated_v2"):
        client.get_waiter(waiter).wait(FunctionName="echo")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function(FunctionName="nobody")


def test_says_what_it_does_not_serve(client):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        client.delete_function(FunctionName="echo")
    assert raised.value.response["Error"]["Code"] == "UnknownOperationException"
    assert "is not served here" in raised.value.response["Error"]["Message"]


def test_passes_a_batch_through_the_wrapper(client):
    _, payload = invoke(client, {"stepconf": {"processes": 2}, "jobs": [1, "two", None]})
    assert payload == [1, "two", None]


def sandboxes_of(server):
    """The processes that carry the mark of a sandbox of this server."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if f"STEPCONF_SANDBOX={server.pid}-".encode() in environment:
            found.append(entry.name)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_leaves_no_process_behind(project, number):
    server, endpoint = start(project)
    invoke(client_of(endpoint), {})
    assert sandboxes_of(server)
    stop(server, number)
    give_up = time.monotonic() + 20
    while sandboxes_of(server) and time.monotonic() < give_up:
        time.sleep(0.01)
    assert not sandboxes_of(server)


def test_names_a_busy_port(project):
    server, endpoint = start(project)
    port = endpoint.rsplit(":", 1)[1]
    second = subprocess.run(
        [STEPCONF, "local", "--port", port, str(project)],
        capture_output=True,
        text=True,
        timeout=20,
    )
    stop(server)
    assert second.returncode == 1
    assert port in second.stderr
