"""Articles, plurals and names in messages."""

import pytest

from instructscene_core.vocabulary import counted, listing, plural, room_name, with_article


@pytest.mark.parametrize(("noun", "phrase"), [("armchair", "an armchair"), ("TV stand", "a TV stand"), ("", "a ")])
def test_articles(noun, phrase):
    assert with_article(noun) == phrase


@pytest.mark.parametrize(
    ("noun", "several"),
    [
        ("object", "objects"), ("bookshelf", "bookshelves"), ("shelf", "shelves"), ("entry", "entries"),
        ("wine cabinet", "wine cabinets"), ("box", "boxes"), ("tray", "trays"), ("couch", "couches"),
        ("dictionary", "dictionaries"), ("mattress", "mattresses"),
    ],
)  # fmt: skip
def test_plurals(noun, several):
    assert plural(noun) == several
    assert (counted(1, noun), counted(0, noun), counted(2, noun)) == (f"1 {noun}", f"0 {several}", f"2 {several}")


def test_rooms_and_lists():
    assert [room_name(room) for room in ("bedroom", "livingroom", "diningroom")] == [
        "bedroom", "living room", "dining room",
    ]  # fmt: skip
    assert listing(["a", "b", "c"], 3) == "a, b, c"
    assert listing(["a", "b", "c"], 2) == "a, b, c"
    assert listing(["a", "b", "c", "d"], 2) == "a, b and 2 more"
