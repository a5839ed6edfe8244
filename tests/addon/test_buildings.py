"""A person's building as it comes: with furniture in it, in parts or whole, with several rooms, or impossible."""

import json
import math

import bpy
import numpy as np
import pytest
from helpers import box, look, module, room, select

pytestmark = pytest.mark.usefixtures("settings")
X, Y, Z = 4.0, 3.5, 2.8
CORNERS = [(0, 0, 0), (X, 0, 0), (X, Y, 0), (0, Y, 0), (0, 0, Z), (X, 0, Z), (X, Y, Z), (0, Y, Z)]
FACES = [(0, 1, 2, 3), (0, 4, 5, 1), (1, 5, 6, 2), (2, 6, 7, 3), (3, 7, 4, 0)]


def mesh_object(name, corners, faces, location=(0.0, 0.0, 0.0)):
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(corners, [], faces)
    obj = bpy.data.objects.new(name, mesh)
    obj.location = location
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.update()
    return obj


def plane(name, width, depth, location=(0.0, 0.0, 0.0)):
    """A flat rectangle whose first corner is at its origin."""
    return mesh_object(name, [(0, 0, 0), (width, 0, 0), (width, depth, 0), (0, depth, 0)], [(0, 1, 2, 3)], location)


def shell():
    return mesh_object("Room", CORNERS, FACES)


def four_parts():
    return [mesh_object(name, CORNERS, [face]) for name, face in
            zip(("Floor", "Wall", "Wall", "Wall", "Wall"), FACES, strict=True)]  # fmt: skip


def bed_in(location=(2.0, 2.4, 0.0)):
    return box("Bed", (1.6, 2.0, 0.5), location)


def record():
    return json.loads(room()["instructscene_scene"])


def read(**options):
    return module("architecture.building").read_building(bpy.context, 1.0, **options)


def sides(building):
    xs, ys = zip(*building.floor.polygon, strict=True)
    return sorted((max(xs) - min(xs), max(ys) - min(ys)))


def all_inside():
    """Whether all furniture is within the rectangle of the room."""
    bpy.context.view_layer.update()
    for obj in room().children:
        corners = np.array([tuple(obj.matrix_world @ vertex.co) for vertex in obj.data.vertices])
        low, high = corners.min(axis=0), corners.max(axis=0)
        assert (low[:2] > -0.02).all(), obj.name
        assert (high[:2] < (X + 0.02, Y + 0.02)).all(), obj.name


def building_of(kind):
    return [shell()] if kind == "shell" else four_parts()


@pytest.mark.parametrize("kind", ["shell", "parts"])
@pytest.mark.parametrize("chosen", ["all", "bed", "building"])
def test_complete_adds_inside_the_building(settings, kind, chosen):
    settings.instruction, settings.add = "Add a wardrobe and a desk.", 2
    parts, bed = building_of(kind), bed_in()
    before = {obj.name: look(obj) for obj in parts}
    select(*{"all": [*parts, bed], "bed": [bed], "building": parts}[chosen])
    assert bpy.ops.instructscene.complete_room() == {"FINISHED"}
    assert {name: look(bpy.data.objects[name]) for name in before} == before
    scene = record()
    kept = [item for item in scene["objects"] if item["id"] == "Bed"]
    assert len(kept) == 1
    assert kept[0]["category"] == "double_bed"
    assert len(scene["objects"]) >= 2
    all_inside()


@pytest.mark.parametrize("kind", ["shell", "parts"])
def test_rearranging_everything_moves_the_furniture_alone(settings, kind):
    settings.instruction = ""
    parts, bed = building_of(kind), bed_in()
    before = {obj.name: look(obj) for obj in parts}
    moved = False
    for settings.seed in range(3):
        place = look(bed)["matrix"]
        bpy.ops.object.select_all(action="SELECT")
        bpy.ops.instructscene.rearrange_selection()
        moved = moved or look(bed)["matrix"] != place
        corners = np.array([tuple(bed.matrix_world @ vertex.co) for vertex in bed.data.vertices])
        assert (corners[:, :2].min(axis=0) > -0.02).all()
        assert (corners[:, :2].max(axis=0) < (X + 0.02, Y + 0.02)).all()
    assert moved
    assert {name: look(bpy.data.objects[name]) for name in before} == before


def test_what_stands_there_is_kept_clear(settings):
    """A radiator is a part of the building, a nameless block is in the way, a chair counts as one."""
    settings.instruction = ""
    floor = shell()
    radiator, block = box("Radiator", (1.2, 0.15, 0.6), (2.0, 0.12, 0.0)), box("Cube", (0.8, 0.8, 1.0), (3.4, 3.0, 0.0))
    chair = box("Chair", (0.45, 0.45, 0.9), (0.5, 3.0, 0.0))
    before = {obj.name: look(obj) for obj in (floor, radiator, block)}
    select(floor)
    bpy.ops.instructscene.furnish_my_room()
    scene = record()
    assert {name: look(bpy.data.objects[name]) for name in before} == before
    assert {item["name"] for item in scene["obstacles"]} == {"Radiator", "Cube"}
    assert [item["category"] for item in scene["objects"] if item["id"] == "Chair"] == ["chair"]
    assert chair["instructscene_id"] == "Chair"
    all_inside()
    for obj in room().children:
        corners = np.array([tuple(obj.matrix_world @ vertex.co) for vertex in obj.data.vertices])
        low, high = corners.min(axis=0), corners.max(axis=0)
        if low[2] > 1.0 or high[2] < 0.06:
            continue
        for thing in (block, radiator):
            box_low, box_high = (np.array(thing.matrix_world @ thing.data.vertices[k].co) for k in (0, 7))
            apart = np.maximum(low, box_low) - np.minimum(high, box_high)
            assert (apart[:2] > -0.02).any(), f"{obj.name} and {thing.name}"


def test_a_wall_that_was_moved_counts_where_it_stands(settings):
    settings.instruction = ""
    parts = four_parts()
    select(parts[0])
    bpy.ops.instructscene.furnish_my_room()
    parts[2].location.x = -1.0  # the right wall
    bpy.context.view_layer.update()
    select(room())
    settings.add = 1
    bpy.ops.instructscene.complete_room()
    xs = [x for x, _ in record()["floor"]]
    assert max(xs) - min(xs) == pytest.approx(X - 1.0, abs=1e-3)


def test_the_room_around_the_cursor_is_taken():
    plane("Floor", 8, 4)
    for name, x in (("Wall A", 0.0), ("Wall B", 4.9), ("Wall C", 8.0)):
        mesh_object(name, [(x, 0, 0), (x, 4, 0), (x, 4, Z), (x, 0, Z)], [(0, 1, 2, 3)])
    floor = bpy.data.objects["Floor"]
    bpy.context.scene.cursor.location = (-5.0, -5.0, 0.0)
    building = read(chosen=[floor])
    assert sides(building) == pytest.approx([4.0, 4.9])
    assert "2 rooms" in building.notes[0]
    bpy.context.scene.cursor.location = (6.0, 2.0, 0.0)
    building = read(chosen=[floor])
    assert sides(building) == pytest.approx([3.1, 4.0])
    assert not building.notes
    assert sides(read(chosen=[floor], point=(1.0, 1.0, 0.0))) == pytest.approx([4.0, 4.9])


def test_a_gap_for_a_door_that_reaches_the_top_does_not_open_the_room():
    """A ground goes on below all walls, and a wall leaves 0.9 m free from floor to ceiling."""
    ground = plane("Ground", 20, 20, (-8, -8, 0))
    for a, b in (((0, 0), (1, 0)), ((1.9, 0), (4, 0)), ((4, 0), (4, 3)), ((4, 3), (0, 3)), ((0, 3), (0, 0))):
        wall_between(a, b)
    building = read(chosen=[ground])
    assert sides(building) == pytest.approx([3.0, 4.0], abs=0.01)
    (door,) = building.floor.openings
    assert door.kind == "door"
    assert math.dist(*door.segment) == pytest.approx(0.9, abs=0.01)


def wall_between(a, b, thickness=0.12, name="Wall"):
    """A wall of a primitive cube, as people make them: scaled and turned as an object; to the right of a to b."""
    length = math.dist(a, b)
    angle = math.atan2(b[1] - a[1], b[0] - a[0])
    bpy.ops.mesh.primitive_cube_add(size=1.0)
    obj = bpy.context.active_object
    obj.name, obj.scale, obj.rotation_euler = name, (length, thickness, Z), (0.0, 0.0, angle)
    out = thickness / 2
    obj.location = (
        (a[0] + b[0]) / 2 + out * math.sin(angle),
        (a[1] + b[1]) / 2 - out * math.cos(angle),
        Z / 2,
    )
    bpy.context.view_layer.update()
    return obj


@pytest.mark.parametrize("turn", [0.0, 0.4])
def test_walls_of_scaled_cubes_with_frames_and_leaves(turn):
    floor = plane("Floor", 5, 4)
    corners = [(0, 0), (5, 0), (5, 4), (0, 4)]
    for a, b in zip(corners, (*corners[1:], corners[0]), strict=True):
        wall_between(a, b)
    for name, size, place in (
        ("Door Frame", (1.0, 0.16, 2.1), (1.5, -0.06, 0.0)),
        ("Door Leaf", (0.9, 0.04, 2.05), (1.5, -0.02, 0.0)),
        ("Door Handle", (0.12, 0.1, 0.05), (1.9, 0.03, 1.0)),
        ("Window", (1.6, 0.14, 1.2), (3.0, 4.06, 0.9)),
    ):
        box(name, size, place)
    if turn:
        pivot = bpy.data.objects.new("House", None)
        bpy.context.scene.collection.objects.link(pivot)
        for obj in list(bpy.context.scene.objects):
            if obj != pivot:
                obj.parent = pivot
        pivot.rotation_euler.z = turn
        bpy.context.view_layer.update()
    building = read(chosen=[floor])
    found = sorted((o.kind, round(math.dist(*o.segment), 2), round(o.bottom, 2), round(o.top, 2))
                   for o in building.floor.openings)  # fmt: skip
    assert found == [("door", 1.0, 0.0, 2.1), ("window", 1.6, 0.9, 2.1)]
    assert building.yaw == pytest.approx(turn, abs=1e-4)


def test_a_wall_of_a_curve_and_a_modifier():
    floor = plane("Floor", 5, 4)
    corners = [(0, 0), (5, 0), (5, 4), (0, 4)]
    wall = mesh_object("Walls", [(x, y, z) for z in (0, Z) for x, y in corners],
                       [(0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)])  # fmt: skip
    solid = wall.modifiers.new("Solidify", "SOLIDIFY")
    solid.thickness, solid.offset, solid.use_even_offset = 0.2, 0.0, True
    bpy.context.view_layer.update()
    building = read(chosen=[floor])
    assert sides(building) == pytest.approx([3.8, 4.8], abs=0.01)


def test_the_storey_of_the_furniture_is_taken():
    plane("Floor", X, Y)
    plane("Floor upstairs", X + 1, Y, (0, 0, 3.0))
    building = read(point=(2.0, 2.0, 3.0))
    assert sides(building) == pytest.approx([Y, X + 1])
    assert building.origin[2] == pytest.approx(3.0)
    assert building.floor.height == pytest.approx(2.8)
    assert read(point=(2.0, 2.0, 0.0)).floor.height == pytest.approx(3.0, abs=0.01)


@pytest.mark.parametrize("unit", [0.01, 0.3048])
def test_units_other_than_metres(settings, unit):
    bpy.context.scene.unit_settings.scale_length = unit
    floor = plane("Floor", X / unit, Y / unit)
    settings.instruction = ""
    select(floor)
    bpy.ops.instructscene.furnish_my_room()
    xs, ys = zip(*record()["floor"], strict=True)
    assert (max(xs) - min(xs), max(ys) - min(ys)) == pytest.approx((X, Y), abs=1e-3)


def refusal():
    with pytest.raises(RuntimeError) as caught:
        bpy.ops.instructscene.furnish_my_room()
    return str(caught.value)


def test_floors_that_no_room_has_are_refused(contents):
    select(plane("Floor", 400, 350))
    before = contents()
    message = refusal()
    assert "140,000 m²" in message
    assert "In centimetres it would be 14 m²" in message
    assert contents() == before
    select(plane("Floor", 1.0, 1.2, (1000, 0, 0)))
    assert "at least" in refusal()
    line = mesh_object("Floor", [(0, 0, 0), (1, 0, 0)], [], (2000, 0, 0))
    select(line)
    assert "There is no floor to furnish" in refusal()


def test_walls_that_enclose_nothing_are_refused(contents):
    wall = wall_between((0, 0), (4, 0))
    wall_between((4, 0), (4, 3))
    select(wall)
    before = contents()
    message = refusal()
    assert "The walls do not enclose a floor" in message
    assert "Close the gaps between the walls" in message
    assert contents() == before


def test_a_camera_is_no_room(contents):
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    bpy.context.scene.collection.objects.link(camera)
    select(camera)
    before = contents()
    assert "There is no floor to furnish" in refusal()
    assert contents() == before


def test_a_floor_is_drawn_and_furnished(settings):
    settings.instruction = ""
    corners = [(0, 0), (4, 0), (4, 2), (2, 2), (2, 3.5), (0, 3.5)]
    assert bpy.ops.instructscene.draw_floor("EXEC_DEFAULT", corners=json.dumps(corners)) == {"FINISHED"}
    assert bpy.context.active_object.name == "Floor"
    assert bpy.ops.instructscene.furnish_my_room() == {"FINISHED"}
    assert len(record()["floor"]) == 6
    for bad, words in (("[[0, 0], [1, 1]]", "three corners"), ("[[0,0],[2,2],[2,0],[0,2]]", "crosses itself"),
                       ("{", "no list of places")):  # fmt: skip
        with pytest.raises(RuntimeError, match=words):
            bpy.ops.instructscene.draw_floor("EXEC_DEFAULT", corners=bad)


def test_what_was_read_is_shown_and_corrected():
    overlay = module("overlay").OVERLAY
    floor, door = plane("Floor", X, Y), box("Panel", (0.9, 0.1, 2.0), (2.0, -0.04, 0.0))
    select(floor)
    assert bpy.ops.instructscene.show_room() == {"FINISHED"}
    texts = [label.text for label in overlay.drawing.labels]
    assert texts == ["14.0 m², 2.80 m high", "Door 0.90 m"]  # a nameless box in the line of the wall
    assert bpy.ops.instructscene.set_kind(object="Panel", kind="window") == {"FINISHED"}
    assert [label.text for label in overlay.drawing.labels][1:] == ["Window 0.90 m"]
    assert bpy.ops.instructscene.set_kind(object="Panel", kind="none") == {"FINISHED"}
    assert len(overlay.drawing.labels) == 1
    assert door.instructscene_kind == "none"
    assert bpy.ops.instructscene.show_room() == {"FINISHED"}
    assert overlay.drawing is None


def test_the_height_of_the_walls_can_be_set(settings):
    floor = plane("Floor", X, Y)
    settings.wall_height = 3.2
    assert read(chosen=[floor]).floor.height == pytest.approx(3.2)
