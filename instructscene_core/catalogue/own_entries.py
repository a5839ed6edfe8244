"""Turns what was read and judged of a person's pieces into a catalogue that the generator reads."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..files.atomic_output import stage_in
from ..files.points import Points, read_points
from ..geometry.solids import Part
from ..scene import Vector3
from ..vocabulary import CLASSES, EXTRAS, ROOM_TYPES, display_name, hangs
from .entries import CATALOGUE_FILE, CATALOGUE_VERSION, FEATURES_FILE, Catalogue, Feature
from .future_classes import in_bedrooms
from .own_records import FileRecord, Piece
from .own_review import Judgement

PIECES: Final = "pieces"
"""Folder in the catalogue's for ``<stem>.blend``, ``.npy`` and ``.0.png`` to ``.3.png``."""
THINNEST: Final = 2e-3
"""Metres that a piece is thick at least: a rug may be a single face."""
WIDEST: Final = 20.0
"""Metres: a larger piece is not in metres, whatever its file says."""
_LIVING: Final = {"chair": "dining_chair", "sofa": "multi_seat_sofa", "children_cabinet": "cabinet"}
"""What a class of bedrooms is in other rooms."""

Encoder = Callable[[Sequence[Points]], tuple[Feature, npt.NDArray[np.int64]]]
"""Clouds as their pieces are placed -> features (m, F) and their codes (m, 4)."""


@dataclass(frozen=True)
class Library:
    """A person's folder and its catalogue.

    Args:
        folder: that holds the models.
        source: first half of the pieces' ids.
        records: of its files.
        judgements: of its pieces.
    """

    folder: Path
    source: str
    records: Mapping[str, FileRecord]
    judgements: Mapping[str, Judgement]

    def pieces(self) -> list[tuple[FileRecord, Piece, Judgement]]:
        """All pieces, in the order of their files."""
        return [
            (record, piece, self.judgements.get(piece.stem, Judgement()))
            for _, record in sorted(self.records.items())
            for piece in record.pieces
        ]

    def unused(self) -> list[tuple[str, str]]:
        """(id, reason) of the pieces that are not placed."""
        rows = [(piece, item, _fault(piece, item)) for _, piece, item in self.pieces()]
        return [(f"{self.source}/{piece.stem}", fault) for piece, _, fault in rows if fault]


def _fault(piece: Piece, item: Judgement) -> str:
    if item.category is None:
        by_hand = "class" in item.by_hand
        return (
            "is no furniture for rooms, as you said"
            if by_hand
            else "seems to be of no class that rooms have: choose one"
        )
    if item.doubtful:
        return f"is perhaps {_a(display_name(item.category))} ({item.confidence:.0%} sure): check its class"
    longest = max(piece.size) * item.scale
    if longest > WIDEST:
        return f"would be {longest:.3g} m long: choose its scale"
    return ""


def _a(noun: str) -> str:
    """A noun with its article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def size_of(piece: Piece, item: Judgement) -> Vector3:
    """Full extents of a piece as it is placed: metres, facing −Y."""
    x, y, z = (max(v * item.scale, THINNEST) for v in piece.size)
    return (y, x, z) if item.front % 2 else (x, y, z)


def turned_parts(parts: Sequence[Part], quarter: int) -> list[Part]:
    """Solid boxes after quarter turns about +Z."""
    for _ in range(quarter % 4):
        parts = [(-y, x, z, d, w, h) for x, y, z, w, d, h in parts]
    return list(parts)


def turned_points(points: Points, item: Judgement) -> Points:
    """A cloud (n, 6) as its piece is placed: metres, front −Y."""
    x, y = points[:, 0].copy(), points[:, 1].copy()
    for _ in range(item.front % 4):
        x, y = -y, x
    places = np.stack([x, y, points[:, 2]], axis=1) * np.float32(item.scale)
    return np.concatenate([places, points[:, 3:]], axis=1).astype(np.float32)


def rooms_of(category: str) -> dict[str, str] | None:
    """The class in each type of room; None where it is the same in all."""
    if category in EXTRAS:
        return None
    rooms: dict[str, str] = {}
    for room in ROOM_TYPES:
        other = in_bedrooms(category) if room == "bedroom" else _LIVING.get(category)
        found = category if category in CLASSES[room] else other
        if found in CLASSES[room]:
            rooms[room] = found
    return rooms


def _entry(library: Library, piece: Piece, item: Judgement) -> dict[str, Any]:
    category = item.category or ""
    rooms = rooms_of(category)
    caption = piece.caption or _a(display_name(category))
    tags = item.tags if "tags" in item.by_hand else tuple(tag.lower() for tag in piece.tags)
    return {
        "id": f"{library.source}/{piece.stem}",
        "category": category,
        **({} if rooms is None else {"rooms": rooms}),
        "size": [round(v, 5) for v in size_of(piece, item)],
        "caption": caption,
        "tags": list(tags),
        "mount": "ceiling" if hangs(category) else "floor",
        "parts": turned_parts(piece.parts, item.front),
    }


def write_catalogue(library: Library, out: Path, encode: Encoder | None) -> int:
    """Writes ``catalogue.json`` and ``features.safetensors``; returns how many pieces can be placed.

    Beside what every catalogue has, ``pieces`` says how each mesh is turned and scaled when it is placed, and
    ``folder`` where the models are.

    Raises:
        InvalidInputError: no piece can be placed; a catalogue that was there is as before.
    """
    used = [(piece, item) for _, piece, item in library.pieces() if not _fault(piece, item)]
    if not used:
        reasons = library.unused() or [("", "nothing could be read")]
        message = f"{library.folder} holds no piece that can be used ({reasons[0][0]} {reasons[0][1]})"
        raise InvalidInputError(
            message, f"Set a class in Review Models, or by: catalogue review {out} --set ID class=NAME"
        )
    head = {
        "version": CATALOGUE_VERSION,
        "ranking": "look",
        "sources": {library.source: PIECES},
        "folder": str(library.folder),
        "pieces": {piece.stem: {"front": item.front, "scale": item.scale} for piece, item in used},
    }
    rows = ",\n".join(json.dumps(_entry(library, piece, item), ensure_ascii=False) for piece, item in used)
    with stage_in(out) as stage:
        text = f'{json.dumps(head)[:-1]}, "entries": [\n{rows}\n]}}\n'
        (stage / CATALOGUE_FILE).write_text(text, encoding="utf-8", errors="replace")
        if encode is not None:
            _write_features(used, out, stage / FEATURES_FILE, encode)
        Catalogue.open(stage)  # nothing takes a good catalogue's place that cannot be read
        (out / FEATURES_FILE).unlink(missing_ok=True)
        for path in sorted(stage.iterdir()):  # the catalogue itself comes first
            path.replace(out / path.name)
    return len(used)


def _write_features(used: Sequence[tuple[Piece, Judgement]], out: Path, path: Path, encode: Encoder) -> None:
    from safetensors.numpy import save  # noqa: PLC0415 - a catalogue without features needs it not

    clouds = [turned_points(read_points(out / PIECES / f"{piece.stem}.npy"), item) for piece, item in used]
    features, codes = encode(clouds)
    rows = np.arange(len(used), dtype=np.int64)
    path.write_bytes(save({"features": features, "codes": codes, "rows": rows}))
