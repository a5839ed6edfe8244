"""The paper's Figure 4, steps and guidance of the two stages, and its appendix C.6, the time of a batch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from ...errors import InvalidInputError
from ...vocabulary import RoomType
from ..sampling import STEPS, Sampler
from .bench import Bench
from .methods import Method, Setting
from .tables import BUILT, RECALL, Column, Figures, Table, generated, picture_columns
from .tasks import requests

_PRIOR: Final = (5, 10, 25, 50, 100)
_DECODER: Final = (2, 5, 10, 25, 50)
_GUIDANCE: Final = (0.5, 1.0, 1.5, 2.0, 3.0)
_BATCH: Final = 128
"""Rooms of the paper's measurement."""
_SECONDS: Final[Mapping[str, float]] = {"atiss": 3.0, "instructscene": 12.0, "diffuscene": 22.0}
"""The paper's, 128 living rooms on an A40."""


def figure4(bench: Bench, room_type: RoomType) -> Iterator[Table]:
    """Figure 4: each setting of InstructScene by itself, the others as in the paper.

    Raises:
        InvalidInputError: no InstructScene is among the methods.
    """
    columns = [*RECALL, *picture_columns(bench), *BUILT]
    for name, settings in _sweeps().items():
        rows: list[tuple[str, Figures]] = []
        for method in _two_stages(bench):
            for told, setting in settings.items():
                variant = replace(method, name=f"{method.name}@{told.replace(' ', '-')}", setting=setting)
                rows.append((f"{method.title}, {told}", generated(bench, variant, room_type)))
        yield Table(name, columns, rows)


def _two_stages(bench: Bench) -> Sequence[Method]:
    found = [method for method in bench.study.methods if method.kind == "instructscene"]
    if not found:
        raise InvalidInputError("Figure 4 is about InstructScene", "Name it with --methods")
    return found


def _sweeps() -> dict[str, dict[str, Setting]]:
    prior, decoder = STEPS
    return {
        "steps of the prior": {f"{n} steps": Setting((n, decoder), 1.0) for n in _PRIOR},
        "steps of the decoder": {f"{n} decoder steps": Setting((prior, n), 1.0) for n in _DECODER},
        "guidance": {f"guidance {scale:g}": Setting(STEPS, scale) for scale in _GUIDANCE},
    }


def appendix6(bench: Bench, room_type: RoomType) -> Iterator[Table]:
    """Appendix C.6: seconds of one process for one batch of as many rooms as there are instructions."""
    rooms, study = bench.rooms(room_type), bench.study
    bench.close()  # so that nothing else is loaded
    count = len(rooms.instructions)
    rows: list[tuple[str, Figures]] = []
    for method in study.methods:
        source = replace(study.sampling, model=method.folder, catalogue=rooms.retrieval, workers=1, batch=count)
        asked = [method.told(request) for request in requests("generate", rooms, 0)]
        with Sampler(source) as sampler:
            list(sampler.batches(asked[:1], method.way))  # the first call loads and warms up
            seconds = sum(batch.seconds for batch in sampler.batches(asked, method.way))
        figures = {"seconds": seconds, "each": seconds / count, "rooms": float(count)}
        if method.kind in _SECONDS and not method.placed:
            figures["paper"] = _SECONDS[method.kind]
        rows.append((method.title, figures))
    columns = [
        Column("rooms", "rooms", 0),
        Column("seconds", "seconds"),
        Column("seconds a room", "each", 3),
        Column(f"the paper's, {_BATCH} living rooms on an A40, seconds", "paper"),
    ]
    yield Table("one batch", columns, rows)
