"""What the batch writes beside a picture agrees with the room: depth, normals, masks, camera, COCO; rooms as files."""

import json
import os
import struct
import subprocess
import sys
import zlib
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from helpers import box, desk_of_parts, empty, module
from mathutils import Matrix, Vector

ROOT = Path(__file__).resolve().parents[2]
STEPS = {"steps": [20, 5]}
REQUESTS = (
    {"id": "bed", "text": "A nightstand to the left of a double bed.", "seed": 3, **STEPS},
    {"id": "living", "room": "livingroom", "text": "A sofa facing a TV stand.", "seed": 1, **STEPS},
    {"id": "dining", "room": "diningroom", "text": "A dining table with four chairs.", **STEPS},
)
ROOMS = tuple(request["id"] for request in REQUESTS)
VIEWS = ("top", "view")
BESIDE = ("_camera.json", "_coco.json", "_depth.png", "_masks.png", "_normals.png")
PICTURES = ["--render", "--resolution", "96", "--samples", "1"]
ALL = [*PICTURES, "--passes", "depth,normals,masks"]
BOTH = pytest.mark.parametrize(("room", "view"), list(product(ROOMS, VIEWS)))
CORNERS = np.array(list(product((-0.5, 0.5), repeat=3)))
FLAT = 0.003
"""Metres from the floor's plane within which a point is taken for one of the floor."""


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    """A function that runs a batch in a process of its own; gives its exit code and lines on standard error."""
    user = tmp_path_factory.mktemp("user")
    (user / "extensions" / "user_default").mkdir(parents=True)
    (user / "extensions" / "user_default" / "instructscene").symlink_to(ROOT, target_is_directory=True)
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(user), "OMP_NUM_THREADS": "1"}

    def run(*words, before=()):
        command = [*before, sys.executable, str(ROOT / "addon" / "batch.py"), "--", *map(str, words)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        return done.returncode, [line for line in done.stderr.splitlines() if line.strip()]

    return run


@pytest.fixture(scope="module")
def made(batch, tmp_path_factory):
    """A folder with rooms of the starter and all that the batch writes of them."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "requests.jsonl").write_text("\n".join(map(json.dumps, REQUESTS)))
    code, lines = batch("--requests", folder / "requests.jsonl", "--out", folder / "out", *ALL, "--save", "glb,usd")
    assert code == 0, lines
    return folder / "out"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def pixels(path):
    """The numbers in a picture of ours, whatever its bits."""
    data = path.read_bytes()
    width, height, bits, kind = struct.unpack(">IIBB", data[16:26])
    start = data.index(b"IDAT")
    (length,) = struct.unpack(">I", data[start - 4 : start])
    rows = np.frombuffer(zlib.decompress(data[start + 4 : start + 4 + length]), np.uint8).reshape(height, -1)
    assert not rows[:, 0].any()  # not filtered
    values = np.ascontiguousarray(rows[:, 1:]).view(">u2" if bits == 16 else "u1").astype(np.int64)
    return values if kind == 0 else values.reshape(height, width, -1)


class Shown:
    """All that lies beside a picture."""

    def __init__(self, folder, room, view):
        self.scene = json.loads((folder / f"{room}.json").read_text())
        self.depth, self.masks, self.normals = (
            pixels(folder / f"{room}_{view}_{name}.png") for name in ("depth", "masks", "normals")
        )
        self.coco, self.camera = (
            json.loads((folder / f"{room}_{view}_{name}.json").read_text()) for name in ("coco", "camera")
        )
        self.picture = f"{room}_{view}.png"
        self.intrinsics, self.matrix = (np.array(self.camera[key]) for key in ("intrinsics", "world_to_camera"))
        self.eye = np.linalg.inv(self.matrix)[:3, 3]
        height, width = self.depth.shape
        assert (self.camera["width"], self.camera["height"]) == (width, height)
        grid = np.stack([*np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), np.ones((height, width))], -1)
        self.rays = grid @ np.linalg.inv(self.intrinsics).T
        """(h, w, 3) the camera's axes, z is 1."""

    @property
    def points(self):
        """(h, w, 3) metres in the room's axes; where nothing is, the eye."""
        return self.eye + (self.rays * self.depth[..., None] / 1000) @ self.matrix[:3, :3]

    def within(self, item, points):
        """How far points are out of an object's box, metres; below 0 they are in it."""
        sine, cosine = np.sin(item["yaw"]), np.cos(item["yaw"])
        local = (points - item["position"]) @ np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
        return (np.abs(local) - np.array(size_of(item)) / 2).max(-1)

    @property
    def unit_normals(self):
        return self.normals / 65535 * 2 - 1


def size_of(item):
    return item.get("placed_size") or item["size"]


def test_all_files_are_there(made):
    endings = [".glb", ".json", ".usdc", *(f"_{v}{ending}" for v in VIEWS for ending in (".png", *BESIDE))]
    assert names(made) == sorted(f"{room}{ending}" for room in ROOMS for ending in endings)


@BOTH
def test_boxes_of_the_scene_hold_what_the_masks_show(made, room, view):
    shown = Shown(made, room, view)
    objects = shown.scene["objects"]
    assert set(np.unique(shown.masks)) <= set(range(len(objects) + 1))
    assert len(np.unique(shown.masks)) > len(objects) / 2
    for number, item in enumerate(objects, start=1):
        seen = shown.points[shown.masks == number]
        assert (shown.within(item, seen) < 0.005).all(), item["id"]
        deep = (shown.within(item, shown.points) < -0.02) & (shown.depth > 0)
        assert (shown.masks[deep] > 0).all(), item["id"]
    assert (shown.depth[shown.masks > 0] > 0).all()


@BOTH
def test_boxes_are_projected_onto_their_masks(made, room, view):
    shown = Shown(made, room, view)
    checked = 0
    for annotation in shown.coco["annotations"]:
        item = shown.scene["objects"][annotation["object"]]
        turn = np.array(Matrix.Rotation(item["yaw"], 3, "Z"))
        corners = CORNERS * size_of(item) @ turn.T + item["position"]
        inside = corners @ shown.matrix[:3, :3].T + shown.matrix[:3, 3]
        if (inside[:, 2] < 0.1).any():
            continue  # a corner is behind the camera
        flat = inside @ shown.intrinsics.T
        flat = flat[:, :2] / flat[:, 2:]
        x, y, w, h = annotation["bbox"]
        assert (flat.min(0) <= (x + 1, y + 1)).all()
        assert (flat.max(0) >= (x + w - 1, y + h - 1)).all()
        checked += 1
    assert checked > len(shown.coco["annotations"]) / 2


@pytest.mark.parametrize("room", ROOMS)
def test_the_floor_from_above_is_as_deep_as_the_camera_is_high(made, room):
    shown = Shown(made, room, "top")
    floor = (shown.masks == 0) & (shown.depth > 0)
    assert floor.sum() > 100
    assert np.abs(shown.depth[floor] - 1000 * shown.eye[2]).max() <= 1
    assert (shown.depth == 0).any()  # beyond the floor
    assert not shown.normals[shown.depth == 0].any()


@BOTH
def test_normals_of_the_floor_point_up_and_all_towards_the_camera(made, room, view):
    shown = Shown(made, room, view)
    floor = (np.abs(shown.points[..., 2]) < FLAT) & (shown.masks == 0) & (shown.depth > 0)
    assert floor.sum() > 100
    up = shown.matrix[:3, :3] @ (0, 0, 1)
    away = np.abs(shown.unit_normals[floor] - up).max(-1)
    assert (away < 1e-4).mean() > 0.97  # the others are of a wall's lowest millimetres
    there = shown.normals.any(-1)
    np.testing.assert_array_equal(there, shown.depth > 0)
    assert np.abs(np.linalg.norm(shown.unit_normals[there], axis=-1) - 1).max() < 1e-4
    facing = (shown.unit_normals * shown.rays).sum(-1)[there]
    assert (facing < 0).mean() > 0.97  # smooth shading bends some


def rays_of(scene, eye, directions):
    """What rays meet: for each the distance in lengths of its direction and the object, 0 and None for none."""
    graph = scene.view_layers[0].depsgraph
    graph.update()
    for direction in directions:
        met, place, _, _, obj, _ = scene.ray_cast(graph, eye, direction)
        yield ((place - eye).length / direction.length, obj) if met else (0.0, None)


@BOTH
def test_depth_and_masks_are_what_rays_meet(made, blend, room, view):
    shown = Shown(made, room, view)
    scene = blend.instructscene_core.scene.read_scene(made / f"{room}.json")
    empty_of_room = blend.addon.placing.place_scene(bpy.context, scene)
    rendering = blend.addon.rendering
    stage = rendering.top_down_set(bpy.context, empty_of_room, 96, 1)
    if view == "view":
        stage = rendering.perspective_set(bpy.context, empty_of_room, rendering.RenderSettings(96, samples=1))
    rows, columns = (axis.ravel() for axis in np.mgrid[1 : shown.depth.shape[0] : 3, 1 : shown.depth.shape[1] : 3])
    directions = [Vector(shown.rays[at] @ shown.matrix[:3, :3]) for at in zip(rows, columns, strict=True)]
    with stage as studio:
        hits = list(rays_of(studio.scene, Vector(shown.eye), directions))
        order = {item.id: number for number, item in enumerate(scene.objects, start=1)}
        met = [obj.get("instructscene_id") if obj else None for _, obj in hits]
        labels = np.array([order.get(key, 0) for key in met])
    depths = np.array([1000 * depth for depth, _ in hits])
    assert (np.abs(depths - shown.depth[rows, columns]) <= 1.5).mean() > 0.99
    assert (labels == shown.masks[rows, columns]).mean() > 0.99


def decoded(segmentation):
    """The mask of run lengths, as COCO's own reader has it."""
    height, width = segmentation["size"]
    values = np.arange(len(segmentation["counts"])) % 2
    return np.repeat(values, segmentation["counts"]).reshape(width, height).T.astype(bool)


@BOTH
def test_the_coco_file_says_what_the_masks_say(made, room, view):
    shown = Shown(made, room, view)
    (image,) = shown.coco["images"]
    assert image["file_name"] == shown.picture == shown.camera["picture"]
    classes = {item["id"]: item["name"] for item in shown.coco["categories"]}
    seen = set(np.unique(shown.masks).tolist()) - {0}
    assert {item["object"] + 1 for item in shown.coco["annotations"]} == seen
    for item in shown.coco["annotations"]:
        mask = shown.masks == item["object"] + 1
        np.testing.assert_array_equal(decoded(item["segmentation"]), mask)
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        low, high = (columns[0], rows[0]), (columns[-1], rows[-1])
        assert item["bbox"] == [*low, high[0] - low[0] + 1, high[1] - low[1] + 1]
        assert item["area"] == mask.sum()
        assert classes[item["category_id"]] == shown.scene["objects"][item["object"]]["category"]


def test_ids_of_all_pictures_differ(made):
    files = [json.loads(path.read_text()) for path in made.glob("*_coco.json")]
    ids = [item["id"] for file in files for item in file["annotations"]]
    assert len({file["images"][0]["id"] for file in files}) == len(files) == 6
    assert len(set(ids)) == len(ids)


@pytest.fixture
def rooms(made, tmp_path):
    """A folder with one scene file alone."""
    (tmp_path / "rooms").mkdir()
    (tmp_path / "rooms" / "bed.json").write_bytes((made / "bed.json").read_bytes())
    return tmp_path / "rooms"


def stamps(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_pictures_are_the_same_without_passes_and_only_what_is_missing_is_made(batch, made, rooms):
    code, lines = batch("--scenes", rooms, "--out", rooms, *PICTURES)
    assert code == 0, lines
    assert names(rooms) == ["bed.json", "bed_top.png", "bed_view.png"]
    for view in VIEWS:
        assert (rooms / f"bed_{view}.png").read_bytes() == (made / f"bed_{view}.png").read_bytes()

    before = stamps(rooms)
    code, lines = batch("--scenes", rooms, "--out", rooms, *ALL, "--save", "glb")
    assert code == 0, lines
    assert names(rooms) == sorted(
        ["bed.json", "bed.glb", *(f"bed_{view}{ending}" for view in VIEWS for ending in (".png", *BESIDE))]
    )
    assert {name: stamp for name, stamp in stamps(rooms).items() if name in before} == before
    for name in names(rooms):
        if name.endswith(BESIDE):
            assert (rooms / name).read_bytes() == (made / name).read_bytes()

    (rooms / "bed_top_masks.png").unlink()
    (rooms / "bed_view_camera.json").unlink()
    before = stamps(rooms)
    code, lines = batch("--scenes", rooms, "--out", rooms, *ALL, "--save", "glb")
    assert code == 0, lines
    after = stamps(rooms)
    assert {name for name in after if after[name] != before.get(name)} == {"bed_top_masks.png", "bed_view_camera.json"}
    code, lines = batch("--scenes", rooms, "--out", rooms, *ALL, "--save", "glb")
    assert (code, "complete already" in lines[0]) == (0, True)
    assert stamps(rooms) == after


def test_view_alone_and_some_passes(batch, rooms, tmp_path):
    options = ["--render", "view", "--passes", "depth", "--resolution", "48", "--samples", "1"]
    code, lines = batch("--scenes", rooms, "--out", tmp_path / "out", *options)
    assert code == 0, lines
    assert names(tmp_path / "out") == ["bed_view.png", "bed_view_camera.json", "bed_view_depth.png"]


def test_a_full_disk_is_told_once_and_leaves_whole_files_alone(batch, rooms, tmp_path):
    options = [*ALL, "--render", "view", "--resolution", "256"]  # passes of 1.8 MB
    code, lines = batch("--scenes", rooms, "--out", tmp_path / "out", *options, before=["prlimit", "--fsize=1200000"])
    (line,) = [line for line in lines if not line.startswith("OpenEXR")]  # it says so itself too
    assert code == 1
    assert line.startswith("[1/1] bed: failed: ")
    assert "cannot be rendered" in line
    assert line.count("Make room on the disk") == 1
    assert names(tmp_path / "out") == ["bed_view.png"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--passes", "depth"], "--passes needs --render"),
        (["--render", "--passes", "depth,colour"], '"colour" is none of depth, normals, masks'),
        (["--render", "--passes", "depth,masks,depth"], '"depth" stands twice'),
        (["--render", "--passes", ""], '"" is none of'),
        (["--save", "fbx"], '"fbx" is none of glb, usd, blend'),
        (["--save", "glb,glb"], '"glb" stands twice'),
        (["--render", "side"], "'side'"),
        ([], "--scenes makes nothing without --render or --save"),
    ],
)
@pytest.mark.usefixtures("blend")
def test_bad_options_make_nothing(rooms, tmp_path, capsys, options, words):
    main = module("batch").main
    with pytest.raises(SystemExit) as end:
        main(["--scenes", str(rooms), "--out", str(tmp_path / "out"), *options])
    lines = capsys.readouterr().err.splitlines()
    assert (end.value.code, len(lines)) == (2, 1)
    assert words in lines[0]
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("blend")
def test_a_blender_without_usd_refuses_it_before_anything_is_made(rooms, tmp_path, capsys, monkeypatch):
    main = module("batch").main
    without = SimpleNamespace(app=SimpleNamespace(build_options=SimpleNamespace(usd=False)), ops=bpy.ops)
    monkeypatch.setattr(module("exporting"), "bpy", without)
    code = main(["--scenes", str(rooms), "--out", str(tmp_path / "out"), "--save", "glb,usd"])
    lines = capsys.readouterr().err.splitlines()
    assert (code, len(lines)) == (2, 1)
    assert "without USD" in lines[0]
    assert not (tmp_path / "out").exists()


# rooms as files


def measures(objects):
    """Centre and size in its own axes of each object, rounded to centimetres, in order."""
    found = []
    for obj in objects:
        corners = np.array([obj.matrix_world @ Vector(corner) for corner in obj.bound_box])
        sides = [np.linalg.norm(corners[at] - corners[0]) for at in (4, 3, 1)]
        found.append((*corners.mean(0), *sides))
    return np.array(sorted(tuple(np.round(row, 2)) for row in found))


def colour_of(material):
    """That of a material which is a number, else that which the viewport shows."""
    socket = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED").inputs["Base Color"]
    return tuple(round(value, 2) for value in (material.diffuse_color if socket.links else socket.default_value)[:3])


def colours_of(objects):
    """Square metres that each colour has of the surfaces of some objects."""
    areas = {}
    for obj in objects:
        mesh = obj.data.copy()
        mesh.transform(obj.matrix_world)
        for face in mesh.polygons:
            colour = colour_of(mesh.materials[face.material_index])
            areas[colour] = areas.get(colour, 0.0) + face.area
        bpy.data.meshes.remove(mesh)
    return areas


@pytest.mark.parametrize("ending", [".glb", ".usdc"])
@pytest.mark.parametrize("room", ROOMS)
def test_rooms_come_back_from_other_programs_files(blend, made, room, ending):
    scene = blend.instructscene_core.scene.read_scene(made / f"{room}.json")
    placed = blend.addon.placing.place_scene(bpy.context, scene)
    bpy.context.view_layer.update()
    before = set(bpy.data.objects)
    wanted = measures(blend.addon.records.room_objects(placed).values())
    wanted_colours = colours_of(blend.addon.records.room_objects(placed).values())
    importer = bpy.ops.import_scene.gltf if ending == ".glb" else bpy.ops.wm.usd_import
    importer(filepath=str(made / f"{room}{ending}"))
    bpy.context.view_layer.update()
    new = set(bpy.data.objects) - before
    assert {obj.type for obj in new} == {"EMPTY", "MESH"}
    meshes = [obj for obj in new if obj.type == "MESH"]
    assert len(meshes) == len(scene.objects)
    np.testing.assert_allclose(measures(meshes), wanted, atol=0.015)
    assert wanted_colours.keys() == colours_of(meshes).keys()
    for colour, area in colours_of(meshes).items():
        assert area == pytest.approx(wanted_colours[colour], rel=0.01)
    if ending == ".glb":
        assert {obj["instructscene_id"] for obj in meshes} == {item.id for item in scene.objects}


def test_half_a_usd_file_is_none(made):
    data = (made / "bed.usdc").read_bytes()
    is_whole = module("exporting").is_whole_usd
    assert is_whole(data)
    assert not any(is_whole(data[:end]) for end in (0, 8, 90, len(data) // 2, len(data) - 1))
    assert not is_whole(b"\0" * len(data))


@pytest.mark.parametrize("save", ["glb", "usd"])
def test_a_full_disk_leaves_no_half_room(batch, made, tmp_path, save):
    (tmp_path / "rooms").mkdir()
    scene = json.loads((made / "living.json").read_text())
    scene["objects"] = scene["objects"] + json.loads((made / "bed.json").read_text())["objects"]
    scene["objects"] = [{**item, "id": str(number)} for number, item in enumerate(scene["objects"])]
    scene["relations"] = None
    (tmp_path / "rooms" / "many.json").write_text(json.dumps(scene))
    options = ["--scenes", tmp_path / "rooms", "--out", tmp_path / "out", "--save", save]
    code, lines = batch(*options, before=["prlimit", f"--fsize={(1 << 20) + 100}"])  # the probe before has room
    assert code == 1
    assert [line for line in lines if line.startswith("[1/1] many: failed: ") and "cannot be written" in line]
    assert names(tmp_path / "out") == []


def test_pictures_of_materials_in_one_folder_are_told_apart(blend, made, tmp_path):
    scene = blend.instructscene_core.scene.read_scene(made / "bed.json")
    placed = blend.addon.placing.place_scene(bpy.context, scene)
    material = next(iter(blend.addon.records.room_objects(placed).values())).data.materials[0]
    nodes = material.node_tree.nodes
    shader = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    picture = nodes.new("ShaderNodeTexImage")
    material.node_tree.links.new(picture.outputs[0], shader.inputs["Base Color"])
    for colour in (0, 255):
        path = tmp_path / f"{colour}" / "wood.png"
        path.parent.mkdir()
        path.write_bytes(module("passes").png(np.full((4, 4, 3), colour, np.uint8)))
        picture.image = bpy.data.images.load(str(path))
        picture.image.pack()
        picture.image.name = "wood"
        module("exporting").save_usd(tmp_path / f"{colour}.usdc", placed)
        assert picture.image.name == "wood"
        bpy.data.images.remove(picture.image)
    assert len(names(tmp_path / "textures")) == 2


@pytest.mark.parametrize("save", ["save_glb", "save_usd"])
def test_an_export_takes_the_room_alone_and_leaves_the_file_as_it_was(blend, made, contents, tmp_path, save):
    scene = blend.instructscene_core.scene.read_scene(made / "bed.json")
    placed = blend.addon.placing.place_scene(bpy.context, scene, with_shell=True)
    box("Mine", (1, 1, 1)).select_set(state=True)
    before = contents()
    path = tmp_path / ("room.glb" if save == "save_glb" else "room.usdc")
    getattr(module("exporting"), save)(path, placed)
    assert contents() == before
    bodies = [obj for obj in blend.addon.records.room_collection(placed).all_objects if obj.type == "MESH"]
    assert len(bodies) > len(scene.objects)  # the shell
    old = set(bpy.data.objects)
    (bpy.ops.import_scene.gltf if save == "save_glb" else bpy.ops.wm.usd_import)(filepath=str(path))
    new = set(bpy.data.objects) - old
    assert len([obj for obj in new if obj.type == "MESH"]) == len(bodies)
    assert not [obj for obj in new if obj.type in ("LIGHT", "CAMERA") or obj.name.startswith("Mine")]


# pieces of many parts


def instance(name, shown, location):
    obj = empty(name, location)
    obj.instance_type, obj.instance_collection = "COLLECTION", shown
    return obj


def test_pieces_of_many_parts_have_one_number_and_instances_of_one_collection_two(blend, contents, tmp_path):
    stool = bpy.data.collections.new("Stool")
    for part in (box("Seat", (0.5, 0.5, 0.1), (0, 0, 0.5)), box("Leg", (0.1, 0.1, 0.5))):
        bpy.context.scene.collection.objects.unlink(part)
        stool.objects.link(part)
    own = {
        "desk": desk_of_parts(location=(0, 1, 0)),
        "left": instance("Left", stool, (-1, -0.5, 0)),
        "right": instance("Right", stool, (1, -0.5, 0)),
    }
    own["desk"].children[0].pass_index = 7
    bpy.context.view_layer.update()
    sizes = {"desk": [1.4, 0.7, 0.75], "left": [0.5, 0.5, 0.6], "right": [0.5, 0.5, 0.6]}
    places = {key: [*obj.location[:2], sizes[key][2] / 2] for key, obj in own.items()}
    objects = [
        {"id": key, "category": "stool", "position": places[key], "size": size, "yaw": 0} for key, size in sizes.items()
    ]
    scene = blend.instructscene_core.scene.Scene.from_json({"version": 1, "room_type": "bedroom", "objects": objects})
    room = blend.addon.placing.place_scene(bpy.context, scene, foreign=own)
    bpy.context.view_layer.update()
    before = contents(), {obj.name: (obj.pass_index, obj.hide_render) for obj in bpy.data.objects}
    with blend.addon.rendering.top_down_set(bpy.context, room, 64, 1) as studio:
        shown = module("passes").render_passes(studio, room, scene, tmp_path / "a.exr")
    assert (contents(), {obj.name: (obj.pass_index, obj.hide_render) for obj in bpy.data.objects}) == before
    assert not list(tmp_path.iterdir())
    columns = {number: np.flatnonzero((shown.labels == number).any(0)).mean() for number in (1, 2, 3)}
    assert columns[2] < columns[1] < columns[3]
    areas = [int((shown.labels == number).sum()) for number in (1, 2, 3)]
    assert abs(areas[1] - areas[2]) <= 0.2 * areas[1]
    assert areas[0] > 2 * areas[1]
    assert set(np.unique(shown.labels)) == {0, 1, 2, 3}
    heights = [1.0 * (shown.depth[shown.labels == 0].min() - shown.depth[shown.labels == n].min()) for n in (1, 2, 3)]
    np.testing.assert_allclose(heights, [0.75, 0.6, 0.6], atol=1e-3)
