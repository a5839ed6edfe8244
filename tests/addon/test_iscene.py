"""I-Scene in Blender, with a program in its place that has its flags, files and faults (tests/fake_iscene.py)."""

import json
import math
import os
import sys
from pathlib import Path

import bpy
import numpy as np
import pytest
from helpers import box, module, select
from mathutils import Vector

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import fake_iscene

SMALL = 96
"""Pixels of the pictures' shorter side, for speed; labels of 900 pixels are not to be had then."""


def camera(place=(0.0, -6.0, 3.0), target=(0.0, 0.0, 0.3)):
    obj = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    bpy.context.scene.collection.objects.link(obj)
    obj.location = place
    obj.rotation_euler = (Vector(target) - Vector(place)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.camera = obj
    bpy.context.view_layer.update()
    return obj


def things():
    """Four boxes of different sizes and turns."""
    return [
        box("Table", (1.2, 0.8, 0.7), (-0.9, 0.4, 0.0), 0.3),
        box("Case", (0.8, 0.4, 1.1), (1.1, 0.9, 0.0), -0.4),
        box("Stool", (0.45, 0.35, 0.4), (0.2, -0.9, 0.0), 0.8),
        box("Chest", (0.9, 0.5, 0.5), (1.3, -0.6, 0.0), 0.1),
    ]


def poses(objects):
    return [[*obj.matrix_basis.translation, obj.rotation_euler.z, *obj.scale] for obj in objects]


def everything():
    return sorted(obj.name for obj in bpy.data.objects), sorted(mesh.name for mesh in bpy.data.meshes)


@pytest.fixture
def scene(blend, monkeypatch):  # noqa: ARG001 - an empty file first
    monkeypatch.setattr(module("iscene_job"), "_SHORTER", SMALL * 4)
    monkeypatch.setattr(module("iscene_job"), "_SAMPLES", 1)
    bpy.context.scene.render.resolution_x, bpy.context.scene.render.resolution_y = 400, 300
    camera()
    return things()


@pytest.fixture
def fake(tmp_path):
    """Names the program in the preferences; keywords are its faults."""
    chosen = module("session").preferences().iscene

    def name(*, seconds=60, **faults):
        folder = tmp_path / f"I scene ä {len(list(tmp_path.iterdir()))}"
        for key, path in fake_iscene.install(folder, **{"follows": "camera", **faults}).items():
            setattr(chosen, key, str(path))
        chosen.seconds = max(seconds, 10)

    yield name
    for key in ("python", "repository", "model", "base_model", "hub_cache", "seconds", "download", "convention"):
        chosen.property_unset(key)


def picture(tmp_path):
    """A grey one, so that nothing is rendered."""
    image = bpy.data.images.new("Grey", 400, 300)
    image.filepath_raw, image.file_format = str(tmp_path / "grey.png"), "PNG"
    image.save()
    bpy.data.images.remove(image)
    return str(tmp_path / "grey.png")


def refused(words, **keys):
    before = everything(), poses(bpy.data.objects)
    with pytest.raises(RuntimeError) as error:
        bpy.ops.instructscene.iscene(**keys)
    said = str(error.value).strip()
    assert words in said
    assert "\n" not in said
    assert (everything(), poses(bpy.data.objects)) == before


def test_my_meshes_go_where_they_were_seen(scene, fake, tmp_path):
    """The program makes what it is shown, at the places that the camera shows: nothing has to move."""
    fake()
    select(*scene)
    before = np.array(poses(scene))
    assert bpy.ops.instructscene.iscene(picture=picture(tmp_path)) == {"FINISHED"}
    after = np.array(poses(scene))
    assert np.abs(after[:, :3] - before[:, :3]).max() < 0.05
    assert np.abs(np.sin(2 * (after[:, 3] - before[:, 3]))).max() < math.sin(2 * math.radians(6))
    assert after[:, 2] == pytest.approx(0.0, abs=1e-3)
    assert after[:, 4:] == pytest.approx(before[:, 4:])
    assert module("iscene_settings").known_convention() is not None
    assert "stands on the floor" in module("session").SESSION.outcome


def test_they_go_where_a_picture_has_them(scene, fake, tmp_path):
    """What was made stands 12 cm beside one of the boxes that were told: that object goes there, and the rest stays."""
    fake(moved={"Stool": (0.12, -0.1, 0.0)})
    select(*scene)
    before = np.array(poses(scene))
    assert bpy.ops.instructscene.iscene(picture=picture(tmp_path)) == {"FINISHED"}
    moved = np.array(poses(scene))[:, :2] - before[:, :2]
    assert moved[2] == pytest.approx([0.12, -0.1], abs=0.05)
    assert np.abs(np.delete(moved, 2, axis=0)).max() < 0.05


def test_what_was_made_comes_in_their_place(scene, fake):
    fake()
    select(*scene)
    names = {obj.name for obj in bpy.data.objects}
    assert bpy.ops.instructscene.iscene(result="THEIRS", seed=3) == {"FINISHED"}
    made = [obj for obj in bpy.data.objects if obj.name not in names]
    assert len(made) == 4
    bpy.context.view_layer.update()
    for obj in made:
        about = json.loads(obj["instructscene_iscene"])
        mine = bpy.data.objects[about["made_of"]]
        assert about["seed"] == 3
        assert mine.hide_get()
        assert mine.hide_render
        corners = [obj.matrix_world @ v.co for v in obj.data.vertices]
        low = [min(c[k] for c in corners) for k in range(3)]
        high = [max(c[k] for c in corners) for k in range(3)]
        assert low[2] == pytest.approx(0.0, abs=1e-3)
        assert high[2] == pytest.approx(mine.dimensions.z, abs=0.06)
        assert [(a + b) / 2 for a, b in zip(low[:2], high[:2], strict=True)] == pytest.approx(
            list(mine.location.xy), abs=0.06
        )


def test_two_objects_need_what_a_former_run_has_shown(scene, fake, tmp_path):
    fake()
    grey = picture(tmp_path)
    select(*scene[:2])
    refused("Two objects", picture=grey)
    select(*scene)
    assert bpy.ops.instructscene.iscene(picture=grey) == {"FINISHED"}
    select(*scene[:2])
    before = np.array(poses(scene))
    assert bpy.ops.instructscene.iscene(picture=grey) == {"FINISHED"}
    assert np.abs(np.array(poses(scene))[:, :3] - before[:, :3]).max() < 0.06


FAULTS = {
    "empty": "made nothing",
    "after": "code 1",
    "flood": "printed more than",
    "nan": "",
    "mirrored": "mirrored",
    "upside_down": "upside down",
    "huge": "200 MB",
    "wrong_labels": "made nothing",
}
"""And what is said of each."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_and_nothing_is_changed(scene, fake, tmp_path, fault):
    fake(**{fault: True})
    select(*scene)
    refused(FAULTS[fault], picture=picture(tmp_path))
    assert module("session").SESSION.failure


def test_an_object_that_is_missing_stays(scene, fake, tmp_path):
    fake(missing=3)
    select(*scene)
    before = poses(scene)
    assert bpy.ops.instructscene.iscene(picture=picture(tmp_path)) == {"FINISHED"}
    assert poses(scene)[2] == before[2]
    assert '"Stool" is left out' in module("session").SESSION.outcome


def test_it_can_be_cancelled(scene, fake, tmp_path):
    """As Esc does: the process ends, its folder goes, and nothing has moved."""
    fake(hang=True)
    select(*scene)
    before = everything(), poses(bpy.data.objects)
    job = module("iscene_job")
    steps = job.place_by_iscene(bpy.context, job.Wanted(picture=Path(picture(tmp_path))))
    labels = [next(steps).label for _ in range(400)]
    assert labels[-1] == "I-Scene is at work"
    steps.close()
    assert (everything(), poses(bpy.data.objects)) == before
    assert not list(Path(bpy.app.tempdir).glob("picture-*"))


def test_without_it_the_selection_is_placed_by_rule(scene):
    scene[2].location.z = 0.4
    select(scene[2])
    assert bpy.ops.instructscene.iscene() == {"FINISHED"}
    assert scene[2].location.z == pytest.approx(0.0, abs=1e-3)
    assert "not set up" in module("session").SESSION.outcome


def test_what_the_camera_does_not_see_is_left_out(scene, fake, tmp_path):
    fake()
    wall = box("Screen", (1.0, 0.05, 1.5), (0.2, -1.6, 0.0))
    select(*scene)
    before = poses([*scene, wall])
    assert bpy.ops.instructscene.iscene(picture=picture(tmp_path)) == {"FINISHED"}
    assert poses([scene[2]])[0] == before[2]
    assert '"Stool" is left out' in module("session").SESSION.outcome
    bpy.context.scene.camera.rotation_euler = (0.0, math.pi, 0.0)
    bpy.context.view_layer.update()
    refused("is left out", picture=picture(tmp_path))


def test_bad_input(scene, fake, tmp_path):
    fake()
    select(*scene)
    (tmp_path / "none.png").write_text("no picture", encoding="utf-8")
    refused("cannot be read", picture=str(tmp_path / "none.png"))
    wide = bpy.data.images.new("Wide", 400, 100)
    wide.filepath_raw, wide.file_format = str(tmp_path / "wide.png"), "PNG"
    wide.save()
    bpy.data.images.remove(wide)
    refused("400 by 100 pixels", picture=str(tmp_path / "wide.png"))
    chosen = module("session").preferences().iscene
    chosen.repository = str(tmp_path / "nowhere")
    refused("nowhere")
    bpy.data.objects.remove(bpy.context.scene.camera)
    fake()
    refused("no camera")


@pytest.mark.parametrize("follows", ["azimuth", "camera"])
def test_a_trial_shows_how_its_scenes_are_turned(scene, fake, tmp_path, follows):
    fake(follows=follows)
    before = everything()
    assert bpy.ops.instructscene.try_iscene() == {"FINISHED"}
    assert everything() == before
    assert module("iscene_settings").known_convention().follows == follows
    assert "I-Scene works" in module("session").SESSION.outcome
    select(scene[0])
    at = np.array(poses(scene))
    assert bpy.ops.instructscene.iscene(picture=picture(tmp_path)) == {"FINISHED"}
    assert np.abs(np.array(poses(scene))[:, :3] - at[:, :3]).max() < 0.06


def test_check_names_what_is_missing(fake, tmp_path):
    fake()
    chosen = module("session").preferences().iscene
    assert bpy.ops.instructscene.check_iscene() == {"FINISHED"}
    findings = module("iscene_settings").FINDINGS
    assert {finding.state for finding in findings} <= {"ok", "warning", "missing"}
    chosen.model = str(tmp_path)
    assert bpy.ops.instructscene.check_iscene() == {"FINISHED"}
    assert any("iscene_config.json" in f.text and f.state == "missing" and f.remedy for f in findings)


@pytest.mark.needs_iscene
@pytest.mark.skipif("INSTRUCTSCENE_ISCENE" not in os.environ, reason="INSTRUCTSCENE_ISCENE names no settings")
def test_the_real_one(scene):
    settings = json.loads(Path(os.environ["INSTRUCTSCENE_ISCENE"]).read_text(encoding="utf-8"))
    chosen = module("session").preferences().iscene
    for key, value in settings.items():
        setattr(chosen, key, value)
    select(*scene)
    assert bpy.ops.instructscene.iscene() == {"FINISHED"}
    assert module("iscene_settings").known_convention() is not None
