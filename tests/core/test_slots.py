"""Slots and per-attribute masks: what each task knows, what it asks the model for, and who gets a slot."""

import pytest

from instructscene_core.errors import InvalidInputError
from instructscene_core.sampling.slots import prepare
from instructscene_core.sampling.tasks import RESERVED, kept_attributes
from instructscene_core.scene import Request
from instructscene_core.vocabulary import BEDS, CLASSES, N_CODES, NO_RELATION, PREDICATES

BEDROOM = CLASSES["bedroom"]
EMPTY = len(BEDROOM)
N = 12


def thing(name, category="stool", x=0.0, y=0.0, **more):
    return {"id": name, "category": category, "position": [x, y, 0.25], "size": [0.5, 0.5, 0.5], "yaw": 0.0} | more


def request(task, objects, **more):
    scene = {"version": 1, "room_type": "bedroom", "objects": objects, "relations": more.pop("relations", None)}
    return Request.from_json({"task": task, "scene": scene} | more)


def slots(task, objects, **more):
    return prepare(request(task, objects, **more), N, lambda item: item.codes, lambda _: frozenset({"desk", "table"}))


OBJECTS = [thing("bed", "double_bed", codes=[1, 2, 3, 4]), thing("desk", "desk", x=2.0)]


def test_complete_knows_all_and_frees_the_rest():
    s = slots("complete", OBJECTS)
    assert s.class_known.tolist() == [True, True] + [False] * 10
    assert s.codes_known.tolist() == [True] + [False] * 11  # the desk keeps its feature, but nobody knows it
    assert s.pose_known.tolist() == [True, True] + [False] * 10
    assert s.relations_known.sum() == 4
    assert PREDICATES[s.relations[1, 0]] == "right of"
    assert not s.allowed[:2, EMPTY].any()
    assert s.allowed[2].tolist() == [True] * EMPTY + [False]  # one at least comes
    assert s.allowed[3:].all()


def test_add_forces_so_many_and_closes_the_other_slots():
    s = slots("complete", OBJECTS, add=3)
    assert not s.allowed[2:5, EMPTY].any()
    assert s.class_known.tolist() == [True, True, False, False, False] + [True] * 7
    assert (s.classes[5:] == EMPTY).all()
    assert (s.codes[5:] == N_CODES).all()
    assert s.relations_known[5:].all()
    assert (s.relations[5:] == NO_RELATION).all()


def test_restyle_frees_the_features_of_the_selection():
    s = slots("restyle", OBJECTS, selected=["bed"])
    assert not s.codes_known[0]
    assert s.pose_known[:2].all()
    assert s.class_known.all()  # no slot is free
    assert s.relations_known.all()


def test_rearrange_frees_relations_and_poses_but_not_sizes():
    s = slots("rearrange", OBJECTS)
    assert not s.pose_known.any()
    assert s.size_known[:2].all()
    assert s.codes_known[0]
    assert not s.relations_known[:2, :2].any()


def test_an_edge_is_known_only_where_both_ends_keep_it():
    s = slots("complete", OBJECTS, keep={"bed": ["category", "pose"]})
    assert not s.relations_known[:2, :2][[0, 1], [1, 0]].any()
    assert not s.codes_known[0]


@pytest.mark.parametrize("task", ["generate", "complete", "restyle", "rearrange"])
def test_an_explicit_keep_wins(task):
    r = request(task, OBJECTS, keep={"bed": ["relation"]})
    assert kept_attributes(r, r.scene.objects[0]) == {"relation"}


def test_stated_relations_win_over_the_boxes():
    s = slots("complete", OBJECTS, relations=[["desk", "behind", "bed"]])
    assert PREDICATES[s.relations[1, 0]] == "behind"
    assert PREDICATES[s.relations[0, 1]] == "in front of"
    assert (slots("complete", OBJECTS, relations=[]).relations == NO_RELATION).all()


def test_a_full_room_keeps_slots_for_new_objects_and_the_nearest_stay_inside():
    crowd = [thing(f"o{i}", x=float(i)) for i in range(20)]
    s = slots("complete", crowd, selected=["o19"])
    inside = [item.id for item in s.objects if item is not None]
    assert inside == [f"o{i}" for i in range(20 - (N - RESERVED), 20)]
    assert len(s.outside) == 20 - len(inside)
    assert any("10 objects" in note for note in s.notes)


def test_selected_objects_come_before_nearer_ones():
    crowd = [thing(f"o{i}", x=float(i)) for i in range(20)]
    s = slots("rearrange", crowd, selected=["o0", "o19"])
    assert {"o0", "o19"} <= {item.id for item in s.objects if item is not None}


def test_unknown_and_foreign_classes_are_guessed_among_the_plausible():
    s = slots("complete", [thing("a", None), thing("b", "wine_cabinet")])
    for row in s.allowed[:2]:
        assert [BEDROOM[i] for i in range(EMPTY) if row[i]] == ["desk", "table"]
    assert not s.class_known[:2].any()
    assert any("wine cabinet" in note for note in s.notes)


@pytest.mark.parametrize("task", ["restyle", "rearrange"])
def test_an_edit_of_finishing_touches_alone_says_that_nothing_changes(task):
    room = [*OBJECTS, thing("fern", "plant", x=1.0)]
    assert any("Nothing changed" in note for note in slots(task, room, selected=["fern"]).notes)
    assert not any("Nothing changed" in note for note in slots(task, room, selected=["fern", "bed"]).notes)


def test_generate_starts_from_nothing():
    s = slots("generate", OBJECTS)
    assert s.objects == (None,) * N
    assert not s.class_known.any()
    assert s.outside == ()


def test_a_refused_class_is_for_no_new_object_and_what_is_there_stays():
    before, names = slots("complete", OBJECTS), CLASSES["bedroom"]
    after = before.without({"wardrobe", "double_bed"})
    refused = [names.index("wardrobe"), names.index("double_bed")]
    rest = [k for k in range(len(names) + 1) if k not in refused]
    assert not after.allowed[2:, refused].any()
    assert (after.allowed[:, rest] == before.allowed[:, rest]).all()
    assert (after.allowed[:2] == before.allowed[:2]).all()
    forced = slots("complete", OBJECTS, add=3).without(names)
    assert forced.allowed.any(axis=1).all()  # a slot that must be taken keeps its classes


def test_the_core_goes_into_the_first_open_slot():
    beds = [name in BEDS for name in BEDROOM] + [False]
    before = slots("generate", OBJECTS)
    after = before.with_core(BEDS)
    assert after.allowed[0].tolist() == beds
    assert (after.allowed[1:] == before.allowed[1:]).all()
    edited = slots("complete", OBJECTS).with_core(BEDS)
    assert edited.allowed[2].tolist() == beds
    assert edited.allowed[3:].all()
    once = before.with_core(BEDS, BEDS)
    assert once.allowed[0].tolist() == beds
    assert not once.allowed[1:, beds].any()
    narrowed = before.without({"double_bed"}).with_core(BEDS)
    assert [name for name, may in zip(BEDROOM, narrowed.allowed[0], strict=False) if may] == ["kids_bed", "single_bed"]


def test_no_core_is_forced_where_it_is_refused_or_no_slot_is_open():
    for before in (slots("generate", OBJECTS).without(BEDS), slots("rearrange", OBJECTS), slots("complete", [], add=0)):
        assert (before.with_core(BEDS).allowed == before.allowed).all()


def test_wanted_are_as_many_of_each_class_as_were_counted():
    assert not slots("generate", OBJECTS).wanted.any()
    after = slots("generate", OBJECTS).wanting(
        {
            frozenset({"stool"}): 3,
            frozenset({"desk"}): 1,
            frozenset({"dining_chair"}): 4,
            frozenset({"chair", "stool"}): 2,
        }
    )  # bedrooms have no dining chairs
    assert {BEDROOM[k]: int(after.wanted[k]) for k in after.wanted.nonzero()[0]} == {"stool": 3, "desk": 1}
    ((either, number),) = after.either
    assert ({BEDROOM[k] for k in either.nonzero()[0]}, number) == ({"chair", "stool"}, 2)


def test_too_many_new_objects_are_refused():
    with pytest.raises(InvalidInputError, match="13"):
        slots("complete", OBJECTS, add=13)


def test_the_frame_is_centred_on_the_floor_else_on_what_stays_else_on_the_edited_objects():
    assert slots("complete", OBJECTS).centre == (1.0, 0.0)
    assert slots("rearrange", OBJECTS).centre == (1.0, 0.0)
    assert slots("rearrange", OBJECTS, selected=["bed"]).centre == (2.0, 0.0)
    assert slots("generate", OBJECTS).centre == (0.0, 0.0)
