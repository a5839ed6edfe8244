"""Scenes in which is asked where a shape stands: random and structured ones, of new shapes and of unseen families."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from ...datasets.compositions import Compose, Composition, Draw, Placed, any_shape, compose, held_out_shape, structured
from ...datasets.shape_families import ToyShape
from ...training.placer_features import Asking, Batch, ShapeBank, make_batch, patches_of_all

Cue = Literal["box", "edge", "none"]
CUES: Final[Mapping[Cue, Asking]] = {
    "box": Asking(edge=0.0, box=1.0, place=0.0, support=0.0, size_unknown=0.0, yaw_known=1.0),
    "edge": Asking(edge=1.0, box=0.0, place=0.0, support=0.0, size_unknown=0.0, yaw_known=1.0),
    "none": Asking(edge=0.0, box=0.0, place=0.0, support=0.0, size_unknown=0.0, yaw_known=1.0),
}
"""What alone is told of an asked shape, besides its size and yaw: a rectangle in a view, a relation, nothing."""
ASKED: Final = 3
"""Shapes of a scene that are asked for."""
_SHAPES: Final = 200
_EQUAL: Final = (3, 6)
"""Equal shapes of a scene of duplicates."""
_TEST: Final = 1 << 40
"""Seeds of test scenes and their shapes begin here, apart from those of training."""


@dataclass(frozen=True)
class World:
    """A set of test scenes.

    Attributes:
        name: as tables call it.
        bank: has the shapes.
        scenes: the scenes.
    """

    name: str
    bank: ShapeBank
    scenes: tuple[Composition, ...]

    @staticmethod
    def of(name: str, count: int, make: Compose, draw: Draw = any_shape) -> "World":
        """So many scenes of new shapes."""
        bank = ShapeBank.of(_SHAPES, np.random.default_rng(_TEST), draw)
        scenes = tuple(make(np.random.default_rng(_TEST + number), bank.draw) for number in range(count))
        return World(name, bank, scenes)

    def batch(self, cue: Cue, seed: int, asked: int = ASKED, **told: object) -> Batch:
        """Questions by one cue; what is asked and from where it is seen depend on the seed."""
        asking = replace(CUES[cue], **told)  # pyright: ignore[reportArgumentType]
        return make_batch(self.scenes, self.bank, asked, np.random.default_rng([seed, _TEST]), asking)

    def boxed(self) -> "World":
        """The same, whose shapes are told as the boxes around them."""
        boxes = [ToyShape("box", ((0.0, 0.0, 0.0, *shape.size.tolist(), False),)) for shape in self.bank.shapes]
        bank = ShapeBank(self.bank.shapes, *patches_of_all(boxes, np.random.default_rng(_TEST)))
        return World(f"{self.name}, boxes for shapes", bank, self.scenes)


def worlds(count: int) -> dict[str, World]:
    """All sets, by name."""
    made = (
        World.of("random", count, compose),
        World.of("structured", count, structured),
        World.of("unseen families", count, compose, held_out_shape),
        World.of("unseen layouts and families", count, structured, held_out_shape),
        World.of("equal shapes", count, equals),
    )
    return {world.name: world for world in made}


def equals(rng: np.random.Generator, draw: Draw) -> Composition:
    """Some equal shapes on the floor, and one other."""
    wanted = int(rng.integers(_EQUAL[0], _EQUAL[1] + 1))
    shape = draw(False, rng)  # noqa: FBT003 - the protocol's
    scene = compose(rng, lambda _big, _rng: shape)
    grounded = [placed for placed in scene.placed if placed.host < 0 and placed.anchor < 0][: wanted + 1]
    return Composition(tuple(grounded)) if len(grounded) > 2 else equals(rng, draw)


def mirrored(world: World) -> World:
    """The same, left and right exchanged."""
    shapes = [_mirrored(shape) for shape in world.bank.shapes]
    flip = np.array([-1, 1, 1])
    bank = ShapeBank(shapes, world.bank.points * np.tile(flip, 2), world.bank.middles * flip)
    numbers = {id(shape): number for number, shape in enumerate(world.bank.shapes)}
    scenes = tuple(
        Composition(tuple(_mirrored_placed(placed, shapes[numbers[id(placed.shape)]]) for placed in scene.placed))
        for scene in world.scenes
    )
    return World(f"{world.name}, mirrored", bank, scenes)


def _mirrored(shape: ToyShape) -> ToyShape:
    return ToyShape(shape.family, tuple((-x, y, z, w, d, h, is_round) for x, y, z, w, d, h, is_round in shape.bars))


def _mirrored_placed(placed: Placed, shape: ToyShape) -> Placed:
    sides = {"left of": "right of", "right of": "left of"}
    relation = sides.get(placed.relation, placed.relation)
    position = placed.position * [-1, 1, 1]
    return replace(placed, shape=shape, position=position, yaw=-placed.yaw, relation=relation)  # pyright: ignore[reportArgumentType]
