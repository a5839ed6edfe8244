"""Runs inside one Blender: the zip is installed, used and removed as a person would. See matrix.py.

``blender -b -P matrix_steps.py -- ZIP OUT`` or, with the Python module, ``python matrix_steps.py -- ZIP OUT``; writes
OUT/result.json, also where a step fails.
"""

import importlib
import json
import sys
import time
import traceback
from pathlib import Path

import bpy

ZIP, OUT = (Path(word).resolve() for word in sys.argv[sys.argv.index("--") + 1 :])
REPOSITORY = "user_default"
NAME = f"bl_ext.{REPOSITORY}.instructscene"
addon_utils = importlib.import_module("addon_utils")


def home():
    """The folder in which user extensions lie."""
    return Path(bpy.utils.user_resource("EXTENSIONS"))


def rooms():
    return [obj for obj in bpy.data.objects if "instructscene_scene" in obj]


def looks():
    return {obj["instructscene_id"]: obj.get("instructscene_asset") for obj in rooms()[0].children}


def install():
    bpy.ops.extensions.package_install_files(filepath=str(ZIP), repo=REPOSITORY, enable_on_install=False)
    assert (home() / REPOSITORY / "instructscene" / "blender_manifest.toml").is_file()


def enable():
    bpy.ops.preferences.addon_enable(module=NAME)
    assert addon_utils.check(NAME) == (True, True)
    assert Path(sys.modules[NAME].__file__).is_relative_to(home())
    bpy.context.preferences.addons[NAME].preferences.device = "cpu"
    bpy.ops.ed.undo_push(message="Enabled")


def generate():
    settings = bpy.context.scene.instructscene
    settings.instruction, settings.seed = "Put a nightstand to the left of a double bed.", 0
    settings.steps_prior, settings.steps_decoder = 5, 2
    bpy.ops.ed.undo_push(message="Settings")
    assert bpy.ops.instructscene.generate_room("EXEC_DEFAULT", True) == {"FINISHED"}
    assert len(looks()) > 1


def restyle():
    before = looks()
    for obj in bpy.context.view_layer.objects:
        obj.select_set(obj in list(rooms()[0].children))
    bpy.ops.ed.undo_push(message="Select")
    assert bpy.ops.instructscene.restyle_selection("EXEC_DEFAULT", True) == {"FINISHED"}
    assert set(looks()) == set(before)
    restyle.before, restyle.after = before, looks()


def undo():
    """One step for the restyling, one for selecting, one for the room; and forward again."""
    bpy.ops.ed.undo()
    assert looks() == restyle.before
    bpy.ops.ed.undo()
    assert looks() == restyle.before
    bpy.ops.ed.undo()
    assert not rooms()
    for _ in range(3):
        bpy.ops.ed.redo()
    assert looks() == restyle.after


def wheels():
    """Packages that Blender has unpacked from the extension's wheels."""
    packages = home().glob(".local/lib/*/site-packages/*")
    return sorted(path.name for path in packages if path.is_dir() and path.name != "__pycache__")


def render():
    """A second Blender makes the picture, as where the button is pressed; it touches nothing of the person's."""
    before = wheels()
    assert before
    settings = bpy.context.scene.instructscene
    settings.render_path = str(OUT / "room.png")
    settings.render_resolution, settings.render_samples = 160, 4
    assert bpy.ops.instructscene.render() == {"FINISHED"}
    assert (OUT / "room.png").stat().st_size > 1000
    steps = importlib.import_module(f"{NAME}.addon.studio_process").picture_steps
    pictures = importlib.import_module(f"{NAME}.addon.pictures")
    small = pictures.PictureSettings(resolution=64, samples=1)
    for _ in steps(bpy.context.scene, rooms()[0], OUT / "again.png", small):
        time.sleep(0.01)
    assert (OUT / "again.png").is_file()
    assert wheels() == before


def disable():
    client = importlib.import_module(f"{NAME}.addon.session").SESSION.client
    bpy.ops.preferences.addon_disable(module=NAME)
    assert addon_utils.check(NAME) == (False, False)
    assert not hasattr(bpy.types.Scene, "instructscene")
    assert not client.alive


def uninstall():
    repositories = bpy.context.preferences.extensions.repos
    index = next(k for k, repo in enumerate(repositories) if repo.module == REPOSITORY)
    bpy.ops.extensions.package_uninstall(repo_index=index, pkg_id="instructscene")
    assert not (home() / REPOSITORY / "instructscene").exists()
    assert not wheels(), f"wheels are left: {wheels()}"


STEPS = (install, enable, generate, restyle, undo, render, disable, uninstall)


def main():
    result = {"version": bpy.app.version_string, "python": sys.version.split()[0], "seconds": {}, "failure": ""}
    for step in STEPS:
        start = time.monotonic()
        try:
            step()
        except Exception:  # noqa: BLE001  (whatever goes wrong is the matrix's result)
            result["failure"] = f"{step.__name__}: {traceback.format_exc()}"
            break
        result["seconds"][step.__name__] = round(time.monotonic() - start, 1)
    (OUT / "result.json").write_text(json.dumps(result, indent=1))
    return 1 if result["failure"] else 0


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    sys.exit(main())
