"""Configurators as Lambda would run them: each a process of its own, with a Runtime API of its own."""

import contextlib
import http.server
import json
import os
import pathlib
import queue
import signal
import subprocess
import threading

from runtimes import BUILD, STEPCONF

CONFIGURATOR = os.environ.get("STEPCONF_CONFIGURATOR", str(BUILD / "bin" / "stepconf-configurator"))
MEMORIES = [512, 1024, 2048]
STARTED = "2026-11-25T17:33:00.000Z"


def write_package(folder, steps, cache, slo="30s", strategy="stepconf"):
    """Writes a plan for `steps` (name: names of those before it) and a deployment file; gives the folder.

    Each step has three options: slow and cheap, or fast and dear.
    """
    options = [
        {"memory_mb": memory, "instances": 4, "processes": 1, "duration_s": 6.0 / (i + 1), "cost_usd": 1e-5 * (i + 1) ** 1.5}
        for i, memory in enumerate(MEMORIES)
    ]
    (folder / "models.json").write_text(
        json.dumps({"schema": 1, "functions": {"work": {"form": "table", "options": options, "noise": {"cv": 0.1}}}})
    )
    project = {
        "schema": 1,
        "steps": [{"name": name, "function": "work", "jobs": 8, "after": before} for name, before in steps.items()],
        "models": "models.json",
        "slo": slo,
        "strategy": strategy,
    }
    (folder / "stepconf.yaml").write_text(json.dumps(project))
    subprocess.run([STEPCONF, "plan", "--save", "stepconf.plan", "."], cwd=folder, check=True, capture_output=True, timeout=60)
    deployed = {
        name: {
            "kind": "map",
            "functions": {str(memory): f"arn:aws:lambda:us-east-1:123456789012:function:work:mem-{memory}" for memory in MEMORIES},
            "safe": {"memory_mb": 2048, "instances": 2, "processes": 1},
        }
        for name in steps
    }
    document = {"schema": 1, "deployment": "test", "cache": cache, "steps": deployed}
    (folder / "stepconf-deployment.json").write_text(json.dumps(document))
    return folder


def event(step, execution, ready_ms=0, jobs=8, **more):
    """What the state machine sends before a step that became ready `ready_ms` after the execution's start."""
    entered = f"2026-11-25T17:33:{ready_ms // 1000:02}.{ready_ms % 1000:03}Z"
    return {"step": step, "execution": execution, "started": STARTED, "entered": entered, "jobs": jobs, **more}


class Configurator:
    """One sandbox: the program, and the Runtime API from which it takes events."""

    def __init__(self, package, variables=None, program=CONFIGURATOR):
        self._api = RuntimeApi()
        self._log = pathlib.Path(package) / f"log-{self._api.server_port}"
        environment = {
            **os.environ,
            "LAMBDA_TASK_ROOT": str(package),
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._api.server_port}",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            **(variables or {}),
        }
        command = program if isinstance(program, list) else [program]
        with self._log.open("w") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def __call__(self, request):
        """Hands over an event and waits for the answer. An error comes as its document."""
        self.send(request)
        return self.receive()

    def send(self, request):
        self._api.events.put(json.dumps(request).encode())

    def receive(self):
        try:
            return self._api.answers.get(timeout=60)
        except queue.Empty:
            raise AssertionError(f"no answer:\n{self.log()}") from None

    def wait_until_ready(self):
        assert self._api.ready.wait(timeout=60), self.log()

    def log(self):
        return self._log.read_text()

    def lines(self):
        """The log lines of its decisions."""
        return [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]

    def stop(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._api.close()


@contextlib.contextmanager
def configurators(number, package, variables=None):
    """That many sandboxes, ready for events."""
    running = []
    try:
        for _ in range(number):
            running.append(Configurator(package, variables))
        for sandbox in running:
            sandbox.wait_until_ready()
        yield running
    finally:
        for sandbox in running:
            sandbox.stop()


class RuntimeApi(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Calls)
        self.events = queue.Queue()
        self.answers = queue.Queue()
        self.ready = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def close(self):
        self.shutdown()
        self._thread.join()
        self.server_close()


class Calls(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.server.ready.set()
        self.reply(200, self.server.events.get(), {"Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd"})

    def do_POST(self):
        answer = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.reply(202, b"{}", {})
        self.server.answers.put(answer)

    def reply(self, status, body, headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
