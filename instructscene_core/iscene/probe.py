"""Tells what the Python that runs it can do for I-Scene: ``PYTHON -u probe.py FILE`` writes one JSON object there.

It is run by the person's Python (3.10 is what I-Scene asks for), so it takes the standard library alone, and an import
that fails, however it does, is a fact like others. A file, because packages print what they like when imported.
"""

import importlib
import json
import platform
import sys
from typing import Any

PACKAGES = ("spconv", "flash_attn", "xformers", "nvdiffrast", "kaolin")


def facts() -> "dict[str, Any]":
    """Versions, the graphics card, and for each package "" or why it cannot be imported."""
    found: dict[str, Any] = {"python": platform.python_version(), "torch": _torch()}
    found["packages"] = {name: _fault(name) for name in PACKAGES}
    return found


def _torch() -> "dict[str, Any]":
    """Of torch: its version, and of the card what it says; "error" where something fails."""
    about: dict[str, Any] = {}
    try:
        torch: Any = importlib.import_module("torch")
        about.update(version=str(torch.__version__), cuda=bool(torch.cuda.is_available()))
        if about["cuda"]:
            card = torch.cuda.get_device_properties(0)
            about.update(card=str(card.name), memory=int(card.total_memory), capability=[card.major, card.minor])
            about.update(built=[str(name) for name in torch.cuda.get_arch_list()])
    except BaseException as error:  # noqa: BLE001 - whatever a stranger's package raises
        about["error"] = _words(error)
    return about


def _fault(name: str) -> str:
    try:
        importlib.import_module(name)
    except BaseException as error:  # noqa: BLE001 - whatever a stranger's package raises
        return _words(error)
    return ""


def _words(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


if __name__ == "__main__":
    sys.path.pop(0)  # our folder, whose modules are none of theirs
    with open(sys.argv[1], "w", encoding="utf-8") as file:  # noqa: PTH123 - as short as it can be
        json.dump(facts(), file)
