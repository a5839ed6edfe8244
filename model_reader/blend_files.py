"""Looks into a .blend before Blender does: how large it really is, and which other files it is linked to."""

import gzip
import io
import os
import re
from pathlib import Path
from typing import Any, Final

from .limits import RefusedError
from .side_files import SideFiles

_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_GZIP: Final = b"\x1f\x8b"
_PATH: Final = re.compile(rb"[^\x00-\x1f\x7f]{2,1024}")
_STEP: Final = 1 << 20


def check_blend(sides: SideFiles) -> Path:
    """Refuses a file that is too large unpacked, or that is linked to files outside the folder; returns its path.

    Raises:
        RefusedError: it is, or it is no .blend.
    """
    seen: set[Path] = set()
    left = [sides.model]
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        data = _unpacked(path.read_bytes(), 4 * sides.limits.file_bytes)
        if not data.startswith(b"BLENDER"):
            raise RefusedError("is no .blend file")
        left += [_library(sides, path, name) for name in _libraries(data)]
    return sides.model


def _library(sides: SideFiles, path: Path, name: str) -> Path:
    """The file of a library to which a .blend is linked; it may be named in full where it is in the folder."""
    if not name.startswith("//") and Path(name).is_absolute() and Path(name).resolve().is_relative_to(sides.root):
        name = os.path.relpath(name, path.parent)
    return sides.find(name.removeprefix("//"), path.parent)


def _unpacked(data: bytes, most: int) -> bytes:
    if data.startswith(_GZIP):
        stream: Any = gzip.GzipFile(fileobj=io.BytesIO(data))
    elif data.startswith(_ZSTD):
        import zstandard  # noqa: PLC0415 - Blender has it; only packed files need it

        stream = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True)
    else:
        return data
    parts: list[bytes] = []
    size = 0
    try:
        while part := stream.read(_STEP):
            size += len(part)
            if size > most:
                raise RefusedError("unpacks to more than a file may hold")
            parts.append(part)
    except (OSError, EOFError, ValueError) as error:
        raise RefusedError("is cut off or damaged") from error
    return b"".join(parts)


def _libraries(data: bytes) -> list[str]:
    """Paths of the libraries that a .blend is linked to.

    Blocks follow each other, each with a head of code and length; a block ``LI`` is a library, and holds its path as
    its only text that looks like one.
    """
    if data[7:8] in b"-_":
        wide, place = data[7:8] == b"-", 12
    else:  # since Blender 5.0: BLENDER17-01v0500
        wide, place = True, int(data[7:9])
    new = data[7:8].isdigit()
    found: list[str] = []
    while place + 4 <= len(data):
        code = data[place : place + 4].rstrip(b"\0")
        size, head = _head(data, place, new=new, wide=wide)
        if code == b"LI":
            found += _paths(data[place + head : place + head + size])
        if code == b"ENDB":
            return found
        place += head + size
    raise RefusedError("is cut off")


def _head(data: bytes, place: int, *, new: bool, wide: bool) -> tuple[int, int]:
    """Bytes of a block and of its head."""
    if new:  # code, SDNA number, old address, length, count
        return int.from_bytes(data[place + 16 : place + 24], "little"), 32
    return int.from_bytes(data[place + 4 : place + 8], "little"), 24 if wide else 20


def _paths(block: bytes) -> list[str]:
    """The texts in a block that are paths of .blend files."""
    texts = (text.decode("utf-8", "replace") for text in _PATH.findall(block))
    return [text for text in texts if ".blend" in text.lower() and not re.match(r"LI[^/\\]*$", text)]
