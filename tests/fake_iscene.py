"""A stand-in for the real I-Scene: the same command line and files, no network, no graphics card, a second a run.

``install(folder, **ways)`` writes a repository, a model, a base model and a hub cache that the health check likes, and
returns what ``Installation.of`` and ``health.check`` take. This file is the repository's ``run_inference.py`` too: it
reads mask.png and the job.json beside it, and writes for each label the shape of its known box, carried into the cube
by a similarity that it tells in ``told(folder)``.

Ways: ``shape`` "box" or "L"; ``noise`` of places as a share of the scene; ``follows`` "random" (a yaw by the seed),
"azimuth" or "camera" (of the job's camera); ``moved`` metres of objects, by their ids; ``rough`` metres of each corner.
Faults: ``missing`` a label; ``empty`` (ends well without files); ``after`` so many files a traceback; ``hang``;
``garbage`` on standard output; ``flood`` of it; ``nan`` vertices; ``huge`` files; ``y_up_slip``; ``mirrored``;
``upside_down``; ``wrong_labels``; ``links`` instead of files.
"""

import argparse
import json
import math
import os
import shlex
import shutil
import struct
import sys
import time
import zlib
from pathlib import Path

import numpy as np

WAYS = {
    "shape": "box", "noise": 0.0, "follows": "random", "missing": 0, "empty": False, "after": 0, "hang": False,
    "garbage": False, "flood": False, "nan": False, "huge": False, "y_up_slip": False, "mirrored": False,
    "upside_down": False, "wrong_labels": False, "links": False, "moved": {},
    "rough": 0.0,
}  # fmt: skip
FACES = np.array(((0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1), (2, 3, 7), (2, 7, 6), (0, 2, 6),
                  (0, 6, 4), (1, 5, 7), (1, 7, 3)))  # fmt: skip
CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
PARTS = {
    "box": [((0, 0, 0), (1, 1, 1))],
    "L": [((0, -0.3, 0), (1, 0.4, 1)), ((-0.3, 0.2, -0.25), (0.4, 0.6, 0.5))],
}
"""Centres and sizes within a box of 1, which they fill to all its sides."""
CHECKPOINTS = ("ckpts/ss_flow", "ckpts/slat_flow")


def install(folder, python=sys.executable, **ways):
    """Writes it all below a folder.

    Args:
        folder: that is made where it is not there.
        python: that shall run it; it needs numpy.
        ways: as the module tells.

    Returns:
        python, repository, model, base_model and hub_cache, as text.
    """
    unknown = set(ways) - set(WAYS)
    assert not unknown, unknown
    folder = Path(folder)
    names = {name: folder / name for name in ("repository", "model", "base_model", "hub_cache")}
    for path in names.values():
        path.mkdir(parents=True)
    shutil.copy(__file__, names["repository"] / "run_inference.py")
    (names["repository"] / "ways.json").write_text(json.dumps(WAYS | ways))
    files = {"config_file": "iscene.yaml", "denoiser_checkpoint": "ss.pt", "image_conditioner_checkpoint": "cond.pt"}
    (names["model"] / "iscene_config.json").write_text(json.dumps({"base_model_id": "microsoft/TRELLIS", **files}))
    for name in files.values():
        (names["model"] / name).write_text("")
    networks = {f"network{number}": path for number, path in enumerate(CHECKPOINTS)}
    (names["base_model"] / "pipeline.json").write_text(json.dumps({"name": "T", "args": {"models": networks}}))
    (names["base_model"] / "ckpts").mkdir()
    for path in CHECKPOINTS:
        (names["base_model"] / f"{path}.json").write_text("{}")
        (names["base_model"] / f"{path}.safetensors").write_text("")
    (names["hub_cache"] / "hub" / "facebookresearch_dinov2_main").mkdir(parents=True)
    (names["hub_cache"] / "hub" / "checkpoints").mkdir()
    (names["hub_cache"] / "hub" / "checkpoints" / "dinov2_vitl14_reg4_pretrain.pth").write_text("")
    return {"python": str(python), **{name: str(path) for name, path in names.items()}}


def told(folder):
    """What the last run knows: environment, argv, cwd, pid, and the similarity (rotation, scale, shift)."""
    return json.loads((Path(folder) / "repository" / "told.json").read_text())


def stub_python(folder, *, without=(), cuda=True, memory=24, capability=(8, 9), built=("sm_80", "sm_86", "sm_90")):
    """A python that has stand-ins of the packages that I-Scene imports; a shell script.

    Args:
        folder: for it and them.
        without: packages that it lacks.
        cuda: whether torch finds a card.
        memory: of the card, GB.
        capability: of the card.
        built: what torch was built for.
    """
    site = Path(folder) / "site"
    site.mkdir(parents=True)
    for name in {"spconv", "flash_attn", "xformers", "nvdiffrast", "kaolin"} - set(without):
        (site / f"{name}.py").write_text("print('hello')")
    for name in without:
        (site / f"{name}.py").write_text(f"raise ImportError('no {name} here')")
    if "torch" not in without:
        card = f"name='A card', total_memory={memory << 30}, major={capability[0]}, minor={capability[1]}"
        (site / "torch.py").write_text(
            "from types import SimpleNamespace as N\n__version__ = '2.4.0+cu121'\n"
            f"cuda = N(is_available=lambda: {cuda}, get_device_properties=lambda _: N({card}), "
            f"get_arch_list=lambda: {list(built)})\n"
        )
    path = Path(folder) / "python"
    path.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(site))} exec {shlex.quote(sys.executable)} "$@"\n')
    path.chmod(0o755)
    return str(path)


def shape_of(name, centre, size, yaw):
    """Vertices and triangles of a shape that fills a box of the world."""
    turn = np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1]])
    parts = [CORNERS * part_size + middle for middle, part_size in PARTS[name]]
    vertices = np.concatenate(parts) * size @ turn.T + centre
    return vertices, np.concatenate([FACES + 8 * number for number in range(len(parts))])


def glb(vertices, triangles):
    """A GLB of vertices as they are."""
    points, rows = vertices.astype("<f4").tobytes(), triangles.astype("<u2").tobytes()
    tree = {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "buffers": [{"byteLength": len(points + rows)}],
        "bufferViews": [{"buffer": 0, "byteOffset": 0, "byteLength": len(points)},
                        {"buffer": 0, "byteOffset": len(points), "byteLength": len(rows)}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": len(vertices), "type": "VEC3",
                       "min": vertices.min(axis=0).tolist(), "max": vertices.max(axis=0).tolist()},
                      {"bufferView": 1, "componentType": 5123, "count": triangles.size, "type": "SCALAR"}],
    }  # fmt: skip
    return packed(tree, points + rows)


def packed(tree, binary):
    """A GLB of a description and its data."""
    text = json.dumps(tree).encode()
    text, binary = text + b" " * (-len(text) % 4), binary + b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def read_png(path):
    """A picture without filters and palette: (h, w) or (h, w, 3)."""
    data, place, packed_rows = path.read_bytes(), 8, b""
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        body = data[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack_from(">IIBB", body)
        packed_rows += body if kind == b"IDAT" else b""
        place += 12 + length
    assert depth == 8
    rows = np.frombuffer(zlib.decompress(packed_rows), np.uint8).reshape(height, -1)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape((height, width, 3) if colours == 2 else (height, width))


def rotation_of(follows, camera, random):
    """The cube's in the world."""
    if follows == "random":
        yaw = random.uniform(-np.pi, np.pi)
    else:
        matrix = np.array(camera["matrix"], dtype=float)[:3, :3]
        matrix /= np.linalg.norm(matrix, axis=0)
        if follows == "camera":  # its z is up in the picture, its y goes into it
            return np.stack([matrix[:, 0], -matrix[:, 2], matrix[:, 1]], axis=1)
        yaw = math.atan2(matrix[1, 0], matrix[0, 0])
    return np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1]])


def generate(options, ways):
    """Writes the files."""
    job = json.loads((options.mask.parent / "job.json").read_text(encoding="utf-8"))
    random = np.random.default_rng(options.seed)
    turn = rotation_of(ways["follows"], job["camera"], random)
    labels = [label for label in np.unique(read_png(options.mask)).tolist() if label]
    read_png(options.rgb)
    plain = {"centre": [0, 0, 0.5], "size": [1, 1, 1], "yaw": 0.0}
    boxes = [job["boxes"].get(str(label), plain) for label in labels]
    shapes = [shape_of(ways["shape"], box["centre"], np.array(box["size"]), box["yaw"]) for box in boxes]
    everything = np.concatenate([vertices for vertices, _ in shapes]) @ turn
    scale, size = 1.1 * np.ptp(everything, axis=0).max(), np.ptp(everything, axis=0).max()
    middle = turn @ (everything.min(axis=0) + everything.max(axis=0)) / 2
    tell({"rotation": turn.tolist(), "scale": float(scale), "shift": middle.tolist()})
    for number, (label, (vertices, triangles)) in enumerate(zip(labels, shapes, strict=True)):
        if ways["after"] and number == ways["after"]:
            raise RuntimeError("baking failed")
        placed = vertices + random.normal(0, ways["noise"] * size, 3) + ways["moved"].get(job["labels"][str(label)], 0)
        placed = placed + random.normal(0, ways["rough"], placed.shape)
        cube = (placed - middle) @ turn / scale
        cube = cube * (-1, 1, 1) if ways["mirrored"] else cube
        cube = cube * (1, -1, -1) if ways["upside_down"] else cube
        written = cube if ways["y_up_slip"] else cube @ np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])
        written = written * np.nan if ways["nan"] else written
        name = options.output_dir / f"instance_{label + (100 if ways['wrong_labels'] else 0):02d}.glb"
        if label == ways["missing"]:
            continue
        if ways["links"]:
            name.symlink_to(options.mask)
            continue
        name.write_bytes(glb(written, triangles))
        if ways["huge"]:
            os.truncate(name, 201 << 20)
            time.sleep(60)


def tell(more):
    path = Path(__file__).with_name("told.json")
    before = json.loads(path.read_text()) if path.exists() else {}
    whole = path.with_suffix(".part")
    whole.write_text(json.dumps(before | more))
    whole.replace(path)  # who waits for the file never reads half of it


def main():
    parser = argparse.ArgumentParser()
    for name in ("rgb", "mask", "output_dir"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--base_model")
    parser.add_argument("--seed", type=int, default=43)
    options = parser.parse_args()
    ways = json.loads(Path(__file__).with_name("ways.json").read_text())
    tell({"environment": dict(os.environ), "argv": sys.argv, "cwd": os.getcwd(), "pid": os.getpid()})  # noqa: PTH109
    print("Loading model:   0%", file=sys.stderr)  # noqa: T201
    time.sleep(0.1)
    if ways["garbage"]:
        sys.stdout.buffer.write(bytes(range(256)) * 100 + b"\n")
    while ways["flood"]:
        sys.stdout.write("x" * (1 << 20))
    if ways["hang"]:
        time.sleep(600)
    print("\rGenerating scene:  50%", file=sys.stderr)  # noqa: T201
    time.sleep(0.1)
    if not ways["empty"]:
        generate(options, ways)
    print(f"Outputs saved to: {options.output_dir}")  # noqa: T201


if __name__ == "__main__":
    main()
