"""The batch as it is run: Blender's Python module in a process of its own, with the installed extension."""

import importlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STEPS = {"steps": [3, 2]}
FIRST = {"id": "a", "text": "Put a desk to the right of a single bed.", "variations": 2, **STEPS}
SECOND = {"id": "b", "text": "A wardrobe.", "seed": 5, **STEPS}


@pytest.fixture(scope="module")
def user(tmp_path_factory):
    """A user folder in which the extension is installed."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "extensions" / "user_default").mkdir(parents=True)
    (folder / "extensions" / "user_default" / "instructscene").symlink_to(ROOT, target_is_directory=True)
    return folder


@pytest.fixture
def command(user, tmp_path):
    """A function that gives the command line and its environment."""

    def make(*requests, user=user, **variables):
        lines = [item if isinstance(item, str) else json.dumps(item) for item in requests]
        (tmp_path / "requests.jsonl").write_text("\n".join(lines))
        files = ["--requests", "requests.jsonl", "--out", "out"]
        environment = {**os.environ, "BLENDER_USER_RESOURCES": str(user), "OMP_NUM_THREADS": "1", **variables}
        return [sys.executable, str(ROOT / "addon" / "batch.py"), "--", *files], environment

    return make


@pytest.fixture
def batch(command, tmp_path):
    """A function that runs a batch; gives its exit code and its own lines on standard error."""

    def run(*requests, options=(), **keys):
        words, environment = command(*requests, **keys)
        done = subprocess.run(
            [*words, *options], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        return done.returncode, [line for line in done.stderr.splitlines() if line.strip()]

    return run


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def stamps(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_two_requests_with_pictures_and_files_and_again(batch, tmp_path):
    options = ["--render", "--save", "blend", "--resolution", "32", "--samples", "1"]
    code, lines = batch(FIRST, SECOND, options=options)
    assert code == 0, lines
    assert [line.split(":")[0] for line in lines if line.startswith("[")] == ["[1/2] a", "[2/2] b"]
    out = tmp_path / "out"
    endings = (".blend", ".json", "_top.png", "_view.png")
    assert names(out) == sorted(f"{name}{ending}" for name in ("a", "a_1", "b") for ending in endings)
    scene = json.loads((out / "a_1.json").read_text())
    assert (scene["provenance"]["seed"], scene["provenance"]["settings"]["steps"]) == (1, [3, 2])

    whole = stamps(out)
    for name in ("a_1_top.png", "b.json"):
        (out / name).unlink()
    (out / "mine.txt").write_text("mine")
    code, lines = batch(FIRST, SECOND, options=options)
    assert code == 0, lines
    (out / "mine.txt").unlink()
    again = stamps(out)
    assert set(again) == set(whole)
    assert {name for name in whole if whole[name] != again[name]} == {"a_1_top.png", "b.json"}

    code, lines = batch(FIRST, SECOND, options=options)
    assert code == 0
    assert sum("complete already" in line for line in lines) == 2
    assert stamps(out) == again

    code, lines = batch({**FIRST, "seed": 7}, SECOND)
    assert (code, len(lines)) == (2, 1)
    assert "a.json was made for another request" in lines[0]
    assert stamps(out) == again


@pytest.mark.parametrize(
    ("second", "options", "words"),
    [
        ('{"id": "b", "text": "a", "room": "kitchen"}', (), "requests.jsonl, line 2"),
        ({**SECOND, "id": "a_1"}, (), "Two results would be named a_1.json"),
        (SECOND, ("--samples", "0"), "--samples"),
        (SECOND, ("--requests", "no.jsonl"), "Cannot read"),
    ],
)
def test_bad_input_makes_nothing(extension, tmp_path, capsys, second, options, words):
    requests = tmp_path / "requests.jsonl"
    requests.write_text("\n".join(item if isinstance(item, str) else json.dumps(item) for item in (FIRST, second)))
    main = importlib.import_module(f"{extension.__name__}.addon.batch").main
    try:
        code = main(["--requests", str(requests), "--out", str(tmp_path / "out"), *options])
    except SystemExit as end:
        code = end.code
    lines = capsys.readouterr().err.splitlines()
    assert (code, len(lines)) == (2, 1)
    assert words in lines[0]
    assert not (tmp_path / "out").exists()


def test_without_the_extension_one_line_says_how_to_install_it(batch, tmp_path):
    code, lines = batch(SECOND, user=tmp_path / "nobody")
    assert (code, len(lines)) == (2, 1)
    assert "extension install-file" in lines[0]
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_told_once(batch, tmp_path):
    (tmp_path / "out").write_text("mine")
    code, lines = batch(FIRST, SECOND)
    assert (code, len(lines)) == (1, 1)
    assert "choose another folder" in lines[0]
    assert (tmp_path / "out").read_text() == "mine"


def test_a_full_disk_is_told_once_and_leaves_what_is_there(command, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.json").write_text("old")
    words, environment = command(FIRST, SECOND)
    limited = ["prlimit", "--fsize=100000", *words]
    done = subprocess.run(
        limited, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    (line,) = [line for line in done.stderr.splitlines() if line.strip()]
    assert done.returncode == 1
    assert "Free some space" in line
    assert names(tmp_path / "out") == ["old.json"]


def test_one_failing_scene_does_not_stop_the_others(batch, tmp_path):
    (tmp_path / "out" / "a.blend").mkdir(parents=True)  # a folder stands where the file should be
    code, lines = batch({**FIRST, "variations": 1}, SECOND, options=["--save", "blend"])
    reports = [line for line in lines if line.startswith("[")]
    assert code == 1
    assert "[1/2] a: failed" in reports[0]
    assert "a.blend" in reports[0]
    assert "[2/2] b: " in reports[1]
    assert names(tmp_path / "out") == ["a.blend", "a.json", "b.blend", "b.json"]


def test_one_request_that_cannot_be_done_does_not_stop_the_others(batch, tmp_path):
    bed = {"id": "b", "category": "double_bed", "position": [0, 0, 0.5], "size": [1.8, 2, 1], "yaw": 0}
    scene = {"version": 1, "room_type": "bedroom", "objects": [bed]}
    too_many = {"id": "toomany", "task": "complete", "add": 20, "scene": scene, "instruction": "", **STEPS}
    third = {"id": "three", "room": "livingroom", "instruction": "A sofa.", **STEPS}
    code, lines = batch({**FIRST, "variations": 1}, too_many, third)
    reports = [line for line in lines if line.startswith("[")]
    assert code == 1
    assert [line.partition(":")[0] for line in reports] == ["[1/3] a", "[2/3] toomany", "[3/3] three"]
    assert "20 new objects" in reports[1]
    assert names(tmp_path / "out") == ["a.json", "three.json"]


RAW_ONLY = """
ocio_profile_version: 1
search_path: ""
roles: {default: raw, scene_linear: raw, data: raw, reference: raw, default_byte: raw, default_float: raw}
displays:
  None:
    - !<View> {name: Raw, colorspace: raw}
active_displays: [None]
active_views: [Raw]
colorspaces:
  - !<ColorSpace>
    name: raw
    family: raw
    bitdepth: 32f
    isdata: false
"""


def test_a_studios_colours_without_agx_give_a_picture(batch, tmp_path):
    (tmp_path / "config.ocio").write_text(RAW_ONLY)
    options = ["--render", "--resolution", "32", "--samples", "1"]
    code, lines = batch({**FIRST, "variations": 1}, options=options, OCIO=str(tmp_path / "config.ocio"))
    assert code == 0, lines
    assert names(tmp_path / "out") == ["a.json", "a_top.png", "a_view.png"]


def test_the_worker_is_killed_in_the_middle(command, tmp_path):
    long = {**SECOND, "id": "long", "variations": 100, "steps": [100, 100]}
    words, environment = command(long, SECOND)
    process = subprocess.Popen(words, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    worker = wait_for_child(process.pid)
    os.kill(worker, signal.SIGKILL)
    _, stderr = process.communicate(timeout=300)
    reports = [line for line in stderr.splitlines() if line.startswith("[")]
    assert process.returncode == 1
    assert "[1/2] long: failed" in reports[0]
    assert "worker ended" in reports[0]
    assert "[2/2] b: " in reports[1]
    assert "failed" not in reports[1]
    assert names(tmp_path / "out") == ["b.json"]


def wait_for_child(pid, words="worker/main.py"):
    """The process id of a process's child with these words in its command line, once it is there."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        found = subprocess.run(
            ["pgrep", "-P", str(pid), "-f", "--", words], capture_output=True, text=True, check=False
        )
        if found.stdout.strip():
            return int(found.stdout.split()[0])
        time.sleep(0.1)
    raise AssertionError(f"no child has {words} in its command line")


def furniture(name, category, asset, x):
    size = [1.0, 0.8, 0.6]
    return {"id": name, "category": category, "asset": asset, "position": [x, 0, 0.3], "size": size, "yaw": 0.3}


@pytest.fixture
def rooms(tmp_path):
    """A folder of three scene files, the furniture of one of which is in no catalogue."""
    folder = tmp_path / "rooms"
    folder.mkdir()
    entries = json.loads((ROOT / "instructscene_core" / "starter" / "catalogue.json").read_text("utf-8"))["entries"]
    desk = next(entry["id"] for entry in entries if entry["category"] == "desk")
    for name, asset in (("one", desk), ("two", desk), ("box", None)):
        items = [furniture("a", "desk", asset, len(name)), furniture("b", "desk", asset, -1)]
        scene = {"version": 1, "room_type": "bedroom", "objects": items}
        (folder / f"{name}.json").write_text(json.dumps(scene))
    return folder


SMALL = ("--render", "top", "--resolution", "48", "--samples", "2")


def of_scenes(command, rooms, out):
    """The command line that has pictures of rooms made, and its environment."""
    words, environment = command()
    return [*words[:3], "--scenes", str(rooms), "--out", out, *SMALL], environment


@pytest.fixture
def pictures(command, rooms, tmp_path):
    """A function that has pictures of the rooms made; gives the exit code and the lines on standard error."""

    def run(out, *options):
        words, environment = of_scenes(command, rooms, out)
        done = subprocess.run(
            [*words, *options], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        return done.returncode, [line for line in done.stderr.splitlines() if line.strip()]

    return run


def contents_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_two_processes_make_the_pictures_that_one_makes(pictures, tmp_path):
    code, lines = pictures("two", "--workers", "2")
    assert code == 0, lines
    assert [line.split()[0] for line in lines if line.startswith("[")] == ["[1/3]", "[2/3]", "[3/3]"]
    assert {line.split()[1] for line in lines if line.startswith("[")} == {"one:", "two:", "box:"}
    assert names(tmp_path / "two") == ["box_top.png", "one_top.png", "two_top.png"]
    code, lines = pictures("one")
    assert code == 0, lines
    assert contents_of(tmp_path / "one") == contents_of(tmp_path / "two")

    before = stamps(tmp_path / "two")
    (tmp_path / "two" / "one_top.png").unlink()
    code, lines = pictures("two", "--workers", "2")
    assert code == 0, lines
    again = stamps(tmp_path / "two")
    assert {name for name in before if before[name] != again[name]} == {"one_top.png"}
    assert contents_of(tmp_path / "one") == contents_of(tmp_path / "two")


def test_a_share_is_the_part_that_it_says(pictures, tmp_path):
    assert pictures("out", "--share", "2/2")[0] == 0
    assert names(tmp_path / "out") == ["one_top.png"]  # of box, one, two


def test_what_cannot_be_written_by_one_process_is_named(pictures, tmp_path):
    (tmp_path / "out" / "two_top.png").mkdir(parents=True)
    code, lines = pictures("out", "--workers", "2")
    assert code == 1
    assert "two" in lines[-1]
    assert "one" not in lines[-1]
    assert names(tmp_path / "out") == ["box_top.png", "one_top.png", "two_top.png"]


def test_a_bad_scene_is_named_before_anything_is_made(pictures, rooms, tmp_path):
    (rooms / "third.json").write_text("{}")
    code, lines = pictures("out", "--workers", "2")
    assert (code, len(lines)) == (2, 1)
    assert "third.json" in lines[0]
    assert not (tmp_path / "out").exists()


def test_scenes_and_requests_exclude_each_other(pictures, tmp_path):
    code, lines = pictures("out", "--requests", "requests.jsonl")
    assert (code, len(lines)) == (2, 1)
    assert "--requests" in lines[0]
    assert not (tmp_path / "out").exists()


@pytest.fixture
def sharing(command, rooms, tmp_path):
    """A parent whose two children have just been started."""
    words, environment = of_scenes(command, rooms, "out")
    process = subprocess.Popen(
        [*words, "--workers", "2"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    )
    return process, [wait_for_child(process.pid, f"--share {k}/2") for k in (1, 2)]


def test_the_others_go_on_where_a_process_dies(sharing, tmp_path):
    process, (first, _) = sharing
    os.kill(first, signal.SIGKILL)
    _, stderr = process.communicate(timeout=300)
    lines = stderr.splitlines()
    assert process.returncode == 1
    assert lines[-1].startswith("Not complete: box, two. ")
    assert names(tmp_path / "out") == ["one_top.png"]


def test_ctrl_c_ends_all_processes(sharing):
    process, children = sharing
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


def test_it_tells_its_version(command, tmp_path):
    """As a run on many computers asks for it, whatever its other options."""
    words, environment = command()
    done = subprocess.run(
        [*words, "--render", "--version"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    version = re.search(r'^version = "(.+)"', (ROOT / "blender_manifest.toml").read_text(), re.MULTILINE)[1]
    assert re.search(rf"^InstructScene {re.escape(version)}, Blender \d+\.\d+\.\d+", done.stdout, re.MULTILINE)
    assert not (tmp_path / "out").exists()


def test_it_is_the_renderer_of_the_paper_s_tables(user, tmp_path):
    """``evaluate --table 1`` with pictures of made rooms and of those that they are compared with."""
    renderer = f"{sys.executable} {ROOT / 'addon' / 'batch.py'} -- --samples 1"
    options = ["--table", "1", "--methods", "starter", "--data", "starter:20", "--rooms", "bedroom", "--workers", "1"]
    options += ["--count", "2", "--seeds", "1", "--device", "cpu", "--out", "paper", "--renderer", renderer]
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(user), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    environment["INSTRUCTSCENE_CACHE"] = str(tmp_path / "cache")
    done = subprocess.run(
        [sys.executable, "-m", "instructscene_core", "evaluate", *options],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# Rooms from instructions")
    rows = json.loads((tmp_path / "paper" / "table1.json").read_text())["rooms"]["bedroom"]["generation"]
    assert rows["the product's networks, plain"]["pictures"] == 2
    assert rows["the product's networks, plain"]["FD(EfficientNet-Lite0)"] > 0
    assert (tmp_path / "paper" / "table1-bedroom.png").is_file()
