"""What the geometry placer reads of random compositions: patches, surfaces, sizes and cues, and the poses it learns.

All is told in the frame of a view: a camera looks along +Y, Z is up, the origin is the middle of the floor. A scene is
turned by a random azimuth, so that no direction of the room means anything. Some of a scene's shapes are asked for;
what stands on them is left out, and all others are the scene.

Shapes as in :mod:`..models.geometry_placer`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..datasets.compositions import (
    FLOOR,
    HALF_ROOM,
    OVERLAP,
    SIDES,
    Composition,
    Draw,
    Placed,
    Surface,
    any_shape,
    surfaces_of,
)
from ..datasets.shape_families import ToyShape
from ..geometry.frames import FloatArray
from ..geometry.solids import BoolArray, penetration
from ..models.geometry_placer import (
    CUE_WIDTH,
    PLACE_WIDTH,
    POINT_WIDTH,
    POSE_WIDTH,
    SIZE_WIDTH,
    SURFACE_WIDTH,
    PlacerInputs,
)

PATCHES: Final = 16
"""Of a shape."""
READ: Final = 12
"""Of these, drawn at random, that are read in training."""
POINTS: Final = 32
"""Of a patch."""
SURFACES: Final = 40
"""That are read of a scene, the floor among them."""
CUES: Final = 3
"""At most, of one asked shape."""
_HIGHEST: Final = 2.0
"""Metres at which free height is cut off."""
_CAMERA: Final = ((5.0, 60.0), (2.0, 8.0), (35.0, 75.0))
"""Degrees of pitch, metres of distance, degrees of the field."""
_SCALES: Final = 0.7
"""Of a shape of unknown size: the logarithm of its scale, at most, either way."""
_ON_TOP: Final = 0.55
"""Share of asked shapes that stand on something, where there are such."""
Frame = Literal["view", "room", "room, azimuth untold"]
"""In whose axes all is told: those of the view; or the room's, with or without the azimuth of a box that was drawn."""


@dataclass(frozen=True)
class Asking:
    """What is told of asked shapes, as shares of them.

    Attributes:
        edge: of which a relation to another shape is told, where there is one.
        box: of which a rectangle in the view is told.
        place: of which the place on the ground is told.
        support: of which the surface is told.
        size_unknown: of which the size is not told.
        yaw_known: of which the yaw is.
        jitter: share of a rectangle by which its sides are drawn wrongly, at most.
        frame: see :data:`Frame`.
        azimuth: of all views, radians; None draws it.
    """

    edge: float = 0.5
    box: float = 0.5
    place: float = 0.15
    support: float = 0.25
    size_unknown: float = 0.3
    yaw_known: float = 0.5
    jitter: float = 0.1
    frame: Frame = "view"
    azimuth: float | None = None


class Targets(NamedTuple):
    """What is to be learnt of asked shapes.

    Attributes:
        surface: (B, A) number of the surface on which each stands.
        pose: (B, A, 5).
        asked: (B, A) bool, False at padding.
    """

    surface: Tensor
    pose: Tensor
    asked: Tensor


class ShapeBank:
    """Shapes with their patches, of which scenes are composed.

    Args:
        shapes: the even ones are furniture.
        points: (N, 16, 32, 6) float32, relative to their patches' middles, in the shapes' frames.
        middles: (N, 16, 3) float32.
    """

    def __init__(self, shapes: Sequence[ToyShape], points: FloatArray, middles: FloatArray) -> None:
        self.shapes = list(shapes)
        self.points, self.middles = points.astype(np.float32), middles.astype(np.float32)
        self._numbers = {id(shape): number for number, shape in enumerate(self.shapes)}

    @staticmethod
    def of(count: int, rng: np.random.Generator, draw: Draw = any_shape) -> "ShapeBank":
        """New shapes, half of them furniture.

        Args:
            count: how many.
            rng: draws them, and the points on them.
            draw: gives them.
        """
        shapes = [draw(number % 2 == 0, rng) for number in range(count)]
        return ShapeBank(shapes, *patches_of_all(shapes, rng))

    def draw(self, big: bool, rng: np.random.Generator) -> ToyShape:  # noqa: FBT001 - the protocol's
        """One of the shapes."""
        return self.shapes[2 * int(rng.integers(len(self.shapes) // 2)) + (not big)]

    def number_of(self, shape: ToyShape) -> int:
        """Of a shape that it gave."""
        return self._numbers[id(shape)]


def patches_of_all(shapes: Sequence[ToyShape], rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """(N, 16, 32, 6) and (N, 16, 3) of :func:`patches_of`."""
    read = [patches_of(shape, rng) for shape in shapes]
    return np.stack([points for points, _ in read]), np.stack([middles for _, middles in read])


def patches_of(shape: ToyShape, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """(16, 32, 6) points and normals on a shape, relative to their patches' middles, and (16, 3) these middles.

    Points are halved along their longest side until there are 16 patches: balanced, and without a search.
    """
    triangles = shape.solid("shape").triangles
    normal = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    area = np.linalg.norm(normal, axis=1)
    rows = rng.choice(len(area), PATCHES * POINTS, p=area / area.sum())
    root, share = np.sqrt(rng.random(len(rows))), rng.random(len(rows))
    weights = np.stack([1 - root, root * (1 - share), root * share], axis=1)
    points = np.concatenate(
        [np.einsum("pk,pkc->pc", weights, triangles[rows]), normal[rows] / area[rows, None]], axis=1
    )[None]
    while len(points) < PATCHES:
        extents = np.ptp(points[..., :3], axis=1)
        key = np.take_along_axis(points, extents.argmax(axis=1)[:, None, None], axis=2)[..., 0]
        order = np.argsort(key, axis=1)
        points = np.take_along_axis(points, order[..., None], axis=1)
        points = points.reshape(2 * len(points), -1, POINT_WIDTH)
    middles = points[..., :3].mean(axis=1)
    points[..., :3] -= middles[:, None]
    return points, middles


class Scene(NamedTuple):
    """One scene of a batch.

    Attributes:
        kept: the shapes that are the scene.
        wanted: those that are asked for.
        surfaces: all that were told, in the scene's own axes: middle (3,) and yaw.
        on: of each of the asked shapes, the number of its surface among these.
        view: from which all is told.
    """

    kept: list[Placed]
    wanted: list[Placed]
    surfaces: list[tuple[FloatArray, float]]
    on: list[int]
    view: "View"

    def placed(self, asked: int, surface: int, pose: FloatArray) -> Placed:
        """An asked shape by a pose (5,) on a surface; its scale is left aside."""
        middle, yaw = self.surfaces[surface]
        cosine, sine = math.cos(yaw), math.sin(yaw)
        u, v = pose[:2]
        place = middle + np.array([cosine * u - sine * v, sine * u + cosine * v, 0.0])
        return Placed(self.wanted[asked].shape, place, yaw + math.atan2(pose[3], pose[2]))


class Batch(NamedTuple):
    """Inputs of the network, what it is to learn, and the scenes that both are of."""

    inputs: PlacerInputs
    targets: Targets
    scenes: list[Scene]


def overlap_of(batch: Batch, number: int, asked: int, pose: FloatArray) -> float:
    """How deep an asked shape would be inside the scene, metres: what it had to be moved by to be free.

    Args:
        batch: has the scene.
        number: of the scene.
        asked: of the shape.
        pose: (5,) on its surface, as the network is asked about it; its scale is left aside.
    """
    scene = batch.scenes[number]
    return depth_inside(scene.placed(asked, scene.on[asked], pose), scene.kept)


def depth_inside(placed: Placed, others: Sequence[Placed]) -> float:
    """How deep a shape is inside others, metres: what it had to be moved by to be free."""
    depths = [
        found[1].min() for other in others if (found := penetration(placed.body, other.body, OVERLAP)) is not None
    ]
    return float(max(depths, default=0.0))


@dataclass(frozen=True, eq=False)
class View:
    """A scene as it is told: turned by an azimuth, with a camera.

    Attributes:
        azimuth: radians by which all is turned.
        camera: pitch (radians), distance (metres), tangent of half the field.
        aside: radians by which the camera stands further round; 0 where all is told as it sees it.
        told: whether that is told with a rectangle.
    """

    azimuth: float
    camera: tuple[float, float, float]
    aside: float = 0.0
    told: bool = True

    @staticmethod
    def draw(rng: np.random.Generator, frame: Frame = "view") -> "View":
        """From any side."""
        azimuth = float(rng.uniform(-math.pi, math.pi))
        pitch, distance, field = (float(rng.uniform(*ends)) for ends in _CAMERA)
        camera = math.radians(pitch), distance, math.tan(math.radians(field) / 2)
        return View(azimuth, camera) if frame == "view" else View(0.0, camera, azimuth, told=frame == "room")

    def turned(self, angle: float) -> "View":
        """From a side further round, radians."""
        return replace(self, azimuth=self.azimuth + angle)

    @property
    def axes(self) -> FloatArray:
        """(2, 2) rows: where the scene's x and y axes go."""
        cosine, sine = math.cos(self.azimuth), math.sin(self.azimuth)
        return np.array([[cosine, -sine], [sine, cosine]])

    def place(self, point: FloatArray) -> FloatArray:
        """(…, 3) where points of the scene are seen."""
        return np.concatenate([point[..., :2] @ self.axes, point[..., 2:]], axis=-1)

    def back(self, point: FloatArray) -> FloatArray:
        """(…, 3) points of the scene that are seen there."""
        return np.concatenate([point[..., :2] @ self.axes.T, point[..., 2:]], axis=-1)

    def rectangle(self, placed: Placed) -> FloatArray:
        """(4,) the box around the box of a shape in the picture: left, bottom, right, top, 1 at the field's border."""
        pitch, distance, tangent = self.camera
        corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (0, 1)]) * placed.shape.size
        turned = np.concatenate([corners[:, :2] @ placed.axes, corners[:, 2:]], axis=1) + placed.position
        x, y, z = self.turned(self.aside).place(turned).T
        forward = math.cos(pitch) * y - math.sin(pitch) * z + distance
        up = math.sin(pitch) * y + math.cos(pitch) * z
        depth = np.maximum(forward, 0.1) * tangent
        seen = np.stack([x / depth, up / depth], axis=1).clip(-1.5, 1.5)
        return np.concatenate([seen.min(axis=0), seen.max(axis=0)])


class _Told(NamedTuple):
    """A surface of a scene's shape, or the floor.

    Attributes:
        host: number of the shape; ``FLOOR``.
        number: of the surface among the host's.
        middle: (3,) in the view.
        yaw: of its axes, in the view.
        row: (14,) what is read of it.
    """

    host: int
    number: int
    middle: FloatArray
    yaw: float
    row: FloatArray


def _surfaces(scene: Composition, kept: Sequence[int], view: View) -> list[_Told]:
    """The floor and all surfaces of the shapes that are kept, in the view."""
    floor = np.array([0, 0, 0, HALF_ROOM, HALF_ROOM, 1, 0, 0, 0, 1, 1, _HIGHEST, 1, 1], dtype=np.float64)
    found = [_Told(FLOOR, -1, np.zeros(3), 0.0, floor)]
    for number in kept:
        placed = scene.placed[number]
        surfaces = surfaces_of(placed.shape)
        for k, surface in enumerate(surfaces):
            local = np.array([surface.x, surface.y]) @ placed.axes
            middle = view.place(placed.position + np.array([*local, surface.z]))
            yaw = placed.yaw - view.azimuth
            on_it = [o for n in kept if (o := scene.placed[n]).host == number and o.surface == k]
            row = _surface_row(placed, surface, middle, yaw, 1 - (k + 1) / len(surfaces), on_it)
            found.append(_Told(number, k, middle, yaw, row))
    return found


def _surface_row(
    placed: Placed, surface: Surface, middle: FloatArray, yaw: float, rank: float, on_it: Sequence[Placed]
) -> FloatArray:
    """What is read of a surface, (14,).

    Middle, half extents, axes, height over the host's base, rank from the top, share of the host's ground, whether it
    is open above, free height, free share, whether it is the floor.
    """
    area = surface.width * surface.depth
    taken = sum(float(np.prod(other.shape.size[:2])) for other in on_it)
    return np.array([
        *middle, surface.width / 2, surface.depth / 2, math.cos(yaw), math.sin(yaw), surface.z, rank,
        area / float(np.prod(placed.shape.size[:2])), float(math.isinf(surface.clear)), min(surface.clear, _HIGHEST),
        max(1 - taken / area, 0.0), 0.0,
    ])  # fmt: skip


class _Asked(NamedTuple):
    """What is told of one asked shape, and what is to be learnt."""

    points: FloatArray
    places: FloatArray
    size: FloatArray
    cues: FloatArray
    cue_mask: BoolArray
    surface: int
    pose: FloatArray


def _asked(
    scene: Composition,
    number: int,
    view: View,
    told: Sequence[_Told],
    bank: ShapeBank,
    rng: np.random.Generator,
    asking: Asking,
) -> _Asked:
    """What is told of one shape, drawn at random: whether size and yaw are known, and which cues."""
    placed = scene.placed[number]
    shape = bank.number_of(placed.shape)
    rows = rng.permutation(PATCHES)[:READ]
    points, middles = bank.points[shape, rows].astype(np.float64), bank.middles[shape, rows].astype(np.float64)
    scale = math.exp(rng.uniform(-_SCALES, _SCALES)) if rng.random() < asking.size_unknown else 1.0
    yaw = placed.yaw - view.azimuth
    knows_yaw = rng.random() < asking.yaw_known
    if knows_yaw:
        points, middles = _turned(points, middles, yaw)
    middles = middles / scale
    points = np.concatenate([points[..., :3] / scale, points[..., 3:]], axis=-1)
    surface = next(k for k, one in enumerate(told) if (one.host, one.number) == (placed.host, placed.surface))
    on = told[surface]
    offset = (view.place(placed.position) - on.middle)[:2]
    cosine, sine = math.cos(on.yaw), math.sin(on.yaw)
    u, v = cosine * offset[0] + sine * offset[1], cosine * offset[1] - sine * offset[0]
    pose = np.array([u, v, math.cos(yaw - on.yaw), math.sin(yaw - on.yaw), math.log(scale)])
    size = np.array([*(placed.shape.size / scale), float(scale == 1.0), float(knows_yaw)])
    cues, mask = _cues(scene, placed, view, on, rng, asking)
    return _Asked(points, places_of(points, middles), size, cues, mask, surface, pose)


def _turned(points: FloatArray, middles: FloatArray, yaw: float) -> tuple[FloatArray, FloatArray]:
    """Patches turned about Z."""
    cosine, sine = math.cos(yaw), math.sin(yaw)
    axes = np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
    return np.concatenate([points[..., :3] @ axes, points[..., 3:] @ axes], axis=-1), middles @ axes


def places_of(points: FloatArray, middles: FloatArray) -> FloatArray:
    """(…, 5) middles of patches, and their lowest and highest z, from points relative to these."""
    heights = points[..., 2] + middles[..., None, 2]
    return np.concatenate([middles, heights.min(axis=-1)[..., None], heights.max(axis=-1)[..., None]], axis=-1)


def _cues(
    scene: Composition, placed: Placed, view: View, on: _Told, rng: np.random.Generator, asking: Asking
) -> tuple[FloatArray, BoolArray]:
    """(CUES, 24) and (CUES,): those that are told come first."""
    rows = list[FloatArray]()
    if placed.anchor != FLOOR and rng.random() < asking.edge:
        rows.append(_edge(scene.placed[placed.anchor], placed, view))
    if rng.random() < asking.box:
        box = view.rectangle(placed)
        extents = np.tile(box[2:] - box[:2], 2)
        jitter = rng.uniform(-asking.jitter, asking.jitter, 4) * rng.random() * extents
        way = [math.cos(view.aside), math.sin(view.aside)] if view.told else [0.0, 0.0]
        rows.append(_row(1, [*(box + jitter), *view.camera, *way]))
    if rng.random() < asking.place:
        rows.append(_row(2, view.place(placed.position)[:2]))
    if rng.random() < asking.support:
        rows.append(_row(3, on.middle))
    table, mask = np.zeros((CUES, CUE_WIDTH)), np.zeros(CUES, dtype=np.bool_)
    for k, row in enumerate(rows[:CUES]):
        table[k], mask[k] = row, True
    return table, mask


_RELATIONS: Final = ("on", "under", *SIDES)
_WAYS: Final = np.array([[0, 0], [0, 0], [-1, 0], [1, 0], [0, -1], [0, 1]])
"""Of the scene's axes, in which each relation points."""


def _edge(anchor: Placed, placed: Placed, view: View) -> FloatArray:
    """The relation to an anchor: which, where it points in the view, and the anchor's box."""
    which = _RELATIONS.index(placed.relation)
    kind = np.eye(len(_RELATIONS))[which]
    half = np.abs(view.axes.T) @ anchor.half
    yaw = anchor.yaw - view.azimuth
    way = _WAYS[which] @ view.axes
    return _row(
        0, [*kind, *way, *view.place(anchor.position), *half, anchor.shape.size[2], math.cos(yaw), math.sin(yaw)]
    )


def _row(kind: int, numbers: Sequence[float] | FloatArray) -> FloatArray:
    row = np.zeros(CUE_WIDTH)
    row[kind] = 1.0
    row[4 : 4 + len(numbers)] = numbers
    return row


def make_batch(
    scenes: Sequence[Composition],
    bank: ShapeBank,
    asked: int,
    rng: np.random.Generator,
    asking: Asking = Asking(),
) -> Batch:
    """Scenes with asked shapes as tensors.

    Args:
        scenes: B of them, of the bank's shapes.
        bank: has their patches.
        asked: A, shapes that are asked for of each, at most.
        rng: draws views, which shapes are asked for, and what is told of them.
        asking: how often what is told.
    """
    rows = [_scene_rows(scene, bank, asked, rng, asking) for scene in scenes]
    count = max(len(row.places) for row in rows)
    patches = max(count, 1)
    out = PlacerInputs(
        torch.zeros(len(rows), patches, POINTS, POINT_WIDTH),
        torch.zeros(len(rows), patches, PLACE_WIDTH),
        torch.zeros(len(rows), patches, dtype=torch.bool),
        torch.zeros(len(rows), SURFACES, SURFACE_WIDTH),
        torch.zeros(len(rows), SURFACES, dtype=torch.bool),
        torch.zeros(len(rows), asked, READ, POINTS, POINT_WIDTH),
        torch.zeros(len(rows), asked, READ, PLACE_WIDTH),
        torch.zeros(len(rows), asked, SIZE_WIDTH),
        torch.zeros(len(rows), asked, CUES, CUE_WIDTH),
        torch.zeros(len(rows), asked, CUES, dtype=torch.bool),
    )
    targets = Targets(
        torch.zeros(len(rows), asked, dtype=torch.long),
        torch.zeros(len(rows), asked, POSE_WIDTH),
        torch.zeros(len(rows), asked, dtype=torch.bool),
    )
    for b, (points, places, told, wanted, _) in enumerate(rows):
        out.scene_points[b, : len(points)] = torch.as_tensor(points)
        out.scene_places[b, : len(points)] = torch.as_tensor(places)
        out.scene_mask[b, : len(points)] = True
        out.surfaces[b, : len(told)] = torch.as_tensor(np.stack([one.row for one in told]))
        out.surface_mask[b, : len(told)] = True
        for a, one in enumerate(wanted):
            out.points[b, a], out.places[b, a] = torch.as_tensor(one.points), torch.as_tensor(one.places)
            out.sizes[b, a], out.cues[b, a] = torch.as_tensor(one.size), torch.as_tensor(one.cues)
            out.cue_mask[b, a] = torch.as_tensor(one.cue_mask)
            targets.surface[b, a], targets.asked[b, a] = one.surface, True
            targets.pose[b, a] = torch.as_tensor(one.pose)
    return Batch(out, targets, [row.scene for row in rows])


class _Rows(NamedTuple):
    """Of one scene: points and places of its patches, its surfaces, the asked shapes."""

    points: FloatArray
    places: FloatArray
    told: list[_Told]
    asked: list[_Asked]
    scene: Scene


def _scene_rows(scene: Composition, bank: ShapeBank, asked: int, rng: np.random.Generator, asking: Asking) -> _Rows:
    wanted, kept = split(scene, asked, rng)
    view = View.draw(rng, asking.frame)
    view = view if asking.azimuth is None else replace(view, azimuth=asking.azimuth)
    told = _surfaces(scene, kept, view)[:SURFACES]
    named = {(one.host, one.number) for one in told}
    wanted = [n for n in wanted if (scene.placed[n].host, scene.placed[n].surface) in named]
    points, places = [np.empty((0, POINTS, POINT_WIDTH))], [np.empty((0, PLACE_WIDTH))]
    for number in kept:
        placed = scene.placed[number]
        shape, rows = bank.number_of(placed.shape), rng.permutation(PATCHES)[:READ]
        own, middles = _turned(bank.points[shape, rows], bank.middles[shape, rows], placed.yaw - view.azimuth)
        points.append(own)
        places.append(places_of(own, middles + view.place(placed.position)))
    answers = [_asked(scene, number, view, told, bank, rng, asking) for number in wanted]
    back = [(view.back(one.middle), one.yaw + view.azimuth) for one in told]
    on = [answer.surface for answer in answers]
    shown = Scene([scene.placed[n] for n in kept], [scene.placed[n] for n in wanted], back, on, view)
    return _Rows(np.concatenate(points), np.concatenate(places), told, answers, shown)


def split(scene: Composition, asked: int, rng: np.random.Generator) -> tuple[list[int], list[int]]:
    """Numbers of the shapes that are asked for, and of those that are the scene: without what stands on the asked ones.

    Half of the asked ones stand on something, where there are so many.
    """
    below = [_below(scene, number) for number in range(len(scene.placed))]
    told = [below[n] | ({placed.anchor} - {FLOOR}) for n, placed in enumerate(scene.placed)]
    on = [n for n, placed in enumerate(scene.placed) if placed.host != FLOOR]
    grounded = [n for n, placed in enumerate(scene.placed) if placed.host == FLOOR]
    wanted = set[int]()
    for _ in range(2 * asked):
        first, second = (on, grounded) if rng.random() < _ON_TOP else (grounded, on)
        fit = [n for n in first if _fits(n, wanted, told)] or [n for n in second if _fits(n, wanted, told)]
        if len(wanted) == asked or not fit or len(wanted) + 1 == len(scene.placed):
            break
        wanted.add(fit[int(rng.integers(len(fit)))])
    kept = [n for n in range(len(scene.placed)) if n not in wanted and not wanted & below[n]]
    return sorted(wanted), kept


def _below(scene: Composition, number: int) -> set[int]:
    """What a shape stands on, directly and indirectly."""
    placed, found = scene.placed[number], set[int]()
    while placed.host != FLOOR:
        found.add(placed.host)
        placed = scene.placed[placed.host]
    return found


def _fits(number: int, wanted: set[int], told: Sequence[set[int]]) -> bool:
    """Whether a shape can be asked for beside others: none of them carries another, nor is its anchor."""
    return number not in wanted and not wanted & told[number] and not any(number in told[other] for other in wanted)
