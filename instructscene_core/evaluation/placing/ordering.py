"""What a network could add to the rule: of the rule's best places, the one that it finds most likely."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch

from ...datasets.compositions import Placed
from ...geometry.frames import FloatArray
from ...models.geometry_placer import GeometryPlacer, PlacerInputs
from ...training.placer_features import Batch, Scene
from .answers import Answer

OFFERED: Final = 8
"""Places that the rule offers."""
_TIMES: Final = (0.2, 0.4, 0.6, 0.8)
_NOISES: Final = 4
"""Draws at each time; the same ones for all places of a question, so that these alone differ."""
_OFF: Final = 1000.0
"""A metre between a place and the height of a surface counts so many on the ground."""


def ordered(
    model: GeometryPlacer, batch: Batch, inputs: PlacerInputs, offered: Sequence[Answer], seed: int
) -> list[Answer]:
    """Answers whose places are in the order in which a network likes them.

    It likes a place by its pointer's log probability of the surface, less the mean squared residual of the velocity: a
    surrogate of the flow's log likelihood.

    Args:
        model: the network.
        batch: the questions.
        inputs: as they are told to it.
        offered: answers of the rule, with all of its places.
        seed: of the noise.
    """
    generator = torch.Generator().manual_seed(seed)
    times = torch.tensor(_TIMES).repeat_interleave(_NOISES)
    noise = torch.randn((len(times), 5), generator=generator)
    with torch.no_grad():
        encoded = model.encode(inputs)
        likely = encoded.pointer.log_softmax(dim=-1)
        found = list[Answer]()
        shape = (*batch.targets.asked.shape, OFFERED)
        surface, pose = torch.zeros(shape, dtype=torch.long), torch.zeros((*shape, 5))
        for b, a, drawn, _ in offered:
            for k, placed in enumerate(drawn):
                surface[b, a, k], pose[b, a, k] = told_on(batch.scenes[b], placed)
        missed = torch.zeros(shape)
        for t, eps in zip(times, noise, strict=True):
            x = (1 - t) * pose + t * eps
            velocity, _ = model.flow(encoded, surface, x, t.expand(shape))
            missed += (velocity - (eps - pose))[..., :4].square().mean(dim=-1) / len(times)
        score = missed - likely.gather(-1, surface)
        for answer in offered:
            worst = score[answer.scene, answer.asked, : len(answer.drawn)]
            found.append(answer._replace(drawn=[answer.drawn[k] for k in worst.argsort(stable=True).tolist()]))
    return found


def central(offered: Sequence[Answer]) -> list[Answer]:
    """Answers whose places are in the order of their distance from the middle of the room: what needs no network."""
    return [_by_distance(answer, np.zeros(3)) for answer in offered]


def nearest(batch: Batch, offered: Sequence[Answer]) -> list[Answer]:
    """Answers whose places are in the order of their distance from the truth: the most that any order can give."""
    return [_by_distance(answer, batch.scenes[answer.scene].wanted[answer.asked].position) for answer in offered]


def _by_distance(answer: Answer, place: FloatArray) -> Answer:
    def off(placed: Placed) -> float:
        return float(np.linalg.norm((placed.position - place)[:2]))

    return answer._replace(drawn=sorted(answer.drawn, key=off))


def told_on(scene: Scene, placed: Placed) -> tuple[int, torch.Tensor]:
    """The surface that a shape stands on, and its pose (5,) there: see :meth:`Scene.placed`, whose inverse it is."""
    number = int(np.argmin([_apart(placed, middle) for middle, _ in scene.surfaces]))
    middle, yaw = scene.surfaces[number]
    x, y = (placed.position - middle)[:2]
    cosine, sine = math.cos(yaw), math.sin(yaw)
    turn = placed.yaw - yaw
    pose = [cosine * x + sine * y, cosine * y - sine * x, math.cos(turn), math.sin(turn), 0.0]
    return number, torch.tensor(pose)


def _apart(placed: Placed, middle: FloatArray) -> float:
    off = placed.position - middle
    return float(np.linalg.norm(off[:2]) + _OFF * abs(off[2]))
