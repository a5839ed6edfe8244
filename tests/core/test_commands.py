"""The command line as a person uses it: files, exit codes, one clear line, and nothing half-written."""

import json
import os
import pickle
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from instructscene_core.commands import main as cli
from instructscene_core.scene import read_scene

ROOT = Path(__file__).parents[2]
SCENE = {
    "version": 1,
    "room_type": "bedroom",
    "objects": [
        {"id": "bed", "category": "double_bed", "position": [0, 0, 0.5], "size": [1.8, 2.1, 1], "yaw": 0},
        {"id": "desk", "category": "desk", "position": [2, 0, 0.4], "size": [1.2, 0.6, 0.8], "yaw": 0},
    ],
}


@pytest.fixture
def run(capsys, tiny_folder):
    def call(*words, model=tiny_folder):
        code = cli.main([*map(str, words), "--model", str(model), "--device", "cpu"])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def write_requests(path, *items):
    path.write_text("\n".join(json.dumps(item) for item in items))
    return path


def test_generate_writes_a_file_for_each_variation(run, tmp_path):
    out = tmp_path / "deep" / "out"
    words = [
        "generate",
        "--instruction",
        "a desk",
        "--room",
        "bedroom",
        "--variations",
        3,
        "--id",
        "room",
        "--out",
        out,
    ]
    code, stdout, _ = run(*words)
    assert code == 0
    names = ["room.json", "room_1.json", "room_2.json"]
    assert stdout.splitlines() == [str(out / name) for name in names]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    scenes = [read_scene(out / name) for name in names]
    assert [scene.provenance["seed"] for scene in scenes] == [0, 1, 2]


def test_a_lower_precision_reaches_the_networks(run, tmp_path):
    poses = {}
    for precision in ("fp32", "bf16"):
        code, _, _ = run("generate", "--precision", precision, "--no-settle", "--out", tmp_path / precision)
        assert code == 0
        poses[precision] = [item.position for item in read_scene(tmp_path / precision / "scene.json").objects]
    assert poses["fp32"] != poses["bf16"]


@pytest.mark.parametrize("task", ["complete", "restyle", "rearrange"])
def test_edits_of_a_scene_file(run, tmp_path, task):
    (tmp_path / "in.json").write_text(json.dumps(SCENE))
    out = tmp_path / "out"
    code, _, _ = run(task, "--scene", tmp_path / "in.json", "--select", "desk", "--out", out, "--steps", 2, 2)
    assert code == 0
    before, after = read_scene(tmp_path / "in.json"), read_scene(out / "scene.json")
    assert after.objects[0] == before.objects[0]
    assert after.provenance["settings"]["steps"] == [2, 2]


def test_a_file_of_requests(run, tmp_path):
    lines = [{"id": "a", "text": "a bed"}, {"id": "b", "task": "rearrange", "scene": SCENE, "variations": 2}]
    code, stdout, _ = run("run", "--requests", write_requests(tmp_path / "r.jsonl", *lines), "--out", tmp_path / "out")
    assert code == 0
    assert [Path(line).name for line in stdout.splitlines()] == ["a.json", "b.json", "b_1.json"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('{"text": "a"}\n{"text": "b", "room": "kitchen"}', "line 2"),
        ('{"text": "a", "id": "x"}\n{"text": "b", "id": "x"}', "line 1 already"),
        ('{"text": "a", "id": "x_1"}\n{"text": "b", "id": "x", "variations": 2}', "x_1.json"),
        ('{"text": "a", "ratio": NaN}', "NaN"),
        ('{"task": "complete", "text": "a"}', "scene"),
        ('{"text": "a", "colour": "red"}', "colour"),
        ('{"text": "a", "room": "livingroom"}', "living room"),
        ("{", "line 1"),
        ("", "no request"),
    ],
)
def test_bad_requests_make_nothing(run, tmp_path, lines, words):
    path = tmp_path / "bad.jsonl"
    path.write_text(lines)
    code, stdout, stderr = run("run", "--requests", path, "--out", tmp_path / "out")
    assert (code, stdout) == (2, "")
    assert words in stderr
    assert len(stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def damaged(folder, tmp_path, damage):
    copy = tmp_path / "model"
    shutil.copytree(folder, copy)
    damage(copy)
    return copy


class Exploit:
    def __reduce__(self):
        return (os.system, ("touch /tmp/instructscene-pwned",))


@pytest.mark.parametrize(
    "damage",
    [
        lambda m: os.truncate(m / "prior.safetensors", 1000),
        lambda m: (m / "decoder.safetensors").unlink(),
        lambda m: (m / "vqvae.json").write_text("{"),
        lambda m: (m / "decoder.json").write_text((m / "prior.json").read_text()),
        lambda m: (m / "prior.safetensors").write_bytes(pickle.dumps(Exploit())),
        shutil.rmtree,
    ],
)
def test_damaged_weights_are_refused(run, tmp_path, tiny_folder, damage):
    model = damaged(tiny_folder, tmp_path, damage)
    code, _, stderr = run("generate", "--instruction", "a", "--out", tmp_path / "out", model=model)
    assert code == 2
    assert len(stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()
    assert not Path("/tmp/instructscene-pwned").exists()  # noqa: S108


def test_an_output_folder_that_is_a_file_is_refused(run, tmp_path):
    (tmp_path / "out").write_text("mine")
    code, _, stderr = run("generate", "--instruction", "a", "--out", tmp_path / "out")
    assert (code, len(stderr.splitlines())) == (2, 1)
    assert (tmp_path / "out").read_text() == "mine"


def test_a_full_disk_leaves_the_folder_as_it_was(tmp_path, tiny_folder):
    out = tmp_path / "out"
    out.mkdir()
    (out / "scene.json").write_text("old")
    words = ["generate", "--instruction", "a", "--variations", "3", "--out", str(out), "--model", str(tiny_folder)]
    done = subprocess.run(
        [sys.executable, "-m", "instructscene_core", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )
    assert done.returncode == 1, done.stderr
    assert "no space left" in done.stderr
    said = [line for line in done.stderr.splitlines() if not re.fullmatch(r"\w+ \d+/\d+", line)]  # but for progress
    assert len(said) == 1
    assert {p.name: p.read_text() for p in out.iterdir()} == {"scene.json": "old"}


def test_the_benchmark_prints_one_line(run):
    code, stdout, _ = run("benchmark", "--repeats", 1)
    assert code == 0
    assert json.loads(stdout)["peak_memory_mb"] > 0


@pytest.mark.parametrize("words", [[], ["fly"], ["generate"], ["generate", "--out", "x", "--room", "kitchen"]])
def test_usage_errors_exit_with_2(words):
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    assert caught.value.code == 2
