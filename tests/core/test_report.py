"""What the report says of an instruction and a finished room."""

import pytest

from instructscene_core.instructions.read.parse import parse
from instructscene_core.instructions.report import report, wishes_met
from instructscene_core.scene import SceneObject
from instructscene_core.vocabulary import CLASSES


def thing(category, x, y, z=0.5):
    return SceneObject(category + str(x), category, (x, y, z), (1.0, 1.0, 1.0), 0.0)


BED, STAND, LAMP = thing("double_bed", 0, 0), thing("nightstand", -0.9, 0.1), thing("ceiling_lamp", 0.1, 0.0, 2.5)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("Two nightstands to the left of a double bed.", [False]),
        ("A nightstand to the left of a double bed.", [True]),
        ("Two nightstands on both sides of a double bed.", [True, True]),
        ("Two nightstands next to a double bed.", [True]),
    ],
)
def test_a_wish_for_two_is_met_by_two(text, met):
    parsed = parse(text, CLASSES["bedroom"])
    assert wishes_met(parsed, [BED, STAND, thing("nightstand", 0.9, 0.1)]) == met


@pytest.mark.parametrize(
    ("words", "gap", "met"),
    [("next to", 0.9, True), ("near", 1.1, False), ("facing", 1.1, True), ("to the left of", 1.1, True)],
)
def test_near_is_within_a_metre_edge_to_edge(words, gap, met):
    """By the rules of relations they are near enough up to three metres between their middles."""
    parsed = parse(f"A desk {words} a double bed.", CLASSES["bedroom"])
    assert wishes_met(parsed, [BED, thing("desk", -1.0 - gap, 0.0)]) == [met]


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
    parsed = parse(text, CLASSES["bedroom"])
    answer = report(parsed, [BED, STAND, LAMP])
    assert (len(answer["met"]), len(answer["not_met"])) == (met, not_met)
    assert answer["not_understood"] == []
    assert "notes" not in answer


def test_what_was_not_understood_is_said():
    answer = report(parse("把床放在左边", CLASSES["bedroom"]), [BED], ["a note"])
    assert answer["not_understood"]
    assert answer["notes"] == ["a note"]


@pytest.mark.parametrize(
    ("text", "not_understood"),
    [
        ("", []),
        (" \n\t", []),
        ("Ein Doppelbett neben dem Schrank.", ["Ein Doppelbett neben dem Schrank"]),
        ("双人床左边放一个床头柜", ["双人床左边放一个床头柜"]),
        ("ضع سريرا بجانب النافذة", ["ضع سريرا بجانب النافذة"]),
        ("x" * 9000, ["x" * 79 + "…"]),
        ("\u202e\x00\x1b[31m", ["31m"]),
    ],
)
def test_texts_that_ask_for_nothing_are_answered(text, not_understood):
    answer = report(parse(text, CLASSES["bedroom"]), [BED])
    assert answer == {"met": [], "not_met": [], "not_understood": not_understood}


def test_a_very_long_text_is_answered_in_short():
    text = "A desk left of a bed. Put the zorp here. " * 5000 + "No wardrobe."
    answer = report(parse(text, CLASSES["bedroom"]), [BED])
    assert answer["not_met"] == ["desk left of bed"]
    assert answer["not_understood"] == ["Put the zorp here"]
    many = report(parse(". ".join(f"{n + 2} desks" for n in range(90)), CLASSES["bedroom"]), [BED])
    assert len(many["not_met"]) == 20


def test_an_empty_room_meets_no_wish():
    assert wishes_met(parse("Put a desk behind a double bed.", CLASSES["bedroom"]), []) == [False]


def test_extras_count_where_they_stand():
    lamp = thing("floor_lamp", 0.9, 0.1)
    answer = report(parse("A floor lamp right of the bed, no rug and a plant", CLASSES["bedroom"]), [BED, lamp])
    assert answer["met"] == ["floor lamp right of bed", "floor lamp", "no rug"]
    assert answer["not_met"] == ["plant"]
