"""`stepconf local` as the AWS command line sees it."""

import base64
import json
import os
import subprocess
import sys

import pytest

from local_server import serving
from runtimes import HERE, TOOLS, need


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    need("cli")
    folder = tmp_path_factory.mktemp("project")
    project = {
        "schema": 1,
        "steps": [{"name": "echo", "function": "echo", "jobs": 1}],
        "functions": {"echo": {"command": [sys.executable, str(HERE / "function.py")]}},
        "configurations": {"memory_mb": [512, 1024]},
    }
    (folder / "stepconf.yaml").write_text(json.dumps(project))
    with serving(folder) as endpoint:
        yield endpoint


def aws(endpoint, *words):
    return subprocess.run(
        [TOOLS / "cli/bin/aws", "--endpoint-url", endpoint, "lambda", *words],
        env={
            **os.environ,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_MAX_ATTEMPTS": "1",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )


def invoke(endpoint, folder, event, *words):
    """Gives what the command says, and what the function answered."""
    payload = folder / "payload.json"
    options = ["--function-name", "echo", "--payload", json.dumps(event), *words]
    done = aws(endpoint, "invoke", *options, str(payload))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), json.loads(payload.read_text())


def test_invokes_a_function(endpoint, tmp_path):
    said, payload = invoke(endpoint, tmp_path, {"frame": [1, 2, 3]})
    assert said == {"StatusCode": 200, "ExecutedVersion": "$LATEST"}
    assert payload == {"frame": [1, 2, 3]}


def test_chooses_the_memory_size_by_qualifier(endpoint, tmp_path):
    event = {"variable": "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"}
    assert invoke(endpoint, tmp_path, event, "--qualifier", "mem-1024")[1] == "1024"


def test_invokes_a_batch(endpoint, tmp_path):
    event = {"stepconf": {"processes": 2}, "jobs": [1, "two", None]}
    assert invoke(endpoint, tmp_path, event)[1] == [1, "two", None]


def test_shows_the_errors_and_the_log_of_a_function(endpoint, tmp_path):
    said, payload = invoke(endpoint, tmp_path, {"raise": "no such frame"}, "--log-type", "Tail")
    assert said["FunctionError"] == "Unhandled"
    assert payload["errorType"] == "ValueError"
    said, _ = invoke(endpoint, tmp_path, {"print": "hello"}, "--log-type", "Tail")
    assert "hello" in base64.b64decode(said["LogResult"]).decode()


def test_names_what_it_does_not_know(endpoint, tmp_path):
    done = aws(endpoint, "invoke", "--function-name", "nobody", str(tmp_path / "payload.json"))
    assert done.returncode != 0
    assert "ResourceNotFoundException" in done.stderr
