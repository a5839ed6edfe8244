"""The task "place": its JSON, what the generator makes of it, the command line, and bad input in one line."""

import json
import math

import numpy as np
import pytest

from instructscene_core.commands.main import main
from instructscene_core.errors import InvalidInputError
from instructscene_core.scene import Request, Scene

LAMP = {"id": "lamp", "category": None, "position": [1.5, 1.5, 0.2], "size": [0.2, 0.2, 0.4], "yaw": 0.3}
STAND = {"id": "stand", "category": "nightstand", "position": [0.0, 0.0, 0.25], "size": [0.5, 0.4, 0.5], "yaw": 0.0}
BED = {"id": "bed", "category": "double_bed", "position": [-1.2, 0.3, 0.3], "size": [1.6, 2.0, 0.6], "yaw": 0.0}
FLOOR = [[-2.5, -2], [2.5, -2], [2.5, 2], [-2.5, 2]]


def request(place, *, objects=(LAMP, STAND, BED), selected=("lamp",), **more):
    scene = {"version": 1, "room_type": "bedroom", "floor": FLOOR, "objects": list(objects)}
    data = {"task": "place", "scene": scene, "selected": list(selected), "place": place, **more}
    return Request.from_json(data)


CUES = [
    {"on": "stand"},
    {"near": [0.1, 0.0, 0.5], "on": "stand"},
    {"near": [1.0, 0.0, 0.0], "floor": True},
    {"side": "left of", "of": "bed"},
    {"near": [2.5, 0.0, 1.1], "floor": True, "out": [-1.0, 0.0]},
    {"at": "wall"},
    {"hang": [2.5, 0.4, 1.5], "out": [-1.0, 0.0]},
    {"low": [-0.1, -0.2], "high": [0.1, 0.2], "camera": np.eye(4).tolist()},
]


@pytest.mark.parametrize("cue", CUES)
def test_what_is_wished_comes_back_from_json(cue):
    first = request({"cues": [cue], "keep_rotation": False, "geometry": {"lamp": "lamp.npz"}, "carry": False})
    data = first.to_json()
    assert data["place"]["cues"] == [cue]
    assert Request.from_json(json.loads(json.dumps(data))) == first


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"cues": [{"on": "sofa"}]}, r"place.cues\[0\].on: no object has the id"),
        ({"cues": [{}]}, r"cues\[0\]"),
        ({"cues": [{"side": "over", "of": "bed"}]}, r"cues\[0\].side"),
        ({"cues": [{"near": [0, math.nan, 0]}]}, r"near\[1\]"),
        ({"cues": [{"low": [0, 0], "high": [0, 1], "camera": np.eye(4).tolist()}]}, "rectangle is empty"),
        ({"cues": [{"low": [0, 0], "high": [1, 1], "camera": [[1, 0]]}]}, "camera"),
        ({"cues": [{"hang": [0, 0, 1], "out": [0, 0]}]}, r"cues\[0\].out has no direction"),
        ({"cues": [{"hang": [0, 0, 1], "out": [0, 1]}, {"at": "wall"}]}, "what hangs has one place"),
        ({"geometry": {"sofa": "a.npz"}}, "no object has the id"),
        ({"keep_size": 1}, "keep_size"),
        ({"cue": []}, "cue"),
    ],
)
def test_malformed_wishes_are_refused_with_their_path(place, words):
    with pytest.raises(InvalidInputError, match=words):
        request(place)


def test_place_needs_objects_and_its_own_task():
    with pytest.raises(InvalidInputError, match="place names no object"):
        request({}, selected=())
    scene = Scene("bedroom").to_json()
    with pytest.raises(InvalidInputError, match="only for the task place"):
        Request.from_json({"task": "complete", "scene": scene, "place": {}})


def box_file(path, size):
    corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]) * size
    faces = [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1], [2, 3, 7], [2, 7, 6], [0, 2, 6],
             [0, 6, 4], [1, 5, 7], [1, 7, 3]]  # fmt: skip
    np.savez(path, vertices=corners, triangles=np.array(faces))
    return str(path)


def test_a_lamp_stands_on_a_nightstand_and_nothing_else_moves(tiny_generator, tmp_path):
    asked = request({"cues": [{"on": "stand"}], "geometry": {"lamp": box_file(tmp_path / "lamp.npz", [0.2, 0.2, 0.4])}})
    (scene,) = tiny_generator.run([asked])[0]
    lamp, stand, bed = scene.objects
    assert (stand, bed) == asked.scene.objects[1:]
    assert lamp.position[2] == pytest.approx(0.7, abs=0.001)
    assert np.hypot(*lamp.position[:2]) < 0.1
    assert (lamp.size, lamp.yaw) == ((0.2, 0.2, 0.4), 0.3)
    assert scene.report["met"] == ["lamp stands on stand, gap 0.2 mm"]
    assert scene.provenance["placed"][0]["on"] == "stand"
    assert Scene.from_json(scene.to_json()) == scene


def test_variations_and_what_goes_along(tiny_generator):
    cup = {"id": "cup", "category": None, "position": [1.5, 1.5, 0.45], "size": [0.1, 0.1, 0.1], "yaw": 0.0}
    asked = request({"cues": [{"side": "in front of", "of": "bed"}]}, objects=(LAMP, STAND, BED, cup), variations=3)
    scenes = tiny_generator.run([asked])[0]
    places = np.array([scene.objects[0].position for scene in scenes])
    assert len({tuple(place) for place in places}) == 3
    for scene in scenes:
        lamp, *_, beside = scene.objects
        np.testing.assert_allclose(np.subtract(beside.position, lamp.position), [0, 0, 0.25], atol=1e-9)
        assert lamp.position[1] < -0.7


def test_where_there_is_no_place_the_room_stays(tiny_generator):
    wardrobe = {"id": "case", "category": "wardrobe", "position": [1.5, 1, 1.0], "size": [1.2, 0.6, 2.0], "yaw": 0.0}
    asked = request({"cues": [{"on": "stand"}]}, objects=(wardrobe, STAND), selected=("case",))
    (scene,) = tiny_generator.run([asked])[0]
    assert scene.objects == asked.scene.objects
    assert scene.report["not_met"] == ["case: no free place on stand. Make room there, or choose another place"]


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"vertices": np.zeros((3, 2)), "triangles": np.array([[0, 1, 2]])}, "no \\(V, 3\\) array"),
        ({"vertices": np.eye(3), "triangles": np.array([[0, 1, 7]])}, "vertices that it does not have"),
        ({"vertices": np.eye(3) * np.inf, "triangles": np.array([[0, 1, 2]])}, "no numbers"),
        ({"vertices": np.zeros((3, 3)), "triangles": np.array([[0, 1, 2]])}, "lamp has no faces"),
        ({"vertices": np.eye(3), "triangles": np.array([[0.0, 1.0, 2.0]])}, "no \\(T, 3\\) array"),
        ({"vertices": np.eye(3)}, "Cannot read the mesh"),
    ],
)
def test_meshes_of_unknown_origin_are_refused_in_one_line(tiny_generator, tmp_path, arrays, words):
    np.savez(tmp_path / "lamp.npz", **arrays)
    with pytest.raises(InvalidInputError, match=words):
        tiny_generator.run([request({"geometry": {"lamp": str(tmp_path / "lamp.npz")}})])


def test_the_command_line_places(tiny_folder, tmp_path, capsys):
    scene = {"version": 1, "room_type": "bedroom", "floor": FLOOR, "objects": [LAMP, STAND, BED]}
    (tmp_path / "room.json").write_text(json.dumps(scene))
    mesh = box_file(tmp_path / "lamp.npz", [0.2, 0.2, 0.4])
    words = ["place", "--scene", str(tmp_path / "room.json"), "--select", "lamp", "--mesh", f"lamp={mesh}"]
    out = ["--out", str(tmp_path / "out"), "--model", str(tiny_folder)]
    assert main([*words, "--on", "stand", *out]) == 0
    made = json.loads((tmp_path / "out" / "scene.json").read_text())
    assert made["objects"][0]["position"][2] == pytest.approx(0.7, abs=0.001)
    assert main([*words, "--side", "left of", *out]) == 2
    assert "--side and --of belong together" in capsys.readouterr().err
