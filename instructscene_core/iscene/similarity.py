"""Finds the one similarity that carries I-Scene's cube into the room, from boxes whose places are known.

Three boxes or more: closed-form least squares with scale (Umeyama, PAMI 1991) on triples of centres, by consensus, then
refined on the corners of the boxes. One or two: the rotation is the convention's, scale and shift are linear.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from .errors import ISceneError
from .poses import (
    Array,
    Box,
    Convention,
    Similarity,
    angle_between,
    calibrate,
    check_boxes,
    checked_rotation,
)

__all__ = ["Box", "Convention", "Similarity", "calibrate", "solve"]

MOST_MISS: Final = 0.12
"""Root mean square that corners may miss, as a share of the scene's size."""
_INLIER: Final = 0.2
"""The same of one box that belongs to the rest: twice what noise of 5 % brings."""
_NEAR: Final = 0.02
"""The same up to which a box counts in full: one that stands elsewhere in the picture must not pull at the rest."""
_MIRRORED: Final = 0.01
"""By which a mirrored scene must fit better, beside twice as well, to be taken for one."""
_STRAYS: Final = 5
"""Boxes of which one may lie elsewhere than the others say."""
_TRIPLES: Final = 220
"""Of boxes that are tried: all of 12 boxes, a sample of more."""
_REFINED: Final = 8
"""Of the best beginnings."""
_STEPS: Final = 20
"""Of a refinement."""
_LINE: Final = 0.3
"""Width by length of the centres' cloud below which it may be turned about its length."""
_SPINS: Final = 24
_MOST_TILT: Final = 60.0
"""Degrees that a camera's pitch is taken to explain."""
_MARGIN: Final = 20.0
"""Degrees beyond the pitch of the camera, where that is known."""
_DIRECTIONS: Final = 200
"""In which a shape's outermost points are kept; between two neighbours lie 14 degrees."""
_AGAIN: Final = "Run it again with another seed, or with objects that are seen better"


class _Task(NamedTuple):
    """Boxes of the world and the outermost points of their shapes in the cube.

    Attributes:
        axes: (B, 3, 3) of the boxes, as rows.
        low: (B, 3) of the boxes in their own axes.
        high: (B, 3) likewise.
        points: (B, P, 3) of the shapes.
        size: of the scene, the longest side of its bounds, metres.
    """

    axes: Array
    low: Array
    high: Array
    points: Array
    size: float


def solve(
    boxes: Sequence[Box],
    shapes: Sequence[Array],
    convention: Convention | None = None,
    camera: Array | None = None,
    *,
    trial: bool = False,
) -> Similarity:
    """The similarity that puts shapes into their boxes best.

    Args:
        boxes: known places in the world.
        shapes: (n, 3) points of each in the cube.
        convention: how the cube lies to the camera; needed for one or two boxes, for more it tells what is up.
        camera: (3, 3) rotation of the camera to the world.
        trial: any side of the cube may be up, as before a convention is known.

    Raises:
        InvalidInputError: boxes and shapes do not belong together, or the camera's is no rotation.
        ISceneError: too few boxes, or the scene does not fit, is mirrored, upside down or on its side.
    """
    check_boxes(boxes, shapes)
    task = _task(boxes, shapes)
    known = convention.rotation(camera) if convention is not None and camera is not None else None
    if len(boxes) < 3:
        if known is None:
            number = "Two objects do" if len(boxes) == 2 else "One object does"
            raise ISceneError(
                f"{number} not tell how the scene is turned",
                "Select three objects or more, or run Try I-Scene in the preferences first",
            )
        return _checked(task, _scaled(task, known))
    up: Array = np.array([0.0, 0.0, 1.0]) if known is None else known[2]
    limit = _most_tilt(camera) if known is None else _MOST_TILT
    found = _fits(task, known)
    standing = [fit for fit in found if trial or _lean(fit[1], up) <= limit]
    best, chosen = found[0], standing[0] if standing else found[0]
    if not standing or chosen[0] > 1.3 * best[0] + 0.005:
        what = "upside down or mirrored" if _lean(best[1], up) > 90 else "on its side"
        raise ISceneError(f"I-Scene's scene lies {what}", _AGAIN)
    similarity = _checked(task, chosen[1])
    if chosen[0] <= _MIRRORED:
        return similarity
    flipped = task._replace(points=task.points * np.array([-1.0, 1.0, 1.0]))
    turned: Array = up * np.array([-1.0, 1.0, 1.0])
    mirrored = min((miss for miss, fit in _fits(flipped, None) if trial or _lean(fit, turned) <= limit), default=1.0)
    if 2 * mirrored + _MIRRORED < chosen[0]:
        raise ISceneError("I-Scene's scene is mirrored", _AGAIN)
    return similarity


def _task(boxes: Sequence[Box], shapes: Sequence[Array]) -> _Task:
    axes = np.stack([box.axes for box in boxes])
    middle = np.einsum("bij,bj->bi", axes, np.stack([box.centre for box in boxes]))
    half = np.stack([box.size for box in boxes]) / 2
    corners = np.concatenate([box.corners for box in boxes])
    size = float(np.ptp(corners, axis=0).max())
    return _Task(axes, middle - half, middle + half, np.stack([_outermost(points) for points in shapes]), size)


def _outermost(points: Array) -> Array:
    """The points that are farthest in many directions, spread over the sphere by the golden angle: (P, 3)."""
    z = 1 - (2 * np.arange(_DIRECTIONS) + 1) / _DIRECTIONS
    turn = np.pi * (3 - math.sqrt(5)) * np.arange(_DIRECTIONS)
    flat = np.sqrt(1 - z * z)
    directions = np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=1)
    return points[np.argmax(points @ directions.T, axis=0)]


def _most_tilt(camera: Array | None) -> float:
    """Degrees that the cube may lean, whose convention nobody knows."""
    if camera is None:
        return _MOST_TILT
    pitch = math.degrees(math.asin(float(np.clip(abs(checked_rotation(camera)[2, 2]), 0, 1))))
    return min(max(_MOST_TILT, pitch + _MARGIN), 90.0)


def _lean(similarity: Similarity, up: Array) -> float:
    """Degrees between what is up in the cube, (3,), and in the world."""
    return math.degrees(math.acos(float(np.clip(similarity.rotation[2] @ up, -1, 1))))


def _misses(task: _Task, similarity: Similarity) -> Array:
    """Root mean square by which the corners of each shape's bounds miss its box's, as a share of the scene: (B,)."""
    placed = task.points @ (similarity.scale * task.axes @ similarity.rotation).transpose(0, 2, 1)
    moved = task.axes @ similarity.shift
    low, high = placed.min(axis=1) + moved - task.low, placed.max(axis=1) + moved - task.high
    return np.sqrt(((low**2 + high**2) / 2).sum(axis=1)) / task.size


def _loss(task: _Task, similarity: Similarity) -> float:
    """Mean miss, of which a box that does not belong to the rest counts no more than the limit."""
    return float(np.minimum(_misses(task, similarity), _INLIER).mean())


def _checked(task: _Task, similarity: Similarity) -> Similarity:
    """Raises an ISceneError where boxes are missed by too much."""
    misses = _misses(task, similarity)
    enough = len(misses) - len(misses) // _STRAYS  # of four boxes any three could be fitted somehow
    inliers = misses[misses < _INLIER]
    together = len(inliers) >= enough
    miss = math.sqrt(float((inliers**2).mean())) if together else float(np.sort(misses)[enough - 1])
    if miss > MOST_MISS:
        raise ISceneError(
            f"I-Scene's scene does not fit the room: it misses by {miss:.0%} of its size, {MOST_MISS:.0%} are allowed",
            _AGAIN,
        )
    return similarity


def _fits(task: _Task, known: Array | None) -> list[tuple[float, Similarity]]:
    """Refined candidates with their losses, the best first."""
    begun = sorted(((_loss(task, fit), fit) for fit in _beginnings(task, known)), key=lambda pair: pair[0])
    taken: list[Similarity] = []
    for _, fit in begun:  # the best of each way to lie, so that one that is upside down does not crowd the others out
        if all(angle_between(fit.rotation, other.rotation) > 20 for other in taken):
            taken.append(fit)
        if len(taken) == _REFINED:
            break
    if not taken:
        raise ISceneError("The objects stand too near each other to tell how the scene is turned", _AGAIN)
    refined = [_refine(task, fit) for fit in taken]
    return sorted(((_loss(task, fit), fit) for fit in refined), key=lambda pair: pair[0])


def _beginnings(task: _Task, known: Array | None) -> Iterator[Similarity]:
    """Similarities by the centres of all boxes, of triples of them, and of these turned about the centres' line."""
    world = np.einsum("bij,bi->bj", task.axes, (task.low + task.high) / 2)
    cube = (task.points.min(axis=1) + task.points.max(axis=1)) / 2
    number = len(world)
    triples: Iterator[tuple[int, ...]] = itertools.combinations(range(number), 3)
    if math.comb(number, 3) > _TRIPLES:
        random = np.random.default_rng(0)
        triples = (tuple(random.choice(number, 3, replace=False)) for _ in range(_TRIPLES))
    _, extents, lines = np.linalg.svd(world - world.mean(axis=0), full_matrices=False)
    spins = 2 * np.pi * np.arange(_SPINS) / _SPINS if extents[1] < _LINE * extents[0] else [0.0]
    turns = [_rotation(lines[0] * spin) for spin in spins]
    for rows in (list(range(number)), *map(list, triples)):
        fit = _umeyama(cube[rows], world[rows])
        if fit is not None:
            middle = world[rows].mean(axis=0)
            for turn in turns:
                yield Similarity(turn @ fit.rotation, fit.scale, turn @ (fit.shift - middle) + middle)
    if known is not None:
        yield _scaled(task, known)


def _umeyama(source: Array, target: Array) -> Similarity | None:
    """Least squares of a proper rotation, one scale and a shift between points (n, 3); None of points in one place."""
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    spread = float((a**2).sum())
    if spread < 1e-12 or float((b**2).sum()) < 1e-12:
        return None
    left, values, right = np.linalg.svd(b.T @ a)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right)) or 1.0])
    rotation = left * sign @ right
    scale = float(values @ sign) / spread
    if scale <= 1e-9:
        return None
    return Similarity(rotation, scale, target.mean(axis=0) - scale * rotation @ source.mean(axis=0))


def _equations(task: _Task, rotation: Array) -> tuple[Array, Array, Array]:
    """What each side of each box asks for, outermost points being as a rotation has them.

    Returns:
        normals of the sides (S, 3), the outermost points in them, turned but not scaled (S, 3), and where the sides
        are along their normals (S,).
    """
    turned = task.points @ rotation.T
    along = turned @ task.axes.transpose(0, 2, 1)
    rows = np.arange(len(turned))[:, None]
    ends = [turned[rows, choose(along, axis=1)] for choose in (np.argmin, np.argmax)]
    normals = np.concatenate([task.axes, task.axes]).reshape(-1, 3)
    return normals, np.concatenate(ends).reshape(-1, 3), np.concatenate([task.low, task.high]).ravel()


def _scaled(task: _Task, rotation: Array) -> Similarity:
    """Scale and shift by linear least squares on all sides, with a rotation that is known.

    Raises:
        ISceneError: the shapes have no extent.
    """
    normals, ends, sides = _equations(task, rotation)
    left = np.column_stack([np.einsum("si,si->s", normals, ends), normals])
    solution = np.linalg.lstsq(left, sides, rcond=None)[0]
    if not solution[0] > 0:
        raise ISceneError("I-Scene's scene does not fit the room: its shapes have no size", _AGAIN)
    return Similarity(rotation, float(solution[0]), solution[1:])


def _refine(task: _Task, similarity: Similarity) -> Similarity:
    """Gauss-Newton with damping (Levenberg and Marquardt), reweighted, on the sides of boxes that belong together."""
    inliers = _misses(task, similarity) < 1.5 * _INLIER
    if np.count_nonzero(inliers) < 3:
        return similarity
    part = task._replace(**{name: getattr(task, name)[inliers] for name in ("axes", "low", "high", "points")})
    cost, damping = _cost(part, similarity), 1e-3
    for _ in range(_STEPS):
        normals, ends, sides = _equations(part, similarity.rotation)
        ends = similarity.scale * ends
        along = np.einsum("si,si->s", normals, ends)
        jacobian = np.column_stack([np.cross(ends, normals), along, normals])
        missing = sides - along - normals @ similarity.shift
        trust = np.sqrt(np.minimum(1.0, _NEAR / np.maximum(_misses(part, similarity), 1e-9)))
        trust = np.tile(np.repeat(trust, 3), 2)
        jacobian, missing = jacobian * trust[:, None], missing * trust
        square = jacobian.T @ jacobian
        weights = damping * np.diag(square) + 1e-9 * np.trace(square)
        step = np.linalg.solve(square + np.diag(weights), jacobian.T @ missing)
        rotation = _rotation(step[:3]) @ similarity.rotation
        scale = similarity.scale * math.exp(float(np.clip(step[3], -0.5, 0.5)))
        tried = Similarity(rotation, scale, similarity.shift + step[4:])
        now = _cost(part, tried)
        if now < cost:
            done = now > cost * (1 - 1e-6)
            similarity, cost, damping = tried, now, damping / 4
            if done:
                break
        else:
            damping *= 8
            if damping > 1e6:
                break
    return similarity


def _cost(task: _Task, similarity: Similarity) -> float:
    """Of all boxes: squares of small misses, and no more than in proportion what a large one adds (Huber)."""
    misses = _misses(task, similarity)
    return float(np.where(misses < _NEAR, misses**2, _NEAR * (2 * misses - _NEAR)).sum())


def _rotation(vector: Array) -> Array:
    """About a vector (3,), by its length in radians (Rodrigues)."""
    angle = float(np.linalg.norm(vector))
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross
