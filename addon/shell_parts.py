"""What a room's own shell consists of: floor, ceiling, walls, doors, windows and daylight, described in metres.

`shell` makes objects of it that stay, and pictures of rooms without a shell borrow it. No datablock is made here.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

import bpy
from mathutils import Matrix, Vector

from ..instructscene_core.scene import FloorPlan
from .boxes import Box as Bounds
from .materials import CEILING, WALL_COLOURS, WHITE, glass, paint, planks, see_through
from .sides import THICKNESS, counter_clockwise
from .walls import Box, Face, Hole, Wall, caps, casing, faces_of, leaf, leaves, pane, sash, walls_of

Kind = Literal["floor", "wall", "door", "window", "light", "ceiling"]
"""Values of `shell.ARCHITECTURE_KEY`."""
Solid = list[Face]
"""Faces whose common corners are one vertex."""

_SKY_WATTS: Final = 50.0
"""Of the light that comes in through a square metre of window: a floor of 16 m² is then as light as a set's."""
_FILL_WATTS: Final = 1.8
"""Of the soft light below the ceiling, for a square metre of floor: it stands for all that further bounces give."""
_SUN_WATTS: Final = 8000.0
"""Of the spot that is the sun: its patch on the floor is some three times as light as the floor around it."""
_SUN_DISTANCE: Final = 7.0
"""Metres between a window and the spot that is the sun for it: parallel enough, and no other room gets light of it."""
_SUN_HEIGHT: Final = math.radians(38)
_SUN_TURN: Final = math.radians(28)
"""Radians of the sun over the horizon, and away from the window's axis."""


@dataclass(frozen=True)
class Part:
    """An object with a mesh.

    Args:
        kind: what it is.
        name: of the object.
        matrix: from its own axes to the room's, metres.
        surfaces: its solids by the name of their material, see `look`.
    """

    kind: Kind
    name: str
    matrix: Matrix
    surfaces: dict[str, list[Solid]]


@dataclass(frozen=True)
class Lamp:
    """A light that shines along −Z.

    Args:
        name: of the object.
        matrix: from its own axes to the room's, metres.
        form: AREA, a rectangle; or SPOT.
        watts: where a Blender unit is a metre.
        size: of the rectangle, metres; of a spot its radius, and the angle of its cone in radians.
        colour: linear RGB.
    """

    name: str
    matrix: Matrix
    form: Literal["AREA", "SPOT"]
    watts: float
    size: tuple[float, float]
    colour: tuple[float, float, float]


def shell_parts(floor: FloorPlan) -> list[Part]:
    """Floor, ceiling, walls, skirting, doors and windows of a floor with a polygon."""
    walls = walls_of(floor)
    polygon = [Vector((x, y, 0.0)) for x, y in counter_clockwise(floor.polygon or ())]
    still, top = Matrix.Identity(4), Matrix.Translation((0, 0, floor.height))
    skirting = [
        [[wall.matrix @ corner for corner in face] for face in faces_of(box) if any(corner.y for corner in face)]
        for wall in walls
        for box in wall.baseboards()
    ]
    return [
        Part("floor", "Floor", still, {"Oak Floor": [[polygon]]}),
        Part("ceiling", "Ceiling", top, {"Ceiling": [[list(reversed(polygon))]]}),
        *(
            Part("wall", "Wall", wall.matrix, {"Wall Paint": [[*wall.panels(), cap]]})
            for wall, cap in zip(walls, caps(walls), strict=True)
        ),
        Part("wall", "Skirting", still, {"Trim": skirting}),
        *(part for wall in walls for hole in wall.openings for part in _opening(wall, hole)),
    ]


def _opening(wall: Wall, hole: Hole) -> Iterator[Part]:
    """A window; or a door's frame and its leaf, whose origin is the hinge."""
    middle = hole.left if hole.kind == "door" else (hole.left + hole.right) / 2
    origin = Vector((middle, 0.0, hole.bottom))
    place = wall.matrix @ Matrix.Translation(origin)
    if hole.kind == "window":
        panes = [[[corner - origin for corner in pane(hole)]]]
        yield Part("window", "Window", place, {"Trim": _boxes(casing(hole) + sash(hole), origin), "Glass": panes})
        return
    yield Part("door", "Door Frame", place, {"Trim": _boxes(casing(hole), origin)})
    for part, hangs_right in leaves(hole):
        *panels, knob = leaf(part, hangs_right=hangs_right)
        y = (panels[0][2] + panels[0][3]) / 2
        hinge = Vector((part.right if hangs_right else part.left, y, part.bottom))
        surfaces = {"Trim": _boxes(panels, hinge), "Door Handle": _boxes([knob], hinge)}
        yield Part("door", "Door", wall.matrix @ Matrix.Translation(hinge), surfaces)


def _boxes(boxes: list[Box], origin: Vector) -> list[Solid]:
    return [[[corner - origin for corner in face] for face in faces_of(box)] for box in boxes]


def shell_lamps(floor: FloorPlan) -> list[Lamp]:
    """Daylight through each window, sun through the largest one, and a soft light below the ceiling."""
    windows = [(wall, hole) for wall in walls_of(floor) for hole in wall.openings if hole.kind == "window"]
    lamps = [_sky(wall, hole) for wall, hole in windows]
    if windows:
        lamps.append(_sun(*max(windows, key=lambda entry: _area(entry[1])), _middle(floor)))
    return [*lamps, _fill(floor)]


def _area(hole: Hole) -> float:
    return (hole.right - hole.left) * (hole.top - hole.bottom)


def _middle(floor: FloorPlan) -> Vector:
    return Vector(Bounds.flat(floor.polygon or ()).position)


def _sky(wall: Wall, hole: Hole) -> Lamp:
    """The sky, as a light of the window's size behind it."""
    place = Matrix.Translation(((hole.left + hole.right) / 2, -THICKNESS - 0.02, (hole.bottom + hole.top) / 2))
    size = (hole.right - hole.left, hole.top - hole.bottom)
    inward = Matrix.Rotation(math.pi / 2, 4, "X")
    return Lamp("Window Light", wall.matrix @ place @ inward, "AREA", _SKY_WATTS * _area(hole), size, (0.88, 0.94, 1.0))


def _sun(wall: Wall, hole: Hole, middle: Vector) -> Lamp:
    """A spot that shines through a window towards the middle of the room."""
    centre = wall.at((hole.left + hole.right) / 2, -THICKNESS, (hole.bottom + hole.top) / 2)
    side = 1.0 if wall.along.dot((middle - centre).xy) < 0 else -1.0
    outward = Vector((*(-wall.inward), 0.0))
    along = Vector((*wall.along, 0.0))
    level = outward * math.cos(_SUN_TURN) + along * (side * math.sin(_SUN_TURN))
    eye = centre + _SUN_DISTANCE * (level * math.cos(_SUN_HEIGHT) + Vector((0, 0, math.sin(_SUN_HEIGHT))))
    matrix = Matrix.Translation(eye) @ (centre - eye).to_track_quat("-Z", "Y").to_matrix().to_4x4()
    reach = math.hypot(hole.right - hole.left, hole.top - hole.bottom) / 2
    cone = 2.4 * math.atan(reach / _SUN_DISTANCE)
    return Lamp("Sunlight", matrix, "SPOT", _SUN_WATTS, (0.05, cone), (1.0, 0.9, 0.76))


def _fill(floor: FloorPlan) -> Lamp:
    bounds = Bounds.flat(floor.polygon or ())
    width, depth, _ = bounds.size
    place = Matrix.Translation((*bounds.position[:2], floor.height - 0.04))
    return Lamp("Room Light", place, "AREA", _FILL_WATTS * width * depth, (0.6 * width, 0.6 * depth), (1, 0.97, 0.93))


def look(material: bpy.types.Material, name: str, colour: int, metres: float) -> None:
    """Gives a new material the look that surfaces of a name have.

    Args:
        material: gets nodes.
        name: of a surface of `Part`.
        colour: number of the walls' colour.
        metres: in one Blender unit.
    """
    if name == "Glass":
        glass(material)
        return
    looks = {
        "Oak Floor": partial(planks, metres=metres),
        "Ceiling": partial(paint, colour=CEILING),
        "Wall Paint": partial(paint, colour=WALL_COLOURS[colour % len(WALL_COLOURS)]),
        "Trim": partial(paint, colour=WHITE),
        "Door Handle": partial(paint, colour=(0.28, 0.26, 0.24)),
    }
    looks[name](material)
    if name != "Oak Floor":
        see_through(material)
