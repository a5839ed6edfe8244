"""``evaluate --table 1`` and the like: makes what is not made yet, prints the page and writes it, JSON and pictures."""

import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from ...errors import InvalidInputError
from ...vocabulary import RoomType
from ..picture_features import FeatureExtractor
from .appendix import appendix3, appendix4
from .bench import Bench, Study
from .figures import Judges
from .page import markdown, plot_bars, write
from .sheet import ROOMS, draw_sheet
from .sweeps import appendix6, figure4
from .tables import Maker, Table, table1, table2


class Part(NamedTuple):
    """A table or figure of the paper.

    Attributes:
        title: of its page.
        make: its tables.
        stem: of its files.
        bars: the figure that is plotted, and what it is called.
        sheet: whether rooms are shown side by side.
    """

    title: str
    make: Maker
    stem: str
    bars: tuple[str, str]
    sheet: bool = False


_IRECALL: Final = ("own strict", "strict iRecall, %")
PARTS: Final[Mapping[tuple[str, str], Part]] = {
    ("table", "1"): Part("Rooms from instructions", table1, "table1", _IRECALL, sheet=True),
    ("table", "2"): Part("Tasks that no network was trained for", table2, "table2", _IRECALL),
    ("table", "3"): Part("Strategies of learning the graph prior", table1, "table3", _IRECALL, sheet=True),
    ("figure", "4"): Part("Steps and guidance", figure4, "figure4", _IRECALL),
    ("appendix", "C3"): Part("What codes keep of features", appendix3, "appendix-c3", ("top 1", "found again, %")),
    ("appendix", "C4"): Part("Diversity", appendix4, "appendix-c4", ("sets", "different sets of classes, %")),
    ("appendix", "C5"): Part("Without semantic features", table1, "appendix-c5", _IRECALL, sheet=True),
    ("appendix", "C6"): Part("Seconds of a batch", appendix6, "appendix-c6", ("seconds", "seconds")),
}
"""By kind and number."""


def run(part: Part, study: Study, judges: Judges | None) -> int:
    """Runs a part.

    Raises:
        InvalidInputError: weights, furniture, pictures or a folder are at fault.
    """
    try:
        study.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInputError(
            f"{study.out} cannot hold the results: {error.strerror}", "Choose another --out"
        ) from error
    with closing(Bench(study, judges)) as bench:
        return _made(part, study, bench)


def _made(part: Part, study: Study, bench: Bench) -> int:
    found: dict[RoomType, list[Table]] = {room: list(part.make(bench, room)) for room in study.rooms}
    if part.sheet and study.renderer is not None:
        for room in study.rooms:
            _sheet(bench, room, study.out / f"{part.stem}-{room}.png")
    page = markdown(part.title, study, found, _notes(bench))
    write(study.out, part.stem, page, study, found)
    plot_bars(study.out / f"{part.stem}.png", found, *part.bars)
    sys.stdout.write(page)
    return 0


def _sheet(bench: Bench, room_type: RoomType, path: Path) -> None:
    rooms = bench.rooms(room_type)
    count = min(ROOMS, len(rooms.instructions))
    columns = {m.title: bench.picture_paths(m, "generate", room_type)[:count] for m in bench.study.methods}
    columns["the described rooms themselves"] = bench.reference_paths(room_type)[:count]
    draw_sheet(path, [item.text for item in rooms.instructions[:count]], columns)


def _notes(bench: Bench) -> list[str]:
    study = bench.study
    notes = [bench.rooms(room).about for room in study.rooms]
    notes.append(
        f"{study.seeds} sampling seeds. In brackets: 95 % intervals, by bootstrap over instructions for iRecall, over "
        "pictures for the others. Plain rows are samples of the networks, neither held to the instruction nor settled."
    )
    if any(method.placed for method in study.methods):
        notes.append(
            "\\*: held to the instruction, settled, and the best of up to four rooms, as the product does, which takes "
            "up to twelve."
        )
    notes += [f"{method.title}: {method.setting.told}." for method in study.methods if method.setting.told]
    if study.renderer is None:
        notes.append("No pictures were made, so no figures from pictures stand here: give --renderer.")
    elif bench.judges is not None:
        names = ", ".join(_name(extractor) for extractor in bench.judges.extractors)
        notes.append(f"Pictures: 256 by 256 pixels from above, features of {names}.")
    return notes


def _name(extractor: FeatureExtractor) -> str:
    return extractor.name
