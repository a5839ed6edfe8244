"""Catalogue files, retrieval by class, look and size, and how meshes fit their boxes."""

import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import save_file

from instructscene_core.catalogue.entries import Catalogue, CatalogueEntry
from instructscene_core.catalogue.retrieval import choose, placed_size
from instructscene_core.errors import InvalidInputError
from instructscene_core.geometry.solids import placed_height
from instructscene_core.vocabulary import CLASSES, hangs


def unit(*values):
    vector = np.array(values, dtype=np.float32)
    return vector / np.linalg.norm(vector)


def test_the_starter_has_two_pieces_or_more_for_every_bedroom_class():
    catalogue = Catalogue.starter()
    for category in CLASSES["bedroom"]:
        entries = catalogue.of_class(category)
        assert len(entries) >= 2
        assert all((entry.mount == "ceiling") == hangs(category) for entry in entries)
        assert all(catalogue.get(entry.id) is entry for entry in entries)


def test_parts_lie_inside_their_entry():
    for entry in Catalogue.starter().entries:
        for cx, cy, cz, *extents in entry.parts:
            for centre, extent in zip((cx, cy, cz), extents, strict=True):
                assert abs(centre) + extent / 2 < 0.5 + 1e-3, entry.id


ENTRY = {"id": "x/chair", "category": "chair", "size": [0.5, 0.5, 0.9]}


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (ENTRY | {"size": [0.5, 0.5]}, "size"),
        (ENTRY | {"size": [0.5, 0.5, float("nan")]}, "size"),
        (ENTRY | {"size": [0.5, 0.5, -1]}, "positive"),
        (ENTRY | {"category": "spaceship"}, "category"),
        (ENTRY | {"mount": "wall"}, "mount"),
        (ENTRY | {"parts": [[0, 0, 0, 1, 1]]}, "parts"),
        (ENTRY | {"parts": [[0, 0, 0, 1, 1, 0]]}, "positive"),
        (ENTRY | {"stretch": -0.1}, "stretch must not be negative"),
        (ENTRY | {"stretch": "far"}, "stretch"),
        (ENTRY | {"colour": "red"}, "colour"),
        ("chair", "JSON object"),
    ],
)
def test_malformed_entries_are_refused(tmp_path, entry, words):
    path = tmp_path / "catalogue.json"
    path.write_text(json.dumps({"version": 1, "entries": [ENTRY | {"id": "x/first"}, entry]}))
    with pytest.raises(InvalidInputError, match=words):
        Catalogue.load(path)


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2}', '{"version": 1, "entries": []}', "\x00"])
def test_files_that_are_no_catalogue_are_refused(tmp_path, text):
    path = tmp_path / "catalogue.json"
    path.write_text(text)
    with pytest.raises(InvalidInputError, match=r"catalogue\.json"):
        Catalogue.load(path)


def test_features_must_fit_the_catalogue(tmp_path):
    path, features = tmp_path / "catalogue.json", tmp_path / "features.safetensors"
    path.write_text(json.dumps({"version": 1, "entries": [ENTRY]}))
    save_file({"features": np.ones((1, 3), np.float32), "codes": np.array([[1, 2, 3, 63]])}, features)
    (entry,) = Catalogue.load(path, features).entries
    assert entry.codes == (1, 2, 3, 63)
    assert np.linalg.norm(entry.feature) == pytest.approx(1)
    save_file({"features": np.ones((2, 3), np.float32), "codes": np.zeros((2, 4), np.int64)}, features)
    with pytest.raises(InvalidInputError, match="2 entries"):
        Catalogue.load(path, features)
    features.write_bytes(b"\x80\x04.")
    with pytest.raises(InvalidInputError, match="features"):
        Catalogue.load(path, features)


def test_an_id_twice_is_refused():
    entry = CatalogueEntry("a", "chair", (1, 1, 1))
    with pytest.raises(InvalidInputError):
        Catalogue([entry, entry])


def chairs():
    return Catalogue(
        [
            CatalogueEntry("low", "chair", (0.5, 0.5, 0.5), feature=unit(1, 0), codes=(1, 1, 1, 1)),
            CatalogueEntry("tall", "chair", (0.5, 0.5, 1.5), feature=unit(1, 0), codes=(1, 1, 1, 2)),
            CatalogueEntry("blue", "chair", (0.5, 0.5, 0.5), feature=unit(0, 1), codes=(2, 2, 2, 2)),
            CatalogueEntry("desk", "desk", (0.5, 0.5, 0.5), feature=unit(0, 1)),
        ]
    )


def test_retrieval_by_class_look_and_size():
    def chosen(*args):
        return choose(chairs(), "chair", *args).id

    assert chosen((0.5, 0.5, 1.4), unit(1, 0)) == "tall"
    assert chosen((0.5, 0.5, 0.6), unit(1, 0)) == "low"
    assert chosen((0.5, 0.5, 0.6), 100 * unit(0, 1)) == "blue"  # of any length
    assert chosen((0.5, 0.5, 0.6), None, (2, 2, 2, 9)) == "blue"
    assert choose(chairs(), "sofa", (1, 1, 1)) is None


def test_what_suits_comes_before_look_and_codes_as_far_as_there_is_such():
    def chosen(*args, **more):
        return choose(chairs(), "chair", *args, **more).id

    def is_tall(entry):
        return entry.size[2] > 1.0

    assert chosen(None, unit(0, 1)) == "blue"
    assert chosen(None, unit(0, 1), suits=[is_tall]) == chosen(None, None, (2, 2, 2, 2), suits=[is_tall]) == "tall"
    assert chosen((0.5, 0.5, 0.5), unit(0, 1), suits=[is_tall]) == "tall"
    assert chosen(None, unit(0, 1), suits=[lambda entry: entry.size[2] < 1.0]) == "blue"  # of two that suit
    assert chosen(None, unit(0, 1), suits=[lambda entry: entry.size[2] > 2.0]) == "blue"  # none does


def test_meshes_take_the_size_within_the_limit_and_fit_uniformly_beyond_it():
    entry = CatalogueEntry("a", "chair", (1.0, 2.0, 1.0))
    assert placed_size(entry, (1.2, 1.7, 0.9)) == (1.2, 1.7, 0.9)
    assert placed_size(entry, (0.5, 2.0, 2.0)) == (0.5, 1.0, 0.5)
    assert placed_size(entry, (1.3, 2.0, 1.0), stretch=0.4) == (1.3, 2.0, 1.0)
    yielding = replace(entry, stretch=0.5)
    assert placed_size(yielding, (1.45, 2.0, 0.7)) == (1.45, 2.0, 0.7)
    assert placed_size(yielding, (1.6, 2.0, 1.0)) == (1.0, 2.0, 1.0)
    assert placed_height("floor", 1.0, 2.0, 0.5) == 0.25
    assert placed_height("ceiling", 1.0, 2.0, 0.5) == 1.75
