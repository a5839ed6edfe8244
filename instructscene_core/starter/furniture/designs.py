"""Every shape's design, and the finished geometry of an entry: exactly its size, centred on its box."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np

from . import beds, lamps, seats, storage, tables
from .meshes import Array, Mesh, part_mesh
from .parts import Design
from .specs import Spec

_APART: Final = 6e-5
"""Metres between the faces of neighbouring parts that were designed in one plane."""

Row = tuple[float, float, float, float, float, float]

DESIGNS: Final[dict[str, Callable[[Design], None]]] = {
    "armchair_box": seats.armchair_box,
    "armchair_lounge": seats.armchair_lounge,
    "bookshelf_tall": storage.bookshelf_tall,
    "bookshelf_cubes": storage.bookshelf_cubes,
    "cabinet_drawers": storage.cabinet_drawers,
    "cabinet_doors": storage.cabinet_doors,
    "ceiling_lamp_disc": lamps.ceiling_disc,
    "ceiling_lamp_drum": lamps.ceiling_drum,
    "ceiling_lamp_branches": lamps.ceiling_branches,
    "chair_slats": seats.chair_slats,
    "chair_shell": seats.chair_shell,
    "children_cabinet_bins": storage.children_cabinet_bins,
    "children_cabinet_house": storage.children_cabinet_house,
    "coffee_table_round": tables.coffee_table_round,
    "coffee_table_tray": tables.coffee_table_tray,
    "desk_drawers": tables.desk_drawers,
    "desk_legs": tables.desk_legs,
    "double_bed_slatted": beds.slatted,
    "double_bed_upholstered": beds.upholstered,
    "double_bed_platform": beds.platform,
    "dressing_chair_round": seats.dressing_chair_round,
    "dressing_chair_oval": seats.dressing_chair_oval,
    "dressing_table_round": tables.dressing_table_round,
    "dressing_table_tall": tables.dressing_table_tall,
    "kids_bed_house": beds.house,
    "kids_bed_rails": beds.rails,
    "nightstand_drawers": storage.nightstand_drawers,
    "nightstand_open": storage.nightstand_open,
    "nightstand_round": storage.nightstand_round,
    "pendant_lamp_dome": lamps.pendant_dome,
    "pendant_lamp_globes": lamps.pendant_globes,
    "pendant_lamp_bar": lamps.pendant_bar,
    "shelf_ladder": storage.shelf_ladder,
    "shelf_rack": storage.shelf_rack,
    "single_bed_slatted": beds.slatted,
    "single_bed_upholstered": beds.upholstered,
    "sofa_two_seat": seats.sofa_two_seat,
    "sofa_three_seat": seats.sofa_three_seat,
    "stool_round": seats.stool_round,
    "stool_bench": seats.stool_bench,
    "stool_pouf": seats.stool_pouf,
    "table_legs": tables.table_legs,
    "table_pedestal": tables.table_pedestal,
    "tv_stand_drawers": storage.tv_stand_drawers,
    "tv_stand_open": storage.tv_stand_open,
    "wardrobe_two_doors": storage.wardrobe_two_doors,
    "wardrobe_four_doors": storage.wardrobe_four_doors,
    "wardrobe_sliding": storage.wardrobe_sliding,
    "wardrobe_open": storage.wardrobe_open,
}


def raw_meshes(spec: Spec, *, fine: bool = False) -> list[Mesh]:
    """Meshes as designed: x and y about the middle, z from the lowest point; may miss the size by millimetres."""
    design = Design(*spec.size, fine=fine)
    DESIGNS[spec.shape.key](design)
    return [part_mesh(part) for part in design.parts]


@cache
def meshes(spec: Spec, *, fine: bool = False) -> tuple[Mesh, ...]:
    """Meshes of an entry whose common bounding box is its size about the origin, metres; for ``fine`` see `Design`."""
    raw = _parted(raw_meshes(spec, fine=fine)) if fine else raw_meshes(spec)
    low, high = bounds(raw)
    scale = np.array(spec.size) / (high - low)
    middle = (low + high) / 2
    return tuple(Mesh((m.vertices - middle) * scale, m.faces, m.flat, m.role, m.solid) for m in raw)


def _parted(parts: list[Mesh]) -> list[Mesh]:
    """Parts a little smaller than designed, each by its own length: faces in one plane would flicker or turn black."""
    apart: list[Mesh] = []
    for i, mesh in enumerate(parts):
        low, high = bounds([mesh])
        shrink = 1 - 2 * _APART * (1 + i % 6) / np.maximum(high - low, 0.004)
        middle = (low + high) / 2
        apart.append(replace(mesh, vertices=middle + (mesh.vertices - middle) * shrink))
    return apart


def solids(spec: Spec) -> list[Row]:
    """Boxes around the solid groups of an entry: centre and extents as fractions of its size."""
    size = np.array(spec.size)
    rows: list[Row] = []
    for name in dict.fromkeys(mesh.solid for mesh in meshes(spec)):
        low, high = bounds([mesh for mesh in meshes(spec) if mesh.solid == name])
        fractions = np.concatenate([(low + high) / 2 / size, (high - low) / size]).round(4).tolist()
        rows.append((fractions[0], fractions[1], fractions[2], fractions[3], fractions[4], fractions[5]))
    return rows


def bounds(parts: list[Mesh] | tuple[Mesh, ...]) -> tuple[Array, Array]:
    """Lowest and highest corner of meshes, (3,) each."""
    low = np.min([mesh.vertices.min(axis=0) for mesh in parts], axis=0)
    high = np.max([mesh.vertices.max(axis=0) for mesh in parts], axis=0)
    return low, high
