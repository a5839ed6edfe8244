"""``evaluate --set placing``: trains the networks of the tables, asks them, and writes a page; resumable."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, cast

from .placing.networks import Networks
from .placing.tables import TABLES, Bench, Column, Figures, Table
from .store import Store, write_json
from .tables import table

STEPS: Final = 600
"""Of each network."""
COUNT: Final = 60
"""Scenes of each set."""


def run(out: Path, steps: int, count: int, seeds: int, only: Sequence[str] = tuple(TABLES)) -> int:
    """Makes the tables that are not there yet; prints the page.

    Args:
        out: folder for networks, figures and ``placing.md``.
        steps: of each network.
        count: scenes of each set.
        seeds: of networks and questions.
        only: names of the tables.

    Raises:
        InvalidInputError: the folder has figures of other options.
    """
    store = Store.open(out, {"steps": steps, "count": count, "seeds": seeds})
    bench: Bench | None = None
    about = (
        f"{seeds} networks of each kind, {steps} steps each of 16 scenes, 3 asked shapes and 8 poses; {count} scenes a "
        "set. Cells: mean over the seeds, in brackets the least and the largest."
    )
    parts = [about]
    for name in only:
        make, path = TABLES[name], store.folder / f"{name}.json"
        if path.is_file():
            found = [_read(item) for item in json.loads(path.read_text(encoding="utf-8"))]
        else:
            bench = bench or Bench.of(Networks(out / "networks", steps, seeds), count)
            found = list(make(bench))
            write_json(path, [_to_json(one) for one in found])
        parts += [f"## {(make.__doc__ or '').strip()}", *(_markdown(one) for one in found)]
        (out / "placing.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    sys.stdout.write("\n\n".join(parts) + "\n")
    return 0


def _markdown(one: Table) -> str:
    columns = [column for column in one.columns if any(_values(column, figures) for _, figures in one.rows)]
    rows = [[title, *(_cell(column, figures) for column in columns)] for title, figures in one.rows]
    return table([one.name, *(column.head for column in columns)], rows)


def _values(column: Column, figures: Sequence[Figures]) -> list[float]:
    return [column.scale * seed[column.figure] for seed in figures if column.figure in seed]


def _cell(column: Column, figures: Sequence[Figures]) -> str:
    values = _values(column, figures)
    if not values:
        return ""
    mean, low, high = (f"{value:.{column.digits}f}" for value in (sum(values) / len(values), min(values), max(values)))
    return mean if low == high else f"{mean} [{low}, {high}]"


def _to_json(one: Table) -> dict[str, Any]:
    rows = [[title, [dict(seed) for seed in figures]] for title, figures in one.rows]
    return {"name": one.name, "columns": [list(column) for column in one.columns], "rows": rows}


def _read(data: dict[str, Any]) -> Table:
    columns = tuple(Column(*column) for column in data["columns"])
    rows = [(str(title), cast("list[Figures]", figures)) for title, figures in data["rows"]]
    return Table(str(data["name"]), columns, rows)
