"""Draws small pictures of furniture without a display: triangles or points become pixels, of which the nearest win.

Triangles give the cleaner picture, points one that takes the same time however heavy the mesh is, and that shows its
textures, since each has a colour of its own. NumPy alone, and no import of other modules: what reads a person's models
in Blender draws with it too, and so does the add-on.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

SIDE: Final = 128
"""Pixels of a picture's sides."""
_FINER: Final = 2
"""Pixels of the drawing for each of the picture's, along an axis."""
_FINE: Final = SIDE * _FINER
POINTS: Final = 40_000
"""Points that are enough for a picture."""
_TURN, _TILT = np.radians(32.0), np.radians(22.0)
"""From where a piece is seen: from the left of its front, and from above."""
_MARGIN: Final = 0.05
"""Around the piece, as a share of the picture."""
_KEY: Final = np.array([-0.45, -0.6, 0.75], dtype=np.float32) / np.float32(1.0607)
"""From where light comes, in the room's axes after the turn: the left, the front, above."""
_AMBIENT: Final = 0.45
_LEVELS: Final = 65535
"""Steps of depth."""
_LEAST: Final = 1e-4
"""Pixels below which a length is none."""
_GROUND: Final = 0.18
"""How much darker the ambient light is from below."""


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles of a piece, T in all, its front towards −Y.

    Args:
        corners: (T, 3, 3) metres, Z up.
        normals: (T, 3, 3) unit normals at the corners.
        colours: (T, 3) linear r g b in 0..1.
        closed: whether nothing is seen from behind: triangles are counter-clockwise from outside, without gaps.
    """

    corners: Array
    normals: Array
    colours: Array
    closed: bool = False

    @staticmethod
    def of_boxes(boxes: npt.NDArray[Any], colour: tuple[float, float, float]) -> "Surface":
        """The surface of some boxes, (B, 6): centres and full extents."""
        unit = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
        faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
        rows = np.array([(a, b, c) for a, b, c, _ in faces] + [(a, c, d) for a, _, c, d in faces])
        corners = (boxes[:, None, :3] + unit * boxes[:, None, 3:])[:, rows].reshape(-1, 3, 3)
        return Surface.flat(corners, np.broadcast_to(np.array(colour), (len(corners), 3)))

    @staticmethod
    def flat(corners: npt.NDArray[Any], colours: npt.NDArray[Any]) -> "Surface":
        """Triangles (T, 3, 3) that are each shaded flat."""
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normals = across / np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-12)
        return Surface(
            corners.astype(np.float32), np.repeat(normals[:, None], 3, axis=1).astype(np.float32),
            colours.astype(np.float32),
        )  # fmt: skip


def picture(surface: Surface, quarter: int = 0) -> npt.NDArray[np.uint8]:
    """A piece on transparent ground, (SIDE, SIDE, 4) r g b a.

    Args:
        surface: of the piece.
        quarter: quarter turns about +Z by which it is turned first.
    """
    flat, light = _seen(surface.corners, surface.normals, quarter, _FINE)
    whole = np.concatenate([flat, surface.colours[:, None] * light[..., None]], axis=-1)
    return _reduced(_drawn(whole[_faces_eye(flat)] if surface.closed else whole, _FINE), _FINE)


def picture_of_points(
    places: Array, normals: Array, colours: Array, quarter: int = 0, side: int = SIDE
) -> npt.NDArray[np.uint8]:
    """As `picture`, of points on a surface: `POINTS` leave no gaps at `SIDE`, a quarter of them none at half of it.

    Args:
        places: (P, 3) metres, Z up.
        normals: (P, 3) unit normals.
        colours: (P, 3) linear r g b in 0..1.
        quarter: as for `picture`.
        side: pixels of its sides.
    """
    fine = side * _FINER
    flat, light = _seen(places, normals, quarter, fine)
    return _reduced(_splat(flat, colours * light[:, None], fine), fine)


def _seen(places: Array, normals: Array, quarter: int, fine: int) -> tuple[Array, Array]:
    """Column, row and depth (…, 3) of places (…, 3) in the drawing, and how bright they are (…)."""
    turn = _TURN + quarter * np.pi / 2
    about = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, np.cos(_TILT), -np.sin(_TILT)], [0, np.sin(_TILT), np.cos(_TILT)]])
    about, view = about.astype(np.float32), (tilt @ about).astype(np.float32)
    turned = places @ view.T  # x to the right, y away from the eye, z up
    low, high = turned.reshape(-1, 3).min(axis=0), turned.reshape(-1, 3).max(axis=0)
    scale = fine * (1 - 2 * _MARGIN) / max(float(high[0] - low[0]), float(high[2] - low[2]), 1e-9)
    middle = (low + high) / 2
    flat = np.stack([
        (turned[..., 0] - middle[0]) * scale + fine / 2,
        fine / 2 - (turned[..., 2] - middle[2]) * scale,
        turned[..., 1],
    ], axis=-1)  # fmt: skip
    return flat, _light(normals @ about.T, normals @ view.T)


def _splat(flat: Array, colours: Array, fine: int) -> Array:
    """(fine², 4) r g b a of points (P, column row depth), each a square of 3 by 3 pixels."""
    order = np.argsort(-flat[:, 2], kind="stable")
    x, y = np.floor(flat[order, 0]).astype(np.int64), np.floor(flat[order, 1]).astype(np.int64)
    steps = np.arange(9)
    x = (x[:, None] + steps % 3 - 1).clip(0, fine - 1)
    y = (y[:, None] + steps // 3 - 1).clip(0, fine - 1)
    nearest = np.full(fine * fine, -1, dtype=np.int64)
    nearest[(y * fine + x).ravel()] = np.repeat(order, 9)  # of several for a pixel, NumPy keeps the last
    shown = np.flatnonzero(nearest >= 0)
    drawing = np.zeros((fine * fine, 4), dtype=np.float32)
    drawing[shown, :3], drawing[shown, 3] = colours[nearest[shown]], 1.0
    return drawing


def _faces_eye(flat: Array) -> npt.NDArray[np.bool_]:
    """Which triangles (T, 3, column row depth) are seen from their front."""
    b, c = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    return b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0] < 0


def _light(normals: Array, seen: Array) -> Array:
    """Brightness at the corners; what is seen from behind is lit as if from the front, as many models have it."""
    towards = np.where(seen[..., 1:2] > 0, -normals, normals)
    above = 0.5 + 0.5 * towards[..., 2]
    return (_AMBIENT - _GROUND * (1 - above) + (1.02 - _AMBIENT) * np.maximum(towards @ _KEY, 0)).astype(np.float32)


def _drawn(corners: Array, fine: int) -> Array:
    """(fine², 4) r g b a of the triangles (T, 3, column row depth r g b) that are nearest at each pixel."""
    owner, row = _rows(corners[..., 1], fine)
    left, right = _spans(corners[owner, :, :2], row)
    first = np.floor(left).clip(0, fine - 1).astype(np.int64)
    count = np.floor(right).clip(0, fine - 1).astype(np.int64) - first + 1
    line = np.repeat(np.arange(len(owner)), count)
    column = first[line] + np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    at = np.stack([np.clip(column + 0.5, left[line], right[line]), row[line]], axis=1)
    weights = _weights(corners[owner[line], :, :2], at)
    depth = (weights * corners[owner[line], :, 2]).sum(axis=1)
    low, high = float(corners[..., 2].min()), float(corners[..., 2].max())
    level = ((depth - low) / max(high - low, 1e-9) * _LEVELS).astype(np.uint16)
    nearest = np.argsort(_LEVELS - level, kind="stable")  # of several for a pixel, NumPy keeps the last
    pixel = np.floor(row[line]).clip(0, fine - 1).astype(np.int64) * fine + column
    winner = np.full(fine * fine, -1, dtype=np.int64)
    winner[pixel[nearest]] = nearest
    shown = np.flatnonzero(winner >= 0)
    picture = np.zeros((fine * fine, 4), dtype=np.float32)
    chosen = winner[shown]
    picture[shown, :3] = (weights[chosen, :, None] * corners[owner[line[chosen]], :, 3:]).sum(axis=1)
    picture[shown, 3] = 1.0
    return picture


def _rows(heights: Array, fine: int) -> tuple[npt.NDArray[np.int64], Array]:
    """For each triangle each row of pixels that it touches: the triangle, and a height inside both."""
    low, high = heights.min(axis=1), heights.max(axis=1)
    first = np.floor(low).clip(0, fine - 1).astype(np.int64)
    count = np.floor(high).clip(0, fine - 1).astype(np.int64) - first + 1
    owner = np.repeat(np.arange(len(heights)), count)
    row = first[owner] + np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    return owner, np.clip(row + 0.5, low[owner], high[owner]).astype(np.float32)


def _spans(corners: Array, row: Array) -> tuple[Array, Array]:
    """From where to where triangles (R, 3, 2) reach at given heights."""
    a, b = corners, np.roll(corners, -1, axis=1)
    rise = b[..., 1] - a[..., 1]
    share = (row[:, None] - a[..., 1]) / np.where(np.abs(rise) < _LEAST, 1.0, rise)
    crossing = a[..., 0] + share.clip(0, 1) * (b[..., 0] - a[..., 0])
    meets = (np.abs(rise) >= _LEAST) & (share >= -_LEAST) & (share <= 1 + _LEAST)
    flat = ~meets.any(axis=1, keepdims=True)
    low = np.where(meets | flat, crossing, np.inf).min(axis=1)
    return low, np.where(meets | flat, crossing, -np.inf).max(axis=1)


def _weights(corners: Array, at: Array) -> Array:
    """(P, 3) barycentric weights of points in triangles; of one that is seen from its edge, thirds."""
    a, b, c = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    p = at - a
    area = b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0]
    thin = np.abs(area) < _LEAST
    area = np.where(thin, 1.0, area)
    second = np.where(thin, 1 / 3, (p[:, 0] * c[:, 1] - p[:, 1] * c[:, 0]) / area).clip(0, 1)
    third = np.where(thin, 1 / 3, (b[:, 0] * p[:, 1] - b[:, 1] * p[:, 0]) / area).clip(0, 1)
    return np.stack([1 - second - third, second, third], axis=1)


def _reduced(drawing: Array, fine: int) -> npt.NDArray[np.uint8]:
    """The drawing at the picture's size, in sRGB, its edges soft."""
    small = drawing.reshape(fine // _FINER, _FINER, fine // _FINER, _FINER, 4).mean(axis=(1, 3))
    small[..., :3] /= np.maximum(small[..., 3:], 1e-6)
    linear = small[..., :3].clip(0, 1)
    small[..., :3] = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return (small.clip(0, 1) * 255).round().astype(np.uint8)
