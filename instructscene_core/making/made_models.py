"""The models that a program has made, kept from room to room: as it wrote them, and what was read of them.

In the folder: ``models/``, a GLB for each wish, and ``catalogue/``, made of these as of any folder of models, with
solid parts, fronts and features. Rooms are not furnished from it unless a model is asked for by its id.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..catalogue.entries import CATALOGUE_FILE, Catalogue, CatalogueEntry
from ..catalogue.own_entries import Encoder, Library
from ..catalogue.own_models import LIBRARY_FILE, Recognise, index_own, open_library, review
from ..catalogue.own_reader import ModelReader, is_passing
from ..catalogue.own_records import Piece
from ..errors import InstructSceneError, InvalidInputError
from .program import MakingError, Program, Wish

CATALOGUE: Final = "catalogue"
"""Its folder in that of the models that were made."""
_MODELS: Final = "models"
_REMEDY: Final = "Look at what the program writes"

OnModel = Callable[[int, int], None]
"""(models done, models in all): called again and again; what it raises ends the work."""


@dataclass(frozen=True)
class Made:
    """What became of wishes.

    Args:
        entries: of each wish that was granted, its model.
        reasons: of each other one, why not.
    """

    entries: Mapping[Wish, CatalogueEntry]
    reasons: Mapping[Wish, str]


class MadeModels:
    """Makes models, reads them, and keeps both.

    Args:
        folder: made where it is missing.
        program: makes them.
        reader: reads what it wrote.
        recognise: guesses their fronts.
        encode: computes their features; None leaves them out.
    """

    def __init__(
        self, folder: Path, program: Program, reader: ModelReader, recognise: Recognise, encode: Encoder | None
    ) -> None:
        self._folder, self._program, self._reader = folder, program, reader
        self._recognise, self._encode = recognise, encode

    @staticmethod
    def of(folder: Path, command: str, seconds: float, blender: str | None, model: Path | None) -> "MadeModels":
        """With the point encoder of a model.

        Args:
            folder: see the class.
            command: the program's command line.
            seconds: that one model may take.
            blender: the program that reads what was made; None: this Python where it has ``bpy``.
            model: model folder; None is the embedded starter.

        Raises:
            InvalidInputError: there is no such program, or no Blender.
        """
        from ..catalogue.own_features import encoder_of, recognise  # noqa: PLC0415 - they need torch

        return MadeModels(folder, Program.of(command, seconds), ModelReader.of(blender), recognise, encoder_of(model))

    def make(self, wishes: Sequence[Wish], on_model: OnModel) -> Made:
        """A model for each wish; one that was made before is not made again.

        Args:
            wishes: equal ones get one model.
            on_model: see :data:`OnModel`.

        Raises:
            InstructSceneError: the folder cannot be written, or no Blender reads the models.
        """
        once, reasons = list(dict.fromkeys(wishes)), dict[Wish, str]()
        for number, wish in enumerate(once):
            on_model(number, len(once))
            out = self._path(wish)
            if not out.is_file():
                try:
                    self._program.make(wish, out, lambda number=number: on_model(number, len(once)))
                except MakingError as error:
                    reasons[wish] = error.message
        there = [wish for wish in once if wish not in reasons]
        if not there:
            return Made({}, reasons)
        library = self._read(there, lambda: on_model(len(once), len(once)))
        pieces = {wish: _largest(library, self._path(wish).name) for wish in there}
        for wish, piece in pieces.items():
            if isinstance(piece, str):
                reasons[wish] = piece
                record = library.records.get(self._path(wish).name)
                if record is not None and not is_passing(record.refused):
                    self._path(wish).unlink(missing_ok=True)  # another time the program may do better
        entries = self._entries(library, {wish: piece for wish, piece in pieces.items() if isinstance(piece, Piece)})
        return Made(entries, reasons)

    def _path(self, wish: Wish) -> Path:
        return self._folder / _MODELS / f"{self._program.name_of(wish)}.glb"

    def _read(self, wishes: Sequence[Wish], on_wait: Callable[[], None]) -> Library:
        """What was read of the models, those of the wishes among them."""
        catalogue = self._folder / CATALOGUE
        records = open_library(catalogue).records if (catalogue / LIBRARY_FILE).is_file() else {}
        read = {name for name, record in records.items() if record.pieces}
        if not {self._path(wish).name for wish in wishes} <= read:
            try:
                index_own(
                    self._folder / _MODELS, catalogue, self._reader, self._recognise, self._encode,
                    lambda _done, _total: on_wait(),
                )  # fmt: skip
            except InvalidInputError:
                known = open_library(catalogue).records if (catalogue / LIBRARY_FILE).is_file() else {}
                if not {self._path(wish).name for wish in wishes} <= known.keys():
                    raise  # they were not read; else nothing is sure of its class yet, which is said below
        return open_library(catalogue)

    def _entries(self, library: Library, pieces: Mapping[Wish, Piece]) -> dict[Wish, CatalogueEntry]:
        """Says of each piece what it was made to be, and how large; the front is as recognised."""
        if not pieces:
            return {}
        told: dict[str, dict[str, str]] = {}
        for wish, piece in pieces.items():
            item = library.judgements[piece.stem]
            said = {"class": wish.category, "scale": repr(_scale(piece, item.front, wish)), "tags": ""}
            if item.category != wish.category or not item.checked:
                told[f"{library.source}/{piece.stem}"] = said
        catalogue = self._folder / CATALOGUE
        if told:
            review(catalogue, told, self._encode)
        made = Catalogue.open(catalogue)
        found = {wish: made.get(f"{library.source}/{piece.stem}") for wish, piece in pieces.items()}
        return {wish: entry for wish, entry in found.items() if entry is not None}


def known_models(folder: Path) -> tuple[CatalogueEntry, ...]:
    """The models that were made so far; none where there is no such folder, or its catalogue cannot be read."""
    path = folder / CATALOGUE
    if not (path / CATALOGUE_FILE).is_file():
        return ()
    try:
        return Catalogue.open(path).entries
    except InstructSceneError:
        return ()


def _largest(library: Library, file: str) -> Piece | str:
    """The largest piece of a file; else why there is none."""
    record = library.records.get(file)
    if record is None:
        return "what the program made was not read"
    if not record.pieces:
        reason = record.refused or next((reason for _, reason in record.skipped), "nothing is in it")
        return f"what the program made cannot be used: {reason}"
    return max(record.pieces, key=lambda piece: piece.size[0] * piece.size[1] * piece.size[2])


def _scale(piece: Piece, front: int, wish: Wish) -> float:
    """By which a piece just fits into the box that it was made for."""
    x, y, z = piece.size
    width, depth = (y, x) if front % 2 else (x, y)
    return min(side / own for side, own in zip(wish.size, (width, depth, z), strict=True))
