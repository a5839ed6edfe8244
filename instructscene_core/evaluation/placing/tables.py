"""The tables: each names its networks, its questions and its controls; figures are of several seeds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import torch

from ...datasets.compositions import FLOOR, SIDES
from ...geometry.frames import FloatArray
from ...models.geometry_placer import GeometryPlacer
from ...training.placer import placer_loss
from ...training.placer_features import Batch
from .answers import (
    Answer,
    Errors,
    errors_of,
    heights_of_baselines,
    network_answers,
    overlap_of_boxes,
    rule_answers,
    told_wrongly,
)
from .networks import BASE, VARIANTS, Networks, Variant
from .ordering import OFFERED, central, nearest, ordered
from .worlds import Cue, World, mirrored, worlds

Figures = Mapping[str, float]
Rows = list[tuple[str, list[Figures]]]
_DUPLICATES: Final = 6
_COLLAPSED: Final = 0.5
"""Overlap of two equal shapes' boxes from which they are in one place."""
_LATE: Final = 0.2
"""Time at which the residual of a pose is looked at."""
_MOVED: Final = (0.05, 0.3)
"""Metres by which a pose is moved that is to be told from the true one."""
_CONTROLS: Final = {"wrong scene": "another scene's geometry", "shuffled cue": "shuffled cue"}
_BY_NAME: Final = {variant.name: variant for variant in VARIANTS}


class Column(NamedTuple):
    """A column: its head, which figure, digits behind the point, and a factor."""

    head: str
    figure: str
    digits: int = 3
    scale: float = 1.0


GROUND: Final = (Column("ground error, median m", "ground"), Column("90 %", "ground 90"), Column("IoU of boxes", "iou"))
HEIGHT: Final = (
    Column("right surface %", "right", 0, 100.0),
    Column("of things on top %", "right on top", 0, 100.0),
    Column("height error on top, m", "height on top"),
)
INSIDE: Final = (Column("inside another %", "inside", 0, 100.0), Column("best of four %", "best inside", 0, 100.0))


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        name: its head.
        columns: those of which a row has a figure.
        rows: titles, and figures of each seed.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Rows


@dataclass(frozen=True)
class Bench:
    """What tables are made with.

    Attributes:
        networks: trains them or has them.
        worlds: the test scenes, by name.
    """

    networks: Networks
    worlds: Mapping[str, World]
    _ruled: dict[tuple[str, Cue], list[Figures]] = field(default_factory=dict[tuple[str, Cue], list[Figures]])

    @staticmethod
    def of(networks: Networks, count: int) -> "Bench":
        """With so many scenes in each set."""
        return Bench(networks, worlds(count))

    def network(
        self, variant: Variant, world: World, cue: Cue, control: str = "", *, boxes: bool = False
    ) -> list[Figures]:
        """Figures of a network for each of its seeds, which is the seed of the questions too."""
        shown = world.boxed() if boxes else world
        found = list[Figures]()
        for seed, model in enumerate(self.networks.of(variant)):
            batch = shown.batch(cue, seed, frame=variant.frame)
            answers = network_answers(model, batch, told_wrongly(batch, control), seed)
            found.append(figures_of(errors_of(batch, answers)))
        return found

    def rule(self, world: World, cue: Cue) -> list[Figures]:
        """The same of the rule, which several tables ask the same."""
        if (world.name, cue) in self._ruled:
            return self._ruled[world.name, cue]
        found = self._ruled[world.name, cue] = list[Figures]()
        for seed in range(self.networks.seeds):
            batch = world.batch(cue, seed)
            answers = rule_answers(batch)
            placed = sum(bool(answer.drawn) for answer in answers) / max(len(answers), 1)
            found.append({**figures_of(errors_of(batch, answers)), "placed": placed})
        return found


def figures_of(errors: Sequence[Errors]) -> Figures:
    """Medians, means and shares of errors."""

    def median(values: Iterable[float]) -> float:
        listed = list(values)
        return float(np.median(listed)) if listed else float("nan")

    def share(values: Iterable[bool | None]) -> float:
        listed = [value for value in values if value is not None]
        return float(np.mean(listed)) if listed else float("nan")

    ground = [one.ground for one in errors]
    found = {
        "ground": median(ground),
        "ground 90": float(np.quantile(ground, 0.9)) if ground else float("nan"),
        "height on top": median(one.height for one in errors if one.on_top),
        "right": share(one.right for one in errors),
        "right on top": share(one.right for one in errors if one.on_top),
        "inside": share(one.inside for one in errors),
        "best inside": share(one.best_inside for one in errors),
        "iou": float(np.mean([one.iou for one in errors])) if errors else float("nan"),
    }
    return {name: value for name, value in found.items() if np.isfinite(value)}


def data(bench: Bench) -> Iterable[Table]:
    """1. What is learnt from random compositions, from structured scenes, and from both, here and elsewhere."""
    for name in ("structured", "unseen layouts and families", "random"):
        world = bench.worlds[name]
        for cue in ("box", "edge"):
            rows: Rows = [
                (variant.name, bench.network(variant, world, cue))
                for variant in (BASE, _BY_NAME["structured only"], _BY_NAME["mix"])
            ]
            rows += _controls(bench, world, cue)
            yield Table(f"1. {name}, cue: {cue}", (*GROUND, *INSIDE), rows)


def _controls(bench: Bench, world: World, cue: Cue) -> Rows:
    """The four controls, of the first network."""
    return [
        ("rule", bench.rule(world, cue)),
        ("another scene's geometry", bench.network(BASE, world, cue, "wrong scene")),
        ("shuffled cue", bench.network(BASE, world, cue, "shuffled cue")),
        ("boxes for shapes", bench.network(BASE, world, cue, boxes=True)),
    ]


def frames(bench: Bench) -> Iterable[Table]:
    """2. The view's axes against the room's; equal shapes, each with a rectangle of its own, placed at once."""
    chosen = (BASE, _BY_NAME["room's axes, azimuth told"], _BY_NAME["room's axes, azimuth untold"])
    world = bench.worlds["random"]
    rows: Rows = [(variant.name, bench.network(variant, world, "box")) for variant in chosen]
    rows += _controls(bench, world, "box")
    yield Table("2. frames, random, cue: box", (*GROUND, *INSIDE), rows)
    rows = []
    for variant in chosen:
        found = list[Figures]()
        for seed, model in enumerate(bench.networks.of(variant)):
            batch = bench.worlds["equal shapes"].batch("box", seed, _DUPLICATES, frame=variant.frame)
            answers = network_answers(model, batch, batch.inputs, seed)
            found.append({**figures_of(errors_of(batch, answers)), "collapsed": _collapsed(answers)})
        rows.append((variant.name, found))
    columns = (*GROUND, Column("pairs in one place %", "collapsed", 1, 100.0))
    yield Table("2. equal shapes, cue: box", columns, rows)


def _collapsed(answers: Sequence[Answer]) -> float:
    by_scene: dict[int, list[Answer]] = {}
    for answer in answers:
        by_scene.setdefault(answer.scene, []).append(answer)
    pairs = [
        overlap_of_boxes(one.drawn[0], other.drawn[0]) > _COLLAPSED
        for group in by_scene.values()
        for k, one in enumerate(group)
        for other in group[:k]
        if one.drawn[0].shape is other.drawn[0].shape
    ]
    return float(np.mean(pairs)) if pairs else float("nan")


def starts(bench: Bench) -> Iterable[Table]:
    """3. Pre-training on single shapes, after all steps and after a quarter of them."""
    names = ("from scratch", "shuffled weights", "pre-trained, a quarter of the steps",
             "from scratch, a quarter of the steps")  # fmt: skip
    rows: Rows = []
    for variant in (BASE, *(_BY_NAME[name] for name in names)):
        found = list[Figures]()
        for seed, model in enumerate(bench.networks.of(variant)):
            batch = bench.worlds["random"].batch("box", seed)
            answers = network_answers(model, batch, batch.inputs, seed)
            with torch.no_grad():
                loss = placer_loss(model, batch, 8, torch.Generator().manual_seed(seed))
            errors = figures_of(errors_of(batch, answers))
            found.append({**errors, "loss": float(loss["ground"] + loss["turn"]), "pointer": float(loss["pointer"])})
        rows.append((variant.name, found))
    columns = (Column("flow loss", "loss"), Column("pointer loss", "pointer"), *GROUND[:1], *HEIGHT)
    yield Table("3. starts, random, cue: box", columns, rows)


def context(bench: Bench) -> Iterable[Table]:
    """4. Scene context in no, the middle and all blocks, with the right scene and with another one's geometry."""
    chosen = (_BY_NAME["no scene context"], BASE, _BY_NAME["scene context in all blocks"])
    for cue in ("box", "none"):
        rows: Rows = []
        for variant in chosen:
            world = bench.worlds["random"]
            title = "scene context in the middle blocks" if variant is BASE else variant.name
            rows.append((title, bench.network(variant, world, cue)))
            rows.append((f"{title}, another scene's geometry", bench.network(variant, world, cue, "wrong scene")))
        yield Table(f"4. context, random, cue: {cue}", (*INSIDE, *HEIGHT, *GROUND[:1]), rows)


def support(bench: Bench) -> Iterable[Table]:
    """5. On which surface, by the pointer, by the rule, and by three baselines that are told the true place."""
    for name in ("random", "unseen families", "structured"):
        world = bench.worlds[name]
        rows: Rows = []
        for cue in ("box", "edge", "none"):
            rows.append((f"pointer, {cue}", bench.network(BASE, world, cue)))
            rows.append((f"pointer, {cue}, another scene's geometry", bench.network(BASE, world, cue, "wrong scene")))
            rows.append((f"rule, {cue}", bench.rule(world, cue)))
        found: dict[str, list[Figures]] = {}
        for seed in range(bench.networks.seeds):
            batch = world.batch("none", seed)
            for baseline, errors in _baselines(batch).items():
                found.setdefault(baseline, []).append({"height on top": float(np.median(errors))})
        rows += [(f"{baseline}, true place", figures) for baseline, figures in found.items()]
        yield Table(f"5. support, {name}", (*HEIGHT, Column("placed %", "placed", 0, 100.0)), rows)


def _baselines(batch: Batch) -> dict[str, list[float]]:
    errors: dict[str, list[float]] = {}
    for scene in batch.scenes:
        for truth in scene.wanted:
            if truth.host != FLOOR:
                for name, height in heights_of_baselines(scene, truth).items():
                    errors.setdefault(name, []).append(abs(height - float(truth.position[2])))
    return errors


def proximity(bench: Bench) -> Iterable[Table]:
    """6. Gaps to the neighbour that a relation names; and whether the residual tells a true pose from a moved one."""
    rows: Rows = []
    for title, control in (("pre-trained network", ""), ("another scene's geometry", "wrong scene"),
                           ("shuffled cue", "shuffled cue")):  # fmt: skip
        found = list[Figures]()
        for seed, model in enumerate(bench.networks.of(BASE)):
            batch = bench.worlds["random"].batch("edge", seed)
            inputs = told_wrongly(batch, control)
            gaps = _gaps(batch, network_answers(model, batch, inputs, seed))
            auc = _told_apart(model, batch, inputs, seed)
            off = np.abs(gaps[:, 0] - gaps[:, 1])
            ranks = np.corrcoef(gaps.argsort(axis=0).argsort(axis=0).T)[0, 1] if len(gaps) > 2 else float("nan")
            found.append({"gap": float(np.median(off)), "spearman": float(ranks), "auc": auc, "gaps": float(len(gaps))})
        rows.append((title, found))
    columns = (
        Column("gap error, median m", "gap"), Column("Spearman of gaps", "spearman", 2),
        Column("AUC of the residual", "auc", 2), Column("pairs", "gaps", 0),
    )  # fmt: skip
    yield Table("6. proximity, random, cue: edge", columns, rows)


def _gaps(batch: Batch, answers: Sequence[Answer]) -> FloatArray:
    """(G, 2) gaps along the side that was asked for, as drawn and as they were."""
    found = list[tuple[float, float]]()
    for b, a, drawn, _ in answers:
        scene = batch.scenes[b]
        truth = scene.wanted[a]
        if truth.relation not in SIDES or not batch.inputs.cue_mask[b, a, 0]:
            continue
        place = scene.view.back(batch.inputs.cues[b, a, 0, 12:15].double().numpy())
        anchor = min(scene.kept, key=lambda placed, place=place: float(np.linalg.norm(placed.position - place)))
        axis = SIDES.index(truth.relation) // 2
        gap, was = (
            abs(float(one.position[axis] - anchor.position[axis])) - one.half[axis] - anchor.half[axis]
            for one in (drawn[0], truth)
        )
        found.append((gap, was))
    return np.array(found).reshape(-1, 2)


def _told_apart(model: GeometryPlacer, batch: Batch, inputs: object, seed: int) -> float:
    """How often the velocity's residual is less at the true pose than at one that was moved."""
    generator, rng = torch.Generator().manual_seed(seed), np.random.default_rng(seed)
    targets = batch.targets
    moves = np.zeros((*targets.surface.shape, 1, 5), dtype=np.float32)
    angle, far = rng.uniform(-np.pi, np.pi, moves.shape[:3]), rng.uniform(*_MOVED, moves.shape[:3])
    moves[..., 0], moves[..., 1] = far * np.cos(angle), far * np.sin(angle)
    clean = targets.pose[:, :, None]
    noise = torch.randn(clean.shape, generator=generator)
    with torch.no_grad():
        encoded = model.encode(inputs)  # pyright: ignore[reportArgumentType]
        residual = list[torch.Tensor]()
        for pose in (clean, clean + torch.from_numpy(moves)):
            x = (1 - _LATE) * pose + _LATE * noise
            velocity, _ = model.flow(encoded, targets.surface[..., None], x, torch.full(x.shape[:-1], _LATE))
            residual.append((velocity - (noise - pose))[..., :2].square().sum(dim=-1)[targets.asked])
    return float((residual[0] < residual[1]).float().mean())


def symmetry(bench: Bench) -> Iterable[Table]:
    """7. Whether the answers for a mirrored scene are the mirrored answers."""
    world = bench.worlds["random"]
    other = mirrored(world)
    rows: Rows = []
    for cue in ("edge", "none"):
        found = list[Figures]()
        for seed, model in enumerate(bench.networks.of(BASE)):
            one, two = (w.batch(cue, seed, azimuth=0.0) for w in (world, other))
            first, second = (network_answers(model, batch, batch.inputs, seed) for batch in (one, two))
            again = network_answers(model, one, one.inputs, seed + 1)
            pairs = _matched(first, second), _matched(first, again)
            off, apart = (
                [float(np.linalg.norm(_middle(a)[:2] - _middle(b)[:2] * flip)) for a, b in matched]
                for matched, flip in zip(pairs, (np.array([-1, 1]), np.ones(2)), strict=True)
            )
            same = np.mean([a.surface == b.surface for a, b in pairs[0]])
            found.append(
                {"mirrored": float(np.median(off)), "drawn anew": float(np.median(apart)), "surface": float(same)}
            )
        rows.append((f"cue: {cue}", found))
    columns = (
        Column("mean answer, mirrored, off by m", "mirrored"), Column("the same question, drawn anew, m", "drawn anew"),
        Column("same surface %", "surface", 0, 100.0),
    )  # fmt: skip
    yield Table("7. symmetry, random", columns, rows)


def order(bench: Bench) -> Iterable[Table]:
    """Beside the rule: which of its eight best places a network likes most, and how good any order could be."""
    for name in ("structured", "unseen layouts and families"):
        world = bench.worlds[name]
        for cue in ("edge", "none"):
            offers = [(seed, world.batch(cue, seed)) for seed in range(bench.networks.seeds)]
            offered = [(seed, batch, rule_answers(batch, OFFERED)) for seed, batch in offers]
            rows: Rows = [("rule", [figures_of(errors_of(batch, found)) for _, batch, found in offered])]
            for variant, control in ((_BY_NAME["structured only"], ""), (_BY_NAME["structured only"], "wrong scene"),
                                     (_BY_NAME["structured only"], "shuffled cue"), (_BY_NAME["mix"], ""),
                                     (BASE, "")):  # fmt: skip
                models = bench.networks.of(variant)
                figures = [
                    figures_of(
                        errors_of(batch, ordered(models[seed], batch, told_wrongly(batch, control), found, seed))
                    )
                    for seed, batch, found in offered
                ]
                title = f"rule, ordered by: {variant.name}"
                rows.append((f"{title}, {_CONTROLS[control]}" if control else title, figures))
            middle = [figures_of(errors_of(batch, central(found))) for _, batch, found in offered]
            rows.append(("rule, ordered by: nearness to the middle of the room", middle))
            best = [figures_of(errors_of(batch, nearest(batch, found))) for _, batch, found in offered]
            rows.append(("the nearest of the rule's eight", best))
            yield Table(f"Order, {name}, cue: {cue}", (*GROUND, HEIGHT[-1]), rows)


def _matched(one: Sequence[Answer], other: Sequence[Answer]) -> list[tuple[Answer, Answer]]:
    known = {(answer.scene, answer.asked): answer for answer in other}
    return [(a, known[a.scene, a.asked]) for a in one if (a.scene, a.asked) in known]


def _middle(answer: Answer) -> FloatArray:
    return np.mean([placed.position for placed in answer.drawn], axis=0)


TABLES: Final[Mapping[str, Callable[[Bench], Iterable[Table]]]] = {
    "data": data,
    "frames": frames,
    "starts": starts,
    "context": context,
    "support": support,
    "proximity": proximity,
    "symmetry": symmetry,
    "order": order,
}
"""Tables 1 to 7 and what comes of them, by their names."""
