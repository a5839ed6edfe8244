"""Plain sampling of many scenes, on all cores: one process a core is faster than one process with many threads."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from ..catalogue.entries import Catalogue
from ..instructions.sentences import Instruction
from ..options import set_threads
from ..scene import Request, Scene
from ..vocabulary import RoomType

if TYPE_CHECKING:
    from ..generator import Generator

STEPS = (100, 10)
"""Network calls of prior and decoder, as in the paper."""


@dataclass(frozen=True)
class Source:
    """Where scenes come from.

    Args:
        model: model folder; None is the embedded starter.
        catalogue: what is placed, or the file that names it; None is the embedded one.
        device: as for the command line.
        threads: of torch, in each process.
        workers: processes.
        batch: scenes at once in each process.
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
        instructions: what is asked.
        seed: number of the sampling seed, from 0.
        guidance: the prior's scale; None is the model's default.
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


def sample(source: Source, requests: Sequence[Request], describe: str = "sampling") -> Iterator[Scene]:
    """A scene for each request, in their order: no choosing among candidates, no settling.

    Args:
        source: the model, loaded once a process.
        requests: any number.
        describe: the progress bar's title.
    """
    batches = [requests[start : start + source.batch] for start in range(0, len(requests), source.batch)]
    with tqdm(total=len(requests), desc=describe, unit="scene") as bar:
        for scenes in _made(source, batches):
            bar.update(len(scenes))
            yield from scenes


def _made(source: Source, batches: Sequence[Sequence[Request]]) -> Iterator[list[Scene]]:
    if source.workers == 1:
        _load(source)
        yield from map(_batch, batches)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(source.workers, context, initializer=_load, initargs=(source,)) as pool:
        try:
            yield from pool.map(_batch, batches)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_loaded: dict[str, "Generator"] = {}


def _load(source: Source) -> None:
    """Loads the generator once a process."""
    from ..generator import load_generator  # noqa: PLC0415 - what imports torch is imported where it is used

    set_threads(source.threads)
    given = source.catalogue
    path = given if isinstance(given, Path) else None
    loaded = load_generator(
        source.model, device=source.device, catalogue=path, clip=source.clip, precision=source.precision
    )
    if isinstance(given, Catalogue):
        loaded.catalogue = given
    _loaded["generator"] = loaded


def _batch(requests: Sequence[Request]) -> list[Scene]:
    results = _loaded["generator"].run(requests, settle=False, batch_size=len(requests))
    return [scene for variations in results for scene in variations]
