"""Many rooms: requests in shards, results written once, runs that go on, and a Ray cluster that loses workers."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import fsspec
import pytest

from instructscene_core.cluster.making import Order, about
from instructscene_core.cluster.results import MANIFEST, Results, shown
from instructscene_core.cluster.run import run
from instructscene_core.cluster.shards import Plan
from instructscene_core.commands.main import main
from instructscene_core.errors import InstructSceneError, InvalidInputError

ROOMS = int(os.environ.get("INSTRUCTSCENE_RUN_ROOMS", "24"))
"""More for a long run by hand."""
WORDS = ("A double bed and a desk", "Two nightstands beside a bed", "A wardrobe", "")


def request(number, **more):
    return {"id": f"r{number}", "instruction": WORDS[number % 4], "seed": number, "steps": [2, 2], **more}


def write(path, requests):
    path.write_text("".join(json.dumps(item) + "\n" for item in requests), encoding="utf-8")
    return path


@pytest.fixture
def requests(tmp_path):
    return write(tmp_path / "rooms.jsonl", [request(n, variations=1 + (n == 3)) for n in range(10)])


def make(requests, out, *words):
    return main(["run", "--requests", str(requests), "--out", str(out), "--on", "here", "--shard", "4", *words])


def contents(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def test_shards_are_parts_of_the_file(tmp_path):
    path = tmp_path / "rooms.jsonl"
    lines = [json.dumps(request(n, instruction="Ein Stuhl für Zoë, 椅子")).encode() for n in range(7)]
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join([lines[0], b"", *lines[1:4]]) + b"\n\n \n" + b"\n".join(lines[4:]))
    plan = Plan.of(path, 3)
    assert (plan.requests, plan.results, plan.size) == (7, 7, 3)
    shards = list(plan.shards())
    assert [shard.names for shard in shards] == [("r0", "r1", "r2"), ("r3", "r4", "r5"), ("r6",)]
    assert [[item.id for item in plan.read(shard)] for shard in reversed(shards)] == [
        ["r6"], ["r3", "r4", "r5"], ["r0", "r1", "r2"]]  # fmt: skip
    path.write_bytes(path.read_bytes().replace(b'"r4"', b'"r9"'))
    with pytest.raises(InvalidInputError, match="has changed"):
        plan.read(shards[1])


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (['{"id": "a", "text": ""}', "{no json"], "rooms.jsonl, line 2"),
        (
            ['{"id": "a", "text": ""}', "", '{"id": "a", "text": "x"}'],
            r"line 3: a second result would be named a\.json",
        ),
        (
            ['{"id": "a_1", "text": ""}', '{"id": "a", "text": "", "variations": 2}'],
            r"line 2: a second result would be named a_1\.json",
        ),
        (['{"id": "a", "text": "", "seed": "x"}'], "line 1.*seed"),
        (["", " "], "holds no request"),
    ],
)
def test_a_line_at_fault_is_named_before_anything_is_made(tmp_path, capsys, lines, words):
    path = tmp_path / "rooms.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InvalidInputError, match=words):
        Plan.of(path)
    assert make(path, tmp_path / "out") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_run_goes_on_with_the_same_rooms(requests, tmp_path, capsys):
    assert make(requests, tmp_path / "out") == 0
    whole = contents(tmp_path / "out")
    assert set(whole) == {MANIFEST, *(f"r{n}.json" for n in range(10)), "r3_1.json"}
    assert "11 of 11 rooms, 11 new" in capsys.readouterr().err
    times = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    for name in ("r1.json", "r3_1.json", "r9.json"):
        (tmp_path / "out" / name).unlink()
    assert make(requests, tmp_path / "out") == 0
    assert "11 of 11 rooms, 3 new" in capsys.readouterr().err
    assert contents(tmp_path / "out") == whole
    same = [path.name for path in (tmp_path / "out").iterdir() if path.stat().st_mtime_ns == times[path.name]]
    assert len(same) == 9, "what is there is not written again"


def test_another_run_is_refused(requests, tmp_path, capsys):
    out = tmp_path / "out"
    few = write(tmp_path / "few.jsonl", [request(0)])
    assert make(few, out) == 0
    before = contents(out)
    capsys.readouterr()
    for words, path, what in (
        ((), requests, "another requests file"),
        (("--no-settle",), few, "another settings"),
        (("--threads", "2"), few, "another "),
    ):
        assert make(path, out, *words) == 2
        assert what in capsys.readouterr().err
    (tmp_path / "rooms").mkdir()
    (tmp_path / "rooms" / "mine.json").write_text("{}", encoding="utf-8")
    assert make(few, tmp_path / "rooms") == 2
    assert "something else" in capsys.readouterr().err
    assert contents(out) == before
    manifest = json.loads(before[MANIFEST])
    assert {"code", "versions", "weights", "furniture", "settings", "requests file"} <= set(manifest)


def test_what_fails_is_listed_and_the_rest_is_made(tmp_path, capsys):
    path = write(tmp_path / "rooms.jsonl", [request(0), request(1, add=21), request(2)])
    assert make(path, tmp_path / "out") == 1
    assert "\nr1: " in capsys.readouterr().err
    assert set(contents(tmp_path / "out")) == {MANIFEST, "r0.json", "r2.json"}


def test_results_go_to_any_url(requests, tmp_path):
    assert make(requests, "memory://bucket/rooms") == 0
    files = fsspec.filesystem("memory")
    names = {path.rpartition("/")[2] for path in files.ls("/bucket/rooms", detail=False)}
    assert make(requests, tmp_path / "out") == 0
    local = contents(tmp_path / "out")
    assert names == set(local)
    assert all(files.cat_file(f"/bucket/rooms/{name}") == data for name, data in local.items())


def test_credentials_are_told_to_nobody(tmp_path):
    assert shown("s3://key:secret@bucket/rooms") == "s3://bucket/rooms"
    assert shown("ftp://me:pa/ss@host/rooms") == "ftp://host/rooms"
    assert shown("s3://bucket/at@noon") == "s3://bucket/at@noon"
    with pytest.raises(InvalidInputError) as caught:
        Results("nosuch://key:secret@host/rooms")
    assert "secret" not in str(caught.value)
    results = Results("memory://key:secret@bucket/rooms")
    results.open({"code": "x"})
    results.write("room.json", b"{}")
    with pytest.raises(InvalidInputError, match="another code") as caught:
        results.open({"code": "y"})
    assert "secret" not in str(caught.value)
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(InstructSceneError, match="cannot be"):
        Results(str(blocked / "rooms")).open({})


class _Still:
    """Makes nothing: of each request, that it was asked."""

    def run(self, requests, on_step, *, settle, batch_size):  # noqa: ARG002 - as the generator has it
        raise RuntimeError(f"no {requests[0].id}")


def _still():
    return _Still()


def _of_process():
    return {"code": os.environ.get("INSTRUCTSCENE_TEST_CODE", "")}


@pytest.fixture(scope="module")
def cluster():
    pytest.importorskip("ray", reason="Ray is not installed")
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    yield made
    import ray

    ray.shutdown()
    made.shutdown()


def on_ray(cluster, order):
    import ray

    from instructscene_core.cluster.on_ray import OnRay, Share

    ray.shutdown()
    return OnRay(cluster.address, order, order.about(), None, Share())


def workers():
    """Process numbers of the actors on this computer."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"ray::_Worker" in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def test_all_rooms_are_made_once_though_a_worker_and_a_computer_are_lost(cluster, tmp_path, capsys):
    path = write(tmp_path / "rooms.jsonl", [request(n) for n in range(ROOMS)])
    assert make(path, tmp_path / "single") == 0
    capsys.readouterr()
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
    options = json.loads((tmp_path / "single" / MANIFEST).read_text())["settings"]
    chosen = {**_defaults(), **options}
    from argparse import Namespace

    from instructscene_core.commands.options import load_making

    load = partial(load_making, Namespace(**chosen))
    order = Order(load, partial(about, chosen), True, chosen["batch"], str(tmp_path / "many"))  # noqa: FBT003
    plan, ray_cluster = Plan.of(path, 4), on_ray(cluster, order)
    lost = []

    def lose():
        while len(list((tmp_path / "many").glob("r*.json"))) < ROOMS // 6:
            time.sleep(0.05)
        os.kill(workers()[0], signal.SIGKILL)
        lost.append("worker")
        while len(list((tmp_path / "many").glob("r*.json"))) < ROOMS // 2:
            time.sleep(0.05)
        cluster.remove_node(nodes[0], allow_graceful=False)
        lost.append("computer")

    losing = threading.Thread(target=lose, daemon=True)
    losing.start()
    tally = run(plan, Results(order.url), order.about(), ray_cluster, order.layout)
    losing.join(5)
    cluster.remove_node(nodes[1])
    assert lost == ["worker", "computer"]
    assert tally.lost in (1, 2)  # one that has nothing to do for a moment is not missed
    assert f"{tally.lost} worker" in tally.line()
    assert capsys.readouterr().out == "", "what Ray tells of it is no result"
    assert tally.failed == {}
    assert tally.made <= ROOMS, "no room is written twice"
    assert contents(tmp_path / "many") == contents(tmp_path / "single")
    assert not workers() or time.sleep(2) or not workers(), "no worker is left"


def _defaults():
    return {
        "model": None, "clip": None, "language_model": None, "language_model_name": "", "language_model_seconds": 20.0,
        "online": False, "catalogue": [], "renderer": None, "patience": 1.0, "make_with": None, "make_seconds": 600.0,
        "made": None, "blender": None,
    }  # fmt: skip


def test_a_room_is_tried_three_times_then_listed(cluster, tmp_path):
    path = write(tmp_path / "rooms.jsonl", [request(n) for n in range(3)])
    order = Order(_still, _of_process, True, 4, str(tmp_path / "out"))  # noqa: FBT003
    tally = run(Plan.of(path, 2), Results(order.url), order.about(), on_ray(cluster, order), order.layout)
    assert tally.failed == {f"r{n}": f"RuntimeError: no r{n}" for n in range(3)}
    assert tally.made == 0


def test_a_worker_of_another_version_is_refused(cluster, tmp_path, monkeypatch):
    path = write(tmp_path / "rooms.jsonl", [request(0)])
    monkeypatch.setenv("INSTRUCTSCENE_TEST_CODE", "newer")
    order = Order(_still, _of_process, True, 4, str(tmp_path / "out"))  # noqa: FBT003
    with pytest.raises(InvalidInputError, match="other code"):
        run(Plan.of(path), Results(order.url), order.about(), on_ray(cluster, order), order.layout)


def listening(mark):
    """Addresses, as /proc has them, on which processes with a mark in their environment listen."""
    sockets = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (path / "environ").read_bytes():
                sockets |= {str(link.readlink()) for link in (path / "fd").iterdir()}
        except OSError:
            continue
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {row[1].partition(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets}


def test_on_one_computer_ray_listens_to_it_alone(tmp_path):
    pytest.importorskip("ray", reason="Ray is not installed")
    path = write(tmp_path / "rooms.jsonl", [request(n) for n in range(4)])
    words = ["run", "--requests", str(path), "--out", str(tmp_path / "out"), "--on", "ray", "--workers", "1"]
    root, mark = Path(__file__).parents[2], "INSTRUCTSCENE_TEST_MARK"
    process = subprocess.Popen(
        [sys.executable, "-m", "instructscene_core", *words], cwd=root, env={**os.environ, mark: str(tmp_path)}
    )
    found = set()
    while process.poll() is None:
        found |= listening(f"{mark}={tmp_path}".encode())
        time.sleep(0.2)
    assert process.returncode == 0
    here = {"0100007F", "0" * 24 + "01000000", "0" * 16 + "FFFF00000100007F"}
    assert found
    assert found <= here, "127.0.0.1 and ::1"


def test_no_cluster_is_one_line(requests, tmp_path, capsys):
    pytest.importorskip("ray", reason="Ray is not installed")
    words = ["run", "--requests", str(requests), "--out", str(tmp_path / "out"), "--on", "127.0.0.1:1"]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "There is no Ray cluster at 127.0.0.1:1" in said
    assert not (tmp_path / "out").exists()
