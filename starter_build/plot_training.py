"""Plots training logs: ``python starter_build/plot_training.py --out FILE.png NAME=LOG.csv[,LOG.csv…] …``.

A panel for each name, a line for each term of its loss. Logs joined by commas are runs of which each went on where the
one before ended.
"""

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

_OTHER_COLUMNS: Final = {"step", "samples", "seconds", "learning_rate", "samples_per_second", "gradient"}
"""Columns of a log that are no terms of the loss."""
_WINDOW: Final = 5
"""Rows of a log that are averaged to one point, so that the trend is seen."""

Lines = dict[str, tuple[list[float], list[float]]]


def main(arguments: Sequence[str]) -> None:
    """Writes the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("runs", nargs="+", metavar="NAME=LOG.csv[,LOG.csv…]")
    options = parser.parse_args(arguments)
    panels = {name: read([Path(log) for log in logs.split(",")]) for name, _, logs in map(_split, options.runs)}
    figure, axes = plt.subplots(1, len(panels), figsize=(4.2 * len(panels), 3.4), squeeze=False, layout="constrained")
    for axis, (name, lines) in zip(axes[0], panels.items(), strict=True):
        for term, (samples, values) in lines.items():
            axis.plot([s / 1000 for s in samples], values, label=term, linewidth=1.2)
        axis.set(title=name, xlabel="thousand samples", yscale="log")
        axis.grid(alpha=0.3, which="both")
        axis.legend(fontsize=7)
    figure.savefig(options.out, dpi=90)


def _split(run: str) -> tuple[str, str, str]:
    return run.partition("=")


def read(logs: Sequence[Path]) -> Lines:
    """Of every term of the loss: samples seen, and means of ``_WINDOW`` rows, of logs that continue each other."""
    lines: Lines = defaultdict(lambda: ([], []))
    before = 0.0
    for log in logs:
        with log.open(encoding="utf-8", newline="") as file:
            rows = [{key: float(value) for key, value in row.items() if value} for row in csv.DictReader(file)]
        for start in range(0, len(rows), _WINDOW):
            some = rows[start : start + _WINDOW]
            for term in some[0].keys() - _OTHER_COLUMNS:
                lines[term][0].append(before + some[-1]["samples"])
                lines[term][1].append(sum(row[term] for row in some) / len(some))
        before += rows[-1]["samples"] if rows else 0.0
    return dict(sorted(lines.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
