"""Properties that the panel shows: a scene's inputs, and the class of each of a person's own objects."""

from typing import Any, Final

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

from ..instructscene_core.vocabulary import CATEGORIES, CLASSES, EXTRAS, RoomType
from .architecture.names import KIND_HINTS, KINDS
from .architecture.parts import kind_of
from .language import BUILDING, category_title
from .pictures import PictureSettings
from .pieces import category_of
from .records import ARCHITECTURE_KEY, CATEGORY_KEY, KEEP_KEY, NOT_ARCHITECTURE, scale_length
from .summary import forget

EnumItem = tuple[str, str, str, str, int]

ROOM_ITEMS: Final = [
    ("bedroom", "Bedroom", "Furnish a bedroom"),
    ("livingroom", "Living Room", "Furnish a living room"),
    ("diningroom", "Dining Room", "Furnish a dining room"),
]
VIEW_ITEMS: Final = [
    ("corner", "Corner at Eye Level", "As a photographer of interiors sees it, from where a person can stand"),
    ("above", "Top-Down", "From above, as on a plan"),
    ("turntable", "Turntable", "All round from above at an angle, a folder of pictures"),
    ("camera", "My Camera and Settings", "The whole scene through its own camera, with its own render settings"),
]
ISCENE_ITEMS: Final = [
    ("KEEP", "Keep My Meshes", "The selected objects go where I-Scene saw them"),
    ("THEIRS", "Use Theirs", "What I-Scene has made comes in the place of the selected objects, which are hidden"),
]
RELATION_ITEMS: Final = [
    ("on", "On", "On top of it, or on its largest board"),
    ("under", "Under", "Between it and what it stands on"),
    ("beside", "Beside", "On any side of it"),
    ("left of", "Left of", "To its left in the room's axes"),
    ("right of", "Right of", "To its right in the room's axes"),
    ("in front of", "In Front of", "Before it in the room's axes"),
    ("behind", "Behind", "Behind it in the room's axes"),
]
UNKNOWN: Final = "UNKNOWN"
NO_CLASS: Final = "NONE"
"""Item of the menu of what comes in a piece's place: the class is left to the text."""


def _class_items(room_type: RoomType) -> list[EnumItem]:
    """Items of the class menu in rooms of a type.

    Blender keeps no reference to the strings of dynamic items; `CLASS_ITEMS` keeps them as long as the module lives.
    """
    unknown: EnumItem = (UNKNOWN, "Unknown", "Let the generator guess what this is", "QUESTION", 0)
    return [
        unknown,
        *(
            (name, category_title(name), "Treat the object as furniture of this class", "NONE", number + 1)
            for number, name in enumerate(CATEGORIES)
            if name in (*CLASSES[room_type], *EXTRAS)
        ),
    ]


CLASS_ITEMS: Final = {room_type: _class_items(room_type) for room_type in CLASSES}


def items_of_class(_: bpy.types.AnyType, context: bpy.types.Context | None) -> list[EnumItem]:
    """Items of a menu of classes, as the room type in the panel has them."""
    scene = bpy.context.scene if context is None else context.scene
    return CLASS_ITEMS[scene.instructscene.room_type]


def _get_class(obj: bpy.types.Object) -> int:
    room_type = bpy.context.scene.instructscene.room_type
    category = category_of(obj, room_type)
    return CATEGORIES.index(category) + 1 if category in (*CLASSES[room_type], *EXTRAS) else 0


def _set_class(obj: bpy.types.Object, number: int) -> None:
    obj[CATEGORY_KEY] = CATEGORIES[number - 1] if number else ""
    forget()


_KIND_ITEMS: Final[list[EnumItem]] = [
    (NOT_ARCHITECTURE, "Not Building", "Treat the object as furniture", "NONE", 0),
    *((kind, kind.title(), hint, "NONE", number + 1) for number, (kind, hint) in enumerate(KIND_HINTS.items())),
]


def _get_keep(obj: bpy.types.Object) -> bool:
    return bool(obj.get(KEEP_KEY))


def _set_keep(obj: bpy.types.Object, kept: bool) -> None:  # noqa: FBT001 - Blender's signature
    if kept:
        obj[KEEP_KEY] = True
    elif KEEP_KEY in obj:
        del obj[KEEP_KEY]


def _get_kind(obj: bpy.types.Object) -> int:
    kind = kind_of(obj, scale_length(bpy.context.scene))
    return KINDS.index(kind) + 1 if kind in KINDS else 0


def _set_kind(obj: bpy.types.Object, number: int) -> None:
    obj[ARCHITECTURE_KEY] = KINDS[number - 1] if number else NOT_ARCHITECTURE
    forget()


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
    make: BoolProperty(
        name="Make Models",
        description="Let the program that the preferences name make the furniture, piece by piece, instead of taking "
        "it from the catalogue. What it cannot make is taken from there",
        default=False,
    )
    shell: BoolProperty(
        name="Walls and Daylight",
        description="Give a new room a floor, walls, doors, windows and light, which stay in the file for you to edit",
        default=True,
    )
    add: IntProperty(
        name="Objects to Add",
        description="How many objects Complete Room adds. Zero lets the generator decide",
        min=0,
        max=20,
    )
    replace_text: StringProperty(
        name="Text", description="What the piece is to be like that comes in the place of the selected one"
    )
    replace_class: EnumProperty(
        name="Class",
        description="What kind of furniture comes in the place of the selected one",
        items=[
            (NO_CLASS, "As the Text Says", "The class that the text names, else that of the selected piece"),
            *((name, category_title(name), "Only furniture of this class") for name in CATEGORIES),
        ],
    )
    place_target: PointerProperty(
        name="Object",
        description="What the selection is placed on or beside. Left empty, you click the place",
        type=bpy.types.Object,
    )
    place_relation: EnumProperty(name="Relation", description="Where to that object", items=RELATION_ITEMS)
    place_keep_rotation: BoolProperty(name="Keep Rotation", description="Do not turn what is placed", default=True)
    place_keep_size: BoolProperty(
        name="Keep Size", description="Do not scale what is placed to fill a dragged box", default=True
    )
    place_carry: BoolProperty(
        name="Take Along", description="What stands on the selected objects goes along with them", default=True
    )
    iscene_result: EnumProperty(name="Result", description="What comes of it", items=ISCENE_ITEMS)
    iscene_picture: StringProperty(
        name="Picture",
        description="A photograph or picture of what the camera sees. Left empty, the selected objects are rendered",
        subtype="FILE_PATH",
    )
    wall_height: FloatProperty(
        name="Wall Height",
        description="Height of your room. Zero takes that of its walls or its ceiling",
        min=0.0,
        max=20.0,
        subtype="DISTANCE",
        unit="LENGTH",
    )
    show_fronts: BoolProperty(
        name="Show Fronts",
        description="Draw an arrow at the front of each selected piece of your own",
        default=True,
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
    render_view: EnumProperty(name="View", description="From where the room is seen", items=VIEW_ITEMS)
    render_frames: IntProperty(
        name="Pictures", description="How many pictures a turntable has", min=2, max=360, default=PictureSettings.frames
    )
    render_path: StringProperty(
        name="Picture",
        description="The file to write, or a folder for a turntable. Left empty, it goes to the extension's own folder",
        subtype="FILE_PATH",
    )
    render_resolution: IntProperty(
        name="Width",
        description="Width of the picture in pixels",
        min=64,
        max=8192,
        default=PictureSettings.resolution,
        subtype="PIXEL",
    )
    render_samples: IntProperty(
        name="Samples",
        description="Cycles samples a pixel: more take longer and give less noise",
        min=1,
        default=PictureSettings.samples,
    )
    room: StringProperty(name="Room", description="The room that was last worked on", options={"HIDDEN"})


REVIEW_ITEMS: Final = [
    ("all", "All", "All models of the catalogue"),
    ("look", "To Look At", "Models that nobody has looked at yet, the least sure first"),
    ("out", "Not Placed", "Models that no room gets, and why"),
    ("failed", "Not Read", "Files that could not be read, and why"),
]


class INSTRUCTSCENE_PG_lists(bpy.types.PropertyGroup):
    """What the lists show: of the window, in no undo step."""

    pieces_unknown: BoolProperty(name="Unknown Only", description="List only the objects whose class is not known")
    pieces_page: IntProperty(name="Page", description="Page of the list of your objects", min=1, default=1)
    review_filter: EnumProperty(name="Show", description="Which models the list shows", items=REVIEW_ITEMS)
    review_text: StringProperty(
        name="Search", description="Show only models whose name, file or class has this", options={"TEXTEDIT_UPDATE"}
    )
    review_page: IntProperty(name="Page", description="Page of the list of models", min=1, default=1)


def add_properties() -> None:
    """Attaches the properties to scenes and objects; the classes are registered already."""
    window: Any = bpy.types.WindowManager
    window.instructscene_lists = PointerProperty(type=INSTRUCTSCENE_PG_lists, options={"SKIP_SAVE"})
    scene: Any = bpy.types.Scene
    scene.instructscene = PointerProperty(type=INSTRUCTSCENE_PG_settings)
    obj: Any = bpy.types.Object
    obj.instructscene_class = EnumProperty(
        name="Category",
        description="What the object is. It is guessed from the object's name until you choose",
        items=items_of_class,
        get=_get_class,
        set=_set_class,
    )

    obj.instructscene_keep = BoolProperty(
        name="Keep",
        description="No edit changes or moves it",
        get=_get_keep,
        set=_set_keep,
    )
    obj.instructscene_kind = EnumProperty(
        name="Part of the Building",
        description="What part of your building the object is. It is guessed from name and shape until you choose",
        items=_KIND_ITEMS,
        translation_context=BUILDING,
        get=_get_kind,
        set=_set_kind,
    )


def remove_properties() -> None:
    """Takes the properties away; what was entered stays in the files."""
    scene: Any = bpy.types.Scene
    obj: Any = bpy.types.Object
    window: Any = bpy.types.WindowManager
    del window.instructscene_lists
    del obj.instructscene_class
    del obj.instructscene_keep
    del obj.instructscene_kind
    del scene.instructscene
