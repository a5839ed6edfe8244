"""Our own bedrooms beside real ones, and the command as a person runs it."""

import json

import numpy as np
import pytest

from instructscene_core.cli import main
from instructscene_core.datasets.compare import report, size_difference, statistics, total_variation
from instructscene_core.vocabulary import CLASSES, NO_RELATION, PREDICATES

BEDROOM = CLASSES["bedroom"]
BED, DESK = BEDROOM.index("double_bed"), BEDROOM.index("desk")


def rooms(*contents):
    """Arrays of rooms, each a list of (class, x, half width)."""
    objs, boxes = np.full((len(contents), 12), len(BEDROOM)), np.zeros((len(contents), 12, 7))
    for row, items in enumerate(contents):
        for k, (number, x, half) in enumerate(items):
            objs[row, k], boxes[row, k] = number, [x, 0.4, 0, half, 0.4, 0.5, 0]
    return objs, boxes


def test_statistics_count_what_is_there():
    found = statistics(*rooms([(BED, 0, 0.9), (DESK, 2, 0.6), (DESK, 9, 0.8)], [(BED, 0, 0.8)]))
    assert found.rooms == 2
    assert found.objects == 2
    assert (found.counts[1], found.counts[3]) == (0.5, 0.5)
    assert (found.classes[BED], found.pieces[DESK]) == (1, 2)
    assert found.sizes[DESK] == pytest.approx([1.4, 1.0, 0.8])
    assert np.isnan(found.sizes[BEDROOM.index("sofa")]).all()
    assert found.relations[PREDICATES.index("left of")] == pytest.approx(1 / 6)
    assert found.relations[NO_RELATION] == pytest.approx(4 / 6)
    assert found.relations.sum() == pytest.approx(1)


def test_distances():
    assert total_variation(np.array([1.0, 1.0]), np.array([5.0, 5.0])) == 0
    assert total_variation(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1
    small, large = (statistics(*rooms(*[[(BED, 0, half)]] * 20)) for half in (1.0, 1.331))
    assert size_difference(small, large) == pytest.approx(0.1)  # a third in one of three axes, geometrically
    assert size_difference(large, small) == pytest.approx(0.1)


def test_the_page_is_short():
    page = report(*(statistics(*rooms(*[[(BED, 0, 0.9), (DESK, 2, half)]] * 20)) for half in (0.6, 0.6)))
    lines = page.splitlines()
    assert len(lines) < 60
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
        (None, [], "No real bedrooms to compare with"),
        ('{"room_type": "library", "objects": []}', [], "holds no bedrooms"),
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
