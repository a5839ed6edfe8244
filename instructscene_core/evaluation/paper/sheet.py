"""A sheet of pictures: the same instructions, one row each, by all methods side by side."""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import matplotlib.image
from matplotlib.figure import Figure

ROOMS: Final = 12
_SIDE: Final = 1.6
"""Inches of a picture."""
_WORDS: Final = 2.2
"""Inches of the instructions."""


def draw_sheet(path: Path, instructions: Sequence[str], columns: Mapping[str, Sequence[Path]]) -> None:
    """Draws a sheet.

    Args:
        path: of the PNG.
        instructions: one for each row.
        columns: by title, a picture for each row.
    """
    size = (_WORDS + _SIDE * len(columns), 0.4 + _SIDE * len(instructions))
    drawn = Figure(size, layout="constrained")
    widths = [_WORDS / _SIDE, *[1.0] * len(columns)]
    grid = drawn.subplots(len(instructions), 1 + len(columns), width_ratios=widths, squeeze=False)
    for row, text in enumerate(instructions):
        for axes in grid[row]:
            axes.set_axis_off()
        grid[row][0].text(0, 0.5, textwrap.fill(text, 34), fontsize=7, va="center", transform=grid[row][0].transAxes)
        for axes, (title, pictures) in zip(grid[row][1:], columns.items(), strict=True):
            axes.imshow(matplotlib.image.imread(pictures[row]))
            if row == 0:
                axes.set_title(textwrap.fill(title, 22), fontsize=7)
    drawn.savefig(path, dpi=130)
