"""Training of the geometry decoder: what batches hold, and that a network learns from them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from instructscene_core.datasets.starter import build_rooms
from instructscene_core.geometry.relations import REVERSED, clear_of_borders, lamp_flags, relation_matrix
from instructscene_core.models.geometry_decoder import UNIT, UNKNOWN, GeometryDecoder, GeometryDecoderConfig
from instructscene_core.training.decoder import LayoutSet
from instructscene_core.training.geometry import GeometrySettings, GeometryTask
from instructscene_core.training.loop import LoopSettings, Trainer
from instructscene_core.training.pairs import EMPTY
from instructscene_core.vocabulary import ALL_CLASSES, NO_RELATION, ROOM_TYPES

pytestmark = pytest.mark.usefixtures("room_cache")

TINY = GeometryDecoderConfig(len(ALL_CLASSES), width=32, edge_width=16, time_width=16, heads=2, blocks=1)
TRUE = {"forgotten": 0.0, "unrelated": 0.0, "contradicted": 0.0}
"""Settings with which all relations are told, and none wrongly."""
SHORT = LoopSettings(steps=12, batch=16, learning_rate=3e-3, warmup=4, log_every=4, save_minutes=0.0)


@pytest.fixture(scope="module")
def layouts(room_cache):  # noqa: ARG001 - tells where they are kept
    return LayoutSet.of([build_rooms(20, 0, room_type=room) for room in ROOM_TYPES])


def task_of(layouts, before=0, **settings):
    torch.manual_seed(0)
    settings = {"batch": 16, **settings}
    return GeometryTask(GeometryDecoder(TINY), layouts, GeometrySettings(**settings), before=before)


def batches(task, count=8):
    torch.manual_seed(5)
    return [task.batch() for _ in range(count)]


def boxes_of(batch):
    """(B, n, 7) in the tensors' frame, as the batch has turned them."""
    x, z, cosine, sine = batch.clean.double().unbind(-1)
    height, angle = batch.room.height.double(), torch.atan2(sine, cosine)
    return torch.stack([x * UNIT, height, z * UNIT, *batch.room.half.double().unbind(-1), angle], dim=-1).numpy()


def test_relations_of_a_turned_batch_are_those_of_its_turned_boxes(layouts):
    compared = 0
    for batch in batches(task_of(layouts, **TRUE)):
        lamps = np.append(lamp_flags(ALL_CLASSES), False)[batch.room.classes.numpy()]
        mask, boxes = batch.room.mask.numpy(), boxes_of(batch)
        clear = clear_of_borders(lamps, boxes, mask, distance=1e-3, angle=1e-3)
        wanted, found = relation_matrix(lamps, boxes, mask), batch.room.relations.numpy()
        assert (found == wanted)[clear].all()
        assert (found == NO_RELATION)[~mask[:, :, None] | ~mask[:, None]].all()
        compared += (clear & (found != NO_RELATION)).sum()
    assert compared > 1000


def test_rooms_are_turned_all_four_ways_with_their_walls(layouts):
    task, doors = task_of(layouts, closed=0.0), set()
    for batch in batches(task):
        boxes = boxes_of(batch)
        for k in range(16):
            rows = batch.room.segments[k][batch.room.enclosed[k]].numpy()
            walls, openings = rows[rows[:, 0] == 0], rows[rows[:, 0] > 0]
            np.testing.assert_allclose(walls[:, 3:5], np.roll(walls[:, 1:3], -1, axis=0), atol=1e-5)
            low, high = walls[:, 1:3].min(axis=0), walls[:, 1:3].max(axis=0)
            places = boxes[k][batch.room.mask[k].numpy()][:, [0, 2]]
            assert (places > low).all()
            assert (places < high).all()
            across = walls[:, 3:5] - walls[:, 1:3]
            for opening in openings:
                way = opening[3:5] - opening[1:3]
                gaps = (opening[1:3] - walls[:, 1:3]) @ np.array([[0, -1], [1, 0]]) * across
                on = (np.abs(gaps.sum(axis=1)) < 1e-3) & (across @ way < -1e-3)
                assert on.any()  # it lies on a wall, and runs against it
            (first, *_) = openings[openings[:, 0] == 1]
            doors.add(tuple(np.sign(np.round(first[3:5] - first[1:3], 3))))
    assert doors >= {(0.0, 1.0), (0.0, -1.0), (1.0, 0.0), (-1.0, 0.0)}


def test_rooms_of_a_batch_have_about_as_many_objects_and_all_of_them(layouts):
    for batch in batches(task_of(layouts)):
        counts = batch.room.mask.sum(dim=1)
        assert counts.max() - counts.min() < 3
        assert batch.room.mask.shape[1] - counts.max() < 3
        assert (batch.room.classes[~batch.room.mask] == EMPTY).all()
        assert (batch.room.mask.long().diff(dim=1) <= 0).all()  # empty slots are last
        torch.testing.assert_close(batch.clean[..., 2:].norm(dim=-1), torch.ones(batch.room.mask.shape))


@pytest.mark.parametrize("settings", [{}, {"contradicted": 1.0, "wrong": 0.5}, {"forgotten": 1.0}])
def test_relations_say_the_same_both_ways(layouts, settings):
    back = torch.tensor([*REVERSED.tolist(), UNKNOWN])
    for batch in batches(task_of(layouts, **{**TRUE, **settings})):
        relations = batch.room.relations
        n = relations.shape[1]
        upper = torch.ones(n, n, dtype=torch.bool).triu(1)
        assert torch.equal(back[relations].transpose(1, 2)[:, upper.T], relations[:, upper.T])
        assert (relations.diagonal(dim1=1, dim2=2) == NO_RELATION).all()


def test_relations_are_forgotten_by_rooms_and_made_wrong(layouts):
    true = batches(task_of(layouts, **TRUE))
    for batch in batches(task_of(layouts, **{**TRUE, "unrelated": 1.0})):
        off = ~torch.eye(batch.room.mask.shape[1], dtype=torch.bool)
        assert (batch.room.relations[:, off] == UNKNOWN).all()
    shares = []
    for batch in batches(task_of(layouts, **{**TRUE, "forgotten": 1.0})):
        off = ~torch.eye(batch.room.mask.shape[1], dtype=torch.bool)
        shares.extend((batch.room.relations[:, off] == UNKNOWN).float().mean(dim=1).tolist())
    assert min(shares) < 0.1
    assert max(shares) > 0.9
    wrong = batches(task_of(layouts, **{**TRUE, "contradicted": 1.0, "wrong": 0.5}))
    assert not any((batch.room.relations == UNKNOWN).any() for batch in wrong)
    differing = [
        (a.room.relations != b.room.relations).float().mean()
        for a, b in zip(true, wrong, strict=True)
        if a.room.relations.shape == b.room.relations.shape
    ]
    assert max(differing) > 0.2


def test_doors_and_windows_are_hidden_and_poses_known_in_some_rooms(layouts):
    for share in (0.0, 1.0):
        for batch in batches(task_of(layouts, closed=share, completed=share), 4):
            openings = batch.room.enclosed & (batch.room.segments[..., 0] > 0)
            assert bool(openings.any()) == (share == 0)
            assert (batch.room.enclosed & (batch.room.segments[..., 0] == 0)).sum(dim=1).min() >= 4
            assert bool(batch.known.any()) == (share == 1)
            assert not (batch.known & ~batch.room.mask).any()


def test_only_poses_that_are_not_known_are_learned(layouts):
    task = task_of(layouts)
    batch = task.batch()
    task.batch = lambda: batch._replace(known=batch.room.mask & (torch.arange(batch.room.mask.shape[1]) > 0))
    (terms,) = task.losses(0)
    terms["loss"].backward()
    first = terms["loss"].item()
    batch.clean[:, 1:] += 0.3  # the network is new, and says nothing: its error is that of the first object alone
    torch.manual_seed(0)
    (again,) = task.losses(0)
    torch.manual_seed(0)
    batch.clean[:, 1:] -= 0.3
    (once_more,) = task.losses(0)
    assert again["loss"].item() == pytest.approx(once_more["loss"].item(), abs=1e-6)
    assert first > 0.1
    assert terms["loss"].item() == pytest.approx((terms["place"].item() + terms["turn"].item()) / 2, abs=1e-6)


def test_it_learns_a_small_batch_by_heart(layouts, tmp_path):
    few = LayoutSet(**{name: getattr(layouts, name)[:4] for name in LayoutSet.__dataclass_fields__})
    before = mean_loss(task_of(few, **TRUE))
    task = task_of(few, **TRUE)
    Trainer(task, replace(SHORT, steps=150, learning_rate=1e-2), tmp_path).run()
    assert mean_loss(task) < 0.6 * before


def mean_loss(task):
    losses = []
    for step in range(1000, 1012):
        torch.manual_seed(step)
        with torch.no_grad():
            losses.extend(float(terms["loss"]) for terms in task.losses(step))
    return np.mean(losses)


def test_a_resumed_run_gives_the_same_weights_and_knows_what_was_seen_before(layouts, tmp_path):
    whole = Trainer(task_of(layouts), SHORT, tmp_path / "whole").run()
    first = Trainer(task_of(layouts, before=1000), SHORT, tmp_path / "parts")
    first.resume()
    for _ in range(5):
        first.advance()
    first.save()
    task = task_of(layouts, before=1080)  # as read from weights that the first part of the run wrote
    second = Trainer(task, SHORT, tmp_path / "parts")
    parts = second.run()
    assert second.step == 12
    assert task.seen(second.step) == 1000 + 12 * 16
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
