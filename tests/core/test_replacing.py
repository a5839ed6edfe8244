"""One piece in another one's place: what comes, where it stands, what stays, and what is told."""

import math

import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.errors import InvalidInputError
from instructscene_core.generator import Generator
from instructscene_core.placement.misfits import misfits
from instructscene_core.scene import Request

FLOOR = [[-2.6, -2.2], [2.6, -2.2], [2.6, 2.2], [-2.6, 2.2]]
DOOR = {"kind": "door", "segment": [[1.5, -2.2], [2.4, -2.2]], "bottom": 0.0, "top": 2.1}
CATALOGUE = Catalogue.starter()
BED = "starter/double_bed_arch_graphite"
STAND = "starter/nightstand_cane_ivory"


def entry_of(category, fits=lambda _: True):
    return next(entry for entry in CATALOGUE.of_class(category, "bedroom") if fits(entry))


def piece(name, asset, x, y, yaw=0.0, base=0.0):
    entry = CATALOGUE.get(asset)
    w, d, h = entry.size
    position = [x, y, base + h / 2]
    return {"id": name, "category": entry.category, "position": position, "size": [w, d, h], "yaw": yaw, "asset": asset}


def back_of(item):
    """The middle of the back of a piece."""
    x, y = item.position[:2]
    return x - math.sin(item.yaw) * item.size[1] / 2, y + math.cos(item.yaw) * item.size[1] / 2


@pytest.fixture
def room():
    wardrobe = entry_of("wardrobe", lambda e: e.size[0] < 1.3)
    bed, stand = CATALOGUE.get(BED), CATALOGUE.get(STAND)
    lamp = entry_of("table_lamp")
    aside = bed.size[0] / 2 + stand.size[0] / 2 + 0.05
    at_wall = 2.2 - stand.size[1] / 2 - 0.01
    objects = [
        piece("bed", BED, 0.0, 2.2 - bed.size[1] / 2 - 0.01),
        piece("left", STAND, -aside, at_wall),
        piece("right", STAND, aside, at_wall),
        piece("lamp", lamp.id, aside, at_wall, base=stand.size[2]),
        piece("wardrobe", wardrobe.id, -2.6 + wardrobe.size[1] / 2 + 0.01, 0.3, yaw=math.pi / 2),
    ]
    provenance = {"instruction": "a wardrobe to the left of a double bed", "seed": 4}
    return {
        "version": 1, "room_type": "bedroom", "floor": FLOOR, "openings": [DOOR], "objects": objects,
        "provenance": provenance,
    }  # fmt: skip


@pytest.fixture
def run(tiny_generator, room):
    """Does a request on the room; gives the scene."""

    def one(**item):
        return tiny_generator.run([Request.from_json({"task": "replace", "scene": room, **item})])[0][0]

    return one


def of(scene, name):
    return next((item for item in scene.objects if item.id == name), None)


def others_stay(scene, room, *names):
    before = {item.id: item for item in Request.from_json({"scene": room}).scene.objects}
    after = {item.id: item for item in scene.objects}
    return all(after.get(name) == item for name, item in before.items() if name not in names)


def test_a_class_comes_with_its_back_where_the_old_one_was(run, room):
    scene = run(replace={"wardrobe": {"category": "bookshelf"}})
    before, after = of(Request.from_json({"scene": room}).scene, "wardrobe"), of(scene, "wardrobe")
    entry = CATALOGUE.get(after.asset)
    assert after.category == entry.category == "bookshelf"
    assert after.size == pytest.approx(entry.size)
    assert after.position[2] == pytest.approx(after.size[2] / 2)
    assert math.dist(back_of(after), back_of(before)) < 0.35
    assert others_stay(scene, room, "wardrobe")
    assert scene.report["met"][0] == "a bookshelf in place of the wardrobe"


def test_an_asset_comes_as_it_is(run, room):
    asset = entry_of("armchair").id
    scene = run(replace={"wardrobe": {"asset": asset}})
    assert of(scene, "wardrobe").asset == asset
    assert of(scene, "wardrobe").size == pytest.approx(CATALOGUE.get(asset).size)
    assert others_stay(scene, room, "wardrobe")
    assert not misfits("bedroom", scene.objects, scene.floor, CATALOGUE)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("an armchair in green", lambda e: e.category == "armchair" and "green" in e.tags),
        ("a walnut one", lambda e: e.category == "wardrobe" and "walnut" in e.tags),
        ("white", lambda e: e.category == "wardrobe" and "white" in e.tags),
        ("a smaller wardrobe", lambda e: e.category == "wardrobe"),
    ],
)
def test_words_are_obeyed_and_told_as_met(run, text, holds):
    scene = run(replace={"wardrobe": {"text": text}})
    assert holds(CATALOGUE.get(of(scene, "wardrobe").asset))
    assert not scene.report["not_understood"]
    assert not any("wardrobe:" in line or "armchair:" in line for line in scene.report["not_met"])


def test_larger_is_larger_than_before(run, room):
    before = of(Request.from_json({"scene": room}).scene, "left")
    scene = run(replace={"left": {"text": "a taller one"}})
    assert of(scene, "left").size[2] > 1.03 * before.size[2]
    assert "nightstand: taller than before" in scene.report["met"]


def test_a_size_is_met(run):
    scene = run(replace={"wardrobe": {"text": "an 0.8 m wide bookshelf"}})
    assert of(scene, "wardrobe").size[0] == pytest.approx(0.8, rel=0.1)
    assert "bookshelf 0.8 m wide" in scene.report["met"]


def test_several_come_in_the_place_of_one(run, room):
    room["objects"] = [item for item in room["objects"] if item["id"] not in ("left", "right", "lamp")]
    scene = run(replace={"wardrobe": {"text": "two stools"}})
    stools = [item for item in scene.objects if item.category == "stool"]
    assert [item.id for item in stools] == ["wardrobe", "stool_1"]
    assert stools[0].asset == stools[1].asset
    assert "2 x stool in place of the wardrobe" in scene.report["met"]
    assert not misfits("bedroom", scene.objects, scene.floor, CATALOGUE)


def test_what_fits_nowhere_near_changes_nothing(run, room):
    asset = max(CATALOGUE.of_class("wardrobe", "bedroom"), key=lambda entry: entry.size[0]).id
    scene = run(replace={"left": {"asset": asset}})
    assert others_stay(scene, room)
    (line,) = [line for line in scene.report["not_met"] if "in place of" in line]
    assert "no free place near" in line
    assert "nothing was changed" in line


def test_what_nobody_knows_changes_nothing(run, room):
    scene = run(replace={"left": {"text": "a bathtub"}})
    assert others_stay(scene, room)
    assert "bathtub" in " ".join(scene.report["not_understood"])


def test_what_stands_on_a_piece_stays_on_it_or_goes_with_it(run):
    scene = run(replace={"right": {"category": "nightstand"}})
    lamp, host = of(scene, "lamp"), of(scene, "right")
    assert lamp.position[2] - lamp.size[2] / 2 == pytest.approx(host.position[2] + host.size[2] / 2, abs=0.01)
    scene = run(replace={"right": {"category": "stool"}})
    assert of(scene, "lamp") is None
    assert "What stood on the nightstand is gone: table lamp" in scene.report["notes"]


def test_nothing_in_its_place_deletes_it_and_measures_the_wishes_of_the_room_anew(run, room):
    scene = run(replace={"wardrobe": {"category": "wardrobe"}})
    assert "wardrobe left of double bed" in scene.report["met"]
    scene = run(replace={"wardrobe": None})
    assert of(scene, "wardrobe") is None
    assert others_stay(scene, room, "wardrobe")
    assert any(line.startswith("wardrobe left of double bed (there is none") for line in scene.report["not_met"])
    assert "Deleted: wardrobe" in scene.report["notes"]
    assert not any("wardrobe" in relation for relation in scene.relations)


def test_the_record_of_the_room_stays_and_tells_what_was_replaced(run, room):
    scene = run(replace={"left": {"category": "stool"}})
    assert scene.provenance["instruction"] == room["provenance"]["instruction"]
    assert scene.provenance["replaced"] == [{"id": "left", "by": ["left"], "asset": of(scene, "left").asset}]


def test_variations_bring_different_pieces(tiny_generator, room):
    item = {"task": "replace", "scene": room, "replace": {"left": {"category": "nightstand"}}, "variations": 3}
    scenes = tiny_generator.run([Request.from_json(item)])[0]
    assert len({of(scene, "left").asset for scene in scenes} - {STAND}) == 3


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Replace it with a bookshelf", "bookshelf"),
        ("a bookshelf instead of the wardrobe", "bookshelf"),
        ("Please swap the wardrobe for an oak bookshelf.", "bookshelf"),
        ("make it a bookshelf", "bookshelf"),
        ("a bookshelf", "bookshelf"),
        ("Ersetze den Schrank durch ein Bücherregal", "bookshelf"),
        ("Remplace l'armoire par une bibliothèque", "bookshelf"),
        ("a larger one", "wardrobe"),
    ],
)
def test_restyling_that_asks_for_another_class_or_size_replaces(tiny_generator, room, text, category):
    item = {"task": "restyle", "scene": room, "selected": ["wardrobe"], "instruction": text}
    scene = tiny_generator.run([Request.from_json(item)])[0][0]
    assert of(scene, "wardrobe").category == category
    assert scene.provenance["replaced"][0]["id"] == "wardrobe"
    assert others_stay(scene, room, "wardrobe")


@pytest.mark.parametrize("text", ["make it walnut", "in blue", "a modern bedroom", "an oak wardrobe", ""])
def test_restyling_that_asks_for_a_look_restyles(tiny_generator, room, text):
    item = {"task": "restyle", "scene": room, "selected": ["wardrobe"], "instruction": text}
    scene = tiny_generator.run([Request.from_json(item)])[0][0]
    assert "replaced" not in scene.provenance
    assert of(scene, "wardrobe").category == "wardrobe"


def test_another_task_tells_what_to_press(tiny_generator, room):
    item = {"task": "rearrange", "scene": room, "selected": ["left"], "instruction": "replace the wardrobe with a desk"}
    scene = tiny_generator.run([Request.from_json(item)], tries=1)[0][0]
    assert any("press Replace This" in note for note in scene.report["notes"])


def test_a_sentence_about_what_is_not_selected_says_so(tiny_generator, room):
    item = {"task": "restyle", "scene": room, "selected": ["left"], "instruction": "replace the bed with a sofa"}
    scene = tiny_generator.run([Request.from_json(item)])[0][0]
    assert others_stay(scene, room)
    assert any("Nothing was replaced" in note for note in scene.report["notes"])


@pytest.mark.parametrize(
    ("item", "path"),
    [
        ({"replace": {"sofa": {}}}, "replace.sofa"),
        ({"replace": {"bed": {"colour": "red"}}}, 'unknown key "colour"'),
        ({"replace": {"bed": {"category": "boat"}}}, "replace.bed.category"),
        ({"replace": {"bed": {"asset": BED, "text": "red"}}}, "asset beside"),
        ({"replace": {}}, "names no object"),
        ({"task": "complete", "replace": {"bed": None}}, "only for the task replace"),
    ],
)
def test_bad_requests_are_refused_with_the_place(room, item, path):
    with pytest.raises(InvalidInputError, match=path):
        Request.from_json({"task": "replace", "scene": room, **item})


def test_an_unknown_asset_is_refused_before_anything_is_made(run):
    with pytest.raises(InvalidInputError, match='No furniture is called "starter/boat"'):
        run(replace={"bed": {"asset": "starter/boat"}})


def test_a_request_goes_through_json(room):
    request = Request.from_json({"task": "replace", "scene": room, "replace": {"bed": None, "left": {"text": "oak"}}})
    assert Request.from_json(request.to_json()) == request


def test_a_catalogue_without_the_class_says_so(tiny_generator, room):
    few = Catalogue([CATALOGUE.get(BED), CATALOGUE.get(STAND)])
    generator = Generator(tiny_generator.models, few, tiny_generator.encoder)
    item = {"task": "replace", "scene": room, "replace": {"left": {"category": "armchair"}}}
    scene = generator.run([Request.from_json(item)])[0][0]
    assert "the catalogue has no other armchair" in scene.report["not_met"][0]
