"""What the geometry placer reads: patches of shapes, surfaces, poses there and back, and the frame of the view."""

from dataclasses import replace

import numpy as np
import pytest

from instructscene_core.datasets.compositions import FLOOR, Composition, Placed, compose, held_out_shape
from instructscene_core.training import placer_features
from instructscene_core.training.placer_features import CUES, PATCHES, POINTS, Asking, ShapeBank, make_batch, patches_of


@pytest.fixture(scope="module")
def bank():
    return ShapeBank.of(60, np.random.default_rng(0))


@pytest.fixture(scope="module")
def scenes(bank):
    rng = np.random.default_rng(1)
    return [compose(rng, bank.draw) for _ in range(24)]


def test_patches_lie_on_the_shape_and_are_of_one_size():
    rng = np.random.default_rng(0)
    shape = held_out_shape(big=True, rng=rng)
    points, middles = patches_of(shape, rng)
    assert points.shape == (PATCHES, POINTS, 6)
    places = points[..., :3] + middles[:, None]
    solid = shape.solid("shape")
    assert (places >= solid.low - 1e-9).all()
    assert (places <= solid.high + 1e-9).all()
    np.testing.assert_allclose(np.linalg.norm(points[..., 3:], axis=-1), 1)
    spread = np.linalg.norm(points[..., :3], axis=-1).mean()
    assert spread < 0.6 * np.linalg.norm(places - places.mean(axis=(0, 1)), axis=-1).mean()


def test_a_batch_tells_what_it_should(bank, scenes):
    batch = make_batch(scenes, bank, 3, np.random.default_rng(2))
    inputs, targets, _ = batch
    assert inputs.surface_mask[:, 0].all(), "the floor is always there"
    assert (inputs.surfaces[:, 0, -1] == 1).all()
    chosen = inputs.surface_mask.gather(1, targets.surface)
    assert chosen[targets.asked].all()
    on = (targets.surface[targets.asked] > 0).float().mean()
    assert 0.3 < on < 0.8
    cosine, sine = targets.pose[targets.asked][:, 2:4].T
    np.testing.assert_allclose(cosine**2 + sine**2, 1, atol=1e-5)
    assert all(part.isfinite().all() for part in (*inputs, targets.pose))
    told = inputs.cue_mask[targets.asked].float()
    assert 0.2 < told.mean() < 0.8
    assert (told[:, :-1] >= told[:, 1:]).all()
    assert inputs.cues.shape[2] == CUES


@pytest.mark.parametrize("frame", ["view", "room"])
def test_a_pose_on_its_surface_is_where_the_place_is_told(bank, scenes, frame):
    """u and v in the surface's frame lead to the x and y of the cue that gives these."""
    asking = Asking(edge=0.0, box=0.0, place=1.0, support=1.0, frame=frame)
    inputs, targets, shown = make_batch(scenes, bank, 3, np.random.default_rng(3), asking)
    for b, a in np.argwhere(targets.asked.numpy()):
        surface, (u, v, *_) = inputs.surfaces[b, targets.surface[b, a]].numpy(), targets.pose[b, a].numpy()
        cosine, sine = surface[5:7]
        place = surface[:2] + np.array([cosine * u - sine * v, sine * u + cosine * v])
        np.testing.assert_allclose(place, inputs.cues[b, a, 0, 4:6], atol=1e-4)
        np.testing.assert_allclose(surface[:3], inputs.cues[b, a, 1, 4:7], atol=1e-5)
        scene = shown[b]
        placed = scene.placed(a, scene.on[a], targets.pose[b, a].double().numpy())
        np.testing.assert_allclose(placed.position, scene.wanted[a].position, atol=1e-4)
        assert np.cos(placed.yaw - scene.wanted[a].yaw) == pytest.approx(1, abs=1e-4)


def test_turning_scene_and_camera_together_changes_nothing(bank, scenes, monkeypatch):
    """All inputs are told in the frame of the view, but for the relations, which are of the room's axes."""
    asking = Asking(edge=0.0, box=1.0, place=1.0, support=1.0)
    turn = 0.7
    cosine, sine = np.cos(turn), np.sin(turn)
    axes = np.array([[cosine, sine], [-sine, cosine]])
    turned = [Composition(tuple(_turned(placed, axes, turn) for placed in scene.placed)) for scene in scenes]
    draw = placer_features.View.draw
    first = make_batch(scenes, bank, 2, np.random.default_rng(4), asking)
    monkeypatch.setattr(placer_features.View, "draw", staticmethod(lambda rng, _: draw(rng).turned(turn)))
    second = make_batch(turned, bank, 2, np.random.default_rng(4), asking)
    for name, one, other in zip(first.inputs._fields, first.inputs, second.inputs, strict=True):
        np.testing.assert_allclose(one.float(), other.float(), atol=1e-4, err_msg=name)
    np.testing.assert_allclose(first.targets.pose, second.targets.pose, atol=1e-4)


def test_in_the_rooms_axes_the_camera_is_aside(bank, scenes):
    """The same camera sees the same rectangle, whatever the axes; only "room" tells where it stands."""
    rows = {}
    for frame in ("view", "room", "room, azimuth untold"):
        asking = Asking(edge=0.0, box=1.0, place=0.0, support=0.0, jitter=0.0, frame=frame)
        inputs, targets, _ = make_batch(scenes, bank, 2, np.random.default_rng(4), asking)
        rows[frame] = inputs.cues[:, :, 0][targets.asked].numpy()
    for frame in ("room", "room, azimuth untold"):
        np.testing.assert_allclose(rows["view"][:, :11], rows[frame][:, :11], atol=1e-5)
    np.testing.assert_allclose(rows["view"][:, 11:13], [[1, 0]] * len(rows["view"]))
    np.testing.assert_allclose(np.linalg.norm(rows["room"][:, 11:13], axis=1), 1, atol=1e-5)
    assert not rows["room, azimuth untold"][:, 11:].any()


def _turned(placed: Placed, axes, turn):
    place = np.array([*(placed.position[:2] @ axes), placed.position[2]])
    return replace(placed, position=place, yaw=placed.yaw + turn)


def test_what_stands_on_what_is_asked_for_is_left_out(scenes):
    rng = np.random.default_rng(5)
    for scene in scenes:
        for _ in range(5):
            wanted, kept = placer_features.split(scene, 3, rng)
            assert not set(wanted) & set(kept)
            for number in (*wanted, *kept):
                assert scene.placed[number].host in (FLOOR, *kept)


def test_the_true_pose_is_inside_nothing_and_a_moved_one_is(bank, scenes):
    batch = make_batch(scenes, bank, 3, np.random.default_rng(6))
    moved = []
    for b, a in np.argwhere(batch.targets.asked.numpy()):
        pose = batch.targets.pose[b, a].double().numpy()
        assert placer_features.overlap_of(batch, b, a, pose) < 0.003
        others = [one for one in batch.scenes[b].kept if one.host == FLOOR]
        if others and batch.targets.surface[b, a] == 0:
            middle, yaw = batch.scenes[b].surfaces[batch.scenes[b].on[a]]
            view = others[0].position[:2] - middle[:2]
            cosine, sine = np.cos(yaw), np.sin(yaw)
            into = np.array([cosine * view[0] + sine * view[1], cosine * view[1] - sine * view[0], *pose[2:]])
            moved.append(placer_features.overlap_of(batch, b, a, into))
    assert np.mean(np.array(moved) > 0.01) > 0.6
