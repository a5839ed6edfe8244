"""Instructions as briefs: by rule, and where the person has one, by a language model that the rules check."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from ..errors import InvalidInputError
from ..instructions.brief import Brief
from ..instructions.read.brief import MAX_CHARACTERS, read_brief
from ..vocabulary import RoomType
from .answers import ORDERS, SCHEMA, brief_of
from .language_model import LanguageModel, NoAnswerError

_SHOWN: Final = 4
"""Differences that a report names."""


class Reading(NamedTuple):
    """What was read of an instruction.

    Attributes:
        brief: all that it asks for.
        notes: what a person should know of how it was read.
    """

    brief: Brief
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """Reads instructions.

    Args:
        model: a language model; None: by rule alone.
    """

    model: LanguageModel | None = None

    def read(self, text: str, room_type: RoomType, vocabulary: AbstractSet[str] = frozenset()) -> Reading:
        """Reads an instruction; never fails: without a usable answer of the model it is read by rule, and that is said.

        Args:
            text: anything.
            room_type: of the room, unless the text names another one.
            vocabulary: words by which the furniture at hand is described.
        """
        by_rule = read_brief(text, room_type, vocabulary)
        if self.model is None or not text.strip():
            return Reading(by_rule)
        try:
            brief = brief_of(self.model.ask(ORDERS, text[:MAX_CHARACTERS], SCHEMA), text, room_type)
        except (NoAnswerError, InvalidInputError) as error:
            said = error.message if isinstance(error, InvalidInputError) else str(error)
            return Reading(by_rule, (f"The language model was not used: {said}; the instruction was read by rule",))
        found = replace(brief, language=by_rule.language, english=by_rule.english)
        return Reading(found, (f"Read by the language model {self.model.name}", *_differences(by_rule, found)))


def reader_of(url: str | None, name: str, seconds: float, *, online: bool) -> Reader:
    """A reader as options name it; by rule where no address is given.

    Raises:
        InvalidInputError: see :class:`.LanguageModel`.
    """
    return Reader(LanguageModel(url, name, seconds, online) if url else None)


def _differences(by_rule: Brief, by_model: Brief) -> list[str]:
    """Where two readings differ, in a line each way."""
    first, second = _labels(by_rule), _labels(by_model)
    lines = (("By rule, but not by the language model", first, second), ("Not by rule", second, first))
    found: list[str] = []
    for what, own, other in lines:
        only = [label for label in own if label not in other]
        if only:
            more = f" and {len(only) - _SHOWN} more" if len(only) > _SHOWN else ""
            found.append(f"{what}: {'; '.join(only[:_SHOWN])}{more}")
    return found


def _labels(brief: Brief) -> list[str]:
    pieces = [*(piece.label() for piece in brief.pieces), *(f"no {piece.label()}" for piece in brief.absent)]
    sizes = [f"{piece.label()} {size.label()}" for piece in brief.pieces for size in piece.sizes]
    return [*pieces, *sizes, *(wish.label() for wish in brief.wishes), *(["nothing else"] * brief.only)]
