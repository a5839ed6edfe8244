"""Training as ``torchrun`` starts it on two machines: what is lost, what goes on, and what is refused."""

import dataclasses
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from torch.distributed import HashStore

from instructscene_core.errors import InstructSceneError, InvalidInputError
from instructscene_core.training import group as group_module
from instructscene_core.training.agreement import check_shared
from instructscene_core.training.group import Group
from instructscene_core.training.room_runs import RoomRun

ROOT = Path(__file__).parents[2]
STEPS = 40
LOST = 10
"""Step after which something is lost."""
PATIENCE = 120.0
"""Seconds after which something hangs."""
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Machine:
    """One ``torchrun``, and all that it says."""

    def __init__(self, folder, number, port, restarts=0, *, shared_store=True):
        self.told = folder.with_name(f"{folder.name}-{number}-{time.monotonic_ns()}.txt")
        command = [
            *(sys.executable, "-m", "torch.distributed.run", "--nnodes=2", "--nproc-per-node=1"),
            f"--rdzv-conf=is_host={number == 0},keep_alive_interval=2",
            *("--rdzv-backend=c10d", f"--rdzv-endpoint=127.0.0.1:{port}", f"--rdzv-id={folder.name}"),
            *(f"--max-restarts={restarts}", "-m", "instructscene_core", "train", "vqvae", "--data", "starter:8"),
            *("--size", "starter", "--batch", "4", "--steps", str(STEPS), "--device", "cpu", "--save-minutes", "0"),
            *("--log-every", "1", "--validate-every", "0", "--out", str(folder)),
        ]
        environment = {
            **os.environ,
            "INSTRUCTSCENE_CACHE": str(folder.parent / "cache"),
            "OMP_NUM_THREADS": "1",
            "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "0" if shared_store else "1",
            "PYTHONPATH": str(ROOT),
        }
        with self.told.open("wb") as file:
            self.agent = subprocess.Popen(command, stdout=file, stderr=file, env=environment)

    def worker(self):
        pid = self.agent.pid
        (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
        return int(child)

    def lose(self):
        """The whole machine."""
        worker = self.worker()
        self.agent.kill()
        os.kill(worker, signal.SIGKILL)
        self.agent.wait(PATIENCE)

    def end(self):
        return self.agent.wait(PATIENCE)

    def says(self):
        return self.told.read_text("utf-8")


@pytest.fixture(scope="module")
def machines():
    """Starts machines, and ends those that still run."""
    started = []

    def start(*arguments, **options):
        started.append(Machine(*arguments, **options))
        return started[-1]

    yield start
    for machine in started:
        if machine.agent.poll() is None:
            machine.agent.terminate()
            machine.agent.wait(PATIENCE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("torchrun")


@pytest.fixture(scope="module")
def whole(folder, machines):
    """The model folder of a run that lost nothing."""
    port = free_port()
    both = [machines(folder / "whole", number, port) for number in (0, 1)]
    assert [machine.end() for machine in both] == [0, 0], both[0].says() + both[1].says()
    return folder / "whole"


def steps(out):
    """Those in the log."""
    path = out / "training" / "vqvae" / "log.csv"
    rows = path.read_text("utf-8").splitlines()[1:] if path.exists() else []
    return [int(row.partition(",")[0] or 0) for row in rows]


def wait_for(step, out):
    last = time.monotonic() + PATIENCE
    while max(steps(out), default=0) < step:
        assert time.monotonic() < last, f"no step {step}"
        time.sleep(0.02)


def files(out):
    return {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}


def assert_as_whole(out, whole):
    """The same files as a run that lost nothing, with the same weights to the bit."""
    assert steps(out) == list(range(1, STEPS + 1))
    found, wanted = files(out), files(whole)
    assert found.keys() == wanted.keys()
    for name in ("vqvae.safetensors", "vqvae.json"):
        assert found[name].read_bytes() == wanted[name].read_bytes()
    mine, theirs = (torch.load(at["training/vqvae/checkpoint.pt"]) for at in (found, wanted))
    assert mine["step"] == STEPS
    for kind in ("model", "average"):
        assert all(torch.equal(weight, mine[kind][name]) for name, weight in theirs[kind].items())


@ON_LINUX
def test_a_process_that_is_lost_is_started_again_and_goes_on(folder, machines, whole):
    """With the store that torchrun keeps over starts, in which the addresses of the first one stand."""
    out, port = folder / "process", free_port()
    both = [machines(out, number, port, 2) for number in (0, 1)]
    wait_for(LOST, out)
    os.kill(both[1].worker(), signal.SIGKILL)
    assert [machine.end() for machine in both] == [0, 0], both[0].says() + both[1].says()
    resumed = re.findall(r"resumed at step (\d+)", both[0].says() + both[1].says())
    assert LOST <= int(resumed[0]) < STEPS
    assert "Process 0 has lost another one (" in both[0].says()
    assert "Traceback" not in both[0].says() + both[1].says()
    assert_as_whole(out, whole)


@ON_LINUX
def test_a_machine_that_is_lost_may_be_started_again_alone(folder, machines, whole):
    out, port = folder / "machine", free_port()
    both = [machines(out, number, port, 2, shared_store=False) for number in (0, 1)]
    wait_for(LOST, out)
    both[1].lose()
    again = machines(out, 1, port, 2, shared_store=False)
    assert [both[0].end(), again.end()] == [0, 0], both[0].says() + again.says()
    assert "Process 0 has lost another one (" in both[0].says()
    assert "resumed at step" in both[0].says() + again.says()
    assert_as_whole(out, whole)


# What must be alike, in threads that stand for processes


def in_each(work, size=2):
    """What each of a group's processes gives or raises."""
    store = HashStore()
    with ThreadPoolExecutor(size) as pool:
        waiting = [pool.submit(work, Group(rank, size, store=store)) for rank in range(size)]
    return [future.exception() or future.result() for future in waiting]


def test_what_differs_is_told_to_all():
    found = in_each(lambda group: group.agree("settings", {"steps": 5, "seed": group.rank // 2}), size=3)
    assert all(isinstance(error, InvalidInputError) for error in found)
    (line,) = {str(error) for error in found}
    assert re.fullmatch(r"Process 2 on \S+ has seed 1, process 0 on \S+ 0\. Give all machines the same", line)
    assert in_each(lambda group: group.agree("settings", {"steps": 5, "seed": 0})) == [None, None]


def test_folders_that_are_not_shared_are_told_and_leave_nothing(tmp_path):
    found = in_each(lambda group: check_shared(group, tmp_path / str(group.rank) / "model"))
    assert all("Give --out a folder that all machines share" in str(error) for error in found)
    assert not any((tmp_path / name / "model").exists() for name in "01")


def test_a_folder_is_shared_under_any_path(tmp_path):
    (tmp_path / "both").mkdir()
    (tmp_path / "0").symlink_to("both")
    (tmp_path / "1").symlink_to("both")
    assert in_each(lambda group: check_shared(group, tmp_path / str(group.rank) / "model")) == [None, None]
    assert list(tmp_path.rglob("both/*")) == [tmp_path / "both" / "model"]
    assert not any((tmp_path / "both" / "model").iterdir())


def test_the_settings_of_a_run_that_must_be_alike_are_those_that_change_what_is_learned(tmp_path):
    alike = RoomRun("starter:8", "bedroom", tmp_path).alike()
    own = {"out", "vqvae", "start", "clip", "workers", "validate_every", "save_minutes", "log"}
    assert alike.keys() | own == {field.name for field in dataclasses.fields(RoomRun)}


def test_processes_meet_although_those_of_an_earlier_start_have_left_their_words(monkeypatch):
    store = HashStore()
    monkeypatch.setattr(group_module, "rendezvous", lambda *_: [(store, 0, 2)])
    for start in range(3):
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(group_module.met, 0, 2)
            time.sleep(0.2)
            assert not first.done()
            second = pool.submit(group_module.met, 1, 2)
            met = [first.result(), second.result()]
        met[0].set("start", str(start))
        assert met[1].get("start") == str(start).encode()


def test_others_that_never_come_are_told(monkeypatch):
    monkeypatch.setattr(group_module, "rendezvous", lambda *_: [(HashStore(), 0, 2)])
    monkeypatch.setattr(group_module, "_WAIT", 0.2)
    with pytest.raises(InstructSceneError, match="Process 0 has waited 0 s for the others"):
        group_module.met(0, 2)


CLOSED = "[/third_party/gloo/pair.cc:553] Connection closed by peer [10.0.0.2]:39. This is typically caused by a crash"
REFUSED = "Gloo connectFullMesh failed with [/x/pair.cc:152] timed out connecting: remote=[127.0.0.1]:9$0"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (CLOSED, "Process 1 has lost another one (Connection closed by peer [10.0.0.2]:39). Training goes on"),
        (REFUSED, "(Gloo connectFullMesh failed with timed out connecting: remote=[127.0.0.1]:9$0). Where this comes"),
    ],
)
def test_a_loss_is_told_in_one_line(error, line):
    with pytest.raises(InstructSceneError, match=re.escape(line)), group_module.losses_told(1):
        raise RuntimeError(error)


def test_other_errors_stay_what_they_are():
    with pytest.raises(RuntimeError, match="out of memory"), group_module.losses_told(0):
        raise RuntimeError("out of memory")
