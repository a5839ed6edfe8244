"""Presets of the room's settings: those that come with the extension, and a person's own."""

import ast
from pathlib import Path

import bpy
import pytest
from helpers import module

BUILT_IN = sorted((Path(__file__).parents[2] / "addon" / "presets" / "instructscene").glob("*.py"))
MENU = "INSTRUCTSCENE_PT_presets"


def values():
    inputs = bpy.context.scene.instructscene
    return {name: getattr(inputs, name) for name in ("instruction", "room_type", "variations", "finish", "shell")}


def apply(path):
    return bpy.ops.script.execute_preset(filepath=str(path), menu_idname=MENU)


def test_save_apply_remove(settings):
    settings.instruction, settings.room_type = 'Ein Bett für "uns" \\ 床', "livingroom"
    settings.variations, settings.finish, settings.shell = 3, False, False
    saved = values()
    assert bpy.ops.instructscene.add_preset(name="Unser Zimmer!") == {"FINISHED"}
    path = Path(bpy.utils.user_resource("SCRIPTS", path="presets/instructscene")) / "Unser_Zimmer.py"
    assert path.is_file()
    for key in saved:
        settings.property_unset(key)
    settings.seed = 7
    assert values() != saved
    assert apply(path) == {"FINISHED"}
    assert values() == saved
    assert settings.seed == 7
    assert bpy.ops.instructscene.add_preset(name="Unser_Zimmer", remove_name=True) == {"FINISHED"}
    assert not path.exists()


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("path", BUILT_IN, ids=lambda path: path.stem)
def test_those_that_come_with_the_extension(path):
    folders = bpy.utils.preset_paths("instructscene")
    assert any(Path(folder, path.name).is_file() for folder in folders), "Blender finds it"
    before = values()
    assert apply(path) == {"FINISHED"}
    assert values() != before
    assert len(values()["instruction"].split()) > 5
    lines = ast.parse(path.read_text("utf-8")).body
    written = {ast.unparse(line.targets[0]) for line in lines[2:]}
    assert written == set(module("room_presets").INSTRUCTSCENE_OT_add_preset.preset_values), "all settings, each once"


def test_those_that_come_with_the_extension_cannot_be_removed(settings):  # noqa: ARG001
    assert bpy.ops.instructscene.add_preset(name="Hotel_Room", remove_name=True) == {"CANCELLED"}
    assert all(path.is_file() for path in BUILT_IN)
    assert len(BUILT_IN) == 4
