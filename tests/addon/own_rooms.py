"""Rooms as people model them: outlines of many forms, walls in one mesh or many, doors and windows of every making."""

import math
from dataclasses import dataclass

import bpy
from mathutils import Vector
from mathutils.geometry import tessellate_polygon

RECTANGLE = ((0, 0), (4.2, 0), (4.2, 3.6), (0, 3.6))
L_FORM = ((0, 0), (6, 0), (6, 3.2), (3.4, 3.2), (3.4, 5.6), (0, 5.6))
U_FORM = ((0, 0), (7, 0), (7, 5), (4.8, 5), (4.8, 2.8), (2.4, 2.8), (2.4, 5), (0, 5))
SLANTED = ((0, 0), (5, 0), (5, 2.6), (3.4, 4.4), (0, 4.4))
T_FORM = ((0, 0), (6.4, 0), (6.4, 2.8), (4.4, 2.8), (4.4, 5.4), (2, 5.4), (2, 2.8), (0, 2.8))
SMALL = ((0, 0), (3.0, 0), (3.0, 2.6), (0, 2.6))
LARGE = ((0, 0), (8.4, 0), (8.4, 6.2), (0, 6.2))
HEIGHT = 2.7


@dataclass(frozen=True)
class Hole:
    """A door or a window in a side of the outline, metres along it and up."""

    kind: str
    side: int
    low: float
    high: float
    bottom: float
    top: float


def door(side, low, width=0.9):
    return Hole("door", side, low, low + width, 0.0, 2.05)


def window(side, low, width=1.4):
    return Hole("window", side, low, low + width, 0.9, 2.2)


@dataclass(frozen=True)
class OwnRoom:
    """How a room is made.

    Args:
        name: of the case.
        outline: anticlockwise corners, metres.
        openings: doors and windows.
        walls: "boxes", "ring" (one solid mesh), "planes" (one mesh of single sides), "shell" (planes with the floor),
            "pieces" (boxes around real gaps) or "none".
        doors: "gaps", "boxes" (objects in the wall), "cutters" (boolean).
        holes: in the floor.
        floor: "plane", "slab", "flipped", "large" (a ground that goes on below the walls) or "none".
        turn: of all of it about +Z, radians.
        names: "english", "german" or "none".
        room_type: to furnish it as.
        shift: where it stands.
    """

    name: str
    outline: tuple
    openings: tuple = ()
    walls: str = "boxes"
    doors: str = "boxes"
    holes: tuple = ()
    floor: str = "plane"
    turn: float = 0.0
    names: str = "english"
    room_type: str = "bedroom"
    shift: tuple = (0.0, 0.0, 0.0)
    thickness: float = 0.15


COLUMN = ((1.9, 1.5), (2.3, 1.5), (2.3, 1.9), (1.9, 1.9))
STAIRWELL = ((5.6, 3.6), (7.6, 3.6), (7.6, 5.4), (5.6, 5.4))
ROOMS = (
    OwnRoom("rectangle of boxes", RECTANGLE, (door(0, 0.3), window(2, 1.2))),
    OwnRoom("L of boxes", L_FORM, (door(0, 4.6), window(5, 1.5), window(1, 0.8)), room_type="livingroom"),
    OwnRoom("U shell", U_FORM, (door(0, 0.4), window(1, 2.0)), "shell", room_type="livingroom"),
    OwnRoom("slanted ring", SLANTED, (door(0, 0.3), window(2, 0.5)), "ring", "cutters"),
    OwnRoom("T of pieces with gaps", T_FORM, (door(0, 2.7), window(3, 0.6)), "pieces", "gaps", room_type="livingroom"),
    OwnRoom("column", RECTANGLE, (door(0, 0.3), window(2, 1.2)), "ring", "boxes", (COLUMN,)),
    OwnRoom("stairwell", LARGE, (door(0, 0.5), window(3, 2)), "boxes", "boxes", (STAIRWELL,), room_type="livingroom"),
    OwnRoom("thick floor", RECTANGLE, (door(1, 0.4), window(3, 1.0)), "pieces", "gaps", floor="slab"),
    OwnRoom("flipped floor", SMALL, (door(0, 0.2), window(2, 0.6)), floor="flipped"),
    OwnRoom("ground below walls", RECTANGLE, (door(0, 0.3), window(2, 1.2)), "ring", "cutters", floor="large"),
    OwnRoom("walls alone", RECTANGLE, (door(0, 0.3), window(2, 1.2)), "boxes", floor="none"),
    OwnRoom("floor alone", L_FORM, (), "none", room_type="livingroom"),
    OwnRoom("turned", RECTANGLE, (door(0, 0.3), window(2, 1.2)), "boxes", turn=math.radians(33)),
    OwnRoom("turned L shell", L_FORM, (door(0, 4.6), window(5, 1.5)), "shell", "gaps", turn=math.radians(-20),
            room_type="livingroom"),
    OwnRoom("German", RECTANGLE, (door(0, 0.3), window(2, 1.2)), names="german", room_type="diningroom"),
    OwnRoom("without names", RECTANGLE, (door(0, 0.3), window(2, 1.2)), names="none"),
    OwnRoom("shell without names", SLANTED, (door(0, 0.3), window(2, 0.5)), "shell", "gaps", names="none"),
    OwnRoom("upstairs and far away", RECTANGLE, (door(0, 0.3), window(2, 1.2)), "pieces", "gaps",
            shift=(120.0, -80.0, 3.1)),
    OwnRoom("large", LARGE, (door(0, 0.5), door(2, 1.0), window(1, 1.5, 2.4), window(3, 2.0)), "ring", "cutters",
            room_type="livingroom"),
    OwnRoom("planes with gaps", T_FORM, (door(0, 2.7), window(1, 0.7)), "planes", "gaps", room_type="diningroom"),
)  # fmt: skip

_NAMES = {
    "english": {"floor": "Floor", "wall": "Wall", "room": "Room", "door": "Door", "window": "Window",
                "cutter": "Cutter"},
    "german": {"floor": "Fußboden", "wall": "Innenwand", "room": "Raum", "door": "Tür_links", "window": "Fenster",
               "cutter": "Ausschnitt"},
    "none": {"floor": "Plane", "wall": "Cube", "room": "Cube", "door": "Cube", "window": "Cube", "cutter": "Cube"},
}  # fmt: skip


class Builder:
    """Makes the objects of one room in the open file."""

    def __init__(self, room):
        self.room = room
        self.unit = bpy.context.scene.unit_settings.scale_length
        self.objects = []

    def build(self):
        """Makes all; returns the object that a person would point to."""
        room = self.room
        if room.floor != "none" and room.walls != "shell":
            self._floor()
        make = getattr(self, f"_{room.walls}")
        make()
        if room.doors == "boxes":
            for hole in room.openings:
                self._solid(hole.kind, *self._hole_box(hole, room.thickness + 0.04))
        bpy.context.view_layer.update()
        return self.objects[0]

    def _mesh(self, kind, corners, faces):
        turn, shift = self.room.turn, self.room.shift
        placed = [
            (
                (x * math.cos(turn) - y * math.sin(turn) + shift[0]) / self.unit,
                (x * math.sin(turn) + y * math.cos(turn) + shift[1]) / self.unit,
                (z + shift[2]) / self.unit,
            )
            for x, y, z in corners
        ]
        name = _NAMES[self.room.names][kind]
        mesh = bpy.data.meshes.new(name)
        mesh.from_pydata(placed, [], faces)
        obj = bpy.data.objects.new(name, mesh)
        bpy.context.scene.collection.objects.link(obj)
        self.objects.append(obj)
        return obj

    def _fill(self, loops, z, *, flipped=False):
        corners = [(x, y, z) for loop in loops for x, y in loop]
        faces = tessellate_polygon([[Vector((x, y, z)) for x, y in loop] for loop in loops])
        return corners, [face[::-1] if flipped else face for face in faces]

    def _floor(self):
        room = self.room
        outline = room.outline
        if room.floor == "large":
            outline = ((-3, -3), (9, -3), (9, 9), (-3, 9))
        corners, faces = self._fill((outline, *room.holes), 0.0, flipped=room.floor == "flipped")
        if room.floor == "slab":
            below, under = self._fill((outline,), -0.25, flipped=True)
            count, n = len(corners), len(outline)
            sides = [(k, (k + 1) % n, count + (k + 1) % n, count + k) for k in range(n)]
            corners, faces = corners + below, faces + [[i + count for i in f] for f in under] + sides
        self._mesh("floor", corners, faces)

    def _sides(self):
        outline = self.room.outline
        return list(zip(outline, (*outline[1:], outline[0]), strict=True))

    def at(self, side, along, out):
        (ax, ay), (bx, by) = self._sides()[side]
        length = math.dist((ax, ay), (bx, by))
        ux, uy = (bx - ax) / length, (by - ay) / length
        return ax + ux * along + uy * out, ay + uy * along - ux * out

    def _hole_box(self, hole, thickness):
        low, high = -0.02, thickness
        ground = [self.at(hole.side, a, o) for a, o in
                  ((hole.low, low), (hole.high, low), (hole.high, high), (hole.low, high))]  # fmt: skip
        return ground, hole.bottom, hole.top

    def _solid(self, kind, ground, bottom, top):
        corners = [(x, y, z) for z in (bottom, top) for x, y in ground]
        faces = [(3, 2, 1, 0), (4, 5, 6, 7), *((k, (k + 1) % 4, 4 + (k + 1) % 4, 4 + k) for k in range(4))]
        return self._mesh(kind, corners, faces)

    def _none(self):
        pass

    def _boxes(self):
        t = self.room.thickness
        for number, (a, b) in enumerate(self._sides()):
            length = math.dist(a, b)
            ground = [self.at(number, x, o) for x, o in ((-t, 0), (length + t, 0), (length + t, t), (-t, t))]
            if self._is_inner(number) or self._is_inner((number + 1) % len(self._sides())):
                ground = [self.at(number, x, o) for x, o in ((0, 0), (length, 0), (length, t), (0, t))]
            self._solid("wall", ground, 0.0, HEIGHT)

    def _is_inner(self, number):
        outline = self.room.outline
        a, b, c = outline[number - 1], outline[number], outline[(number + 1) % len(outline)]
        return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]) < 0

    def _pieces(self):
        t = self.room.thickness
        for number, (a, b) in enumerate(self._sides()):
            length = math.dist(a, b)
            holes = sorted((h for h in self.room.openings if h.side == number), key=lambda h: h.low)
            at = 0.0
            for hole in holes:
                self._wall_part(number, at, hole.low, 0.0, HEIGHT, t)
                self._wall_part(number, hole.low, hole.high, 0.0, hole.bottom, t)
                self._wall_part(number, hole.low, hole.high, hole.top, HEIGHT, t)
                at = hole.high
            self._wall_part(number, at, length, 0.0, HEIGHT, t)

    def _wall_part(self, number, low, high, bottom, top, t):
        if high - low > 1e-6 and top - bottom > 1e-6:
            ground = [self.at(number, x, o) for x, o in ((low, 0), (high, 0), (high, t), (low, t))]
            self._solid("wall", ground, bottom, top)

    def _ring(self):
        room, t = self.room, self.room.thickness
        outer = _offset(room.outline, t)
        n = len(outer)
        corners = [(x, y, z) for z in (0.0, HEIGHT) for loop in (room.outline, outer) for x, y in loop]
        faces = []
        for k in range(n):
            m = (k + 1) % n
            faces += [(k, k + 2 * n, m + 2 * n, m), (n + k, n + m, 3 * n + m, 3 * n + k)]
            faces += [(k, m, n + m, n + k), (2 * n + k, 3 * n + k, 3 * n + m, 2 * n + m)]
        ring = self._mesh("wall", corners, faces)
        if room.doors == "cutters":
            for hole in room.openings:
                (ground, bottom, top) = self._hole_box(hole, t + 0.3)
                ground = [self.at(hole.side, a, o) for a, o in
                          ((hole.low, -0.3), (hole.high, -0.3), (hole.high, t + 0.3), (hole.low, t + 0.3))]  # fmt: skip
                cutter = self._solid("cutter", ground, bottom - (0.05 if bottom == 0 else 0), top)
                cutter.display_type = "WIRE"
                modifier = ring.modifiers.new("Boolean", "BOOLEAN")
                modifier.operation, modifier.object, modifier.solver = "DIFFERENCE", cutter, "EXACT"

    def _planes(self):
        self._mesh("wall", *self._plane_faces())

    def _shell(self):
        corners, faces = self._plane_faces()
        floor, ground = self._fill((self.room.outline, *self.room.holes), 0.0)
        self._mesh("room", corners + floor, faces + [[i + len(corners) for i in face] for face in ground])

    def _plane_faces(self):
        corners, faces = [], []

        def rectangle(number, low, high, bottom, top):
            if high - low > 1e-6 and top - bottom > 1e-6:
                (ax, ay), (bx, by) = self.at(number, low, 0), self.at(number, high, 0)
                faces.append(tuple(range(len(corners), len(corners) + 4)))
                corners.extend([(ax, ay, bottom), (bx, by, bottom), (bx, by, top), (ax, ay, top)])

        for number, (a, b) in enumerate(self._sides()):
            holes = [h for h in self.room.openings if h.side == number] if self.room.doors == "gaps" else []
            at = 0.0
            for hole in sorted(holes, key=lambda h: h.low):
                rectangle(number, at, hole.low, 0.0, HEIGHT)
                rectangle(number, hole.low, hole.high, 0.0, hole.bottom)
                rectangle(number, hole.low, hole.high, hole.top, HEIGHT)
                at = hole.high
            rectangle(number, at, math.dist(a, b), 0.0, HEIGHT)
        return corners, faces


def _offset(outline, distance):
    """The outline moved outwards."""
    found = []
    for k, b in enumerate(outline):
        a, c = outline[k - 1], outline[(k + 1) % len(outline)]
        n1, n2 = _normal(a, b), _normal(b, c)
        dot = n1[0] * n2[0] + n1[1] * n2[1]
        found.append(tuple(p + distance * (u + v) / (1 + dot) for p, u, v in zip(b, n1, n2, strict=True)))
    return tuple(found)


def _normal(a, b):
    length = math.dist(a, b)
    return (b[1] - a[1]) / length, -(b[0] - a[0]) / length
