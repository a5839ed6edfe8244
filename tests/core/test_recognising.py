"""The worker's message ``recognise``."""

import base64
from pathlib import Path

import numpy as np
import pytest
from loading import load

from instructscene_core.errors import InvalidInputError
from instructscene_core.worker.recognising import recognise_items

own_meshes = load(Path(__file__).parents[1] / "own_meshes.py")
shape_of, surface = own_meshes.shape_of, own_meshes.surface


def coded(points):
    return base64.b64encode(points.astype("<f4").tobytes()).decode()


def item(name, category, **more):
    return {"name": name, "points": coded(surface(shape_of(category))), **more}


def recognised(*items):
    return recognise_items({"items": [*items]}, lambda _, __: None)


def test_every_item_is_answered_in_its_place():
    steps = []
    items = [item("Sessel", "armchair"), item("x", "double_bed", tags=["Doppelbett"]), {"name": "kitchenFridge"}]
    told = recognise_items({"items": items}, lambda done, total: steps.append((done, total)))
    assert [row["category"] for row in told] == ["armchair", "double_bed", None]
    assert [row["sure"] for row in told] == [True, True, False]
    assert told[0]["quarter"] == 0
    assert told[0]["scale"] == 1
    assert told[2]["quarter"] is None
    assert told[2]["caption"] == "kitchen fridge"
    assert steps == [(0, 3)]
    assert recognised() == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({}, "items\\[1\\] has no name"),
        ("desk", "items\\[1\\] has no name"),
        ({"name": "desk", "tags": "a"}, "tags of 'desk'"),
        ({"name": "desk", "points": "###"}, "points of 'desk'"),
        ({"name": "desk", "points": "AAAA"}, "points of 'desk'"),
        ({"name": "desk", "points": [1, 2]}, "points of 'desk'"),
        ({"name": "desk", "points": coded(np.zeros((70_000, 6)))}, "points of 'desk'"),
    ],
)
def test_malformed_items_are_named(row, words):
    with pytest.raises(InvalidInputError, match=words):
        recognised({"name": "good"}, row)


@pytest.mark.parametrize("items", [None, "desk", {}, 3])
def test_no_list_is_refused(items):
    with pytest.raises(InvalidInputError, match="list"):
        recognise_items({"items": items}, lambda _, __: None)
