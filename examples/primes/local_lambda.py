"""`stepconf local` for measuring: serves functions at given memory sizes, and times invocations of them."""

import base64
import json
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRIMES = ROOT / "examples" / "primes"
PYTHON = ROOT / "build" / "primes" / "python" / "bin" / "python"


def python_function(handler, directory=PRIMES / "python", **environment):
    """A function of the project file: `handler` (module.name) of a module in `directory`, on AWS's runtime for Python."""
    command = [str(PYTHON), "-m", "awslambdaric", handler]
    return {"command": command, "directory": str(directory), "environment": environment, "timeout": "120s"}


def cpp_function(program):
    return {"command": [str(ROOT / "build" / "bin" / program)], "timeout": "120s"}


FUNCTIONS = {
    "primes-cpp": cpp_function("primes-single"),
    "primes-cpp-multicore": cpp_function("primes-multicore"),
    "primes-python": python_function("index.single"),
    "primes-python-multicore": python_function("index.multicore"),
}


class LocalLambda:
    """Serves `functions` until the end of the `with` block."""

    def __init__(self, functions, memory_mb, cpu_scale):
        self._folder = tempfile.TemporaryDirectory()
        project = {
            "schema": 1,
            "steps": [{"name": name, "function": name, "jobs": 1} for name in functions],
            "functions": functions,
            "configurations": {"memory_mb": sorted(memory_mb)},
            "platform": {"kind": "local", "cpu_scale": cpu_scale},
        }
        (pathlib.Path(self._folder.name) / "stepconf.yaml").write_text(json.dumps(project))

    def __enter__(self):
        command = [ROOT / "build" / "bin" / "stepconf", "local", self._folder.name]
        self._log = open(pathlib.Path(self._folder.name) / "log", "w+")
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log, text=True)
        line = self._server.stdout.readline()
        if not line:
            self._log.seek(0)
            raise SystemExit(self._log.read())
        self._endpoint = json.loads(line)["endpoint"]
        return self

    def __exit__(self, *_):
        self._server.terminate()
        try:
            self._server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._log.close()
        self._folder.cleanup()

    def invoke(self, function, memory_mb, event):
        """Gives the result, and the seconds that the function took as its REPORT line has them."""
        url = f"{self._endpoint}/2015-03-31/functions/{function}/invocations?Qualifier=mem-{memory_mb}"
        request = urllib.request.Request(url, json.dumps(event).encode(), {"X-Amz-Log-Type": "Tail"})
        start = time.monotonic()
        with urllib.request.urlopen(request, timeout=300) as answer:
            result = json.loads(answer.read())
            took = time.monotonic() - start
            if answer.headers["X-Amz-Function-Error"]:
                raise SystemExit(f"{function}: {result}")
            log = base64.b64decode(answer.headers["X-Amz-Log-Result"]).decode()
        reported = re.search(r"\tDuration: ([0-9.]+) ms", log)
        return result, float(reported[1]) / 1000 if reported else took

    def seconds(self, function, memory_mb, event):
        return self.invoke(function, memory_mb, event)[1]
