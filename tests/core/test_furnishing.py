"""The starter's rooms: pieces of known sizes on floors that are given or imagined; kept ones where they are."""

import math

import numpy as np
import pytest

from instructscene_core.generator import load_generator
from instructscene_core.geometry.drawn_floor import corners_of, is_drawn
from instructscene_core.scene import Request
from instructscene_core.vocabulary import EXTRAS, ROOM_TYPES

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
