"""What is worked out once for all redraws until something in the file changes: panels themselves only draw."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

import bpy

T = TypeVar("T")
_HANDLERS: Final = ("depsgraph_update_post", "undo_post", "redo_post", "load_post")


class UntilChanged(Generic[T]):
    """Values by name, which are forgotten at the next change of the file."""

    _all: Final[list["UntilChanged[object]"]] = []

    def __init__(self) -> None:
        self._values: dict[str, T] = {}
        UntilChanged._all.append(self)  # pyright: ignore[reportArgumentType] - they are only cleared

    def get(self, name: str, make: Callable[[], T]) -> T:
        """The value of a name, made where there is none."""
        if name not in self._values:
            self._values[name] = make()
        return self._values[name]

    def clear(self) -> None:
        """Forgets all values: after a change that Blender does not tell of."""
        self._values.clear()

    @staticmethod
    def clear_all() -> None:
        """Forgets the values of all."""
        for kept in UntilChanged._all:
            kept.clear()


@bpy.app.handlers.persistent
def _on_change(*_: object) -> None:
    UntilChanged.clear_all()


def register() -> None:
    """Forgets where something changes."""
    for name in _HANDLERS:
        getattr(bpy.app.handlers, name).append(_on_change)


def unregister() -> None:
    """Stops that."""
    for name in _HANDLERS:
        getattr(bpy.app.handlers, name).remove(_on_change)
    UntilChanged.clear_all()
