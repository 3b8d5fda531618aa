"""The generated state machine against the original: both give the same, on an interpreter of the Amazon States Language that others wrote.

The functions run under the wrapper on the local platform; a function stands in for the configurator. test_machine_decisions.py has the real one."""

import random

import pytest

import states
from definitions import ARN, CASES, ITEMS_OF, data_of, random_machine, renamed
from runtimes import need

ANSWER = {"function": ARN + ":mem-1024", "size": 3, "processes": 2, "concurrency": 1}
DOWN = {"raise": "Configurator"}
RANDOM = 40


def definitions():
    found = {name: renamed(definition, number) for number, (name, (definition, _)) in enumerate(CASES.items())}
    for number in range(RANDOM):
        found[f"random {number}"] = renamed(random_machine(random.Random(1000 + number)), f"r{number}")
    return found


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    need("python")
    need("asl")
    folder = tmp_path_factory.mktemp("machine")
    generator = states.Generator()
    with states.functions_served(folder) as (functions, endpoint), states.moto_machines(folder, endpoint) as machines:
        yield states.Both(functions, machines, generator, definitions())
    generator.close()


@pytest.mark.parametrize("case", CASES)
def test_a_case_is_batched_as_the_documentation_says(both, case):
    (step,) = both.generated[case]["report"]["steps"].values()
    assert step["batched"] == CASES[case][1], step


@pytest.mark.parametrize("items", [name for name in ITEMS_OF if name != "hundred"])
@pytest.mark.parametrize("case", CASES)
def test_gives_what_the_original_gives(both, case, items):
    both.check(case, data_of(ITEMS_OF[items]), ANSWER)


@pytest.mark.parametrize("case", ["items", "an ItemSelector", "JSONata"])
def test_gives_what_the_original_gives_for_a_hundred_jobs(both, case):
    both.check(case, data_of(ITEMS_OF["hundred"]), {**ANSWER, "size": 13, "processes": 4})


@pytest.mark.parametrize("items", ["none", "one array", "many kinds", "some bad"])
@pytest.mark.parametrize("case", [case for case in CASES if case != "a Distributed Map"])
def test_gives_the_same_where_the_configurator_fails(both, case, items):
    both.check(case, data_of(ITEMS_OF[items]), DOWN)


@pytest.mark.parametrize("number", range(RANDOM))
def test_gives_the_same_for_random_machines(both, number):
    draw = random.Random(number)
    items = draw.choice(list(ITEMS_OF.values()))
    answer = draw.choice([{**ANSWER, "size": draw.randint(1, 9), "processes": draw.randint(1, 4)}, ANSWER, DOWN])
    both.check(f"random {number}", data_of(items[:20]), answer)


def test_what_is_generated_is_valid(both, tmp_path):
    faults = states.find_faults([generated["definition"] for generated in both.generated.values()], tmp_path)
    assert not faults, faults


def test_jobs_share_instances_and_the_configurator_is_told_how_many_there_are(both):
    both.run("items", data_of([10, 20, 30, "\u00e9\U0001f600"]), ANSWER)
    (question,) = both.functions.questions()
    assert question["jobs"] == 4
    # Each of the two characters that are not ASCII counts four bytes; they have two and four.
    assert question["bytes"] == len('[{"job":10},{"job":20},{"job":30},{"job":""}]') + 8
    assert question["step"].startswith("Work")
    assert sorted(question) == ["bytes", "entered", "execution", "jobs", "started", "step"]
    begun = [event for event in both.machines.history() if event["type"] == "TaskScheduled"]
    assert len(begun) == 3, "the configurator, and two batches of at most three jobs"


def test_a_failed_job_is_tried_again_and_the_others_are_not(both):
    items = [{"flaky": "x", "times": 0}, {"flaky": "y", "times": 1}, {"flaky": "z", "times": 0}]
    _, got = both.run("jobs tried again", data_of(items), ANSWER)
    assert got[0] == "output", got
    tries = {file.name: file.stat().st_size for file in both.functions.folder.glob("flaky-*")}
    assert tries == {"flaky-x": 1, "flaky-y": 2, "flaky-z": 1}
