"""Walls, doors and windows: one reading of them in training and of a person's floor plan, whatever way it is drawn."""

import numpy as np
import pytest

from instructscene_core.datasets.starter import build_rooms
from instructscene_core.floor_plan import area_of
from instructscene_core.geometry.enclosure import segments_of
from instructscene_core.geometry.frames import floor_centre, scene_to_boxes
from instructscene_core.scene import FloorPlan, Opening, Scene, SceneObject
from instructscene_core.training.decoder import enclosures
from instructscene_core.training.pairs import floor_areas

L_SHAPE = ((0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (2.0, 2.0), (2.0, 5.0), (0.0, 5.0))
PLAN = FloorPlan(
    L_SHAPE,
    2.6,
    (Opening("door", ((1.0, 0.0), (1.9, 0.0)), 0.0, 2.1), Opening("window", ((2.0, 3.0), (2.0, 4.5)), 0.9, 2.2)),
)


@pytest.fixture(scope="module")
def rooms(room_cache):  # noqa: ARG001 - tells where they are kept
    return build_rooms(24, 0)


def plan_of(rooms, row, shift=(0.0, 0.0)):
    """The floor plan of a training room in the product's frame."""

    def point(x, z):
        return float(x) + shift[0], shift[1] - float(z)

    corners = rooms.floor[row][~np.isnan(rooms.floor[row, :, 0])]
    openings = [
        Opening(("door", "window")[int(kind)], (point(x0, z0), point(x1, z1)), float(bottom), float(top))
        for kind, x0, z0, x1, z1, bottom, top in rooms.openings[row]
        if not np.isnan(kind)
    ]
    return FloorPlan(tuple(point(*corner) for corner in corners), float(rooms.height[row]), tuple(openings))


def by_rows(segments):
    return sorted(np.round(np.asarray(segments, dtype=np.float64), 4).tolist())


def backwards(plan, *, openings):
    turned_openings = tuple(Opening(o.kind, o.segment[::-1], o.bottom, o.top) for o in plan.openings)
    return FloorPlan(plan.polygon[::-1], plan.height, turned_openings if openings else plan.openings)


@pytest.mark.parametrize("openings", [True, False])
def test_a_floor_plan_reads_as_the_training_room_whatever_way_it_is_drawn(rooms, openings):
    segments, enclosed = enclosures(rooms)
    assert np.isfinite(segments).all()
    assert not segments[~enclosed].any()
    corners = (~np.isnan(rooms.floor[..., 0])).sum(axis=1)
    for row in range(rooms.n):
        wanted = segments[row][enclosed[row]]
        assert (wanted[:, 0] == 0).sum() == corners[row]
        assert (wanted[:, 0] > 0).sum() == (~np.isnan(rooms.openings[row, :, 0])).sum()
        plan = plan_of(rooms, row, shift=(3.0, -1.5))
        for drawn in (plan, backwards(plan, openings=openings)):
            centre = floor_centre(Scene("bedroom", (), drawn))
            np.testing.assert_allclose(centre, (3.0, -1.5), atol=1e-4)
            np.testing.assert_allclose(by_rows(segments_of(drawn, centre)), by_rows(wanted), atol=2e-4)


def test_walls_close_the_floor_with_the_inside_to_their_left():
    rows = segments_of(PLAN, (2.0, 2.5))
    walls, openings = rows[rows[:, 0] == 0], rows[rows[:, 0] != 0]
    assert (walls[:, 3:5] == np.roll(walls[:, 1:3], -1, axis=0)).all()
    assert (walls[:, 5:] == (0.0, 2.6)).all()
    assert openings[:, 0].tolist() == [1, 2]
    # Seen in the tensors' frame, whose z is the product's -y.
    np.testing.assert_allclose(openings[0], [1, -0.1, 2.5, -1.0, 2.5, 0.0, 2.1], atol=1e-9)
    np.testing.assert_allclose(openings[1], [2, 0.0, -2.0, 0.0, -0.5, 0.9, 2.2], atol=1e-9)
    assert segments_of(FloorPlan(openings=PLAN.openings), (0.0, 0.0)).shape == (0, 7)


def test_what_stands_at_a_wall_in_the_scene_stands_at_it_in_the_tensors():
    item = SceneObject("a", "wardrobe", (3.0, 0.3, 1.0), (1.0, 0.6, 2.0), np.pi)
    centre = floor_centre(Scene("bedroom", (item,), PLAN))
    (box,) = scene_to_boxes([item], centre)
    wall = segments_of(PLAN, centre)[0]
    assert box[2] + box[5] == pytest.approx(wall[2])
    assert min(wall[1], wall[3]) < box[0] < max(wall[1], wall[3])


def test_areas_agree_between_plans_and_training_rooms(rooms):
    assert area_of(PLAN) == area_of(backwards(PLAN, openings=True)) == 14.0
    assert area_of(FloorPlan()) == 0.0
    areas = floor_areas(rooms.floor)
    assert np.allclose(areas, [area_of(plan_of(rooms, row)) for row in range(rooms.n)], atol=1e-3)
