"""Physical soundness of rooms: collisions, furniture beyond the floor or in the air. Product frame, metres.

Furniture counts by its solid parts (``CatalogueEntry.parts``), so that a chair may be tucked under a table; what lies
flat on the floor (``FLAT``) does not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from ..catalogue.entries import Catalogue
from ..geometry.frames import FloatArray
from ..geometry.solids import Body, colliding_pairs, placed_height
from ..placement.pieces import FLAT
from ..scene import FloorPlan, Scene, SceneObject
from .layouts import SEPARATION
from .walkways import free_doors, free_windows, walkable

Figures = dict[str, float]

INSIDE: Final = 0.99
"""Least share of an object's volume over the floor for it to count as inside."""
CONTACT: Final = 0.01
"""Metres of distance up to which two things count as touching."""
_GRID: Final = 16
"""Samples of a solid part along each ground axis."""
_BORDER: Final = 1e-4
"""Metres of tolerance at walls, for rounding."""


@dataclass(frozen=True, eq=False)
class Furniture:
    """The furniture of a room that takes up space.

    Args:
        items: n pieces, with the extents of their meshes.
        bodies: their solid parts.
        hanging: whether each hangs from the ceiling.
        outlines: for each the ground polygons of its solid parts.
    """

    items: list[SceneObject]
    bodies: list[Body]
    hanging: list[bool]
    outlines: list[npt.NDArray[np.object_]]

    @staticmethod
    def of(scene: Scene, catalogue: Catalogue) -> "Furniture":
        """The furniture of a scene."""
        items = [placed(item, catalogue) for item in scene.objects if item.category not in FLAT]
        bodies = [Body.of(item, catalogue) for item in items]
        outlines = [np.array([shapely.Polygon(ring) for ring in corners(body)], dtype=object) for body in bodies]
        return Furniture(items, bodies, [catalogue.hangs(item) for item in items], outlines)


def placed(item: SceneObject, catalogue: Catalogue) -> SceneObject:
    """An object with the box of its mesh instead of the generated one."""
    if item.placed_size is None:
        return item
    (x, y, z), height = item.position, item.placed_size[2]
    middle = placed_height("ceiling" if catalogue.hangs(item) else "floor", z, item.size[2], height)
    return replace(item, position=(x, y, middle), size=item.placed_size, placed_size=None)


def corners(body: Body) -> FloatArray:
    """Ground corners of the parts of a body: (P, 4, 2)."""
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return (body.position + body.offsets)[:, None] + (signs * body.half[:, None]) @ body.axes


def soundness(scenes: Sequence[Scene], catalogue: Catalogue) -> Figures:
    """All soundness metrics over some scenes with floors, percent but for ``objects``.

    Args:
        scenes: one or more, each with a floor plan.
        catalogue: gives the solid parts.

    Returns:
        ``col_objects`` and ``col_scenes`` by solid parts, ``box_objects`` and ``box_scenes`` by whole boxes, ``out``
        and ``supported`` of the objects, ``nav`` (mean over the rooms), ``doors`` and ``windows`` that are free, and
        ``objects``, their mean number. A metric without any case is left out.
    """
    rooms = [Furniture.of(scene, catalogue) for scene in scenes]
    floors = [scene.floor for scene in scenes]
    pairs = list(zip(rooms, floors, strict=True))
    doors = [free for room, floor in pairs for free in free_doors(room.bodies, room.outlines, floor)]
    windows = [free for room, floor in pairs for free in free_windows(room.bodies, room.outlines, floor)]
    found = {
        **_collisions("col", [room.items for room in rooms], catalogue),
        **_collisions("box", [[replace(item, asset=None) for item in room.items] for room in rooms], catalogue),
        "out": _percent([bad for room, floor in pairs for bad in beyond(room, floor)]),
        "supported": _percent([good for room, floor in pairs for good in supported(room, floor)]),
        "nav": 100 * float(np.mean([walkable(room.bodies, room.outlines, floor) for room, floor in pairs])),
        "doors": _percent(doors),
        "windows": _percent(windows),
        "objects": float(np.mean([len(scene.objects) for scene in scenes])),
    }
    return {name: value for name, value in found.items() if not np.isnan(value)}


def _percent(flags: Sequence[bool]) -> float:
    return 100 * sum(flags) / len(flags) if flags else float("nan")


def _collisions(name: str, rooms: Sequence[Sequence[SceneObject]], catalogue: Catalogue) -> Figures:
    """Objects that are more than ``SEPARATION`` inside another, and rooms with such."""
    hit = [{k for pair in colliding_pairs(items, catalogue, SEPARATION) for k in pair} for items in rooms]
    objects = [k in found for found, items in zip(hit, rooms, strict=True) for k in range(len(items))]
    return {f"{name}_objects": _percent(objects), f"{name}_scenes": _percent([bool(found) for found in hit])}


def beyond(room: Furniture, floor: FloorPlan) -> list[bool]:
    """For each piece, whether less than ``INSIDE`` of its volume lies over the floor."""
    area = shapely.Polygon(floor.polygon, floor.holes).buffer(_BORDER)
    shapely.prepare(area)
    return [_share_over(area, body) < INSIDE for body in room.bodies]


def _share_over(area: shapely.Geometry, body: Body) -> float:
    """Share of a body's volume over an area, by a grid of samples on each part's ground rectangle."""
    ticks = (np.arange(_GRID) + 0.5) / _GRID * 2 - 1
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    points = (body.position + body.offsets)[:, None] + (grid * body.half[:, None]) @ body.axes
    inside = shapely.contains_xy(area, points[..., 0], points[..., 1]).mean(axis=1)
    volume = body.half.prod(axis=1) * (body.high - body.low)
    return float((inside * volume).sum() / volume.sum())


def supported(room: Furniture, floor: FloorPlan) -> list[bool]:
    """For each piece, whether it touches the floor or other furniture below it, or hangs from the ceiling."""
    found: list[bool] = []
    for k, body in enumerate(room.bodies):
        if room.hanging[k]:
            found.append(abs(float(body.high.max()) - floor.height) <= CONTACT)
        else:
            low = float(body.low.min())
            found.append(
                abs(low) <= CONTACT or any(_carries(room, i, k, low) for i in range(len(room.items)) if i != k)
            )
    return found


def _carries(room: Furniture, below: int, above: int, low: float) -> bool:
    """Whether the top of a part of one piece touches the bottom of another, and they overlap on the ground."""
    tops = np.abs(room.bodies[below].high - low) <= CONTACT
    feet = room.bodies[above].low - low <= CONTACT
    pairs = shapely.intersection(room.outlines[below][tops][:, None], room.outlines[above][feet])
    return bool((shapely.area(pairs) > 0).any())
