"""What the scene's camera sees of some solids: for each pixel, which of them; exact, without any anti-aliasing.

The labels of a picture are found by rays and not by a render, so that no engine, filter or view transform has a part in
them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix, Vector
from mathutils.bvhtree import BVHTree
from numpy.typing import NDArray

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.geometry.frames import FloatArray
from ..instructscene_core.placer.solid import Solid
from .language import tr
from .session import Progress, Steps

_COARSE: Final = 2
"""Pixels along each side of a square that one ray stands for."""
_ROWS: Final = 4
"""Rows of rays between two looks at the interface."""
_NEAR: Final = 1e-4
"""Metres that something must be before a solid to hide it."""
_ROUND: Final = 2
"""Rays around the rectangle that a solid fills."""


@dataclass(frozen=True)
class Eye:
    """The scene's camera in the axes of solids, in metres.

    Args:
        rotation: (3, 3) from its axes (right, up, backwards).
        place: (3,) where it is.
        frame: (4, 3) corners of what it sees, in its own axes: right top, right bottom, left bottom, left top.
        flat: whether its rays are parallel.
        clip: metres before it from which and up to which it sees.
        size: width and height of the picture in pixels.
    """

    rotation: FloatArray
    place: FloatArray
    frame: FloatArray
    flat: bool
    clip: tuple[float, float]
    size: tuple[int, int]

    def rays(self, xs: FloatArray, y: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """(N, 3) beginnings, (N, 3) unit directions and (N,) lengths of the rays through places of a row.

        Args:
            xs: (N,) from the left, 0 to 1.
            y: from the top, 0 to 1.
        """
        right_top, right_bottom, left_bottom, left_top = self.frame
        left, right = left_top + y * (left_bottom - left_top), right_top + y * (right_bottom - right_top)
        seen = left + xs[:, None] * (right - left)
        ways = np.tile([0.0, 0.0, -1.0], (len(xs), 1)) if self.flat else seen
        begins = seen * [1.0, 1.0, 0.0] if self.flat else np.zeros_like(seen)
        ways = ways / np.linalg.norm(ways, axis=1, keepdims=True)
        near, far = (end / -ways[:, 2] for end in self.clip)  # they are told along the view
        begins = begins + near[:, None] * ways
        return begins @ self.rotation.T + self.place, ways @ self.rotation.T, far - near

    def seen_at(self, points: FloatArray) -> FloatArray:
        """(N, 2) where points are in the picture, 0 to 1 from its left and top; NaN behind the camera."""
        local = (points - self.place) @ self.rotation
        depth = np.full(len(local), -self.frame[0, 2]) if self.flat else -local[:, 2]
        scale = -self.frame[0, 2] / np.where(depth > _NEAR, depth, np.nan)
        low, high = self.frame[2, :2], self.frame[0, :2]
        share = (local[:, :2] * scale[:, None] - low) / (high - low)
        return np.stack([share[:, 0], 1 - share[:, 1]], axis=1)


@dataclass(frozen=True)
class Labels:
    """What a camera sees.

    Args:
        pixels: (H, W) number of the solid, from 1 on, row 0 at the top; 0 is none of them.
        whole: pixels that each would have if nothing were before it.
    """

    pixels: NDArray[np.uint16]
    whole: dict[int, int]


def eye_of(scene: bpy.types.Scene, axes: Matrix, shorter: int) -> Eye:
    """The scene's camera.

    Args:
        scene: its camera and the proportions of its pictures.
        axes: from the world in Blender units to those of the solids, in metres.
        shorter: pixels of the picture's shorter side.

    Raises:
        InvalidInputError: there is none, or it sees all round.
    """
    camera = scene.camera
    if camera is None or camera.type != "CAMERA":
        raise InvalidInputError(tr("The scene has no camera"), tr("Add one that sees the selection"))
    data: Any = camera.data
    if data.type == "PANO":
        raise InvalidInputError(tr("The camera is a panoramic one"), tr("Choose a perspective camera"))
    world = axes @ camera.matrix_world
    scale = axes.to_scale().x
    corners = np.array([tuple(corner) for corner in data.view_frame(scene=scene)]) * scale
    render = scene.render
    ratio = (render.resolution_x * render.pixel_aspect_x) / (render.resolution_y * render.pixel_aspect_y)
    size = (round(shorter * ratio), shorter) if ratio >= 1 else (shorter, round(shorter / ratio))
    rotation = np.array(world.to_quaternion().to_matrix())
    width, height = (_COARSE * max(side // _COARSE, 1) for side in size)
    clip = data.clip_start * scale, data.clip_end * scale
    return Eye(rotation, np.array(world.translation), corners, data.type == "ORTHO", clip, (width, height))


def label_steps(eye: Eye, solids: Sequence[Solid], others: Sequence[Solid]) -> Steps[Labels]:
    """The steps that find out which solid each pixel shows.

    Args:
        eye: sees them.
        solids: get the numbers 1, 2, ….
        others: hide what is behind them.
    """
    width, height = (side // _COARSE for side in eye.size)
    trees = [_tree([solid]) for solid in solids]
    before = _tree(others) if others else None
    spans = [_span(eye, solid, width, height) for solid in solids]
    pixels = np.zeros((height, width), dtype=np.uint16)
    whole = dict.fromkeys(range(1, len(solids) + 1), 0)
    first, last = min(span[2] for span in spans), max(span[3] for span in spans)
    for y in range(first, last):
        if (y - first) % _ROWS == 0:
            yield Progress("Looking through the camera", 0.02 + 0.03 * (y - first) / max(last - first, 1))
        inside = [n for n, span in enumerate(spans) if span[2] <= y < span[3]]
        if not inside:
            continue
        low, high = min(spans[n][0] for n in inside), max(spans[n][1] for n in inside)
        begins, ways, lengths = eye.rays((np.arange(low, high) + 0.5) / width, (y + 0.5) / height)
        rays = zip(range(low, high), begins.tolist(), ways.tolist(), lengths.tolist(), strict=True)
        for x, begin, way, length in rays:
            crossed = [n for n in inside if spans[n][0] <= x < spans[n][1]]
            hits = [(trees[n].ray_cast(begin, way, length)[3], n + 1) for n in crossed]
            found = [(distance, number) for distance, number in hits if distance is not None]
            for _, number in found:
                whole[number] += 1
            if found:
                nearest, number = min(found)
                hidden = before is not None and before.ray_cast(begin, way, nearest - _NEAR)[3] is not None
                pixels[y, x] = 0 if hidden else number
    fine = pixels.repeat(_COARSE, axis=0).repeat(_COARSE, axis=1)
    return Labels(fine, {number: count * _COARSE**2 for number, count in whole.items()})


def _tree(solids: Sequence[Solid]) -> BVHTree:
    """Of all their triangles."""
    corners = np.concatenate([solid.corners for solid in solids])
    starts = np.cumsum([0, *(len(solid.corners) for solid in solids)])
    faces = np.concatenate([solid.faces + start for solid, start in zip(solids, starts, strict=False)])
    return BVHTree.FromPolygons([Vector(corner) for corner in corners.tolist()], faces.tolist(), all_triangles=True)


def _span(eye: Eye, solid: Solid, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, right, top and bottom of the rays that may meet a solid; all where a part of it is behind the camera."""
    seen = eye.seen_at(solid.corners)
    if not np.isfinite(seen).all():
        return 0, width, 0, height
    (left, top), (right, bottom) = seen.min(axis=0), seen.max(axis=0)
    xs = np.clip([left * width - _ROUND, right * width + _ROUND], 0, width).astype(int)
    ys = np.clip([top * height - _ROUND, bottom * height + _ROUND], 0, height).astype(int)
    return int(xs[0]), int(xs[1]), int(ys[0]), int(ys[1])
