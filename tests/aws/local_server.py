"""`stepconf local` on a free port, and boto3's client for it."""

import contextlib
import json
import signal
import subprocess

import boto3
import botocore.config

from runtimes import STEPCONF


def start(folder, *options):
    server = subprocess.Popen([STEPCONF, "local", *options, str(folder)], stdout=subprocess.PIPE, text=True)
    line = server.stdout.readline()
    assert line, f"stepconf local ended with status {server.wait()} and printed nothing"
    return server, json.loads(line)["endpoint"]


def stop(server, number=signal.SIGINT):
    server.send_signal(number)
    return server.wait(timeout=10)


@contextlib.contextmanager
def serving(folder):
    """Serves the project in `folder` meanwhile; gives the endpoint."""
    server, endpoint = start(folder)
    try:
        yield endpoint
    finally:
        stop(server)


@contextlib.contextmanager
def serving_functions(folder, functions):
    """Writes a project of these functions into `folder`, at one memory size, and serves it meanwhile; gives a client."""
    project = {
        "schema": 1,
        "steps": [{"name": name, "function": name, "jobs": 1} for name in functions],
        "functions": functions,
        "configurations": {"memory_mb": [3008]},
        "platform": {"kind": "local", "cpu_scale": 1},
    }
    (folder / "stepconf.yaml").write_text(json.dumps(project))
    with serving(folder) as endpoint:
        yield client_of(endpoint)


def client_of(endpoint):
    return boto3.client(
        "lambda",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=60),
    )
