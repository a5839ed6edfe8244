"""Samples many scenes on all cores: a process for each core is faster than one process with many threads."""

import math
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from tqdm import tqdm

from ..catalogue.entries import Catalogue
from ..instructions.write.official_templates import Instruction
from ..scene import Request, Scene
from ..vocabulary import RoomType

if TYPE_CHECKING:
    from ..generator import Generator

STEPS = (100, 10)
"""Network calls of prior and decoder, as in the paper."""


@dataclass(frozen=True)
class Source:
    """The model that makes the scenes, and how it is run.

    Args:
        model: model folder; None is the embedded starter.
        catalogue: the furniture, or its file; None is the embedded one.
        device: as for the command line.
        threads: torch threads of each process.
        workers: number of processes.
        batch: scenes that a process makes at once.
        clip: CLIP's weights, where the model reads texts with CLIP, as for the command line.
        precision: of matrix products, as for the command line.
    """

    model: Path | None = None
    catalogue: Path | Catalogue | None = None
    device: str = "auto"
    threads: int = 1
    workers: int = 1
    batch: int = 50
    clip: str | None = None
    precision: str = "fp32"


def requests_for(
    instructions: Sequence[Instruction], seed: int, guidance: float | None, room_type: RoomType = "bedroom"
) -> list[Request]:
    """One request for each instruction; sampling seed k gives instruction i the seed k · count + i.

    Args:
        instructions: one for each scene.
        seed: number of the sampling seed, from 0.
        guidance: the prior's guidance scale; None is the model's default.
        room_type: of the scenes.
    """
    return [
        Request(
            task="generate",
            scene=Scene(room_type),
            instruction=item.text,
            id=f"room{number}",
            seed=seed * len(instructions) + number,
            steps=STEPS,
            guidance=guidance,
        )
        for number, item in enumerate(instructions)
    ]


class Way(NamedTuple):
    """How scenes are made, see :meth:`.generator.Generator.run`.

    Attributes:
        settle: whether they are settled, and the best of several tries is taken.
        held: whether they are held to the instruction by more than the networks.
        tries: rooms sampled at most of each; None: as people get them.
    """

    settle: bool
    held: bool
    tries: int | None = None


PLAIN: Final = Way(settle=False, held=False)
"""Samples of the networks."""
AS_PEOPLE_GET_IT: Final = Way(settle=True, held=True)


class Batch(NamedTuple):
    """Scenes that were made in one batch, and the seconds that a process took for it."""

    scenes: list[Scene]
    seconds: float


class Sampler:
    """Processes that have the model loaded, for use in a with-statement; they load it when first needed.

    Args:
        source: the model, loaded once in each process.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._pool: ProcessPoolExecutor | None = None
        self._ready = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def batches(self, requests: Sequence[Request], way: Way = PLAIN) -> Iterator[Batch]:
        """Scenes for some requests, in their order.

        Args:
            requests: any number.
            way: how they are made.
        """
        # Few requests are shared out evenly among the processes.
        size = max(1, min(self.source.batch, math.ceil(len(requests) / self.source.workers)))
        parts = [requests[start : start + size] for start in range(0, len(requests), size)]
        make = partial(_batch, way=way)
        if self.source.workers > 1:
            yield from self._processes().map(make, parts)
            return
        if not self._ready:
            _load(self.source)
            self._ready = True
        yield from map(make, parts)

    def _processes(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.source.workers, context, initializer=_load, initargs=(self.source,))
        return self._pool


def sample(source: Source, requests: Sequence[Request], describe: str = "sampling") -> Iterator[Scene]:
    """A plain sample for each request, in their order: no choosing among candidates, no settling.

    Args:
        source: the model, loaded once in each process.
        requests: any number.
        describe: the progress bar's title.
    """
    with tqdm(total=len(requests), desc=describe, unit="scene") as bar, Sampler(source) as sampler:
        for batch in sampler.batches(requests):
            bar.update(len(batch.scenes))
            yield from batch.scenes


_loaded: dict[str, "Generator"] = {}


def _load(source: Source) -> None:
    """Loads the generator of this process."""
    import torch  # noqa: PLC0415 - what imports torch is imported where it is used

    from ..generator import load_generator  # noqa: PLC0415 - the same

    torch.set_num_threads(source.threads)
    given = source.catalogue
    loaded = load_generator(source.model, device=source.device, clip=source.clip, precision=source.precision)
    if given is not None:  # alone, as published figures are
        loaded.catalogue = Catalogue.open(given) if isinstance(given, Path) else given
    _loaded["generator"] = loaded


def _batch(requests: Sequence[Request], *, way: Way) -> Batch:
    start, generator = time.perf_counter(), _loaded["generator"]
    run = partial(generator.run, requests, settle=way.settle, held=way.held, batch_size=len(requests))
    results = run() if way.tries is None else run(tries=way.tries)
    return Batch([scene for variations in results for scene in variations], time.perf_counter() - start)
