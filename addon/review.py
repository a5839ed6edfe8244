"""The review list of a catalogue of a person's own models: what was recognised, and what the person says instead.

Corrections are gathered here and saved together: the worker then writes the catalogue's own record, which indexing
again and reopening leave as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.vocabulary import display_name
from .icons import Icons
from .language import tr, tr_count, tr_ui
from .session import SESSION, Steps, exchange
from .worker_client import Message

LIBRARY_FILE: Final = "library.json"
"""Is in the folder of a catalogue of models that are not 3D-FUTURE's."""
NO_CLASS: Final = "none"
"""How a person says that a model is no furniture for rooms."""
_SURE: Final = 0.8
"""Confidence in a class from which nobody need look at it."""


@dataclass(frozen=True)
class Model:
    """A row of the list.

    Args:
        key: id of the piece in its catalogue.
        name: for people.
        file: path in the person's folder.
        category: its class; None where it has none, and is not placed.
        confidence: 0 to 1, of the class that was recognised.
        front: quarter turns about +Z that bring its front to −Y.
        scale: by which the file's metres become true ones.
        size: full extents (x, y, z) at a scale of 1 and a front of 0, metres.
        checked: whether a person has looked at it.
        fault: why it is not placed; empty where it is.
        guesses: classes that come into question.
        pictures: files of its pictures, of which the k-th shows it with front k.
        said: what of it is not yet saved, as the record has it.
    """

    key: str
    name: str
    file: str
    category: str | None
    confidence: float
    front: int
    scale: float
    size: tuple[float, float, float]
    checked: bool
    fault: str
    guesses: tuple[str, ...]
    pictures: tuple[Path, ...]
    said: Mapping[str, str] = field(default_factory=dict[str, str])

    @staticmethod
    def of(row: Mapping[str, Any]) -> "Model":
        """From a row of the worker's answer, whose size is as the model is placed."""
        x, y, z = (float(value) / row["scale"] for value in row["size"])
        front = int(row["front"])
        return Model(
            row["id"], row["name"], row["file"], row["class"], float(row["confidence"]), front, float(row["scale"]),
            (y, x, z) if front % 2 else (x, y, z), bool(row["checked"]), row["fault"], tuple(row["alternatives"]),
            tuple(Path(path) for path in row["thumbnails"]),
        )  # fmt: skip

    def saying(self, values: Mapping[str, str]) -> "Model":
        """With what a person says, which makes it a model that was looked at."""
        said = {**self.said, "checked": "yes", **values}
        category, fault = self.category, self.fault
        if "class" in values:
            category = None if values["class"] == NO_CLASS else values["class"]
            fault = "is left out, as you said" if category is None else ""
        return replace(
            self, said=said, category=category, fault=fault, checked=said["checked"] == "yes",
            front=int(values.get("front", self.front)), scale=float(values.get("scale", self.scale)),
        )  # fmt: skip

    @property
    def placed_size(self) -> tuple[float, float, float]:
        """Width, depth and height as it is placed, metres."""
        x, y, z = (value * self.scale for value in self.size)
        return (y, x, z) if self.front % 2 else (x, y, z)

    @property
    def certainty(self) -> str:
        """How sure its class is, in a few characters."""
        return tr_ui("checked") if self.checked else f"{self.confidence:.0%}"

    @property
    def sure(self) -> bool:
        """Whether nobody need look at it."""
        return self.checked or (not self.fault and self.confidence >= _SURE)


class Review:
    """The list as it was last read.

    Attributes:
        catalogue: folder of the catalogue; None where none was read yet.
        models: by their ids, what needs a look first.
        failed: name and reason of the files that could not be read.
    """

    def __init__(self) -> None:
        self.catalogue: Path | None = None
        self.models: dict[str, Model] = {}
        self.failed: list[tuple[str, str]] = []
        self._icons = Icons()
        self._listed: tuple[tuple[str, str], Sequence[Model]] | None = None
        self._unsaved: dict[str, dict[str, str]] = {}

    def take(self, catalogue: Path, answer: Message) -> None:
        """Takes the worker's answer; corrections of the same catalogue that are not saved hold on."""
        before = self.unsaved if catalogue == self.catalogue else {}
        self._icons.clear()  # the pictures may have been made anew
        self.catalogue = catalogue
        self.models = {model.key: model for model in map(Model.of, answer["pieces"])}
        self.failed = [(str(name), str(reason)) for name, reason in answer["failed"]]
        self._listed, self._unsaved = None, {}
        for key, values in before.items():
            self.say(key, values)

    def say(self, key: str, values: Mapping[str, str]) -> None:
        """Notes what a person says of a model, until it is saved; a model that is no longer there is passed over."""
        if key in self.models:
            model = self.models[key] = self.models[key].saying(values)
            self._unsaved[key] = dict(model.said)
            self._listed = None

    @property
    def unsaved(self) -> Mapping[str, Mapping[str, str]]:
        """What is not yet saved, by the ids of the models."""
        return self._unsaved

    def saved(self) -> None:
        """Forgets what was not yet saved: it is now, or is not wanted."""
        self.models = {key: replace(model, said={}) for key, model in self.models.items()}
        self._listed, self._unsaved = None, {}

    def listed(self, which: str, text: str) -> Sequence[Model]:
        """The models that a filter lets through; worked out once until something changes.

        Args:
            which: ``all``, ``look`` (to look at) or ``out`` (not placed).
            text: part of their name, file or class; empty for all.
        """
        if self._listed is None or self._listed[0] != (which, text):
            self._listed = (which, text), [model for model in self.models.values() if _fits(model, which, text.lower())]
        return self._listed[1]

    def icon(self, model: Model) -> int:
        """The picture of a model as its front is now; 0 until it is read."""
        return self._icons.of_file(model.pictures[model.front])

    def clear(self) -> None:
        """Forgets the list and frees its pictures."""
        self._icons.clear()
        self.catalogue, self.models, self.failed = None, {}, []
        self._listed, self._unsaved = None, {}


def _fits(model: Model, which: str, text: str) -> bool:
    if (which == "out" and not model.fault) or (which == "look" and model.sure and not model.said):
        return False
    words = (model.name, model.file, display_name(model.category) if model.category else "unknown")
    return not text or any(text in word.lower() for word in words)


REVIEW: Final = Review()


def is_reviewable(catalogue: Path) -> bool:
    """Whether a folder is the catalogue of a person's own models, which have something to review."""
    return (catalogue / LIBRARY_FILE).is_file()


def review_pieces(catalogue: Path, changes: Mapping[str, Mapping[str, str]]) -> Steps[Message]:
    """The work of a review: sets what the person says of pieces of a catalogue, and returns the whole list.

    Args:
        catalogue: folder of a catalogue of models that are not 3D-FUTURE's.
        changes: of some pieces' ids, values for class, front, scale, tags and checked; none only lists.

    Returns:
        ``pieces`` and ``failed``, see `worker.serve.review_folder`.
    """
    said = {name: dict(values) for name, values in changes.items()}
    message = {"type": "review", "id": SESSION.new_id("review"), "catalogue": str(catalogue), "set": said}
    return (yield from exchange(message))


def open_review(catalogue: Path) -> Steps[str]:
    """The job that reads the review list of a catalogue; what is not yet saved of another one is saved first."""
    if REVIEW.catalogue not in (None, catalogue):
        yield from save_review()
    REVIEW.take(catalogue, (yield from review_pieces(catalogue, {})))
    return tr_count(len(REVIEW.models), "{count} model to review", "{count} models to review")


def save_review() -> Steps[str]:
    """The job that saves the corrections in the catalogue's record, and writes the catalogue anew.

    Raises:
        InvalidInputError: there is no list.
        WorkerError: they cannot be saved; the list keeps them.
    """
    if REVIEW.catalogue is None:
        raise InvalidInputError(tr("No catalogue is being reviewed"), tr("Press Review Models first"))
    unsaved, catalogue = dict(REVIEW.unsaved), REVIEW.catalogue
    if unsaved:
        answer = yield from review_pieces(catalogue, unsaved)
        REVIEW.saved()
        REVIEW.take(catalogue, answer)
    return tr_count(len(unsaved), "Saved what you said of {count} model", "Saved what you said of {count} models")
