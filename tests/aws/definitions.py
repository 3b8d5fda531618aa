"""State machines for the tests of the generated one: cases by name, and random ones."""

import json
import re

ARN = "arn:aws:lambda:us-east-1:123456789012:function:work"
INVOKE = "arn:aws:states:::lambda:invoke"
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
    return re.sub(r'"(Work|Job|First|Handler)( \w+)?"', rf'"\1\2 {suffix}"', json.dumps(definition))


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




class RandomWorkflow:
    """Steps behind and beside each other: Tasks, Maps, Maps of several states, Parallels and Choices, in one of the query languages."""

    def __init__(self, draw):
        self.draw = draw
        self.language = draw.choice([JSON_PATH, JSON_PATH, JSONATA])
        self.names = 0
        self.has_branches = False
        self.definition = {**self.chain(depth=0), **self.language}

    def name(self, kind):
        self.names += 1
        return f"{kind} {self.names}"

    def chain(self, depth):
        states, ends = {}, []
        for _ in range(self.draw.randint(1, 3) if depth else self.draw.randint(2, 4)):
            self.append(states, ends, self.part(depth))
        return {"StartAt": next(iter(states)), "States": states}

    def append(self, states, ends, state):
        """Puts a state behind all that have no next one yet."""
        name = self.name("Work")
        skipping = [end for end in ends if end["Type"] == "Choice"]
        for end in ends:
            if end["Type"] == "Choice":
                end["Choices"][0]["Next"] = end["Default"] = name
            else:
                del end["End"]
                end["Next"] = name
        ends[:] = [state]
        states[name] = state
        for catcher in state.get("Catch", []):
            catcher["Next"] = self.name("Handler")
            ends.append({"Type": "Pass", "End": True})
            states[catcher["Next"]] = ends[-1]
        if not skipping and self.draw.random() < 0.2:
            self.append_choice(states, ends)

    def append_choice(self, states, ends):
        """A Choice between one more Task and what comes behind it."""
        over, around = self.name("Work"), self.name("Work")
        rule = {"Next": over}
        if self.language == JSONATA:
            rule["Condition"] = "{% $states.input.c.d = 'dd' %}"
        else:
            rule.update({"Variable": "$.c.d", "StringEquals": self.draw.choice(["dd", "other"])})
        choice = self.name("Work")
        for end in ends:
            del end["End"]
            end["Next"] = choice
        states[choice] = {"Type": "Choice", "Choices": [rule], "Default": around}
        states[over] = self.one_job()
        states[around] = {"Type": "Pass", "End": True}
        ends[:] = [states[over], states[around]]

    def part(self, depth):
        kinds = [self.one_job, self.map, self.map, self.map_of_several]
        if depth < 2:
            kinds.append(lambda: self.parallel(depth))
        return self.draw.choice(kinds)()

    def kept(self, member):
        """The fields that put a state's result beside its input."""
        if self.language == JSONATA:
            return {"Output": f"{{% $merge([$states.input, {{'{member}': $states.result}}]) %}}"}
        return {"ResultPath": f"$.{member}"}

    def one_job(self):
        if self.language == JSONATA:
            call = {"FunctionName": "work", "Payload": "{% $states.input.c %}"}
            return invoke_jsonata(Arguments=call, Output="{% $merge([$states.input, {'t': $states.result.Payload}]) %}")
        return self.draw.choice([task, invoke])(ResultPath="$.t")

    def map(self):
        state = self.map_of_one()
        scope = state["ItemProcessor"]
        name = self.name("Job")
        state["ItemProcessor"] = {"StartAt": name, "States": {name: scope["States"]["Job"]}}
        return state

    def map_of_one(self):
        if self.language == JSON_PATH:
            state = random_map(self.draw)
            state.pop("OutputPath", None)
            if state["ResultPath"] in ("$", "$.c"):
                state["ResultPath"] = "$.r"
            for catcher in state.get("Catch", []):
                catcher.setdefault("ResultPath", "$.e")
            return state
        state = each(invoke_jsonata(), **self.kept("r"))
        state["Items"] = self.draw.choice(["{% $states.input.a %}", "{% $append($states.input.a, []) %}", "{% $states.input.z[0].b %}"])
        if self.draw.random() < 0.5:
            state["ItemSelector"] = {name: PER_JOB_JSONATA[name] for name in self.draw.sample(sorted(PER_JOB_JSONATA), 2)}
        if self.draw.random() < 0.3:
            state["MaxConcurrency"] = self.draw.choice([1, 3, "{% 1 + 2 %}"])
        if self.draw.random() < 0.3:
            state.update(ONCE_MORE)
        if self.draw.random() < 0.4:
            state["Catch"] = [all_errors(Output="{% $merge([$states.input, {'e': $states.errorOutput.Error}]) %}")]
        return state

    def map_of_several(self):
        first, second = self.name("Job"), self.name("Job")
        jobs = [invoke_jsonata(), invoke_jsonata()] if self.language == JSONATA else [task(), invoke()]
        del jobs[0]["End"]
        jobs[0]["Next"] = second
        items = ITEMS_JSONATA if self.language == JSONATA else ITEMS
        processor = {"StartAt": first, "States": {first: jobs[0], second: jobs[1]}}
        return {"Type": "Map", **items, "ItemProcessor": processor, "End": True, **self.kept("s")}

    def parallel(self, depth):
        self.has_branches = True
        return {"Type": "Parallel", "Branches": [self.chain(depth + 1) for _ in range(2)], "End": True, **self.kept("p")}
