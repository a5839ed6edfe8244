"""Pictures appear whole or not at all, show what stands in the room, and leave the file as it was."""

import math
import resource
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

import bpy
import numpy as np
import pytest
from helpers import module
from mathutils import Vector

TINY = 32
HELD = 0.1
"""Seconds for which the interface may be held."""
WINDOW = {"kind": "window", "segment": [[-1, 2], [1, 2]], "bottom": 0.9, "top": 2.1}
DOOR = {"kind": "door", "segment": [[2, -1], [2, 0]]}
FLOOR = [[-2, -2], [2, -2], [2, 2], [-2, 2]]
CORNERS = np.array(list(product((-0.5, 0.5), repeat=3)))
"""In shares of a box's size."""


@pytest.fixture
def room(blend):
    """A room with a bed, a wardrobe and a lamp, walls, a window and a door."""

    def item(key, category, position, size, yaw=0.0):
        return {"id": key, "category": category, "position": position, "size": size, "yaw": yaw}

    objects = [
        item("bed", "double_bed", [0, 0.9, 0.5], [1.8, 2.1, 1.0]),
        item("wardrobe", "wardrobe", [-1.7, -1, 1.1], [1.5, 0.6, 2.2], math.pi / 2),
        item("lamp", "pendant_lamp", [0, 0, 2.5], [0.5, 0.5, 0.6]),
    ]
    data = {"version": 1, "room_type": "bedroom", "objects": objects, "floor": FLOOR, "openings": [WINDOW, DOOR]}
    scene = blend.instructscene_core.scene.Scene.from_json(data)
    return blend.addon.placing.place_scene(bpy.context, scene)


@pytest.fixture
def rendering(blend):
    return blend.addon.rendering


@pytest.fixture
def render(rendering):
    """A function that makes one of the two pictures, tiny."""

    def call(kind, room, path):
        if kind == "above":
            return rendering.render_top_down(bpy.context, room, path, TINY, 1)
        return rendering.render_perspective(bpy.context, room, path, rendering.RenderSettings(TINY, 4 / 3, 1))

    return call


def pixels(path):
    image = bpy.data.images.load(str(path))
    width, height = image.size
    values = np.empty(width * height * 4, dtype=np.float32)
    image.pixels.foreach_get(values)
    bpy.data.images.remove(image)
    return values.reshape(height, width, 4)[..., :3]


def state():
    """What a person has set for renders."""
    scene = bpy.context.scene
    return scene.name, scene.render.engine, scene.render.filepath, scene.camera, len(bpy.data.worlds)


@pytest.mark.parametrize(("kind", "shape"), [("above", (32, 32)), ("inside", (24, 32))])
def test_a_picture_appears_alone_and_leaves_the_file_as_it_was(render, room, contents, tmp_path, kind, shape):
    before = contents(), state()
    path = tmp_path / "picture.png"
    assert render(kind, room, path) == path
    assert [child.name for child in tmp_path.iterdir()] == ["picture.png"]
    assert (contents(), state()) == before
    picture = pixels(path)
    assert picture.shape[:2] == shape
    assert 0.2 < picture.mean() < 0.9
    assert picture.std() > 0.05


@pytest.mark.parametrize("kind", ["above", "inside"])
def test_a_full_disk_leaves_the_old_picture(rendering, render, room, contents, tmp_path, kind):
    path = tmp_path / "picture.png"
    path.write_text("old")
    before = contents(), state()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(rendering.RenderError, match="Make room on the disk or choose another folder"):
            render(kind, room, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [child.name for child in tmp_path.iterdir()] == ["picture.png"]
    assert path.read_text() == "old"
    assert (contents(), state()) == before


def test_a_folder_in_the_way_is_told(rendering, render, room, contents, tmp_path):
    (tmp_path / "picture.png").mkdir()
    before = contents(), state()
    with pytest.raises(rendering.RenderError, match="another folder"):
        render("inside", room, tmp_path / "picture.png")
    assert [child.name for child in tmp_path.iterdir()] == ["picture.png"]
    assert (contents(), state()) == before


def test_a_room_of_another_unit_looks_the_same(render, room, blend, tmp_path):
    first = pixels(render("above", room, tmp_path / "metres.png"))
    scene = module("records").room_scene(room)
    bpy.context.scene.unit_settings.scale_length = 0.01
    other = blend.addon.placing.place_scene(bpy.context, scene, location=(1000.0, 0.0, 0.0))
    second = pixels(render("above", other, tmp_path / "centimetres.png"))
    assert np.abs(first - second).mean() < 0.05


def test_an_empty_room_without_a_floor_gives_a_picture(render, blend, tmp_path):
    scene = blend.instructscene_core.scene.Scene.from_json({"version": 1, "room_type": "bedroom"})
    room = blend.addon.placing.place_scene(bpy.context, scene)
    for kind in ("above", "inside"):
        assert pixels(render(kind, room, tmp_path / f"{kind}.png")).mean() > 0.1


# The set: floor, ceiling and walls


@pytest.fixture
def stage(blend):
    made = blend.addon.stage.Stage(bpy.context.scene.collection, bpy.context.scene.cursor.matrix.copy(), 1.0)
    yield made
    made.remove()
    assert not bpy.data.objects


def build(blend, stage, eye, forward, polygon=FLOOR, **keys):
    data = {"version": 1, "room_type": "bedroom", "floor": polygon, **keys}
    floor = blend.instructscene_core.scene.Scene.from_json(data).floor
    blend.addon.stage.build_room(stage, floor, Vector(eye), Vector(forward), 0)
    bpy.context.view_layer.update()


def hit(start, direction):
    """What a ray meets: the object's name without number, and where."""
    found, place, _, _, obj, _ = bpy.context.scene.ray_cast(
        bpy.context.evaluated_depsgraph_get(), Vector(start), Vector(direction)
    )
    return (obj.name.split(".")[0], tuple(round(v, 3) + 0.0 for v in place)) if found else None


@pytest.mark.parametrize("polygon", [FLOOR, FLOOR[::-1]])
def test_the_room_is_closed_but_for_the_viewers_side(blend, stage, polygon):
    build(blend, stage, (0, -4, 1.6), (0, 1, 0), polygon, height=2.6)
    assert hit((0, 0, 1), (0, 0, 1)) == ("Ceiling", (0, 0, 2.6))
    assert hit((0, 0, 1), (0, 0, -1)) == ("Floor", (0, 0, 0))
    assert hit((0, 0, 1), (0, 1, 0)) == ("Wall", (0, 2, 1))
    assert hit((0, 0, 1), (1, 0, 0)) == ("Wall", (2, 0, 1))
    assert hit((0, 0, 1), (-1, 0, 0)) == ("Wall", (-2, 0, 1))
    assert hit((0, 0, 1), (0, -1, 0)) is None
    assert hit((0, -4, 1), (1, 0, 0)) == ("Wall", (2, -4, 1)), "side walls go on to the viewer"
    assert hit((0, -4, 1), (0, 0, -1)) == ("Floor", (0, -4, -0.001))
    assert hit((0, -4, 1), (0, 0, 1)) == ("Ceiling", (0, -4, 2.601))


def test_an_inner_corner_leaves_no_wall_in_the_room(blend, stage):
    polygon = [[0, -2], [2, -2], [2, 2], [-2, 2], [-2, 0], [0, 0]]
    for eye, forward in (((1, -5, 1.6), (0, 1, 0)), ((-5, 1, 1.6), (1, 0, 0)), ((5, 1, 1.6), (-1, 0, 0))):
        build(blend, stage, eye, forward, polygon)
        assert hit((-1, 0.1, 1), (1, 0, 0)) in (("Wall", (2, 0.1, 1)), None)
        assert hit((0.1, -1, 1), (0, 1, 0)) == ("Wall", (0.1, 2, 1))
        stage.remove()


def test_grounds_do_not_lie_in_one_plane(blend, stage):
    build(blend, stage, (-4, -4, 1.6), Vector((1, 1.2, 0)).normalized())
    for name in ("Floor", "Ceiling"):
        obj = next(obj for obj in bpy.data.objects if obj.name.startswith(name))
        heights = [polygon.center.z for polygon in obj.data.polygons]
        assert len(heights) == len(set(heights)) == 3


def test_windows_are_open_and_doors_are_shut(blend, stage):
    build(blend, stage, (0, -4, 1.6), (0, 1, 0), openings=[WINDOW, DOOR])
    assert hit((0.2, 0, 1.5), (0, 1, 0)) is None, "between the bars"
    assert hit((0.2, 0, 0.5), (0, 1, 0)) == ("Wall", (0.2, 2, 0.5))
    name, place = hit((0, -0.5, 1.06), (1, 0, 0))
    assert (name, place[0] > 2) == ("Trim", True)


# The camera


def boxes_of(blend, *items):
    return [blend.addon.boxes.Box(*item) for item in items]


def on_picture(view, point, aspect):
    """Where a point lies on the picture, −1 to 1 across and up, and how deep."""
    x, y, z = view.matrix().inverted() @ Vector(point)
    half = 18.0 / view.lens
    return x / -z / half, (y / -z / half - 2 * view.shift) * aspect, -z


@pytest.mark.parametrize("aspect", [4 / 3, 1.0, 16 / 9])
def test_a_level_camera_shows_the_bed(blend, aspect):
    boxes = boxes_of(
        blend,
        ((0, 0.9, 0.5), (1.8, 2.1, 1.0), 0.0, True),
        ((-1.7, -1, 1.1), (1.5, 0.6, 2.2), math.pi / 2),
        ((0.5, -1.8, 2.5), (0.5, 0.5, 0.6), 0.3),
    )
    view = blend.addon.viewpoint.choose_viewpoint(FLOOR, boxes, aspect)
    assert view.forward.z == 0
    bed = boxes[0]
    places = [on_picture(view, np.array(bed.position) + corner * bed.size, aspect) for corner in CORNERS]
    assert all(ahead > 0.5 for _, _, ahead in places)
    assert sum(max(abs(right), abs(up)) < 1 for right, up, _ in places) >= 6


def test_the_view_is_not_from_behind_the_only_bed(blend):
    for yaw in (0.0, 1.0, math.pi / 2, math.pi):
        bed = boxes_of(blend, ((0, 0, 0.5), (1.8, 2.1, 1.0), yaw))
        view = blend.addon.viewpoint.choose_viewpoint(FLOOR, bed, 4 / 3)
        assert Vector((math.sin(yaw), -math.cos(yaw), 0)).dot(view.forward) < 0.01


def test_no_wardrobe_is_seen_from_behind(blend):
    for turn in range(4):
        way = Vector((math.sin(turn * math.pi / 2), -math.cos(turn * math.pi / 2), 0))
        bed = (tuple(-0.9 * way + Vector((0, 0, 0.25))), (1.8, 2.0, 0.5), turn * math.pi / 2, True)
        wardrobe = (tuple(1.65 * way + Vector((0, 0, 1.1))), (1.6, 0.6, 2.2), turn * math.pi / 2 + math.pi)
        view = blend.addon.viewpoint.choose_viewpoint(FLOOR, boxes_of(blend, bed, wardrobe), 4 / 3)
        assert (view.eye - Vector(wardrobe[0])).dot(way) < 0.31 or on_picture(view, wardrobe[0], 4 / 3)[2] < 0


def test_the_eye_stands_in_no_piece(blend):
    pieces = [((x, y, 1.1), (0.8, 0.8, 2.2), 0.5) for x in (-1.5, 0, 1.5) for y in (-1.5, 0, 1.5)]
    view = blend.addon.viewpoint.choose_viewpoint(FLOOR, boxes_of(blend, *pieces), 4 / 3)
    assert all(math.dist(view.eye.xy, place[:2]) > 0.4 for place, *_ in pieces)


def test_a_floor_full_of_furniture_gives_a_view(blend):
    full = boxes_of(blend, ((0, 0, 1), (20, 20, 2), 0.0))
    assert blend.addon.viewpoint.choose_viewpoint(FLOOR, full, 4 / 3).lens >= 20


def test_the_view_avoids_a_screen(blend):
    bed = ((0, 1.2, 0.3), (1.8, 1.0, 0.6), 0.0, True)
    screen = ((0, -1.5, 1.2), (3.8, 0.3, 2.4), 0.0)
    view = blend.addon.viewpoint.choose_viewpoint(FLOOR, boxes_of(blend, bed, screen), 4 / 3)
    to_bed = Vector(bed[0]) - view.eye
    share = (screen[0][1] - view.eye.y) / to_bed.y
    assert not 0 < share < 1 or abs(view.eye.x + share * to_bed.x) > 1.9


def test_of_two_views_alike_the_nearer_is_chosen(blend):
    long = [[-6, -2], [6, -2], [6, 2], [-6, 2]]
    sofa, lamp = ((4.8, 0, 0.45), (2.2, 0.9, 0.9), math.pi / 4), ((-5.6, 0, 2.5), (0.4, 0.4, 0.5), math.pi / 4)
    view = blend.addon.viewpoint.choose_viewpoint(long, boxes_of(blend, sofa, lamp), 4 / 3)
    assert on_picture(view, sofa[0], 4 / 3)[2] < 4, "not across the whole room, from where the lamp is as far away"


@pytest.mark.parametrize("asked", ["desk", "wardrobe"])
def test_what_was_asked_for_is_shown(blend, asked):
    """Two pieces stand back to back, so that no picture shows both."""
    places = {
        "desk": ((-1.6, 0, 0.4), (1.2, 0.6, 0.8), math.pi / 2),
        "wardrobe": ((1.6, 0, 1), (1.2, 0.6, 2), -math.pi / 2),
    }
    boxes = [blend.addon.boxes.Box(*place, asked=name == asked) for name, place in places.items()]
    view = blend.addon.viewpoint.choose_viewpoint(FLOOR, boxes, 4 / 3, outside=False)
    seen = {name: on_picture(view, place[0], 4 / 3) for name, place in places.items()}
    across, up, ahead = seen[asked]
    assert max(abs(across), abs(up)) < 1
    assert ahead > 0


def test_left_is_at_the_left_where_nothing_speaks_against_it(blend):
    lamps = [((x, y, 2.5), (0.4, 0.4, 0.5), 0.0) for x, y in ((-1, 0), (1, 0))]
    back_to_back = [((0, y, 0.5), (0.8, 0.8, 1.0), yaw) for y, yaw in ((-1.2, 0.0), (1.2, math.pi))]
    view = blend.addon.viewpoint.choose_viewpoint(FLOOR, boxes_of(blend, *lamps, *back_to_back), 1.0)
    left, right = (on_picture(view, place, 1.0)[0] for place, _, _ in lamps)
    assert left < right


def test_a_bed_is_seen_from_its_side_where_its_front_would_show_left_at_the_right(blend):
    bed = boxes_of(blend, ((0, 0, 0.5), (1.8, 2.1, 1.0), math.pi, True))
    choose = blend.addon.viewpoint.choose_viewpoint
    assert choose(FLOOR, bed, 4 / 3).forward.y < choose(FLOOR, bed, 4 / 3, sided=True).forward.y


# Render Room: in a Blender of its own, which leaves this one free


@pytest.fixture
def steps(blend, room, tmp_path):
    """A function that gives the steps of rendering the room beside this Blender, and where the picture goes."""
    pictures, process = blend.addon.pictures, blend.addon.studio_process

    def call(view="corner", chosen=tmp_path / "picture.png", **keys):
        settings = pictures.PictureSettings(resolution=TINY, samples=1, view=view, **keys)
        target = pictures.target_of(chosen, settings)
        return process.picture_steps(bpy.context.scene, room, target, settings)

    return call


def finish(steps):
    """Does all steps; gives the longest, the labels seen, and what they return."""
    longest, labels = 0.0, []
    while True:
        start = time.perf_counter()
        try:
            progress = next(steps)
        except StopIteration as stop:
            return longest, labels, stop.value
        longest = max(longest, time.perf_counter() - start)
        labels.append(progress.label)
        time.sleep(0.01)


def test_the_wheels_of_a_person_s_add_ons_stay(steps, monkeypatch, tmp_path):
    """A Blender that starts without add-ons in the person's user folder may unpack and delete wheels there."""
    home = tmp_path / "home"
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    wheel = home / "extensions" / ".local" / "lib" / name / "site-packages" / "thing-1.0.dist-info"
    wheel.mkdir(parents=True)
    for file, text in (("WHEEL", ""), ("METADATA", "Name: thing\nVersion: 1.0\n"), ("RECORD", "thing.py,,\n")):
        (wheel / file).write_text(text)
    monkeypatch.setenv("BLENDER_USER_RESOURCES", str(home))
    before = sorted(home.rglob("*"))
    finish(steps())
    assert sorted(home.rglob("*")) == before


def left_in_temporary_folders():
    return list(Path(bpy.app.tempdir or tempfile.gettempdir()).glob("picture-*"))


@pytest.mark.parametrize("view", ["corner", "above", "camera"])
def test_a_picture_is_made_beside_this_blender(steps, contents, tmp_path, view):
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.location = (0.0, 0.0, 9.0)
    bpy.context.scene.collection.objects.link(camera)
    scene = bpy.context.scene
    scene.camera, scene.render.engine, scene.cycles.samples = camera, "CYCLES", 1
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 40, 20, 100
    scene.render.filepath = "//mine"
    before = contents(), state()
    longest, labels, pictures = finish(steps(view))
    assert pictures == [tmp_path / "picture.png"]
    assert [child.name for child in tmp_path.iterdir()] == ["picture.png"]
    assert pixels(pictures[0]).shape[:2] == ((20, 40) if view == "camera" else (24, 32))
    assert (contents(), state()) == before
    assert any(label.startswith("Rendering") for label in labels)
    assert longest < HELD, longest
    assert not left_in_temporary_folders()


def test_a_room_elsewhere_looks_the_same_from_another_blender(render, steps, room, tmp_path):
    room.location, room.rotation_euler = (30.0, -7.0, 2.0), (0.0, 0.0, 0.5)
    bpy.context.view_layer.update()
    here = pixels(render("inside", room, tmp_path / "here.png"))
    _, _, (path,) = finish(steps())
    assert np.abs(here - pixels(path)).mean() < 0.02


def test_a_turntable_is_a_folder_of_pictures(steps, tmp_path):
    _, labels, pictures = finish(steps("turntable", frames=2))
    assert pictures == [tmp_path / "picture" / "0001.png", tmp_path / "picture" / "0002.png"]
    one, two = map(pixels, pictures)
    assert np.abs(one - two).mean() > 0.01
    assert "Picture 2 of 2" in labels


@pytest.mark.parametrize("rounds", [1, 2, 60])
def test_a_cancelled_picture_leaves_nothing(steps, contents, tmp_path, rounds):
    before = contents(), state()
    job = steps()
    for _ in range(rounds):
        next(job)
        time.sleep(0.02)
    job.close()
    assert not list(tmp_path.iterdir())
    assert (contents(), state()) == before
    assert not left_in_temporary_folders()


def test_no_camera_is_told(rendering, steps):
    with pytest.raises(rendering.RenderError, match="no camera"):
        finish(steps("camera"))


def test_a_folder_that_cannot_be_written_is_told_before_rendering(rendering, steps, tmp_path):
    (tmp_path / "file").write_text("")
    job = steps(chosen=tmp_path / "file" / "picture.png")
    with pytest.raises(rendering.RenderError, match="another folder"):
        next(job)


def test_a_full_disk_leaves_the_old_picture_of_another_blender(rendering, steps, tmp_path):
    path = tmp_path / "picture.png"
    path.write_text("old")
    job = steps()
    while not next(job).label.startswith("Saving"):
        time.sleep(0.01)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(rendering.RenderError, match="Make room on the disk"):
            finish(job)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_text() == "old"
    assert [child.name for child in tmp_path.iterdir()] == ["picture.png"]


def test_a_room_with_walls_of_its_own_is_seen_from_inside(blend, tmp_path):
    data = {"version": 1, "room_type": "bedroom", "objects": [], "floor": FLOOR, "openings": [WINDOW, DOOR]}
    scene = blend.instructscene_core.scene.Scene.from_json(data)
    room = blend.addon.placing.place_scene(bpy.context, scene, with_shell=True)
    for obj in room.children:
        if obj.name.startswith("Wall"):
            obj.data.materials[0] = red()
    rendering = blend.addon.rendering
    path = rendering.render_perspective(bpy.context, room, tmp_path / "p.png", rendering.RenderSettings(TINY, 4 / 3, 4))
    picture = pixels(path)
    assert (picture[..., 0] > 1.5 * picture[..., 1]).mean() > 0.2, "the walls that stand there are shown"


def red():
    material = bpy.data.materials.new("Red")
    material.use_nodes = True
    material.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = (1, 0.02, 0.02, 1)
    return material


def test_the_metrics_picture_leaves_walls_out(render, blend, room, tmp_path):
    plain = pixels(render("above", room, tmp_path / "plain.png"))
    scene = blend.addon.records.room_scene(room)
    walled = blend.addon.placing.place_scene(bpy.context, scene, location=(20.0, 0.0, 0.0), with_shell=True)
    assert np.abs(plain - pixels(render("above", walled, tmp_path / "walled.png"))).mean() < 0.05


def test_views_keep_inside_a_room_with_walls(blend):
    polygon = [[0, -2], [2, -2], [2, 2], [-2, 2], [-2, 0], [0, 0]]
    view = blend.addon.viewpoint.choose_viewpoint(polygon, boxes_of(blend), 4 / 3, outside=False)
    x, y = view.eye.xy
    assert -2 < x < 2
    assert -2 < y < 2
    assert x > 0 or y > 0


def own_wall(kind, size, location):
    mesh = bpy.data.meshes.new(kind)
    corners = [tuple(c * s) for c, s in ((corner, np.array(size)) for corner in CORNERS)]
    mesh.from_pydata(corners, [], [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])
    mesh.materials.append(red())
    obj = bpy.data.objects.new(kind, mesh)
    obj.location = location
    bpy.context.scene.collection.objects.link(obj)
    return obj


@pytest.fixture
def own_walls(blend, room):
    """A person's own four red walls, floor and ceiling."""
    sides = [((4.2, 0.1, 2.8), (0, y, 1.4)) for y in (-2.05, 2.05)] + [
        ((0.1, 4, 2.8), (x, 0, 1.4)) for x in (-2.05, 2.05)
    ]
    walls = [own_wall("wall", size, place) for size, place in sides]
    ground, top = ((4.2, 4.2, 0.1), (0, 0, -0.05)), ((4.2, 4.2, 0.1), (0, 0, 2.85))
    parts = [*walls, own_wall("floor", *ground), own_wall("ceiling", *top)]
    blend.addon.records.record_parts(room, {obj.name: obj.name.split(".")[0] for obj in parts})
    return parts


def redness(picture):
    return (picture[..., 0] > 1.5 * picture[..., 1]).mean()


def test_a_person_s_own_walls_are_shown_and_looked_over(blend, room, own_walls, contents, tmp_path):
    pictures = blend.addon.pictures
    before = contents(), [obj.visible_camera for obj in own_walls]
    for view, least in (("corner", 0.5), ("above", 0.2), ("turntable", 0.1)):
        settings = pictures.PictureSettings(TINY, 4 / 3, 4, view=view, frames=2)
        target = pictures.target_of(tmp_path / f"{view}.png", settings)
        shown = [pixels(path) for path in pictures.render_pictures(bpy.context, room, target, settings)]
        assert min(map(redness, shown)) > least
        assert all(picture.mean() > 0.15 for picture in shown)
    assert redness(pixels(tmp_path / "above.png")) < 0.8, "one looks through the ceiling"
    assert (contents(), [obj.visible_camera for obj in own_walls]) == before


@pytest.mark.parametrize("view", ["corner", "above"])
def test_the_operator_renders_at_once_without_a_window(settings, room, tmp_path, view):
    settings.room = room.name
    settings.render_view, settings.render_resolution, settings.render_samples = view, 64, 1
    settings.render_path = str(tmp_path / "室.png")
    assert bpy.ops.instructscene.render() == {"FINISHED"}
    assert [child.name for child in tmp_path.iterdir()] == ["室.png"]
    settings.render_path = str(tmp_path / "none" / "picture.png")
    with pytest.raises(RuntimeError, match="another folder"):
        bpy.ops.instructscene.render()


def test_all_parts_of_a_person_s_piece_are_shown(blend, room, tmp_path):
    root = bpy.data.objects.new("Armchair", None)
    bpy.context.scene.collection.objects.link(root)
    seat = own_wall("seat", (3.6, 3.6, 2.0), (0, 0, 1.2))
    seat.parent = root
    root["instructscene_id"], root["instructscene_room"] = "chair", room
    path = blend.addon.rendering.render_top_down(bpy.context, room, tmp_path / "p.png", TINY, 1)
    assert redness(pixels(path)) > 0.3
