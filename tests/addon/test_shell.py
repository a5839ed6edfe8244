"""A new room's floor, walls, doors, windows and light: as the floor plan says, editable, undone and kept exactly."""

import json

import bpy
import numpy as np
import pytest
from mathutils import Vector

L_SHAPE = [[-2, -2], [2, -2], [2, 1], [0.5, 1], [0.5, 2.5], [-2, 2.5]]
SQUARE = [[-2, -2], [2, -2], [2, 2], [-2, 2]]
WINDOW = {"kind": "window", "segment": [[2, -1.2], [2, 0.4]], "bottom": 0.9, "top": 2.1}
DOOR = {"kind": "door", "segment": [[-2, 1.5], [-2, 0.6]]}
WIDE_DOOR = {"kind": "door", "segment": [[-1, -2], [0.7, -2]]}
BED = {"id": "bed", "category": "double_bed", "position": [-0.5, -0.9, 0.5], "size": [1.8, 2.1, 1.0], "yaw": 0.0}
KIND = "instructscene_architecture"


@pytest.fixture
def place(blend):
    """A function that places a room of a floor with a shell, or its next scene."""

    def call(floor=L_SHAPE, openings=(WINDOW, DOOR), height=2.6, objects=(BED,), **options):
        data = {"version": 1, "room_type": "bedroom", "objects": list(objects), "floor": floor}
        scene = blend.instructscene_core.scene.Scene.from_json({**data, "openings": list(openings), "height": height})
        options.setdefault("with_shell", "room" not in options)
        room = blend.addon.placing.place_scene(bpy.context, scene, **options)
        bpy.context.view_layer.update()
        return room

    return call


def shell(room):
    """The objects of a room's shell, by kind."""
    found = {}
    for obj in room.children:
        if KIND in obj:
            found.setdefault(obj[KIND], []).append(obj)
    return found


def area(obj, where):
    """Square metres of the faces of an object whose middle (room's axes) and normal meet a condition."""
    faces = obj.data.polygons
    return sum(f.area for f in faces if where(obj.matrix_local @ f.center, obj.matrix_local.to_3x3() @ f.normal))


def names():
    return {kind: sorted(block.name for block in getattr(bpy.data, kind)) for kind in ("objects", "collections")}


def test_floor_walls_and_openings_are_those_of_the_plan(place):
    room = place()
    parts = shell(room)
    assert set(parts) == {"floor", "wall", "door", "window", "light", "ceiling"}
    (floor,), (ceiling,) = parts["floor"], parts["ceiling"]
    assert area(floor, lambda _, n: n.z > 0.99) == pytest.approx(15.75)
    assert area(ceiling, lambda c, n: n.z < -0.99 and abs(c.z - 2.6) < 1e-6) == pytest.approx(15.75)
    walls = [obj for obj in parts["wall"] if obj.name.startswith("Wall")]
    assert len(walls) == 6
    inner = sum(area(w, lambda c, n: abs(n.z) < 1e-4 and inside(L_SHAPE, c + 0.01 * n)) for w in walls)
    windows, doors = 1.6 * 1.2, 0.9 * 2.1
    assert inner == pytest.approx(17 * 2.6 - windows - doors, abs=1e-3)
    assert all(obj.parent == room and obj.name in obj.users_collection[0].objects for obj in room.children)
    assert {c.name for c in room.users_collection[0].children} == {"Room Shell"}


def inside(polygon, point):
    crossed = 0
    for (ax, ay), (bx, by) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if (ay > point.y) != (by > point.y):
            crossed += ax + (point.y - ay) / (by - ay) * (bx - ax) > point.x
    return crossed % 2 == 1


def hit(start, direction):
    """The kind of architecture that a ray meets, and where."""
    graph = bpy.context.evaluated_depsgraph_get()
    found, place, _, _, obj, _ = bpy.context.scene.ray_cast(graph, Vector(start), Vector(direction))
    return (obj.get(KIND), tuple(round(value, 3) + 0.0 for value in place)) if found else None


def test_a_room_is_closed_by_walls_door_and_glass(place):
    place(objects=())
    assert hit((-1, 0, 1.2), (0, 0, -1)) == ("floor", (-1, 0, 0))
    assert hit((-1, 0, 1.2), (0, 0, 1)) == ("ceiling", (-1, 0, 2.6))
    assert hit((0, 0, 1.2), (0, 1, 0))[0] == "wall"
    kind, (x, _, _) = hit((0, -0.2, 1.2), (1, 0, 0))
    assert (kind, x > 2) == ("window", True)
    kind, (x, _, _) = hit((0, 1, 1.02), (-1, 0, 0))
    assert (kind, x < -2) == ("door", True)


def test_a_wide_door_has_two_leaves_each_on_its_hinge(place):
    doors = [obj for obj in shell(place(openings=[WIDE_DOOR]))["door"] if obj.name.split(".")[0] == "Door"]
    assert sorted(round(obj.location.x, 2) for obj in doors) == [-1.0, 0.7]
    for obj in doors:
        spread = [corner[0] for corner in obj.bound_box]
        assert max(spread) - min(spread) == pytest.approx(0.847, abs=1e-3)
        assert min(abs(value) for value in spread) < 1e-6, "the origin is the hinge"


@pytest.mark.parametrize("metres", [0.01, 0.3048, 1000.0])
def test_the_scene_s_unit_is_respected(place, metres):
    bpy.context.scene.unit_settings.scale_length = metres
    parts = shell(place())
    (floor,) = parts["floor"]
    assert floor.dimensions.x * metres == pytest.approx(4.0, rel=1e-5)
    assert all(tuple(obj.scale) == (1.0, 1.0, 1.0) for found in parts.values() for obj in found)
    (window,) = parts["window"]
    assert window.location.x * metres == pytest.approx(2.0, rel=1e-5)
    lamp = next(obj for obj in parts["light"] if obj.name.startswith("Window Light"))
    assert lamp.data.size * metres == pytest.approx(1.6, rel=1e-5)
    assert lamp.data.energy * metres**2 == pytest.approx(50 * 1.6 * 1.2, rel=1e-4)


def test_without_the_option_or_a_floor_there_is_no_shell(place):
    assert not shell(place(with_shell=False))
    assert not shell(place(floor=None, openings=()))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_an_interrupted_room_leaves_nothing_of_its_shell(blend, contents, share):
    data = {"version": 1, "room_type": "bedroom", "objects": [BED], "floor": L_SHAPE, "openings": [WINDOW, DOOR]}
    scene = blend.instructscene_core.scene.Scene.from_json(data)
    before = contents(), names()
    steps = blend.addon.placing.place_steps(bpy.context, scene, with_shell=True)
    while next(steps) < share:
        pass
    steps.close()
    assert (contents(), names()) == before


def test_an_edit_keeps_the_shell_as_it_is(place, contents):
    room = place()
    before = {name: look for name, look in contents()["objects"].items() if KIND in look["properties"]}
    place(room=room, objects=[{**BED, "position": [0.5, -0.9, 0.5]}])
    after = {name: look for name, look in contents()["objects"].items() if KIND in look["properties"]}
    assert after == before


def test_another_floor_gets_another_shell_and_nothing_is_left(place, contents):
    room = place()
    place(room=room, floor=SQUARE, openings=[WINDOW])
    alone = contents()["blocks"], names()
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    for collection in list(bpy.data.collections):
        bpy.data.collections.remove(collection)
    bpy.data.orphans_purge(do_recursive=True)
    place(floor=SQUARE, openings=[WINDOW])
    fresh = contents()["blocks"], names()
    assert fresh[1] == alone[1]
    for kind in ("collections", "objects"):
        assert fresh[1][kind] == alone[1][kind]
    for kind in ("lights", "meshes"):
        assert len(fresh[0][kind]) == len(alone[0][kind])


def test_an_interrupted_change_of_floor_leaves_the_old_shell(blend, place, contents):
    room = place()
    data = {"version": 1, "room_type": "bedroom", "objects": [BED], "floor": SQUARE, "openings": [WINDOW, DOOR]}
    scene = blend.instructscene_core.scene.Scene.from_json(data)
    before = contents(), names()
    steps = blend.addon.placing.place_steps(bpy.context, scene, room=room)
    while next(steps) < 0.9:
        pass
    steps.close()
    assert (contents(), names()) == before


def move_wall(parts):
    parts["wall"][0].location.x += 0.1


def move_corner(parts):
    parts["wall"][0].data.vertices[0].co.z += 0.2


def dim(parts):
    parts["light"][0].data.energy *= 0.5


def repaint(parts):
    parts["wall"][0].data.materials[0] = bpy.data.materials.new("Mine")


def remove_door(parts):
    bpy.data.objects.remove(parts["door"][0])


@pytest.mark.parametrize("change", [move_wall, move_corner, dim, repaint, remove_door])
def test_an_edited_shell_is_kept(blend, place, contents, change):
    room = place()
    change(shell(room))
    bpy.context.view_layer.update()
    before = {name: look for name, look in contents()["objects"].items() if KIND in look["properties"]}
    place(room=room, floor=SQUARE, openings=[WINDOW])
    after = {name: look for name, look in contents()["objects"].items() if KIND in look["properties"]}
    assert after == before
    scene = blend.addon.records.room_scene(room)
    assert blend.addon.shell.stays_behind(room, scene.floor)


def test_hiding_or_selecting_is_no_edit(place):
    room = place()
    for obj in room.children:
        obj.select_set(state=True)
        obj.hide_viewport = True
    place(room=room, floor=SQUARE, openings=[WINDOW])
    (floor,) = shell(room)["floor"]
    assert area(floor, lambda _, n: n.z > 0.99) == pytest.approx(16.0)


def test_shells_share_materials_and_a_changed_one_stays_changed(place):
    first = place()
    paint = shell(first)["wall"][0].data.materials[0]
    paint.diffuse_color = (1.0, 0.0, 0.0, 1.0)
    second = place(location=(20.0, 0.0, 0.0))
    assert shell(second)["wall"][0].data.materials[0] == paint
    assert tuple(paint.diffuse_color) == (1.0, 0.0, 0.0, 1.0)


def test_generate_makes_it_and_edits_leave_it_alone(blend, settings, contents):
    assert blend.addon.jobs
    settings.seed = 3
    bpy.ops.instructscene.generate_room()
    (room,) = [obj for obj in bpy.data.objects if "instructscene_scene" in obj]
    parts = shell(room)
    assert set(parts) >= {"floor", "wall", "door", "light", "ceiling"}
    plan = json.loads(room["instructscene_scene"])
    assert len(parts["wall"]) == len(plan["floor"]) + 1
    before = {name: look for name, look in contents()["objects"].items() if KIND in look["properties"]}
    for obj in bpy.context.view_layer.objects:
        obj.select_set(state=True)
    assert bpy.ops.instructscene.rearrange_selection() == {"FINISHED"}
    after = {name: look for name, look in contents()["objects"].items() if KIND in look["properties"]}
    assert after == before
    classes = {item["category"] for item in json.loads(room["instructscene_scene"])["objects"]}
    assert classes
    assert all(len(item["id"]) for item in json.loads(room["instructscene_scene"])["objects"])


def test_the_option_off_gives_no_shell(settings):
    settings.shell = False
    bpy.ops.instructscene.generate_room()
    (room,) = [obj for obj in bpy.data.objects if "instructscene_scene" in obj]
    assert not shell(room)


# Where a new room stands


def cube(name, size, location):
    w, d, h = (value / 2 for value in size)
    mesh = bpy.data.meshes.new(name)
    corners = [(x * w, y * d, z * h) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    mesh.from_pydata(corners, [], [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6)])
    obj = bpy.data.objects.new(name, mesh)
    obj.location = location
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.update()
    return obj


@pytest.fixture
def find(blend):
    """Where a room of 4 m by 4.5 m would stand."""

    def call():
        scene = blend.instructscene_core.scene.Scene.from_json({"version": 1, "room_type": "bedroom", "floor": L_SHAPE})
        return blend.addon.location.free_location(bpy.context.scene, scene.floor, (0.0, 0.0, 0.0))

    return call


def test_a_room_stands_clear_of_the_default_cube(find):
    cube("Cube", (2, 2, 2), (0, 0, 0))
    assert find() == pytest.approx((1 + 1 + 2.12, 0, 0))


@pytest.mark.parametrize(
    ("size", "location"),
    [
        ((20, 20, 0.1), (0, 0, -0.05)),
        ((200, 200, 30), (0, 0, 0)),
        ((1, 1, 1), (0, 0, 5)),
        ((2, 2, 2), (-9, 0, 0)),
        ((2, 2, 2), (0, 9, 0)),
    ],
    ids=["ground", "landscape", "above", "left", "beside"],
)
def test_what_is_not_in_the_way_does_not_count(find, size, location):
    cube("Thing", size, location)
    assert find() == (0, 0, 0)


def test_a_hidden_object_is_not_in_the_way(find):
    cube("Cube", (2, 2, 2), (0, 0, 0)).hide_set(state=True)
    assert find() == (0, 0, 0)


def test_rooms_stand_beside_rooms_with_their_walls(blend, place, find):
    place()
    x, _, _ = find()
    assert x - 2.12 == pytest.approx(2.12 + 1.0)
    assert np.isfinite(x)
    assert blend.addon.location
