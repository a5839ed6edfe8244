"""The geometry placer: where a shape stands among shapes, from their surfaces alone, after I-Scene (CVPR 2026).

A model of single shapes reads the asked shape (instance tokens) and, with the same weights, all others (scene tokens).
In the middle blocks the instance's tokens also attend to the scene's (scene-context attention): with queries Q, keys K
and values V of the same maps,

    H_i = softmax(Q_i [K_i ; g K_s + b]ᵀ / √d) [V_i ; V_s],    g = sigmoid(gate), b = 0.2 tanh(bias), a gate a head,

and the scene's to themselves alone. A pointer chooses the surface on which the shape stands; a rectified flow places it
there, in the surface's own frame, by a pose token that reads everything and is read by nothing: so a scene is encoded
once for any number of draws and steps.

Shapes: B scenes, A asked shapes of each, D draws, n instance tokens, m patches and S surfaces of the scene, P points of
a patch, W width, H heads. Frame: metres, Z up, of the view (docs/placing.md).
"""

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

POINT_WIDTH: Final = 6
"""Numbers of a point: x y z relative to its patch's middle, and its normal."""
PLACE_WIDTH: Final = 5
"""Numbers of a patch's place: its middle x y z, its lowest and its highest z."""
SURFACE_WIDTH: Final = 14
"""Numbers of a surface, see ``training/placer_features.py``."""
SIZE_WIDTH: Final = 5
"""Width, depth, height, and whether size and yaw are known."""
CUE_WIDTH: Final = 24
"""Numbers of a cue, whatever its kind, see ``training/placer_features.py``."""
POSE_WIDTH: Final = 5
"""u and v on the surface, metres; cosine and sine of the yaw in its frame; logarithm of the scale."""
_OCTAVES: Final = 6
_HIDDEN: Final = 64
_GATE: Final = 2.0
"""The gate at first: g = 0.88."""
_BOUND: Final = 0.2
"""Of the bias of keys."""


@dataclass(frozen=True)
class GeometryPlacerConfig:
    """Sizes of the placer.

    Attributes:
        width: W.
        heads: H.
        blocks: of attention.
        context_from: first block, counted from 1, in which the instance sees the scene; none does where it lies
            behind the last.
        context_to: the last one.
        points: P.
    """

    width: int = 128
    heads: int = 4
    blocks: int = 6
    context_from: int = 2
    context_to: int = 5
    points: int = 32


class PlacerInputs(NamedTuple):
    """A batch of scenes with asked shapes.

    Attributes:
        scene_points: (B, m, P, 6) points of the scene's patches.
        scene_places: (B, m, 5) where these are.
        scene_mask: (B, m) bool, True at real patches.
        surfaces: (B, S, 14).
        surface_mask: (B, S) bool.
        points: (B, A, k, P, 6) patches of the asked shapes, in their own frames.
        places: (B, A, k, 5).
        sizes: (B, A, 5).
        cues: (B, A, c, 24).
        cue_mask: (B, A, c) bool, False at cues that are left out.
    """

    scene_points: Tensor
    scene_places: Tensor
    scene_mask: Tensor
    surfaces: Tensor
    surface_mask: Tensor
    points: Tensor
    places: Tensor
    sizes: Tensor
    cues: Tensor
    cue_mask: Tensor


class KeysValues(NamedTuple):
    """Of one block: keys and values (B, A or 1, H, tokens, W / H), and (B, A or 1, 1, 1, tokens) which may be seen."""

    keys: Tensor
    values: Tensor
    mask: Tensor


class Encoded(NamedTuple):
    """What is known of a batch before any pose.

    Attributes:
        seen: for each block, what a pose token reads: the instance's and the scene's keys and values.
        surfaces: (B, S, W) the surfaces' tokens at the end.
        pointer: (B, A, S) logits of the surface that each asked shape stands on, -inf where there is none.
    """

    seen: list[KeysValues]
    surfaces: Tensor
    pointer: Tensor


class ContextBlock(nn.Module):
    """Pre-norm attention and MLP whose weights serve instance, scene and pose tokens alike.

    Args:
        width: W.
        heads: H.
        context: whether the instance sees the scene.
    """

    def __init__(self, width: int, heads: int, *, context: bool) -> None:
        super().__init__()
        self.heads, self.context = heads, context
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.to_q, self.to_kv = nn.Linear(width, width), nn.Linear(width, 2 * width)
        self.to_out = nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        if context:
            self.gate = nn.Parameter(torch.full((heads, 1, 1), _GATE))
            self.bias = nn.Parameter(torch.zeros(heads, 1, width // heads))

    def read(self, tokens: Tensor, mask: Tensor) -> KeysValues:
        """Keys and values of tokens (B, A, n, W), of which ``mask`` (B, A, n) may be seen."""
        keys, values = self.to_kv(self.norm1(tokens)).chunk(2, dim=-1)
        return KeysValues(self._split(keys), self._split(values), mask[:, :, None, None])

    def with_scene(self, own: KeysValues, scene: KeysValues) -> KeysValues:
        """What an instance's tokens see: themselves and, in a block with context, the scene by gated keys."""
        if not self.context:
            return own
        gated = torch.sigmoid(self.gate) * scene.keys + _BOUND * torch.tanh(self.bias)
        shape = own.keys.shape[:2]
        keys, values = (part.expand(*shape, *part.shape[2:]) for part in (gated, scene.values))
        return KeysValues(
            torch.cat([own.keys, keys], dim=3),
            torch.cat([own.values, values], dim=3),
            torch.cat([own.mask, scene.mask.expand(*shape, *scene.mask.shape[2:])], dim=-1),
        )

    def forward(self, tokens: Tensor, seen: KeysValues) -> Tensor:
        """Tokens (B, A, n, W) that attend to what they see -> (B, A, n, W)."""
        queries = self._split(self.to_q(self.norm1(tokens)))
        said = F.scaled_dot_product_attention(queries, seen.keys, seen.values, attn_mask=seen.mask)
        tokens = tokens + self.to_out(said.transpose(2, 3).flatten(3))
        return tokens + self.mlp(self.norm2(tokens))

    def _split(self, x: Tensor) -> Tensor:
        """(B, A, n, W) -> (B, A, H, n, W / H)."""
        return x.unflatten(-1, (self.heads, -1)).transpose(2, 3)


class GeometryPlacer(nn.Module):
    """The network."""

    def __init__(self, config: GeometryPlacerConfig) -> None:
        super().__init__()
        self.config = c = config
        self.point = nn.Sequential(nn.Linear(POINT_WIDTH, _HIDDEN // 2), nn.ReLU(), nn.Linear(_HIDDEN // 2, _HIDDEN))
        self.patch = nn.Linear(_HIDDEN + fourier_width(PLACE_WIDTH), c.width)
        self.surface = _mlp(SURFACE_WIDTH + fourier_width(3), c.width, c.width)
        self.size, self.cue = _mlp(SIZE_WIDTH, c.width, c.width), _mlp(CUE_WIDTH, c.width, c.width)
        self.query = nn.Parameter(0.02 * torch.randn(c.width))
        self.kind = nn.Parameter(0.02 * torch.randn(2, c.width))
        self.blocks = nn.ModuleList(
            ContextBlock(c.width, c.heads, context=c.context_from <= k <= c.context_to) for k in range(1, c.blocks + 1)
        )
        self.pointer = _mlp(3 * c.width, c.width, 1)
        self.pose = _mlp(POSE_WIDTH + fourier_width(2), c.width, c.width)
        self.time = _mlp(2 * _OCTAVES, c.width, c.width)
        self.velocity_out = nn.Sequential(nn.LayerNorm(c.width), nn.Linear(c.width, POSE_WIDTH))
        self.overlap_out = nn.Sequential(nn.LayerNorm(c.width), nn.Linear(c.width, 1))
        self.shape_in = nn.Linear(3 * c.points + fourier_width(PLACE_WIDTH), c.width)
        self.shape_out = nn.Sequential(nn.LayerNorm(c.width), nn.Linear(c.width, 3 * c.points))

    def patches(self, points: Tensor, places: Tensor) -> Tensor:
        """Points (…, P, 6) and places (…, 5) of patches -> tokens (…, W), by a PointNet (Qi et al., 2017)."""
        shape = self.point(points).amax(dim=-2)
        return self.patch(torch.cat([shape, fourier(places)], dim=-1))

    def encode(self, inputs: PlacerInputs) -> Encoded:
        """Reads scenes and asked shapes, once for all poses."""
        surfaces = self.surface(torch.cat([inputs.surfaces, fourier(inputs.surfaces[..., :3])], dim=-1))
        scene = torch.cat([self.patches(inputs.scene_points, inputs.scene_places), surfaces + self.kind[0]], dim=1)[
            :, None
        ]
        scene_mask = torch.cat([inputs.scene_mask, inputs.surface_mask], dim=1)[:, None]
        asked = [self.patches(inputs.points, inputs.places), self.size(inputs.sizes)[:, :, None], self.cue(inputs.cues)]
        query = self.query.expand(*inputs.sizes.shape[:2], 1, -1)
        own = torch.cat([query, *asked], dim=2) + self.kind[1]
        real = inputs.cue_mask.new_ones(own.shape[:3])
        real[:, :, own.shape[2] - inputs.cue_mask.shape[2] :] = inputs.cue_mask
        seen = list[KeysValues]()
        for block in self.blocks:
            assert isinstance(block, ContextBlock)  # noqa: S101 - for the type checker
            around = block.read(scene, scene_mask)
            visible = block.with_scene(block.read(own, real), around)
            seen.append(visible)
            own, scene = block(own, visible), block(scene, around)
        ends = scene[:, 0, -inputs.surfaces.shape[1] :]
        return Encoded(seen, ends, self._points_at(own[:, :, 0], ends, surfaces, inputs.surface_mask))

    def _points_at(self, query: Tensor, ends: Tensor, surfaces: Tensor, mask: Tensor) -> Tensor:
        """Logits (B, A, S) of queries (B, A, W) for surfaces, by their tokens at both ends, (B, S, W) each."""
        count, number = query.shape[1], ends.shape[1]
        both = torch.cat([ends, surfaces], dim=-1)[:, None].expand(-1, count, -1, -1)
        pairs = torch.cat([query[:, :, None].expand(-1, -1, number, -1), both], dim=-1)
        return self.pointer(pairs)[..., 0].masked_fill(~mask[:, None], -math.inf)

    def flow(self, encoded: Encoded, surface: Tensor, pose: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        """The velocity of poses, and how deep these are inside others.

        Args:
            encoded: of :meth:`encode`.
            surface: (B, A, D) numbers of the surfaces that the poses are told on.
            pose: (B, A, D, 5) noisy.
            t: (B, A, D) times.

        Returns:
            (B, A, D, 5) and (B, A, D), metres.
        """
        told = torch.cat([pose, fourier(pose[..., :2])], dim=-1)
        token = self.pose(told) + self._told_time(t)
        index = surface.flatten(1)[..., None].expand(-1, -1, encoded.surfaces.shape[-1])
        token = token + encoded.surfaces.gather(1, index).unflatten(1, surface.shape[1:])
        token = self._read_through(token, encoded.seen)
        return self.velocity_out(token), F.softplus(self.overlap_out(token)[..., 0])

    def shape_flow(self, points: Tensor, places: Tensor, hidden: Tensor, hidden_places: Tensor, t: Tensor) -> Tensor:
        """Instance pre-training: the velocity of the points of hidden patches, from the visible ones.

        Args:
            points: (B, A, k, P, 6) visible patches.
            places: (B, A, k, 5).
            hidden: (B, A, h, 3 P) noisy points of the hidden ones.
            hidden_places: (B, A, h, 5) where these are.
            t: (B, A, h) times.

        Returns:
            (B, A, h, 3 P).
        """
        own = self.patches(points, places) + self.kind[1]
        real = torch.ones(own.shape[:3], dtype=torch.bool, device=own.device)
        token = self.shape_in(torch.cat([hidden, fourier(hidden_places)], dim=-1)) + self._told_time(t)
        seen = list[KeysValues]()
        for block in self.blocks:
            assert isinstance(block, ContextBlock)  # noqa: S101 - for the type checker
            visible = block.read(own, real)
            seen.append(visible)
            own = block(own, visible)
        return self.shape_out(self._read_through(token, seen))

    def _told_time(self, t: Tensor) -> Tensor:
        return self.time(_octaves(t[..., None], math.pi / 2))

    def _read_through(self, token: Tensor, seen: list[KeysValues]) -> Tensor:
        """Tokens (B, A, D, W) that read what there is in each block; they do not see each other."""
        for block, visible in zip(self.blocks, seen, strict=True):
            token = block(token, visible)
        return token


def fourier_width(count: int) -> int:
    """Numbers that :func:`fourier` makes of so many."""
    return count * (2 * _OCTAVES + 1)


def fourier(x: Tensor) -> Tensor:
    """Numbers (…, K), metres, beside sines and cosines of six octaves from a wave of 8 m: (…, 13 K)."""
    return torch.cat([x, _octaves(x, math.pi / 4)], dim=-1)


def _octaves(x: Tensor, lowest: float) -> Tensor:
    """(…, K) -> (…, 12 K)."""
    waves = lowest * 2.0 ** torch.arange(_OCTAVES, device=x.device)
    angles = (x[..., None] * waves).flatten(-2)
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


def _mlp(inputs: int, width: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, width), nn.GELU(), nn.Linear(width, outputs))
