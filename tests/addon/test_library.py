"""The furniture library as Blender sees it: every entry of the catalogue, at its size, with materials, as an asset."""

import json
import uuid
from pathlib import Path

import bpy
import numpy as np
import pytest

STARTER = Path(__file__).resolve().parents[2] / "instructscene_core" / "starter"
LARGEST = 10_000_000
"""Bytes: it is in every zip."""


@pytest.fixture(scope="module")
def entries():
    return json.loads((STARTER / "catalogue.json").read_text(encoding="utf-8"))["entries"]


@pytest.fixture(scope="module")
def library():
    """The library's objects by name, linked for as long as these tests run."""
    path = STARTER / "furniture.blend"
    with bpy.data.libraries.load(str(path), link=True) as (there, here):
        here.objects = list(there.objects)
    yield {obj.name: obj for obj in here.objects}
    bpy.data.libraries.remove(next(lib for lib in bpy.data.libraries if lib.name == path.name))


def corners(obj):
    """(V, 3) of an object's vertices."""
    flat = np.empty(3 * len(obj.data.vertices), dtype=np.float32)
    obj.data.vertices.foreach_get("co", flat)
    return flat.reshape(-1, 3)


def catalogs():
    """Name of each asset catalog by its id."""
    lines = (STARTER / "blender_assets.cats.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split(":") for line in lines if line.count(":") == 2]
    return {name: path for name, path, _ in rows}


def test_it_holds_the_catalogue_and_nothing_else(library, entries):
    assert set(library) == {entry["id"].removeprefix("starter/") for entry in entries}
    assert (STARTER / "furniture.blend").stat().st_size < LARGEST


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
        assert obj.data.materials
        used = np.empty(len(obj.data.polygons), dtype=np.int32)
        obj.data.polygons.foreach_get("material_index", used)
        assert set(used) == set(range(len(obj.data.materials)))
        for material in obj.data.materials:
            shader = material.node_tree.nodes["Principled BSDF"]
            assert shader.outputs["BSDF"].is_linked
            assert len(material.node_tree.nodes) > 3 or "Glass" in material.name or "Mirror" in material.name
    kinds = {material.name for obj in library.values() for material in obj.data.materials}
    assert {"Light Oak", "Grey Linen", "Brass", "Lamp Glass", "Mirror"} <= kinds


def test_meshes_are_moderate_valid_and_shaded(library):
    for obj in library.values():
        assert 100 < len(obj.data.polygons) < 20_000
        smooth = np.empty(len(obj.data.polygons), dtype=bool)
        obj.data.polygons.foreach_get("use_smooth", smooth)
        soft = "fabric" in obj.asset_data.description or "bed" in obj.name
        assert smooth.any() or not soft
        copy = obj.data.copy()
        assert not copy.validate()  # True where something had to be repaired
        bpy.data.meshes.remove(copy)
