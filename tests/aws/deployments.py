"""Workflows that a user has on an account, and `stepconf deploy` on them. The account is MiniStack's."""

import io
import json
import os
import pathlib
import shlex
import subprocess
import time
import urllib.parse
import zipfile

import pytest

from conftest import on_a_free_port, stop
from runtimes import BUILD, RUNTIMES, STEPCONF, need
from states import start_moto, states_client

PACKAGES = pathlib.Path(os.environ.get("STEPCONF_PACKAGES", BUILD / "package"))
ACCOUNT = "000000000000"
MACHINES = "arn:aws:states:us-east-1:000000000000:stateMachine:"
ROLE = "arn:aws:iam::000000000000:role/user"
ASSUMED_BY_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
# Tells who did a job: the alias that was called, the memory size, the process.
WITNESS = """import os, time

def handler(event, context):
    time.sleep(event.get("pause_s", 0) if isinstance(event, dict) else 0)
    return {"job": event, "called": context.invoked_function_arn, "process": os.getpid(),
            "memory_mb": int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])}
"""


def zipped(bootstrap, **files):
    """The zip of a function on `provided.al2023`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.create_system = 3
        entry.external_attr = 0o100755 << 16
        archive.writestr(entry, f"#!/bin/sh\n{bootstrap}\n")
        for name, content in files.items():
            archive.writestr(name.replace("_py", ".py"), content)
    return packed.getvalue()


def python_zip(code):
    """A handler under the official Python runtime, which layers and exec wrappers do not reach on MiniStack."""
    command = shlex.join([RUNTIMES["python"].text()[0], "-m", "awslambdaric", "index.handler"])
    return zipped(f'cd "$LAMBDA_TASK_ROOT"\nexec {command}', index_py=code)


def table(memories=(512, 1024), instances=(1, 2, 4), processes=(1, 2), work_s=8.0):
    """A model by hand: twice of anything is nearly twice as fast and a little dearer."""
    return {
        "form": "table",
        "options": [
            {
                "memory_mb": m,
                "instances": p,
                "processes": q,
                "duration_s": 0.05 + work_s / (m / 512) / p / q,
                "cost_usd": 1e-5 * (m / 512) ** 0.5 * (1 + 0.3 * (p - 1)) * (1 + 0.2 * (q - 1)),
            }
            for m in memories
            for p in instances
            for q in processes
        ],
    }


class Account:
    """An account with the user's own functions in it; with `states`, state machines are there instead of on MiniStack."""

    def __init__(self, ministack, states=None):
        self.ministack = ministack
        self.states = states
        self.environment = {**ministack.environment(), "STEPCONF_PACKAGES": str(PACKAGES)}
        if states:
            self.environment["AWS_ENDPOINT_URL_SFN"] = states
        iam = self.client("iam")
        try:
            iam.create_role(RoleName="user", AssumeRolePolicyDocument=json.dumps(ASSUMED_BY_LAMBDA))
        except iam.exceptions.EntityAlreadyExistsException:
            pass

    def client(self, service):
        if service == "stepfunctions" and self.states:
            return states_client(self.states)
        return self.ministack.client(service)

    def add_function(self, name, code, memory=512, timeout=60, **settings):
        self.client("lambda").create_function(
            FunctionName=name,
            Runtime="provided.al2023",
            Handler="index.handler",
            Role=ROLE,
            Code={"ZipFile": code},
            MemorySize=memory,
            Timeout=timeout,
            **settings,
        )
        self.client("lambda").get_waiter("function_active_v2").wait(FunctionName=name)

    def update_function(self, name, code):
        self.client("lambda").update_function_code(FunctionName=name, ZipFile=code)
        self.client("lambda").get_waiter("function_updated_v2").wait(FunctionName=name)

    def command(self, verb, project, *arguments):
        return [STEPCONF, verb, *arguments, str(project)]

    def stepconf(self, verb, project, *arguments, expected=0, **environment):
        done = subprocess.run(
            self.command(verb, project, *arguments),
            capture_output=True,
            text=True,
            timeout=240,
            env={**self.environment, **environment},
        )
        assert done.returncode == expected, done.stderr + done.stdout
        return done

    def deploy(self, project, *arguments, **options):
        return json.loads(self.stepconf("deploy", project, "--yes", "--json", *arguments, **options).stdout)

    def remove(self, project):
        return json.loads(self.stepconf("remove", project, "--yes", "--json").stdout)

    def start(self, deployment, job):
        return self.client("stepfunctions").start_execution(
            stateMachineArn=MACHINES + "stepconf-" + deployment, input=json.dumps(job), name=f"x{time.time_ns()}"
        )["executionArn"]

    def finished(self, execution):
        """The execution's description once it has ended."""
        give_up = time.monotonic() + 120
        while time.monotonic() < give_up:
            found = self.client("stepfunctions").describe_execution(executionArn=execution)
            if found["status"] != "RUNNING":
                return found
            time.sleep(0.05)
        raise AssertionError(f"{execution} does not end")

    def output(self, deployment, job):
        ended = self.finished(self.start(deployment, job))
        assert ended["status"] == "SUCCEEDED", ended
        return json.loads(ended["output"])

    def decisions(self, execution):
        """What configurators answered in an execution, by step."""
        pages = self.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution)
        events = {event["id"]: event for page in pages for event in page["events"]}
        answers = {}
        for event in events.values():
            if event["type"] != "TaskSucceeded":
                continue
            before = event
            while not before["type"].endswith("StateEntered"):
                before = events[before.get("previousEventId", before["id"] - 1)]
            name = before["stateEnteredEventDetails"]["name"]
            if name.endswith(": configure"):
                answer = json.loads(event["taskSucceededEventDetails"]["output"])["Payload"]
                answers[name.removesuffix(": configure")] = answer
        return answers

    def log(self, function):
        """What a function has written, for messages."""
        found = self.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
        return "\n".join(event["message"] for event in found)

    def names(self):
        """Everything that the account holds, by kind."""
        lam = self.client("lambda")
        return {
            "functions": sorted(f["FunctionName"] for f in lam.list_functions()["Functions"]),
            "layers": sorted(layer["LayerName"] for layer in lam.list_layers()["Layers"]),
            "tables": self.client("dynamodb").list_tables()["TableNames"],
            "log groups": sorted(g["logGroupName"] for g in self.client("logs").describe_log_groups()["logGroups"]),
            "roles": sorted(r["RoleName"] for r in self.client("iam").list_roles()["Roles"]),
            "machines": sorted(m["name"] for m in self.client("stepfunctions").list_state_machines()["stateMachines"]),
        }

    def versions(self, function):
        """Memory size by version, without $LATEST."""
        found = self.client("lambda").list_versions_by_function(FunctionName=function)["Versions"]
        return {v["Version"]: v["MemorySize"] for v in found if v["Version"] != "$LATEST"}


def write_project(folder, definition, models, **project):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "workflow.asl.json").write_text(json.dumps(definition))
    (folder / "models.json").write_text(json.dumps({"schema": 1, "functions": models}))
    document = {"schema": 1, "workflow": "workflow.asl.json", "models": "models.json", "slo": "20s", **project}
    (folder / "stepconf.yaml").write_text(json.dumps(document))
    return folder


@pytest.fixture(scope="module")
def account(ministack):
    need("python")
    account = Account(ministack)
    account.add_function("witness", python_zip(WITNESS), Environment={"Variables": {"COLOUR": "red"}})
    yield account
    account.client("lambda").delete_function(FunctionName="witness")


@pytest.fixture(scope="module")
def with_variables(account, tmp_path_factory):
    """The same account with moto's interpreter, which has what MiniStack's lacks: JSONPath variables, Assign in Catch."""
    need("asl")
    folder = tmp_path_factory.mktemp("moto")
    lambda_port = urllib.parse.urlsplit(account.ministack.endpoint).port
    credentials = (account.ministack.id, account.ministack.secret)
    process, endpoint = on_a_free_port(lambda port: start_moto(folder, lambda_port, port, ACCOUNT, credentials))
    yield Account(account.ministack, endpoint)
    stop(process)
