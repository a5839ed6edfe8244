"""The worker's loop: requests in, progress and results out, one JSON object a line each way.

Every message has a ``type``; the keys besides it are:

Parent to child
    - ``request``: id, request (docs/scene-format.md)
    - ``self_check``: id
    - ``import``: id, folder of official checkpoints, out (folder that gets the model folders)
    - ``index``: id, folder of models, out (folder that gets the catalogue), blender (the program that reads models that
      are not 3D-FUTURE's; null: this Python where it has ``bpy``)
    - ``review``: id, catalogue (folder made by ``index``), set (of some pieces' ids what a person says: an object of
      class, front, scale, tags and checked, all as strings)
    - ``recognise``: id, items (list of {name, tags, points} of a person's meshes, see ``recognising``)
    - ``read``: id, folder, files (names of models in it), out, blender (see :mod:`.reading`)
    - ``nearest``: id, room_type, object, and perhaps category, text, count, thumbnails (see :mod:`.nearest`)
    - ``cancel``: id of a message that is waiting or worked on
    - ``quit``: ends the worker after the messages before it
Child to parent
    - ``hello``, once: protocol, versions, device, memory_mb, model
    - ``progress``: id, step, steps, stage (text, prior, decoder, settle, make, import, index, read, recognise or
      pictures)
    - ``result``: id, seconds, peak_memory_mb, and scenes (of a request), report (of self_check and index), pieces and
      failed (of review: see `review_folder`), imported (room types, of import), recognised (a list, of
      recognise), read (pieces by file, of read), or entries and not_understood (of nearest)
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
from collections.abc import Callable, Sequence
from collections.abc import Generator as Generated
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Final, NamedTuple, cast

import torch

from ..catalogue.entries import CatalogueEntry
from ..catalogue.indexing import index_models, summary
from ..catalogue.own_features import encoder_of, recognise
from ..catalogue.own_files import is_future_folder
from ..catalogue.own_models import index_own, open_library, review, review_failures, review_rows
from ..catalogue.own_reader import ModelReader
from ..catalogue.several import Use, open_catalogues
from ..errors import CancelledError, InstructSceneError, InvalidInputError, of_files
from ..generator import Generator, load_generator
from ..making.made_models import MadeModels, known_models
from ..making.making_generator import MakingGenerator
from ..official.import_models import OnFile, import_models
from ..plain_text import print_anything
from ..reading.reader import Reader
from ..scene import Json, Request, read_json
from .memory import memory_mb, peak_memory_mb
from .nearest import nearest
from .reading import read_files
from .recognising import recognise_items

PROTOCOL: Final = 1
_PACKAGES: Final = ("torch", "numpy", "safetensors", "tokenizers")
_MAX_DETAIL: Final = 4000
"""Characters of a traceback that are sent: its end."""
_log: Final = logging.getLogger(__name__)


class Maker(NamedTuple):
    """How models are made.

    Attributes:
        command: the program's command line.
        seconds: that one model may take.
        blender: see :class:`.catalogue.own_reader.ModelReader`.
    """

    command: str
    seconds: float
    blender: str | None


def serve(
    source: IO[str],
    channel: IO[str],
    *,
    device: str = "auto",
    model: str | None = None,
    catalogue: Sequence[str] = (),
    use: Use = "first",
    clip: str | None = None,
    made: str | None = None,
    maker: Maker | None = None,
    reader: Callable[[], Reader] = Reader,
) -> int:
    """Loads the generator and answers until told to quit.

    Args:
        source: lines from the parent.
        channel: lines to the parent.
        device: see ``device.pick_device``.
        model: model folder; None is the embedded starter.
        catalogue: files or folders of catalogues; without any the embedded starter's.
        use: what becomes of what they lack, see :data:`.catalogue.several.Use`.
        clip: see ``text.loading.load_encoder``.
        made: folder of the models that were made; None: there are none.
        maker: makes further ones, into that folder; a fault of it is told when one is to be made.
        reader: makes what reads instructions; what it refuses is reported.

    Returns:
        The exit code: 1 where the generator cannot be loaded.
    """
    print_anything()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    folder = None if model is None else Path(model)
    furniture = [Path(path) for path in catalogue]
    worker = _Worker(channel, folder, furniture, use, None if made is None else Path(made), maker)
    threading.Thread(target=worker.listen, args=(source,), daemon=True).start()
    with worker.reporting(None):
        generator = load_generator(folder, device=device, catalogues=furniture, use=use, clip=clip, reader=reader())
        generator.catalogue = generator.catalogue.knowing(worker.made)
        worker.greet(generator)
        worker.work(generator)
        return 0
    return 1


class _Worker:
    """Both directions of the protocol; ``listen`` runs in a thread of its own, so that a run can be cancelled."""

    def __init__(
        self,
        channel: IO[str],
        model: Path | None,
        catalogues: Sequence[Path],
        use: Use,
        made: Path | None,
        maker: Maker | None,
    ) -> None:
        self._channel, self._model, self._catalogues = channel, model, catalogues
        self._use: Use = use
        self._made, self._maker = made, maker
        self._models: MadeModels | None = None
        self._jobs: queue.SimpleQueue[Json | None] = queue.SimpleQueue()
        self._cancelled: set[str] = set()
        self._sending = threading.Lock()

    @property
    def made(self) -> tuple[CatalogueEntry, ...]:
        """The models that were made so far."""
        return () if self._made is None else known_models(self._made)

    def _making(self) -> MadeModels | None:
        """Makes models, as far as somebody has chosen a program.

        Raises:
            InvalidInputError: there is no such program.
        """
        if self._models is None and self._maker is not None and self._made is not None:
            self._models = MadeModels.of(self._made, *self._maker, self._model)
        return self._models

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
        elif kind in ("request", "self_check", "import", "index", "review", "recognise", "read", "nearest"):
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
        except OSError as error:
            _log.exception("Job %s failed", job)
            self.refuse(job, of_files(error))
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
        last: Json = {}

        def report_step(stage: str, step: int, steps: int) -> None:
            if str(job) in self._cancelled:
                raise CancelledError
            message: Json = {"type": "progress", "id": job, "stage": stage, "step": step, "steps": steps}
            if message != last:  # the reader of models is asked again and again, so that it can be cancelled
                self.send(message)
                last.update(message)

        answer = self._work_on(generator, item, report_step)
        seconds = round(time.perf_counter() - start, 3)
        return {"type": "result", "id": job, **answer, "seconds": seconds, "peak_memory_mb": peak_memory_mb()}

    def _work_on(self, generator: Generator, item: Json, on_step: Callable[[str, int, int], None]) -> Json:
        """What a message is answered with, by its type."""

        def rooms() -> Json:
            request = Request.from_json(item.get("request"))
            on_step("text", 0, 1)
            making = MakingGenerator(generator, self._making() if request.make else None)
            return {"scenes": [scene.to_json() for scene in making.run([request], on_step)[0]]}

        def index() -> Json:
            report = index_folder(item, partial(on_step, "index"), self._model)
            self._read_again(generator, item.get("out"))
            return {"report": report}

        def reviewed() -> Json:
            found = review_folder(item, self._model)
            if item.get("set"):
                self._read_again(generator, item.get("catalogue"))
            return found

        answers: dict[str, Callable[[], Json]] = {
            "self_check": lambda: {"report": self_check(generator)},
            "import": lambda: import_folder(item, lambda _, done, total: on_step("import", done, total)),
            "index": index,
            "review": reviewed,
            "recognise": lambda: {"recognised": recognise_items(item, partial(on_step, "recognise"))},
            "read": lambda: read_files(item, partial(on_step, "read")),
            "nearest": lambda: nearest(generator, item, partial(on_step, "pictures")),
        }
        return answers.get(item["type"], rooms)()

    def _read_again(self, generator: Generator, folder: object) -> None:
        """Reads the generator's catalogues again where one of them was just written."""
        used = {(path if path.is_dir() else path.parent).resolve() for path in self._catalogues}
        if isinstance(folder, str) and Path(folder).resolve() in used:
            generator.catalogue = open_catalogues(self._catalogues, self._use).knowing(self.made)


def import_folder(item: Json, on_file: OnFile) -> Json:
    """Makes model folders from a folder of official checkpoints; returns their room types, and whether they read CLIP.

    Raises:
        InvalidInputError: the message is malformed, or see :func:`.official.import_models.import_models`.
    """
    folder, out = item.get("folder"), item.get("out")
    if not isinstance(folder, str) or not isinstance(out, str):
        raise InvalidInputError("An import needs folder and out")
    result = import_models([Path(folder)], Path(out), whole=True, replace=True, on_file=on_file)
    reads = any(network.part == "prior" for network in result.networks)
    return {"imported": [path.name for path in result.folders], "reads_clip": reads}


def index_folder(item: Json, on_model: Callable[[int, int], None], model: Path | None = None) -> Json:
    """Makes a catalogue of a folder of models; returns its folder, a summary, and how many were skipped.

    Of other folders than 3D-FUTURE's it also returns ``left_out``, ``notes`` (both lists of name and reason),
    ``missing`` and ``folder``, which is another one where the folder was found elsewhere.

    Raises:
        InvalidInputError: the message is malformed, or see :func:`.catalogue.indexing.index_models` and
            :func:`.catalogue.own_models.index_own`.
    """
    folder, out, blender = item.get("folder"), item.get("out"), item.get("blender")
    if not isinstance(folder, str) or not isinstance(out, str) or not isinstance(blender, str | None):
        raise InvalidInputError("An index needs folder and out")
    if is_future_folder(Path(folder)):
        index = index_models(Path(folder), Path(out), on_model)
        return {"catalogue": out, "text": summary(index, Path(out)), "skipped": len(index.skipped)}
    own = index_own(Path(folder), Path(out), ModelReader.of(blender), recognise, encoder_of(model), on_model)
    return {
        "catalogue": out,
        "folder": str(own.folder),
        "text": own.summary(Path(out)),
        "skipped": len(own.skipped),
        "left_out": own.skipped,
        "notes": own.notes,
        "missing": own.missing,
    }


def review_folder(item: Json, model: Path | None = None) -> Json:
    """Sets what a person says of pieces, where anything is said.

    Returns:
        ``pieces``, the review list, and ``failed``, (name, reason) of the files that could not be read.

    Raises:
        InvalidInputError: the message is malformed, or see :func:`.catalogue.own_models.review`.
    """
    catalogue, changes = item.get("catalogue"), item.get("set", {})
    if not isinstance(catalogue, str) or not isinstance(changes, dict):
        raise InvalidInputError("A review needs catalogue and set")
    said: dict[str, dict[str, str]] = {}
    for name, values in cast("Json", changes).items():
        if not isinstance(values, dict):
            raise InvalidInputError(f"What is set of {name} must be an object")
        said[name] = {str(key): str(value) for key, value in cast("Json", values).items()}
    out = Path(catalogue)
    library = review(out, said, encoder_of(model)) if said else open_library(out)
    return {"pieces": review_rows(library, out), "failed": review_failures(library)}


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
