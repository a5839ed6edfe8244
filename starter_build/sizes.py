"""Prints how the furniture's sizes lie to those of real rooms: ``python starter_build/sizes.py ROOMS.jsonl…``.

A table in Markdown: for each class the tenth, the middle and the ninth tenth of width, depth and height in metres, of
the starter's shapes and of the objects of real rooms (JSON lines with ``atiss_label`` and ``size``).
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from instructscene_core.starter.furniture.specs import SHAPES
from instructscene_core.vocabulary import CATEGORIES, display_name

Sizes = dict[str, list[tuple[float, float, float]]]

_LAMPS: Final = {"e7a0801e": "pendant_lamp", "2374eec6": "ceiling_lamp"}
"""Beginnings of the category ids of lamps, which have no label."""
_MIN_PIECES: Final = 5
"""Least number of pieces of a class whose percentiles are printed."""


def main(arguments: list[str]) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rooms", type=Path, nargs="+", help="JSON lines of real rooms")
    sys.stdout.write(table(ours(), real(parser.parse_args(arguments).rooms)))


def ours() -> Sizes:
    """Width, depth and height of every shape, by class."""
    sizes: Sizes = defaultdict(list)
    for shape in SHAPES:
        sizes[shape.category].append(shape.size)
    return sizes


def real(files: Iterable[Path]) -> Sizes:
    """Width, depth and height of every object in files of real rooms, by class."""
    sizes: Sizes = defaultdict(list)
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            for item in json.loads(line)["objects"]:
                _add(sizes, item)
    return sizes


def _add(sizes: Sizes, item: Mapping[str, Any]) -> None:
    category = item["atiss_label"] or _LAMPS.get(str(item["category_id"])[:8])
    if category:
        x, y, z = (float(v) for v in item["size"])
        sizes[category].append((x, z, y))


def table(mine: Sizes, theirs: Sizes) -> str:
    """Markdown: a row for each class that the starter has."""
    head = ["class", "shapes", "real"]
    head += [f"{axis}, {whose}" for axis in ("width", "depth", "height") for whose in ("ours", "real")]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for category in CATEGORIES:
        if category in mine:
            known = theirs.get(category, [])
            cells = [cell for axis in range(3) for cell in (_span(mine[category], axis), _span(known, axis))]
            lines.append(f"| {display_name(category)} | {len(mine[category])} | {len(known)} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _span(sizes: Sequence[tuple[float, float, float]], axis: int) -> str:
    """10th, 50th and 90th percentile along an axis, the median in bold; a dash for too few pieces."""
    if len(sizes) < _MIN_PIECES:
        return "-"
    low, middle, high = np.percentile([size[axis] for size in sizes], (10, 50, 90))
    return f"{low:.2f} **{middle:.2f}** {high:.2f}"


if __name__ == "__main__":
    main(sys.argv[1:])
