"""Properties that the panel shows: a scene's inputs, and the class of each of a person's own objects."""

from typing import Any, Final

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, PointerProperty, StringProperty

from ..instructscene_core.vocabulary import CATEGORIES, CLASSES, EXTRAS, RoomType, display_name
from .placing import CATEGORY_KEY
from .reading import category_of
from .rendering import RenderSettings

EnumItem = tuple[str, str, str, str, int]

ROOM_ITEMS: Final = [
    ("bedroom", "Bedroom", "Furnish a bedroom"),
    ("livingroom", "Living Room", "Furnish a living room"),
    ("diningroom", "Dining Room", "Furnish a dining room"),
]
_UNKNOWN: Final = "UNKNOWN"


def _class_items(room_type: RoomType) -> list[EnumItem]:
    """Items of the class menu in rooms of a type.

    Blender keeps no reference to the strings of dynamic items; `_CLASS_ITEMS` keeps them as long as the module lives.
    """
    unknown: EnumItem = (_UNKNOWN, "Unknown", "Let the generator guess what this is", "QUESTION", 0)
    return [
        unknown,
        *(
            (name, display_name(name).title(), f"Treat the object as a {display_name(name)}", "NONE", number + 1)
            for number, name in enumerate(CATEGORIES)
            if name in (*CLASSES[room_type], *EXTRAS)
        ),
    ]


_CLASS_ITEMS: Final = {room_type: _class_items(room_type) for room_type in CLASSES}


def _items_of_class(_: bpy.types.Object, context: bpy.types.Context | None) -> list[EnumItem]:
    scene = bpy.context.scene if context is None else context.scene
    return _CLASS_ITEMS[scene.instructscene.room_type]


def _get_class(obj: bpy.types.Object) -> int:
    room_type = bpy.context.scene.instructscene.room_type
    category = category_of(obj, room_type)
    return CATEGORIES.index(category) + 1 if category in (*CLASSES[room_type], *EXTRAS) else 0


def _set_class(obj: bpy.types.Object, number: int) -> None:
    obj[CATEGORY_KEY] = CATEGORIES[number - 1] if number else ""


class INSTRUCTSCENE_PG_settings(bpy.types.PropertyGroup):
    """Inputs of the panel."""

    instruction: StringProperty(
        name="Instruction",
        description="What the room should hold, in your own words. Left empty, the generator decides",
    )  # no maxlen: Blender counts bytes, and would cut other alphabets in the middle of a character
    room_type: EnumProperty(name="Room Type", description="The kind of room to furnish", items=ROOM_ITEMS)
    seed: IntProperty(
        name="Seed", description="The same seed and inputs give the same room", min=0, max=2**31 - 101, default=0
    )
    variations: IntProperty(
        name="Variations",
        description="How many different results to make, to choose from with the arrows below",
        min=1,
        max=16,
        default=1,
    )
    finish: BoolProperty(
        name="Finishing Touches",
        description="Add rugs, plants, lamps and a TV set where a new room has a place for them",
        default=True,
    )
    add: IntProperty(
        name="Objects to Add",
        description="How many objects Complete Room adds. Zero lets the generator decide",
        min=0,
        max=20,
    )
    steps_prior: IntProperty(
        name="Furniture Steps",
        description="Steps in which the furniture and its relations are chosen. Zero is the model's default",
        min=0,
        max=100,
    )
    steps_decoder: IntProperty(
        name="Layout Steps",
        description="Steps in which the furniture is arranged. Zero is the model's default",
        min=0,
        max=1000,
    )
    render_path: StringProperty(
        name="Picture",
        description="The file to write. Left empty, it goes to the extension's own folder",
        subtype="FILE_PATH",
    )
    render_resolution: IntProperty(
        name="Width",
        description="Width of the picture in pixels",
        min=64,
        max=8192,
        default=RenderSettings.resolution,
        subtype="PIXEL",
    )
    render_samples: IntProperty(
        name="Samples",
        description="Cycles samples a pixel: more take longer and give less noise",
        min=1,
        default=RenderSettings.samples,
    )
    room: StringProperty(name="Room", description="The room that was last worked on", options={"HIDDEN"})


def add_properties() -> None:
    """Attaches the properties to scenes and objects; the classes are registered already."""
    scene: Any = bpy.types.Scene
    scene.instructscene = PointerProperty(type=INSTRUCTSCENE_PG_settings)
    obj: Any = bpy.types.Object
    obj.instructscene_class = EnumProperty(
        name="Category",
        description="What the object is. It is guessed from the object's name until you choose",
        items=_items_of_class,
        get=_get_class,
        set=_set_class,
    )


def remove_properties() -> None:
    """Takes the properties away; what was entered stays in the files."""
    scene: Any = bpy.types.Scene
    obj: Any = bpy.types.Object
    del obj.instructscene_class
    del scene.instructscene
