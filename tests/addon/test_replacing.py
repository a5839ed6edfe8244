"""One piece at a time, with the real worker: another one in its place, one more, and none; what a person deletes."""

import json
import time
from importlib import import_module
from pathlib import Path

import bpy
import pytest
from helpers import NAME, box, module, room, select

pytestmark = pytest.mark.usefixtures("settings")


def record():
    return json.loads(room()["instructscene_scene"])


def items():
    return {item["id"]: item for item in record()["objects"]}


def of(category):
    """The first object of a class."""
    return next(obj for obj in room().children if obj["instructscene_category"] == category)


def others_stay(before, after, *names):
    """Whether all objects but some, and but the room's Empty, are as before."""
    names = {*names, room().name}
    return all(after["objects"].get(name) == look for name, look in before["objects"].items() if name not in names)


@pytest.fixture
def bedroom(settings):
    """A bedroom with a wardrobe; the instruction is taken away again."""
    settings.instruction = "A double bed, a nightstand on each side of the bed, and a wardrobe"
    settings.finish = settings.shell = False
    bpy.ops.instructscene.generate_room()
    settings.instruction = ""
    return room()


def test_a_class_comes_in_place_and_the_object_keeps_its_identity_but_not_its_name(bedroom, contents):
    wardrobe = of("wardrobe")
    key, name = wardrobe["instructscene_id"], wardrobe.name
    select(wardrobe)
    before = contents()
    assert bpy.ops.instructscene.replace(category="bookshelf") == {"FINISHED"}
    obj = of("bookshelf")
    assert obj["instructscene_id"] == key
    assert obj.name.startswith("Bookshelf")
    assert obj.select_get()
    assert items()[key]["asset"] == obj["instructscene_asset"] == obj.data["instructscene_asset"]
    assert tuple(obj.dimensions) == pytest.approx(items()[key]["size"], abs=1e-4)
    assert others_stay(before, contents(), name)
    assert bedroom.name == room().name


def test_words_and_assets_are_taken_too(bedroom):  # noqa: ARG001
    select(of("wardrobe"))
    bpy.ops.instructscene.replace(text="an oak bookshelf")
    assert "oak" in items()[of("bookshelf")["instructscene_id"]]["description"]
    asset = items()[of("bookshelf")["instructscene_id"]]["asset"]
    select(of("nightstand"))
    bpy.ops.instructscene.replace(asset=asset_of("stool"))
    assert of("stool")["instructscene_asset"] != asset


def asset_of(category):
    path = Path(module("assets").STARTER_LIBRARY).parent / "catalogue.json"
    return next(e["id"] for e in json.loads(path.read_text("utf-8"))["entries"] if e["category"] == category)


def test_a_sentence_and_restyle_replace(bedroom, settings, contents):  # noqa: ARG001
    wardrobe = of("wardrobe")
    select(wardrobe)
    before, name = contents(), wardrobe.name
    settings.instruction = "Replace it with a bookshelf"
    bpy.ops.instructscene.restyle_selection()
    assert of("bookshelf")
    assert "a bookshelf in place of the wardrobe" in record()["report"]["met"]
    assert others_stay(before, contents(), name)


def test_what_does_not_fit_changes_nothing_and_says_why(bedroom, contents):  # noqa: ARG001
    path = Path(module("assets").STARTER_LIBRARY).parent / "catalogue.json"
    entries = [e for e in json.loads(path.read_text("utf-8"))["entries"] if e["category"] == "wardrobe"]
    select(of("nightstand"))
    before = contents()
    with pytest.raises(RuntimeError, match="no free place near"):
        bpy.ops.instructscene.replace(asset=max(entries, key=lambda e: e["size"][0])["id"])
    assert contents() == before


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({}, "Nothing is said"),
        ({"text": "a bathtub"}, "Not understood: .*bathtub"),
        ({"category": "boat"}, "category"),
        ({"asset": "starter/boat"}, 'No furniture is called "starter/boat"'),
    ],
)
def test_bad_orders_are_refused(bedroom, contents, properties, message):  # noqa: ARG001
    select(of("wardrobe"))
    before = contents()
    with pytest.raises(RuntimeError, match=message):
        bpy.ops.instructscene.replace(**properties)
    assert contents() == before


def test_a_persons_own_piece_and_a_kept_one_are_not_replaced(bedroom):
    own = box("Wardrobe", (1.2, 0.6, 2.0), (9.0, 0.0, 0.0))
    select(own)
    with pytest.raises(RuntimeError, match="your own meshes"):
        bpy.ops.instructscene.replace(category="armchair")
    kept = of("wardrobe")
    kept["instructscene_keep"] = True
    select(kept)
    with pytest.raises(RuntimeError, match="is kept"):
        bpy.ops.instructscene.replace(category="bookshelf")
    select(bedroom)
    with pytest.raises(RuntimeError, match="No furniture is selected"):
        bpy.ops.instructscene.replace(category="bookshelf")


def test_one_more_of_the_active_piece_comes(bedroom, settings, contents):  # noqa: ARG001
    settings.instruction = "a wide armchair"
    settings.add = 1
    bpy.ops.instructscene.complete_room()
    chair = of("armchair")
    select(chair)
    before = contents()
    assert bpy.ops.instructscene.more_like_this() == {"FINISHED"}
    (new,) = [obj for obj in room().children if obj.name not in before["objects"]]
    assert new["instructscene_asset"] == chair["instructscene_asset"]
    assert new.data == chair.data
    assert others_stay(before, contents())
    assert record()["report"]["met"][0] == "one more armchair"


def test_more_of_what_is_no_furniture_is_refused(bedroom):
    select(bedroom)
    with pytest.raises(RuntimeError, match="is no furniture of the room"):
        bpy.ops.instructscene.more_like_this()


def test_delete_takes_it_out_of_room_and_record_and_measures_anew(bedroom, contents):
    wardrobe = of("wardrobe")
    key, name, mesh = wardrobe["instructscene_id"], wardrobe.name, wardrobe.data.name
    assert "wardrobe" in record()["report"]["met"]
    select(wardrobe)
    before = contents()
    assert bpy.ops.instructscene.delete() == {"FINISHED"}
    assert key not in items()
    assert name not in bpy.data.objects
    assert others_stay(before, contents(), name)
    assert any(line.startswith("wardrobe") for line in record()["report"]["not_met"])
    assert "Deleted: wardrobe" in record()["report"]["notes"]
    assert bedroom["instructscene_instruction"].startswith("A double bed")
    bpy.data.orphans_purge()
    assert mesh not in bpy.data.meshes


def test_what_was_deleted_by_hand_is_told_and_dropped_at_the_next_edit(bedroom, settings):
    deletions = module("deletions")
    wardrobe = of("wardrobe")
    assert deletions.deleted_from(bedroom) == ()
    select(wardrobe)
    bpy.ops.object.delete()
    bpy.context.view_layer.update()
    assert deletions.deleted_from(bedroom) == ("wardrobe",)
    settings.add = 1
    bpy.ops.instructscene.complete_room()
    assert {*items()} == {obj["instructscene_id"] for obj in room().children}
    assert deletions.deleted_from(room()) == ()


@pytest.mark.parametrize("operator", ["rearrange_selection", "restyle_selection", "complete_room"])
def test_no_edit_brings_back_what_was_deleted(bedroom, settings, operator):
    key = of("wardrobe")["instructscene_id"]
    bpy.data.objects.remove(of("wardrobe"))
    select(bedroom)
    settings.add = 1
    getattr(bpy.ops.instructscene, operator)()
    present = {obj["instructscene_id"]: obj["instructscene_category"] for obj in room().children}
    assert {key: item["category"] for key, item in items().items()} == present
    assert operator == "complete_room" or key not in present


def test_variations_do_not_bring_back_what_was_deleted(settings):
    settings.variations, settings.shell = 2, False
    bpy.ops.instructscene.generate_room()
    count = len(room().children)
    gone = room().children[-1]["instructscene_id"]
    bpy.data.objects.remove(room().children[-1])
    bpy.ops.instructscene.variation(step=1)
    bpy.ops.instructscene.variation(step=-1)
    assert gone not in items()
    assert len(room().children) == count - 1
    assert len(json.loads(room()["instructscene_variations"])) == 2


def test_what_is_deleted_while_the_generator_works_stays_deleted(bedroom, blend, session, settings):
    jobs = import_module(f"{blend.__name__}.addon.jobs")
    settings.add = 1
    key = of("wardrobe")["instructscene_id"]
    session.start(jobs.edit(bpy.context, "complete"))
    while session.progress.label in ("Preparing", "Starting the generator"):
        session.tick()
    bpy.data.objects.remove(of("wardrobe"))
    while session.tick() is None:
        time.sleep(0.01)
    assert key not in {obj["instructscene_id"] for obj in bedroom.children}


def test_each_is_one_undo_step_and_leaves_no_orphans(bedroom, contents):  # noqa: ARG001
    select(of("wardrobe"))
    bpy.ops.ed.undo_push(message="Start")
    states = [contents()]
    orders = (
        ("replace", {"category": "bookshelf"}),
        ("replace", {"text": "two stools"}),
        ("delete", {}),
    )
    for operator, properties in orders:
        getattr(bpy.ops.instructscene, operator)("EXEC_DEFAULT", True, **properties)  # noqa: FBT003 - with an undo step
        states.append(contents())
    for state in reversed(states[:-1]):
        bpy.ops.ed.undo()
        assert contents() == state
    for state in states[1:]:
        bpy.ops.ed.redo()
        assert contents() == state
    used = {obj.data.name for obj in bpy.data.objects if obj.type == "MESH"}
    assert {mesh.name for mesh in bpy.data.meshes if mesh.users} <= used


def test_the_pieces_to_choose_from_come_with_pictures(bedroom, settings):  # noqa: ARG001
    replacing = module("replacing")
    wardrobe = of("wardrobe")
    select(wardrobe)
    settings.replace_text = "white"
    assert bpy.ops.instructscene.find_pieces() == {"FINISHED"}
    choice = replacing.CHOICE
    assert choice.replaced == wardrobe.name
    assert len(choice.entries) == 12
    assert wardrobe["instructscene_asset"] not in {key for key, _, _ in choice.entries}
    assert "white" in choice.entries[0][1]
    folder = Path(bpy.utils.extension_path_user(NAME, path="thumbnails"))
    assert len(list(folder.glob("*.png"))) >= len(choice.entries)  # icons have no number without a window
    settings.replace_class = "bookshelf"
    bpy.ops.instructscene.find_pieces()
    assert all("bookshelf" in key for key, _, _ in choice.entries)
    bpy.ops.instructscene.replace(asset=choice.entries[0][0])
    assert of("bookshelf")["instructscene_asset"] == choice.entries[0][0]
