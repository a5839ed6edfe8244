"""Stands between a program of the person's and whoever has started it: ``python -I child_supervisor.py WORD …``.

The program runs in a group of its own, which is ended when it ends, and when this process's input closes: so also when
whoever has started it was killed. It imports nothing but the standard library.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

NOT_STARTED = 126
"""Exit code where the program could not be started; the last line that was printed then says why."""
GRACE = 2.0
"""Seconds that it has to end by itself."""
_LEFT_BEHIND = 0.2
"""The same of what it has left running when it ended."""
_WINDOWS = sys.platform == "win32"


def end(process: "subprocess.Popen[bytes]") -> None:
    """Ends a process with all that it has started."""
    if _WINDOWS:
        if process.poll() is None:
            tree = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
            with contextlib.suppress(OSError):
                subprocess.run(  # noqa: S603 - the system's
                    tree, check=False, capture_output=True, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
                )
            process.kill()
        return
    grace = GRACE if process.poll() is None else _LEFT_BEHIND
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, kind)  # also those that outlive it
        begin = time.monotonic()
        while kind == signal.SIGTERM and time.monotonic() - begin < grace and _group_lives(process):
            time.sleep(0.02)
    process.wait()


def _group_lives(process: "subprocess.Popen[bytes]") -> bool:
    process.poll()  # what has ended is still there until somebody asks
    try:
        os.killpg(process.pid, 0)
    except OSError:
        return False
    return True


def main(words: list[str]) -> int:
    """Runs a program; returns its exit code."""
    try:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        sys.stderr.write(f"\n{reason}\n")
        return NOT_STARTED

    def wait_for_end() -> None:
        while os.read(0, 1 << 16):
            pass
        end(process)
        os._exit(1)

    threading.Thread(target=wait_for_end, daemon=True).start()
    code = process.wait()
    end(process)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    outcome = main(sys.argv[1:])
    sys.stderr.flush()
    os._exit(outcome)  # a thread still waits for the input
