"""The geometry placer's network: the identity of scene-context attention, masks, batches, and the flow it samples."""

import pytest
import torch

from instructscene_core.diffusion import flow
from instructscene_core.models.geometry_placer import (
    CUE_WIDTH,
    PLACE_WIDTH,
    POINT_WIDTH,
    POSE_WIDTH,
    SIZE_WIDTH,
    SURFACE_WIDTH,
    ContextBlock,
    GeometryPlacer,
    GeometryPlacerConfig,
    PlacerInputs,
)

SMALL = GeometryPlacerConfig(width=32, heads=4, blocks=3, context_from=2, context_to=2, points=8)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return GeometryPlacer(SMALL).eval()


def inputs(scenes=2, asked=3, patches=10, surfaces=5, own=6, cues=2, seed=0):
    g = torch.Generator().manual_seed(seed)

    def randn(*shape):
        return torch.randn(shape, generator=g)

    return PlacerInputs(
        randn(scenes, patches, SMALL.points, POINT_WIDTH),
        randn(scenes, patches, PLACE_WIDTH),
        torch.ones(scenes, patches, dtype=torch.bool),
        randn(scenes, surfaces, SURFACE_WIDTH),
        torch.ones(scenes, surfaces, dtype=torch.bool),
        randn(scenes, asked, own, SMALL.points, POINT_WIDTH),
        randn(scenes, asked, own, PLACE_WIDTH),
        randn(scenes, asked, SIZE_WIDTH),
        randn(scenes, asked, cues, CUE_WIDTH),
        torch.ones(scenes, asked, cues, dtype=torch.bool),
    )


def answers(network, given, draws=4, seed=1):
    g = torch.Generator().manual_seed(seed)
    encoded = network.encode(given)
    shape = (*given.sizes.shape[:2], draws)
    surface = torch.randint(given.surfaces.shape[1], shape, generator=g)
    pose, t = torch.randn((*shape, POSE_WIDTH), generator=g), torch.rand(shape, generator=g)
    return encoded.pointer, *network.flow(encoded, surface, pose, t)


def test_a_scene_that_is_the_instance_changes_nothing():
    """Each key is there twice with equal weight: H_i is plain attention where g = 1 and b = 0, and is not elsewhere."""
    torch.manual_seed(1)
    block = ContextBlock(32, 4, context=True)
    tokens, mask = torch.randn(2, 1, 7, 32), torch.ones(2, 1, 7, dtype=torch.bool)
    own = block.read(tokens, mask)
    plain = block(tokens, own)
    gated = block(tokens, block.with_scene(own, own))
    with torch.no_grad():
        block.gate.fill_(50.0)
        block.bias.zero_()
    same = block(tokens, block.with_scene(own, own))
    torch.testing.assert_close(same, plain, atol=1e-5, rtol=0)
    assert (gated - plain).abs().max() > 1e-3


def test_a_masked_cue_is_an_absent_cue(network):
    given = inputs()
    mask = given.cue_mask.clone()
    mask[..., 1] = False
    masked = answers(network, given._replace(cue_mask=mask))
    absent = answers(network, given._replace(cues=given.cues[:, :, :1], cue_mask=given.cue_mask[:, :, :1]))
    for one, other in zip(masked, absent, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


def test_padding_and_order_of_the_scene_change_nothing(network):
    given = inputs()
    more = inputs(patches=14, surfaces=8, seed=5)
    scene = torch.cat([given.scene_mask, torch.zeros(2, 4, dtype=torch.bool)], dim=1)
    surfaces = torch.cat([given.surface_mask, torch.zeros(2, 3, dtype=torch.bool)], dim=1)
    order = torch.randperm(10, generator=torch.Generator().manual_seed(0))
    padded = given._replace(
        scene_points=torch.cat([given.scene_points[:, order], more.scene_points[:, 10:]], dim=1),
        scene_places=torch.cat([given.scene_places[:, order], more.scene_places[:, 10:]], dim=1),
        scene_mask=scene,
        surfaces=torch.cat([given.surfaces, more.surfaces[:, 5:]], dim=1),
        surface_mask=surfaces,
    )
    plain = network.encode(given)
    wide = network.encode(padded)
    torch.testing.assert_close(wide.pointer[..., :5], plain.pointer, atol=1e-5, rtol=1e-5)
    assert wide.pointer[..., 5:].isneginf().all()


def test_batches_draws_and_asked_shapes_do_not_see_each_other(network):
    given = inputs()
    pointer, velocity, overlap = answers(network, given)
    alone = network.encode(PlacerInputs(*(part[1:, :] if part.dim() > 1 else part for part in given)))
    torch.testing.assert_close(alone.pointer[0], pointer[1], atol=1e-5, rtol=1e-5)
    one = given._replace(
        points=given.points[:, 1:2], places=given.places[:, 1:2], sizes=given.sizes[:, 1:2], cues=given.cues[:, 1:2],
        cue_mask=given.cue_mask[:, 1:2],
    )  # fmt: skip
    torch.testing.assert_close(network.encode(one).pointer[:, 0], pointer[:, 1], atol=1e-5, rtol=1e-5)
    g = torch.Generator().manual_seed(1)
    surface = torch.randint(5, (2, 3, 4), generator=g)
    pose, t = torch.randn((2, 3, 4, POSE_WIDTH), generator=g), torch.rand((2, 3, 4), generator=g)
    first = network.flow(network.encode(given), surface[..., 2:3], pose[:, :, 2:3], t[..., 2:3])
    torch.testing.assert_close(first[0][:, :, 0], velocity[:, :, 2], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(first[1][..., 0], overlap[..., 2], atol=1e-5, rtol=1e-5)


def test_all_weights_learn():
    torch.manual_seed(0)
    fresh = GeometryPlacer(SMALL)
    given = inputs()
    pointer, velocity, overlap = answers(fresh, given)
    hidden, places = torch.randn(2, 3, 2, 3 * SMALL.points), torch.randn(2, 3, 2, PLACE_WIDTH)
    shape = fresh.shape_flow(given.points, given.places, hidden, places, torch.rand(2, 3, 2))
    (pointer.logsumexp(-1).sum() + velocity.square().sum() + overlap.sum() + shape.square().sum()).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in fresh.parameters())


def test_the_recommended_size_is_small():
    count = sum(p.numel() for p in GeometryPlacer(GeometryPlacerConfig()).parameters())
    assert 1.0e6 < count < 1.6e6


def test_the_flow_of_a_known_velocity_ends_at_the_data():
    """The velocity that leads straight to a point: (x - x0) / t."""
    x0 = torch.tensor([[0.3, -1.2], [2.0, 0.5]])
    noise = torch.randn(2, 2, generator=torch.Generator().manual_seed(0))
    made = flow.sample(lambda x, t: (x - x0) / t[..., None].clamp(min=1e-6), noise, 20)
    torch.testing.assert_close(made, x0, atol=1e-5, rtol=0)
    x, velocity = flow.noised(x0, torch.tensor([0.25, 1.0]), noise)
    torch.testing.assert_close(x[1], noise[1])
    torch.testing.assert_close(x - torch.tensor([[0.25], [1.0]]) * velocity, x0)
    times = flow.logit_normal((4000,), torch.Generator().manual_seed(0))
    assert 0.45 < times.mean() < 0.55
    assert (times > 0).all()
    assert (times < 1).all()
