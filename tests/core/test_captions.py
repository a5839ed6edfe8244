"""Sentences about furniture of 3D-FRONT as noun phrases."""

import pytest

from instructscene_core.datasets.front import noun_phrase


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("Modern sofa with brown fabric, featuring cushions.", "a modern sofa with brown fabric"),
        (
            "This sleek, black, tall chair has arms and is ideal for offices.",
            "a sleek, black, tall chair has arms and is",
        ),
        (
            "A plain, dark blue, metal nightstand with one drawer, round handles.",
            "a plain, dark blue, metal nightstand with one drawer",
        ),
        ("An L-shaped sofa, for families", "an L-shaped sofa"),
        ("oak desk", "an oak desk"),
        ("A low, light grey, wooden bench", "a low, light grey, wooden bench"),
        ("A hanging light, of brass", "a hanging light"),
        ("The TV stand; it is low", "a TV stand"),
    ],
)
def test_the_noun_stays(sentence, phrase):
    assert noun_phrase(sentence) == phrase


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("This industrial furniture piece features a metal frame with drawers.", "an industrial bookshelf"),
        ("Round decor piece with gold and black colours.", "a round bookshelf"),
        ("", "a bookshelf"),
    ],
)
def test_what_has_no_noun_gets_the_name_of_its_class(sentence, phrase):
    assert noun_phrase(sentence, "bookshelf") == phrase
