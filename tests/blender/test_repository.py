"""Our repository in each Blender, from a web server on this machine; skipped where a Blender is not named.

The variables are those of matrix.py. The zips are without torch, to keep them small: the worker's Python is this one,
which has torch, or in the real Blender its own.
"""

import functools
import http.server
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))  # the tool is no installed package

from builder.repository import make_repository

SPEC = importlib.util.spec_from_file_location("matrix", Path(__file__).with_name("matrix.py"))
matrix = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(matrix)
WORK = matrix.WORK.with_name("repository-test")
"""Relative to the project, as Blender in a chroot sees it."""
STEPS = ("add", "install", "generate", "update", "again", "uninstall")


def tool():
    """Blender's tool in the module of this Python."""
    found = importlib.util.find_spec("bpy")
    files = [] if found is None else sorted(Path(found.origin).parent.rglob("bl_pkg/cli/blender_ext.py"))
    if not files:
        pytest.skip("this Python has no bpy, whose tool lists the zips")
    return [sys.executable, files[-1]]


@cache
def first_zip():
    return matrix.build("none").resolve()


def next_zip(folder):
    """The zip as the next version."""
    path = folder / first_zip().name.replace("-0.1.0-", "-0.1.1-")
    with zipfile.ZipFile(first_zip()) as old, zipfile.ZipFile(path, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "blender_manifest.toml":
                data = data.replace(b'version = "0.1.0"', b'version = "0.1.1"', 1)
            new.writestr(info, data)
    return path


@pytest.fixture(scope="module")
def releases():
    """The repository with the first release, and with the next one."""
    folder = matrix.ROOT / WORK
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make_repository([first_zip()], folder / "first", tool())
    shutil.copytree(folder / "first", folder / "next")
    make_repository([next_zip(folder)], folder / "next", tool())
    yield folder
    shutil.rmtree(folder)


@contextmanager
def served(folder):
    """The address of a folder on this machine, and what was asked for."""
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, _form, *words):
            asked.append(words[0])

    handler = functools.partial(Handler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/index.json", asked
        finally:
            server.shutdown()


@pytest.mark.parametrize("case", matrix.CASES, ids=lambda case: case.version)
def test_install_update_and_removal_by_its_address(case, releases):
    if not case.command():
        pytest.skip(f"{case.variable} names no program")
    place = releases / "served"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(releases / "first" / "no-torch", place)
    out = matrix.WORK / f"repository-{case.version}"
    python = "own" if case.runtime == "none" else sys.executable
    with served(place) as (address, asked):
        folders = (WORK / "served", WORK / "next" / "no-torch", out)
        script = ["tests/blender/repository_steps.py", "--", address, *map(str, folders), python]
        outcome = matrix.run_steps(case, out, script)
    assert not outcome.failure, outcome.failure
    assert tuple(outcome.seconds) == STEPS
    assert outcome.version.startswith(case.version)
    zips = [line.split()[1].rpartition("-no-torch")[0].split("-")[1] for line in asked if ".zip" in line]
    assert zips == ["0.1.0", "0.1.1"], "each is fetched once"


def test_the_program_blender_writes_the_same_list(releases):
    case = next(case for case in matrix.CASES if case.runtime == "none")
    if not case.command():
        pytest.skip(f"{case.variable} names no program")
    place = releases / "by-blender"
    shutil.copytree(releases / "next" / "no-torch", place)
    ours = json.loads((place / "index.json").read_text())
    (place / "index.json").unlink()
    words = [*case.command()[:-4], "--factory-startup", "--command", "extension"]
    folder = os.path.relpath(place, matrix.ROOT)
    for command in (
        ["server-generate", "--repo-dir", folder],
        ["validate", f"{folder}/{next(place.glob('*.zip')).name}"],
    ):
        subprocess.run([*words, *command], cwd=matrix.ROOT, check=True, capture_output=True, timeout=300)
    assert json.loads((place / "index.json").read_text()) == ours
