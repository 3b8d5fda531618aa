"""Objects in S3, as MiniStack keeps them and AWS's own client for Python sees them."""

import json
import os
import pathlib
import random
import subprocess
import sys

import boto3
import botocore.exceptions
import pytest

HERE = pathlib.Path(__file__).resolve().parent
TOOL = os.environ.get("OBJECTS_TOOL", str(HERE.parents[1] / "build" / "bin" / "objects_tool"))
STEPCONF = os.environ.get("STEPCONF", str(HERE.parents[1] / "build" / "bin" / "stepconf"))
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def s3(ministack):
    client = ministack.client("s3")
    client.create_bucket(Bucket="stepconf-test")
    client.create_bucket(Bucket="bucket.with.dots")
    return client


@pytest.fixture(scope="module")
def tool(ministack, s3):
    def call(*arguments, variables=None, **options):
        return subprocess.run(
            [TOOL, *arguments],
            env={**ministack.environment(), **(variables or {})},
            capture_output=True,
            timeout=60,
            **options,
        )

    return call


def good(outcome):
    assert outcome.returncode == 0, outcome.stderr.decode()
    return outcome.stdout


def noise(size):
    return random.Random(size).randbytes(size)


SIZES = [0, 1, 1000, 8 * MEGABYTE, 8 * MEGABYTE + 1, 20 * MEGABYTE + 12345]


@pytest.mark.parametrize("size", SIZES)
def test_what_it_writes_is_read_by_others(s3, tool, size):
    body = noise(size)
    good(tool("write", "s3://stepconf-test/written", input=body))
    assert s3.get_object(Bucket="stepconf-test", Key="written")["Body"].read() == body


@pytest.mark.parametrize("size", SIZES)
def test_what_others_write_is_read_by_it(s3, tool, size):
    body = noise(size)
    s3.put_object(Bucket="stepconf-test", Key="theirs", Body=body)
    assert good(tool("read", "s3://stepconf-test/theirs")) == body


@pytest.mark.parametrize("connections", ["1", "3", "8"])
def test_reads_back_what_it_wrote_in_parts(tool, connections):
    body = noise(30 * MEGABYTE)
    variables = {"STEPCONF_S3_CONNECTIONS": connections}
    good(tool("write", "s3://stepconf-test/own", input=body, variables=variables))
    assert good(tool("read", "s3://stepconf-test/own", variables=variables)) == body


@pytest.mark.parametrize(
    "key",
    ["a b", "a+b", "a%20b", "a%2Fb", "ünïcödé/日本", "~tilde", "a?b&c=d", "#x", "a'(b)*!", "a=b", "x//y", "a:b@c,d;e$"],
)
def test_takes_keys_with_odd_characters_as_they_are(s3, tool, key):
    good(tool("write", f"s3://stepconf-test/{key}", input=key.encode()))
    assert s3.get_object(Bucket="stepconf-test", Key=key)["Body"].read() == key.encode()
    assert good(tool("read", f"s3://stepconf-test/{key}")) == key.encode()


def test_takes_buckets_with_dots(s3, tool):
    good(tool("write", "s3://bucket.with.dots/x", input=b"1"))
    assert s3.get_object(Bucket="bucket.with.dots", Key="x")["Body"].read() == b"1"


def test_removes_objects_and_finds_removed_ones_removed(s3, tool):
    s3.put_object(Bucket="stepconf-test", Key="old", Body=b"1")
    good(tool("remove", "s3://stepconf-test/old"))
    good(tool("remove", "s3://stepconf-test/old"))
    with pytest.raises(botocore.exceptions.ClientError):
        s3.get_object(Bucket="stepconf-test", Key="old")


def test_leaves_no_upload_behind(s3, tool):
    good(tool("write", "s3://stepconf-test/big", input=noise(20 * MEGABYTE)))
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="stepconf-test")


@pytest.mark.parametrize(
    "url, code",
    [("s3://stepconf-test/nobody", "NoSuchKey"), ("s3://no-such-bucket/x", "NoSuchBucket")],
)
def test_names_the_url_and_the_error_that_s3_names(tool, url, code):
    outcome = tool("read", url)
    assert outcome.returncode == 1
    assert outcome.stderr.decode().startswith(url + ": ")
    assert code in outcome.stderr.decode()


def test_a_wrong_secret_is_refused_as_a_wrong_signature(tool):
    outcome = tool("write", "s3://stepconf-test/x", input=b"1", variables={"AWS_SECRET_ACCESS_KEY": "wrong"})
    assert outcome.returncode == 1
    assert b"SignatureDoesNotMatch" in outcome.stderr


def test_takes_credentials_from_a_profile(ministack, tool, tmp_path):
    file = tmp_path / "credentials"
    file.write_text(
        f"[default]\naws_access_key_id = nobody\naws_secret_access_key = no\n\n"
        f"[mine]\naws_access_key_id={ministack.id}\naws_secret_access_key = {ministack.secret}\n"
    )
    variables = {
        "AWS_ACCESS_KEY_ID": "",
        "AWS_SECRET_ACCESS_KEY": "",
        "AWS_SHARED_CREDENTIALS_FILE": str(file),
        "AWS_PROFILE": "mine",
    }
    good(tool("write", "s3://stepconf-test/profile", input=b"1", variables=variables))
    variables["AWS_PROFILE"] = "default"
    assert tool("write", "s3://stepconf-test/profile", input=b"1", variables=variables).returncode == 1


@pytest.fixture(scope="module")
def invoke(ministack, s3, tmp_path_factory):
    """Calls a function under the wrapper, which has S3 at hand."""
    project = tmp_path_factory.mktemp("project")
    wanted = ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    variables = {name: value for name, value in ministack.environment().items() if name in wanted}
    function = {
        "command": [sys.executable, str(HERE / "function.py")],
        "timeout": "60s",
        "environment": {**variables, "STEPCONF_OBJECTS": "s3://stepconf-test/results"},
    }
    document = {
        "schema": 1,
        "steps": [{"name": "echo", "function": "echo", "jobs": 1}],
        "functions": {"echo": function},
        "configurations": {"memory_mb": [1769]},
    }
    (project / "stepconf.yaml").write_text(json.dumps(document))
    server = subprocess.Popen([STEPCONF, "local", str(project)], stdout=subprocess.PIPE, text=True)
    try:
        client = boto3.client(
            "lambda",
            endpoint_url=json.loads(server.stdout.readline())["endpoint"],
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

        def call(options, jobs):
            event = {"stepconf": {"processes": 2, **options}, "jobs": jobs}
            answer = client.invoke(FunctionName="echo", Payload=json.dumps(event))
            return json.loads(answer["Payload"].read())

        yield call
    finally:
        server.terminate()
        server.wait(timeout=10)


def stored(s3, url):
    assert url.startswith("s3://stepconf-test/results/")
    key = url.removeprefix("s3://stepconf-test/")
    return json.loads(s3.get_object(Bucket="stepconf-test", Key=key)["Body"].read())


def test_the_wrapper_takes_events_from_s3_and_puts_results_there(s3, invoke):
    events = [{"n": n, "data": "x" * 1000} for n in range(20)]
    for event in events:
        s3.put_object(Bucket="stepconf-test", Key=f"in/{event['n']}", Body=json.dumps(event))
    urls = invoke({"input": "objects", "output": "objects"}, [f"s3://stepconf-test/in/{n}" for n in range(20)])
    assert [stored(s3, url) for url in urls] == events


def test_a_batch_and_its_results_may_be_larger_than_lambdas_payloads(s3, invoke):
    jobs = [{"n": n, "data": "x" * MEGABYTE} for n in range(20)]
    s3.put_object(Bucket="stepconf-test", Key="jobs", Body=json.dumps(jobs))
    answer = invoke({}, {"object": "s3://stepconf-test/jobs"})
    assert answer["stepconf"]["bytes"] > 20 * MEGABYTE
    assert stored(s3, answer["stepconf"]["object"]) == jobs


def test_an_object_that_is_missing_fails_its_job_by_name(invoke):
    results = invoke({"input": "objects", "errors": "collect"}, ["s3://stepconf-test/nobody"])
    error = results[0]["error"]
    assert error["errorType"] == "StepConf.ObjectUnavailable"
    assert error["errorMessage"].startswith("s3://stepconf-test/nobody: ")
    assert "NoSuchKey" in error["errorMessage"]
