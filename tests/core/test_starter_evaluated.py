"""The evaluation of the starter: its parts, that it goes on where it stopped, and its page."""

import argparse
import json
from dataclasses import replace

import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.commands.evaluate import add_arguments, run
from instructscene_core.datasets.starter import EVALUATION_SEED
from instructscene_core.errors import InvalidInputError
from instructscene_core.evaluation.restyling import COLOURS, PROMPTS, WORDS, askable, prompt, share_tagged
from instructscene_core.evaluation.sampling import Sampler, Source
from instructscene_core.evaluation.starter_parts import (
    ONCE,
    SEEDED,
    Bench,
    Sizes,
    complete,
    described,
    mixture,
    rearrange,
    sound,
)
from instructscene_core.evaluation.starter_report import Results
from instructscene_core.evaluation.starter_set import StarterSet
from instructscene_core.evaluation.store import Store
from instructscene_core.generator import Generator
from instructscene_core.scene import Scene, SceneObject

pytestmark = pytest.mark.usefixtures("room_cache")


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.starter()


@pytest.fixture(scope="module")
def rooms(catalogue, room_cache):  # noqa: ARG001 - rooms are kept there
    return StarterSet("bedroom", catalogue, compared=100)


@pytest.fixture
def asked_of(monkeypatch):
    """The requests that reach the generator."""
    seen, plain = [], Generator.run

    def recorded_run(self, requests, *args, **kwargs):
        seen.extend(requests)
        return plain(self, requests, *args, **kwargs)

    monkeypatch.setattr(Generator, "run", recorded_run)
    return seen


def bench(rooms, folder, **sizes):
    sampler = Sampler(Source(folder, device="cpu"))
    return Bench(rooms, replace(Sizes.of(2), **sizes), sampler, None, 0)


def test_what_is_asked_is_held_out(rooms):
    for count in (None, 1, 3):
        asked = rooms.asked(4, count)
        assert len(asked.scenes) == len(asked.triplets) == 4
        assert {len(t) for t in asked.triplets} <= ({1, 2} if count is None else {count})
        assert asked.held_out.rooms.seeds.min() >= EVALUATION_SEED


def test_completion_removes_the_described_and_adds_as_many(rooms, tiny_folder, asked_of):
    found = complete(bench(rooms, tiny_folder, edits=6))
    asked = rooms.asked(6)
    assert len(asked_of) == 6
    for request, room, item in zip(asked_of, asked.scenes, asked.held_out.instructions, strict=True):
        left = {o.id for o in request.scene.objects}
        assert left == {o.id for o in room.objects} - {str(k) for k in item.described}
        assert request.add == len(room.objects) - len(left) > 0
        assert request.scene.floor.polygon is None
    assert found["objects"] == pytest.approx(sum(len(room.objects) for room in asked.scenes) / 6)
    assert found["before"] < 100


def test_rearranging_keeps_what_stands_there(rooms, tiny_folder, asked_of):
    found = rearrange(bench(rooms, tiny_folder, edits=6))
    asked = rooms.asked(6)
    assert [len(r.scene.objects) for r in asked_of] == [len(room.objects) for room in asked.scenes]
    assert all(r.task == "rearrange" and not r.selected for r in asked_of)
    assert found["classes"] == 100
    assert found["strict"] < 100


def test_the_described_rooms_are_sound_and_do_what_they_say(rooms, tiny_folder):
    found = described(bench(rooms, tiny_folder, sound=10))
    assert (found["strict"], found["col_objects"], found["out"], found["supported"]) == (100, 0, 0, 100)


@pytest.mark.parametrize("room_type", ["livingroom", "diningroom"])
def test_one_model_is_asked_about_all_its_rooms(room_type, catalogue, joint_folder):
    rooms = StarterSet(room_type, catalogue, compared=20)
    for part in (mixture, sound):
        found = part(bench(rooms, joint_folder))
        assert 0 <= found["strict"] <= found["easy"] <= 100
        assert found["objects"] > 0


def test_tags_tell_what_was_restyled(catalogue):
    words = askable(catalogue, "bedroom")
    assert set(words) <= set(WORDS)
    assert {"black", "white", "brown", "wood", "metal"} <= set(words)
    tagged = next(e for e in catalogue.entries if "brown" in e.tags)
    other = next(e for e in catalogue.entries if "brown" not in e.tags)
    items = [
        SceneObject(str(k), e.category, (0, 0, 0), e.size, 0.0, e.id) for k, e in enumerate((tagged, other, other))
    ]
    foreign = SceneObject("own", "desk", (0, 0, 0), (1, 1, 1), 0.0)
    assert share_tagged([Scene("bedroom", (*items, foreign))], "brown", catalogue) == 25
    assert [prompt("oak", k) for k in range(4)] == [
        "Make the room oak.", "Make it oak.", "Oak furniture", "Make everything oak.",
    ]  # fmt: skip


def test_sizes_are_in_proportion():
    assert Sizes.of(100) == Sizes()
    assert Sizes.of(200) == Sizes(200, 48, 60, 40, 24, 8)
    assert Sizes.of(2) == Sizes(2, 2, 2, 2, 2, 2)


def test_a_store_is_of_one_identity(tmp_path):
    folder = tmp_path / "a" / "b"
    store = Store.open(folder, {"weights": "x", "settings": {"n": 1}})
    assert store.get("part") is None
    store.put("part", {"strict": 50.0, "nothing": float("nan")})
    assert Store.open(folder, {"weights": "x", "settings": {"n": 1}}).get("part") == {"strict": 50.0}
    with pytest.raises(InvalidInputError, match="figures of other weights"):
        Store.open(folder, {"weights": "y", "settings": {"n": 1}})
    (folder / "part.json").write_text("{")
    with pytest.raises(InvalidInputError, match="is damaged"):
        store.get("part")
    (folder / "evaluation.json").write_text("[]")
    with pytest.raises(InvalidInputError, match="figures of other"):
        Store.open(folder, {"weights": "x"})
    with pytest.raises(InvalidInputError, match="cannot hold the figures"):
        Store.open(folder / "part.json", {"weights": "x"})


def figures(seed):
    names = ("strict", "easy", "graph", "classes", "objects", "seconds", "entropy", "before", "col_objects", "nav")
    found = dict.fromkeys(names, 50.0 + seed)
    found |= {f"shuffled_{name}": 4.0 for name in ("strict", "easy", "graph", "classes")}
    return found | {"asked brown": 70.0 + seed, "empty brown": 20.0, "asked wood": 45.0, "empty wood": 40.0}


def test_the_page_shows_means_deviations_and_gains():
    controls = {"described_strict": 100.0, "random_strict": 5.0, "random_spread": 0.5, "entropy_training": 9.0}
    controls |= {"examined": 5.0, "seen": 1.0, "silent": 0.0, "compared": 100.0}
    once = {"controls": [controls], "described": [figures(0)]}
    parts = {name: [figures(0), figures(2)] for name in SEEDED} | once
    results = Results(["Model tiny"], {"bedroom": parts, "diningroom": parts})
    page = results.markdown()
    assert "| **bedrooms**, plain samples | 51.0 ± 1.4 | 51.0 ± 1.4 |" in page
    assert "| a random training room | 5.0 ± 0.5 |" in page
    assert "| brown | +51 (71) | +51 (71) |" in page
    assert "| **mean** | +28.0 | +28.0 |" in page
    assert "| dining rooms, as people get it | 51.0 ± 1.4 |" in page
    assert "of 5 held-out rooms 1 were passed over because one of 100 training rooms" in page
    tables = [block.splitlines() for block in page.split("\n\n") if block.startswith("|")]
    assert len(tables) == 5
    assert all(len({line.count("|") for line in lines}) == 1 for lines in tables)
    mean = results.to_json()["diningroom"]["mixture"]["strict"]
    assert mean == {"mean": 51.0, "deviation": pytest.approx(2**0.5), "values": [50.0, 52.0]}


def options(*words):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


def test_the_command_goes_on_where_it_stopped(tiny_folder, tmp_path, capsys, asked_of):
    out = tmp_path / "figures"
    words = ["--model", str(tiny_folder), "--rooms", "bedroom", "--count", "2", "--workers", "1", "--device", "cpu"]
    words += ["--training-rooms", "100", "--out", str(out)]
    assert run(options(*words, "--seeds", "1")) == 0
    page = capsys.readouterr().out
    assert page == (out / "starter.md").read_text()
    assert "| **bedrooms**, plain samples |" in page
    assert sum(colour in page for colour in COLOURS) > 5
    assert all(text in page for text in PROMPTS)
    names = {path.name for path in out.iterdir()}
    made = {f"bedroom-{part}.json" for part in ONCE} | {f"bedroom-{part}-0.json" for part in SEEDED}
    assert names == made | {"evaluation.json", "starter.json", "starter.md"}
    figures_before = json.loads((out / "starter.json").read_text())["bedroom"]["triplets3"]
    before = {name: found for name, found in figures_before.items() if name != "seconds"}
    (out / "bedroom-triplets3-0.json").unlink()
    asked_of.clear()
    assert run(options(*words, "--seeds", "1")) == 0
    assert len(asked_of) == 2
    again = json.loads((out / "starter.json").read_text())["bedroom"]
    assert {name: again["triplets3"][name] for name in again["triplets3"] if name != "seconds"} == before
    assert json.loads((out / "starter.json").read_text())["bedroom"]["controls"]["described_strict"]["mean"] == 100
    with pytest.raises(InvalidInputError, match="figures of other settings"):
        run(options(*words, "--seeds", "1", "--guidance", "2"))


def test_a_model_is_asked_for_rooms_that_it_knows(tiny_folder, tmp_path):
    with pytest.raises(InvalidInputError, match="makes no livingroom"):
        run(options("--model", str(tiny_folder), "--out", str(tmp_path / "out")))
    assert not (tmp_path / "out").exists()
