"""Looks of walls, floors and glass: each function gives a new material its nodes."""

from collections.abc import Sequence
from typing import Any, Final

import bpy

Colour = Sequence[float]
"""Linear RGB."""

WALL_COLOURS: Final = (
    (0.78, 0.73, 0.66),  # oat
    (0.60, 0.65, 0.57),  # sage
    (0.80, 0.77, 0.73),  # warm white
    (0.56, 0.62, 0.68),  # dusty blue
    (0.74, 0.62, 0.54),  # clay
)
WHITE: Final = (0.82, 0.80, 0.77)
"""Of skirting, frames and doors."""
CEILING: Final = (0.86, 0.85, 0.83)
_OAK: Final = (0.36, 0.22, 0.125)
"""Of the floor where a viewport shows plain colours."""


def paint(material: bpy.types.Material, colour: Colour) -> None:
    """A matt paint: without gloss a picture takes a third less time."""
    material.use_nodes = True
    material.diffuse_color = (*colour, 1.0)
    tree = material.node_tree
    tree.nodes.clear()
    shader = tree.nodes.new("ShaderNodeBsdfDiffuse")
    shader.inputs["Color"].default_value = (*colour, 1.0)
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(shader.outputs["BSDF"], output.inputs["Surface"])


def see_through(material: bpy.types.Material) -> None:
    """Lets the camera look through the backs of faces, which block light all the same, as in a doll's house."""
    material.use_backface_culling = True
    tree = material.node_tree
    output = next(node for node in tree.nodes if node.type == "OUTPUT_MATERIAL")
    links: Any = output.inputs["Surface"].links  # the type stubs have it that there may be none
    shader = links[0].from_socket
    rays, side = tree.nodes.new("ShaderNodeLightPath"), tree.nodes.new("ShaderNodeNewGeometry")
    both = _node(tree, "ShaderNodeMath", operation="MULTIPLY")
    clear, mix = tree.nodes.new("ShaderNodeBsdfTransparent"), tree.nodes.new("ShaderNodeMixShader")
    for source, target in (
        (rays.outputs["Is Camera Ray"], both.inputs[0]),
        (side.outputs["Backfacing"], both.inputs[1]),
        (both.outputs[0], mix.inputs[0]),
        (shader, mix.inputs[1]),
        (clear.outputs[0], mix.inputs[2]),
        (mix.outputs[0], output.inputs["Surface"]),
    ):
        tree.links.new(source, target)


def glass(material: bpy.types.Material) -> None:
    """A thin pane: it lets light through unbent, and mirrors a little, more at a flat angle."""
    material.use_nodes = True
    material.diffuse_color = (0.72, 0.82, 0.86, 0.25)
    if hasattr(material, "surface_render_method"):
        material.surface_render_method = "BLENDED"
    tree = material.node_tree
    tree.nodes.clear()
    fresnel = _node(tree, "ShaderNodeLayerWeight")
    fresnel.inputs["Blend"].default_value = 0.15
    clear, mirror = tree.nodes.new("ShaderNodeBsdfTransparent"), tree.nodes.new("ShaderNodeBsdfGlossy")
    mirror.inputs["Roughness"].default_value = 0.0
    mix, output = tree.nodes.new("ShaderNodeMixShader"), tree.nodes.new("ShaderNodeOutputMaterial")
    for source, target in (
        (fresnel.outputs["Fresnel"], mix.inputs[0]),
        (clear.outputs[0], mix.inputs[1]),
        (mirror.outputs[0], mix.inputs[2]),
        (mix.outputs[0], output.inputs["Surface"]),
    ):
        tree.links.new(source, target)


def planks(material: bpy.types.Material, metres: float = 1.0) -> None:
    """Oak planks: a brick pattern whose bricks differ in tone, with grain along them.

    Args:
        material: gets it.
        metres: in one unit of the object's own axes.
    """
    material.use_nodes = True
    material.diffuse_color = (*_OAK, 1.0)
    tree = material.node_tree
    shader = tree.nodes["Principled BSDF"]
    place = tree.nodes.new("ShaderNodeTexCoord")
    measure = _node(tree, "ShaderNodeVectorMath", operation="SCALE")
    _set(measure, Scale=metres)
    bricks = _node(tree, "ShaderNodeTexBrick", offset=0.37, offset_frequency=2)
    _set(bricks, Scale=1.0, **{"Mortar Size": 0.0012, "Mortar Smooth": 0.1, "Brick Width": 1.3, "Row Height": 0.13})
    _set(bricks, Color1=(0.0, 0.0, 0.0, 1), Color2=(1, 1, 1, 1), Mortar=(0.5, 0.5, 0.5, 1))
    stretch = _node(tree, "ShaderNodeMapping")
    _set(stretch, Scale=(1.2, 22.0, 1.0))
    shift = _node(tree, "ShaderNodeVectorMath", operation="ADD")
    grain = _node(tree, "ShaderNodeTexNoise")
    _set(grain, Scale=2.2, Detail=7.0, Roughness=0.62, Distortion=0.6)
    tone = _node(tree, "ShaderNodeMath", operation="MULTIPLY_ADD")
    tone.inputs[1].default_value = 0.42
    ramp = _ramp(tree, ((0.15, (0.15, 0.082, 0.042)), (0.5, (0.27, 0.155, 0.082)), (0.9, (0.42, 0.27, 0.155))))
    seam = _node(tree, "ShaderNodeMix", data_type="RGBA")
    seam.inputs[7].default_value = (0.05, 0.03, 0.018, 1)
    scale = _node(tree, "ShaderNodeMath", operation="MULTIPLY")
    scale.inputs[1].default_value = 0.6
    for source, target in (
        (place.outputs["Object"], measure.inputs[0]),
        (measure.outputs[0], bricks.inputs["Vector"]),
        (measure.outputs[0], shift.inputs[0]),
        (bricks.outputs["Color"], shift.inputs[1]),
        (shift.outputs[0], stretch.inputs["Vector"]),
        (stretch.outputs["Vector"], grain.inputs["Vector"]),
        (bricks.outputs["Color"], tone.inputs[0]),
        (grain.outputs[0], scale.inputs[0]),
        (scale.outputs[0], tone.inputs[2]),
        (tone.outputs[0], ramp.inputs["Fac"]),
        (bricks.outputs["Fac"], seam.inputs[0]),
        (ramp.outputs["Color"], seam.inputs[6]),
        (seam.outputs[2], shader.inputs["Base Color"]),
    ):
        tree.links.new(source, target)
    shader.inputs["Roughness"].default_value = 0.38


def _node(tree: bpy.types.NodeTree, kind: str, **settings: Any) -> bpy.types.Node:  # noqa: ANN401
    node = tree.nodes.new(kind)
    for key, value in settings.items():
        setattr(node, key, value)
    return node


def _set(node: bpy.types.Node, **values: Any) -> None:  # noqa: ANN401
    for key, value in values.items():
        node.inputs[key].default_value = value


def _ramp(tree: bpy.types.NodeTree, stops: Sequence[tuple[float, Sequence[float]]]) -> bpy.types.Node:
    node = tree.nodes.new("ShaderNodeValToRGB")
    elements = node.color_ramp.elements
    while len(elements) < len(stops):
        elements.new(0.5)
    for element, (place, colour) in zip(elements, stops, strict=True):
        element.position, element.color = place, (*colour, 1)
    return node
