"""Floor, ceiling and walls around a room for one picture, built as temporary datablocks and removed after it.

All lengths are metres in the room's axes; the caller gives the matrix from there to the world.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import bpy
from mathutils import Matrix, Vector

from ..instructscene_core.scene import FloorPlan, Opening, Point2
from .sides import BEYOND, THICKNESS, Overhang, Side, counter_clockwise, edges, standing_walls

Box = tuple[float, float, float, float, float, float]
"""min x, max x, min y, max y, min z, max z: metres."""

WALL_COLOURS: Final = (
    (0.78, 0.73, 0.66),  # oat
    (0.60, 0.65, 0.57),  # sage
    (0.80, 0.77, 0.73),  # warm white
    (0.56, 0.62, 0.68),  # dusty blue
    (0.74, 0.62, 0.54),  # clay
)
_BASEBOARD: Final = (0.09, 0.018)
"""Height and depth of baseboards, metres."""
_FRAME: Final = 0.05
"""Width of the bars of a window, metres."""
_STEP: Final = 0.001
"""Metres between grounds that overlap: in one plane they would render black."""


@dataclass
class Stage:
    """Adds temporary objects to a collection, and removes them with their data.

    Args:
        collection: where the objects go.
        frame: matrix from metres in the room's axes to the world.
        metres: in one Blender unit.
    """

    collection: bpy.types.Collection
    frame: Matrix
    metres: float
    _blocks: list[Any] = field(default_factory=list)

    def keep(self, block: Any) -> Any:  # noqa: ANN401  (any datablock)
        """Registers a datablock for removal and returns it."""
        self._blocks.append(block)
        return block

    def add(self, name: str, data: bpy.types.ID | None, local: Matrix) -> bpy.types.Object:
        """Adds an object; ``local`` is in metres in the room's axes."""
        obj = self.keep(bpy.data.objects.new(name, data))
        obj.matrix_world = self.frame @ local
        self.collection.objects.link(obj)
        return obj

    def mesh(self, name: str, faces: Iterable[Sequence[Vector]], material: bpy.types.Material) -> bpy.types.Object:
        """Adds a mesh made of separate polygons, metres."""
        corners: list[Vector] = []
        polygons: list[list[int]] = []
        for face in faces:
            polygons.append(list(range(len(corners), len(corners) + len(face))))
            corners.extend(face)
        mesh = self.keep(bpy.data.meshes.new(name))
        mesh.from_pydata(corners, [], polygons)
        mesh.materials.append(material)
        return self.add(name, mesh, Matrix())

    def light(self, name: str, kind: str, energy: float, local: Matrix, **settings: Any) -> bpy.types.Object:  # noqa: ANN401
        """Adds a light that the camera does not see; ``energy`` holds at one metre a unit, sizes are metres."""
        lamp = self.keep(bpy.data.lights.new(name, kind))
        lamp.energy = energy if kind == "SUN" else energy / self.metres**2
        for key, value in settings.items():
            setattr(lamp, key, value)
        obj = self.add(name, lamp, local)
        obj.visible_camera = False
        return obj

    def remove(self) -> None:
        """Removes all that was added, objects before their data."""
        for block in reversed(self._blocks):
            bpy.data.batch_remove([block])
        self._blocks.clear()


def build_room(stage: Stage, floor: FloorPlan, eye: Vector, forward: Vector, colour: int) -> None:
    """Adds floor, ceiling and walls; walls before or behind the camera are left out, and the room goes on beyond them.

    So nothing hangs in the air, no cut edge shows, and light comes in from the camera's side.

    Args:
        stage: gets them.
        floor: with a polygon.
        eye: the camera's position.
        forward: level direction in which it looks.
        colour: index into `WALL_COLOURS`.
    """
    polygon = counter_clockwise(floor.polygon or ())
    paint = matt_material(stage, "Wall", WALL_COLOURS[colour % len(WALL_COLOURS)])
    white = matt_material(stage, "Trim", (0.82, 0.80, 0.77))
    ceiling = matt_material(stage, "Ceiling", (0.86, 0.85, 0.83))
    walls = [
        _Wall(start, end, floor.height, [_Hole.of(o, start, end) for o in floor.openings if _is_in_wall(o, start, end)])
        for start, end in edges(polygon)
    ]
    overhangs = standing_walls(walls, eye, forward)
    beyond = [wall.beyond() for wall, overhang in zip(walls, overhangs, strict=True) if overhang is None]
    grounds = [[Vector(corner).to_3d() for corner in polygon], *beyond]
    steps = [Vector((0, 0, k * _STEP)) for k in range(len(grounds))]
    lowered = [[corner - step for corner in ground] for ground, step in zip(grounds, steps, strict=True)]
    raised = [[corner + step for corner in reversed(ground)] for ground, step in zip(grounds, steps, strict=True)]
    stage.mesh("Floor", lowered, floor_material(stage))
    stage.mesh("Ceiling", [[corner + Vector((0, 0, floor.height)) for corner in face] for face in raised], ceiling)
    for wall, overhang in zip(walls, overhangs, strict=True):
        if overhang is not None:
            stage.mesh("Wall", wall.panels(overhang), paint)
            stage.mesh("Trim", [face for box in wall.trim(overhang) for face in wall.box(box)], white)


@dataclass(frozen=True)
class _Hole:
    """An opening of a wall: ``left`` and ``right`` are metres from the wall's start, ``bottom`` and ``top`` heights."""

    kind: str
    left: float
    right: float
    bottom: float
    top: float

    @staticmethod
    def of(opening: Opening, start: Point2, end: Point2) -> "_Hole":
        origin, along = Vector(start), (Vector(end) - Vector(start)).normalized()
        a, b = sorted((Vector(p) - origin).dot(along) for p in opening.segment)
        return _Hole(opening.kind, a, b, opening.bottom, opening.top)


def _is_in_wall(opening: Opening, start: Point2, end: Point2) -> bool:
    """Whether an opening lies in the wall whose inner side runs from start to end, within 30 cm."""
    origin, span = Vector(start), Vector(end) - Vector(start)
    along = span.normalized()
    places = [Vector(p) - origin for p in opening.segment]
    flush = all(abs(p.cross(along)) < 0.3 for p in places)
    return flush and all(-0.05 < p.dot(along) < span.length + 0.05 for p in places)


@dataclass(frozen=True)
class _Wall(Side):
    """A wall seen from inside: x runs along it from its start, y points into the room, z up."""

    height: float
    holes: Sequence[_Hole]

    def at(self, x: float, y: float, z: float) -> Vector:
        """A point given in the wall's axes, in those of the room."""
        place = Vector(self.start) + self.along * x + self.inward * y
        return Vector((place.x, place.y, z))

    def beyond(self) -> list[Vector]:
        """The ground behind the wall, wide enough for an oblique view, with a strip before it that hides the seam."""
        left, right, seam = -BEYOND, self.length + BEYOND, 0.05
        corners = ((left, -BEYOND), (right, -BEYOND), (right, seam), (left, seam))
        return [self.at(x, y, 0) for x, y in corners]

    def panels(self, overhang: Overhang) -> list[list[Vector]]:
        """The faces of the wall around its holes, and the holes' reveals."""
        faces: list[list[Vector]] = []
        x = -overhang.before
        for hole in sorted(self.holes, key=lambda h: h.left):
            faces += [self._panel(x, hole.left, 0, self.height), *self._around(hole)]
            x = hole.right
        return [*faces, self._panel(x, self.length + overhang.after, 0, self.height)]

    def _around(self, hole: _Hole) -> list[list[Vector]]:
        left, right, bottom, top = hole.left, hole.right, max(hole.bottom, 0.0), min(hole.top, self.height)
        depth = -THICKNESS
        reveals = [
            [(left, 0, bottom), (left, 0, top), (left, depth, top), (left, depth, bottom)],
            [(right, depth, bottom), (right, depth, top), (right, 0, top), (right, 0, bottom)],
            [(left, depth, bottom), (right, depth, bottom), (right, 0, bottom), (left, 0, bottom)],
            [(left, 0, top), (right, 0, top), (right, depth, top), (left, depth, top)],
        ]
        above, below = self._panel(left, right, top, self.height), self._panel(left, right, 0, bottom)
        return [above, below, *([self.at(*corner) for corner in face] for face in reveals)]

    def _panel(self, left: float, right: float, bottom: float, top: float) -> list[Vector]:
        return [self.at(x, 0, z) for x, z in ((right, bottom), (left, bottom), (left, top), (right, top))]

    def trim(self, overhang: Overhang) -> list[Box]:
        """Baseboards, casings, window frames and door leaves, in the wall's axes."""
        height, depth = _BASEBOARD
        doors = sorted((h for h in self.holes if h.bottom < height), key=lambda h: h.left)
        sides = (x for door in doors for x in (door.left - 0.07, door.right + 0.07))
        ends = [-overhang.before, *sides, self.length + overhang.after]
        boxes: list[Box] = [(a, b, 0, depth, 0, height) for a, b in zip(ends[::2], ends[1::2], strict=True) if b > a]
        for hole in self.holes:
            boxes += _casing(hole) + (_leaf(hole) if hole.kind == "door" else _sash(hole))
        return boxes

    def box(self, box: Box) -> list[list[Vector]]:
        """The six faces of a box given in the wall's axes."""
        x, y, z = box[0:2], box[2:4], box[4:6]
        sides = ["000 010 110 100", "001 101 111 011", "000 100 101 001", "010 011 111 110", "000 001 011 010"]
        sides.append("100 110 111 101")
        return [[self.at(x[int(c[0])], y[int(c[1])], z[int(c[2])]) for c in side.split()] for side in sides]


def _casing(hole: _Hole) -> list[Box]:
    """A flat moulding around an opening."""
    width, depth = 0.07, 0.022
    low = 0.0 if hole.kind == "door" else hole.bottom - width
    return [
        (hole.left - width, hole.left, 0, depth, low, hole.top + width),
        (hole.right, hole.right + width, 0, depth, low, hole.top + width),
        (hole.left, hole.right, 0, depth, hole.top, hole.top + width),
        *(
            []
            if hole.kind == "door"
            else [(hole.left - 0.1, hole.right + 0.1, 0, 0.09, hole.bottom - 0.035, hole.bottom)]
        ),
    ]


def _leaf(hole: _Hole) -> list[Box]:
    """A closed door with two raised panels and a knob."""
    back, front = -0.07, -0.03
    middle, inset = (hole.bottom + hole.top) / 2, 0.13
    left, right = hole.left + inset, hole.right - inset
    knob = (hole.right - 0.1, hole.right - 0.06, front, front + 0.06, 1.0, 1.04)
    return [
        (hole.left, hole.right, back, front, hole.bottom, hole.top),
        (left, right, front, front + 0.012, hole.bottom + inset, middle - 0.06),
        (left, right, front, front + 0.012, middle + 0.06, hole.top - inset),
        knob,
    ]


def _sash(hole: _Hole) -> list[Box]:
    """A window's frame, with uprights about every 0.7 m."""
    back, front = -0.09, -0.04
    left, right, low, high = hole.left, hole.right, hole.bottom, hole.top
    count = max(2, round((right - left) / 0.7) + 1)
    step = (right - left - _FRAME) / (count - 1)
    uprights: list[Box] = [(left + i * step, left + i * step + _FRAME, back, front, low, high) for i in range(count)]
    bars: list[Box] = [(left, right, back, front, z, z + _FRAME) for z in (low, high - _FRAME)]
    return uprights + bars


def matt_material(stage: Stage, name: str, colour: Sequence[float]) -> bpy.types.Material:
    """A diffuse paint: without gloss a picture takes a third less time."""
    material = stage.keep(bpy.data.materials.new(name))
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    shader = tree.nodes.new("ShaderNodeBsdfDiffuse")
    shader.inputs["Color"].default_value = (*colour, 1.0)
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(shader.outputs["BSDF"], output.inputs["Surface"])
    return material


def floor_material(stage: Stage) -> bpy.types.Material:
    """Oak planks: a brick pattern whose bricks differ in tone, with grain along them, in metres."""
    material = stage.keep(bpy.data.materials.new("Floor"))
    material.use_nodes = True
    tree = material.node_tree
    shader = tree.nodes["Principled BSDF"]
    place = tree.nodes.new("ShaderNodeTexCoord")
    planks = _node(tree, "ShaderNodeTexBrick", offset=0.37, offset_frequency=2)
    _set(planks, Scale=1.0, **{"Mortar Size": 0.0012, "Mortar Smooth": 0.1, "Brick Width": 1.3, "Row Height": 0.13})
    _set(planks, Color1=(0.0, 0.0, 0.0, 1), Color2=(1, 1, 1, 1), Mortar=(0.5, 0.5, 0.5, 1))
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
        (place.outputs["Object"], planks.inputs["Vector"]),
        (place.outputs["Object"], shift.inputs[0]),
        (planks.outputs["Color"], shift.inputs[1]),
        (shift.outputs[0], stretch.inputs["Vector"]),
        (stretch.outputs["Vector"], grain.inputs["Vector"]),
        (planks.outputs["Color"], tone.inputs[0]),
        (grain.outputs[0], scale.inputs[0]),
        (scale.outputs[0], tone.inputs[2]),
        (tone.outputs[0], ramp.inputs["Fac"]),
        (planks.outputs["Fac"], seam.inputs[0]),
        (ramp.outputs["Color"], seam.inputs[6]),
        (seam.outputs[2], shader.inputs["Base Color"]),
    ):
        tree.links.new(source, target)
    shader.inputs["Roughness"].default_value = 0.38
    return material


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
