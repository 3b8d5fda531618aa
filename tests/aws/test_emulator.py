"""The wrapper with awslambdaric under AWS's own Lambda Runtime Interface Emulator."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from conftest import free_port
from runtimes import RUNTIMES, TOOLS, WRAPPER, need

TIMEOUT_S = 1


@pytest.fixture
def emulator(tmp_path):
    """Invokes the function with an event; gives the answer's text."""
    need("rie")
    need("python")
    python = RUNTIMES["python"]
    port = free_port()
    log = (tmp_path / "log").open("w")
    process = subprocess.Popen(
        [
            TOOLS / "rie/aws-lambda-rie",
            "--runtime-interface-emulator-address",
            f"127.0.0.1:{port}",
            "--runtime-api-address",
            f"127.0.0.1:{free_port()}",
            WRAPPER,
            *python.text(),
        ],
        cwd=python.directory,
        env={**os.environ, "AWS_LAMBDA_FUNCTION_TIMEOUT": str(TIMEOUT_S), "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769"},
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )

    def invoke(event):
        url = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
        give_up = time.monotonic() + 20
        while True:
            try:
                with urllib.request.urlopen(url, json.dumps(event).encode(), timeout=30) as answer:
                    return answer.read().decode()
            except urllib.error.URLError as error:
                # It does not listen yet.
                if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > give_up:
                    raise
                time.sleep(0.02)

    yield invoke
    os.killpg(process.pid, 9)
    process.wait()


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_answers_a_batch_in_order(emulator, processes):
    jobs = [{"number": n, "pause_ms": 40 if n < 2 else 0} for n in range(12)]
    event = {"stepconf": {"processes": processes}, "jobs": jobs}
    assert json.loads(emulator(event)) == [n * n for n in range(12)]
    assert json.loads(emulator(event)) == [n * n for n in range(12)]


def test_passes_any_other_event_and_its_error_through(emulator):
    assert json.loads(emulator({"number": 7})) == 49
    error = json.loads(emulator({"raise": "frame 7 is missing"}))
    assert (error["errorType"], error["errorMessage"]) == ("NoSuchFrame", "frame 7 is missing")
    assert error["stackTrace"]


def test_reports_the_job_whose_copy_was_killed(emulator):
    jobs = [{"number": 1}, {"kill": True}, {"number": 2}]
    answer = json.loads(emulator({"stepconf": {"processes": 2, "errors": "collect"}, "jobs": jobs}))
    assert [element.get("result") for element in answer] == [1, None, 4]
    assert answer[1]["error"]["errorType"] == "Runtime.ExitError"


def test_tells_before_the_deadline_which_jobs_cannot_end(emulator):
    jobs = [{"number": 1}, {"pause_ms": 20_000}]
    answer = json.loads(emulator({"stepconf": {"processes": 2, "errors": "collect"}, "jobs": jobs}))
    assert answer[0] == {"result": 1}
    assert answer[1]["error"]["errorType"] == "Sandbox.Timedout"
    assert json.loads(emulator({"number": 7})) == 49


def test_serves_again_after_a_timeout(emulator):
    assert "Task timed out after 1.00 seconds" in emulator({"pause_ms": 20_000})
    assert json.loads(emulator({"number": 7})) == 49
