"""Draws a thumbnail of points, without a display: nearest points win, lit from the left above."""

import struct
import zlib
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from .colours import encoded
from .surface import Cloud

Array = npt.NDArray[np.float32]

SIDE: Final = 128
"""Pixels."""
_FINER: Final = 2
"""Pixels of the drawing for each of the picture's."""
_TURN, _TILT = np.radians(32.0), np.radians(22.0)
"""From where a piece is seen: from the right of its front, and from above."""
_LIGHT: Final = np.array([-0.35, -0.55, 0.75])
_MARGIN: Final = 0.06


def draw(path: Path, cloud: Cloud, quarter: int) -> None:
    """Writes a PNG of a piece, with transparent ground.

    Args:
        path: of the picture.
        cloud: its points, Z up.
        quarter: quarter turns about +Z, by which the piece is turned first; its front is then towards −Y.
    """
    turn = _TURN + quarter * np.pi / 2
    about = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, np.cos(_TILT), -np.sin(_TILT)], [0, np.sin(_TILT), np.cos(_TILT)]])
    view = (tilt @ about).astype(np.float32)
    places = cloud.places @ view.T  # x to the right, y away from the eye, z up
    shade = _shade(cloud.normals @ about.T, cloud.normals @ view.T)
    colours = encoded((cloud.colours * 0.92 + 0.04) * shade[:, None])
    low, high = places.min(axis=0), places.max(axis=0)
    fine = SIDE * _FINER
    scale = fine * (1 - 2 * _MARGIN) / max(high[0] - low[0], high[2] - low[2], 1e-9)
    columns = (places[:, 0] - (low[0] + high[0]) / 2) * scale + fine / 2
    rows = fine / 2 - (places[:, 2] - (low[2] + high[2]) / 2) * scale
    _write(path, _splat(columns, rows, places[:, 1], colours, fine))


def _shade(normals: Array, seen: Array) -> Array:
    """Brightness of points; faces seen from behind are lit as if from the front, as many models have them."""
    towards = np.where(seen[:, 1:2] > 0, -normals, normals)
    light = _LIGHT / np.linalg.norm(_LIGHT)
    return 0.5 + 0.5 * np.maximum(towards @ light, 0)


def _splat(columns: Array, rows: Array, depth: Array, colours: Array, fine: int) -> Array:
    """(fine, fine, 4) with each point as a square of 3 by 3."""
    order = np.argsort(-depth, kind="stable")
    x, y = np.floor(columns[order]).astype(np.int64), np.floor(rows[order]).astype(np.int64)
    steps = np.arange(9)
    x = (x[:, None] + steps % 3 - 1).clip(0, fine - 1)
    y = (y[:, None] + steps // 3 - 1).clip(0, fine - 1)
    nearest = np.full(fine * fine, len(order))
    nearest[(y * fine + x).ravel()] = np.repeat(order, 9)  # of several for a pixel, the last one stays
    values = np.concatenate([colours, np.ones((len(order), 1), dtype=np.float32)], axis=1)
    return np.concatenate([values, np.zeros((1, 4), dtype=np.float32)])[nearest].reshape(fine, fine, 4)


def _write(path: Path, picture: Array) -> None:
    small = picture.reshape(SIDE, _FINER, SIDE, _FINER, 4).mean(axis=(1, 3))
    small[..., :3] /= np.maximum(small[..., 3:], 1e-6)
    pixels = (small.clip(0, 1) * 255).round().astype(np.uint8)
    raw = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 6, 0, 0, 0)
    chunks = (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(raw, 6)), _chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
