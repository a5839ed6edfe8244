"""Training of the geometry decoder on made rooms of all types: sizes, floors and relations given, poses learned."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..diffusion.velocity import clean_of, noised
from ..geometry.relations import REVERSED, ROTATED_PREDICATES
from ..models.geometry_decoder import UNIT, UNKNOWN, GeometryDecoder, Room
from ..vocabulary import NO_RELATION
from .decoder import LayoutSet
from .loop import StatelessTask
from .pairs import EMPTY

_TURNS: Final = 4
_COUNT_STEP: Final = 3
"""Rooms of a batch have numbers of objects that differ by less, so that little is padding."""
_COSINES, _SINES = (1.0, 0.0, -1.0, 0.0), (0.0, 1.0, 0.0, -1.0)
"""Of quarter turns."""


@dataclass(frozen=True)
class GeometrySettings:
    """Settings of a training run.

    Attributes:
        batch: rooms in a step.
        forgotten: share of rooms that lose relations: each of such a room's is unknown at a rate drawn for the room.
        unrelated: share of rooms all of whose relations are unknown.
        contradicted: share of rooms of whose relations some are wrong, as those of sampled graphs are.
        wrong: share of such a room's relations that are.
        closed: share of rooms that lose doors and windows.
        completed: share of rooms of which some objects' poses are known.
        guessed: share of batches with self-conditioning.
    """

    batch: int = 256
    forgotten: float = 0.4
    unrelated: float = 0.1
    contradicted: float = 0.3
    wrong: float = 0.1
    closed: float = 0.05
    completed: float = 0.25
    guessed: float = 0.5


class Batch(NamedTuple):
    """Rooms, their poses (B, n, 4), and which of these are known (B, n)."""

    room: Room
    clean: Tensor
    known: Tensor


class GeometryTask(StatelessTask):
    """Loss of the geometry decoder on rooms that are turned by quarters at random.

    Args:
        model: the network, on its device.
        layouts: the training set.
        settings: of the run.
        before: samples that the network saw in earlier runs.
    """

    def __init__(
        self, model: GeometryDecoder, layouts: LayoutSet, settings: GeometrySettings, *, before: int = 0
    ) -> None:
        self.model, self.settings, self.before = model, settings, before
        device = next(model.parameters()).device
        counts = layouts.counts
        bins = (counts - 1) // _COUNT_STEP
        self.rows = [torch.from_numpy(np.nonzero(bins == b)[0]).to(device) for b in np.unique(bins)]
        self.widths = [int(counts[bins == b].max()) for b in np.unique(bins)]
        self.shares = torch.tensor([len(rows) / len(counts) for rows in self.rows])
        order = np.argsort(layouts.objs == EMPTY, axis=1, kind="stable")
        index = np.arange(len(counts))[:, None]
        self.objs = torch.from_numpy(layouts.objs[index, order]).to(device)
        self.boxes = torch.from_numpy(layouts.boxes[index, order]).to(device)
        self.edges = torch.from_numpy(layouts.edges[index[..., None], order[:, :, None], order[:, None]]).to(device)
        self.segments = torch.from_numpy(layouts.segments).to(device)
        self.enclosed = torch.from_numpy(layouts.enclosed).to(device)
        self.types = torch.from_numpy(layouts.room).to(device)
        turned = np.pad(ROTATED_PREDICATES, ((0, 0), (0, 1)), constant_values=UNKNOWN)
        self.turned = torch.from_numpy(turned.astype(np.int64)).to(device)
        self.reversed = torch.tensor([*REVERSED.tolist(), UNKNOWN], device=device)

    def seen(self, step: int) -> int:
        """Samples that the network has seen after so many steps of this run."""
        return self.before + step * self.settings.batch

    def state(self) -> dict[str, Any]:
        """What the network saw before the run: the weights that it began with may be overwritten by now."""
        return {"before": self.before}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Takes back what ``state`` gave."""
        self.before = int(state["before"])

    def losses(self, step: int) -> list[dict[str, Tensor]]:
        """Mean squared error of the velocities of the objects whose poses are not known."""
        del step
        batch = self.batch()
        context = self.model.encode(batch.room)
        t = torch.rand(len(batch.clean), device=batch.clean.device)
        x, velocity = noised(batch.clean, t, torch.randn_like(batch.clean))
        x = torch.where(batch.known[..., None], batch.clean, x)
        guess = None
        if float(torch.rand(())) < self.settings.guessed:
            with torch.no_grad():
                found = clean_of(x, self.model(x, t, context, batch.known).float(), t)
            guess = torch.where(batch.known[..., None], batch.clean, found)
        error = (self.model(x, t, context, batch.known, guess) - velocity).square()
        counted = (batch.room.mask & ~batch.known)[..., None]
        terms = (error * counted).sum(dim=(0, 1)) / counted.sum()
        return [{"loss": terms.mean(), "place": terms[:2].mean(), "turn": terms[2:].mean()}]

    def batch(self) -> Batch:
        """Rooms with about as many objects each."""
        which = int(torch.multinomial(self.shares, 1))
        rows = self.rows[which][torch.randint(len(self.rows[which]), (self.settings.batch,), device=self.objs.device)]
        return self.rooms(rows, self.widths[which])

    def rooms(self, rows: Tensor, n: int) -> Batch:
        """Rooms (B,) of the set with at most n objects, each turned its own way."""
        device, count = rows.device, len(rows)
        turn = torch.randint(_TURNS, (count,), device=device)
        c, s = (torch.tensor(v, device=device)[turn] for v in (_COSINES, _SINES))
        boxes, segments = self.boxes[rows, :n], self.segments[rows].clone()
        x, z, angle = boxes[..., 0], boxes[..., 2], boxes[..., 6] + (turn * (torch.pi / 2))[:, None]
        place = torch.stack([c[:, None] * x + s[:, None] * z, c[:, None] * z - s[:, None] * x], dim=-1)
        for k in (1, 3):
            x, z = segments[..., k].clone(), segments[..., k + 1].clone()
            segments[..., k], segments[..., k + 1] = c[:, None] * x + s[:, None] * z, c[:, None] * z - s[:, None] * x
        mask = self.objs[rows, :n] != EMPTY
        closed = torch.rand(count, 1, device=device) < self.settings.closed
        room = Room(
            self.objs[rows, :n].long(),
            boxes[..., 3:6],
            boxes[..., 1],
            self._relations(rows, n, turn),
            mask,
            segments,
            self.enclosed[rows] & ~(closed & (segments[..., 0] > 0)),
            self.types[rows].long(),
        )
        clean = torch.cat([place / UNIT, angle.cos()[..., None], angle.sin()[..., None]], dim=-1)
        rate = torch.rand(count, 1, device=device) * (torch.rand(count, 1, device=device) < self.settings.completed)
        return Batch(room, clean, mask & (torch.rand(count, n, device=device) < rate))

    def _relations(self, rows: Tensor, n: int, turn: Tensor) -> Tensor:
        """(B, n, n) relations of turned rooms, some unknown and some wrong, in both directions alike."""
        device, s, count = rows.device, self.settings, len(rows)
        edges = self.turned[turn[:, None, None], self.edges[rows, :n, :n].long()]
        chance = torch.rand(count, 1, 1, device=device)
        rate = torch.rand(count, 1, 1, device=device) * (chance < s.forgotten)
        rate = torch.where(chance > 1 - s.unrelated, 1.0, rate)
        wrong = s.wrong * (torch.rand(count, 1, 1, device=device) < s.contradicted)
        edges = torch.where(
            torch.rand(edges.shape, device=device) < wrong, torch.randint_like(edges, NO_RELATION + 1), edges
        )
        edges = torch.where(torch.rand(edges.shape, device=device) < rate, UNKNOWN, edges)
        upper = torch.ones(n, n, dtype=torch.bool, device=device).triu(1)
        both = torch.where(upper, edges, self.reversed[edges].transpose(1, 2))
        return both.masked_fill(torch.eye(n, dtype=torch.bool, device=device), NO_RELATION)
