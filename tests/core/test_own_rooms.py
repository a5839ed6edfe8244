"""Twenty rooms of people's own, furnished: everything is on the floor, doors are free, nothing overlaps. By shapely."""

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest
import shapely

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.generator import load_generator
from instructscene_core.geometry.drawn_floor import corners_of
from instructscene_core.geometry.solids import Body, colliding_pairs
from instructscene_core.scene import Request

_SPEC = importlib.util.spec_from_file_location("own_rooms", Path(__file__).with_name("own_rooms.py"))
own_rooms = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(own_rooms)
CATALOGUE = Catalogue.starter()
CASES = [(room, room_type) for room in own_rooms.ROOMS for room_type in room.room_types]
NAMES = [f"{room.name}, {room_type}" for room, room_type in CASES]


@pytest.fixture(scope="module")
def generator():
    return load_generator()


@pytest.fixture(scope="module")
def made(generator):
    requests = [
        Request.from_json({"id": f"r{k}", "scene": room.scene(room_type), "seed": k})
        for k, (room, room_type) in enumerate(CASES)
    ]
    return dict(zip(NAMES, (scenes[0] for scenes in generator.run(requests, tries=1)), strict=True))


def ground_of(item):
    return shapely.Polygon(corners_of(item))


def solids_of(item):
    """Ground, lower and upper end of each solid part of an object."""
    body = Body.of(item, CATALOGUE)
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    corners = (body.position + body.offsets)[:, None] + (signs * body.half[:, None]) @ body.axes
    return [(shapely.Polygon(c), low, high) for c, low, high in zip(corners, body.low, body.high, strict=True)]


def before(opening, floor):
    """The ground before a door that its leaf needs: as deep as it is wide, or half of that for two leaves."""
    (ax, ay), (bx, by) = opening.segment
    width = math.dist((ax, ay), (bx, by))
    depth = max(0.7, width if width <= 1.2 else width / 2)
    strip = shapely.LineString(opening.segment)
    sides = [strip.buffer(sign * depth, single_sided=True) for sign in (1, -1)]
    return max(sides, key=lambda side: side.intersection(floor).area)


@pytest.mark.parametrize("name", NAMES)
def test_everything_new_is_on_the_floor_and_off_its_holes(made, name):
    scene = made[name]
    floor = shapely.Polygon(scene.floor.polygon, scene.floor.holes).buffer(0.012)
    assert scene.objects
    assert [item.id for item in scene.objects if not floor.contains(ground_of(item))] == []


@pytest.mark.parametrize("name", NAMES)
def test_doors_open(made, name):
    scene = made[name]
    floor = shapely.Polygon(scene.floor.polygon, scene.floor.holes)
    zones = [before(opening, floor).buffer(-0.05) for opening in scene.floor.openings if opening.kind == "door"]
    standing = [item for item in scene.objects if item.category != "rug" and not CATALOGUE.hangs(item)]
    in_the_way = [
        item.id
        for item in standing
        for ground, low, _ in solids_of(item)
        if low < 1.8 and any(zone.intersects(ground) for zone in zones)
    ]
    assert in_the_way == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_overlaps_furniture_or_what_stands_there(made, name):
    scene = made[name]
    assert colliding_pairs(scene.objects, CATALOGUE, 0.02) == []
    for obstacle in scene.floor.obstacles:
        middle, half = obstacle.position[2], obstacle.size[2] / 2
        box = ground_of(own_rooms.as_object(obstacle)).buffer(-0.02)
        for item in scene.objects:
            for ground, low, high in solids_of(item):
                apart = low > middle + half - 0.02 or high < middle - half + 0.02
                assert apart or not ground.intersects(box), (item.id, obstacle.name)


@pytest.mark.parametrize("name", NAMES)
def test_what_was_left_out_is_told(made, name):
    scene = made[name]
    notes = scene.report.get("notes", [])
    assert sum("no free place" in note for note in notes) == len(scene.provenance["left_out"])
    assert any("are free" in note for note in notes) == bool(scene.provenance["left_out"])


def test_the_floor_comes_back_as_it_was(made):
    for (room, _), name in zip(CASES, NAMES, strict=True):
        assert made[name].floor == room.plan, name


def test_there_are_twenty_of_many_forms():
    assert len({room.name for room in own_rooms.ROOMS}) == len(own_rooms.ROOMS) == 20
    areas = [shapely.Polygon(room.plan.polygon, room.plan.holes).area for room in own_rooms.ROOMS]
    assert min(areas) < 7.1
    assert max(areas) >= 60


OUTLINES = {
    "rect": [[0, 0], [4, 0], [4, 3.5], [0, 3.5]],
    "clockwise": [[0, 3.5], [4, 3.5], [4, 0], [0, 0]],
    "closed": [[0, 0], [4, 0], [4, 3.5], [0, 3.5], [0, 0]],
    "doubled": [[0, 0], [0, 0], [4, 0], [4, 0.0], [4, 3.5], [4, 3.5], [0, 3.5]],
    "spike": [[0, 0], [4, 0], [4, 3.5], [2, 3.5], [2, 9.0], [2, 3.5], [0, 3.5]],
    "far": [[2500, 1800], [2504, 1800], [2504, 1803.5], [2500, 1803.5]],
    "circle": [[2 + 2 * math.cos(math.tau * k / 60), 2 + 2 * math.sin(math.tau * k / 60)] for k in range(60)],
    "L": [[0, 0], [5, 0], [5, 2], [2.2, 2], [2.2, 5], [0, 5]],
}


def bedroom(**floor):
    return {"version": 1, "room_type": "bedroom", **floor}


def test_odd_but_sound_outlines_are_furnished_alike(generator):
    text = "A bed, a wardrobe and a desk."
    requests = [
        Request.from_json({"id": name, "instruction": text, "scene": bedroom(floor=floor)})
        for name, floor in OUTLINES.items()
    ]
    made = dict(zip(OUTLINES, (scenes[0] for scenes in generator.run(requests, tries=1)), strict=True))
    for name, scene in made.items():
        floor = shapely.Polygon(scene.floor.polygon).buffer(0).buffer(0.012)
        assert all(floor.contains(ground_of(item)) for item in scene.objects), name
        assert any("bed" in item.category for item in scene.objects), name
    same = [
        [item.category for item in made[name].objects] for name in ("rect", "clockwise", "closed", "doubled", "spike")
    ]
    assert all(names == same[0] for names in same)


WALLS = ([[1, 3.5], [3, 3.5]], [[0, 0.75], [0, 2.75]], [[4, 0.75], [4, 2.75]], [[1.6, 0], [3.6, 0]])


def test_windows_stay_clear_of_what_reaches_above_their_sill_or_it_is_told(generator):
    requests = []
    for seed in range(8):
        window = {"kind": "window", "segment": WALLS[seed % 4], "bottom": 0.9, "top": 2.2}
        door = {"kind": "door", "segment": [[0.3, 0], [1.2, 0]]}
        scene = bedroom(floor=OUTLINES["rect"], openings=[door, window])
        text = "A double bed, a wardrobe and a bookshelf."
        requests.append(Request.from_json({"id": f"w{seed}", "seed": seed, "instruction": text, "scene": scene}))
    clear = 0
    for (scene,) in generator.run(requests):
        air = shapely.LineString(scene.floor.openings[1].segment).buffer(0.45, cap_style="flat")
        before = {
            item.category
            for item in scene.objects
            for ground, low, high in solids_of(item)
            if item.category != "rug" and high > 0.92 and low < 2.18 and air.intersects(ground)
        }
        told = {note for note in scene.report.get("notes", ()) if note.endswith("stands before a window")}
        assert all(any(name.replace("_", " ") in note for note in told) for name in before)
        clear += not before
    assert clear >= 7


def test_a_room_too_small_for_what_was_wished_says_what_is_missing_and_why(generator):
    scene = bedroom(floor=[[0, 0], [1.5, 0], [1.5, 2.2], [0, 2.2]])
    request = Request.from_json({"instruction": "A double bed, a wardrobe and a desk.", "scene": scene})
    ((made,),) = generator.run([request])
    floor = shapely.Polygon(made.floor.polygon).buffer(0.012)
    assert all(floor.contains(ground_of(item)) for item in made.objects)
    present = {item.category for item in made.objects}
    missing = {"double_bed", "wardrobe", "desk"} - present
    assert missing
    told = " ".join([*made.report["not_met"], *made.report["notes"]])
    assert all(name.replace("_", " ") in told for name in missing)
    assert "Of the floor's 3.3 m²" in told


def used_share(scene):
    """Share of the floor within a step and a half of what stands on it."""
    floor = shapely.Polygon(scene.floor.polygon, scene.floor.holes)
    standing = [ground_of(item) for item in scene.objects if not CATALOGUE.hangs(item)]
    reached = shapely.union_all(standing).buffer(1.5)
    return floor.intersection(reached).area / floor.area


def test_the_whole_floor_is_used(made):
    """A 60 m² bedroom alone cannot be: it has a dozen pieces at most."""
    shares = {name: used_share(scene) for name, scene in made.items() if name != "hall, bedroom"}
    assert np.mean(list(shares.values())) > 0.85
    assert min(shares.values()) > 0.5
