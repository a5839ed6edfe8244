"""The extension as Blender enables it, in a user folder of its own, with the real worker and the real weights."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for what tests share
ROOT = Path(__file__).resolve().parents[2]
NAME = "bl_ext.user_default.instructscene"
os.environ["BLENDER_USER_RESOURCES"] = tempfile.mkdtemp(prefix="instructscene-user-")  # read when bpy is first imported

bpy = pytest.importorskip("bpy", reason="these tests need Blender's Python module")
import addon_utils  # noqa: E402  (Blender's own, found once bpy is imported)
from helpers import look  # noqa: E402

_STATUS = []


def pytest_sessionfinish(exitstatus):
    _STATUS.append(int(exitstatus))


def pytest_unconfigure():
    """Ends the process once all is told: Blender as a module sometimes waits for ever for a thread of its own."""
    sys.stdout.flush()
    sys.stderr.flush()
    if _STATUS:
        os._exit(_STATUS[0])


@pytest.fixture(scope="session")
def extension():
    """The enabled extension's package: ``extension.addon.session`` and so on."""
    folder = Path(os.environ["BLENDER_USER_RESOURCES"]) / "extensions" / "user_default"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "instructscene").symlink_to(ROOT, target_is_directory=True)
    bpy.ops.extensions.repo_refresh_all()
    assert addon_utils.enable(NAME, default_set=True) is not None
    preferences().device = "cpu"
    yield sys.modules[NAME]
    addon_utils.disable(NAME, default_set=True)


@pytest.fixture
def blend(extension):
    """An empty file; the worker of the test before stays warm. Gives the extension's package."""
    empty_file()
    yield extension
    extension.addon.session.SESSION.cancel()


def preferences():
    """The add-on's preferences."""
    return bpy.context.preferences.addons[NAME].preferences


def empty_file():
    """Takes everything out of the open file but its scene, whose inputs go back to their defaults."""
    for collection in list(bpy.data.collections):
        bpy.data.collections.remove(collection)
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    for scene in list(bpy.data.scenes)[1:]:
        bpy.data.scenes.remove(scene)
    for library in list(bpy.data.libraries):
        bpy.data.libraries.remove(library)
    bpy.data.orphans_purge(do_recursive=True)
    scene = bpy.context.scene
    for key in scene.instructscene.bl_rna.properties:
        if not key.is_readonly:
            scene.instructscene.property_unset(key.identifier)
    scene.unit_settings.system, scene.unit_settings.scale_length = "METRIC", 1.0
    scene.cursor.location = (0.0, 0.0, 0.0)


@pytest.fixture
def settings(blend):  # noqa: ARG001  (an empty file first)
    """The panel's inputs, set to few steps."""
    inputs = bpy.context.scene.instructscene
    inputs.instruction = "Put a nightstand to the left of a double bed."
    inputs.steps_prior, inputs.steps_decoder = 4, 2
    return inputs


@pytest.fixture
def session(blend):
    """What the add-on is doing."""
    return blend.addon.session.SESSION


@pytest.fixture
def contents():
    """A function that tells all that the open file holds, to compare before and after."""
    return _contents


def _contents():
    return {
        "blocks": {
            name: sorted(block.name_full for block in getattr(bpy.data, name))
            for name in ("collections", "images", "lights", "materials", "meshes", "node_groups", "scenes")
        },
        "objects": {obj.name_full: look(obj) for obj in bpy.data.objects},
        "selected": sorted(obj.name for obj in bpy.context.selected_objects),
    }
