"""services_tool: the clients in src/stepconf/services, called from Python."""

import json
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
TOOL = os.environ.get("SERVICES_TOOL", str(HERE.parents[1] / "build" / "bin" / "services_tool"))


class Refused(Exception):
    def __init__(self, answer):
        super().__init__(answer["error"])
        self.code = answer.get("code")
        self.status = answer.get("status")


def plain_environment(**variables):
    """This process's environment without anything of AWS, and these variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**kept, **variables}


class Tool:
    """One process that answers calls, with one connection a service."""

    def __init__(self, environment):
        self.process = subprocess.Popen([TOOL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def __call__(self, call, **fields):
        self.process.stdin.write(json.dumps({"call": call, **fields}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise Refused(answer)
        return answer["result"]
