"""The task "place": selected objects come to stand where their cues want them, all others staying.

docs/scene-format.md, Place, tells of its keys. An object's mesh comes from a file; without one, what the catalogue
knows of its solid parts stands for it, else its box.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from ..catalogue.entries import Catalogue
from ..cues import Placing
from ..errors import InvalidInputError
from ..files.arrays import read_arrays
from ..geometry.solids import placed_height
from ..placer.placement import Item, Placement, PlacerSettings, Surroundings
from ..placer.riders import riders
from ..placer.rule import NoPlaceError, RulePlacer
from ..placer.solid import MOST_TRIANGLES, Solid
from ..scene import Request, Scene, SceneObject

_BOX: Final = np.array(list(itertools.product((-0.5, 0.5), repeat=3)))
_BOX_FACES: Final = np.array(
    [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1], [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4],
     [1, 5, 7], [1, 7, 3]]
)  # fmt: skip
_REMEDY: Final = "Give an .npz file with vertices (V, 3) in metres, in the object's own frame, and triangles (T, 3)"


@dataclass(frozen=True)
class _Moved:
    """One selected object, and what stands on it.

    Attributes:
        number: of the object in the scene.
        along: numbers of what goes along.
        item: all of them.
    """

    number: int
    along: tuple[int, ...]
    item: Item


class Placements:
    """Does the task "place".

    Args:
        catalogue: knows the solid parts of its pieces.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def check(self, request: Request) -> None:
        """Reads the meshes that a request names.

        Raises:
            InvalidInputError: one cannot be read.
        """
        for name, path in _wishes(request).geometry.items():
            _read_solid(name, Path(path))

    def run(self, request: Request) -> list[Scene]:
        """All variations: of the k-th, the k-th best places; the room stays as it is where there is none."""
        wishes = _wishes(request)
        solids = [self._solid(item, wishes.geometry) for item in request.scene.objects]
        moved = _moved(request, solids, carry=wishes.carry)
        gone = {number for one in moved for number in (one.number, *one.along)}
        around = Surroundings(tuple(solid for n, solid in enumerate(solids) if n not in gone), request.scene.floor)
        settings = PlacerSettings(request.variations, wishes.keep_rotation, wishes.keep_size)
        try:
            answers = RulePlacer().place([one.item for one in moved], around, [wishes.cues] * len(moved), settings)
        except NoPlaceError as error:
            scene = replace(request.scene, report={"met": [], "not_met": [str(error)], "not_understood": []})
            return [scene] * request.variations
        return [
            _scene(request, moved, [found[min(k, len(found) - 1)] for found in answers])
            for k in range(request.variations)
        ]

    def _solid(self, item: SceneObject, geometry: Mapping[str, str]) -> Solid:
        path = geometry.get(item.id)
        own = self._parts(item) if path is None else _read_solid(item.id, Path(path))
        return own.turned(item.yaw).moved(np.array(item.position))

    def _parts(self, item: SceneObject) -> Solid:
        """The solid parts of a piece in its own axes, the middle of its box at the origin."""
        mount, parts = self._catalogue.shape_of(item.asset)
        size = np.array(item.placed_size or item.size)
        up = placed_height(mount, 0.0, item.size[2], float(size[2]))
        table = np.array(parts, dtype=np.float64)
        corners = size * (table[:, None, :3] + table[:, None, 3:] * _BOX)
        boxes = [Solid.of(item.id, box, _BOX_FACES) for box in corners]
        return Solid.joined(item.id, boxes).moved(np.array([0, 0, up]))


def _wishes(request: Request) -> Placing:
    return request.place or Placing()


def _read_solid(name: str, path: Path) -> Solid:
    """A mesh from a file of unknown origin.

    Raises:
        InvalidInputError: it is missing or damaged, or holds no mesh.
    """
    try:
        arrays = read_arrays(path, ("vertices", "triangles"))
    except InvalidInputError as error:
        raise InvalidInputError(f"Cannot read the mesh {path.name} of {name}", _REMEDY) from error
    vertices, triangles = arrays["vertices"], arrays["triangles"]
    if vertices.ndim != 2 or vertices.shape[1] != 3 or vertices.dtype.kind not in "fiu":
        raise InvalidInputError(f"{path.name} holds no (V, 3) array of vertices", _REMEDY)
    if triangles.ndim != 2 or triangles.shape[1] != 3 or triangles.dtype.kind not in "iu":
        raise InvalidInputError(f"{path.name} holds no (T, 3) array of triangles", _REMEDY)
    numbers = triangles[: MOST_TRIANGLES + 1].astype(np.int64)
    if len(numbers) and not (numbers.min() >= 0 and numbers.max() < len(vertices)):
        raise InvalidInputError(f"{path.name} has triangles of vertices that it does not have", _REMEDY)
    return Solid.of(name, vertices.astype(np.float64), numbers)


def _moved(request: Request, solids: list[Solid], *, carry: bool) -> list[_Moved]:
    """The selected objects in their order, each with what stands on it alone."""
    objects = request.scene.objects
    numbers = {item.id: number for number, item in enumerate(objects)}
    chosen = [numbers[name] for name in dict.fromkeys(request.selected)]
    taken, found = set(chosen), list[_Moved]()
    for number in chosen:
        along = tuple(n for n in (riders([number], solids) if carry else ()) if n not in taken)
        taken |= set(along)
        solid = Solid.joined(objects[number].id, [solids[n] for n in (number, *along)])
        found.append(_Moved(number, along, Item(solid, objects[number].yaw)))
    return found


def _scene(request: Request, moved: list[_Moved], placements: list[Placement]) -> Scene:
    """The scene with its objects placed, and what can be said of that."""
    objects, lines, told = list(request.scene.objects), list[str](), list[dict[str, Any]]()
    for one, placed in zip(moved, placements, strict=True):
        for number in (one.number, *one.along):
            objects[number] = _posed(objects[number], one.item, placed)
        verb, host = ("hangs", placed.host or "the wall") if placed.hangs else ("stands", placed.host or "the floor")
        lines.append(f"{objects[one.number].id} {verb} on {host}, gap {placed.gap * 1000:.1f} mm")
        told.append({"id": objects[one.number].id, "on": placed.host, "gap": placed.gap, "miss": placed.score})
    provenance = dict(request.scene.provenance or {}) | {"placed": told}
    report = {"met": lines, "not_met": [], "not_understood": []}
    return replace(request.scene, objects=tuple(objects), provenance=provenance, report=report, relations=None)


def _posed(item: SceneObject, moved: Item, placed: Placement) -> SceneObject:
    """An object where its part of what was placed stands."""
    offset = placed.scale * (np.array(item.position) - moved.middle)
    cosine, sine = np.cos(placed.turn), np.sin(placed.turn)
    x, y = cosine * offset[0] - sine * offset[1], sine * offset[0] + cosine * offset[1]
    place = placed.position + np.array([x, y, offset[2]])
    size = item.size if placed.scale == 1 else tuple(placed.scale * side for side in item.size)
    fitted = item.placed_size
    if fitted is not None and placed.scale != 1:
        fitted = fitted[0] * placed.scale, fitted[1] * placed.scale, fitted[2] * placed.scale
    position = float(place[0]), float(place[1]), float(place[2])
    return replace(item, position=position, size=size, yaw=item.yaw + placed.turn, placed_size=fitted)
