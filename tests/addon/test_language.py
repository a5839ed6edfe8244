"""Translations: none is missing, none is left over, and every message of ours goes through them."""

import ast
import string

import pytest
from helpers import module
from texts import calls, drawn, has_words, is_text, registered, sources, written

LANGUAGES = ("de_DE", "zh_HANS")


@pytest.fixture(params=LANGUAGES)
def translation(request, blend):  # noqa: ARG001  (an enabled extension first)
    """All texts of a language, by context and English text."""
    return module("language").read_translations()[request.param]


def fields(text):
    return sorted((name, spec) for _, name, spec, _ in string.Formatter().parse(text) if name is not None)


def test_every_text_has_its_translation_and_none_is_left_over(translation):
    read = written() | registered()
    assert len(read) > 400
    assert read - translation.keys() == set()
    assert translation.keys() - read == set()


def test_translations_have_the_same_fields_and_are_no_blanks(translation):
    assert [text for (_, text), other in translation.items() if fields(text) != fields(other)] == []
    assert [text for (_, text), other in translation.items() if other.strip() != other or not other] == []


def test_buttons_that_differ_in_english_differ_everywhere(translation):
    labels = [(context, other) for (context, _), other in translation.items() if context == "Operator"]
    assert len(labels) == len(set(labels)) > 30


@pytest.mark.usefixtures("blend")
def test_chinese_is_written_in_chinese():
    texts = module("language").read_translations()["zh_HANS"]
    latin = {text for (_, text), other in texts.items() if not any("\u4e00" <= c <= "\u9fff" for c in other)}
    assert latin <= {"CPU", "Apple Metal", "Intel XPU"}


def spoken(name, call):
    """What a call says that Blender does not translate, or not where it has values in it."""
    if name in ("poll_message_set", "header_text_set"):
        return call.args
    if name in ("report", "Progress"):
        return [arg for arg in call.args if isinstance(arg, ast.JoinedStr)]
    if name == "Aside" or (name.endswith("Error") and name not in ("RuntimeError", "ValueError")):
        return call.args[name == "Aside" :]
    return [node for node in drawn(name, call) if not is_text(node)]


def test_what_a_person_reads_is_never_put_together_in_english():
    """Names and numbers go into fields of a text that is translated whole."""
    wrong = [
        f"{path.name}:{node.lineno} {ast.unparse(node)}"
        for path, tree in sources().items()
        for name, call in calls(tree)
        for node in spoken(name, call)
        if has_words(node)
    ]
    assert wrong == []


@pytest.mark.usefixtures("blend")
def test_messages_take_their_values():
    language = module("language")
    assert language.tr('"{name}" has {count} objects', name="{x}", count=2) == '"{x}" has 2 objects'
    assert language.tr("{kept as it is}") == "{kept as it is}", "without values nothing is a field"
    counted = [
        language.tr_count(n, "{count} file of {whose}", "{count} files of {whose}", whose="ours") for n in (1, 0, 2)
    ]
    assert counted == ["1 file of ours", "0 files of ours", "2 files of ours"]


@pytest.mark.usefixtures("blend")
@pytest.mark.parametrize(
    ("category", "label", "phrase"), [("tv_stand", "TV stand", "a TV stand"), ("armchair", "armchair", "an armchair")]
)
def test_classes_within_a_text(category, label, phrase):
    language = module("language")
    assert (language.category_label(category), language.a_category(category)) == (label, phrase)


def test_all_languages_are_there(blend):  # noqa: ARG001
    assert set(module("language").read_translations()) == set(LANGUAGES)
