"""The starter's rooms: pieces of known sizes on floors that are given or imagined; kept ones where they are."""

import math

import numpy as np
import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.generator import load_generator
from instructscene_core.geometry.dining_tables import looks_empty, most_chairs
from instructscene_core.geometry.drawn_floor import corners_of
from instructscene_core.instructions.read.brief import read_brief
from instructscene_core.instructions.read.described_looks import described
from instructscene_core.instructions.report import object_relations
from instructscene_core.placement.flaws import misplaced
from instructscene_core.placement.furnishing import Furnishing
from instructscene_core.placement.misfits import misfits
from instructscene_core.sampling.slots import prepare
from instructscene_core.scene import FloorPlan, Request, is_drawn
from instructscene_core.vocabulary import CLASSES, EXTRAS, NO_RELATION, PREDICATES, ROOM_TYPES

WIDE = [[0.0, 0.0], [5.6, 0.0], [5.6, 4.2], [0.0, 4.2]]
OPENINGS = [
    {"kind": "door", "segment": [[5.6, 0.4], [5.6, 1.3]], "bottom": 0.0, "top": 2.1},
    {"kind": "window", "segment": [[0.8, 0.0], [2.3, 0.0]], "bottom": 0.9, "top": 2.1},
]
TEXTS = {"bedroom": "a double bed", "livingroom": "a TV stand", "diningroom": "a dining table"}
OUTSIDE = 0.05
"""By which a corner may leave the floor: less than one sees."""


@pytest.fixture(scope="module")
def starter():
    return load_generator()


def request(**item):
    return Request.from_json({"seed": 3} | item)


def scene_json(room="bedroom", objects=(), **more):
    return {"version": 1, "room_type": room, "floor": WIDE, "openings": OPENINGS, "objects": list(objects)} | more


def furniture(scene):
    return [item for item in scene.objects if item.category not in EXTRAS]


@pytest.fixture(scope="module")
def made(starter):
    """A generated bedroom on a given floor, as the JSON that an edit starts from."""
    ((scene,),) = starter.run([request(scene=scene_json(), text="a double bed and a wardrobe", add=5)])
    return scene.to_json()


@pytest.mark.parametrize("room", ROOM_TYPES)
def test_on_a_floor_that_is_given_all_furniture_stands(starter, room):
    asked = request(scene=scene_json(room), text=TEXTS[room])
    ((scene,),) = starter.run([asked])
    assert scene.floor == asked.scene.floor
    assert not is_drawn(scene)
    assert len(furniture(scene)) > 1
    corners = np.array([corner for item in furniture(scene) for corner in corners_of(item)])
    assert (corners > -OUTSIDE).all()
    assert (corners < np.array([5.6, 4.2]) + OUTSIDE).all()


@pytest.mark.parametrize("room", ROOM_TYPES)
def test_without_a_floor_one_with_a_door_is_drawn_around_the_furniture(starter, room):
    ((scene,),) = starter.run([request(room=room, text=TEXTS[room])])
    assert is_drawn(scene)
    assert "door" in {opening.kind for opening in scene.floor.openings}
    left, front, right, back = scene.floor.bounding_box()
    corners = np.array([corner for item in furniture(scene) for corner in corners_of(item)])
    assert (corners > np.array([left, front]) - OUTSIDE).all()
    assert (corners < np.array([right, back]) + OUTSIDE).all()


@pytest.mark.parametrize("room", ROOM_TYPES)
def test_new_pieces_have_the_sizes_of_their_meshes(starter, room):
    ((scene,),) = starter.run([request(room=room, text=TEXTS[room])])
    for item in furniture(scene):
        assert item.placed_size is None
        assert item.size == pytest.approx(starter.catalogue.get(item.asset).size), item.id


@pytest.mark.parametrize("drawn", [False, True])
@pytest.mark.parametrize("task", ["complete", "rearrange"])
def test_what_is_kept_comes_back_as_it_was(starter, made, task, drawn):
    before = {name: value for name, value in made.items() if name != "provenance"}
    if drawn:
        before = {name: value for name, value in before.items() if name not in ("floor", "openings")}
    free = [item["id"] for item in made["objects"] if item["category"] not in EXTRAS][-2:]
    more = {"add": 1} if task == "complete" else {"selected": free}
    asked = request(task=task, scene=before, text="", **more)
    ((scene,),) = starter.run([asked])
    assert is_drawn(scene) == drawn
    after = {item.id: item for item in scene.objects}
    kept = [item for item in asked.scene.objects if task == "complete" or item.id not in free]
    kept = [item for item in kept if item.category not in EXTRAS]
    assert len(kept) > 1
    assert [after[item.id] for item in kept] == kept
    was = {item.id: item for item in asked.scene.objects}
    if task == "complete":
        assert len(furniture(scene)) == len(kept) + 1
    else:
        assert [after[name].size for name in free] == [was[name].size for name in free]
        assert any(after[name].position != was[name].position for name in free)


def test_an_edit_leaves_the_windows_of_a_floor_that_was_drawn_where_they_are(starter):
    ((scene,),) = starter.run([request(room="bedroom", text="a double bed", seed=2)])
    before = scene.to_json()
    (window,) = [opening for opening in before["openings"] if opening["kind"] == "window"][:1]
    (x0, y0), (x1, y1) = window["segment"]
    before["objects"] = [
        {"id": "shelf", "category": "bookshelf", "position": [(x0 + x1) / 2, (y0 + y1) / 2, 1.0],
         "size": [0.6, 0.6, 2.0], "yaw": 0.0}
    ]  # fmt: skip
    before.pop("relations"), before.pop("report")
    asked = request(task="complete", scene=before, text="a double bed")
    ((after,),) = starter.run([asked], tries=1)
    assert is_drawn(after)
    assert after.floor == asked.scene.floor


def requests_of(task, made):
    """Two of a task that go through the networks together."""
    text = "a double bed" if task == "generate" else ""
    given = scene_json() if task == "generate" else {k: v for k, v in made.items() if k != "provenance"}
    named = {"selected": [made["objects"][0]["id"]]} if task in ("restyle", "rearrange") else {}
    return [request(task=task, scene=given, text=text, seed=seed, id=f"s{seed}", **named) for seed in (3, 4)]


@pytest.mark.parametrize("task", ["generate", "complete", "restyle", "rearrange"])
def test_the_same_seed_makes_the_same_room_alone_and_beside_another(starter, made, task):
    asked = requests_of(task, made)
    for item, (together,) in zip(asked, starter.run(asked, tries=1), strict=True):
        ((alone,),) = starter.run([item], tries=1)
        assert [(o.id, o.category, o.asset) for o in alone.objects] == [
            (o.id, o.category, o.asset) for o in together.objects
        ]
        for a, b in zip(alone.objects, together.objects, strict=True):
            assert np.allclose([*a.position, *a.size], [*b.position, *b.size], atol=1e-4)
            assert abs(math.remainder(a.yaw - b.yaw, math.tau)) < 1e-4
        assert np.allclose(alone.floor.polygon, together.floor.polygon, atol=1e-4)


# What a floor cannot hold

SET = ("double_bed", "nightstand", "wardrobe", "desk", "chair", "bookshelf", "armchair")


def furnish(side, text="", kept=(), *, new=SET, room="bedroom", codes=(0, 0, 0, 0), thinned=True):
    """A set of new pieces on a square floor, or on one that is to be imagined: the furnishing, what it furnished."""
    asked = request(task="complete", scene={"version": 1, "room_type": room, "objects": list(kept)})
    slots = prepare(asked, 12, lambda _: None, lambda _: frozenset())
    names = CLASSES[room]
    filled = [names.index(name) for name in (*(item["category"] for item in kept), *new)]
    classes = np.array(filled + [len(names)] * (12 - len(filled)))
    floor = FloorPlan() if side is None else FloorPlan(((0.0, 0.0), (side, 0.0), (side, side), (0.0, side)))
    looks, catalogue = described(text, names), Catalogue.starter()
    furnishing = Furnishing(
        slots, read_brief(text, room), looks, catalogue, floor, seed=1, matched=True, thinned=thinned
    )  # fmt: skip
    relations = np.full((12, 12), NO_RELATION, dtype=np.int8)
    return furnishing, furnishing.furnish(classes, np.tile(codes, (12, 1)), None, relations)


def left_out(*args, **more):
    """The classes that a floor is too small for; the other pieces are the same as where nothing is left out."""
    (everything, _), (rest, found) = furnish(*args, **{**more, "thinned": False}), furnish(*args, **more)
    pairs = list(zip(everything.objects, found.left_out, strict=True))
    assert rest.objects == [None if out else item for item, out in pairs]
    assert [item is None for item in rest.objects] == (found.half == 0.0).all(axis=1).tolist()
    return {item.category for item, out in pairs if out}


def test_a_small_floor_that_is_given_does_not_get_all_pieces():
    assert left_out(6.0) == set()
    assert 1 <= len(left_out(3.4)) <= len(left_out(2.6)) < len(SET)
    assert left_out(1.0) == set(SET) - {"double_bed", "nightstand"}


def test_all_pieces_stay_where_none_are_to_be_left_out_or_the_floor_is_imagined():
    assert left_out(1.0, thinned=False) == left_out(None) == set()
    everything, found = furnish(1.0, thinned=False)
    assert [item.category for item in everything.objects if item] == list(SET)
    assert not found.left_out.any()


def test_what_is_spoken_of_or_kept_is_not_left_out():
    assert left_out(1.0, "a desk with a chair") == {"wardrobe", "bookshelf", "armchair"}
    shelf = {"id": "mine", "category": "bookshelf", "position": [0.5, 0.5, 1.0], "size": [0.8, 0.3, 2.0], "yaw": 0.0}
    furnishing, found = furnish(1.0, kept=[shelf])
    assert furnishing.objects[0].id == "mine"
    assert not found.left_out[0]
    assert found.left_out.sum() == len(SET) - 2


@pytest.mark.parametrize(("category", "share"), [("wardrobe", 0.5), ("double_bed", 0.58)])
def test_what_is_too_wide_for_a_floor_comes_smaller_where_there_is_a_smaller_one(category, share):
    entries = Catalogue.starter().of_class(category)
    widest, narrowest = (extreme(entries, key=lambda entry: entry.size[0]) for extreme in (max, min))

    def width(side, text=""):
        furnishing, _ = furnish(side, text, new=(category,), codes=widest.codes, thinned=False)
        return furnishing.objects[0].size[0]

    large, small = (widest.size[0] + 0.02) / share, (widest.size[0] - 0.02) / share
    assert width(large) == width(None) == widest.size[0]
    assert width(small) <= share * small
    assert width((narrowest.size[0] + 0.02) / share) == narrowest.size[0]
    assert width(0.9 * narrowest.size[0] / share) > 0.0  # there is none as small


def table(extreme, chairs, text="", *, kept=(), tables=1):
    """The table of a graph that asks for the longest or shortest one, with so many new chairs; whether it is that."""
    catalogue = Catalogue.starter()
    wanted = extreme(catalogue.of_class("dining_table"), key=lambda entry: entry.size[0])
    new = ("dining_table",) * tables + ("dining_chair",) * chairs
    furnishing, _ = furnish(None, text, kept, new=new, room="diningroom", codes=wanted.codes, thinned=False)
    (found, *_) = [item for item in furnishing.objects if item and item.category == "dining_table"]
    return found, catalogue.get(found.asset).codes == wanted.codes


@pytest.mark.parametrize("chairs", [2, 4, 6, 8])
@pytest.mark.parametrize("extreme", [min, max])
def test_a_table_is_as_long_as_its_chairs_need(extreme, chairs):
    found, as_asked = table(extreme, chairs)
    width, depth, _ = found.size
    assert most_chairs(width, depth, 0.52) >= chairs
    assert not looks_empty(width, chairs)
    assert as_asked == (chairs == 4 or (chairs > 4) == (extreme is max))


def test_kept_chairs_count_too():
    kept = [
        {"id": f"c{x}", "category": "dining_chair", "position": [x, 0.0, 0.45], "size": [0.5, 0.5, 0.9], "yaw": 0.0}
        for x in range(4)
    ]
    assert table(min, 2)[1]
    assert most_chairs(*table(min, 2, kept=kept)[0].size[:2], 0.52) >= 6


def test_looks_that_are_asked_for_come_before_the_length_for_the_chairs():
    for text, word in (("a black dining table", "black"), ("a marble table with two chairs", "marble")):
        assert word in table(max, 2, text)[0].description
    assert table(max, 2, "a long dining table with two chairs")[0].size[0] > table(max, 2)[0].size[0]


def test_of_two_tables_each_is_the_one_that_looks_so():
    assert not table(max, 2, "a table with two black dining chairs")[1]
    assert table(max, 2, tables=2)[1]
    assert table(max, 0)[1]


def test_a_table_in_a_room_whose_kind_has_none_is_refurnished(starter):
    before = {
        "id": "mine",
        "category": "dining_table",
        "position": [1.0, 1.0, 0.4],
        "size": [2.0, 1.0, 0.8],
        "yaw": 0.0,
    }
    asked = request(task="restyle", scene=scene_json(objects=[before]), selected=["mine"], keep={"mine": ["category"]})
    ((scene,),) = starter.run([asked], tries=1)
    assert starter.catalogue.get(scene.objects[0].asset).category == "dining_table"


def test_what_is_said_of_the_chairs_at_a_table_holds_where_they_came_to_stand(starter):
    told = 0
    for (scene,) in starter.run([request(room="diningroom", text="", seed=seed) for seed in range(4)], tries=1):
        there = [item for item in scene.objects if item.category in ("dining_chair", "dining_table")]
        holds, row = object_relations(there), {item.id: number for number, item in enumerate(there)}
        for first, predicate, second in scene.relations:
            if {first, second} <= row.keys():
                assert PREDICATES[holds[row[first], row[second]]] == predicate
                told += 1
    assert told


@pytest.mark.parametrize("room", ROOM_TYPES)
def test_on_a_small_floor_nothing_is_left_where_it_does_not_belong(starter, room):
    small = {"floor": [[0.0, 0.0], [3.2, 0.0], [3.2, 2.6], [0.0, 2.6]]}
    openings = [{"kind": "door", "segment": [[3.2, 0.2], [3.2, 1.1]], "bottom": 0.0, "top": 2.1}]
    asked = [
        request(scene=scene, seed=seed)
        for scene in (scene_json(room, **small, openings=openings), scene_json(room))
        for seed in range(2)
    ]
    scenes = [scene for (scene,) in starter.run(asked, tries=1)]
    for scene in scenes:
        assert misplaced(scene, starter.catalogue) == []
        assert {name for a, _, b in scene.relations for name in (a, b)} <= {item.id for item in furniture(scene)}
        notes = " ".join(scene.report.get("notes", ()))
        assert notes.count("no free place") == len(scene.provenance["left_out"])
    counts = [len(furniture(scene)) for scene in scenes]
    assert sum(counts[:2]) < sum(counts[2:])


def test_what_is_to_be_added_is_added_however_small_the_floor_but_not_through_its_walls(starter):
    small = scene_json(floor=[[0.0, 0.0], [2.0, 0.0], [2.0, 2.2], [0.0, 2.2]], openings=[])
    ((scene,),) = starter.run([request(scene=small, add=6)], tries=1)
    gone = scene.provenance["left_out"]
    assert len(scene.objects) + len(gone) == 6
    assert misfits("bedroom", scene.objects, scene.floor, starter.catalogue) == {}
    assert sum("it reaches through a wall" in note for note in scene.report.get("notes", ())) == len(gone)


def test_of_some_layouts_the_one_that_costs_least_is_taken():
    furnishing, found = furnish(6.0)
    centre = furnishing.slots.centre
    apart = np.zeros((12, 7))
    apart[:, 3:6] = found.half
    apart[:, 0], apart[:, 2] = np.linspace(0.6, 5.4, 12) - centre[0], centre[1] - np.linspace(5.0, 1.0, 12)
    heaped, outside = apart.copy(), apart.copy()
    heaped[:, [0, 2]] = apart[0, [0, 2]]
    outside[:, 0] += 20.0
    assert furnishing.best(np.stack([heaped, apart, outside])) == 1
    assert furnishing.best(np.stack([outside, heaped, apart])) == 2
    assert furnishing.best(heaped[None]) == 0
