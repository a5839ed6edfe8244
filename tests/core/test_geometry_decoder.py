"""The layout decoder that sees geometry: what it is shown of poses, and what must not change its answer."""

import math

import pytest
import torch

from instructscene_core.models.geometry_decoder import (
    UNIT,
    UNKNOWN,
    GeometryDecoder,
    GeometryDecoderConfig,
    Room,
    Walls,
    length_code,
    pair_geometry,
    wall_geometry,
)
from instructscene_core.vocabulary import NO_RELATION

CLASSES = 7
CONFIG = GeometryDecoderConfig(CLASSES, width=32, edge_width=16, time_width=16, heads=4, blocks=2)
CORNERS = torch.tensor([[-2.0, -1.5], [-2.0, 1.5], [2.0, 1.5], [2.0, -1.5]])
"""(x, z) of a floor, anticlockwise seen from above."""


@pytest.fixture(scope="module")
def decoder():
    torch.manual_seed(0)
    model = GeometryDecoder(CONFIG).eval()
    torch.nn.init.normal_(model.out.weight)  # which is zero in a new network
    return model


def segments_of_floor():
    """Four walls, a door and a window, (6, 7)."""
    walls = torch.cat([CORNERS, CORNERS.roll(-1, dims=0)], dim=1)
    rows = torch.zeros(6, 7)
    rows[:4, 1:5], rows[:4, 6] = walls, 2.6
    rows[4] = torch.tensor([1, -2.0, 0.9, -2.0, 0.0, 0.0, 2.1])
    rows[5] = torch.tensor([2, 2.0, -1.0, 2.0, 0.5, 0.9, 2.2])
    return rows


def poses_of(rooms, n):
    angle = torch.rand(rooms, n) * 2 * math.pi
    return torch.cat([torch.randn(rooms, n, 2) * 0.6, torch.stack([angle.cos(), angle.sin()], dim=-1)], dim=-1)


def rooms_of(counts, n):
    """Rooms with so many objects each in n slots, their poses (B, n, 4), known ones (B, n) and a guess."""
    torch.manual_seed(1)
    rooms = len(counts)
    mask = torch.arange(n) < torch.tensor(counts)[:, None]
    room = Room(
        torch.randint(CLASSES, (rooms, n)).masked_fill(~mask, CLASSES),
        torch.rand(rooms, n, 3) + 0.1,
        torch.rand(rooms, n),
        torch.randint(UNKNOWN + 1, (rooms, n, n)),
        mask,
        segments_of_floor().expand(rooms, -1, -1),
        torch.ones(rooms, 6, dtype=torch.bool),
        torch.arange(rooms) % 3,
    )
    return room, poses_of(rooms, n), (torch.rand(rooms, n) < 0.3) & mask, poses_of(rooms, n)


def velocity(decoder, room, poses, known, guess=None, t=None):
    t = torch.linspace(0.2, 0.9, len(poses)) if t is None else t
    return decoder(poses, t, decoder.encode(room), known, guess)


def moved(points, angle, shift):
    """Points (…, 2) of a room that was turned and pushed, as ``relations.rotate_boxes`` turns it."""
    c, s = math.cos(angle), math.sin(angle)
    x, z = points.unbind(-1)
    return torch.stack([c * x + s * z, c * z - s * x], dim=-1) + torch.tensor(shift)


def moved_poses(poses, angle, shift):
    c, s = math.cos(angle), math.sin(angle)
    cosine, sine = poses[..., 2:].unbind(-1)
    direction = torch.stack([c * cosine - s * sine, s * cosine + c * sine], dim=-1)
    return torch.cat([moved(poses[..., :2] * UNIT, angle, shift) / UNIT, direction], dim=-1)


def moved_segments(segments, angle, shift):
    ends = [moved(segments[..., k : k + 2], angle, shift) for k in (1, 3)]
    return torch.cat([segments[..., :1], *ends, segments[..., 5:]], dim=-1)


MOVES = [
    *((turns * math.pi / 2, (0.0, 0.0)) for turns in range(1, 4)),
    (0.0, (1.3, -0.7)),
    (0.7, (-2.0, 0.4)),
]


@pytest.mark.parametrize(("angle", "shift"), MOVES)
def test_how_objects_lie_to_each_other_stays_where_the_room_is_moved(angle, shift):
    poses, half = poses_of(2, 6), torch.rand(2, 6, 2) + 0.1
    before, after = pair_geometry(poses, half), pair_geometry(moved_poses(poses, angle, shift), half)
    torch.testing.assert_close(after[..., :-2], before[..., :-2], atol=2e-4, rtol=1e-4)
    way = moved(before[..., -2:], angle, (0.0, 0.0))  # the one part in the room's axes, on which relations depend
    torch.testing.assert_close(after[..., -2:], way, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(("angle", "shift"), MOVES)
def test_how_objects_stand_to_walls_stays_where_the_room_is_moved(angle, shift):
    poses, half = poses_of(2, 6), torch.rand(2, 6, 2) + 0.1
    segments = segments_of_floor().expand(2, -1, -1)
    before = wall_geometry(poses, half, Walls.of(segments))
    after = wall_geometry(moved_poses(poses, angle, shift), half, Walls.of(moved_segments(segments, angle, shift)))
    torch.testing.assert_close(after, before, atol=3e-4, rtol=1e-4)


def test_places_gaps_and_turns_are_in_the_first_ones_frame():
    # The second stands 2 m before the first, which faces +x, and looks back at it; both are 1 m wide, 0.4 m deep.
    poses = torch.tensor([[[0.0, 0.0, 0.0, 1.0], [2.0 / UNIT, 0.0, 0.0, -1.0]]])
    found = pair_geometry(poses, torch.tensor([[[0.5, 0.2], [0.5, 0.2]]]))
    for i, j in ((0, 1), (1, 0)):
        side, front, gap_side, gap_front = (found[0, i, j, :4] * UNIT).tolist()
        assert (side, front) == pytest.approx((0.0, 2.0), abs=1e-5)
        assert (gap_side, gap_front) == pytest.approx((-1.0, 1.6), abs=1e-5)
        assert found[0, i, j, -4:-2].tolist() == pytest.approx([-1.0, 0.0], abs=1e-5)  # turned to each other
    assert (found[0, 0, 1, -2:] * UNIT).tolist() == pytest.approx([2.0, 0.0], abs=1e-5)


def test_gaps_to_walls_are_those_of_the_outline_and_openings_run_as_their_walls():
    # A piece 1 m wide, 0.4 m deep, with its back to the wall x = -2, 0.1 m from it, in the middle of the wall.
    poses = torch.tensor([[[-1.7 / UNIT, 0.0, 0.0, 1.0]]])
    segments = segments_of_floor()[None]
    walls = Walls.of(segments)
    found = wall_geometry(poses, torch.tensor([[[0.5, 0.2]]]), walls)
    gaps = (found[0, 0, :, :4] * UNIT)[:, 0].tolist()
    assert gaps == pytest.approx([0.1, 1.0, 3.5, 1.0, 0.1, 3.5], abs=1e-5)
    facing, across, away, length = found[0, 0, 0, -4:].tolist()
    assert (facing, across) == pytest.approx((1.0, 0.0), abs=1e-5)
    assert (away * UNIT, length * UNIT) == pytest.approx((0.3, 3.0), abs=1e-5)
    middles = (found[0, 0, :, 3] * UNIT).tolist()
    assert middles[0] == pytest.approx(0.0, abs=1e-5)
    assert middles[4] == pytest.approx(-0.45, abs=1e-5)  # the door's middle is further along the wall
    torch.testing.assert_close(walls.inward[0, [4, 5]], walls.inward[0, [0, 2]])


def test_lengths_are_coded_by_themselves_and_by_waves():
    code = length_code(torch.tensor([[0.0, 8.0], [1.0, 4.0]]))
    assert code.shape == (2, 26)
    assert code[0, :2].tolist() == pytest.approx([0.0, 8.0 / UNIT])
    torch.testing.assert_close(code[0, 2:14], torch.zeros(12), atol=1e-4, rtol=0)
    torch.testing.assert_close(code[0, 14:], torch.ones(12), atol=1e-4, rtol=0)
    assert not torch.allclose(code[1, 2:], code[0, 2:], atol=0.1)


def test_it_gives_a_velocity_for_every_object_and_none_for_empty_slots(decoder):
    room, poses, known, guess = rooms_of([6, 4, 1], 6)
    context = decoder.encode(room)
    assert context.nodes.shape == (3, 6, 32)
    assert context.pairs.shape[:3] == (3, 6, 6)
    assert context.fronts.shape[:3] == (3, 6, 6)
    assert context.half.shape == (3, 6, 2)
    for given in (None, guess):
        found = velocity(decoder, room, poses, known, given)
        assert found.shape == (3, 6, 4)
        assert found[room.mask].abs().min() > 0
        assert not found[~room.mask].any()


def test_a_new_network_predicts_nothing():
    room, poses, known, guess = rooms_of([6, 4], 6)
    assert not velocity(GeometryDecoder(CONFIG), room, poses, known, guess).any()


def reordered(room, order):
    objects = {name: getattr(room, name)[:, order] for name in ("classes", "half", "height", "mask")}
    return room._replace(**objects, relations=room.relations[:, order][:, :, order])


@torch.inference_mode()
def test_the_order_of_objects_does_not_matter(decoder):
    room, poses, known, guess = rooms_of([6, 4], 6)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    wanted = velocity(decoder, room, poses, known, guess)[:, order]
    found = velocity(decoder, reordered(room, order), poses[:, order], known[:, order], guess[:, order])
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-4)


@torch.inference_mode()
def test_the_order_of_walls_and_padding_among_them_do_not_matter(decoder):
    room, poses, known, guess = rooms_of([6, 4], 6)
    wanted = velocity(decoder, room, poses, known, guess)
    other = torch.randn(2, 3, 7)
    other[..., 0] = torch.randint(3, (2, 3))
    padded = torch.cat([room.segments[:, [4, 2, 0, 5, 3, 1]], other, torch.zeros(2, 2, 7)], dim=1)
    enclosed = torch.cat([room.enclosed, torch.zeros(2, 5, dtype=torch.bool)], dim=1)
    found = velocity(decoder, room._replace(segments=padded, enclosed=enclosed), poses, known, guess)
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-4)


@torch.inference_mode()
def test_what_stands_in_empty_slots_changes_nothing(decoder):
    room, poses, known, guess = rooms_of([4, 4], 6)
    objects = {name: getattr(room, name)[:, :4] for name in ("classes", "half", "height", "mask")}
    alone = room._replace(**objects, relations=room.relations[:, :4, :4])
    wanted = velocity(decoder, alone, poses[:, :4], known[:, :4], guess[:, :4])
    found = velocity(decoder, room, poses, known, guess)
    torch.testing.assert_close(found[:, :4], wanted, atol=1e-5, rtol=1e-4)
    poses, guess = poses.clone(), guess.clone()
    poses[:, 4:], guess[:, 4:] = 3.0, -2.0
    room.half[:, 4:], room.relations[:, 4:], room.classes[:, 4:] = 9.0, 2, 1
    torch.testing.assert_close(velocity(decoder, room, poses, known, guess)[:, :4], wanted, atol=1e-5, rtol=1e-4)


@torch.inference_mode()
def test_rooms_of_a_batch_do_not_see_each_other(decoder):
    room, poses, known, guess = rooms_of([6, 3, 5], 6)
    t = torch.tensor([0.1, 0.5, 0.9])
    whole = velocity(decoder, room, poses, known, guess, t)
    for k in range(3):
        row = slice(k, k + 1)
        alone = velocity(decoder, Room(*(part[row] for part in room)), poses[row], known[row], guess[row], t[row])
        torch.testing.assert_close(whole[row], alone, atol=1e-5, rtol=1e-4)


def changed(room, name):
    """A room of which one thing is otherwise than it was."""
    part = getattr(room, name).clone()
    if name == "segments":
        part[:, 0, [1, 3]] -= 0.5
    elif name == "enclosed":
        part[:, 4] = False
    elif name == "relations":
        part[:, 0, 1] = torch.where(part[:, 0, 1] == NO_RELATION, UNKNOWN, NO_RELATION)
    elif name in {"classes", "room"}:
        part = (part + 1) % (CLASSES if name == "classes" else 3)
    else:
        part += 0.4
    return room._replace(**{name: part})


@pytest.mark.parametrize(
    "name", ["classes", "half", "height", "relations", "segments", "enclosed", "room", "poses", "guess", "known", "t"]
)
@torch.inference_mode()
def test_it_sees_all_that_it_is_given(decoder, name):
    room, poses, known, guess = rooms_of([6, 6], 6)
    given = {"room": room, "poses": poses, "known": known, "guess": guess, "t": torch.tensor([0.3, 0.6])}
    wanted = velocity(decoder, **given)
    if name in Room._fields and name != "poses":
        given["room"] = changed(room, name)
    elif name == "known":
        given["known"] = ~known
    else:
        given[name] = given[name] + 0.2
    found = velocity(decoder, **given)
    assert (found - wanted).abs().amax(dim=(1, 2)).min() > 1e-4


@torch.inference_mode()
def test_objects_whose_pose_is_known_are_seen_by_the_others(decoder):
    room, poses, _, _ = rooms_of([5], 5)
    known = torch.tensor([[True, False, False, False, False]])
    there = velocity(decoder, room, poses, known)
    poses = poses.clone()
    poses[:, 0, 0] += 0.5
    elsewhere = velocity(decoder, room, poses, known)
    assert (there - elsewhere)[:, 1:].abs().amax(dim=-1).min() > 1e-4


def test_every_weight_learns(decoder):
    room, poses, known, guess = rooms_of([6, 4, 1], 6)
    decoder.zero_grad()
    velocity(decoder, room, poses, known, guess).square().mean().backward()
    still = {name for name, p in decoder.named_parameters() if p.grad is None or p.grad.abs().max() < 1e-9}
    # What is added to all logits of a softmax alike changes nothing.
    assert {name.split(".", 2)[-1] for name in still} <= {"pair_bias.bias", "wall_bias.bias"}


@torch.inference_mode()
def test_poses_and_walls_without_a_direction_give_numbers(decoder):
    room, poses, known, guess = rooms_of([6, 4], 6)
    segments = room.segments.clone()
    segments[:, 5] = 0.0
    found = velocity(decoder, room._replace(segments=segments), torch.zeros_like(poses), known, guess * 0)
    assert found.isfinite().all()
