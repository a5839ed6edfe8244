"""Several catalogues as one: a person's own, in their order, and the starter for what they lack, or nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, get_args

from ..errors import InvalidInputError
from .entries import Catalogue

Use = Literal["first", "only"]
"""What becomes of classes that a person's catalogues lack: "first" takes the starter's, "only" leaves them out."""
USES: Final[tuple[Use, ...]] = get_args(Use)


def open_catalogues(paths: Sequence[Path], use: Use = "first") -> Catalogue:
    """Opens catalogues as one, whose entries are in their order.

    Args:
        paths: files or folders; without any the starter is used.
        use: what becomes of classes that none of them has.

    Raises:
        InvalidInputError: one cannot be read, or two have the same source, so that its ids would mean two models.
    """
    starter = Catalogue.starter() if use == "first" or not paths else None
    if not paths and starter is not None:
        return starter
    opened = [Catalogue.open(path) for path in paths]
    _check_sources(paths, opened)
    entries = [entry for catalogue in opened for entry in catalogue.entries]
    by_look = all(catalogue.ranking == "look" for catalogue in opened)
    own_starter = any(entry.id.startswith("starter/") for entry in entries)
    return Catalogue(entries, "look" if by_look else "balanced", spare=None if own_starter else starter)


def _check_sources(paths: Sequence[Path], opened: Sequence[Catalogue]) -> None:
    """Raises an InvalidInputError where two catalogues have a source in common."""
    seen: dict[str, Path] = {}
    for path, catalogue in zip(paths, opened, strict=True):
        for source in sorted({entry.id.partition("/")[0] for entry in catalogue.entries}):
            if source in seen:
                message = f'The catalogues {seen[source]} and {path} both name their furniture "{source}/..."'
                raise InvalidInputError(message, "Choose one of them, or index one again under another name")
            seen[source] = path
