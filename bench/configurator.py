#!/usr/bin/env python3
"""Prints what a configurator costs as a process: size, time from exec to its first `next`, resident memory, time of an answer.

Usage: bench/configurator.py [PROGRAM...]; default those that were built: build/bin and, from `make package`, this machine's architecture.
"""

import argparse
import itertools
import json
import os
import pathlib
import platform
import re
import socket
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
STEPCONF = os.environ.get("STEPCONF", str(ROOT / "build/bin/stepconf"))
MEMORIES = [512, 1024, 1536, 2048, 4096, 6144, 8192, 10240]
STEPS = 16


def tables():
    """One function with 24 options, for all steps."""
    options = [
        {"memory_mb": m, "instances": p, "processes": 1, "duration_s": 40 / (m / 512) ** 0.8 / p**0.9, "cost_usd": 1e-5 * (m / 512) ** 0.4 * p**0.2}
        for m in MEMORIES
        for p in (1, 4, 16)
    ]
    return {"work": {"form": "table", "options": options, "noise": {"cv": 0.1}}}, lambda step: "work"


def fitted():
    """A function of its own for each step, with 192 configurations."""
    spread = {"cv": 0.1, "freedom": 20}
    functions = {
        f"function{i}": {
            "form": "case2",
            "parameters": {"work": 0.3 + 0.05 * i, "speed_offset": 0, "floor": 0.01},
            "spread": spread,
            "residual": spread,
            "dispatch": {"base_s": 0.15, "slope_s": 0.01, "cold_s": 0, "cv": 0.1},
        }
        for i in range(STEPS)
    }
    return functions, lambda step: f"function{step}"


def write_package(folder, strategy, models, jobs, slo):
    """A chain of steps."""
    functions, function_of = models()
    (folder / "models.json").write_text(json.dumps({"schema": 1, "functions": functions}))
    names = [f"step{i}" for i in range(STEPS)]
    project = {
        "schema": 1,
        "steps": [{"name": n, "function": function_of(i), "jobs": jobs, "after": names[max(0, i - 1) : i]} for i, n in enumerate(names)],
        "models": "models.json",
        "slo": slo,
        "strategy": strategy,
    }
    (folder / "stepconf.yaml").write_text(json.dumps(project))
    subprocess.run([STEPCONF, "plan", "--save", "stepconf.plan", "."], cwd=folder, check=True, capture_output=True)
    step = {"kind": "map", "functions": {str(m): f"arn:{m}" for m in MEMORIES}, "safe": {"memory_mb": 1024, "instances": 4, "processes": 1}}
    document = {"schema": 1, "deployment": "bench", "steps": dict.fromkeys(names, step)}
    (folder / "stepconf-deployment.json").write_text(json.dumps(document))


class RuntimeApi:
    """One connection, in plain sockets, so that little of the time is Python's."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]

    def wait_for_next(self):
        self._connection, _ = self._listener.accept()
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._receive()

    def exchange(self, event):
        """The time from an event to its answer."""
        body = json.dumps(event).encode()
        head = f"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\nContent-Length: {len(body)}\r\n\r\n"
        begun = time.perf_counter()
        self._connection.sendall(head.encode() + body)
        answer = self._receive()
        took = time.perf_counter() - begun
        self._connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        self._receive()
        return took, json.loads(answer)

    def _receive(self):
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._connection.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        while length and len(body) < int(length[1]):
            body += self._connection.recv(65536)
        return body


def cpu_seconds(process):
    """What it used of a core since exec; on a busy machine the elapsed time says little."""
    return int(pathlib.Path(f"/proc/{process.pid}/schedstat").read_text().split()[0]) / 1e9


def resident_mb(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def measure(program, package, jobs):
    api = RuntimeApi()
    environment = {**os.environ, "LAMBDA_TASK_ROOT": str(package), "AWS_LAMBDA_RUNTIME_API": api.address}
    begun = time.perf_counter()
    with (package / "log").open("w") as log:
        process = subprocess.Popen([program], env=environment, stdout=log, stderr=log)
    try:
        api.wait_for_next()
        started = time.perf_counter() - begun
        cpu = cpu_seconds(process)
        answers = []
        for i in range(200):
            event = {"step": f"step{i % 16}", "execution": f"e{i}", "started": "2026-11-25T17:33:00Z", "entered": f"2026-11-25T17:33:{i % 60:02}Z", "jobs": jobs}
            took, answer = api.exchange(event)
            assert not answer["safe"], (package / "log").read_text()
            answers.append(took)
        inside = [json.loads(line)["DecisionTime"] for line in (package / "log").read_text().splitlines()[:199]]
        return started * 1e3, cpu * 1e3, answers[0] * 1e3, statistics.median(answers) * 1e3, statistics.median(inside), max(inside[1:]), resident_mb(process)
    finally:
        process.kill()
        process.wait()


# By name: models, jobs of each step, SLO.
WORKFLOWS = {"tables": (tables, 64, "120s"), "fitted": (fitted, 250, "200s")}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs="*", type=pathlib.Path)
    parser.add_argument("--repeat", type=int, default=20)
    arguments = parser.parse_args()
    packaged = ROOT / "build/package" / {"aarch64": "arm64"}.get(platform.machine(), platform.machine()) / "stepconf-configurator"
    programs = arguments.programs or [path for path in (ROOT / "build/bin/stepconf-configurator", packaged) if path.exists()]
    print(f"{'':34} {'size':>8} {'to next':>9} {'(worst)':>9} {'CPU':>9} {'1st answer':>11} {'answer':>9} {'decision':>9} {'(worst)':>9} {'resident':>9}")
    for program in programs:
        for models, strategy in itertools.product(WORKFLOWS, ("stepconf", "exact", "percentile")):
            make, jobs, slo = WORKFLOWS[models]
            with tempfile.TemporaryDirectory() as folder:
                write_package(pathlib.Path(folder), strategy, make, jobs, slo)
                rounds = [measure(program, pathlib.Path(folder), jobs) for _ in range(arguments.repeat)]
            started, cpu, first, answer, inside, worst, resident = zip(*rounds)
            name = f"{program.parent.name}, {models}, {strategy}"
            print(
                f"{name:34} {program.stat().st_size / 1e6:5.2f} MB {statistics.median(started):6.1f} ms {max(started):6.1f} ms {statistics.median(cpu):6.1f} ms "
                f"{statistics.median(first):8.2f} ms {statistics.median(answer):6.2f} ms {statistics.median(inside):6.3f} ms {max(worst):6.3f} ms {max(resident):6.1f} MB"
            )


if __name__ == "__main__":
    main()
