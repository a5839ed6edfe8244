"""What meshes are recognised as: class, front and scale of furniture of our own, names, and bad input."""

from pathlib import Path

import numpy as np
import pytest
from loading import load

from instructscene_core.catalogue.class_sizes import SIZES, UNITS, unit_likelihoods
from instructscene_core.catalogue.recognition import Recogniser, Unknown, caption
from instructscene_core.errors import InvalidInputError
from instructscene_core.evaluation.recognition_models import KINDS, turned
from instructscene_core.starter.furniture.specs import SHAPES
from instructscene_core.training.shape_reading import HELD_OUT
from instructscene_core.vocabulary import CATEGORIES

own_meshes = load(Path(__file__).parents[1] / "own_meshes.py")
shape_of, surface = own_meshes.shape_of, own_meshes.surface

UNSEEN = SHAPES[::HELD_OUT]
"""Shapes that the reader was not trained on."""


def changed(points, quarters, scale):
    return np.concatenate([turned(points[:, :3], quarters) * np.float32(scale), points[:, 3:]], axis=1)


@pytest.fixture(scope="module")
def recogniser():
    return Recogniser()


def test_unseen_furniture_of_ours_is_recognised_by_shape_alone(recogniser):
    rng = np.random.default_rng(0)
    turns, scales = rng.integers(4, size=len(UNSEEN)), rng.choice([0.01, 0.0254, 1, 100], size=len(UNSEEN))
    clouds = [changed(surface(shape), t, s) for shape, t, s in zip(UNSEEN, turns, scales, strict=True)]
    told = recogniser.recognise([Unknown("", cloud) for cloud in clouds])
    same = [({t.category} & {s.category, *alike(s.category)}) != set() for t, s in zip(told, UNSEEN, strict=True)]
    assert np.mean(same) > 0.55
    seats = [k for k, shape in enumerate(UNSEEN) if shape.category in ("armchair", "dining_chair", "multi_seat_sofa")]
    assert np.mean([told[k].quarter == -turns[k] % 4 for k in seats]) > 0.85
    assert np.mean([abs(t.scale * s - 1) < 0.05 for t, s in zip(told, scales, strict=True)]) > 0.85
    sure = [right for right, t in zip(same, told, strict=True) if t.sure]
    assert not sure or np.mean(sure) > 0.85


def alike(category):
    """Other classes by which the same piece goes."""
    pairs = [{"dining_chair", "chair"}, {"lounge_chair", "chair"}, {"dining_table", "table"}]
    pairs += [{"cabinet", "console_table"}, {"multi_seat_sofa", "sofa"}, {"loveseat_sofa", "sofa"}]
    pairs += [{"corner_side_table", "round_end_table"}]
    return set().union(*(pair for pair in pairs if category in pair))


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("scale", [0.001, 0.0254, 1, 100])
def test_a_turned_and_scaled_armchair_is_brought_back(recogniser, quarters, scale):
    cloud = changed(surface(shape_of("armchair", 2)), quarters, scale)
    (told,) = recogniser.recognise([Unknown("Sessel", cloud)])
    assert told.category == "armchair"
    assert told.quarter == -quarters % 4
    assert told.scale == pytest.approx(1 / scale)


def test_a_name_decides_between_likely_shapes(recogniser):
    cloud = surface(shape_of("table_lamp"))
    told = recogniser.recognise(
        [Unknown("lampRoundTable", cloud), Unknown("Tischlampe", cloud), Unknown("台灯", cloud)]
    )
    assert [t.category for t in told] == ["table_lamp"] * 3
    assert all(t.sure for t in told)


def test_a_french_chair_is_a_chair_and_an_english_chaise_is_long(recogniser):
    chair, chaise = surface(shape_of("dining_chair")), surface(shape_of("chaise_longue_sofa"))
    told = recogniser.recognise([Unknown("Chaise.001", chair), Unknown("Chaise.001", chaise)])
    assert told[0].category in ("dining_chair", "chair")
    assert told[1].category == "chaise_longue_sofa"


def test_what_is_none_of_ours_is_unknown_and_keeps_its_words(recogniser):
    (told,) = recogniser.recognise([Unknown("SM_KitchenFridge_02.001", surface(shape_of("wardrobe")))])
    assert told.category is None
    assert not told.sure
    assert told.caption == "kitchen fridge"


def test_tags_speak_where_the_name_does_not(recogniser):
    cloud = surface(shape_of("double_bed"))
    told = recogniser.recognise([Unknown("Cube.004", cloud, ("bedroom", "Doppelbett"))])
    assert told[0].category == "double_bed"


def test_a_rug_has_no_front(recogniser):
    rng = np.random.default_rng(0)
    angle, radius = rng.random(1024) * 2 * np.pi, np.sqrt(rng.random(1024))
    disc = np.stack([radius * np.cos(angle), radius * np.sin(angle), rng.random(1024) * 0.01], axis=1)
    (told,) = recogniser.recognise([Unknown("rug", np.concatenate([disc, np.full((1024, 3), 0.5)], axis=1))])
    assert told.category == "rug"
    assert told.quarter is None


def test_probabilities_are_probabilities(recogniser):
    for told in recogniser.recognise([Unknown("", surface(shape)) for shape in UNSEEN[:10]]):
        shares = [share for _, share in told.alternatives]
        assert 0 < sum(shares) <= 1 + 1e-9
        assert 0 <= told.confidence <= 1
        assert 0 <= told.front_confidence <= 1
        assert 0 < told.scale_confidence <= 1


def bad_clouds():
    good = surface(shape_of("desk"))
    nan = good.copy()
    nan[::2] = np.nan
    return {
        "empty": np.empty((0, 6), np.float32),
        "one point": good[:1],
        "one place": np.repeat(good[:1], 100, axis=0),
        "nothing finite": np.full((100, 6), np.nan),
        "beyond numbers": good.astype(np.float64) * 1e300,
        "half not finite": nan,
        "a line": good * [1, 0, 0, 1, 1, 1],
        "whole numbers": np.arange(600).reshape(100, 6),
    }


@pytest.mark.parametrize("kind", bad_clouds())
def test_bad_clouds_leave_the_name(recogniser, kind):
    told = recogniser.recognise([Unknown("Schreibtisch", bad_clouds()[kind]), Unknown("", surface(shape_of("desk")))])
    assert told[0].category == "desk"
    assert np.isfinite([told[0].scale, told[0].confidence]).all()
    assert len(told) == 2


def test_nothing_at_all_is_unsure(recogniser):
    (told,) = recogniser.recognise([Unknown("Cube", np.empty((0, 6)))])
    assert told.category is None
    assert not told.sure
    assert told.quarter is None
    assert told.scale == 1
    assert recogniser.recognise([]) == []


@pytest.mark.parametrize("points", [np.zeros((5, 3)), np.zeros(6), np.array([["a"] * 6]), np.zeros((2, 6), complex)])
def test_arrays_that_are_no_points_are_refused(recogniser, points):
    with pytest.raises(InvalidInputError, match=r"'stool' are no \(n, 6\) array"):
        recogniser.recognise([Unknown("stool", points)])


def test_other_weights_are_refused(tmp_path):
    with pytest.raises(InvalidInputError):
        Recogniser(tmp_path / "none")


def test_an_item_does_not_depend_on_its_company(recogniser):
    items = [Unknown(shape.name, surface(shape)) for shape in UNSEEN[:9]]
    together, alone = recogniser.recognise(items), recogniser.recognise(items[3:4])[0]
    assert together[3].category == alone.category
    assert together[3].confidence == pytest.approx(alone.confidence, abs=1e-4)


def test_sizes_tell_the_unit_of_every_class():
    assert {*SIZES} == {*CATEGORIES}
    for number, category in enumerate(CATEGORIES):
        size = SIZES[category]
        extents = np.array([[size.short, size.long, size.high]])  # centimetres
        best = list(UNITS)[int(unit_likelihoods(extents)[0, :, number].argmax())]
        assert best == 0.01, category


def test_kinds_of_manifests_are_classes_of_ours():
    assert {name for names in KINDS.values() for name in names} <= {*CATEGORIES}
    assert "refrigerator" not in KINDS
    assert "coat_rack" not in KINDS


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SM_OfficeChair_02.001", "office chair"),
        ("Sofá", "sofá"),
        ("a/b/TVStand.glb", "tv stand"),
        ("", ""),
        ("椅子", "椅子"),
    ],
)
def test_captions(name, words):
    assert caption(name) == words
