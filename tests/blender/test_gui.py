"""Each button of the panel in a real Blender window of 1280 x 800, pressed by the mouse; undo and redo by keyboard.

    INSTRUCTSCENE_BLENDER="PREFIX" pytest tests/blender/test_gui.py -rP

PREFIX are the words that run a command, in this project's folder, on the system that has Blender: such as those of a
container. Empty where Blender is installed here. Screenshots are left in build/gui.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "gui"
VARIABLE = "INSTRUCTSCENE_BLENDER"
NEEDED = ("blender", "xvfb-run", "xdotool", "import")
OPEN_PANELS = [f"INSTRUCTSCENE_PT_{name}" for name in ("generate", "edit", "render", "result")]
"""Those that an artist has open while a room is there; of each the median of the times that it took to draw."""


@pytest.fixture(scope="module")
def prefix():
    """The words before a command that runs where Blender is."""
    if VARIABLE not in os.environ:
        pytest.skip(f"{VARIABLE} does not say how to run a command where Blender is")
    words = shlex.split(os.environ[VARIABLE])
    probe = [*words, "sh", "-c", " && ".join(f"command -v {name}" for name in NEEDED)]
    try:
        found = subprocess.run(probe, cwd=ROOT, capture_output=True, check=False)
    except OSError as error:
        pytest.skip(f"{words[0]} cannot be started: {error}")
    if found.returncode:
        pytest.skip(f"one of {', '.join(NEEDED)} is missing there")
    return words


@pytest.fixture(scope="module")
def package():
    """The extension without torch, which that Blender's Python brings."""
    built = subprocess.run(
        [sys.executable, "build.py", "zip", "--runtime", "none"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return Path(built.stdout.splitlines()[-1]).resolve().relative_to(ROOT)


def test_a_room_by_mouse(prefix, package):
    command = [*prefix, "bash", "tests/blender/gui_run.sh", str(package), str(OUT.relative_to(ROOT))]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=2400, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    seen = json.loads((OUT / "result.json").read_text())
    assert seen["outcome"] == "passed", seen["outcome"]
    assert {"Planning the room", "Arranging furniture", "Placing furniture"} <= set(seen["labels"])
    assert seen["longest_tick"] <= 0.1, seen["longest_tick_label"]
    assert seen["draws"]["WINDOW"] == 0, "progress leaves the viewport alone"
    assert seen["draws"]["UI"] > 0
    assert not seen["moved"], "a button moved under the pointer that had pressed it"
    whole = sum(seen["drawn_ms"][name] for name in OPEN_PANELS)
    assert whole < 1.0, seen["drawn_ms"]
    assert max(seen["previews"]) <= 0.03, "what the mouse points at is shown at once"
    assert len(list(OUT.glob("*.png"))) >= 20
    print(f"longest tick {1000 * seen['longest_tick']:.0f} ms, {seen['longest_tick_label']}")  # noqa: T201
    print(f"panels drawn in {whole:.2f} ms: {seen['drawn_ms']}")  # noqa: T201
    print(f"seconds of jobs: {seen['seconds']}")  # noqa: T201
    print("\n".join(seen["steps"]))  # noqa: T201
