"""The set "sense": what is asked, what is measured, and that a run goes on where it stopped."""

import argparse
import json

import numpy as np
import pytest

from instructscene_core.catalogue.entries import Catalogue, CatalogueEntry
from instructscene_core.commands.evaluate import add_arguments, run
from instructscene_core.datasets.tell_apart import tell_apart
from instructscene_core.errors import InvalidInputError
from instructscene_core.evaluation import chunks, sense_run
from instructscene_core.evaluation.layouts import layouts_of
from instructscene_core.evaluation.real_rooms import real_rooms
from instructscene_core.evaluation.sense_asked import FIRST_ROOM, KINDS, asked_rooms, listed_present
from instructscene_core.evaluation.sense_figures import (
    asked_figures,
    flaw_figures,
    floor_used,
    graph_held,
    room_figures,
    sample_of,
    set_figures,
    told_apart,
)
from instructscene_core.evaluation.sense_report import markdown
from instructscene_core.evaluation.sense_rows import LABELS, MADE
from instructscene_core.generator import Generator
from instructscene_core.instructions.read.brief import read_brief
from instructscene_core.placement.flaws import FLAWS, flaws_of
from instructscene_core.scene import FloorPlan, Scene, SceneObject
from instructscene_core.vocabulary import CLASSES

pytestmark = pytest.mark.usefixtures("room_cache")

SQUARE = FloorPlan(((-2.0, -2.0), (2.0, -2.0), (2.0, 2.0), (-2.0, 2.0)))


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.starter()


@pytest.fixture(scope="module")
def asked(catalogue, room_cache):  # noqa: ARG001 - rooms are kept there
    return asked_rooms("livingroom", 9, catalogue)


def thing(name, x, y, size=(1.0, 1.0, 1.0), category="cabinet"):
    return SceneObject(name, category, (x, y, size[2] / 2), size, 0.0)


def test_instructions_take_turns(asked, catalogue):
    first = asked.rooms.seeds[0]
    assert first > FIRST_ROOM  # another one for each type of room
    assert asked.rooms.seeds.tolist() == list(range(first, first + 9))
    assert all(not item.text for item in asked.instructions[asked.of_kind("nothing")])
    assert {len(item.triplets) for item in asked.instructions[asked.of_kind("relations")]} <= {1, 2}
    assert all(item.counts and not item.triplets for item in asked.instructions[asked.of_kind("a list")])
    fewer = asked_rooms("livingroom", 5, catalogue)
    assert [item.text for item in fewer.instructions] == [item.text for item in asked.instructions[:5]]


def test_lists_are_true_and_understood(asked, catalogue):
    names = CLASSES["livingroom"]
    for scene, item in zip(asked.scenes, asked.instructions, strict=True):
        held = [piece.category for piece in scene.objects]
        read = read_brief(item.text, "livingroom", catalogue.vocabulary)
        if item.counts:
            assert not read.not_understood
            assert [(names.index(min(piece.names)), piece.count) for piece in read.pieces] == list(item.counts)
        assert all(held.count(names[number]) == count for number, count in item.counts)
    assert listed_present(asked.scenes, asked.instructions) == 100
    assert listed_present([Scene("livingroom")] * 9, asked.instructions) == 0
    assert np.isnan(listed_present(asked.scenes[:1], asked.instructions[:1]))


def test_rooms_made_by_rule_do_what_is_asked_of_them(asked, catalogue):
    flaws = [flaws_of(scene, catalogue) for scene in asked.scenes]
    found = asked_figures(asked.scenes, flaws, asked, catalogue)
    assert (found["strict"], found["listed"]) == (100, 100)
    assert np.mean([found[f"flawless, {kind}"] for kind in KINDS]) == pytest.approx(flaw_figures(flaws)["flawless"])
    figures = room_figures(asked.scenes, flaws, catalogue)
    assert {f"flaw {name}" for name in FLAWS} < set(figures)
    assert (figures["col_objects"], figures["out"]) == (0, 0)
    assert 30 < figures["used"] <= 100


def test_shares_of_flaws():
    found = flaw_figures([{"overlap"}, set(), {"overlap", "back"}, set()], ("overlap", "back", "no bed"))
    assert found == {"flawless": 50, "flaw overlap": 50, "flaw back": 25, "flaw no bed": 0}
    rooms = [Scene("bedroom", (thing("a", 0, 0, category=name),)) for name in ("double_bed", "nightstand", "rug")]
    sets = set_figures(rooms)
    assert (sets["flaw no bed"], sets["flaw nightstand"]) == pytest.approx((200 / 3, 100 / 3))
    assert sets["objects"] == pytest.approx(2 / 3)


def test_the_floor_that_is_used():
    catalogue = Catalogue([CatalogueEntry("own/lamp", "pendant_lamp", (4.0, 4.0, 0.5), mount="ceiling")])
    lamp = SceneObject("l", "pendant_lamp", (0.0, 0.0, 2.3), (4.0, 4.0, 0.5), 0.0, "own/lamp")
    corners = thing("a", -1.5, -1.5), thing("b", 1.5, -1.5)
    assert floor_used(Scene("bedroom", (lamp,), SQUARE), catalogue) == 0
    assert floor_used(Scene("bedroom", (lamp, *corners), SQUARE), catalogue) == pytest.approx(0.25)
    beyond = thing("c", 0.0, 3.5)  # 13.3 of 16 square metres: 4 x 1 and a trapezoid of 4 and 2.2 x 3
    assert floor_used(Scene("bedroom", (*corners, beyond), SQUARE), catalogue) == pytest.approx(13.3 / 16)


def test_relations_that_hold():
    items = thing("a", -1.0, 0.0, category="desk"), thing("b", 1.0, 0.0, category="desk")
    catalogue = Catalogue([])
    for name, held in (("left of", 100), ("right of", 0)):
        scene = Scene("bedroom", items, SQUARE, (("a", name, "b"),))
        assert graph_held(layouts_of([scene], catalogue)) == held
    assert np.isnan(graph_held(layouts_of([Scene("bedroom", items, SQUARE)], catalogue)))


def test_rooms_are_told_apart_without_their_sizes(catalogue):
    rooms = asked_rooms("bedroom", 60, catalogue)
    houses = [str(seed) for seed in rooms.rooms.seeds.tolist()]
    first, second = (sample_of(rooms.scenes, catalogue, houses, floors=True) for _ in range(2))
    second.boxes[..., 4] *= 1.5
    assert told_apart(first, second) < 65
    assert tell_apart(first, second).accuracy > 0.85
    empty = len(CLASSES["bedroom"])
    assert told_apart(first, second, sets=True) <= 55
    second.objs[second.objs == CLASSES["bedroom"].index("nightstand")] = empty
    assert told_apart(first, second, sets=True) > 70
    bare = sample_of(rooms.scenes, catalogue, houses, floors=False)
    assert all(len(floor) == 0 for floor in bare.floors)
    few = sample_of(rooms.scenes[:10], catalogue, houses[:10], floors=True)
    assert np.isnan(told_apart(few, few))


def test_real_rooms_borrow_solid_parts(tmp_path, catalogue):
    item = {"category_id": "x", "pos": [1.0, 0.0, 2.0], "yaw_deg": 90.0}
    labels = {"dining_table": [1.6, 0.8, 0.9], "dining_chair": [0.5, 0.9, 0.5], "multi_seat_sofa": [2.0, 0.8, 1.0]}
    objects = [{**item, "atiss_label": name, "size": size} for name, size in labels.items()]
    room = {"room_type": "livingroom", "room_id": "LivingRoom-1", "objects": objects, "house_id": "h"}
    floors = [[], [[-3, -3], [-3, 3], [3, 3], [3, -3]]]
    lines = [json.dumps({**room, "id": str(k), "floor_xz": floor}) for k, floor in enumerate(floors)]
    (tmp_path / "ssr_rooms_dev.jsonl").write_text("\n".join(lines))
    sample, (scene,) = real_rooms(tmp_path, "livingroom", catalogue, 5)
    assert len(sample.objs) == 1
    assert scene.floor.polygon == ((-3, 3), (-3, -3), (3, -3), (3, 3))
    assert [piece.category for piece in scene.objects] == list(labels)
    assert scene.objects[0].position == pytest.approx((1.0, -2.0, 0.4))
    assert scene.objects[0].size == pytest.approx((1.6, 0.9, 0.8))
    assert all(catalogue.get(piece.asset).category == piece.category for piece in scene.objects)


def options(*words):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


@pytest.fixture
def asked_of(monkeypatch):
    """The requests that reach the generator."""
    seen, plain = [], Generator.run

    def told(self, requests, *args, **kwargs):
        seen.extend(requests)
        return plain(self, requests, *args, **kwargs)

    monkeypatch.setattr(Generator, "run", told)
    return seen


def test_the_command_keeps_scenes_and_goes_on(tiny_folder, tmp_path, capsys, asked_of, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 2)
    monkeypatch.setattr(sense_run, "rooms_folder", lambda: None)
    out = tmp_path / "sense"
    words = ["--set", "sense", "--model", str(tiny_folder), "--rooms", "bedroom", "--workers", "1", "--device", "cpu"]
    words += ["--out", str(out)]
    assert run(options(*words, "--count", "2", "--plans", str(tmp_path / "plans"))) == 0
    assert capsys.readouterr().out == (out / "sense.md").read_text()
    assert len(asked_of) == 2 * len(MADE)
    given = [request for request in asked_of if request.scene.floor.polygon]
    assert len(given) == 2 * sum(made.floors for made in MADE.values())
    arranged = [request for request in asked_of if request.task == "rearrange"]
    assert all(set(request.keep) == {item.id for item in request.scene.objects} for request in arranged)
    assert {path.name for path in (tmp_path / "plans").iterdir()} == {
        f"bedroom-{name}-000.png" for name in LABELS if name not in ("real", "sets")
    }
    before = json.loads((out / "sense.json").read_text())["bedroom"]
    assert set(before) == set(LABELS) - {"real"}
    asked_of.clear()
    assert run(options(*words, "--count", "3")) == 0
    assert len(asked_of) == len(MADE)
    assert run(options(*words, "--count", "2")) == 0
    assert len(asked_of) == len(MADE)
    assert json.loads((out / "sense.json").read_text())["bedroom"] == before
    with pytest.raises(InvalidInputError, match="figures of other settings"):
        run(options(*words, "--guidance", "3"))
    (out / "bedroom-plain-0-2.json").write_text("{}")
    with pytest.raises(InvalidInputError, match="is damaged"):
        run(options(*words, "--count", "2"))


def test_layout_alone_keeps_the_graph(tiny_generator, catalogue):
    bedrooms = asked_rooms("bedroom", 2, catalogue)
    for name in ("layout", "layout-plain"):
        requests = [MADE[name].request(bedrooms, number) for number in range(2)]
        found = tiny_generator.run(requests, settle=MADE[name].way.settle)
        for (made,), scene in zip(found, bedrooms.scenes, strict=True):
            given, kept = ({(o.id, o.category, o.asset, o.size) for o in s.objects} for s in (scene, made))
            assert given == kept
            assert made.floor == scene.floor


def test_the_page_has_a_column_for_each_row():
    rows = {name: {"flawless": 50.0, "flaw overlap": 10.0 * k, "seconds": 0.5} for k, name in enumerate(LABELS)}
    about = dict.fromkeys(("weights", "furniture", "code"), "0123456789abcdef")
    page = markdown({"bedroom": rows, "diningroom": rows}, about, 7)
    tables = [block.splitlines() for block in page.split("\n\n") if block.startswith("|")]
    assert len(tables) == 4
    assert all(len({line.count("|") for line in lines}) == 1 for lines in tables)
    assert "| overlap | 0 | 10 | 20 |" in page
    assert "| bed's head |" not in page
    assert "Weights 0123456789ab." in page
    assert page.startswith("7 rooms of each row and type")


def test_options_are_checked(tmp_path):
    with pytest.raises(InvalidInputError, match="The set sense needs a folder"):
        run(options("--set", "sense"))
    with pytest.raises(InvalidInputError, match="makes its own rooms"):
        run(options("--set", "sense", "--out", str(tmp_path), "--data", str(tmp_path)))
    with pytest.raises(InvalidInputError, match="starter, sense, wishes, recognition, placing, official, front"):
        run(options("--set", "other"))
