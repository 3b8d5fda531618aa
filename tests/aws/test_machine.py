"""The generated state machine against the original: both give the same, on an interpreter of the Amazon States Language that others wrote.

The functions run under the wrapper on the local platform; a function stands in for the configurator."""

import json
import random

import pytest

import states
from runtimes import need

ARN = "arn:aws:lambda:us-east-1:123456789012:function:work"
INVOKE = "arn:aws:states:::lambda:invoke"
ANSWER = {"function": ARN + ":mem-1024", "size": 3, "processes": 2}
DOWN = {"raise": "Configurator"}
JSON_PATH = {}
JSONATA = {"QueryLanguage": "JSONata"}


def task(**fields):
    """A Task that names its function's ARN as Resource."""
    return {"Type": "Task", "Resource": ARN, "End": True, **fields}


def invoke(**fields):
    """A Task of lambda:invoke that gives the function's result in a member."""
    call = {"FunctionName": "work", "Payload.$": "$"}
    return {"Type": "Task", "Resource": INVOKE, "Parameters": call, "ResultSelector": {"got.$": "$.Payload"}, "End": True, **fields}


def invoke_jsonata(**fields):
    call = {"FunctionName": "work", "Payload": "{% $states.input %}"}
    return {"Type": "Task", "Resource": INVOKE, "Arguments": call, "Output": "{% $states.result.Payload %}", "End": True, **fields}


def each(job, **fields):
    return {"Type": "Map", "ItemProcessor": {"StartAt": "Job", "States": {"Job": job}}, "End": True, **fields}


def machine(state, language=JSON_PATH):
    """One state, whose failures may be caught by Handler."""
    caught = {"Type": "Pass", "End": True}
    return {"StartAt": "Work", **language, "States": {"Work": state, **({"Handler": caught} if "Catch" in state else {})}}


def all_errors(**fields):
    return {"ErrorEquals": ["States.ALL"], **fields}


ITEMS = {"ItemsPath": "$.a"}
ITEMS_JSONATA = {"Items": "{% $states.input.a %}"}
ONCE_MORE = {"Retry": [all_errors(MaxAttempts=1, IntervalSeconds=1)]}
PER_JOB = {"v.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index", "d.$": "$.c.d", "f.$": "States.Format('{}{}', $.c.d, $$.Map.Item.Index)"}
PER_JOB_JSONATA = {
    "v": "{% $states.context.Map.Item.Value %}",
    "i": "{% $states.context.Map.Item.Index %}",
    "d": "{% $states.input.c.d & 'x' %}",
}

# By name: a machine, and whether its step is batched.
CASES = {
    "items": (machine(each(task(), **ITEMS, ResultPath="$.r")), True),
    "the input is the array": (machine(each(task(), InputPath="$.a")), True),
    "the result takes the input's place": (machine(each(invoke(), **ITEMS)), True),
    "the result is dropped": (machine(each(task(), **ITEMS, ResultPath=None)), True),
    "a result deep inside": (machine(each(task(), **ITEMS, ResultPath="$.x.y")), True),
    "odd names": (machine(each(task(), ItemsPath="$['odd name']", ResultPath="$['in']")), True),
    "at most two at once": (machine(each(task(), **ITEMS, MaxConcurrency=2, ResultPath="$.r")), True),
    "an ItemSelector": (machine(each(invoke(), **ITEMS, ItemSelector=PER_JOB, ResultPath="$.r")), True),
    "the older names": (
        machine(
            {"Type": "Map", "ItemsPath": "$.a", "Parameters": PER_JOB, "Iterator": {"StartAt": "Job", "States": {"Job": task()}}, "End": True}
        ),
        True,
    ),
    "a data flow of the Task": (
        machine(each(task(Parameters={"give.$": "$"}, ResultSelector={"s.$": "$"}, OutputPath="$.s"), **ITEMS, ResultPath="$.r")),
        True,
    ),
    "a ResultSelector": (machine(each(task(), **ITEMS, ResultSelector={"all.$": "$", "n.$": "States.ArrayLength($)"})), True),
    "an OutputPath": (machine(each(task(), **ITEMS, ResultPath="$.r", OutputPath="$.r")), True),
    "an InputPath with an index": (machine(each(task(), InputPath="$.z[0]", ItemsPath="$.b", ResultPath="$.r")), True),
    "an ItemsPath with an index": (machine(each(task(), ItemsPath="$.z[0].b", ResultPath="$.r")), True),
    "a caught failure": (machine(each(task(), **ITEMS, Catch=[all_errors(ResultPath="$.e", Next="Handler")], ResultPath="$.r")), True),
    "a failure caught in the input's place": (machine(each(task(), **ITEMS, Catch=[all_errors(Next="Handler")])), True),
    "a failure caught by its name": (
        machine(
            each(task(), **ITEMS, Catch=[{"ErrorEquals": ["Bad"], "Next": "Handler", "ResultPath": None}], ResultSelector={"r.$": "$"})
        ),
        True,
    ),
    "a Map tried again": (machine(each(task(), **ITEMS, **ONCE_MORE, ResultPath="$.r")), True),
    "a Map tried again, then caught": (
        machine(each(task(), **ITEMS, **ONCE_MORE, Catch=[all_errors(ResultPath="$.e", Next="Handler")], ResultPath="$.r.s")),
        True,
    ),
    "jobs tried again": (machine(each(task(**ONCE_MORE), **ITEMS, ResultPath="$.r")), True),
    "JSONata": (machine(each(invoke_jsonata(), **ITEMS_JSONATA), JSONATA), True),
    "JSONata, the input is the array": (machine(each(invoke_jsonata(), Items="{% $states.input.a %}", Output="{% $states.result %}"), JSONATA), True),
    "JSONata, an Output": (
        machine(
            each(invoke_jsonata(), **ITEMS_JSONATA, Output={"r": "{% $states.result %}", "n": "{% $count($states.result) %}", "c": "{% $states.input.c %}"}),
            JSONATA,
        ),
        True,
    ),
    "JSONata, an ItemSelector": (
        machine(
            each(
                invoke_jsonata(
                    Arguments={"FunctionName": "work", "Payload": {"give": "{% $states.input %}", "k": 1}},
                    Output={"o": "{% $states.result.Payload %}", "code": "{% $states.result.StatusCode %}"},
                ),
                **ITEMS_JSONATA,
                ItemSelector=PER_JOB_JSONATA,
                MaxConcurrency=3,
            ),
            JSONATA,
        ),
        True,
    ),
    "JSONata, a Map tried again": (
        machine(each(invoke_jsonata(), **ITEMS_JSONATA, **ONCE_MORE, Output={"r": "{% $states.result %}"}), JSONATA),
        True,
    ),
    "JSONata, a caught failure": (
        machine(
            each(invoke_jsonata(), **ITEMS_JSONATA, Catch=[all_errors(Next="Handler", Output={"e": "{% $states.errorOutput.Error %}"})]),
            JSONATA,
        ),
        True,
    ),
    "one job": (machine(invoke(ResultPath="$.r")), False),
    "one job, its result in the input's place": (machine(task()), False),
    "one job, its result in a member": (machine(task(ResultPath="$.r")), False),
    "one job, its result selected": (
        machine(task(Parameters={"give.$": "$.c"}, ResultSelector={"x.$": "$.d"}, ResultPath="$.r", OutputPath="$.r")),
        False,
    ),
    "one job in JSONata": (machine(invoke_jsonata(Arguments={"FunctionName": "work", "Payload": "{% $states.input.c %}"}), JSONATA), False),
    "several states a job": (
        machine(
            {
                "Type": "Map",
                "ItemsPath": "$.a",
                "ItemProcessor": {"StartAt": "First", "States": {"First": {"Type": "Pass", "Next": "Job"}, "Job": task()}},
                "End": True,
            }
        ),
        False,
    ),
    "a Distributed Map": (
        machine(
            {
                "Type": "Map",
                "ItemsPath": "$.a",
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "Job",
                    "States": {"Job": task()},
                },
                "End": True,
            }
        ),
        False,
    ),
}
ITEMS_OF = {
    "none": [],
    "one": [7],
    "one array": [[1, 2]],
    "many kinds": [1, {"q": [2]}, [3], [], "s", True, 0.5],
    "one bad": [{"raise": "Bad"}],
    "some bad": [1, {"raise": "Bad"}, 3, 4],
    "flaky": [1, {"flaky": "f", "times": 1}, 3],
    "hundred": list(range(100)),
}


def data_of(items):
    return {"a": items, "c": {"d": "dd"}, "z": [{"b": items}], "odd name": items}


def renamed(definition, suffix):
    """The definition with other names of states, so that all steps of the tests are different ones."""
    text = json.dumps(definition)
    for name in ("Work", "Job", "First", "Handler"):
        text = text.replace(f'"{name}"', f'"{name} {suffix}"')
    return text


class Both:
    """Original and generated machines, all generated before the first call: a warm sandbox has read its steps file."""

    def __init__(self, functions, machines, generator):
        self.functions = functions
        self.machines = machines
        self.generated = {}
        self.original = {}
        steps = {}
        for name, (definition, _) in CASES.items():
            self.original[name] = renamed(definition, len(self.original))
        for number, definition in enumerate(random_machines(random.Random(7), 40)):
            self.original[f"random {number}"] = renamed(definition, f"r{number}")
        for name, definition in self.original.items():
            self.generated[name] = generator(definition)
            steps.update(self.generated[name]["templates"]["steps"])
        functions.steps_file.write_text(json.dumps({"schema": 1, "steps": steps}))

    def run(self, name, items, answer):
        data = data_of(items)
        self.functions.answer(answer)
        expected = self.machines.run(self.original[name], data)
        self.functions.answer(answer)
        return expected, self.machines.run(self.generated[name]["definition"], data)

    def check(self, name, items, answer=ANSWER):
        expected, got = self.run(name, items, answer)
        assert got == expected, self.generated[name]["definition"]


def random_machines(draw, count):
    return [random_machine(draw) for _ in range(count)]


def random_job(draw):
    job = draw.choice([task, invoke])()
    if draw.random() < 0.3:
        job["Retry"] = [{"ErrorEquals": draw.choice([["Flaky"], ["States.ALL"], ["States.TaskFailed"]]), "MaxAttempts": 2, "IntervalSeconds": 1}]
    if job["Resource"] == ARN and draw.random() < 0.4:
        job["Parameters"] = draw.choice([{"give.$": "$"}, {"give": {"v.$": "$"}}])
    if draw.random() < 0.3:
        job["OutputPath"] = "$"
    return job


def random_map(draw):
    state = each(random_job(draw))
    state.update(draw.choice([{"ItemsPath": "$.a"}, {"InputPath": "$.z[0]", "ItemsPath": "$.b"}, {"ItemsPath": "$['odd name']"}, {"InputPath": "$.a"}]))
    plain = "InputPath" not in state
    if plain and draw.random() < 0.4:
        state["ItemSelector"] = {name: PER_JOB[name] for name in draw.sample(sorted(PER_JOB), draw.randint(1, len(PER_JOB)))}
    if draw.random() < 0.3:
        state["ResultSelector"] = draw.choice([{"all.$": "$"}, {"n.$": "States.ArrayLength($)", "k": [1]}])
    state["ResultPath"] = draw.choice(["$", "$.r", "$.c.r", "$.c", None])
    if state["ResultPath"] != "$" and draw.random() < 0.3:
        state["OutputPath"] = draw.choice(["$.c", "$", "$.z[0]"])
    if draw.random() < 0.3:
        state["MaxConcurrency"] = draw.choice([1, 2, 5, 40])
    if draw.random() < 0.25:
        state["Retry"] = [{"ErrorEquals": draw.choice([["Bad"], ["States.ALL"]]), "MaxAttempts": 1, "IntervalSeconds": 1}]
    if draw.random() < 0.4:
        catcher = {"ErrorEquals": draw.choice([["Bad"], ["States.ALL"], ["States.TaskFailed"]]), "Next": "Handler"}
        state["Catch"] = [{**catcher, **draw.choice([{}, {"ResultPath": "$.e"}, {"ResultPath": None}, {"ResultPath": "$.c.e"}])}]
    return state


def random_machine(draw):
    work = random_map(draw) if draw.random() < 0.8 else random_job(draw)
    definition = machine(work)
    if draw.random() < 0.3:
        branch = machine(random_map(draw))
        text = json.dumps(branch).replace('"Work"', '"Work b"').replace('"Job"', '"Job b"').replace('"Handler"', '"Handler b"')
        definition = {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "Branches": [definition, json.loads(text)], "End": True}}}
    return definition


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    need("python")
    need("asl")
    folder = tmp_path_factory.mktemp("machine")
    generator = states.Generator()
    with states.functions_served(folder) as (functions, endpoint), states.moto_machines(folder, endpoint) as machines:
        yield Both(functions, machines, generator)
    generator.close()


@pytest.mark.parametrize("case", CASES)
def test_a_case_is_batched_as_the_documentation_says(both, case):
    (step,) = both.generated[case]["report"]["steps"].values()
    assert step["batched"] == CASES[case][1], step


@pytest.mark.parametrize("items", [name for name in ITEMS_OF if name != "hundred"])
@pytest.mark.parametrize("case", CASES)
def test_gives_what_the_original_gives(both, case, items):
    both.check(case, ITEMS_OF[items])


@pytest.mark.parametrize("case", ["items", "an ItemSelector", "JSONata"])
def test_gives_what_the_original_gives_for_a_hundred_jobs(both, case):
    both.check(case, ITEMS_OF["hundred"], {**ANSWER, "size": 13, "processes": 4})


@pytest.mark.parametrize("items", ["none", "one array", "many kinds", "some bad"])
@pytest.mark.parametrize("case", [case for case in CASES if case != "a Distributed Map"])
def test_gives_the_same_where_the_configurator_fails(both, case, items):
    both.check(case, ITEMS_OF[items], DOWN)


@pytest.mark.parametrize("number", range(40))
def test_gives_the_same_for_random_machines(both, number):
    draw = random.Random(number)
    items = draw.choice(list(ITEMS_OF.values()))
    answer = draw.choice([{**ANSWER, "size": draw.randint(1, 9), "processes": draw.randint(1, 4)}, ANSWER, DOWN])
    both.check(f"random {number}", items[:20], answer)


def test_what_is_generated_is_valid(both):
    faults = {name: states.find_faults(generated["definition"]) for name, generated in both.generated.items()}
    assert not any(faults.values()), {name: fault for name, fault in faults.items() if fault}


def test_jobs_share_instances_and_the_configurator_is_told_how_many_there_are(both):
    both.run("items", [10, 20, 30, 40], ANSWER)
    (question,) = both.functions.questions()
    assert question["jobs"] == 4
    assert question["characters"] == len("[10,20,30,40]")
    assert question["step"].startswith("Work")
    begun = [event for event in both.machines.history() if event["type"] == "TaskScheduled"]
    assert len(begun) == 3, "the configurator, and two batches of at most three jobs"


def test_a_failed_job_is_tried_again_and_the_others_are_not(both):
    items = [{"flaky": "x", "times": 0}, {"flaky": "y", "times": 1}, {"flaky": "z", "times": 0}]
    _, got = both.run("jobs tried again", items, ANSWER)
    assert got[0] == "output", got
    tries = {file.name: file.stat().st_size for file in both.functions.folder.glob("flaky-*")}
    assert tries == {"flaky-x": 1, "flaky-y": 2, "flaky-z": 1}
