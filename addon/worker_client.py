"""`WorkerClient`: starts the worker process, sends it messages and collects its answers.

The messages are those of ``instructscene_core/worker/serve.py``, one JSON object a line. Nothing here blocks the
caller: a thread of its own serves each pipe.
"""

import json
import logging
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from typing import IO, Any, Final

from ..instructscene_core.errors import InstructSceneError
from .language import tr

Message = dict[str, Any]
PROTOCOL: Final = 1
_LOGGER = logging.getLogger(__name__)
_KEPT_LINES: Final = 40
"""Lines of the worker's standard error that are kept."""


class WorkerError(InstructSceneError):
    """The worker cannot be started, ended by itself, or refused a request."""


class WorkerClient:
    """A worker process and its pipes.

    Args:
        command: program and arguments.

    Raises:
        WorkerError: the program cannot be started.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.hello: Message | None = None
        self._closed = False
        self._last_lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._incoming: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._outgoing: queue.SimpleQueue[str | None] = queue.SimpleQueue()  # None ends it
        self._process = _start(command)
        self._threads = [
            threading.Thread(target=target, args=(pipe,), daemon=True, name=f"InstructScene {target.__name__}")
            for target, pipe in (
                (self._write, self._process.stdin),
                (self._log, self._process.stderr),
                (self._read, self._process.stdout),
            )
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process is running and has not been told to end."""
        return not self._closed and self._process.poll() is None

    @property
    def last_lines(self) -> list[str]:
        """What the worker last wrote to its standard error."""
        return list(self._last_lines)

    def send(self, message: Message) -> None:
        """Queues a message for the worker."""
        self._outgoing.put(json.dumps(message, allow_nan=False))

    def poll(self) -> list[Message]:
        """All that arrived since the last call; a last ``{"type": "gone"}`` says that the worker has ended.

        Raises:
            WorkerError: the program speaks another protocol.
        """
        messages: list[Message] = []
        while not self._incoming.empty():
            message = self._incoming.get_nowait()
            if message.get("type") == "hello":
                self._greet(message)
            messages.append(message)
        return messages

    def close(self, wait: float = 0.0) -> None:
        """Ends the worker at once.

        Args:
            wait: seconds to wait until it is really gone, so that its files can be replaced.
        """
        self._closed = True
        self._outgoing.put(None)
        self._process.kill()
        if wait > 0:
            try:
                self._process.wait(wait)
            except subprocess.TimeoutExpired:
                _LOGGER.warning("The worker %d has not ended within %g s", self.pid, wait)
            for thread in self._threads:
                thread.join(wait)

    def _greet(self, message: Message) -> None:
        if message.get("protocol") != PROTOCOL:
            self.close()
            raise WorkerError(
                tr("The worker speaks protocol {theirs}, not {ours}", theirs=message.get("protocol"), ours=PROTOCOL),
                tr("Reinstall the extension"),
            )
        self.hello = message

    def _write(self, pipe: IO[str]) -> None:
        try:
            while (line := self._outgoing.get()) is not None:
                pipe.write(line + "\n")
                pipe.flush()
            pipe.close()
        except OSError as error:  # the worker has ended; the reading thread tells
            _LOGGER.debug("Cannot write to the worker: %s", error)

    def _read(self, pipe: IO[str]) -> None:
        for line in pipe:
            self._incoming.put(_parse(line))
        code = self._process.wait()
        self._threads[1].join(1.0)  # so that all of standard error is kept
        self._outgoing.put(None)
        self._incoming.put({"type": "gone", "code": code})
        pipe.close()

    def _log(self, pipe: IO[str]) -> None:
        for line in pipe:
            self._last_lines.append(line.rstrip())
            _LOGGER.debug("worker: %s", line.rstrip())
        pipe.close()


def _start(command: Sequence[str]) -> subprocess.Popen[str]:
    flags = subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
    try:
        return subprocess.Popen(  # noqa: S603  (the person names the program in the preferences)
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            creationflags=flags,
        )
    except (OSError, ValueError) as error:
        raise WorkerError(
            tr(
                'The worker\'s Python "{program}" cannot be started: {reason}',
                program=command[0],
                reason=getattr(error, "strerror", None) or error,
            ),
            tr("Correct Worker's Python in the add-on's preferences"),
        ) from error


def _parse(line: str) -> Message:
    """A line of the worker as a message; what is no JSON object becomes one of type "noise"."""
    try:
        message = json.loads(line)
    except ValueError:
        message = None
    return message if isinstance(message, dict) else {"type": "noise", "line": line.strip()[:200]}
