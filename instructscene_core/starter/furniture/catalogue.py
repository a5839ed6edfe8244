"""The catalogue file of the starter, from the specifications."""

import json
from pathlib import Path
from typing import Any, Final

from .designs import solids
from .specs import SPECS, Spec

_YIELDING: Final = {
    **dict.fromkeys(("pendant_lamp", "ceiling_lamp"), 0.6),
    **dict.fromkeys(("coffee_table", "console_table", "round_end_table", "stool", "table"), 0.5),
    **dict.fromkeys(("bookshelf", "cabinet", "dining_table", "tv_stand", "wine_cabinet"), 0.5),
    **dict.fromkeys(("corner_side_table", "desk", "nightstand"), 0.4),
}
"""``stretch`` of the entries of a class: how far an axis may be scaled to a box, as a share.

These classes look right when stretched further than others, as boxes on legs do, and real sizes of them differ more
than our shapes do.
"""


def entry(spec: Spec) -> dict[str, Any]:
    """One entry as catalogue.json has it."""
    return {
        "id": spec.id,
        "category": spec.category,
        "size": list(spec.size),
        "caption": spec.caption,
        "style": spec.palette.style,
        "tags": list(spec.tags),
        "palette": spec.palette.name,
        "mount": spec.mount,
        "shape": spec.shape.key,
        "parts": [list(row) for row in solids(spec.shape)],
        **({"stretch": _YIELDING[spec.category]} if spec.category in _YIELDING else {}),
    }


def catalogue_text() -> str:
    """The whole file, one entry a line."""
    rows = ",\n".join(json.dumps(entry(spec)) for spec in SPECS)
    return f'{{"version": 1, "entries": [\n{rows}\n]}}\n'


def write_catalogue(path: Path) -> None:
    """Writes the file to a temporary name first, then into its place."""
    temporary = path.with_suffix(".tmp")
    temporary.write_text(catalogue_text(), encoding="utf-8")
    temporary.replace(path)
