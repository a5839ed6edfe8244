"""Palettes: which material each role of a piece takes, with the words that captions use for it."""

from dataclasses import dataclass
from typing import Final, Literal

from . import materials as m
from .materials import Material

Role = Literal[
    "wood", "front", "frame", "fabric", "bedding", "metal", "shade", "accent", "stone", "leather", "glass", "cane",
    "linen", "glow", "mirror", "leaf", "soil", "screen", "toy1", "toy2", "toy3",
]  # fmt: skip
"""Material role of a part: which of a palette's materials it takes.

``wood`` is a piece's show wood, ``front`` its doors and drawers, ``frame`` its body and legs; ``fabric``, ``leather``,
``stone``, ``glass``, ``cane`` and ``metal`` are materials of that kind; ``bedding`` and ``accent`` are the palette's
second and third cloth, ``shade`` is of lamps, ``linen`` is white cloth, ``glow`` lit glass. The others are alike in
every palette.
"""

PLAIN: Final = ("oak", "white", "graphite", "ash")
"""Palettes of clear, undecorated shapes."""
CLASSIC: Final = ("mahogany", "ivory", "emerald", "walnut")
"""Palettes of panels, tufts and turned legs."""
LOFT: Final = ("black", "walnut", "graphite", "oak")
"""Palettes of metal frames and rough wood."""
AIRY: Final = ("ash", "oak", "blue", "ivory")
"""Palettes of cane, pale wood and cloth."""
PLAYFUL: Final = ("mint", "blue", "white", "oak")
"""Palettes of children's rooms."""
GLAMOUR: Final = ("emerald", "graphite", "ivory", "white")
"""Palettes of marble, glass and brass."""


@dataclass(frozen=True, eq=False)
class Palette:
    """Materials that go together in one room.

    Attributes:
        name: as catalogue.json states it.
        style: as catalogue.json and captions state it.
        words: names of the materials in captions, by the field names of a shape's phrase (``{wood}``).
        materials: material of each role.
    """

    name: str
    style: str
    words: dict[Role, str]
    materials: dict[Role, Material]


_SAME: Final[dict[Role, Material]] = {
    "linen": m.SNOW, "glow": m.LAMP_GLASS, "mirror": m.MIRROR, "leaf": m.LEAF, "soil": m.SOIL, "screen": m.SCREEN,
    "toy1": m.MUSTARD, "toy2": m.TEAL, "toy3": m.RUST,
}  # fmt: skip


def _palette(
    name: str,
    style: str,
    woods: tuple[Material, Material, Material],
    cloths: tuple[Material, Material, Material],
    hard: tuple[Material, Material, Material, Material, Material, Material],
) -> Palette:
    """Makes a palette; the materials that are alike in all palettes are added.

    Args:
        name: of the palette.
        style: of the palette.
        woods: show wood, fronts, body and legs.
        cloths: upholstery, bedding, accent.
        hard: metal, lamp shades, stone, leather, glass, cane.
    """
    roles: tuple[Role, ...] = (
        "wood", "front", "frame", "fabric", "bedding", "accent", "metal", "shade", "stone", "leather", "glass", "cane",
    )  # fmt: skip
    named: dict[Role, Material] = dict(zip(roles, (*woods, *cloths, *hard), strict=True))
    words: dict[Role, str] = {role: material.word for role, material in named.items()}
    return Palette(name, style, words, named | _SAME)


PALETTES: Final[tuple[Palette, ...]] = (
    _palette(
        "oak", "scandinavian", (m.OAK, m.OAK, m.OAK), (m.GREY_LINEN, m.SOFT_GREY, m.MUSTARD),
        (m.BLACK, m.SNOW, m.GREY_MARBLE, m.TAN_LEATHER, m.CLEAR_GLASS, m.CANE),
    ),
    _palette(
        "walnut", "mid-century", (m.WALNUT, m.WALNUT, m.WALNUT), (m.GREEN_VELVET, m.CREAM, m.RUST),
        (m.BRASS, m.BRASS, m.TRAVERTINE, m.COGNAC_LEATHER, m.SMOKED_GLASS, m.CANE),
    ),
    _palette(
        "white", "minimalist", (m.WHITE, m.WHITE, m.WHITE), (m.BEIGE_LINEN, m.SNOW, m.TAUPE),
        (m.CHROME, m.CHROME, m.WHITE_MARBLE, m.WHITE_LEATHER, m.CLEAR_GLASS, m.WHITE_CANE),
    ),
    _palette(
        "black", "industrial", (m.RUSTIC, m.RUSTIC, m.BLACK), (m.CHARCOAL_FELT, m.DARK_GREY, m.RUST),
        (m.BLACK, m.BLACK, m.CONCRETE, m.BROWN_LEATHER, m.SMOKED_GLASS, m.DARK_CANE),
    ),
    _palette(
        "blue", "coastal", (m.BEECH, m.BLUE, m.BLUE), (m.NAVY_COTTON, m.SKY, m.SNOW),
        (m.WHITE_METAL, m.SKY, m.WHITE_MARBLE, m.NAVY_LEATHER, m.BLUE_GLASS, m.CANE),
    ),
    _palette(
        "mahogany", "traditional", (m.MAHOGANY, m.MAHOGANY, m.MAHOGANY), (m.BURGUNDY_VELVET, m.WINE, m.GOLD),
        (m.BRASS, m.GOLD, m.RED_MARBLE, m.OXBLOOD_LEATHER, m.CLEAR_GLASS, m.DARK_CANE),
    ),
    _palette(
        "graphite", "modern", (m.SMOKED_OAK, m.GRAPHITE, m.GRAPHITE), (m.IVORY_BOUCLE, m.TAUPE, m.CORAL),
        (m.STEEL, m.WHITE_METAL, m.BLACK_MARBLE, m.GREY_LEATHER, m.SMOKED_GLASS, m.DARK_CANE),
    ),
    _palette(
        "ash", "japandi", (m.ASH, m.ASH, m.BLACK_OAK), (m.OATMEAL_LINEN, m.SAGE, m.TAUPE),
        (m.BRONZE, m.CREAM, m.TRAVERTINE, m.BLACK_LEATHER, m.CLEAR_GLASS, m.CANE),
    ),
    _palette(
        "ivory", "classic", (m.CHERRY, m.IVORY, m.IVORY), (m.ROSE_VELVET, m.BLUSH, m.CHAMPAGNE),
        (m.BRASS, m.BLUSH, m.WHITE_MARBLE, m.TAN_LEATHER, m.CLEAR_GLASS, m.WHITE_CANE),
    ),
    _palette(
        "emerald", "art deco", (m.WALNUT, m.PETROL, m.BLACK_OAK), (m.EMERALD_VELVET, m.CHAMPAGNE, m.TEAL),
        (m.COPPER, m.TEAL, m.GREEN_MARBLE, m.COGNAC_LEATHER, m.SMOKED_GLASS, m.DARK_CANE),
    ),
    _palette(
        "mint", "kids", (m.BIRCH, m.MINT, m.BIRCH), (m.YELLOW_COTTON, m.BLUSH, m.CORAL),
        (m.WHITE_METAL, m.MUSTARD, m.WHITE_MARBLE, m.WHITE_LEATHER, m.CLEAR_GLASS, m.CANE),
    ),
)  # fmt: skip
