"""``run --on`` with the batch as its renderer: shards with all passes, read back as docs/scaling.md shows."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = int(os.environ.get("INSTRUCTSCENE_RUN_ROOMS", "3"))
"""More for a long run by hand."""
KINDS = ("bedroom", "livingroom", "diningroom")
WORDS = ("A double bed and a desk", "A sofa and a coffee table", "A dining table with four chairs")
RENDERER = [sys.executable, str(ROOT / "addon" / "batch.py"), "--", "--samples", "1", "--resolution", "128"]
PASSES = ["--render", "view", "--passes", "depth,normals,masks", "--save", "glb"]


def lines():
    for number in range(ROOMS):
        scene = {"version": 1, "room_type": KINDS[number % 3], "objects": []}
        asked = {"id": f"room.{number}", "instruction": WORDS[number % 3], "seed": number, "steps": [5, 2]}
        yield json.dumps({**asked, "scene": scene}) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Holds ``rooms``, the shards of a run."""
    folder = tmp_path_factory.mktemp("run")
    extensions = folder / "user" / "extensions" / "user_default"
    extensions.mkdir(parents=True)
    (extensions / "instructscene").symlink_to(ROOT, target_is_directory=True)
    (folder / "rooms.jsonl").write_text("".join(lines()), encoding="utf-8")
    options = ["--requests", "rooms.jsonl", "--out", "rooms", "--on", "here", "--as", "webdataset", "--shard", "2"]
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(folder / "user"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "instructscene_core", "run", *options, "--renderer", " ".join([*RENDERER, *PASSES])],
        cwd=folder, env={**environment, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def samples(folder):
    """What the ten lines of the document read."""
    text = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    last = (ROOMS + 1) // 2 - 1
    code = code.replace("rooms/rooms-{000000..000012}", f"{folder}/rooms/rooms-{{000000..{last:06d}}}")
    found = {}
    exec(code, found)  # noqa: S102 - the document's own
    return {sample["camera"]["picture"].removesuffix("_view.png"): sample for sample in found["loader"]}


def projected(camera, item):
    """(2, 2) lowest and highest pixel of an object's box, cut at the picture's borders; None behind the camera."""
    sizes, yaw = np.array(item.get("placed_size", item["size"])), item["yaw"]
    signs = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
    cosine, sine = np.cos(yaw), np.sin(yaw)
    turn = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    corners = (signs * sizes) @ turn.T + np.array(item["position"])
    seen = np.c_[corners, np.ones(8)] @ np.array(camera["world_to_camera"])[:3].T
    if (seen[:, 2] <= 0).any():
        return None
    pixels = seen @ np.array(camera["intrinsics"]).T
    pixels = pixels[:, :2] / pixels[:, 2:]
    return np.clip([pixels.min(0), pixels.max(0)], 0, [camera["width"], camera["height"]])


def test_masks_and_boxes_agree_with_the_scenes(samples):
    """Each object that is seen lies in its projected box, as far away as the box, and fills some of it."""
    assert sorted(samples) == sorted(f"room.{number}" for number in range(ROOMS))
    seen = 0
    for sample in samples.values():
        camera, masks, depth = sample["camera"], sample["masks"].numpy(), sample["depth"].numpy()
        assert sample["picture"].shape == (*masks.shape, 3)
        assert masks.shape == depth.shape == (camera["height"], camera["width"])
        assert masks.max() <= len(sample["scene"]["objects"])
        for number, item in enumerate(sample["scene"]["objects"], start=1):
            rows, columns = np.nonzero(masks == number)
            box = projected(camera, item)
            if not len(rows) or box is None:
                continue
            seen += 1
            low, high = box
            assert (columns + 1 >= low[0] - 1).all()
            assert (columns <= high[0] + 1).all()
            assert (rows + 1 >= low[1] - 1).all()
            assert (rows <= high[1] + 1).all()
            far = (np.array(camera["world_to_camera"]) @ [*item["position"], 1.0])[2]
            reach = np.linalg.norm(item["size"]) / 2
            assert (np.abs(depth[masks == number] - far) <= reach + 0.02).all()
    assert seen > 2 * ROOMS


def test_the_folder_holds_the_shards_and_what_they_depend_on(folder):
    names = {path.name for path in (folder / "rooms").iterdir()}
    assert names == {"manifest.json", *(f"rooms-{number:06d}.tar" for number in range((ROOMS + 1) // 2))}
    manifest = json.loads((folder / "rooms" / "manifest.json").read_text(encoding="utf-8"))
    assert "Blender" in manifest["versions"]["renderer"]
