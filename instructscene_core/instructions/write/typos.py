"""Slips of the keyboard, as people make them."""

from random import Random
from typing import Final

from ..words.keyboard import NEIGHBOURS

_HABITS: Final = {
    "wardrobe": ("wardobe", "wardrope", "warderobe"),
    "nightstand": ("nighstand", "nightsand", "nigthstand"),
    "nightstands": ("nighstands", "nightstans"),
    "beside": ("besides", "besid"),
    "between": ("beetween", "betwen"),
    "opposite": ("oposite", "opposit"),
    "dresser": ("desser", "dreser"),
    "couch": ("cauch", "coach"),
    "chair": ("chiar", "chari"),
    "chairs": ("chiars", "chairs"),
    "bookshelf": ("bookshelve", "boookshelf"),
    "cabinet": ("cabinett", "cabinent"),
    "coffee": ("coffe", "cofee"),
    "dining": ("dinning", "dinig"),
    "behind": ("behing", "behid"),
    "ceiling": ("cieling", "celing"),
    "scandinavian": ("scandanavian", "skandinavian"),
    "front": ("frnt", "fornt"),
    "left": ("lef", "lft"),
    "right": ("rigth", "rihgt"),
    "please": ("plese", "pls"),
}
_SHORTEST: Final = 4


def with_typos(random: Random, text: str, rate: float) -> str:
    """The text with some of its longer words misspelt.

    Args:
        random: the source.
        text: words with single spaces.
        rate: share of the words of four letters or more that get a slip.
    """
    return " ".join(_slip(random, word) if random.random() < rate else word for word in text.split(" "))


def _slip(random: Random, word: str) -> str:
    core = word.rstrip(".,;!?")
    if len(core) < _SHORTEST or not core.isalpha():
        return word
    habits = _HABITS.get(core.lower())
    if habits and random.random() < 0.5:
        return random.choice(habits) + word[len(core) :]
    at, kind = random.randrange(1, len(core) - 1), random.random()
    if kind < 0.35:
        slip = core[:at] + core[at + 1] + core[at] + core[at + 2 :]
    elif kind < 0.65:
        slip = core[:at] + core[at + 1 :]
    elif kind < 0.8:
        slip = core[:at] + core[at] + core[at:]
    else:
        slip = core[:at] + random.choice(NEIGHBOURS.get(core[at].lower(), core[at])) + core[at + 1 :]
    return slip + word[len(core) :]
