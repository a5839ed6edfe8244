"""Import Official Checkpoints: models the preferences then name, a clear line otherwise, and nothing half-done."""

import importlib.util
import os
import time
from pathlib import Path

import bpy
import pytest
import torch


@pytest.fixture(scope="module")
def official():
    path = Path(__file__).parents[1] / "official_folder.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def published(official, tmp_path):
    return official.write_official(tmp_path / "published")


@pytest.fixture
def preferences(session, blend):
    """The preferences, as they were before once the test is over; imported models are removed."""
    settings = blend.addon.session.preferences()
    yield settings
    settings.property_unset("model_folder")
    settings.property_unset("clip_weights")
    session.release(wait=5.0)
    for path in sorted(models(blend).rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()


def models(blend):
    package = blend.addon.session.ROOT_PACKAGE
    return Path(bpy.utils.extension_path_user(package, path="models", create=True))


def test_imported_models_are_used_and_ask_for_clip(blend, settings, preferences, published):
    assert bpy.ops.instructscene.import_official(directory=str(published)) == {"FINISHED"}
    folder = models(blend) / "official"
    assert Path(preferences.model_folder) == folder
    assert len(list((folder / "bedroom").iterdir())) == 6
    assert bpy.ops.instructscene.import_official(directory=str(published)) == {"FINISHED"}
    assert [path.name for path in folder.iterdir()] == ["bedroom"]
    settings.instruction = "a bed"
    with pytest.raises(RuntimeError, match=r"reads texts with CLIP.*preference CLIP Weights"):
        bpy.ops.instructscene.generate_room()
    preferences.clip_weights = str(published / "absent.safetensors")
    command = blend.addon.session.worker_command(preferences)
    assert command[-2:] == ["--clip", preferences.clip_weights]


def test_a_rival_is_imported_makes_a_room_and_is_named(blend, settings, preferences, official, tmp_path):
    atiss = official.core("models.atiss")
    sizes = {"width": 32, "layers": 1, "feed_forward": 32, "mixtures": 2, "codes": False, "text_width": None}
    torch.manual_seed(0)
    folder = tmp_path / "atiss"
    official.write_stats(folder, "bedroom")
    torch.save(atiss.Atiss(atiss.AtissConfig(**sizes)).state_dict(), folder / "model_00100")
    assert bpy.ops.instructscene.import_official(directory=str(folder)) == {"FINISHED"}
    settings.instruction = "a bed"
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}
    room = blend.addon.reading.active_room(bpy.context)
    assert blend.addon.panel.other_model(room) == "ATISS bedroom, model_00100"
    preferences.property_unset("model_folder")
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}
    assert blend.addon.panel.other_model(blend.addon.reading.active_room(bpy.context)) == ""


def test_download_of_clip_needs_online_access(blend, preferences):
    preferences.clip_download = True
    allowed = bpy.app.online_access
    assert ("download" in blend.addon.session.worker_command(preferences)) == allowed
    preferences.property_unset("clip_download")


@pytest.mark.usefixtures("settings")
def test_damaged_checkpoint_changes_nothing(blend, official, preferences, published):
    path = published / official.checkpoint_name("decoder")
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(RuntimeError, match=f"{path.name} is cut off or damaged"):
        bpy.ops.instructscene.import_official(directory=str(published))
    assert preferences.model_folder == ""
    assert not list(models(blend).iterdir())
    path.unlink()
    with pytest.raises(RuntimeError, match="bedroom model lacks its layout decoder"):
        bpy.ops.instructscene.import_official(directory=str(published))
    assert not list(models(blend).iterdir())


def test_cancelled_import_changes_nothing(blend, session, preferences, published):
    session.start(blend.addon.jobs.import_official(published))
    while session.progress.label != "Reading":
        assert session.tick() is None
    session.cancel()
    assert session.run(blend.addon.jobs.check_worker()) == "The generator works"
    assert preferences.model_folder == ""
    assert not list(models(blend).iterdir())


@pytest.mark.usefixtures("preferences")
def test_the_worker_is_killed_while_it_imports(blend, session, published, contents):
    session.run(blend.addon.jobs.check_worker())
    before, settings, client = contents(), blend.addon.session.preferences(), session.client
    session.start(blend.addon.jobs.import_official(published))
    while session.progress.label != "Reading checkpoints":
        assert session.tick() is None
    client.close()  # ends it at once, as SIGKILL does
    with pytest.raises(blend.addon.session.WorkerError, match="ended while it was working") as caught:
        finish(session)
    assert caught.value.remedy
    assert (settings.model_folder, contents()) == ("", before)
    assert not [path for path in models(blend).rglob("*.json") if ".instructscene-" not in str(path)]
    for path in models(blend).glob("official/.instructscene-*"):
        os.utime(path, (1, 1))  # long ago
    assert bpy.ops.instructscene.import_official(directory=str(published)) == {"FINISHED"}
    assert [path.name for path in (models(blend) / "official").iterdir()] == ["bedroom"]


def finish(session):
    while session.tick() is None:
        time.sleep(0.005)
