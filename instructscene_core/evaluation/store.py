"""Stores the figures of finished parts of an evaluation, one JSON file each, so that a run can be resumed."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from ..errors import InvalidInputError
from ..scene import Scene

_ABOUT: Final = "evaluation.json"


def digest(files: Iterable[Path]) -> str:
    """SHA-256 over the names and contents of some files.

    Raises:
        InvalidInputError: one cannot be read.
    """
    found = hashlib.sha256()
    for path in files:
        try:
            found.update(path.name.encode() + b"\0" + path.read_bytes())
        except OSError as error:
            raise InvalidInputError(f"Cannot read {path}: {error.strerror}", "Check the path") from error
    return found.hexdigest()


@dataclass(frozen=True)
class Store:
    """A folder with the figures of each finished part.

    Args:
        folder: that holds the files.
    """

    folder: Path

    @staticmethod
    def open(folder: Path, identity: Mapping[str, Any]) -> "Store":
        """Opens or makes the store of a folder.

        Args:
            folder: that holds the files.
            identity: what the figures depend on, as plain JSON types.

        Raises:
            InvalidInputError: it holds the figures of another identity, or cannot be written.
        """
        path = folder / _ABOUT
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                write_json(path, identity)
                return Store(folder)
            before: Any = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InvalidInputError(f"{folder} cannot hold the figures: {error}", "Choose another --out") from error
        if before != identity:
            kept = cast("Mapping[str, Any]", before) if isinstance(before, dict) else {}
            differ = ", ".join(name for name in identity if kept.get(name) != identity[name])
            message = f"{folder} holds figures of other {differ or 'settings'}"
            raise InvalidInputError(message, "Choose another --out, or remove it")
        return Store(folder)

    def get(self, name: str) -> dict[str, float] | None:
        """The figures of a part; None where it is not finished.

        Raises:
            InvalidInputError: its file is damaged.
        """
        path = self.folder / f"{name}.json"
        if not path.exists():
            return None
        try:
            data = cast("Mapping[str, Any]", json.loads(path.read_text(encoding="utf-8")))
            return {key: float(value) for key, value in data.items()}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise InvalidInputError(f"{path} is damaged", "Remove it, and it is made again") from error

    def scenes(self, name: str) -> tuple[list[Scene], float] | None:
        """The scenes of a part, and how many seconds they took; None where it is not finished.

        Raises:
            InvalidInputError: its file is damaged.
        """
        path = self.folder / f"{name}.json"
        if not path.exists():
            return None
        try:
            data = cast("Mapping[str, Any]", json.loads(path.read_text(encoding="utf-8")))
            return [Scene.from_json(scene) for scene in data["scenes"]], float(data["seconds"])
        except (OSError, ValueError, TypeError, KeyError, InvalidInputError) as error:
            raise InvalidInputError(f"{path} is damaged", "Remove it, and it is made again") from error

    def put_scenes(self, name: str, scenes: Sequence[Scene], seconds: float) -> None:
        """Keeps the scenes of a finished part."""
        write_json(self.folder / f"{name}.json", {"seconds": seconds, "scenes": [scene.to_json() for scene in scenes]})

    def put(self, name: str, figures: Mapping[str, float]) -> None:
        """Stores the figures of a finished part; those that are not finite are left out."""
        write_json(self.folder / f"{name}.json", {key: v for key, v in figures.items() if math.isfinite(v)})


def write_json(path: Path, data: object) -> None:
    """Writes JSON under a temporary name first, so that the file is always whole."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    part.replace(path)
