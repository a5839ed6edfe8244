"""The tables of placing: what is asked and how answers are judged, and a run that goes on where it stopped."""

import numpy as np
import pytest
import torch

from instructscene_core.datasets.compositions import FLOOR
from instructscene_core.errors import InvalidInputError
from instructscene_core.evaluation import placing_run
from instructscene_core.evaluation.placing import answers, ordering
from instructscene_core.evaluation.placing.answers import Answer, errors_of, rule_answers, told_wrongly
from instructscene_core.evaluation.placing.networks import SMALL
from instructscene_core.evaluation.placing.worlds import mirrored, worlds
from instructscene_core.models.geometry_placer import GeometryPlacer

FEW = ("starts", "proximity", "symmetry")
"""Tables that need few networks."""


@pytest.fixture(scope="module")
def sets():
    return worlds(12)


def test_scenes_are_new_and_equal_by_number(sets):
    assert set(sets) == {"random", "structured", "unseen families", "unseen layouts and families", "equal shapes"}
    again = worlds(12)["structured"]
    for one, other in zip(sets["structured"].scenes, again.scenes, strict=True):
        assert [tuple(p.position) for p in one.placed] == [tuple(p.position) for p in other.placed]
    for scene in sets["equal shapes"].scenes:
        assert len({id(placed.shape) for placed in scene.placed}) == 1
        assert len(scene.placed) >= 3
    seats = [len(scene.placed) for scene in sets["structured"].scenes]
    assert np.mean(seats) > 4


@pytest.mark.parametrize("cue", ["box", "edge", "none"])
def test_only_one_cue_is_told(sets, cue):
    inputs = sets["random"].batch(cue, 0).inputs
    assert not inputs.cue_mask[:, :, 1:].any()
    assert inputs.cue_mask.any() == (cue != "none")


def test_the_true_pose_has_no_error(sets):
    batch = sets["random"].batch("box", 1)
    found = [
        Answer(b, a, [batch.scenes[b].wanted[a]], batch.scenes[b].on[a])
        for b, a in batch.targets.asked.nonzero().tolist()
    ]
    for one in errors_of(batch, found):
        assert one.ground == one.height == 0
        assert one.iou == pytest.approx(1)
        assert one.right
        assert not one.inside


@pytest.mark.parametrize("frame", ["view", "room"])
def test_the_rules_camera_sees_the_rectangle_that_is_told(sets, frame):
    batch = sets["random"].batch("box", 2, jitter=0.0, frame=frame)
    for b, a in batch.targets.asked.nonzero().tolist():
        scene = batch.scenes[b]
        truth, camera = scene.wanted[a], np.array(answers.camera_of(scene.view))
        corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (0, 1)]) * truth.shape.size
        places = np.concatenate([corners[:, :2] @ truth.axes, corners[:, 2:]], axis=1) + truth.position
        clip = np.concatenate([places, np.ones((8, 1))], axis=1) @ camera.T
        flat = (clip[:, :2] / clip[:, 3:]).clip(-1.5, 1.5)
        told = batch.inputs.cues[b, a, 0, 4:8].numpy()
        np.testing.assert_allclose([*flat.min(axis=0), *flat.max(axis=0)], told, atol=1e-4)


def test_the_rule_finds_what_a_rectangle_means(sets):
    batch = sets["random"].batch("box", 3, jitter=0.0)
    errors = errors_of(batch, rule_answers(batch))
    assert np.median([one.ground for one in errors]) < 0.05
    assert not any(one.inside for one in errors)


def test_controls_change_what_they_say_and_nothing_else(sets):
    batch = sets["random"].batch("box", 4)
    for control, names in (
        ("wrong scene", {"scene_points", "scene_places", "scene_mask"}),
        ("shuffled cue", {"cues", "cue_mask"}),
        ("", set()),
    ):
        told = told_wrongly(batch, control)
        changed = {name for name in told._fields if not torch.equal(getattr(told, name), getattr(batch.inputs, name))}
        assert changed <= names
        assert bool(changed) == bool(names)
    boxed = sets["random"].boxed().batch("box", 4)
    assert torch.equal(boxed.targets.pose, batch.targets.pose)
    assert not torch.equal(boxed.inputs.points, batch.inputs.points)


def test_a_mirrored_scene_is_mirrored(sets):
    one, other = (world.batch("edge", 5, azimuth=0.0) for world in (sets["random"], mirrored(sets["random"])))
    for scene, second in zip(one.scenes, other.scenes, strict=True):
        for placed, twin in zip(scene.kept, second.kept, strict=True):
            np.testing.assert_allclose(placed.position * [-1, 1, 1], twin.position)
    flip = torch.tensor([-1.0, 1, 1])
    torch.testing.assert_close(one.inputs.surfaces[..., :3] * flip, other.inputs.surfaces[..., :3])
    torch.testing.assert_close(one.inputs.scene_places[..., :3] * flip, other.inputs.scene_places[..., :3])


def test_baselines_know_tops_and_compartments(sets):
    batch = sets["random"].batch("none", 6)
    errors = {"top of box": [], "ray down": [], "floor only": []}
    for scene in batch.scenes:
        for truth in scene.wanted:
            if truth.host != FLOOR:
                for name, height in answers.heights_of_baselines(scene, truth).items():
                    errors[name].append(abs(height - truth.position[2]))
    assert np.median(errors["ray down"]) <= np.median(errors["top of box"]) + 1e-9 < np.median(errors["floor only"])


def test_orders_only_change_the_order(sets):
    """A pose is told on the surface on which it stands, and comes back from there; the nearest place is found."""
    batch = sets["structured"].batch("edge", 7)
    for scene in batch.scenes:
        for a, truth in enumerate(scene.wanted):
            surface, pose = ordering.told_on(scene, truth)
            back = scene.placed(a, surface, pose.double().numpy())
            np.testing.assert_allclose(back.position, truth.position, atol=1e-6)
            assert np.cos(back.yaw - truth.yaw) == pytest.approx(1)
    offered = rule_answers(batch, ordering.OFFERED)
    assert max(len(answer.drawn) for answer in offered) == ordering.OFFERED
    torch.manual_seed(0)
    model = GeometryPlacer(SMALL).eval()
    for found in (ordering.ordered(model, batch, batch.inputs, offered, 0), ordering.nearest(batch, offered)):
        for one, other in zip(found, offered, strict=True):
            assert {id(placed) for placed in one.drawn} == {id(placed) for placed in other.drawn}
    grounds = [np.mean([error.ground for error in errors_of(batch, found)]) for found in (
        ordering.nearest(batch, offered), offered)]  # fmt: skip
    assert grounds[0] < grounds[1]


def test_a_run_goes_on_and_refuses_other_options(tmp_path, capsys):
    placing_run.run(tmp_path, 1, 3, 1, FEW)
    first = capsys.readouterr().out
    assert "| from scratch |" in first
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "networks").glob("*.safetensors")}
    assert len(files) == 6
    (tmp_path / "symmetry.json").unlink()
    placing_run.run(tmp_path, 1, 3, 1, FEW)
    assert capsys.readouterr().out == first
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "networks").glob("*.safetensors")} == files
    with pytest.raises(InvalidInputError, match="figures of other steps"):
        placing_run.run(tmp_path, 2, 3, 1, FEW)
