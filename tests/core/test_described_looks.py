"""Whose looks an instruction speaks of, and which pieces it tells apart."""

import pytest

from instructscene_core.instructions.read.described_looks import described
from instructscene_core.vocabulary import CLASSES

CHAIRS = frozenset({"dining_chair", "lounge_chair", "chinese_chair"})


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("", set()),
        ("Six wooden dining chairs around a dining table.", {"dining_chair"}),
        ("Two more dining chairs and a black cabinet.", {"cabinet"}),
        ("Two black and white armchairs.", {"armchair"}),
        ("Two armchairs in red.", {"armchair"}),
        ("A wardrobe made of oak, left of a cabinet.", {"wardrobe"}),
        ("A red armchair made of velvet.", {"armchair"}),
        ("A modern round smoked oak coffee table below a brass pendant lamp.", {"coffee_table", "pendant_lamp"}),
        ("A red coffee table and, opposite, a tv stand.", {"coffee_table"}),
        ("A dining table with four chairs. The chairs are black.", CHAIRS),
        ("Two mid-century dining chairs.", {"dining_chair"}),
        ("Complete this modern room.", set()),
        ("Two armchairs in a modern living room.", set()),
        ("An armchair in a room with tall white walls.", set()),
        ("Armchairs on different sides of the coffee table.", set()),
        ("Armchairs that are not different colours.", set()),
        ("Two armchairs, one on each side of the sofa.", set()),
        ("\n!!! 42 的", set()),
    ],
)
def test_looks_belong_to_the_furniture_that_they_describe(text, spoken):
    found = described(text, CLASSES["livingroom"])
    assert (found.spoken, found.apart) == (spoken, set())


@pytest.mark.parametrize(
    "text",
    [
        "Two red and two white armchairs.",
        "Four armchairs, two red and two white ones.",
        "A black armchair and a white one next to the sofa.",
        "Put a black armchair left of the sofa and a white one right of it.",
        "Two armchairs, one red and one white.",
        "Two armchairs, one in red and one in white.",
        "Two armchairs. One is red, the other is white.",
        "A red and a white armchair.",
        "A leather armchair and a velvet armchair.",
        "A dark oak armchair to the left of a light oak armchair.",
        "Four different armchairs.",
        "Two mismatched leather armchairs.",
        "Armchairs in various colours.",
        "An armchair in another colour.",
        "Two more armchairs that do not match.",
    ],
)
def test_pieces_that_are_to_look_unlike_are_told_apart(text):
    assert described(text, CLASSES["livingroom"]).apart == {"armchair"}


def test_the_same_words_for_two_pieces_tell_nothing_apart():
    text = "A black nightstand left of a white double bed and a black nightstand right of the white double bed."
    found = described(text, CLASSES["bedroom"])
    assert (found.spoken, found.apart) == ({"nightstand", "double_bed"}, set())
