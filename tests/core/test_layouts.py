"""How the rooms of a long run lie: files, WebDataset and Parquet shards, with what a renderer adds; in a bucket too."""

import io
import json
import os
import resource
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import webdataset
from PIL import Image
from pyarrow import parquet

from instructscene_core.cluster.layouts import layout_of, tar_of
from instructscene_core.cluster.results import MANIFEST, Results
from instructscene_core.commands.main import main
from instructscene_core.errors import InstructSceneError
from instructscene_core.scene import read_scene

RENDERER = """
import argparse, json, os, signal, sys, time
from pathlib import Path
from PIL import Image

parser = argparse.ArgumentParser()
parser.add_argument("--version", action="version", version="Squares 1, Blender 0.0")
for name in ("fails", "boxes", "dies", "hangs"):
    parser.add_argument(f"--{name}", default="")
parser.add_argument("--log", type=Path)
parser.add_argument("--shares")
for name in ("--scenes", "--out", "--threads", "--catalogue", "--use"):
    parser.add_argument(name)
options = parser.parse_args()
out = Path(options.out)
out.mkdir()
files = sorted(Path(options.scenes).glob("*.json"))
for k, path in enumerate(files, 1):
    name = path.stem
    with options.log.open("a") as log:
        log.write(name + "\\n")
    if name in options.fails.split(","):
        print(f"[{k}/{len(files)}] {name}: failed: no light. Switch one on (0.1 s)", file=sys.stderr)
        continue
    if name in options.boxes.split(","):
        print(f"{name}: a box stands for a model: bed.glb is missing", file=sys.stderr)
    count = len(json.loads(path.read_text())["objects"])
    (out / f"{name}_view.part.png").write_text("half")
    if name in options.hangs.split(","):
        time.sleep(600)
    Image.new("L", (8, 8), count).save(out / f"{name}_view.png")
    if name in options.dies.split(","):
        os.kill(os.getpid(), signal.SIGKILL)
    (out / f"{name}_view.part.png").unlink()
    (out / f"{name}_view_camera.json").write_text("{}")
    if options.shares:
        (out / "textures").mkdir(exist_ok=True)
        (out / "textures" / "oak.png").write_text(options.shares)
    print(f"[{k}/{len(files)}] {name}: {count} objects (0.1 s)", file=sys.stderr, flush=True)
sys.exit(1 if options.fails else 0)
"""
"""Draws squares, as grey as a room has objects."""
IDS = ("a", "a.b", "a_1", "b-2", "c")


@pytest.fixture
def renderer(tmp_path):
    """Its command line; names of what it drew go to drawn.txt."""
    path = tmp_path / "squares.py"
    path.write_text(RENDERER, encoding="utf-8")
    return shlex.join([sys.executable, str(path), "--log", str(tmp_path / "drawn.txt")])


@pytest.fixture
def requests(tmp_path):
    path = tmp_path / "rooms.jsonl"
    rooms = [{"id": name, "instruction": "A bed", "seed": k, "steps": [2, 2]} for k, name in enumerate(IDS)]
    path.write_text("".join(json.dumps(room) + "\n" for room in rooms), encoding="utf-8")
    return path


def make(requests, out, *words):
    return main(["run", "--requests", str(requests), "--out", str(out), "--on", "here", "--shard", "3", *words])


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def count(data):
    return len(json.loads(data)["objects"])


def test_what_a_renderer_makes_lies_beside_the_rooms(requests, renderer, tmp_path):
    assert make(requests, tmp_path / "out", "--renderer", renderer) == 0
    made = contents(tmp_path / "out")
    assert set(made) == {MANIFEST, *(f"{n}{e}" for n in IDS for e in (".json", "_view.png", "_view_camera.json"))}
    for name in IDS:
        grey = Image.open(io.BytesIO(made[f"{name}_view.png"])).getpixel((0, 0))
        assert grey == len(read_scene(tmp_path / "out" / f"{name}.json").objects) == count(made[f"{name}.json"])
    manifest = json.loads(made[MANIFEST])
    assert manifest["versions"]["renderer"] == "Squares 1, Blender 0.0"
    assert manifest["settings"]["renderer"] == renderer
    (tmp_path / "out" / "b-2.json").unlink()
    (tmp_path / "drawn.txt").unlink()
    assert make(requests, tmp_path / "out", "--renderer", renderer) == 0
    assert (tmp_path / "drawn.txt").read_text().split() == ["b-2"], "only what is not there is drawn"
    assert contents(tmp_path / "out") == made


def test_webdataset_reads_the_shards(requests, renderer, tmp_path):
    words = ("--renderer", renderer, "--as", "webdataset")
    assert make(requests, tmp_path / "out", *words) == 0
    assert set(contents(tmp_path / "out")) == {MANIFEST, "rooms-000000.tar", "rooms-000001.tar"}
    urls = str(tmp_path / "out" / "rooms-{000000..000001}.tar")
    samples = list(webdataset.WebDataset(urls, shardshuffle=False).decode("pil"))
    assert [sample["__key__"].replace("%2E", ".") for sample in samples] == list(IDS)
    for sample in samples:
        assert sample["view.png"].getpixel((0, 0))[0] == len(sample["json"]["objects"])
        assert sample["view_camera.json"] == {}
    whole = contents(tmp_path / "out")
    assert make(requests, tmp_path / "again", *words) == 0
    again = contents(tmp_path / "again")
    assert again == whole, "equal rooms are equal bytes"


def test_parquet_has_a_row_for_each_room(requests, renderer, tmp_path):
    assert make(requests, tmp_path / "out", "--renderer", renderer, "--as", "parquet") == 0
    rows = [row for k in (0, 1) for row in parquet.read_table(tmp_path / "out" / f"rooms-00000{k}.parquet").to_pylist()]
    assert [row["id"] for row in rows] == list(IDS)
    for row in rows:
        assert Image.open(io.BytesIO(row["view.png"])).getpixel((0, 0)) == count(row["json"])


@pytest.mark.parametrize("layout", ["files", "webdataset", "parquet"])
@pytest.mark.parametrize(("option", "reason"), [("--fails", "no light"), ("--boxes", "bed.glb is missing")])
def test_what_cannot_be_drawn_is_listed_and_made_by_the_next_run(
    requests, renderer, tmp_path, capsys, layout, option, reason
):
    """As when a disk was full: the rest of the shard is kept, and the same command makes the whole."""
    out = tmp_path / "out"
    assert make(requests, out, "--renderer", f"{renderer} {option} a.b", "--as", layout) == 1
    said = capsys.readouterr().err
    assert f"a.b: {'a box' if option == '--boxes' else reason}" in said
    assert reason in said
    made = set(contents(out))
    if layout == "files":
        assert "a.json" in made
        assert "a.b.json" not in made
        return
    suffix = layout_of(layout).suffix
    assert made == {MANIFEST, f"rooms-000000-incomplete{suffix}", f"rooms-000001{suffix}"}
    text = (out / MANIFEST).read_text()
    (out / MANIFEST).write_text(text.replace(f" {option} a.b", ""))
    assert make(requests, out, "--renderer", renderer, "--as", layout) == 0
    assert set(contents(out)) == {MANIFEST, f"rooms-000000{suffix}", f"rooms-000001{suffix}"}


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("no-such-program", "cannot be run"),
        (f"{shlex.quote(sys.executable)} -c pass", "does not tell its version"),
        ("'open", "cannot be run"),
        ("{renderer} --nonsense", "unrecognized arguments: --nonsense"),
    ],
)
def test_a_renderer_that_is_none_is_one_line(requests, renderer, tmp_path, capsys, command, words):
    assert make(requests, tmp_path / "out", "--renderer", command.replace("{renderer}", renderer)) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert not list(tmp_path.glob("out/a*"))
    assert make(requests, tmp_path / "out", "--renderer", renderer) == 0, "a slip can be mended"


@pytest.mark.parametrize("words", [("--renderer", "x"), ("--as", "webdataset"), ("--workers", "2")])
def test_what_is_of_long_runs_alone_is_not_passed_over(requests, tmp_path, capsys, words):
    assert main(["run", "--requests", str(requests), "--out", str(tmp_path / "out"), *words]) == 2
    assert "--on" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_of_another_layout_is_refused(requests, tmp_path, capsys):
    assert make(requests, tmp_path / "out") == 0
    assert make(requests, tmp_path / "out", "--as", "webdataset") == 2
    assert "another settings" in capsys.readouterr().err


@pytest.mark.parametrize("size", ["1", "5"])
@pytest.mark.parametrize(("option", "words"), [("--dies", "exit code"), ("--hangs", "said nothing")])
def test_a_renderer_that_dies_or_hangs_takes_one_room_with_it(
    requests, renderer, tmp_path, capsys, option, words, size
):
    """As Blender does where memory is short: the picture of ``b-2`` is there, and its camera is not."""
    out = tmp_path / "out"
    given = ("--renderer", f"{renderer} {option} b-2", "--shard", size, "--patience", "10")
    assert make(requests, out, *given) == 1
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("b-2: ")]
    assert len(said) == 1
    assert words in said[0]
    others = [name for name in IDS if name != "b-2"]
    assert set(contents(out)) == {
        MANIFEST, *(f"{n}{e}" for n in others for e in (".json", "_view.png", "_view_camera.json"))
    }  # fmt: skip
    assert not list(Path(tempfile.gettempdir()).glob(f"instructscene-run-{os.getpid()}-*"))


def test_what_killed_runs_have_left_is_removed(requests, renderer, tmp_path):
    """A folder for temporary files of a process that is gone, half a file, a shard that was incomplete before."""
    words = ("--renderer", renderer, "--as", "webdataset")
    assert make(requests, tmp_path / "out", *words) == 0
    whole = contents(tmp_path / "out")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = [Path(tempfile.gettempdir()) / f"instructscene-run-{number}-xy" for number in (gone.pid, os.getpid())]
    for folder in left:
        folder.mkdir()
    half, mine = tmp_path / "out" / f".rooms-000001.tar.{'a' * 32}.part", tmp_path / "out" / ".mine.part"
    for path in (half, mine):
        path.write_text("half")
        os.utime(path, (0, 0))
    (tmp_path / "out" / "rooms-000000-incomplete.tar").write_text("some")
    assert make(requests, tmp_path / "out", *words) == 0
    assert [folder.exists() for folder in left] == [False, True]
    left[1].rmdir()
    assert mine.read_text() == "half"
    mine.unlink()
    assert contents(tmp_path / "out") == whole


@pytest.mark.parametrize("name", ["rooms-000000.tar", "rooms-000000.parquet", "a.json"])
def test_a_folder_of_something_else_is_refused(requests, tmp_path, capsys, name):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("mine")
    assert make(requests, tmp_path / "out", "--as", "webdataset") == 2
    assert "something else" in capsys.readouterr().err
    assert contents(tmp_path / "out") == {name: b"mine"}


@pytest.mark.parametrize("name", ["a_view", "a_view_camera", "x_top_coco", "manifest"])
def test_a_room_is_not_named_like_another_file(requests, renderer, tmp_path, capsys, name):
    requests.write_text(requests.read_text().replace('"b-2"', json.dumps(name)))
    assert make(requests, tmp_path / "out", "--renderer", renderer) == 2
    said = capsys.readouterr().err
    assert f"line 4: {name}.json is " in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_what_rooms_share_lies_beside_them_or_is_refused(requests, renderer, tmp_path, capsys):
    """As the pictures of materials that USD files name."""
    assert make(requests, tmp_path / "out", "--renderer", f"{renderer} --shares oak") == 0
    assert (tmp_path / "out" / "textures" / "oak.png").read_text() == "oak"
    assert make(requests, tmp_path / "tar", "--renderer", f"{renderer} --shares oak", "--as", "webdataset") == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert "textures/oak.png" in said
    assert "--as files" in said


def test_long_names_are_whole_in_a_shard(tmp_path):
    name = "room-" + "x" * 300
    (tmp_path / "rooms.tar").write_bytes(tar_of({name: {".json": b"{}", "_view.png": b"p"}}))
    (sample,) = webdataset.WebDataset(str(tmp_path / "rooms.tar"), shardshuffle=False)
    assert (sample["__key__"], sample["json"], sample["view.png"]) == (name, b"{}", b"p")


def test_a_full_disk_in_the_middle_is_one_line_and_the_next_run_goes_on(requests, tmp_path, capsys):
    out = tmp_path / "out"
    assert make(requests, tmp_path / "whole") == 0
    whole = contents(tmp_path / "whole")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    few = sorted(len(data) for name, data in whole.items() if name != MANIFEST)[2]
    resource.setrlimit(resource.RLIMIT_FSIZE, (max(few, len(whole[MANIFEST])), limits[1]))
    capsys.readouterr()
    try:
        assert make(requests, out) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    said = capsys.readouterr().err
    assert "cannot be written" in said
    assert said.count("\n") == 1
    left = contents(out)
    assert MANIFEST in left
    assert len(left) < len(whole)
    assert left.items() <= whole.items(), "nothing is half written"
    assert make(requests, out) == 0
    assert contents(out) == whole


@pytest.fixture(scope="module")
def bucket():
    """A bucket of an S3 server on this computer; what s3fs needs to find it is in the environment."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "the-key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "the-secret")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        import s3fs

        s3fs.S3FileSystem.clear_instance_cache()
        files = s3fs.S3FileSystem()
        files.mkdir("rooms")
        yield files
    server.stop()


@pytest.mark.parametrize("layout", ["files", "webdataset"])
def test_a_bucket_holds_the_same_bytes(bucket, requests, renderer, tmp_path, layout, capsys):
    words = ("--renderer", renderer, "--as", layout)
    assert make(requests, f"s3://rooms/{layout}", *words) == 0
    assert make(requests, tmp_path / "out", *words) == 0
    local = contents(tmp_path / "out")
    bucket.invalidate_cache()
    found = {path.rpartition("/")[2]: bucket.cat_file(path) for path in bucket.ls(f"rooms/{layout}", detail=False)}
    assert found == local
    capsys.readouterr()
    assert make(requests, f"s3://rooms/{layout}", *words) == 0
    assert "5 of 5 rooms, 0 new" in capsys.readouterr().err
    assert not any(b"the-secret" in data or b"the-key" in data for data in found.values())


def test_a_bucket_that_is_not_there_is_one_line(bucket, requests, capsys):  # noqa: ARG001
    assert make(requests, "s3://nowhere/out") == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "s3://nowhere/out cannot be written" in said
    assert "the-secret" not in said
    with pytest.raises(InstructSceneError, match="cannot be written"):
        Results("s3://nowhere/out").write("a.json", b"{}")
