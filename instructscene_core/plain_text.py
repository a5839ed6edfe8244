"""Text of people's files and terminals, whatever its encoding.

Files are UTF-8 with or without a byte order mark, or UTF-16 with one: Notepad, PowerShell and Excel put a mark before
the first character, which is no part of the text. Terminals and redirected output may have an encoding that lacks a
letter of what is to be printed.
"""

import codecs
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .errors import InvalidInputError

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
"""Byte order marks and the encodings that they stand for."""


def read_text(path: Path, largest: int | None = None, *, replace: bool = False) -> str:
    """The text of a file, with line feeds at the ends of its lines.

    Args:
        path: of the file.
        largest: bytes; a larger file is refused.
        replace: whether bytes that are no text become replacement characters, instead of being refused.

    Raises:
        InvalidInputError: it is missing, cannot be read, is too large, or is no text.
    """
    try:
        if largest is not None and path.stat().st_size > largest:
            raise InvalidInputError(f"{path} is too large", "Choose another file")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInputError(f"Cannot read {path}: {reason}", "Check the path") from error
    try:
        return decode(data, replace=replace)
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path} is not UTF-8 text", "Save it as UTF-8") from error


def decode(data: bytes, *, replace: bool = False) -> str:
    """Bytes as text, without their byte order mark.

    Raises:
        UnicodeDecodeError: they are no text, and are not to be replaced.
    """
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    text = data[len(mark) :].decode(encoding, "replace" if replace else "strict")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a file that may be too large to be held at once, with their line feeds.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it is no text.
    """
    with path.open("rb") as file:
        head = file.read(len(codecs.BOM_UTF8))
    encoding = next((name for mark, name in _MARKED if head.startswith(mark)), "utf-8")
    with path.open(encoding=encoding) as lines:
        yield from lines


_MARKED: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
"""Byte order marks and the encodings of Python that read over them."""


def print_anything() -> None:
    """Lets this process print every path: what the output's encoding lacks is written as an escape with its number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a program without a console has none
            stream.reconfigure(errors="backslashreplace")
