"""Palettes: which material each role of a piece takes, with the words that captions use for it."""

from dataclasses import dataclass
from typing import Final, Literal

Role = Literal[
    "wood", "front", "frame", "fabric", "bedding", "metal", "shade", "accent", "linen", "glow", "mirror",
    "toy1", "toy2", "toy3",
]  # fmt: skip
MaterialKind = Literal["wood", "paint", "metal", "fabric", "glass", "mirror", "glow"]


@dataclass(frozen=True)
class Material:
    """One material of the library.

    Attributes:
        name: its name in the .blend.
        kind: which node tree it gets.
        colour: linear r g b in 0..1, of its lighter part.
        dark: linear r g b of the grain, the weave's shadow or the wear.
    """

    name: str
    kind: MaterialKind
    colour: tuple[float, float, float]
    dark: tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Palette:
    """Materials that go together in one room.

    Attributes:
        name: as catalogue.json states it.
        style: as catalogue.json states it and captions say it.
        words: what captions call the materials, by the names in braces of a shape's phrase.
        materials: material of each role.
    """

    name: str
    style: str
    words: dict[str, str]
    materials: dict[Role, Material]


def _srgb(code: str) -> tuple[float, float, float]:
    """Linear colour of a hexadecimal sRGB code."""
    channels = (int(code[i : i + 2], 16) / 255 for i in (0, 2, 4))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return round(r, 4), round(g, 4), round(b, 4)


def _material(name: str, kind: MaterialKind, light: str, dark: str) -> Material:
    return Material(name, kind, _srgb(light), _srgb(dark))


_OAK = _material("Light Oak", "wood", "D9B98C", "B98F5E")
_WALNUT = _material("Walnut", "wood", "7D5336", "4E2F1C")
_MAHOGANY = _material("Mahogany", "wood", "6B2A1C", "3D140D")
_RUSTIC = _material("Rustic Pine", "wood", "A9763F", "6A4320")
_BEECH = _material("Beech", "wood", "E2C49C", "C9A274")
_WHITE = _material("White Lacquer", "paint", "F1F0EC", "DEDCD6")
_BLUE = _material("Pale Blue Paint", "paint", "A3C4DB", "86A9C4")
_BLACK = _material("Black Metal", "metal", "222324", "121212")
_BRASS = _material("Brass", "metal", "C9A24B", "8F6E2A")
_CHROME = _material("Chrome", "metal", "D8DADC", "A5A8AB")
_WHITE_METAL = _material("White Metal", "metal", "ECECEA", "C8C8C4")
_GREY = _material("Grey Linen", "fabric", "8E9092", "6D6F72")
_GREEN = _material("Olive Velvet", "fabric", "6B7145", "474B2B")
_BEIGE = _material("Beige Linen", "fabric", "D3C1A5", "B29F82")
_CHARCOAL = _material("Charcoal Felt", "fabric", "47494C", "2C2E30")
_NAVY = _material("Navy Cotton", "fabric", "2F4A72", "1D3152")
_BURGUNDY = _material("Burgundy Velvet", "fabric", "742234", "48121F")
_SOFT_GREY = _material("Grey Cotton", "fabric", "A9ABAE", "8A8C90")
_CREAM = _material("Cream Cotton", "fabric", "EADDC0", "CDBD9B")
_SNOW = _material("White Cotton", "fabric", "F4F3F0", "D9D7D2")
_DARK_GREY = _material("Dark Grey Cotton", "fabric", "5E6165", "43464A")
_SKY = _material("Sky Blue Cotton", "fabric", "9CC3E2", "7AA3C6")
_WINE = _material("Wine Red Cotton", "fabric", "8E2F3F", "651C2A")
_GOLD = _material("Gold Cotton", "fabric", "C9A45C", "A5823F")
_MUSTARD = _material("Mustard Cotton", "fabric", "CF9B33", "A67820")
_TEAL = _material("Teal Cotton", "fabric", "3E7C7B", "285756")
_RUST = _material("Rust Cotton", "fabric", "A6532B", "7C3A1B")
_MIRROR = _material("Mirror", "mirror", "E8ECEE", "C9D0D4")
_GLOW = _material("Lamp Glass", "glow", "FFF3DC", "FFE2B0")


def _palette(name: str, style: str, words: tuple[str, str, str, str, str], materials: tuple[Material, ...]) -> Palette:
    roles: tuple[Role, ...] = ("wood", "front", "frame", "fabric", "bedding", "metal", "shade", "accent")
    named: dict[Role, Material] = dict(zip(roles, materials, strict=True))
    named |= {"linen": _SNOW, "glow": _GLOW, "mirror": _MIRROR, "toy1": _MUSTARD, "toy2": _TEAL, "toy3": _RUST}
    keys = ("wood", "fabric", "bedding", "metal", "shade")
    return Palette(name, style, dict(zip(keys, words, strict=True)), named)


PALETTES: Final[tuple[Palette, ...]] = (
    _palette(
        "oak", "scandinavian", ("light oak", "grey", "grey", "black metal", "white"),
        (_OAK, _OAK, _OAK, _GREY, _SOFT_GREY, _BLACK, _SNOW, _MUSTARD),
    ),
    _palette(
        "walnut", "mid-century", ("walnut", "olive green", "cream", "brass", "brass"),
        (_WALNUT, _WALNUT, _WALNUT, _GREEN, _CREAM, _BRASS, _BRASS, _RUST),
    ),
    _palette(
        "white", "minimalist", ("white lacquer", "beige", "white", "chrome", "chrome"),
        (_WHITE, _WHITE, _WHITE, _BEIGE, _SNOW, _CHROME, _CHROME, _BEIGE),
    ),
    _palette(
        "black", "industrial", ("black metal and rustic wood", "charcoal", "dark grey", "black metal", "black"),
        (_RUSTIC, _RUSTIC, _BLACK, _CHARCOAL, _DARK_GREY, _BLACK, _BLACK, _RUST),
    ),
    _palette(
        "blue", "coastal", ("pale blue painted", "navy blue", "sky blue", "white metal", "sky blue"),
        (_BEECH, _BLUE, _BLUE, _NAVY, _SKY, _WHITE_METAL, _SKY, _SNOW),
    ),
    _palette(
        "mahogany", "traditional", ("dark mahogany", "burgundy", "wine red", "gold", "gold"),
        (_MAHOGANY, _MAHOGANY, _MAHOGANY, _BURGUNDY, _WINE, _BRASS, _GOLD, _GOLD),
    ),
)  # fmt: skip
