"""How rooms lie in the results: each part of a room a file, or each shard one, as WebDataset or Parquet has it."""

import importlib.util
import io
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from ..errors import InvalidInputError
from .results import Results

Room = Mapping[str, bytes]
"""The parts of a room by their endings: ``.json``, ``_view.png``, …"""
JSON: Final = ".json"
_ROWS: Final = 32
"""Rooms of a group of rows, which a reader has in memory at once."""


class Layout(Protocol):
    """A way to store rooms. It can be pickled.

    Attributes:
        together: whether a shard is written at once, so that all of it is made again where a room failed.
    """

    @property
    def together(self) -> bool:
        """See above."""
        ...

    def absent(self, number: int, names: Sequence[str], has: Callable[[str], bool]) -> list[str]:
        """Those of a shard's rooms that are not there.

        Args:
            number: of the shard.
            names: of its rooms.
            has: whether a file is there.
        """
        ...

    def write(self, results: Results, number: int, rooms: Mapping[str, Room], *, whole: bool) -> None:
        """Writes rooms of a shard.

        Args:
            results: where to.
            number: of the shard.
            rooms: by their names.
            whole: whether these are all that the shard has; only what is whole is there for the next run.

        Raises:
            InstructSceneError: they cannot be written.
        """
        ...

    def tidy(self, results: Results, number: int, there: set[str]) -> None:
        """Removes what a run that was killed has left of a shard; ``there`` are the files that there are.

        Raises:
            InstructSceneError: it cannot be removed.
        """
        ...

    def share(self, results: Results, files: Mapping[str, bytes]) -> None:
        """Writes files that rooms of several shards may need, by their paths.

        Raises:
            InvalidInputError: there is no place for them.
            InstructSceneError: they cannot be written.
        """
        ...


@dataclass(frozen=True)
class Files:
    """Each part of a room is a file. The scene comes last: where it is there, all of the room is."""

    together: bool = False

    def absent(self, number: int, names: Sequence[str], has: Callable[[str], bool]) -> list[str]:  # noqa: ARG002
        """See :class:`Layout`."""
        return [name for name in names if not has(f"{name}{JSON}")]

    def write(self, results: Results, number: int, rooms: Mapping[str, Room], *, whole: bool) -> None:  # noqa: ARG002
        """See :class:`Layout`."""
        for name, room in rooms.items():
            for ending in sorted(room, key=lambda ending: (ending == JSON, ending)):
                results.write(f"{name}{ending}", room[ending])

    def tidy(self, results: Results, number: int, there: set[str]) -> None:
        """See :class:`Layout`."""

    def share(self, results: Results, files: Mapping[str, bytes]) -> None:
        """See :class:`Layout`."""
        for path, data in files.items():
            if not results.has(path):
                results.write(path, data)


FILES: Final = Files()


@dataclass(frozen=True)
class Shards:
    """Each shard is a file, ``rooms-000000.tar``; ``rooms-000000-incomplete.tar`` while rooms of it are wanting.

    Attributes:
        suffix: of the files.
        pack: makes such a file.
    """

    suffix: str
    pack: Callable[[Mapping[str, Room]], bytes]
    together: bool = True

    def absent(self, number: int, names: Sequence[str], has: Callable[[str], bool]) -> list[str]:
        """See :class:`Layout`."""
        return [] if has(self._file(number)) else list(names)

    def write(self, results: Results, number: int, rooms: Mapping[str, Room], *, whole: bool) -> None:
        """See :class:`Layout`."""
        incomplete = self._file(number, "-incomplete")
        if whole:
            results.write(self._file(number), self.pack(rooms))
            results.remove(incomplete)
        elif rooms:
            results.write(incomplete, self.pack(rooms))

    def tidy(self, results: Results, number: int, there: set[str]) -> None:
        """See :class:`Layout`."""
        if {self._file(number), self._file(number, "-incomplete")} <= there:
            results.remove(self._file(number, "-incomplete"))

    def share(self, results: Results, files: Mapping[str, bytes]) -> None:  # noqa: ARG002
        """See :class:`Layout`."""
        if files:
            message = f"A shard has no place for {next(iter(files))}, which rooms share"
            raise InvalidInputError(message, "Use --as files, or --save glb instead of usd")

    def _file(self, number: int, more: str = "") -> str:
        return f"rooms-{number:06d}{more}{self.suffix}"


def layout_of(name: str) -> Layout:
    """A layout by its name.

    Args:
        name: ``files``, ``webdataset`` or ``parquet``.

    Raises:
        InvalidInputError: the package that writes it is not there.
    """
    if name == "webdataset":
        return Shards(".tar", tar_of)
    if name == "parquet":
        if importlib.util.find_spec("pyarrow") is None:
            raise InvalidInputError("Parquet files need the package pyarrow", "Install it, or choose another --as")
        return Shards(".parquet", parquet_of)
    return FILES


def tar_of(rooms: Mapping[str, Room]) -> bytes:
    """A WebDataset shard: the members of a sample have one name up to the first dot, so dots of a name become ``%2E``.

    ``_view.png`` of the room ``a`` is the member ``a.view.png``. Dates and owners are left out, so that equal rooms are
    equal bytes.
    """
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, room in rooms.items():
            for ending in sorted(room):
                member = tarfile.TarInfo(f"{name.replace('.', '%2E')}.{field(ending)}")
                member.size = len(room[ending])
                archive.addfile(member, io.BytesIO(room[ending]))
    return file.getvalue()


def parquet_of(rooms: Mapping[str, Room]) -> bytes:
    """A Parquet file with a row for each room: its name as ``id``, the scene as text, the other parts as bytes."""
    import pyarrow as pa  # noqa: PLC0415 - an extra that not everybody has
    from pyarrow import parquet  # noqa: PLC0415

    endings = sorted({ending for room in rooms.values() for ending in room} - {JSON})
    columns = {
        "id": pa.array(list(rooms), pa.string()),
        "json": pa.array([room[JSON].decode() for room in rooms.values()], pa.string()),
        **{field(ending): pa.array([room.get(ending) for room in rooms.values()], pa.binary()) for ending in endings},
    }
    file = io.BytesIO()
    # Pictures do not get smaller by compressing, which would take memory as large as the shard again.
    parquet.write_table(pa.table(columns), file, compression="none", use_dictionary=False, row_group_size=_ROWS)
    return file.getvalue()


def field(ending: str) -> str:
    """What a part is called within a shard: ``view.png`` of ``_view.png``."""
    return ending.lstrip("_.")
