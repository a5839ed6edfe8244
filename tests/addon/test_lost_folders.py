"""A full disk, a catalogue that goes while Blender is open, no right to write: one line, nothing lost, the next works.

The full disk is a small file system of its own, where the system allows one to be made.
"""

import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import bpy
import pytest
from helpers import module, room, select
from loading import load

pytestmark = [
    pytest.mark.usefixtures("settings"),
    pytest.mark.skipif(sys.platform != "linux", reason="mounts as Linux does"),
]
TESTS = Path(__file__).resolve().parents[1]
MAKE_MODELS = """
import os, sys, pathlib
sys.path.insert(0, sys.argv[1])
import model_files
model_files.make_tables(pathlib.Path(sys.argv[2]))
os._exit(0)  # Blender as a module sometimes waits for ever for a thread of its own
"""


future = load(TESTS / "future_folder.py")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A 3D-FUTURE folder, and a folder of tables in several formats."""
    folder = tmp_path_factory.mktemp("made")
    future.make_future_folder(folder / "models", 12, broken=0)
    subprocess.run(
        [sys.executable, "-c", MAKE_MODELS, str(TESTS), str(folder / "tables")], check=True, capture_output=True
    )
    return folder


@pytest.fixture
def copied(made, tmp_path):
    """A copy of the 3D-FUTURE folder with a catalogue of its own, to be damaged."""
    shutil.copytree(made / "models", tmp_path / "mine" / "models")
    future.core("catalogue.indexing").index_models(
        tmp_path / "mine" / "models", tmp_path / "mine" / "catalogue", lambda *_: None
    )
    return tmp_path / "mine"


@pytest.fixture
def preferences(session):
    """The add-on's preferences; its catalogues and the worker go at the end."""
    chosen = module("session").preferences()
    yield chosen
    chosen.catalogues.clear()
    for name in ("catalogue_use", "link_models", "model_folder"):
        chosen.property_unset(name)
    session.release(wait=5.0)


@contextmanager
def file_system(folder, *options):
    """A small file system at a folder, which keeps nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", *options, "none", str(folder)], check=False, capture_output=True)
    if done.returncode != 0:
        pytest.skip("this user may make no file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def full(folder):
    """A file system of 64 KB."""
    return file_system(folder, "-o", "size=64k")


def read_only(folder):
    return file_system(folder, "-o", "ro,size=64k")


def own(name):
    """A folder of the extension's own, which need not be there."""
    return Path(bpy.utils.extension_path_user(module("session").ROOT_PACKAGE, path=name))


@pytest.fixture
def in_the_way():
    """A function that puts a file where a folder of the extension's own would be made."""
    blocked = []

    def put(name):
        path = own(name)
        shutil.rmtree(path, ignore_errors=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
        blocked.append(path)
        return path

    yield put
    for path in blocked:
        path.unlink()


def refused(operator, **properties):
    """The one line with which an operator refuses."""
    with pytest.raises(RuntimeError) as caught:
        getattr(bpy.ops.instructscene, operator)(**properties)
    text = str(caught.value).removeprefix("Error: ").rstrip("\n")
    assert "\n" not in text
    assert "Traceback" not in text
    assert ". " in text, "a remedy follows"
    assert text == module("session").SESSION.failure
    return text


def a_room(settings):
    settings.finish = settings.shell = False
    bpy.ops.instructscene.generate_room()
    select(next(obj for obj in room().children if obj["instructscene_category"] == "double_bed"))
    return room()


# A full disk


def test_a_full_disk_stops_no_other_room(settings, preferences, made, contents):
    """Indexing has no place for its catalogue; rooms need none."""
    before = contents()
    with full(own("catalogues")) as folder:
        assert "No space left on device" in refused("index_models", directory=str(made / "models"))
        assert not list(folder.rglob("catalogue.json"))
        assert "No space left" in refused("index_models", directory=str(made / "tables"))
        assert not len(preferences.catalogues)
        assert contents() == before
        settings.instruction = "a bed"
        assert bpy.ops.instructscene.generate_room() == {"FINISHED"}
    assert bpy.ops.instructscene.index_models(directory=str(made / "models")) == {"FINISHED"}


def test_no_model_is_to_blame_for_a_full_disk(preferences, made):
    """A disk that fills while models are read: later they are read again, not listed as broken."""
    with file_system(own("catalogues"), "-o", "size=160k") as folder:
        message = refused("index_models", directory=str(made / "tables"))
        assert "No space left" in message
        assert "Free some space" in message
        assert not list(folder.rglob("catalogue.json"))
        subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)
        assert bpy.ops.instructscene.index_models(directory=str(made / "tables")) == {"FINISHED"}
        (catalogue,) = module("session").catalogue_paths(preferences)
        assert "cannot be read" not in (catalogue / "skipped.txt").read_text()
        preferences.catalogues.clear()


def test_a_full_disk_leaves_the_catalogue_that_was_there(preferences, copied):
    with file_system(own("catalogues"), "-o", "size=4m") as folder:
        assert bpy.ops.instructscene.index_models(directory=str(copied / "models")) == {"FINISHED"}
        (catalogue,) = module("session").catalogue_paths(preferences)
        whole = {path.name: path.read_bytes() for path in catalogue.iterdir() if path.suffix != ".jsonl"}
        model = next((copied / "models").glob("*/raw_model.obj"))
        model.write_text(model.read_text() + "# changed\n")
        (folder / "filling").write_bytes(bytes(shutil.disk_usage(folder).free - 4096))
        assert "No space left" in refused("index_models", directory=str(copied / "models"))
        assert {path.name: path.read_bytes() for path in catalogue.iterdir() if path.suffix != ".jsonl"} == whole
        assert bpy.ops.instructscene.generate_room() == {"FINISHED"}


def test_pieces_are_offered_without_pictures_where_none_can_be_written(settings, contents):
    a_room(settings)
    before = contents()
    shutil.rmtree(own("thumbnails"), ignore_errors=True)
    with full(own("thumbnails")):
        assert bpy.ops.instructscene.find_pieces() == {"FINISHED"}
        assert len(module("replacing").CHOICE.entries) == 12
    assert contents() == before


def test_a_picture_that_has_no_room_leaves_the_old_one(settings, contents, tmp_path):
    a_room(settings)
    settings.render_resolution, settings.render_samples = 640, 1
    with full(tmp_path / "small") as folder:
        target = folder / "picture.png"
        target.write_bytes(b"old")
        settings.render_path = str(target)
        before = contents()
        assert "No space left on device" in refused("render")
        assert ([path.name for path in folder.iterdir()], target.read_bytes()) == (["picture.png"], b"old")
        assert contents() == before
    settings.render_path, settings.render_resolution = str(tmp_path / "picture.png"), 64
    assert bpy.ops.instructscene.render() == {"FINISHED"}


def test_boxes_stand_for_models_where_no_temporary_file_can_be_written(preferences, copied, monkeypatch):
    module("session").use_catalogue(preferences, copied / "catalogue")
    preferences.catalogue_use = "only"
    with full(copied / "tmp") as folder:
        monkeypatch.setattr("tempfile.tempdir", str(folder))
        (folder / "filling").write_bytes(bytes(64 << 10))
        bpy.ops.instructscene.generate_room()
    missing = module("records").missing_models(room())
    assert missing
    assert all("Make room on the disk" in reason for reason in missing.values())
    bpy.ops.object.select_all(action="DESELECT")
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}


# A catalogue that goes while Blender is open


DAMAGE = {
    "No such file": lambda mine: shutil.rmtree(mine / "catalogue"),
    "it is no catalogue": lambda mine: (mine / "catalogue" / "catalogue.json").write_text('{"version": 1, "ent'),
}


@pytest.mark.parametrize("words", DAMAGE)
def test_a_catalogue_that_goes_is_named_and_nothing_is_placed(preferences, copied, settings, contents, words):
    module("session").use_catalogue(preferences, copied / "catalogue")
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}
    before = contents()
    DAMAGE[words](copied)
    for operator in ("generate_room", "complete_room"):
        message = refused(operator)
        assert words in message
        assert "Choose another catalogue in the add-on's preferences" in message
        assert contents() == before
    preferences.catalogues[0].used = False
    assert bpy.ops.instructscene.complete_room() == {"FINISHED"}
    preferences.catalogues[0].used = True
    message = refused("self_check")
    assert str(copied / "catalogue") in message
    preferences.catalogues.clear()
    settings.instruction = ""
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}


def test_damaged_features_are_told_when_the_worker_starts(preferences, copied, contents):
    module("session").use_catalogue(preferences, copied / "catalogue")
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}
    before = contents()
    features = copied / "catalogue" / "features.safetensors"
    features.write_bytes(b"\xff" * 200)
    assert bpy.ops.instructscene.release_memory() == {"FINISHED"}
    message = refused("generate_room")
    assert "are damaged" in message
    assert str(features) in message
    assert contents() == before
    preferences.catalogues.clear()
    assert bpy.ops.instructscene.index_models(directory=str(copied / "models")) == {"FINISHED"}


MODEL_DAMAGE = {
    "deleted": shutil.rmtree,
    "cut off": lambda folder: (folder / "raw_model.obj").write_bytes(b"v 0 0"),
    "no picture": lambda folder: (folder / "texture.png").write_bytes(b"none"),
}


@pytest.mark.parametrize("damage", MODEL_DAMAGE)
def test_boxes_stand_for_models_that_go_and_are_told(preferences, copied, settings, damage):
    module("session").use_catalogue(preferences, copied / "catalogue")
    preferences.catalogue_use = "only"
    session = module("session").SESSION
    session.run(module("jobs").check_worker())
    for folder in (copied / "models").iterdir():
        if folder.is_dir():
            MODEL_DAMAGE[damage](folder)
    outcome = session.run(module("jobs").edit(bpy.context, "generate"))
    assert "could not be imported, such as: " in outcome
    assert "\n" not in outcome
    missing = module("records").missing_models(room())
    assert missing
    placed = module("records").room_objects(room()).values()
    assert {obj["instructscene_asset"] for obj in placed if "instructscene_asset" in obj} == set(missing)
    preferences.catalogues.clear()
    settings.instruction = "a bed"
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}


# No right to write


@pytest.mark.parametrize(
    ("operator", "name"),
    [
        ("index_models", "catalogues"),
        ("import_official", "models"),
        ("find_pieces", "thumbnails"),
        ("render", "renders"),
    ],
)
def test_a_folder_of_ours_that_cannot_be_made_is_named(settings, made, in_the_way, contents, operator, name):
    a_room(settings)
    before = contents()
    properties = {"directory": str(made / "models")} if operator in ("index_models", "import_official") else {}
    path = in_the_way(name)
    message = refused(operator, **properties)
    assert str(path) in message
    assert "Look at its rights" in message
    assert contents() == before
    assert bpy.ops.instructscene.restyle_selection() == {"FINISHED"}


def test_a_read_only_disk_is_named(settings, preferences, made, contents, tmp_path):
    a_room(settings)
    before = contents()
    with read_only(own("catalogues")):
        for models in ("models", "tables"):
            assert "cannot be written to" in refused("index_models", directory=str(made / models))
    with read_only(tmp_path / "locked") as folder:
        settings.render_path = str(folder / "picture.png")
        assert "Read-only file system" in refused("render")
    assert contents() == before
    assert not len(preferences.catalogues)


def test_pieces_that_cannot_be_linked_are_boxes_and_told(preferences, made, tmp_path, settings):
    """The copy that is linked is made beside the piece, in a catalogue on a disk that cannot be written."""
    assert bpy.ops.instructscene.index_models(directory=str(made / "tables")) == {"FINISHED"}
    (catalogue,) = module("session").catalogue_paths(preferences)
    preferences.catalogues.clear()
    folder = tmp_path / "disk"
    with file_system(folder, "-o", "size=16m"):
        shutil.copytree(catalogue, folder / "catalogue")
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        module("session").use_catalogue(preferences, folder / "catalogue")
        preferences.link_models = True
        settings.room_type, settings.instruction = "diningroom", "a dining table"
        outcome = module("session").SESSION.run(module("jobs").edit(bpy.context, "generate"))
        assert "cannot be written to, so its pieces cannot be linked" in outcome
        assert not [library for library in bpy.data.libraries if library.filepath.startswith(str(folder))]
    assert json.loads(room()["instructscene_scene"])["objects"]
