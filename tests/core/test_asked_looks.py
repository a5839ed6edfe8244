"""Which entries come into question by the words of an instruction."""

import random
from dataclasses import replace

import pytest

from instructscene_core.catalogue.entries import Catalogue, CatalogueEntry
from instructscene_core.generator import Generator
from instructscene_core.instructions.read.described_looks import described
from instructscene_core.placement.asked_looks import AskedLooks
from instructscene_core.sampling.two_stage import TwoStageModel
from instructscene_core.scene import Request
from instructscene_core.vocabulary import CLASSES, ROOM_TYPES


@pytest.fixture(scope="module")
def starter():
    return Catalogue.starter()


def chairs(*captions, tags=()):
    """Armchairs of these captions, each wider than the one before."""
    rows = enumerate(captions)
    return Catalogue(CatalogueEntry(str(i), "armchair", (0.5 + 0.1 * i, 0.6, 0.9), text, tags=tags) for i, text in rows)


def found(text, catalogue, category="armchair", *, number=0, room="livingroom"):
    """The entries that come into question for a piece."""
    suits = AskedLooks(described(text, CLASSES[room]), catalogue, room).suits(category, number)
    return [entry for entry in catalogue.of_class(category, room) if all(suiting(entry) for suiting in suits)]


def captions(*args, **more):
    return [entry.caption for entry in found(*args, **more)]


COLOURED = ("a red armchair", "a white armchair", "a grey armchair", "a green velvet armchair")


def test_round_tables_and_green_velvet_chairs_are_found(starter):
    tables = captions("A round coffee table.", starter, "coffee_table")
    assert 0 < len(tables) < len(starter.of_class("coffee_table"))
    assert all("round" in caption for caption in tables)
    green = found("Six green velvet dining chairs.", starter, "dining_chair", room="diningroom")
    assert 0 < len(green) < len(starter.of_class("dining_chair"))
    assert all({"green", "velvet"} <= {*entry.tags, *entry.caption.split()} for entry in green)


@pytest.mark.parametrize("category", ["coffee_table", "armchair", "wardrobe", "desk"])
def test_large_and_small_are_by_measured_size(starter, category):
    def areas(word):
        bare = Catalogue(replace(entry, caption="", tags=()) for entry in starter.entries)
        noun = category.replace("_", " ")
        return [entry.size[0] * entry.size[1] for entry in found(f"A {word} {noun}.", bare, category)]

    everything = areas("nice")
    assert 0 < len(areas("large")) < len(everything) > len(areas("small")) > 0
    assert max(areas("small")) < min(areas("large"))
    assert (max(areas("large")), min(areas("small"))) == (max(everything), min(everything))


@pytest.mark.parametrize("text", ["Two red and two white armchairs.", "Four armchairs, two red and two white ones."])
def test_two_red_and_two_white_get_two_and_two(text):
    made = [captions(text, chairs(*COLOURED), number=number) for number in range(4)]
    assert sorted(made) == [["a red armchair"]] * 2 + [["a white armchair"]] * 2


def test_colours_of_a_counted_group_are_not_the_rooms(starter):
    text = "Two red and two white armchairs, and a black and white desk on brass legs."
    assert found(text, starter, "cabinet") == list(starter.of_class("cabinet", "livingroom"))


def test_words_of_the_room_apply_where_nothing_is_said_of_the_class():
    catalogue = chairs(*COLOURED)
    assert captions("Make everything red.", catalogue) == ["a red armchair"]
    assert captions("A red living room with an armchair and a white desk.", catalogue) == ["a red armchair"]
    assert captions("A red living room with a white armchair.", catalogue) == ["a white armchair"]


def test_a_following_sentence_adds_to_what_was_said():
    catalogue = chairs("a round oak armchair", "a round black armchair", "a black armchair", "an oak armchair")
    assert captions("A round armchair. Make it black.", catalogue) == ["a round black armchair"]


def test_a_word_for_the_whole_counts_less_where_it_is_said_of_a_part():
    catalogue = chairs("a white armchair with black legs", "a black armchair with white legs", "a green armchair")
    assert captions("A black armchair.", catalogue) == ["a black armchair with white legs"]
    assert len(captions("An armchair with black legs.", catalogue)) == 2


@pytest.mark.parametrize("text", ["A purple armchair.", "", "An armchair.", "no red armchair", "A nice armchair 的"])
def test_a_look_that_none_has_or_nobody_asks_for_leaves_all_in_question(text):
    assert captions(text, chairs(*COLOURED)) == list(COLOURED)


def test_what_all_have_leaves_all_in_question():
    assert len(captions("A red armchair.", chairs("a red armchair", "a round red armchair"))) == 2
    assert captions("A red armchair.", chairs("a red armchair")) == ["a red armchair"]
    assert found("A red armchair.", chairs("x"), "sofa") == []


@pytest.mark.parametrize(
    ("asked", "written"),
    [("gray", "grey"), ("circular", "round"), ("wooden", "wood"), ("contemporary", "modern"), ("golden", "gold")],
)
def test_words_for_the_same_look_are_one(asked, written):
    catalogue = chairs("a blue armchair", f"a {written} armchair")
    assert captions(f"A {asked} armchair.", catalogue) == [f"a {written} armchair"]


def test_tags_count_like_captions():
    tagged = chairs("an armchair", tags=("linen",)).entries
    catalogue = Catalogue([*tagged, *(replace(entry, id=f"b{entry.id}", tags=()) for entry in tagged)])
    assert [entry.id for entry in found("A linen armchair.", catalogue)] == ["0"]


def test_a_quoted_caption_finds_its_entry(starter):
    rows = [(e, name, room) for room in ROOM_TYPES for name in CLASSES[room] for e in starter.of_class(name, room)]
    asked = random.Random(5).sample(rows, 100)
    made = [found(entry.caption, starter, name, room=room) for entry, name, room in asked]
    assert sum(entry in best for (entry, *_), best in zip(asked, made, strict=True)) >= 98
    assert sum([entry] == best for (entry, *_), best in zip(asked, made, strict=True)) >= 94


@pytest.mark.parametrize("settle", [False, True])
def test_words_decide_only_where_the_room_is_finished(tiny_folder, tiny_generator, starter, settle):
    """A model that predicts boxes samples as published: captions and tags may as well not be there."""
    mute = Catalogue(replace(entry, caption="", tags=()) for entry in starter.entries)
    without = Generator(TwoStageModel.load(tiny_folder), mute, tiny_generator.encoder)
    asked = [
        Request.from_json({"task": "generate", "room": "bedroom", "text": "Make everything black.", "seed": seed})
        for seed in range(3)
    ]

    def assets(generator):
        scenes = [scene for (scene,) in generator.run(asked, settle=settle, tries=1)]
        return [[(item.category, item.asset, item.size) for item in scene.objects] for scene in scenes]

    assert all(assets(without))
    assert (assets(tiny_generator) == assets(without)) == (not settle)
