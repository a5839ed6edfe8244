"""What the report says of an instruction and a finished room."""

from dataclasses import replace

import pytest

from instructscene_core.instructions.read.brief import read_brief
from instructscene_core.instructions.report import report, wishes_met
from instructscene_core.scene import FloorPlan, SceneObject


def thing(category, x, y, z=0.5):
    return SceneObject(category + str(x), category, (x, y, z), (1.0, 1.0, 1.0), 0.0)


NO_FLOOR = FloorPlan()
BED, STAND, LAMP = thing("double_bed", 0, 0), thing("nightstand", -0.9, 0.1), thing("ceiling_lamp", 0.1, 0.0, 2.5)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("Two nightstands to the left of a double bed.", [False]),
        ("A nightstand to the left of a double bed.", [True]),
        ("Two nightstands on both sides of a double bed.", [True]),
        ("Two nightstands next to a double bed.", [True]),
    ],
)
def test_a_wish_for_two_is_met_by_two(text, met):
    brief = read_brief(text, "bedroom")
    assert wishes_met(brief.wishes, [BED, STAND, thing("nightstand", 0.9, 0.1)], NO_FLOOR) == met


@pytest.mark.parametrize(
    ("words", "gap", "met"),
    [
        ("next to", 0.4, True), ("next to", 0.6, False), ("near", 0.9, True), ("near", 1.1, False),
        ("far from", 1.9, False), ("far from", 2.1, True), ("2 m from", 1.4, False), ("2 m from", 2.3, True),
        ("at least 2 m from", 1.9, False), ("within 1 m of", 0.9, True), ("to the left of", 1.1, True),
    ],
)  # fmt: skip
def test_distances_are_measured_edge_to_edge(words, gap, met):
    """By the rules of relations they are near enough up to three metres between their middles."""
    brief = read_brief(f"A desk {words} a double bed.", "bedroom")
    assert wishes_met(brief.wishes, [BED, thing("desk", -1.0 - gap, 0.0)], NO_FLOOR) == [met]


@pytest.mark.parametrize(
    ("text", "met", "not_met"),
    [
        ("Put a nightstand to the left of a double bed.", 1, 0),
        ("Put a nightstand to the right of a double bed.", 0, 1),
        ("Place a ceiling lamp above the double bed.", 1, 0),
        ("Put a desk behind a double bed.", 0, 1),
        ("A room with a nightstand and two double beds.", 1, 1),
        ("No desk, no tv and only one nightstand.", 3, 0),
        ("A room without a double bed.", 0, 1),
        ("A nightstand, at most one double bed.", 2, 0),
        ("Only two nightstands, at least one ceiling lamp.", 1, 1),
        ("A floor lamp next to the double bed and a plant.", 0, 3),
        ("", 0, 0),
    ],
)
def test_wishes_are_sorted_into_met_and_not_met(text, met, not_met):
    brief = read_brief(text, "bedroom")
    answer = report(brief, [BED, STAND, LAMP], NO_FLOOR)
    assert (len(answer["met"]), len(answer["not_met"])) == (met, not_met)
    assert answer["not_understood"] == []
    assert "notes" not in answer


def test_what_was_not_understood_is_said():
    answer = report(read_brief("침대를 왼쪽에", "bedroom"), [BED], NO_FLOOR, ["a note"])
    assert answer["not_understood"]
    assert answer["notes"] == ["a note"]


@pytest.mark.parametrize(
    ("text", "not_understood"),
    [
        ("", []),
        (" \n\t", []),
        ("Säng bredvid garderoben.", ["Säng bredvid garderoben"]),
        ("침대 옆에 협탁", ["침대 옆에 협탁"]),
        ("ضع سريرا بجانب النافذة", ["ضع سريرا بجانب النافذة"]),
        ("x" * 9000, ["x" * 79 + "…"]),
        ("\u202e\x00\x1b[31m", ["31m"]),
    ],
)
def test_texts_that_ask_for_nothing_are_answered(text, not_understood):
    answer = report(read_brief(text, "bedroom"), [BED], NO_FLOOR)
    assert answer == {"met": [], "not_met": [], "not_understood": not_understood}


def test_a_very_long_text_is_answered_in_short():
    text = "A desk left of a bed. Put the zorp here. " * 5000 + "No wardrobe."
    answer = report(read_brief(text, "bedroom"), [BED], NO_FLOOR)
    assert answer["not_met"] == ["desk left of bed (there is none: desk)"]
    assert answer["not_understood"] == ["zorp", "what follows after 20,000 characters"]
    many = report(read_brief(". ".join(f"{n + 2} desks" for n in range(90)), "bedroom"), [BED], NO_FLOOR)
    assert len(many["not_met"]) == 1


def test_an_empty_room_meets_no_wish():
    assert wishes_met(read_brief("Put a desk behind a double bed.", "bedroom").wishes, [], NO_FLOOR) == [False]


def test_extras_count_where_they_stand():
    lamp = thing("floor_lamp", 0.9, 0.1)
    answer = report(read_brief("A floor lamp right of the bed, no rug and a plant", "bedroom"), [BED, lamp], NO_FLOOR)
    assert answer["met"] == ["floor lamp right of bed", "floor lamp", "no rug"]
    assert answer["not_met"] == ["plant"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a desk next to the bed", "desk next to bed (there is none: desk)"),
        ("a nightstand by the window", "nightstand by a window (the room has no window)"),
        ("a 1.2 m wide bed", "bed 1.2 m wide (there is none)"),
        ("two nightstands", "2 x nightstand"),
        ("a 20 sqm room", "room of 20 m\N{SUPERSCRIPT TWO}"),
        ("a kitchen", "kitchen (bedrooms, living rooms and dining rooms can be made)"),
        ("just a bed, nothing else", "nothing else"),
    ],
)
def test_why_something_is_not_met(text, line):
    floor = FloorPlan(((-2.0, -2.0), (2.0, -2.0), (2.0, 2.0), (-2.0, 2.0)))
    assert line in report(read_brief(text, "bedroom"), [BED, STAND], floor)["not_met"]


def test_what_found_no_place_is_the_reason():
    answer = report(read_brief("a wardrobe", "bedroom"), [BED], NO_FLOOR, left_out=["wardrobe"])
    assert answer["not_met"] == ["wardrobe (no free place)"]


def test_that_a_wide_bed_has_nothing_closely_beside_it_is_said():
    bed, brief = thing("double_bed", 0, 0), read_brief("a nightstand closely left of the bed", "bedroom")
    wide = replace(bed, size=(2.0, 2.0, 1.0))
    (line,) = report(brief, [wide, thing("nightstand", -1.6, 0)], NO_FLOOR)["not_met"]
    assert "the double bed is 2.0 m wide; closely is less than 1 m between middles" in line


@pytest.mark.parametrize(("widths", "met"), [((1.5, 1.5), True), ((1.5, 2.0), False)])
def test_a_size_of_two_pieces_is_met_by_two(widths, met):
    brief = read_brief("Two wardrobes 1.5 m wide.", "bedroom")
    own = [replace(thing("wardrobe", 3.0 * k, 0), size=(width, 0.6, 2.0)) for k, width in enumerate(widths)]
    lines = report(brief, own, NO_FLOOR)
    assert any("1.5 m" in line for line in lines["met"]) == met
    assert any("1.5 m" in line for line in lines["not_met"]) != met
