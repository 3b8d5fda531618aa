"""The wrapper with awslambdaric as a custom runtime of MiniStack's Lambda, called through boto3."""

import io
import json
import shlex
import zipfile

import botocore.config
import pytest

from runtimes import HERE, RUNTIMES, WRAPPER, need

NAME = "numbers"
ASSUMED_BY_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def package():
    """A function's zip whose bootstrap starts the wrapper, as on `provided.al2023`."""
    command = shlex.join([WRAPPER, *RUNTIMES["python"].text()])
    bootstrap = zipfile.ZipInfo("bootstrap")
    bootstrap.external_attr = 0o755 << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(bootstrap, f'#!/bin/sh\ncd "$LAMBDA_TASK_ROOT"\nexec {command}\n')
        archive.write(HERE / "handlers/python/index.py", "index.py")
    return packed.getvalue()


@pytest.fixture(scope="module")
def client(ministack):
    need("python")
    role = ministack.client("iam").create_role(RoleName=NAME, AssumeRolePolicyDocument=json.dumps(ASSUMED_BY_LAMBDA))
    client = ministack.client("lambda", config=botocore.config.Config(retries={"total_max_attempts": 1}))
    client.create_function(
        FunctionName=NAME,
        Runtime="provided.al2023",
        Handler="index.handler",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": package()},
        MemorySize=1769,
        Timeout=20,
    )
    client.get_waiter("function_active_v2").wait(FunctionName=NAME)
    yield client
    client.delete_function(FunctionName=NAME)


def invoke(client, event):
    answer = client.invoke(FunctionName=NAME, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read()), answer.get("FunctionError")


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_answers_a_batch_in_order(client, processes):
    jobs = [{"number": n, "pause_ms": 40 if n < 2 else 0} for n in range(12)]
    assert invoke(client, {"stepconf": {"processes": processes}, "jobs": jobs}) == ([n * n for n in range(12)], None)


def test_passes_any_other_event_through(client):
    assert invoke(client, {"number": 7}) == (49, None)


def test_keeps_the_errors_of_functions(client):
    for event in ({"raise": "frame 7"}, {"stepconf": {"processes": 2}, "jobs": [{"number": 1}, {"raise": "frame 7"}]}):
        payload, error = invoke(client, event)
        assert error == "Unhandled"
        assert (payload["errorType"], payload["errorMessage"]) == ("NoSuchFrame", "frame 7")
        assert "index.py" in json.dumps(payload["stackTrace"])
