"""The part of ``gallery`` that needs Pillow and matplotlib.

``python -m builder.gallery_sheets REQUESTS OUT``, from the repository's root, puts views and plans on sheets.
"""

import json
import sys
import textwrap
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.evaluation.plans import plan_image
from instructscene_core.scene import read_scene

_COLUMNS: Final = 4
_LINE_HEIGHT: Final = 13
"""Pixels for a line of a tile's text."""
_MAX_LINES: Final = 3
_LETTERS: Final = 50
"""Letters that fit below one of a tile's two pictures."""


def main(requests: Path, out: Path) -> None:
    """Writes ``<room type>.jpg``: of each room the view, the plan, its instruction and its seed."""
    catalogue = Catalogue.starter()
    by_type: dict[str, list[dict[str, str]]] = {}
    for line in requests.read_text("utf-8").splitlines():
        request = json.loads(line)
        by_type.setdefault(request["id"].rpartition("_")[0], []).append(request)
    for room, asked in by_type.items():
        tiles = [_tile(request, out, catalogue) for request in asked]
        width, height = tiles[0].size
        sheet = Image.new("RGB", (_COLUMNS * width, -(-len(tiles) // _COLUMNS) * height), "white")
        for k, tile in enumerate(tiles):
            sheet.paste(tile, (k % _COLUMNS * width, k // _COLUMNS * height))
        sheet.save(out / f"{room}.jpg", quality=82, optimize=True)


def _tile(request: dict[str, str], out: Path, catalogue: Catalogue) -> Image.Image:
    """View and plan of a room beside each other, over its instruction."""
    view = Image.open(out / f"{request['id']}_view.png").convert("RGB")
    plan = Image.fromarray(plan_image(read_scene(out / f"{request['id']}.json"), catalogue, view.size))
    words = Image.new("RGB", (view.width + plan.width, _MAX_LINES * _LINE_HEIGHT + 6), "white")
    text = textwrap.wrap(f"{request.get('instruction', '')} (seed {request['seed']})", 2 * _LETTERS)
    ImageDraw.Draw(words).multiline_text((4, 3), "\n".join(text[:_MAX_LINES]), fill="black")
    tile = Image.new("RGB", (words.width, view.height + words.height), "white")
    for picture, place in ((view, (0, 0)), (plan, (view.width, 0)), (words, (0, view.height))):
        tile.paste(picture, place)
    return tile


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
