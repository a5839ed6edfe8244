"""The session: the one worker process of this Blender, and the one job that may be under way.

A job is a generator that yields its `Progress`. An operator in a window advances it a little at every tick of a timer,
so that the interface is never blocked; in background mode it is run to its end. Closing the generator undoes its work.
"""

import atexit
import itertools
import logging
import sys
import time
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import bpy

from ..instructscene_core.scene import Request, Scene
from .guesses import forget_guesses
from .language import tr, tr_later
from .models import ModelError, read_models
from .own_folders import own_folder
from .variations import forget_made
from .worker_client import Message, WorkerClient, WorkerError

ROOT_PACKAGE: Final = (__package__ or "").rpartition(".")[0]
START_TIMEOUT: Final = 180.0
"""Seconds until the worker's ``hello`` must have come: a cold disk and a virus scanner make the first start slow."""
TICK: Final = 0.05
"""Seconds between two timer events."""
_BUDGET: Final = 0.02
"""Seconds of work for a job at every timer event."""
_IDLE_CHECK: Final = 20.0
"""Seconds between two looks whether the worker has been idle too long."""
_STAGES: Final = {
    "prior": (tr_later("Planning the room"), 0.05, 0.7),
    "decoder": (tr_later("Arranging furniture"), 0.7, 0.9),
    "make": (tr_later("Making models"), 0.1, 0.9),
    "import": (tr_later("Reading checkpoints"), 0.05, 0.95),
    "index": (tr_later("Indexing models"), 0.05, 0.95),
    "read": (tr_later("Reading models"), 0.9, 0.95),
    "recognise": (tr_later("Looking at your objects"), 0.03, 0.06),
}
"""Label and range of the progress bar of the worker's stages; the others change neither."""
_AGAIN: Final = tr_later("Not met yet, trying again")

T = TypeVar("T")


class Progress(NamedTuple):
    """What the progress bar shows.

    Args:
        label: what is being done.
        share: 0 to 1.
        waiting: nothing can be done before the next tick.
    """

    label: str
    share: float = 0.0
    waiting: bool = False


Steps = Generator[Progress, None, T]
_LOGGER = logging.getLogger(__name__)


class Session:
    """State that lives as long as the add-on is enabled.

    Attributes:
        client: the worker; None where none was started.
        progress: of the job under way, else of the last one.
        number: of the last job that was started.
        quiet: whether the job under way gives way to any other.
        failure: what the panel shows of the last job that failed; empty where none did since.
        outcome: what the panel shows of the last job that ended well; empty where none did since.
        self_check: the report of the last Self-Check.
    """

    def __init__(self) -> None:
        self.client: WorkerClient | None = None
        self.progress = Progress("")
        self.number = 0
        self.quiet = False
        self.failure: str = ""
        self.outcome: str = ""
        self.self_check: Message | None = None
        self._command: list[str] = []
        self._job: Steps[str] | None = None
        self._timer: bpy.types.Timer | None = None
        self._last_used = time.monotonic()
        self._numbers = itertools.count()

    @property
    def active(self) -> bool:
        """Whether a job is under way, quiet or not."""
        return self._job is not None

    @property
    def busy(self) -> bool:
        """Whether a job is under way that must end before another begins."""
        return self._job is not None and not self.quiet

    def start(self, job: Steps[str], *, quiet: bool = False) -> int:
        """Makes a job the one under way; `tick` does the work.

        Args:
            job: what to do.
            quiet: it is done while nothing else is, and ends where something is.

        Returns:
            The job's number.

        Raises:
            WorkerError: another job is under way.
        """
        if self.busy or (quiet and self.active):
            raise WorkerError(tr("InstructScene is still working"), tr("Wait for it, or press Cancel"))
        self.cancel()
        self._job, self.quiet = job, quiet
        if not quiet:
            self.failure = self.outcome = ""
        self.progress = Progress("Preparing")
        self.number += 1
        return self.number

    def watch(self, context: bpy.types.Context) -> None:
        """Has the window send timer events, until the job ends."""
        self._timer = context.window_manager.event_timer_add(TICK, window=context.window)

    def tick(self, budget: float = _BUDGET) -> str | None:
        """Advances the job.

        Args:
            budget: seconds after which no new piece of work is begun.

        Returns:
            What to report to the person once the job has ended; None while it goes on.

        Raises:
            InstructSceneError: it failed; nothing was changed.
        """
        if self._job is None:
            return ""
        end = time.perf_counter() + budget
        try:
            while True:
                self.progress = next(self._job)
                if self.progress.waiting or time.perf_counter() > end:
                    return None
        except StopIteration as stop:
            self._finish()
            self.outcome = stop.value or self.outcome
            return stop.value
        except BaseException:
            self._finish()
            raise

    def cancel(self) -> None:
        """Ends the job; what it did is undone."""
        job = self._job
        self._finish()
        if job is not None:
            job.close()

    def run(self, job: Steps[str]) -> str:
        """Does a whole job at once."""
        self.start(job)
        while (outcome := self.tick(1.0)) is None:
            time.sleep(0.005 if self.progress.waiting else 0.0)
        return outcome

    def new_id(self, task: str) -> str:
        """An id that no other request has."""
        return f"{task}-{next(self._numbers)}"

    def worker(self) -> WorkerClient:
        """The worker, started where it is not running.

        Raises:
            WorkerError: it cannot be started.
        """
        self._last_used = time.monotonic()
        command = worker_command(preferences())
        if self.client is not None and command != self._command:
            self.release()
        if self.client is None or not self.client.alive:
            self.client = WorkerClient(command)
            self._command = command
            if not bpy.app.timers.is_registered(release_when_idle):
                bpy.app.timers.register(release_when_idle, first_interval=_IDLE_CHECK, persistent=True)
        return self.client

    def release(self, wait: float = 0.0) -> None:
        """Ends the worker, which gives its memory back."""
        if self.client is not None:
            self.client.close(wait)
        self.client = None
        if bpy.app.timers.is_registered(release_when_idle):
            bpy.app.timers.unregister(release_when_idle)

    def close(self, wait: float = 0.0) -> None:
        """Ends job and worker."""
        self.cancel()
        self.release(wait)

    def idle_seconds(self) -> float:
        """How long the worker has had nothing to do."""
        if self.active:
            self._last_used = time.monotonic()
        return time.monotonic() - self._last_used

    def _finish(self) -> None:
        self._job = None
        self._last_used = time.monotonic()
        if self._timer is not None:
            bpy.context.window_manager.event_timer_remove(self._timer)
            self._timer = None


SESSION: Final = Session()


def preferences() -> Any:  # noqa: ANN401  (the class would import this module)
    """The add-on's preferences."""
    return bpy.context.preferences.addons[ROOT_PACKAGE].preferences


def worker_command(settings: Any) -> list[str]:  # noqa: ANN401
    """The worker's command line for the add-on's preferences."""
    own = bpy.path.abspath(settings.worker_python)
    python = [own] if own else [sys.executable, *bpy.app.python_args]
    root = Path(__file__).parent.parent
    worker = root / "instructscene_core" / "worker" / "main.py"
    command = [*python, "-I", "-u", str(worker), "--device", settings.device]
    for folder in (str(root), *wheel_folders()):
        command += ["--path", folder]
    if settings.model_folder:
        command += ["--model", bpy.path.abspath(settings.model_folder)]
    for catalogue in catalogue_paths(settings):
        command += ["--catalogue", str(catalogue)]
    command += ["--use", settings.catalogue_use, "--made", str(made_folder())]
    if settings.maker_command.strip():
        command += ["--maker", settings.maker_command.strip(), "--maker-seconds", str(settings.maker_seconds)]
        command += ["--blender", bpy.app.binary_path] if bpy.app.binary_path else []
    if settings.clip_weights:
        command += ["--clip", bpy.path.abspath(settings.clip_weights)]
    elif settings.clip_download and bpy.app.online_access:
        command += ["--clip", "download"]
    if settings.language_model_url:
        command += ["--language-model", settings.language_model_url.strip()]
        command += ["--language-model-name", settings.language_model_name.strip()]
        command += ["--language-model-seconds", str(settings.language_model_seconds)]
        command += ["--online"] * bpy.app.online_access
    return command


def catalogue_paths(settings: Any) -> list[Path]:  # noqa: ANN401
    """The person's own catalogues that are ticked, files or folders, in their order."""
    return [Path(bpy.path.abspath(item.path)) for item in settings.catalogues if item.used and item.path]


def made_folder() -> Path:
    """The models that a program has made; it need not be there."""
    return own_folder("made", create=False)


def furniture_paths(settings: Any) -> list[Path]:  # noqa: ANN401
    """The catalogues of which rooms may have pieces: those of `catalogue_paths`, and what was made."""
    made, paths = made_folder() / "catalogue", catalogue_paths(settings)
    if (made / "catalogue.json").is_file():
        with suppress(ModelError):  # it is damaged: boxes stand for what was made
            read_models([made])
            paths.append(made)
    return paths


def use_catalogue(settings: Any, path: Path) -> None:  # noqa: ANN401
    """Lists a catalogue in the preferences, if it is not yet there, and ticks it."""
    for item in settings.catalogues:
        if item.path and Path(bpy.path.abspath(item.path)) == path:
            item.used = True
            return
    item = settings.catalogues.add()
    item.name, item.path = path.name, str(path)


def wheel_folders() -> list[str]:
    """Where Blender has unpacked the wheels of extensions."""
    base = Path(bpy.utils.user_resource("EXTENSIONS")) / ".local"
    return [folder for folder in sys.path if folder and Path(folder).is_relative_to(base)]


def exchange(message: Message) -> Steps[Message]:
    """Sends a message with an id and waits for its result.

    Closing the generator cancels the request.

    Raises:
        WorkerError: the worker cannot be started, ended, or answered with an error.
    """
    client = SESSION.worker()
    yield from _await_hello(client)
    client.send(message)
    progress = Progress("Reading", 0.05, waiting=True)
    try:
        while True:
            yield progress
            for answer in client.poll():
                if answer.get("type") == "gone":
                    raise _ended(
                        client,
                        answer,
                        tr_later("The worker ended while it was working, code {code}{last}"),
                        tr("Try again"),
                    )
                if answer.get("id") != message["id"]:
                    continue
                if answer["type"] == "progress":
                    progress = _progress(answer, progress)
                if answer["type"] == "error":
                    raise WorkerError(answer["message"], answer.get("remedy", ""))
                if answer["type"] == "result":
                    return answer
    except GeneratorExit:
        client.send({"type": "cancel", "id": message["id"]})
        raise


def _await_hello(client: WorkerClient) -> Steps[None]:
    """Waits for the ``hello`` of a worker that was just started.

    Raises:
        WorkerError: it ended, is no worker, answered with an error, or took too long.
    """
    end = time.monotonic() + START_TIMEOUT
    while client.hello is None:
        for answer in client.poll():
            if answer.get("type") == "error":
                client.close()
                raise WorkerError(answer["message"], answer.get("remedy", ""))
            if answer.get("type") == "noise":
                client.close()
                raise WorkerError(tr('"{program}" did not start as a worker', program=_program()), tr(_FIX_PYTHON))
            if answer.get("type") == "gone":
                raise _ended(
                    client, answer, tr_later("The worker ended while starting, code {code}{last}"), tr(_FIX_PYTHON)
                )
        if time.monotonic() > end:
            client.close()
            raise WorkerError(
                tr("The worker has not started within {seconds:.0f} seconds", seconds=START_TIMEOUT), tr(_FIX_PYTHON)
            )
        yield Progress("Starting the generator", 0.02, waiting=True)


_FIX_PYTHON: Final = tr_later("Correct Worker's Python in the add-on's preferences, then run Self-Check there")


def _program() -> str:
    return preferences().worker_python or sys.executable


def _ended(client: WorkerClient, answer: Message, what: str, remedy: str) -> WorkerError:
    """Logs what is kept of the standard error of a worker that has ended; returns the error, with its last line."""
    lines = client.last_lines
    _LOGGER.error("The worker ended with code %s:\n%s", answer["code"], "\n".join(lines))
    last = f" ({lines[-1][:160]})" if lines else ""
    return WorkerError(tr(what, code=answer["code"], last=last), remedy)


def _progress(answer: Message, before: Progress) -> Progress:
    """What the bar shows after a ``progress`` message."""
    label, low, high = _STAGES.get(answer["stage"], (before.label, before.share, before.share))
    share = low + (high - low) * answer["step"] / max(answer["steps"], 1)
    if answer["stage"] == "prior" and (before.share > high or before.label == _AGAIN):
        label = _AGAIN  # the generator draws another layout, and the bar begins anew
    return Progress(label, share, waiting=True)


def ask(request: Request) -> Steps[list[Scene]]:
    """Sends a request to the worker; returns its variations.

    Raises:
        InstructSceneError: as `exchange`, or its answer is no valid scene.
    """
    key = SESSION.new_id(request.task)
    answer = yield from exchange({"type": "request", "id": key, "request": request.to_json()})
    scenes: list[Scene] = []
    for data in answer["scenes"]:
        scenes.append(Scene.from_json(data))
        yield Progress("Reading the result", 0.9)
    return scenes


def run_request(request: Request) -> list[Scene]:
    """As `ask`, run to its end, for scripts and batches; the worker is kept for the next request.

    Raises:
        InstructSceneError: as `ask`.
    """
    steps = ask(request)
    try:
        while True:
            next(steps)
            time.sleep(0.005)
    except StopIteration as stop:
        return stop.value


def close() -> None:
    """Ends job and worker."""
    SESSION.close()


def release_when_idle() -> float | None:
    """Timer that ends the worker after the minutes in the preferences; returns seconds until it is called again."""
    if SESSION.client is None:
        return None
    minutes = preferences().idle_minutes
    if minutes and SESSION.idle_seconds() > 60 * minutes:
        SESSION.client.close()
        SESSION.client = None
        return None
    return _IDLE_CHECK


@bpy.app.handlers.persistent
def _on_load(_: object) -> None:
    SESSION.cancel()
    forget_made()
    forget_guesses()


def register() -> None:
    """Ends the job when another file is opened, and the worker when Blender ends."""
    bpy.app.handlers.load_pre.append(_on_load)
    atexit.register(close)


def unregister() -> None:
    """Ends everything and waits for it, so that the extension's files can be replaced."""
    atexit.unregister(close)
    bpy.app.handlers.load_pre.remove(_on_load)
    SESSION.close(wait=5.0)
    forget_made()
    forget_guesses()
