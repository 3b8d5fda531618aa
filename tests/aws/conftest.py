"""What several files of tests share: local counterparts of AWS that others wrote, on free ports of loopback."""

import dataclasses
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

import boto3
import pytest


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@dataclasses.dataclass
class MiniStack:
    """MiniStack, which checks signatures; `id` and `secret` are those of a user who may do anything."""

    endpoint: str
    id: str = "test"
    secret: str = "test"

    def client(self, service, **options):
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=self.id,
            aws_secret_access_key=self.secret,
            **options,
        )

    def environment(self):
        """What a program needs to use it: the variables that all SDKs know."""
        return {
            **os.environ,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": self.id,
            "AWS_SECRET_ACCESS_KEY": self.secret,
        }


def wait_until_it_answers(url, process, log):
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        assert process.poll() is None, f"ended with status {process.returncode}:\n{log.read_text()}"
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{url} does not answer:\n{log.read_text()}")


def make_user(root):
    iam = root.client("iam")
    iam.create_user(UserName="tester")
    anything = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    iam.put_user_policy(UserName="tester", PolicyName="anything", PolicyDocument=anything)
    return iam.create_access_key(UserName="tester")["AccessKey"]


@pytest.fixture(scope="session")
def ministack(tmp_path_factory):
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    folder = tmp_path_factory.mktemp("ministack")
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [pathlib.Path(sys.executable).with_name("python"), "-m", "ministack"],
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "BIND_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(port),
                "AWS_ENDPOINT_URL": endpoint,
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AUTH": "true",
                "LAMBDA_EXECUTOR": "local",
                "IOT_MTLS_ENABLED": "0",
            },
        )
    try:
        wait_until_it_answers(endpoint + "/_ministack/health", process, log)
        key = make_user(MiniStack(endpoint))
        yield MiniStack(endpoint, key["AccessKeyId"], key["SecretAccessKey"])
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
