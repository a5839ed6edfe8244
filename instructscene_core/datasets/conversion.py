"""``data from-3dfront``: houses of 3D-FRONT and models of 3D-FUTURE become a data set in the official layout."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tqdm import tqdm

from ..catalogue.future_models import read_info
from ..errors import InvalidInputError
from ..files.atomic_output import check_folder, writing
from ..plain_text import read_text
from ..vocabulary import RoomType, counted, room_name
from .houses import Filters, Models, read_house, rooms_of_house
from .official import read_splits, room_names, rooms_folder
from .official_writer import NewRoom, Piece, write_models, write_room, write_splits, write_stats
from .plainly_wrong import wrongs

_SPLIT_OF_TENTH: Final = ("train",) * 8 + ("val", "test")
"""Splits of ten equal parts of the houses."""
_REMEDY: Final = "Choose the folder 3D-FRONT of the published data"


@dataclass
class Outcome:
    """Counts of what a conversion did.

    Args:
        written: rooms that were written now.
        there: rooms that were there already.
        left_out: number of rooms by the reason for which they were left out.
        bad_houses: what is wrong with a house, by its file's name.
        wrong: number of rooms by what is plainly wrong with them, and that were written all the same.
    """

    written: int = 0
    there: int = 0
    left_out: Counter[str] = field(default_factory=Counter[str])
    bad_houses: dict[str, str] = field(default_factory=dict[str, str])
    wrong: Counter[str] = field(default_factory=Counter[str])


@dataclass(frozen=True)
class Sources:
    """Folders and files that a conversion reads.

    Args:
        front: folder of the houses.
        future: ``3D-FUTURE-model``.
        captions: folder with ``<jid>.txt``; None: class names stand in for captions.
        splits: CSV of room ids and splits; None: by a hash of the house's name, 8 : 1 : 1.
    """

    front: Path
    future: Path
    captions: Path | None = None
    splits: Path | None = None


def convert(sources: Sources, filters: Filters, out: Path) -> Outcome:
    """Converts all houses; rooms that an earlier run has written are kept.

    Args:
        sources: what is read.
        filters: which rooms are taken.
        out: folder of the data set.

    Returns:
        Counts of what was done.

    Raises:
        InvalidInputError: a folder holds nothing of the kind, a list is malformed, no room passes the filters, or the
            output holds rooms that are not of this run.
        InstructSceneError: the output cannot be written; a later run goes on.
    """
    houses = sorted(sources.front.glob("*.json")) if sources.front.is_dir() else []
    if not houses:
        raise InvalidInputError(f"{sources.front} holds no houses (*.json)", _REMEDY)
    given = None if sources.splits is None else read_splits(sources.splits)
    models = Models(sources.future, {info.id: info for info in read_info(sources.future).models}, sources.captions)
    check_folder(out)
    with writing(out):
        return _converted(houses, models, filters, out, given)


def _converted(
    houses: Sequence[Path], models: Models, filters: Filters, out: Path, given: Mapping[str, str] | None
) -> Outcome:
    outcome, splits = Outcome(), dict[str, str]()
    pieces: dict[str, Piece] = {}
    for path in tqdm(houses, desc="houses", unit="house"):
        try:
            for room in _kept(path, models, filters, outcome, splits):
                split = _split(path.stem) if given is None else given.get(room.room_id)
                if split is None:
                    outcome.left_out["in no split"] += 1
                    continue
                _write(out, filters.room_type, room, outcome)
                splits[room.room_id] = split
                pieces.update((piece.jid, piece) for piece in room.pieces)
        except InvalidInputError as error:
            outcome.bad_houses[path.name] = error.message
    if not splits:
        raise InvalidInputError(
            f"No {room_name(filters.room_type)} of {counted(len(houses), 'house')} is taken", _reasons(outcome)
        )
    _refuse_strangers(out, filters.room_type, splits)
    write_splits(out, filters.room_type, splits)
    write_stats(out, filters.room_type, room_names(out, filters.room_type, _measured(splits)))
    write_models(out, filters.room_type, pieces.values())
    return outcome


def _kept(path: Path, models: Models, filters: Filters, outcome: Outcome, known: Mapping[str, str]) -> list[NewRoom]:
    """The rooms of a house that pass the filters and whose ids no other room has; the others are counted."""
    kept: dict[str, NewRoom] = {}
    for room_id, room in rooms_of_house(path.stem, read_house(path), models, filters):
        if not isinstance(room, NewRoom):
            outcome.left_out[str(room)] += 1
        elif room_id in known or room_id in kept:
            outcome.left_out["an id that another room has"] += 1
        elif (wrong := list(wrongs(room))) and filters.plainly_right:
            outcome.left_out[f"plainly wrong: {wrong[0]}"] += 1
        else:
            outcome.wrong.update(wrong)
            kept[room_id] = room
    return list(kept.values())


def _write(out: Path, room_type: RoomType, room: NewRoom, outcome: Outcome) -> None:
    parent = out / f"threed_front_{room_type}"
    if (parent / room.name).is_dir():
        outcome.there += 1
        return
    write_room(parent, room_type, room)
    outcome.written += 1


def _refuse_strangers(out: Path, room_type: RoomType, splits: Mapping[str, str]) -> None:
    """Refuses a folder with rooms that are not of this run: the lists are rewritten and would omit them."""
    known = set(room_names(out, room_type, splits))
    strangers = sorted(p.name for p in rooms_folder(out, room_type).iterdir() if p.is_dir() and p.name not in known)
    if strangers:
        message = f"{out} holds {counted(len(strangers), 'room')} of other houses or options, such as {strangers[0]}"
        raise InvalidInputError(message, "Choose another folder, or give all houses and the same options")


def _split(house: str) -> str:
    """Split of a house by a hash of its name, independent of the other houses."""
    return _SPLIT_OF_TENTH[hashlib.sha256(house.encode()).digest()[0] % 10]


def _measured(splits: Mapping[str, str]) -> set[str]:
    """Ids of the rooms over which the statistics are taken: train and val, or all rooms if these are empty."""
    return {room for room, split in splits.items() if split != "test"} or set(splits)


def _reasons(outcome: Outcome) -> str:
    found = [f"{reason} ({count})" for reason, count in outcome.left_out.most_common(5)]
    found += [f"{name}: {what}" for name, what in list(outcome.bad_houses.items())[:1]]
    return f"Left out: {'; '.join(found)}" if found else "Choose another room type"


def read_list(path: Path | None) -> frozenset[str]:
    """Reads ids, separated by white space; none if ``path`` is None.

    Raises:
        InvalidInputError: the file cannot be read.
    """
    if path is None:
        return frozenset()
    return frozenset(read_text(path).split())
