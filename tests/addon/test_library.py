"""The furniture library as Blender sees it: every entry of the catalogue, at its size, with materials, as an asset."""

import json
import uuid
from pathlib import Path

import bpy
import numpy as np
import pytest

STARTER = Path(__file__).resolve().parents[2] / "instructscene_core" / "starter"
LARGEST = 28_000_000
"""Bytes: it is in every zip."""


@pytest.fixture(scope="module")
def entries():
    return json.loads((STARTER / "catalogue.json").read_text(encoding="utf-8"))["entries"]


@pytest.fixture(scope="module")
def library():
    """The library's objects by name, linked for as long as these tests run."""
    objects = {}
    for path in sorted((STARTER / "library").glob("*.blend")):
        with bpy.data.libraries.load(str(path), link=True) as (there, here):
            here.objects = list(there.objects)
        assert all(obj.name.startswith(f"{path.stem}_") for obj in here.objects)
        objects |= {obj.name: obj for obj in here.objects}
    yield objects
    for library in list(bpy.data.libraries):
        bpy.data.libraries.remove(library)


def corners(obj):
    """(V, 3) of an object's vertices."""
    flat = np.empty(3 * len(obj.data.vertices), dtype=np.float32)
    obj.data.vertices.foreach_get("co", flat)
    return flat.reshape(-1, 3)


def spread(obj):
    """How long the largest face's edges are in UVs, as a share of their metres seen along its main axis."""
    mesh = obj.data
    uv = np.empty(2 * len(mesh.loops), dtype=np.float32)
    mesh.uv_layers[0].uv.foreach_get("vector", uv)
    face = max(mesh.polygons, key=lambda f: f.area)
    place = np.delete(corners(obj)[list(face.vertices)], np.argmax(np.abs(face.normal)), axis=1)
    return _around(uv.reshape(-1, 2)[list(face.loop_indices)]) / _around(place)


def _around(points):
    return np.linalg.norm(np.roll(points, 1, axis=0) - points, axis=1).sum()


def catalogs():
    """Name of each asset catalog by its id."""
    lines = (STARTER / "library" / "blender_assets.cats.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split(":") for line in lines if line.count(":") == 2]
    return {name: path for name, path, _ in rows}


def test_it_holds_the_catalogue_and_nothing_else(library, entries):
    assert set(library) == {entry["id"].removeprefix("starter/") for entry in entries}
    assert sum(path.stat().st_size for path in (STARTER / "library").glob("*.blend")) < LARGEST


def test_sizes_and_origins(library, entries):
    for entry in entries:
        obj = library[entry["id"].removeprefix("starter/")]
        points = corners(obj)
        assert np.isfinite(points).all()
        low, high = points.min(axis=0), points.max(axis=0)
        assert high - low == pytest.approx(entry["size"], abs=1e-3), entry["id"]
        assert (low + high)[:2] == pytest.approx([0, 0], abs=1e-3)
        assert (high if entry["mount"] == "ceiling" else low)[2] == pytest.approx(0, abs=1e-3)
        assert tuple(obj.scale) == (1, 1, 1)
        assert tuple(obj.rotation_euler) == (0, 0, 0)
        assert obj.parent is None


def test_they_are_cc0_assets_in_the_catalog_of_their_class(library, entries):
    names = catalogs()
    for entry in entries:
        about = library[entry["id"].removeprefix("starter/")].asset_data
        assert about.license == "CC0-1.0"
        assert about.description == entry["caption"]
        assert str(uuid.UUID(about.catalog_id)) == about.catalog_id
        title = entry["category"].replace("_", " ").title()
        assert names[about.catalog_id] == f"InstructScene/{title}"
        assert {entry["palette"], entry["style"]} <= {tag.name for tag in about.tags}
    assert len(names) == len({entry["category"] for entry in entries})


def test_materials_are_node_trees_that_every_face_uses(library):
    for obj in library.values():
        assert obj.material_slots
        used = np.empty(len(obj.data.polygons), dtype=np.int32)
        obj.data.polygons.foreach_get("material_index", used)
        assert set(used) == set(range(len(obj.material_slots)))
        for slot in obj.material_slots:
            assert slot.link == "OBJECT"
            nodes = slot.material.node_tree.nodes
            assert nodes["Principled BSDF"].outputs["BSDF"].is_linked
            assert len(nodes) > 3 or "Glass" in slot.material.name or slot.material.name in ("Mirror", "Screen")
    kinds = {slot.material.name for obj in library.values() for slot in obj.material_slots}
    assert {"Light Oak", "Grey Linen", "Brass", "Lamp Glass", "Mirror"} <= kinds


def test_entries_of_one_shape_share_a_mesh(library, entries):
    for entry in entries:
        assert library[entry["id"].removeprefix("starter/")].data.name == entry["shape"]


def test_every_asset_has_a_picture_and_tags(library, entries):
    for entry in entries:
        obj = library[entry["id"].removeprefix("starter/")]
        width, height = obj.preview.image_size
        cover = np.array(obj.preview.image_pixels_float[:], dtype=np.float32).reshape(height, width, 4)[..., 3]
        assert 0.03 < cover.mean() < 0.95
        assert set(entry["tags"]) <= {tag.name for tag in obj.asset_data.tags}


def test_meshes_are_moderate_valid_and_shaded(library):
    for obj in {obj.data.name: obj for obj in library.values()}.values():
        assert 500 <= sum(face.loop_total - 2 for face in obj.data.polygons) <= 15_000
        assert len(obj.data.uv_layers) == 1
        assert spread(obj) == pytest.approx(1.0, abs=0.1)
        smooth = np.empty(len(obj.data.polygons), dtype=bool)
        obj.data.polygons.foreach_get("use_smooth", smooth)
        soft = "fabric" in obj.asset_data.description or "bed" in obj.name
        assert smooth.any() or not soft
        copy = obj.data.copy()
        assert not copy.validate()  # True where something had to be repaired
        bpy.data.meshes.remove(copy)
