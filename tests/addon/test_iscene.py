"""I-Scene in Blender, with a program in its place that has its flags, files and faults (tests/fake_iscene.py)."""

import json
import math
import os
import sys
import tempfile
import time
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
    monkeypatch.setattr(module("iscene_picture"), "_SAMPLES", 1)
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
    refused("fewer than three", picture=grey)
    refused("Two objects", picture=grey, result="THEIRS")
    select(*scene)
    assert bpy.ops.instructscene.iscene(picture=grey) == {"FINISHED"}
    select(*scene[:2])
    names = {obj.name for obj in bpy.data.objects}
    assert bpy.ops.instructscene.iscene(picture=grey, result="THEIRS") == {"FINISHED"}
    made = sorted((obj for obj in bpy.data.objects if obj.name not in names), key=lambda obj: obj.name)
    for obj, mine in zip(made, sorted(scene[:2], key=lambda obj: obj.name), strict=True):
        assert (obj.location.xy - mine.location.xy).length < 0.06


@pytest.mark.parametrize("ways", [{"noise": 0.01}, {"noise": 0.01, "shape": "L"}, {"rough": 0.01}])
def test_what_was_made_stands_though_it_leans_or_is_rough(scene, fake, tmp_path, ways):
    fake(**ways)
    select(*scene)
    names = {obj.name for obj in bpy.data.objects}
    assert bpy.ops.instructscene.iscene(result="THEIRS", picture=picture(tmp_path)) == {"FINISHED"}
    bpy.context.view_layer.update()
    for obj in (obj for obj in bpy.data.objects if obj.name not in names):
        mine = bpy.data.objects[json.loads(obj["instructscene_iscene"])["made_of"]]
        assert min((obj.matrix_world @ v.co).z for v in obj.data.vertices) == pytest.approx(0.0, abs=1e-3)
        assert (obj.location.xy - mine.location.xy).length < 0.15
        assert obj.rotation_euler.z == pytest.approx(mine.rotation_euler.z)
        assert list(obj.dimensions) == pytest.approx(list(mine.dimensions), abs=0.12)
    assert "stays" not in module("session").SESSION.outcome


def finished(steps):
    """What a generator of steps returns."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value
        time.sleep(0.001)


def silhouettes(eye, shot, folder):
    """(H, W) where a picture shows something, told by the sky, which is even."""
    values = finished(module("iscene_picture").picture_of(shot, None, folder))
    pixels = module("iscene_picture").as_shown(values, eye.size).astype(int)
    return np.abs(pixels - pixels[0, 0]).max(axis=2) > 6


def change_frame(cam):
    cam.keyframe_insert("location", frame=1)
    cam.location.x += 2.0
    cam.keyframe_insert("location", frame=50)
    bpy.context.scene.frame_set(50)


def change_shift(cam):
    cam.data.shift_x, cam.data.shift_y, cam.data.sensor_fit = 0.15, -0.1, "VERTICAL"


def change_focus(cam):
    cam.data.dof.use_dof, cam.data.dof.focus_distance, cam.data.dof.aperture_fstop = True, 1.0, 0.5


def change_kind(cam):
    cam.data.type, cam.data.ortho_scale = "ORTHO", 5.0


def change_unit(_):
    bpy.context.scene.unit_settings.scale_length = 0.01
    for obj in bpy.context.scene.objects:
        obj.location *= 100
        obj.scale = (100.0, 100.0, 100.0)


@pytest.mark.parametrize("change", [None, change_frame, change_shift, change_focus, change_kind, change_unit])
def test_the_mask_is_what_the_picture_shows(scene, tmp_path, change):
    if change is not None:
        change(bpy.context.scene.camera)
    bpy.context.view_layer.update()
    task = module("place_task").read_placing(bpy.context, scene, carry=False)
    eye = module("camera_labels").eye_of(bpy.context.scene, task.axes, SMALL * 4)
    solids = [mover.item.solid for mover in task.movers]
    seen = finished(module("camera_labels").label_steps(eye, solids, ())).pixels > 0
    names = dict(enumerate((obj.name for obj in scene), start=1))
    shot = module("iscene_picture").Shot(bpy.context.scene.name, names, {}, eye)
    shown = silhouettes(eye, shot, tmp_path)
    assert seen.mean() > 0.02
    assert (seen & shown).sum() / (seen | shown).sum() > 0.93
    bpy.context.scene.frame_set(1)


def test_what_is_not_rendered_hides_nothing_and_what_is_cut_off_neither(scene, fake, tmp_path):
    """A helper that is not rendered stands before all; a wall is nearer than the camera's clipping."""
    fake()
    helper = box("Helper", (9.0, 0.05, 4.0), (0.0, -3.0, 0.0))
    helper.hide_render = True
    box("Wall", (9.0, 0.05, 4.0), (0.0, -4.0, 0.0))
    bpy.context.scene.camera.data.clip_start = 3.0
    select(*scene)
    assert bpy.ops.instructscene.iscene(picture=picture(tmp_path)) == {"FINISHED"}
    assert "left out" not in module("session").SESSION.outcome


def test_many_objects_keep_their_numbers(scene):
    """Of 260 boxes in a row, each is seen under its own number."""
    task = module("place_task").read_placing(bpy.context, scene, carry=False)
    one = task.movers[2].item.solid
    places = [np.array(((n % 20) - 10, (n // 20) * 0.8, 0.0)) for n in range(260)]
    solids = [one.moved(place) for place in places]
    eye = module("camera_labels").eye_of(bpy.context.scene, task.axes, 64)
    assert finished(module("camera_labels").label_steps(eye, solids, ())).pixels.max() > 255


def test_a_hidden_part_outside_the_view_is_no_fault(scene, fake, tmp_path):
    """A child in a collection that the view layer leaves out is hidden in renders alone."""
    fake()
    aside = bpy.data.collections.new("Aside")
    bpy.context.scene.collection.children.link(aside)
    knob = box("Knob", (0.05, 0.05, 0.05), (0.0, 0.0, 0.0))
    bpy.context.scene.collection.objects.unlink(knob)
    aside.objects.link(knob)
    knob.parent = scene[0]
    bpy.context.view_layer.layer_collection.children["Aside"].exclude = True
    select(*scene)
    assert bpy.ops.instructscene.iscene(result="THEIRS", picture=picture(tmp_path)) == {"FINISHED"}
    assert knob.hide_render


def test_what_is_removed_meanwhile_is_told_and_nothing_has_moved(scene, fake, tmp_path, monkeypatch):
    fake()
    select(*scene)
    job = module("iscene_job")
    before = np.array(poses(scene[:3]))
    found = job.find_places

    def removing(*words):
        places = found(*words)
        bpy.data.objects.remove(bpy.data.objects["Chest"])
        return places

    monkeypatch.setattr(job, "find_places", removing)
    with pytest.raises(RuntimeError, match="removed or renamed"):
        bpy.ops.instructscene.iscene(picture=picture(tmp_path))
    assert np.array(poses(scene[:3])) == pytest.approx(before)


FAULTS = {
    "empty": "made nothing",
    "after": "code 1",
    "flood": "printed more than",
    "nan": "no numbers",
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
    left = set(Path(tempfile.gettempdir()).glob("instructscene-iscene-*"))
    job = module("iscene_job")
    steps = job.place_by_iscene(bpy.context, job.Wanted(picture=Path(picture(tmp_path))))
    (folder,) = tmp_path.glob("I scene*")
    label = ""
    while not list(folder.glob("*/told.json")):
        label = next(steps).label
        time.sleep(0.01)
    assert label == "I-Scene is at work"
    pid = fake_iscene.told(folder)["pid"]
    steps.close()
    assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    assert set(Path(tempfile.gettempdir()).glob("instructscene-iscene-*")) == left
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
    names = {obj.name for obj in bpy.data.objects}
    assert bpy.ops.instructscene.iscene(picture=picture(tmp_path), result="THEIRS") == {"FINISHED"}
    (made,) = [obj for obj in bpy.data.objects if obj.name not in names]
    assert (made.location.xy - scene[0].location.xy).length < 0.06


def test_check_names_what_is_missing(fake, tmp_path):
    fake()
    chosen = module("session").preferences().iscene
    assert bpy.ops.instructscene.check_iscene() == {"FINISHED"}
    findings = module("iscene_settings").FINDINGS
    assert {finding.name: finding.state for finding in findings}["Repository"] == "ok"
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
