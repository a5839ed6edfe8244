"""The Blender side of InstructScene: reads the open file, asks the generator, places what it answers."""

import bpy

from . import operators, panel, session
from .preferences import INSTRUCTSCENE_AP_preferences
from .properties import INSTRUCTSCENE_PG_settings, add_properties, remove_properties

_CLASSES = (INSTRUCTSCENE_PG_settings, INSTRUCTSCENE_AP_preferences, *operators.CLASSES, *panel.CLASSES)


def register() -> None:
    """Called by Blender when the extension is enabled."""
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    add_properties()
    session.register()


def unregister() -> None:
    """Called by Blender when the extension is disabled: the worker ends first, so that nothing uses what goes away."""
    session.unregister()
    remove_properties()
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
