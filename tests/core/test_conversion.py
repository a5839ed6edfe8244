"""Houses of 3D-FRONT in their published format, written by the test, and what becomes of them."""

import copy
import json
import math

import numpy as np
import pytest

from instructscene_core.commands.main import main
from instructscene_core.datasets.official import official_rooms, read_room
from instructscene_core.datasets.official_models import official_models
from instructscene_core.vocabulary import CLASSES

BEDROOM = CLASSES["bedroom"]
FLOOR = [[10.0, 0.0, 5.0], [10.0, 0.0, 9.0], [14.0, 0.0, 9.0], [14.0, 0.0, 5.0]]
MODELS = {  # category, extents x y z, middle in the model's own frame
    "bed": ("King-size Bed", (1.8, 1.0, 2.2), (0.0, 0.5, 0.0)),
    "stand": ("Nightstand", (0.5, 0.6, 0.4), (0.0, 0.3, 0.1)),
    "lamp": ("Pendant Lamp", (0.4, 0.8, 0.4), (0.0, -0.4, 0.0)),
    "plant": ("Plants", (0.3, 0.9, 0.3), (0.0, 0.45, 0.0)),
    "sofa": ("Three-Seat / Multi-seat Sofa", (2.0, 0.8, 0.9), (0.0, 0.4, 0.0)),
}


def obj(extents, middle):
    corners = [[m + s * e / 2 for m, e, s in zip(middle, extents, signs, strict=True)]
               for signs in ((x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1))]  # fmt: skip
    lines = [f"v {x} {y} {z}" for x, y, z in corners]
    lines.append("v 9 9 9")  # of no face
    return "\n".join([*lines, "f 1 2 4", "f 1 4 3", "f 5 6 8", "f 5 8 7", "f 1 2 6"]) + "\n"


def placed(ref, x, y, z, degrees=0.0, scale=(1.0, 1.0, 1.0)):
    half = math.radians(degrees) / 2
    return {"ref": f"{ref}/model", "instanceid": f"furniture/{ref}", "pos": [x, y, z],
            "rot": [0, math.sin(half), 0, math.cos(half)], "scale": list(scale)}  # fmt: skip


def a_house():
    """A house in the published format, with one bedroom."""
    flat = [v for corner in FLOOR for v in corner]
    floor = {"uid": "f0", "jid": "", "aid": [], "type": "Floor", "xyz": flat, "faces": [0, 1, 2, 0, 2, 3],
             "normal": [0, 1, 0] * 4, "uv": [0] * 8, "material": "m0"}  # fmt: skip
    child = {"pos": [0, 0, 0], "rot": [0, 0, 0, 1], "scale": [1, 1, 1]}
    furniture = [
        {"uid": f"{jid}/model", "jid": jid, "aid": [], "size": list(extents), "sourceCategoryId": "", "title": "",
         "category": "", "valid": True}
        for jid, (_, extents, _) in MODELS.items()
    ]  # fmt: skip
    unusable = {"uid": "broken/model", "jid": "broken", "valid": False}
    children = [
        {"ref": "f0", "instanceid": "mesh/0", **child},
        {"ref": "w0", "instanceid": "mesh/1", **child},
        placed("bed", 12.0, 0.0, 6.1),
        placed("stand", 13.5, 0.0, 7.0, 90.0),
        placed("lamp", 12.0, 2.6, 7.0, -180.0, (1.0, 0.5, 2.0)),
        placed("broken", 0, 0, 0),
    ]
    room = {"type": "MasterBedroom", "instanceid": "MasterBedroom-1", "size": 16, "pos": [0, 0, 0],
            "rot": [0, 0, 0, 1], "scale": [1, 1, 1], "children": children}  # fmt: skip
    wall = {**floor, "uid": "w0", "type": "WallInner", "xyz": [99.0] * 9, "faces": [0, 1, 2]}
    kitchen = {**room, "type": "Kitchen", "instanceid": "Kitchen-2"}
    return {"uid": "h", "version": "0.1", "furniture": [*furniture, unusable], "mesh": [floor, wall],
            "scene": {"ref": "", "pos": [0, 0, 0], "room": [room, kitchen]}}  # fmt: skip


@pytest.fixture
def folders(tmp_path):
    """Houses and models: one house, five models, the bed with a feature and the corners of its box."""
    front, future = tmp_path / "3D-FRONT", tmp_path / "3D-FUTURE-model"
    front.mkdir()
    infos = [{"model_id": jid, "super-category": "", "category": category, "style": "Modern", "theme": None,
              "material": "Wood"} for jid, (category, _, _) in MODELS.items()]  # fmt: skip
    for jid, (_, extents, middle) in MODELS.items():
        (future / jid).mkdir(parents=True)
        (future / jid / "raw_model.obj").write_text(obj(extents, middle))
        feature = np.random.default_rng(len(jid)).standard_normal(1280).astype(np.float32)
        np.save(future / jid / "openshape_pointbert_vitg14.npy", feature / np.linalg.norm(feature))
    (future / "model_info.json").write_text(json.dumps(infos))
    write(front, "0a-house", a_house())
    return front, future


def write(front, name, house):
    (front / f"{name}.json").write_text(house if isinstance(house, str) else json.dumps(house))


def convert(folders, out, *words):
    front, future = folders
    return main(["data", "from-3dfront", "--front", str(front), "--future", str(future), "--out", str(out), *words])


def test_a_house_becomes_a_room(folders, tmp_path, capsys):
    out = tmp_path / "out"
    assert convert(folders, out) == 0
    assert capsys.readouterr().out == f"1 room written: {out}\n"
    room = read_room(out / "threed_front_bedroom" / "0a-house_MasterBedroom-1", "bedroom")
    assert [BEDROOM[k] for k in room.class_ids] == ["double_bed", "nightstand", "pendant_lamp"]
    assert room.jids == ("bed", "stand", "lamp")
    bed, stand, lamp = room.boxes.tolist()
    assert bed == pytest.approx([0, 0.5, -0.9, 0.9, 0.5, 1.1, 0])  # relative to the floor's middle, 12 0 7
    assert stand == pytest.approx([1.6, 0.3, 0, 0.25, 0.3, 0.2, math.pi / 2])  # the mesh's middle is 0.1 in front
    assert lamp[:6] == pytest.approx([0, 2.4, 0, 0.2, 0.2, 0.4])
    assert abs(lamp[6]) == pytest.approx(math.pi)
    assert room.features.shape == (3, 1280)
    assert room.captions is room.codes is None
    with np.load(out / "threed_front_bedroom" / room.name / "boxes.npz") as stored:
        assert str(stored["scene_id"]) == "MasterBedroom-1"
        assert str(stored["scene_uid"]) == room.name
        assert stored["floor_plan_centroid"].tolist() == [12, 0, 7]
        assert stored["floor_plan_vertices"].tolist() == FLOOR
        assert stored["class_labels"].shape == (3, 23)
        share = (stored["room_layout"] == 255).mean()
    assert share == pytest.approx((4 / 6.2) ** 2, abs=0.03)
    models = {model.jid: model for model in official_models(out, "bedroom")}
    assert models["stand"].half == pytest.approx((0.25, 0.3, 0.2))
    assert models["lamp"].half == pytest.approx((0.2, 0.2, 0.4))  # as it was scaled


def test_captions_corners_and_sizes_from_other_files(folders, tmp_path):
    front, future = folders
    (tmp_path / "captions").mkdir()
    for jid in MODELS:
        (tmp_path / "captions" / f"{jid}.txt").write_text(f"A {jid} of wood.\n")
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    np.save(future / "bed" / "bbox_vertices.npy", signs * [1.0, 0.5, 1.0] + [0, 0.5, 0])
    (future / "stand" / "raw_model.obj").unlink()
    assert convert((front, future), tmp_path / "out", "--captions", str(tmp_path / "captions")) == 0
    room = read_room(tmp_path / "out" / "threed_front_bedroom" / "0a-house_MasterBedroom-1", "bedroom")
    assert room.captions == ("a bed of wood", "a stand of wood", "a lamp of wood")
    assert room.boxes[0, 3:6].tolist() == [1.0, 0.5, 1.0]
    assert room.boxes[1, :3] == pytest.approx([1.5, 0.3, 0])  # the house's own size, around the model's origin


def test_a_second_run_keeps_what_is_there_and_adds_what_is_new(folders, tmp_path, capsys):
    out = tmp_path / "out"
    convert(folders, out)
    boxes = out / "threed_front_bedroom" / "0a-house_MasterBedroom-1" / "boxes.npz"
    before = boxes.stat().st_mtime_ns
    for number in range(20):
        house = a_house()
        house["scene"]["room"][0]["instanceid"] = f"Bedroom-{number}"
        write(folders[0], f"{number}b", house)
    write(folders[0], "bad", "{")
    write(folders[0], "odd", {**a_house(), "furniture": {}})
    write(folders[0], "no", [])
    capsys.readouterr()
    assert convert(folders, out) == 0
    shown = capsys.readouterr()
    assert shown.out == f"20 rooms written, 1 was there: {out}\n"
    assert boxes.stat().st_mtime_ns == before
    for line in ("bad house bad.json: it is no JSON", "bad house odd.json: it is", "bad house no.json: it has no"):
        assert line in shown.err
    rooms = [official_rooms(out, "bedroom", split) for split in ("train", "test")]
    assert rooms[0].n + rooms[1].n == 21
    assert rooms[0].bounds.sizes[1] == pytest.approx([0.9, 0.5, 1.1])


def test_rooms_of_other_houses_do_not_drop_out_of_a_data_set(folders, tmp_path, capsys):
    out = tmp_path / "out"
    convert(folders, out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    other = tmp_path / "other"
    other.mkdir()
    house = a_house()
    house["scene"]["room"][0]["instanceid"] = "Bedroom-7"
    write(other, "1b", house)
    assert convert((other, folders[1]), out) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert "1 room of other houses or options, such as 0a-house_MasterBedroom-1" in error
    assert all(path.read_bytes() == content for path, content in before.items())


def test_splits_of_ones_own(folders, tmp_path, capsys):
    splits = tmp_path / "splits.csv"
    splits.write_text("MasterBedroom-1,test\nBedroom-9,train\n")
    assert convert(folders, tmp_path / "out", "--splits", str(splits)) == 0
    assert official_rooms(tmp_path / "out", "bedroom", "test").n == 1
    splits.write_text("Bedroom-9,train\n")
    assert convert(folders, tmp_path / "other", "--splits", str(splits)) == 2
    assert "in no split (1)" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def children(house):
    return house["scene"]["room"][0]["children"]


REASONS = {
    "a piece of no known class": lambda h: children(h).append(placed("plant", 12, 0, 8)),
    "no floor": lambda h: h["mesh"].pop(0),
    "fewer than 3": lambda h: children(h).pop(2),
    "more than 12 pieces": lambda h: children(h).extend(placed("stand", 12, 0, 8) for _ in range(10)),
    "no bed": lambda h: children(h)[2].update(ref="sofa/model"),
    "a piece below": lambda h: children(h)[2].update(pos=[12, -0.1, 7]),
    "or above": lambda h: children(h)[2].update(pos=[12, 3.5, 7]),
    "a floor wider than 6 m": lambda h: h["mesh"][0]["xyz"].__setitem__(0, 20.5),
    "a floor with a corner": lambda h: h["mesh"][0]["faces"].__setitem__(0, 4),
    "scaled beyond reason": lambda h: children(h)[2].update(scale=[1, 6, 1]),
    "scaled beyond reason ": lambda h: children(h)[2].update(scale=[1, 0, 1]),
    "a tilted piece": lambda h: children(h)[2].update(rot=[0.7, 0, 0, 0.7]),
    "a name that": lambda h: h["scene"]["room"][0].update(instanceid="Bed_room"),
    "a name that ": lambda h: h["scene"]["room"][0].update(instanceid="../Bedroom"),
    "a name that  ": lambda h: h["scene"]["room"][0].update(instanceid="Bed,\nroom"),
    "a name that   ": lambda h: h["scene"]["room"][0].update(instanceid="Bed\0room"),
    "a malformed piece (no pos)": lambda h: children(h)[2].pop("pos"),
    "a malformed piece (a value": lambda h: children(h)[2].update(pos=[1, 2]),
    "a malformed room (a value": lambda h: h["mesh"][0]["faces"].__setitem__(0, 10**30),
}


@pytest.mark.parametrize("reason", REASONS)
def test_rooms_that_the_filters_leave_out(folders, tmp_path, capsys, reason):
    house = copy.deepcopy(a_house())
    REASONS[reason](house)
    write(folders[0], "0a-house", house)
    assert convert(folders, tmp_path / "out") == 2
    shown = capsys.readouterr()
    assert reason.strip() in shown.err
    assert "No bedroom of 1 house is taken" in shown.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("option", "entry", "reason"),
    [
        ("--invalid-rooms", "MasterBedroom-1", "list of invalid rooms"),
        ("--invalid-rooms", "0a-house_MasterBedroom-1", "list of invalid rooms"),
        ("--black-list", "lamp", "on the black list"),
    ],
)
def test_lists_of_what_is_left_out(folders, tmp_path, capsys, option, entry, reason):
    (tmp_path / "list.txt").write_text(f"other\n{entry}\n")
    assert convert(folders, tmp_path / "out", option, str(tmp_path / "list.txt")) == 2
    assert reason in capsys.readouterr().err


def test_a_broken_model_leaves_its_rooms_out(folders, tmp_path, capsys):
    (folders[1] / "stand" / "raw_model.obj").write_text("v 1 2\n")
    assert convert(folders, tmp_path / "out") == 2
    assert "a broken model, stand: raw_model.obj" in capsys.readouterr().err


@pytest.mark.parametrize("corners", [np.zeros((0, 3)), np.full((8, 3), "a"), np.zeros((7, 3))])
def test_corners_that_are_none_leave_its_rooms_out(folders, tmp_path, capsys, corners):
    np.save(folders[1] / "stand" / "bbox_vertices.npy", corners)
    assert convert(folders, tmp_path / "out") == 2
    assert "a broken model, stand: bbox_vertices.npy" in capsys.readouterr().err


def test_a_feature_with_a_broken_header_leaves_its_rooms_out(folders, tmp_path, capsys):
    header = b"\x93NUMPY\x01\x00\x08\x00{'a': (\n"
    (folders[1] / "stand" / "openshape_pointbert_vitg14.npy").write_bytes(header + b"\0" * 64)
    assert convert(folders, tmp_path / "out") == 2
    assert "a broken model, stand: openshape" in capsys.readouterr().err


def test_living_rooms_have_classes_of_their_own(folders, tmp_path):
    house = a_house()
    room = house["scene"]["room"][0]
    room.update(type="LivingDiningRoom", instanceid="LivingDiningRoom-3")
    house["mesh"][0]["xyz"][0] = 20.0  # wide for a bedroom
    room["children"][2:4] = [placed("sofa", 12, 0, 7), placed("sofa", 12, 0, 8, 180), placed("sofa", 11, 0, 8, 90)]
    write(folders[0], "0a-house", house)
    for kind in ("livingroom", "diningroom"):
        assert convert(folders, tmp_path / "out", "--room", kind) == 0
        found = read_room(tmp_path / "out" / f"threed_front_{kind}" / "0a-house_LivingDiningRoom-3", kind)
        assert [CLASSES[kind][k] for k in found.class_ids] == ["multi_seat_sofa"] * 3 + ["pendant_lamp"]


@pytest.mark.parametrize("missing", ["front", "future"])
def test_missing_folders_are_one_line(folders, tmp_path, capsys, missing):
    front, future = (tmp_path / "nowhere" if name == missing else path
                     for name, path in zip(("front", "future"), folders, strict=True))  # fmt: skip
    assert convert((front, future), tmp_path / "out") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_an_output_that_fails_is_one_line_and_a_later_run_goes_on(folders, tmp_path, capsys):
    out = tmp_path / "out"
    (out / "configs").mkdir(parents=True)
    blocked = out / "configs" / "bedroom_threed_front_splits.csv.part"
    blocked.mkdir()
    assert convert(folders, out) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"Cannot write to {out}: Is a directory")
    blocked.rmdir()
    assert convert(folders, out) == 0
    assert capsys.readouterr().out == f"0 rooms written, 1 was there: {out}\n"
    assert official_rooms(out, "bedroom", "train").n == 1


SOUND = "SecondBedroom-9"
BAD_VALUES = {
    "rot": lambda h: children(h)[2].update(rot=None),
    "scale": lambda h: children(h)[2].pop("scale"),
    "jid": lambda h: h["furniture"][0].pop("jid"),
    "type of a mesh": lambda h: h["mesh"][1].pop("type"),
    "type of a room": lambda h: h["scene"]["room"][0].update(type=None),
    "a room": lambda h: h["scene"]["room"].__setitem__(0, 3),
    "furniture": lambda h: h["furniture"].append(7),
    "children": lambda h: h["scene"]["room"][0].update(children=None),
}


def with_a_second_room(house):
    """The house with a bedroom of other pieces on the same floor."""
    second = copy.deepcopy(house["scene"]["room"][0]) | {"instanceid": SOUND}
    for number, item in enumerate(copy.deepcopy(house["furniture"])):
        house["furniture"].append(item | {"uid": f"second/{number}"})
    names = {
        item["uid"]: f"second/{number}"
        for number, item in enumerate(house["furniture"][: len(house["furniture"]) // 2])
    }
    for child in second["children"]:
        child["ref"] = names.get(child["ref"], child["ref"])
    house["scene"]["room"].append(second)
    return house


@pytest.mark.parametrize("value", BAD_VALUES)
def test_one_bad_value_loses_at_most_its_own_room(folders, tmp_path, value):
    house = with_a_second_room(a_house())
    BAD_VALUES[value](house)
    write(folders[0], "0a-house", house)
    assert convert(folders, tmp_path / "out") == 0
    assert (tmp_path / "out" / "threed_front_bedroom" / f"0a-house_{SOUND}" / "boxes.npz").is_file()


def twins(house):
    children(house).append(copy.deepcopy(children(house)[3]))


def far_away(house):
    children(house)[3]["pos"] = [60.0, 0.0, 0.0]


def in_bed(house):
    children(house)[3]["pos"] = children(house)[2]["pos"]


@pytest.mark.parametrize(
    ("change", "words"),
    [(twins, "a piece twice in one place"), (far_away, "a piece outside the room"), (in_bed, "a piece inside another")],
)
def test_rooms_that_are_plainly_wrong_are_counted_or_left_out(folders, tmp_path, capsys, change, words):
    house = with_a_second_room(a_house())
    change(house)
    write(folders[0], "0a-house", house)
    assert convert(folders, tmp_path / "all") == 0
    shown = capsys.readouterr()
    assert f"plainly wrong 1: {words} (--leave-out-wrong" in shown.err
    assert shown.out.startswith("2 rooms written")
    assert convert(folders, tmp_path / "right", "--leave-out-wrong") == 0
    shown = capsys.readouterr()
    assert f"left out 1: plainly wrong: {words}" in shown.err
    assert shown.out.startswith("1 room written")


def test_a_piece_that_may_be_either_of_two_models_leaves_its_room_out(folders, tmp_path, capsys):
    house = with_a_second_room(a_house())
    house["furniture"].append(house["furniture"][1] | {"uid": house["furniture"][0]["uid"]})
    write(folders[0], "0a-house", house)
    assert convert(folders, tmp_path / "out") == 0
    assert "left out 1: a piece that may be either of two models" in capsys.readouterr().err
