"""Tables of Markdown, and what types of rooms are called in them."""

from collections.abc import Mapping, Sequence
from typing import Final

from ..vocabulary import RoomType

TITLES: Final[Mapping[RoomType, str]] = {
    "bedroom": "Bedrooms", "livingroom": "Living rooms", "diningroom": "Dining rooms",
}  # fmt: skip


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column names its rows."""
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
