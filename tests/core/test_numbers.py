"""How many of each class rooms have: counted, changed where unlikely, kept where asked, read and written."""

import dataclasses

import numpy as np
import pytest

from instructscene_core.catalogue.entries import STARTER
from instructscene_core.errors import InvalidInputError
from instructscene_core.generator import load_generator
from instructscene_core.placement.flaws import CORES
from instructscene_core.sampling.numbers import CHANGES, Numbers
from instructscene_core.sampling.two_stage import TwoStageModel
from instructscene_core.scene import Request

TABLE, CHAIR, LAMP, RARE = range(4)
FIRST = np.zeros(CHANGES, dtype=np.float32)


@pytest.fixture(scope="module")
def numbers():
    """Of rooms with a table and two, four or six chairs, or neither; with one lamp; one in a hundred has two plants."""
    rng = np.random.default_rng(0)
    rooms = np.zeros((1000, 4), dtype=np.int64)
    rooms[:, TABLE] = rng.random(1000) < 0.6
    rooms[:, CHAIR] = rooms[:, TABLE] * rng.choice([2, 4, 6], 1000)
    rooms[:, LAMP] = 1
    rooms[:, RARE] = 2 * (rng.random(1000) < 0.01)
    return Numbers.of(rooms)


def changed(numbers, counts, *, spare=9, fixed=(), uniforms=FIRST):
    counts = np.array(counts)
    free = np.array([number not in fixed for number in range(4)])
    return numbers.changes(counts, free, counts * free, spare, uniforms).tolist()


def test_the_class_that_tells_most_is_the_host(numbers):
    assert numbers.hosts[CHAIR] == TABLE
    assert numbers.shares.sum(axis=-1) == pytest.approx(1.0)


@pytest.mark.parametrize(("last", "expected"), [(0.0, 4), (0.99, 6)])
def test_five_chairs_become_four_or_six(numbers, last, expected):
    assert changed(numbers, [1, 5, 1, 0], uniforms=np.full(CHANGES, last)) == [1, expected, 1, 0]


def test_likely_rooms_stay(numbers):
    for counts in ([1, 4, 1, 0], [0, 0, 1, 0], [1, 2, 1, 2]):
        assert changed(numbers, counts) == counts


def test_a_class_comes_with_its_host_and_none_goes(numbers):
    assert changed(numbers, [1, 0, 1, 0])[CHAIR] in {2, 4, 6}
    assert changed(numbers, [1, 0, 1, 0], fixed=(CHAIR,))[CHAIR] == 0
    assert changed(numbers, [0, 0, 1, 0])[CHAIR] == 0
    assert changed(numbers, [0, 1, 1, 0])[CHAIR] >= 1
    assert changed(numbers, [1, 4, 3, 0]) == [1, 4, 1, 0]


@pytest.mark.parametrize(("share", "comes"), [(0.95, 1), (0.88, 0)])
def test_a_class_comes_alone_where_nearly_all_rooms_have_it(share, comes):
    rooms = np.zeros((1000, 2), dtype=np.int64)
    rooms[: int(1000 * share), 0] = 1
    alone = Numbers.of(rooms)
    assert alone.changes(np.zeros(2, dtype=int), np.array([True, True]), np.zeros(2, dtype=int), 9, FIRST)[0] == comes
    assert alone.changes(np.array([1, 0]), np.array([True, True]), np.array([1, 0]), 9, FIRST)[0] == 1


def test_what_goes_with_a_group_goes_without_it():
    """Of rooms of which each has one of two tables with chairs, or a chair seldom, or neither."""
    rng = np.random.default_rng(1)
    rooms = np.zeros((2000, 4), dtype=np.int64)
    which = rng.integers(0, 3, 2000)
    rooms[np.arange(2000), which] = which < 2
    rooms[:, 3] = np.where(which < 2, rng.choice([1, 2], 2000), rng.random(2000) < 0.01)
    rooms[:, 2] = 0
    told = Numbers.of(rooms, np.array([[True, True, False, False]]))
    assert told.hosts[3] == 4
    assert changed(told, [0, 0, 0, 2]) == [0, 0, 0, 0]
    assert changed(told, [0, 1, 0, 2]) == [0, 1, 0, 2]
    assert changed(told, [0, 0, 0, 2], fixed=(3,)) == [0, 0, 0, 2]
    again = Numbers.from_json(told.to_json(), 4)
    assert (again.groups == told.groups).all()


def test_what_nearly_always_comes_with_its_host_goes_without_it():
    """Of rooms with a child's bed or another one, of which half of the former have a cabinet for it."""
    rng = np.random.default_rng(2)
    rooms = np.zeros((2000, 4), dtype=np.int64)
    rooms[:, 0] = rng.random(2000) < 0.2
    rooms[:, 1] = rooms[:, 0] * (rng.random(2000) < 0.5)
    rooms[:, 2] = 1 - rooms[:, 0]
    told = Numbers.of(rooms)
    assert told.hosts[1] == 0
    assert changed(told, [0, 1, 1, 0]) == [0, 0, 1, 0]
    assert changed(told, [1, 1, 0, 0]) == [1, 1, 0, 0]
    assert changed(told, [0, 1, 1, 0], fixed=(1,)) == [0, 1, 1, 0]


def test_a_desk_and_its_chair_do_not_take_each_other_away():
    rooms = np.zeros((2000, 4), dtype=np.int64)
    rooms[:, 0] = rooms[:, 1] = np.random.default_rng(2).random(2000) < 0.3
    told = Numbers.of(rooms)
    assert told.hosts[:2].tolist() == [1, 0]
    for counts in ([1, 0, 0, 0], [0, 1, 0, 0]):
        assert changed(told, counts) == [1, 1, 0, 0]
    assert changed(told, [1, 0, 0, 0], fixed=(1,)) == [1, 0, 0, 0]
    assert changed(told, [0, 1, 0, 0], fixed=(0,)) == [0, 1, 0, 0]


def test_what_often_comes_without_its_host_stays_without_it():
    rng = np.random.default_rng(3)
    rooms = np.zeros((2000, 4), dtype=np.int64)
    rooms[:, 0] = rng.random(2000) < 0.5
    rooms[:, 1] = np.where(rooms[:, 0], rng.random(2000) < 0.8, rng.random(2000) < 0.1)
    assert changed(Numbers.of(rooms), [0, 1, 0, 0])[1] == 1


def test_likelier_numbers_are_drawn_more_often():
    rooms = np.zeros((1000, 4), dtype=np.int64)
    rooms[:, CHAIR] = np.random.default_rng(0).choice([2, 3, 4], 1000, p=[0.2, 0.02, 0.78])
    told = Numbers.of(rooms)
    drawn = [changed(told, [0, 3, 0, 0], uniforms=np.full(CHANGES, u))[CHAIR] for u in np.linspace(0, 0.99, 50)]
    assert 0.65 < drawn.count(4) / 50 < 0.9
    assert set(drawn) == {2, 4}


def test_what_is_fixed_stays_and_there_must_be_room_for_more(numbers):
    assert changed(numbers, [1, 5, 1, 0], fixed=(CHAIR,)) == [1, 5, 1, 0]
    assert changed(numbers, [1, 5, 1, 0], spare=0, uniforms=np.full(CHANGES, 0.99)) == [1, 4, 1, 0]


def test_they_are_written_and_read(numbers):
    again = Numbers.from_json(numbers.to_json(), 4)
    assert (again.hosts == numbers.hosts).all()
    assert again.shares == pytest.approx(numbers.shares, abs=1e-4)
    for broken in (
        numbers.to_json() | {"hosts": [9, 0, 0, 0]},
        numbers.to_json() | {"groups": [[0, 9]]},
        numbers.to_json() | {"groups": [[-1]]},
        {"hosts": [0] * 4, "shares": [[1.0]] * 4},
    ):
        with pytest.raises(ValueError, match="numbers"):
            Numbers.from_json(broken, 4)


def test_damaged_numbers_are_refused_in_one_line(tmp_path):
    for path in (STARTER / "weights").iterdir():
        content = path.read_bytes()
        if path.name == "prior.json":
            content = content.replace(b'"hosts"', b'"hots"', 1)
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
