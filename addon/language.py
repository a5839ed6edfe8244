"""What people read, in the language of their Blender: English, or what `translations/` has.

Blender itself translates names, tooltips and items of what is registered, and plain texts that a panel draws or an
operator reports. What has values in it, or is put together of several texts, is translated here, with the values as
named fields: ``tr("Saved {path}", path=path)``. Names of datablocks, and what a person has named, are never translated.
"""

import json
import re
from pathlib import Path
from typing import Final

from bpy.app import translations

from ..instructscene_core.vocabulary import display_name, room_name, with_article

_FOLDER: Final = Path(__file__).with_name("translations")
"""Of the languages: a file of each, ``{"locale": …, "texts": {English: …}, "operators": …, "building": …}``."""
BUILDING: Final = "InstructScene Building"
"""Context of the names of parts of a building: to Blender alone, a window is part of a screen."""
_DOMAIN: Final = __package__ or __name__


def tr(text: str, /, **values: object) -> str:
    """A message in the person's language, where Blender's preferences have reports translated.

    Args:
        text: in English, with a field for each of the values.
        values: what goes into the fields.
    """
    found = translations.pgettext_rpt(text)
    return found.format(**values) if values else found


def tr_ui(text: str, /, **values: object) -> str:
    """What a panel draws, as `tr`, where Blender's preferences have the interface translated."""
    found = translations.pgettext_iface(text)
    return found.format(**values) if values else found


def tr_tip(text: str, /) -> str:
    """A tooltip that depends on more than its button, where Blender's preferences have tooltips translated."""
    return translations.pgettext_tip(text)


def tr_count(count: int, one: str, several: str, /, **values: object) -> str:
    """A message as `tr` for one thing or for several; its field ``count`` is their number."""
    return tr(one if count == 1 else several, count=count, **values)


def tr_ui_count(count: int, one: str, several: str, /, **values: object) -> str:
    """What a panel draws, as `tr_count`."""
    return tr_ui(one if count == 1 else several, count=count, **values)


def tr_later(text: str, /) -> str:
    """Marks a text that is translated where it is used; gives it back as it is."""
    return text


def category_title(category: str) -> str:
    """A class of furniture as an item of a menu, in English: "TV Stand"."""
    return re.sub(r"\bTv\b", "TV", display_name(category).title())


def category_label(category: str) -> str:
    """A class of furniture within a text: "TV stand"."""
    title = category_title(category)
    label = translations.pgettext_iface(title)
    return re.sub(r"\btv\b", "TV", display_name(category)) if label == title else label


def a_category(category: str) -> str:
    """The same with its article in English; other languages' sentences do without."""
    label, word = category_label(category), tr_later("furniture")
    return with_article(label) if tr(word) == word else label


def room_label(room_type: str) -> str:
    """A type of room within a text: "living room"."""
    english = room_name(room_type)
    label = translations.pgettext_iface(english.title())
    return english if label == english.title() else label


def part_label(kind: str) -> str:
    """A kind of part of a building as an item of a menu: "Window"."""
    return translations.pgettext_iface(kind.title(), BUILDING)


def read_translations() -> dict[str, dict[tuple[str, str], str]]:
    """All translations as Blender takes them: by locale, then by context and English text."""
    contexts = {
        "texts": translations.contexts.default,
        "operators": translations.contexts.operator_default,
        "building": BUILDING,
    }
    found: dict[str, dict[tuple[str, str], str]] = {}
    for path in sorted(_FOLDER.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        found[data["locale"]] = {
            (context, english): text for key, context in contexts.items() for english, text in data[key].items()
        }
    return found


def register() -> None:
    """Gives Blender the translations."""
    translations.register(_DOMAIN, read_translations())


def unregister() -> None:
    """Takes them back."""
    translations.unregister(_DOMAIN)
