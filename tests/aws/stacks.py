"""Templates that `stepconf transform` and `stepconf export` write, checked and deployed by programs that others wrote."""

import json
import os
import shutil
import subprocess
import time

from deployments import PACKAGES, table  # noqa: F401
from runtimes import HERE, STEPCONF, TOOLS

TEMPLATES = HERE / "templates"
# No account: what asks for one would fail.
NO_ACCOUNT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1", "SAM_CLI_TELEMETRY": "0"}


def stepconf(*arguments, expected=0):
    command = [STEPCONF, *(str(argument) for argument in arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env={**os.environ, "STEPCONF_PACKAGES": str(PACKAGES)}
    )
    assert done.returncode == expected, done.stderr + done.stdout
    return done


def transform(template, models, **project):
    """Makes a project for a template in its folder and transforms it; gives the file that was written."""
    folder = template.parent
    stepconf("transform", template, "--definition", folder / "workflow.asl.json")
    (folder / "models.json").write_text(json.dumps({"schema": 1, "functions": models}))
    document = {"schema": 1, "workflow": "workflow.asl.json", "models": "models.json", "slo": "20s", **project}
    (folder / "stepconf.yaml").write_text(json.dumps(document))
    output = template.with_name("out" + template.suffix)
    stepconf("transform", template, "-o", output, "--project", folder)
    return output


def copied(name, folder):
    """A template of this folder, in a folder of its own."""
    shutil.copytree(TEMPLATES / name, folder, dirs_exist_ok=True)
    return folder / "template.yaml"


def find_faults(template, *ignored):
    """What cfn-lint has against a template, SAM's translation included; empty where nothing.

    W3002: local paths need `sam` or `aws cloudformation package`, which is meant. E3601 refuses valid numbers in JSONata.
    """
    command = [TOOLS / "sam/bin/cfn-lint", "--ignore-checks", "W3002", "E3601", *ignored, "--template", template]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env={**os.environ, **NO_ACCOUNT})
    return "" if done.returncode == 0 else done.stdout + done.stderr


def sam(*arguments, cwd):
    command = [TOOLS / "sam/bin/sam", *(str(argument) for argument in arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, env={**os.environ, **NO_ACCOUNT})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


class Stacks:
    """CloudFormation on MiniStack."""

    def __init__(self, ministack):
        self.ministack = ministack
        self.client = ministack.client
        self.client("s3").create_bucket(Bucket="packages")

    def package(self, template):
        """What `aws cloudformation package` makes of a template: local files go to S3."""
        packaged = template.with_name("packaged.yaml")
        command = [TOOLS / "cli/bin/aws", "cloudformation", "package", "--template-file", template, "--s3-bucket", "packages"]
        command += ["--output-template-file", packaged]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=self.ministack.environment())
        assert done.returncode == 0, done.stderr
        return packaged.read_text()

    def apply(self, name, body, **parameters):
        """Creates the stack or updates it, and gives its outputs."""
        formation = self.client("cloudformation")
        known = {stack["StackName"] for stack in formation.list_stacks()["StackSummaries"] if stack["StackStatus"] != "DELETE_COMPLETE"}
        call = formation.update_stack if name in known else formation.create_stack
        call(
            StackName=name,
            TemplateBody=body,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        )
        give_up = time.monotonic() + 60
        while True:
            stack = formation.describe_stacks(StackName=name)["Stacks"][0]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                break
            assert time.monotonic() < give_up, stack
            time.sleep(0.1)
        events = formation.describe_stack_events(StackName=name)["StackEvents"]
        assert stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), [e for e in events if "FAILED" in e["ResourceStatus"]]
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def delete(self, name):
        self.client("cloudformation").delete_stack(StackName=name)

    def definition(self, machine):
        """A machine's definition with everything put in."""
        return self.client("stepfunctions").describe_state_machine(stateMachineArn=machine)["definition"]


def answers_in(history):
    """What configurators answered in an execution, by step."""
    answers, step = {}, None
    for event in history:
        if event["type"].endswith("StateEntered"):
            step = event["stateEnteredEventDetails"]["name"]
        elif event["type"] == "TaskSucceeded" and step.endswith(": configure"):
            answers[step.removesuffix(": configure")] = json.loads(event["taskSucceededEventDetails"]["output"])["Payload"]
    return answers
