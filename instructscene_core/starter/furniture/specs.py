"""Which pieces there are: every shape of every class, with its size, its palettes and its caption."""

from dataclasses import dataclass
from typing import Final

from ...vocabulary import display_name, is_lamp
from .palettes import PALETTES, Palette

Size = tuple[float, float, float]

_PALETTES_PER_SHAPE: Final = 4
_WIDTHS: Final = (1.0, 0.94, 1.06, 0.97, 1.03, 0.95)
"""Width of a piece in each palette, as a share of its shape's: no two palettes line up exactly."""


@dataclass(frozen=True)
class Shape:
    """One design of a class.

    Attributes:
        category: class of `vocabulary`.
        name: short name of the design within its class.
        size: natural width, depth and height, metres.
        phrase: the caption behind the article and the style; braces name words of the palette.
    """

    category: str
    name: str
    size: Size
    phrase: str

    @property
    def key(self) -> str:
        """Name of the design among all classes."""
        return f"{self.category}_{self.name}"


@dataclass(frozen=True)
class Spec:
    """One entry of the catalogue: a shape in a palette, at its size.

    Attributes:
        id: entry id, ``starter/`` and the object's name in the .blend.
        shape: the design.
        palette: its materials.
        size: width, depth and height, metres, whole centimetres.
    """

    id: str
    shape: Shape
    palette: Palette
    size: Size

    @property
    def category(self) -> str:
        """Class of `vocabulary`."""
        return self.shape.category

    @property
    def mount(self) -> str:
        """Where it is fixed: ``ceiling`` for lamps, else ``floor``."""
        return "ceiling" if is_lamp(self.category) else "floor"

    @property
    def caption(self) -> str:
        """One sentence fragment that tells this entry from the others of its class."""
        words = self.palette.words | {"name": display_name(self.category)}
        text = f"{self.palette.style} {self.shape.phrase.format_map(words)}"
        return f"{'an' if text[0] in 'aeiou' else 'a'} {text}"


SHAPES: Final[tuple[Shape, ...]] = (
    Shape("armchair", "box", (0.84, 0.85, 0.80), "{fabric} fabric {name} with thick padded arms and {metal} feet"),
    Shape("armchair", "lounge", (0.72, 0.80, 0.88), "{name} with an open {wood} frame and loose {fabric} cushions"),
    Shape("bookshelf", "tall", (0.92, 0.33, 1.96), "tall {wood} {name} with five open tiers full of books"),
    Shape("bookshelf", "cubes", (1.34, 0.36, 1.42), "wide {wood} {name} with nine square compartments"),
    Shape("cabinet", "drawers", (1.08, 0.46, 0.86), "{wood} {name} with six drawers and {metal} knobs"),
    Shape("cabinet", "doors", (1.30, 0.43, 0.82), "low {wood} {name} with two panelled doors and slim legs"),
    Shape("ceiling_lamp", "disc", (0.48, 0.48, 0.12), "flat round {name} with a {shade} rim and a white glass cover"),
    Shape("ceiling_lamp", "drum", (0.60, 0.60, 0.24), "{name} with a {shade} drum shade on a {metal} plate"),
    Shape("ceiling_lamp", "branches", (0.78, 0.78, 0.30), "{metal} {name} with five curved arms and glass globes"),
    Shape("chair", "slats", (0.46, 0.53, 0.88), "{wood} {name} with a slatted back"),
    Shape("chair", "shell", (0.50, 0.56, 0.83), "{name} with a padded {fabric} seat and back on {metal} legs"),
    Shape("children_cabinet", "bins", (1.14, 0.36, 0.92), "low {wood} {name} with rows of colourful toy bins"),
    Shape("children_cabinet", "house", (0.84, 0.35, 1.36), "{wood} {name} shaped like a little house with a roof"),
    Shape("coffee_table", "round", (0.82, 0.82, 0.40), "round {wood} {name} on three legs"),
    Shape("coffee_table", "tray", (1.06, 0.58, 0.43), "rectangular {wood} {name} with a lower tray and {metal} legs"),
    Shape("desk", "drawers", (1.34, 0.62, 0.76), "{wood} {name} with a column of three drawers"),
    Shape("desk", "legs", (1.22, 0.60, 0.75), "light writing {name} with a {wood} top on slim {metal} legs"),
    Shape("double_bed", "slatted", (1.76, 2.12, 1.04), "{wood} {name} with a slatted headboard and {bedding} bedding"),
    Shape(
        "double_bed", "upholstered", (1.92, 2.20, 1.16),
        "{fabric} upholstered {name} with a tall padded headboard and {bedding} bedding",
    ),
    Shape(
        "double_bed", "platform", (2.10, 2.16, 0.90),
        "low {wood} platform {name} with a wide panel headboard and {bedding} bedding",
    ),
    Shape("dressing_chair", "round", (0.54, 0.54, 0.76), "{name} with a curved low {fabric} back and {metal} legs"),
    Shape("dressing_chair", "oval", (0.47, 0.52, 0.92), "{wood} {name} with a {fabric} seat and an oval padded back"),
    Shape("dressing_table", "round", (1.06, 0.45, 1.34), "{wood} {name} with a round mirror and two drawers"),
    Shape("dressing_table", "tall", (0.94, 0.42, 1.46), "{wood} {name} with a tall rectangular mirror and slim legs"),
    Shape("kids_bed", "house", (1.04, 1.98, 1.58), "{wood} {name} with a house-shaped frame and {bedding} bedding"),
    Shape("kids_bed", "rails", (0.98, 1.88, 0.82), "small {wood} {name} with safety rails and {bedding} bedding"),
    Shape("nightstand", "drawers", (0.50, 0.41, 0.54), "{wood} {name} with two drawers and {metal} knobs"),
    Shape("nightstand", "open", (0.46, 0.40, 0.56), "{wood} {name} with one drawer, an open compartment and tall legs"),
    Shape("nightstand", "round", (0.44, 0.44, 0.55), "small round {wood} {name} on {metal} legs"),
    Shape("pendant_lamp", "dome", (0.46, 0.46, 0.92), "{name} with a {shade} dome shade on a long cord"),
    Shape("pendant_lamp", "globes", (0.72, 0.72, 0.96), "{metal} {name} with a cluster of three glass globes"),
    Shape("pendant_lamp", "bar", (1.04, 0.22, 0.84), "long {metal} {name} with a bar of four {shade} cylinder shades"),
    Shape("shelf", "ladder", (0.58, 0.40, 1.74), "narrow {wood} ladder {name} with four open steps"),
    Shape("shelf", "rack", (0.88, 0.32, 1.02), "low open {name} with three {wood} boards in a {metal} frame"),
    Shape("single_bed", "slatted", (1.08, 2.08, 0.98), "{wood} {name} with a slatted headboard and {bedding} bedding"),
    Shape(
        "single_bed", "upholstered", (1.30, 2.14, 1.08),
        "{fabric} upholstered {name} with a padded headboard and {bedding} bedding",
    ),
    Shape("sofa", "two_seat", (1.58, 0.86, 0.80), "small {fabric} {name} with two seats and padded arms"),
    Shape("sofa", "three_seat", (2.06, 0.90, 0.84), "long {fabric} {name} with three seats on a {wood} base"),
    Shape("stool", "round", (0.40, 0.40, 0.46), "round {wood} {name} with three legs"),
    Shape("stool", "bench", (1.16, 0.43, 0.46), "long {fabric} upholstered bench {name} on {metal} legs"),
    Shape("stool", "pouf", (0.50, 0.50, 0.42), "soft round {fabric} pouf {name}"),
    Shape("table", "legs", (1.32, 0.80, 0.75), "rectangular {wood} {name} with four sturdy legs"),
    Shape("table", "pedestal", (0.98, 0.98, 0.75), "round {wood} {name} on a central {metal} pedestal"),
    Shape("tv_stand", "drawers", (1.86, 0.43, 0.48), "long low {wood} {name} with four drawers"),
    Shape("tv_stand", "open", (1.54, 0.40, 0.54), "{wood} {name} with open compartments on {metal} legs"),
    Shape("wardrobe", "two_doors", (1.04, 0.58, 2.04), "narrow {wood} {name} with two doors and {metal} handles"),
    Shape(
        "wardrobe", "four_doors", (1.84, 0.60, 2.24),
        "wide {wood} {name} with four panelled doors and bottom drawers",
    ),
    Shape(
        "wardrobe", "sliding", (2.10, 0.64, 2.28),
        "large {wood} {name} with two sliding doors, one of them a mirror",
    ),
    Shape("wardrobe", "open", (1.36, 0.52, 1.98), "open {wood} {name} with clothes on a {metal} hanging rail"),
)  # fmt: skip


def _sized(shape: Shape, palette_index: int) -> Size:
    """The shape's size in a palette; what is round stays round."""
    width, depth, height = shape.size
    scale = _WIDTHS[palette_index]
    return round(width * scale, 2), round(depth * scale if depth == width else depth, 2), height


def _specs() -> list[Spec]:
    specs: list[Spec] = []
    for category in dict.fromkeys(shape.category for shape in SHAPES):
        for rank, shape in enumerate(shape for shape in SHAPES if shape.category == category):
            # Neighbouring shapes overlap in two palettes, so that every class comes in every palette.
            for index in sorted((2 * rank + k) % len(PALETTES) for k in range(_PALETTES_PER_SHAPE)):
                name = f"{category}_{shape.name}_{PALETTES[index].name}"
                specs.append(Spec(f"starter/{name}", shape, PALETTES[index], _sized(shape, index)))
    return specs


SPECS: Final[tuple[Spec, ...]] = tuple(_specs())
