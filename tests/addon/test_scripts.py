"""Scripts in ``blender -b``: each operator works there or refuses in one line, and the documents' examples run."""

import json
import re
import subprocess
import sys
from pathlib import Path

import bpy
import pytest
from helpers import box, module, room, select
from loading import load

ROOT = Path(__file__).resolve().parents[2]
API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", API, re.MULTILINE | re.DOTALL)
BLENDER_BLOCKS = BLOCKS[next(number for number, block in enumerate(BLOCKS) if "import bpy" in block) :]
FLOOR = [[0, 0], [4, 0], [4, 3.5], [0, 3.5]]
ops = bpy.ops.instructscene


def operators():
    return sorted(name for name in dir(bpy.ops.instructscene) if not name.startswith("_"))


def properties_of(data):
    return [item.identifier for item in data.bl_rna.properties if item.identifier not in ("rna_type", "name")]


def record():
    return json.loads(room()["instructscene_scene"])


def of(category):
    return next(obj for obj in room().children if obj.get("instructscene_category") == category)


def refusal(call, **properties):
    """The one line with which an operator refuses."""
    with pytest.raises(RuntimeError) as caught:
        call(**properties)
    text = str(caught.value).strip()
    assert "\n" not in text
    assert "Traceback" not in text
    return text


@pytest.fixture
def bedroom(settings):
    """A room of a bed, a nightstand and a wardrobe, the last of which is selected."""
    settings.instruction = "A double bed, a nightstand and a wardrobe"
    settings.finish = settings.shell = False
    assert ops.generate_room() == {"FINISHED"}
    settings.instruction = ""
    select(of("wardrobe"))
    return room()


@pytest.fixture
def preferences(session):
    """The add-on's preferences; catalogues, imported models and the worker go at the end."""
    chosen = module("session").preferences()
    yield chosen
    chosen.catalogues.clear()
    chosen.property_unset("model_folder")
    session.release(wait=5.0)


# One check of each operator: its name is that of the function


def generate_room(request):
    settings = request.getfixturevalue("settings")
    assert ops.generate_room() == {"FINISHED"}
    categories = [item["category"] for item in record()["objects"]]
    assert {"double_bed", "nightstand"} <= set(categories)
    assert settings.room == room().name


def furnish_my_room(request):
    request.getfixturevalue("settings")
    ops.draw_floor(corners=json.dumps(FLOOR))
    assert ops.furnish_my_room() == {"FINISHED"}
    assert len(record()["floor"]) == 4
    assert record()["objects"]


def complete_room(request):
    request.getfixturevalue("bedroom")
    before = len(record()["objects"])
    bpy.context.scene.instructscene.add = 1
    select(room())
    assert ops.complete_room() == {"FINISHED"}
    assert len(record()["objects"]) == before + 1


def restyle_selection(request):
    request.getfixturevalue("bedroom")
    bpy.context.scene.instructscene.instruction = "make it white"
    place = of("wardrobe").location.copy()
    assert ops.restyle_selection() == {"FINISHED"}
    assert of("wardrobe").location == place
    assert any("white" in line for line in [*record()["report"]["met"], *record()["report"]["not_met"]])


def rearrange_selection(request):
    request.getfixturevalue("bedroom")
    select(room())
    before = {obj.name: obj.matrix_world.copy() for obj in room().children}
    bpy.context.scene.instructscene.seed = 5
    assert ops.rearrange_selection() == {"FINISHED"}
    bpy.context.view_layer.update()
    assert any(obj.matrix_world != before[obj.name] for obj in room().children)


def replace(request):
    request.getfixturevalue("bedroom")
    assert ops.replace(category="bookshelf") == {"FINISHED"}
    assert of("bookshelf").select_get()
    assert "Give the operator an asset, a category or a text" in refusal(ops.replace)
    assert "Give the operator" in refusal(lambda: ops.replace("INVOKE_DEFAULT"))


def find_pieces(request):
    request.getfixturevalue("bedroom")
    assert ops.find_pieces() == {"FINISHED"}
    assert {key.partition("/")[0] for key, _, _ in module("replacing").CHOICE.entries} == {"starter"}


def choose_piece(request):
    find_pieces(request)
    for how in ("EXEC_DEFAULT", "INVOKE_DEFAULT"):
        assert "give instructscene.replace an asset" in refusal(lambda how=how: ops.choose_piece(how))


def place_here(request):
    request.getfixturevalue("settings")
    desk, lamp = box("Desk", (1.2, 0.6, 0.75)), box("Lamp", (0.2, 0.2, 0.4), (3, 3, 0))
    select(lamp)
    assert ops.place_here(cue="OBJECT", target=desk.name, relation="on") == {"FINISHED"}
    assert lamp.location.z == pytest.approx(0.7505, abs=0.001)
    assert "Choose another object" in refusal(ops.place_here, cue="OBJECT", target="Nothing")


def iscene(request):
    request.getfixturevalue("settings")
    lamp = box("Lamp", (0.2, 0.2, 0.4), (3, 3, 0.3))
    select(lamp)
    assert ops.iscene() == {"FINISHED"}  # none is set up: by rule
    assert lamp.location.z == pytest.approx(0.0, abs=0.001)


def try_iscene(request):
    request.getfixturevalue("settings")
    assert "There is no Python" in refusal(ops.try_iscene)


def check_iscene(request):
    request.getfixturevalue("settings")
    assert ops.check_iscene() == {"FINISHED"}
    assert [finding for finding in module("iscene_settings").FINDINGS if finding.state == "missing"]


def more_like_this(request):
    request.getfixturevalue("bedroom")
    before = [item["category"] for item in record()["objects"]].count("nightstand")
    select(of("nightstand"))
    assert ops.more_like_this() == {"FINISHED"}
    assert [item["category"] for item in record()["objects"]].count("nightstand") == before + 1


def delete(request):
    request.getfixturevalue("bedroom")
    assert ops.delete() == {"FINISHED"}
    assert "wardrobe" not in [item["category"] for item in record()["objects"]]


def variation(request):
    request.getfixturevalue("settings").variations = 2
    ops.generate_room()
    assert ops.variation() == {"FINISHED"}
    assert room()["instructscene_variation"] == 1
    assert ops.variation(index=0) == {"FINISHED"}
    assert room()["instructscene_variation"] == 0


def more_variations(request):
    """From a script none is ever missing, unless it has left them out as the button does."""
    request.getfixturevalue("settings").variations = 2
    ops.generate_room()
    assert "All variations of the room are there" in refusal(ops.more_variations)
    bpy.data.objects.remove(room())
    session = request.getfixturevalue("session")
    session.run(module("jobs").edit(bpy.context, "generate", whole=False))
    assert ops.more_variations() == {"FINISHED"}
    assert len(json.loads(room()["instructscene_variations"])) == 2


def keep_variation(request):
    variation(request)
    assert ops.keep_variation() == {"FINISHED"}
    assert len(json.loads(room()["instructscene_variations"])) == 1


def regenerate(request):
    settings = request.getfixturevalue("settings")
    ops.generate_room()
    first = record()["objects"]
    settings.seed = 9
    assert ops.regenerate() == {"FINISHED"}
    assert (record()["objects"], settings.seed) == (first, 0)


def use_settings(request):
    settings = request.getfixturevalue("settings")
    settings.seed = 4
    ops.generate_room()
    settings.seed = 9
    assert ops.use_settings() == {"FINISHED"}
    assert settings.seed == 4


def new_seed(request):
    settings = request.getfixturevalue("settings")
    settings.variations = 3
    assert ops.new_seed() == {"FINISHED"}
    assert settings.seed == 3


def draw_floor(request):
    request.getfixturevalue("blend")
    assert ops.draw_floor(corners=json.dumps(FLOOR)) == {"FINISHED"}
    assert tuple(bpy.context.active_object.dimensions) == pytest.approx((4, 3.5, 0))
    assert "Write [[x, y], [x, y], ...]" in refusal(ops.draw_floor)
    assert "Write [[x, y], [x, y], ...]" in refusal(lambda: ops.draw_floor("INVOKE_DEFAULT"))


def show_room(request):
    draw_floor(request)
    overlay = module("overlay").OVERLAY
    assert ops.show_room() == {"FINISHED"}
    assert overlay.drawing is not None
    assert ops.show_room() == {"FINISHED"}
    assert overlay.drawing is None


def set_kind(request):
    request.getfixturevalue("blend")
    thing = box("Thing", (0.9, 0.1, 2.0))
    assert ops.set_kind(object="Thing", kind="door") == {"FINISHED"}
    assert thing.instructscene_kind == "door"
    assert '"Nothing" was removed' in refusal(ops.set_kind, object="Nothing", kind="door")


def correct_parts(request):
    request.getfixturevalue("blend")
    assert "use instructscene.set_kind" in refusal(ops.correct_parts)
    assert "3D viewport" in refusal(lambda: ops.correct_parts("INVOKE_DEFAULT"))


def recognise(request):
    request.getfixturevalue("settings")
    bed = box("Doppelbett", (160, 200, 50))
    select(bed)
    assert ops.recognise() == {"FINISHED"}
    assert bed.instructscene_class == "double_bed"
    return bed


def fix_scale(request):
    bed = recognise(request)
    assert ops.fix_scale() == {"FINISHED"}
    bpy.context.view_layer.update()
    assert tuple(bed.dimensions) == pytest.approx((1.6, 2.0, 0.5))
    assert "plausible size" in refusal(ops.fix_scale)


def turn_front(request):
    request.getfixturevalue("blend")
    stand = box("Nightstand", (0.5, 0.4, 0.5))
    select(stand)
    assert ops.turn_front() == {"FINISHED"}
    assert ops.turn_front(object=stand.name) == {"FINISHED"}
    assert stand["instructscene_front"] == 2
    select()
    assert "Select a piece of your own furniture" in refusal(ops.turn_front)
    assert '"Nothing" was removed' in refusal(ops.turn_front, object="Nothing")


def render(request):
    settings, folder = request.getfixturevalue("settings"), request.getfixturevalue("tmp_path")
    request.getfixturevalue("bedroom")
    settings.render_path, settings.render_resolution = str(folder / "picture.png"), 64
    settings.render_samples, settings.render_view = 1, "above"
    for how in ("EXEC_DEFAULT", "INVOKE_DEFAULT"):
        assert ops.render(how) == {"FINISHED"}
        assert (folder / "picture.png").read_bytes()[:4] == b"\x89PNG"
        (folder / "picture.png").unlink()


def cancel(request):
    session = request.getfixturevalue("session")
    assert "InstructScene is doing nothing" in refusal(ops.cancel)
    session.start(module("jobs").check_worker())
    assert ops.cancel() == {"FINISHED"}
    assert not session.active


def a_catalogue(request):
    folder = request.getfixturevalue("tmp_path")
    future = load(ROOT / "tests" / "future_folder.py")
    future.make_future_folder(folder / "models", 3, broken=0)
    return request.getfixturevalue("preferences"), folder


def index_models(request):
    chosen, folder = a_catalogue(request)
    assert ops.index_models(directory=str(folder / "models")) == {"FINISHED"}
    (made,) = module("session").catalogue_paths(chosen)
    assert len(json.loads((made / "catalogue.json").read_text())["entries"]) == 3
    for how in ("EXEC_DEFAULT", "INVOKE_DEFAULT"):
        assert "Give the operator a directory" in refusal(lambda how=how: ops.index_models(how))
    return made


def add_catalogue(request):
    made = index_models(request)
    chosen = request.getfixturevalue("preferences")
    chosen.catalogues.clear()
    assert ops.add_catalogue(directory=str(made)) == {"FINISHED"}
    assert module("session").catalogue_paths(chosen) == [made]
    for how in ("EXEC_DEFAULT", "INVOKE_DEFAULT"):
        assert "Give the operator a directory" in refusal(lambda how=how: ops.add_catalogue(how))
    assert "cannot be read" in refusal(ops.add_catalogue, directory=str(made / "nowhere"))


def remove_catalogue(request):
    made = index_models(request)
    assert ops.remove_catalogue() == {"FINISHED"}
    assert module("session").catalogue_paths(request.getfixturevalue("preferences")) == []
    assert made.is_dir()
    assert "There is no catalogue" in refusal(ops.remove_catalogue)


def import_official(request):
    chosen, folder = request.getfixturevalue("preferences"), request.getfixturevalue("tmp_path")
    published = load(ROOT / "tests" / "official_folder.py").write_official(folder / "published")
    assert ops.import_official(directory=str(published)) == {"FINISHED"}
    assert (Path(chosen.model_folder) / "bedroom" / "prior.json").is_file()
    for how in ("EXEC_DEFAULT", "INVOKE_DEFAULT"):
        assert "Give the operator a directory" in refusal(lambda how=how: ops.import_official(how))


def self_check(request):
    session = request.getfixturevalue("session")
    assert ops.self_check() == {"FINISHED"}
    assert session.self_check["device"] == "cpu"


def release_memory(request):
    self_check(request)
    assert ops.release_memory() == {"FINISHED"}
    assert request.getfixturevalue("session").client is None
    assert "The worker is not running" in refusal(ops.release_memory)


def copy_report(request):
    self_check(request)
    capsys = request.getfixturevalue("capsys")
    capsys.readouterr()
    assert ops.copy_report() == {"FINISHED"}
    assert "device: cpu" in capsys.readouterr().out


def a_reviewed_catalogue(request):
    """A wardrobe of a person's own, indexed, and the list that its indexing opens."""
    request.getfixturevalue("preferences")
    folder = request.getfixturevalue("tmp_path") / "own"
    folder.mkdir()
    corners = [(x, y, z) for x in (0, 1.2) for y in (0, 2.0) for z in (0, 0.6)]
    faces = ((1, 2, 4, 3), (5, 7, 8, 6), (1, 5, 6, 2), (3, 4, 8, 7), (1, 3, 7, 5), (2, 6, 8, 4))
    lines = [f"v {x} {y} {z}" for x, y, z in corners] + ["f " + " ".join(map(str, face)) for face in faces]
    (folder / "Wardrobe.obj").write_text("\n".join(lines) + "\n")
    assert ops.index_models(directory=str(folder)) == {"FINISHED"}
    review = module("review").REVIEW
    request.addfinalizer(review.clear)
    (model,) = review.models.values()
    return review, model.key


def review_models(request):
    assert "Index a folder of models" in refusal(ops.review_models)
    review, key = a_reviewed_catalogue(request)
    review.clear()
    assert ops.review_models() == {"FINISHED"}
    assert review.models[key].category == "wardrobe"


def review_class(request):
    review, key = a_reviewed_catalogue(request)
    assert ops.review_class(model=key, category="bookshelf") == {"FINISHED"}
    assert review.models[key].category == "bookshelf"
    assert "Press Review Models again" in refusal(ops.review_class, model="nothing", category="bookshelf")


def review_front(request):
    review, key = a_reviewed_catalogue(request)
    front = review.models[key].front
    assert ops.review_front(model=key) == {"FINISHED"}
    assert review.models[key].front == (front + 1) % 4


def review_scale(request):
    review, key = a_reviewed_catalogue(request)
    assert ops.review_scale(model=key, height=1.0) == {"FINISHED"}
    assert review.models[key].placed_size[2] == pytest.approx(1.0)


def review_leave_out(request):
    review, key = a_reviewed_catalogue(request)
    assert ops.review_leave_out(model=key) == {"FINISHED"}
    assert review.models[key].category is None


def review_check(request):
    review, key = a_reviewed_catalogue(request)
    assert ops.review_check(model=key) == {"FINISHED"}
    assert review.models[key].checked


def save_review(request):
    review, key = a_reviewed_catalogue(request)
    assert "Nothing was corrected since" in refusal(ops.save_review)
    ops.review_class(model=key, category="bookshelf")
    assert ops.save_review() == {"FINISHED"}
    (entry,) = json.loads((review.catalogue / "catalogue.json").read_text())["entries"]
    assert entry["category"] == "bookshelf"


def close_review(request):
    review, _ = a_reviewed_catalogue(request)
    assert ops.close_review() == {"FINISHED"}
    assert review.catalogue is None
    assert "Press Review Models first" in refusal(ops.close_review)


def set_class(request):
    request.getfixturevalue("settings")
    things = [box("Thing", (0.5, 0.4, 0.5), (k, 0, 0)) for k in range(2)]
    select(*things)
    assert ops.set_class(category="stool") == {"FINISHED"}
    assert [thing.instructscene_class for thing in things] == ["stool", "stool"]
    assert ops.set_class(object=things[0].name, category="nightstand") == {"FINISHED"}
    assert [thing.instructscene_class for thing in things] == ["nightstand", "stool"]
    select()
    assert "Select objects of your own" in refusal(ops.set_class, category="stool")


def tick_piece(request):
    request.getfixturevalue("settings")
    thing = box("Thing", (0.5, 0.4, 0.5))
    select(thing)
    ticked = module("piece_list").is_ticked
    for on in (True, False):
        assert ops.tick_piece(object=thing.name) == {"FINISHED"}
        assert ticked(thing.name) is on


def tick_all(request):
    request.getfixturevalue("settings")
    select(*(box("Thing", (0.5, 0.4, 0.5), (k, 0, 0)) for k in range(2)))
    names = [obj.name for obj in bpy.context.selected_objects]
    for on in (True, False):
        assert ops.tick_all() == {"FINISHED"}
        assert all(module("piece_list").is_ticked(name) is on for name in names)


def measure_folders(request):
    request.getfixturevalue("session")
    module("folders").MEASURED.clear()
    assert ops.measure_folders() == {"FINISHED"}
    assert set(module("folders").MEASURED) == {"renders", "catalogues", "made", "models", "thumbnails"}


def empty_folder(request):
    made = index_models(request)
    assert ops.empty_folder(folder="catalogues") == {"FINISHED"}
    assert not made.exists()


def open_folder(request):
    request.getfixturevalue("session")
    ops.empty_folder(folder="models")
    folder = module("own_folders").own_folder("models", create=False)
    if folder.is_dir():
        folder.rmdir()
    assert ops.open_folder(folder="models") == {"CANCELLED"}


def add_preset(request):
    settings = request.getfixturevalue("settings")
    settings.instruction = "A red sofa."
    assert ops.add_preset(name="Of a Script") == {"FINISHED"}
    path = Path(bpy.utils.user_resource("SCRIPTS", path="presets/instructscene")) / "Of_a_Script.py"
    assert "A red sofa." in path.read_text("utf-8")
    assert ops.add_preset(name="Of_a_Script", remove_name=True) == {"FINISHED"}
    assert not path.exists()


CHECKS = {
    check.__name__: check
    for check in (
        add_catalogue, add_preset, cancel, check_iscene, choose_piece, close_review, complete_room, copy_report,
        correct_parts, delete, draw_floor, empty_folder, find_pieces, fix_scale, furnish_my_room, generate_room,
        import_official, index_models, iscene, keep_variation, measure_folders, more_like_this, more_variations,
        new_seed, open_folder, place_here, rearrange_selection, recognise, regenerate, release_memory,
        remove_catalogue, render, replace, restyle_selection, review_check, review_class, review_front,
        review_leave_out, review_models, review_scale, save_review, self_check, set_class, set_kind, show_room,
        tick_all, tick_piece, try_iscene, turn_front, use_settings, variation,
    )
}  # fmt: skip


def test_every_operator_is_checked_here(blend):  # noqa: ARG001 - which registers them
    assert operators() == sorted(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_it_works_without_a_window_or_says_why_not(request, name):
    assert bpy.app.background
    request.getfixturevalue("blend")
    CHECKS[name](request)


# The document


def test_the_document_has_every_operator_with_its_properties(blend):  # noqa: ARG001
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*)$", API, re.MULTILINE))
    assert sorted(rows) == operators()
    for name in operators():
        properties = getattr(bpy.ops.instructscene, name).get_rna_type().properties
        for key in (item.identifier for item in properties if item.identifier != "rna_type"):
            assert f"`{key}`" in rows[name], f"{name}: {key}"


def test_the_document_has_every_input_and_preference(settings):
    names = [*properties_of(settings), *properties_of(module("session").preferences())]
    names = [name for name in names if name != "bl_idname"]
    assert len(names) > 25
    assert [name for name in names if f"`{name}`" not in API] == []


@pytest.fixture
def example(blend):  # noqa: ARG001 - an empty file
    """A function that runs the blocks up to one that holds some words; gives their names."""

    def run(*words):
        space = {}
        for block in BLENDER_BLOCKS:
            exec(compile(block, "docs/api.md", "exec"), space)  # noqa: S102 - our own document
        assert all(word in space for word in words)
        return space

    return run


def test_the_examples_run_as_they_stand(example, session, capsys):
    made = example("room", "when_done", "select", "mine")
    assert "Select furniture of a room" in capsys.readouterr().out
    assert {item["category"] for item in made["scene"]["objects"]} >= {"double_bed", "nightstand", "wardrobe"}
    assert made["session"] is session
    assert made["when_done"]() is None  # in the background the job is done by now
    assert capsys.readouterr().out.startswith("Saved ")
    assert Path(made["inputs"].render_path).read_bytes()[:4] == b"\x89PNG"
    assert [opening["kind"] for opening in made["mine"]["openings"]] == ["door"]
    bpy.app.timers.unregister(made["when_done"])


def test_they_run_in_a_process_of_their_own(tmp_path):
    """As ``blender -b -P`` does it: the extension is enabled, and nothing else was imported."""
    folder = tmp_path / "user" / "extensions" / "user_default"
    folder.mkdir(parents=True)
    (folder / "instructscene").symlink_to(ROOT, target_is_directory=True)
    enabling = (
        "import bpy\nimport addon_utils\nbpy.ops.extensions.repo_refresh_all()\n"
        "addon_utils.enable('bl_ext.user_default.instructscene', default_set=True)\n"
    )
    (tmp_path / "script.py").write_text(f"{enabling}{BLENDER_BLOCKS[0]}\nimport os\nprint(flush=True)\nos._exit(0)\n")
    environment = {"BLENDER_USER_RESOURCES": str(tmp_path / "user"), "OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "not met: " in done.stdout
    assert "double_bed" in done.stdout
