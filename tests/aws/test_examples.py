"""The examples with several processes in an instance: their handlers know nothing of it."""

import json
import pathlib
import shutil
import subprocess

import pytest

from local_server import client_of, serving
from runtimes import HERE, STEPCONF, need

ROOT = HERE.parents[1]
PRIMES = ROOT / "examples" / "primes"


def test_primes_run_from_input_to_output():
    need("primes")
    command = [STEPCONF, "run", "--json", "--input", PRIMES / "input.json", PRIMES]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    output = json.loads(done.stdout)["output"]
    # Two of the eight numbers of each list are products of two primes.
    assert [len(each["primes"]) for each in output["cpp"]] == [6] * 24
    assert output["cpp"] == output["cpp_multicore"] == output["python"] == output["python_multicore"]


@pytest.fixture(scope="module")
def primes():
    need("primes")
    with serving(PRIMES) as endpoint:
        yield client_of(endpoint)


@pytest.mark.parametrize("processes", [1, 2, 4])
@pytest.mark.parametrize("function", ["primes-cpp", "primes-cpp-multicore", "primes-python", "primes-python-multicore"])
def test_primes_are_the_same_with_any_number_of_processes(primes, function, processes):
    jobs = [{"numbers": [1000000000039, 999983 * 999979, n, 7919], "ratio": 0.5} for n in range(12)]
    event = {"stepconf": {"processes": processes}, "jobs": jobs}
    answer = primes.invoke(FunctionName=function, Qualifier="mem-3538", Payload=json.dumps(event))
    found = json.loads(answer["Payload"].read())
    small = {2, 3, 5, 7, 11}
    assert found == [{"primes": [1000000000039, *({n} & small), 7919]} for n in range(12)]


def test_frames_of_the_video_example_are_the_same_with_two_processes(tmp_path):
    with serving(ROOT / "examples" / "video") as endpoint:
        client = client_of(endpoint)
        pictures = {}
        for processes in (1, 2):
            folder = tmp_path / str(processes)
            folder.mkdir()
            for n in range(4):
                shutil.copy(ROOT / "tests/video/astronaut.png", folder / f"{n}.png")
            jobs = [{"frame": f"{folder.as_uri()}/{n}.png", "folder": f"{folder.as_uri()}/big"} for n in range(4)]
            event = {"stepconf": {"processes": processes}, "jobs": jobs}
            answer = client.invoke(FunctionName="upscale", Qualifier="mem-1024", Payload=json.dumps(event))
            frames = json.loads(answer["Payload"].read())
            pictures[processes] = [pathlib.Path(each["frame"].removeprefix("file://")).read_bytes() for each in frames]
    assert len(pictures[1]) == 4
    assert pictures[1] == pictures[2]
