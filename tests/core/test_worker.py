"""The worker process through its pipes, as the add-on starts it."""

import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from instructscene_core.scene import Scene

ROOT = Path(__file__).parents[2]
WORKER = ROOT / "instructscene_core" / "worker" / "main.py"


class Worker:
    def __init__(self, *words):
        command = [sys.executable, "-I", "-u", str(WORKER), "--path", str(ROOT), "--device", "cpu", *words]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def send(self, **message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def next(self, *kinds):
        """The next message of one of these types."""
        while True:
            message = self.lines.get(timeout=120)
            if message["type"] in kinds:
                return message

    def close(self):
        self.process.stdin.close()
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def worker(tiny_folder):
    worker = Worker("--model", str(tiny_folder))
    worker.hello = worker.next("hello", "error")
    yield worker
    worker.close()


def test_hello(worker):
    assert worker.hello["protocol"] == 1
    assert worker.hello["device"] == "cpu"
    assert set(worker.hello["versions"]) >= {"python", "torch", "numpy"}
    assert worker.hello["memory_mb"] > 0


def test_a_request_is_answered_with_progress_and_scenes(worker):
    worker.send(type="request", id="one", request={"text": "a desk", "variations": 2})
    stages = set()
    while (message := worker.next("progress", "result", "error"))["type"] == "progress":
        assert message["id"] == "one"
        assert 0 <= message["step"] <= message["steps"]
        stages.add(message["stage"])
    assert message["type"] == "result", message
    assert stages == {"text", "prior", "decoder", "settle"}
    assert len([Scene.from_json(scene) for scene in message["scenes"]]) == 2
    assert message["peak_memory_mb"] > 0


def test_self_check(worker):
    worker.send(type="self_check", id="check")
    report = worker.next("result", "error")["report"]
    assert report["device"] == "cpu"
    assert report["seconds"] > 0


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"type": "request", "id": "bad", "request": {"text": "a", "room": "kitchen"}}, "kitchen"),
        ({"type": "request", "id": "bad", "request": {"text": "a", "room": "livingroom"}}, "living room"),
        ({"type": "request", "id": "bad"}, "request"),
        ({"type": "dance", "id": "bad"}, "dance"),
    ],
)
def test_a_bad_message_gets_an_error_and_the_next_one_works(worker, message, words):
    worker.send(**message)
    answer = worker.next("error", "result")
    assert answer["type"] == "error"
    assert answer["id"] == "bad"
    assert words in answer["message"]
    worker.send(type="request", id="good", request={"text": "a desk"})
    assert worker.next("error", "result")["type"] == "result"


def test_lines_that_are_no_json(worker):
    worker.process.stdin.buffer.write(b"garbage {\n[]\n\xff\xfe\n")
    worker.process.stdin.buffer.flush()
    assert [worker.next("error")["id"] for _ in range(3)] == [None] * 3


def test_cancel_ends_a_run_at_once(worker):
    worker.send(type="request", id="long", request={"text": "a", "variations": 100, "steps": [100, 1000]})
    worker.next("progress")
    worker.send(type="cancel", id="long")
    start = time.monotonic()
    answer = worker.next("error", "result")
    assert answer == {"type": "error", "id": "long", "message": "Cancelled", "remedy": "", "detail": ""}
    assert time.monotonic() - start < 20
    worker.send(type="request", id="next", request={"text": "a desk"})
    assert worker.next("error", "result")["id"] == "next"


def test_meshes_are_recognised_between_requests(worker):
    """The name alone: points are test_recognising's matter."""
    worker.send(type="recognise", id="mine", items=[{"name": "Стул"}, {"name": "kitchenFridge"}])
    answer = worker.next("result", "error")
    assert answer["id"] == "mine"
    assert [row["category"] for row in answer["recognised"]] == ["dining_chair", None]
    worker.send(type="recognise", id="bad", items=[{"points": ""}])
    assert worker.next("result", "error")["message"] == "items[0] has no name"
    worker.send(type="request", id="room", request={"text": "a desk"})
    assert worker.next("result", "error")["type"] == "result"


def test_it_ends_when_its_input_closes_in_the_middle_of_a_run(tiny_folder):
    worker = Worker("--model", str(tiny_folder))
    worker.next("hello")
    worker.send(type="request", id="long", request={"text": "a", "variations": 100, "steps": [100, 1000]})
    worker.next("progress")
    start = time.monotonic()
    assert worker.close() == 0
    assert time.monotonic() - start < 10


def test_it_ends_when_told_to_quit(tiny_folder):
    worker = Worker("--model", str(tiny_folder))
    worker.next("hello")
    worker.send(type="quit")
    assert worker.process.wait(timeout=30) == 0


def test_missing_weights_are_told(tmp_path):
    worker = Worker("--model", str(tmp_path / "none"))
    answer = worker.next("hello", "error")
    assert answer["type"] == "error"
    assert answer["remedy"]
    assert worker.process.wait(timeout=30) == 1


def test_a_language_model_reads_for_the_worker(tiny_folder):
    """One that is not there: what is said of that shows that it was asked."""
    words = ("--language-model", "http://127.0.0.1:9/v1", "--language-model-name", "small")
    worker = Worker("--model", str(tiny_folder), *words)
    worker.send(type="request", id="one", request={"text": "a desk"})
    (scene,) = worker.next("result", "error")["scenes"]
    assert any("no server answers at 127.0.0.1:9" in note for note in scene["report"]["notes"])
    assert worker.close() == 0


def test_a_language_model_elsewhere_is_refused(tiny_folder):
    words = ("--language-model", "http://models.example/v1", "--language-model-name", "small")
    worker = Worker("--model", str(tiny_folder), *words)
    error = worker.next("hello", "error")
    assert error["message"] == "The language model at models.example is not on this computer"
    assert error["remedy"] == "Use localhost, or allow online access"
    worker.close()
