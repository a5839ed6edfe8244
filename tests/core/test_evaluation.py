"""The evaluation: what is asked, how it is scored, and the command as a person runs it."""

import argparse
import json
import math
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import instructscene_core
from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.commands.evaluate import add_arguments, run
from instructscene_core.datasets.front import TRAIN_FILE, front_rooms
from instructscene_core.datasets.sample import write_sample
from instructscene_core.datasets.starter import EVALUATION_SEED, build_rooms
from instructscene_core.datasets.starter_scenes import objects_of_rooms
from instructscene_core.errors import InvalidInputError
from instructscene_core.evaluation.held_out import (
    asked_classes,
    class_counts,
    graph_hashes,
    held_out,
    known_graphs,
    rooms_with_classes,
)
from instructscene_core.evaluation.layouts import Layouts, collisions, layouts_of, layouts_of_rooms
from instructscene_core.evaluation.recall import box_recall
from instructscene_core.evaluation.sampling import requests_for
from instructscene_core.evaluation.scores import score, table
from instructscene_core.evaluation.variety import triplet_entropy
from instructscene_core.geometry.relations import rotate_boxes
from instructscene_core.instructions.write.official_templates import Instruction
from instructscene_core.scene import Scene, SceneObject
from instructscene_core.starter.rooms.pieces import LOOSE, STRETCH
from instructscene_core.vocabulary import CLASSES, PREDICATES

BEDROOM = CLASSES["bedroom"]
BED, DESK, NIGHTSTAND, LAMP = (BEDROOM.index(c) for c in ("double_bed", "desk", "nightstand", "pendant_lamp"))
LEFT, ABOVE = PREDICATES.index("left of"), PREDICATES.index("above")


pytestmark = pytest.mark.usefixtures("room_cache")


@pytest.fixture(scope="module")
def training():
    return build_rooms(400)


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.starter()


@pytest.fixture(scope="module")
def asked(training, catalogue):
    return held_out(40, known_graphs(training), [e.caption for e in catalogue.entries])


def test_hashes_know_a_graph_in_any_order_and_however_turned(training):
    random = np.random.default_rng(0)
    hashes = graph_hashes(training)
    for quarter_turns in range(4):
        order = random.permuted(np.tile(np.arange(12), (training.n, 1)), axis=1)
        rows = np.arange(training.n)[:, None]
        boxes = rotate_boxes(training.boxes, quarter_turns)[rows, order]
        same = replace(training, objs=training.objs[rows, order], boxes=boxes)
        # Which of two lamps at one spot is above the other depends on their order.
        assert (graph_hashes(same) == hashes).mean() > 0.97
    assert len(np.unique(hashes)) > 0.6 * training.n


def test_hashes_differ_with_a_class_or_a_relation(training):
    hashes = graph_hashes(training)
    moved = training.boxes.copy()
    moved[:, 0, 0] += 10
    assert (graph_hashes(replace(training, boxes=moved)) != hashes).mean() > 0.9
    other = training.objs.copy()
    other[:, 0] = (other[:, 0] + 1) % len(BEDROOM)
    assert (graph_hashes(replace(training, objs=other)) != hashes).all()


def test_held_out_rooms_are_not_in_training(asked, training):
    assert len(asked.instructions) == asked.rooms.n == 40
    assert asked.rooms.seeds.min() >= EVALUATION_SEED
    assert not np.isin(graph_hashes(asked.rooms), graph_hashes(training)).any()
    assert asked.examined == 40 + asked.seen + asked.silent
    assert asked.seen > 0


def test_instructions_hold_in_their_own_rooms(asked):
    rooms = layouts_of_rooms(asked.rooms)
    assert all(i.text and len(i.triplets) in (1, 2) for i in asked.instructions)
    assert box_recall(rooms.objs, rooms.boxes, asked.triplets, BEDROOM).rate == 1


def test_held_out_rooms_are_the_same_every_time(asked, training, catalogue):
    again = held_out(10, known_graphs(training), [e.caption for e in catalogue.entries])
    assert again.instructions == asked.instructions[:10]


def test_as_many_triplets_are_asked_for_as_wanted(training, catalogue):
    asked = held_out(6, known_graphs(training), [e.caption for e in catalogue.entries], triplets=4)
    assert all(len(item.triplets) == 4 for item in asked.instructions)
    rooms = layouts_of_rooms(asked.rooms)
    assert box_recall(rooms.objs, rooms.boxes, asked.triplets, BEDROOM).rate == 1


def test_baselines_have_the_asked_classes(asked, training):
    random = np.random.default_rng(0)
    rows, missing = rooms_with_classes(training.objs, asked.triplets, len(BEDROOM), random)
    needed = np.array([asked_classes(t, len(BEDROOM)) for t in asked.triplets])
    present = class_counts(training.objs[rows], len(BEDROOM))
    assert ((present < needed).any(axis=1)).sum() == missing < 5


def test_two_triplets_may_speak_of_one_object():
    needed = asked_classes([(NIGHTSTAND, LEFT, BED), (NIGHTSTAND, LEFT, NIGHTSTAND)], len(BEDROOM))
    assert (needed[NIGHTSTAND], needed[BED], needed.sum()) == (2, 1, 3)
    assert not asked_classes([], len(BEDROOM)).any()


def scene_of(*items, relations=()):
    objects = tuple(SceneObject(f"o{k}", *item) for k, item in enumerate(items))
    return Scene("bedroom", objects, relations=relations)


def test_scenes_become_arrays_with_the_furnitures_own_sizes(catalogue):
    entry = catalogue.of_class("nightstand")[0]
    scene = scene_of(
        ("nightstand", (1.0, 2.0, 0.3), (9.0, 9.0, 9.0), 0.5, entry.id),
        ("double_bed", (0.0, 0.0, 0.4), (1.8, 2.0, 0.8), 0.0),
        relations=(("o0", "right of", "o1"),),
    )
    rooms = layouts_of([scene], catalogue)
    width, depth, height = entry.size
    assert rooms.objs[0, :3].tolist() == [NIGHTSTAND, BED, len(BEDROOM)]
    assert rooms.boxes[0, 0] == pytest.approx([1, 0.3, -2, width / 2, height / 2, depth / 2, 0.5])
    assert rooms.boxes[0, 1] == pytest.approx([0, 0.4, 0, 0.9, 0.4, 1, 0])
    assert (rooms.edges[0, 0, 1], rooms.edges[0, 1, 0]) == (PREDICATES.index("right of"), LEFT)


def test_rooms_survive_the_way_through_objects(asked, catalogue):
    items = objects_of_rooms(asked.rooms, catalogue)
    back = layouts_of([Scene("bedroom", tuple(room)) for room in items], catalogue)
    there = layouts_of_rooms(asked.rooms)
    assert (back.objs == there.objs).all()
    poses = [0, 1, 2, 6]
    assert np.abs(back.boxes - there.boxes)[..., poses].max() < 1e-5
    real = there.objs < len(BEDROOM)
    own, made = (r.boxes[..., 3:6][real] for r in (back, there))
    most = np.array([LOOSE.get(BEDROOM[number], STRETCH) for number in there.objs[real]])
    assert (np.abs(np.log(own / made)) < np.log(most)[:, None] + 1e-5).all()  # rooms stretch their furniture


def test_collisions_are_those_of_solid_parts(catalogue):
    desk = next(e for e in catalogue.of_class("desk") if len(e.parts) > 1)
    chair = catalogue.of_class("chair")[0]

    def placed(entry, name, y):
        return SceneObject(name, entry.category, (0.0, y, entry.size[2] / 2), entry.size, 0.0, asset=entry.id)

    apart = [placed(desk, "a", 0.0), placed(desk, "b", desk.size[1] + 0.001)]
    touching = [placed(desk, "a", 0.0), placed(desk, "b", desk.size[1] - 0.004)]
    inside = [placed(desk, "a", 0.0), placed(desk, "b", 0.2), placed(chair, "c", 5.0)]
    assert collisions([apart, touching], catalogue).objects == 0
    found = collisions([apart, inside], catalogue)
    assert (found.objects, found.scenes) == (40, 50)
    assert collisions([], catalogue).objects == 0


def layout(*rooms):
    objs, boxes = np.full((len(rooms), 12), len(BEDROOM)), np.zeros((len(rooms), 12, 7))
    for row, items in enumerate(rooms):
        for k, (number, x, y) in enumerate(items):
            objs[row, k], boxes[row, k] = number, [x, y, 0, 0.2, 0.2, 0.2, 0]
    return Layouts(objs, boxes)


def test_entropy_counts_kinds_of_triplets():
    pair = [(BED, 0, 0), (DESK, 2, 0)]
    other = [(BED, 0, 0), (NIGHTSTAND, -2, 0)]
    assert triplet_entropy(layout(pair)) == pytest.approx(1)  # two directions, one triplet each
    assert triplet_entropy(layout(pair, pair)) == pytest.approx(1)
    assert triplet_entropy(layout(pair, other)) == pytest.approx(2)
    assert triplet_entropy(layout([(BED, 0, 0), (DESK, 9, 0)])) == 0


def front_room(**changes):
    item = {"atiss_label": "desk", "category_id": "x", "pos": [1.0, 0.0, 2.0], "size": [1.2, 0.8, 0.6], "yaw_deg": 90.0}
    chair = {**item, "atiss_label": "dining_chair"}
    lamp = {**item, "atiss_label": None, "category_id": "e7a0801e-7abd"}
    unknown = {**item, "atiss_label": None}
    return {"room_type": "bedroom", "objects": [item, chair, lamp, unknown], **changes}


def test_real_bedrooms_are_read(tmp_path):
    path = tmp_path / TRAIN_FILE
    rooms = [front_room(), front_room(room_type="livingroom"), front_room(objects=front_room()["objects"][:2])]
    path.write_text("\n".join(map(json.dumps, rooms)))
    found = front_rooms(tmp_path, "bedroom", "train")
    objs, boxes = found.objs, found.boxes
    assert [BEDROOM[k] for k in objs[0, :3]] == ["desk", "chair", "pendant_lamp"]
    assert objs.shape == (1, 12)
    assert boxes[0, 0] == pytest.approx([1, 0.4, 2, 0.6, 0.4, 0.3, math.pi / 2])


@pytest.mark.parametrize("text", ["{", "[]", '{"room_type": "bedroom"}', '{"room_type": "bedroom", "objects": [1]}'])
def test_malformed_real_rooms_are_refused(tmp_path, text):
    path = tmp_path / TRAIN_FILE
    path.write_text(text)
    with pytest.raises(InvalidInputError, match=re.escape(TRAIN_FILE)):
        front_rooms(tmp_path, "bedroom", "train")


def test_rows_average_over_sampling_seeds():
    good, bad = layout([(BED, 0, 0), (DESK, 2, 0)]), layout([(BED, 0, 0)])
    wanted = [[(BED, LEFT, DESK)]]
    row = score("rooms", [(good, wanted), (bad, wanted)])
    assert (row.strict, row.easy, row.classes, row.objects) == (50, 50, 75, 1.5)
    assert row.spread == pytest.approx(100 / math.sqrt(2))
    assert row.graph is row.colliding_objects is None
    lines = table([row, row]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert "50.0 ± 70.7" in lines[1]


def test_seeds_differ_between_instructions_and_samplings():
    items = [Instruction("a"), Instruction("b")]
    requests = [r for k in range(3) for r in requests_for(items, k, 2.0)]
    assert sorted(r.seed for r in requests) == list(range(6))
    assert all(r.steps == (100, 10) and r.guidance == 2.0 and r.task == "generate" for r in requests)


def options(*words):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


def test_processes_change_nothing(tiny_folder, tmp_path):
    write_sample(tmp_path / "sample", 24)
    words = ["--data", str(tmp_path / "sample"), "--room", "bedroom", "--count", "4", "--batch", "2", "--seeds", "1"]
    command = [sys.executable, "-m", "instructscene_core", "evaluate", "--set", "official", *words]
    tables = []
    for workers in ("1", "2"):
        out = tmp_path / f"{workers}.json"
        done = subprocess.run(
            [*command, "--model", str(tiny_folder), "--workers", workers, "--device", "cpu", "--out", str(out)],
            cwd=Path(instructscene_core.__file__).parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert re.fullmatch(r"strict iRecall \d+\.\d %", done.stdout.splitlines()[-1])
        tables.append(json.loads(out.read_text())["rows"])
    assert tables[0] == tables[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--count", "1"], "--count must be at least 2"),
        (["--seeds", "0"], "--seeds must be at least 1"),
        (["--batch", "-1"], "--batch must be at least 1"),
        (["--workers", "-1"], "--workers must be at least 1"),
        (["--training-rooms", "-5"], "--training-rooms must be at least 1"),
        (["--threads", "0"], "--threads must be at least 1"),
        ([], "needs a folder"),
        (["--rooms", "kitchen", "--out", "x"], "no rooms of the type kitchen"),
        (["--data", "x", "--out", "x"], "makes its own rooms"),
        (["--room", "bedroom", "--out", "x"], "Leave out --room"),
    ],
)
def test_options_at_fault_are_refused(words, message):
    with pytest.raises(InvalidInputError, match=message):
        run(options(*words))
