"""Scenes become objects and are read back to the bit; meshes fill their boxes, and nothing is left over."""

import math
import random

import bpy
import pytest
from helpers import module


@pytest.fixture
def placing(blend):
    return blend.addon.placing


@pytest.fixture
def make(blend):
    """A function that makes a Scene of objects given as (id, category, asset, position, size, yaw)."""
    core = blend.instructscene_core.scene

    def scene(*items, **keys):
        objects = [
            dict(zip(("id", "category", "asset", "position", "size", "yaw"), item, strict=True)) for item in items
        ]
        objects = [{key: value for key, value in item.items() if value is not None} for item in objects]
        return core.Scene.from_json({"version": 1, "room_type": "bedroom", "objects": objects, **keys})

    return scene


NIGHTSTAND, LAMP = "starter/nightstand_drawers_oak", "starter/pendant_lamp_globes_walnut"
PAIR = (
    ("a", "nightstand", NIGHTSTAND, [0.1, 0.7, 0.27], [0.5, 0.4, 0.54], 0.3),
    ("b", "nightstand", NIGHTSTAND, [1.1, -0.7, 0.25], [0.45, 0.41, 0.5], -2.0),
)


def any_items(seed, count):
    draw = random.Random(seed)
    for k in range(count):
        place = [draw.uniform(-4, 4) for _ in range(3)]
        size = [draw.uniform(0.05, 3) for _ in range(3)]
        yield (f"o{k}", "desk", NIGHTSTAND if k % 2 else None, place, size, draw.uniform(-7, 7))


def poses(room, metres=1.0):
    found = {
        key: module("poses").read_pose(obj, room, metres) for key, obj in module("records").room_objects(room).items()
    }
    return {key: (pose.position, pose.size, pose.yaw) for key, pose in found.items()}


def expected(scene):
    return {item.id: (item.position, item.size, item.yaw) for item in scene.objects}


@pytest.mark.parametrize("metres", [1.0, 0.01, 1000.0])
def test_poses_are_read_back_to_the_bit(placing, make, metres):
    bpy.context.scene.unit_settings.scale_length = metres
    scene = make(*any_items(0, 60))
    room = placing.place_scene(bpy.context, scene, location=(3.0, -2.0, 1.0))
    assert poses(room, metres) == expected(scene)
    assert module("records").room_scene(room) == scene
    room.rotation_euler, room.location = (0.0, 0.0, 1.0), (50.0, 1.0, 0.0)
    assert poses(room, metres) == expected(scene)


def test_what_a_person_moved_is_read_where_it_stands(placing, make):
    room = placing.place_scene(bpy.context, make(*PAIR))
    obj = module("records").room_objects(room)["a"]
    obj.location.x += 0.5
    pose = module("poses").read_pose(obj, room, 1.0)
    assert pose.position == pytest.approx((0.6, 0.7, 0.27), abs=1e-6)
    assert pose.yaw == pytest.approx(0.3, abs=1e-6)


def test_meshes_fill_their_boxes(placing, make):
    room = placing.place_scene(bpy.context, make(*any_items(1, 20)))
    bpy.context.view_layer.update()
    for obj in module("records").room_objects(room).values():
        x, y, z, w, d, h, yaw = list(obj[module("records").POSE_KEY])[:7]
        corners = [obj.matrix_world @ vertex.co for vertex in obj.data.vertices]
        c, s = math.cos(yaw), math.sin(yaw)
        own = [(c * (p.x - x) + s * (p.y - y), c * (p.y - y) - s * (p.x - x), p.z - z) for p in corners]
        for axis, size in enumerate((w, d, h)):
            values = [point[axis] for point in own]
            assert min(values) == pytest.approx(-size / 2, abs=1e-4)
            assert max(values) == pytest.approx(size / 2, abs=1e-4)


def test_smaller_meshes_stand_on_the_floor_and_lamps_touch_the_ceiling(placing, blend):
    core = blend.instructscene_core.scene
    item = {"position": [0, 0, 0.5], "size": [1, 1, 1], "placed_size": [0.5, 0.5, 0.5], "yaw": 0.0}
    lamp = {"id": "lamp", "category": "pendant_lamp", "asset": LAMP, **item, "position": [0, 0, 2.3]}
    objects = [{"id": "desk", "category": "nightstand", "asset": NIGHTSTAND, **item}, lamp]
    scene = core.Scene.from_json({"version": 1, "room_type": "bedroom", "objects": objects, "height": 2.8})
    placed = module("records").room_objects(placing.place_scene(bpy.context, scene))
    bpy.context.view_layer.update()
    heights = {k: [(obj.matrix_world @ v.co).z for v in obj.data.vertices] for k, obj in placed.items()}
    assert min(heights["desk"]) == pytest.approx(0.0, abs=1e-4)
    assert max(heights["lamp"]) == pytest.approx(2.8, abs=1e-4)
    assert min(heights["lamp"]) == pytest.approx(2.3, abs=1e-4)


def test_one_mesh_serves_all_objects_of_an_asset(placing, make):
    room = placing.place_scene(bpy.context, make(*PAIR))
    again = placing.place_scene(bpy.context, make(*PAIR))
    meshes = {obj.data for empty in (room, again) for obj in module("records").room_objects(empty).values()}
    assert len(meshes) == 1
    assert len(bpy.data.materials) == len({material.name.split(".")[0] for material in bpy.data.materials})


def test_a_room_is_changed_in_place(placing, make):
    room = placing.place_scene(bpy.context, make(*PAIR))
    kept = module("records").room_objects(room)["a"]
    before = [tuple(row) for row in kept.matrix_basis]
    changed = make(PAIR[0], ("c", "pendant_lamp", LAMP, [0, 0, 2.3], [0.7, 0.7, 1.0], 0.0))
    assert placing.place_scene(bpy.context, changed, room=room) == room
    assert set(module("records").room_objects(room)) == {"a", "c"}
    assert module("records").room_objects(room)["a"] == kept
    assert [tuple(row) for row in kept.matrix_basis] == before
    assert poses(room) == expected(changed)


@pytest.mark.parametrize("taken", [1, 2, 3, 4, 5])
def test_an_interrupted_placing_leaves_nothing(placing, make, contents, taken):
    room = placing.place_scene(bpy.context, make(PAIR[0]))
    lamp = ("c", "pendant_lamp", LAMP, [0, 0, 2.3], [0.7, 0.7, 1.0], 0.0)
    moved = (*PAIR[0][:3], [0.0, 0.0, 0.27], [0.4, 0.4, 0.5], 1.0)
    target = make(moved, lamp, ("d", "desk", None, [0, 0, 1], [1, 1, 2], 1.0), PAIR[1])
    before = contents()
    for options in ({"room": room}, {}):
        steps = placing.place_steps(bpy.context, target, **options)
        for _ in range(taken):
            next(steps)
        steps.close()
        assert contents() == before


def test_unknown_furniture_changes_nothing(placing, make, contents):
    before = contents()
    scene = make(PAIR[0], ("b", "desk", "starter/no_such_desk", [0, 0, 1], [1, 1, 1], 0.0))
    with pytest.raises(placing.PlacingError, match="no_such_desk"):
        placing.place_scene(bpy.context, scene)
    assert contents() == before


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_a_library_that_cannot_be_read_is_named(placing, make, contents, tmp_path, damage):
    library = tmp_path / "furniture.blend"
    if damage == "damaged":
        library.write_bytes(b"no blend file")
    before = contents()
    with pytest.raises(placing.PlacingError, match=r"furniture\.blend cannot be read.*Reinstall"):
        placing.place_scene(bpy.context, make(*PAIR), library=library)
    assert contents() == before


def test_another_catalogue_without_a_library_is_refused(placing, make, contents):
    before = contents()
    with pytest.raises(placing.PlacingError, match='"attic"'):
        placing.place_scene(bpy.context, make(("a", "desk", "attic/desk", [0, 0, 1], [1, 1, 1], 0.0)))
    assert contents() == before


def test_entries_of_one_shape_have_materials_of_their_own(placing, make):
    """The library has one mesh for them, with the materials in the objects' slots; they come in one load."""
    names = [f"starter/nightstand_chest_{palette}" for palette in ("walnut", "ivory")]
    place = [[x, 0.0, 0.35] for x in (0.0, 2.0, 4.0)]
    items = [(f"n{i}", "nightstand", names[i % 2], place[i], [0.56, 0.43, 0.7], 0.0) for i in range(3)]
    room = placing.place_scene(bpy.context, make(*items))
    first, second, third = (module("records").room_objects(room)[f"n{i}"] for i in range(3))
    used = [{slot.material.name.split(".")[0] for slot in obj.material_slots} for obj in (first, second)]
    assert "Walnut" in used[0]
    assert "Ivory Paint" in used[1]
    assert "Walnut" not in used[1]
    assert first.data == third.data != second.data
