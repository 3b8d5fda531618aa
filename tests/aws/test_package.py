"""What `make package` built: programs that need nothing but a kernel, and zip files as Lambda takes them."""

import http.server
import json
import os
import pathlib
import shutil
import struct
import subprocess
import threading
import zipfile

import pytest

from configurators import event, write_package

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "build" / "package"
MACHINES = {"x86_64": 62, "arm64": 183}  # e_machine in the ELF header
NATIVE = {"x86_64": "x86_64", "aarch64": "arm64"}[os.uname().machine]
QEMU = {"x86_64": "qemu-x86_64-static", "arm64": "qemu-aarch64-static"}


class Lambda(http.server.ThreadingHTTPServer):
    """The Runtime API: hands out one event, and keeps the answer."""

    def __init__(self, event):
        super().__init__(("127.0.0.1", 0), Calls)
        self.events = [json.dumps(event).encode()]
        self.answered = threading.Event()
        self.answer = None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server_port}"


class Calls(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if not self.server.events:
            threading.Event().wait()  # as Lambda does while there is nothing to do
        self.reply(200, self.server.events.pop(), {"Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd"})

    def do_POST(self):
        self.server.answer = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.reply(202, b"{}", {})
        self.server.answered.set()

    def reply(self, status, body, headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(params=sorted(MACHINES))
def arch(request):
    return request.param


def program_header_types(program):
    (offset,) = struct.unpack_from("<Q", program, 32)
    size, count = struct.unpack_from("<HH", program, 54)
    return [struct.unpack_from("<I", program, offset + i * size)[0] for i in range(count)]


@pytest.mark.parametrize("name", ["stepconf-wrapper", "stepconf-configurator"])
def test_the_program_needs_no_other_file(arch, name):
    program = (PACKAGE / arch / name).read_bytes()
    assert program[:4] == b"\x7fELF"
    assert struct.unpack_from("<H", program, 18)[0] == MACHINES[arch]
    interpreter, dynamic = 3, 2
    assert not {interpreter, dynamic} & set(program_header_types(program))


@pytest.mark.parametrize(
    "zip_name, program, name",
    [
        ("stepconf-wrapper-layer", "stepconf-wrapper", "stepconf-wrapper"),
        ("stepconf-wrapper-bootstrap", "stepconf-wrapper", "bootstrap"),
        ("stepconf-configurator", "stepconf-configurator", "bootstrap"),
    ],
)
def test_the_zip_holds_the_program_ready_to_run(arch, zip_name, program, name):
    with zipfile.ZipFile(PACKAGE / f"{zip_name}-{arch}.zip") as archive:
        assert archive.testzip() is None
        assert archive.read(name) == (PACKAGE / arch / program).read_bytes()
        assert archive.getinfo(name).external_attr >> 16 & 0o777 == 0o755
        assert "mbedTLS" in archive.read("stepconf-NOTICES.txt").decode()


# A user namespace gives everybody the right to another root folder.
AS_ROOT = ["unshare", "--user", "--map-root-user"]


@pytest.fixture
def user_namespaces():
    """Some container runtimes forbid them; where a test must not be left out, that is a failure."""
    probe = subprocess.run([*AS_ROOT, "true"], capture_output=True, text=True)
    if probe.returncode == 0:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(probe.stderr)
    pytest.skip(probe.stderr.strip())


@pytest.mark.usefixtures("user_namespaces")
def test_a_batch_is_served_in_an_empty_root_folder(arch, tmp_path):
    shutil.copy(PACKAGE / arch / "stepconf-wrapper", tmp_path / "bootstrap")
    shutil.copy(PACKAGE / f"build-{arch}" / "bin" / "echo-function", tmp_path / "function")
    emulator = []
    if arch != NATIVE:
        shutil.copy(shutil.which(QEMU[arch]), tmp_path / "emulator")
        emulator = ["/emulator"]
    jobs = [1, "two", {"three": None}]
    api = Lambda({"stepconf": {"processes": 2}, "jobs": jobs})
    enter = [*AS_ROOT, "chroot", str(tmp_path)]
    command = " ".join([*emulator, "/function"])
    variables = {"AWS_LAMBDA_RUNTIME_API": api.address, "STEPCONF_COMMAND": command}
    process = subprocess.Popen([*enter, *emulator, "/bootstrap"], env={**os.environ, **variables})
    try:
        assert api.answered.wait(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert api.answer == jobs
    api.shutdown()


@pytest.mark.usefixtures("user_namespaces")
def test_the_configurator_decides_in_an_empty_root_folder(arch, tmp_path):
    write_package(tmp_path, {"one": []}, {"kind": "none"})
    shutil.copy(PACKAGE / arch / "stepconf-configurator", tmp_path / "bootstrap")
    emulator = []
    if arch != NATIVE:
        shutil.copy(shutil.which(QEMU[arch]), tmp_path / "emulator")
        emulator = ["/emulator"]
    api = Lambda(event("one", "e"))
    command = [*AS_ROOT, "chroot", str(tmp_path), *emulator, "/bootstrap"]
    variables = {"AWS_LAMBDA_RUNTIME_API": api.address, "LAMBDA_TASK_ROOT": "/"}
    process = subprocess.Popen(command, env={**os.environ, **variables})
    try:
        assert api.answered.wait(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert (api.answer["safe"], api.answer["memory_mb"]) == (False, 512)
    api.shutdown()
