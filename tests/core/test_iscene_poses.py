"""From I-Scene's cube into the room: one similarity from known boxes, conventions, and a person's mesh onto theirs."""

import itertools
import math
import time

import fake_iscene
import numpy as np
import pytest

from instructscene_core.errors import InvalidInputError
from instructscene_core.iscene.errors import ISceneError
from instructscene_core.iscene.glb import Mesh, surface_points
from instructscene_core.iscene.poses import angle_between, levelled, turn_of
from instructscene_core.iscene.registration import register
from instructscene_core.iscene.similarity import Box, Convention, Similarity, calibrate, solve

MIRRORS = {"mirrored x": (-1, 1, 1), "mirrored y": (1, -1, 1), "upside down": (1, -1, -1), "on its head": (-1, 1, -1)}
UPRIGHT = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
Z_IS_UP_IN_THE_PICTURE = ((1, 0, 0), (0, 0, 1), (0, -1, 0))
"""The cube's z goes to the camera's y, its y away from the camera."""


def looking(pitch, azimuth=0.3):
    """A camera that looks down by so many degrees: right, up and back are its columns."""
    angle = np.radians(90 - pitch)
    tilt = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    return turn_of(azimuth) @ tilt


def scene(count, seed):
    random = np.random.default_rng(seed)
    return [
        Box(
            np.array([*random.uniform(-2, 2, 2), size[2] / 2 + random.choice([0, 0, 0.8])]), size, random.uniform(-3, 3)
        )
        for size in random.uniform(0.3, 1.6, (count, 3))
    ]


def in_the_cube(boxes, rotation, noise=0.0, seed=0, shape="box"):
    """Points of shapes that fill boxes, and the similarity that brings them back."""
    random = np.random.default_rng(seed)
    size = np.ptp(np.concatenate([box.corners for box in boxes]), axis=0).max()
    true = Similarity(rotation, 1.2 * size, np.array([0.4, -0.7, 0.9]))
    shapes = []
    for box in boxes:
        points = fake_iscene.shape_of(shape, box.centre, box.size, box.yaw)[0]
        points = points + random.normal(0, noise * size / np.sqrt(3), 3)
        shapes.append((points - true.shift) @ rotation / true.scale)
    return shapes, true


def miss(found, true, boxes):
    """Metres by which corners end elsewhere, at most, as a share of the scene."""
    corners = np.concatenate([box.corners for box in boxes])
    cube = (corners - true.shift) @ true.rotation / true.scale
    return np.linalg.norm(found.apply(cube) - corners, axis=1).max() / np.ptp(corners, axis=0).max()


@pytest.mark.parametrize("count", [3, 4, 7, 12])
@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
def test_the_scene_is_found_again(count, noise):
    for seed in range(3):
        boxes = scene(count, 10 * count + seed)
        shapes, true = in_the_cube(boxes, turn_of(1.9 * seed + 0.4), noise, seed)
        found = solve(boxes, shapes)
        assert np.linalg.det(found.rotation) == pytest.approx(1)
        assert miss(found, true, boxes) < 1e-3 + 2.5 * noise
        assert found.scale == pytest.approx(true.scale, rel=1e-3 + 2.5 * noise)


def test_a_cube_that_follows_the_cameras_pitch_is_found():
    convention = Convention(Z_IS_UP_IN_THE_PICTURE, "camera")
    for seed, pitch in itertools.product(range(3), (20, 40)):
        boxes = scene(5, seed)
        rotation = convention.rotation(looking(pitch))
        shapes, true = in_the_cube(boxes, rotation, 0.01, seed)
        found = solve(boxes, shapes)
        assert angle_between(found.rotation, rotation) < 5
        assert math.degrees(math.acos(found.rotation[2, 2])) == pytest.approx(pitch, abs=5)
        assert miss(found, true, boxes) < 0.06


@pytest.mark.parametrize("lies", MIRRORS)
@pytest.mark.parametrize("count", [3, 5, 9])
def test_a_cube_that_is_mirrored_or_upside_down_is_refused(lies, count):
    for seed in range(3):
        boxes = scene(count, 100 + 10 * count + seed)
        shapes, _ = in_the_cube(boxes, turn_of(seed), 0.01, seed)
        with pytest.raises(ISceneError) as caught:
            solve(boxes, [points * MIRRORS[lies] for points in shapes])
        assert caught.value.remedy


def test_a_cube_on_its_side_is_refused_unless_it_is_a_trial():
    boxes = scene(4, 3)
    side = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    shapes, true = in_the_cube(boxes, side)
    with pytest.raises(ISceneError, match="side"):
        solve(boxes, shapes)
    assert angle_between(solve(boxes, shapes, trial=True).rotation, side) < 1
    convention = Convention(Z_IS_UP_IN_THE_PICTURE, "azimuth")
    rotation = convention.rotation(looking(30))
    shapes, true = in_the_cube(boxes, rotation)
    assert miss(solve(boxes, shapes, convention, looking(30)), true, boxes) < 1e-3


@pytest.mark.parametrize("count", [3, 4, 7])
def test_shapes_that_do_not_fit_are_refused(count):
    for seed in range(3):
        random = np.random.default_rng(seed)
        shapes = [fake_iscene.CORNERS * size + random.uniform(-0.3, 0.3, 3) for size in random.uniform(0.1, 0.4, count)]
        with pytest.raises(ISceneError, match=r"fit the room: it misses by|lies"):
            solve(scene(count, seed), shapes)


def test_one_shape_that_is_elsewhere_does_not_carry_the_rest_away():
    boxes = scene(6, 4)
    shapes, true = in_the_cube(boxes, turn_of(0.4), 0.005)
    shapes[2] = shapes[2] + (0.4, 0.4, 0.1)
    assert miss(solve(boxes, shapes), true, boxes) < 0.03


@pytest.mark.parametrize("pitch", [0, 30])
def test_three_lamps_in_a_row_stand(pitch):
    """Their centres leave open how they are turned about the row; their corners tell."""
    boxes = [Box(np.array([x, 0.5, 0.6]), np.array([0.3, 0.3, 1.2]), 0.4) for x in (-1.0, 0.2, 1.3)]
    rotation = Convention(Z_IS_UP_IN_THE_PICTURE, "camera").rotation(looking(pitch))
    for noise in (0.0, 0.01):
        shapes, true = in_the_cube(boxes, rotation, noise)
        found = solve(boxes, shapes)
        assert angle_between(found.rotation, rotation) < 1 + 800 * noise
        assert miss(found, true, boxes) < 0.01 + 5 * noise


def test_lopsided_shapes_count_by_their_bounds():
    boxes = scene(5, 7)
    shapes, true = in_the_cube(boxes, turn_of(2.2), shape="L")
    assert miss(solve(boxes, shapes), true, boxes) < 0.01


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("follows", ["azimuth", "camera"])
def test_few_boxes_need_the_convention(count, follows):
    boxes, camera = scene(count, 5), looking(25)
    convention = Convention(Z_IS_UP_IN_THE_PICTURE if follows == "camera" else UPRIGHT, follows)
    shapes, true = in_the_cube(boxes, convention.rotation(camera))
    assert miss(solve(boxes, shapes, convention, camera), true, boxes) < 1e-6
    for given in ((None, camera), (convention, None)):
        with pytest.raises(ISceneError, match="not tell how the scene is turned") as caught:
            solve(boxes, shapes, *given)
        assert "Try I-Scene" in caught.value.remedy
    long = [points * (1, 1, 4) for points in shapes]
    with pytest.raises(ISceneError, match="does not fit"):
        solve(boxes, long, convention, camera)


def test_inputs_that_are_none_are_refused():
    boxes = scene(3, 0)
    shapes, _ = in_the_cube(boxes, np.eye(3))
    bad = np.array([0.0, 0, np.nan])
    for wrong in (
        ([], []), (boxes, shapes[:2]), (boxes, [shapes[0], shapes[1], shapes[2] * np.nan]),
        (boxes, [shapes[0], shapes[1], np.empty((0, 3))]), ([*boxes[:2], Box(bad, boxes[2].size, 0.0)], shapes),
        ([*boxes[:2], Box(boxes[2].centre, boxes[2].size * 0, 0.0)], shapes),
    ):  # fmt: skip
        with pytest.raises(InvalidInputError):
            solve(*wrong)
    with pytest.raises(InvalidInputError, match="no rotation"):
        solve(boxes, shapes, camera=np.ones((3, 3)))
    with pytest.raises(ISceneError, match="too near each other"):
        solve([boxes[0]] * 3, [shapes[0]] * 3)


# conventions


@pytest.mark.parametrize("follows", ["azimuth", "camera"])
def test_the_convention_is_found_and_kept(follows):
    camera, noise = looking(25), turn_of(0.05)
    for seed in range(6):
        random = np.random.default_rng(seed)
        signs = np.diag(random.choice([-1, 1], 3))[random.permutation(3)]
        signs = signs * np.linalg.det(signs)
        rows = tuple(tuple(int(value) for value in row) for row in signs.round())
        known = Convention(rows, follows)
        found = calibrate(Similarity(noise @ known.rotation(camera), 2.0, np.zeros(3)), camera)
        assert found == known
        assert Convention.of_json(found.to_json()) == found


def test_what_no_convention_explains_is_refused():
    with pytest.raises(ISceneError, match="No convention"):
        calibrate(Similarity(looking(25) @ turn_of(0.6), 1.0, np.zeros(3)), looking(25))
    with pytest.raises(ISceneError, match="does not tell whether"):
        calibrate(Similarity(turn_of(0.3), 1.0, np.zeros(3)), looking(1))
    with pytest.raises(ISceneError, match="rolled"):
        Convention(UPRIGHT, "azimuth").rotation(np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]]))


@pytest.mark.parametrize(
    "text",
    ["", "[", "{}", "[1]", '{"version": 1, "permutation": [[2,0,0],[0,1,0],[0,0,1]], "follows": "camera"}',
     '{"version": 1, "permutation": [[1,0,0],[0,1,0],[0,0,1]], "follows": "me"}',
     '{"version": 1, "permutation": [[-1,0,0],[0,1,0],[0,0,1]], "follows": "camera"}',
     '{"version": 1, "permutation": 3, "follows": "camera"}', "[" * 100_000],
)  # fmt: skip
def test_other_texts_are_no_conventions(text):
    with pytest.raises(InvalidInputError, match="convention"):
        Convention.of_json(text)


# a person's mesh onto theirs

LEGS = [((x, y, -0.06), (0.1, 0.1, 0.88)) for x in (-0.45, 0.45) for y in (-0.45, 0.45)]
PIECES = {
    "L": fake_iscene.PARTS["L"],
    "table": [((0, 0, 0.45), (1, 1, 0.1)), *LEGS],
    "chair": [((0, 0, 0), (1, 1, 0.08)), ((0, 0.46, 0.25), (1, 0.08, 0.5)), *[((x, y, -0.25), (0.1, 0.1, 0.5))
              for x in (-0.4, 0.4) for y in (-0.4, 0.4)]],
}  # fmt: skip


def piece(name, size):
    parts = [fake_iscene.CORNERS * part_size + middle for middle, part_size in PIECES[name]]
    rows = np.concatenate([fake_iscene.FACES + 8 * number for number in range(len(parts))])
    return Mesh(np.concatenate(parts) * size, rows)


@pytest.mark.parametrize(("name", "size"), [("L", (2.2, 1.5, 0.8)), ("chair", (0.5, 0.5, 0.9))])
def test_a_persons_mesh_takes_the_pose(name, size):
    mesh = piece(name, size)
    for yaw in (0.0, 0.7, -2.5):
        random = np.random.default_rng(1)
        theirs = surface_points(mesh, 2500, 2) @ turn_of(yaw).T + (1.0, -2.0, 0.4)
        begin = time.process_time()
        found = register(surface_points(mesh, 2500, 1), theirs + random.normal(0, 0.01, theirs.shape))
        assert time.process_time() - begin < 3
        assert found.accepted
        assert found.iou > 0.5
        assert found.yaw == pytest.approx(yaw, abs=0.06)
        np.testing.assert_allclose(found.shift, [1, -2, 0.4], atol=0.05)


@pytest.mark.parametrize(("yaw", "expected"), [(0.2, 0.2), (2.0, 2.0 - np.pi / 2), (-2.9, np.pi - 2.9)])
def test_a_square_table_is_turned_the_least(yaw, expected):
    mesh = piece("table", (0.9, 0.9, 0.75))
    found = register(surface_points(mesh, 2500, 1), surface_points(mesh, 2500, 2) @ turn_of(yaw).T)
    assert found.accepted
    assert found.yaw == pytest.approx(expected, abs=0.05)


def test_another_shape_gives_box_and_yaw_alone():
    own = surface_points(piece("table", (2.0, 0.3, 2.4)), 2000, 1)
    theirs = surface_points(piece("L", (0.6, 0.3, 0.3)), 2000, 2) @ turn_of(np.pi / 2).T + (3.0, 0, 1)
    found = register(own, theirs)
    assert not found.accepted
    assert abs(found.yaw) == pytest.approx(np.pi / 2, abs=0.1)
    middle = (theirs.min(axis=0) + theirs.max(axis=0)) / 2
    placed = found.apply(own)
    np.testing.assert_allclose((placed.min(axis=0) + placed.max(axis=0)) / 2, middle, atol=1e-6)


@pytest.mark.parametrize("points", [np.empty((0, 3)), np.full((4, 3), np.nan), np.zeros((4, 2))])
def test_clouds_that_are_none_are_refused(points):
    with pytest.raises(InvalidInputError):
        register(points, np.zeros((4, 3)))


@pytest.mark.parametrize("follows", ["azimuth", "camera"])
def test_what_leans_is_levelled(follows):
    """By what the convention has upright: a cube that is pitched as the camera is stays pitched."""
    camera = looking(25)
    true = Convention(UPRIGHT, follows).rotation(camera)
    for degrees in (0.5, 3.0):
        lean = np.array([[1, 0, 0], [0, math.cos(math.radians(degrees)), -math.sin(math.radians(degrees))],
                         [0, math.sin(math.radians(degrees)), math.cos(math.radians(degrees))]])  # fmt: skip
        about = np.array([1.0, 2.0, 0.5])
        found = levelled(Similarity(lean @ true, 2.0, np.array([0.3, 0.2, 0.1])), camera, about)
        np.testing.assert_allclose(found.rotation @ true[2], (0, 0, 1), atol=1e-9)
        assert angle_between(found.rotation, lean @ true) == pytest.approx(degrees, abs=0.01)
        inside = np.linalg.solve(2 * lean @ true, about - (0.3, 0.2, 0.1))
        np.testing.assert_allclose(found.apply(inside[None])[0], about, atol=1e-9)
    askew = Similarity(turn_of(0.7) @ true, 1.0, np.zeros(3))
    assert levelled(askew, camera, np.zeros(3)) is askew
