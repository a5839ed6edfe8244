"""A file of requests that may be longer than memory: checked in one pass, then read shard by shard.

A shard is so many requests that follow one another. It is what goes through the networks at once, so that the rooms
depend on the file and not on how many computers make them.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..errors import InvalidInputError
from ..plain_text import decode
from ..scene import Request, read_json
from .results import MANIFEST

SIZE: Final = 16
"""Requests of a shard."""
_BESIDE: Final = re.compile(r"_(top|view)(_[a-z]+)?$")
"""Ends of names of pictures and of what lies beside them."""
_LONGEST: Final = 64 << 20
"""Bytes of a line."""
_NAME_BYTES: Final = 8
"""Of a name's digest, by which it is remembered: of a hundred million two are equal by chance once in 3,700 files."""


@dataclass(frozen=True)
class Shard:
    """A part of a requests file.

    Args:
        number: from 0 on.
        begin: byte at which it begins.
        end: byte after it.
        line: number of its first line.
        names: of its results, in their order.
    """

    number: int
    begin: int
    end: int
    line: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A requests file that was checked.

    Args:
        path: the file.
        digest: SHA-256 of its bytes.
        requests: how many it holds.
        results: how many rooms they ask for.
        size: requests of each shard but the last.
    """

    path: Path
    digest: str
    requests: int
    results: int
    size: int

    @staticmethod
    def of(path: Path, size: int = SIZE, *, rendered: bool = False) -> "Plan":
        """Checks a file in one pass.

        Args:
            path: the file.
            size: requests of each shard but the last.
            rendered: whether pictures come to lie beside the rooms.

        Raises:
            InvalidInputError: it cannot be read; names the first line at fault; or two results would have one name.
        """
        if size < 1:
            raise InvalidInputError("A shard needs at least one request", "Correct --shard")
        digest, requests, results, seen = hashlib.sha256(), 0, 0, set[bytes]()
        for raw, _, number in _lines(path):
            digest.update(raw)
            request = _request(raw, path, number)
            if request is None:
                continue
            requests += 1
            if MANIFEST in [f"{name}.json" for name in request.names]:
                raise InvalidInputError(
                    f"{path.name}, line {number}: {MANIFEST} is the run's own", "Rename the request"
                )
            for name in request.names:
                if rendered and _BESIDE.search(name):
                    message = f"{path.name}, line {number}: {name}.json is named like a file beside a picture"
                    raise InvalidInputError(message, "Rename the request")
                key = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=_NAME_BYTES).digest()
                if key in seen:
                    message = f"{path.name}, line {number}: a second result would be named {name}.json"
                    raise InvalidInputError(message, "Give every request its own id")
                seen.add(key)
                results += 1
        if not requests:
            raise InvalidInputError(f"{path.name} holds no request", "Write one JSON object a line")
        return Plan(path, digest.hexdigest(), requests, results, size)

    def shards(self) -> Iterator[Shard]:
        """The shards in their order, read as they are asked for."""
        names, held, begin, first, number = list[str](), 0, 0, 1, 0
        end = 0
        for raw, start, line in _lines(self.path):
            request = _request(raw, self.path, line)
            if request is None:
                continue
            if not held:
                begin, first = start, line
            names += request.names
            held, end = held + 1, start + len(raw)
            if held == self.size:
                yield Shard(number, begin, end, first, tuple(names))
                names, held, number = [], 0, number + 1
        if held:
            yield Shard(number, begin, end, first, tuple(names))

    def read(self, shard: Shard) -> list[Request]:
        """The requests of a shard.

        Raises:
            InvalidInputError: the file has changed.
        """
        with self.path.open("rb") as file:
            file.seek(shard.begin)
            data = file.read(shard.end - shard.begin)
        found = [_request(raw, self.path, shard.line + k) for k, raw in enumerate(data.splitlines())]
        requests = [request for request in found if request is not None]
        if tuple(name for request in requests for name in request.names) != shard.names:
            raise InvalidInputError(f"{self.path} has changed since it was checked", "Start the run again")
        return requests


def _lines(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Each line with its end, the byte at which it begins, and its number from 1 on."""
    try:
        with path.open("rb") as file:
            place = 0
            for number, raw in enumerate(iter(lambda: file.readline(_LONGEST + 1), b""), start=1):
                if len(raw) > _LONGEST:
                    message = f"{path.name}, line {number} is longer than {_LONGEST >> 20} MB"
                    raise InvalidInputError(message, "Write one request a line")
                yield raw, place, number
                place += len(raw)
    except OSError as error:
        raise InvalidInputError(f"Cannot read {path}: {error.strerror}", "Check the path") from error


def _request(raw: bytes, path: Path, number: int) -> Request | None:
    """The request of a line; None of an empty one."""
    where = f"{path.name}, line {number}"
    if number == 1 and raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidInputError(f"{path.name} is UTF-16", "Save it as UTF-8")
    try:
        text = decode(raw).strip()
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{where} is not UTF-8 text", "Save it as UTF-8") from error
    return Request.from_json(read_json(text, where), where) if text else None
