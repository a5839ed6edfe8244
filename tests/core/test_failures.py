"""A full disk, missing rights, a catalogue that is gone or damaged: one clear line each, and nothing is lost.

The limit of what a process may write to a file stands for a full disk, which fails in the same calls.
"""

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from instructscene_core.commands.main import main

pytest.importorskip("resource")  # Windows has no such limit

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = {"version": 1, "entries": [{"id": "mine/1", "category": "desk", "size": [1, 1, 1]}]}
TRIANGLES = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 2 3\nf 1 2 4\n"
JPEG = b"\xff\xd8\xff"


FULL = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
os.execv(sys.argv[1], sys.argv[1:])
"""


def command(*words, disk_full):
    return [*((sys.executable, "-c", FULL) if disk_full else ()), sys.executable, *map(str, words)]


def run(*words, disk_full=False):
    started = command("-m", "instructscene_core", *words, disk_full=disk_full)
    return subprocess.run(started, cwd=ROOT, capture_output=True, text=True, check=False)


GENERATE = ("generate", "--room", "bedroom", "--no-settle", "--steps", "1", "1", "--out")


@pytest.fixture
def models(tmp_path):
    """A folder with one model."""
    folder = tmp_path / "models"
    (folder / "desk").mkdir(parents=True)
    (folder / "desk" / "raw_model.obj").write_text(TRIANGLES)
    (folder / "desk" / "texture.png").write_bytes(JPEG)
    (folder / "model_info.json").write_text('[{"model_id": "desk", "category": "Desk"}]')
    return folder


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "models.jsonl"}


def test_a_full_disk_leaves_the_results_as_they_were(tmp_path):
    assert run(*GENERATE, tmp_path / "out").returncode == 0
    before = contents(tmp_path / "out")
    done = run(*GENERATE, tmp_path / "out", disk_full=True)
    assert done.returncode == 1
    line = done.stderr.splitlines()[-1].removeprefix(f"Cannot write to {tmp_path / 'out'}: ")
    assert line == "no space left; nothing was written. Free some space or choose another folder"
    assert contents(tmp_path / "out") == before


def test_a_full_disk_leaves_the_catalogue_as_it_was(models, tmp_path):
    assert run("catalogue", "index", models, "--out", tmp_path / "out").returncode == 0
    before = contents(tmp_path / "out")
    (models / "desk" / "raw_model.obj").write_text(TRIANGLES.replace("1", "2", 1))
    done = run("catalogue", "index", models, "--out", tmp_path / "out", disk_full=True)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"Cannot write to {tmp_path / 'out'}: ")
    assert "Traceback" not in done.stderr
    assert contents(tmp_path / "out") == before


def test_a_folder_without_rights_is_told_before_any_work(models, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    if os.access(tmp_path / "locked", os.W_OK):
        pytest.skip("this user may write anywhere")
    for words in ((*GENERATE, tmp_path / "locked"), ("catalogue", "index", models, "--out", tmp_path / "locked")):
        done = run(*words)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "cannot be written to" in done.stderr


DAMAGE = {
    "There is no catalogue": lambda folder: (folder / "catalogue.json").unlink(),
    "is damaged": lambda folder: (folder / "catalogue.json").write_text('{"version": 1, "entries": [{"id": "mi'),
    "is not UTF-8 text": lambda folder: (folder / "catalogue.json").write_bytes(b"\x80\x81"),
    "is no catalogue of version 1": lambda folder: (folder / "catalogue.json").write_text("[]"),
    "are damaged": lambda folder: (folder / "features.safetensors").write_bytes(b"\xff" * 200),
}


@pytest.fixture(params=DAMAGE)
def damaged(request, tmp_path):
    folder = tmp_path / "catalogue"
    folder.mkdir()
    (folder / "catalogue.json").write_text(json.dumps(CATALOGUE))
    DAMAGE[request.param](folder)
    return folder, request.param


def test_a_catalogue_that_is_gone_or_damaged_is_one_line(damaged, tmp_path, capsys):
    folder, words = damaged
    assert main([*GENERATE, str(tmp_path / "out"), "--catalogue", str(folder)]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert words in shown.err
    assert not (tmp_path / "out").exists()


class Worker:
    def __init__(self, *words, disk_full=False):
        script = ROOT / "instructscene_core" / "worker" / "main.py"
        self.process = subprocess.Popen(
            command("-I", "-u", script, "--path", ROOT, "--device", "cpu", *words, disk_full=disk_full),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def ask(self, **message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self):
        while (message := self.lines.get(timeout=120))["type"] == "progress":
            pass
        return message

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


def test_the_worker_says_that_its_catalogue_is_gone(tmp_path, tiny_folder):
    worker = Worker("--model", tiny_folder, "--catalogue", tmp_path / "gone")
    told = worker.answer()
    worker.close()
    assert told["type"] == "error"
    assert told["message"].startswith("There is no catalogue")
    assert (bool(told["remedy"]), told["detail"]) == (True, "")


def test_the_worker_survives_a_full_disk(models, tmp_path, tiny_folder):
    worker = Worker("--model", tiny_folder, disk_full=True)
    assert worker.answer()["type"] == "hello"
    told = worker.ask(type="index", id="a", folder=str(models), out=str(tmp_path / "out"))
    assert told["type"] == "error"
    assert told["message"].startswith(f"Cannot write to {tmp_path / 'out'}: ")
    assert (told["remedy"], told["detail"]) == ("Free some space, or choose another folder", "")
    assert worker.ask(type="request", id="b", request={"text": "a desk"})["type"] == "result"
    worker.close()


def test_it_works_without_a_home(tmp_path):
    """As in a container that sets no variable at all."""
    done = subprocess.run(
        command("-m", "instructscene_core", *GENERATE, tmp_path / "out", disk_full=False),
        cwd=ROOT, env={}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "out" / "scene.json")), done.stderr
