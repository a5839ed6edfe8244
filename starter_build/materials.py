"""Node materials of the furniture library, one for each `Material` of the palettes."""

from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

import bpy

from instructscene_core.starter.furniture.materials import Material

BOARD: Final = "board"
"""Face attribute: three times a number that is each part's own, plus the axis of its grain."""

_GROUP: Final = "Board Coordinates"
_DARK: Final = 0.3
"""Share of a material's dark colour in its mean colour, as in the coloured points."""


def make_material(material: Material) -> bpy.types.Material:
    """Makes the Blender material, or returns the one of that name."""
    existing = bpy.data.materials.get(material.name)
    if existing is not None:
        return existing
    made = bpy.data.materials.new(material.name)
    made.use_nodes = True
    made.diffuse_color = (*material.colour, 1.0)
    made.roughness = {"metal": 0.35, "mirror": 0.0, "fabric": 0.9, "velvet": 0.8, "boucle": 0.9}.get(material.kind, 0.5)
    made.metallic = 1.0 if material.kind in ("metal", "mirror") else 0.0
    _BUILDERS[material.kind](_Tree(made), material)
    return made


def mixed(material: Material, dark: float) -> tuple[float, float, float]:
    """Colour between a material's light one, at 0, and its dark one, at 1."""
    r, g, b = (light + dark * (shade - light) for light, shade in zip(material.colour, material.dark, strict=True))
    return r, g, b


class _Tree:
    """A material's node tree; nodes are put in columns from right to left, column 0 being the shader's."""

    def __init__(self, material: bpy.types.Material) -> None:
        self.nodes, self.links = material.node_tree.nodes, material.node_tree.links
        self.shader = self.nodes["Principled BSDF"]

    def add(self, kind: str, column: int, **inputs: object) -> bpy.types.Node:
        """A new node with values or links at its named inputs."""
        node = self.nodes.new(kind)
        node.location = (-220 * column, -60 * (len(self.nodes) % 5))
        for name, value in inputs.items():
            self.feed(node, name.replace("_", " "), value)
        return node

    def feed(self, node: bpy.types.Node, name: str, value: object) -> None:
        """Sets an input, or links it where the value is a socket."""
        if isinstance(value, bpy.types.NodeSocket):
            self.links.new(value, node.inputs[name])
        else:
            node.inputs[name].default_value = value

    def set(self, **inputs: object) -> None:
        """Sets or links inputs of the Principled BSDF."""
        for name, value in inputs.items():
            self.feed(self.shader, name.replace("_", " "), value)

    def blend(
        self, factor: bpy.types.NodeSocket, material: Material, shares: tuple[float, float] = (1.0, 0.0)
    ) -> bpy.types.NodeSocket:
        """The material's two colours mixed by a noise.

        Args:
            factor: the noise, 0..1.
            material: whose colours.
            shares: of the dark colour, where the noise is low and where it is high.
        """
        ramp = self.add("ShaderNodeValToRGB", 2, Fac=factor)
        for stop, position, share in zip(ramp.color_ramp.elements, (0.36, 0.62), shares, strict=True):
            stop.position, stop.color = position, (*mixed(material, share), 1.0)
        return ramp.outputs["Color"]

    def bump(self, height: bpy.types.NodeSocket, strength: float, distance: float) -> None:
        """Makes the surface uneven."""
        node = self.add("ShaderNodeBump", 1, Strength=strength, Distance=distance, Height=height)
        self.set(Normal=node.outputs["Normal"])


def _wood(tree: _Tree, material: Material) -> None:
    board = tree.add("ShaderNodeGroup", 6)
    board.node_tree = bpy.data.node_groups.get(_GROUP) or _board_group()
    grain = tree.add("ShaderNodeMapping", 5, Vector=board.outputs[0], Scale=(1.1, 13.0, 13.0))
    veins = tree.add(
        "ShaderNodeTexNoise", 4, Vector=grain.outputs[0], Scale=1.6, Detail=5.0, Roughness=0.62, Distortion=0.7
    )
    fibre = tree.add("ShaderNodeMapping", 5, Vector=board.outputs[0], Scale=(6.0, 190.0, 190.0))
    pores = tree.add("ShaderNodeTexNoise", 4, Vector=fibre.outputs[0], Scale=1.0, Detail=2.0)
    height = tree.add("ShaderNodeMath", 3)
    height.operation = "MULTIPLY_ADD"
    tree.feed(height, "Value", pores.outputs[0])
    height.inputs[1].default_value = 0.35
    scaled = tree.add("ShaderNodeMath", 3)
    scaled.operation = "MULTIPLY"
    tree.feed(scaled, "Value", veins.outputs[0])
    scaled.inputs[1].default_value = 0.65
    tree.links.new(scaled.outputs[0], height.inputs[2])
    tree.set(Base_Color=tree.blend(height.outputs[0], material), Roughness=0.42)
    tree.bump(height.outputs[0], 0.12, 0.002)


def _board_group() -> bpy.types.NodeTree:
    """Node group: object coordinates with x along a part's longest side, and an offset for each part, see `BOARD`."""
    group = bpy.data.node_groups.new(_GROUP, "ShaderNodeTree")
    group.interface.new_socket("Vector", in_out="OUTPUT", socket_type="NodeSocketVector")
    nodes, links = group.nodes, group.links
    place = nodes.new("ShaderNodeTexCoord")
    board = nodes.new("ShaderNodeAttribute")
    board.attribute_name = BOARD
    axis = _math(group, "MODULO", board.outputs["Fac"], 3.0)
    split = nodes.new("ShaderNodeSeparateXYZ")
    links.new(place.outputs["Object"], split.inputs[0])
    x, y, z = split.outputs
    turned = _permuted(group, (x, y, z))
    for number, order in ((1, (y, x, z)), (2, (z, x, y))):
        pick = nodes.new("ShaderNodeMix")
        pick.data_type = "VECTOR"
        links.new(_math(group, "COMPARE", axis, float(number)), pick.inputs["Factor"])
        links.new(turned, pick.inputs[4])
        links.new(_permuted(group, order), pick.inputs[5])
        turned = pick.outputs[1]
    shift = nodes.new("ShaderNodeVectorMath")
    shift.operation = "MULTIPLY_ADD"
    shift.inputs[0].default_value = (1.37, 0.61, 0.83)
    links.new(board.outputs["Fac"], shift.inputs[1])
    links.new(turned, shift.inputs[2])
    links.new(shift.outputs[0], nodes.new("NodeGroupOutput").inputs[0])
    for column, node in enumerate(nodes):
        node.location = (180 * column, -40 * (column % 4))
    return group


def _math(group: bpy.types.NodeTree, operation: str, value: bpy.types.NodeSocket, other: float) -> bpy.types.NodeSocket:
    node = group.nodes.new("ShaderNodeMath")
    node.operation = operation
    group.links.new(value, node.inputs[0])
    node.inputs[1].default_value = other
    node.inputs[2].default_value = 0.1  # the tolerance of COMPARE
    return node.outputs[0]


def _permuted(group: bpy.types.NodeTree, order: tuple[bpy.types.NodeSocket, ...]) -> bpy.types.NodeSocket:
    node = group.nodes.new("ShaderNodeCombineXYZ")
    for socket, end in zip(order, node.inputs, strict=True):
        group.links.new(socket, end)
    return node.outputs[0]


def _paint(tree: _Tree, material: Material) -> None:
    place = tree.add("ShaderNodeTexCoord", 4)
    peel = tree.add("ShaderNodeTexNoise", 3, Vector=place.outputs["Object"], Scale=240.0, Detail=1.0)
    tree.set(Base_Color=(*mixed(material, _DARK), 1.0), Roughness=0.32, Coat_Weight=0.2, Coat_Roughness=0.15)
    tree.bump(peel.outputs[0], 0.05, 0.0005)


def _metal(tree: _Tree, material: Material) -> None:
    place = tree.add("ShaderNodeTexCoord", 5)
    grain = tree.add("ShaderNodeTexNoise", 4, Vector=place.outputs["Object"], Scale=320.0, Detail=2.0)
    painted = max(material.colour) < 0.05 or min(material.colour) > 0.8
    rough = 0.4 if painted else 0.14 if min(material.colour) > 0.6 else 0.22
    spread = tree.add("ShaderNodeMapRange", 3, Value=grain.outputs[0])
    for name, value in (("To Min", rough - 0.05), ("To Max", rough + 0.07)):
        tree.feed(spread, name, value)
    tree.set(
        Base_Color=(*mixed(material, 0.2), 1.0), Roughness=spread.outputs[0], Metallic=0.0 if painted else 1.0,
        Coat_Weight=0.1 if painted else 0.0,
    )  # fmt: skip
    if painted:
        tree.bump(grain.outputs[0], 0.12, 0.0005)


def _cloth(tree: _Tree, material: Material, weave: "_Weave") -> None:
    place = tree.add("ShaderNodeTexCoord", 6)
    yarn = tree.add("ShaderNodeTexNoise", 4, Vector=place.outputs["Object"], Scale=weave.yarn, Detail=2.0)
    soft = tree.add("ShaderNodeTexNoise", 4, Vector=place.outputs["Object"], Scale=14.0, Detail=2.0)
    # The yarn alone colours it: unevenness over a hand's breadth is a bump, as colour it would look like a stain.
    height = tree.add("ShaderNodeMath", 3)
    height.operation = "MULTIPLY_ADD"
    tree.feed(height, "Value", soft.outputs[0])
    height.inputs[1].default_value = 1.2
    tree.links.new(yarn.outputs[0], height.inputs[2])
    tree.set(
        Base_Color=tree.blend(yarn.outputs[0], material, weave.shades), Roughness=weave.rough,
        Sheen_Weight=weave.sheen, Sheen_Roughness=weave.spread, Sheen_Tint=(*material.colour, 1.0),
    )  # fmt: skip
    tree.bump(height.outputs[0], weave.bump, weave.depth)


class _Weave(NamedTuple):
    """How a cloth looks.

    Attributes:
        yarn: scale of the noise that stands for its threads.
        shades: shares of the dark colour, see `_Tree.blend`.
        rough: roughness.
        sheen: weight of the sheen.
        spread: roughness of the sheen.
        bump: strength of the bump.
        depth: distance of the bump, metres.
    """

    yarn: float
    shades: tuple[float, float]
    rough: float
    sheen: float
    spread: float
    bump: float
    depth: float


_PLAIN: Final = _Weave(260.0, (2.4 * _DARK, 0.0), 0.92, 0.2, 0.5, 0.45, 0.002)
_VELVET: Final = _Weave(260.0, (1.4 * _DARK, 0.4), 0.75, 0.7, 0.35, 0.3, 0.002)
_BOUCLE: Final = _Weave(95.0, (2.6 * _DARK, 0.0), 0.95, 0.35, 0.6, 0.9, 0.006)


def _leather(tree: _Tree, material: Material) -> None:
    place = tree.add("ShaderNodeTexCoord", 5)
    grain = tree.add("ShaderNodeTexVoronoi", 4, Vector=place.outputs["Object"], Scale=420.0)
    worn = tree.add("ShaderNodeTexNoise", 4, Vector=place.outputs["Object"], Scale=5.0, Detail=3.0)
    tree.set(
        Base_Color=tree.blend(worn.outputs[0], material, (0.75, 0.1)), Roughness=0.42, Coat_Weight=0.15,
        Coat_Roughness=0.3,
    )  # fmt: skip
    tree.bump(grain.outputs["Distance"], 0.22, 0.0012)


def _stone(tree: _Tree, material: Material) -> None:
    """Marble's veins lie where a distorted noise crosses its middle; concrete, of two like colours, shows clouds."""
    place = tree.add("ShaderNodeTexCoord", 6)
    clouds = tree.add("ShaderNodeTexNoise", 5, Vector=place.outputs["Object"], Scale=2.2, Detail=7.0, Distortion=1.6)
    fold = tree.add("ShaderNodeMath", 4)
    fold.operation = "SUBTRACT"
    tree.feed(fold, "Value", clouds.outputs[0])
    fold.inputs[1].default_value = 0.5
    away = tree.add("ShaderNodeMath", 3)
    away.operation = "ABSOLUTE"
    tree.feed(away, "Value", fold.outputs[0])
    ramp = tree.add("ShaderNodeValToRGB", 2, Fac=away.outputs[0])
    for stop, position, share in zip(ramp.color_ramp.elements, (0.0, 0.024), (0.7, 0.0), strict=True):
        stop.position, stop.color = position, (*mixed(material, share), 1.0)
    matt = material.name in ("Concrete", "Travertine")
    tree.set(Base_Color=ramp.outputs["Color"], Roughness=0.75 if matt else 0.16, Coat_Weight=0.0 if matt else 0.3)


def _cane(tree: _Tree, material: Material) -> None:
    """Strands over and under each other."""
    place = tree.add("ShaderNodeTexCoord", 5)
    weave = tree.add("ShaderNodeTexChecker", 4, Vector=place.outputs["Object"], Scale=150.0)
    strand = tree.add("ShaderNodeTexNoise", 4, Vector=place.outputs["Object"], Scale=60.0, Detail=2.0)
    height = tree.add("ShaderNodeMath", 3)
    height.operation = "MULTIPLY_ADD"
    tree.feed(height, "Value", weave.outputs["Fac"])
    height.inputs[1].default_value = 0.35
    tree.links.new(strand.outputs[0], height.inputs[2])
    tree.set(Base_Color=tree.blend(height.outputs[0], material, (0.9, 0.0)), Roughness=0.6)
    tree.bump(height.outputs[0], 0.5, 0.002)


def _leaf(tree: _Tree, material: Material) -> None:
    place = tree.add("ShaderNodeTexCoord", 4)
    spots = tree.add("ShaderNodeTexNoise", 3, Vector=place.outputs["Object"], Scale=9.0, Detail=2.0)
    tree.set(Base_Color=tree.blend(spots.outputs[0], material, (0.9, 0.0)), Roughness=0.4, Sheen_Weight=0.15)


def _screen(tree: _Tree, material: Material) -> None:
    tree.set(Base_Color=(*material.colour, 1.0), Roughness=0.08, Coat_Weight=0.4, Coat_Roughness=0.03)


def _glass(tree: _Tree, material: Material) -> None:
    tree.set(Base_Color=(*material.colour, 1.0), Roughness=0.05, Transmission_Weight=1.0, IOR=1.45)


def _mirror(tree: _Tree, material: Material) -> None:
    tree.set(Base_Color=(*material.colour, 1.0), Metallic=1.0, Roughness=0.015)


def _glow(tree: _Tree, material: Material) -> None:
    colour = (*material.colour, 1.0)
    tree.set(Base_Color=colour, Roughness=0.15, Coat_Weight=0.5, Emission_Color=colour, Emission_Strength=1.6)


_BUILDERS: Final[dict[str, Callable[[_Tree, Material], None]]] = {
    "wood": _wood,
    "paint": _paint,
    "metal": _metal,
    "fabric": partial(_cloth, weave=_PLAIN),
    "velvet": partial(_cloth, weave=_VELVET),
    "boucle": partial(_cloth, weave=_BOUCLE),
    "leather": _leather,
    "stone": _stone,
    "cane": _cane,
    "leaf": _leaf,
    "screen": _screen,
    "glass": _glass,
    "mirror": _mirror,
    "glow": _glow,
}
