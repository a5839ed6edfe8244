"""Bedrooms made by rule: the same for a seed, nothing in the way, and furnished as people do; and their cache."""

import json
import math
from collections import Counter

import numpy as np
import pytest
import shapely
import shapely.affinity

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.collisions import colliding_pairs
from instructscene_core.datasets import starter
from instructscene_core.datasets.starter import EMPTY, EVALUATION_SEED, Rooms, build_rooms
from instructscene_core.evaluation.layouts import objects_of_rooms
from instructscene_core.starter.rooms import CATALOGUE_FILE, furnish, load_pieces
from instructscene_core.starter.rooms.furnish import ONE_PALETTE
from instructscene_core.starter.rooms.geometry import block, overlap, wrapped
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
COUNT = 600
NAMED = [
    ["nightstand", "ceiling_lamp", "wardrobe", "single_bed"],
    ["bookshelf", "double_bed", "pendant_lamp"],
    ["stool", "nightstand", "nightstand", "double_bed", "cabinet", "pendant_lamp"],
    ["desk", "chair", "nightstand", "double_bed"],
]
"""Furniture of the first two training rooms and of the first two that are held out."""
SUM = 289.99
"""Of all numbers of the boxes of the first 20 rooms."""


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


def placed(plans, *categories):
    """(plan, piece) of all pieces of some classes."""
    found = [(plan, p) for plan in plans for p in plan.placed if p.piece.category in categories]
    assert len(found) > 20
    return found


def same(first, second):
    return all((getattr(first, name) == getattr(second, name)).all() for name in Rooms.__dataclass_fields__)


def rows(rooms, keep):
    return Rooms(*(getattr(rooms, name)[keep] for name in Rooms.__dataclass_fields__))


def test_a_seed_gives_one_room(pieces, plans):
    for seed in (0, 7, 123, COUNT - 1):
        again = furnish(seed, pieces)
        assert [tuple(p.outline) for p in again.placed] == [tuple(p.outline) for p in plans[seed].placed]
        assert [p.piece.row for p in again.placed] == [p.piece.row for p in plans[seed].placed]
    outlines = {tuple(tuple(p.outline) for p in plan.placed) for plan in plans}
    assert len(outlines) == COUNT


def test_neither_chunks_nor_workers_nor_the_first_seed_matter(rooms, monkeypatch):
    monkeypatch.setattr(starter, "_CHUNK", 7)
    part = build_rooms(20, 10)
    assert same(part, rows(rooms, slice(10, 30)))
    assert same(build_rooms(18, 11, workers=2), rows(rooms, slice(11, 29)))


def test_rooms_of_the_trained_weights_stay_as_they_are(rooms):
    """The held-out check and the published weights depend on these very rooms."""
    held_out = build_rooms(2, EVALUATION_SEED)
    named = [[BEDROOM[k] for k in row if k != EMPTY] for row in (*rooms.objs[:2], *held_out.objs)]
    assert named == NAMED
    assert rooms.boxes[:20].sum() == pytest.approx(SUM, abs=0.01)


def test_three_to_twelve_objects_that_come_first(rooms):
    assert rooms.counts.min() >= 3
    assert rooms.counts.max() <= 12
    real = rooms.objs != EMPTY
    assert (np.sort(~real, axis=1) == ~real).all()
    assert (rooms.asset[~real] == -1).all()
    assert not rooms.boxes[~real].any()
    assert np.isfinite(rooms.boxes).all()
    assert (rooms.boxes[real][:, 3:6] > 0.02).all()


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
            assert 2 * box[3:6] == pytest.approx([width, height, depth], rel=0.09)


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


def test_nothing_is_outside_the_room(rooms):
    for row in range(COUNT):
        half_x, half_z, height = (float(v) for v in rooms.walls[row])
        floor = shapely.box(-half_x, -half_z, half_x, half_z).buffer(1e-4)
        for box in rooms.boxes[row, : rooms.counts[row]]:
            assert floor.covers(outline(box)), row
            assert box[1] - box[4] > -1e-4
            assert box[1] + box[4] < height + 1e-4


@pytest.mark.parametrize("category", AT_WALLS)
def test_what_belongs_at_a_wall_has_its_back_there(plans, category):
    for plan, piece in placed(plans, category):
        x, z = piece.outline.point(0.0, -piece.half[2])
        wall = plan.half_x if abs(piece.outline.sin) > 0.5 else plan.half_z
        assert abs(piece.outline.sin * piece.outline.cos) < 1e-9
        assert wall - abs(x if abs(piece.outline.sin) > 0.5 else z) == pytest.approx(0.015, abs=0.0151)
        inwards = piece.outline.point(0.0, piece.half[2])
        assert math.hypot(*inwards) < math.hypot(x, z)


def test_nightstands_stand_at_bed_heads(plans):
    for plan, stand in placed(plans, "nightstand"):
        places = [bed.outline.local(stand.x, stand.z) for bed in plan.placed if bed.piece.category in BEDS]
        gaps = [
            (abs(side) - bed.half[0] - stand.half[0], front + bed.half[2] - stand.half[2])
            for (side, front), bed in zip(places, (b for b in plan.placed if b.piece.category in BEDS), strict=True)
        ]
        assert any(0.0 < beside < 0.12 and abs(behind) < 1e-6 for beside, behind in gaps)


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
    assert np.mean(seated) > 0.5


def test_a_tv_stands_opposite_the_bed(plans):
    for plan, tv in placed(plans, "tv_stand"):
        bed = next(p for p in plan.placed if p.piece.category in BEDS and abs(wrapped(p.angle - tv.angle)) > 3.1)
        side, front = bed.outline.local(tv.x, tv.z)
        assert front > bed.half[2]
        assert abs(side) < 1.3


def test_most_rooms_have_one_palette(plans):
    palettes = [{p.piece.palette for p in plan.placed} for plan in plans]
    assert np.mean([len(found) == 1 for found in palettes]) == pytest.approx(ONE_PALETTE, abs=0.05)
    assert len(set.union(*palettes)) == 6


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
    door, bed = block(0, 1.6, 0.45, 0.4, 0, 0, 1.5), block(0, -1.5, 0.5, 0.4, 0, 0, 1.5)
    whole = block(0, 0, 2, 0.2, 0, 0, 2)
    gap = block(-0.6, 0, 1.4, 0.2, 0, 0, 2)
    assert reachable(2, 2, [], door, [bed])
    assert not reachable(2, 2, [whole], door, [bed])
    assert reachable(2, 2, [gap], door, [bed])
    assert not reachable(2, 2, [whole], door, [bed, door])


def test_beds_can_be_reached_in_every_room(plans):
    for plan in plans:
        solids = [p.outline for p in plan.placed if p.outline.bottom < 1.5]
        assert reachable(plan.half_x, plan.half_z, solids, plan.closed[0], [free.area for free in plan.free])


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
