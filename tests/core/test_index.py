"""A folder laid out as 3D-FUTURE-model becomes a catalogue; what is broken is listed; an interrupted run goes on."""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from loading import load

from instructscene_core.catalogue.entries import Catalogue, CatalogueEntry
from instructscene_core.catalogue.future_classes import classes_of, nearest_classes
from instructscene_core.catalogue.indexing import index_models
from instructscene_core.catalogue.obj_file import ObjMesh, read_obj
from instructscene_core.catalogue.retrieval import choose
from instructscene_core.catalogue.solid_parts import solid_parts
from instructscene_core.commands.main import main
from instructscene_core.errors import InvalidInputError
from instructscene_core.generator import Generator
from instructscene_core.model_files import texture_of
from instructscene_core.scene import Request

ROOT = Path(__file__).resolve().parents[2]


future = load(ROOT / "tests" / "future_folder.py")


def index(folder, out):
    return index_models(folder, out, lambda *_: None)


@pytest.fixture(scope="module")
def sixty(tmp_path_factory):
    """Sixty models, two of them broken, indexed by the command line, and their specifications."""
    folder = tmp_path_factory.mktemp("future")
    specs = future.make_future_folder(folder / "models", 60)
    assert main(["catalogue", "index", str(folder / "models"), "--out", str(folder / "catalogue")]) == 0
    return folder, specs


@pytest.fixture
def few(tmp_path):
    """Four models."""
    return tmp_path / "models", future.make_future_folder(tmp_path / "models", 4, broken=0)


def test_sixty_models_two_broken(sixty):
    folder, specs = sixty
    *good, no_texture, cut_off = specs
    catalogue = Catalogue.open(folder / "catalogue")
    assert [entry.id for entry in catalogue.entries] == [f"3d-future/{name}" for name in good]
    skipped = (folder / "catalogue" / "skipped.txt").read_text().splitlines()
    assert [line.split("\t")[0] for line in skipped] == [no_texture, cut_off]
    assert skipped[0].endswith("texture.png is missing")
    assert skipped[1].endswith("raw_model.obj has no faces")

    features = future.starter_features()
    for entry, name in zip(catalogue.entries, good, strict=True):
        spec = specs[name]
        assert entry.size == pytest.approx(spec.size, abs=1e-4)
        assert (entry.class_in("bedroom"), entry.mount) == (spec.category, spec.mount)
        assert entry.feature == pytest.approx(features[spec.id], abs=1e-6)
        assert entry.codes is None
        assert spec.palette.style in entry.caption
    assert catalogue.ranking == "look"
    assert {specs[name].category for name in good} == {e.class_in("bedroom") for e in catalogue.entries}


def test_classes_differ_between_rooms():
    assert classes_of("Lounge Chair / Cafe Chair / Office Chair") == {
        "bedroom": "chair",
        "livingroom": "lounge_chair",
        "diningroom": "lounge_chair",
    }
    assert classes_of("king-size bed") == {"bedroom": "double_bed"}
    assert classes_of("Barstool") == {"livingroom": "stool", "diningroom": "stool"}
    assert classes_of("Rug") == {}
    stool, bar = (
        CatalogueEntry(name, "stool", (1, 1, 1), rooms=classes_of(category))
        for name, category in (("stool", "Footstool / Sofastool / Bed End Stool / Stool"), ("bar", "Barstool"))
    )
    catalogue = Catalogue([bar, stool])
    assert catalogue.of_class("stool", "bedroom") == [stool]
    assert catalogue.of_class("stool", "diningroom") == [bar, stool]
    assert choose(catalogue, "stool", (1, 1, 1), room_type="bedroom") is stool


def test_only_what_changed_is_read_again(few, tmp_path):
    folder, specs = few
    out, names = tmp_path / "out", list(specs)
    assert index(folder, out).reread == 4
    first = (out / "catalogue.json").read_bytes()
    assert index(folder, out).reread == 0
    assert (out / "catalogue.json").read_bytes() == first
    with (folder / names[1] / "raw_model.obj").open("a") as file:
        file.write("v 0 9 0\nf -1 -2 -3\n")
    shutil.rmtree(folder / names[2])
    again = index(folder, out)
    assert (again.reread, len(again.models)) == (2, 3)
    assert Catalogue.open(out).get(f"3d-future/{names[1]}").size[2] == pytest.approx(9)


def test_a_killed_run_goes_on_and_shows_nothing_half(sixty, tmp_path):
    folder, out = sixty[0] / "models", tmp_path / "out"
    memory = out / "models.jsonl"
    words = [sys.executable, "-m", "instructscene_core", "catalogue", "index", str(folder), "--out", str(out)]
    process = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not (memory.exists() and memory.read_bytes().count(b"\n") >= 3) and time.monotonic() < end:
        time.sleep(0.005)
    process.kill()
    process.wait()
    known = memory.read_text().count("\n")
    assert 3 <= known < 60
    assert [path.name for path in out.iterdir()] == ["models.jsonl"]

    memory.write_text(memory.read_text() + '{"version": 1, "id": "')  # a line that was being written
    assert index(folder, out).reread == 60 - known
    assert (out / "catalogue.json").read_bytes() == (sixty[0] / "catalogue" / "catalogue.json").read_bytes()
    assert index(folder, out).reread == 0


def test_a_failing_run_leaves_the_catalogue_that_was_there(few, tmp_path):
    folder, specs = few
    out = tmp_path / "out"
    index(folder, out)
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.name != "models.jsonl"}
    for name in specs:
        (folder / name / "texture.png").unlink()
    with pytest.raises(InvalidInputError, match=r"texture\.png is missing"):
        index(folder, out)
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.name != "models.jsonl"} == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "holds no models"),
        ("{", "cannot be read"),
        ("{}", "is no list"),
        ("[]", "is no list"),
        ("[3]", "entry 0: model_id"),
        ('[{"model_id": "../../etc"}]', "entry 0: model_id"),
        ('[{"model_id": "a", "category": "Mirror"}]', "no model that can be used"),
        ('[{"model_id": "a", "category": "Desk"}]', "texture.png is missing"),
    ],
)
def test_folders_that_are_none_are_refused_in_one_line(tmp_path, capsys, text, words):
    if text is not None:
        (tmp_path / "model_info.json").write_text(text)
    assert main(["catalogue", "index", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    captured = capsys.readouterr()
    assert words in captured.err.splitlines()[-1]
    assert captured.out == ""
    assert not (tmp_path / "out" / "catalogue.json").exists()


BROKEN = [
    ("", "is empty"),
    ("v 0 0 0\nv 1 0 0\nv 0 1", "no three numbers"),
    ("v 0 0 0\nv 1 nan 0\nv 0 1 0\nf 1 2 3", "not finite"),
    ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 4", "does not hold"),
    ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2", "three corners"),
    ("v 0 0 0\nv 1 0 0\nv 0 1 0\n", "no faces"),
    ("\x7fELF\x00\x01", "no vertices"),
    ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf -4 -2 -1\nv 1 1 1\nf 2 3 4", "does not hold"),
]


@pytest.mark.parametrize(("text", "words"), BROKEN)
def test_broken_meshes_are_named(tmp_path, text, words):
    (tmp_path / "m.obj").write_text(text)
    with pytest.raises(InvalidInputError, match=words):
        read_obj(tmp_path / "m.obj")


def test_all_forms_of_faces_are_read(tmp_path):
    (tmp_path / "m.obj").write_text("v 0 0 0 1 0 0\r\nv\t1 0 0\r\nv 1 1 0\nv 0 1 0\nf 1//2 2/3/3 -2 4\nf 1 2 3\n")
    mesh = read_obj(tmp_path / "m.obj")
    assert mesh.triangles.tolist() == [[0, 1, 2], [0, 2, 3], [0, 1, 2]]
    assert mesh.vertices.tolist() == [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]


CUBE = [f"v {x} {y} {z}" for x in (0, 1) for y in (0, 1) for z in (0, 1)]
SIDES = ((1, 3, 4, 2), (5, 6, 8, 7), (1, 2, 6, 5), (3, 7, 8, 4), (1, 5, 7, 3), (2, 4, 8, 6))


def absolute(before=""):
    return [f"{before}f {' '.join(map(str, side))}" for side in SIDES]


@pytest.mark.parametrize(
    "lines",
    [
        [*(f"  \t{line}" for line in CUBE), *absolute("  ")],
        [*CUBE, *(f"{line} # a side" for line in absolute())],
        ["# by hand", *CUBE, "", *(line.replace(" ", " \\\n   ", 2) for line in absolute())],
        [*CUBE[:4], "f -4 -2 -1 -3", *CUBE[4:], *(line for line in absolute()[1:])],
        [*CUBE, *(f"f {' '.join(str(k - 9) for k in side)}" for side in SIDES), "v 9 9 9"],
        ["\ufeff" + CUBE[0], *CUBE[1:], *absolute()],
        [*CUBE, "l 1 2 3", *absolute(), "p 1"],
    ],
    ids=["indented", "comments", "continued", "relative in its midst", "relative", "byte order mark", "lines"],
)
def test_meshes_are_read_as_other_exporters_write_them(tmp_path, lines):
    (tmp_path / "m.obj").write_text("\n".join(lines), encoding="utf-8")
    mesh = read_obj(tmp_path / "m.obj")
    expected = [tri for a, b, c, d in SIDES for tri in ([a - 1, b - 1, c - 1], [a - 1, c - 1, d - 1])]
    assert mesh.triangles.tolist() == expected
    assert mesh.vertices[:8].tolist() == [[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("map_Kd wood.jpg", "wood.jpg"),
        ("  map_Kd -s 1 1 1 wood.jpg", "wood.jpg"),
        ("map_Kd C:\\Users\\me\\wood.jpg", "wood.jpg"),
        ("map_Kd /home/me/wood.jpg", "wood.jpg"),
        ("map_Kd dark wood.png\nmap_Kd wood.jpg", "dark wood.png"),
        ("map_Kd ../outside.png", "texture.png"),
        ("map_Kd missing.png", "texture.png"),
    ],
)
def test_the_texture_that_a_material_names_is_found(tmp_path, line, found):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "outside.png").touch()
    for name in ("wood.jpg", "dark wood.png"):
        (folder / name).touch()
    (folder / "model.mtl").write_text(f"newmtl m\n{line}\n")
    assert texture_of(folder) == folder / found


def test_one_bad_entry_spoils_no_other(few, tmp_path):
    folder, specs = few
    rows = json.loads((folder / "model_info.json").read_text())
    moved = rows[0] | {"model_id": "椅子 01"}
    (folder / rows[0]["model_id"]).rename(folder / "椅子 01")
    bad = [3, {"model_id": "../../etc", "category": "Desk"}, {"category": "Desk"}, {"model_id": 7}, {"model_id": ""}]
    (folder / "model_info.json").write_text(json.dumps([*bad, moved, *rows[1:]]))
    found = index(folder, tmp_path / "out")
    assert len(found.models) == len(specs)
    assert Catalogue.open(tmp_path / "out").get("3d-future/椅子 01") is not None
    assert [name for name, _, _ in found.skipped] == [f"entry {k}" for k in range(len(bad))]


@pytest.mark.parametrize(
    ("category", "bedroom", "living"),
    [
        ("Two-seat Sofa", "sofa", "loveseat_sofa"),
        ("Three-Seat / Multi-person sofa", "sofa", "multi_seat_sofa"),
        ("Bunk Bed", "kids_bed", None),
        ("Bed Frame", "double_bed", None),
        ("Lounge Chair / Book-chair / Computer Chair", "chair", "lounge_chair"),
        ("Sideboard / Side Cabinet / Console", "cabinet", "console_table"),
        ("Floor Lamp", "floor_lamp", "floor_lamp"),
        ("TV Cabinet", "tv_stand", "tv_stand"),
        ("Mirror", None, None),
        ("", None, None),
    ],
)
def test_categories_as_they_vary_are_the_nearest_class(category, bedroom, living):
    found = nearest_classes(category)
    assert (found.get("bedroom"), found.get("livingroom")) == (bedroom, living)


def test_a_model_without_a_category_is_listed(few, tmp_path):
    folder, specs = few
    rows = json.loads((folder / "model_info.json").read_text())
    (folder / "model_info.json").write_text(json.dumps([rows[0] | {"category": None}, *rows[1:]]))
    found = index(folder, tmp_path / "out")
    assert len(found.models) == len(specs) - 1
    assert f"{rows[0]['model_id']}\t\tno room has this category" in (tmp_path / "out" / "skipped.txt").read_text()


def test_a_floor_lamp_of_a_folder_finishes_rooms(few, tmp_path):
    folder, _ = few
    rows = json.loads((folder / "model_info.json").read_text())
    rows[0]["category"] = "Floor Lamp"
    (folder / "model_info.json").write_text("\ufeff" + json.dumps(rows), encoding="utf-8")
    index(folder, tmp_path / "out")
    (lamp,) = Catalogue.open(tmp_path / "out").of_class("floor_lamp", "bedroom")
    assert lamp.id == f"3d-future/{rows[0]['model_id']}"


def flat(folder):
    (folder / "raw_model.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")


def huge(folder):
    (folder / "raw_model.obj").write_text("v 0 0 0\nv 100 0 0\nv 0 100 50\nf 1 2 3\n")


def cut_texture(folder):
    data = (folder / "texture.png").read_bytes()
    (folder / "texture.png").write_bytes(data[: len(data) // 2])


def odd_feature(folder):
    np.save(folder / "openshape_pointbert_vitg14.npy", np.full(1280, np.nan, dtype=np.float32))


def zipped_feature(folder):
    (folder / "openshape_pointbert_vitg14.npy").write_bytes(b"PK\x03\x04 and no more")


def large_texture(folder):
    with (folder / "texture.png").open("r+b") as file:
        file.truncate((128 << 20) + 1)


def pickled_feature(folder):
    np.save(folder / "openshape_pointbert_vitg14.npy", np.array([{}], dtype=object))


@pytest.mark.parametrize(
    ("damage", "words", "indexed"),
    [
        (shutil.rmtree, "texture.png is missing", 3),
        (flat, "is flat: 1 x 1 x 0", 3),
        (huge, "too large for furniture in metres", 3),
        (cut_texture, "texture.png is cut off", 3),
        (odd_feature, "holds no direction; indexed without feature", 4),
        (large_texture, "texture.png is too large", 3),
        (pickled_feature, "cannot be read; indexed without feature", 4),
        (zipped_feature, "cannot be read; indexed without feature", 4),
        (lambda folder: (folder / "openshape_pointbert_vitg14.npy").unlink(), "", 4),
    ],
)
def test_what_is_broken_is_listed_with_its_reason(few, tmp_path, damage, words, indexed):
    folder, specs = few
    names = list(specs)
    damage(folder / names[1])
    index(folder, tmp_path / "out")
    catalogue = Catalogue.open(tmp_path / "out")
    lines = (tmp_path / "out" / "skipped.txt").read_text().splitlines()
    assert len(catalogue.entries) == indexed
    assert [line.split("\t")[0] for line in lines] == ([names[1]] if words else [])
    assert all(words in line for line in lines)
    features = {entry.id: entry.feature for entry in catalogue.entries}
    assert features.pop(f"3d-future/{names[1]}", None) is None
    assert all(feature is not None for feature in features.values())


def boxes_mesh(*boxes):
    """A mesh of boxes given as (low, high)."""
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=float)
    faces = [(0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1), (2, 3, 7), (2, 7, 6)]
    faces = np.array([*faces, (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3)])
    points = [np.array(low) + corners * (np.array(high) - np.array(low)) for low, high in boxes]
    return ObjMesh(np.concatenate(points), np.concatenate([faces + 8 * k for k in range(len(boxes))]))


def inside(parts, point):
    return any(all(abs(p - c) <= e / 2 for p, c, e in zip(point, part[:3], part[3:], strict=True)) for part in parts)


def test_a_chair_fits_under_a_table_and_a_wardrobe_is_solid():
    legs = [((x, y, 0), (x + 0.05, y + 0.05, 0.7)) for x in (0, 1.15) for y in (0, 0.75)]
    table = solid_parts(boxes_mesh(((0, 0, 0.7), (1.2, 0.8, 0.75)), *legs))
    assert not inside(table, (0, 0, 0))
    assert not inside(table, (0.3, -0.4, -0.3))
    assert inside(table, (0.3, 0.2, 0.48))
    assert all(inside(table, (x, y, -0.2)) for x in (-0.49, 0.49) for y in (-0.49, 0.49))
    assert sum(w * d * h for *_, w, d, h in table) < 0.2
    assert solid_parts(boxes_mesh(((0, 0, 0), (1, 0.6, 2)))) == ((0, 0, 0, 1, 1, 1),)


def unit(*values):
    vector = np.array(values, dtype=np.float32)
    return vector / np.linalg.norm(vector)


def test_the_look_decides_and_size_breaks_ties():
    entries = [
        CatalogueEntry("small", "chair", (0.5, 0.5, 0.5), feature=unit(1, 0)),
        CatalogueEntry("large", "chair", (0.9, 0.9, 0.9), feature=unit(1, 0)),
        CatalogueEntry("blue", "chair", (0.6, 0.6, 0.6), feature=unit(1, 0.1)),
        CatalogueEntry("plain", "chair", (0.7, 0.7, 0.7)),
    ]
    catalogue = Catalogue(entries, "look")

    def chosen(size, feature):
        return choose(catalogue, "chair", (size, size, size), feature).id

    assert chosen(0.85, unit(1, 0)) == "large"
    assert chosen(0.55, unit(1, 0)) == "small"
    assert chosen(0.5, unit(1, 0.2)) == "blue"  # whatever its size
    assert chosen(0.7, -unit(1, 0)) == "blue"  # the least unlike; what has no feature comes last
    assert chosen(0.7, np.ones(3, dtype=np.float32)) == "plain"  # features of another kind: by size
    assert chosen(0.62, None) == "blue"


def test_rooms_are_furnished_from_it(sixty, tiny_generator):
    catalogue = Catalogue.open(sixty[0] / "catalogue")
    generator = Generator(tiny_generator.models, catalogue, tiny_generator.encoder)
    request = Request.from_json({"text": "A nightstand left of a double bed.", "variations": 2})
    for scene in generator.run([request], tries=1)[0]:
        assert scene.objects
        for item in scene.objects:
            assert catalogue.get(item.asset).class_in("bedroom") == item.category


def test_with_features_of_the_models_own_kind_rooms_are_furnished_by_look(sixty, tiny_generator):
    wide = Catalogue.open(sixty[0] / "catalogue").entries
    entries = [replace(e, feature=e.feature[:384] / np.linalg.norm(e.feature[:384])) for e in wide]
    generator = Generator(tiny_generator.models, Catalogue(entries, "look"), tiny_generator.encoder)
    (scene,) = generator.run([Request.from_json({"text": "A bedroom.", "room": "bedroom", "add": 10})], tries=1)[0]
    vqvae = tiny_generator.models["bedroom"].networks.vqvae
    assert len(scene.objects) == 10
    for item in scene.objects:
        with torch.inference_mode():
            wanted = vqvae.decode(torch.tensor(item.codes)).numpy()
        alike = {e.id: float(e.feature @ wanted) for e in entries if e.category == item.category}
        assert item.asset == max(alike, key=alike.get)


def test_codes_come_from_a_model_that_takes_such_features(few, tmp_path, tiny_folder, capsys):
    folder, specs = few
    words = ["catalogue", "index", str(folder), "--out", str(tmp_path / "out"), "--model", str(tiny_folder)]
    assert main(words) == 2
    assert "takes features of 384 numbers, not 1280" in capsys.readouterr().err
    for name in specs:
        path = folder / name / "openshape_pointbert_vitg14.npy"
        np.save(path, np.load(path)[:384])
    assert main(words) == 0
    assert all(len(entry.codes) == 4 for entry in Catalogue.open(tmp_path / "out").entries)
