"""Furniture of a 3D-FUTURE folder in Blender: true scale, right front, its texture; boxes where files are broken."""

import importlib
import importlib.util
import json
import shutil
from pathlib import Path

import bpy
import numpy as np
import pytest
from helpers import module
from loading import load

HERE = Path(__file__).resolve().parent
COUNT = 10


future = load(HERE.parent / "future_folder.py")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A folder of models, its catalogue, and the specification that each was made of."""
    folder = tmp_path_factory.mktemp("future")
    specs = future.make_future_folder(folder / "models", COUNT, broken=0)
    future.core("catalogue.indexing").index_models(folder / "models", folder / "catalogue", lambda *_: None)
    return folder, specs


@pytest.fixture
def placing(blend):
    return blend.addon.placing


@pytest.fixture
def scene_of(blend):
    """A function that makes a scene of pieces side by side, each at its own size, given as (model id, spec)."""

    def make(pieces):
        objects = [
            {"id": f"o{k}", "category": spec.category, "asset": f"3d-future/{name}", "size": list(spec.size),
             "position": [3.0 * k, 0.0, spec.size[2] / 2], "yaw": 0.0}
            for k, (name, spec) in enumerate(pieces)
        ]  # fmt: skip
        return blend.instructscene_core.scene.Scene.from_json(
            {"version": 1, "room_type": "bedroom", "objects": objects}
        )

    return make


def corners(mesh):
    flat = np.empty(3 * len(mesh.vertices), dtype=np.float32)
    mesh.vertices.foreach_get("co", flat)
    return flat.reshape(-1, 3)


def face_colours(mesh):
    """(F, 3) of the texture in the middle of every face, and (F, 3) the faces' centres."""
    image = next(node.image for node in mesh.materials[0].node_tree.nodes if node.type == "TEX_IMAGE")
    width, height = image.size
    pixels = np.array(image.pixels[:]).reshape(height, width, 4)[..., :3]
    places = np.array([loop.uv[:] for loop in mesh.uv_layers.active.data])
    middle = np.array([places[list(face.loop_indices)].mean(axis=0) for face in mesh.polygons])
    columns, rows = (middle * [width, height]).astype(int).T
    return pixels[rows, columns], np.array([face.center[:] for face in mesh.polygons])


def test_scale_origin_front_and_texture(placing, models, scene_of):
    folder, specs = models
    room = placing.place_scene(bpy.context, scene_of(specs.items()), catalogues=[folder / "catalogue"])
    assert module("records").missing_models(room) == {}
    for obj, (name, spec) in zip(module("records").room_objects(room).values(), specs.items(), strict=True):
        mesh, points = obj.data, corners(obj.data)
        low, high = points.min(axis=0), points.max(axis=0)
        assert high - low == pytest.approx(spec.size, abs=1e-4)
        assert (low + high)[:2] == pytest.approx([0, 0], abs=1e-4)
        assert (high if spec.mount == "ceiling" else low)[2] == pytest.approx(0, abs=1e-4)
        assert obj.scale[:] == pytest.approx((1, 1, 1), abs=1e-4)

        tree = mesh.materials[0].node_tree
        (picture,) = [node for node in tree.nodes if node.type == "TEX_IMAGE"]
        link = tree.nodes["Principled BSDF"].inputs["Base Color"].links[0]
        assert link.from_node == picture
        assert Path(bpy.path.abspath(picture.image.filepath)).samefile(folder / "models" / name / "texture.png")

        colours, places = face_colours(mesh)
        red = places[np.abs(colours - np.array(future.RED) / 255).max(axis=1) < 0.02]
        expected = future.patch(spec.size).reshape(-1, 3).mean(axis=0)
        rise = np.array([0, 0, low[2]])
        assert len(red) == 2
        assert red.mean(axis=0) == pytest.approx(expected + rise, abs=0.02 * max(spec.size))
        assert (red[:, 1] < 0).all()  # it faces -Y
        assert (red[:, 0] < 0).all()  # and is not mirrored


def test_a_model_is_imported_once_and_nothing_else_is_touched(placing, models, scene_of):
    folder, specs = models
    piece = next(iter(specs.items()))
    own = bpy.data.objects.new("mine", None)
    bpy.context.collection.objects.link(own)
    own.select_set(state=True)
    rooms = [
        placing.place_scene(bpy.context, scene_of([piece] * 2), catalogues=[folder / "catalogue"]) for _ in range(2)
    ]
    meshes = {obj.data for room in rooms for obj in module("records").room_objects(room).values()}
    assert len(meshes) == 1
    assert next(iter(meshes))["instructscene_asset"] == f"3d-future/{piece[0]}"
    textures = [image for image in bpy.data.images if image.source == "FILE"]
    assert (len(textures), len(bpy.data.materials), len(bpy.data.scenes)) == (1, 1, 1)
    assert own.select_get()

    shutil.move(folder / "catalogue", folder / "away")  # what is in the file needs no catalogue
    placing.place_scene(bpy.context, scene_of([piece]))
    shutil.move(folder / "away", folder / "catalogue")


@pytest.mark.parametrize("taken", [1, 2, 3])
def test_an_interrupted_import_leaves_nothing(placing, models, scene_of, contents, taken):
    folder, specs = models
    before = contents()
    steps = placing.place_steps(bpy.context, scene_of(list(specs.items())[:2]), catalogues=[folder / "catalogue"])
    for _ in range(taken):
        next(steps)
    steps.close()
    assert contents() == before


def truncate(folder):
    path = folder / "raw_model.obj"
    path.write_bytes(path.read_bytes()[:2000])


def nonsense(folder):
    (folder / "raw_model.obj").write_text("v 0 nan 0\nv 1 0 0\nv 0 1 1e30\nf 1 2 3\nf 9 9 9\n")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (shutil.rmtree, "cannot be read"),
        (truncate, "no faces"),
        (nonsense, "corners that are no places"),
        (lambda folder: (folder / "texture.png").unlink(), "texture.png"),
        (lambda folder: (folder / "texture.png").write_bytes(b"no picture"), "texture.png"),
    ],
)
def test_boxes_stand_for_what_cannot_be_read(placing, models, scene_of, tmp_path, damage, words):
    folder, specs = models
    pieces = list(specs.items())[:2]
    for name, _ in pieces:
        shutil.copytree(folder / "models" / name, tmp_path / name)
    data = json.loads((folder / "catalogue" / "catalogue.json").read_text())
    (tmp_path / "catalogue.json").write_text(json.dumps(data | {"sources": {"3d-future": str(tmp_path)}}))
    (name, spec), (other, _) = pieces
    damage(tmp_path / name)
    room = placing.place_scene(bpy.context, scene_of(pieces), catalogues=[tmp_path / "catalogue.json"])
    ((asset, reason),) = module("records").missing_models(room).items()
    assert asset == f"3d-future/{name}"
    assert words in reason
    bpy.context.view_layer.update()
    boxes = module("records").room_objects(room)
    assert len(boxes["o0"].data.polygons) == 6
    assert boxes["o0"].dimensions[:] == pytest.approx(spec.size, abs=1e-4)
    assert boxes["o1"].data["instructscene_asset"] == f"3d-future/{other}"

    shutil.rmtree(tmp_path / name, ignore_errors=True)
    shutil.copytree(folder / "models" / name, tmp_path / name)
    placing.place_scene(bpy.context, scene_of(pieces), room=room, catalogues=[tmp_path])
    assert module("records").missing_models(room) == {}
    assert module("records").room_objects(room)["o0"].data["instructscene_asset"] == f"3d-future/{name}"


def test_ids_lead_to_no_other_folder(blend, models):
    folder, _ = models
    models_of = blend.addon.models.read_models([folder / "catalogue"])
    for asset in ("3d-future/../models", "3d-future/", "3d-future/a/b", "other/a"):
        with pytest.raises(blend.addon.models.ModelError):
            models_of.folder(asset)


@pytest.mark.parametrize("text", [None, "", "[]", '{"sources": 3}', '{"version": 1, "sources": {}}'])
def test_a_catalogue_that_cannot_be_read_is_named(blend, tmp_path, text):
    if text is not None:
        (tmp_path / "catalogue.json").write_text(text)
    with pytest.raises(blend.addon.models.ModelError, match=r"catalogue\.json"):
        blend.addon.models.read_models([tmp_path])


def test_a_batch_refuses_a_catalogue_that_it_cannot_read(blend, tmp_path, capsys):
    (tmp_path / "requests.jsonl").write_text('{"text": "A desk."}')
    words = ["--requests", str(tmp_path / "requests.jsonl"), "--out", str(tmp_path / "out"), "--catalogue"]
    batch = importlib.import_module(f"{blend.__name__}.addon.batch")
    assert batch.main([*words, str(tmp_path / "nowhere")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "nowhere cannot be read" in line
    assert not (tmp_path / "out").exists()
    assert not len(blend.addon.session.preferences().catalogues)


def test_a_batch_uses_a_catalogue_alone(blend, models, tmp_path):
    folder, _ = models
    request = {"id": "a", "text": "A double bed and a sofa.", "variations": 1}
    (tmp_path / "requests.jsonl").write_text(json.dumps(request))
    words = ["--requests", str(tmp_path / "requests.jsonl"), "--out", str(tmp_path / "out"), "--use", "only"]
    try:
        batch = importlib.import_module(f"{blend.__name__}.addon.batch")
        assert batch.main([*words, "--catalogue", str(folder / "catalogue")]) == 0
    finally:
        preferences = blend.addon.session.preferences()
        preferences.catalogues.clear()
        preferences.catalogue_use = "first"
    scene = json.loads((tmp_path / "out" / "a.json").read_text())
    assert scene["objects"]
    assert all(item["asset"].startswith("3d-future/") for item in scene["objects"])


def test_a_room_is_furnished_from_the_catalogue(blend, models, settings):
    folder, _ = models
    settings.instruction = "Put a nightstand to the left of a double bed."
    preferences = blend.addon.session.preferences()
    blend.addon.session.use_catalogue(preferences, folder / "catalogue")
    preferences.catalogue_use = "only"
    try:
        assert bpy.ops.instructscene.generate_room() == {"FINISHED"}
    finally:
        preferences.catalogues.clear()
        preferences.catalogue_use = "first"
        blend.addon.session.SESSION.release()
    room = bpy.data.objects[settings.room]
    placed = module("records").room_objects(room).values()
    assets = {obj["instructscene_asset"] for obj in placed if "instructscene_asset" in obj}
    assert assets
    assert all(asset.startswith("3d-future/") for asset in assets)
    assert module("records").missing_models(room) == {}
    assert {obj.data["instructscene_asset"] for obj in placed if obj.get("instructscene_asset")} == assets


def test_the_button_indexes_in_the_worker(blend, models, tmp_path):
    folder, specs = models
    preferences = blend.addon.session.preferences()
    with pytest.raises(RuntimeError, match="holds no models"):
        bpy.ops.instructscene.index_models(directory=str(tmp_path))
    assert not len(preferences.catalogues)
    try:
        assert bpy.ops.instructscene.index_models(directory=str(folder / "models")) == {"FINISHED"}
        (made,) = blend.addon.session.catalogue_paths(preferences)
        assert len(blend.addon.models.read_models([made]).folders) == 1
        assert len(json.loads((made / "catalogue.json").read_text())["entries"]) == len(specs)
        assert made.is_relative_to(bpy.utils.extension_path_user(blend.__name__))
    finally:
        preferences.catalogues.clear()


def test_indexing_shows_progress_and_can_be_cancelled(blend, models, session, tmp_path):
    folder = tmp_path / "others"
    shutil.copytree(models[0] / "models", folder)
    shares = []
    session.start(blend.addon.jobs.index_models(folder))
    while session.tick() is None and not shares[2:]:
        if session.progress.label == "Indexing models" and session.progress.share not in shares:
            shares.append(session.progress.share)
    session.cancel()
    assert shares == sorted(shares)
    assert len(shares) == 3
    assert not session.busy
    assert not len(blend.addon.session.preferences().catalogues)
