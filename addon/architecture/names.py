"""What an object's name says of the building: floor, wall, door, window … in five languages."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

KIND_HINTS: Final[dict[str, str]] = {
    "floor": "Furniture stands on it",
    "wall": "It bounds the room",
    "room": "A shell: floor and walls in one object",
    "ceiling": "What hangs, hangs from it",
    "door": "The ground before it stays clear",
    "window": "Nothing tall stands before it",
    "opening": "Cuts a door or a window out of a wall",
    "fixture": "Part of the building that stays: a radiator, a column, skirting",
    "light": "Daylight or a lamp of the building",
}
"""Parts of a building, and what each is for."""
KINDS: Final = tuple(KIND_HINTS)

_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "floor": (
        "floor", "flooring", "floorplan", "slab", "ground", "parquet", "floorboards", "boden", "fussboden", "parkett",
        "suelo", "piso", "sol", "plancher", "地板", "地面",
    ),
    "wall": (
        "wall", "partition", "wand", "mauer", "waende", "pared", "muro", "tabique", "mur", "cloison", "墙", "墙壁",
        "墙体",
    ),
    "room": (
        "room", "shell", "house", "building", "interior", "apartment", "architecture", "zimmer", "raum", "haus",
        "wohnung", "gebaeude", "habitacion", "casa", "edificio", "chambre",
        "maison", "appartement", "batiment", "房间", "房屋", "建筑",
    ),
    "ceiling": (
        "ceiling", "roof", "decke", "zimmerdecke", "dach", "techo", "tejado", "plafond", "toit", "天花板", "屋顶",
    ),
    "door": (
        "door", "doorway", "doorframe", "door leaf", "door frame", "tuer", "tuerrahmen", "puerta", "porte", "门",
    ),
    "window": (
        "window", "windowframe", "window frame", "glazing", "skylight", "fenster", "fensterrahmen", "ventana",
        "fenetre", "窗", "窗户",
    ),
    "opening": (
        "cutter", "boolean", "bool", "hole", "opening", "cutout", "oeffnung", "ausschnitt", "hueco", "ouverture",
    ),
    "fixture": (
        "skirting", "baseboard", "cornice", "moulding", "molding", "trim", "sill", "window sill", "windowsill",
        "column", "pillar", "beam", "stair", "stairs", "staircase", "railing", "radiator", "heater", "fireplace",
        "chimney", "socket", "switch", "outlet", "vent", "pipe", "curtain", "blind", "blinds", "threshold",
        "fussleiste", "sockelleiste", "saeule", "balken", "treppe", "heizkoerper", "heizung", "kamin", "steckdose",
        "vorhang", "gardine", "columna", "viga", "escalera", "radiador", "chimenea", "cortina", "zocalo", "colonne",
        "poutre", "escalier", "radiateur", "cheminee", "rideau", "plinthe", "柱", "楼梯", "暖气", "窗帘",
    ),
}  # fmt: skip
_COMPOUNDED: Final = (
    "boden", "parkett", "wand", "mauer", "zimmer", "raum", "haus", "decke", "dach", "tuer", "fenster", "rahmen",
    "leiste", "saeule", "treppe", "room", "wall", "floor", "heizkoerper", "vorhang",
)  # fmt: skip
"""Words that are written together with what they are of."""
_NOT_ALONE: Final = re.compile(
    r"\b(floor|wall|ceiling|room|door|window|house|ground)\s+"
    r"(lamp|light|sconce|art|shelf|shelve|cabinet|unit|clock|mirror|mat|divider|seat|bench|stop|bell|handle|knob|plant|"
    r"cushion|rug|carpet|paint|picture|frame art|hook|rack|mount)\b"
)
"""Where such a word says where a thing is, not what it is."""


@lru_cache(maxsize=4096)
def kind_by_name(name: str) -> str | None:
    """What part of a building a name says an object is; None where it says nothing.

    The last word that tells counts: a "room door" is a door, a "door frame wall" a wall.

    Args:
        name: as in Blender, such as "Wall.003" or "EG_Tür_links".
    """
    text = _plain(name)
    if _NOT_ALONE.search(text):
        return None
    found = [
        (text.rfind(f" {word} "), len(word), kind)
        for kind, words in _WORDS.items()
        for word in words
        if f" {word} " in text
    ]
    if found:
        end = max(at + size for at, size, _ in found)
        return max((size, kind) for at, size, kind in found if at + size == end)[1]
    return _in_compound(text)


def _in_compound(text: str) -> str | None:
    """German and Chinese put words together: "Innenwand", "Haustuer", "客厅地板"."""
    endings = [
        (len(word), kind)
        for kind, words in _WORDS.items()
        for word in words
        for part in text.split()
        if len(part) > len(word) and part.endswith(word) and (word in _COMPOUNDED or not word.isascii())
    ]
    return max(endings)[1] if endings else None


def _plain(name: str) -> str:
    """A name in lower case, in ASCII where its letters are Latin, between blanks, without digits."""
    folded = name.replace("ß", "ss")
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue")):
        folded = unicodedata.normalize("NFC", folded).replace(umlaut, letters)
    folded = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+", folded)
    return f" {' '.join(_singular(word.lower()) for word in words)} "


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
