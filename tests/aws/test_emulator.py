"""The wrapper with awslambdaric under AWS's own Lambda Runtime Interface Emulator."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request

import pytest

from conftest import AddressInUse, free_port, on_a_free_port
from runtimes import RUNTIMES, TOOLS, WRAPPER, need


class Emulator:
    """The emulator with the wrapper in it, whose function may take `timeout_s` seconds."""

    def __init__(self, folder, port, timeout_s):
        self._url = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
        self._log = folder / "log"
        python = RUNTIMES["python"]
        variables = {"AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout_s), "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769"}
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
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
                env={**os.environ, **variables},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_it_listens(port)
        except BaseException:
            self.stop()
            raise

    def _wait_until_it_listens(self, port):
        give_up = time.monotonic() + 20
        while True:
            text = self._log.read_text()
            if "already in use" in text:
                raise AddressInUse(text)
            assert self._process.poll() is None, text
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except ConnectionRefusedError:
                assert time.monotonic() < give_up, text
                time.sleep(0.02)

    def __call__(self, event):
        """Invokes the function; gives the answer's text."""
        with urllib.request.urlopen(self._url, json.dumps(event).encode(), timeout=30) as answer:
            return answer.read().decode()

    def stop(self):
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def timeout_s():
    return 10


@pytest.fixture
def emulator(tmp_path, timeout_s):
    need("rie")
    need("python")
    running = on_a_free_port(lambda port: Emulator(tmp_path, port, timeout_s))
    yield running
    running.stop()


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


@pytest.mark.parametrize("timeout_s", [1])
def test_tells_before_the_deadline_which_jobs_cannot_end(emulator):
    jobs = [{"number": 1}, {"pause_ms": 20_000}]
    answer = json.loads(emulator({"stepconf": {"processes": 2, "errors": "collect"}, "jobs": jobs}))
    assert answer[0] == {"result": 1}
    assert answer[1]["error"]["errorType"] == "Sandbox.Timedout"
    assert json.loads(emulator({"number": 7})) == 49


@pytest.mark.parametrize("timeout_s", [1])
def test_serves_again_after_a_timeout(emulator):
    assert "Task timed out after 1.00 seconds" in emulator({"pause_ms": 20_000})
    assert json.loads(emulator({"number": 7})) == 49
