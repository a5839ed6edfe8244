"""The parts of the starter's evaluation: each samples scenes for one room type and one sampling seed, and scores them.

A part returns its figures by name, percent unless said otherwise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ..scene import Request, Scene, Task
from .held_out import rooms_with_classes
from .layouts import Layouts, layouts_of, layouts_of_rooms
from .restyling import askable, prompt, share_tagged
from .sampling import AS_PEOPLE_GET_IT, PLAIN, STEPS, Sampler, Way
from .scores import Triplets, score, shuffled
from .soundness import Figures, soundness
from .starter_set import Asked, StarterSet
from .variety import triplet_entropy

MOST_TRIPLETS: Final = 5
"""Largest number of relations in an instruction."""
_CONTROL_DRAWS: Final = 5
"""Draws of random training rooms, over which their scores are averaged."""


@dataclass(frozen=True)
class Sizes:
    """Numbers of samples for each room type and seed: five seeds of all types take two cores about an hour.

    Args:
        mixture: instructions of 1 or 2 triplets.
        triplets: instructions with each number of triplets.
        edits: rooms that are completed and rearranged.
        sound: plain samples in rooms with floors, whose soundness is measured.
        settled: the same, settled as people get them.
        restyled: rooms for each colour and material.
    """

    mixture: int = 100
    triplets: int = 24
    edits: int = 30
    sound: int = 20
    settled: int = 12
    restyled: int = 4

    @staticmethod
    def of(mixture: int) -> "Sizes":
        """The default sizes scaled in proportion to the first, at least two of each."""
        whole = Sizes()
        part = mixture / whole.mixture
        others = (whole.triplets, whole.edits, whole.sound, whole.settled, whole.restyled)
        return Sizes(mixture, *(max(round(part * size), 2) for size in others))


@dataclass(frozen=True, eq=False)
class Bench:
    """What a part of the evaluation works with.

    Args:
        rooms: held-out and training rooms of one type.
        sizes: numbers of samples.
        sampler: makes the scenes.
        guidance: the prior's guidance scale; None is the model's default.
        seed: number of the sampling seed, from 0.
    """

    rooms: StarterSet
    sizes: Sizes
    sampler: Sampler
    guidance: float | None
    seed: int

    def request(self, scene: Scene, text: str, number: int, task: Task = "generate") -> Request:
        """A request with a seed that is unique among rooms and sampling seeds of this part."""
        return Request(
            task=task,
            scene=scene,
            instruction=text,
            id=f"room{number}",
            seed=self.seed * 100_000 + number,
            steps=STEPS,
            guidance=self.guidance,
        )

    def sample(self, requests: Sequence[Request], way: Way = PLAIN) -> tuple[list[Scene], float]:
        """The scenes of some requests, and the seconds that one process takes for one scene."""
        batches = list(self.sampler.batches(requests, way))
        scenes = [scene for batch in batches for scene in batch.scenes]
        return scenes, sum(batch.seconds for batch in batches) / len(scenes)

    def layouts(self, scenes: Sequence[Scene]) -> Layouts:
        """Scenes as arrays."""
        return layouts_of(scenes, self.rooms.catalogue, self.rooms.room_type)


def mixture(bench: Bench) -> Figures:
    """Plain samples for instructions of 1 or 2 triplets, scored also against other rooms' instructions."""
    asked = bench.rooms.asked(bench.sizes.mixture)
    scenes, seconds = bench.sample(_generations(bench, asked, floors=False))
    layouts = bench.layouts(scenes)
    found = _recall(layouts, asked.triplets) | {"seconds": seconds, "entropy": triplet_entropy(layouts)}
    others = _recall(layouts, shuffled(asked.triplets, bench.seed))
    return found | {f"shuffled_{name}": others[name] for name in ("strict", "easy", "graph", "classes")}


def exactly(count: int) -> Callable[[Bench], Figures]:
    """The part with plain samples for instructions of exactly so many triplets."""

    def part(bench: Bench) -> Figures:
        asked = bench.rooms.asked(bench.sizes.triplets, count)
        scenes, seconds = bench.sample(_generations(bench, asked, floors=False))
        return _recall(bench.layouts(scenes), asked.triplets) | {"seconds": seconds}

    return part


def controls(bench: Bench) -> Figures:
    """Scores of rooms that no network made, as controls; the same for all sampling seeds."""
    asked, rooms = bench.rooms.asked(bench.sizes.mixture), bench.rooms
    random = np.random.default_rng(0)
    drawn = [rooms.random_training(asked.layouts.n, random) for _ in range(_CONTROL_DRAWS)]
    fitting = [_fitting(rooms, asked, random) for _ in range(_CONTROL_DRAWS)]
    figures = {"entropy_training": triplet_entropy(drawn[0])}
    if rooms.real is not None:
        figures["entropy_real"] = triplet_entropy(rooms.real.select(np.arange(min(rooms.real.n, asked.layouts.n))))
    for name, sets in (("random", drawn), ("fitting", fitting), ("described", [asked.layouts])):
        row = score(name, [(layouts, asked.triplets) for layouts in sets])
        figures |= {f"{name}_strict": row.strict, f"{name}_easy": row.easy, f"{name}_classes": row.classes}
        figures[f"{name}_objects"] = row.objects
        if row.spread is not None:
            figures[f"{name}_spread"] = row.spread
    examined = {"examined": asked.held_out.examined, "seen": asked.held_out.seen, "silent": asked.held_out.silent}
    return figures | examined | {"compared": rooms.training.n}


def _fitting(rooms: StarterSet, asked: Asked, random: np.random.Generator) -> Layouts:
    training = rooms.training
    rows, _ = rooms_with_classes(training.objs, asked.triplets, training.empty, random)
    return layouts_of_rooms(training.select(rows))


def sound(bench: Bench) -> Figures:
    """Soundness of plain samples in rooms with given floors."""
    asked = bench.rooms.asked(bench.sizes.sound)
    return _sound(bench, asked, PLAIN)


def settled(bench: Bench) -> Figures:
    """Soundness in rooms with given floors as people get them: settled, up to four tries, the model's own steps."""
    asked = bench.rooms.asked(bench.sizes.settled)
    return _sound(bench, asked, AS_PEOPLE_GET_IT)


def _sound(bench: Bench, asked: Asked, way: Way) -> Figures:
    requests = _generations(bench, asked, floors=True)
    if way.settle:
        requests = [replace(request, steps=None) for request in requests]
    scenes, seconds = bench.sample(requests, way)
    recall = _recall(bench.layouts(scenes), asked.triplets)
    return recall | soundness(scenes, bench.rooms.catalogue) | {"seconds": seconds}


def described(bench: Bench) -> Figures:
    """Soundness and recall of the held-out rooms themselves; the same for all sampling seeds."""
    asked = bench.rooms.asked(bench.sizes.sound)
    return _recall(asked.layouts, asked.triplets) | soundness(asked.scenes, bench.rooms.catalogue)


def complete(bench: Bench) -> Figures:
    """Completion: the described objects are removed, and as many are generated (the paper's Table 2)."""
    asked = bench.rooms.asked(bench.sizes.edits)
    requests: list[Request] = []
    partial: list[Scene] = []
    for number, (room, item) in enumerate(zip(asked.scenes, asked.held_out.instructions, strict=True)):
        removed = {str(index) for index in item.described}
        left = Scene(room.room_type, tuple(o for o in room.objects if o.id not in removed))
        partial.append(left)
        requests.append(replace(bench.request(left, item.text, number, "complete"), add=len(removed)))
    scenes, seconds = bench.sample(requests)
    before = _recall(bench.layouts(partial), asked.triplets)["strict"]
    return _recall(bench.layouts(scenes), asked.triplets) | {"seconds": seconds, "before": before}


def rearrange(bench: Bench) -> Figures:
    """Rearrangement: all objects are given without relations and poses (the paper's Table 2)."""
    asked = bench.rooms.asked(bench.sizes.edits)
    pairs = zip(asked.scenes, asked.held_out.instructions, strict=True)
    requests = [
        bench.request(Scene(room.room_type, room.objects), item.text, number, "rearrange")
        for number, (room, item) in enumerate(pairs)
    ]
    scenes, seconds = bench.sample(requests)
    layouts = bench.layouts(scenes)
    others = _recall(layouts, shuffled(asked.triplets, bench.seed))["strict"]
    return _recall(layouts, asked.triplets) | {"seconds": seconds, "shuffled_strict": others}


def restyle(bench: Bench) -> Figures:
    """Restyling: for each colour and material the share of objects that have it, with and without an instruction.

    Another sampling seed restyles other rooms.
    """
    count = bench.sizes.restyled
    rooms = bench.rooms.asked(count * (bench.seed + 1)).scenes[count * bench.seed :]
    bare = [Scene(room.room_type, room.objects) for room in rooms]
    words = askable(bench.rooms.catalogue, bench.rooms.room_type)
    texts = {word: [prompt(word, number) for number in range(count)] for word in words} | {"": [""] * count}
    requests = [
        bench.request(room, text, number, "restyle")
        for asked in texts.values()
        for number, (room, text) in enumerate(zip(bare, asked, strict=True))
    ]
    scenes, seconds = bench.sample(requests)
    groups = {word: scenes[k * count : (k + 1) * count] for k, word in enumerate(texts)}
    found: Figures = {"seconds": seconds}
    for word in words:
        found[f"asked {word}"] = share_tagged(groups[word], word, bench.rooms.catalogue)
        found[f"empty {word}"] = share_tagged(groups[""], word, bench.rooms.catalogue)
    return found


SEEDED: Final[dict[str, Callable[[Bench], Figures]]] = {
    "mixture": mixture,
    **{f"triplets{count}": exactly(count) for count in range(1, MOST_TRIPLETS + 1)},
    "sound": sound,
    "settled": settled,
    "complete": complete,
    "rearrange": rearrange,
    "restyle": restyle,
}
"""Parts that are run for every sampling seed."""
ONCE: Final[dict[str, Callable[[Bench], Figures]]] = {"controls": controls, "described": described}
"""Parts that do not depend on the sampling seed."""


def _generations(bench: Bench, asked: Asked, *, floors: bool) -> list[Request]:
    pairs = zip(asked.scenes, asked.held_out.instructions, strict=True)
    return [
        bench.request(replace(room, objects=()) if floors else Scene(room.room_type), item.text, number)
        for number, (room, item) in enumerate(pairs)
    ]


def _recall(layouts: Layouts, asked: Triplets) -> Figures:
    row = score("", [(layouts, asked)])
    found = {"strict": row.strict, "easy": row.easy, "classes": row.classes, "objects": row.objects}
    if row.graph is not None and row.graph_easy is not None:
        found |= {"graph": row.graph, "graph_easy": row.graph_easy}
    return found
