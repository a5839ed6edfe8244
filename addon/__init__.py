"""The Blender side of InstructScene: reads the open file, asks the generator, places what it answers."""

import bpy

from . import (
    folder_operators,
    icons,
    iscene_operators,
    kept,
    language,
    maintenance,
    my_room,
    operators,
    panel,
    piece_list,
    piece_operators,
    place_operators,
    replace_operators,
    review_operators,
    room_presets,
    session,
)
from .iscene_settings import INSTRUCTSCENE_PG_iscene
from .overlay import OVERLAY
from .preferences import INSTRUCTSCENE_AP_preferences, INSTRUCTSCENE_PG_catalogue, INSTRUCTSCENE_UL_catalogues
from .properties import INSTRUCTSCENE_PG_lists, INSTRUCTSCENE_PG_settings, add_properties, remove_properties
from .replacing import CHOICE
from .review import REVIEW

_CLASSES = (
    INSTRUCTSCENE_PG_settings,
    INSTRUCTSCENE_PG_lists,
    INSTRUCTSCENE_PG_catalogue,
    INSTRUCTSCENE_UL_catalogues,
    INSTRUCTSCENE_PG_iscene,
    INSTRUCTSCENE_AP_preferences,
    *operators.CLASSES,
    *replace_operators.CLASSES,
    *piece_operators.CLASSES,
    *place_operators.CLASSES,
    *iscene_operators.CLASSES,
    *review_operators.CLASSES,
    *maintenance.CLASSES,
    *folder_operators.CLASSES,
    *room_presets.CLASSES,
    *my_room.CLASSES,
    *panel.CLASSES,
)


def register() -> None:
    """Called by Blender when the extension is enabled."""
    language.register()
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    add_properties()
    session.register()
    piece_list.register()
    kept.register()
    room_presets.register()
    OVERLAY.register()


def unregister() -> None:
    """Called by Blender when the extension is disabled: the worker ends first, so that nothing uses what goes away."""
    OVERLAY.unregister()
    CHOICE.clear()
    room_presets.unregister()
    REVIEW.clear()
    piece_list.unregister()
    icons.unregister()
    kept.unregister()
    session.unregister()
    remove_properties()
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
    language.unregister()
