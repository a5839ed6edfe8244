"""What one process does of a run: it holds the generator, makes shards, and writes their rooms."""

import importlib.metadata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from ..errors import InstructSceneError
from ..evaluation.store import digest
from ..scene import Request, Scene
from .results import Results

_CODE: Final = Path(__file__).resolve().parents[1]
_PACKAGES: Final = ("torch", "numpy", "safetensors", "tokenizers")


@dataclass(frozen=True)
class Done:
    """What became of a shard.

    Args:
        made: rooms that were written.
        failed: why others could not be made, by the names of their results.
    """

    made: int
    failed: Mapping[str, str] = field(default_factory=dict[str, str])


class Making(Protocol):
    """Makes rooms: :class:`.making.making_generator.MakingGenerator`."""

    def run(self, requests: Sequence[Request], on_step: None, *, settle: bool, batch_size: int) -> list[list[Scene]]:
        """The rooms of each request."""
        ...


@dataclass(frozen=True)
class Order:
    """What every process of a run is told; it can be pickled.

    Args:
        load: makes the generator.
        about: what rooms depend on beside the requests, as this process has it.
        settle: see :meth:`.generator.Generator.run`.
        batch: likewise.
        url: where results go.
    """

    load: Callable[[], Making]
    about: Callable[[], Mapping[str, Any]]
    settle: bool
    batch: int
    url: str


class RoomMaker:
    """Makes the rooms of shards.

    Args:
        order: of the run.

    Raises:
        InvalidInputError: see :func:`.commands.options.load_making`, and :class:`.results.Results`.
    """

    def __init__(self, order: Order) -> None:
        self._order, self._making, self._results = order, order.load(), Results(order.url)

    def make(self, requests: Sequence[Request]) -> Done:
        """Makes the rooms of a shard and writes those that are not there yet.

        All of them are made at once, as in any other run of the file, so that they are the same.

        Raises:
            InstructSceneError: results cannot be written.
        """
        scenes = self._scenes(requests)
        rooms = {name: scene for name, scene in scenes.items() if isinstance(scene, Scene)}
        absent = {name: scene for name, scene in rooms.items() if not self._results.has(name)}
        self._results.write_scenes(absent)
        return Done(len(absent), {name: scene for name, scene in scenes.items() if isinstance(scene, str)})

    def _scenes(self, requests: Sequence[Request]) -> dict[str, Scene | str]:
        """The rooms by the names of their results; where one cannot be made, why not, and each is made by itself."""
        try:
            made = self._run(requests)
        except Exception as error:  # noqa: BLE001 - whatever one room brings about, the others are made
            if len(requests) == 1:
                reason = error.message if isinstance(error, InstructSceneError) else f"{type(error).__name__}: {error}"
                return dict.fromkeys(requests[0].names, reason)
            found = dict[str, Scene | str]()
            for request in requests:
                found |= self._scenes([request])
            return found
        pairs = zip(requests, made, strict=True)
        return {name: scene for request, rooms in pairs for name, scene in zip(request.names, rooms, strict=True)}

    def _run(self, requests: Sequence[Request]) -> list[list[Scene]]:
        return self._making.run(requests, None, settle=self._order.settle, batch_size=self._order.batch)


def about(options: Mapping[str, Any]) -> dict[str, Any]:
    """What rooms depend on beside the requests: code, versions, weights, furniture, settings.

    Args:
        options: of the command line, by their names.
    """
    folder = options["model"] or _CODE / "starter" / "weights"
    catalogues = [Path(path) for path in options["catalogue"]] or [_CODE / "starter"]
    chosen = ("batch", "no_settle", "device", "precision", "threads", "use")
    return {
        "code": digest(sorted(path for path in _CODE.rglob("*.py"))),
        "versions": {name: importlib.metadata.version(name) for name in _PACKAGES},
        "weights": digest(_files(Path(folder), "*.safetensors")),
        "furniture": digest([file for path in catalogues for file in _files(path, "*.json")]),
        "settings": {name: options[name] for name in chosen},
    }


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.rglob(pattern)) if folder.is_dir() else [folder]
