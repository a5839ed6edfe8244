"""The page, the JSON and the plots of a comparison."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...vocabulary import RoomType
from ..store import write_json
from ..tables import TITLES, table
from .bench import Study
from .figures import told
from .tables import Table

Found = Mapping[RoomType, Sequence[Table]]


def markdown(name: str, study: Study, found: Found, notes: Sequence[str]) -> str:
    """The page.

    Args:
        name: of the table or figure.
        study: the options.
        found: the tables of each type of room.
        notes: sentences on how to read them.
    """
    parts = [f"# {name}", "\n\n".join(notes), _about(study)]
    for room_type, tables in found.items():
        for one in tables:
            columns = [c for c in one.columns if any(c.figure in figures for _, figures in one.rows)]
            if not columns:
                continue
            heads = [f"{TITLES[room_type]}, {one.name}", *(c.head for c in columns)]
            rows = [(title, f) for title, f in one.rows if any(c.figure in f for c in columns)]
            cells = [[title, *(told(f, c.figure, c.digits, c.scale) for c in columns)] for title, f in rows]
            parts.append(table(heads, cells))
    return "\n\n".join(parts) + "\n"


def _about(study: Study) -> str:
    heads = ["networks of", "type of room", "parameters, million", "rooms seen by each"]
    rows: dict[tuple[str, str], list[str]] = {}
    for method in study.methods:
        for room_type in study.rooms:
            about = method.about(room_type)
            millions = " + ".join(f"{part['parameters'] / 1e6:.1f}" for part in about.values())
            samples = ", ".join(f"{part['samples']:,}" for part in about.values() if part["samples"] is not None)
            rows[method.name.partition("+")[0], room_type] = [millions, samples]
    return table(heads, [[*key, *cells] for key, cells in rows.items()])


def write(out: Path, stem: str, page: str, study: Study, found: Found) -> None:
    """Writes the page and its figures."""
    tables: dict[str, Any] = {
        room_type: {one.name: {title: dict(figures) for title, figures in one.rows} for one in tables}
        for room_type, tables in found.items()
    }
    about = {"data": study.source.spec, "count": study.count, "seeds": study.seeds}
    write_json(out / f"{stem}.json", {"about": about, "rooms": tables})
    (out / f"{stem}.md").write_text(page, encoding="utf-8")


def plot_bars(path: Path, found: Found, figure: str, label: str) -> None:
    """Bars of a figure for each row, one panel for each table that has it, with intervals."""
    panels = [
        (f"{TITLES[room]}, {one.name}", one)
        for room, tables in found.items()
        for one in tables
        if any(figure in f for _, f in one.rows)
    ]
    if not panels:
        return
    from matplotlib.figure import Figure  # noqa: PLC0415 - not in the zip

    drawn = Figure((5 * len(panels), 0.5 + 0.35 * max(len(one.rows) for _, one in panels)), layout="constrained")
    for axes, (name, one) in zip(drawn.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        rows = [(title, f) for title, f in one.rows if figure in f][::-1]
        values = [f[figure] for _, f in rows]
        ends = [[f[figure] - f.get(f"{figure} low", f[figure]) for _, f in rows],
                [f.get(f"{figure} high", f[figure]) - f[figure] for _, f in rows]]  # fmt: skip
        axes.barh([title for title, _ in rows], values, xerr=ends, color="0.6", capsize=2)
        axes.set_title(name)
        axes.set_xlabel(label)
    drawn.savefig(path, dpi=110)
