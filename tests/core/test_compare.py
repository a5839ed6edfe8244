"""Our own bedrooms beside real ones, and the command as a person runs it."""

import json

import numpy as np
import pytest

from instructscene_core.commands.main import main
from instructscene_core.datasets.compare import pair_difference, report, size_difference, statistics, total_variation
from instructscene_core.datasets.starter import build_rooms
from instructscene_core.datasets.tell_apart import tell_apart
from instructscene_core.datasets.traits import Sample, beside, made_sample, traits, wall_distances
from instructscene_core.vocabulary import CLASSES, NO_RELATION, PREDICATES

BEDROOM = CLASSES["bedroom"]
BED, DESK = BEDROOM.index("double_bed"), BEDROOM.index("desk")


def rooms(*contents):
    """Rooms on a floor of 20 m by 4 m, each a list of (class, x, half width) with the back 1.5 m from a wall."""
    objs, boxes = np.full((len(contents), 12), len(BEDROOM)), np.zeros((len(contents), 12, 7))
    for row, items in enumerate(contents):
        for k, (number, x, half) in enumerate(items):
            objs[row, k], boxes[row, k] = number, [x, 0.4, 0, half, 0.4, 0.5, 0]
    floor = np.array([[-10.0, -2.0], [-10.0, 2.0], [10.0, 2.0], [10.0, -2.0]])
    return Sample("bedroom", objs, boxes, [floor] * len(objs), [str(row) for row in range(len(objs))])


def test_statistics_count_what_is_there():
    found = statistics(rooms([(BED, 0, 0.9), (DESK, 2, 0.6), (DESK, 9, 0.8)], [(BED, 0, 0.8)]))
    assert found.rooms == 2
    assert found.objects == 2
    assert (found.counts[1], found.counts[3]) == (0.5, 0.5)
    assert (found.classes[BED], found.pieces[DESK]) == (1, 2)
    assert found.sizes[DESK] == pytest.approx([1.4, 1.0, 0.8])
    assert np.isnan(found.sizes[BEDROOM.index("sofa")]).all()
    assert found.relations[PREDICATES.index("left of")] == pytest.approx(1 / 6)
    assert found.relations[NO_RELATION] == pytest.approx(4 / 6)
    assert found.relations.sum() == pytest.approx(1)
    assert (found.together[BED, DESK], found.together[BED, BED], found.together[DESK, DESK]) == (0.5, 1, 0.5)
    assert found.pairs[BED, DESK, PREDICATES.index("left of")] == 1
    assert found.pairs[DESK, BED, PREDICATES.index("right of")] == 1
    assert (found.at_wall[BED], found.askew[BED]) == (0, 0)
    assert np.isnan(found.askew[BEDROOM.index("sofa")])


def test_distances():
    assert total_variation(np.array([1.0, 1.0]), np.array([5.0, 5.0])) == 0
    assert total_variation(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1
    small, large = (statistics(rooms(*[[(BED, 0, half)]] * 20)) for half in (1.0, 1.331))
    assert size_difference(small, large) == pytest.approx(0.1)  # a third in one of three axes, geometrically
    assert size_difference(large, small) == pytest.approx(0.1)


def test_relations_of_class_pairs_are_compared():
    left, right = (statistics(rooms(*[[(BED, 0, 0.9), (DESK, x, 0.6)]] * 60)) for x in (-2, 2))
    assert pair_difference(left, left) == 0
    assert pair_difference(left, right) == 1


def test_gaps_to_walls():
    floor = np.array([[-2.0, -2.0], [-2.0, 2.0], [2.0, 2.0], [2.0, 0.0], [0.0, 0.0], [0.0, -2.0]])
    box = np.array([-1.2, 0.5, -1.0, 0.5, 0.5, 0.8, 0.0])
    assert wall_distances(box, floor) == pytest.approx([0.2, 0.3, 0.7, 2.2])
    assert wall_distances(np.array([*box[:6], np.pi / 2]), floor) == pytest.approx([0.0, 2.5, 0.5, 0.4])
    assert np.isnan(wall_distances(box, np.zeros((0, 2)))).all()


def test_places_are_told_in_the_axes_of_the_host():
    host, other = np.array([1, 0, 1, 1, 1, 1, np.pi / 2]), np.array([3, 0, 0, 1, 1, 1, np.pi])
    assert beside(host, other) == pytest.approx((1, 2, 90))


def test_traits_have_names():
    names, values = traits(rooms([(BED, 0, 0.9), (DESK, 2.03, 0.6)], [(BED, 0, 0.9)]))
    found = dict(zip(names, values.T, strict=True))
    assert found["desk beside bed"][0] == 2.05
    assert np.isnan(found["desk beside bed"][1])
    assert found["number of desk"].tolist() == [1, 0]
    assert found["floor area"].tolist() == [80, 80]
    assert found["double_bed back to wall"].tolist() == [1.5, 1.5]


@pytest.mark.usefixtures("room_cache")
def test_a_classifier_tells_what_can_be_told():
    """Our own rooms not from our own; with all desks made wider, by the width of desks."""
    first, second = made_sample(build_rooms(120)), made_sample(build_rooms(120, 500))
    assert 0.35 < tell_apart(first, second).accuracy < 0.65
    second.boxes[..., 3] *= 1.5
    verdict = tell_apart(first, second, reasons=True)
    assert verdict.accuracy > 0.9
    assert verdict.reasons[0][0].endswith("width")


def test_the_page_is_short():
    page = report(*(statistics(rooms(*[[(BED, 0, 0.9), (DESK, 2, half)]] * 20)) for half in (0.6, 0.6)))
    lines = page.splitlines()
    assert len(lines) < 80
    assert max(map(len, lines)) <= 100
    assert next(line for line in lines if line.startswith("classes")).split() == ["classes", "0.00"]
    assert next(line for line in lines if line.startswith("desk")).count("120 x 100 x 80") == 2


def front_room():
    """A room as the real data have it."""
    item = {"category_id": "x", "pos": [1.0, 0.0, 2.0], "size": [1.2, 0.8, 0.6], "yaw_deg": 90.0}
    labels = ("desk", "double_bed", "nightstand")
    return {"room_type": "bedroom", "objects": [{**item, "atiss_label": label} for label in labels]}


@pytest.fixture
def real(tmp_path, monkeypatch):
    """A folder with two real bedrooms."""
    monkeypatch.setenv("INSTRUCTSCENE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("INSTRUCTSCENE_ROOMS", str(tmp_path))
    file = tmp_path / "ssr_rooms_train.jsonl"
    file.write_text("\n".join(json.dumps(front_room()) for _ in range(2)), encoding="utf-8")
    return file


@pytest.mark.usefixtures("real")
def test_the_command_prints_the_page(capsys):
    assert main(["data", "compare", "--rooms", "5"]) == 0
    assert capsys.readouterr().out.startswith("5 bedrooms made by rule beside 2 real ones")
    assert main(["data", "compare"]) == 0
    assert capsys.readouterr().out.startswith("2 bedrooms made by rule")


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        (None, [], "No real rooms to compare with"),
        ('{"room_type": "library", "objects": []}', [], "holds no rooms of the type bedroom"),
        ("{", [], "does not hold rooms of 3D-FRONT"),
        (json.dumps(front_room()), ["--rooms", "0"], "--rooms must be at least 1"),
        (json.dumps(front_room()), ["--first-room", "-1"], "--first-room must be at least 0"),
        (json.dumps(front_room()), ["--workers", "0"], "--workers must be at least 1"),
    ],
)
def test_what_cannot_be_compared_is_one_line(real, text, words, message, capsys):
    real.unlink() if text is None else real.write_text(text, encoding="utf-8")
    assert main(["data", "compare", *words]) == 2
    shown = capsys.readouterr()
    assert not shown.out
    assert message in shown.err
    assert shown.err.count("\n") == 1
