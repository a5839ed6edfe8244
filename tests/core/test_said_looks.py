"""The words that describe each piece of furniture in an instruction, and the room as a whole."""

import random

import pytest

from instructscene_core.instructions.read.described_looks import described
from instructscene_core.instructions.read.said_looks import Said, SaidLooks, said_looks
from instructscene_core.instructions.words.looks import COLOURS, MATERIALS, SHAPES, STYLES
from instructscene_core.vocabulary import CLASSES

SOFAS = frozenset({"multi_seat_sofa", "loveseat_sofa", "l_shaped_sofa", "lazy_sofa", "chaise_longue_sofa"})
LOOKS = COLOURS | MATERIALS | STYLES | SHAPES | {"slim", "legs", "tapered", "tufted", "dark"}


def said(text, room="bedroom"):
    """Of each class the words for looks before and behind its nouns, and those for the room."""
    found = said_looks(text, CLASSES[room])
    of = {name: [(set(s.whole & LOOKS), set(s.parts & LOOKS)) for s in pieces] for name, pieces in found.of.items()}
    return of, set(found.room)


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("A walnut desk.", {"desk": [({"walnut"}, set())]}),
        ("A desk in walnut.", {"desk": [(set(), {"walnut"})]}),
        ("The desk is walnut.", {"desk": [(set(), {"walnut"})]}),
        ("A walnut desk with slim brass legs.", {"desk": [({"walnut"}, {"slim", "brass", "legs"})]}),
        ("A walnut desk on slim brass legs.", {"desk": [({"walnut"}, {"slim", "brass", "legs"})]}),
        ("A walnut desk on a red shelf.", {"desk": [({"walnut"}, set())], "shelf": [({"red"}, set())]}),
        ("A red desk and a wardrobe.", {"desk": [({"red"}, set())]}),
        ("The desk black and the wardrobe white.", {"desk": [(set(), {"black"})], "wardrobe": [(set(), {"white"})]}),
        ("The desk, white and a wardrobe.", {"desk": [(set(), {"white"})]}),
        ("A red desk. A green desk.", {"desk": [({"red"}, set()), ({"green"}, set())]}),
        ("A black and white armchair.", {"armchair": [({"black", "white"}, set())]}),
        ("Two red and two white armchairs.", {"armchair": [({"red", "white"}, set())]}),
        ("A red, round armchair.", {"armchair": [({"red", "round"}, set())]}),
    ],
)  # fmt: skip
def test_words_belong_to_the_noun_before_or_behind_which_they_stand(text, of):
    assert said(text) == (of, set())


def test_a_relation_ends_what_is_said_of_a_piece():
    of, room = said("A walnut desk with slim brass legs left of a green velvet sofa", "livingroom")
    desk = {"desk": [({"walnut"}, {"slim", "brass", "legs"})]}
    assert (of, room) == (desk | {name: [({"green", "velvet"}, set())] for name in SOFAS}, set())


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("Make everything black.", {"black"}),
        ("A modern bedroom with a double bed", {"modern"}),
        ("A bedroom in dark green with a desk.", {"dark", "green"}),
        ("Rattan furniture.", {"rattan"}),
        ("Scandinavian style, please. A desk.", {"scandinavian"}),
        ("A bedroom in grey and a desk", {"grey"}),
    ],
)
def test_words_of_no_piece_are_the_rooms(text, room):
    assert said_looks(text, CLASSES["bedroom"]) == SaidLooks({}, frozenset(room))


@pytest.mark.parametrize("text", ["no black sofa", "A sofa that is not black.", "Without any red furniture.",
                                  "Do not make anything green."])  # fmt: skip
@pytest.mark.parametrize("room", ["bedroom", "livingroom"])
def test_what_is_refused_says_nothing(text, room):
    assert said_looks(text, CLASSES[room]) == SaidLooks()


def test_the_piece_before_is_what_a_following_sentence_speaks_of():
    text, classes = "A round coffee table. Make it dark oak.", CLASSES["livingroom"]
    both = Said(frozenset({"round"})), Said(frozenset({"dark", "oak"}))
    assert said_looks(text, classes) == SaidLooks({"coffee_table": both})
    found = described(text, classes)
    assert (found.spoken, found.apart) == ({"coffee_table"}, set())  # one table, which is both


def test_looks_of_furniture_that_no_such_room_has_are_not_the_rooms():
    assert said("A black nightstand and a white one left of a cabinet.", "livingroom") == ({}, set())


def test_what_is_made_of_them_is_added_to_one_of_some_groups():
    found = described("Two red and two white armchairs. Make them velvet.", CLASSES["livingroom"])
    assert found.apart == {"armchair"}
    assert [count for _, count in found.groups["armchair"]] == [2, 2]


@pytest.mark.parametrize(
    ("text", "of"),
    [
        (
            "Place a black wardrobe to the left of a wooden double bed with a tufted headboard.",
            {"wardrobe": [({"black"}, set())], "double_bed": [({"wooden"}, {"tufted"})]},
        ),
        (
            "Put a modern grey nightstand with tapered legs right of a white desk, hang a gold pendant lamp above it.",
            {
                "nightstand": [({"modern", "grey"}, {"tapered", "legs"})],
                "desk": [({"white"}, set())],
                "pendant_lamp": [({"gold"}, set())],
            },
        ),
    ],
)
def test_captions_of_the_official_template_are_of_their_pieces(text, of):
    assert said(text) == (of, set())


@pytest.mark.parametrize("text", ["", " \n ", "42", "!!! ?? ,,, ...", "的沙发。", "and and with no, of", "\x00\ud800"])
def test_no_words_say_nothing(text):
    assert said_looks(text, CLASSES["bedroom"]) == SaidLooks()


def test_any_order_of_words_can_be_read():
    rng = random.Random(0)
    words = ["a", "two", "7", "red", "white", "one", "it", "them", "and", ",", ".", "with", "on", "no", "desk", "sofa",
             "bed", "legs", "left", "of", "everything", "is", "round"]  # fmt: skip
    for _ in range(300):
        text = " ".join(rng.choices(words, k=rng.randint(1, 20)))
        found = described(text, CLASSES["bedroom"])
        assert found.said == said_looks(text, CLASSES["bedroom"])
        assert set(found.said.of) <= set(CLASSES["bedroom"])
        assert found.said.room <= {"red", "white"}
        assert all(s.whole | s.parts for pieces in found.said.of.values() for s in pieces), text


@pytest.mark.parametrize("table", ["a dining table", "the dining table"])
def test_chairs_round_a_table_tell_no_shape_and_a_round_table_does(table):
    assert said(f"Four chairs round {table}.", "diningroom") == ({}, set())
    assert said(f"Four chairs round {table} in oak.", "diningroom") == ({"dining_table": [(set(), {"oak"})]}, set())
    of, _ = said("Four chairs round a round dining table.", "diningroom")
    assert of == {"dining_table": [({"round"}, set())]}
