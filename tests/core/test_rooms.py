"""Bedrooms made by rule: the same for a seed, nothing in the way, and furnished as people do; and their cache."""

import json
import math
from collections import Counter
from itertools import combinations
from random import Random

import numpy as np
import pytest
import shapely
import shapely.affinity

from instructscene_core.catalogue.entries import STRETCH as RETRIEVAL_STRETCH
from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.datasets import starter
from instructscene_core.datasets.flawless import flawless_rooms
from instructscene_core.datasets.starter import ARRAYS, EMPTY, build_rooms
from instructscene_core.datasets.starter_scenes import objects_of_rooms, scenes_of_rooms
from instructscene_core.geometry.clearances import BEHIND_CHAIR, BESIDE_BED, CUPBOARD, FOOT, LEGROOM
from instructscene_core.geometry.dining_tables import looks_empty
from instructscene_core.geometry.solids import colliding_pairs
from instructscene_core.placement.flaws import flaws_of
from instructscene_core.placement.kinds import CUPBOARDS
from instructscene_core.starter.rooms import CATALOGUE_FILE, furnish, load_pieces
from instructscene_core.starter.rooms.furnish import ONE_PALETTE
from instructscene_core.starter.rooms.geometry import block, overlap, wrapped
from instructscene_core.starter.rooms.parts import largest_parts, middles, shares
from instructscene_core.starter.rooms.pieces import LOOSE, STRETCH
from instructscene_core.starter.rooms.walk import reachable
from instructscene_core.vocabulary import CLASSES

BEDROOM = CLASSES["bedroom"]
BEDS = ("double_bed", "single_bed", "kids_bed")
AT_WALLS = (
    *BEDS,
    "wardrobe",
    "cabinet",
    "bookshelf",
    "shelf",
    "children_cabinet",
    "tv_stand",
    "desk",
    "dressing_table",
)
COUNT = 1000


pytestmark = pytest.mark.usefixtures("room_cache")


@pytest.fixture(scope="module")
def pieces():
    return load_pieces()


@pytest.fixture(scope="module")
def plans(pieces):
    return [furnish(seed, pieces) for seed in range(COUNT)]


@pytest.fixture(scope="module")
def rooms(plans):
    return starter.arrays(plans, range(COUNT))


def counts(rooms):
    return (rooms.objs != rooms.empty).sum(axis=1)


def placed(plans, *categories):
    """(plan, piece) of all pieces of some classes."""
    found = [(plan, p) for plan in plans for p in plan.placed if p.piece.category in categories]
    assert len(found) >= 10
    return found


def same(first, second):
    return all(np.array_equal(getattr(first, name), getattr(second, name), equal_nan=True) for name in ARRAYS)


def test_a_seed_gives_one_room(pieces, plans):
    for seed in (0, 7, 123, COUNT - 1):
        again = furnish(seed, pieces)
        assert [tuple(p.outline) for p in again.placed] == [tuple(p.outline) for p in plans[seed].placed]
        assert [p.piece.row for p in again.placed] == [p.piece.row for p in plans[seed].placed]
    outlines = {tuple(tuple(p.outline) for p in plan.placed) for plan in plans}
    assert len(outlines) == COUNT


def test_neither_chunks_nor_workers_nor_the_first_seed_matter(rooms, monkeypatch):
    monkeypatch.setattr(starter, "CHUNK", 7)
    part = build_rooms(20, 10)
    assert same(part, rooms.select(slice(10, 30)))
    assert same(build_rooms(18, 11, workers=2), rooms.select(slice(11, 29)))


def test_three_to_twelve_objects_that_come_first(rooms):
    assert counts(rooms).min() >= 3
    assert counts(rooms).max() <= 12
    real = rooms.objs != EMPTY
    assert (np.sort(~real, axis=1) == ~real).all()
    assert (rooms.asset[~real] == -1).all()
    assert not rooms.boxes[~real].any()
    assert np.isfinite(rooms.boxes).all()
    assert (rooms.boxes[real][:, 3:6] > 0.01).all()


def test_every_class_appears(rooms):
    found = Counter(BEDROOM[k] for k in rooms.objs[rooms.objs != EMPTY])
    assert set(found) == set(BEDROOM)
    assert all((row == EMPTY).sum() < 12 - 2 for row in rooms.objs)


def test_pieces_are_entries_of_their_class_at_about_their_size(rooms):
    entries = json.loads(CATALOGUE_FILE.read_text(encoding="utf-8"))["entries"]
    for number, box, asset in zip(
        *(a.reshape(COUNT * 12, *a.shape[2:]) for a in (rooms.objs, rooms.boxes, rooms.asset)), strict=True
    ):
        if number != EMPTY:
            width, depth, height = entries[asset]["size"]
            assert entries[asset]["category"] == BEDROOM[number]
            most = LOOSE.get(BEDROOM[number], STRETCH)
            stretches = np.abs(np.log(2 * box[3:6] / np.array([width, height, depth])))
            assert stretches.max() < math.log(most) + 1e-5


def test_retrieval_stretches_as_far_as_rooms_do():
    assert STRETCH - 1 < RETRIEVAL_STRETCH
    yielding = {entry.category: entry.stretch for entry in Catalogue.starter().entries if entry.stretch}
    assert yielding.keys() == LOOSE.keys()
    assert all(RETRIEVAL_STRETCH < share <= LOOSE[name] - 1 + 1e-9 for name, share in yielding.items())


def test_nothing_is_inside_anything(rooms):
    catalogue = Catalogue.starter()
    for seed, items in enumerate(objects_of_rooms(rooms, catalogue)):
        assert not colliding_pairs(items, catalogue, 0.001), seed


def outline(box):
    """Ground outline of a box, independent of the room generator's own geometry."""
    x, _, z, hx, _, hz, angle = (float(v) for v in box)
    shape = shapely.box(-hx, -hz, hx, hz)
    # Angles grow from +z to +x, which in the (x, z) plane is clockwise.
    return shapely.affinity.translate(shapely.affinity.rotate(shape, -angle, (0, 0), use_radians=True), x, z)


def floor_of(rooms, row):
    """The floor of a room, in the (x, z) plane."""
    return shapely.Polygon([corner for corner in rooms.floor[row].tolist() if not math.isnan(corner[0])])


def test_floors_are_anticlockwise_from_above_and_centred(rooms):
    for row in range(COUNT):
        floor = floor_of(rooms, row)
        assert floor.is_valid
        assert not floor.exterior.is_ccw  # z grows towards the viewer, so (x, z) is seen from below
        assert np.add(floor.bounds[:2], floor.bounds[2:]) == pytest.approx([0, 0], abs=1e-5)


def test_doors_lie_on_walls(rooms):
    for row in range(COUNT):
        doors = [line for line in rooms.openings[row].tolist() if line[0] == 0]
        assert 1 <= len(doors) <= 3
        for _, *ends, bottom, top in doors:
            line = shapely.LineString([ends[:2], ends[2:]])
            assert floor_of(rooms, row).exterior.buffer(1e-4).covers(line)
            assert 0.7 < line.length < 1.9
            assert (bottom, top) == pytest.approx((0, 2.1))


def test_nothing_is_outside_the_room(rooms):
    for row in range(COUNT):
        floor, height = floor_of(rooms, row).buffer(1e-4), float(rooms.height[row])
        for box in rooms.boxes[row, : counts(rooms)[row]]:
            assert floor.covers(outline(box)), row
            assert box[1] - box[4] > -1e-4
            assert box[1] + box[4] < height + 1e-4


@pytest.mark.parametrize("category", AT_WALLS)
def test_what_belongs_at_a_wall_has_its_back_there(plans, category):
    for plan, piece in placed(plans, category):
        assert abs(piece.outline.sin * piece.outline.cos) < 1e-9
        gap = plan.wall_gap(piece)
        x, z = piece.outline.point(0.0, -piece.half[2])
        assert shapely.Polygon(plan.corners).exterior.distance(shapely.Point(x, z)) <= gap + 1e-9
        assert -1e-9 <= gap < 0.32


def test_nightstands_stand_at_bed_heads(plans):
    for plan, stand in placed(plans, "nightstand"):
        places = [bed.outline.local(stand.x, stand.z) for bed in plan.placed if bed.piece.category in BEDS]
        gaps = [
            (abs(side) - bed.half[0] - stand.half[0], front + bed.half[2] - stand.half[2])
            for (side, front), bed in zip(places, (b for b in plan.placed if b.piece.category in BEDS), strict=True)
        ]
        assert any(0.0 < beside < 0.31 and abs(behind) < 0.31 for beside, behind in gaps)


def test_lamps_hang_from_the_ceiling_and_all_else_stands(plans):
    for plan in plans:
        for piece in plan.placed:
            if "lamp" in piece.piece.category:
                assert piece.y + piece.half[1] == pytest.approx(plan.height)
            else:
                assert piece.y == pytest.approx(piece.half[1])


def faced(plan, seat, *tables):
    """Whether a seat is at one of the tables and turned to it."""
    for table in (p for p in plan.placed if p.piece.category in tables):
        side, front = seat.outline.local(table.x, table.z)
        if front > 0 and abs(side) < 0.35 * front + 0.3 and outline_of(seat).distance(outline_of(table)) < 0.15:
            return True
    return False


def outline_of(piece):
    return outline((piece.x, piece.y, piece.z, *piece.half, piece.angle))


def test_seats_are_at_tables(plans):
    assert all(faced(plan, seat, "desk", "table") for plan, seat in placed(plans, "chair"))
    assert all(faced(plan, seat, "dressing_table") for plan, seat in placed(plans, "dressing_chair"))
    desks = placed(plans, "desk")
    seats = ("chair", "stool")
    seated = [any(p.piece.category in seats for p in plan.placed) for plan, _ in desks]
    assert all(seated)


def test_most_bedrooms_have_a_wardrobe_and_most_double_beds_two_nightstands(plans):
    held = [[p.piece.category for p in plan.placed] for plan in plans]
    assert np.mean(["wardrobe" in names for names in held]) > 0.8
    assert np.mean([names.count("nightstand") == 2 for names in held if "double_bed" in names]) > 0.7


def test_childrens_cabinets_come_only_with_a_childs_bed(plans):
    with_cabinet = [plan for plan, _ in placed(plans, "children_cabinet")]
    assert all(any(p.piece.category == "kids_bed" for p in plan.placed) for plan in with_cabinet)


def test_hardly_any_storage_stands_right_at_a_nightstand(plans):
    near = []
    for plan, stand in placed(plans, "nightstand"):
        storage = [p for p in plan.placed if p.piece.category in CUPBOARDS]
        near.append(any(outline_of(stand).distance(outline_of(p)) < 0.25 for p in storage))
    assert np.mean(near) < 0.03


def test_whatever_one_sits_at_has_a_seat_before_its_front(plans):
    for plan, desk in placed(plans, "desk", "dressing_table"):
        seats = [p for p in plan.placed if p.piece.category in ("chair", "stool", "dressing_chair")]
        spots = [desk.outline.local(p.x, p.z) for p in seats]
        assert any(abs(side) < desk.half[0] and 0 < front < desk.half[2] + 0.6 for side, front in spots)


def taken(plan, piece, low, high, passing=()):
    """Whether a rectangle of a piece's own frame is not within the walls, or something stands on it."""
    (x, z), hx, hz = piece.outline.point(*np.add(low, high) / 2), *np.subtract(high, low) / 2 - 0.001
    ground = piece.outline._replace(x=x, z=z, hx=hx, hz=hz, bottom=0.0, top=1.5)
    there = [p for p in plan.placed if p.piece.category not in passing]
    return not plan.inside(ground) or any(overlap(ground, p.outline) for p in there)


def test_there_is_room_to_stand_before_cupboards(plans, lounges):
    """In a corner a nightstand or a chair may be before a part of one."""
    found = [*placed(plans, *CUPBOARDS), *placed(lounges[0], *CUPBOARDS)]
    fronts = [(plan, p, (-p.half[0], p.half[2]), (p.half[0], p.half[2] + CUPBOARD)) for plan, p in found]
    assert np.mean([taken(*front) for front in fronts]) < 0.06
    assert np.mean([taken(*front, ("nightstand",)) for front in fronts]) < 0.01


def test_one_walks_past_the_foot_of_beds_and_gets_up_on_both_sides_of_double_ones(plans):
    feet, sides = [], []
    for plan, bed in placed(plans, *BEDS):
        width, _, depth = bed.half
        feet.append(taken(plan, bed, (-width, depth), (width, depth + FOOT), ("stool",)))
        head = 0.6 - depth  # as far as nightstands stand
        grounds = (((-width - BESIDE_BED, head), (-width, depth)), ((width, head), (width + BESIDE_BED, depth)))
        free = sum(not taken(plan, bed, *ground, ("nightstand", "table")) for ground in grounds)
        sides.append(free >= (2 if bed.piece.category == "double_bed" else 1))
    assert np.mean(feet) < 0.005
    assert all(sides)


def test_legs_fit_between_sofas_and_coffee_tables(lounges):
    for plan, table in placed(lounges[0], "coffee_table"):
        sofas = [p for p in plan.placed if "sofa" in p.piece.category and p.piece.category != "l_shaped_sofa"]
        assert all(outline_of(table).distance(outline_of(sofa)) > LEGROOM for sofa in sofas)


def test_lamps_hang_over_beds_nightstands_or_the_middle_of_the_room(plans):
    for plan, lamp in placed(plans, "pendant_lamp", "ceiling_lamp"):
        beds = [p.outline.local(lamp.x, lamp.z) for p in plan.placed if p.piece.category in BEDS]
        stands = [p for p in plan.placed if p.piece.category == "nightstand"]
        over = any(abs(side) < 0.05 for side, _ in beds) or any(
            math.hypot(lamp.x - p.x, lamp.z - p.z) < 0.05 for p in stands
        )
        assert over or any(math.hypot(lamp.x - x, lamp.z - z) < 0.05 for x, z in middles(plan.floor))


def test_a_tv_stands_opposite_the_bed(plans):
    for plan, tv in placed(plans, "tv_stand"):
        bed = next(p for p in plan.placed if p.piece.category in BEDS and abs(wrapped(p.angle - tv.angle)) > 3.1)
        side, front = bed.outline.local(tv.x, tv.z)
        assert front > bed.half[2]
        assert abs(side) < 1.3


def test_most_rooms_keep_to_their_palettes(plans, pieces):
    """Classes that come in one palette of the room are never of another one that comes after it."""
    kept = 0
    for plan in plans:
        found = {p.piece.category: p.piece.palette for p in plan.placed}
        for category, palette in found.items():
            there = {p.palette for p in pieces.by_class[category]}
            assert not plan.palettes or palette == next(name for name in plan.palettes if name in there)
        kept += bool(plan.palettes)
    assert kept / len(plans) == pytest.approx(ONE_PALETTE, abs=0.05)
    assert {plan.palettes[0] for plan in plans if plan.palettes} == set(pieces.palettes)


@pytest.fixture(scope="module", params=["livingroom", "diningroom"])
def lounges(request, pieces):
    """Living or dining rooms: their plans, and their arrays."""
    plans = [furnish(seed, pieces, request.param) for seed in range(150)]
    return plans, starter.arrays(plans, range(150), request.param)


def test_living_and_dining_rooms_are_within_their_walls(lounges):
    _, rooms = lounges
    assert counts(rooms).min() >= 3
    assert counts(rooms).max() <= 21
    assert ((rooms.objs == rooms.empty) == (rooms.asset == -1)).all()
    shapes = Counter()
    for row in range(rooms.n):
        floor = floor_of(rooms, row)
        shapes[len(floor.exterior.coords) - 1] += 1
        for box in rooms.boxes[row, : counts(rooms)[row]]:
            assert floor.buffer(1e-4).covers(outline(box)), row
            assert box[1] + box[4] < rooms.height[row] + 1e-4
    assert set(shapes) == {4, 6, 8}


def test_in_living_and_dining_rooms_no_solid_part_is_inside_another(lounges):
    for seed, plan in enumerate(lounges[0]):
        for first, second in combinations(plan.placed, 2):
            if overlap(first.outline, second.outline):
                assert not any(overlap(a, b, -0.001) for a in first.solids() for b in second.solids()), seed


def test_living_and_dining_rooms_are_one_for_a_seed(lounges, pieces):
    plans, rooms = lounges
    again = furnish(7, pieces, rooms.room_type)
    assert [tuple(p.outline) for p in again.placed] == [tuple(p.outline) for p in plans[7].placed]


def test_a_tv_stands_before_the_sofa(lounges):
    for plan, tv in placed(lounges[0], "tv_stand"):
        sofa = next(p for p in plan.placed if "sofa" in p.piece.category and abs(wrapped(p.angle - tv.angle)) > 3.1)
        side, front = sofa.outline.local(tv.x, tv.z)
        assert front > sofa.half[2] + 0.5
        assert abs(side) < 2.0


def test_dining_chairs_are_at_dining_tables_or_desks(lounges):
    for plan, seat in placed(lounges[0], "dining_chair"):
        before = shapely.LineString([(seat.x, seat.z), seat.outline.point(0.0, seat.half[2] + 0.3)])
        tables = [outline_of(p) for p in plan.placed if p.piece.category in ("dining_table", "desk")]
        assert any(before.intersects(table) for table in tables)


def test_chairs_come_in_opposite_pairs(lounges):
    """Seen from the table, for each chair there is one at the opposite side, but where a side of it is at a wall."""
    walls = 0
    for plan, table in placed(lounges[0], "dining_table"):
        if any(p.piece.category == "desk" for p in plan.placed):  # one of the chairs is the desk's
            continue
        at = [p for p in plan.placed if p.piece.category == "dining_chair"]
        assert len(at) % 2 == 0
        spots = [table.outline.local(p.x, p.z) for p in at]
        across = sum(1 if front > 0 else -1 for side, front in spots if abs(side) < table.half[0])
        walls += across != 0
        assert sum(1 if side > 0 else -1 for side, _ in spots if abs(side) > table.half[0]) == 0
        if across:
            x, z = table.outline.point(0.0, -table.half[2])
            assert shapely.Polygon(plan.corners).exterior.distance(shapely.Point(x, z)) < 0.1
    assert walls < 30


def test_no_dining_table_looks_empty(lounges):
    for plan, table in placed(lounges[0], "dining_table"):
        chairs = [p for p in plan.placed if p.piece.category in ("dining_chair", "lounge_chair")]
        there = sum(outline_of(p).distance(outline_of(table)) < 0.5 for p in chairs)
        assert there > 1
        assert not looks_empty(2 * table.half[0], there)


def test_one_can_pull_chairs_back(lounges):
    tight = []
    for plan, seat in placed(lounges[0], "dining_chair"):
        x, z = seat.outline.point(0.0, -seat.half[2] - BEHIND_CHAIR / 2)
        ground = seat.outline._replace(x=x, z=z, hz=BEHIND_CHAIR / 2 - 0.001, bottom=0.0, top=1.0)
        tight.append(not plan.ground_is_free(ground))
    assert np.mean(tight) < 0.1  # in rooms without as much room


def test_lamps_hang_over_tables_or_the_middle_of_a_part(lounges):
    for plan, lamp in placed(lounges[0], "pendant_lamp", "ceiling_lamp"):
        tables = [(p.x, p.z) for p in plan.placed if p.piece.category in ("dining_table", "coffee_table")]
        over = [*tables, *middles(plan.floor)]
        seats = [p.outline.local(lamp.x, lamp.z) for p in plan.placed if "sofa" in p.piece.category]
        assert any(math.hypot(lamp.x - x, lamp.z - z) < 0.05 for x, z in over) or min(abs(s) for s, _ in seats) < 0.05


def test_a_shared_floor_has_a_part_for_each(lounges):
    for plan in lounges[0][:50]:
        [whole, *_] = largest_parts(plan.floor)
        for first, second in shares(plan.floor, 0.6, Random(0)):
            assert first.area + second.area < plan.floor.area + 1e-6
            assert all(part.area <= whole.area + 1e-6 for part in (first, second))
            gap_x = abs(first.x - second.x) - first.hx - second.hx
            gap_z = abs(first.z - second.z) - first.hz - second.hz
            assert max(gap_x, gap_z) > -1e-6
        assert largest_parts(plan.floor)[0].area == max(part.area for part in largest_parts(plan.floor))


def test_doors_and_ways_of_living_and_dining_rooms_are_free(lounges):
    for plan in lounges[0]:
        solids = [p.outline for p in plan.placed if p.outline.bottom < 1.5]
        assert not any(overlap(door, solid) for door in plan.doors for solid in solids)
        blocked = [*solids, *plan.floor.cuts]
        assert reachable(plan.floor.half_x, plan.floor.half_z, blocked, plan.doors, [free.area for free in plan.free])


def test_what_is_tall_stands_beside_windows(lounges):
    for plan in lounges[0]:
        for hole in plan.closed:
            assert not any(overlap(hole, p.outline) for p in plan.placed)


def test_overlap_agrees_with_shapely():
    random = np.random.default_rng(0)
    for _ in range(400):
        boxes = random.uniform((-1, 0, -1, 0.1, 0.1, 0.1, -4), (1, 0, 1, 0.8, 0.8, 0.8, 4), (2, 7))
        if random.random() < 0.5:
            boxes[:, 6] = np.round(boxes[:, 6]) * math.pi / 2
        first, second = (block(x, z, hx, hz, angle, 0.0, 1.0) for x, _, z, hx, _, hz, angle in boxes)
        shared = outline(boxes[0]).intersection(outline(boxes[1])).area
        if shared == 0 or shared > 1e-3:
            assert overlap(first, second) == (shared > 0)
        assert not overlap(first, second._replace(bottom=1.0, top=2.0))


def test_a_wall_of_furniture_cannot_be_passed():
    door, bed = block(0, 1.6, 0.45, 0.4, math.pi, 0, 1.5), block(0, -1.5, 0.5, 0.4, 0, 0, 1.5)
    whole = block(0, 0, 2, 0.2, 0, 0, 2)
    gap = block(-0.6, 0, 1.4, 0.2, 0, 0, 2)
    assert reachable(2, 2, [], [door], [bed])
    assert not reachable(2, 2, [whole], [door], [])  # the ground behind it is too large to be cut off
    assert reachable(2, 2, [gap], [door], [bed])
    assert reachable(2, 2, [gap], [door, bed._replace(z=-1.6)], [])
    corner = [block(-1.2, -1.1, 0.8, 0.1, 0, 0, 2), block(-0.5, -1.5, 0.1, 0.5, 0, 0, 2)]
    assert reachable(2, 2, corner, [door], [bed])
    assert not reachable(2, 2, corner, [door], [block(-1.5, -1.6, 0.2, 0.2, 0, 0, 1)])


def test_beds_can_be_reached_in_every_room(plans):
    for plan in plans:
        solids = [p.outline for p in plan.placed if p.outline.bottom < 1.5]
        goals = [free.area for free in plan.free]
        assert reachable(plan.floor.half_x, plan.floor.half_z, [*solids, *plan.floor.cuts], plan.doors, goals)


def test_the_cache_gives_the_rooms_back(tmp_path, monkeypatch):
    monkeypatch.setenv("INSTRUCTSCENE_CACHE", str(tmp_path / "new"))
    made = build_rooms(6, 40)
    [file] = (tmp_path / "new").iterdir()
    stamp = file.stat().st_mtime_ns
    assert same(build_rooms(6, 40), made)
    assert file.stat().st_mtime_ns == stamp
    with np.load(file) as stored:
        changed = {name: stored[name] + 1 if name == "seeds" else stored[name] for name in stored}
    np.savez(file, **changed)
    assert build_rooms(6, 40).seeds.tolist() == [seed + 1 for seed in range(40, 46)]  # it really is read


@pytest.mark.parametrize("workers", [1, 2])
def test_rooms_without_a_flaw_are_kept_apart(tmp_path, monkeypatch, workers):
    monkeypatch.setenv("INSTRUCTSCENE_CACHE", str(tmp_path))
    every, catalogue = build_rooms(20, 80, room_type="livingroom"), Catalogue.starter()
    kept = flawless_rooms(20, 80, workers, room_type="livingroom")
    good = [not flaws_of(scene, catalogue) for scene in scenes_of_rooms(every, catalogue)]
    assert 0 < sum(good) < 20
    assert same(kept, every.select(np.array(good)))
    (file,) = tmp_path.glob("livingroom-flawless-*.npz")
    stamp = file.stat().st_mtime_ns
    assert same(flawless_rooms(20, 80, room_type="livingroom"), kept)
    assert file.stat().st_mtime_ns == stamp


def test_a_file_that_was_not_finished_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setenv("INSTRUCTSCENE_CACHE", str(tmp_path))
    (tmp_path / "tmp123.part").write_bytes(b"half of a file")
    made = build_rooms(3, 50)
    assert made.seeds.tolist() == [50, 51, 52]
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".npz", ".part"]


def test_another_catalogue_has_another_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("INSTRUCTSCENE_CACHE", str(tmp_path / "cache"))
    about = json.loads(CATALOGUE_FILE.read_text(encoding="utf-8"))
    about["entries"][0]["caption"] = "a changed caption"
    (tmp_path / "captions.json").write_text(json.dumps(about), encoding="utf-8")
    about["entries"][0]["size"] = [0.5, 0.5, 0.5]
    (tmp_path / "sizes.json").write_text(json.dumps(about), encoding="utf-8")
    for number, catalogue in ((1, CATALOGUE_FILE), (1, tmp_path / "captions.json"), (2, tmp_path / "sizes.json")):
        build_rooms(2, 0, catalogue=catalogue)
        assert len(list((tmp_path / "cache").iterdir())) == number
