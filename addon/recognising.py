"""Has the worker recognise the person's own pieces: class, front and unit from their shapes and names."""

import base64
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..instructscene_core.errors import InvalidInputError
from .bodies import solid_parts, world_corners
from .clouds import Floats, cloud_of
from .guesses import Guess, guess_of, remember
from .language import a_category, tr
from .session import SESSION, Progress, Steps, exchange
from .transforms import set_world, world_of

_POINTS: Final = 2048
"""Points of a piece that the worker gets."""


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
    """(n, 6) places on the surface of a piece and linear colours, see `cloud_of`."""
    work = cloud_of(root, _POINTS)
    try:
        while True:
            next(work)
            yield Progress("Looking at your objects", 0.03)
    except StopIteration as stop:
        cloud = stop.value
    return None if cloud is None else np.concatenate([cloud.places, cloud.colours], axis=1)


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
