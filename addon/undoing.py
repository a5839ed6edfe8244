"""Takes back what appending from a .blend brings into the open file."""

from contextlib import ExitStack
from typing import Any, Final, Self

import bpy

_KINDS: Final = ("materials", "node_groups", "images", "textures")
"""Datablocks that a mesh brings along; what is used comes after what uses it."""


class Appended:
    """Notes which datablocks appear in a ``with`` block, by their session's number, which outlives an undo.

    Args:
        undo: gets a callback that removes those of them that nothing uses.
    """

    def __init__(self, undo: ExitStack) -> None:
        self._undo = undo
        self._before: dict[str, set[int]] = {}
        self._new: dict[str, set[int]] = {}

    def __enter__(self) -> Self:
        self._before = {kind: _uids(kind) for kind in _KINDS}
        return self

    def __exit__(self, *_: object) -> None:
        self._new = {kind: _uids(kind) - self._before[kind] for kind in _KINDS}
        self._undo.callback(self.remove)

    def remove(self) -> None:
        """Removes what nothing uses."""
        for kind in _KINDS:
            blocks: Any = getattr(bpy.data, kind)
            for block in list(blocks):
                if block.session_uid in self._new[kind] and block.users == 0:
                    blocks.remove(block)


def _uids(kind: str) -> set[int]:
    return {block.session_uid for block in getattr(bpy.data, kind)}
