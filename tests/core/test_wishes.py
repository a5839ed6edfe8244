"""``evaluate --set wishes``: what its figures mean, and that a run of a tiny model writes its page and goes on."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.commands.main import main
from instructscene_core.evaluation import wishes_run
from instructscene_core.evaluation.seen_wishes import seen_to_hold
from instructscene_core.evaluation.wishes_figures import Judged, honesty, interval, judged, room_distance, variety
from instructscene_core.evaluation.wishes_rows import sentences
from instructscene_core.instructions.read.brief import read_brief
from instructscene_core.instructions.report import wishes_met
from instructscene_core.scene import FloorPlan, Opening, Scene, SceneObject
from instructscene_core.vocabulary import ROOM_TYPES

CATALOGUE = Catalogue.starter()
SQUARE = ((-2.5, -2.5), (2.5, -2.5), (2.5, 2.5), (-2.5, 2.5))
FLOOR = FloorPlan(
    SQUARE, 2.7, (Opening("door", ((-2.5, -2.0), (-2.5, -1.1))), Opening("window", ((-0.7, 2.5), (0.7, 2.5))))
)


def piece(name, x, y, size, yaw=0.0, low=0.0, number=0):
    return SceneObject(f"{name}_{number}", name, (x, y, low + size[2] / 2), size, yaw)


BED = piece("double_bed", 0.0, 1.45, (1.8, 2.1, 1.0))
LEFT = piece("nightstand", -1.2, 2.25, (0.5, 0.4, 0.5))
RIGHT = piece("nightstand", 1.2, 2.25, (0.5, 0.4, 0.5), number=1)
WARDROBE = piece("wardrobe", 0.0, -2.2, (2.0, 0.6, 2.2), yaw=math.pi)
CHAIR = piece("armchair", 2.0, -2.0, (0.8, 0.8, 0.9), yaw=-math.pi * 0.75)
LAMP = piece("pendant_lamp", 0.0, 1.2, (0.5, 0.5, 0.6), low=2.1)
ROOM = Scene("bedroom", (BED, LEFT, RIGHT, WARDROBE, CHAIR, LAMP), FLOOR)


@pytest.mark.parametrize(("text", "holds"), [
    ("A nightstand left of the bed.", True),
    ("A nightstand behind the wardrobe.", False),
    ("Nightstands on each side of the bed.", True),
    ("A wardrobe opposite the bed.", True),
    ("A lamp above the bed.", True),
    ("A lamp above the wardrobe.", False),
    ("The bed against the back wall.", True),
    ("The bed against the left wall.", False),
    ("An armchair in the corner.", True),
    ("A wardrobe in the corner.", False),
    ("The bed by the window.", True),
    ("An armchair by the window.", False),
    ("The bed facing the wardrobe.", True),
    ("The wardrobe facing the window.", True),
    ("The armchair away from the bed.", True),
    ("A nightstand next to the wardrobe.", False),
    ("An armchair next to the wardrobe.", True),
])  # fmt: skip
def test_both_measures_see_the_same(text, holds):
    """The check by outlines, and the one by which rooms are made and reported on."""
    (wish,) = read_brief(text, "bedroom").wishes
    assert seen_to_hold(wish, ROOM) == holds
    assert wishes_met([wish], ROOM.objects, FLOOR) == [holds]


def test_what_is_refused_holds_where_it_is_not_so():
    (wish,) = read_brief("No wardrobe next to the bed.", "bedroom").wishes
    assert wish.refused
    assert seen_to_hold(wish, ROOM)
    assert not seen_to_hold(replace(wish, refused=False), ROOM)


def test_a_false_report_is_caught():
    text = "Two nightstands and a wardrobe next to the bed. No armchair. A bed 1.8 m wide."
    claims = {
        "met": ["2 x nightstand", "wardrobe next to bed", "no armchair", "bed 1.8 m wide"], "not_met": [],
    }  # fmt: skip
    found = judged(text, replace(ROOM, report=claims), CATALOGUE)
    wrong = [one.kind for one in found if one.seen is False and one.told]
    assert wrong == ["refused", "next to, around, between and their like"]
    assert honesty(found)["false met"] == pytest.approx(100 * 2 / sum(bool(one.told) for one in found))


def test_honesty_counts_what_is_told_and_what_is_not():
    cases = ((True, True), (False, True), (True, False), (None, True), (True, None))
    found = [Judged("pieces", seen=seen, told=told) for seen, told in cases]
    figures = honesty(found)
    assert (figures["asked"], figures["judged"]) == (5, 4)
    assert figures["met"] == 75
    assert (figures["false met"], figures["false unmet"], figures["silent"]) == (50, 100, 20)


def test_intervals_are_of_rooms():
    ones = np.ones(100, dtype=np.int64)
    assert interval(ones, ones) == (100, 100)
    low, high = interval(np.arange(100) % 2, ones)
    assert (low, high) == pytest.approx((40, 60), abs=2)


def test_rooms_are_as_far_apart_as_their_pieces_are():
    assert room_distance(ROOM, ROOM) == 0
    swapped = replace(ROOM, objects=(ROOM.objects[0], ROOM.objects[2], ROOM.objects[1], *ROOM.objects[3:]))
    assert room_distance(ROOM, swapped) == 0
    moved = replace(ROOM, objects=(replace(BED, position=(0.6, 1.45, 0.5)), *ROOM.objects[1:]))
    assert room_distance(ROOM, moved) == pytest.approx(0.6 / 6)
    fewer = replace(ROOM, objects=ROOM.objects[:5])
    assert room_distance(ROOM, fewer) == pytest.approx(2 / 6)
    away = replace(
        ROOM,
        objects=tuple(replace(o, position=(o.position[0] + 3, *o.position[1:])) for o in ROOM.objects),
        floor=replace(FLOOR, polygon=tuple((x + 3, y) for x, y in SQUARE)),
    )
    assert room_distance(ROOM, away) == pytest.approx(0)


def test_variety_is_that_of_rooms_of_one_instruction():
    same = variety([[ROOM] * 3])
    assert same["distance"] == 0
    assert same["entropy"] == pytest.approx(math.log2(6) - 2 / 6)


def test_sentences_are_taken_evenly():
    every = sentences(10_000, ROOM_TYPES)
    assert len({sentence.text for sentence in every}) > 450
    few = sentences(10, ROOM_TYPES)
    assert len(few) == 10
    assert few[0] == every[0]
    assert {sentence.room_type for sentence in sentences(10, ("diningroom",))} == {"diningroom"}


def test_a_run_goes_on_and_grows(tiny_folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(wishes_run, "rooms_folder", lambda: None)
    out = tmp_path / "out"
    words = ["evaluate", "--set", "wishes", "--model", str(tiny_folder), "--rooms", "bedroom", "--training-rooms", "5"]
    words += ["--out", str(out), "--workers", "1", "--count", "2", "--stages"]
    assert main([*words, "sampled"]) == 0
    capsys.readouterr()
    made = {path.name: path.stat().st_mtime_ns for path in out.glob("bedroom-*.json")}
    assert main([*words, "sampled,pinned"]) == 0
    page = capsys.readouterr().out
    assert all((out / name).stat().st_mtime_ns == when for name, when in made.items())
    assert page == (out / "wishes.md").read_text("utf-8")
    assert page.count("relations, + graph held to the sentence") == 4
    figures = json.loads((out / "wishes.json").read_text("utf-8"))
    assert figures["cells"]["bedroom"]["2"]["pinned"]["graph easy"] == 100
    assert figures["variety"]["bedroom"]["sampled"]["rooms"] == 16


def test_stages_at_fault_are_refused(tmp_path, capsys):
    assert main(["evaluate", "--set", "wishes", "--out", str(tmp_path), "--stages", "guessed"]) == 2
    assert "There is no stage guessed. Choose of sampled" in capsys.readouterr().err
