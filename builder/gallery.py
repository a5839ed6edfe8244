"""``gallery``: 24 rooms of each type from stated instructions and seeds, at eye level and as plans."""

from pathlib import Path
from typing import Final

from .blender import Blender
from .common import ROOT, run

REQUESTS: Final = Path(__file__).parent / "gallery.jsonl"
"""The requests, one room a line; none has been chosen by its result."""


def make_gallery(out: Path) -> Path:
    """Makes the rooms of ``REQUESTS``, their pictures, and a sheet of each type; an interrupted run goes on.

    Args:
        out: folder for scenes, pictures and ``<room type>.jpg``.

    Returns:
        The folder.

    Raises:
        BuildError: a step fails; its own messages were shown before.
    """
    blender = Blender.with_extension()
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    options = ["--render", "--resolution", "320", "--samples", "48"]
    blender.run([ROOT / "addon" / "batch.py", "--", "--requests", REQUESTS, "--out", out, *options])
    run([blender.python, "-m", "builder.gallery_sheets", REQUESTS, out])
    return out
