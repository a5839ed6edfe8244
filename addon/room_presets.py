"""Presets of the settings from which a room is made, in the menu that Blender has for them in a panel's header.

Those that come with the extension lie in `presets/`; those that a person saves, among Blender's own.
"""

from pathlib import Path
from typing import Final

import bpy
from bl_operators.presets import AddPresetBase
from bl_ui.utils import PresetPanel

from .job_operator import redraw

_PARENT: Final = str(Path(__file__).parent)
"""Of the folder `presets`."""
PRESETS: Final = "instructscene"
"""The folder in every `presets` where they are."""


class INSTRUCTSCENE_PT_presets(PresetPanel, bpy.types.Panel):
    """The menu of presets."""

    bl_space_type = "VIEW_3D"
    bl_label = "Room Presets"
    preset_subdir = PRESETS
    preset_operator = "script.execute_preset"
    preset_add_operator = "instructscene.add_preset"

    @staticmethod
    def post_cb(context: bpy.types.Context, _: str) -> None:
        """Shows the settings at once that a preset has set: its menu stays open over them."""
        redraw(context)


class INSTRUCTSCENE_OT_add_preset(AddPresetBase, bpy.types.Operator):
    """Save the settings of Furnish a Room as a preset, or remove one"""

    bl_idname = "instructscene.add_preset"
    bl_label = "Add Room Preset"
    preset_menu = "INSTRUCTSCENE_PT_presets"
    preset_subdir = PRESETS
    preset_defines = ["settings = bpy.context.scene.instructscene"]
    preset_values = [
        "settings.instruction",
        "settings.room_type",
        "settings.variations",
        "settings.finish",
        "settings.shell",
    ]


def register() -> None:
    """Lets Blender find the presets that come with the extension."""
    bpy.utils.register_preset_path(_PARENT)


def unregister() -> None:
    """Takes that back."""
    bpy.utils.unregister_preset_path(_PARENT)


CLASSES: Final = (INSTRUCTSCENE_PT_presets, INSTRUCTSCENE_OT_add_preset)
