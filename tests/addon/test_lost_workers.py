"""The process that does the work is killed within each kind of job: one line, nothing is lost, and the next works."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import bpy
import pytest
from helpers import box, module, room, select

pytestmark = [
    pytest.mark.usefixtures("settings"),
    pytest.mark.skipif(sys.platform == "win32", reason="stops processes as Unix does"),
]
TESTS = Path(__file__).resolve().parents[1]
MAKE_CHAIRS = """
import os, sys, pathlib
sys.path.insert(0, sys.argv[1])
import model_files
model_files.make_chairs(pathlib.Path(sys.argv[2]))
os._exit(0)  # Blender as a module sometimes waits for ever for a thread of its own
"""


@pytest.fixture(scope="module")
def chairs(tmp_path_factory):
    """A folder with a chair in many formats; made by a process of its own, since that starts with an empty Blender."""
    folder = tmp_path_factory.mktemp("lost") / "chairs"
    subprocess.run([sys.executable, "-c", MAKE_CHAIRS, str(TESTS), str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture
def warm(session):
    """The worker, started and idle."""
    session.run(module("jobs").check_worker())
    yield session.client
    session.cancel()


@pytest.fixture
def bedroom(settings):
    """A room with a wardrobe, selected."""
    settings.instruction = "A double bed, a desk and a wardrobe"
    settings.finish = settings.shell = False
    bpy.ops.instructscene.generate_room()
    settings.instruction = ""
    select(of("wardrobe"))
    return room()


def of(category):
    return next(obj for obj in room().children if obj["instructscene_category"] == category)


def floor_of_four_metres():
    mesh = bpy.data.meshes.new("Floor")
    mesh.from_pydata([(0, 0, 0), (4, 0, 0), (4, 4, 0), (0, 4, 0)], [], [(0, 1, 2, 3)])
    floor = bpy.data.objects.new("Floor", mesh)
    bpy.context.scene.collection.objects.link(floor)
    select(floor)


def edit(task):
    return lambda: module("jobs").edit(bpy.context, task)


def furnish():
    floor_of_four_metres()
    return lambda: module("jobs").furnish(bpy.context)


def recognise():
    select(box("Object.001", (1.6, 2.0, 0.5)))
    return lambda: module("jobs").look_at(["Object.001"])


def replace():
    orders = module("replace_operators").Replacement(category="bookshelf")
    return lambda: module("replacing").replace_selected(bpy.context, orders)


def more_variations():
    """All but the first of three variations, made while nothing else is done."""
    inputs = bpy.context.scene.instructscene
    inputs.variations, inputs.instruction = 3, "a bed"
    first = module("jobs").edit(bpy.context, "generate", whole=False)
    module("session").SESSION.run(first)
    return lambda: module("jobs").gather(room())


JOBS = {
    "generate": (False, lambda: edit("generate")),
    "furnish my room": (False, furnish),
    "complete": (True, lambda: edit("complete")),
    "restyle": (True, lambda: edit("restyle")),
    "rearrange": (True, lambda: edit("rearrange")),
    "replace": (True, replace),
    "more like this": (True, lambda: lambda: module("replacing").add_like_active(bpy.context)),
    "delete": (True, lambda: lambda: module("replacing").delete_selected(bpy.context)),
    "pieces to choose from": (True, lambda: lambda: module("replacing").find_pieces(bpy.context, "white", "")),
    "recognise": (False, recognise),
    "more variations": (False, more_variations),
}
"""Whether a job needs a room, and what prepares it and gives a function that makes it."""


def tick_on(session):
    while session.tick() is None:
        time.sleep(0.005)


def lost(session, job, until, kill):
    """Advances a job until a condition holds, kills, and gives the error that the job ends with."""
    session.start(job)
    while not until():
        assert session.tick() is None, "the job ended before it was disturbed"
        time.sleep(0.005)
    kill()
    with pytest.raises(module("operators").InstructSceneError) as caught:
        tick_on(session)
    assert not session.busy
    return caught.value


def check_told(error):
    assert re.fullmatch(r"The worker ended while [\w ]+, code -9( \(.*\))?", error.message), error.message
    assert error.remedy
    assert "\n" not in str(error)


@pytest.mark.parametrize("kind", JOBS)
def test_a_killed_worker_loses_nothing(request, session, contents, kind):
    needs_room, prepare = JOBS[kind]
    if needs_room:
        request.getfixturevalue("bedroom")
    make = prepare()
    client = request.getfixturevalue("warm")
    before = contents()
    os.kill(client.pid, signal.SIGSTOP)  # so that it surely has not answered when it dies
    error = lost(session, make(), lambda: session.progress.waiting, lambda: os.kill(client.pid, signal.SIGKILL))
    check_told(error)
    assert contents() == before
    session.run(make())
    assert session.client.pid != client.pid


@pytest.mark.parametrize("kind", ["furnish my room", "complete", "rearrange"])
def test_it_may_die_while_it_samples(request, settings, session, contents, kind):
    needs_room, prepare = JOBS[kind]
    if needs_room:
        request.getfixturevalue("bedroom")
    make = prepare()
    client = request.getfixturevalue("warm")
    settings.steps_prior, settings.steps_decoder = 100, 1000
    before = contents()
    planning = lost(
        session, make(), lambda: session.progress.label == "Planning the room",
        lambda: os.kill(client.pid, signal.SIGKILL),
    )  # fmt: skip
    check_told(planning)
    assert contents() == before
    settings.steps_prior, settings.steps_decoder = 4, 2
    assert session.run(make())


def test_it_may_die_while_it_starts(session, contents):
    before = contents()
    session.release()
    error = lost(
        session, module("jobs").check_worker(), lambda: session.client is not None,
        lambda: os.kill(session.client.pid, signal.SIGKILL),
    )  # fmt: skip
    check_told(error)
    assert "Worker's Python" in error.remedy
    assert contents() == before
    assert session.run(module("jobs").check_worker()) == "The generator works"


def child_of(pid, words):
    """Process id of the child whose command line holds some words; None where there is none."""
    found = subprocess.run(["pgrep", "-P", str(pid), "-f", words], capture_output=True, text=True, check=False)
    return int(found.stdout.split()[0]) if found.stdout.strip() else None


def runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z" if Path("/proc").is_dir() else True


def test_indexing_goes_on_where_the_worker_died_and_no_reader_is_left(chairs, session, contents, warm):
    jobs, preferences = module("jobs"), module("session").preferences()
    out = jobs.catalogue_of(chairs)
    shutil.rmtree(out, ignore_errors=True)
    before, readers = contents(), []

    def read_a_few():
        readers[:] = [child_of(warm.pid, "model_reader")] if session.progress.share > 0.3 else []
        return any(readers)

    try:
        error = lost(session, jobs.index_models(chairs), read_a_few, lambda: os.kill(warm.pid, signal.SIGKILL))
        check_told(error)
        end = time.monotonic() + 20
        while runs(readers[0]) and time.monotonic() < end:
            time.sleep(0.1)
        assert not runs(readers[0]), "the reader of models outlived the worker"
        made = len(list((out / "pieces").glob("*.blend")))
        assert not (out / "catalogue.json").exists()
        assert not len(preferences.catalogues)
        assert contents() == before
        read = (out / "files.jsonl").read_text().count("\n")
        assert read >= 2
        assert "files" in session.run(jobs.index_models(chairs))
        assert made < len(list((out / "pieces").glob("*.blend"))), "the reader went on alone"
        assert module("session").catalogue_paths(preferences) == [out]
        session.run(jobs.check_worker())
        client = session.client
        os.kill(client.pid, signal.SIGSTOP)
        asked = module("review").review_pieces(out, {})
        check_told(lost(session, asked, lambda: session.progress.waiting, lambda: os.kill(client.pid, signal.SIGKILL)))
    finally:
        preferences.catalogues.clear()
        session.release()


def test_a_catalogue_that_is_there_survives_the_death_of_its_indexing(chairs, session):
    jobs, preferences = module("jobs"), module("session").preferences()
    out = jobs.catalogue_of(chairs)
    try:
        session.run(jobs.index_models(chairs))
        whole = (out / "catalogue.json").read_bytes()
        with (chairs / "obj_armchair.obj").open("a") as file:
            file.write("# changed\n")
        reading = lost(
            session, jobs.index_models(chairs), lambda: child_of(session.client.pid, "model_reader"),
            lambda: os.kill(session.client.pid, signal.SIGKILL),
        )  # fmt: skip
        check_told(reading)
        assert (out / "catalogue.json").read_bytes() == whole
        assert session.run(jobs.index_models(chairs))
    finally:
        preferences.catalogues.clear()
        session.release()


def test_a_killed_render_leaves_the_old_picture(bedroom, session, contents, tmp_path):  # noqa: ARG001
    jobs, pictures = module("jobs"), module("pictures")
    target = tmp_path / "picture.png"
    target.write_bytes(b"old")
    long = pictures.PictureSettings(resolution=256, samples=4000)
    before, children = contents(), []

    def rendering():
        children[:] = [child_of(os.getpid(), "picture_child")]
        return session.progress.label.startswith("Rendering")

    job = jobs.picture(bpy.context, room(), target, long)
    error = lost(session, job, rendering, lambda: os.kill(children[0], signal.SIGKILL))
    assert error.message.startswith("The render ended too early, code -9")
    assert error.remedy
    assert "\n" not in str(error)
    assert (target.read_bytes(), [path.name for path in tmp_path.iterdir()]) == (b"old", ["picture.png"])
    assert contents() == before
    short = pictures.PictureSettings(resolution=64, samples=1)
    assert session.run(jobs.picture(bpy.context, room(), target, short)) == f"Saved {target}"
    assert target.read_bytes()[:4] == b"\x89PNG"


def test_a_worker_that_dies_while_idle_is_started_anew(session, warm):
    os.kill(warm.pid, signal.SIGKILL)
    end = time.monotonic() + 10
    while warm.alive and time.monotonic() < end:
        time.sleep(0.01)
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}
    assert session.client.pid != warm.pid


def test_a_foreign_python_path_reaches_no_worker(session, monkeypatch, tmp_path):
    (tmp_path / "torch.py").write_text("raise ImportError('a broken torch')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    session.release()
    assert bpy.ops.instructscene.self_check() == {"FINISHED"}
    assert session.self_check["versions"]["torch"]
