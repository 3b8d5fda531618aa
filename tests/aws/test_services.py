"""The clients of services against moto, and what they did as boto3 sees it.

moto has no GetAccountSettings, and gives no log of an invocation without Docker: tests/services has both.
"""

import base64
import io
import json
import subprocess
import sys
import time
import urllib.request
import zipfile

import boto3
import pytest

from conftest import on_a_free_port, stop, wait_until_it_answers
from service_calls import Refused, Tool, plain_environment

PASS = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"n": 7}, "End": True}}})
WAIT = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 600, "End": True}}})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]})
ODD = "ü & <b> \"'%+=/日本"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    log = tmp_path_factory.mktemp("moto") / "log"

    def start(port):
        with log.open("w") as output:
            process = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_until_it_answers(f"http://127.0.0.1:{port}/moto-api/", process, log)
        except BaseException:
            stop(process)
            raise
        return process, f"http://127.0.0.1:{port}"

    process, url = on_a_free_port(start)
    try:
        # Functions without Docker; machines that run.
        config = json.dumps({"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}})
        urllib.request.urlopen(urllib.request.Request(url + "/moto-api/config", data=config.encode(), headers={"Content-Type": "application/json"})).close()
        yield url
    finally:
        stop(process)


@pytest.fixture(scope="module")
def call(endpoint):
    environment = plain_environment(AWS_ENDPOINT_URL=endpoint, AWS_REGION="us-east-1", AWS_ACCESS_KEY_ID="id", AWS_SECRET_ACCESS_KEY="secret")
    with Tool(environment) as tool:
        yield tool


@pytest.fixture(scope="module")
def client(endpoint):
    return lambda service: boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="id", aws_secret_access_key="secret")


@pytest.fixture(scope="module")
def role(call):
    return call("iam.create_role", name="runner", trust=TRUST)["arn"]


def package(text="def handler(event, context): return event"):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("index.py"), text)
    return base64.b64encode(packed.getvalue()).decode()


def make_function(call, role, name, **more):
    return call("lambda.create_function", name=name, runtime="python3.12", role=role, handler="index.handler", zip=package(), **more)


def test_lambda_functions_are_made_changed_and_removed(call, client, role):
    made = make_function(call, role, "changing", memory_mb=512, timeout_s=9, environment={"A": ODD}, tags={"owner": "stepconf"}, description="first")
    seen = client("lambda").get_function(FunctionName="changing")
    assert (made["memory_mb"], made["timeout_s"], made["description"]) == (512, 9, "first")
    assert seen["Configuration"]["Environment"]["Variables"] == {"A": ODD}
    assert seen["Configuration"]["CodeSha256"] == made["code_sha256"]
    found = call("lambda.find_function", name="changing")
    assert (found["function"]["arn"], found["tags"]) == (seen["Configuration"]["FunctionArn"], {"owner": "stepconf"})
    assert found["code_url"]

    code = call("lambda.update_code", name="changing", zip=package("def handler(event, context): return 1"))
    assert code["code_sha256"] != made["code_sha256"]
    changed = call("lambda.update_configuration", name="changing", runtime="python3.12", role=role, handler="index.handler", memory_mb=1024, timeout_s=3, environment={"B": "1"})
    assert changed["memory_mb"] == 1024
    assert call("lambda.find_configuration", name="changing")["environment"] == {"B": "1"}
    assert "changing" in [f["name"] for f in call("lambda.functions")]
    assert call("lambda.remove_function", name="changing") is True
    assert call("lambda.find_configuration", name="changing") is None
    assert call("lambda.remove_function", name="changing") is False


def test_lambda_versions_and_aliases(call, client, role):
    arn = make_function(call, role, "versioned")["arn"]
    first = call("lambda.publish_version", name="versioned", description="mem 128")
    assert first["version"] == "1"
    alias = call("lambda.create_alias", name=arn, alias="mem-128", version="1")
    assert alias["arn"] == arn + ":mem-128"
    call("lambda.update_configuration", name="versioned", runtime="python3.12", role=role, handler="index.handler", memory_mb=256)
    call("lambda.update_code", name="versioned", zip=package("def handler(event, context): return 2"))
    assert call("lambda.publish_version", name="versioned", description="mem 256")["version"] == "2"
    assert call("lambda.update_alias", name="versioned", alias="mem-128", version="2")["version"] == "2"
    assert client("lambda").get_alias(FunctionName="versioned", Name="mem-128")["FunctionVersion"] == "2"
    assert [v["version"] for v in call("lambda.versions", name="versioned")] == ["$LATEST", "1", "2"]
    assert call("lambda.find_configuration", name="versioned", qualifier="mem-128")["memory_mb"] == 256
    assert [a["name"] for a in call("lambda.aliases", name="versioned")] == ["mem-128"]
    with pytest.raises(Refused) as refused:
        call("lambda.create_alias", name="versioned", alias="mem-128", version="2")
    assert refused.value.status == 409
    assert "lambda:CreateAlias of versioned:mem-128" in str(refused.value)
    assert call("lambda.remove_alias", name="versioned", alias="mem-128")
    assert call("lambda.aliases", name="versioned") == []


def test_lambda_listings_of_more_than_a_page(call, role):
    make_function(call, role, "long")
    for index in range(60):
        call("lambda.create_alias", name="long", alias=f"alias-{index:02}", version="$LATEST")
    assert len(call("lambda.aliases", name="long")) == 60


def test_lambda_is_invoked(call, role):
    make_function(call, role, "invoked")
    done = call("lambda.invoke", name="invoked", payload=json.dumps({"text": ODD}))
    assert (done["status"], done["error"]) == (200, "")
    assert done["payload"]


def test_lambda_permissions_layers_and_tags(call, client, role):
    arn = make_function(call, role, "shared")["arn"]
    call("lambda.add_permission", name="shared", statement="states", action="lambda:InvokeFunction", principal="states.amazonaws.com", source_arn="arn:aws:states:us-east-1:123456789012:stateMachine:m")
    statement = json.loads(client("lambda").get_policy(FunctionName="shared")["Policy"])["Statement"][0]
    assert (statement["Sid"], statement["Action"]) == ("states", "lambda:InvokeFunction")
    layer = call("lambda.publish_layer", name="wrapper", zip=package(), description="the wrapper")
    assert layer["version"] == 1
    assert [v["arn"] for v in call("lambda.layer_versions", name="wrapper")] == [layer["arn"]]
    call("lambda.remove_layer_version", name="wrapper", version=1)
    assert call("lambda.layer_versions", name="wrapper") == []
    call("lambda.tag", arn=arn, tags={"a b": ODD})
    assert call("lambda.tags", arn=arn) == {"a b": ODD}


def test_step_functions_machines_and_executions(call, client, role):
    arn = call("states.create_machine", name="machine", definition=PASS, role=role, tags={"owner": "stepconf"})
    assert call("states.create_machine", name="machine", definition=PASS, role=role, tags={"owner": "stepconf"}) == arn
    found = call("states.find_machine", arn=arn)
    assert (found["name"], found["type"], found["definition"]) == ("machine", "STANDARD", PASS)
    assert call("states.tags", arn=arn) == {"owner": "stepconf"}
    call("states.tag", arn=arn, tags={"more": ODD})
    assert call("states.tags", arn=arn) == {"owner": "stepconf", "more": ODD}

    execution = call("states.start", arn=arn, input=json.dumps({"text": ODD}), name="once")
    while (state := call("states.find_execution", arn=execution))["status"] == "RUNNING":
        pass
    assert (state["status"], json.loads(state["output"])) == ("SUCCEEDED", {"n": 7})
    assert json.loads(state["input"]) == {"text": ODD}
    assert 0 < state["started"] <= state["stopped"]
    history = call("states.history", arn=execution)
    assert [event["type"] for event in history] == [event["type"] for event in client("stepfunctions").get_execution_history(executionArn=execution)["events"]]
    assert [event["details"]["name"] for event in history if event["type"] == "PassStateEntered"] == ["A"]
    assert [e["name"] for e in call("states.executions", arn=arn, status="SUCCEEDED")] == ["once"]

    call("states.update_machine", arn=arn, definition=WAIT, role=role)
    waiting = call("states.start", arn=arn, input="{}", name="stopped")
    call("states.stop", arn=waiting, error="Over", cause="no more time")
    assert call("states.find_execution", arn=waiting)["status"] == "ABORTED"
    call("states.remove_machine", arn=arn)
    assert call("states.find_machine", arn=arn) is None


def test_dynamodb_tables_and_conditional_writes(call, client):
    table = call("dynamodb.create_table", name="cache", key="execution", tags={"owner": "stepconf"})
    assert call("dynamodb.find_table", name="cache")["hash_key"] == "execution"
    assert call("dynamodb.tags", arn=table["arn"]) == {"owner": "stepconf"}
    assert call("dynamodb.ttl_attribute", name="cache") == ""
    call("dynamodb.enable_ttl", name="cache", attribute="expires")
    assert call("dynamodb.ttl_attribute", name="cache") == "expires"

    key = {"execution": {"S": ODD}}
    fresh = {"text": "attribute_not_exists(#e)", "names": {"#e": "execution"}}
    item = {**key, "version": {"N": "1"}, "bytes": {"B": "AAE="}}
    assert call("dynamodb.get_item", name="cache", key=key) is None
    assert call("dynamodb.put_item", name="cache", item=item, condition=fresh)["done"]
    again = call("dynamodb.put_item", name="cache", item=item, condition=fresh)
    assert (again["done"], again["there"]) == (False, item)
    assert client("dynamodb").get_item(TableName="cache", Key=key)["Item"]["version"] == {"N": "1"}

    following = {"text": "SET #v = :next", "names": {"#v": "version"}, "values": {":next": {"N": "2"}}}
    is_first = {"text": "#v = :now", "names": {"#v": "version"}, "values": {":now": {"N": "1"}}}
    assert call("dynamodb.update_item", name="cache", key=key, update=following, condition=is_first)["item"]["version"] == {"N": "2"}
    assert not call("dynamodb.update_item", name="cache", key=key, update=following, condition=is_first)["done"]
    assert call("dynamodb.get_item", name="cache", key=key)["version"] == {"N": "2"}
    assert call("dynamodb.remove_table", name="cache") is True
    assert call("dynamodb.find_table", name="cache") is None
    assert call("dynamodb.remove_table", name="cache") is False


def test_cloudformation_stacks(call):
    def template(size):
        bucket = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "queue", "VisibilityTimeout": size}}
        return json.dumps({"Parameters": {"P": {"Type": "String"}}, "Resources": {"Q": bucket}, "Outputs": {"Out": {"Value": {"Ref": "P"}}}})

    stack = {"name": "stack", "parameters": {"P": ODD}, "tags": {"a b": ODD}, "capabilities": ["CAPABILITY_NAMED_IAM"]}
    assert call("cloudformation.find_stack", name="stack") is None
    made = call("cloudformation.create_stack", template=template(10), **stack)
    found = call("cloudformation.find_stack", name="stack")
    assert (found["id"], found["status"]) == (made, "CREATE_COMPLETE")
    assert (found["outputs"], found["parameters"], found["tags"]) == ({"Out": ODD}, {"P": ODD}, {"a b": ODD})
    assert call("cloudformation.update_stack", template=template(20), **stack) == made
    assert call("cloudformation.find_stack", name="stack")["status"] == "UPDATE_COMPLETE"
    assert "CREATE_COMPLETE" in [event["status"] for event in call("cloudformation.events", name="stack")]
    with pytest.raises(Refused) as refused:
        call("cloudformation.create_stack", template=template(10), **stack)
    assert refused.value.code == "AlreadyExistsException"
    call("cloudformation.remove_stack", name="stack")
    assert call("cloudformation.find_stack", name="stack") is None


def test_logs_groups_and_events(call, client):
    group = "/aws/lambda/of a test".replace(" ", "-")
    call("logs.create_group", name=group, tags={"owner": "stepconf"})
    call("logs.set_retention", name=group, days=7)
    found = call("logs.groups", name="/aws/lambda/of-")
    assert [(g["name"], g["retention_days"]) for g in found] == [(group, 7)]
    call("logs.tag", arn=found[0]["arn"], tags={"more": "1"})
    assert call("logs.tags", arn=found[0]["arn"]) == {"owner": "stepconf", "more": "1"}
    now = int(time.time() * 1000)
    client("logs").create_log_stream(logGroupName=group, logStreamName="s")
    events = [{"timestamp": now + index, "message": f"REPORT {index} {ODD}"} for index in range(3)]
    client("logs").put_log_events(logGroupName=group, logStreamName="s", logEvents=events)
    assert [e["message"] for e in call("logs.events", name=group)] == [e["message"] for e in events]
    assert [e["time_ms"] for e in call("logs.events", name=group, from_ms=now + 1, to_ms=now + 1)] == [now + 1]
    assert call("logs.remove_group", name=group) is True
    assert call("logs.remove_group", name=group) is False


def test_sts(call):
    assert call("sts.caller_identity")["account"] == "123456789012"
    session = call("sts.assume_role", arn="arn:aws:iam::123456789012:role/runner", session="s", external_id="e=&f")
    assert session["credentials"]["id"] and session["credentials"]["token"] and session["credentials"]["expires"]
    assert session["arn"].endswith("assumed-role/runner/s")
    by_token = call("sts.assume_role_with_web_identity", arn="arn:aws:iam::123456789012:role/runner", session="s", token="t.o.k")
    assert by_token["credentials"]["secret"]


def test_iam_roles_and_policies(call, client):
    made = call("iam.create_role", name="role", trust=TRUST, tags={"a b": "c=&d"})
    found = call("iam.find_role", name="role")
    assert (found["arn"], json.loads(found["trust"]), found["tags"]) == (made["arn"], json.loads(TRUST), {"a b": "c=&d"})
    other = TRUST.replace("lambda.", "states.")
    call("iam.update_trust", name="role", trust=other)
    assert json.loads(call("iam.find_role", name="role")["trust"]) == json.loads(other)
    call("iam.put_role_policy", name="role", policy="inline", document=POLICY)
    assert json.loads(call("iam.find_role_policy", name="role", policy="inline")) == json.loads(POLICY)
    assert call("iam.role_policies", name="role") == ["inline"]
    managed = client("iam").create_policy(PolicyName="managed", PolicyDocument=POLICY)["Policy"]["Arn"]
    call("iam.attach_role_policy", name="role", policy=managed)
    assert call("iam.attached_policies", name="role") == [managed]
    with pytest.raises(Refused) as refused:
        call("iam.remove_role", name="role")
    assert refused.value.code == "DeleteConflict"
    assert call("iam.detach_role_policy", name="role", policy=managed)
    assert call("iam.remove_role_policy", name="role", policy="inline")
    assert call("iam.find_role_policy", name="role", policy="inline") is None
    assert call("iam.remove_role", name="role") is True
    assert call("iam.find_role", name="role") is None
