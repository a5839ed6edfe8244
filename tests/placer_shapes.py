"""Shapes of boxes for tests of placing: what a person's meshes are like, small enough to reckon with."""

import numpy as np

from instructscene_core.placer.solid import Solid

_CORNERS = np.array([[x, y, z] for z in (0, 1) for y in (-0.5, 0.5) for x in (-0.5, 0.5)])
_FACES = np.array(
    [[0, 2, 3], [0, 3, 1], [4, 5, 7], [4, 7, 6], [0, 1, 5], [0, 5, 4], [1, 3, 7], [1, 7, 5], [3, 2, 6], [3, 6, 7],
     [2, 0, 4], [2, 4, 6]]
)  # fmt: skip


def box(size, at=(0, 0, 0), yaw=0.0, name="box"):
    """Stands on ``at``, the middle of its base."""
    return Solid.of(name, _CORNERS * size, _FACES).turned(yaw).moved(np.array(at, dtype=float))


def joined(name, *solids):
    """One solid of several."""
    return Solid.joined(name, solids)


def table(name="table", size=(1.2, 0.8, 0.74), at=(0, 0, 0), yaw=0.0):
    """A top of 3 cm on four legs."""
    w, d, h = size
    legs = [
        box((0.05, 0.05, h - 0.03), (x, y, 0))
        for x in (-w / 2 + 0.04, w / 2 - 0.04)
        for y in (-d / 2 + 0.04, d / 2 - 0.04)
    ]
    return joined(name, box((w, d, 0.03), (0, 0, h - 0.03)), *legs).turned(yaw).moved(np.array(at, dtype=float))


def round_table(name="round table", radius=0.4, height=0.7):
    """A disc of 24 sides on a post."""
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1)
    corners = np.concatenate([np.column_stack([ring, np.full(24, z)]) for z in (height - 0.03, height)])
    k, after = np.arange(24), (np.arange(24) + 1) % 24
    sides = np.concatenate([np.stack([k, after, after + 24], 1), np.stack([k, after + 24, k + 24], 1)])
    fans = np.stack([np.zeros(22, int), np.arange(1, 23), np.arange(2, 24)], 1)
    disc = Solid.of("disc", corners, np.concatenate([sides, fans[:, ::-1], fans + 24]))
    return joined(name, disc, box((0.1, 0.1, height - 0.03)))


def shelf(name="shelf", size=(0.8, 0.3, 1.8), boards=(0.05, 0.4, 0.8, 1.2, 1.78), at=(0, 0, 0)):
    """Open at the front; the boards are 2 cm thick and begin at these heights."""
    w, d, h = size
    walls = [box((0.02, d, h), (x, 0, 0)) for x in (-w / 2 + 0.01, w / 2 - 0.01)]
    levels = [box((w - 0.04, d - 0.02, 0.02), (0, -0.01, z)) for z in boards]
    back = box((w, 0.02, h), (0, d / 2 - 0.01, 0))
    return joined(name, back, *walls, *levels).moved(np.array(at, dtype=float))


def stairs(name="stairs", steps=4, tread=0.25, rise=0.18, width=0.8):
    """Solid steps that rise towards +Y."""
    return joined(name, *(box((width, tread, rise * (k + 1)), (0, tread * k, 0)) for k in range(steps)))


def chair(name="chair", at=(0, 0, 0), yaw=0.0):
    """A seat at 45 cm on four legs; the back is towards +Y."""
    legs = [box((0.04, 0.04, 0.43), (x, y, 0)) for x in (-0.19, 0.19) for y in (-0.19, 0.19)]
    parts = [box((0.42, 0.42, 0.03), (0, 0, 0.42)), box((0.42, 0.03, 0.45), (0, 0.195, 0.45)), *legs]
    return joined(name, *parts).turned(yaw).moved(np.array(at, dtype=float))
