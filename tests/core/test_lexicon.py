"""What names of objects mean: many languages, orders of words and spellings."""

import pytest

from instructscene_core.naming.lexicon import guess_category, named
from instructscene_core.naming.senses import senses
from instructscene_core.vocabulary import CATEGORIES


def likeliest(name):
    return max(named(name).items(), key=lambda item: item[1], default=("nothing", 0.0))[0]


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("bedDouble", "double_bed"),
        ("lampRoundTable", "table_lamp"),
        ("tableCoffeeSquare", "coffee_table"),
        ("Bar_Stool.002", "stool"),
        ("TVStand", "tv_stand"),
        ("bedsidetable", "nightstand"),
        ("sofa_2_seater", "loveseat_sofa"),
        ("Bücherschrank", "bookshelf"),
        ("Buecherschrank", "bookshelf"),
        ("Nachttisch links", "nightstand"),
        ("Wohnzimmer_Sessel", "armchair"),
        ("mesita de noche", "nightstand"),
        ("lámpara de pie", "floor_lamp"),
        ("table basse", "coffee_table"),
        ("tavolino", "coffee_table"),
        ("комод", "cabinet"),
        ("торшер", "floor_lamp"),
        ("电视柜_01", "tv_stand"),
        ("本棚", "bookshelf"),
        ("ダイニングテーブル", "dining_table"),
        ("옷장", "wardrobe"),
        ("kitchenFridge", None),
        ("Kühlschrank", None),
        ("wall lamp", None),
    ],
)
def test_what_a_name_means(name, category):
    assert likeliest(name) == category


@pytest.mark.parametrize("name", ["Stuhl", "Gartenstuhl", "Стул", "椅子", "silla", "sedia", "krzesło", "Chair.014"])
def test_a_chair_may_be_a_dining_chair_or_a_chair(name):
    meant = named(name)
    assert likeliest(name) == "dining_chair"
    assert meant["chair"] > 0.1
    assert guess_category(name, "bedroom") == "chair"
    assert guess_category(name, "diningroom") == "dining_chair"


@pytest.mark.parametrize("name", ["Sofá", "Canapé", "диван", "沙发", "ソファ", "Couch"])
def test_a_sofa_may_be_any_of_the_sofas(name):
    assert {"sofa", "multi_seat_sofa", "loveseat_sofa", "l_shaped_sofa"} <= {*named(name)}


def test_a_french_chair_may_be_an_english_chaise_longue():
    meant = named("Chaise.001")
    assert meant["chaise_longue_sofa"] > 0.3
    assert meant["dining_chair"] + meant["chair"] > 0.4


@pytest.mark.parametrize("name", ["", "Cube.004", "Embedded", "Mesh_0012", "adjustable", "romantisch", "\x00", "🪑"])
def test_other_names_say_nothing(name):
    assert named(name) == {}
    assert guess_category(name, "bedroom") is None


def test_a_part_counts_only_where_nothing_else_is_named():
    assert named("cushion") == {None: 1.0}
    assert named("chairCushion") == named("chair")


def test_what_a_room_has_no_class_for_is_not_guessed():
    assert guess_category("BedsideTable", "bedroom") == "nightstand"
    assert guess_category("BedsideTable", "livingroom") is None


def test_shares_of_every_noun_add_up_to_one():
    for noun, shares in senses().items():
        assert sum(shares.values()) == pytest.approx(1), noun
        assert {*shares} <= {*CATEGORIES, None}, noun


def test_every_class_is_found_by_its_own_name():
    for category in CATEGORIES:
        assert named(category).get(category, 0) > 0.05, category
