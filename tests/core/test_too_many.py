import pytest

from instructscene_core.instructions.read.parse import parse
from instructscene_core.placement.too_many import MOST, excess_objects
from instructscene_core.scene import SceneObject
from instructscene_core.vocabulary import CLASSES


def thing(name, category, x=0.0, y=0.0):
    return SceneObject(name, category, (x, y, 0.5), (0.5, 0.5, 1.0), 0.0)


def left_out(objects, text="", new=None, colliding=()):
    new = {item.id for item in objects} if new is None else new
    gone = excess_objects("bedroom", objects, new, parse(text, CLASSES["bedroom"]), colliding)
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


def test_beds_of_different_kinds_count_together():
    beds = [BED, thing("a", "single_bed", x=4), thing("b", "single_bed", x=8)]
    assert left_out(beds) == ["b"]


@pytest.mark.parametrize("room_type", ["livingroom", "diningroom"])
def test_rooms_without_figures_keep_all(room_type):
    assert excess_objects(room_type, SOFAS, {"s0"}, parse("", CLASSES[room_type])) == []


def test_every_class_of_bedrooms_has_a_most():
    assert {name for group, _ in MOST["bedroom"] for name in group} == set(CLASSES["bedroom"])
