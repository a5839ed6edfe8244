"""Text as people's editors save it: with a byte order mark or without, in any file of theirs that is read."""

import codecs
import json

import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.catalogue.future_models import read_info
from instructscene_core.datasets.conversion import read_list
from instructscene_core.datasets.houses import read_house
from instructscene_core.datasets.official import read_splits
from instructscene_core.errors import InvalidInputError
from instructscene_core.official.dataset_stats import read_stats
from instructscene_core.plain_text import lines_of, read_text
from instructscene_core.scene import read_requests, read_scene
from instructscene_core.vocabulary import CLASSES

REQUESTS = '{"id": "a", "text": "Ein Bett für zwei"}\n{"id": "b", "text": ""}\n'
SCENE = '{"version": 1, "room_type": "bedroom"}'
SPLITS = "one,train\ntwo,test\n"
STATS = json.dumps({
    "object_types": list(CLASSES["bedroom"]),
    "bounds_translations": [-1, 0, -1, 1, 2, 1],
    "bounds_sizes": [0.1, 0.1, 0.1, 1, 1, 1],
})  # fmt: skip
CATALOGUE = '{"version": 1, "entries": [{"id": "mine/1", "category": "desk", "size": [1, 1, 1]}]}'
SAVED = {
    "UTF-8": lambda text: text.encode(),
    "Notepad": lambda text: codecs.BOM_UTF8 + text.replace("\n", "\r\n").encode(),
    "PowerShell": lambda text: codecs.BOM_UTF16_LE + text.replace("\n", "\r\n").encode("utf-16-le"),
    "UTF-16 BE": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
}


@pytest.fixture(params=SAVED)
def save(request, tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_bytes(SAVED[request.param](text))
        return path

    return write


def test_requests_and_scenes(save):
    first, second = read_requests(save("requests.jsonl", REQUESTS))
    assert (first.id, first.instruction, second.id) == ("a", "Ein Bett für zwei", "b")
    assert read_scene(save("scene.json", SCENE)).room_type == "bedroom"


def test_lists_and_catalogues(save):
    assert read_list(save("rooms.txt", "Bedroom-1 Bedroom-2\n")) == {"Bedroom-1", "Bedroom-2"}
    assert read_splits(save("splits.csv", SPLITS)) == {"one": "train", "two": "test"}
    assert Catalogue.open(save("catalogue.json", CATALOGUE)).get("mine/1") is not None


def test_published_data(save):
    info = save("model_info.json", '[{"model_id": "a", "category": "Desk"}]')
    assert [model.id for model in read_info(info.parent).models] == ["a"]
    house = {"furniture": [], "mesh": [], "scene": {"room": []}}
    assert read_house(save("house.json", json.dumps(house))) == house
    assert read_stats(save("dataset_stats.txt", STATS)).types == CLASSES["bedroom"]


def test_long_files_are_read_by_lines(save):
    assert [json.loads(line)["id"] for line in lines_of(save("rooms.jsonl", REQUESTS))] == ["a", "b"]


def test_what_is_no_text_is_refused(tmp_path):
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\xff")
    with pytest.raises(InvalidInputError, match="is not UTF-8 text"):
        read_text(tmp_path / "picture")
    with pytest.raises(InvalidInputError, match="is too large"):
        read_text(tmp_path / "picture", 3)
    with pytest.raises(InvalidInputError, match=r"Cannot read .*missing: No such file"):
        read_text(tmp_path / "missing")
