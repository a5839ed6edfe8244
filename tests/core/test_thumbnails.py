"""Pictures of pieces, from triangles and from points: the same piece from the same side."""

import json

import numpy as np
import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.png import png
from instructscene_core.thumbnails import POINTS, SIDE, Surface, picture, picture_of_points
from instructscene_core.worker.nearest import thumbnails

BACK = 0.4
"""Metres to which the back of the chair below reaches beyond its seat."""


def chair():
    """A red seat with a back at +Y, as triangles and as points on them."""
    boxes = np.array([[0, 0, 0.2, 0.5, 0.5, 0.4], [0, 0.22, 0.4 + BACK / 2, 0.5, 0.06, BACK]])
    surface = Surface.of_boxes(boxes, (0.8, 0.1, 0.1))
    rng = np.random.default_rng(0)
    area = np.linalg.norm(np.cross(*(surface.corners[:, k] - surface.corners[:, 0] for k in (1, 2))), axis=1)
    rows = rng.choice(len(area), POINTS, p=area / area.sum())
    weights = rng.dirichlet((1, 1, 1), POINTS)
    places = np.einsum("pk,pkc->pc", weights, surface.corners[rows]).astype(np.float32)
    return surface, (places, surface.normals[rows, 0], surface.colours[rows])


@pytest.mark.parametrize("quarter", range(4))
def test_points_and_triangles_give_the_same_picture(quarter):
    surface, cloud = chair()
    one, other = picture(surface, quarter), picture_of_points(*cloud, quarter)
    assert one.shape == other.shape == (SIDE, SIDE, 4)
    shown, dotted = one[..., 3] > 127, other[..., 3] > 127
    assert (shown & dotted).sum() > 0.93 * (shown | dotted).sum()
    both = shown & dotted
    assert np.abs(one[both].astype(int) - other[both]).mean() < 8


def test_quarter_turns_show_other_sides():
    pictures = [picture_of_points(*chair()[1], quarter) for quarter in range(4)]
    assert len({item.tobytes() for item in pictures}) == 4


def test_an_own_piece_is_shown_as_its_indexing_drew_it_and_else_as_boxes(tmp_path):
    catalogue, stem = tmp_path / "catalogue.json", "chair-1"
    entry = {"id": f"own-1/{stem}", "category": "armchair", "size": [0.5, 0.5, 0.8]}
    data = {
        "version": 1,
        "sources": {"own-1": "pieces"},
        "entries": [entry],
        "pieces": {stem: {"front": 2, "scale": 1}},
    }
    catalogue.write_text(json.dumps(data))
    made = tmp_path / "pieces" / f"{stem}.2.png"
    (drawn,) = thumbnails(Catalogue.open(tmp_path).entries, tmp_path / "drawn", lambda *_: None)
    assert drawn.parent == tmp_path / "drawn"
    made.parent.mkdir()
    made.write_bytes(png(picture(chair()[0], 2)))
    assert thumbnails(Catalogue.open(tmp_path).entries, tmp_path / "drawn", lambda *_: None) == [made]


@pytest.mark.parametrize("front", ["../x", 7, None])
def test_a_front_that_is_none_names_no_file(tmp_path, front):
    entry = {"id": "own-1/chair", "category": "armchair", "size": [0.5, 0.5, 0.8]}
    data = {"version": 1, "sources": {"own-1": "pieces"}, "entries": [entry], "pieces": {"chair": {"front": front}}}
    (tmp_path / "catalogue.json").write_text(json.dumps(data))
    assert Catalogue.open(tmp_path).entries[0].picture is None
