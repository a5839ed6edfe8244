"""The lists of the person's own things: selected pieces in the panel, models of a catalogue in the preferences."""

import time

import bpy
import pytest
from helpers import box, desk_of_parts, module, select

pytestmark = pytest.mark.usefixtures("settings")


def draw_all_icons():
    """What the timer does, which does not run here; it has ended thereby."""
    work = module("icons")._work  # noqa: SLF001 - Blender calls it
    while work() is not None:
        pass
    if bpy.app.timers.is_registered(work):
        bpy.app.timers.unregister(work)


@pytest.fixture
def window(blend):  # noqa: ARG001 - an empty file first
    """What the lists show, as delivered."""
    yield bpy.context.window_manager.instructscene_lists
    lists = bpy.context.window_manager.instructscene_lists
    for name in ("pieces_unknown", "pieces_page", "review_filter", "review_text", "review_page"):
        lists.property_unset(name)


def many(count=60):
    """Pieces of one's own, every third of which has a name that says nothing."""
    return [box("Cube" if k % 3 == 0 else "Wardrobe", (1.2, 0.6, 2.0), (2.0 * k, 0, 0)) for k in range(count)]


def test_sixty_pieces_are_listed_by_pages_and_only_unknown_ones_on_demand(window):
    pieces = module("piece_list")
    select(*many())
    rows = pieces.listed(bpy.context)
    assert len(rows) == 60
    assert [row.label for row in rows[:3]] == ["Unknown", "Wardrobe by name", "Wardrobe by name"]
    module("guesses").remember(bpy.data.objects[rows[1].name], module("guesses").Guess("wardrobe", 0.83, sure=True))
    module("summary").forget()
    rows = pieces.listed(bpy.context)
    assert rows[1].label == "Wardrobe 83%"
    pages = [pieces.page_of(rows, number)[0] for number in range(1, 9)]
    assert [row for page in pages for row in page] == list(rows)
    assert pieces.page_of(rows, 99) == (pages[7], 8)  # a page that is no longer there
    window.pieces_unknown = True
    assert {row.category for row in pieces.listed(bpy.context)} == {None}
    assert len(pieces.listed(bpy.context)) == 20


def test_a_class_is_set_for_the_ticked_ones_or_all_listed(window):
    objects = many(9)
    select(*objects)
    names = [row.name for row in module("piece_list").listed(bpy.context)]
    for name in names[:2]:
        bpy.ops.instructscene.tick_piece(object=name)
    bpy.ops.instructscene.set_class(category="armchair")
    assert [bpy.data.objects[name].get("instructscene_category") for name in names[:3]] == [
        "armchair",
        "armchair",
        None,
    ]
    bpy.ops.instructscene.tick_piece(object=names[0])
    bpy.ops.instructscene.tick_piece(object=names[1])
    window.pieces_unknown = True
    bpy.ops.instructscene.set_class(category="desk")
    assert sorted(obj["instructscene_category"] for obj in objects if "instructscene_category" in obj) == [
        "armchair", "armchair", "desk", "desk",
    ]  # fmt: skip
    assert module("piece_list").listed(bpy.context) == []
    with pytest.raises(RuntimeError, match="poll"):
        bpy.ops.instructscene.set_class(category="desk")
    window.pieces_unknown = False
    bpy.ops.instructscene.set_class(object=names[4], category="UNKNOWN")
    assert bpy.data.objects[names[4]]["instructscene_category"] == ""
    bpy.ops.instructscene.tick_all()
    assert all(map(module("piece_list").is_ticked, names))
    bpy.ops.instructscene.tick_all()
    assert not any(map(module("piece_list").is_ticked, names))


def test_setting_classes_is_one_undo_step(window):  # noqa: ARG001
    select(*many(4))
    names = [obj.name for obj in bpy.context.selected_objects]
    bpy.ops.ed.undo_push(message="Start")
    bpy.ops.instructscene.set_class("EXEC_DEFAULT", True, category="desk")  # noqa: FBT003 - with an undo step
    assert all(bpy.data.objects[name]["instructscene_category"] == "desk" for name in names)
    bpy.ops.ed.undo()
    assert not any("instructscene_category" in bpy.data.objects[name] for name in names)


def test_each_piece_is_drawn_once_its_front_to_the_eye(window):  # noqa: ARG001
    pieces, store = module("piece_list"), module("piece_list")._ICONS  # noqa: SLF001
    store.clear()
    select(*many(3), desk_of_parts())
    for row in pieces.listed(bpy.context):
        pieces.icon_of(row)
    assert not store.known  # drawing made nothing
    draw_all_icons()
    assert len(store.known) == 4
    for row in pieces.listed(bpy.context):
        pieces.icon_of(row)
    assert not bpy.app.timers.is_registered(module("icons")._work)  # noqa: SLF001 - nothing is left to do
    bpy.ops.instructscene.turn_front(object=pieces.listed(bpy.context)[0].name)
    pieces.icon_of(pieces.listed(bpy.context)[0])
    draw_all_icons()
    assert len(store.known) == 5  # the other side is another picture


def test_pictures_go_with_the_file_and_with_the_extension(blend, window):  # noqa: ARG001
    pieces, store = module("piece_list"), module("piece_list")._ICONS  # noqa: SLF001
    for end in (lambda: bpy.ops.wm.read_homefile(use_empty=True), blend.unregister):
        select(*many(2))
        for row in pieces.listed(bpy.context):
            pieces.icon_of(row)
        draw_all_icons()
        assert store.known
        end()
        assert not store.known
    blend.register()


def test_sixty_rows_are_worked_out_and_looked_up_quickly(window):  # noqa: ARG001
    pieces = module("piece_list")
    select(*many())
    rows = pieces.listed(bpy.context)
    for row in rows:
        pieces.icon_of(row)
    start = time.thread_time()
    for _ in range(100):
        for row in pieces.page_of(pieces.listed(bpy.context), 3)[0]:
            pieces.icon_of(row)
    assert (time.thread_time() - start) / 100 < 1e-3


def test_one_piece_alone_is_scaled():
    recognising, guesses = module("recognising"), module("guesses")
    one, two = box("Sofa", (200.0, 90.0, 80.0)), box("Bed", (160.0, 200.0, 50.0), (500.0, 0, 0))
    select(one, two)
    for obj in (one, two):
        guesses.remember(obj, guesses.Guess(None, 0.9, sure=False, scale=0.01))
    module("summary").forget()
    assert [row.scale for row in module("piece_list").listed(bpy.context)] == [0.01, 0.01]
    bpy.ops.instructscene.fix_scale(object="Sofa")
    assert one.dimensions.x == pytest.approx(2.0)
    assert two.dimensions.x == pytest.approx(160.0)
    assert [name for name, _ in recognising.wrong_in_scale(["Sofa", "Bed"])] == [two]


# The review list of a catalogue: a list of the worker's form; tests/addon/test_own_models.py has one of the worker's


def row(number, **values):
    """A row of the worker's answer."""
    return {
        "id": f"own/{number}", "name": f"chair {number}", "file": f"seats/{number}.glb", "class": "armchair",
        "front": 1, "scale": 0.5, "size": [1.0, 2.0, 3.0], "confidence": 0.5, "alternatives": ["armchair", "stool"],
        "checked": False, "fault": "", "thumbnails": [f"/nowhere/{number}.{k}.png" for k in range(4)], **values,
    }  # fmt: skip


@pytest.fixture
def review(window, tmp_path):  # noqa: ARG001
    found = module("review").REVIEW
    rows = [row(k) for k in range(2000)]
    rows[5] |= {"class": None, "fault": "seems to be of no class that rooms have: choose one"}
    found.take(tmp_path, {"pieces": rows, "failed": [["broken.glb", "is cut off"]]})
    yield found
    found.clear()


def test_two_thousand_models_are_filtered_and_paged(review):
    assert len(review.listed("all", "")) == 2000
    assert [model.key for model in review.listed("out", "")] == ["own/5"]
    assert [model.key for model in review.listed("all", "CHAIR 199")][:2] == ["own/199", "own/1990"]
    assert review.listed("all", "unknown") == review.listed("out", "")
    start = time.thread_time()
    review.listed("look", "seats")
    assert time.thread_time() - start < 0.05
    start = time.thread_time()
    for _ in range(100):
        review.listed("look", "seats")
    assert time.thread_time() - start < 0.01  # the same question is not worked out again


def test_what_a_person_says_is_shown_at_once_and_gathered(review):
    say = bpy.ops.instructscene
    say.review_class(model="own/1", category="stool")
    say.review_front(model="own/1")
    say.review_scale(model="own/1", height=6.0)
    say.review_leave_out(model="own/2")
    say.review_check(model="own/3")
    one = review.models["own/1"]
    assert (one.category, one.front, one.scale, one.checked) == ("stool", 2, 1.0, True)
    assert one.placed_size == pytest.approx((4.0, 2.0, 6.0))
    assert review.models["own/2"].category is None
    assert review.models["own/2"].fault
    assert review.unsaved == {
        "own/1": {"class": "stool", "front": "2", "scale": "1", "checked": "yes"},
        "own/2": {"class": "none", "checked": "yes"},
        "own/3": {"checked": "yes"},
    }
    say.review_leave_out(model="own/2")
    assert review.models["own/2"].category == "armchair"
    say.review_check(model="own/3")
    assert review.models["own/3"].checked is False


def test_a_whole_page_is_confirmed(review, window):
    window.review_page = 2
    bpy.ops.instructscene.review_check()
    assert list(review.unsaved) == [f"own/{k}" for k in range(10, 20)]
    window.review_filter = "failed"
    with pytest.raises(RuntimeError, match="no such model"):
        bpy.ops.instructscene.review_check()


def test_what_is_not_saved_outlasts_reading_the_list_again_but_not_a_model_that_is_gone(review):
    for key in ("own/1", "own/7"):
        bpy.ops.instructscene.review_class(model=key, category="stool")
    review.take(review.catalogue, {"pieces": [row(k) for k in range(5)], "failed": []})
    assert {key: said["class"] for key, said in review.unsaved.items()} == {"own/1": "stool"}


@pytest.mark.parametrize("name", ["review_class", "review_front", "review_leave_out", "review_scale", "review_check"])
def test_a_model_that_is_not_listed_is_refused(review, name):
    with pytest.raises(RuntimeError, match="Review Models again"):
        getattr(bpy.ops.instructscene, name)(model="own/9999")
    assert review.unsaved == {}
