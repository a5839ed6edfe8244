"""A folder laid out as 3D-FUTURE-model, made of the starter's furniture: OBJ, MTL, texture, features, model_info.json.

Every model's materials are cells of one texture, and on its front, to the right of the middle as it faces (its own −X
in Blender, whose front is −Y), is a red patch. So a wrong turn, a mirroring or a lost texture can be seen and measured.

    python tests/future_folder.py DIR
"""

import importlib
import json
import struct
import sys
import uuid
import zlib
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
RED = (230, 20, 20)
CELL = 64
"""Pixels along the sides of a material's cell in the texture, of which there are four by four."""
FEATURE = 1280
CATEGORIES = {
    "armchair": "armchair", "bookshelf": "Bookcase / jewelry Armoire", "cabinet": "Drawer Chest / Corner cabinet",
    "ceiling_lamp": "Ceiling Lamp", "chair": "Dining Chair", "children_cabinet": "Children Cabinet",
    "coffee_table": "Coffee Table", "desk": "Desk", "double_bed": "King-size Bed", "dressing_chair": "Dressing Chair",
    "dressing_table": "Dressing Table", "kids_bed": "Kids Bed", "nightstand": "Nightstand",
    "pendant_lamp": "Pendant Lamp", "shelf": "Shelf", "single_bed": "Single bed", "sofa": "Loveseat Sofa",
    "stool": "Footstool / Sofastool / Bed End Stool / Stool", "table": "Corner/Side Table", "tv_stand": "TV Stand",
    "wardrobe": "Wardrobe",
}  # fmt: skip
"""A category of 3D-FUTURE for each of the starter's bedroom classes; models are made of these."""


def core(name):
    """A module of the core, without Blender's package around it."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return importlib.import_module(f"instructscene_core.{name}")


def make_future_folder(folder, count=60, *, broken=2):
    """Writes the folder; the last ``broken`` models, at most two, cannot be used: cut off, and without texture.

    Returns:
        The starter's specification of each model, by model id.
    """
    specs = chosen(count)
    features = starter_features()
    rows = []
    for name, spec in specs.items():
        write_model(folder / name, spec, features[spec.id])
        style, category = spec.palette.style.title(), CATEGORIES[spec.category]
        row = {"model_id": name, "super-category": "Furniture", "category": category}
        rows.append({**row, "style": style, "theme": None, "material": spec.palette.words.get("wood", "Others")})
    (folder / "model_info.json").write_text(json.dumps(rows, indent=1))
    names = list(specs)
    if broken > 0:
        mesh = folder / names[-1] / "raw_model.obj"
        mesh.write_bytes(mesh.read_bytes()[: mesh.stat().st_size // 5])
    if broken > 1:
        (folder / names[-2] / "texture.png").unlink()
    return specs


def chosen(count):
    """As many of the starter's pieces, of all bedroom classes alike, by made-up model ids."""
    specs = core("starter.furniture.specs").SPECS
    by_class = {}
    for spec in specs:
        if spec.category in CATEGORIES:
            by_class.setdefault(spec.category, []).append(spec)
    rounds = max(map(len, by_class.values()))
    ordered = [pieces[k] for k in range(rounds) for pieces in by_class.values() if k < len(pieces)]
    return {str(uuid.uuid5(uuid.NAMESPACE_URL, spec.id)): spec for spec in ordered[:count]}


def starter_features():
    """(1280,) of length 1 of each of the starter's entries: its own feature, turned into a larger space."""
    load = importlib.import_module("safetensors.numpy").load_file
    starter = ROOT / "instructscene_core" / "starter"
    table = load(starter / "features.safetensors")["features"].astype(np.float64)
    entries = json.loads((starter / "catalogue.json").read_text(encoding="utf-8"))["entries"]
    wide = table @ np.random.default_rng(0).standard_normal((table.shape[1], FEATURE))
    wide /= np.linalg.norm(wide, axis=1, keepdims=True)
    return {entry["id"]: row.astype(np.float32) for entry, row in zip(entries, wide, strict=True)}


def write_model(folder, spec, feature):
    """Writes one model's files."""
    folder.mkdir(parents=True)
    parts = core("starter.furniture.designs").meshes(spec.shape)
    roles = list(dict.fromkeys(part.role for part in parts))
    (folder / "raw_model.obj").write_text(obj_text(parts, roles, spec))
    (folder / "model.mtl").write_text("newmtl material_0\nKd 1 1 1\nmap_Kd ./texture.png\n")
    picture = atlas([spec.palette.materials[role] for role in roles])
    (folder / "texture.png").write_bytes(png(picture))
    np.save(folder / "openshape_pointbert_vitg14.npy", feature)


def obj_text(parts, roles, spec):
    """The model in 3D-FUTURE's axes: metres, Y up, front +Z, standing on the floor; triangles, flat."""
    pieces = [(part.vertices[core("starter.furniture.meshes").triangles(part.faces)], part.role) for part in parts]
    corners = np.concatenate([piece for piece, _ in pieces]) + np.array([0, 0, spec.size[2] / 2])
    spots = np.concatenate([texture_places(piece, roles.index(role)) for piece, role in pieces])
    corners = np.concatenate([corners, patch(spec.size)])
    spots = np.concatenate([spots, np.broadcast_to(cell_uv(15, np.full(2, 0.5)), (2, 3, 2))])
    points, numbers = np.unique(turned(corners).reshape(-1, 3).round(6), axis=0, return_inverse=True)
    normals = turned(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    uses = numbers.reshape(-1, 3) + 1
    texture = np.arange(3 * len(corners)).reshape(-1, 3) + 1
    normal = np.repeat(np.arange(len(corners))[:, None] + 1, 3, axis=1)
    faces = np.stack([uses, texture, normal], axis=2)
    return "".join(
        [
            "# furniture\nmtllib model.mtl\no model\n",
            lines("v %.6f %.6f %.6f", points),
            lines("vt %.5f %.5f", spots),
            lines("vn %.4f %.4f %.4f", normals),
            "g all\nusemtl material_0\n",
            lines("f %d/%d/%d %d/%d/%d %d/%d/%d", faces),
        ]
    )


def lines(pattern, rows):
    """A line for each row of numbers, however these are arranged."""
    table = rows.reshape(-1, pattern.count("%"))
    return (f"{pattern}\n" * len(table)) % tuple(table.ravel().tolist())


def turned(points):
    """From Blender's axes, front -Y, to the file's, front +Z."""
    x, y, z = np.moveaxis(points, -1, 0)
    return np.stack([x, z, -y], axis=-1)


def texture_places(corners, cell):
    """(T, 3, 2) places in a cell of the texture: each triangle seen along its main axis within the part's box."""
    low, high = corners.reshape(-1, 3).min(axis=0), corners.reshape(-1, 3).max(axis=0)
    inside = (corners - low) / np.maximum(high - low, 1e-9)
    main = np.abs(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])).argmax(axis=1)
    other = np.array([[1, 2], [0, 2], [0, 1]])[main]
    return cell_uv(cell, np.take_along_axis(inside, np.repeat(other[:, None], 3, axis=1), axis=2))


def patch(size):
    """(2, 3, 3) a red rectangle in the plane of the foremost point, to the right as the model faces."""
    width, depth, height = size
    x0, x1, z0, z1, y = -0.35 * width, -0.1 * width, 0.45 * height, 0.65 * height, -depth / 2
    first, second, third, fourth = (x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1)
    return np.array([[first, second, third], [first, third, fourth]])


def cell_uv(cell, places):
    """Places (..., 2) within a cell of the texture, away from its edges; v counts from the picture's lower edge."""
    column, row = cell % 4, cell // 4
    u, v = np.moveaxis(places, -1, 0)
    return np.stack([(column + 0.1 + 0.8 * u) / 4, 1 - (row + 0.1 + 0.8 * v) / 4], axis=-1)


def atlas(materials):
    """(256, 256, 3) of bytes: a striped cell for each material, the last cell red."""
    picture = np.full((4 * CELL, 4 * CELL, 3), 255, dtype=np.uint8)
    for cell, material in enumerate(materials):
        tile = np.empty((CELL, CELL, 3), dtype=np.uint8)
        tile[:] = srgb(material.colour)
        tile[:, ::8] = srgb(material.dark)
        put(picture, cell, tile)
    put(picture, 15, np.full((CELL, CELL, 3), RED, dtype=np.uint8))
    return picture


def put(picture, cell, tile):
    """Copies a tile into its cell."""
    row, column = cell // 4 * CELL, cell % 4 * CELL
    picture[row : row + CELL, column : column + CELL] = tile


def srgb(colour):
    """Bytes of a linear colour."""
    linear = np.array(colour)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055) * 255


def png(picture):
    """A picture's bytes as PNG."""
    height, width, _ = picture.shape
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


if __name__ == "__main__":
    make_future_folder(Path(sys.argv[1]))
