"""The evaluation on data sets: the official layout and 3D-FRONT as JSON lines, by the command line."""

import json

import numpy as np
import pytest
import torch

from instructscene_core.catalogue.retrieval import placed_size
from instructscene_core.commands.main import main
from instructscene_core.datasets.official import official_rooms, split_names
from instructscene_core.datasets.sample import write_sample
from instructscene_core.datasets.sources import load_rooms
from instructscene_core.errors import InvalidInputError
from instructscene_core.evaluation.layouts import Layouts, layouts_of, layouts_of_set, objects_of_layouts
from instructscene_core.evaluation.questions import data_questions, official_instructions, own_furniture
from instructscene_core.evaluation.sampling import Source, requests_for
from instructscene_core.evaluation.sampling import sample as samples
from instructscene_core.evaluation.scores import shuffled
from instructscene_core.geometry.relations import lamp_flags, relation_matrix, triplets
from instructscene_core.instructions.write.official_templates import describe, instruction
from instructscene_core.sampling.two_stage import TwoStageModel
from instructscene_core.scene import Scene
from instructscene_core.vocabulary import CLASSES

pytestmark = pytest.mark.usefixtures("room_cache")
BEDROOM = CLASSES["bedroom"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "sample"
    write_sample(folder, 24)
    return folder


def test_instructions_are_drawn_as_officially(sample):
    """Worked out anew from the boxes, room by room in the order of the folders' names."""
    rooms = official_rooms(sample, "bedroom", "test")
    assert list(rooms.ids) == sorted(split_names(sample, "bedroom", "test"))
    for number, made in enumerate(official_instructions(rooms)):
        count = int(rooms.counts[number])
        ids, boxes = rooms.objs[number, :count].astype(int), rooms.boxes[number, :count].astype(float)
        related = triplets(relation_matrix(lamp_flags(BEDROOM)[ids], boxes))
        wanted = describe(boxes[:, 3:6], related)
        again = instruction(wanted, ids.tolist(), BEDROOM, rooms.captions[number], seed=number)
        assert made == again
        assert made.text


def test_the_command_scores_an_official_data_set(sample, tiny_folder, tmp_path, capsys):
    out = tmp_path / "figures.json"
    words = ["--set", "official", "--data", str(sample), "--room", "bedroom", "--model", str(tiny_folder)]
    assert main(["evaluate", *words, "--seeds", "2", "--workers", "1", "--device", "cpu", "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    figures = json.loads(out.read_text())
    assert (figures["set"], figures["count"], figures["seeds"], figures["training_rooms"]) == ("official", 6, 2, 18)
    assert figures["settings"]["guidance"] == 1
    assert "12 scenes" in lines[1]
    names = [row["name"] for row in figures["rows"]]
    assert (names[0], names[-1]) == ("generated", "the described rooms themselves")
    assert figures["rows"][-1]["strict"] == 100
    assert figures["rows"][-1]["colliding_objects"] is not None
    assert all(figures["rows"][0][name] is not None for name in ("strict", "spread", "easy", "graph", "graph_easy"))
    assert lines[-1] == f"strict iRecall {figures['rows'][0]['strict']:.1f} %"


def test_a_layout_is_measured_by_what_was_retrieved(sample):
    """Scenes that hold the test rooms' furniture score as the rooms do; other sizes change a scene's boxes."""
    asked = data_questions("official", sample, "bedroom", None, None)
    room = layouts_of_set(official_rooms(sample, "bedroom", "test"))
    scenes = [Scene("bedroom", tuple(items)) for items in objects_of_layouts(room)]
    assert np.abs(layouts_of(scenes, asked.catalogue).boxes - room.boxes).max() < 1e-5
    there = {o.category for scene in scenes for o in scene.objects}
    entry = next(entry for entry in asked.catalogue.entries if entry.category in there)
    assert placed_size(entry, (9.0, 0.1, 9.0), asked.catalogue.stretch) == (9.0, 0.1, 9.0)
    items = [o for scene in scenes for o in scene.objects if o.category == entry.category][:1]
    placed = Scene("bedroom", tuple(type(o)(o.id, o.category, o.position, (9, 9, 9), o.yaw, entry.id) for o in items))
    width, depth, height = entry.size
    assert layouts_of([placed], asked.catalogue).boxes[0, 0, 3:6] == pytest.approx([width / 2, height / 2, depth / 2])


def test_what_is_retrieved_looks_most_alike(sample, tiny_model):
    """As officially: the same class, the largest cosine with the feature of the generated codes, whatever the size."""
    folder = tiny_model("bedroom", 1280)
    asked = data_questions("official", sample, "bedroom", 2, None)
    requests = requests_for(asked.instructions, 0, 1.0)
    scenes = list(samples(Source(folder, asked.catalogue, device="cpu"), requests))
    vqvae = TwoStageModel.load(folder).networks.vqvae
    objects = [item for scene in scenes for item in scene.objects if asked.catalogue.of_class(item.category)]
    assert len(objects) > 5
    for item in objects:
        entries = asked.catalogue.of_class(item.category)
        with torch.no_grad():
            feature = vqvae.decode(torch.tensor([item.codes]))[0].numpy()
        cosines = [entry.feature @ feature / np.linalg.norm(feature) for entry in entries]
        assert asked.catalogue.get(item.asset).feature @ feature / np.linalg.norm(feature) >= max(cosines) - 2e-6
        assert item.placed_size is None


def test_own_furniture_is_each_look_and_size_once(sample):
    rooms = official_rooms(sample, "bedroom", "test")
    catalogue = own_furniture(rooms, rooms)
    assert len(catalogue.entries) == len(own_furniture(rooms).entries)
    assert {e.category for e in catalogue.entries} == {BEDROOM[k] for k in np.unique(rooms.objs) if k < len(BEDROOM)}
    assert all(np.linalg.norm(e.feature) == pytest.approx(1) for e in catalogue.entries)


def front_lines(room_type, room_id, labels, count):
    def item(label, x):
        return {"atiss_label": label, "category_id": None, "desc": f"Small {label}.", "pos": [x, 0.0, x / 3],
                "size": [0.5, 0.6, 0.4], "yaw_deg": 0.0}  # fmt: skip

    return [
        {"id": f"{room_id}{k}", "room_id": room_id, "room_type": room_type,
         "objects": [item(label, 0.8 * x + 0.05 * k) for x, label in enumerate(labels)]}
        for k in range(count)
    ]  # fmt: skip


def test_wordings_ask_for_the_same(tmp_path):
    lines = front_lines("livingroom", "LivingDiningRoom-1", ("multi_seat_sofa", "coffee_table", "tv_stand"), 6)
    lines[0]["objects"][0]["desc"] = "Brown leather sofa with brass legs."
    (tmp_path / "ssr_rooms_dev.jsonl").write_text("\n".join(map(json.dumps, lines)))
    rooms = load_rooms(f"front:{tmp_path}", "livingroom", "test")
    asked = {wording: official_instructions(rooms, wording) for wording in ("official", "names", "phrases")}
    for several in zip(*asked.values(), strict=True):
        assert len({(item.triplets, item.described) for item in several}) == 1
    assert all("small" not in item.text and "brown" not in item.text for item in asked["names"])
    for item in asked["phrases"]:
        assert item.text.count(" a ") == item.text.count(" a small ") + item.text.count(" a brown leather sofa ")


def test_the_command_scores_real_bedrooms(tiny_folder, tmp_path, capsys):
    for name, count in (("ssr_rooms_train.jsonl", 3), ("ssr_rooms_dev.jsonl", 2)):
        lines = front_lines("bedroom", "Bedroom-1", ("double_bed", "nightstand", "wardrobe"), count)
        (tmp_path / name).write_text("\n".join(map(json.dumps, lines)))
    words = ["--set", f"front:{tmp_path}", "--model", str(tiny_folder), "--seeds", "1", "--workers", "1"]
    assert main(["evaluate", *words, "--device", "cpu"]) == 0
    lines = capsys.readouterr().out.splitlines()
    about = [line for line in lines if line.endswith(f"from the test rooms of {tmp_path}, in their order.")]
    assert [line.split(", from")[0] for line in about] == [
        "2 instructions of 1 or 2 triplets in class names",
        "2 instructions of 1 or 2 triplets in noun phrases",
    ]
    assert sum(line.split()[:5] == ["the", "described", "rooms", "themselves", "100.0"] for line in lines) == 2


@pytest.mark.parametrize("rooms", [2, 3, 6])
def test_shuffled_instructions_are_never_a_rooms_own(rooms):
    own = [((k, 0, k),) for k in range(rooms)]
    for seed in range(8):
        others = shuffled(own, seed)
        assert sorted(others) == own
        assert all(a != b for a, b in zip(own, others, strict=True))


def test_one_room_is_none_to_compare(tmp_path):
    for name in ("ssr_rooms_train.jsonl", "ssr_rooms_dev.jsonl"):
        (line,) = front_lines("bedroom", "Bedroom-1", ("double_bed", "nightstand", "wardrobe"), 1)
        (tmp_path / name).write_text(json.dumps(line))
    with pytest.raises(InvalidInputError, match="has one test room"):
        data_questions("front", tmp_path, "bedroom", None, None)


def test_living_rooms_are_asked_for_in_their_own_classes(tmp_path, tiny_model, capsys):
    labels = ("multi_seat_sofa", "coffee_table", "tv_stand", "dining_table")
    for name in ("ssr_rooms_train.jsonl", "ssr_rooms_dev.jsonl"):
        lines = front_lines("livingroom", "LivingDiningRoom-1", labels, 2)
        (tmp_path / name).write_text("\n".join(map(json.dumps, lines)))
    asked = data_questions("front", tmp_path, "livingroom", 1, None)
    assert asked.rooms.objs.shape == (1, 21)
    assert asked.rooms.classes == CLASSES["livingroom"]
    assert {e.category for e in asked.catalogue.entries} == set(labels)
    (triplet, *_) = asked.triplets[0]
    assert {CLASSES["livingroom"][triplet[0]], CLASSES["livingroom"][triplet[2]]} <= set(labels)
    assert isinstance(asked.training, Layouts)
    model = tiny_model("livingroom")
    words = ["--set", "front", "--data", str(tmp_path), "--room", "livingroom", "--seeds", "1", "--workers", "1"]
    assert main(["evaluate", *words, "--model", str(model), "--device", "cpu"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[:5] == ["the", "described", "rooms", "themselves", "100.0"] for line in lines)
    assert main(["evaluate", *words[:4], "--model", str(model), "--device", "cpu"]) == 2  # no bedrooms in the folder


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--set", "elsewhere"], "There is no set elsewhere"),
        (["--set", "official"], "needs a data set"),
        (["--set", "official", "--data", "/nowhere"], "/nowhere is no folder"),
        (["--set", "official", "--data", "SAMPLE", "--room", "livingroom"], "no folder threed_front_livingroom"),
        (["--set", "front", "--data", "SAMPLE"], "ssr_rooms_dev.jsonl"),
        (["--set", "official", "--data", "SAMPLE", "--count", "1"], "--count must be at least 2"),
    ],
)
def test_what_cannot_be_asked_is_one_line(sample, tiny_folder, words, message, capsys):
    words = [str(sample) if word == "SAMPLE" else word for word in words]
    assert main(["evaluate", "--model", str(tiny_folder), "--device", "cpu", *words]) == 2
    shown = capsys.readouterr()
    assert not shown.out
    assert message in shown.err
    assert shown.err.count("\n") == 1
