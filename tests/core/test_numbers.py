"""How many of each class rooms have: counted, changed where unlikely, kept where asked, read and written."""

import dataclasses
import math

import numpy as np
import pytest

from instructscene_core.catalogue.entries import STARTER
from instructscene_core.errors import InvalidInputError
from instructscene_core.generator import load_generator
from instructscene_core.placement.flaws import CORES
from instructscene_core.sampling.numbers import CHANGES, Numbers
from instructscene_core.sampling.two_stage import TwoStageModel
from instructscene_core.scene import Request
from instructscene_core.training.numbers import fit_numbers

TABLE, CHAIR, LAMP, RARE = range(4)
MIDDLE = np.tile(np.array([0.0, 0.5], dtype=np.float32), (CHANGES, 1))


@pytest.fixture(scope="module")
def rooms():
    """With a table and two, four or six chairs, or neither; with one lamp; one in 50 has two plants."""
    rng = np.random.default_rng(0)
    found = np.zeros((1000, 4), dtype=np.int64)
    found[:, TABLE] = rng.random(1000) < 0.6
    found[:, CHAIR] = found[:, TABLE] * rng.choice([2, 4, 6], 1000)
    found[:, LAMP] = 1
    found[:, RARE] = 2 * (rng.random(1000) < 0.02)
    return found


@pytest.fixture(scope="module")
def numbers(rooms):
    return fit_numbers(rooms)


def drawn(second):
    """Uniforms that draw the oddest class, and a number by their last."""
    return np.tile(np.array([0.0, second], dtype=np.float32), (CHANGES, 1))


def changed(numbers, counts, *, spare=9, fixed=(), uniforms=MIDDLE):
    counts = np.array(counts)
    free = np.array([number not in fixed for number in range(len(counts))])
    return numbers.changes(counts, free, counts * free, spare, uniforms).tolist()


def test_shares_beside_others_are_those_of_the_rooms(numbers, rooms):
    for there in (0, 1):
        such = rooms[rooms[:, TABLE] == there, CHAIR]
        counts = np.array([there, 0, 1, 0])
        told = np.exp(numbers.log_shares(counts, CHAIR))
        assert told.sum() == pytest.approx(1.0)
        assert told[:7] == pytest.approx(np.bincount(such, minlength=7) / len(such), abs=0.03)


def test_how_many_there_are_of_a_class_tells_nothing_of_itself(numbers):
    few, many = (numbers.log_shares(np.array([1, chairs, 1, 0]), CHAIR) for chairs in (0, 6))
    assert few == pytest.approx(many)


@pytest.mark.parametrize(("last", "expected"), [(0.2, 2), (0.5, 4), (0.99, 6)])
def test_five_chairs_become_two_four_or_six(numbers, last, expected):
    assert changed(numbers, [1, 5, 1, 0], uniforms=drawn(last)) == [1, expected, 1, 0]


def test_likely_rooms_stay(numbers):
    for counts in ([1, 4, 1, 0], [0, 0, 1, 0], [1, 2, 1, 2]):
        assert changed(numbers, counts) == counts


def test_a_class_comes_with_what_it_belongs_to_and_does_not_stay_alone(numbers):
    assert changed(numbers, [1, 0, 1, 0], fixed=(TABLE,))[CHAIR] in {2, 4, 6}
    assert changed(numbers, [0, 2, 1, 0], fixed=(TABLE,))[CHAIR] == 0
    assert changed(numbers, [0, 2, 1, 0], fixed=(CHAIR,))[TABLE] == 1
    assert changed(numbers, [1, 0, 1, 0], fixed=(TABLE, CHAIR))[CHAIR] == 0
    assert changed(numbers, [1, 4, 3, 0]) == [1, 4, 1, 0]


@pytest.mark.parametrize(("share", "comes"), [(0.95, 1), (0.88, 0)])
def test_a_class_comes_where_nearly_all_rooms_have_it(share, comes):
    rooms = np.zeros((1000, 2), dtype=np.int64)
    rooms[: int(1000 * share), 0] = 1
    rooms[::2, 1] = 1
    told = fit_numbers(rooms)
    assert changed(told, [0, 1], uniforms=drawn(0.99))[0] == comes
    assert changed(told, [1, 1])[0] == 1


def test_a_second_sofa_goes_whichever_the_two_are():
    """Of rooms that have one of three sofas, and never two, not even of a kind."""
    rooms = np.eye(3, dtype=np.int64)[np.random.default_rng(1).choice(3, 2000, p=[0.7, 0.2, 0.1])]
    told = fit_numbers(rooms)
    for counts in ([1, 1, 0], [0, 1, 1], [1, 1, 1], [2, 0, 0], [0, 0, 2]):
        assert sum(changed(told, counts, uniforms=drawn(0.5))) == 1
    assert changed(told, [0, 1, 1], fixed=(1, 2), uniforms=drawn(0.5)) == [0, 1, 1]
    for counts in ([1, 0, 0], [0, 1, 0], [0, 0, 1]):
        assert changed(told, counts) == counts


def test_what_is_rare_stays_unless_it_is_rarer_beside_the_others():
    rng = np.random.default_rng(3)
    rooms = np.zeros((4000, 3), dtype=np.int64)
    rooms[:, 0] = rng.random(4000) < 0.5
    rooms[:, 1] = rng.random(4000) < 0.02
    rooms[:, 2] = rooms[:, 0] * (rng.random(4000) < 0.04)
    told = fit_numbers(rooms)
    assert changed(told, [0, 1, 0])[1] == 1
    assert changed(told, [1, 0, 1])[2] == 1
    assert changed(told, [0, 0, 1], fixed=(0,))[2] == 0


def test_likelier_numbers_are_drawn_more_often():
    rooms = np.zeros((1000, 4), dtype=np.int64)
    rooms[:, CHAIR] = np.random.default_rng(0).choice([2, 3, 4], 1000, p=[0.2, 0.02, 0.78])
    rooms[:500, LAMP] = 1
    told = fit_numbers(rooms)
    found = [changed(told, [0, 3, 0, 0], uniforms=drawn(u))[CHAIR] for u in np.linspace(0, 0.99, 50)]
    assert 0.65 < found.count(4) / 50 < 0.9
    assert set(found) <= {2, 3, 4}


def test_what_is_fixed_stays_and_there_must_be_room_for_more(numbers):
    assert changed(numbers, [1, 5, 1, 0], fixed=(CHAIR,)) == [1, 5, 1, 0]
    assert changed(numbers, [1, 5, 1, 0], spare=0, uniforms=drawn(0.99)) == [1, 4, 1, 0]
    assert changed(numbers, [1, 0, 1, 0], fixed=(TABLE,), spare=2, uniforms=drawn(0.99))[CHAIR] == 2


def test_they_are_written_and_read(numbers):
    again = Numbers.from_json(numbers.to_json(), 4)
    assert (again.classes == numbers.classes).all()
    for own in range(len(numbers.classes)):
        counts = np.array([1, 2, 1, 0])
        assert again.log_shares(counts, own) == pytest.approx(numbers.log_shares(counts, own), abs=0.3)
    data = numbers.to_json()
    for broken in (
        data | {"classes": [9, 0, 1, 2]},
        data | {"classes": [0, 0, 1, 2]},
        data | {"classes": [0, 1, 2]},
        data | {"weights": data["weights"][:-1]},
        data | {"weights": [table[1:] for table in data["weights"]]},
        data | {"shares": [[0.0, *row[1:]] for row in data["shares"]]},
        data | {"shares": [[math.nan, *row[1:]] for row in data["shares"]]},
    ):
        with pytest.raises(ValueError, match="numbers"):
            Numbers.from_json(broken, 4)


def test_damaged_numbers_are_refused_in_one_line(tmp_path):
    for path in (STARTER / "weights").iterdir():
        content = path.read_bytes()
        if path.name == "prior.json":
            content = content.replace(b'"shares"', b'"shears"', 1)
        (tmp_path / path.name).write_bytes(content)
    with pytest.raises(InvalidInputError, match="numbers are malformed"):
        TwoStageModel.load(tmp_path)


def test_chairs_come_in_twos_unless_they_are_asked_for():
    """Without the numbers some two in five dining rooms have an odd number of chairs."""
    generator = load_generator(device="cpu")
    requests = [Request.from_json({"room": "diningroom", "text": "", "seed": seed}) for seed in range(16)]
    chairs = [
        sum(item.category == "dining_chair" for item in scene.objects)
        for (scene,) in generator.run(requests, settle=False)
    ]
    assert sum(count % 2 for count in chairs) <= 2
    three = Request.from_json({"room": "diningroom", "text": "A dining table with three dining chairs.", "seed": 4})
    asked = generator.run([dataclasses.replace(three, variations=8)], settle=False)[0]
    assert {sum(item.category == "dining_chair" for item in scene.objects) for scene in asked} & {1, 3, 5}


@pytest.mark.parametrize(
    ("room", "refused", "seed"),
    [("bedroom", "No bed.", 2), ("livingroom", "No sofas.", 15), ("diningroom", "No dining table.", 0)],
)
def test_rooms_have_a_core_unless_it_is_refused(room, refused, seed):
    """Without it that bedroom and that living room have none."""
    generator, core = load_generator(device="cpu"), CORES[room]
    for text in ("", refused):
        asked = Request.from_json({"room": room, "text": text, "seed": seed, "variations": 2, "steps": [10, 1]})
        (scenes,) = generator.run([asked], settle=False)
        assert {any(item.category in core.classes for item in scene.objects) for scene in scenes} == {not text}


@pytest.mark.parametrize(("text", "most"), [("", 1), ("Two single beds.", 2)])
def test_no_second_bed_comes_unless_beds_are_spoken_of(text, most):
    asked = Request.from_json({"room": "bedroom", "text": text, "seed": 3, "variations": 12, "steps": [10, 1]})
    (scenes,) = load_generator(device="cpu").run([asked], settle=False)
    assert {sum(item.category in CORES["bedroom"].classes for item in scene.objects) for scene in scenes} == {most}


@pytest.mark.parametrize(("room", "text"), [("diningroom", "Two dining tables."), ("bedroom", "Two double beds.")])
def test_two_of_the_core_may_be_told(room, text):
    asked = Request.from_json({"room": room, "text": text, "seed": 1, "variations": 2, "steps": [10, 1]})
    (scenes,) = load_generator(device="cpu").run([asked], settle=False)
    for scene in scenes:
        assert sum(item.category in CORES[room].classes for item in scene.objects) == 2
