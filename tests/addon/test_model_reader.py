"""The reader of people's models, run as it is: what it makes of each format, and that files run and reach nothing."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import bpy
import numpy as np
import pytest
from loading import load

HERE = Path(__file__).resolve().parent
SHARED = Path("/work/shared/cases")


core = load(HERE.parent / "future_folder.py").core
files = load(HERE.parent / "model_files.py")
reader = core("catalogue.own_reader")


def read(root, out, names=None, **options):
    """What the reader says of some files of a folder, by their paths."""
    out.mkdir(parents=True, exist_ok=True)
    names = names or core("catalogue.own_files").find_models(root).models
    return dict(reader.ModelReader.of(**options).read(root, out, names, lambda: None))


def contents(path):
    """All datablocks of a .blend, by kind."""
    with bpy.data.libraries.load(str(path)) as (there, _):
        return {kind: list(names) for kind in dir(there) if (names := getattr(there, kind)) and kind != "version"}


def cloud(out, piece):
    return np.load(out / f"{piece['stem']}.npy")


@pytest.fixture(scope="module")
def chairs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chairs")
    files.make_chairs(folder / "models")
    return folder / "out", read(folder / "models", folder / "out")


@pytest.mark.parametrize("kind", ["blend", "fbx", "glb", "gltf", "obj", "ply", "stl"])
def test_a_chair_of_parts_is_one_piece_in_every_format(chairs, kind):
    out, answers = chairs
    answer = answers[f"{kind}_armchair.{kind}"]
    assert "refused" not in answer
    (piece,) = answer["pieces"]
    assert piece["size"] == pytest.approx(files.SIZE, abs=1e-4)
    assert piece["name"] == f"{kind}_armchair"
    assert piece["triangles"] == 12 * files.PARTS
    assert piece["children"] == (
        1 if kind in ("obj", "ply", "stl") and piece["children"] == 1 else files.PARTS + 1
    ) or (kind == "obj" and piece["children"] == files.PARTS)
    points = cloud(out, piece)
    assert np.ptp(points[:, :3], axis=0) == pytest.approx(files.SIZE, abs=0.02)
    high = points[points[:, 2] > 0.2]  # the back, relative to the middle of the box
    assert (high[:, 1] > 0.25).all()  # is at +Y
    if kind not in ("ply", "stl"):
        assert high[:, 3:].mean(axis=0) == pytest.approx([0.8, 0.02, 0.02], abs=0.03)


def test_the_clean_file_holds_one_mesh_at_its_base_and_little_else(chairs):
    out, answers = chairs
    (piece,) = answers["blend_armchair.blend"]["pieces"]
    held = contents(out / f"{piece['stem']}.blend")
    assert sorted(held.pop("materials")) == ["red", "wood"]
    assert held == {"objects": [piece["stem"]], "meshes": [piece["stem"]]}
    with bpy.data.libraries.load(str(out / f"{piece['stem']}.blend")) as (_, wanted):
        wanted.meshes = [piece["stem"]]
    corners = np.array([vertex.co for vertex in wanted.meshes[0].vertices])
    low, high = corners.min(axis=0), corners.max(axis=0)
    assert (low + high)[:2] == pytest.approx([0, 0], abs=1e-4)
    assert low[2] == pytest.approx(0, abs=1e-4)
    assert high - low == pytest.approx(files.SIZE, abs=1e-4)
    assert all((out / f"{piece['stem']}.{quarter}.png").stat().st_size > 500 for quarter in range(4))


def test_textures_come_along_packed_and_colour_the_points(tmp_path):
    files.make_tables(tmp_path / "models")
    answers = read(tmp_path / "models", tmp_path / "out")
    assert len(answers) == 5
    for file, answer in answers.items():
        (piece,) = answer["pieces"]
        assert answer["notes"] == [], file
        assert piece["textures"] == 1, file
        colour = np.median(cloud(tmp_path / "out", piece)[:, 3:], axis=0)
        assert colour == pytest.approx([0.01, 0.448, 0.01], abs=0.03), file  # linear light of sRGB 0.1, 0.7, 0.1
        with bpy.data.libraries.load(str(tmp_path / "out" / f"{piece['stem']}.blend")) as (there, wanted):
            assert len(there.images) == 1
            wanted.images = list(there.images)
        assert wanted.images[0].packed_file is not None
        assert str(tmp_path / "models") not in wanted.images[0].filepath


def test_marked_assets_are_the_pieces_of_a_library_with_what_their_maker_says(tmp_path):
    files.make_library(tmp_path / "models")
    (answer,) = read(tmp_path / "models", tmp_path / "out").values()
    shelf, seat = sorted(answer["pieces"], key=lambda piece: piece["name"])
    assert (shelf["name"], seat["name"]) == ("Bookshelf", "Reading Chair")
    assert seat["tags"] == ["red", "Furniture", "Seats"]
    assert (seat["caption"], seat["author"]) == ("a red reading chair", "Ann")
    assert seat["size"] == pytest.approx(files.SIZE, abs=1e-4)
    assert shelf["size"] == pytest.approx((0.8, 0.3, 2), abs=1e-4)


EVIL = """
import os, sys
sys.path.insert(0, sys.argv[1])
import bpy, pathlib, model_files
folder = pathlib.Path(sys.argv[2])
model_files.picture(folder / "secret.png", (0.9, 0.1, 0.9))
model_files.make_evil_blend(folder / "models", folder / "witness", folder / "secret.png")
bpy.context.preferences.filepaths.use_scripts_auto_execute = True
bpy.ops.wm.open_mainfile(filepath=str(folder / "models" / "evil_chair.blend"), use_scripts=True)
bpy.context.view_layer.update()
os._exit(0)
"""


def test_an_evil_file_runs_nothing_keeps_nothing_and_shows_nothing(tmp_path):
    witness = tmp_path / "witness"
    (tmp_path / "secret.obj").write_text("v 0 0 0\nv 9 0 0\nv 0 9 9\nf 1 2 3\n")
    subprocess.run([sys.executable, "-c", EVIL, HERE.parent, tmp_path], check=True, capture_output=True)
    assert witness.exists()  # it is as evil as it seems, where scripts may run
    witness.unlink()
    (answer,) = read(tmp_path / "models", tmp_path / "out").values()
    assert not witness.exists()
    (piece,) = answer["pieces"]
    assert piece["size"] == pytest.approx(files.SIZE, abs=1e-3)  # nothing was imported, nothing moved
    assert any("secret" in note and "outside" in note for note in answer["notes"])
    path = tmp_path / "out" / f"{piece['stem']}.blend"
    assert set(contents(path)) == {"objects", "meshes", "materials"}
    bpy.ops.wm.open_mainfile(filepath=str(path), use_scripts=True)  # as a person would who trusts it
    assert not witness.exists()
    assert len(bpy.data.texts) == len(bpy.data.images) == len(bpy.data.node_groups) == 0
    for block in (*bpy.data.objects, *bpy.data.meshes, *bpy.data.materials):
        assert block.animation_data is None
        assert list(block.keys()) == []
    kinds = {node.bl_idname for made in bpy.data.materials for node in made.node_tree.nodes}
    assert kinds == {"ShaderNodeOutputMaterial", "ShaderNodeBsdfPrincipled", "ShaderNodeTexCoord"}
    assert [block.name for block in bpy.data.objects] == [block.name for block in bpy.data.meshes] == [piece["stem"]]
    assert all(made.node_tree.animation_data is None for made in bpy.data.materials)
    files.new_file()


def test_nothing_outside_the_folder_is_followed(tmp_path):
    root = tmp_path / "models"
    root.mkdir()
    files.picture(tmp_path / "secret.png", (0.9, 0.1, 0.9))
    files.make_tables(tmp_path / "tables")
    tree, binary = files.gltf_tree(tmp_path / "tables" / "glb_table.glb")
    uris = [
        "../secret.png",
        str(tmp_path / "secret.png"),
        "file:///etc/hostname",
        "http://127.0.0.1:9/a.png",
        "..%2Fsecret.png",
    ]
    for number, uri in enumerate(uris):
        files.glb(root / f"picture{number}.glb", tree | {"images": [{"uri": uri}]}, binary)
        (root / f"buffer{number}.gltf").write_text(
            json.dumps({"asset": {"version": "2.0"}, "buffers": [{"byteLength": 9, "uri": uri}]})
        )
    shutil.copy(tmp_path / "tables" / "obj_table.obj", root / "table.obj")
    text = (root / "table.obj").read_text().replace("mtllib obj_table.mtl", f"mtllib {tmp_path}/tables/obj_table.mtl")
    (root / "table.obj").write_text(text)
    files.new_file()
    with bpy.data.libraries.load(str(tmp_path / "tables" / "blend_table.blend"), link=True) as (_, wanted):
        wanted.objects = ["Top"]
    bpy.context.scene.collection.objects.link(wanted.objects[0])
    files.save(root / "linked.blend")
    (root / "link.glb").symlink_to(tmp_path / "tables" / "glb_table.glb")
    answers = read(root, tmp_path / "out")
    for number in range(len(uris)):
        assert "lies outside the folder" in answers[f"picture{number}.glb"]["notes"][0]
        assert answers[f"picture{number}.glb"]["pieces"]
        assert "lies outside the folder" in answers[f"buffer{number}.gltf"]["refused"]
    assert "lies outside the folder" in answers["table.obj"]["notes"][0]
    assert "lies outside the folder" in answers["linked.blend"]["refused"]
    assert "outside the folder" in answers["link.glb"]["refused"]
    for file, answer in answers.items():
        for piece in answer.get("pieces", ()):
            assert cloud(tmp_path / "out", piece)[:, 3:].mean(axis=0)[0] == pytest.approx(
                cloud(tmp_path / "out", piece)[:, 3:].mean(axis=0)[1], abs=0.01
            ), file  # grey or white, not the secret's pink


def test_broken_and_oversized_files_are_refused_each_with_its_reason(tmp_path):
    root = tmp_path / "models"
    root.mkdir()
    files.make_tables(tmp_path / "tables")
    whole = (tmp_path / "tables" / "glb_table.glb").read_bytes()
    tree, binary = files.gltf_tree(tmp_path / "tables" / "glb_table.glb")
    (root / "a_cut.glb").write_bytes(whole[: len(whole) // 2])
    (root / "b_head.glb").write_bytes(whole[:10])
    bomb = [dict(row, count=2**31) for row in tree["accessors"]]
    files.glb(root / "c_bomb.glb", tree | {"accessors": bomb}, binary)
    bare = [{key: value for key, value in row.items() if key != "bufferView"} for row in bomb]
    files.glb(root / "d_bare.glb", tree | {"accessors": bare}, binary)
    files.glb(root / "e_loop.glb", tree | {"nodes": [{"children": [0], "mesh": 0}]}, binary)
    files.glb(
        root / "f_many.glb",
        tree | {"nodes": [{"mesh": 0}] * 9_000, "scenes": [{"nodes": list(range(9_000))}]},
        binary,
    )
    (root / "g_text.fbx").write_text("; FBX 7.4.0 project file\n")
    shutil.copy(tmp_path / "tables" / "fbx_table.fbx", root / "h_cut.fbx")
    (root / "h_cut.fbx").write_bytes((root / "h_cut.fbx").read_bytes()[:3000])
    (root / "i_none.blend").write_bytes(b"no blend")
    (root / "j_cut.blend").write_bytes((tmp_path / "tables" / "blend_table.blend").read_bytes()[:20_000])
    (root / "k_points.obj").write_text("v 0 0 0\nv 1 0 0\n")
    (root / "m_empty.stl").write_bytes(b"")
    (root / "z_good.glb").write_bytes(whole)
    words = {
        "a_cut.glb": "cut off", "b_head.glb": "cut off", "c_bomb.glb": "cut off", "d_bare.glb": "claims to hold",
        "e_loop.glb": "below themselves", "f_many.glb": "9,000 objects", "g_text.fbx": "no binary FBX",
        "h_cut.fbx": "cut off",
        "i_none.blend": "no .blend", "j_cut.blend": "cut off", "k_points.obj": "no faces",
        "m_empty.stl": "",
    }  # fmt: skip
    answers = read(root, tmp_path / "out")
    (few,) = read(root, tmp_path / "few", ["z_good.glb"], limits={"triangles": 20}).values()
    assert few["refused"] == "has 24 triangles, more than the 20 that a piece may have"
    for file, reason in words.items():
        assert reason in answers[file]["refused"], file
        assert answers[file].get("pieces", []) == []
    assert answers["z_good.glb"]["pieces"]


def test_one_file_that_hangs_or_crashes_does_not_stop_the_others(tmp_path):
    root = tmp_path / "models"
    files.make_chairs(root)
    for path in root.iterdir():
        path.rename(path.with_name(f"z_{path.name}"))
    files.make_slow_blend(root / "slow.blend")
    files.make_huge_blend(root / "huge.blend")
    slow = read(root, tmp_path / "out", ["slow.blend", "z_glb_armchair.glb"], seconds=3.0)
    assert slow["slow.blend"]["refused"] == "took longer than 3 seconds"
    huge = read(root, tmp_path / "out", ["huge.blend", "z_blend_armchair.blend"], limits={"memory_bytes": 3 << 30})
    assert reader.is_passing(huge["huge.blend"]["refused"])
    assert slow["z_glb_armchair.glb"]["pieces"]
    assert huge["z_blend_armchair.blend"]["pieces"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the cases of /work/shared")
def test_the_cases_draco_and_y_up(tmp_path):
    (tmp_path / "models").mkdir()
    for name in ("sofa_draco.glb", "chair_yup.obj"):
        shutil.copy(SHARED / name, tmp_path / "models" / name)
    answers = read(tmp_path / "models", tmp_path / "out")
    (sofa,), (chair,) = (answers[name]["pieces"] for name in ("sofa_draco.glb", "chair_yup.obj"))
    assert sofa["size"] == pytest.approx((2.0, 0.9, 0.8), abs=1e-3)
    assert chair["size"] == pytest.approx((0.5, 0.5, 0.9), abs=1e-3)
