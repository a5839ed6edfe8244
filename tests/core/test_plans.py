"""Sheets of plans: what is drawn, and where."""

import math

import pytest
from matplotlib.axes import Axes
from matplotlib.image import imread

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.evaluation.plans import Sheet, draw, plan_image
from instructscene_core.scene import FloorPlan, Opening, Scene, SceneObject

FLOOR = FloorPlan(
    ((-3.0, -2.0), (3.0, -2.0), (3.0, 2.0), (-3.0, 2.0)),
    2.6,
    (Opening("door", ((-1.0, -2.0), (0.0, -2.0))), Opening("window", ((3.0, 0.0), (3.0, 1.0)), 0.9)),
)
BED = SceneObject("bed", "double_bed", (1.0, 1.0, 0.25), (1.6, 2.0, 0.5), math.pi / 2)
LAMP = SceneObject("lamp", "pendant_lamp", (0.0, 0.0, 2.2), (0.4, 0.4, 0.8), 0.0)


@pytest.fixture
def drawn(monkeypatch):
    """What is written on plans, and from where to where arrows and openings go."""
    seen = {"text": [], "annotate": [], "plot": [], "set_title": []}
    for name, calls in seen.items():
        plain = getattr(Axes, name)

        def told(axes, *args, _plain=plain, _calls=calls, **kwargs):
            _calls.append((args, kwargs))
            return _plain(axes, *args, **kwargs)

        monkeypatch.setattr(Axes, name, told)
    return seen


def test_a_plan_shows_names_fronts_and_openings(drawn, tmp_path):
    draw(
        [Sheet(Scene("bedroom", (BED, LAMP), FLOOR), "asked", "overlap, back")], Catalogue.starter(), tmp_path / "a.png"
    )
    assert {args[2] for args, _ in drawn["text"]} == {"double bed", "pendant lamp", "overlap, back"}
    ((_, arrow),) = drawn["annotate"]  # of the bed: what hangs has no front
    assert arrow["xytext"] == (1.0, 1.0)
    assert arrow["xy"] == pytest.approx((2.0, 1.0))
    assert [args for args, _ in drawn["plot"]] == [([-1.0, 0.0], [-2.0, -2.0]), ([3.0, 3.0], [0.0, 1.0])]
    assert drawn["set_title"][0][0] == ("asked",)


def test_a_sheet_has_a_cell_for_each_room(tmp_path):
    rooms = [Sheet(Scene("bedroom", (BED,), floor), "word " * 100) for floor in (FLOOR, FloorPlan())]
    draw(rooms, Catalogue.starter(), tmp_path / "two.png", columns=2)
    draw(rooms * 2, Catalogue.starter(), tmp_path / "four.png", columns=2)
    two, four = imread(tmp_path / "two.png"), imread(tmp_path / "four.png")
    assert four.shape[0] == 2 * two.shape[0]
    assert four.shape[1] == two.shape[1] == 880


def test_one_plan_fills_an_image_of_the_size_asked_for(drawn):
    image = plan_image(Scene("bedroom", (BED, LAMP), FLOOR), Catalogue.starter(), (320, 240))
    assert (image.shape, image.dtype) == ((240, 320, 3), "uint8")
    assert {args[2] for args, _ in drawn["text"]} == {"double bed", "pendant lamp"}
    columns = (image < 255).any((0, 2)).nonzero()[0]
    assert columns[-1] - columns[0] > 280
