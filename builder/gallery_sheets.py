"""The part of ``gallery`` that needs Pillow: ``gallery_sheets.py REQUESTS OUT`` puts the pictures on sheets."""

import json
import sys
import textwrap
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

_COLUMNS: Final = 4
_LINE: Final = 13
_LINES: Final = 3
_LETTERS: Final = 50


def main(requests: Path, out: Path) -> None:
    """Writes ``<room type>.jpg``: of each room the view, the plan, and the words and the seed that it is made of."""
    by_type: dict[str, list[dict[str, str]]] = {}
    for line in requests.read_text("utf-8").splitlines():
        request = json.loads(line)
        by_type.setdefault(request["id"].rpartition("_")[0], []).append(request)
    for room, asked in by_type.items():
        tiles = [_tile(request, out) for request in asked]
        width, height = tiles[0].size
        sheet = Image.new("RGB", (_COLUMNS * width, -(-len(tiles) // _COLUMNS) * height), "white")
        for k, tile in enumerate(tiles):
            sheet.paste(tile, (k % _COLUMNS * width, k // _COLUMNS * height))
        sheet.save(out / f"{room}.jpg", quality=82, optimize=True)


def _tile(request: dict[str, str], out: Path) -> Image.Image:
    view, top = (Image.open(out / f"{request['id']}_{side}.png").convert("RGB") for side in ("view", "top"))
    top = top.resize((top.width * view.height // top.height, view.height))
    words = Image.new("RGB", (view.width + top.width, _LINES * _LINE + 6), "white")
    text = textwrap.wrap(f"{request.get('instruction', '')} (seed {request['seed']})", 2 * _LETTERS)
    ImageDraw.Draw(words).multiline_text((4, 3), "\n".join(text[:_LINES]), fill="black")
    tile = Image.new("RGB", (words.width, view.height + words.height), "white")
    for picture, place in ((view, (0, 0)), (top, (view.width, 0)), (words, (0, view.height))):
        tile.paste(picture, place)
    return tile


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
