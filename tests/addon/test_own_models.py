"""A person's folder as a catalogue: indexed, gone on with, moved, corrected, and placed in the open file."""

import json
import os
import shutil
import time
from pathlib import Path

import bpy
import numpy as np
import pytest
from loading import load

HERE = Path(__file__).resolve().parent
CC0 = Path("/work/shared/data/furniture_cc0")


core = load(HERE.parent / "future_folder.py").core
files = load(HERE.parent / "model_files.py")
own = core("catalogue.own_models")
features = core("catalogue.own_features")
entries = core("catalogue.entries")
errors = core("errors")


def index(folder, out, on_file=lambda *_: None, **options):
    model_reader = core("catalogue.own_reader").ModelReader.of(**options)
    return own.index_own(folder, out, model_reader, features.recognise, features.encoder_of(), on_file)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Chairs, tables, a library and a broken file, in folders of their own; made before the add-on is enabled."""
    folder = tmp_path_factory.mktemp("made")
    files.make_chairs(folder / "chairs")
    files.make_tables(folder / "tables")
    files.make_library(folder / "library")
    for name in ("fbx_armchair.fbx", "obj_armchair.obj", "ply_armchair.ply", "stl_armchair.stl"):
        (folder / "chairs" / name).unlink()
    (folder / "broken.glb").write_bytes(b"glTF")
    (folder / "scene.usdc").write_bytes(b"PXR-USDC")
    files.new_file()
    return folder


@pytest.fixture(scope="module")
def indexed(made, tmp_path_factory):
    out = tmp_path_factory.mktemp("catalogue")
    return out, index(made, out)


@pytest.fixture
def folders(made, indexed, tmp_path):
    """Copies of the folder and of its catalogue, with the times of their files."""
    shutil.copytree(made, tmp_path / "models")
    shutil.copytree(indexed[0], tmp_path / "out")
    return tmp_path / "models", tmp_path / "out"


def ids(out):
    return {entry.id for entry in entries.Catalogue.open(out).entries}


def test_a_folder_becomes_a_catalogue_that_the_generator_reads(made, indexed):
    out, done = indexed
    catalogue = entries.Catalogue.open(out)
    assert (done.files, done.reread) == (10, 10)
    assert {name for name, _ in done.skipped} >= {"broken.glb", "scene.usdc"}
    assert not [path for path in made.rglob("*") if path.name in (own.LIBRARY_FILE, "catalogue.json")]
    chairs = [entry for entry in catalogue.entries if "armchair" in entry.id]
    assert len(chairs) == 3
    for entry in chairs:
        assert entry.category in ("armchair", "lounge_chair")  # the word means either
        assert entry.size == pytest.approx(files.SIZE, abs=1e-3)
        assert entry.feature is not None
        assert len(entry.codes) == 4
    (reading,) = [entry for entry in catalogue.entries if "Reading_Chair" in entry.id]
    assert reading.caption == "a red reading chair"
    assert set(reading.tags) == {"red", "furniture", "seats"}
    text = (out / "skipped.txt").read_text()
    assert "broken.glb\tis cut off" in text
    assert "scene.usdc\tis of a format that is not read" in text


def test_unchanged_files_are_not_read_again_and_changed_ones_are(folders):
    models, out = folders
    before = ids(out)
    assert index(models, out).reread == 0
    path = models / "tables" / "obj_table.obj"
    path.write_text(path.read_text().replace("v ", "v  "))
    os.utime(models / "tables" / "gltf_table.bin", (1, 1))  # a file that another names
    assert index(models, out).reread == 2
    assert ids(out) == before


def test_an_interrupted_run_goes_on_where_it_was(made, tmp_path):
    def stop(done, _):
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index(made, tmp_path / "out", stop)
    assert not (tmp_path / "out" / "catalogue.json").exists()
    with (tmp_path / "out" / "files.jsonl").open("a") as file:
        file.write('{"version": 1, "fi')  # as a power cut leaves it
    done = index(made, tmp_path / "out")
    assert (done.files, done.reread) == (10, 6)


def test_moved_files_and_folders_are_known_again_and_lost_ones_named(folders):
    models, out = folders
    before = ids(out)
    (models / "seats").mkdir()
    (models / "chairs" / "glb_armchair.glb").rename(models / "seats" / "renamed.glb")
    shutil.move(models / "tables", models / "seats" / "tables")  # with what they name
    done = index(models, out)
    assert done.reread == 0
    assert len(done.moved) == 6
    assert ids(out) == before

    models.rename(models.with_name("elsewhere"))
    (models.with_name("elsewhere") / "library" / "seats.blend").unlink()
    done = index(models, out)
    assert (done.folder.name, done.reread, done.missing) == ("elsewhere", 0, ["library/seats.blend"])
    assert "library/seats.blend\tis no longer there" in (out / "skipped.txt").read_text()
    shutil.rmtree(done.folder)
    with pytest.raises(errors.InvalidInputError, match="is not there"):
        index(models, out)
    assert entries.Catalogue.open(out).entries  # as it was


def test_what_a_person_says_counts_and_is_kept(folders):
    models, out = folders
    library = own.open_library(out)
    name = next(row["id"] for row in own.review_rows(library, out) if row["name"] == "glb_armchair")
    said = {name: {"class": "lounge chair", "front": "1", "scale": "0.5", "tags": "Red, velvet"}}
    own.review(out, said, features.encoder_of())
    os.utime(models / "chairs" / "glb_armchair.glb", (5, 5))
    assert index(models, out).reread == 1
    (row,) = [row for row in own.review_rows(own.open_library(out), out) if row["id"] == name]
    assert (row["class"], row["front"], row["scale"], row["checked"]) == ("lounge_chair", 1, 0.5, True)
    entry = entries.Catalogue.open(out).get(name)
    width, depth, height = files.SIZE
    assert entry.size == pytest.approx((depth / 2, width / 2, height / 2), abs=1e-3)
    assert entry.tags == ("red", "velvet")
    assert entry.rooms["bedroom"] == "chair"
    back = max(entry.parts, key=lambda part: part[2] + part[5] / 2)  # was at +Y, is at -X
    assert back[0] < -0.2

    own.review(out, {name: {"class": "none"}}, None)
    assert entries.Catalogue.open(out).get(name) is None


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("glb_armchair", {"class": "spaceship"}, "no class"),
        ("glb_armchair", {"front": "4"}, "front cannot be"),
        ("glb_armchair", {"scale": "nan"}, "scale cannot be"),
        ("glb_armchair", {"colour": "red"}, "nothing that can be set"),
        ("nobody", {"front": "1"}, "no piece"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(folders, name, values, words):
    _, out = folders
    before = (out / "review.json").read_bytes(), (out / "catalogue.json").read_bytes()
    with pytest.raises(errors.InvalidInputError, match=words):
        own.review(out, {name: values}, None)
    assert ((out / "review.json").read_bytes(), (out / "catalogue.json").read_bytes()) == before


def test_a_folder_that_cannot_be_indexed_is_refused_in_one_line(made, tmp_path):
    with pytest.raises(errors.InvalidInputError, match="holds no models"):
        index(tmp_path, tmp_path / "out")
    with pytest.raises(errors.InvalidInputError, match="lies in the folder"):
        index(made, made / "out")
    with pytest.raises(errors.InvalidInputError, match="no program"):
        index(made, tmp_path / "out", blender=tmp_path / "blender")


@pytest.mark.skipif(not CC0.is_dir(), reason="needs the models of /work/shared")
def test_the_52_models_are_indexed_within_a_minute(tmp_path):
    start = time.monotonic()
    done = index(CC0, tmp_path / "out")
    assert time.monotonic() - start < 60
    assert (done.files, done.reread) == (52, 52)
    assert done.used >= 45
    sizes = {item["name"]: item["size_xyz_m_yup"] for item in json.loads((CC0 / "manifest.json").read_text())}
    for _, piece, _ in own.open_library(tmp_path / "out").pieces():
        x, up, depth = sizes[piece.name]
        assert piece.size == pytest.approx((x, depth, up), abs=2e-3)


# In the open file


def scene_of(blend, out, names=None):
    """A scene of all pieces side by side, or of some, each at its own size and with a turn."""
    chosen = [entry for entry in entries.Catalogue.open(out).entries if names is None or entry.id in names]
    objects = [
        {"id": f"o{k}", "category": entry.category, "asset": entry.id, "size": list(entry.size),
         "position": [3.0 * k, 0.0, entry.size[2] / 2], "yaw": 0.5}
        for k, entry in enumerate(chosen)
    ]  # fmt: skip
    data = {"version": 1, "room_type": "livingroom", "objects": objects}
    return blend.instructscene_core.scene.Scene.from_json(data)


def corners(mesh):
    return np.array([vertex.co for vertex in mesh.vertices])


@pytest.mark.parametrize("linked", [False, True])
def test_a_piece_is_placed_as_the_catalogue_has_it(folders, blend, linked):
    _, out = folders
    rows = own.review_rows(own.open_library(out), out)
    name = next(row["id"] for row in rows if row["name"] == "glb_armchair")
    own.review(out, {name: {"front": "1", "scale": "0.5"}}, None)
    placing = blend.addon.placing
    scene = scene_of(blend, out)
    rooms = [placing.place_scene(bpy.context, scene, catalogues=[out], linked=linked) for _ in range(2)]
    assert blend.addon.records.missing_models(rooms[0]) == {}
    objects = [obj for room in rooms for obj in blend.addon.records.room_objects(room).values()]
    assert len({obj.data for obj in objects}) == len(scene.objects)  # one datablock an asset
    assert all((obj.data.library is not None) == linked for obj in objects)
    assert len(bpy.data.libraries) == (len(scene.objects) if linked else 0)
    assert len(bpy.data.texts) == 0
    for item in scene.objects:
        obj = blend.addon.records.room_objects(rooms[0])[item.id]
        points = corners(obj.data)
        assert np.ptp(points, axis=0) == pytest.approx(item.size, abs=2e-3)
        assert points[:, 2].min() == pytest.approx(0, abs=1e-4)
        assert obj.data["instructscene_asset"] == item.asset
        assert obj.scale[:] == pytest.approx((1, 1, 1), abs=2e-3)
    chair = next(obj for obj in objects if obj["instructscene_asset"] == name)
    top = corners(chair.data)
    top = top[top[:, 2] > 0.9 * top[:, 2].max()]
    assert (top[:, 0] < 0).all()  # a quarter turn brings its back from +Y to -X
    looks = {slot.material.name.partition(".")[0] for slot in chair.material_slots}
    assert looks == {"red", "wood"}
    blend.addon.models.remove_unused_libraries()


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("taken", [1, 3, 5])
def test_what_is_interrupted_leaves_nothing(indexed, blend, contents, linked, taken):
    out, _ = indexed
    before = contents()
    steps = blend.addon.placing.place_steps(bpy.context, scene_of(blend, out), catalogues=[out], linked=linked)
    for _ in range(taken):
        next(steps)
    steps.close()
    assert contents() == before
    assert not bpy.data.libraries


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"BLENDER")])
def test_boxes_stand_for_pieces_whose_files_are_gone(folders, blend, damage):
    _, out = folders
    scene = scene_of(blend, out)
    damage(out / "pieces" / f"{scene.objects[0].asset.partition('/')[2]}.blend")
    room = blend.addon.placing.place_scene(bpy.context, scene, catalogues=[out])
    assert list(blend.addon.records.missing_models(room)) == [scene.objects[0].asset]


def test_the_button_indexes_any_folder_in_the_background(made, blend, session):
    preferences = blend.addon.session.preferences()
    labels = []
    try:
        session.start(blend.addon.jobs.index_models(made))
        while (said := session.tick()) is None:
            labels.append(session.progress)
            time.sleep(0.01)
        assert "10 files" in said
        shares = [progress.share for progress in labels if progress.label == "Indexing models"]
        assert shares == sorted(shares)
        assert len(set(shares)) > 5
        (out,) = blend.addon.session.catalogue_paths(preferences)
        assert out.is_relative_to(bpy.utils.extension_path_user(blend.__name__))
        review_and_index_again(blend.addon.review.REVIEW, session, made, out)
    finally:
        blend.addon.review.REVIEW.clear()
        preferences.catalogues.clear()
        session.release()


def review_and_index_again(review, session, made, out):
    """The list is there after indexing; what is said is saved, and outlasts indexing and reopening."""
    assert review.catalogue == out
    assert ("broken.glb", "is cut off") in review.failed
    name = next(iter(ids(out)))
    assert all(path.is_file() for path in review.models[name].pictures)
    bpy.ops.instructscene.review_class(model=name, category="stool")
    bpy.ops.instructscene.review_front(model=name)
    front, before = review.models[name].front, (out / "review.json").read_bytes()
    assert bpy.ops.instructscene.save_review() == {"FINISHED"}
    assert not review.unsaved
    assert (out / "review.json").read_bytes() != before
    bpy.ops.instructscene.index_models(directory=str(made))
    bpy.ops.instructscene.close_review()
    assert review.catalogue is None
    session.release()
    bpy.ops.instructscene.review_models()
    model = review.models[name]
    assert (model.category, model.front, model.checked) == ("stool", front, True)
    bpy.ops.instructscene.review_leave_out(model=name)
    bpy.ops.instructscene.close_review()  # saves
    assert name not in ids(out)


def test_indexing_can_be_cancelled_and_ends_its_reader(made, blend, session):
    shutil.rmtree(blend.addon.jobs.catalogue_of(made), ignore_errors=True)
    session.start(blend.addon.jobs.index_models(made))
    while session.tick() is None and session.progress.share < 0.3:
        time.sleep(0.01)
    session.cancel()
    assert not len(blend.addon.session.preferences().catalogues)
    with pytest.raises(blend.addon.session.WorkerError):
        run(blend.addon.review.review_pieces(made, {}))  # which is no catalogue; the worker still answers
    session.release()


def run(steps):
    try:
        while True:
            next(steps)
            time.sleep(0.005)
    except StopIteration as stop:
        return stop.value
