"""Scenes that are made in chunks and kept, so that a run goes on where it stopped and a count may grow."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from ..scene import Request, Scene
from .sampling import Sampler, Way
from .store import Store, digest

CHUNK: Final = 40
"""Scenes in a file."""
_CODE: Final = Path(__file__).resolve().parent.parent
_NOT_MAKING: Final = ("commands", "datasets", "evaluation", "starter", "training", "worker")
"""Packages that have no part in what a model makes of a request; the rules of rooms count by themselves."""


def code_digest(*asking: str) -> str:
    """Of all code that makes scenes, and of the modules of this package that ask for them.

    Args:
        asking: names of such modules.
    """
    making = [path for path in _CODE.rglob("*.py") if path.relative_to(_CODE).parts[0] not in _NOT_MAKING]
    return digest(sorted([*making, *(_CODE / "evaluation" / f"{name}.py" for name in asking)]))


def chunks(count: int) -> list[range]:
    """The numbers of the scenes of each file."""
    return [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]


@dataclass(frozen=True, eq=False)
class Chunks:
    """Makes scenes, or reads those that were made.

    Args:
        store: keeps them.
        sampler: makes them.
        bar: counts the chunks.
    """

    store: Store
    sampler: Sampler
    bar: "tqdm[Any]"

    def scenes(self, name: str, count: int, request: Callable[[int], Request], way: Way) -> tuple[list[Scene], float]:
        """The scenes of some requests, and the seconds that one process takes for one of them.

        Args:
            name: of their files, which the numbers of the first and the last follow.
            count: how many.
            request: that of a number.
            way: how they are made.
        """
        scenes, seconds = list[Scene](), 0.0
        for numbers in chunks(count):
            part = f"{name}-{numbers.start}-{numbers.stop}"
            self.bar.set_description(part)
            found = self.store.scenes(part)
            if found is None:
                batches = list(self.sampler.batches([request(number) for number in numbers], way))
                found = [scene for batch in batches for scene in batch.scenes], sum(b.seconds for b in batches)
                self.store.put_scenes(part, *found)
            scenes += found[0]
            seconds += found[1]
            self.bar.update()
        return scenes, seconds / max(len(scenes), 1)
