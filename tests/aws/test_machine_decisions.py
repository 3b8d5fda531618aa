"""The generated state machine with the real configurator, whose decisions travel in the execution: random workflows of several steps."""

import json
import random
import subprocess

import pytest

import states
from definitions import CASES, ITEMS_OF, RandomWorkflow, data_of, renamed
from runtimes import STEPCONF, need

RANDOM = 25
SOME_CASES = ["items", "an ItemSelector", "at most two at once", "a Map tried again, then caught", "JSONata, an ItemSelector", "a ResultSelector"]
NOBODY = {"raise": "NobodyAsked"}


def workflows():
    return {f"random {number}": RandomWorkflow(random.Random(number)) for number in range(RANDOM)}


def options_of(model):
    """What a function of six may be configured with: each has another fastest and another cheapest configuration."""
    found = []
    for memory in states.MEMORY:
        for instances in (1, 2, 3, 5):
            for processes in (1, 2):
                seconds = 3 / (memory / 512) ** (model % 2) / (instances * processes) ** (0.2 + 0.1 * model)
                cost = seconds * memory * instances * (1 + 0.05 * processes) * 1e-8
                found.append({"memory_mb": memory, "instances": instances, "processes": processes, "duration_s": seconds, "cost_usd": cost})
    return found


def write_package(folder, generated):
    """The configurator's package for all machines: their steps one behind the other, machine by machine."""
    steps, deployed = [], {}
    for machine in generated.values():
        before = []
        for name in machine["deployment"]["steps"]:
            steps.append({"name": name, "function": f"model{len(steps) % 6}", "jobs": 4, "after": before})
            before = [name]
        deployed.update(machine["deployment"]["steps"])
    models = {f"model{model}": {"form": "table", "options": options_of(model)} for model in range(6)}
    (folder / "plan").mkdir()
    (folder / "plan/models.json").write_text(json.dumps({"schema": 1, "functions": models}))
    project = {"schema": 1, "steps": steps, "models": "models.json", "slo": "2s", "strategy": "stepconf"}
    (folder / "plan/stepconf.yaml").write_text(json.dumps(project))
    save = [STEPCONF, "plan", "--save", folder / "stepconf.plan", folder / "plan"]
    done = subprocess.run(save, capture_output=True, text=True, timeout=60)
    # Within such an SLO a single step has a choice, and a long chain is as fast as it can be.
    assert done.returncode == 3, done.stderr
    deployment = {**next(iter(generated.values()))["deployment"], "steps": deployed}
    (folder / "stepconf-deployment.json").write_text(json.dumps(deployment))


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """By mode: originals and generated machines. They differ in whom they ask alone."""
    need("python")
    need("asl")
    folder = tmp_path_factory.mktemp("machine")
    definitions = {name: renamed(CASES[name][0], f"c{number}") for number, name in enumerate(SOME_CASES)}
    definitions |= {name: renamed(workflow.definition, name.replace("random ", "r")) for name, workflow in workflows().items()}
    generator = states.Generator()
    with states.functions_served(folder) as (functions, endpoint), states.moto_machines(folder, endpoint) as machines:
        by_mode = {
            mode: states.Both(functions, machines, generator, definitions, configurator=mode, travel=True) for mode in ("on", "observe", "off")
        }
        write_package(folder, by_mode["on"].generated)
        yield by_mode
    generator.close()


def decisions(both):
    """Of the execution that ran last: what each configurator was asked, and what it answered."""
    asked, found = None, []
    for event in both.machines.history():
        if event["type"] == "TaskScheduled":
            asked = json.loads(event["taskScheduledEventDetails"]["parameters"]).get("Payload")
        elif event["type"] == "TaskSucceeded":
            answer = json.loads(event["taskSucceededEventDetails"]["output"]).get("Payload")
            if isinstance(answer, dict) and "memory_mb" in answer:
                found.append((asked, answer))
    return found


def is_chain(workflow, definition):
    """What a generated Parallel assigns (for Retry, or Catch), and what a way assigns that not all go, stays there."""
    return not workflow.has_branches and not any(field in definition for field in ("Choice", "Retry", "Catch"))


def items_for(workflow, number):
    """Branches that share a job which fails once would race for who fails."""
    names = [name for name in ITEMS_OF if not (workflow and workflow.has_branches and name == "flaky")]
    return ITEMS_OF[random.Random(number).choice(names)][:20]


@pytest.mark.parametrize("number", range(RANDOM))
def test_gives_what_the_original_gives(both, number):
    name = f"random {number}"
    both["on"].check(name, data_of(items_for(workflows()[name], number)), NOBODY)


@pytest.mark.parametrize("mode", ["observe", "off"])
@pytest.mark.parametrize("number", range(0, RANDOM, 3))
def test_gives_the_same_where_decisions_do_not_count(both, mode, number):
    name = f"random {number}"
    both[mode].check(name, data_of(items_for(workflows()[name], number)), NOBODY)
    assert all(answer["safe"] for _, answer in decisions(both[mode]))


@pytest.mark.parametrize("items", ["none", "many kinds", "some bad"])
@pytest.mark.parametrize("case", SOME_CASES)
def test_gives_what_the_original_gives_for_one_step(both, case, items):
    both["on"].check(case, data_of(ITEMS_OF[items]), NOBODY)


@pytest.mark.parametrize("case", ["items", "at most two at once"])
def test_a_decision_is_what_runs(both, case):
    both["on"].run(case, data_of([1, 2, 3, 4, 5]), NOBODY)
    [(question, answer)] = decisions(both["on"])
    assert not answer["safe"]
    assert question["jobs"] == 5
    begun = [event for event in both["on"].machines.history() if event["type"] == "TaskScheduled"]
    assert answer["instances"] > 1
    assert len(begun) == 1 + answer["instances"]
    called = json.loads(begun[-1]["taskScheduledEventDetails"]["parameters"])
    assert called["FunctionName"] == answer["function"]
    assert called["Payload"]["stepconf"]["size"] == answer["size"]
    if case == "at most two at once":
        assert answer["concurrency"] * answer["processes"] <= 2


def test_decisions_travel_from_step_to_step(both):
    """In chains: each question brings what the answer before it had."""
    chains = [name for name, workflow in workflows().items() if is_chain(workflow, both["on"].original[name])]
    assert len(chains) >= 2, "draw others"
    for name in chains[:3]:
        outcome, _ = both["on"].run(name, data_of([1, 2, 3]), NOBODY)
        assert outcome[0] == "output"
        made = decisions(both["on"])
        assert len(made) > 1
        assert not any(answer["safe"] for _, answer in made), made
        assert "cache" not in made[0][0]
        for (_, before), (question, _) in zip(made, made[1:]):
            assert question["cache"] == before["cache"] != ""


def test_what_is_generated_is_valid(both, tmp_path):
    faults = states.find_faults([generated["definition"] for generated in both["on"].generated.values()], tmp_path)
    assert not faults, faults
