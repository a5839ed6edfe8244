"""The worker's loop: requests in, progress and results out, one JSON object a line each way.

Every message has a ``type``; the keys besides it are:

Parent to child
    - ``request``: id, request (docs/scene-format.md)
    - ``self_check``: id
    - ``import``: id, folder of official checkpoints, out (folder that gets the model folders)
    - ``index``: id, folder of 3D-FUTURE models, out (folder that gets the catalogue)
    - ``cancel``: id of a message that is waiting or worked on
    - ``quit``: ends the worker after the messages before it
Child to parent
    - ``hello``, once: protocol, versions, device, memory_mb, model
    - ``progress``: id, stage (text, prior, decoder, settle, import or index), step, steps
    - ``result``: id, seconds, peak_memory_mb, and scenes (of a request), report (of self_check and index) or imported
      (room types, of import)
    - ``error``: id or null, message, remedy, detail (a traceback where nobody foresaw it, else empty)

The process ends at once when its standard input closes, whatever it is doing.
"""

import importlib.metadata
import json
import logging
import os
import platform
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from collections.abc import Generator as Generated
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

import torch

from ..catalogue.indexing import index_models, summary
from ..errors import CancelledError, InstructSceneError, InvalidInputError
from ..generator import Generator, load_generator
from ..official.import_models import OnFile, import_models
from ..reading.reader import Reader
from ..scene import Json, Request, read_json
from .memory import memory_mb, peak_memory_mb

PROTOCOL: Final = 1
_PACKAGES: Final = ("torch", "numpy", "safetensors", "tokenizers")
_MAX_DETAIL: Final = 4000
"""Characters of a traceback that are sent: its end."""
_log: Final = logging.getLogger(__name__)


def serve(
    source: IO[str],
    channel: IO[str],
    *,
    device: str = "auto",
    model: str | None = None,
    catalogue: str | None = None,
    clip: str | None = None,
    reader: Callable[[], Reader] = Reader,
) -> int:
    """Loads the generator and answers until told to quit.

    Args:
        source: lines from the parent.
        channel: lines to the parent.
        device: see ``device.pick_device``.
        model: model folder; None is the embedded starter.
        catalogue: a catalogue's file or folder; None is the embedded starter's.
        clip: see ``text.loading.load_encoder``.
        reader: makes what reads instructions; what it refuses is reported.

    Returns:
        The exit code: 1 where the generator cannot be loaded.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    worker = _Worker(channel)
    threading.Thread(target=worker.listen, args=(source,), daemon=True).start()
    folder = None if model is None else Path(model)
    with worker.reporting(None):
        furniture = None if catalogue is None else Path(catalogue)
        generator = load_generator(folder, device=device, catalogue=furniture, clip=clip, reader=reader())
        worker.greet(generator)
        worker.work(generator)
        return 0
    return 1


class _Worker:
    """Both directions of the protocol; ``listen`` runs in a thread of its own, so that a run can be cancelled."""

    def __init__(self, channel: IO[str]) -> None:
        self._channel = channel
        self._jobs: queue.SimpleQueue[Json | None] = queue.SimpleQueue()
        self._cancelled: set[str] = set()
        self._sending = threading.Lock()

    # Parent to child

    def listen(self, source: IO[str]) -> None:
        """Reads lines until the input closes, which ends the process."""
        for line in source:
            if line.strip():
                self._receive(line)
        os._exit(0)

    def _receive(self, line: str) -> None:
        """Queues a message for ``work``; a cancel counts at once."""
        try:
            message = read_json(line, "message")
        except InvalidInputError as error:
            self.refuse(None, error)
            return
        item = cast("Json", message) if isinstance(message, dict) else {}
        kind = item.get("type")
        if kind == "quit":
            self._jobs.put(None)
        elif kind == "cancel":
            self._cancelled.add(str(item.get("id")))
        elif kind in ("request", "self_check", "import", "index"):
            self._cancelled.discard(str(item.get("id")))  # a cancel that came too late for an earlier job of this id
            self._jobs.put(item)
        else:
            self.refuse(item.get("id"), InvalidInputError(f"Message of unknown type {json.dumps(kind)}"))

    # Child to parent

    def send(self, message: Json) -> None:
        """Writes one line."""
        line = json.dumps(message, allow_nan=False) + "\n"
        with self._sending:
            self._channel.write(line)
            self._channel.flush()

    def greet(self, generator: Generator) -> None:
        """Sends ``hello``: the worker is ready."""
        self.send(
            {
                "type": "hello",
                "protocol": PROTOCOL,
                "versions": versions(),
                "device": str(generator.device),
                "memory_mb": memory_mb(),
                "model": generator.models.name,
            }
        )

    def refuse(self, job: object, error: InstructSceneError) -> None:
        """Sends the ``error`` of an exception that we raised on purpose."""
        self.send({"type": "error", "id": job, "message": error.message, "remedy": error.remedy, "detail": ""})

    @contextmanager
    def reporting(self, job: object) -> Generated[None]:
        """Sends an ``error`` for whatever is raised inside the block, and goes on after it."""
        try:
            yield
        except InstructSceneError as error:
            self.refuse(job, error)
        except Exception as error:  # noqa: BLE001 - the parent must hear of every error
            self.fail(job, error)

    def fail(self, job: object, error: Exception) -> None:
        """Sends the ``error`` of an exception that nobody foresaw, or of a lack of memory, with its traceback."""
        _log.error("Job %s failed", job, exc_info=error)
        out_of_memory = isinstance(error, MemoryError | torch.OutOfMemoryError)
        message = "There is not enough memory" if out_of_memory else f"The generator failed: {type(error).__name__}"
        remedy = "Ask for fewer variations, or choose another device" if out_of_memory else "Please report the details"
        detail = "".join(traceback.format_exception(error))[-_MAX_DETAIL:]
        self.send({"type": "error", "id": job, "message": message, "remedy": remedy, "detail": detail})

    # Work

    def work(self, generator: Generator) -> None:
        """Answers one queued message after the other, until ``quit``."""
        while (item := self._jobs.get()) is not None:
            job = item.get("id")
            with self.reporting(job):
                self.send(self._answer(generator, item))
            self._cancelled.discard(str(job))

    def _answer(self, generator: Generator, item: Json) -> Json:
        job, start = item.get("id"), time.perf_counter()

        def report_step(stage: str, step: int, steps: int) -> None:
            if str(job) in self._cancelled:
                raise CancelledError
            self.send({"type": "progress", "id": job, "stage": stage, "step": step, "steps": steps})

        if item["type"] == "self_check":
            answer: Json = {"report": self_check(generator)}
        elif item["type"] == "import":
            answer = {"imported": import_folder(item, lambda _, number, total: report_step("import", number, total))}
        elif item["type"] == "index":
            answer = {"report": index_folder(item, lambda number, total: report_step("index", number, total))}
        else:
            request = Request.from_json(item.get("request"))
            report_step("text", 0, 1)
            scenes = generator.run([request], report_step)[0]
            answer = {"scenes": [scene.to_json() for scene in scenes]}
        seconds = round(time.perf_counter() - start, 3)
        return {"type": "result", "id": job, **answer, "seconds": seconds, "peak_memory_mb": peak_memory_mb()}


def import_folder(item: Json, on_file: OnFile) -> list[str]:
    """Makes model folders from a folder of official checkpoints; returns their room types.

    Raises:
        InvalidInputError: the message is malformed, or see :func:`.official.import_models.import_models`.
    """
    folder, out = item.get("folder"), item.get("out")
    if not isinstance(folder, str) or not isinstance(out, str):
        raise InvalidInputError("An import needs folder and out")
    result = import_models([Path(folder)], Path(out), whole=True, replace=True, on_file=on_file)
    return [path.name for path in result.folders]


def index_folder(item: Json, on_model: Callable[[int, int], None]) -> Json:
    """Makes a catalogue of a folder of 3D-FUTURE models; returns its folder, a summary, and how many were skipped.

    Raises:
        InvalidInputError: the message is malformed, or see :func:`.catalogue.indexing.index_models`.
    """
    folder, out = item.get("folder"), item.get("out")
    if not isinstance(folder, str) or not isinstance(out, str):
        raise InvalidInputError("An index needs folder and out")
    index = index_models(Path(folder), Path(out), on_model)
    return {"catalogue": out, "text": summary(index, Path(out)), "skipped": len(index.skipped)}


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that the generator needs."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "unknown"
    return found


def self_check(generator: Generator) -> Json:
    """Runs one step of each network; returns versions, device, seconds, memory, model and catalogue size."""
    room = generator.models.room_types[0]
    request = Request.from_json({"room": room, "text": "Put a desk next to a bed", "steps": [1, 1], "id": "self-check"})
    start = time.perf_counter()
    generator.run([request], tries=1)
    return {
        "versions": versions(),
        "device": str(generator.device),
        "seconds": round(time.perf_counter() - start, 3),
        "memory_mb": memory_mb(),
        "model": generator.models.name,
        "room_types": list(generator.models.room_types),
        "catalogue_entries": len(generator.catalogue.entries),
    }
