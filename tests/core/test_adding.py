"""Rooms that are completed: something comes where there is room for it, or why not; one more of a piece."""

import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.errors import InvalidInputError
from instructscene_core.generator import load_generator
from instructscene_core.placement.misfits import misfits
from instructscene_core.scene import Request

CATALOGUE = Catalogue.starter()
BED = "starter/double_bed_arch_graphite"


@pytest.fixture(scope="module")
def starter():
    return load_generator()


def entry_of(category, rank=0):
    return sorted(CATALOGUE.of_class(category, "bedroom"), key=lambda entry: entry.size[0] * entry.size[1])[rank]


def piece(name, entry, x, y, yaw=0.0):
    w, d, h = entry.size
    at = [x, y, h / 2]
    item = {"id": name, "category": entry.category, "position": at, "size": [w, d, h], "yaw": yaw, "asset": entry.id}
    return item | {"codes": list(entry.codes)}


def room(width, depth, *objects):
    x, y = width / 2, depth / 2
    floor = [[-x, -y], [x, -y], [x, y], [-x, y]]
    door = {"kind": "door", "segment": [[x - 1.0, -y], [x - 0.1, -y]], "bottom": 0.0, "top": 2.1}
    return {"version": 1, "room_type": "bedroom", "floor": floor, "openings": [door], "objects": list(objects)}


def bedroom(width=4.5, depth=4.0):
    bed = CATALOGUE.get(BED)
    return room(width, depth, piece("bed", bed, 0.0, depth / 2 - bed.size[1] / 2 - 0.01))


def run(generator, **item):
    return generator.run([Request.from_json({"task": "complete", **item})])[0][0]


def new_of(scene, before):
    ids = {item["id"] for item in before["objects"]}
    return [item for item in scene.objects if item.id not in ids]


@pytest.mark.parametrize("seed", range(3))
def test_an_open_completion_adds_something_where_there_is_room(starter, seed):
    before = bedroom()
    scene = run(starter, scene=before, seed=seed)
    assert new_of(scene, before)
    assert not misfits("bedroom", scene.objects, scene.floor, CATALOGUE)


def test_a_room_without_room_says_that_nothing_was_added(starter):
    bed = CATALOGUE.get(BED)
    before = bedroom(bed.size[0] + 0.3, bed.size[1] + 1.1)
    before["openings"] = []
    scene = run(starter, scene=before)
    if not new_of(scene, before):
        assert "Nothing was added" in scene.report["notes"][-1]
    assert not misfits("bedroom", scene.objects, scene.floor, CATALOGUE)


def test_one_more_is_of_the_same_mesh_and_stands_free(starter):
    before = bedroom(5.0, 5.0)
    before["objects"].append(piece("chair", entry_of("armchair"), -1.8, -1.6))
    scene = run(starter, scene=before, like="chair")
    (new,) = new_of(scene, before)
    assert (new.category, new.asset) == ("armchair", entry_of("armchair").id)
    assert scene.report["met"][0] == "one more armchair"
    assert not misfits("bedroom", scene.objects, scene.floor, CATALOGUE)
    assert not scene.provenance["colliding"]


def test_one_more_that_has_no_place_is_told(starter):
    wide = entry_of("wardrobe", -1)
    bed = CATALOGUE.get(BED)
    before = bedroom(bed.size[0] + 0.4, bed.size[1] + 1.3)
    before["objects"].append(piece("wardrobe", wide, 9.0, 9.0))
    scene = run(starter, scene=before, like="wardrobe")
    assert new_of(scene, before) == []
    assert scene.report["not_met"][0].startswith("one more wardrobe (")


def test_one_more_of_what_finishes_a_room(starter):
    before, slim = bedroom(5.0, 5.0), entry_of("plant")
    before["objects"].append(piece("plant", slim, -2.2, -2.2))
    scene = run(starter, scene=before, like="plant")
    assert [item.asset for item in new_of(scene, before)] == [slim.id]


def test_one_more_of_a_persons_own_is_the_piece_of_its_size(starter):
    before = bedroom(5.0, 5.0)
    own = {"id": "mine", "category": "stool", "position": [-2.0, -2.0, 0.2], "size": [0.4, 0.4, 0.45], "yaw": 0.0}
    before["objects"].append(own)
    (new,) = new_of(run(starter, scene=before, like="mine"), before)
    assert new.category == "stool"
    assert CATALOGUE.get(new.asset).size[2] == pytest.approx(0.45, abs=0.1)


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"like": "sofa"}, "no object has the id"),
        ({"like": "bed", "add": 2}, "like adds 1 object"),
        ({"like": "bed", "task": "restyle"}, "only for the task complete"),
    ],
)
def test_bad_requests_are_refused(item, message):
    with pytest.raises(InvalidInputError, match=message):
        Request.from_json({"task": "complete", "scene": bedroom(), **item})


def test_a_class_that_the_room_has_not_is_refused(starter):
    before = bedroom()
    sofa = CATALOGUE.of_class("wine_cabinet")[0]
    before["objects"].append(piece("wine", sofa, -1.9, -1.0))
    with pytest.raises(InvalidInputError, match="wine cabinet"):
        run(starter, scene=before, like="wine")
