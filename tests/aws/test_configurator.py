"""The configurator on AWS's own DynamoDB Local and Lambda Runtime Interface Emulator; its log lines by AWS's own schema."""

import json
import os
import subprocess
import sys
import time
import urllib.request

import pytest

import faulty_proxy
from configurators import CONFIGURATOR, Configurator, configurators, event, write_package
from conftest import free_port, on_a_free_port, wait_for_port
from dynamodb_local import DynamoDbLocal, FaultyProxy
from runtimes import TOOLS, need

# A first step, as many branches beside each other as an execution may ever have at once, and a last step.
WIDE = {"first": [], **{f"branch{i}": ["first"] for i in range(64)}, "last": [f"branch{i}" for i in range(64)]}
CHAIN = {"one": [], "two": ["one"], "three": ["two"], "four": ["three"]}
ANSWER = ["function", "size", "instances", "processes", "memory_mb", "concurrency", "safe"]


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    need("dynamodb")
    running = DynamoDbLocal(tmp_path_factory.mktemp("dynamodb"))
    yield running
    running.stop()


@pytest.fixture
def durable_database(tmp_path):
    need("dynamodb")
    running = DynamoDbLocal(tmp_path, durable=True)
    running.make_table("Durable")
    yield running
    running.stop()


@pytest.fixture
def table(database, request):
    return database.make_table(request.node.name.replace("[", "-").replace("]", ""))


@pytest.fixture
def proxy(database):
    running = FaultyProxy(database.port)
    yield running
    running.close()


def cache_in(table, limit_s=60):
    """With much more time than on Lambda, for a machine that does many things at once."""
    return {"kind": "dynamodb", "table": table, "limit_s": limit_s, "keep_s": 3600}


def item_of(database, table, execution):
    answer = database.client().get_item(TableName=table, Key={"execution": {"S": execution}}, ConsistentRead=True)
    return answer.get("Item")


def state_of(database, table, execution):
    """The item's version; its decisions as {(step, attempt, jobs, ready): [memory, instances, processes]}; its sub-graphs by step."""
    item = item_of(database, table, execution)
    decisions, parts = {}, {}
    for name, value in item.items():
        if "/decision/" in name:
            question = tuple(int(number) for number in name.split("/")[2:])
            decisions[question] = json.loads(value["S"].rsplit(" ", 1)[0])[1:]
        elif "/part/" in name:
            parts[int(name.split("/")[2])] = json.loads(value["S"].rsplit(" ", 1)[0])
    return int(item["version"]["N"]), decisions, parts


def reached_by(server):
    return {"AWS_ENDPOINT_URL_DYNAMODB": server.endpoint}


def test_answers_what_the_state_machine_needs_and_keeps_the_decision(database, table, tmp_path):
    package = write_package(tmp_path, CHAIN, cache_in(table))
    with configurators(1, package, reached_by(database)) as [configurator]:
        answer = configurator(event("one", "e"))
    assert sorted(answer) == sorted(ANSWER)
    assert answer["function"].endswith(f":mem-{answer['memory_mb']}")
    assert (answer["size"], answer["instances"], answer["safe"]) == (2, 4, False)
    version, decisions, _ = state_of(database, table, "e")
    assert version == 1
    assert decisions == {(0, 1, 8, 0): [answer["memory_mb"], 4, 1]}
    kept = int(item_of(database, table, "e")["expires"]["N"]) - time.time()
    assert 3000 < kept <= 3600


def test_64_configurators_of_one_execution_leave_one_consistent_state(database, table, tmp_path):
    package = write_package(tmp_path, WIDE, cache_in(table), slo="15s")
    branches = [name for name in WIDE if name.startswith("branch")]
    with configurators(64, package, reached_by(database)) as running:
        running[0](event("first", "e"))
        asked = [event(name, "e", 3000 + i) for i, name in enumerate(branches)]
        for configurator, request in zip(running, asked):
            configurator.send(request)
        answers = [configurator.receive() for configurator in running]
        assert not any(answer["safe"] for answer in answers)
        after = state_of(database, table, "e")
        version, decisions, parts = after
        # No update was lost: each decision is one version.
        assert version == 65
        assert len(decisions) == 65
        # Asked again, in another order and of other processes, each gives the same.
        assert [running[-1 - i](request) for i, request in enumerate(asked)] == answers
        assert state_of(database, table, "e") == after
        # As if one process had been asked, one step after another.
        running[0](event("first", "again"))
        assert [running[0]({**request, "execution": "again"}) for request in asked] == answers
        assert state_of(database, table, "again") == after


def test_64_duplicates_of_one_request_get_one_answer(database, table, tmp_path):
    package = write_package(tmp_path, CHAIN, cache_in(table))
    with configurators(64, package, reached_by(database)) as running:
        for configurator in running:
            configurator.send(event("one", "e"))
        answers = [configurator.receive() for configurator in running]
        assert all(answer == answers[0] for answer in answers)
        assert not answers[0]["safe"]
        version, decisions, _ = state_of(database, table, "e")
        assert (version, len(decisions)) == (1, 1)


def test_requests_that_come_late_and_again_change_nothing(database, table, tmp_path):
    package = write_package(tmp_path, CHAIN, cache_in(table))
    with configurators(2, package, reached_by(database)) as [a, b]:
        one, two, three = event("one", "e"), event("two", "e", 4000), event("three", "e", 9000)
        answers = [a(one), b(two), a(three)]
        after = state_of(database, table, "e")
        assert [b(three), a(one), b(two)] == [answers[2], answers[0], answers[1]]
        assert state_of(database, table, "e") == after


@pytest.mark.parametrize("fault", ["throttle", "lose", "repeat"])
def test_a_fault_that_passes_by_changes_no_decision(database, table, proxy, tmp_path, fault):
    package = write_package(tmp_path, CHAIN, cache_in(table))
    asked = [("one", 0), ("two", 4000), ("three", 9000), ("four", 12000)]
    with configurators(1, package, reached_by(database)) as [configurator]:
        undisturbed = [configurator(event(step, "undisturbed", ready)) for step, ready in asked]
    with configurators(1, package, reached_by(proxy)) as [configurator]:
        answers = []
        for step, ready in asked:
            proxy.faults = {"GetItem": [fault], "UpdateItem": [fault]}
            answers.append(configurator(event(step, "disturbed", ready)))
    assert answers == undisturbed
    version, decisions, _ = state_of(database, table, "disturbed")
    assert (version, len(decisions)) == (4, 4)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_side_by_side_behind_a_proxy_that_refuses_drops_delays_and_repeats_nothing_differs(database, table, tmp_path, seed):
    package = write_package(tmp_path, WIDE, cache_in(table), slo="15s")
    asked = [("first", 0), *((f"branch{i}", 3000 + i) for i in range(24)), ("last", 9000)]
    with configurators(1, package, reached_by(database)) as [configurator]:
        undisturbed = [configurator(event(step, "undisturbed", ready)) for step, ready in asked]
    with faulty_proxy.FaultyProxy(database.endpoint, seed) as proxy, configurators(24, package, reached_by(proxy)) as running:
        first = running[0](event(asked[0][0], "disturbed", asked[0][1]))
        for configurator, (step, ready) in zip(running, asked[1:-1]):
            configurator.send(event(step, "disturbed", ready))
        branches = [configurator.receive() for configurator in running]
        last = running[0](event(asked[-1][0], "disturbed", asked[-1][1]))
        assert sum(proxy.faults.values()) > proxy.faults["none"]
    assert [first, *branches, last] == undisturbed
    version, decisions, parts = state_of(database, table, "disturbed")
    # An update that was carried out twice, or whose answer was lost, counts once.
    assert (version, decisions, parts) == state_of(database, table, "undisturbed")
    assert (version, len(decisions)) == (26, 26)


@pytest.mark.parametrize("fault", ["throttle", "stall", "lose"])
def test_a_table_that_never_answers_costs_a_safe_configuration(table, proxy, tmp_path, fault):
    package = write_package(tmp_path, CHAIN, cache_in(table, limit_s=2))
    proxy.always = fault
    with configurators(1, package, reached_by(proxy)) as [configurator]:
        answer = configurator(event("one", "e"))
        assert (answer["safe"], answer["memory_mb"]) == (True, 2048)
        proxy.always = None
        assert not configurator(event("two", "e", 3000))["safe"], "the next decision has its table"
        first, second = configurator.lines()
    assert first["safe"]
    assert "safe" not in second


def test_a_table_that_is_not_there_costs_a_safe_configuration(database, tmp_path):
    package = write_package(tmp_path, CHAIN, cache_in("no-such-table"))
    with configurators(1, package, reached_by(database)) as [configurator]:
        assert configurator(event("one", "e"))["safe"]
        [line] = configurator.lines()
    assert "ResourceNotFoundException" in line["safe"]


def test_a_restart_of_everything_in_the_middle_changes_no_decision(durable_database, tmp_path):
    database = durable_database
    package = write_package(tmp_path, CHAIN, cache_in("Durable"))
    asked = [("one", 0), ("two", 6000), ("three", 13000), ("four", 17000)]
    with configurators(1, package, reached_by(database)) as [configurator]:
        undisturbed = [configurator(event(step, "undisturbed", ready)) for step, ready in asked]
    answers = []
    for step, ready in asked:
        with configurators(1, package, reached_by(database)) as [configurator]:
            answers.append(configurator(event(step, "restarted", ready)))
        database.restart()
    assert answers == undisturbed


def test_makes_two_round_trips_a_decision(table, proxy, tmp_path):
    package = write_package(tmp_path, CHAIN, cache_in(table))
    with configurators(1, package, reached_by(proxy)) as [configurator]:
        proxy.calls.clear()
        configurator(event("one", "e"))
    assert proxy.calls == ["GetItem", "UpdateItem"]


def test_the_state_travels_in_the_executions_own_variables(tmp_path):
    package = write_package(tmp_path, CHAIN, {"kind": "execution"})
    with configurators(1, package) as [configurator]:
        first = configurator(event("one", "e"))
        second = configurator(event("two", "e", 4000, cache=first["cache"]))
        assert configurator(event("two", "e", 4000, cache=second["cache"])) == second
        [*_, last] = configurator.lines()
    assert last["repeated"]


@pytest.mark.parametrize("mode", ["off", "observe", "of"])
def test_is_switched_by_its_environment(tmp_path, mode):
    package = write_package(tmp_path, CHAIN, {"kind": "none"})
    with configurators(1, package, {"STEPCONF_MODE": mode}) as [configurator]:
        assert configurator(event("one", "e"))["safe"]
        assert not configurator(event("one", "e", mode="on"))["safe"], "the event's own mode counts first"
        line = configurator.lines()[0]
    assert line["mode"] == ("observe" if mode == "observe" else "off")
    assert ("memory_mb" in line) == (mode == "observe")


def test_serves_safely_without_its_plan(tmp_path):
    package = write_package(tmp_path, CHAIN, {"kind": "none"})
    (tmp_path / "stepconf.plan").write_bytes(b"STEPCONF")
    with configurators(1, package) as [configurator]:
        assert configurator(event("one", "e"))["safe"]
        assert "stepconf.plan" in configurator.lines()[0]["safe"]


def test_an_event_without_a_known_step_is_an_error_that_catch_sees(tmp_path):
    package = write_package(tmp_path, CHAIN, {"kind": "none"})
    with configurators(1, package) as [configurator]:
        assert configurator(event("five", "e"))["errorType"] == "StepConf.InvalidEvent"
        assert configurator([1, 2])["errorType"] == "StepConf.InvalidEvent"
        assert configurator(event("one", "e", jobs="many"))["safe"]


def test_ends_at_once_without_a_deployment_file(tmp_path):
    ended = subprocess.run(
        [CONFIGURATOR],
        env={**os.environ, "LAMBDA_TASK_ROOT": str(tmp_path), "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ended.returncode == 2
    assert "stepconf-deployment.json" in ended.stderr


def test_its_log_lines_are_in_the_embedded_metric_format(tmp_path):
    need("emf")
    sys.path.insert(0, str(TOOLS / "emf"))
    import fastjsonschema

    schema = json.loads((TOOLS / "emf/aws_lambda_powertools/metrics/schema.json").read_text())
    validate = fastjsonschema.compile(schema)
    package = write_package(tmp_path, {**CHAIN, "Größe": []}, {"kind": "none"})
    with configurators(1, package) as [configurator]:
        for request in [
            event("one", "e"),
            event("four", "e", 59000),
            event("two", "e", mode="observe"),
            event("two", "e", mode="off"),
            event("three", "e", jobs=-1),
            event("Größe", "e", jobs=0),
        ]:
            configurator(request)
        lines = configurator.lines()
    assert len(lines) == 6
    for line in lines:
        validate(line)
        [directive] = line["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]:
            assert isinstance(line[metric["Name"]], (int, float))
        for name in {name for names in directive["Dimensions"] for name in names}:
            assert line[name].isascii() and line[name]
    assert [line["Late"] for line in lines] == [0, 1, 0, 0, 0, 0]


def start_emulator(package, port):
    log = package / "emulator-log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                TOOLS / "rie/aws-lambda-rie",
                *("--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
                *("--runtime-api-address", f"127.0.0.1:{free_port()}"),
                CONFIGURATOR,
            ],
            env={**os.environ, "LAMBDA_TASK_ROOT": str(package)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for_port(port, process, log)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return process, port


def test_serves_under_the_runtime_interface_emulator(tmp_path):
    need("rie")
    package = write_package(tmp_path, CHAIN, {"kind": "execution"})
    process, port = on_a_free_port(lambda port: start_emulator(package, port))
    url = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"

    def invoke(request):
        with urllib.request.urlopen(url, json.dumps(request).encode(), timeout=30) as answer:
            return json.load(answer)

    try:
        first = invoke(event("one", "e"))
        second = invoke(event("two", "e", 4000, cache=first["cache"]))
        error = invoke({"step": "five"})
    finally:
        process.kill()
        process.wait()
    # The emulator is its sandbox's parent; the same events outside it give the same answers.
    with configurators(1, package) as [configurator]:
        assert [configurator(event("one", "e")), configurator(event("two", "e", 4000, cache=first["cache"]))] == [first, second]
    assert error["errorType"] == "StepConf.InvalidEvent"
