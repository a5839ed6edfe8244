"""Δ of stylisation by hand, with texts and pictures in a space of words."""

import dataclasses

import numpy as np
import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.errors import InvalidInputError
from instructscene_core.evaluation.stylisation import room_deltas, stylisation
from instructscene_core.scene import FloorPlan, Scene, SceneObject
from instructscene_core.text.minilm import MiniLM

WORDS = ("a", "white", "whit", "oak", "bed", "desk", "double", "double_bed", "wardrobe")
FEATURES = {
    "white bed": 3.0 * np.eye(len(WORDS))[1] + 4.0 * np.eye(len(WORDS))[4],
    "oak desk": np.eye(len(WORDS))[3],
    "desk": np.eye(len(WORDS))[5],
}


def encode(texts):
    """Counts of the words; lengths are the caller's to mend."""
    return np.array([[text.split().count(word) for word in WORDS] for text in texts], dtype=np.float32)


def room(*items):
    objects = tuple(
        SceneObject(str(k), category, (0.0, 0.0, 0.5), (1.0, 1.0, 1.0), 0.0, asset)
        for k, (category, asset) in enumerate(items)
    )
    return Scene("bedroom", objects, FloorPlan())


def test_by_hand():
    white = room(("double_bed", "white bed"), ("desk", "desk"))
    oak = room(("desk", "oak desk"))
    found = room_deltas([white, oak], ["white", "oak"], encode, FEATURES.get)
    bed = (0.6 * 1 + 0.8 * 1) / 2 - 0.8 / np.sqrt(3)  # |a white double bed| = 2, |a double bed| = √3
    desk = 1 / np.sqrt(3) - 1 / np.sqrt(2)
    assert found == pytest.approx([(bed + desk) / 2, 1 / np.sqrt(3)])
    estimate = stylisation(found, resamples=50)
    assert estimate.value == pytest.approx(found.mean())
    assert estimate.counts == (2,)
    assert estimate.low <= estimate.value <= estimate.high


def test_as_published_styles_lose_a_letter_and_classes_keep_their_underscores():
    found = room_deltas([room(("double_bed", "white bed"))], ["white"], encode, FEATURES.get, as_published=True)
    assert found == pytest.approx([0.0])  # neither "whit" nor "double_bed" is in the picture
    features = {"x": np.eye(len(WORDS))[WORDS.index("whit")]}
    found = room_deltas([room(("double_bed", "x"))], ["white"], encode, features.get, as_published=True)
    assert found == pytest.approx([1 / np.sqrt(3)])


def test_furniture_without_features_does_not_count():
    scene = room(("double_bed", "white bed"), ("wardrobe", "unknown"), ("desk", None))
    bare = dataclasses.replace(scene, objects=scene.objects[1:])
    found = room_deltas([scene, bare], ["white", "white"], encode, FEATURES.get)
    assert found == pytest.approx(room_deltas([room(("double_bed", "white bed"))], ["white"], encode, FEATURES.get))
    assert len(room_deltas([bare], ["white"], encode, FEATURES.get)) == 0
    with pytest.raises(InvalidInputError, match="No room"):
        stylisation(np.zeros(0))


def test_each_room_has_its_style():
    with pytest.raises(ValueError, match="shorter"):
        room_deltas([room(("desk", "desk"))] * 2, ["white"], encode, FEATURES.get)


@pytest.mark.parametrize("word", ["white", "oak", "velvet", "red"])
def test_in_the_starters_space_furniture_of_the_style_is_nearer_to_it(word):
    """Its captions meet the sentences of MiniLM there; they say more than a style, so the figure may be below 0."""
    catalogue, encoder = Catalogue.starter(), MiniLM()
    sets = [[entry for entry in catalogue.entries if (word in entry.tags) == has][:100] for has in (True, False)]
    scenes = [room(*((entry.category, entry.id) for entry in entries)) for entries in sets]
    tagged, other = room_deltas(
        scenes,
        [word, word],
        lambda texts: encoder.encode(texts).pooled.numpy(),
        lambda name: catalogue.get(name).feature,
    )
    assert tagged > other
