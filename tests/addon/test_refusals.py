"""Bad input and bad luck: one clear message with a remedy, the file as it was, and the next request works."""

import json
import math
import os
import signal
import sys
import time
from importlib import import_module

import bpy
import pytest
from helpers import box

pytestmark = pytest.mark.usefixtures("settings")
TASKS = ("complete_room", "restyle_selection", "rearrange_selection")


def mesh_object(name="Nightstand", mesh=None):
    if mesh is None:
        mesh = bpy.data.meshes.new(name)
        mesh.from_pydata([(x, y, z) for x in (0, 0.5) for y in (0, 0.4) for z in (0, 0.5)], [], [(0, 1, 3, 2)])
    obj = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(obj)
    obj.select_set(state=True)
    return obj


def camera():
    mesh_object("Camera", bpy.data.cameras.new("Camera"))
    return '"Camera" is a camera'


def light():
    mesh_object("Light", bpy.data.lights.new("Light", "POINT"))
    return '"Light" is a light'


def empty_alone():
    mesh_object("Empty", None)
    bpy.data.objects.remove(bpy.data.objects["Empty"])
    obj = bpy.data.objects.new("Empty", None)
    bpy.context.scene.collection.objects.link(obj)
    obj.select_set(state=True)
    return '"Empty" is an empty'


def zero_scale():
    mesh_object().scale = (1.0, 0.0, 1.0)
    return '"Nightstand" has a scale of zero'


def no_vertices():
    mesh_object(mesh=bpy.data.meshes.new("Nothing"))
    return '"Nightstand" is empty'


def infinitely_far():
    mesh_object().location.x = math.inf
    return '"Nightstand" is too large or too far away'


def not_a_number():
    mesh_object().location.x = math.nan
    return '"Nightstand" has an invalid transform'


def flat():
    mesh = bpy.data.meshes.new("Plane")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (1, 1, 0)], [], [(0, 1, 2)])
    mesh_object(mesh=mesh)
    return '"Nightstand" is flat'


SELECTIONS = (
    camera,
    light,
    empty_alone,
    zero_scale,
    no_vertices,
    infinitely_far,
    not_a_number,
    flat,
)


def refusal(operator):
    """The message with which an operator refuses."""
    with pytest.raises(RuntimeError) as caught:
        getattr(bpy.ops.instructscene, operator)()
    text = str(caught.value)
    assert text.count("\n") <= 1, "one message"
    assert "Traceback" not in text
    return text


@pytest.mark.parametrize("make", SELECTIONS)
@pytest.mark.parametrize("operator", TASKS)
def test_a_selection_that_is_refused(session, contents, make, operator):
    words = make()
    before = contents()
    message = refusal(operator)
    assert words in message
    assert ". " in message, "a remedy follows"
    assert session.failure in message
    assert not session.busy
    assert contents() == before


@pytest.mark.parametrize("make", SELECTIONS)
def test_what_is_no_furniture_is_left_aside_and_told(contents, make):
    words = make()
    before = contents()["objects"]
    bed = box("Bed", (1.6, 2.0, 0.5), (3.0, 0.0, 0.0))
    bed.select_set(state=True)
    assert bpy.ops.instructscene.complete_room() == {"FINISHED"}
    after = contents()["objects"]
    assert {name: after[name] for name in before} == before
    (room,) = [obj for obj in bpy.data.objects if "instructscene_scene" in obj]
    report = json.loads(room["instructscene_scene"])["report"]
    assert any(note.startswith(f"Left aside: {words}") for note in report["notes"]), report


@pytest.mark.parametrize("operator", TASKS)
def test_linked_objects_are_refused(contents, tmp_path, operator):
    path = tmp_path / "library.blend"
    template = mesh_object("Bed")
    bpy.data.libraries.write(str(path), {template})
    bpy.data.objects.remove(template)
    with bpy.data.libraries.load(str(path), link=True) as (_, wanted):
        wanted.objects = ["Bed"]
    bpy.context.scene.collection.objects.link(wanted.objects[0])
    wanted.objects[0].select_set(state=True)
    before = contents()
    message = refusal(operator)
    assert '"Bed" is linked from a library' in message
    assert "Make Local" in message
    assert contents() == before


def test_nothing_selected_and_no_room(contents):
    before = contents()
    assert "No furniture is selected and there is no room" in refusal("complete_room")
    for operator in ("restyle_selection", "rearrange_selection"):
        assert "Select furniture of a room" in refusal(operator)
    assert "two or more variations" in refusal("variation")
    assert contents() == before


def test_own_meshes_cannot_be_restyled(contents):
    mesh_object()
    before = contents()
    assert "your own meshes" in refusal("restyle_selection")
    assert contents() == before


def test_an_unknown_room_type(settings):
    with pytest.raises(TypeError, match="kitchen"):
        settings.room_type = "kitchen"
    for name in ("livingroom", "diningroom", "bedroom"):
        settings.room_type = name
        assert bpy.ops.instructscene.generate_room() == {"FINISHED"}


def test_a_room_with_a_broken_record_can_still_be_completed(settings):
    settings.add = 1
    bpy.ops.instructscene.generate_room()
    (room,) = [obj for obj in bpy.data.objects if "instructscene_scene" in obj]
    room["instructscene_scene"] = "{"
    room["instructscene_variations"] = "[{]"
    assert "cannot be read" in refusal("variation")
    assert bpy.ops.instructscene.complete_room() == {"FINISHED"}
    assert json.loads(room["instructscene_scene"])["room_type"] == "bedroom"


def test_the_worker_is_killed_in_the_middle(blend, settings, session, contents):
    jobs = import_module(f"{blend.__name__}.addon.jobs")
    errors = import_module(f"{blend.__name__}.instructscene_core.errors")
    settings.steps_prior, settings.steps_decoder = 100, 1000
    before = contents()
    session.start(jobs.edit(bpy.context, "generate"))
    while session.progress.label != "Planning the room":
        session.tick()
        time.sleep(0.01)
    os.kill(session.client.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    with pytest.raises(errors.InstructSceneError, match="ended while it was working") as caught:
        tick_on(session)
    assert caught.value.remedy
    assert not session.busy
    assert contents() == before
    settings.steps_prior, settings.steps_decoder = 4, 2
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}


def tick_on(session):
    while session.tick() is None:
        time.sleep(0.01)


@pytest.fixture
def preferences(blend):
    """The add-on's preferences, put back afterwards."""
    chosen = blend.addon.session.preferences()
    before = {name: getattr(chosen, name) for name in ("worker_python", "device", "model_folder")}
    yield chosen
    for name, value in before.items():
        setattr(chosen, name, value)


@pytest.fixture
def liar(tmp_path):
    """A program that says something else than a worker does."""
    path = tmp_path / "liar.sh"
    path.write_text("#!/bin/sh\necho hello\nexec sleep 60\n")
    path.chmod(0o755)
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="names programs of Unix")
@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("/nowhere/python", "cannot be started"),
        ("/", "cannot be started"),
        ("/bin/false", "ended while starting"),
        ("liar", "did not start as a worker"),
    ],
)
def test_a_wrong_python_is_told_with_a_remedy(preferences, contents, liar, program, words):
    preferences.worker_python = str(liar) if program == "liar" else program
    before = contents()
    for operator in ("self_check", "generate_room"):
        message = refusal(operator)
        assert words in message
        assert "Correct Worker's Python in the add-on's preferences" in message
    assert contents() == before


def test_weights_that_are_not_there(preferences, contents, tmp_path):
    preferences.model_folder = str(tmp_path)
    before = contents()
    message = refusal("generate_room")
    assert str(tmp_path) in message or "weights" in message
    assert contents() == before


def test_self_check_tells_versions_device_and_seconds(blend, session):
    assert bpy.ops.instructscene.self_check() == {"FINISHED"}
    check = session.self_check
    assert check["device"] == "cpu"
    assert check["versions"]["torch"]
    assert 0 < check["seconds"] < 60
    shown = "\n".join(blend.addon.preferences.report_lines(check))
    for word in ("blender: ", "python: 3", "torch: 2", "device: cpu", "seconds: "):
        assert word in shown
    assert bpy.ops.instructscene.release_memory() == {"FINISHED"}
    assert session.client is None


def test_the_report_to_copy_has_versions_and_the_last_failure(blend, session, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    session.failure = f"{tmp_path}/a cannot be read"
    lines = blend.addon.maintenance.full_report().splitlines()
    assert bpy.ops.instructscene.copy_report() == {"FINISHED"}
    session.failure = ""
    assert f"blender: {bpy.app.version_string}" in lines
    assert "~/a cannot be read" in lines
