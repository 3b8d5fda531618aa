"""What several files of tests share: local counterparts of AWS that others wrote, on free ports of loopback."""

import dataclasses
import os
import pathlib
import random
import socket
import subprocess
import sys
import time
import urllib.request

import boto3
import pytest


def free_port():
    """A port that nobody has; below those that the kernel deals out, so that hardly anybody takes it meanwhile."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


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


class AddressInUse(Exception):
    """A program ended because another one has its port."""


def on_a_free_port(start, attempts=3):
    """What `start` gives of a port that was free just now; again with another where somebody took it meanwhile."""
    for attempt in range(attempts):
        try:
            return start(free_port())
        except AddressInUse:
            if attempt == attempts - 1:
                raise


def wait_until_it_answers(url, process, log):
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        if process.poll() is not None:
            text = log.read_text()
            error = AddressInUse if "already in use" in text else AssertionError
            raise error(f"ended with status {process.returncode}:\n{text}")
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{url} does not answer:\n{log.read_text()}")


def wait_for_port(port, process, log):
    """Waits until somebody listens on the port of a program that has just been started."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        text = log.read_text()
        if process.poll() is not None or "already in use" in text:
            error = AddressInUse if "in use" in text else AssertionError
            raise error(f"ended with status {process.returncode}:\n{text}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"nobody listens on port {port}:\n{log.read_text()}")


def make_user(root):
    iam = root.client("iam")
    iam.create_user(UserName="tester")
    anything = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    iam.put_user_policy(UserName="tester", PolicyName="anything", PolicyDocument=anything)
    return iam.create_access_key(UserName="tester")["AccessKey"]


def start_ministack(folder, port, checks_signatures=True):
    endpoint = f"http://127.0.0.1:{port}"
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
                "AUTH": "true" if checks_signatures else "false",
                "LAMBDA_EXECUTOR": "local",
                "IOT_MTLS_ENABLED": "0",
            },
        )
    try:
        wait_until_it_answers(endpoint + "/_ministack/health", process, log)
    except BaseException:
        stop(process)
        raise
    return process, endpoint


def stop(process):
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def ministack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ministack")
    process, endpoint = on_a_free_port(lambda port: start_ministack(folder, port))
    try:
        key = make_user(MiniStack(endpoint))
        yield MiniStack(endpoint, key["AccessKeyId"], key["SecretAccessKey"])
    finally:
        stop(process)
