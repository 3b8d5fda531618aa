"""Interpreters of the Amazon States Language that others wrote, with functions behind them that run under the wrapper on the local platform."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import boto3
import botocore.config

from configurators import CONFIGURATOR
from conftest import on_a_free_port, stop, wait_until_it_answers
from local_server import serving
from runtimes import BUILD, HERE, TOOLS

ROLE = "arn:aws:iam::123456789012:role/machine"
MEMORY = [512, 1024]


class Functions:
    """`work` and `configurator` of machine/work.py, and the real configurator in each of its modes, as `stepconf local` serves them."""

    def __init__(self, folder):
        self.folder = folder
        self.steps_file = folder / "steps.json"
        self.steps_file.write_text('{"schema": 1, "steps": {}}')
        self.answer({"raise": "NobodyAsked"})

    def project(self):
        def function(role):
            return {
                "command": [sys.executable, str(HERE / "machine/work.py"), str(self.folder), role],
                "environment": {"STEPCONF_STEPS": str(self.steps_file)},
            }

        def real(mode):
            package = {"LAMBDA_TASK_ROOT": str(self.folder), "STEPCONF_MODE": mode}
            return {"command": [CONFIGURATOR], "environment": package}

        functions = {name: function(name) for name in ("work", "configurator")}
        functions |= {mode: real(mode) for mode in ("on", "observe", "off")}
        return {
            "schema": 1,
            "steps": [{"name": name, "function": name, "jobs": 1} for name in functions],
            "functions": functions,
            "configurations": {"memory_mb": MEMORY},
            "platform": {"kind": "local", "cpu_scale": 1},
        }

    def answer(self, answer):
        """Sets what the configurator answers from now on, and forgets what was asked and tried."""
        (self.folder / "answer.json").write_text(json.dumps(answer))
        for file in [*self.folder.glob("flaky-*"), *self.folder.glob("questions.jsonl")]:
            file.unlink()

    def questions(self):
        file = self.folder / "questions.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


class Machines:
    """Runs definitions on an interpreter."""

    def __init__(self, client):
        self.client = client
        self.made = {}
        self.number = 0
        self.last = None

    def run(self, definition, data):
        """Gives ("output", VALUE) or ("error", NAME, CAUSE)."""
        if definition not in self.made:
            name = f"machine-{len(self.made)}"
            self.made[definition] = self.client.create_state_machine(name=name, definition=definition, roleArn=ROLE)["stateMachineArn"]
        self.number += 1
        arn = self.client.start_execution(
            stateMachineArn=self.made[definition], name=f"e{self.number}", input=json.dumps(data)
        )["executionArn"]
        self.last = arn
        give_up = time.monotonic() + 120
        pause = 0.01
        while time.monotonic() < give_up:
            execution = self.client.describe_execution(executionArn=arn)
            if execution["status"] == "SUCCEEDED":
                return ("output", json.loads(execution["output"]))
            if execution["status"] != "RUNNING":
                return ("error", execution.get("error"), execution.get("cause"))
            time.sleep(pause)
            pause = min(pause * 1.3, 0.2)
        raise AssertionError("the execution does not end")

    def history(self):
        """The events of the execution that ran last."""
        return self.client.get_execution_history(executionArn=self.last, maxResults=1000)["events"]


def start_moto(folder, lambda_port, port, account="123456789012", credentials=("test", "test")):
    log = folder / f"moto-{port}.log"
    environment = {
        **os.environ,
        "MOTO_PORT": str(lambda_port),
        "MOTO_ACCOUNT_ID": account,
        "NODE_PATH": str(TOOLS / "asl/node_modules"),
        "AWS_ACCESS_KEY_ID": credentials[0],
        "AWS_SECRET_ACCESS_KEY": credentials[1],
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with log.open("w") as output:
        command = [sys.executable, HERE / "machine/moto_states.py", str(port)]
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, env=environment)
    try:
        endpoint = f"http://127.0.0.1:{port}"
        wait_until_it_answers(endpoint + "/moto-api/", process, log)
        body = json.dumps({"stepfunctions": {"execute_state_machine": True}}).encode()
        urllib.request.urlopen(urllib.request.Request(endpoint + "/moto-api/config", body, method="POST")).read()
    except BaseException:
        stop(process)
        raise
    return process, endpoint


def states_client(endpoint):
    return boto3.client(
        "stepfunctions",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=120),
    )


@contextlib.contextmanager
def functions_served(folder):
    """Gives the functions and the endpoint that serves them meanwhile."""
    functions = Functions(folder)
    (folder / "stepconf.yaml").write_text(json.dumps(functions.project()))
    with serving(folder) as endpoint:
        yield functions, endpoint


@contextlib.contextmanager
def moto_machines(folder, lambda_endpoint):
    port = urllib.parse.urlsplit(lambda_endpoint).port
    process, endpoint = on_a_free_port(lambda free: start_moto(folder, port, free))
    try:
        yield Machines(states_client(endpoint))
    finally:
        stop(process)


class Generator:
    """The product's generator, as tests/machine/tool has it by the line."""

    def __init__(self):
        tool = os.environ.get("STEPCONF_MACHINE_TOOL", str(BUILD / "bin/machine_tool"))
        self.process = subprocess.Popen([tool], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, definition, configurator="configurator", travel=False):
        functions = {"work": {str(memory): f"arn:aws:lambda:us-east-1:123456789012:function:work:mem-{memory}" for memory in MEMORY}}
        request = {
            "definition": definition,
            "configurator": f"arn:aws:lambda:us-east-1:123456789012:function:{configurator}",
            "safe": "512x2x2",
            "travel": travel,
            "functions": functions,
        }
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


class Both:
    """Original and generated machines, all generated before the first call: a warm sandbox has read its steps file."""

    def __init__(self, functions, machines, generator, definitions, **options):
        self.functions = functions
        self.machines = machines
        self.original = definitions
        self.generated = {name: generator(definition, **options) for name, definition in definitions.items()}
        steps = {}
        for generated in self.generated.values():
            steps.update(generated["templates"]["steps"])
        functions.steps_file.write_text(json.dumps({"schema": 1, "steps": steps}))

    def run(self, name, data, answer):
        """What both give; afterwards the history is the generated one's."""
        self.functions.answer(answer)
        expected = self.machines.run(self.original[name], data)
        self.functions.answer(answer)
        return expected, self.machines.run(self.generated[name]["definition"], data)

    def check(self, name, data, answer):
        expected, got = self.run(name, data, answer)
        assert got == expected, self.generated[name]["definition"]


def find_faults(definitions, folder):
    """What npm's asl-validator has against definitions, which it reads as files of `folder`; empty where nothing."""
    command = [TOOLS / "asl/node_modules/.bin/asl-validator"]
    for number, definition in enumerate(definitions):
        file = folder / f"definition-{number}.json"
        file.write_text(definition)
        command += ["--json-path", file]
    done = subprocess.run(command, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr
