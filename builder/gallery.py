"""``gallery``: twelve rooms of each type from stated instructions and seeds, at eye level and from above."""

from pathlib import Path
from typing import Final

from .blender import Blender
from .common import ROOT

REQUESTS: Final = Path(__file__).parent / "gallery.jsonl"
_SHEETS: Final = Path(__file__).parent / "gallery_sheets.py"


def make_gallery(out: Path, requests: Path = REQUESTS) -> Path:
    """Makes the rooms, their pictures, and a sheet of each type of room; an interrupted run goes on.

    Args:
        out: folder for scenes, pictures and ``<room type>.jpg``.
        requests: one a line, as for the batch; none has been chosen by its result.

    Returns:
        The folder.

    Raises:
        BuildError: a step fails; its words are shown before.
    """
    blender = Blender.with_extension()
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    options = ["--render", "--resolution", "320", "--samples", "48"]
    blender.run([ROOT / "addon" / "batch.py", "--", "--requests", requests, "--out", out, *options])
    blender.run([_SHEETS, requests, out])
    return out
