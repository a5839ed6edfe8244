"""A program as docs/made-models.md asks for one: it makes a box of the proportions that are asked for, or fails.

python glb_maker.py [FAULT] --text WORDS --category NAME --size W,D,H --seed N --out FILE
"""

import argparse
import json
import struct
import sys
import time
from pathlib import Path

FACES = ((0, 2, 3), (0, 3, 1), (4, 5, 7), (4, 7, 6), (0, 1, 5), (0, 5, 4), (1, 3, 7), (1, 7, 5), (3, 2, 6), (3, 6, 7),
         (2, 0, 4), (2, 4, 6))  # fmt: skip


def glb(size):
    """A box in glTF's axes, Y up, half as large as asked for: programs make unit cubes, not metres."""
    w, d, h = (value / 2 for value in size)
    corners = [(x * w / 2, y * h, z * d / 2) for y in (0, 1) for z in (-1, 1) for x in (-1, 1)]
    data = b"".join(struct.pack("<3f", *corner) for corner in corners)
    indices = b"".join(struct.pack("<3H", *face) for face in FACES)
    ends = [list(map(end, zip(*corners, strict=True))) for end in (min, max)]
    tree = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "buffers": [{"byteLength": len(data) + len(indices)}],
        "bufferViews": [{"buffer": 0, "byteOffset": 0, "byteLength": len(data)},
                        {"buffer": 0, "byteOffset": len(data), "byteLength": len(indices)}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": len(corners), "type": "VEC3", "min": ends[0],
                       "max": ends[1]},
                      {"bufferView": 1, "componentType": 5123, "count": 3 * len(FACES), "type": "SCALAR"}],
    }  # fmt: skip
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    binary = data + indices
    binary += b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fault", nargs="?", default="")
    for name in ("text", "category", "size", "seed", "out"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    out = Path(options.out)
    print(f"making {options.text}", flush=True)  # noqa: T201
    made = glb([float(value) for value in options.size.split(",")])
    if options.fault == "hangs":
        time.sleep(600)
    if options.fault == "fails":
        sys.exit("There is no graphics card")
    if options.fault == "prints":
        while True:
            sys.stdout.write("x" * (1 << 20))
    if options.fault == "garbage":
        made = b"This is no model"
    if options.fault == "half":
        made = made[: len(made) // 2]
    if options.fault == "empty mesh":
        made = made.replace(b'"nodes": [{"mesh": 0}]', b'"nodes": [{"nesh": 0}]')
    if options.fault != "nothing":
        out.write_bytes(made)


if __name__ == "__main__":
    main()
