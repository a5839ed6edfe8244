"""What a person places on, under, beside and against things: each task tells what is expected, and then does it.

They run wherever bpy does: under pytest (tests/addon/test_placement_tasks.py), and in a window of a real Blender, where
each is taken back by one step of undo (tests/blender/gui_place.py).
"""

import itertools
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import bmesh
import bpy
from mathutils import Matrix, Vector
from mathutils.bvhtree import BVHTree

SLACK = 0.001
"""Metres by which what is placed may hover."""
TASKS: "list[Task]" = []


@dataclass(frozen=True)
class Task:
    """One of them.

    Args:
        name: short.
        expectation: what a person expects to see.
        run: builds the things, places some, and asserts; takes the operator.
    """

    name: str
    expectation: str
    run: "Callable[[Operator], None]"


def task(expectation: str) -> "Callable[[Callable[[Operator], None]], Callable[[Operator], None]]":
    """Lists a function as a task."""

    def listed(run: "Callable[[Operator], None]") -> "Callable[[Operator], None]":
        TASKS.append(Task(run.__name__, expectation, run))
        return run

    return listed


class Operator:
    """Presses Place Selection Here as a script does, and sees to what holds for every placement.

    Args:
        undo: whether each press is a step that can be taken back.
    """

    def __init__(self, *, undo: bool = False) -> None:
        self.undo = undo
        self.seconds = list[float]()
        self.placed = list[str]()
        self._before = list[dict[str, list[float]]]()

    def place(self, *objects: bpy.types.Object, along: Sequence[bpy.types.Object] = (), **arguments: object) -> None:
        """Places objects; asserts that they and what goes ``along`` are all that moved, and that they stand."""
        select(*objects)
        moving = {obj.name for obj in (*objects, *along)}
        before = poses()
        if self.undo:
            bpy.ops.ed.undo_push(message="Before")
        begin = time.thread_time()
        assert bpy.ops.instructscene.place_here("EXEC_DEFAULT", self.undo, **arguments) == {"FINISHED"}
        self.seconds.append(time.thread_time() - begin)  # of the processor: other work is not counted
        after = poses()
        assert {name for name in before if before[name] != after[name]} == moving, "what moved"
        self._before.append(before)
        out = Vector((*arguments.get("out", (0, 0)), 0)) if arguments.get("cue") == "WALL" else Vector((0, 0, 1))
        for obj in objects:
            stands(obj, out, along)
        self.placed += [obj.name for obj in objects]

    def take_back(self) -> None:
        """Each press is undone by one step; objects that were read before are invalid then."""
        for number, before in enumerate(reversed(self._before)):
            if number:
                bpy.ops.ed.undo()  # to the end of the press before
            bpy.ops.ed.undo()
            assert poses() == before, "one step of undo"

    def refused(self, words: str, *objects: bpy.types.Object, **arguments: object) -> None:
        """Nothing moves, and the one line says why."""
        select(*objects)
        before = poses()
        said = ""
        try:
            bpy.ops.instructscene.place_here("EXEC_DEFAULT", self.undo, **arguments)
        except RuntimeError as error:
            said = str(error).strip()
        assert words in said
        assert "\n" not in said
        assert poses() == before


# What holds for every placement


def poses() -> dict[str, list[float]]:
    """World matrices of all objects."""
    bpy.context.view_layer.update()
    return {obj.name: [value for row in obj.matrix_world for value in row] for obj in bpy.data.objects}


def _tree(objects: Sequence[bpy.types.Object], offset: Vector) -> BVHTree:
    corners, faces = list[Vector](), list[list[int]]()
    for obj in objects:
        start = len(corners)
        corners += [obj.matrix_world @ vertex.co + offset for vertex in obj.data.vertices]
        faces += [[start + corner for corner in face.vertices] for face in obj.data.polygons]
    return BVHTree.FromPolygons(corners, faces)


def stands(obj: bpy.types.Object, out: Vector, along: Sequence[bpy.types.Object]) -> None:
    """Asserts by Blender's own trees that an object touches nothing, and would if it were a millimetre nearer."""
    parts = [one for one in (obj, *obj.children_recursive, *along) if one.data]
    others = [one for one in bpy.data.objects if one.type == "MESH" and one not in parts]
    fixed = _tree(others, Vector())
    assert not _tree(parts, Vector()).overlap(fixed), f"{obj.name} is inside something"
    on_floor = out.z > 0 and low(obj) < SLACK
    assert low(obj) > -1e-4
    assert on_floor or _tree(parts, -SLACK * out).overlap(fixed), f"{obj.name} hovers"


def low(obj: bpy.types.Object) -> float:
    """Height of the lowest corner."""
    bpy.context.view_layer.update()
    parts = [part for part in (obj, *obj.children_recursive) if part.type == "MESH"]
    return min((part.matrix_world @ vertex.co).z for part in parts for vertex in part.data.vertices)


def middle(obj: bpy.types.Object) -> Vector:
    """On the ground plan, of the box around an object."""
    places = [obj.matrix_world @ vertex.co for vertex in obj.data.vertices]
    return Vector(
        (
            (min(p.x for p in places) + max(p.x for p in places)) / 2,
            (min(p.y for p in places) + max(p.y for p in places)) / 2,
        )
    )


def at_height(obj: bpy.types.Object, height: float) -> bool:
    """Whether an object stands at a height, within a millimetre."""
    return abs(low(obj) - height) < SLACK


# Things


def select(*objects: bpy.types.Object) -> None:
    bpy.context.view_layer.update()  # it still lists what was deleted
    for obj in bpy.context.view_layer.objects:
        obj.select_set(state=False)
    for obj in objects:
        obj.select_set(state=True)
    bpy.context.view_layer.objects.active = objects[0]


def clear() -> None:
    """An empty file."""
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    bpy.data.orphans_purge()


def thing(name: str, *parts: Callable[[bmesh.types.BMesh], None], at=(0, 0, 0), yaw=0.0) -> bpy.types.Object:
    """A mesh of several shapes, its origin on the ground."""
    made = bmesh.new()
    for part in parts:
        part(made)
    mesh = bpy.data.meshes.new(name)
    made.to_mesh(mesh)
    made.free()
    obj = bpy.data.objects.new(name, mesh)
    obj.location, obj.rotation_euler = at, (0.0, 0.0, yaw)
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.update()
    return obj


def block(size, at=(0, 0, 0)) -> Callable[[bmesh.types.BMesh], None]:
    """A box on the middle of its base."""
    w, d, h = size
    matrix = Matrix.Translation((at[0], at[1], at[2] + h / 2)) @ Matrix.Diagonal((w, d, h, 1))
    return lambda made: bmesh.ops.create_cube(made, size=1.0, matrix=matrix) and None


def round_(radius, height, at=(0, 0, 0), top=None, sides=24) -> Callable[[bmesh.types.BMesh], None]:
    """A cylinder or cone on the middle of its base."""
    matrix = Matrix.Translation((at[0], at[1], at[2] + height / 2))
    return lambda made: (
        bmesh.ops.create_cone(
            made,
            cap_ends=True,
            segments=sides,
            radius1=radius,
            radius2=radius if top is None else top,
            depth=height,
            matrix=matrix,
        )
        and None
    )


def table(name="Table", size=(1.2, 0.8, 0.74), at=(0, 0, 0), yaw=0.0) -> bpy.types.Object:
    w, d, h = size
    legs = [
        block((0.05, 0.05, h - 0.03), (x, y, 0))
        for x in (0.04 - w / 2, w / 2 - 0.04)
        for y in (0.04 - d / 2, d / 2 - 0.04)
    ]
    return thing(name, block((w, d, 0.03), (0, 0, h - 0.03)), *legs, at=at, yaw=yaw)


def round_table(at=(0, 0, 0)) -> bpy.types.Object:
    return thing("Table", round_(0.4, 0.03, (0, 0, 0.67)), round_(0.05, 0.67), round_(0.25, 0.03), at=at)


BOARDS = (0.05, 0.4, 0.8, 1.2, 1.78)


def shelf(name="Shelf", at=(0, 0, 0)) -> bpy.types.Object:
    walls = [block((0.02, 0.3, 1.8), (x, 0, 0)) for x in (-0.39, 0.39)]
    boards = [block((0.76, 0.28, 0.02), (0, -0.01, z)) for z in BOARDS]
    return thing(name, block((0.76, 0.01, 1.8), (0, 0.145, 0)), *walls, *boards, at=at)


def lamp(at=(3, 3, 0)) -> bpy.types.Object:
    return thing(
        "Lamp", round_(0.08, 0.02), round_(0.01, 0.2, (0, 0, 0.02)), round_(0.12, 0.16, (0, 0, 0.22), 0.08), at=at
    )


def cup(name="Cup", at=(3, 3, 0)) -> bpy.types.Object:
    return thing(name, round_(0.03, 0.09, top=0.04), block((0.03, 0.01, 0.05), (0.05, 0, 0.02)), at=at)


def chair(name="Chair", at=(3, 3, 0), height=0.45, back=0.4) -> bpy.types.Object:
    legs = [block((0.04, 0.04, height - 0.03), (x, y, 0)) for x in (-0.18, 0.18) for y in (-0.18, 0.18)]
    rest = [block((0.4, 0.03, back), (0, 0.185, height))] if back else []
    return thing(name, block((0.4, 0.4, 0.03), (0, 0, height - 0.03)), *rest, *legs, at=at)


def sofa(name="Sofa", width=1.9, at=(0, 0, 0), yaw=0.0) -> bpy.types.Object:
    arms = [block((0.15, 0.85, 0.6), (x, 0, 0.05)) for x in (0.075 - width / 2, width / 2 - 0.075)]
    parts = (block((width - 0.3, 0.65, 0.38), (0, -0.1, 0.05)), block((width - 0.3, 0.2, 0.8), (0, 0.325, 0.05)))
    return thing(name, *parts, *arms, at=at, yaw=yaw)


def plant(at=(3, 3, 0)) -> bpy.types.Object:
    return thing(
        "Plant",
        round_(0.1, 0.2, top=0.13),
        round_(0.02, 0.2, (0, 0, 0.2)),
        round_(0.1, 0.4, (0, 0, 0.35), 0.15, 12),
        at=at,
    )


def rug(at=(3, 3, 0), depth=1.9) -> bpy.types.Object:
    return thing("Rug", block((2.4, depth, 0.012)), at=at)


def desk(at=(0, 0, 0), yaw=0.0) -> bpy.types.Object:
    sides = [block((0.04, 0.68, 0.72), (x, 0, 0)) for x in (-0.68, 0.68)]
    return thing(
        "Desk", block((1.4, 0.7, 0.03), (0, 0, 0.72)), block((0.4, 0.6, 0.3), (0.44, 0, 0.42)), *sides, at=at, yaw=yaw
    )


def books(count: int) -> list[bpy.types.Object]:
    return [
        thing(
            f"Book {k}",
            block((0.02 + 0.004 * (k % 4), 0.14 + 0.01 * (k % 3), 0.2 + 0.012 * (k % 5))),
            at=(2, 0.3 * k, 0),
        )
        for k in range(count)
    ]


def l_room() -> list[bpy.types.Object]:
    """Walls 15 cm thick around an L of 4 m by 4 m without its corner of 2 m by 2 m at +X +Y, and a floor."""
    corners = [(0, 0), (4, 0), (4, 2), (2, 2), (2, 4), (0, 4)]
    walls = []
    for k, (a, b) in enumerate(zip(corners, corners[1:] + corners[:1], strict=True)):
        start, end = Vector((*a, 0)), Vector((*b, 0))
        along, length = (end - start).normalized(), (end - start).length
        out = Vector((along.y, -along.x, 0))
        at = (start + end) / 2 + 0.0751 * out
        turn = math.atan2(along.y, along.x)
        walls.append(thing(f"Wall.{k:03}", block((length, 0.15, 2.6)), at=at, yaw=turn))
    return [*walls, thing("Floor", block((4.4, 4.4, 0.1)), at=(2, 2, -0.1001))]


def view_of(eye, aim, box, *, orthographic=False):
    """A view's perspective matrix and the rectangle of a box (low, high) in it, as a person would draw it."""
    data = bpy.data.cameras.new("Camera")
    camera = bpy.data.objects.new("Camera", data)
    bpy.context.scene.collection.objects.link(camera)
    data.type, data.ortho_scale = ("ORTHO" if orthographic else "PERSP"), 3.0
    camera.location = eye
    camera.rotation_euler = (Vector(aim) - Vector(eye)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.view_layer.update()
    render = bpy.context.scene.render
    graph = bpy.context.evaluated_depsgraph_get()
    seen = camera.calc_matrix_camera(graph, x=render.resolution_x, y=render.resolution_y)
    seen @= camera.matrix_world.inverted()
    low_, high = box
    flat = []
    for x in (low_[0], high[0]):
        for y in (low_[1], high[1]):
            for z in (low_[2], high[2]):
                c = seen @ Vector((x, y, z, 1))
                flat.append((c.x / c.w, c.y / c.w))
    xs, ys = zip(*flat, strict=True)
    rectangle = (min(xs), min(ys), max(xs), max(ys))
    return camera, {"rectangle": rectangle, "view": [value for row in seen for value in row]}


# On something


@task("The lamp stands on the nightstand's top, in its middle.")
def lamp_on_a_nightstand(op):
    stand, light = thing("Nightstand", block((0.45, 0.4, 0.5)), at=(1, 1, 0)), lamp()
    op.place(light, cue="OBJECT", target=stand.name)
    assert at_height(light, 0.5)
    assert (middle(light) - Vector((1, 1))).length < 0.05


@task("The lamp stands on the desk where it was clicked.")
def lamp_on_a_desk(op):
    made, light = desk(), lamp()
    op.place(light, point=(-0.4, 0.1, 0.75), host=made.name)
    assert at_height(light, 0.75)
    assert (middle(light) - Vector((-0.4, 0.1))).length < 0.02


@task("The lamp stands near the turned table's corner that was clicked, all of its foot on the top.")
def lamp_on_a_turned_table(op):
    made, light = table(yaw=0.6), lamp()
    corner = Matrix.Rotation(0.6, 2) @ Vector((0.58, 0.38))
    op.place(light, point=(*corner, 0.74), host=made.name)
    assert at_height(light, 0.74)
    inside = Matrix.Rotation(-0.6, 2) @ middle(light)
    assert abs(inside.x) < 0.6
    assert abs(inside.y) < 0.4
    assert (middle(light) - corner).length < 0.2


def _books(op, count):
    case, row = shelf(at=(0, 1, 0)), books(count)
    op.place(*row, point=(0.0, 0.9, BOARDS[1] + 0.02), host=case.name)
    heights = [low(book) for book in row]
    assert all(at_height(book, BOARDS[1] + 0.02) for book in row), heights
    places = sorted((middle(book).x, book.dimensions.x) for book in row)
    gaps = [b - a - (wa + wb) / 2 for (a, wa), (b, wb) in itertools.pairwise(places)]
    assert all(0.001 < gap < 0.012 for gap in gaps), gaps


@task("Three books stand side by side on the second board.")
def three_books_on_a_board(op):
    _books(op, 3)


@task("Five books stand side by side on the second board.")
def five_books_on_a_board(op):
    _books(op, 5)


@task("Nine books stand side by side on the second board.")
def nine_books_on_a_board(op):
    _books(op, 9)


@task("The cup stands at the round table's edge that was clicked, nearly all of its foot on the top.")
def cup_on_a_round_table(op):
    made, mug = round_table(), cup()
    op.place(mug, point=(0.39, 0.0, 0.7), host=made.name)
    assert at_height(mug, 0.7)
    assert 0.3 < mug.location.xy.length < 0.4 - 0.02


@task("The plate lies on the table beside the cup, a hand's breadth apart or less.")
def plate_beside_a_cup(op):
    table()
    mug = cup(at=(0.2, 0.1, 0.7402))
    plate = thing("Plate", round_(0.08, 0.015, top=0.12), at=(3, 0, 0))
    op.place(plate, cue="OBJECT", target=mug.name, relation="beside")
    assert at_height(plate, 0.74)
    assert 0.16 < (middle(plate) - middle(mug)).length < 0.3


@task("The plant stands on the seat, before the back.")
def plant_on_a_stool_with_a_back(op):
    stool, green = chair("Stool", at=(0, 0, 0), height=0.6, back=0.25), plant()
    op.place(green, cue="OBJECT", target=stool.name)
    assert at_height(green, 0.6)


@task("The television stands on top of its stand, not in its compartment.")
def television_on_its_stand(op):
    stand = thing(
        "TV Stand",
        block((1.6, 0.4, 0.03), (0, 0, 0.47)),
        block((1.6, 0.4, 0.03), (0, 0, 0.05)),
        *(block((0.03, 0.4, 0.42), (x, 0, 0.06)) for x in (-0.785, 0, 0.785)),
    )
    screen = thing(
        "TV", block((1.1, 0.04, 0.62), (0, 0, 0.06)), block((0.5, 0.22, 0.02)), block((0.06, 0.04, 0.06)), at=(3, 0, 0)
    )
    op.place(screen, cue="OBJECT", target=stand.name)
    assert at_height(screen, 0.5)


@task("The box stands on a step, whole.")
def box_on_stairs(op):
    stairs = thing("Stairs", *(block((0.8, 0.25, 0.18 * (k + 1)), (0, 0.25 * k, 0)) for k in range(4)))
    crate = thing("Crate", block((0.3, 0.2, 0.2)), at=(3, 0, 0))
    op.place(crate, point=(0.0, 0.5, 0.54), host=stairs.name)
    assert at_height(crate, 0.54)


@task("The tray comes onto the table, and the two cups and the plate on it come along.")
def tray_with_things_on_it(op):
    made = table()
    tray = thing("Tray", block((0.45, 0.3, 0.02)), at=(3, 0, 0))
    load = [cup("Cup A", (2.9, 0.05, 0.0202)), cup("Cup B", (3.1, -0.05, 0.0202))]
    load.append(thing("Plate", round_(0.06, 0.01, top=0.08), at=(3.0, 0.0, 0.0202)))
    apart = [one.matrix_world.translation - tray.matrix_world.translation for one in load]
    op.place(tray, along=load, cue="OBJECT", target=made.name)
    assert at_height(tray, 0.74)
    now = [one.matrix_world.translation - tray.matrix_world.translation for one in load]
    assert all((a - b).length < 1e-5 for a, b in zip(apart, now, strict=True))


# Under something


@task("The chair stands under the desk, at least half of it, between the sides.")
def chair_under_a_desk(op):
    made = desk()
    seat = chair(back=0.0)
    op.place(seat, cue="OBJECT", target=made.name, relation="under")
    assert at_height(seat, 0.0)
    assert abs(middle(seat).y) < 0.35


@task("The stool stands under the table.")
def stool_under_a_table(op):
    made = table()
    seat = thing(
        "Stool",
        round_(0.17, 0.03, (0, 0, 0.42)),
        *(round_(0.02, 0.42, (x, y, 0)) for x in (-0.1, 0.1) for y in (-0.1, 0.1)),
        at=(3, 0, 0),
    )
    op.place(seat, cue="OBJECT", target=made.name, relation="under")
    assert at_height(seat, 0.0)
    assert middle(seat).length < 0.2


@task("The rug lies on the floor under the bed, and sticks out.")
def rug_under_a_bed(op):
    legs = [block((0.08, 0.08, 0.15), (x, y, 0)) for x in (-0.7, 0.7) for y in (-0.9, 0.9)]
    bed = thing("Bed", block((1.6, 2.0, 0.35), (0, 0, 0.15)), block((1.6, 0.08, 0.9), (0, 1.0, 0.15)), *legs)
    mat = rug(at=(5, 0, 0), depth=1.6)
    op.place(mat, cue="OBJECT", target=bed.name, relation="under")
    assert at_height(mat, 0.0)
    assert middle(mat).length < 0.6


# Beside and in front


@task("The plant stands beside the sofa's arm.")
def plant_beside_a_sofa(op):
    seat, green = sofa(), plant()
    op.place(green, cue="OBJECT", target=seat.name, relation="beside")
    assert at_height(green, 0.0)
    assert abs(middle(green).x) > 0.95 or abs(middle(green).y) > 0.42
    assert middle(green).length < 1.4


@task("The bin stands right of the desk, close to it.")
def bin_beside_a_desk(op):
    made, bin_ = desk(), thing("Bin", round_(0.11, 0.3, top=0.14), at=(3, 0, 0))
    op.place(bin_, cue="OBJECT", target=made.name, relation="right of")
    assert at_height(bin_, 0.0)
    assert 0.7 < middle(bin_).x < 1.0
    assert abs(middle(bin_).y) < 0.35


@task("The pouf stands before the armchair, in line with it.")
def pouf_before_an_armchair(op):
    seat, pouf = sofa("Armchair", 0.9), thing("Pouf", round_(0.25, 0.35), at=(3, 0, 0))
    op.place(pouf, cue="OBJECT", target=seat.name, relation="in front of")
    assert at_height(pouf, 0.0)
    assert -1.0 < middle(pouf).y < -0.6
    assert abs(middle(pouf).x) < 0.1


# Against a wall


@task("The mirror hangs on the wall at the height of the click, its back against it.")
def mirror_on_a_wall(op):
    l_room()
    mirror = thing("Mirror", block((0.6, 0.03, 0.9)), at=(2.5, 1, 0))
    op.place(mirror, cue="WALL", point=(0, 2.2, 1.5), out=(1, 0))
    assert abs(low(mirror) - (1.5 - 0.45)) < SLACK
    assert abs(middle(mirror).x - 0.015) < 0.002


@task("The wall shelf hangs in the L's inner corner, on the wall that was clicked, within the other.")
def wall_shelf_in_a_corner(op):
    l_room()
    board = thing("Wall Shelf", block((0.9, 0.24, 0.03)), block((0.9, 0.02, 0.2)), at=(1, 3, 0))
    op.place(board, cue="WALL", point=(3.9, 2.0, 1.4), out=(0, -1), keep_rotation=False)
    assert middle(board).x < 3.56
    assert 1.7 < middle(board).y < 2.0
    assert low(board) > 0.8


@task("The bookcase that a click on a wall places stands before that wall, in the L's arm.")
def bookcase_at_a_wall(op):
    l_room()
    case = shelf("Bookcase", at=(1, 1, 0))
    op.place(case, point=(1.0, 4.0, 1.0), out=(0, -1), on_floor=True)
    assert at_height(case, 0.0)
    assert abs(middle(case).y - 3.84) < 0.01
    assert abs(middle(case).x - 1.0) < 0.01


# In a view

RADIO = (0.3, 0.15, 0.2)


def _in_a_view(op, eye, *, orthographic=False):
    table()
    radio = thing("Radio", block(RADIO), at=(3, 0, 0))
    meant = Vector((0.25, -0.1, 0.74))
    half = Vector((RADIO[0] / 2, RADIO[1] / 2, 0))
    camera, box = view_of(
        eye, meant, (meant - half, meant + half + Vector((0, 0, RADIO[2]))), orthographic=orthographic
    )
    bpy.data.objects.remove(camera)
    op.place(radio, cue="BOX", **box)
    assert (radio.matrix_world.translation - meant).length < 0.05


@task("The radio fills the box that was drawn from the front.")
def box_in_a_view_from_the_front(op):
    _in_a_view(op, (0.2, -2.6, 1.5))


@task("The radio fills the box that was drawn from the side, from high up.")
def box_in_a_view_from_the_side(op):
    _in_a_view(op, (2.0, 1.1, 2.4))


@task("The radio fills the box that was drawn in a view without perspective.")
def box_in_a_view_without_perspective(op):
    _in_a_view(op, (-1.5, -1.8, 2.2), orthographic=True)


@task("The radio fills the box as the scene's camera sees it.")
def box_from_the_camera(op):
    table()
    radio = thing("Radio", block(RADIO), at=(3, 0, 0))
    meant = Vector((-0.3, 0.15, 0.74))
    half = Vector((RADIO[0] / 2, RADIO[1] / 2, 0))
    camera, box = view_of((1.6, -2.0, 1.7), (0, 0, 0.7), (meant - half, meant + half + Vector((0, 0, RADIO[2]))))
    bpy.context.scene.camera = camera
    op.place(radio, cue="BOX", rectangle=box["rectangle"])
    assert (radio.matrix_world.translation - meant).length < 0.05


@task("Both the lamp and the cup come into the box, on the table.")
def two_things_in_one_box(op):
    table()
    things = [lamp(), cup(at=(3, 2, 0))]
    camera, box = view_of((0.2, -2.6, 1.6), (0, 0, 0.7), (Vector((-0.25, -0.2, 0.74)), Vector((0.25, 0.2, 1.1))))
    bpy.data.objects.remove(camera)
    op.place(*things, cue="BOX", **box)
    assert all(at_height(one, 0.74) for one in things)
    assert all(middle(one).length < 0.45 for one in things)


# Where there is no place, or no host


@task("A desk that is full takes no cup: one line says so.")
def full_host(op):
    made = desk()
    thing("Crate", block((1.39, 0.69, 0.3)), at=(0, 0, 0.7502))
    op.refused('"Cup": no free place on "Desk"', cup(), point=(0, 0, 0.75), host=made.name)


@task("Without anything around, the plant stands on the ground where it was clicked.")
def no_host(op):
    green = plant(at=(3, 3, 0.7))
    op.place(green, point=(0.5, 0.5, 0.0), on_floor=True)
    assert at_height(green, 0.0)
    assert (middle(green) - Vector((0.5, 0.5))).length < 0.02


@task("A wardrobe does not fit on a nightstand: one line says so.")
def host_too_small(op):
    stand = thing("Nightstand", block((0.45, 0.4, 0.5)))
    wardrobe = thing("Wardrobe", block((1.8, 0.6, 2.1)), at=(3, 0, 0))
    op.refused('"Wardrobe": no free place on "Nightstand"', wardrobe, cue="OBJECT", target=stand.name)


@task("A host that was deleted meanwhile is named, with a remedy.")
def host_deleted(op):
    stand, light = thing("Nightstand", block((0.45, 0.4, 0.5))), lamp()
    name = stand.name
    bpy.data.objects.remove(stand)
    op.refused('"Nightstand" is not among what things can stand on', light, cue="OBJECT", target=name)


# Scale


@task("Ten times as large, the lamp stands on the table that is ten times as large.")
def huge_things(op):
    made, light = table(size=(12, 8, 7.4)), lamp(at=(20, 0, 0))
    light.scale = (10, 10, 10)
    bpy.context.view_layer.update()
    op.place(light, cue="OBJECT", target=made.name)
    assert at_height(light, 7.4)


@task("In a doll's house the lamp of 4 cm stands on the table of 7 cm.")
def tiny_things(op):
    made, light = table(size=(0.12, 0.08, 0.074)), lamp(at=(0.5, 0, 0))
    made.data.transform(Matrix.Diagonal((1, 1, 1, 1)))
    light.scale = (0.1, 0.1, 0.1)
    bpy.context.view_layer.update()
    op.place(light, cue="OBJECT", target=made.name)
    assert low(light) > 0.07
