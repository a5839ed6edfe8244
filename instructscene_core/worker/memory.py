"""How much memory this process takes, as far as the operating system tells without further packages."""

import sys
from pathlib import Path

_MB = 1024 * 1024


def memory_mb() -> int | None:
    """Resident memory now, MiB; None where the operating system does not say."""
    return _status("VmRSS") if sys.platform == "linux" else peak_memory_mb()


def peak_memory_mb() -> int | None:
    """Largest resident memory so far, MiB; None where the operating system does not say."""
    if sys.platform == "linux":
        return _status("VmHWM")
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - absent on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / _MB) if sys.platform == "darwin" else round(peak / 1024)


def _status(field: str) -> int | None:
    """A field of Linux's ``/proc/self/status``, given there in KiB, as MiB; None where it is absent."""
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return round(int(value.split()[0]) / 1024)
    return None
