"""Twenty rooms as people model them: floors of many forms, with holes, things that stand there, doors and windows."""

import math
from typing import NamedTuple

from instructscene_core.scene import FloorPlan, Scene, SceneObject


class OwnRoom(NamedTuple):
    """A floor of a person's own.

    Attributes:
        name: of the form.
        room_types: what it may be.
        floor: keys of a scene.
    """

    name: str
    room_types: tuple[str, ...]
    floor: dict

    def scene(self, room_type):
        """An empty scene of one of its types."""
        return {"version": 1, "room_type": room_type, **self.floor}

    @property
    def plan(self) -> FloorPlan:
        """As the core reads it."""
        return Scene.from_json(self.scene(self.room_types[0])).floor


ALL = ("bedroom", "livingroom", "diningroom")
SOCIAL = ("livingroom", "diningroom")


def along(floor, side, start, width, kind="door", bottom=None, top=None):
    """An opening in a side of an outline, from so far along it on; counted from the side's first corner."""
    (ax, ay), (bx, by) = floor[side], floor[(side + 1) % len(floor)]
    length = math.dist((ax, ay), (bx, by))
    ends = [[ax + t / length * (bx - ax), ay + t / length * (by - ay)] for t in (start, start + width)]
    low, high = (0.0, 2.1) if kind == "door" else (0.9, 2.2)
    return {
        "kind": kind,
        "segment": ends,
        "bottom": low if bottom is None else bottom,
        "top": high if top is None else top,
    }


def window(floor, side, start, width, **heights):
    return along(floor, side, start, width, "window", **heights)


def turned(floor, angle, centre=(0.0, 0.0)):
    """Everything of a floor turned about the origin and moved."""
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))

    def point(p):
        return [centre[0] + p[0] * cosine - p[1] * sine, centre[1] + p[0] * sine + p[1] * cosine]

    result = dict(floor, floor=[point(p) for p in floor["floor"]])
    result["openings"] = [{**o, "segment": [point(p) for p in o["segment"]]} for o in floor["openings"]]
    result["holes"] = [[point(p) for p in hole] for hole in floor.get("holes", [])]
    result["obstacles"] = [
        {**o, "position": [*point(o["position"]), o["position"][2]], "yaw": o.get("yaw", 0) + math.radians(angle)}
        for o in floor.get("obstacles", [])
    ]
    return result


def rectangle(width, depth):
    return [[0, 0], [width, 0], [width, depth], [0, depth]]


def box(x0, y0, x1, y1, low=0.0, high=0.9, name="", yaw=0.0):
    """An obstacle between two corners."""
    position = [(x0 + x1) / 2, (y0 + y1) / 2, (low + high) / 2]
    return {"position": position, "size": [x1 - x0, y1 - y0, high - low], "yaw": yaw, "name": name}


def hole(x0, y0, x1, y1):
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]


def plan(floor, *openings, **more):
    return {"floor": floor, "openings": list(openings), **more}


SMALL = rectangle(2.6, 2.7)
BEDROOM = rectangle(3.6, 4.2)
HALL = rectangle(10.0, 6.0)
STUDIO = rectangle(7.0, 5.2)
NARROW = rectangle(2.4, 5.6)
L_BEDROOM = [[0, 0], [5.0, 0], [5.0, 2.4], [2.8, 2.4], [2.8, 4.6], [0, 4.6]]
L_LIVING = [[0, 0], [7.6, 0], [7.6, 3.4], [3.6, 3.4], [3.6, 7.4], [0, 7.4]]
U_LIVING = [[0, 0], [8.0, 0], [8.0, 5.5], [5.2, 5.5], [5.2, 2.8], [2.8, 2.8], [2.8, 5.5], [0, 5.5]]
T_LIVING = [[2.2, 0], [5.4, 0], [5.4, 3.0], [7.8, 3.0], [7.8, 6.2], [0, 6.2], [0, 3.0], [2.2, 3.0]]
SLANTED = [[0, 0], [4.4, 0], [3.2, 4.0], [0, 4.0]]
TRAPEZE = [[0, 0], [7.0, 0], [5.6, 4.8], [0.9, 4.8]]
ATTIC = [[0, 1.2], [1.2, 0], [4.4, 0], [5.0, 0.6], [5.0, 4.4], [0, 4.4]]
ROUND = [[3 + 2.9 * math.cos(math.tau * k / 16), 3 + 2.9 * math.sin(math.tau * k / 16)] for k in range(16)]
LOFT = rectangle(8.0, 6.0)
OPEN_PLAN = rectangle(7.2, 4.6)
SMALL_DINING = rectangle(3.2, 2.8)
CUT = [[0, 0], [4.2, 0], [4.2, 3.8], [1.6, 3.8], [1.6, 3.2], [0, 3.2]]

ROOMS = (
    OwnRoom("small", ("bedroom",), plan(SMALL, along(SMALL, 0, 0.1, 0.8), window(SMALL, 2, 0.8, 1.0))),
    OwnRoom("rectangle", ALL, plan(BEDROOM, along(BEDROOM, 0, 0.2, 0.9), window(BEDROOM, 2, 0.9, 1.8))),
    OwnRoom(
        "hall",
        ALL,
        plan(
            HALL, along(HALL, 0, 1.0, 1.6), along(HALL, 3, 0.4, 0.9),
            window(HALL, 2, 1.0, 2.0), window(HALL, 2, 6.5, 2.0), window(HALL, 1, 2.0, 2.0),
        ),
    ),
    OwnRoom(
        "studio",
        ALL,
        plan(STUDIO, along(STUDIO, 0, 5.8, 0.9), window(STUDIO, 2, 0.8, 1.6), window(STUDIO, 2, 4.4, 1.6)),
    ),
    OwnRoom("narrow", ("bedroom", "diningroom"), plan(NARROW, along(NARROW, 0, 0.2, 0.9), window(NARROW, 2, 0.6, 1.2))),
    OwnRoom("L bedroom", ("bedroom",), plan(L_BEDROOM, along(L_BEDROOM, 4, 0.3, 0.9), window(L_BEDROOM, 0, 0.8, 1.6))),
    OwnRoom(
        "L",
        SOCIAL,
        plan(
            L_LIVING, along(L_LIVING, 4, 0.4, 0.9), along(L_LIVING, 1, 0.3, 0.9),
            window(L_LIVING, 0, 1.0, 2.0), window(L_LIVING, 0, 4.6, 2.0),
        ),
    ),
    OwnRoom(
        "U",
        SOCIAL,
        plan(U_LIVING, along(U_LIVING, 2, 0.9, 0.9), window(U_LIVING, 0, 3.0, 2.0), window(U_LIVING, 7, 1.5, 1.6)),
    ),
    OwnRoom(
        "T",
        SOCIAL,
        plan(T_LIVING, along(T_LIVING, 0, 1.1, 0.9), window(T_LIVING, 4, 1.0, 2.0), window(T_LIVING, 4, 4.6, 2.0)),
    ),
    OwnRoom(
        "slanted", ("bedroom", "diningroom"), plan(SLANTED, along(SLANTED, 3, 2.9, 0.9), window(SLANTED, 2, 0.8, 1.6))
    ),
    OwnRoom(
        "trapeze",
        SOCIAL,
        plan(TRAPEZE, along(TRAPEZE, 1, 0.5, 0.9), window(TRAPEZE, 0, 1.0, 2.0), window(TRAPEZE, 2, 1, 2)),
    ),
    OwnRoom("attic", ("bedroom",), plan(ATTIC, along(ATTIC, 3, 2.6, 0.9), window(ATTIC, 4, 1.7, 1.6))),
    OwnRoom(
        "turned rectangle",
        ("bedroom", "diningroom"),
        turned(plan(BEDROOM, along(BEDROOM, 3, 0.2, 0.9), window(BEDROOM, 0, 0.9, 1.8)), 17, (12.0, -7.0)),
    ),
    OwnRoom(
        "turned L", SOCIAL, turned(plan(L_LIVING, along(L_LIVING, 5, 3.0, 0.9), window(L_LIVING, 0, 3.0, 2.0)), 33)
    ),
    OwnRoom(
        "column",
        SOCIAL,
        plan(
            LOFT, along(LOFT, 0, 0.5, 0.9), window(LOFT, 2, 1.0, 2.0), window(LOFT, 2, 5.0, 2.0),
            holes=[hole(3.8, 2.8, 4.2, 3.2)],
        ),
    ),
    OwnRoom(
        "stairwell",
        SOCIAL,
        plan(
            LOFT, along(LOFT, 1, 0.4, 0.9), along(LOFT, 3, 4.4, 0.9), window(LOFT, 0, 2.5, 2.4),
            holes=[hole(0.9, 3.4, 3.2, 4.5)],
        ),
    ),
    OwnRoom(
        "chimney",
        ("bedroom",),
        plan(CUT, along(CUT, 1, 0.2, 0.9), window(CUT, 0, 1.4, 1.6), holes=[hole(0.05, 1.2, 0.5, 2.0)]),
    ),
    OwnRoom(
        "kitchen",
        SOCIAL,
        plan(
            OPEN_PLAN, along(OPEN_PLAN, 0, 6.0, 0.9), window(OPEN_PLAN, 2, 1.0, 2.2), window(OPEN_PLAN, 2, 4.6, 1.4),
            obstacles=[
                box(0.0, 0.0, 3.0, 0.6, 0.0, 0.9, "kitchen unit"),
                box(0.0, 0.0, 3.0, 0.35, 1.4, 2.1, "wall cupboard"),
                box(0.0, 0.6, 0.65, 1.3, 0.0, 2.0, "fridge"),
                box(4.3, 4.45, 5.5, 4.58, 0.1, 0.7, "radiator"),
            ],
        ),
    ),
    OwnRoom(
        "radiators",
        ("bedroom", "diningroom"),
        plan(
            BEDROOM, along(BEDROOM, 1, 0.3, 0.9), window(BEDROOM, 3, 1.4, 1.6),
            obstacles=[
                box(0.02, 1.2, 0.14, 2.6, 0.1, 0.7, "radiator"),
                box(2.9, 3.5, 3.6, 4.2, 0.0, 2.8, "shaft"),
                box(1.2, 1.6, 2.2, 2.6, 2.5, 2.8, "fan"),
            ],
        ),
    ),
    OwnRoom(
        "small dining",
        ("diningroom",),
        plan(
            SMALL_DINING, along(SMALL_DINING, 3, 0.2, 0.8), along(SMALL_DINING, 1, 1.8, 0.8),
            window(SMALL_DINING, 2, 1.0, 1.2),
        ),
    ),
)  # fmt: skip


def as_object(obstacle):
    """An obstacle as an object of a scene."""
    return SceneObject(obstacle.name, None, obstacle.position, obstacle.size, obstacle.yaw)
