"""The starter's furniture: its catalogue and its meshes."""

from collections import Counter

import numpy as np
import pytest

from instructscene_core.starter.furniture.catalogue import catalogue_text, write_catalogue
from instructscene_core.starter.furniture.designs import bounds, fine_meshes, meshes, solids
from instructscene_core.starter.furniture.meshes import part_mesh, triangles
from instructscene_core.starter.furniture.palettes import PALETTES
from instructscene_core.starter.furniture.parts import Box, Cushion, Pillow, Slab, Tube, Turned
from instructscene_core.starter.furniture.specs import SHAPES, SPECS
from instructscene_core.starter.rooms import CATALOGUE_FILE
from instructscene_core.vocabulary import CATEGORIES

NAMES = [shape.key for shape in SHAPES]
COMMON = dict.fromkeys(
    (
        "armchair", "bookshelf", "cabinet", "ceiling_lamp", "chair", "coffee_table", "console_table",
        "corner_side_table",
        "desk", "dining_chair", "dining_table", "double_bed", "l_shaped_sofa", "lounge_chair", "loveseat_sofa",
        "multi_seat_sofa", "nightstand", "pendant_lamp", "shelf", "single_bed", "stool", "tv_stand", "wardrobe",
    ),
    12,
) | dict.fromkeys(("children_cabinet", "dressing_table", "kids_bed", "wine_cabinet"), 8)  # fmt: skip
"""Least number of shapes of the classes that most rooms have something of; the others have four."""


def of_shape(key):
    """The first entry of a shape."""
    return next(spec for spec in SPECS if spec.shape.key == key)


def test_the_committed_catalogue_is_what_the_code_writes(tmp_path):
    assert catalogue_text() == CATALOGUE_FILE.read_text(encoding="utf-8")
    write_catalogue(tmp_path / "catalogue.json")
    assert (tmp_path / "catalogue.json").read_bytes() == CATALOGUE_FILE.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["catalogue.json"]


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_class_comes_in_shapes_and_palettes(category):
    specs = [spec for spec in SPECS if spec.category == category]
    shapes = Counter(spec.shape.key for spec in specs)
    assert len(shapes) >= COMMON.get(category, 4)
    assert min(shapes.values()) >= 3
    assert len({spec.palette.name for spec in specs}) >= (5 if category == "chinese_chair" else len(PALETTES) - 3)
    assert len({spec.caption for spec in specs}) == len(specs)
    assert {spec.mount for spec in specs} == {"ceiling" if category in ("ceiling_lamp", "pendant_lamp") else "floor"}


def test_tags_are_what_shows():
    tags = {spec.id.removeprefix("starter/"): set(spec.tags) for spec in SPECS}
    assert {"walnut", "wood", "brown", "mid-century"} <= tags["nightstand_chest_walnut"]
    assert not tags["nightstand_chest_walnut"] & {"white", "green", "velvet", "cotton"}
    assert {"emerald", "velvet", "green"} <= tags["double_bed_wings_emerald"]
    for spec in SPECS:
        assert spec.tags[0] == spec.palette.style
        assert len(set(spec.tags)) == len(spec.tags) > 1
        assert all(tag == tag.lower() for tag in spec.tags)


def test_styles_and_materials_are_many():
    assert {"modern", "scandinavian", "industrial", "classic", "japandi", "kids"} <= {p.style for p in PALETTES}
    tags = {tag for spec in SPECS for tag in spec.tags}
    assert {"wood", "painted", "velvet", "linen", "boucle", "leather", "metal", "glass", "marble"} <= tags


def test_ids_are_unique():
    assert len({spec.id for spec in SPECS}) == len(SPECS)
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("fine", [False, True])
@pytest.mark.parametrize("key", NAMES)
def test_meshes_are_sound(key, fine):
    shape = of_shape(key).shape
    parts = fine_meshes(shape) if fine else meshes(shape)
    low, high = bounds(parts)
    assert high - low == pytest.approx(shape.size, abs=1e-6)
    assert low + high == pytest.approx(0, abs=1e-6)
    assert not fine or 500 <= sum(len(face) - 2 for part in parts for face in part.faces) <= 15_000
    for part in parts:
        check_closed(part)


def check_closed(part):
    """Every edge belongs to two faces that run it in opposite directions, and the inside is inside."""
    assert np.isfinite(part.vertices).all()
    assert len(part.flat) == len(part.faces)
    edges = [(a, b) for face in part.faces for a, b in zip(face, (*face[1:], face[0]), strict=True)]
    assert len(set(edges)) == len(edges)
    assert {(b, a) for a, b in edges} == set(edges)
    a, b, c = part.vertices[triangles(part.faces)].swapaxes(0, 1)
    assert np.einsum("ij,ij->", a, np.cross(b, c)) > 0


@pytest.mark.parametrize("key", NAMES)
def test_no_two_flat_faces_lie_in_one_plane(key):
    """They would flicker on the screen, and turn black in Cycles."""
    planes = Counter()
    for part in fine_meshes(of_shape(key).shape):
        flat = [face for face, is_flat in zip(part.faces, part.flat, strict=True) if is_flat and len(face) == 4]
        corners = part.vertices[np.array(flat, dtype=int).reshape(-1, 4)]
        for axis in range(3):
            level = np.ptp(corners[..., axis], axis=1) < 1e-9
            middles = corners[level].mean(axis=1)
            large = np.ptp(corners[level], axis=1).max(axis=1, initial=0) > 0.02
            places = {(axis, *np.round(middle, 5)) for middle in middles[large]}
            planes.update(places)
    assert not [place for place, count in planes.items() if count > 1]


@pytest.mark.parametrize(
    ("part", "low", "high"),
    [
        (Box("wood", "", (0, 0, 0), (1, 2, 3), bevel=0), (0, 0, 0), (1, 2, 3)),
        (Box("wood", "", (0, 0, 0), (1, 2, 3), bevel=0.003), (0, 0, 0), (1, 2, 3)),
        (Box("wood", "", (0, 0, 0), (1, 2, 3), bevel=0.05), (0, 0, 0), (1, 2, 3)),
        (Box("wood", "", (0, 0, 0), (1, 1, 3), bevel=0, lean=(0.5, 0)), (0, 0, 0), (1.5, 1, 3)),
        (Cushion("wood", "", (0, 0, 0), (1, 2, 0.3), folds=0.01), (0, 0, 0), (1, 2, 0.3)),
        (Cushion("wood", "", (0, 0, 0), (1, 2, 0.3), folds=0.01, quilt=0.3, detail=2), (0, 0, 0), (1, 2, 0.3)),
        (Pillow("wood", "", (0, 0, 0), (0.6, 0.4, 0.2)), (-0.3, -0.2, -0.1), (0.3, 0.2, 0.1)),
        (Turned("wood", "", (0, 0, 1), ((0.5, 0.0), (0.2, 1.0))), (-0.5, -0.5, 1), (0.5, 0.5, 2)),
        (Tube("wood", "", ((0, 0, 0.5), (0, 0, 2)), (0.1, 0.1)), (-0.1, -0.1, 0.5), (0.1, 0.1, 2)),
        (Slab("wood", "", ((0, 0), (1, 0), (1, 2), (0, 2)), 1, 0.0, 0.1), (0, 0, 0), (1, 0.1, 2)),
        (Slab("wood", "", ((0, 0), (1, 0), (1, 2), (0, 2)), 1, 0.0, 0.1, 0.01), (0, 0, 0), (1, 0.1, 2)),
    ],
)
def test_parts_fill_their_boxes(part, low, high):
    mesh = part_mesh(part)
    check_closed(mesh)
    assert mesh.vertices.min(axis=0) == pytest.approx(low, abs=5e-3)
    assert mesh.vertices.max(axis=0) == pytest.approx(high, abs=5e-3)


def test_every_solid_group_has_its_box():
    shape = of_shape("double_bed_slatted").shape
    assert len(solids(shape)) == len({mesh.solid for mesh in meshes(shape)})
