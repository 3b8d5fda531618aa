"""The examples, deployed on MiniStack: what comes out equals what the same workflows give on this machine."""

import json
import pathlib
import shutil
import subprocess

import pytest

from deployments import ACCOUNT, account, table, with_variables, zipped  # noqa: F401
from runtimes import BUILD, HERE, STEPCONF, need

ROOT = HERE.parents[1]


def example(name, folder):
    """A copy of an example's project for this account."""
    source = ROOT / "examples" / name
    folder.mkdir()
    text = (source / "workflow.asl.json").read_text()
    (folder / "workflow.asl.json").write_text(text.replace("123456789012", ACCOUNT))
    shutil.copy(source / "stepconf.yaml", folder)
    return folder


def local_output(deployed, name, input_file):
    """The output of the same workflow, run on this machine as the example's project says."""
    command = [STEPCONF, "run", "--json", "--input", input_file, "--models", deployed / "models.json", ROOT / "examples" / name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode in (0, 3), done.stderr
    return json.loads(done.stdout)["output"]


def test_the_primes_example_from_deployment_to_removal(account, tmp_path):
    need("primes")
    python = BUILD / "primes/python/bin/python"
    programs = {
        "primes-cpp": f"exec {BUILD}/bin/primes-single",
        "primes-cpp-multicore": f"exec {BUILD}/bin/primes-multicore",
        "primes-python": f"cd {ROOT}/examples/primes/python\nexec {python} -m awslambdaric index.single",
        "primes-python-multicore": f"cd {ROOT}/examples/primes/python\nexec {python} -m awslambdaric index.multicore",
    }
    for name, program in programs.items():
        account.add_function(name, zipped(program), memory=1769)
    folder = example("primes", tmp_path / "primes")
    models = {name: table(memories=(1769, 3538), instances=(1, 2), work_s=20) for name in programs}
    (folder / "models.json").write_text(json.dumps({"schema": 1, "functions": models}))
    input_file = ROOT / "examples/primes/input.json"
    account.deploy(folder, "--slo", "30s")
    try:
        execution = account.start("primes", json.loads(input_file.read_text()))
        ended = account.finished(execution)
        assert ended["status"] == "SUCCEEDED", ended
        assert json.loads(ended["output"]) == local_output(folder, "primes", input_file)
        decisions = account.decisions(execution)
        assert sorted(decisions) == ["Cpp", "CppMulticore", "Python", "PythonMulticore"]
        assert not any(decision["safe"] for decision in decisions.values())
    finally:
        account.remove(folder)
        for name in programs:
            account.client("lambda").delete_function(FunctionName=name)


def test_the_video_example_from_deployment_to_removal(with_variables, tmp_path):
    account = with_variables
    clip = BUILD / "assets/carphone_pristine.mp4"
    if subprocess.run([ROOT / "examples/video/fetch_clip.sh", clip], check=False).returncode != 0:
        pytest.skip("the clip could not be fetched")
    settings = {
        "upscale": {"WEIGHTS": str(ROOT / "examples/video/espcn_x2.onnx")},
        "detect": {"CASCADE": "/usr/share/opencv4/haarcascades/haarcascade_frontalface_alt2.xml"},
    }
    names = ["extract", "upscale", "detect", "filter", "encode"]
    for name in names:
        account.add_function(
            name, zipped(f"exec {BUILD}/bin/video-{name}"), memory=1024, timeout=120,
            Environment={"Variables": settings.get(name, {})},
        )  # fmt: skip
    folder = example("video", tmp_path / "video")
    one = table(memories=(512, 1024), instances=(1,), processes=(1,), work_s=2)
    many = table(memories=(512, 1024), instances=(1, 2, 4), processes=(1, 2), work_s=8)
    models = {name: one if name in ("extract", "encode") else many for name in names}
    (folder / "models.json").write_text(json.dumps({"schema": 1, "functions": models}))
    outputs = {}
    account.deploy(folder, "--slo", "12s")
    try:
        for run in ("local", "deployed"):
            subprocess.run([ROOT / "examples/video/prepare.sh", clip, tmp_path / run], check=True)
            document = json.loads((tmp_path / run / "input.json").read_text()) | {"limit": 12}
            (tmp_path / run / "input.json").write_text(json.dumps(document))
        outputs["local"] = local_output(folder, "video", tmp_path / "local/input.json")
        execution = account.start("video", json.loads((tmp_path / "deployed/input.json").read_text()))
        ended = account.finished(execution)
        assert ended["status"] == "SUCCEEDED", ended
        outputs["deployed"] = json.loads(ended["output"])
        decisions = account.decisions(execution)
        assert sorted(decisions) == ["Detect", "Encode", "Extract", "Filter", "Upscale"]
        assert not any(decision["safe"] for decision in decisions.values())
    finally:
        account.remove(folder)
        for name in names:
            account.client("lambda").delete_function(FunctionName=name)
    same_folder = json.dumps(outputs["deployed"]).replace(str(tmp_path / "deployed"), str(tmp_path / "local"))
    assert json.loads(same_folder) == outputs["local"]
    videos = [pathlib.Path(tmp_path / run / "video.mp4").read_bytes() for run in ("local", "deployed")]
    assert videos[0] == videos[1]
