"""Draws furniture from above as coloured boxes: a renderer for tests of the comparison that need no Blender."""

import argparse
import json
from pathlib import Path

from PIL import Image, ImageDraw


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenes", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--render", required=True)
    parser.add_argument("--resolution", type=int, required=True)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--side", type=int, help="another side than was asked for")
    parser.add_argument("--only", type=int, help="so many pictures")
    options = parser.parse_args()
    side = options.side or options.resolution
    for path in sorted(options.scenes.glob("*.json"))[: options.only]:
        draw(json.loads(path.read_text()), side, options.out / f"{path.stem}_{options.render}.png")


def draw(scene, side, path):
    picture = Image.new("RGB", (side, side), (200, 180, 150))
    pen = ImageDraw.Draw(picture)
    for item in scene["objects"]:
        (x, y, _), (width, depth, _) = item["position"], item["size"]
        shade = sum(map(ord, item["category"] or ""))
        box = [(value + 4) / 8 * side for value in (x - width / 2, y - depth / 2, x + width / 2, y + depth / 2)]
        pen.rectangle(box, fill=(shade % 256, shade * 7 % 256, shade * 31 % 256))
    picture.save(path)


if __name__ == "__main__":
    main()
