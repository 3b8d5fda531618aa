"""Transformed and exported templates: valid for cfn-lint and SAM, and the same workflow as before on MiniStack's CloudFormation."""

import json
import shlex
import stat

import pytest

import stacks
import states
from conftest import MiniStack, on_a_free_port, start_ministack, stop
from runtimes import HERE, RUNTIMES, WRAPPER, need

ROOT = HERE.parents[1]


@pytest.fixture(autouse=True)
def tools():
    for tool in ("python", "cli", "sam", "asl"):
        need(tool)


def cdk_template():
    """A machine as the CDK writes it: Fn::Join in JSON."""
    before = '{"StartAt":"Each","States":{"Each":{"Type":"Map","ItemsPath":"$.a","ItemProcessor":{"StartAt":"One","States":{"One":{"End":true,"Type":"Task","Resource":"arn:'
    middle = ':states:::lambda:invoke","Parameters":{"FunctionName":"'
    after = '","Payload.$":"$"},"OutputPath":"$.Payload"}}},"End":true}}}'
    function = {"Fn::GetAtt": ["Work8A", "Arn"]}
    assumed = {"Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}}], "Version": "2012-10-17"}
    return {
        "Resources": {
            "Work8A": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Code": {"S3Bucket": "assets", "S3Key": "work.zip"},
                    "Handler": "index.handler",
                    "Runtime": "nodejs22.x",
                    "Role": "arn:aws:iam::123456789012:role/work",
                },
                "Metadata": {"aws:cdk:path": "Stack/Work/Resource"},
            },
            "Role1B": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": assumed}},
            "Policy3D": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": "Policy3D",
                    "PolicyDocument": {
                        "Statement": [{"Action": "lambda:InvokeFunction", "Effect": "Allow", "Resource": function}],
                        "Version": "2012-10-17",
                    },
                    "Roles": [{"Ref": "Role1B"}],
                },
            },
            "Machine2C": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {
                    "DefinitionString": {"Fn::Join": ["", [before, {"Ref": "AWS::Partition"}, middle, function, after]]},
                    "RoleArn": {"Fn::GetAtt": ["Role1B", "Arn"]},
                },
                "DependsOn": ["Policy3D"],
                "UpdateReplacePolicy": "Delete",
                "DeletionPolicy": "Delete",
            },
        }
    }


@pytest.fixture(scope="module")
def sam_template(tmp_path_factory):
    template = stacks.copied("sam", tmp_path_factory.mktemp("sam"))
    return stacks.transform(template, {"List": stacks.table(instances=(1,), processes=(1,)), "Resize": stacks.table()}, jobs={"Resize": 8})


def test_a_transformed_sam_template_is_valid(sam_template):
    assert stacks.find_faults(sam_template) == ""
    stacks.sam("validate", "--lint", "--template", sam_template, cwd=sam_template.parent)


def test_sam_builds_code_that_sizes_share_once(sam_template):
    output = stacks.sam("build", "--template", sam_template, cwd=sam_template.parent)
    built = [line for line in output.splitlines() if line.strip().startswith("Building codeuri")]
    assert len(built) == 2, output
    assert (sam_template.parent / ".aws-sam/build/ResizeMem512/app.py").exists()


def test_a_transformed_cloudformation_template_is_valid(tmp_path):
    template = stacks.copied("cloudformation", tmp_path)
    models = {"Work": stacks.table(), "Add": stacks.table(instances=(1,), processes=(1,))}
    output = stacks.transform(template, models, jobs={"Work": 8})
    assert stacks.find_faults(output) == ""


def test_a_transformed_template_of_the_cdk_is_valid(tmp_path):
    template = tmp_path / "template.json"
    template.write_text(json.dumps(cdk_template()))
    output = stacks.transform(template, {"Work8A": stacks.table()}, jobs={"Each": 8})
    assert json.loads(output.read_text())["Resources"]["Work8AMem512"]["Properties"]["MemorySize"] == 512
    assert stacks.find_faults(output) == ""


@pytest.mark.parametrize("kind", ["sam", "cloudformation"])
def test_an_exported_project_is_valid(tmp_path, kind):
    (tmp_path / "workflow.asl.json").write_text((ROOT / "examples/primes/workflow.asl.json").read_text())
    functions = ["primes-cpp", "primes-cpp-multicore", "primes-python", "primes-python-multicore"]
    models = {name: stacks.table() for name in functions}
    (tmp_path / "models.json").write_text(json.dumps({"schema": 1, "functions": models}))
    project = {
        "schema": 1,
        "workflow": "workflow.asl.json",
        "models": "models.json",
        "slo": "60s",
        "jobs": {"Cpp": 24, "CppMulticore": "Cpp", "Python": "Cpp", "PythonMulticore": "Cpp"},
        "functions": {
            "primes-cpp": {"command": ["bin/primes"]},
            "primes-python": {"command": ["python3", "-m", "awslambdaric", "index.single"], "environment": {"LIMIT": "9"}},
        },
    }
    (tmp_path / "stepconf.yaml").write_text(json.dumps(project))
    stacks.stepconf("export", "--format", kind, "--output", tmp_path / "out", tmp_path)
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        "template.yaml",
        "state-machine.asl.json",
        "report.json",
        "stepconf-steps.json",
        "configurator.zip",
        "wrapper-x86_64.zip",
    }
    assert stacks.find_faults(tmp_path / "out/template.yaml") == ""
    report = json.loads((tmp_path / "out/report.json").read_text())
    assert report["steps"]["Python"]["batched"] and not report["steps"]["Cpp"]["batched"]


CODE = """import os

def work(event, context):
    return {"number": event["number"] * event["times"], "memory_mb": os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "colour": os.environ["COLOUR"]}

def add(event, context):
    return {"sum": sum(job["number"] for job in event["done"]), "sizes": sorted({job["memory_mb"] for job in event["done"]}), "colour": event["done"][0]["colour"]}
"""


def write_code(folder, steps_file="{}"):
    """Functions of the official Python runtime with a bootstrap that starts the wrapper, for layers do not reach them on MiniStack."""
    code = folder / "code"
    code.mkdir(exist_ok=True)
    python = RUNTIMES["python"].text()[0]
    bootstrap = code / "bootstrap"
    bootstrap.write_text(f'#!/bin/sh\ncd "$LAMBDA_TASK_ROOT"\nexec {shlex.quote(WRAPPER)} {shlex.quote(python)} -m awslambdaric "$_HANDLER"\n')
    bootstrap.chmod(bootstrap.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    (code / "app.py").write_text(CODE)
    (code / "stepconf-steps.json").write_text(steps_file)


@pytest.fixture(scope="module")
def ministack(tmp_path_factory):
    """One that takes the tokens that moto's interpreter makes up for the machine's role."""
    folder = tmp_path_factory.mktemp("ministack")
    process, endpoint = on_a_free_port(lambda port: start_ministack(folder, port, checks_signatures=False))
    try:
        yield MiniStack(endpoint)
    finally:
        stop(process)


def test_a_stack_is_updated_to_the_transformed_template_and_back(tmp_path, ministack):
    """The functions run on MiniStack, which made them; the definition on moto's interpreter, for MiniStack's has no variables in JSONPath."""
    template = stacks.copied("cloudformation", tmp_path)
    write_code(tmp_path)
    account = stacks.Stacks(ministack)
    original = account.package(template)
    machine = account.apply("sums", original)["Sum"]
    data = {"jobs": list(range(8)), "times": 3}
    with states.moto_machines(tmp_path, ministack.endpoint) as interpreter:

        def run():
            ended = interpreter.run(account.definition(machine), data)
            assert ended[0] == "output", ended
            return ended[1], stacks.answers_in(interpreter.history())

        before, _ = run()
        assert (before["sum"], before["colour"]) == (3 * 28, "red")

        models = {"Work": stacks.table(), "Add": stacks.table(instances=(1,), processes=(1,), work_s=0.1)}
        output = stacks.transform(template, models, jobs={"Work": 8}, slo="1.5s")
        write_code(tmp_path, (tmp_path / "stepconf-Sum/stepconf-steps.json").read_text())
        packaged = account.package(output)
        assert account.apply("sums", packaged)["Sum"] == machine
        # A table that takes more than 0.2 s to answer, as on a busy machine, means the safe configuration.
        for _ in range(20):
            after, answers = run()
            if not answers["Work"]["safe"]:
                break
        assert (after["sum"], after["colour"]) == (before["sum"], "red")
        assert not answers["Work"]["safe"] and answers["Work"]["instances"] > 1, answers
        assert after["sizes"] == [str(answers["Work"]["memory_mb"])]
        assert answers["Work"]["function"] == f"WorkMem{answers['Work']['memory_mb']}"
        table = account.client("cloudformation").describe_stack_resource(StackName="sums", LogicalResourceId="SumDecisions")
        items = account.client("dynamodb").scan(TableName=table["StackResourceDetail"]["PhysicalResourceId"])["Items"]
        assert items

        account.apply("sums", packaged, SumMode="off")
        switched_off, answers = run()
        assert switched_off["sum"] == before["sum"] and answers["Work"]["safe"] and answers["Add"]["safe"]

        account.apply("sums", original)
        assert interpreter.run(account.definition(machine), data) == ("output", before)
    account.delete("sums")
