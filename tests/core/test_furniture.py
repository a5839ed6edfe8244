"""The starter's furniture: its catalogue, its meshes and its coloured points."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from instructscene_core.starter.furniture.catalogue import catalogue_text, write_catalogue
from instructscene_core.starter.furniture.designs import DESIGNS, bounds, meshes, solids
from instructscene_core.starter.furniture.meshes import part_mesh, triangles
from instructscene_core.starter.furniture.palettes import PALETTES
from instructscene_core.starter.furniture.parts import Box, Cushion, Pillow, Slab, Tube, Turned
from instructscene_core.starter.furniture.points import Jitter, coloured_points, spec_of
from instructscene_core.starter.furniture.specs import SHAPES, SPECS
from instructscene_core.starter.rooms import CATALOGUE_FILE
from instructscene_core.vocabulary import CLASSES

NAMES = [shape.key for shape in SHAPES]
MEAN = [0.280382, 0.21445, 0.242676, 0.636408, 0.549799, 0.451687]
"""Of x, y, z, r, g and b of the points of every shape's first entry."""


def of_shape(key):
    """The first entry of a shape."""
    return next(spec for spec in SPECS if spec.shape.key == key)


def test_the_committed_catalogue_is_what_the_code_writes(tmp_path):
    assert catalogue_text() == CATALOGUE_FILE.read_text(encoding="utf-8")
    write_catalogue(tmp_path / "catalogue.json")
    assert (tmp_path / "catalogue.json").read_bytes() == CATALOGUE_FILE.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["catalogue.json"]


@pytest.mark.parametrize("category", CLASSES["bedroom"])
def test_every_class_comes_in_shapes_and_palettes(category):
    specs = [spec for spec in SPECS if spec.category == category]
    shapes = Counter(spec.shape.key for spec in specs)
    assert len(shapes) >= 2
    assert min(shapes.values()) >= 4
    assert {spec.palette.name for spec in specs} == {palette.name for palette in PALETTES}
    assert len({spec.caption for spec in specs}) == len(specs)
    assert {spec.mount for spec in specs} == {"ceiling" if "lamp" in category else "floor"}


def test_ids_are_unique_and_every_design_is_used():
    assert len({spec.id for spec in SPECS}) == len(SPECS)
    assert set(DESIGNS) == set(NAMES)


@pytest.mark.parametrize("fine", [False, True])
@pytest.mark.parametrize("key", NAMES)
def test_meshes_are_sound(key, fine):
    spec = of_shape(key)
    parts = meshes(spec, fine=fine)
    low, high = bounds(parts)
    assert high - low == pytest.approx(spec.size, abs=1e-6)
    assert low + high == pytest.approx(0, abs=1e-6)
    faces = sum(len(part.faces) for part in parts)
    assert faces < 20_000
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
    for part in meshes(of_shape(key), fine=True):
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
        (Tube("wood", "", ((0, 0, 0.5), (0, 0, 2)), (0.1, 0.1)), (-0.1, -0.0951, 0.5), (0.1, 0.0951, 2)),
        (Slab("wood", "", ((0, 0), (1, 0), (1, 2), (0, 2)), 1, 0.0, 0.1), (0, 0, 0), (1, 0.1, 2)),
        (Slab("wood", "", ((0, 0), (1, 0), (1, 2), (0, 2)), 1, 0.0, 0.1, 0.01), (0, 0, 0), (1, 0.1, 2)),
    ],
)
def test_parts_fill_their_boxes(part, low, high):
    mesh = part_mesh(part)
    check_closed(mesh)
    assert mesh.vertices.min(axis=0) == pytest.approx(low, abs=2e-3)
    assert mesh.vertices.max(axis=0) == pytest.approx(high, abs=2e-3)


def test_what_is_seen_close_up_changes_neither_points_nor_solids():
    spec = of_shape("double_bed_slatted")
    plain = meshes(spec)
    assert sum(len(m.faces) for m in meshes(spec, fine=True)) > 2 * sum(len(m.faces) for m in plain)
    names = {mesh.solid for mesh in plain}
    assert len(solids(spec)) == len(names)
    inside = np.concatenate([m.vertices for m in plain])
    cloud = coloured_points(spec, 4000, np.random.default_rng(0))
    assert (cloud[:, :3].min(axis=0) >= inside.min(axis=0) - 1e-6).all()


@pytest.mark.parametrize("key", NAMES)
def test_points_lie_in_the_box_and_have_the_palettes_colours(key):
    spec = of_shape(key)
    cloud = coloured_points(spec, 2000, np.random.default_rng(0))
    assert cloud.shape == (2000, 6)
    assert cloud.dtype == np.float32
    half = np.array(spec.size) / 2
    assert (np.abs(cloud[:, :3]) <= half + 1e-6).all()
    assert (np.abs(cloud[:, :3]).max(axis=0) > 0.9 * half).all()
    used = {mesh.role for mesh in meshes(spec)}
    shown = np.array(
        [c for role in used for c in (spec.palette.materials[role].colour, spec.palette.materials[role].dark)]
    )
    assert (cloud[:, 3:] >= shown.min(axis=0) - 1e-6).all()
    assert (cloud[:, 3:] <= shown.max(axis=0) + 1e-6).all()
    assert np.ptp(cloud[:, 3:], axis=0).max() > 0


def test_points_of_the_shipped_features_stay_as_they_are():
    """The features, and the networks that learnt with them, know this furniture; `Design.fine` is for all else."""
    random = np.random.default_rng(0)
    mean = np.mean([np.abs(coloured_points(of_shape(key), 256, random)).mean(axis=0) for key in NAMES], axis=0)
    assert mean == pytest.approx(MEAN, abs=1e-6)


def test_points_are_drawn_by_their_seed_and_variants_stay_near():
    spec = SPECS[0]
    first, again, other = (coloured_points(spec, 500, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()
    variant = coloured_points(spec, 500, np.random.default_rng(1), Jitter.training())
    assert (np.abs(variant[:, :3]) <= np.array(spec.size) / 2 * 1.17 + 0.01).all()
    assert ((variant[:, 3:] >= 0) & (variant[:, 3:] <= 1)).all()
    seen = coloured_points(spec, 500, np.random.default_rng(1), Jitter(cut=0.5))
    assert seen.shape == (500, 6)


def test_entries_are_found_by_their_ids():
    assert spec_of(SPECS[7].id) is SPECS[7]
    with pytest.raises(KeyError):
        spec_of("starter/none")
    assert replace(SPECS[7]).caption == SPECS[7].caption
