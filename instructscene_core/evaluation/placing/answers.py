"""Where a network, the rule or a plain baseline puts asked shapes, and how far that is from where they stood."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ...cues import Beside, Cue, InView, On, Side
from ...datasets.compositions import FLOOR, HALF_ROOM, Placed
from ...diffusion.flow import sample
from ...errors import InstructSceneError
from ...floor_plan import FloorPlan
from ...geometry.frames import FloatArray
from ...models.geometry_placer import GeometryPlacer, PlacerInputs
from ...placer.placement import Item, PlacerSettings, Surroundings
from ...placer.rule import RulePlacer
from ...placer.solid import Solid
from ...training.placer_features import Batch, Scene, View, depth_inside

STEPS: Final = 12
"""Of the flow."""
DRAWS: Final = 4
"""Poses that are drawn of each asked shape."""
_INSIDE: Final = 0.02
"""Metres from which a shape counts as being inside another."""
_RELATIONS: Final[tuple[Side | None, ...]] = (None, "under", "left of", "right of", "in front of", "behind")
"""Of the cue's first numbers: on, under, and the sides."""


class Answer(NamedTuple):
    """Where an asked shape is put.

    Attributes:
        scene: number of its scene.
        asked: its number among the asked ones.
        drawn: its poses, the first of which counts; none where no place was found.
        surface: the number that was chosen; None where the answer has none.
    """

    scene: int
    asked: int
    drawn: list[Placed]
    surface: int | None


def network_answers(model: GeometryPlacer, batch: Batch, inputs: PlacerInputs, seed: int) -> list[Answer]:
    """What a network draws, on the surface that its pointer likes best.

    Args:
        model: the network.
        batch: the questions.
        inputs: as they are told to it: the batch's, or those of a control.
        seed: of the noise.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        encoded = model.encode(inputs)
        surface = encoded.pointer.argmax(dim=-1)
        noise = torch.randn((*surface.shape, DRAWS, 5), generator=generator)
        chosen = surface[..., None].expand(-1, -1, DRAWS)
        poses = sample(lambda x, t: model.flow(encoded, chosen, x, t)[0], noise, STEPS)
    return [
        Answer(
            b, a, [batch.scenes[b].placed(a, int(surface[b, a]), pose) for pose in poses[b, a].double().numpy()],
            int(surface[b, a]),
        )
        for b, a in batch.targets.asked.nonzero().tolist()
        if int(surface[b, a]) < len(batch.scenes[b].surfaces)
    ]  # fmt: skip


def told_wrongly(batch: Batch, control: str) -> PlacerInputs:
    """Inputs of a control: "wrong scene" has the patches of another scene, "shuffled cue" the cues of others."""
    inputs = batch.inputs

    def rolled(x: Tensor) -> Tensor:
        return x.roll(1, dims=0)

    if control == "wrong scene":
        names = ("scene_points", "scene_places", "scene_mask")
    elif control == "shuffled cue":
        names = ("cues", "cue_mask")
    else:
        return inputs
    return inputs._replace(**{name: rolled(getattr(inputs, name)) for name in names})


def rule_answers(batch: Batch, variations: int = 1) -> list[Answer]:
    """Where the rule puts shapes that it is told the same of, in the order in which they are asked for.

    Args:
        batch: the questions.
        variations: places of each, the best first.
    """
    settings = PlacerSettings(variations)
    answers = list[Answer]()
    for b, scene in enumerate(batch.scenes):
        solids = [_solid(placed, f"shape {number}") for number, placed in enumerate(scene.kept)]
        around, placer = Surroundings(tuple(solids), _floor()), RulePlacer()
        for a, wanted in enumerate(scene.wanted):
            item = Item(_solid(Placed(wanted.shape, np.zeros(3), wanted.yaw), "asked"), wanted.yaw)
            cue = _cue(batch, b, a)
            try:
                found = placer.place([item], around, [[] if cue is None else [cue]], settings)[0]
            except InstructSceneError:
                answers.append(Answer(b, a, [], None))
                continue
            answers.append(Answer(b, a, [Placed(wanted.shape, one.position, wanted.yaw) for one in found], None))
    return answers


def _solid(placed: Placed, name: str) -> Solid:
    return placed.shape.solid(name).turned(placed.yaw).moved(placed.position)


def _floor() -> FloorPlan:
    h = HALF_ROOM
    return FloorPlan(polygon=((-h, -h), (h, -h), (h, h), (-h, h)))


def _cue(batch: Batch, b: int, a: int) -> Cue | None:
    """The one cue of a question, as the rule reads it; None where there is none."""
    if not batch.inputs.cue_mask[b, a, 0]:
        return None
    scene, row = batch.scenes[b], batch.inputs.cues[b, a, 0].double().numpy()
    if row[1]:
        low, high = row[4:6], row[6:8]
        return InView(tuple(low.tolist()), tuple(np.maximum(high, low + 1e-3).tolist()), camera_of(scene.view))
    relation = _RELATIONS[int(row[4:10].argmax())]
    anchor = scene.view.back(row[12:15])
    number = int(np.argmin([np.linalg.norm(placed.position - anchor) for placed in scene.kept]))
    name = f"shape {number}"
    return On(name) if relation is None else Beside(relation, name)


def camera_of(view: View) -> tuple[tuple[float, ...], ...]:
    """(4, 4) rows from the scene to the clip coordinates of its view."""
    pitch, distance, tangent = view.camera
    turned = view.turned(view.aside)
    across, along = np.array([*turned.axes[:, 0], 0.0]), np.array([*turned.axes[:, 1], 0.0])
    height = np.array([0.0, 0.0, 1.0])
    up = math.sin(pitch) * along + math.cos(pitch) * height
    forward = math.cos(pitch) * along - math.sin(pitch) * height
    rows = np.zeros((4, 4))
    rows[0, :3], rows[1, :3] = across / tangent, up / tangent
    rows[2, :3] = rows[3, :3] = forward
    rows[2:, 3] = distance
    return tuple(tuple(row) for row in rows.tolist())


@dataclass(frozen=True)
class Errors:
    """Of one answer.

    Attributes:
        ground: metres on the ground plan.
        height: metres, absolute.
        on_top: whether the shape stood on another.
        right: whether the surface is right; None where none was chosen.
        inside: whether it is inside another, in centimetres from two on.
        best_inside: whether that holds for all poses that were drawn.
        iou: of the upright boxes along the scene's axes.
    """

    ground: float
    height: float
    on_top: bool
    right: bool | None
    inside: bool
    best_inside: bool
    iou: float


def errors_of(batch: Batch, answers: Sequence[Answer]) -> list[Errors]:
    """Of all answers with a pose."""
    found = list[Errors]()
    for b, a, drawn, surface in answers:
        scene = batch.scenes[b]
        truth = scene.wanted[a]
        if not drawn:
            continue
        first = drawn[0]
        deep = [depth_inside(one, scene.kept) > _INSIDE for one in drawn]
        off = first.position - truth.position
        right = None if surface is None else surface == scene.on[a]
        found.append(
            Errors(
                float(np.linalg.norm(off[:2])), abs(float(off[2])), truth.host != FLOOR, right, deep[0], all(deep),
                overlap_of_boxes(first, truth),
            )
        )  # fmt: skip
    return found


def overlap_of_boxes(one: Placed, other: Placed) -> float:
    """Intersection over union of the boxes around two shapes, along the scene's axes."""
    boxes = []
    for placed in (one, other):
        low = np.array([*(placed.position[:2] - placed.half), placed.position[2]])
        boxes.append((low, np.array([*(placed.position[:2] + placed.half), placed.position[2] + placed.shape.size[2]])))
    (low, high), (start, end) = boxes
    both = float((np.minimum(high, end) - np.maximum(low, start)).clip(0).prod())
    return both / float((high - low).prod() + (end - start).prod() - both)


def heights_of_baselines(scene: Scene, truth: Placed) -> Mapping[str, float]:
    """Heights at the true place, by three plain baselines."""
    place = truth.position[:2]
    inside = [
        placed
        for placed in scene.kept
        if (np.abs(placed.axes @ (place - placed.position[:2])) < placed.shape.size[:2] / 2).all()
    ]
    tops = [float(placed.position[2] + placed.shape.size[2]) for placed in inside]
    rays = [_highest_under(placed, place) for placed in inside]
    return {"top of box": max(tops, default=0.0), "ray down": max(rays, default=0.0), "floor only": 0.0}


def _highest_under(placed: Placed, place: FloatArray) -> float:
    """Where a ray from above meets a shape's bars; 0 where it passes them."""
    x, y = placed.axes @ (place - placed.position[:2])
    tops = [
        z + h
        for cx, cy, z, w, d, h, is_round in placed.shape.bars
        if (
            math.hypot((x - cx) / (w / 2), (y - cy) / (d / 2)) < 1
            if is_round
            else abs(x - cx) < w / 2 and abs(y - cy) < d / 2
        )
    ]
    return float(placed.position[2]) + max(tops, default=0.0)
