"""Sets: chairs round a table and nightstands of a bed look alike, where nobody asked for something else."""

import numpy as np
import pytest

from instructscene_core.generator import load_generator
from instructscene_core.instructions.parse import parse
from instructscene_core.layout_model import Layout
from instructscene_core.masks import prepare
from instructscene_core.scene import Request
from instructscene_core.sets import MATCHING, as_sets
from instructscene_core.vocabulary import ALL_CLASSES, CLASSES, NO_RELATION

BEDROOM = CLASSES["bedroom"]
N = 12
CODES = [(1, 2, 3, 4), (5, 6, 3, 4), (5, 6, 7, 8), (9, 9, 9, 9)]


def nightstand(name, **more):
    return {"id": name, "category": "nightstand", "position": [2, 0, 0.25], "size": [0.5, 0.4, 0.5], "yaw": 0.0} | more


def sets(category="nightstand", *, text="", task="generate", objects=(), **more):
    """What becomes of four sampled objects behind those that were there; also the layout as it was."""
    scene = {"version": 1, "room_type": "bedroom", "objects": list(objects)}
    request = Request.from_json({"task": task, "scene": scene, "instruction": text} | more)
    slots = prepare(request, N, lambda item: item.codes, lambda _: frozenset({"desk"}))
    classes, codes = slots.classes.copy(), slots.codes.copy()
    boxes = slots.boxes.copy()
    new = [i for i in range(N) if not slots.codes_known[i]][:4]
    for place, (i, code) in enumerate(zip(new, CODES, strict=False)):
        classes[i] = BEDROOM.index(category)
        codes[i] = code
        if not slots.pose_known[i]:
            half = np.array([0.2, 0.3, 0.2]) + 0.01 * place**2
            boxes[i] = [place, half[1], 0.0, *half, 0.0]
    classes[[i for i in range(N) if not slots.class_known[i] and i not in new]] = len(BEDROOM)
    features = codes.astype(np.float32)
    before = Layout(classes, codes, features, np.full((N, N), NO_RELATION, dtype=np.int8), boxes)
    return as_sets(slots, before, request.task, text, parse(text, BEDROOM)), before, new


def test_new_objects_of_a_class_are_alike():
    after, before, new = sets()
    assert (after.codes[new] == CODES[1]).all()  # shares two codes with either neighbour
    assert (after.features[new] == CODES[1]).all()
    assert after.boxes[new, 3:6] == pytest.approx(np.median(before.boxes[new, 3:6], axis=0)[None].repeat(4, 0))
    assert after.boxes[new, 1] - after.boxes[new, 4] == pytest.approx(0.0)  # bases stay where they were
    assert (after.boxes[new][:, [0, 2, 6]] == before.boxes[new][:, [0, 2, 6]]).all()
    assert before.codes[new].tolist() == [list(code) for code in CODES]


@pytest.mark.parametrize("category", ["double_bed", "pendant_lamp", "sofa", "cabinet"])
def test_what_comes_in_no_sets_stays(category):
    after, before, _ = sets(category)
    assert (after.codes == before.codes).all()
    assert (after.boxes == before.boxes).all()


@pytest.mark.parametrize(
    ("text", "alike"),
    [
        ("Two different nightstands.", False),
        ("A red nightstand and a white nightstand.", False),
        ("A black nightstand to the left of a white nightstand.", False),
        ("Two black nightstands.", True),
        ("A nightstand to the left of a double bed and a nightstand to the right of the double bed.", True),
    ],
)
def test_looks_that_are_told_apart_stay_apart(text, alike):
    after, _, new = sets(text=text)
    assert (len(np.unique(after.codes[new], axis=0)) == 1) == alike


THERE = nightstand("old", codes=[7, 7, 7, 7])


@pytest.mark.parametrize(("text", "leads"), [("", True), ("two more nightstands", True), ("black nightstands", False)])
def test_furniture_is_completed_in_the_looks_of_what_is_there(text, leads):
    after, before, new = sets(task="complete", objects=[THERE], text=text)
    assert (after.codes[new] == (7 if leads else CODES[1])).all()
    assert (after.boxes[0] == before.boxes[0]).all()
    if leads:
        assert after.boxes[new, 3:6] == pytest.approx(np.array([[0.25, 0.25, 0.2]] * 4))


def test_who_restyles_one_of_a_pair_wants_it_changed():
    objects = [THERE, nightstand("mine", codes=[7, 7, 7, 7], position=[-2, 0, 0.25])]
    after, before, new = sets(task="restyle", objects=objects, selected=["mine"])
    assert len(new) == 1
    assert (after.codes == before.codes).all()


def test_a_restyled_pair_stays_one_and_keeps_its_poses():
    objects = [nightstand("a"), nightstand("b", position=[-2, 0, 0.3], size=[0.4, 0.4, 0.6])]
    after, before, new = sets(task="restyle", objects=objects)
    assert (after.codes[new] == CODES[0]).all()
    assert (after.boxes == before.boxes).all()


def test_what_keeps_its_mesh_is_not_dressed_anew():
    after, before, _ = sets(task="rearrange", objects=[THERE, nightstand("b", position=[-2, 0, 0.25], codes=[1] * 4)])
    assert (after.codes == before.codes).all()


def test_chairs_of_a_made_room_are_one_mesh_of_one_size():
    request = {"room": "diningroom", "text": "A dining table with four dining chairs.", "seed": 3}
    generator = load_generator(device="cpu")
    (made,), (plain,) = (generator.run([Request.from_json(request)], settle=settle)[0] for settle in (True, False))
    settled, sampled = ({(o.asset, o.size) for o in s.objects if o.category == "dining_chair"} for s in (made, plain))
    assert len(settled) == 1 < len(sampled)


def test_classes_that_come_in_sets_are_classes():
    assert set(ALL_CLASSES) >= MATCHING
