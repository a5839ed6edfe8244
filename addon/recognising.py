"""Has the worker recognise the person's own pieces: class, front and unit from their shapes and names."""

import base64
import math
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Final

import bpy
import numpy as np
import numpy.typing as npt
from mathutils import Matrix, Vector

from ..instructscene_core.errors import InvalidInputError
from ..model_reader.colours import colour_of
from .bodies import solid_parts, world_corners
from .guesses import Guess, guess_of, remember
from .language import a_category, tr
from .poses import yaw_of
from .records import scale_length
from .session import SESSION, Progress, Steps, exchange
from .transforms import set_world, world_of

Floats = npt.NDArray[np.float32]
_POINTS: Final = 2048
"""Points of a piece that the worker gets."""
_HEAVY: Final = 200_000
"""Corners of a mesh from which it is looked at without its modifiers, whose copy would hold the interface."""
_MOST_TRIANGLES: Final = 100_000
"""Triangles of a part that are looked at: of a larger one, every so many."""


def recognise(names: Sequence[str]) -> Steps[int]:
    """The work of recognising pieces, by the names of their roots; what it finds is remembered, the file left alone.

    Returns:
        How many were recognised.

    Raises:
        WorkerError: as `exchange`.
    """
    items, known = list[dict[str, object]](), list[str]()
    for number, name in enumerate(names):
        yield Progress("Looking at your objects", 0.02 + 0.03 * number / len(names))
        root = bpy.data.objects.get(name)
        if root is None:
            continue
        cloud = yield from _cloud(root)
        if cloud is not None:
            data = base64.b64encode(cloud.astype("<f4").tobytes()).decode("ascii")
            items.append({"name": root.name, "tags": _tags(root), "points": data})
            known.append(name)
    if not items:
        return 0
    answer = yield from exchange({"type": "recognise", "id": SESSION.new_id("recognise"), "items": items})
    for name, found in zip(known, answer["recognised"], strict=True):
        root = bpy.data.objects.get(name)
        if root is not None:
            remember(root, Guess.of(found))
    return len(known)


def _tags(root: bpy.types.Object) -> list[str]:
    """Further words about a piece: names of its data, of its parts and of its collections."""
    parts = [part for part, _ in solid_parts(root)]
    words = [part.data.name for part in parts[:1]] + [part.name for part in parts[:8] if part != root]
    words += [collection.name for collection in root.users_collection]
    return list(dict.fromkeys(words))


def _cloud(root: bpy.types.Object) -> Generator[Progress, None, Floats | None]:
    """(n, 6) places on the surface of a piece in metres, in its root's axes set upright, and linear colours."""
    metres = scale_length(bpy.context.scene)
    upright = Matrix.Rotation(-yaw_of(world_of(root)), 4, "Z") @ Matrix.Translation(-world_of(root).translation)
    corners, colours = list[Floats](), list[Floats]()
    graph = bpy.context.evaluated_depsgraph_get()
    for part, matrix in solid_parts(root):
        triangles, colour = _triangles(part, graph, np.array(upright @ matrix, dtype=np.float64) * metres)
        corners.append(triangles)
        colours.append(np.tile(np.array(colour, np.float32), (len(triangles), 1)))
        yield Progress("Looking at your objects", 0.03)
    triangles = np.concatenate(corners) if corners else np.zeros((0, 3, 3), np.float32)
    cross = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    area = np.linalg.norm(cross, axis=1).astype(np.float64)
    if not math.isfinite(float(area.sum())) or area.sum() <= 0:
        return None
    rng = np.random.default_rng(0)
    rows = rng.choice(len(area), _POINTS, p=area / area.sum())
    root_of_share, share = np.sqrt(rng.random(_POINTS)), rng.random(_POINTS)
    weights = np.stack([1 - root_of_share, root_of_share * (1 - share), root_of_share * share], axis=1)
    places = np.einsum("pk,pkc->pc", weights, triangles[rows])
    return np.concatenate([places, np.concatenate(colours)[rows]], axis=1).astype(np.float32)


def _triangles(
    part: bpy.types.Object, graph: bpy.types.Depsgraph, matrix: npt.NDArray[np.float64]
) -> tuple[Floats, tuple[float, float, float]]:
    """Corners (T, 3, 3) of a part's triangles after a matrix, and the colour of its first material."""
    grey = (0.6, 0.6, 0.6)
    plain = part.type == "MESH" and len(part.data.vertices) > _HEAVY
    evaluated = part.evaluated_get(graph)
    try:
        mesh = part.data if plain else evaluated.to_mesh()
    except RuntimeError:
        return np.zeros((0, 3, 3), np.float32), grey
    mesh.calc_loop_triangles()
    places = np.empty(3 * len(mesh.vertices), np.float32)
    faces = np.empty(3 * len(mesh.loop_triangles), np.int32)
    mesh.vertices.foreach_get("co", places)
    mesh.loop_triangles.foreach_get("vertices", faces)
    colour = colour_of(mesh.materials[0]).tint if mesh.materials else grey
    if not plain:
        evaluated.to_mesh_clear()
    chosen = faces.reshape(-1, 3)[:: max(1, len(faces) // 3 // _MOST_TRIANGLES)]
    corners = places.reshape(-1, 3)[chosen]
    return (corners @ matrix[:3, :3].T + matrix[:3, 3]).astype(np.float32), colour


def wrong_in_scale(names: Sequence[str]) -> list[tuple[bpy.types.Object, float]]:
    """Roots of pieces that are surely in another unit, with the factors that set them right."""
    roots = [root for name in names if (root := bpy.data.objects.get(name)) is not None]
    found = [(root, guess.scale) for root in roots if (guess := guess_of(root)) is not None]
    return [(root, scale) for root, scale in found if scale != 1.0]


def scale_piece(root: bpy.types.Object, factor: float) -> None:
    """Scales a piece about the middle of its base; what was recognised of it holds on."""
    guess = guess_of(root)
    corners = world_corners(root)
    low, high = (Vector([pick(corner[k] for corner in corners) for k in range(3)]) for pick in (min, max))
    base = Vector(((low.x + high.x) / 2, (low.y + high.y) / 2, low.z))
    move = Matrix.Translation(base) @ Matrix.Scale(factor, 4) @ Matrix.Translation(-base)
    set_world(root, move @ world_of(root))
    bpy.context.view_layer.update()
    if guess is not None:
        remember(root, replace(guess, scale=1.0))


def refuse_wrong_scale(roots: Sequence[bpy.types.Object]) -> None:
    """Refuses pieces that are surely in another unit.

    Raises:
        InvalidInputError: names the first, and how much too large or small it is.
    """
    for root in roots:
        guess = guess_of(root)
        if guess is None or guess.scale == 1.0:
            continue
        what = a_category(guess.category) if guess.category else tr("furniture")
        if guess.scale < 1:
            message = tr(
                '"{name}" is {factor:.3g} times too large for {what}', name=root.name, factor=1 / guess.scale, what=what
            )
        else:
            message = tr(
                '"{name}" is {factor:.3g} times too small for {what}', name=root.name, factor=guess.scale, what=what
            )
        raise InvalidInputError(
            message,
            tr("Press Fix Scale under Selection, set its scale yourself, or deselect it"),
        )
