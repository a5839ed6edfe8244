"""What one process does of a run: it holds the generator, makes shards, and writes their rooms."""

import importlib.metadata
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from ..errors import InstructSceneError
from ..evaluation.store import digest
from ..scene import Request, Scene
from .layouts import FILES, JSON, Layout
from .rendering import Renderer, remove_stale
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
        layout: how they lie there.
        renderer: makes more files of the rooms; None: there are none.
    """

    load: Callable[[], Making]
    about: Callable[[], Mapping[str, Any]]
    settle: bool
    batch: int
    url: str
    layout: Layout = FILES
    renderer: Renderer | None = None


@dataclass(frozen=True)
class Part:
    """Requests that are made together.

    Args:
        number: of their shard.
        requests: all of the shard, or those of it that failed.
        tries: how often that was tried before.
        last: whether it is not tried again.
    """

    number: int
    requests: Sequence[Request]
    tries: int = 0
    last: bool = True

    @property
    def names(self) -> list[str]:
        """Of the rooms that it asks for."""
        return [name for request in self.requests for name in request.names]


class RoomMaker:
    """Makes the rooms of shards.

    Args:
        order: of the run.

    Raises:
        InvalidInputError: see :func:`.commands.options.load_making`, and :class:`.results.Results`.
    """

    def __init__(self, order: Order) -> None:
        self._order, self._making, self._results = order, order.load(), Results(order.url)
        remove_stale()

    def make(self, part: Part) -> Done:
        """Makes the rooms of a part and writes those that are not there yet.

        All of them are made at once, as in any other run of the file, so that they are the same.

        Raises:
            InstructSceneError: results cannot be written.
        """
        layout, renderer = self._order.layout, self._order.renderer
        absent = set(layout.absent(part.number, part.names, self._results.has))
        if not absent:
            return Done(0)
        scenes = self._scenes(part.requests)
        failed = {name: scene for name, scene in scenes.items() if isinstance(scene, str) and name in absent}
        rooms = {name: scene for name, scene in scenes.items() if isinstance(scene, Scene) and name in absent}
        files = {name: {JSON: _text(scene)} for name, scene in rooms.items()}
        if renderer is not None and rooms:
            more = renderer.render(rooms)
            failed |= more.failed
            files = {name: {**files[name], **made} for name, made in more.files.items()}
            layout.share(self._results, more.shared)
        if not failed or part.last or not layout.together:
            layout.write(self._results, part.number, files, whole=not failed)
            return Done(len(files), failed)
        return Done(0, failed)

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
    chosen = ("batch", "no_settle", "device", "precision", "threads", "use", "layout", "renderer")
    renderer = renderer_of(options)
    return {
        "code": digest(sorted(path for path in _CODE.rglob("*.py"))),
        "versions": {
            **{name: importlib.metadata.version(name) for name in _PACKAGES},
            **({"pyarrow": importlib.metadata.version("pyarrow")} if options["layout"] == "parquet" else {}),
            **({"renderer": renderer.version()} if renderer else {}),
        },
        "weights": digest(_files(Path(folder), "*.safetensors")),
        "furniture": digest([file for path in catalogues for file in _files(path, "*.json")]),
        "settings": {name: options[name] for name in chosen},
    }


def renderer_of(options: Mapping[str, Any]) -> Renderer | None:
    """What makes more files of the rooms, with the run's furniture and threads; None where nothing does.

    Args:
        options: of the command line, by their names.
    """
    if options["renderer"] is None:
        return None
    words = [word for path in options["catalogue"] for word in ("--catalogue", str(Path(path).absolute()))]
    words += ["--use", options["use"]] if words else []
    return Renderer(options["renderer"], (*words, "--threads", str(options["threads"])), options["patience"])


def _text(scene: Scene) -> bytes:
    text = json.dumps(scene.to_json(), allow_nan=False, ensure_ascii=False)
    return f"{text}\n".encode("utf-8", "replace")


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.rglob(pattern)) if folder.is_dir() else [folder]
