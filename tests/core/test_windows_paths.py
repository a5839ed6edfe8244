"""Every path of every zip for Windows is short enough where Blender unpacks it, and no licence gets lost over it."""

import base64
import csv
import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # the tool is no installed package

from builder import package, wheels, windows_paths  # noqa: E402
from builder.common import BuildError  # noqa: E402
from builder.release import kinds  # noqa: E402

RECORDED = Path(__file__).with_name("wheel_paths.json")
"""The longest paths of wheels that few machines have gathered; this file, run as a program, writes it."""
RECORDED_FROM = 120
"""Paths of more characters are recorded; shorter ones always fit."""
INFO = "deep-1.0.dist-info"
LICENCE = f"{INFO}/licenses/{'third_party/' * 11}LICENSE.txt"
TEST = f"deep/{'sub/' * 30}tests/test_it.py"
HEADER = f"deep/include/{'sub/' * 30}it.h"
CODE = f"deep/{'sub/' * 35}it.py"
FILES = {
    "deep/__init__.py": b"x = 1\n",
    LICENCE: b"MIT",
    TEST: b"",
    HEADER: b"",
    f"{INFO}/WHEEL": b"Wheel-Version: 1.0\n",
}


def for_windows():
    """The wheels of all zips for Windows."""
    pins = wheels.read_pins()
    made = [kind for kind in kinds((), (), wheels.RUNTIMES) if kind.platform.startswith("windows-")]
    return sorted({pin for kind in made for pin in wheels.needed(pins, *kind)})


def write_wheel(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{INFO}/licenses/third_party/", "")
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr(f"{INFO}/RECORD", "".join(f"{name},sha256=no,1\n" for name in files))
    return path


@pytest.fixture
def wheel(tmp_path):
    return write_wheel(tmp_path / "deep-1.0-py3-none-any.whl", FILES)


def contents(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_limit_is_that_of_windows_for_a_name_of_20_characters():
    assert windows_paths.SITE_PACKAGES.startswith("C:\\Users\\" + 20 * "u" + "\\AppData\\Roaming\\Blender Foundation\\")
    room = 259 - len(windows_paths.SITE_PACKAGES) - 1
    folder = "a" * (room - 13)
    assert windows_paths.too_long([f"{folder}/{'b' * 12}"]) == []
    assert windows_paths.too_long([f"{folder}/{'b' * 13}"]) == [f"{folder}/{'b' * 13}"]
    assert windows_paths.too_long([f"{folder}a/b"]) == []
    assert windows_paths.too_long([f"{folder}aa/b"]) == [f"{folder}aa/b"], "a folder may have 247"


@pytest.mark.parametrize("pin", for_windows(), ids=lambda pin: pin.file)
def test_no_wheel_for_windows_has_a_path_too_long(pin, tmp_path):
    recorded = json.loads(RECORDED.read_text())[pin.file]
    assert recorded["sha256"] == pin.sha256, "a new wheel: run this file with all wheels for Windows gathered"
    long = recorded["paths"]
    path = wheels.WHEELS / pin.file
    if path.is_file():
        wheels.check(path, pin)
        with zipfile.ZipFile(path) as archive:
            assert longest(archive.namelist()) == long
    # What is recorded stands for the wheel: nothing else of it could be too long.
    assert len(windows_paths.SITE_PACKAGES) + 1 + RECORDED_FROM <= 247
    stand_in = write_wheel(tmp_path / pin.file, dict.fromkeys(long, b""))
    windows_paths.check_paths([], [windows_paths.shorten(stand_in, tmp_path / "made")])


def test_torch_is_the_one_that_needs_it():
    recorded = json.loads(RECORDED.read_text())
    needing = {name.partition("-")[0] for name, wheel in recorded.items() if windows_paths.too_long(wheel["paths"])}
    assert needing == {"torch"}


def test_the_extensions_own_paths_are_short_enough():
    names = [pin.file for pin in for_windows()]
    windows_paths.check_paths(["blender_manifest.toml", *package.sources()], [])
    assert windows_paths.too_long((f"wheels/{name}" for name in names), windows_paths.OWN_FOLDER) == []


def test_a_wheel_that_fits_is_taken_as_it_is(tmp_path):
    wheel = write_wheel(tmp_path / "flat-1.0-py3-none-any.whl", {"flat.py": b""})
    assert windows_paths.shorten(wheel, tmp_path / "made") == wheel
    assert not (tmp_path / "made").exists()


def test_licences_travel_under_short_names_and_all_else_is_as_it_was(tmp_path, wheel):
    made = windows_paths.shorten(wheel, tmp_path / "made")
    new = contents(made)
    short = f"{INFO}/licenses/short"
    assert new.pop(f"{short}/1.txt") == b"MIT"
    index = new.pop(f"{short}/INDEX.txt").decode()
    record = new.pop(f"{INFO}/RECORD").decode()
    assert new == {name: data for name, data in FILES.items() if name not in (LICENCE, TEST, HEADER)}
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() in index
    assert index.splitlines()[3:] == [f"1.txt  {LICENCE}", f"left out  {HEADER}", f"left out  {TEST}"]
    for name, told, size in csv.reader(io.StringIO(record)):
        data = contents(made)[name]
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        assert [told, size] == ([f"sha256={digest}", str(len(data))] if not name.endswith("RECORD") else ["", ""])
    assert len(record.splitlines()) == len(contents(made))


def test_equal_wheels_give_equal_bytes_and_are_made_once(tmp_path, wheel):
    made = windows_paths.shorten(wheel, tmp_path / "a")
    date = made.stat().st_mtime_ns
    assert windows_paths.shorten(wheel, tmp_path / "a").stat().st_mtime_ns == date
    assert windows_paths.shorten(wheel, tmp_path / "b").read_bytes() == made.read_bytes()


@pytest.mark.parametrize("name", ["deep/__init__.py", f"{INFO}/RECORD", f"{INFO}/licenses/short/1.txt", "more.py"])
def test_what_was_made_otherwise_is_made_again(tmp_path, wheel, name):
    made = windows_paths.shorten(wheel, tmp_path / "made")
    right = made.read_bytes()
    files = contents(made) | {name: b"other"}
    with zipfile.ZipFile(made, "w") as archive:
        for key, data in files.items():
            archive.writestr(key, data)
    assert windows_paths.shorten(wheel, tmp_path / "made").read_bytes() == right
    made.write_bytes(b"cut off")
    assert windows_paths.shorten(wheel, tmp_path / "made").read_bytes() == right


def test_what_may_be_needed_is_refused_and_named(tmp_path):
    wheel = write_wheel(tmp_path / "deep-1.0-py3-none-any.whl", FILES | {CODE: b""})
    with pytest.raises(
        BuildError, match=r"sub/it\.py of deep-1\.0.* would have \d+ characters on Windows.*Pin another"
    ):
        windows_paths.shorten(wheel, tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_a_zip_with_too_long_a_path_is_refused_and_the_longest_is_named(tmp_path, wheel):
    with pytest.raises(
        BuildError, match=r"^deep-1\.0\.dist-info/.*/LICENSE\.txt of deep-1\.0.* 2 more are too long\. Shorten it: 259"
    ):
        windows_paths.check_paths(["__init__.py"], [wheel])
    name = f"addon/{'sub/' * 50}a.py"
    with pytest.raises(
        BuildError, match=r"^addon/.*/a\.py of the extension would have \d{3} characters on Windows\. Sh"
    ):
        windows_paths.check_paths([name], [])
    no_wheel = tmp_path / "no.whl"
    no_wheel.write_bytes(b"")
    with pytest.raises(BuildError, match="is no wheel"):
        windows_paths.shorten(no_wheel, tmp_path)


@pytest.mark.parametrize(("platform", "shortened"), [("windows-x64", True), ("linux-x64", False)])
def test_the_zip_for_windows_is_packed_with_what_fits(monkeypatch, tmp_path, wheel, platform, shortened):
    monkeypatch.setattr(package, "BUILD", tmp_path / "build")
    monkeypatch.setattr(package, "VENV", tmp_path / "no-venv")
    monkeypatch.setattr(package, "gather", lambda *_: [wheel])
    monkeypatch.setattr(package, "shorten", lambda path: windows_paths.shorten(path, tmp_path / "made"))
    monkeypatch.setattr(package, "sources", lambda: ["__init__.py"])
    made = contents(package.make_zip(platform, "cp311", "none"))[f"wheels/{wheel.name}"]
    assert (made != wheel.read_bytes()) == shortened


def longest(names):
    """The paths that are recorded of a wheel."""
    return sorted(name for name in names if len(name) > RECORDED_FROM and not name.endswith("/"))


def main():
    """Records the paths of all wheels for Windows; each must have been gathered."""
    found = {}
    for pin in for_windows():
        with zipfile.ZipFile(wheels.WHEELS / pin.file) as archive:
            found[pin.file] = {"sha256": pin.sha256, "paths": longest(archive.namelist())}
    RECORDED.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
