"""What people bring who do this job: cases C of those beside the project, and what once sent an artist away."""

import json
import math

import bmesh
import bpy
import pytest
from helpers import box, empty, look, module, room, select
from mathutils import Matrix

pytestmark = pytest.mark.usefixtures("settings")


def record():
    return json.loads(room()["instructscene_scene"])


def items():
    return {item["id"]: item for item in record()["objects"]}


def facing(item):
    """Where an object of a scene looks, in the room's axes."""
    return math.sin(item["yaw"]), -math.cos(item["yaw"])


def joined(name, *boxes, turn=0.0, scale=1.0):
    """One mesh of boxes (middle of the base, size), turned in its data, not as an object."""
    mesh = bpy.data.meshes.new(name)
    shape = bmesh.new()
    for (x, y, z), (w, d, h) in boxes:
        move = Matrix.Translation((x, y, z + h / 2)) @ Matrix.Diagonal((w, d, h, 1.0))
        bmesh.ops.create_cube(shape, size=1.0, matrix=move)
    shape.to_mesh(mesh)
    shape.free()
    mesh.transform(Matrix.Rotation(turn, 4, "Z") @ Matrix.Scale(scale, 4))
    obj = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.update()
    return obj


SOFA = (
    ((0, 0, 0.1), (2.06, 0.9, 0.32)),
    ((0, 0.36, 0.1), (2.06, 0.18, 0.75)),
    ((-0.95, 0, 0.1), (0.16, 0.9, 0.52)),
    ((0.95, 0, 0.1), (0.16, 0.9, 0.52)),
)
"""A sofa that looks to -Y, its back at +Y."""


def test_a_chair_of_four_meshes_under_an_empty_is_an_armchair(settings):
    root = empty("Armchair")
    parts = [
        box("Object_4", (0.5, 0.5, 0.08), (0, 0, 0.4)),
        box("Object_6", (0.5, 0.06, 0.5), (0, 0.22, 0.45)),
        box("Object_8", (0.05, 0.05, 0.4), (0.2, 0.2, 0)),
        box("Object_10", (0.05, 0.05, 0.4), (-0.2, 0.2, 0)),
    ]
    for part in parts:
        part.parent = root
    desk = box("Desk", (1.2, 0.6, 0.75), (1.5, 0, 0))
    select(*parts, desk)
    settings.instruction = "Put the chair beside the desk."
    before = [look(part)["matrix"] for part in parts]
    assert bpy.ops.instructscene.rearrange_selection() == {"FINISHED"}
    assert {key: item["category"] for key, item in items().items()} == {"Armchair": "armchair", "Desk": "desk"}
    assert [look(part)["matrix"] for part in parts] == before  # in the axes of the Empty, which moved
    assert not any("instructscene_id" in part for part in parts)


def test_axes_and_scales_of_importers_count(tmp_path):
    """An .obj is Y up, and its importer turns the object; others leave centimetres below a scaled Empty."""
    corners = [f"v {x} {y} {z}" for x in (-0.2, 0.2) for y in (0, 0.9) for z in (-0.3, 0.3)]
    sides = ("1 2 4 3", "5 7 8 6", "1 5 6 2", "3 4 8 7", "1 3 7 5", "2 6 8 4")
    (tmp_path / "chair.obj").write_text("\n".join([*corners, *(f"f {side}" for side in sides)]))
    bpy.ops.wm.obj_import(filepath=str(tmp_path / "chair.obj"))
    chair = bpy.context.selected_objects[0]
    assert chair.rotation_euler.x == pytest.approx(math.pi / 2)
    pose = module("poses").read_pose(chair, None, 1.0)
    assert pose.size == pytest.approx((0.4, 0.6, 0.9), abs=1e-5)
    assert pose.yaw == pytest.approx(0.0, abs=1e-6)
    root = empty("Root")
    root.scale, root.rotation_euler = (0.01, 0.01, 0.01), (0.0, 0.0, math.pi / 2)
    child = box("Bookshelf", (80.0, 30.0, 200.0))
    child.parent = root
    bpy.context.view_layer.update()
    pose = module("poses").read_pose(child, None, 1.0)
    assert pose.size == pytest.approx((0.8, 0.3, 2.0), abs=1e-5)
    assert pose.yaw == pytest.approx(math.pi / 2, abs=1e-5)


@pytest.mark.parametrize(("unit", "size"), [(0.3048, (1.2192, 0.6096, 0.762)), (0.0254, (0.1016, 0.0508, 0.0635))])
def test_feet_and_inches_are_metres_in_the_scene(settings, unit, size):
    bpy.context.scene.unit_settings.system = "IMPERIAL"
    bpy.context.scene.unit_settings.scale_length = unit
    pose = module("poses").read_pose(box("Desk", (4, 2, 2.5)), None, unit)
    assert pose.size == pytest.approx(size, abs=1e-5)
    if unit > 0.1:
        select(bpy.data.objects["Desk"])
        settings.add = 1
        bpy.ops.instructscene.complete_room()
        assert items()["Desk"]["size"] == pytest.approx(size, abs=1e-5)


def test_a_collection_instance_among_all_that_is_selected_takes_part(settings):
    lamp = bpy.data.collections.new("Lamp parts")
    for part in (box("Shade", (0.4, 0.4, 0.3), (0, 0, 1.4)), box("Pole", (0.05, 0.05, 1.5))):
        bpy.context.scene.collection.objects.unlink(part)
        lamp.objects.link(part)
    instance = empty("Floor Lamp", (3.0, 0.0, 0.0))
    instance.instance_type, instance.instance_collection = "COLLECTION", lamp
    box("Bed", (1.6, 2.0, 0.5))
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.view_layer.update()
    bpy.ops.object.select_all(action="SELECT")
    before, settings.add = look(instance)["matrix"], 1
    assert bpy.ops.instructscene.complete_room() == {"FINISHED"}
    assert items()["Floor Lamp"]["category"] == "floor_lamp"
    assert items()["Bed"]["category"] == "double_bed"
    assert look(instance)["matrix"] == before
    assert any(note.startswith('Left aside: "Camera"') for note in record()["report"]["notes"])


def test_a_person_says_which_way_a_model_faces(settings):
    chair = box("Armchair", (0.8, 0.85, 0.9))
    select(chair)
    assert bpy.ops.instructscene.turn_front() == {"FINISHED"}
    settings.instruction, settings.add = "", 1
    bpy.ops.instructscene.complete_room()
    item = items()["Armchair"]
    assert facing(item) == pytest.approx((1.0, 0.0), abs=1e-5)
    assert item["size"] == pytest.approx([0.85, 0.8, 0.9], abs=1e-5)


@pytest.mark.parametrize("name", ["Stuhl", "Стул", "椅子", "silla", "chaise.001"])
def test_a_chair_is_known_by_its_name_in_other_languages(name):
    assert box(name, (0.45, 0.45, 0.9)).instructscene_class in ("chair", "dining_chair")


@pytest.mark.parametrize("name", ["Sofá", "Canapé"])
def test_accents_end_no_word(settings, name):
    settings.room_type = "livingroom"
    assert "sofa" in box(name, (2.0, 0.9, 0.8)).instructscene_class


def edges_only():
    mesh = bpy.data.meshes.new("Outline")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1)], [(0, 1), (1, 2), (2, 3)], [])
    return mesh


def one_corner_nowhere():
    mesh = box("Cube", (0.5, 0.5, 0.5)).data.copy()
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    mesh.vertices[0].co = (math.nan, 0.0, 0.0)
    return mesh


@pytest.mark.parametrize("make", [edges_only, one_corner_nowhere])
def test_broken_meshes_take_part_or_are_told(settings, make):
    thing = bpy.data.objects.new("Thing", make())
    bpy.context.scene.collection.objects.link(thing)
    bed = box("Bed", (1.6, 2.0, 0.5), (4.0, 0.0, 0.0))
    select(bed, thing)
    settings.add = 1
    assert bpy.ops.instructscene.complete_room() == {"FINISHED"}
    told = " ".join(record()["report"].get("notes", []))
    assert items()["Bed"]["category"] == "double_bed"
    assert "Thing" in items() or '"Thing"' in told


def test_objects_to_add_do_not_limit_a_new_room(settings):
    settings.add = 1
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}
    assert {"double_bed", "nightstand"} <= {item["category"] for item in record()["objects"]}


def test_a_flat_floor_alone_is_a_room_to_complete(settings):
    mesh = bpy.data.meshes.new("Floor")
    mesh.from_pydata([(0, 0, 0), (4, 0, 0), (4, 3.5, 0), (0, 3.5, 0)], [], [(0, 1, 2, 3)])
    floor = bpy.data.objects.new("Floor", mesh)
    bpy.context.scene.collection.objects.link(floor)
    select(floor)
    before, settings.add = look(floor), 2
    assert bpy.ops.instructscene.complete_room() == {"FINISHED"}
    xs, ys = zip(*record()["floor"], strict=True)
    assert (max(xs) - min(xs), max(ys) - min(ys)) == pytest.approx((4.0, 3.5), abs=1e-4)
    assert record()["objects"]
    assert look(floor) == before


@pytest.mark.parametrize("text", ["Add a coffee table.", "A coffee table facing the sofa"])
def test_a_sofa_that_is_turned_in_its_data_gets_its_table_before_it(settings, text):
    settings.room_type = "livingroom"
    sofa = joined("Sofa", *SOFA, turn=math.pi / 2)  # it looks to +X
    select(sofa)
    settings.instruction, settings.add = text, 1
    assert bpy.ops.instructscene.complete_room() == {"FINISHED"}
    found = items()
    assert facing(found["Sofa"]) == pytest.approx((1.0, 0.0), abs=1e-4)
    assert found["Sofa"]["size"] == pytest.approx([2.06, 0.9, 0.75], abs=1e-4)
    (table,) = [item for item in found.values() if item["category"] == "coffee_table"]
    dx, dy = (table["position"][k] - found["Sofa"]["position"][k] for k in (0, 1))
    assert 0.5 < dx < 2.0
    assert abs(dy) < 0.2
    assert record()["report"]["not_met"] == []


def test_in_front_of_a_turned_sofa_is_where_it_looks_to_as_well(settings):
    """Words about sides are of the room's axes; beyond that the table keeps to the side of the seat."""
    settings.room_type = "livingroom"
    select(joined("Sofa", *SOFA, turn=math.pi / 2))
    settings.instruction, settings.add = "Add a coffee table in front of the sofa.", 1
    assert bpy.ops.instructscene.complete_room() == {"FINISHED"}
    found = items()
    (table,) = [item for item in found.values() if item["category"] == "coffee_table"]
    dx, dy = (table["position"][k] - found["Sofa"]["position"][k] for k in (0, 1))
    assert 0.5 < dx < 2.0
    assert -1.5 < dy < 0.2
    assert record()["report"]["met"] == ["coffee table in front of sofa"]


def test_a_sofa_of_206_metres_is_refused_and_scaled(settings, contents):
    settings.room_type = "livingroom"
    sofa = joined("Sofa", *SOFA, scale=100.0)
    select(sofa)
    before, settings.add = contents(), 1
    with pytest.raises(RuntimeError, match=r'"Sofa" is 100 times too large for a .*sofa\. Press Fix Scale'):
        bpy.ops.instructscene.complete_room()
    assert contents() == before
    assert bpy.ops.instructscene.fix_scale() == {"FINISHED"}
    assert bpy.ops.instructscene.complete_room() == {"FINISHED"}
    assert items()["Sofa"]["size"] == pytest.approx([2.06, 0.9, 0.75], abs=1e-3)
    xs, _ = zip(*record()["floor"], strict=True)
    assert max(xs) - min(xs) < 15


def test_a_lamp_is_a_lamp_whatever_its_name_ends_with():
    shape = bmesh.new()
    for radius, top, low, high in ((0.09, 0.09, 0.0, 0.03), (0.012, 0.012, 0.03, 0.3), (0.17, 0.11, 0.28, 0.5)):
        move = Matrix.Translation((0, 0, (low + high) / 2))
        options = {"cap_ends": True, "segments": 24, "radius1": radius, "radius2": top, "depth": high - low}
        bmesh.ops.create_cone(shape, matrix=move, **options)
    mesh = bpy.data.meshes.new("lampRoundTable")
    shape.to_mesh(mesh)
    shape.free()
    lamp = bpy.data.objects.new("lampRoundTable", mesh)
    bpy.context.scene.collection.objects.link(lamp)
    select(lamp)
    assert bpy.ops.instructscene.recognise() == {"FINISHED"}
    assert lamp.instructscene_class == "table_lamp"


RECTANGLE = [[0, 0], [4, 0], [4, 3.5], [0, 3.5]]
ODD = {
    "clockwise": RECTANGLE[::-1],
    "closed": [*RECTANGLE, [0, 0]],
    "doubled": [[0, 0], [0, 0], [4, 0], [4, 0.0], [4, 3.5], [4, 3.5], [0, 3.5]],
    "spike": [[0, 0], [4, 0], [4, 3.5], [2, 3.5], [2, 9.0], [2, 3.5], [0, 3.5]],
    "far": [[x + 2500, y + 1800] for x, y in RECTANGLE],
}


@pytest.mark.parametrize("name", ODD)
def test_odd_but_sound_outlines_have_the_walls_of_the_rectangle(blend, name):
    def walls(floor):
        scene = blend.instructscene_core.scene.Scene.from_json(
            {"version": 1, "room_type": "bedroom", "floor": floor, "objects": []}
        )
        made = blend.addon.placing.place_scene(bpy.context, scene, with_shell=True)
        bpy.context.view_layer.update()
        return sorted(
            tuple(round(value, 3) for value in obj.dimensions)
            for obj in made.children
            if obj.get("instructscene_architecture") == "wall"
        )

    plain = walls(RECTANGLE)
    assert len(plain) >= 4
    assert walls(ODD[name]) == plain
