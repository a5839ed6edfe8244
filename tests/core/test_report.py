"""What the report says of an instruction and a finished room."""

import pytest

from instructscene_core.instructions.parse import parse
from instructscene_core.report import report, wishes_met
from instructscene_core.scene import SceneObject
from instructscene_core.vocabulary import CLASSES


def thing(category, x, y, z=0.5):
    return SceneObject(category + str(x), category, (x, y, z), (1.0, 1.0, 1.0), 0.0)


BED, STAND, LAMP = thing("double_bed", 0, 0), thing("nightstand", -0.9, 0.1), thing("ceiling_lamp", 0.1, 0.0, 2.5)


@pytest.mark.parametrize(
    ("text", "met", "not_met"),
    [
        ("Put a nightstand to the left of a double bed.", 1, 0),
        ("Put a nightstand to the right of a double bed.", 0, 1),
        ("Place a ceiling lamp above the double bed.", 1, 0),
        ("Put a desk behind a double bed.", 0, 1),
        ("A room with a nightstand and two double beds.", 1, 1),
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


def test_an_empty_room_meets_no_wish():
    assert wishes_met(parse("Put a desk behind a double bed.", CLASSES["bedroom"]), []) == [False]
