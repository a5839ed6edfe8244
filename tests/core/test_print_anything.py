"""Paths in any script are printed by every command line, whatever the encoding of its output."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["cp1252", "ascii"])
def run(request):
    def call(*words):
        env = os.environ | {"PYTHONIOENCODING": request.param}
        return subprocess.run([sys.executable, *map(str, words)], cwd=ROOT, env=env, capture_output=True, check=False)

    return call


def test_the_command_line_prints_results_and_refusals(run, tmp_path):
    folder = tmp_path / "室"
    folder.mkdir()
    rows = [{"id": "mine/1", "category": "desk", "size": [1, 1, 1]}]
    (folder / "catalogue.json").write_text(json.dumps({"version": 1, "entries": rows}))
    words = ("-m", "instructscene_core", "generate", "--no-settle", "--steps", "1", "1", "--out", folder / "out")
    done = run(*words, "--room", "bedroom", "--catalogue", folder)
    assert (done.returncode, (folder / "out" / "scene.json").is_file()) == (0, True)
    assert b"\\u5ba4" in done.stdout
    assert b"Traceback" not in done.stderr
    refused = run(*words, "--scene", folder / "none.json")
    assert refused.returncode == 2
    assert b"\\u5ba4" in refused.stderr


def test_the_build_tool_prints_refusals(run):
    done = run("build.py", "gallery", "室")
    assert done.returncode == 2
    assert b"\\u5ba4" in done.stderr
