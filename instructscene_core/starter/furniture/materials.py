"""The materials of the starter's furniture: their colours, their node trees by kind, and the words for them."""

from dataclasses import dataclass
from typing import Literal

MaterialKind = Literal[
    "wood", "paint", "metal", "fabric", "velvet", "boucle", "leather", "stone", "cane", "leaf", "glass", "mirror",
    "glow", "screen",
]  # fmt: skip


@dataclass(frozen=True)
class Material:
    """One material of the library.

    Attributes:
        name: its name in the .blend.
        kind: which node tree it gets.
        colour: linear r g b in 0..1, of its lighter part.
        dark: linear r g b of the grain, the weave's shadow or the wear.
        word: what captions call it.
        tags: colour and material words for what is made of it.
    """

    name: str
    kind: MaterialKind
    colour: tuple[float, float, float]
    dark: tuple[float, float, float]
    word: str
    tags: tuple[str, ...]


def _srgb(code: str) -> tuple[float, float, float]:
    """Linear colour of a hexadecimal sRGB code."""
    channels = (int(code[i : i + 2], 16) / 255 for i in (0, 2, 4))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return round(r, 4), round(g, 4), round(b, 4)


def _material(name: str, kind: MaterialKind, light: str, dark: str, word: str, tags: str) -> Material:
    return Material(name, kind, _srgb(light), _srgb(dark), word, tuple(tags.split()))


OAK = _material("Light Oak", "wood", "D9B98C", "B98F5E", "light oak", "oak wood light")
WALNUT = _material("Walnut", "wood", "7D5336", "4E2F1C", "walnut", "walnut wood brown dark")
MAHOGANY = _material("Mahogany", "wood", "6B2A1C", "3D140D", "dark mahogany", "mahogany wood brown dark")
RUSTIC = _material("Rustic Pine", "wood", "A9763F", "6A4320", "pine", "pine wood brown rustic")
BEECH = _material("Beech", "wood", "E2C49C", "C9A274", "beech", "beech wood light")
ASH = _material("Ash", "wood", "E3D2B4", "C4AB84", "pale ash", "ash wood light")
BIRCH = _material("Birch", "wood", "EAD9BA", "D3BB92", "birch", "birch wood light")
SMOKED_OAK = _material("Smoked Oak", "wood", "5C4A3C", "3A2C22", "smoked oak", "oak wood brown dark")
BLACK_OAK = _material("Black Oak", "wood", "2E2A27", "191614", "black stained oak", "oak wood black dark")
CHERRY = _material("Cherry", "wood", "A65F3A", "7A3F22", "cherry", "cherry wood brown")

WHITE = _material("White Lacquer", "paint", "F1F0EC", "DEDCD6", "white lacquer", "white lacquer painted")
BLUE = _material("Pale Blue Paint", "paint", "A3C4DB", "86A9C4", "pale blue painted", "blue painted")
GRAPHITE = _material("Graphite Lacquer", "paint", "4A4D52", "393B40", "graphite lacquer", "grey lacquer painted dark")
IVORY = _material("Ivory Paint", "paint", "EDE4CF", "DCCFB2", "ivory painted", "ivory cream painted")
MINT = _material("Mint Paint", "paint", "A9D8C2", "8CC3AA", "mint green painted", "green mint painted")
PETROL = _material("Petrol Lacquer", "paint", "2A4E55", "1F3C42", "petrol lacquer", "teal green lacquer painted dark")

BLACK = _material("Black Metal", "metal", "222324", "121212", "black metal", "black metal")
BRASS = _material("Brass", "metal", "C9A24B", "8F6E2A", "brass", "brass metal gold")
CHROME = _material("Chrome", "metal", "D8DADC", "A5A8AB", "chrome", "chrome metal silver")
WHITE_METAL = _material("White Metal", "metal", "ECECEA", "C8C8C4", "white metal", "white metal")
BRONZE = _material("Bronze", "metal", "6F5138", "463021", "bronze", "bronze metal brown")
COPPER = _material("Copper", "metal", "C27D5A", "8E5438", "copper", "copper metal")
STEEL = _material("Brushed Steel", "metal", "A9ACAF", "7E8184", "brushed steel", "steel metal grey silver")

GREY_LINEN = _material("Grey Linen", "fabric", "8E9092", "6D6F72", "grey linen", "grey linen fabric")
GREEN_VELVET = _material(
    "Olive Velvet", "velvet", "6B7145", "474B2B", "olive green velvet", "green olive velvet fabric"
)
BEIGE_LINEN = _material("Beige Linen", "fabric", "D3C1A5", "B29F82", "beige linen", "beige linen fabric")
CHARCOAL_FELT = _material(
    "Charcoal Felt", "fabric", "47494C", "2C2E30", "charcoal felt", "charcoal grey felt fabric dark"
)
NAVY_COTTON = _material("Navy Cotton", "fabric", "2F4A72", "1D3152", "navy blue cotton", "navy blue cotton fabric")
BURGUNDY_VELVET = _material(
    "Burgundy Velvet", "velvet", "742234", "48121F", "burgundy velvet", "burgundy red velvet fabric"
)
IVORY_BOUCLE = _material(
    "Ivory Boucle", "boucle", "EEE8DC", "CFC6B4", "ivory boucle", "ivory white cream boucle fabric"
)
OATMEAL_LINEN = _material("Oatmeal Linen", "fabric", "CFC3AE", "AD9F87", "oatmeal linen", "beige oatmeal linen fabric")
ROSE_VELVET = _material("Rose Velvet", "velvet", "C99596", "9C6869", "dusty rose velvet", "pink rose velvet fabric")
EMERALD_VELVET = _material(
    "Emerald Velvet", "velvet", "1F5E4C", "103A2F", "emerald green velvet", "green emerald velvet fabric"
)
YELLOW_COTTON = _material("Yellow Cotton", "fabric", "EFC44F", "D0A232", "sunny yellow cotton", "yellow cotton fabric")

SOFT_GREY = _material("Grey Cotton", "fabric", "A9ABAE", "8A8C90", "grey", "grey cotton")
CREAM = _material("Cream Cotton", "fabric", "EADDC0", "CDBD9B", "cream", "cream cotton")
SNOW = _material("White Cotton", "fabric", "F4F3F0", "D9D7D2", "white", "white cotton")
DARK_GREY = _material("Dark Grey Cotton", "fabric", "5E6165", "43464A", "dark grey", "grey cotton dark")
SKY = _material("Sky Blue Cotton", "fabric", "9CC3E2", "7AA3C6", "sky blue", "blue cotton")
WINE = _material("Wine Red Cotton", "fabric", "8E2F3F", "651C2A", "wine red", "red cotton")
GOLD = _material("Gold Cotton", "fabric", "C9A45C", "A5823F", "gold", "gold cotton")
MUSTARD = _material("Mustard Cotton", "fabric", "CF9B33", "A67820", "mustard", "yellow mustard cotton")
TEAL = _material("Teal Cotton", "fabric", "3E7C7B", "285756", "teal", "teal cotton")
RUST = _material("Rust Cotton", "fabric", "A6532B", "7C3A1B", "rust", "orange rust cotton")
TAUPE = _material("Taupe Cotton", "fabric", "A79A8C", "85786B", "taupe", "taupe cotton")
SAGE = _material("Sage Cotton", "fabric", "A4AE93", "838D73", "sage green", "green sage cotton")
BLUSH = _material("Blush Cotton", "fabric", "EAD0C8", "CFADA3", "blush pink", "pink cotton")
CORAL = _material("Coral Cotton", "fabric", "E3866B", "BF6349", "coral", "coral orange cotton")
CHAMPAGNE = _material("Champagne Cotton", "fabric", "DCCBA9", "BCA880", "champagne", "champagne beige cotton")

TAN_LEATHER = _material("Tan Leather", "leather", "B5814F", "8A5C33", "tan leather", "tan brown leather")
COGNAC_LEATHER = _material("Cognac Leather", "leather", "8F4E26", "633216", "cognac leather", "cognac brown leather")
BLACK_LEATHER = _material("Black Leather", "leather", "2A2725", "151312", "black leather", "black leather dark")
WHITE_LEATHER = _material("White Leather", "leather", "E9E5DD", "CBC5BA", "white leather", "white leather")
OXBLOOD_LEATHER = _material(
    "Oxblood Leather", "leather", "5E2320", "3B1412", "oxblood leather", "red oxblood leather dark"
)
BROWN_LEATHER = _material("Brown Leather", "leather", "5B3B28", "392317", "dark brown leather", "brown leather dark")
GREY_LEATHER = _material("Grey Leather", "leather", "7C7A78", "5A5856", "grey leather", "grey leather")
NAVY_LEATHER = _material("Navy Leather", "leather", "2C3B54", "1B2638", "navy leather", "navy blue leather")

WHITE_MARBLE = _material("White Marble", "stone", "ECEBE8", "A8A8AA", "white marble", "white marble stone")
BLACK_MARBLE = _material("Black Marble", "stone", "262628", "9A968E", "black marble", "black marble stone dark")
GREEN_MARBLE = _material("Green Marble", "stone", "24463A", "7FA08F", "green marble", "green marble stone dark")
GREY_MARBLE = _material("Grey Marble", "stone", "A9AAAC", "D8D8D8", "grey marble", "grey marble stone")
TRAVERTINE = _material("Travertine", "stone", "DCCDB4", "B8A486", "travertine", "travertine beige stone")
CONCRETE = _material("Concrete", "stone", "9C9A96", "85837F", "concrete", "concrete grey stone")
RED_MARBLE = _material("Red Marble", "stone", "6A3430", "C9A79B", "red marble", "red marble stone")

CLEAR_GLASS = _material("Clear Glass", "glass", "E6F0EE", "C2D4D0", "clear glass", "glass")
SMOKED_GLASS = _material("Smoked Glass", "glass", "7A7672", "55524F", "smoked glass", "glass grey")
BLUE_GLASS = _material("Aqua Glass", "glass", "BFE0E4", "96C2C8", "aqua glass", "glass blue")

CANE = _material("Natural Cane", "cane", "D8B57E", "9C7746", "woven cane", "cane rattan")
WHITE_CANE = _material("White Cane", "cane", "EDE7DA", "C2B9A6", "white woven cane", "cane rattan white")
DARK_CANE = _material("Dark Cane", "cane", "8A5E38", "5A3A20", "dark woven cane", "cane rattan brown")

LEAF = _material("Leaf", "leaf", "4F8A3C", "2C5A28", "green leaved", "green plant")
SOIL = _material("Soil", "fabric", "3E2E24", "231912", "dark soil", "soil")
MIRROR = _material("Mirror", "mirror", "E8ECEE", "C9D0D4", "mirror", "mirror glass")
LAMP_GLASS = _material("Lamp Glass", "glow", "FFF3DC", "FFE2B0", "glowing glass", "glass")
SCREEN = _material("Screen", "screen", "0C0D10", "060608", "black screen", "black")
