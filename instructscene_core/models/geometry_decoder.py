"""The starter's layout decoder: places objects of known sizes in a room that is known, seeing geometry in every step.

At each step the noisy poses are turned into what decides whether furniture stands well: where every object lies in
every other one's own frame, how wide the gap between them is, how they are turned to each other, and how far each is
from every wall, door and window. The official decoder (``layout_decoder.py``; paper, section 4.3) sees boxes as bare
numbers.

Shapes: B rooms, n objects, T walls, doors and windows, W width, E width of pairs. Tensors' frame: Y up, metres. A pose
is x, z in units of ``UNIT`` and the cosine and sine of the angle; heights follow from the classes.
"""

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..geometry.enclosure import KINDS
from ..vocabulary import NO_RELATION

POSE_WIDTH: Final = 4
"""Numbers of a pose: x, z, cosine and sine of the angle."""
UNIT: Final = 2.5
"""Metres that a position of 1 stands for; positions of made rooms then deviate by about 0.7."""
UNKNOWN: Final = NO_RELATION + 1
"""Index of a relation that the network is not told; "none" is a statement."""
_WAVES: Final = 6
_LONGEST: Final = 8.0
"""Wavelengths of the codes of lengths: 8 m, 4 m, … 0.25 m."""
_PAIR_LENGTHS, _WALL_LENGTHS = 4, 4
_PAIR_WIDTH: Final = _PAIR_LENGTHS * (1 + 2 * _WAVES) + 4
_WALL_WIDTH: Final = _WALL_LENGTHS * (1 + 2 * _WAVES) + 4
_SHORTEST: Final = 1e-3
_HIDDEN: Final = 96
_CLASS_WIDTH: Final = 12
_RELATION_WIDTH: Final = 16


@dataclass(frozen=True)
class GeometryDecoderConfig:
    """Sizes of the network.

    Attributes:
        n_classes: C, object classes without "empty".
        width: of the nodes.
        edge_width: of pairs of objects, and of pairs of an object and a wall.
        time_width: of the time embedding.
        heads: attention heads.
        blocks: how many.
        room_types: R, room types that it is conditioned on.
    """

    n_classes: int
    width: int = 224
    edge_width: int = 64
    time_width: int = 96
    heads: int = 4
    blocks: int = 6
    room_types: int = 3


class Room(NamedTuple):
    """What is known of a room and its furniture, before and after every step.

    Attributes:
        classes: (B, n), C in empty slots.
        half: (B, n, 3) half extents, metres.
        height: (B, n) of the centres above the floor, metres.
        relations: (B, n, n) predicates of row to column, NO_RELATION for none, ``UNKNOWN``.
        mask: (B, n) bool, True at real objects.
        segments: (B, T, 7) walls, doors and windows, see ``geometry.enclosure``, metres.
        enclosed: (B, T) bool, True at real ones.
        room: (B,) room types.
    """

    classes: Tensor
    half: Tensor
    height: Tensor
    relations: Tensor
    mask: Tensor
    segments: Tensor
    enclosed: Tensor
    room: Tensor


class Walls(NamedTuple):
    """Walls, doors and windows as lines: starts, unit vectors along and inward, (B, T, 2) each; lengths (B, T)."""

    start: Tensor
    along: Tensor
    inward: Tensor
    length: Tensor

    @staticmethod
    def of(segments: Tensor) -> "Walls":
        """From segments (B, T, 7); doors and windows run against their walls, and are turned round."""
        first, second = segments[..., 1:3], segments[..., 3:5]
        opening = (segments[..., :1] > 0).to(segments.dtype)
        start, end = first + opening * (second - first), second + opening * (first - second)
        length = (end - start).norm(dim=-1).clamp_min(_SHORTEST)
        along = (end - start) / length[..., None]
        return Walls(start, along, torch.stack([along[..., 1], -along[..., 0]], dim=-1), length)


class Context(NamedTuple):
    """A batch of rooms, ready for every step.

    Attributes:
        nodes: (B, n, W) objects without their poses.
        pairs: (B, n, n, H) what the relations, classes and sizes of pairs give.
        fronts: (B, n, T, H) what the classes and sizes of objects and the kinds of walls give.
        half: (B, n, 2) half width and half depth, metres.
        walls: of the rooms.
        mask: (B, n).
        enclosed: (B, T).
    """

    nodes: Tensor
    pairs: Tensor
    fronts: Tensor
    half: Tensor
    walls: Walls
    mask: Tensor
    enclosed: Tensor


def length_code(lengths: Tensor) -> Tensor:
    """Lengths (…, k) in metres -> (…, k (1 + 2 waves)): themselves, and sines and cosines of several wavelengths."""
    frequencies = 2 * math.pi / _LONGEST * 2.0 ** torch.arange(_WAVES, device=lengths.device)
    angles = (lengths[..., None] * frequencies).flatten(-2)
    return torch.cat([lengths / UNIT, angles.sin(), angles.cos()], dim=-1)


def axes_of(poses: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Positions (B, n, 2) in metres, and unit vectors to the front and to the side (B, n, 2), of poses (B, n, 4)."""
    direction = poses[..., 2:] / poses[..., 2:].norm(dim=-1, keepdim=True).clamp_min(0.3)
    cosine, sine = direction.unbind(-1)
    return poses[..., :2] * UNIT, torch.stack([sine, cosine], -1), torch.stack([cosine, -sine], -1)


def pair_geometry(poses: Tensor, half: Tensor) -> Tensor:
    """How objects lie to each other: (B, n, 4), (B, n, 2) -> (B, n, n, G), of the second in the first one's frame.

    Place, gaps between the outlines along both axes (negative where they overlap), turn, and the way between the
    centres along the room's axes, on which relations depend.
    """
    positions, front, side = axes_of(poses)
    way = positions[:, None] - positions[:, :, None]  # (B, n, n, 2) from i to j
    place = torch.stack([(way * side[:, :, None]).sum(-1), (way * front[:, :, None]).sum(-1)], dim=-1)
    cosine = (front[:, :, None] * front[:, None]).sum(-1)
    sine = (side[:, :, None] * front[:, None]).sum(-1)
    other = torch.stack(
        [
            half[:, None, :, 0] * cosine.abs() + half[:, None, :, 1] * sine.abs(),
            half[:, None, :, 0] * sine.abs() + half[:, None, :, 1] * cosine.abs(),
        ],
        dim=-1,
    )
    gaps = place.abs() - half[:, :, None] - other
    return torch.cat([length_code(torch.cat([place, gaps], -1)), cosine[..., None], sine[..., None], way / UNIT], -1)


def wall_geometry(poses: Tensor, half: Tensor, walls: Walls) -> Tensor:
    """How objects stand to walls, doors and windows: (B, n, 4), (B, n, 2) -> (B, n, T, G).

    The gap from outline to wall line (negative beyond it), how far the outline reaches past either end of the segment,
    the way along it, and how the object is turned to it.
    """
    positions, front, side = axes_of(poses)
    from_start = positions[:, :, None] - walls.start[:, None]
    away = (from_start * walls.inward[:, None]).sum(-1)
    along = (from_start * walls.along[:, None]).sum(-1)
    facing = (front[:, :, None] * walls.inward[:, None]).sum(-1)
    across = (side[:, :, None] * walls.inward[:, None]).sum(-1)
    width, depth = half[:, :, None].unbind(-1)
    deep = depth * facing.abs() + width * across.abs()
    wide = depth * across.abs() + width * facing.abs()
    length = walls.length[:, None]
    lengths = torch.stack([away - deep, -along - wide, along - length - wide, along - length / 2], dim=-1)
    turn = torch.stack([facing, across, away / UNIT, length.expand_as(away) / UNIT], dim=-1)
    return torch.cat([length_code(lengths), turn], dim=-1)


class GeometryBlock(nn.Module):
    """Attention among objects that reads their pairs, attention to walls by geometry alone, and a feed-forward.

    Args:
        config: sizes.
    """

    def __init__(self, config: GeometryDecoderConfig) -> None:
        super().__init__()
        width, edge = config.width, config.edge_width
        self.heads = config.heads
        self.norm_objects, self.norm_walls, self.norm_ff = (
            nn.LayerNorm(width, elementwise_affine=False),
            nn.LayerNorm(width),
            nn.LayerNorm(width, elementwise_affine=False),
        )
        self.modulation = nn.Linear(config.time_width, 4 * width)
        self.to_qkv = nn.Linear(width, 3 * width)
        self.pair_bias, self.pair_values = nn.Linear(edge, config.heads), nn.Linear(edge, width)
        self.from_objects = nn.Linear(width, width)
        self.wall_bias, self.wall_values = nn.Linear(edge, config.heads), nn.Linear(edge, width)
        self.wall_gate, self.from_walls = nn.Linear(width, width), nn.Linear(width, width)
        self.ff = nn.Sequential(nn.Linear(width, 3 * width), nn.GELU(), nn.Linear(3 * width, width))

    def forward(self, nodes: Tensor, pairs: Tensor, fronts: Tensor, time: Tensor, context: Context) -> Tensor:
        """Nodes (B, n, W), pairs (B, n, n, E), fronts (B, n, T, E), time (B, Dt) -> (B, n, W)."""
        scale_a, shift_a, scale_f, shift_f = self.modulation(time)[:, None].chunk(4, dim=-1)
        x = self.norm_objects(nodes) * (1 + scale_a) + shift_a
        nodes = nodes + self.from_objects(self._among_objects(x, pairs, context.mask))
        nodes = nodes + self.from_walls(self._to_walls(self.norm_walls(nodes), fronts, context.enclosed))
        return nodes + self.ff(self.norm_ff(nodes) * (1 + scale_f) + shift_f)

    def _among_objects(self, x: Tensor, pairs: Tensor, mask: Tensor) -> Tensor:
        rooms, n, width = x.shape
        q, k, v = self.to_qkv(x).view(rooms, n, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        logits = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) + self.pair_bias(pairs).permute(0, 3, 1, 2)
        share = logits.masked_fill(~mask[:, None, None], -1e4).softmax(dim=-1)  # (B, h, n, n)
        seen = share @ v
        # What a pair says to the first of the two, weighed as the second is: the pairs are summed before they are
        # widened, which is the same and costs a fraction.
        said = torch.einsum("bhnm,bnme->bnhe", share, pairs)
        weight = self.pair_values.weight.view(self.heads, -1, pairs.shape[-1])
        said = torch.einsum("bnhe,hde->bnhd", said, weight) + self.pair_values.bias.view(self.heads, -1)
        return (seen.transpose(1, 2) + said).reshape(rooms, n, width)

    def _to_walls(self, x: Tensor, fronts: Tensor, enclosed: Tensor) -> Tensor:
        rooms, n, width = x.shape
        logits = self.wall_bias(fronts).permute(0, 3, 1, 2)
        share = logits.masked_fill(~enclosed[:, None, None], -1e4).softmax(dim=-1)
        said = torch.einsum("bhnt,bnte->bnhe", share, fronts)
        weight = self.wall_values.weight.view(self.heads, -1, fronts.shape[-1])
        said = torch.einsum("bnhe,hde->bnhd", said, weight) + self.wall_values.bias.view(self.heads, -1)
        return said.reshape(rooms, n, width) * self.wall_gate(x).sigmoid()


class GeometryDecoder(nn.Module):
    """The denoising network. It predicts v = a ε − s x0 of x = a x0 + s ε (Salimans and Ho, 2022, section 4)."""

    def __init__(self, config: GeometryDecoderConfig) -> None:
        super().__init__()
        c = config
        self.config = c
        self.class_embed = nn.Embedding(c.n_classes + 1, c.width)
        self.room_embed = nn.Embedding(c.room_types, c.width)
        self.known_embed = nn.Embedding(2, c.width)
        self.node_in = nn.Linear(4 + 2 * (POSE_WIDTH + 2 * 2 * _WAVES), c.width)
        self.class_code = nn.Embedding(c.n_classes + 1, _CLASS_WIDTH)
        self.relation_code = nn.Embedding(UNKNOWN + 1, _RELATION_WIDTH)
        self.pair_static = nn.Linear(_RELATION_WIDTH + 2 * (_CLASS_WIDTH + 4), _HIDDEN)
        self.pair_now, self.pair_guess = (nn.Linear(_PAIR_WIDTH, _HIDDEN, bias=False) for _ in range(2))
        self.pair_out = nn.Linear(_HIDDEN, c.edge_width)
        self.wall_static = nn.Linear(_CLASS_WIDTH + 4 + len(KINDS) + 2, _HIDDEN)
        self.wall_now, self.wall_guess = (nn.Linear(_WALL_WIDTH, _HIDDEN, bias=False) for _ in range(2))
        self.wall_out = nn.Linear(_HIDDEN, c.edge_width)
        self.time_embed = nn.Sequential(nn.Linear(32, c.time_width), nn.GELU(), nn.Linear(c.time_width, c.time_width))
        self.blocks = nn.ModuleList(GeometryBlock(c) for _ in range(c.blocks))
        self.norm_out = nn.LayerNorm(c.width)
        self.out = nn.Linear(c.width, POSE_WIDTH)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def encode(self, room: Room) -> Context:
        """The part of the input that no denoising step changes."""
        sizes = torch.cat([room.half, room.height[..., None]], dim=-1)
        nodes = self.class_embed(room.classes) + self.room_embed(room.room)[:, None]
        codes = torch.cat([self.class_code(room.classes), sizes], dim=-1)
        n, t = codes.shape[1], room.segments.shape[1]
        first, second = codes[:, :, None].expand(-1, -1, n, -1), codes[:, None].expand(-1, n, -1, -1)
        pairs = self.pair_static(torch.cat([self.relation_code(room.relations), first, second], dim=-1))
        kinds = F.one_hot(room.segments[..., 0].long(), len(KINDS)).to(codes.dtype)
        about = torch.cat([kinds, room.segments[..., 5:7]], dim=-1)[:, None].expand(-1, n, -1, -1)
        fronts = self.wall_static(torch.cat([codes[:, :, None].expand(-1, -1, t, -1), about], dim=-1))
        nodes = nodes + F.linear(sizes, self.node_in.weight[:, :4], self.node_in.bias)
        return Context(nodes, pairs, fronts, room.half[..., [0, 2]], Walls.of(room.segments), room.mask, room.enclosed)

    def forward(self, poses: Tensor, t: Tensor, context: Context, known: Tensor, guess: Tensor | None = None) -> Tensor:
        """The velocity v of the noisy poses.

        Args:
            poses: (B, n, 4), noisy, and as they are where known.
            t: (B,) times in [0, 1], see ``diffusion.velocity``.
            context: from :meth:`encode`.
            known: (B, n) bool, objects whose poses are known.
            guess: (B, n, 4) poses predicted in the step before (self-conditioning, Chen et al. 2023); None: none.

        Returns:
            (B, n, 4), zero in empty slots.
        """
        pairs = context.pairs + self.pair_now(pair_geometry(poses, context.half))
        fronts = context.fronts + self.wall_now(wall_geometry(poses, context.half, context.walls))
        code = torch.cat([poses, _waves(poses)], dim=-1)
        guessed = torch.zeros_like(code)
        if guess is not None:
            pairs = pairs + self.pair_guess(pair_geometry(guess, context.half))
            fronts = fronts + self.wall_guess(wall_geometry(guess, context.half, context.walls))
            guessed = torch.cat([guess, _waves(guess)], dim=-1)
        pairs, fronts = self.pair_out(F.gelu(pairs)), self.wall_out(F.gelu(fronts))
        nodes = context.nodes + F.linear(torch.cat([code, guessed], dim=-1), self.node_in.weight[:, 4:])
        nodes = nodes + self.known_embed(known.long())
        time = F.gelu(self.time_embed(_time_code(t)))
        for block in self.blocks:
            nodes = block(nodes, pairs, fronts, time, context)
        return self.out(self.norm_out(nodes)) * context.mask[..., None]


def _waves(poses: Tensor) -> Tensor:
    return length_code(poses[..., :2] * UNIT)[..., 2:]


def _time_code(t: Tensor) -> Tensor:
    frequencies = 1000.0 ** (-torch.arange(16, device=t.device) / 16)
    angles = 1000 * t[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=-1)
