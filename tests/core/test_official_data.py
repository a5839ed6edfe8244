"""The official layout: written, read back, and refused where it is malformed or would run code."""

import json
import os
import pickle
import shutil
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from instructscene_core.commands.main import main
from instructscene_core.datasets.official import official_rooms, read_room, room_set, split_names
from instructscene_core.datasets.official_models import catalogue_of, official_models
from instructscene_core.datasets.sample import widened
from instructscene_core.datasets.sources import load_rooms
from instructscene_core.errors import InvalidInputError
from instructscene_core.files.arrays import read_array
from instructscene_core.files.pickles import Record, read_pickle
from instructscene_core.vocabulary import CLASSES

pytestmark = pytest.mark.usefixtures("room_cache")
ROOMS = 24


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "sample"
    assert main(["data", "write-sample", "--rooms", str(ROOMS), "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def copy(sample, tmp_path):
    return shutil.copytree(sample, tmp_path / "copy")


def first_room(folder):
    rooms = folder / "threed_front_bedroom"
    return rooms / split_names(folder, "bedroom", "test")[0]


def test_what_was_written_is_read_back(sample):
    found = {split: load_rooms(f"official:{sample}", "bedroom", split) for split in ("train", "test")}
    assert (found["train"].n, found["test"].n) == (18, 6)
    starter = load_rooms(f"starter:{ROOMS}", "bedroom", "train")
    wide = widened(starter.features)
    for rooms in found.values():
        assert list(rooms.ids) == sorted(rooms.ids)
        rows = [int(name.rsplit("-", 1)[1]) for name in rooms.ids]  # of the starter's rooms
        for name in ("objs", "boxes", "relations", "codes"):
            assert (getattr(rooms, name) == getattr(starter, name)[rows]).all(), name
        assert rooms.described == tuple(starter.described[row] for row in rows)
        assert rooms.captions == tuple(starter.captions[row] for row in rows)
        real = rooms.objs < len(CLASSES["bedroom"])
        assert (rooms.features[rooms.feature_rows[real]] == wide[starter.feature_rows[rows][real]]).all()
        assert (rooms.feature_rows[~real] == -1).all()

    train = found["train"].boxes[found["train"].objs < len(CLASSES["bedroom"])]
    for rooms in found.values():
        assert np.array([train.min(axis=0), train.max(axis=0)])[:, :6] == pytest.approx(
            np.concatenate([rooms.bounds.translations, rooms.bounds.sizes], axis=1), abs=1e-6
        )


def test_features_keep_their_angles():
    features = np.random.default_rng(0).standard_normal((5, 384)).astype(np.float32)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    assert np.abs(widened(features) @ widened(features).T - features @ features.T).max() < 1e-6


def test_relations_and_descriptions_are_made_where_they_are_missing(sample, copy):
    for path in copy.rglob("*"):
        if path.name in ("relations.npy", "descriptions.pkl"):
            path.unlink()
    whole, bare = (official_rooms(folder, "bedroom", "test") for folder in (sample, copy))
    assert (whole.relations == bare.relations).all()
    assert whole.described == bare.described


def test_a_stored_relation_counts_more_than_the_boxes(copy):
    folder = first_room(copy)
    rows = np.load(folder / "relations.npy")
    rows[0, 1] = (rows[0, 1] + 1) % 10
    np.save(folder / "relations.npy", rows)
    rooms = official_rooms(copy, "bedroom", "test")
    assert rooms.relations[0, rows[0, 0], rows[0, 2]] == rows[0, 1]
    assert rooms.relations[0, rows[0, 2], rows[0, 0]] == (rows[0, 1] + 5) % 10


def test_rooms_without_captions_codes_or_features(copy):
    for path in copy.rglob("*"):
        if path.name in ("models_info.pkl", "openshape_pointbert_vitg14.npy"):
            path.unlink()
    rooms = official_rooms(copy, "bedroom", "train")
    assert set(rooms.captions) == {None}
    assert rooms.codes is rooms.features is rooms.feature_rows is None


@pytest.mark.parametrize("place", ["", "threed_front_bedroom", "../configs", "../../configs"])
def test_splits_are_found_where_people_keep_them(sample, tmp_path, place):
    folder = shutil.copytree(sample, tmp_path / "dataset" / "InstructScene")
    name = "bedroom_threed_front_splits.csv"
    (folder / place).mkdir(exist_ok=True)
    (folder / "configs" / name).rename(folder / place / name)
    assert split_names(folder, "bedroom", "test") == split_names(sample, "bedroom", "test")


# Retrieval's furniture ------------------------------------------------------------------------------------------------


def test_the_furniture_is_that_of_the_rooms(sample):
    models = official_models(sample, "bedroom")
    rooms = [read_room(path, "bedroom") for path in (sample / "threed_front_bedroom").iterdir() if path.is_dir()]
    assert {m.jid for m in models} == {jid for room in rooms for jid in room.jids}
    by_jid = {model.jid: model for model in models}
    for room in rooms:
        for jid, number, feature in zip(room.jids, room.class_ids, room.features, strict=True):
            assert by_jid[jid].label == CLASSES["bedroom"][number]
            assert (by_jid[jid].feature == feature).all()
    catalogue = catalogue_of(models)
    assert (len(catalogue.entries), catalogue.ranking) == (len(models), "look")
    entry = catalogue.get(f"3d-future/{models[0].jid}")
    assert entry.size == pytest.approx([2 * models[0].half[k] for k in (0, 2, 1)])


def test_the_pickle_is_one_that_the_official_classes_load(sample, monkeypatch):
    """Stand-ins for the official modules, as whoever has that code has them; the names are those of its files."""
    for name in ("src", "src.data", "src.data.threed_future_dataset", "src.data.threed_front_scene"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    for module, kinds in (
        ("src.data.threed_future_dataset", ["ThreedFutureDataset"]),
        ("src.data.threed_front_scene", ["ThreedFutureModel", "Asset"]),
    ):
        for kind in kinds:
            setattr(sys.modules[module], kind, type(kind, (), {"__module__": module}))
    with (sample / "threed_future_model_bedroom.pkl").open("rb") as file:
        dataset = pickle.load(file)  # noqa: S301 - our own file
    assert type(dataset).__name__ == "ThreedFutureDataset"
    model = dataset.objects[0]
    assert {"model_uid", "model_jid", "position", "rotation", "scale", "path_to_models", "_label"} <= set(vars(model))
    assert set(vars(model.model_info)) == {"super_category", "category", "style", "theme", "material"}
    assert model.openshape_vitg14_features.shape == (1280,)


def without_cache(folder, *names):
    """Writes the furniture anew without some of the attributes that the file caches."""
    path = folder / "threed_future_model_bedroom.pkl"
    records = {
        ("src.data.threed_future_dataset", "ThreedFutureDataset"): Record,
        ("src.data.threed_front_scene", "ThreedFutureModel"): Record,
        ("src.data.threed_front_scene", "Asset"): Record,
    }
    models = read_pickle(path, records).objects
    for model in models:
        for name in names:
            delattr(model, name)
    return models, path


def rewrite(path, models):
    """The file with the given states, by the names of the official classes."""
    from instructscene_core.datasets import official_writer as writer

    dataset = writer.ThreedFutureDataset(objects=[writer.ThreedFutureModel(**vars(m)) for m in models])
    for model in dataset.objects:
        model.model_info = writer.Asset()
    path.write_bytes(writer.pickled(dataset))


def test_sizes_and_features_come_from_meshes_or_rooms_where_they_are_not_cached(sample, copy):
    whole = {m.jid: m for m in official_models(sample, "bedroom")}
    models, path = without_cache(copy, "size", "openshape_vitg14_features")
    rewrite(path, models)
    for model in official_models(copy, "bedroom"):  # from the rooms
        assert (model.feature == whole[model.jid].feature).all()
    meshes = copy.parent / "3D-FRONT" / "3D-FUTURE-model"
    half = np.array([0.5, 0.25, 1.5])
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * half
    for model in models:
        (meshes / model.model_jid).mkdir(parents=True)
        np.save(meshes / model.model_jid / "bbox_vertices.npy", corners)
    for model, record in zip(official_models(copy, "bedroom"), models, strict=True):
        assert model.half == pytest.approx(half * record.scale)
    shutil.rmtree(meshes)
    for info in copy.rglob("models_info.pkl"):
        info.unlink()
    with pytest.raises(InvalidInputError, match="size of the model"):
        official_models(copy, "bedroom")


@pytest.mark.parametrize(
    "change",
    [{"model_jid": "../../x"}, {"model_jid": ".."}, {"_label": "dragon"}, {"size": [1, 0, 1]}, {"size": ["a"]},
     {"openshape_vitg14_features": np.zeros(3)}],
)  # fmt: skip
def test_a_malformed_model_is_one_line(copy, change):
    models, path = without_cache(copy, "size", "openshape_vitg14_features")
    vars(models[1]).update(change)
    rewrite(path, models)
    with pytest.raises(InvalidInputError, match=r"threed_future_model_bedroom\.pkl: model 1 is malformed"):
        official_models(copy, "bedroom")


# What is refused ------------------------------------------------------------------------------------------------------


class RunsCode:
    def __init__(self, trap):
        self.trap = trap

    def __reduce__(self):
        return os.mkdir, (str(self.trap),)


@pytest.mark.parametrize("name", ["models_info.pkl", "descriptions.pkl", "threed_future_model_bedroom.pkl"])
@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_that_would_run_code_is_refused_and_does_not_run(copy, tmp_path, name, protocol):
    trap = tmp_path / "trap"
    path = copy / name if "future" in name else first_room(copy) / name
    path.write_bytes(pickle.dumps([RunsCode(trap)], protocol))
    with pytest.raises(InvalidInputError, match=f"{name}.*nothing in it was run"):
        official_models(copy, "bedroom") if "future" in name else read_room(path.parent, "bedroom")
    assert not trap.exists()


@pytest.mark.parametrize(
    "value",
    [
        np.array([1, "x"], dtype=object),
        np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]),
        np.datetime64("2024-01-01"),
        Path("a"),
        len,
        type,
    ],
)
def test_pickles_hold_plain_values_only(tmp_path, value):
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(value))
    with pytest.raises(InvalidInputError, match=r"a\.pkl"):
        read_pickle(tmp_path / "a.pkl")


class Calls:
    """Makes a pickle call something that pickles may name."""

    def __init__(self, *arguments):
        self.arguments = arguments

    def __reduce__(self):
        return np.ndarray, self.arguments


@pytest.mark.parametrize("arguments", [((1,), "O", b"\0" * 8), ((1,), "i8", b"\0" * 8), ((1 << 33,), "i1")])
def test_pickles_make_no_arrays_of_pointers_or_without_contents(tmp_path, arguments):
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(Calls(*arguments)))
    with pytest.raises(InvalidInputError, match=r"a\.pkl.*nothing in it was run"):
        read_pickle(tmp_path / "a.pkl")


@pytest.mark.parametrize("protocol", range(6))
def test_plain_values_and_arrays_survive(tmp_path, protocol):
    values = {
        "numbers": [1, -2.5, 3j, True, None, "text", b"\xff", {1, 2}],
        "arrays": [
            np.arange(6.0).reshape(2, 3),
            np.asfortranarray(np.ones((2, 3), np.float32)),
            np.arange(3, dtype=">i4"),
            np.array(["ab", "c"]),
            np.zeros((0, 3), bool),
        ],
        "scalars": [np.float32(3.5), np.int64(-1)],
    }
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(values, protocol))
    found = read_pickle(tmp_path / "a.pkl")
    assert found["numbers"] == values["numbers"]
    assert found["scalars"] == values["scalars"]
    for mine, theirs in zip(found["arrays"], values["arrays"], strict=True):
        assert (np.asarray(mine) == theirs).all()
        assert (mine.dtype.kind, mine.itemsize, mine.shape) == (theirs.dtype.kind, theirs.itemsize, theirs.shape)


def test_damaged_pickles_are_one_clear_error(tmp_path):
    path = tmp_path / "a.pkl"
    whole = pickle.dumps({"a": np.arange(5), "b": ["x", 1.5]})
    random = np.random.default_rng(0)
    refused = 0
    for _ in range(300):
        raw = bytearray(whole)
        raw[random.integers(len(raw))] = random.integers(256)
        path.write_bytes(raw[: random.integers(1, len(raw) + 1)])
        try:
            read_pickle(path)
        except InvalidInputError:
            refused += 1
    assert refused > 200


HEADER = "{{'descr': {}, 'fortran_order': False, 'shape': {}}}"


@pytest.mark.parametrize(
    "header",
    [
        HEADER.format("'<f4'", f"({10**30},)"),
        HEADER.format("'<f4'", "(10000000000000,)"),
        HEADER.format("'<f4'", "(True,)"),
        HEADER.format("()", "(4,)"),
        HEADER.format("'|O'", "(4,)"),
        "{'descr': 1, 2: 3, 'shape': 1}",
        "{[]: 1}",
        "-" * 9000 + "1",
        "[" * 90,
        None,
    ],
)
def test_odd_arrays_are_one_clear_error(tmp_path, header):
    path = tmp_path / "a.npy"
    if header is None:
        np.savez(tmp_path / "a.npz", a=np.zeros(3))
        (tmp_path / "a.npz").rename(path)
    else:
        path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + b"\0" * 64)
    with pytest.raises(InvalidInputError, match=r"a\.npy is damaged") as refused:
        read_array(path)
    assert "\n" not in str(refused.value)


def changed(path, **arrays):
    with np.load(path) as stored:
        found = dict(stored)
    np.savez(path, **{**found, **{name: change(found[name]) for name, change in arrays.items()}})


def infos(folder, change):
    rows = read_pickle(folder / "models_info.pkl")
    change(rows)
    (folder / "models_info.pkl").write_bytes(pickle.dumps(rows))


DAMAGE = {
    "boxes.npz is missing": lambda f: (f / "boxes.npz").unlink(),
    "boxes.npz is damaged": lambda f: (f / "boxes.npz").write_bytes((f / "boxes.npz").read_bytes()[:500]),
    "boxes.npz is damaged .": lambda f: (f / "boxes.npz").write_bytes(b"PK\x03\x04"),
    "boxes.npz: translations": lambda f: changed(f / "boxes.npz", translations=lambda a: a * np.nan),
    "boxes.npz: sizes is": lambda f: changed(f / "boxes.npz", sizes=lambda a: a[:-1]),
    "boxes.npz: sizes must be positive": lambda f: changed(f / "boxes.npz", sizes=lambda a: -a),
    "boxes.npz: class_labels is": lambda f: changed(f / "boxes.npz", class_labels=lambda a: a[:, :-1]),
    "boxes.npz: class_labels do": lambda f: changed(f / "boxes.npz", class_labels=lambda a: a * 0),
    "boxes.npz: angles": lambda f: changed(f / "boxes.npz", angles=lambda a: a[:, 0]),
    "boxes.npz: 40 objects": lambda f: changed(
        f / "boxes.npz",
        **dict.fromkeys(("translations", "sizes", "angles", "class_labels"), lambda a: np.tile(a, (40, 1))[:40]),
    ),
    "relations.npy names": lambda f: np.save(f / "relations.npy", [[0, 10, 1]]),
    "relations.npy holds no rows": lambda f: np.save(f / "relations.npy", [[0.5, 1, 1]]),
    "relations.npy relates": lambda f: np.save(f / "relations.npy", [[0, 1, 1], [0, 2, 1]]),
    "relations.npy is damaged .": lambda f: (f / "relations.npy").write_bytes(b"\x93NUMPY\x01\x00\x08\x00{'a': (\n"),
    "relations.npy is damaged": lambda f: np.save(f / "relations.npy", np.array([{}]), allow_pickle=True),
    "descriptions.pkl has no": lambda f: (f / "descriptions.pkl").write_bytes(pickle.dumps({})),
    "descriptions.pkl: obj_class_ids": lambda f: (f / "descriptions.pkl").write_bytes(
        pickle.dumps({"obj_class_ids": [0], "obj_relations": []})
    ),
    "models_info.pkl is no list": lambda f: (f / "models_info.pkl").write_bytes(pickle.dumps([{}] * 99)),
    "objfeat_vq_indices are not": lambda f: infos(f, lambda rows: rows[0].update(objfeat_vq_indices=[1, 2])),
    "objfeat_vq_indices must be": lambda f: infos(f, lambda rows: rows[0].update(objfeat_vq_indices=[1, 2, 3, 64])),
    "other rooms have": lambda f: infos(f, lambda rows: [row.pop("objfeat_vq_indices") for row in rows]),
    "vitg14.npy holds no": lambda f: np.save(f / "openshape_pointbert_vitg14.npy", np.zeros((1, 512), np.float32)),
}


@pytest.mark.parametrize("message", DAMAGE)
def test_every_malformed_room_is_left_out_with_one_line_that_names_the_file(copy, caplog, message):
    folder = first_room(copy)
    sound = set(official_rooms(copy, "bedroom", "test").ids) - {folder.name}
    DAMAGE[message](folder)
    assert set(official_rooms(copy, "bedroom", "test").ids) == sound
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("Left out: ")
    assert message.rstrip(" .") in line
    assert folder.name in line
    assert "\n" not in line


def stats(folder, **changes):
    path = folder / "threed_front_bedroom" / "dataset_stats.txt"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: shutil.rmtree(f / "configs"), "bedroom_threed_front_splits.csv was not found in"),
        (lambda f: shutil.rmtree(f / "threed_front_bedroom"), "has no folder threed_front_bedroom"),
        (lambda f: stats(f, object_types=["sofa"]), "object_types are not the 21"),
        (lambda f: stats(f, object_types=CLASSES["bedroom"][::-1]), "object_types are not the 21"),
        (lambda f: stats(f, object_types=CLASSES["livingroom"]), "object_types are not the 21 of a bedroom"),
        (lambda f: stats(f, bounds_sizes=[1, 2]), "dataset_stats.txt holds no"),
        (lambda f: stats(f, bounds_sizes=[2, 2, 2, 1, 1, 1]), "dataset_stats.txt"),
        (lambda f: (f / "threed_front_bedroom" / "dataset_stats.txt").unlink(), "dataset_stats.txt cannot be read"),
        (lambda f: next(f.glob("configs/*")).write_text("Bedroom-1,exam\n"), '"Bedroom-1,exam" is not a room'),
        (lambda f: next(f.glob("configs/*")).write_text("Bedroom-999,test\n"), "of the split test"),
        (lambda f: next(f.glob("configs/*")).write_bytes(b"\xff\xfe\x00,test\n"), "is not UTF-8 text"),
    ],
)
def test_a_malformed_data_set_is_one_line(copy, change, message):
    change(copy)
    with pytest.raises(InvalidInputError) as refused:
        load_rooms(f"official:{copy}", "bedroom", "test")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("spec", "room", "message"),
    [
        ("elsewhere:1", "bedroom", "There are no rooms named"),
        ("starter", "bedroom", "There are no rooms named"),
        ("starter:0", "bedroom", "does not say how many"),
        ("starter:ten", "bedroom", "does not say how many"),
        ("front:/nowhere", "bedroom", "is no folder"),
        ("official:/nowhere", "bedroom", "is no folder"),
    ],
)
def test_sources_that_there_are_not(spec, room, message):
    with pytest.raises(InvalidInputError, match=message):
        load_rooms(spec, room, "train")


def test_the_sample_is_written_whole_or_not_at_all(tmp_path, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    assert main(["data", "write-sample", "--out", str(tmp_path / "full")]) == 2
    assert main(["data", "write-sample", "--rooms", "3", "--out", str(tmp_path / "new")]) == 2
    assert main(["data", "write-sample", "--out", str(tmp_path / "full" / "file" / "new")]) == 2
    assert [p.name for p in tmp_path.rglob("*")] == ["full", "file"]
    assert capsys.readouterr().err.count("\n") == 3


def test_living_rooms_have_their_own_classes_and_slots(sample):
    room = read_room(first_room(sample), "bedroom")
    assert room_set("bedroom", [room], None).objs.shape == (1, 12)
    assert room_set("livingroom", [room], None).objs.shape == (1, 21)


# 3D-FRONT as JSON lines -----------------------------------------------------------------------------------------------


def front_line(**changes):
    item = {"pos": [1.0, 0.0, 2.0], "size": [1.2, 0.8, 0.6], "yaw_deg": 90.0, "category_id": None}
    items = [
        {**item, "atiss_label": "dining_chair", "desc": "Modern chair with oak legs, featuring a cushion."},
        {**item, "atiss_label": None, "category_id": "e7a0801e-7abd", "desc": "An old lamp."},
        {**item, "atiss_label": "wardrobe", "desc": "This tall wardrobe features two doors."},
        {**item, "atiss_label": "nightstand"},
        {**item, "atiss_label": None, "category_id": "58b818d4", "desc": "L-shaped sofa in gray fabric."},
    ]
    return {"id": "a", "room_id": "LivingDiningRoom-1", "room_type": "livingroom", "objects": items, **changes}


def test_real_rooms_of_every_type(tmp_path):
    lines = [front_line(), front_line(room_id="DiningRoom-2", id="b"), front_line(room_type="bedroom", id="c")]
    for name in ("ssr_rooms_train.jsonl", "ssr_rooms_dev.jsonl"):
        (tmp_path / name).write_text("\n".join(map(json.dumps, lines[: 3 if "train" in name else 1])))
    ids = {room: load_rooms(f"front:{tmp_path}", room, "train").ids for room in CLASSES}
    assert ids == {"bedroom": ("c",), "livingroom": ("a",), "diningroom": ("a", "b")}
    living = load_rooms(f"front:{tmp_path}", "livingroom", "test")
    names = [CLASSES["livingroom"][k] for k in living.objs[0, :4]]
    assert names == ["dining_chair", "pendant_lamp", "wardrobe", "l_shaped_sofa"]
    assert living.captions[0] == (
        "a modern chair with oak legs",
        "an old lamp",
        "a tall wardrobe",
        "an L-shaped sofa in gray fabric",
    )
    assert living.objs.shape == (1, 21)
    with pytest.raises(InvalidInputError, match="holds no rooms of the type bedroom"):
        load_rooms(f"front:{tmp_path}", "bedroom", "test")


@pytest.mark.parametrize(
    "change",
    [{"size": [1.0, float("nan"), 1.0]}, {"size": [0, 1, 1]}, {"pos": [1e400, 0, 0]}, {"size": [1, 1]}, {"pos": 1}],
)
def test_real_rooms_without_a_box_are_one_line(tmp_path, change):
    line = front_line()
    line["objects"][0].update(change)
    (tmp_path / "ssr_rooms_train.jsonl").write_text(json.dumps(line))
    with pytest.raises(InvalidInputError, match=r"ssr_rooms_train\.jsonl does not hold rooms"):
        load_rooms(f"front:{tmp_path}", "livingroom", "train")
