"""How depth, normals, masks and cameras are coded in the files beside a picture."""

import json
import struct

import numpy as np
import pytest

from instructscene_core.errors import InvalidInputError
from instructscene_core.ground_truth.camera import Camera
from instructscene_core.ground_truth.coco import MOST_OBJECTS, NAMES, coco, image_id, run_lengths
from instructscene_core.ground_truth.coding import depth_in_millimetres, normals_as_colours
from instructscene_core.ground_truth.exr import read_exr
from instructscene_core.vocabulary import CATEGORIES


def decoded(segmentation):
    """The mask of run lengths, as COCO's own reader has it."""
    height, width = segmentation["size"]
    values = np.arange(len(segmentation["counts"])) % 2
    return np.repeat(values, segmentation["counts"]).reshape(width, height).T.astype(bool)


# depth and normals


def test_depth_is_whole_millimetres_and_what_is_not_there_is_zero():
    metres = np.array([[1.0, 2.34567, 65.535, 65.5356, 1e10, np.inf, np.nan, 0.0, -1.0, 0.0001]], np.float32)
    assert depth_in_millimetres(metres).tolist() == [[1000, 2346, 65535, 0, 0, 0, 0, 0, 0, 1]]


def test_normals_go_from_minus_one_to_one():
    normals = np.array([[[1, 0, 0], [0, 0, -1], [0, 2, 0], [0, 0, 0], [np.nan, 0, 1]]], np.float32)
    colours = normals_as_colours(normals)
    assert colours[0, 0].tolist() == [65535, 32768, 32768]
    assert colours[0, 1].tolist() == [32768, 32768, 0]
    assert colours[0, 2].tolist() == [32768, 65535, 32768]
    assert not colours[0, 3:].any()


# masks


@pytest.mark.parametrize("seed", range(5))
def test_run_lengths_give_the_mask_back(seed):
    mask = np.random.default_rng(seed).random((7, 5)) < 0.5
    mask[0, 0] = seed % 2
    counts = run_lengths(mask)
    assert sum(counts) == mask.size
    assert min(counts[1:]) > 0
    np.testing.assert_array_equal(decoded({"size": [7, 5], "counts": counts}), mask)


def test_run_lengths_go_down_the_columns_and_begin_with_what_is_outside():
    assert run_lengths(np.array([[False, True], [True, True]])) == [1, 3]
    assert run_lengths(np.array([[True, False], [True, False]])) == [0, 2, 2]
    assert run_lengths(np.zeros((2, 3), bool)) == [6]


LABELS = np.zeros((6, 8), np.uint16)
LABELS[1:4, 2:5], LABELS[5, 0], LABELS[0, 7] = 1, 3, 4


def test_a_coco_file_has_the_objects_that_are_seen():
    data = coco("a_view.png", LABELS, ["double_bed", "desk", None, "rug"])
    (image,) = data["images"]
    assert (image["file_name"], image["width"], image["height"]) == ("a_view.png", 8, 6)
    names = {item["id"]: item["name"] for item in data["categories"]}
    assert list(names) == list(range(1, len(CATEGORIES) + 2))
    found = {item["object"]: item for item in data["annotations"]}
    assert {key: names[item["category_id"]] for key, item in found.items()} == {0: "double_bed", 2: "object", 3: "rug"}
    assert found[0]["bbox"] == [2, 1, 3, 3]
    for number, item in found.items():
        mask = decoded(item["segmentation"])
        np.testing.assert_array_equal(mask, number + 1 == LABELS)
        assert (item["area"], item["iscrowd"], item["image_id"]) == (mask.sum(), 0, image["id"])
    assert json.loads(json.dumps(data)) == data


def test_ids_of_many_pictures_do_not_clash_and_are_exact_in_every_reader():
    files = [coco(f"room_{k}_view.png", LABELS, ["desk"] * 4) for k in range(500)]
    images = [file["images"][0]["id"] for file in files]
    annotations = [item["id"] for file in files for item in file["annotations"]]
    assert len(set(images)) == len(images)
    assert len(set(annotations)) == len(annotations)
    assert max(annotations) < 1 << 53
    assert image_id("room_0_view.png") == images[0] == 7002361489212
    assert all(file["categories"] == files[0]["categories"] for file in files)
    assert NAMES[:-1] == CATEGORIES


def test_more_objects_than_there_are_ids_are_refused():
    with pytest.raises(InvalidInputError, match="512 objects"):
        coco("a.png", LABELS, ["desk"] * (MOST_OBJECTS + 1))


# the camera


def test_what_is_before_the_camera_lies_in_the_middle_and_above_is_up():
    matrix = np.eye(4)
    matrix[:3, :3] *= 2  # of a room in another unit
    matrix[:3, 3] = 0, 0, 5
    camera = Camera.of_lens((200, 100), 0.5, 0.1, matrix)  # looks down from 5 m, its y is the room's
    seen = camera.world_to_camera @ np.array([0.5, 1.0, 1.0, 1.0])
    assert seen.tolist() == [0.5, -1.0, 4.0, 1.0]
    x, y, z = camera.intrinsics @ seen[:3]
    assert (x / z, y / z) == (100 + 100 * 0.5 / 4, 50 + 20 - 100 * 1.0 / 4)
    assert camera.turned(np.array([[0.0, 0.0, 1.0]])).tolist() == [[0, 0, -1]]
    assert json.loads(json.dumps(camera.to_json("a.png")))["width"] == 200


# OpenEXR


def exr(channels, compression=0, version=2, kind=2):
    """A file as Blender writes it."""

    def attribute(name, form, data):
        return name + b"\0" + form + b"\0" + struct.pack("<I", len(data)) + data

    names = sorted(channels)
    height, width = channels[names[0]].shape
    listing = b"".join(name.encode() + b"\0" + struct.pack("<iiii", kind, 0, 1, 1) for name in names) + b"\0"
    head = b"v/1\x01" + struct.pack("<I", version) + attribute(b"channels", b"chlist", listing)
    head += attribute(b"compression", b"compression", bytes([compression]))
    head += attribute(b"dataWindow", b"box2i", struct.pack("<4i", 0, 0, width - 1, height - 1)) + b"\0"
    size = 8 + 4 * width * len(names)
    places = [len(head) + 8 * height + size * row for row in range(height)]
    lines = [
        struct.pack("<ii", row, size - 8) + b"".join(channels[name][row].astype("<f4").tobytes() for name in names)
        for row in range(height)
    ]
    return head + struct.pack(f"<{height}Q", *places) + b"".join(lines)


CHANNELS = {name: np.random.default_rng(k).random((3, 4)).astype(np.float32) for k, name in enumerate(("a.X", "b.Z"))}


def test_the_passes_are_read_to_the_last_bit():
    read = read_exr(exr(CHANNELS))
    assert read.keys() == CHANNELS.keys()
    for name, values in CHANNELS.items():
        np.testing.assert_array_equal(read[name], values)


WHOLE = exr(CHANNELS)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        WHOLE[:-1],
        WHOLE[:40],
        WHOLE[: len(WHOLE) // 2],
        b"\x89PNG" + WHOLE[4:],
        exr(CHANNELS, compression=3),
        exr(CHANNELS, version=0x1002),
        exr(CHANNELS, kind=1),
        WHOLE[:-52] + b"\xff" * 52,
    ],
    ids=[
        "empty",
        "cut",
        "cut in the header",
        "cut in half",
        "png",
        "compressed",
        "many parts",
        "half floats",
        "rubbish",
    ],
)
def test_other_files_are_refused(data):
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_exr(data)
