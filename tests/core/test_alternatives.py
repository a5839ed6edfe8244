"""The pieces that may come in the place of one: like it, of its size, as words say; and their pictures."""

import math
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest

from instructscene_core.catalogue.entries import Catalogue, CatalogueEntry
from instructscene_core.errors import InvalidInputError
from instructscene_core.generator import Generator
from instructscene_core.placement.alternatives import Alternatives, wanted
from instructscene_core.png import png
from instructscene_core.reading.reader import Reader
from instructscene_core.scene import SceneObject
from instructscene_core.starter.furniture.pictures import surface_of
from instructscene_core.thumbnails import SIDE, Surface, picture
from instructscene_core.worker.nearest import nearest

CATALOGUE = Catalogue.starter()


def placed(entry, **more):
    w, d, h = entry.size
    return SceneObject(
        "it", entry.category, (0.0, 0.0, h / 2), (w, d, h), 0.0, asset=entry.id, codes=entry.codes, **more
    )


def ranked(before, text="", category=None, room="livingroom"):
    asked = wanted(text, category, before, room, Reader(), CATALOGUE)
    return Alternatives(before, asked, room, CATALOGUE).ranked


SOFA = next(entry for entry in CATALOGUE.of_class("multi_seat_sofa") if "chesterfield" in entry.id)


def test_the_nearest_of_a_class_look_and_measure_alike():
    found = ranked(placed(SOFA))
    assert SOFA not in found
    assert len(found) == len(CATALOGUE.of_class("multi_seat_sofa", "livingroom")) - 1
    near, far = found[:5], found[-5:]
    like = [[float(SOFA.feature @ entry.feature) for entry in entries] for entries in (near, far)]
    assert min(like[0]) > max(like[1])


def test_another_class_comes_in_the_same_look():
    before = placed(SOFA)
    found = ranked(before, category="armchair")
    assert {entry.category for entry in found} == {"armchair"}
    assert any("leather" in entry.tags for entry in found[:3])


@pytest.mark.parametrize(
    ("text", "tags"),
    [("blue", {"blue"}), ("in green velvet", {"green", "velvet"}), ("a leather one", {"leather"})],
)
def test_words_come_before_likeness(text, tags):
    found = ranked(placed(SOFA), text)
    fitting = [tags <= set(entry.tags) for entry in found]
    assert fitting[0]
    assert all(fitting[: min(sum(fitting), 3)])


def test_larger_ones_come_first():
    smallest = min(CATALOGUE.of_class("armchair"), key=lambda entry: entry.size[0] * entry.size[1])
    found = ranked(placed(smallest), "a larger one")
    grounds = [entry.size[0] * entry.size[1] > 1.03 * smallest.size[0] * smallest.size[1] for entry in found]
    assert grounds == sorted(grounds, reverse=True)
    assert grounds[0]


def test_a_persons_own_piece_is_compared_by_size_alone():
    own = SceneObject("chair", "armchair", (0, 0, 0.4), (0.7, 0.7, 0.8), 0.0)
    found = ranked(own)

    def misfit(entry):
        return sum(abs(math.log(a / b)) for a, b in zip(entry.size, own.size, strict=True))

    assert [misfit(entry) for entry in found] == sorted(misfit(entry) for entry in found)


def message(**item):
    return {"room_type": "livingroom", "object": placed(SOFA).to_json(), **item}


@pytest.fixture
def generator(tiny_generator):
    return tiny_generator


def test_the_worker_gives_ids_captions_sizes_and_pictures(generator, tmp_path):
    seen = []
    answer = nearest(
        generator, message(count=4, thumbnails=str(tmp_path / "pictures")), lambda *step: seen.append(step)
    )
    assert len(answer["entries"]) == 4
    assert seen[-1] == (4, 4)
    for row in answer["entries"]:
        entry = CATALOGUE.get(row["id"])
        assert (row["category"], row["caption"], row["size"]) == (entry.category, entry.caption, list(entry.size))
        assert Path(row["thumbnail"]).read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "pictures").iterdir()}
    nearest(generator, message(count=4, thumbnails=str(tmp_path / "pictures")), lambda *_: None)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "pictures").iterdir()} == before


def test_a_folder_that_cannot_be_written_costs_the_pictures_alone(generator, tmp_path):
    (tmp_path / "file").write_text("")
    answer = nearest(generator, message(count=2, thumbnails=str(tmp_path / "file" / "x")), lambda *_: None)
    assert [row["thumbnail"] for row in answer["entries"]] == [None, None]


@pytest.mark.parametrize("item", [{"count": 0}, {"count": "x"}, {"object": {}}, {"room_type": "cave"}, {"category": 3}])
def test_malformed_messages_are_refused(generator, item):
    with pytest.raises(InvalidInputError):
        nearest(generator, message(**item), lambda *_: None)


def test_pieces_of_other_catalogues_are_drawn_as_boxes(generator, tmp_path):
    own = CatalogueEntry("mine/chair", "armchair", (0.8, 0.8, 0.9))
    mine = Generator(generator.models, Catalogue([own]), generator.encoder)
    item = message(category="armchair", thumbnails=str(tmp_path))
    (row,) = nearest(mine, item, lambda *_: None)["entries"]
    assert row["id"] == "mine/chair"
    assert row["thumbnail"]


# Pictures


def test_a_picture_shows_the_piece_on_transparent_ground_in_its_colour():
    pixels = picture(surface_of(next(e.id for e in CATALOGUE.of_class("armchair") if "blue" in e.tags)))
    assert pixels.shape == (SIDE, SIDE, 4)
    assert (pixels[[0, 0, -1, -1], [0, -1, 0, -1], 3] == 0).all()
    shown = pixels[pixels[..., 3] == 255][:, :3].astype(int)
    assert len(shown) > 0.15 * SIDE**2
    assert (shown[:, 2] > shown[:, 0]).mean() > 0.3


def test_the_front_is_seen_from_its_right_and_a_quarter_turn_shows_another_side():
    boxes = np.array([[0, 0, 0.5, 1, 0.5, 1], [0, -0.3, 0.5, 0.2, 0.1, 0.2]])
    front, back = (picture(Surface.of_boxes(boxes, (0.5, 0.5, 0.5)), quarter) for quarter in (0, 2))
    assert (front != back).any()


def test_what_is_nearer_hides_what_is_behind():
    behind, before = [0.0, 0.0, 0.5, 0.4, 0.4, 0.4], [-0.6, -1.0, 0.5, 1.2, 1.2, 2.4]
    both = Surface.of_boxes(np.array([behind, before]), (0.5, 0.5, 0.5))
    depth = both.corners[..., 1].mean(axis=1) > -0.3  # of the box that is behind
    colours = np.where(depth[:, None], (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)).astype(np.float32)
    pixels = picture(Surface(both.corners, both.normals, colours))
    assert pixels[..., 0].any()
    assert not pixels[..., 2].any()


def test_every_entry_of_the_starter_can_be_drawn_soon():
    rng = np.random.default_rng(0)
    entries = [CATALOGUE.entries[k] for k in rng.choice(len(CATALOGUE.entries), 20, replace=False)]
    start = time.process_time()
    for entry in entries:
        assert picture(surface_of(entry.id))[..., 3].any(), entry.id
    assert (time.process_time() - start) / len(entries) < 0.1


def test_a_file_holds_the_pixels():
    pixels = np.random.default_rng(0).integers(0, 256, (3, 5, 4), dtype=np.uint8)
    data = png(pixels)
    assert struct.unpack(">II", data[16:24]) == (5, 3)
    start = data.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", data[start - 8 : start - 4])
    raw = np.frombuffer(zlib.decompress(data[start : start + length]), np.uint8).reshape(3, 21)
    assert (raw[:, 1:].reshape(3, 5, 4) == pixels).all()
