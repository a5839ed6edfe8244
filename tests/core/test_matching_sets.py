"""Sets: chairs round a table and nightstands of a bed are one piece, where nobody asked for something else."""

import json

import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.generator import load_generator
from instructscene_core.instructions.read.described_looks import Described
from instructscene_core.placement.matching_sets import MATCHING, match_sets, with_mesh
from instructscene_core.sampling.slots import prepare
from instructscene_core.scene import Request, SceneObject
from instructscene_core.vocabulary import ALL_CLASSES, CLASSES

N = 12
CODES = [(1, 2, 3, 4), (5, 6, 3, 4), (5, 6, 7, 8), (9, 9, 9, 9)]


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.starter()


@pytest.fixture(scope="module")
def generator():
    return load_generator(device="cpu")


def there(catalogue, name, number, *, category="nightstand", **more):
    """An object of a request with the mesh of the catalogue's entry of a number."""
    entry = catalogue.of_class(category)[number]
    pose = {"position": [2, 0, entry.size[2] / 2], "size": list(entry.size), "yaw": 0.0}
    return {"id": name, "category": category, "asset": entry.id} | pose | more


def dressed(catalogue, slots, category="nightstand"):
    """What a model might make of the slots: four objects that are all unlike, where no mesh was kept."""
    entries = catalogue.of_class(category)
    objects = list(slots.objects)
    undressed = [item is not None and "feature" not in keeps for item, keeps in zip(objects, slots.keeps, strict=True)]
    open_slots = [i for i in range(N) if undressed[i] or not slots.class_known[i]]
    for number, i in enumerate(open_slots[: len(CODES)]):
        entry = entries[-1 - number]
        height = entry.size[2] + 0.01 * number
        size = (*entry.size[:2], height)
        item = objects[i] or SceneObject(f"new_{number}", category, (number, 0.0, height / 2), size, 0.0)
        kept = bool(slots.pose_known[i])
        objects[i] = with_mesh(item, entry, CODES[number], catalogue.stretch, pose_kept=kept)
    return objects


def made(catalogue, *, task="generate", objects=(), looks=None, category="nightstand", **more):
    """Objects before and after they become sets, without the empty slots."""
    scene = {"version": 1, "room_type": "bedroom", "objects": list(objects)}
    request = Request.from_json({"task": task, "scene": scene} | more)
    slots = prepare(request, N, lambda item: item.codes, lambda _: frozenset({"desk"}))
    before = dressed(catalogue, slots, category)
    after = match_sets(before, slots, looks or Described(), catalogue)
    return [o for o in before if o is not None], [o for o in after if o is not None]


def base(item):
    return item.position[2] - item.size[2] / 2


def test_new_objects_of_a_class_are_alike(catalogue):
    before, after = made(catalogue)
    assert len({item.asset for item in before}) == 4
    assert {(item.asset, item.codes, item.size) for item in after} == {
        (before[1].asset, CODES[1], before[1].size)  # shares two codes with either neighbour
    }
    assert [(o.id, o.position[:2], o.yaw) for o in after] == [(o.id, o.position[:2], o.yaw) for o in before]
    assert [base(item) for item in after] == pytest.approx([0.0] * 4)


@pytest.mark.parametrize("category", ["cabinet", "pendant_lamp", "wardrobe"])
def test_cabinets_and_pendant_lamps_are_alike_too(catalogue, category):
    before, after = made(catalogue, category=category)
    assert len({item.asset for item in before}) == 4
    assert {(item.asset, item.codes, item.size) for item in after} == {(before[1].asset, CODES[1], before[1].size)}


@pytest.mark.parametrize("category", ["double_bed", "ceiling_lamp", "sofa", "desk"])
def test_what_comes_in_no_sets_stays(catalogue, category):
    before, after = made(catalogue, category=category)
    assert after == before


def test_pieces_that_the_instruction_tells_apart_stay_apart(catalogue):
    before, after = made(catalogue, looks=Described(frozenset({"nightstand"}), frozenset({"nightstand"})))
    assert after == before


def test_furniture_is_completed_with_the_piece_that_most_of_it_is(catalogue):
    numbers = (0, 1, 1)
    objects = [there(catalogue, f"old_{k}", number) for k, number in enumerate(numbers)]
    before, after = made(catalogue, task="complete", objects=objects)
    assert after[:3] == before[:3]
    entry = catalogue.of_class("nightstand")[1]
    assert {(item.asset, item.size) for item in after[3:]} == {(entry.id, entry.size)}


@pytest.mark.parametrize("looks", [Described(frozenset({"nightstand"})), Described(frozenset({"cabinet"}))])
def test_looks_that_are_asked_for_count_for_more_than_what_is_there(catalogue, looks):
    before, after = made(catalogue, task="complete", objects=[there(catalogue, "old", 0)], looks=looks)
    leader = before[2] if "nightstand" in looks.spoken else before[0]
    assert {item.asset for item in after[1:]} == {leader.asset}


def test_a_mesh_of_ones_own_leads_nobody(catalogue):
    own = there(catalogue, "own", 0, asset=None, codes=[7, 7, 7, 7])
    before, after = made(catalogue, task="complete", objects=[own])
    assert after[0] == before[0]
    assert {item.asset for item in after[1:]} == {before[2].asset}


def test_who_restyles_one_of_a_pair_wants_it_changed(catalogue):
    objects = [there(catalogue, "a", 0), there(catalogue, "b", 0)]
    before, after = made(catalogue, task="restyle", objects=objects, selected=["b"])
    assert after == before
    assert after[0].asset != after[1].asset


def test_a_restyled_pair_stays_one_and_keeps_its_poses(catalogue):
    objects = [there(catalogue, "a", 0), there(catalogue, "b", 1, size=[0.4, 0.3, 0.7], position=[-2, 0, 0.35])]
    before, after = made(catalogue, task="restyle", objects=objects)
    assert {item.asset for item in after} == {before[0].asset}
    assert [(o.position, o.size, o.yaw) for o in after] == [(o.position, o.size, o.yaw) for o in before]


def test_what_keeps_its_mesh_is_not_dressed_anew(catalogue):
    objects = [there(catalogue, "a", 0), there(catalogue, "b", 1)]
    before, after = made(catalogue, task="rearrange", objects=objects)
    assert after == before


def chairs(generator, request, *, settle=True):
    scene = generator.run([Request.from_json(request)], settle=settle)[0][0]
    return scene, {(o.asset, o.size) for o in scene.objects if o.category == "dining_chair"}


def test_chairs_of_a_made_room_are_one_piece_and_go_on_being_one(generator):
    request = {"room": "diningroom", "text": "A dining table with four wooden dining chairs around it.", "seed": 3}
    scene, alike = chairs(generator, request)
    assert len(alike) == 1 < len(chairs(generator, request, settle=False)[1])
    data = json.loads(json.dumps(scene.to_json()))
    more = {"task": "complete", "scene": data, "text": "Two more dining chairs and a black cabinet.", "seed": 4}
    completed, still = chairs(generator, more)
    count = [sum(o.category == "dining_chair" for o in s.objects) for s in (scene, completed)]
    assert count[1] > count[0]
    assert still == alike


def test_classes_that_come_in_sets_are_classes():
    assert set(ALL_CLASSES) >= MATCHING
    assert MATCHING & set(CLASSES["bedroom"])
