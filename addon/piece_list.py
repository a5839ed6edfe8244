"""The list of the person's own pieces that are selected: what each row shows, which are ticked, and their pictures.

Rows are made once for all redraws until something changes; pictures are drawn by a timer. The panel itself only draws.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import bpy

from ..instructscene_core.thumbnails import POINTS, SIDE, picture_of_points
from .clouds import cloud_of
from .guesses import Signature, front_of, guess_of, signature
from .icons import Drawing, Icons
from .kept import UntilChanged
from .language import category_title, tr_ui
from .pieces import category_of
from .records import CATEGORY_KEY
from .summary import forget, summary

PAGE: Final = 8
"""Rows that are shown at once."""
_SIDE: Final = SIDE // 2
"""Pixels of a picture: few, so that one is drawn in no time that anybody notices."""
_ICONS: Final = Icons()


@dataclass(frozen=True)
class Row:
    """What the list shows of a piece.

    Args:
        name: of its root.
        category: its class, whoever has said so; None for unknown.
        label: its class in words, and how sure that is.
        scale: factor that sets its scale right; 1 where it is right, or nobody has looked.
        key: of its picture.
    """

    name: str
    category: str | None
    label: str
    scale: float
    key: tuple[Signature, int]


_ROWS: Final[UntilChanged[tuple[Row, ...]]] = UntilChanged()
_TICKED: Final[set[str]] = set()


def all_rows(context: bpy.types.Context) -> tuple[Row, ...]:
    """Rows of all selected pieces."""
    key = f"{context.scene.name_full} {context.scene.instructscene.room_type}"
    return _ROWS.get(key, lambda: tuple(_rows(context)))


def _rows(context: bpy.types.Context) -> Iterable[Row]:
    room_type = context.scene.instructscene.room_type
    for name in summary(context).pieces:
        root = bpy.data.objects.get(name)
        if root is not None:
            category, guess = category_of(root, room_type), guess_of(root)
            key = (signature(root), -front_of(root) % 4)
            yield Row(name, category, _label(root, category), 1.0 if guess is None else guess.scale, key)


def _label(root: bpy.types.Object, category: str | None) -> str:
    """A piece's class, with a percentage where it was recognised, and with "by name" where only its name says so."""
    if category is None:
        return tr_ui("Unknown")
    word, guess = tr_ui(category_title(category)), guess_of(root)
    if root.get(CATEGORY_KEY):
        return word
    if guess is not None and guess.category == category:
        return f"{word} {guess.confidence:.0%}"
    return tr_ui("{word} by name", word=word)


def listed(context: bpy.types.Context) -> Sequence[Row]:
    """The rows that the list's filter lets through."""
    rows = all_rows(context)
    return [row for row in rows if row.category is None] if lists(context).pieces_unknown else rows


def lists(context: bpy.types.Context) -> Any:  # noqa: ANN401 - the property is attached at registration
    """What the lists show, which belongs to the window and to no file."""
    return context.window_manager.instructscene_lists


def page_of(rows: Sequence[Any], number: int, size: int = PAGE) -> tuple[Sequence[Any], int]:
    """The rows of a page, of which the first has number 1, and how many pages there are."""
    pages = max(-(-len(rows) // size), 1)
    number = min(max(number, 1), pages)
    return rows[(number - 1) * size : number * size], pages


def icon_of(row: Row) -> int:
    """The picture of a piece, its front to the left before the eye; 0 until it is drawn."""
    return _ICONS.drawn(row.key, lambda: _drawing(row.name, row.key[1]))


def _drawing(name: str, quarter: int) -> Drawing:
    """Draws a piece."""
    root = bpy.data.objects.get(name)
    if root is None:
        return None
    cloud = yield from cloud_of(root, POINTS // 4)
    if cloud is None:
        return None
    yield
    return picture_of_points(cloud.places, cloud.normals, cloud.colours, quarter, _SIDE)


def is_ticked(name: str) -> bool:
    """Whether a piece is ticked."""
    return name in _TICKED


def tick(names: Iterable[str], *, on: bool) -> None:
    """Ticks pieces, or takes their ticks away."""
    if on:
        _TICKED.update(names)
    else:
        _TICKED.difference_update(names)


def chosen(context: bpy.types.Context) -> list[str]:
    """The listed pieces that are ticked; all that are listed where none is."""
    names = [row.name for row in listed(context)]
    return [name for name in names if name in _TICKED] or names


def set_category(names: Iterable[str], category: str) -> int:
    """Says of pieces what they are; an empty class leaves that to the generator. Returns of how many."""
    roots = [root for name in names if (root := bpy.data.objects.get(name)) is not None and root.library is None]
    for root in roots:
        root[CATEGORY_KEY] = category
    forget()
    return len(roots)


@bpy.app.handlers.persistent
def _on_load(_: object) -> None:
    _ICONS.clear()
    _TICKED.clear()


def register() -> None:
    """Frees the pictures and forgets the ticks when another file is opened."""
    bpy.app.handlers.load_pre.append(_on_load)


def unregister() -> None:
    """Frees them for good."""
    bpy.app.handlers.load_pre.remove(_on_load)
    _on_load(None)
