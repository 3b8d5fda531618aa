"""`stepconf deploy`, `status` and `remove` on MiniStack, and executions of what was deployed there.

The programs in the copies are those of `make package`. What MiniStack does not judge (layers and exec wrappers, 409 while
a function is being changed, rates) stands in docs/deploy.md.
"""

import json
import signal
import subprocess
import time

import pytest

from deployments import ACCOUNT, WITNESS, account, python_zip, table, with_variables, write_project  # noqa: F401
from faulty_proxy import FaultyProxy


def each(function, items, **more):
    """A Map of one Task a job."""
    task = {"Type": "Task", "Resource": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{function}", "End": True}
    return {"Type": "Map", "ItemsPath": items, "ItemProcessor": {"StartAt": "One", "States": {"One": task}}, **more}


WORK = {"StartAt": "Work", "States": {"Work": each("witness", "$.jobs", ResultPath="$.done", End=True)}}


@pytest.fixture(scope="module")
def deployed(account, tmp_path_factory):
    """A deployed project of one Map."""
    folder = write_project(tmp_path_factory.mktemp("deployed") / "work", WORK, {"witness": table()}, jobs={"Work": 8})
    account.deploy(folder)
    yield folder
    account.remove(folder)


def test_choices_reach_the_functions(account, deployed):
    jobs = [{"n": n, "pause_s": 0.05} for n in range(8)]
    execution = account.start("work", {"jobs": jobs})
    done = json.loads(account.finished(execution)["output"])["done"]
    decision = account.decisions(execution)["Work"]
    assert [each["job"] for each in done] == jobs
    assert not decision["safe"]
    assert {each["memory_mb"] for each in done} == {decision["memory_mb"]}
    assert all(each["called"].startswith(decision["function"].rsplit(":", 1)[0]) for each in done)
    # The plan's one option for 20 s: the cheapest.
    assert (decision["memory_mb"], decision["instances"], decision["processes"]) == (512, 1, 1)
    assert len({each["process"] for each in done}) == 1


def test_a_tighter_slo_brings_more_memory_instances_and_processes(account, deployed):
    account.deploy(deployed, "--slo", "1s")
    jobs = [{"n": n, "pause_s": 0.2} for n in range(8)]
    execution = account.start("work", {"jobs": jobs})
    done = json.loads(account.finished(execution)["output"])["done"]
    decision = account.decisions(execution)["Work"]
    assert (decision["memory_mb"], decision["instances"], decision["processes"]) == (1024, 4, 2)
    assert [each["job"] for each in done] == jobs
    assert {each["memory_mb"] for each in done} == {1024}
    # MiniStack runs the iterations of a Map on few sandboxes; how many batches there were it does not hide.
    assert decision["size"] == 2
    assert len({each["process"] for each in done}) > 1
    account.deploy(deployed)


def test_the_cache_fills(account, deployed):
    execution = account.start("work", {"jobs": [{"n": 1}]})
    account.finished(execution)
    item = account.client("dynamodb").get_item(TableName="stepconf-work", Key={"execution": {"S": execution}})["Item"]
    assert any("/decision/" in name for name in item)
    assert int(item["expires"]["N"]) > time.time()


def test_without_its_table_the_workflow_runs_safely(account, deployed):
    account.client("dynamodb").delete_table(TableName="stepconf-work")
    execution = account.start("work", {"jobs": [{"n": n} for n in range(3)]})
    assert account.finished(execution)["status"] == "SUCCEEDED"
    assert account.decisions(execution)["Work"]["safe"]
    status = json.loads(account.stepconf("status", deployed, "--json").stdout)
    assert [(change["action"], change["part"]) for change in status["changes"]] == [("create", "table")]
    account.deploy(deployed)


def test_what_somebody_else_changed_is_mended(account, deployed):
    lam = account.client("lambda")
    alias = lam.list_aliases(FunctionName="stepconf-work")["Aliases"][0]["Name"]
    lam.delete_alias(FunctionName="stepconf-work", Name=alias)
    lam.update_function_configuration(FunctionName="stepconf-work_witness", MemorySize=128)
    lam.delete_alias(FunctionName="stepconf-work_witness", Name=lam.list_aliases(FunctionName="stepconf-work_witness")["Aliases"][0]["Name"])
    status = json.loads(account.stepconf("status", deployed, "--json").stdout)
    assert status["functions"]["witness"]["state"] == "incomplete"
    account.deploy(deployed)
    execution = account.start("work", {"jobs": [{"n": 1}]})
    account.finished(execution)
    assert not account.decisions(execution)["Work"]["safe"]


def test_without_its_configurator_the_workflow_runs_safely(with_variables, tmp_path):
    account = with_variables
    folder = write_project(tmp_path / "alone", WORK, {"witness": table()}, jobs={"Work": 8})
    account.deploy(folder)
    try:
        lam = account.client("lambda")
        lam.delete_alias(FunctionName="stepconf-alone", Name=lam.list_aliases(FunctionName="stepconf-alone")["Aliases"][0]["Name"])
        execution = account.start("alone", {"jobs": [{"n": n} for n in range(3)]})
        ended = account.finished(execution)
        assert ended["status"] == "SUCCEEDED", ended
        assert [each["job"]["n"] for each in json.loads(ended["output"])["done"]] == [0, 1, 2]
        assert account.decisions(execution) == {}
    finally:
        account.remove(folder)


def test_deploying_again_changes_nothing(account, deployed):
    before = account.versions("stepconf-work_witness")
    assert account.deploy(deployed)["changes"] == []
    assert account.versions("stepconf-work_witness") == before


def test_observe_is_one_new_version_of_the_configurator(account, deployed):
    changes = account.deploy(deployed, "--mode", "observe")["changes"]
    assert [(change["action"], change["part"], change["name"]) for change in changes] == [("update", "function", "stepconf-work")]
    execution = account.start("work", {"jobs": [{"n": n} for n in range(3)]})
    assert account.finished(execution)["status"] == "SUCCEEDED"
    assert account.decisions(execution)["Work"]["safe"]
    account.deploy(deployed)
    execution = account.start("work", {"jobs": [{"n": n} for n in range(3)]})
    account.finished(execution)
    assert not account.decisions(execution)["Work"]["safe"]


def test_a_changed_function_makes_its_copy_stale(account, deployed):
    account.update_function("witness", python_zip(WITNESS.replace('"job": event', '"job": "new"')))
    try:
        assert json.loads(account.stepconf("status", deployed, "--json").stdout)["functions"]["witness"]["state"] == "stale"
        assert account.output("work", {"jobs": [1]})["done"][0]["job"] == 1
        account.deploy(deployed)
        assert account.output("work", {"jobs": [1]})["done"][0]["job"] == "new"
        assert len(account.versions("stepconf-work_witness")) == 2, "superseded versions are deleted"
    finally:
        account.update_function("witness", python_zip(WITNESS))


def test_remove_leaves_nothing_and_never_touches_the_users_own(account, tmp_path):
    before = account.names()
    mine = account.client("lambda").get_function(FunctionName="witness")["Configuration"]
    folder = write_project(tmp_path / "other", WORK, {"witness": table()}, jobs={"Work": 8})
    account.deploy(folder)
    assert account.names() != before
    account.remove(folder)
    assert account.names() == before
    assert account.client("lambda").get_function(FunctionName="witness")["Configuration"] == mine
    assert account.remove(folder)["changes"] == []


@pytest.mark.parametrize(("how", "lines"), [(signal.SIGKILL, 3), (signal.SIGINT, 12), (signal.SIGKILL, 18)])
def test_an_interrupted_deployment_goes_on_where_it_was(account, tmp_path, how, lines):
    folder = write_project(tmp_path / "other", WORK, {"witness": table(memories=(512, 768, 1024))}, jobs={"Work": 8})
    command = account.command("deploy", folder, "--yes")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=account.environment) as process:
        done = 0
        for line in process.stderr:
            done += line.startswith("[")
            if done == lines:
                process.send_signal(how)
                break
        rest = process.stderr.read()
        status = process.wait(timeout=30)
    if how == signal.SIGINT:
        assert status == 130
        assert "`stepconf deploy` goes on where this ended" in rest
    else:
        assert status == -signal.SIGKILL
    made = account.names()
    assert "stepconf-other" not in made["machines"], "it was interrupted before its end"
    try:
        account.deploy(folder)
        assert sorted(account.versions("stepconf-other_witness").values()) == [512, 768, 1024], "nothing is published twice"
        assert account.deploy(folder)["changes"] == []
        assert account.output("other", {"jobs": [1, 2]})["done"][1]["job"] == 2
    finally:
        account.remove(folder)


def test_what_was_half_deployed_can_be_removed(account, tmp_path):
    before = account.names()
    folder = write_project(tmp_path / "other", WORK, {"witness": table()}, jobs={"Work": 8})
    command = account.command("deploy", folder, "--yes")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=account.environment) as process:
        for line in process.stderr:
            if "published" in line:
                process.kill()
                break
    account.remove(folder)
    assert account.names() == before


def test_throttled_lost_late_and_repeated_answers_change_nothing(account, tmp_path):
    folder = write_project(tmp_path / "faulty", WORK, {"witness": table()}, jobs={"Work": 8})
    with FaultyProxy(account.ministack.endpoint, seed=1) as proxy:
        try:
            account.deploy(folder, AWS_ENDPOINT_URL=proxy.endpoint)
            assert proxy.faults["dropped"] and proxy.faults["throttled"] and proxy.faults["repeated"], proxy.faults
            assert sorted(account.versions("stepconf-faulty_witness").values()) == [512, 1024]
            assert account.deploy(folder)["changes"] == []
            assert account.output("faulty", {"jobs": [1, 2]})["done"][1]["job"] == 2
        finally:
            account.stepconf("remove", folder, "--yes", AWS_ENDPOINT_URL=proxy.endpoint)
    assert "stepconf-faulty" not in account.names()["machines"]


def refusal(account, folder, *arguments, expected=2, **environment):
    done = account.stepconf("deploy", folder, "--yes", *arguments, expected=expected, **environment)
    assert done.stdout == ""
    return done.stderr


def test_says_what_does_not_fit(account, tmp_path):
    definition = {"StartAt": "Work", "States": {"Work": each("nobody", "$.jobs", End=True)}}
    folder = write_project(tmp_path / "work", definition, {"nobody": table()}, jobs={"Work": 8})
    assert 'function "' in refusal(account, folder) and "there is none in this account" in refusal(account, folder)

    elsewhere = json.loads(json.dumps(WORK).replace(ACCOUNT, "123456789012"))
    folder = write_project(tmp_path / "work", elsewhere, {"witness": table()}, jobs={"Work": 8})
    assert f"is in account 123456789012, region us-east-1, and the credentials are of account {ACCOUNT}" in refusal(account, folder)

    folder = write_project(tmp_path / "other", WORK, {"witness": table()}, jobs={"Work": 8})
    assert "state machine none: there is none" in refusal(account, folder, "--state-machine", "none")
    assert "`make package` builds" in refusal(account, folder, "--packages", tmp_path / "nowhere")
    assert "1 to 24 lower-case letters" in refusal(account, folder, "--deployment", "Work!")


def test_names_the_permission_that_is_missing(account, tmp_path):
    iam = account.client("iam")
    iam.create_user(UserName="reader")
    allowed = {"Effect": "Allow", "Action": ["sts:*", "lambda:*", "logs:*", "dynamodb:*", "states:*", "iam:Get*", "iam:List*"], "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [allowed]}
    iam.put_user_policy(UserName="reader", PolicyName="most", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    folder = write_project(tmp_path / "other", WORK, {"witness": table()}, jobs={"Work": 8})
    as_reader = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    try:
        said = refusal(account, folder, expected=1, **as_reader)
        assert "iam:CreateRole" in said and "stepconf-other_configurator_us-east-1" in said, said
        assert "need the permission iam:CreateRole" in said
    finally:
        account.remove(folder)


def test_a_name_that_somebody_else_has_is_left_alone(account, tmp_path):
    dynamodb = account.client("dynamodb")
    dynamodb.create_table(
        TableName="stepconf-other",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    folder = write_project(tmp_path / "other", WORK, {"witness": table()}, jobs={"Work": 8})
    try:
        assert "stepconf-other" in refusal(account, folder, expected=1)
        account.remove(folder)
        assert "stepconf-other" in account.names()["tables"]
    finally:
        dynamodb.delete_table(TableName="stepconf-other")


def test_a_jsonata_workflow_with_another_service_in_it(with_variables, tmp_path):
    account = with_variables
    function = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:witness"
    call = {"FunctionName": function, "Payload": "{% $states.input %}"}
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": call, "Output": "{% $states.result.Payload %}", "End": True}
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Work",
        "States": {
            "Work": {
                "Type": "Map",
                "Items": "{% $states.input.jobs %}",
                "ItemProcessor": {"StartAt": "One", "States": {"One": task}},
                "Output": "{% {'done': $states.result} %}",
                "Next": "Large",
            },
            "Large": {
                "Type": "Choice",
                "Choices": [{"Condition": "{% $count($states.input.done) > 100 %}", "Next": "Tell"}],
                "Default": "End",
            },
            "Tell": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Arguments": {"Message": "many"}, "Next": "End"},
            "End": {"Type": "Succeed"},
        },
    }
    folder = write_project(tmp_path / "jsonata", definition, {"witness": table()}, jobs={"Work": 8})
    refused = account.stepconf("run", folder, expected=2).stderr
    assert "JSONata" in refused
    account.deploy(folder)
    try:
        execution = account.start("jsonata", {"jobs": [{"n": n} for n in range(5)]})
        ended = account.finished(execution)
        assert ended["status"] == "SUCCEEDED", ended
        assert [each["job"]["n"] for each in json.loads(ended["output"])["done"]] == list(range(5))
        assert not account.decisions(execution)["Work"]["safe"], account.log("stepconf-jsonata")
    finally:
        account.remove(folder)
