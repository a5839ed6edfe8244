from dataclasses import replace

import pytest

from instructscene_core.instructions.read.brief import read_brief
from instructscene_core.placement.too_many import MOST, excess_objects, too_full
from instructscene_core.scene import FloorPlan, SceneObject
from instructscene_core.vocabulary import CLASSES


def thing(name, category, x=0.0, y=0.0):
    return SceneObject(name, category, (x, y, 0.5), (0.5, 0.5, 1.0), 0.0)


def left_out(objects, text="", new=None, colliding=()):
    new = {item.id for item in objects} if new is None else new
    gone = excess_objects("bedroom", objects, new, read_brief(text, "bedroom"), colliding)
    return [item.id for item in gone]


SOFAS = [thing(f"s{i}", "sofa", x=float(i)) for i in range(3)]
BED = thing("bed", "double_bed", x=1.0, y=1.5)


def test_the_last_ones_go():
    assert left_out([*SOFAS, BED]) == ["s2", "s1"]


def test_who_stands_in_others_goes_first():
    assert left_out([*SOFAS, BED], colliding=[("s0", "bed"), ("s0", "s1")]) == ["s0", "s1"]


@pytest.mark.parametrize(("text", "gone"), [("three sofas", []), ("two sofas", ["s2"]), ("a sofa", ["s2", "s1"])])
def test_what_is_asked_for_is_not_too_much(text, gone):
    assert left_out([*SOFAS, BED], text) == gone


def test_what_a_wish_needs_stays():
    sofas = [thing("near", "sofa", x=-1.0, y=1.5), thing("far", "sofa", x=2.9, y=1.5)]
    assert left_out([*sofas, BED], "a sofa to the right of a double bed") == ["near"]
    assert left_out([*sofas, BED], "a sofa to the left of a double bed") == ["far"]


def test_what_was_there_stays():
    assert left_out([*SOFAS, BED], new={"s0"}) == ["s0"]
    assert left_out([*SOFAS, BED], new=()) == []


def test_beds_are_of_one_class_that_of_the_largest_or_what_is_asked_for():
    beds = [BED, thing("a", "single_bed", x=4), thing("b", "single_bed", x=8)]
    assert left_out(beds) == ["a", "b"]
    assert left_out(beds, "two single beds") == ["bed"]
    assert left_out(beds, "a double bed and a single bed") == ["b"]
    assert left_out(beds, new={"bed", "b"}) == ["bed"]


def test_desks_without_a_seat_are_left_out_unless_they_are_asked_for():
    desk, chair = thing("desk", "desk", x=-1.0, y=1.5), thing("chair", "chair", x=4.0)
    dresser = replace(thing("dresser", "dressing_table", x=8.0), size=(0.4, 0.4, 0.8))
    assert left_out([BED, desk]) == ["desk"]
    assert left_out([BED, desk, chair]) == left_out([BED, desk, replace(chair, category="stool")]) == []
    assert left_out([BED, desk, replace(chair, category="armchair")]) == []
    assert left_out([BED, desk, dresser, chair]) == ["dresser"]  # the smaller one
    assert left_out([BED, desk, dresser]) == ["dresser", "desk"]
    assert left_out([BED, desk], "a desk") == []
    assert left_out([BED, desk, dresser, chair], "a dressing table") == ["desk"]
    assert left_out([BED, desk], "a desk to the left of a double bed") == []
    assert left_out([BED, desk], new={"bed"}) == []
    living = excess_objects("livingroom", [desk], {"desk"}, read_brief("", "livingroom"))
    assert living == []


def of(category, count):
    return [thing(f"{category} {k}", category, x=float(k)) for k in range(count)]


@pytest.mark.parametrize("room_type", ["livingroom", "diningroom"])
@pytest.mark.parametrize(
    ("objects", "text", "gone"),
    [
        (of("dining_chair", 6), "four chairs", 2),
        (of("dining_chair", 6), "four dining chairs", 2),
        (of("dining_chair", 4), "four chairs", 0),
        (of("dining_chair", 3), "four chairs", 0),
        (of("dining_chair", 6), "a chair", 0),  # more than one is no matter where none was counted
        (of("dining_chair", 6), "", 0),
        ([*of("dining_chair", 3), *of("lounge_chair", 3)], "four chairs", 2),
        (of("dining_chair", 6), "two chairs and four lounge chairs", 0),
        (of("armchair", 4), "", 2),
        ([*of("armchair", 2), *of("lazy_sofa", 2), *of("chinese_chair", 1)], "", 3),
        (of("armchair", 4), "three armchairs", 1),
        (of("lounge_chair", 4), "", 0),
    ],
)
def test_as_many_as_were_counted_and_two_single_seats(room_type, objects, text, gone):
    new = {item.id for item in objects}
    found = excess_objects(room_type, objects, new, read_brief(text, room_type))
    assert len(found) == gone
    assert excess_objects(room_type, objects, set(), read_brief(text, room_type)) == []


@pytest.mark.parametrize("room_type", ["livingroom", "diningroom"])
def test_living_and_dining_rooms_have_one_coffee_table_unless_more_are_asked_for(room_type):
    tables = [thing(f"t{k}", "coffee_table", x=k) for k in range(2)]
    new = {item.id for item in (*tables, *SOFAS)}

    def gone(text):
        return [item.id for item in excess_objects(room_type, [*tables, *SOFAS], new, read_brief(text, room_type))]

    assert gone("") == ["t1"]
    assert gone("a coffee table") == ["t1"]
    assert gone("two coffee tables") == []


def test_every_class_of_bedrooms_has_a_most():
    assert {name for group, _ in MOST["bedroom"] for name in group} == set(CLASSES["bedroom"])


# What a floor holds


def sized(category, width, depth, name=None):
    return SceneObject(name or category, category, (0.0, 0.0, 0.5), (width, depth, 1.0), 0.0)


ROOM = [
    sized("double_bed", 1.8, 2.0), sized("nightstand", 0.5, 0.4), sized("wardrobe", 1.5, 0.6), sized("desk", 1.2, 0.6),
    sized("chair", 0.5, 0.5), sized("bookshelf", 0.8, 0.3), sized("armchair", 0.8, 0.8),
]  # fmt: skip
"""On 6.55 square metres of ground."""


def square(over):
    """A floor on which furniture may cover so much less than that room's, square metres."""
    side = (6.55 - over) / 1.77
    return FloorPlan(((0.0, 0.0), (side, 0.0), (side, side), (0.0, side)))


def too_much(over, objects=ROOM, text="", new=None, room_type="bedroom"):
    new = {item.id for item in objects} if new is None else new
    return [item.id for item in too_full(square(over), objects, new, read_brief(text, room_type))]


@pytest.mark.parametrize("over", [-3.0, -0.01])
def test_where_there_is_room_nothing_is_left_out(over):
    assert too_much(over) == []
    assert too_much(over, new=()) == []


@pytest.mark.parametrize(
    ("over", "gone"),
    [
        (0.01, ["bookshelf"]),
        (0.23, ["bookshelf"]),  # 0.24 m2
        (0.246, ["chair"]),  # 0.25 m2
        (0.3, ["armchair"]),  # 0.64 m2
        (0.65, ["desk"]),  # 0.72 m2
        (0.8, ["wardrobe"]),  # 0.9 m2
    ],
)
def test_the_smallest_piece_that_suffices_is_left_out(over, gone):
    assert too_much(over) == gone
    assert too_much(over, ROOM[::-1]) == gone


@pytest.mark.parametrize(
    ("over", "gone"),
    [
        (0.95, ["wardrobe", "bookshelf"]),  # the largest, then the smallest that suffices
        (1.3, ["wardrobe", "armchair"]),
        (1.7, ["wardrobe", "desk", "bookshelf"]),
        (1.865, ["wardrobe", "desk", "chair"]),
        (6.0, ["wardrobe", "desk", "armchair", "chair", "bookshelf"]),  # all but bed and nightstand
    ],
)
def test_where_none_suffices_the_largest_go_first(over, gone):
    assert too_much(over) == gone


def test_what_is_spoken_of_stays_however_full_it_is():
    assert too_much(6.0, text="a bedroom with a wardrobe and a desk") == ["armchair", "chair", "bookshelf"]
    assert too_much(6.0, text="a bookshelf to the left of a wardrobe") == ["desk", "armchair", "chair"]
    assert too_much(0.8, text="a wardrobe") == ["desk", "bookshelf"]


def test_what_was_there_stays_however_full_it_is():
    assert too_much(6.0, new={"chair", "double_bed"}) == ["chair"]
    assert too_much(0.01, new={"wardrobe", "desk"}) == ["desk"]


def test_a_room_keeps_what_it_is_for_and_one_of_sofas_low_tables_and_tvs():
    room = [
        sized("dining_table", 1.8, 1.0), *(sized("dining_chair", 0.5, 0.5, f"chair {k}") for k in range(4)),
        sized("multi_seat_sofa", 2.4, 0.9), sized("loveseat_sofa", 1.5, 0.8), sized("coffee_table", 0.6, 0.5, "low"),
        sized("coffee_table", 1.2, 0.6), sized("tv_stand", 1.8, 0.4), sized("tv_stand", 1.0, 0.4, "stand"),
        sized("lazy_sofa", 0.7, 0.7),
    ]  # fmt: skip
    found = too_much(6.5, room, room_type="livingroom")
    assert sorted(found) == ["lazy_sofa", "loveseat_sofa", "low", "stand"]  # of each the largest stays
    assert "loveseat_sofa" not in too_much(6.5, room, "a loveseat", room_type="livingroom")
    old = {"multi_seat_sofa", "loveseat_sofa"}
    new = {item.id for item in room} - old
    assert sorted(too_much(6.5, room, new=new, room_type="livingroom")) == ["lazy_sofa", "low", "stand"]


def test_lamps_cover_no_ground_and_meshes_count_by_their_own_size():
    lamp = sized("pendant_lamp", 2.0, 2.0)
    assert too_much(-0.01, [*ROOM, lamp]) == []
    assert "pendant_lamp" not in too_much(6.0, [*ROOM, lamp])
    smaller = [replace(ROOM[0], placed_size=(1.7, 2.0, 1.0)), *ROOM[1:]]
    assert (too_much(0.19, smaller), too_much(0.21, smaller)) == ([], ["bookshelf"])


def test_a_room_of_the_same_area_holds_the_same_whatever_its_shape():
    side = (6.55 - 0.3) / 1.77
    long = FloorPlan(((0.0, 0.0), (2 * side, 0.0), (2 * side, side / 2), (0.0, side / 2)))
    gone = too_full(long, ROOM, {item.id for item in ROOM}, read_brief("", "bedroom"))
    assert [item.id for item in gone] == ["armchair"]
