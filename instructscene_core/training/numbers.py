"""Learns how many objects of each class the starter's rooms have, for the prior (``sampling.numbers``)."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from ..datasets.starter import Rooms, build_rooms
from ..files.checkpoints import load_model, save_model
from ..models.graph_prior import GraphPrior
from ..sampling.graph_stage import ClassMap
from ..sampling.numbers import Numbers
from ..sampling.slots import IntArray
from ..vocabulary import ALL_CLASSES, ROOM_TYPES

_MOST: Final = 5000
"""Rooms of each type that are counted."""
_SMOOTHING: Final = 0.5
"""Rooms that are added to each number."""
_DECAY: Final = 1.0
"""Of the squares of weights, against the sum over all rooms of the cross entropy."""
_STEPS: Final = 60
"""Of L-BFGS."""


def numbers_of_rooms(rooms: int, first_room: int, workers: int) -> dict[str, Any]:
    """The numbers in rooms of each type, as they stand in a prior's metadata.

    Args:
        rooms: of each type, of which ``_MOST`` are counted at most.
        first_room: seed of the first room.
        workers: processes that make rooms.
    """
    parts = (build_rooms(min(rooms, _MOST), first_room, workers, room_type=room) for room in ROOM_TYPES)
    return {made.room_type: _numbers(made).to_json() for made in parts}


def _numbers(rooms: Rooms) -> Numbers:
    total = len(ALL_CLASSES)
    numbers = ClassMap.of(rooms.room_type, total).to_model[rooms.objs]
    return fit_numbers(np.stack([np.bincount(row, minlength=total + 1)[:total] for row in numbers]))


def fit_numbers(counts: IntArray) -> Numbers:
    """The distribution of the number of each class given all the others, by maximum pseudo-likelihood.

    Args:
        counts: (N, C) objects of each class in N rooms.
    """
    classes = np.flatnonzero(counts.any(axis=0))
    there = counts[:, classes]
    shares = [np.bincount(row, minlength=row.max() + 2) + _SMOOTHING for row in there.T]  # one more than any has
    shares = [row / row.sum() for row in shares]
    told = [torch.from_numpy(Numbers.told(there, own)) for own in range(len(classes))]
    weights = [
        _fitted(features, torch.from_numpy(np.log(row)), torch.from_numpy(own))
        for features, row, own in zip(told, shares, there.T, strict=True)
    ]
    return Numbers(classes, shares, [table.numpy() for table in weights])


def _fitted(features: torch.Tensor, log_shares: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
    """(F, K + 1) weights of a multinomial logistic regression of (N,) numbers on (N, F) features."""
    weights = torch.zeros(features.shape[1], len(log_shares), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        misfit = cross_entropy(log_shares + features @ weights, numbers, reduction="sum")
        value = (misfit + _DECAY * weights.square().sum() / 2) / len(numbers)
        value.backward()
        return value

    optimizer.step(loss)
    return weights.detach()


def write_numbers(folder: Path, rooms: int, first_room: int, workers: int) -> None:
    """Counts anew for the prior in a model folder, as :func:`numbers_of_rooms`; its weights stay as they are."""
    prior = load_model(folder / "prior", GraphPrior)
    about = {**prior.metadata, "numbers": numbers_of_rooms(rooms, first_room, workers)}
    save_model(folder / "prior", prior.model, about)
