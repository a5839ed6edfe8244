"""A person's own catalogues: in their order, alone or before the starter, and what they lack is always said."""

import json
from pathlib import Path

import pytest

from instructscene_core.catalogue.several import open_catalogues
from instructscene_core.commands.main import main
from instructscene_core.errors import InvalidInputError
from instructscene_core.scene import Scene

CHAIR = {"category": "dining_chair", "rooms": {"livingroom": "dining_chair", "diningroom": "dining_chair"}}


def write_catalogue(folder: Path, source: str, *entries: dict[str, object]) -> Path:
    folder.mkdir()
    rows = [{"size": [0.5, 0.5, 0.9], **entry, "id": f"{source}/{k}"} for k, entry in enumerate(entries)]
    (folder / "catalogue.json").write_text(json.dumps({"version": 1, "ranking": "look", "entries": rows}))
    return folder


@pytest.fixture(scope="module")
def chairs(tmp_path_factory):
    return write_catalogue(tmp_path_factory.mktemp("own") / "chairs", "mine", CHAIR, CHAIR, CHAIR)


def furnish(catalogue, out, use, *words):
    text = "A dining table with four chairs and a rug"
    arguments = ["generate", "--room", "diningroom", "--instruction", text, "--catalogue", str(catalogue)]
    assert main([*arguments, "--use", use, "--out", str(out), *words]) == 0
    return Scene.from_json(json.loads((out / "scene.json").read_text()))


def test_what_a_catalogue_lacks_comes_from_the_starter_and_is_said(chairs, tmp_path):
    scene = furnish(chairs, tmp_path, "first")
    sources = {item.category: (item.asset or "none").partition("/")[0] for item in scene.objects}
    assert sources.pop("dining_chair") == "mine"
    assert set(sources.values()) == {"starter"}
    (note,) = [note for note in scene.report["notes"] if "chosen catalogues" in note]
    assert note.startswith("The chosen catalogues have no dining table")


def test_what_a_catalogue_lacks_is_left_out_and_is_said(chairs, tmp_path):
    scene = furnish(chairs, tmp_path, "only")
    assert {item.category for item in scene.objects} == {"dining_chair"}
    assert all(item.asset.startswith("mine/") for item in scene.objects)
    reason = "the chosen furniture has none"
    assert scene.report["not_met"] == [f"dining table ({reason})", f"rug ({reason})"]
    (note,) = scene.report["notes"]
    assert note.startswith("Left out, since the chosen catalogues have none: dining table, ")


def test_an_object_whose_class_is_lacking_is_restyled_into_nothing_else(chairs, tmp_path):
    scene = furnish(chairs, tmp_path / "first", "first")
    table = next(item for item in scene.objects if item.category == "dining_table")
    arguments = ["--scene", str(tmp_path / "first" / "scene.json"), "--catalogue", str(chairs), "--use", "only"]
    assert main(["restyle", *arguments, "--select", table.id, "--out", str(tmp_path / "second")]) == 0
    restyled = Scene.from_json(json.loads((tmp_path / "second" / "scene.json").read_text()))
    assert table in restyled.objects
    note = "The chosen catalogues have no dining table: what was there stays as it is"
    assert note in restyled.report["notes"]


def test_catalogues_without_anything_for_a_room_are_refused(chairs, tmp_path, capsys):
    arguments = ["generate", "--room", "bedroom", "--catalogue", str(chairs), "--use", "only"]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 2
    assert "have no furniture of a bedroom. Choose others" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_several_catalogues_are_one_in_their_order(chairs, tmp_path):
    more = write_catalogue(tmp_path / "more", "other", {"category": "dining_table"}, CHAIR)
    both = open_catalogues([more, chairs], "only")
    assert [entry.id for entry in both.of_class("dining_chair")] == ["other/1", "mine/0", "mine/1", "mine/2"]
    assert both.lacks("wardrobe", "livingroom")
    first = open_catalogues([more, chairs])
    assert not first.lacks("wardrobe", "livingroom")
    assert first.is_spare(first.of_class("wardrobe", "livingroom")[0].id)
    assert [entry.id for entry in first.of_class("dining_table")] == ["other/0"]


def test_two_catalogues_with_the_same_ids_are_refused(chairs, tmp_path):
    again = write_catalogue(tmp_path / "again", "mine", CHAIR)
    with pytest.raises(InvalidInputError, match=r"both name their furniture \"mine/"):
        open_catalogues([chairs, again])


def test_models_without_comparable_looks_are_not_all_the_first(chairs, tmp_path):
    seen = {
        item.asset
        for seed in range(4)
        for item in furnish(chairs, tmp_path / str(seed), "only", "--seed", str(seed)).objects
    }
    assert len(seen) > 1
