"""Where results go: a folder or any URL that fsspec knows, each file written once and whole, under its id."""

import json
import re
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from ..errors import InstructSceneError, InvalidInputError
from ..json_values import Json

MANIFEST: Final = "manifest.json"
_USER: Final = re.compile(r"//(?:[^/@]*:.*@|[^/@]*@)")
"""Name and password in a URL; a password may hold anything."""
_ROOMS: Final = (".json", ".tar", ".parquet")
"""Endings of what holds rooms."""
_PART: Final = re.compile(r"\..+\.[0-9a-f]{32}\.part")
"""Names of files that are being written."""
_STALE: Final = 3600.0
"""Seconds after which such a file has been left by a process that was killed."""
_REMEDY: Final = "Look at its rights and at the free space, or choose another --out"


class Results:
    """The results of a run.

    Args:
        url: a folder's path, or a URL such as ``s3://bucket/rooms``; credentials come from the environment, as fsspec
            has them, and appear in no message and no file.

    Raises:
        InvalidInputError: there is no such kind of URL.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            found: Any = fsspec.core.url_to_fs(url)
        except (ValueError, ImportError) as error:
            raise InvalidInputError(f"{shown(url)}: {error}", "Name a folder, or a URL that fsspec knows") from error
        self._files, self._root = found[0], str(found[1]).rstrip("/")
        self._local = isinstance(self._files, LocalFileSystem)

    def open(self, manifest: Mapping[str, Any]) -> None:
        """Begins a run, or goes on with the same one.

        Args:
            manifest: what the rooms depend on.

        Raises:
            InvalidInputError: the folder is of another run, or of something else; names what differs.
            InstructSceneError: it cannot be read or written.
        """
        known, there = self._read_manifest(), self.there()
        if known is None and any(name.endswith(_ROOMS) for name in there):
            message = f"{shown(self.url)} holds rooms of something else than such a run"
            raise InvalidInputError(message, "Choose another folder for --out")
        if known is None or there == {MANIFEST}:  # of a run that made nothing, nothing is kept
            self.write(MANIFEST, json.dumps(manifest, indent=2, sort_keys=True).encode() + b"\n")
            return
        for key in sorted({*manifest, *known}):
            if manifest.get(key) != known.get(key):
                message = f"{shown(self.url)} was begun with another {key.replace('_', ' ')}"
                raise InvalidInputError(message, "Choose another folder for --out, or give what it was begun with")

    def remove_stale(self) -> None:
        """Removes what processes that were killed have left half written in a folder."""
        if not self._local:
            return
        for path in Path(self._root).glob(".*.part"):
            with suppress(OSError):
                if _PART.fullmatch(path.name) and time.time() - path.stat().st_mtime > _STALE:
                    path.unlink()

    def there(self) -> set[str]:
        """Names of the files that are there."""
        try:
            self._files.invalidate_cache()
            found = (
                cast("list[str]", self._files.ls(self._root, detail=False)) if self._files.exists(self._root) else []
            )
        except Exception as error:  # each kind of file system has errors of its own
            raise self._failed("read", error) from error
        return {path.rstrip("/").rpartition("/")[2] for path in found}

    def has(self, name: str) -> bool:
        """Whether a file of this name is there."""
        try:
            return bool(self._files.exists(f"{self._root}/{name}"))
        except Exception as error:  # each kind of file system has errors of its own
            raise self._failed("read", error) from error

    def write(self, name: str, data: bytes) -> None:
        """Writes a file so that it is there whole or not at all.

        Raises:
            InstructSceneError: it cannot be written.
        """
        path = f"{self._root}/{name}"
        try:
            if not self._local:  # one put is one object
                self._files.pipe_file(path, data)
                return
            folder, _, last = path.rpartition("/")
            self._files.makedirs(folder, exist_ok=True)
            part = f"{folder}/.{last}.{uuid.uuid4().hex}.part"
            try:
                self._files.pipe_file(part, data)
                self._files.mv(part, path)
            finally:
                if self._files.exists(part):
                    self._files.rm_file(part)
        except Exception as error:  # each kind of file system has errors of its own
            raise self._failed("written", error) from error

    def remove(self, name: str) -> None:
        """Removes a file, if it is there.

        Raises:
            InstructSceneError: it cannot be removed.
        """
        try:
            if self._files.exists(f"{self._root}/{name}"):
                self._files.rm_file(f"{self._root}/{name}")
        except Exception as error:  # each kind of file system has errors of its own
            raise self._failed("written", error) from error

    def _read_manifest(self) -> Mapping[str, Json] | None:
        if MANIFEST not in self.there():
            return None
        try:
            found = json.loads(self._files.cat_file(f"{self._root}/{MANIFEST}"))
        except Exception as error:
            raise self._failed("read", error) from error
        return cast("Mapping[str, Json]", found) if isinstance(found, dict) else {}

    def _failed(self, what: str, error: Exception) -> InstructSceneError:
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0] or type(error).__name__
        return InstructSceneError(f"{shown(self.url)} cannot be {what}: {shown(reason)}", _REMEDY)


def shown(url: str) -> str:
    """A URL without name and password."""
    return _USER.sub("//", url)
