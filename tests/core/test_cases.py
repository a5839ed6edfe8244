"""What people wrote who do this job, and what they must get: the text cases beside the project, as rooms."""

from collections import Counter

import pytest

from instructscene_core.generator import load_generator
from instructscene_core.scene import Request

CASES = {
    "feet and inches": ("livingroom", "A 6 ft sofa facing a 55 inch TV."),
    "metres": ("bedroom", "A bed and a 2 m wide wardrobe."),
    "for six people": ("diningroom", "A dining table for 6 people and a sideboard."),
    "six-seater": ("diningroom", "A 6-seater dining table with a pendant lamp above it."),
    "two-seater": ("livingroom", "A 2-seater couch and an armchair."),
    "drawers": ("bedroom", "A double bed and a 5-drawer dresser."),
    "doors": ("bedroom", "A four-poster bed and a two-door wardrobe."),
    "2x": ("bedroom", "1x king bed, 2x nightstand, 1x wardrobe"),
    "x2": ("bedroom", "king bed x1, nightstand x2, wardrobe x1"),
    "in brackets": ("bedroom", "double bed (1), nightstand (2), wardrobe: 1"),
    "around": ("livingroom", "4x armchair around a coffee table"),
    "list": ("bedroom", "- 1 double bed\n- 2 nightstands\n- 1 desk\n- 1 chair"),
    "numbered list": ("bedroom", "1. A double bed\n2. A wardrobe\n3. A desk"),
    "Chinese": ("bedroom", "卧室里有一张双人床，两个床头柜和一个衣柜。"),  # noqa: RUF001
    "German": ("bedroom", "Ein Schlafzimmer mit einem Doppelbett, zwei Nachttischen und einem Kleiderschrank."),
    "Spanish": ("livingroom", "Un sofá con una mesa de centro delante y dos sillones."),
    "brands": ("bedroom", "A MALM bed frame, a BILLY bookcase and a KALLAX shelf."),
    "room in feet": ("bedroom", "A 12x14 ft bedroom with a queen bed."),
    "area and height": ("livingroom", "A 20 sqm living room, ceiling height 3 m, with an L-shaped sofa."),
    "compass": (
        "bedroom",
        "Put the bed against the west wall and the wardrobe on the east wall, a desk under the window.",
    ),
    "each with a chair": ("bedroom", "Three desks, each with a chair."),
    "one bed": (
        "bedroom",
        "Add a bed. The bed should have a nightstand on each side. Put a wardrobe opposite the bed.",
    ),
    "nothing": ("bedroom", ""),
    "kitchen": ("bedroom", "A kitchen with a fridge, a stove and an island."),
    "nothing else": ("bedroom", "Just a bed, nothing else."),
    "other room": ("bedroom", "A cosy living room with a sofa and a TV."),
    "near the windows": ("bedroom", "Place a desk with a chair near the windows."),
    "facing the door": ("bedroom", "Put a desk with a lamp and a chair facing the door."),
    "a table": ("bedroom", "A table to the right of a double bed."),
    "bunk bed": ("bedroom", "A bunk bed with two beds above each other and a ladder."),
}
SOFAS = {"sofa", "multi_seat_sofa", "loveseat_sofa", "l_shaped_sofa", "chaise_longue_sofa", "lazy_sofa"}
BEDS = {"double_bed", "single_bed", "kids_bed"}
SEATS = {"chair", "dining_chair", "dressing_chair", "stool", "armchair", "lounge_chair"}


class Made:
    """A room that was made for a case."""

    def __init__(self, scene):
        self.scene, self.report = scene, scene.report
        self.counts = Counter(item.category for item in scene.objects)
        self.told = [*self.report["met"], *self.report["not_met"], *self.report["not_understood"]]

    def many(self, names):
        return sum(self.counts[name] for name in names)

    def one(self, name):
        return next(item for item in self.scene.objects if item.category == name)

    def width(self, name):
        item = self.one(name)
        return (item.placed_size or item.size)[0]

    def says(self, words, *, met=None):
        lines = self.told if met is None else self.report["met" if met else "not_met"]
        return any(words in line for line in lines)


@pytest.fixture(scope="module")
def made():
    requests = [
        Request.from_json({"text": text, "room": room, "seed": seed, "id": f"case{seed}"})
        for seed, (room, text) in enumerate(CASES.values())
    ]
    rooms = load_generator().run(requests)
    return {name: Made(scene) for name, (scene,) in zip(CASES, rooms, strict=True)}


def test_units_are_sizes(made):
    room = made["feet and inches"]
    sofa = next(item for item in room.scene.objects if item.category in SOFAS)
    assert room.many(SOFAS) == 1
    assert room.counts["tv"] == 1
    assert (sofa.placed_size or sofa.size)[0] == pytest.approx(1.83, rel=0.1)
    assert room.says("tv 1.4 m")
    assert room.says("sofa facing tv", met=True)
    wardrobe = made["metres"]
    assert wardrobe.counts["wardrobe"] == 1
    assert wardrobe.many(BEDS) == 1
    assert wardrobe.width("wardrobe") == pytest.approx(2, rel=0.1) or wardrobe.says("wardrobe 2 m wide", met=False)


def test_seats_are_no_counts(made):
    for name in ("for six people", "six-seater"):
        assert made[name].counts["dining_table"] == 1
        assert made[name].many({"dining_chair"}) == 6
    assert made["for six people"].many({"cabinet", "console_table"}) == 1
    assert made["six-seater"].says("pendant lamp above dining table", met=True)
    couch = made["two-seater"]
    assert couch.counts["loveseat_sofa"] == couch.many(SOFAS) == 1
    assert couch.counts["armchair"] >= 1


def test_drawers_and_doors_are_obeyed_or_said(made):
    assert made["drawers"].counts["double_bed"] == 1
    assert made["drawers"].counts["cabinet"] == 1
    assert made["drawers"].says("cabinet 5 drawers")
    assert made["doors"].many(BEDS) == 1
    assert made["doors"].says("wardrobe 2 doors")


@pytest.mark.parametrize("name", ["2x", "x2", "in brackets", "Chinese", "German"])
def test_counts_as_people_write_them(made, name):
    counts = made[name].counts
    assert (counts["double_bed"], counts["nightstand"]) == (1, 2)
    assert counts["wardrobe"] == 1


def test_four_armchairs_stand_around_the_table(made):
    assert made["around"].counts["armchair"] == 4
    assert made["around"].says("4 x armchair around coffee table", met=True)


def test_lists(made):
    counts = made["list"].counts
    assert (counts["double_bed"], counts["nightstand"], counts["desk"]) == (1, 2, 1)
    assert counts["chair"] == 1
    counts = made["numbered list"].counts
    assert (counts["double_bed"], counts["wardrobe"], counts["desk"]) == (1, 1, 1)


def test_spanish(made):
    room = made["Spanish"]
    assert room.says("coffee table in front of sofa", met=True)
    assert room.counts["armchair"] == 2
    assert any("Spanish" in note for note in room.report["notes"])


def test_brands_are_not_understood(made):
    room = made["brands"]
    assert room.report["not_understood"] == ["MALM", "BILLY", "KALLAX"]
    assert room.many(BEDS) == 1
    assert room.counts["bookshelf"] >= 1
    assert room.counts["shelf"] >= 1


def extents(room):
    corners = room.scene.floor.polygon
    return sorted(max(c[k] for c in corners) - min(c[k] for c in corners) for k in (0, 1))


def test_the_room_is_as_large_as_said(made):
    assert extents(made["room in feet"]) == pytest.approx([3.66, 4.27], abs=0.02)
    assert made["room in feet"].counts["double_bed"] == 1
    room = made["area and height"]
    assert room.scene.floor.height == pytest.approx(3)
    assert room.says("room of 20 m²", met=True)
    assert room.counts["l_shaped_sofa"] == 1


def test_north_is_up(made):
    room = made["compass"]
    xs = [corner[0] for corner in room.scene.floor.polygon]
    bed = next(item for item in room.scene.objects if item.category in BEDS)
    assert bed.position[0] < sum((min(xs), max(xs))) / 2 < room.one("wardrobe").position[0]
    for wish in ("bed against the left wall", "wardrobe against the right wall", "desk by a window"):
        assert room.says(wish, met=True)


def test_each_desk_has_a_chair_of_its_own(made):
    room = made["each with a chair"]
    assert room.counts["desk"] == 3
    assert room.many(SEATS) >= 3
    assert room.says("at each desk", met=True)


def test_one_bed_stays_one(made):
    room = made["one bed"]
    assert room.many(BEDS) == 1
    assert room.counts["nightstand"] == 2
    assert room.says("2 x nightstand on each side of bed", met=True)
    assert room.says("wardrobe opposite bed")


def test_no_text_is_a_free_room(made):
    assert made["nothing"].many(BEDS) == 1
    assert made["nothing"].told == []


def test_no_kitchen_is_pretended(made):
    room = made["kitchen"]
    assert room.says("kitchen (bedrooms, living rooms and dining rooms can be made)", met=False)
    assert room.report["met"] == []


def test_nothing_else_is_nothing_else(made):
    room = made["nothing else"]
    assert room.many(BEDS) == 1
    assert len(room.scene.objects) == 1


def test_the_room_that_a_sentence_names_is_made_and_said(made):
    room = made["other room"]
    assert room.scene.room_type == "livingroom"
    assert room.many(SOFAS) >= 1
    assert any("living room" in note for note in room.report["notes"])


def test_windows_and_doors_are_places(made):
    assert made["near the windows"].says("desk by a window", met=True)
    assert made["near the windows"].many(SEATS) >= 1
    room = made["facing the door"]
    assert room.says("facing the door")
    assert room.counts["desk"] == 1
    assert room.many(SEATS) >= 1


def test_a_table_in_a_bedroom_has_a_chair(made):
    room = made["a table"]
    assert room.says("table right of double bed", met=True)
    assert room.counts["chair"] >= 1


def test_the_beds_of_a_bunk_bed_are_one_piece(made):
    room = made["bunk bed"]
    assert room.many(BEDS) == room.counts["kids_bed"]
    assert room.counts["kids_bed"] <= 2
    assert not room.report["not_understood"]
