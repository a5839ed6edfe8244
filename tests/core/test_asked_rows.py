"""How much room rows need that were asked for."""

import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.instructions.read.brief import read_brief
from instructscene_core.placement.asked_rows import needed_by_rows
from instructscene_core.scene import SceneObject

WORDS = Catalogue.starter().vocabulary
PIECES = [
    SceneObject("bed", "double_bed", (0.0, 0.0, 0.5), (1.8, 2.1, 1.0), 0.0),
    SceneObject("stand", "nightstand", (0.0, 0.0, 0.25), (0.5, 0.4, 0.5), 0.0),
    SceneObject("wardrobe", "wardrobe", (0.0, 0.0, 1.0), (2.4, 0.6, 2.0), 0.0),
    SceneObject("bench", "stool", (0.0, 0.0, 0.2), (1.2, 0.4, 0.4), 0.0),
    SceneObject("lamp", "pendant_lamp", (0.0, 0.0, 2.4), (0.5, 0.5, 0.3), 0.0),
]


@pytest.mark.parametrize(
    ("text", "along_x", "along_y"),
    [
        ("A nightstand left of a double bed and a wardrobe right of the bed.", 0.5 + 1.8 + 1.2 + 0.2, 0.0),
        ("A wardrobe left of a double bed. A nightstand left of the wardrobe.", 0.5 + 1.2 + 1.8 + 0.2, 0.0),
        ("A stool in front of the double bed.", 0.0, 2.1 + 1.0 + 0.2),
        ("A nightstand on each side of a double bed.", 0.0, 0.0),
        ("A pendant lamp left of the double bed.", 0.0, 0.0),
        ("A double bed left of the wardrobe. A wardrobe left of the double bed.", 1.8 + 1.2 + 0.2, 0.0),
        ("A double bed left of a sofa.", 0.0, 0.0),
        ("", 0.0, 0.0),
    ],
)
def test_the_longest_row_along_each_axis(text, along_x, along_y):
    brief = read_brief(text, "bedroom", WORDS)
    assert needed_by_rows(brief.of_layout, PIECES) == pytest.approx((along_x, along_y))
