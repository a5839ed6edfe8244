"""The real I-Scene as a backend: a stand-in of it runs, and none of its faults leaves anything behind."""

import contextlib
import json
import os
import time
from pathlib import Path

import fake_iscene
import numpy as np
import pytest

from instructscene_core.errors import InvalidInputError
from instructscene_core.iscene import backend, health
from instructscene_core.iscene.backend import Installation, Job, run
from instructscene_core.iscene.errors import ISceneError
from instructscene_core.iscene.glb import Mesh, read_glb, surface_points
from instructscene_core.iscene.masks import check_masks
from instructscene_core.iscene.similarity import Box, calibrate, solve

BOXES = {
    1: Box(np.array([0.0, 0.0, 0.3]), np.array([1.6, 2.0, 0.6]), 0.0),
    2: Box(np.array([1.4, 0.7, 0.25]), np.array([0.5, 0.4, 0.5]), 0.2),
    3: Box(np.array([-1.5, -0.9, 1.0]), np.array([1.0, 0.6, 2.0]), 1.57),
    4: Box(np.array([1.3, -1.2, 0.6]), np.array([0.4, 0.4, 1.2]), 0.5),
}


def job(boxes=BOXES, **more):
    labels = np.zeros((80, 100), np.uint8)
    for number, label in enumerate(boxes):
        labels[10:70, 5 + 20 * number : 20 + 20 * number] = label
    ids = {label: f"Möbel {label}" for label in boxes}
    return Job(np.full((80, 100, 3), 128, np.uint8), labels, ids, boxes, **more)


def finished(running, seconds=30.0):
    """What a generator returns, and what it yields."""
    stages, begin = [], time.monotonic()
    with contextlib.closing(running):
        while time.monotonic() - begin < seconds:
            try:
                stages.append(next(running))
            except StopIteration as stop:
                return stop.value, stages
            time.sleep(0.01)
    raise AssertionError("it goes on and on")


def leftovers():
    """Folders of ours among the system's temporary ones."""
    return set(Path(backend.tempfile.gettempdir()).glob("instructscene-iscene-*"))


def alive(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(autouse=True)
def _tidy(tmp_path, monkeypatch):
    """Nothing of ours is left, whatever happens."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(backend.tempfile, "tempdir", str(folder))
    yield
    assert not list(folder.iterdir())


# pictures


def test_objects_that_are_not_seen_well_are_named():
    labels = np.zeros((100, 100), np.uint16)
    labels[:20], labels[20:40], labels[40, :50], labels[60:80] = 1, 2, 3, 256
    reasons = check_masks(labels, {1: 2500, 2: 9000, 3: 60, 5: 4000})
    assert 1 not in reasons
    assert reasons[2] == "more than 70 % hidden"
    assert reasons[3] == "seen on 50 pixels, 900 are needed"
    assert reasons[5] == "more than 70 % hidden"
    assert "255 objects" in reasons[256]
    assert set(check_masks(labels[:40], None)) == set()


# a run


def test_a_scene_is_made_and_comes_into_the_room(tmp_path):
    folder = tmp_path / "Zoë's I-Scene ü"
    installation = Installation.of(**fake_iscene.install(folder, noise=0.01))
    answer, stages = finished(run(installation, job(seed=3), tmp_path / "a b" / "ö"))
    assert stages[0] == "Loading model"
    assert stages[-1] == "Generating scene"
    assert set(stages) == set(backend.STAGES)
    assert set(answer.meshes) == set(answer.files) == set(BOXES)
    assert not answer.missing
    assert answer.words.startswith("Loading model")
    assert sorted(path.name for path in (tmp_path / "a b" / "ö").iterdir()) == [f"instance_0{k}.glb" for k in BOXES]
    assert [path.name for path in (tmp_path / "a b").iterdir()] == ["ö"]
    similarity = solve([*BOXES.values()], [answer.meshes[label].vertices for label in BOXES])
    true = fake_iscene.told(folder)
    assert similarity.scale == pytest.approx(true["scale"], rel=0.05)
    np.testing.assert_allclose(similarity.rotation, true["rotation"], atol=0.05)
    np.testing.assert_allclose(similarity.shift, true["shift"], atol=0.1)


def test_it_may_not_go_online_and_is_told_where_to_look(tmp_path, monkeypatch):
    monkeypatch.setenv("BLENDER_USER", "x")
    paths = fake_iscene.install(tmp_path / "i", noise=0.0)
    finished(run(Installation.of(**paths), job(seed=9), tmp_path / "out"))
    told = fake_iscene.told(tmp_path / "i")
    assert told["environment"]["HF_HUB_OFFLINE"] == told["environment"]["TRANSFORMERS_OFFLINE"] == "1"
    assert told["environment"]["TORCH_HOME"] == paths["hub_cache"]
    assert "BLENDER_USER" not in told["environment"]
    assert told["argv"][-6:] == ["--model", paths["model"], "--base_model", paths["base_model"], "--seed", "9"]
    assert not Path(told["cwd"]).exists()
    paths |= {"base_model": "", "hub_cache": ""}
    finished(run(Installation.of(**paths, download=True), job(), tmp_path / "out2"))
    told = fake_iscene.told(tmp_path / "i")
    assert not {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"} & set(told["environment"])
    assert "--base_model" not in told["argv"]


def test_the_job_is_told_beside_the_mask():
    data = json.loads(job(seed=4, floor=0.1, camera={"focal": 35}).to_json())
    assert data["version"] == 1
    assert data["labels"] == {str(label): f"Möbel {label}" for label in BOXES}
    assert data["boxes"]["2"] == {"centre": [1.4, 0.7, 0.25], "size": [0.5, 0.4, 0.5], "yaw": 0.2}
    assert (data["seed"], data["floor"], data["camera"], data["units"]) == (4, 0.1, {"focal": 35}, "metres")


@pytest.mark.parametrize(
    ("ways", "words"),
    [
        ({"empty": True}, "ended well, and made nothing: .*Outputs saved"),
        ({"after": 2}, "failed with code 1: .*RuntimeError: baking failed"),
        ({"hang": True}, "took longer than 1 seconds"),
        ({"flood": True}, "printed more than 16 MB"),
        ({"nan": True}, "made nothing: instance_01.glb has vertices that are no numbers"),
        ({"huge": True}, "wrote more than 200 MB"),
        ({"wrong_labels": True}, "made nothing: I-Scene made no instance_01.glb"),
        ({"links": True}, "made nothing: I-Scene made no instance_01.glb"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_what_goes_wrong_is_told_in_one_line_and_nothing_is_left(tmp_path, ways, words):
    installation = Installation.of(
        **fake_iscene.install(tmp_path / "i", **ways), seconds=1.0 if "hang" in ways else 30.0
    )
    with pytest.raises(ISceneError, match=words) as caught:
        finished(run(installation, job(), tmp_path / "outs" / "out"))
    assert "\n" not in str(caught.value)
    assert caught.value.remedy
    assert not (tmp_path / "outs").exists()
    assert not alive(fake_iscene.told(tmp_path / "i")["pid"])


def test_what_is_missing_is_listed_and_the_rest_is_there(tmp_path):
    installation = Installation.of(**fake_iscene.install(tmp_path / "i", missing=2, garbage=True))
    answer, _ = finished(run(installation, job(), tmp_path / "out"))
    assert set(answer.meshes) == {1, 3, 4}
    assert answer.missing == {2: "I-Scene made no instance_02.glb"}
    assert answer.words.isprintable()


@pytest.mark.parametrize("way", ["mirrored", "upside_down", "y_up_slip"])
def test_a_scene_that_lies_wrong_is_refused(tmp_path, way):
    installation = Installation.of(**fake_iscene.install(tmp_path / "i", **{way: True}))
    answer, _ = finished(run(installation, job(), tmp_path / "out"))
    with pytest.raises(ISceneError, match=r"mirrored|upside down|side|fit"):
        solve([*BOXES.values()], [answer.meshes[label].vertices for label in BOXES])


@pytest.mark.parametrize("follows", ["azimuth", "camera"])
def test_a_trial_tells_the_convention_by_which_one_object_has_its_place(tmp_path, follows):
    angle = np.radians(65)
    camera = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    installation = Installation.of(**fake_iscene.install(tmp_path / "i", follows=follows, noise=0.01))
    seen = {"matrix": camera.tolist()}
    answer, _ = finished(run(installation, job(camera=seen), tmp_path / "trial"))
    shapes = [answer.meshes[label].vertices for label in BOXES]
    convention = calibrate(solve([*BOXES.values()], shapes, camera=camera, trial=True), camera)
    assert convention.follows == follows
    answer, _ = finished(run(installation, job({7: BOXES[3]}, camera=seen), tmp_path / "one"))
    found = solve([BOXES[3]], [answer.meshes[7].vertices], convention, camera)
    placed = found.apply(answer.meshes[7].vertices)
    np.testing.assert_allclose(placed.min(axis=0), BOXES[3].corners.min(axis=0), atol=0.01)
    np.testing.assert_allclose(placed.max(axis=0), BOXES[3].corners.max(axis=0), atol=0.01)


def test_cancelling_ends_the_program(tmp_path):
    installation = Installation.of(**fake_iscene.install(tmp_path / "i", hang=True))
    running = run(installation, job(), tmp_path / "out")
    begin = time.monotonic()
    while not (tmp_path / "i" / "repository" / "told.json").exists() and time.monotonic() - begin < 20:
        next(running)
        time.sleep(0.05)
    time.sleep(0.2)
    number = fake_iscene.told(tmp_path / "i")["pid"]
    assert alive(number)
    running.close()
    assert not alive(number)
    assert not leftovers()
    assert not (tmp_path / "out").exists()


def test_a_job_that_is_none_is_refused(tmp_path):
    installation = Installation.of(**fake_iscene.install(tmp_path / "i"))
    good = job()
    bad = [
        Job(good.rgb[:-1], good.labels, good.ids),
        Job(good.rgb, good.labels, {1: "a"}),
        Job(good.rgb, good.labels * 0, {}),
        Job(good.rgb, good.labels.astype(np.uint16), good.ids),
    ]
    for one in bad:
        with pytest.raises(InvalidInputError):
            next(run(installation, one, tmp_path / "out"))
    (tmp_path / "there").mkdir()
    with pytest.raises(InvalidInputError, match="already there"):
        next(run(installation, good, tmp_path / "there"))


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("python", "no Python"),
        ("repository", "repository"),
        ("model", "model"),
        ("base_model", "base"),
        ("hub_cache", "hub"),
    ],
)
def test_a_part_that_is_not_there_is_named(tmp_path, part, words):
    paths = fake_iscene.install(tmp_path / "i")
    for wrong in (str(tmp_path / "nowhere"), *([str(tmp_path)] if part not in {"python", "hub_cache"} else [])):
        with pytest.raises(InvalidInputError, match=words) as caught:
            Installation.of(**paths | {part: wrong})
        assert caught.value.remedy
    for optional in ("base_model", "hub_cache"):
        assert getattr(Installation.of(**paths | {optional: " "}), optional) is None


# its meshes


def square(**more):
    """A description of two triangles, and its data."""
    points = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], "<f4")
    order = np.array([0, 1, 2, 0, 2, 3], "<u2")
    tree = {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "buffers": [{"byteLength": 60}],
        "bufferViews": [{"buffer": 0, "byteLength": 48}, {"buffer": 0, "byteOffset": 48, "byteLength": 12}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"},
                      {"bufferView": 1, "componentType": 5123, "count": 6, "type": "SCALAR"}],
    }  # fmt: skip
    return tree | more, points.tobytes() + order.tobytes()


def read(tmp_path, tree, binary):
    (tmp_path / "a.glb").write_bytes(fake_iscene.packed(tree, binary))
    return read_glb(tmp_path / "a.glb")


def test_nodes_put_meshes_where_they_are_and_up_is_z(tmp_path):
    half = np.sqrt(0.5)
    nodes = [
        {"children": [1, 2], "translation": [10, 0, 0]},
        {"mesh": 0, "rotation": [0, 0, half, half], "scale": [2, 1, 1]},
        {"mesh": 0, "matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 5, 1]},
    ]
    mesh = read(tmp_path, *square(nodes=nodes))
    assert mesh.vertices.shape == (8, 3)
    assert len(mesh.triangles) == 4
    found = {tuple(np.round(point, 6) + 0.0) for point in mesh.vertices}
    assert {(10.0, 0.0, 2.0), (9.0, 0.0, 2.0), (11.0, -5.0, 1.0)} <= found
    plain = read(tmp_path, *square())
    np.testing.assert_allclose(plain.vertices[2], [1, 0, 1])
    across = np.cross(*(plain.vertices[plain.triangles[0, k]] - plain.vertices[plain.triangles[0, 0]] for k in (1, 2)))
    np.testing.assert_allclose(across, [0, -1, 0])  # glTF's +Z is the world's -Y


@pytest.mark.parametrize(("mode", "rows"), [(5, [[0, 1, 2], [2, 1, 3]]), (6, [[0, 1, 2], [0, 2, 3]])])
def test_strips_and_fans_are_triangles_too(tmp_path, mode, rows):
    tree, binary = square()
    tree["meshes"][0]["primitives"][0] = {"attributes": {"POSITION": 0}, "mode": mode}
    assert read(tmp_path, tree, binary).triangles.tolist() == rows


@pytest.mark.parametrize(("code", "kind"), [(5121, "<u1"), (5125, "<u4")])
def test_indices_have_three_kinds(tmp_path, code, kind):
    tree, binary = square()
    order = np.array([0, 1, 2], kind).tobytes()
    tree["accessors"][1] |= {"componentType": code, "count": 3}
    tree["bufferViews"][1]["byteLength"] = len(order)
    assert read(tmp_path, tree, binary[:48] + order).triangles.tolist() == [[0, 1, 2]]


def altered(path, value):
    """Two triangles, of which one thing is another."""
    tree, binary = square()
    at = tree
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return tree, binary


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("accessors", 0, "count"), 5, "end early"),
        (("accessors", 0, "count"), 10**12, "vertices"),
        (("accessors", 0, "count"), -1, "malformed"),
        (("accessors", 0, "byteOffset"), 4, "end early"),
        (("accessors", 0, "componentType"), 5123, "32-bit"),
        (("accessors", 0, "sparse"), {}, "sparse"),
        (("accessors", 1, "componentType"), 5126, "indices"),
        (("accessors", 0, "count"), 3, "not there"),
        (("accessors", 1, "count"), 2, "no triangles"),
        (("bufferViews", 0, "byteLength"), 10**9, "end early"),
        (("bufferViews", 0, "byteStride"), 0, "end early"),
        (("bufferViews", 0, "buffer"), 1, "malformed"),
        (("buffers", 0, "uri"), "http://example.org/a.bin", "outside"),
        (("extensionsUsed",), ["KHR_draco_mesh_compression"], "packed"),
        (("extensionsUsed",), ["EXT_meshopt_compression"], "packed"),
        (("nodes",), [{"mesh": 0, "children": [0]}], "circles"),
        (("nodes",), [{"children": [min(k + 1, 200)], "mesh": 0} for k in range(201)], "circles, or too deep"),
        (("nodes",), [{"mesh": 0}] * 10_001, "nodes"),
        (("nodes",), [{"mesh": 7}], "malformed"),
        (("nodes", 0, "matrix"), [1, 2, 3], "malformed"),
        (("nodes", 0, "scale"), [float("nan"), 1, 1], "no numbers"),
        (("nodes", 0, "translation"), [1e300, 0, 0], "no numbers"),
        (("meshes", 0, "primitives", 0, "mode"), 1, "no triangles"),
        (("meshes", 0, "primitives"), [], "no triangles"),
        (("scenes", 0, "nodes"), [], "no triangles"),
        (("nodes",), "abc", "malformed"),
    ],
)
def test_a_bad_mesh_is_refused_in_one_line(tmp_path, path, value, words):
    with pytest.raises(ISceneError, match=words) as caught:
        read(tmp_path, *altered(path, value))
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda _: b"", "is empty"),
        (lambda _: b"This is no model at all", "no GLB"),
        (lambda data: data[:-10], "cut off"),
        (lambda data: data[:4] + b"\1" + data[5:], "version 1"),
        (lambda data: data[:12] + b"\xff\xff\xff\x7f" + data[16:], "cut off"),
        (lambda data: data.replace(b'{"asset"', b'["asset"'), "malformed"),
        (lambda _: fake_iscene.packed([1], b""), "no GLB"),
        (lambda data: data[:12] + b"\xa0\x86\x01\x00JSON" + b"[" * 100_000, "malformed"),
    ],
)
def test_a_file_that_is_no_glb_is_refused(tmp_path, change, words):
    data = bytearray(change(fake_iscene.packed(*square())))
    if len(data) > 1000:
        data[8:12] = len(data).to_bytes(4, "little")
    (tmp_path / "a.glb").write_bytes(data)
    with pytest.raises(ISceneError, match=words):
        read_glb(tmp_path / "a.glb")


def test_a_file_that_is_too_large_or_gone_is_refused(tmp_path):
    with (tmp_path / "a.glb").open("wb") as file:
        file.truncate(201 << 20)
    with pytest.raises(ISceneError, match="larger than 200 MB"):
        read_glb(tmp_path / "a.glb")
    with pytest.raises(ISceneError, match="cannot be read"):
        read_glb(tmp_path / "b.glb")


def test_points_are_spread_over_the_surface():
    vertices = np.array([[0, 0, 0], [3, 0, 0], [0, 3, 0], [0, 0, 0], [0, 0, 1], [0, 1, 0]], float)
    mesh = Mesh(vertices, np.array([[0, 1, 2], [3, 4, 5], [0, 0, 0]]))
    points = surface_points(mesh, 1000, 1)
    assert points.shape == (1000, 3)
    assert np.count_nonzero(points[:, 2] == 0) == 900
    np.testing.assert_array_equal(points, surface_points(mesh, 1000, 1))
    assert not np.array_equal(points, surface_points(mesh, 1000, 2))
    assert surface_points(Mesh(vertices, np.array([[0, 0, 0]])), 5, 0).tolist() == [[0, 0, 0]] * 5


# its health


def findings(paths, **more):
    found, _ = finished(health.check(**paths, **more))
    assert all(bool(one.remedy) == (one.state != "ok") for one in found)
    assert not any("\n" in one.text + one.remedy for one in found)
    return {one.name: one for one in found}


def stubbed(tmp_path, **card):
    return fake_iscene.install(tmp_path / "i", fake_iscene.stub_python(tmp_path / "stub ü", **card))


def test_a_healthy_installation_in_its_order(tmp_path):
    found = findings(stubbed(tmp_path))
    names = ["System", "Python", "PyTorch", "Compute capability", "Memory", "spconv", "flash_attn or xformers"]
    assert list(found) == [*names, "nvdiffrast", "kaolin", "Repository", "Model", "Base model", "DINOv2", "Disk"]
    assert {one.state for name, one in found.items() if name != "Python"} == {"ok"}  # this Python is newer than theirs


@pytest.mark.parametrize(
    ("card", "part", "state", "words"),
    [
        ({"cuda": False}, "PyTorch", "missing", "finds no NVIDIA card"),
        ({"without": ["torch"]}, "PyTorch", "missing", "no torch here"),
        ({"capability": (12, 0)}, "Compute capability", "missing", "sm_120"),
        ({"capability": (12, 0), "built": ("sm_90", "compute_90")}, "Compute capability", "ok", "12.0"),
        ({"memory": 12}, "Memory", "missing", "12 GB"),
        ({"memory": 16}, "Memory", "warning", "16 GB"),
        ({"without": ["kaolin"]}, "kaolin", "missing", "no kaolin here"),
        ({"without": ["flash_attn"]}, "flash_attn or xformers", "ok", "xformers"),
        ({"without": ["flash_attn", "xformers"]}, "flash_attn or xformers", "missing", "no flash_attn"),
    ],
)
def test_what_the_environment_lacks_is_found(tmp_path, card, part, state, words):
    finding = findings(stubbed(tmp_path, **card))[part]
    assert finding.state == state
    assert words in finding.text


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("sleep 60", "took longer than 0.5 seconds"),
        ("echo hello", "no Python that answers: hello"),
        ('echo "[1]" > "$3"', "no Python that answers"),
        (
            """echo '{"python": "3.10.1", "torch": {"capability": 1}, "packages": {}}' > "$3" """,
            "no Python that answers",
        ),
        ('head -c 2000000 /dev/zero > "$3"; sleep 1', "wrote more than 1 MB"),
    ],
    ids=["hangs", "says nothing", "a list", "another form", "too much"],
)
def test_a_python_that_is_none_is_a_finding(tmp_path, script, words):
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    found = findings(fake_iscene.install(tmp_path / "i", path), seconds=0.5 if "sleep" in script else 20)
    assert found["Python"].state == found["PyTorch"].state == found["kaolin"].state == "missing"
    assert words in found["Python"].text
    assert found["Repository"].state == "ok"


def test_folders_are_looked_at(tmp_path, monkeypatch):
    paths = fake_iscene.install(tmp_path / "i", tmp_path / "no-python")
    base, model, hub = (Path(paths[name]) for name in ("base_model", "model", "hub_cache"))
    (base / f"{fake_iscene.CHECKPOINTS[1]}.safetensors").unlink()
    next((hub / "hub" / "checkpoints").iterdir()).unlink()
    (model / "ss.pt").unlink()
    found = findings(paths)
    assert "no Python" in found["Python"].text.replace("There is ", "")
    assert "slat_flow.safetensors" in found["Base model"].text
    assert "dinov2_vitl14_reg" in found["DINOv2"].text
    assert "ss.pt" in found["Model"].text
    config = model / "iscene_config.json"
    (tmp_path / "secret.pt").write_text("")
    config.write_text(config.read_text().replace("ss.pt", "../../secret.pt"))
    assert findings(paths)["Model"].state == "missing"
    config.write_text('{"config_file": "iscene.yaml"}')
    assert "lacks base_model_id" in findings(paths)["Model"].text
    config.write_text("[" * 100_000)
    (base / "pipeline.json").write_text("{}")
    found = findings(paths)
    assert (found["Model"].state, found["Base model"].state) == ("missing", "missing")
    monkeypatch.setattr(health.sys, "platform", "win32")
    found = findings(dict.fromkeys(paths, ""))
    assert found["System"].state == found["Repository"].state == found["Model"].state == "missing"
    assert found["Base model"].state == "warning"
    assert "Linux only" in found["System"].text


def test_little_room_on_the_disk_is_found(monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1 << 30})())
    found = findings(dict.fromkeys(("python", "repository", "model"), ""))
    assert found["Disk"].state == "missing"
