"""What colour a material shows, as far as that can be said without rendering: a value, a texture, both multiplied."""

from dataclasses import dataclass
from typing import Any, Final

import bpy
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

_GREY: Final = (0.6, 0.6, 0.6)
"""Linear r g b of what has no material."""
_DEEPEST: Final = 24
"""Nodes that are followed upwards."""
_COLOUR_INPUTS: Final = ("Base Color", "Color", "Color1", "Image", "Diffuse Color")


@dataclass(frozen=True, eq=False)
class Colour:
    """The colour of a surface.

    Args:
        tint: linear r g b, with which the others are multiplied.
        image: name of a texture; None without.
        of_corners: whether the mesh's own colours count.
    """

    tint: tuple[float, float, float] = _GREY
    image: str | None = None
    of_corners: bool = False

    def times(self, other: "Colour") -> "Colour":
        """The product of two colours."""
        r, g, b = (a * b for a, b in zip(self.tint, other.tint, strict=True))
        return Colour((r, g, b), self.image or other.image, self.of_corners or other.of_corners)


def colour_of(material: bpy.types.Material | None) -> Colour:
    """The colour of a material."""
    if material is None:
        return Colour(of_corners=True)
    plain = Colour(_rgb(material.diffuse_color))
    if material.node_tree is None or not material.use_nodes:
        return plain
    output = material.node_tree.get_output_node("ALL")
    surface = None if output is None else output.inputs["Surface"]
    link = surface.links[0] if surface is not None and surface.links else None
    shader = None if link is None else _shader(link.from_node, 0)
    return plain if shader is None else _of_node(shader, 0) or plain


def _shader(node: bpy.types.Node, depth: int) -> bpy.types.Node | None:
    """The first node above that gives a surface its colour: a BSDF."""
    if any(name in node.inputs and node.inputs[name].type == "RGBA" for name in _COLOUR_INPUTS):
        return node
    for socket in node.inputs:
        if socket.type == "SHADER" and socket.is_linked and depth < _DEEPEST:
            found = _shader(socket.links[0].from_node, depth + 1)
            if found is not None and found.type != "EMISSION":
                return found
    return None


def _of_node(node: bpy.types.Node, depth: int) -> Colour | None:
    """The colour that a node passes on; None where that cannot be said."""
    match node.type:
        case _ if depth > _DEEPEST:
            return None
        case "TEX_IMAGE":
            found = Colour((1, 1, 1), node.image.name if node.image else None)
        case "VERTEX_COLOR" | "ATTRIBUTE":
            found = Colour((1, 1, 1), of_corners=True)
        case "RGB":
            found = Colour(_rgb(node.outputs[0].default_value))
        case "VALTORGB":
            found = Colour(_rgb(np.mean([element.color[:3] for element in node.color_ramp.elements], axis=0)))
        case "MIX" | "MIX_RGB":
            found = _mixed(node, depth)
        case _:
            socket = next((node.inputs[name] for name in _COLOUR_INPUTS if name in node.inputs), None)
            found = None if socket is None else _of_socket(socket, depth)
    return found


def _mixed(node: bpy.types.Node, depth: int) -> Colour | None:
    sockets = [s for s in node.inputs if s.type == "RGBA" and s.enabled]
    colours = [_of_socket(socket, depth) for socket in sockets[:2]]
    if len(colours) < 2 or None in colours:
        return next((colour for colour in colours if colour is not None), None)
    first, second = colours
    if node.blend_type == "MULTIPLY":
        return first.times(second)
    factor = next((s for s in node.inputs if s.type == "VALUE" and s.enabled), None)
    share = 0.5 if factor is None or factor.is_linked else float(factor.default_value)
    return second if share > 0.5 else first


def _of_socket(socket: bpy.types.NodeSocket, depth: int) -> Colour | None:
    if socket.is_linked:
        return _of_node(socket.links[0].from_node, depth + 1)
    return Colour(_rgb(socket.default_value))


def _rgb(values: Any) -> tuple[float, float, float]:  # noqa: ANN401
    r, g, b = (min(max(float(v), 0.0), 1.0) for v in list(values)[:3])
    return r, g, b


class Painter:
    """Colours points by their materials; reads each texture once."""

    def __init__(self) -> None:
        self._pictures: dict[str, Array] = {}

    def paint(self, colour: Colour, uv: Array | None, corners: Array | None, count: int) -> Array:
        """Linear colours (count, 3) of points with uv (count, 2) and with mesh colours (count, 4)."""
        found = np.tile(np.array(colour.tint, dtype=np.float32), (count, 1))
        if colour.image is not None and uv is not None:
            found *= self._looked_up(colour.image, uv)
        if colour.of_corners and corners is not None:
            found *= corners[:, :3]
        return found

    def _looked_up(self, name: str, uv: Array) -> Array:
        if name not in self._pictures:
            self._pictures[name] = _pixels(bpy.data.images[name])
        picture = self._pictures[name]
        height, width = picture.shape[:2]
        columns = (np.floor(uv[:, 0] * width).astype(np.int64)) % width
        rows = (np.floor(uv[:, 1] * height).astype(np.int64)) % height
        return picture[rows, columns]


def _pixels(image: Any) -> Array:  # noqa: ANN401  (the stubs know no size of an image)
    """(height, width, 3) linear; white where it cannot be read."""
    width, height = image.size
    channels = image.channels
    if not width or not height or not image.has_data or channels < 1:
        return np.ones((1, 1, 3), dtype=np.float32)
    values = np.empty(width * height * channels, dtype=np.float32)
    image.pixels.foreach_get(values)
    values = values.reshape(height, width, channels)
    values = values[..., :3] if channels >= 3 else np.repeat(values[..., :1], 3, axis=-1)
    values = np.nan_to_num(values).clip(0, 1)
    return linear(values) if image.colorspace_settings.name == "sRGB" and not image.is_float else values


def linear(values: Array) -> Array:
    """Linear light of sRGB values."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


def encoded(values: Array) -> Array:
    """SRGB values of linear light."""
    return np.where(values <= 0.0031308, values * 12.92, 1.055 * np.maximum(values, 1e-9) ** (1 / 2.4) - 0.055)
