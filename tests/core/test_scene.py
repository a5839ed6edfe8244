"""Scene and request JSON: what is right passes unchanged, what is wrong is refused with its path."""

import json
from pathlib import Path

import pytest

from instructscene_core.errors import InvalidInputError
from instructscene_core.scene import Request, Scene, read_json, read_requests, read_scene

OBJECT = {"id": "bed", "category": "double_bed", "position": [0.1, 0.2, 0.3], "size": [1.6, 2.0, 0.9], "yaw": 0.7}


def scene(**changes: object) -> dict[str, object]:
    return {"version": 1, "room_type": "bedroom", "objects": [OBJECT], **changes}


def changed(**changes: object) -> dict[str, object]:
    return scene(objects=[{**OBJECT, **changes}])


def test_round_trip_is_bit_identical() -> None:
    full = scene(
        floor=[[0, 0], [4.123456789012345, 0], [4, 3.3]],
        height=2.65,
        openings=[{"kind": "door", "segment": [[0, 0], [1, 0]], "bottom": 0.0, "top": 2.1}],
        objects=[
            {**OBJECT, "asset": "starter/a", "placed_size": [1, 2, 3], "codes": [0, 1, 2, 63]},
            {**OBJECT, "id": "x", "category": None, "points": "x.npy", "description": "a bed", "yaw": 1 / 3},
        ],
        relations=[["bed", "closely left of", "x"]],
        provenance={"seed": 3},
        report={"met": []},
    )
    once = Scene.from_json(full).to_json()
    assert once == full
    assert json.dumps(Scene.from_json(json.loads(json.dumps(once))).to_json()) == json.dumps(once)


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ([], "scene must be"),
        ({"room_type": "bedroom"}, '"version" is missing'),
        (scene(version=2), "scene.version"),
        (scene(version=True), "scene.version"),
        (scene(colour=1), 'unknown key "colour"'),
        (scene(room_type="kitchen"), "scene.room_type"),
        (scene(floor=[[0, 0], [1, 0]]), "scene.floor"),
        (scene(floor=[[0, 0], [1, 0], [2, 0]]), "encloses no area"),
        (scene(height=0), "scene.height"),
        (scene(objects=[OBJECT, OBJECT]), "scene.objects[1].id"),
        (scene(relations=[["bed", "left of", "lamp"]]), "scene.relations[0][2]"),
        (scene(relations=[["bed", "near", "bed"]]), "scene.relations[0][1]"),
        (scene(openings=[{"kind": "hole", "segment": [[0, 0], [1, 0]]}]), "scene.openings[0].kind"),
        (changed(yaw="a"), "scene.objects[0].yaw"),
        (changed(yaw=float("nan")), "scene.objects[0].yaw"),
        (changed(yaw=True), "scene.objects[0].yaw"),
        (changed(position=[0, 0]), "scene.objects[0].position must hold 3"),
        (changed(position=[0, 0, float("inf")]), "scene.objects[0].position[2]"),
        (changed(size=[1, -1, 1]), "scene.objects[0].size[1]"),
        (changed(size=[1, 0, 1]), "scene.objects[0].size[1]"),
        (changed(category="bed"), "scene.objects[0].category"),
        (changed(codes=[1, 2, 3]), "scene.objects[0].codes"),
        (changed(codes=[1, 2, 3, 64]), "scene.objects[0].codes[3]"),
        (changed(weight=3), "scene.objects[0]: unknown"),
        (changed(id=""), "scene.objects[0].id"),
    ],
)
def test_bad_scenes_are_refused_with_their_path(data: object, path: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Scene.from_json(data)
    assert path in str(caught.value)
    assert caught.value.remedy


def test_missing_object_key_is_named() -> None:
    with pytest.raises(InvalidInputError, match='"yaw" is missing'):
        Scene.from_json(scene(objects=[{k: v for k, v in OBJECT.items() if k != "yaw"}]))


def test_two_hundred_objects_are_fine() -> None:
    objects = [{**OBJECT, "id": f"o{i}"} for i in range(200)]
    assert len(Scene.from_json(scene(objects=objects)).objects) == 200


def test_nan_in_json_text_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="NaN"):
        read_json('{"a": NaN}', "file.json")
    with pytest.raises(InvalidInputError, match="not valid JSON"):
        read_json("{", "file.json")
    with pytest.raises(InvalidInputError, match="not valid JSON"):
        read_json("[" * 100_000, "file.json")


def test_request_defaults_and_short_forms() -> None:
    request = Request.from_json({"text": "A desk.", "room": "livingroom"})
    assert (request.task, request.scene.room_type, request.instruction) == ("generate", "livingroom", "A desk.")
    assert not request.assumed_bedroom
    assert Request.from_json({"text": ""}).assumed_bedroom
    assert Request.from_json(request.to_json()).to_json() == request.to_json()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "neither an instruction nor a scene"),
        ({"text": "a", "instruction": "b"}, "both"),
        ({"text": "a", "task": "paint"}, "request.task"),
        ({"text": "a", "task": "restyle"}, "needs a scene"),
        ({"text": 3}, "request.instruction"),
        ({"text": "a", "id": "../x"}, "request.id"),
        ({"text": "a", "id": ".."}, "request.id"),
        ({"text": "a", "variations": 0}, "request.variations"),
        ({"text": "a", "steps": [0, 10]}, "request.steps[0]"),
        ({"text": "a", "seed": -1}, "request.seed"),
        ({"text": "a", "guidance": float("nan")}, "request.guidance"),
        ({"text": "a", "ratio": 0}, "request.ratio"),
        ({"scene": scene(), "room": "livingroom"}, "differ"),
        ({"scene": scene(), "selected": ["chair"]}, "request.selected[0]"),
        ({"scene": scene(), "keep": {"bed": ["colour"]}}, "request.keep.bed[0]"),
        ({"scene": scene(), "keep": {"chair": []}}, "request.keep.chair"),
    ],
)
def test_bad_requests_are_refused(data: object, words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Request.from_json(data)
    assert words in str(caught.value)


def test_requests_file_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_text('{"id": "a", "text": "x\u2028y"}\n\n{"id": "b", "text": 1}\n', encoding="utf-8")
    with pytest.raises(InvalidInputError, match="line 3"):
        read_requests(path)
    path.write_text('{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}\n', encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"line 2.*line 1"):
        read_requests(path)
    path.write_text('{"id": "a", "text": "x\u2028y"}\n{"id": "b", "text": "y"}', encoding="utf-8")
    assert [r.id for r in read_requests(path)] == ["a", "b"]
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="no request"):
        read_requests(path)


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="Cannot read"):
        read_scene(tmp_path / "missing.json")
    (tmp_path / "latin.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInputError, match="UTF-8"):
        read_scene(tmp_path / "latin.json")
