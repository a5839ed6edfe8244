"""What else a person should know of a room, beside which wishes it meets: short lines for the report."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from ..catalogue.entries import Catalogue
from ..scene import SceneObject
from ..vocabulary import CLASSES, counted, display_name, listing, room_name, with_article
from .flaws import CORES
from .plan import Plan

_NAMED: Final = 8
"""Most kinds of furniture that a note names."""


def of_rooms(plan: Plan, filled: Sequence[SceneObject | None], excess: Sequence[SceneObject]) -> list[str]:
    """What was left out, what sort of room it is, and what was made of the instruction and of unknown objects.

    Args:
        plan: of the request.
        filled: (N) the object of every slot.
        excess: what was too much for such a room.
    """
    notes = [*plan.slots.notes, *plan.notes]
    if excess:
        counts = Counter(_name(item) for item in excess)
        listed = ", ".join(counted(count, name) for name, count in counts.items())
        notes.append(f"More than such rooms hold was left out: {listed}")
    notes += _of_room_type(plan)
    if plan.brief.language:
        notes.append(f"The instruction was read as {plan.brief.language}")
    if plan.truncated:
        notes.append("The instruction is longer than the model reads; its end was not used")
    for item, before in zip(filled, plan.slots.objects, strict=True):
        if item is not None and before is not None and before.category is None:
            notes.append(f'"{before.id}" was taken to be {with_article(_name(item))}')
    if not any(filled) and not plan.slots.outside:
        notes.append("The model left the room empty")
    return notes


def _of_room_type(plan: Plan) -> list[str]:
    notes: list[str] = []
    named, own = plan.brief.room.room_type, plan.request.scene.room_type
    if plan.asked_type:
        notes.append(f"{with_article(room_name(own)).capitalize()}, as the instruction says")
    elif plan.request.assumed_bedroom and named is None:
        notes.append("No room type was given: taken to be a bedroom")
    if named is not None and named != own:
        speaks, is_one = with_article(room_name(named)), with_article(room_name(own))
        notes.append(f"The instruction speaks of {speaks}, but this is {is_one}")
    return notes


def of_furniture(plan: Plan, objects: Sequence[SceneObject], catalogue: Catalogue) -> list[str]:
    """What the chosen catalogues lack, and what became of it: nothing may be a plain box without a word.

    Args:
        plan: of the request.
        objects: of the finished room, with extras.
        catalogue: that gave the meshes.
    """
    before = {item.id: item for item in plan.request.scene.objects}
    dressed = [item for item in objects if item.id not in before or item.asset != before[item.id].asset]
    notes: list[str] = []
    if names := _kinds(item for item in dressed if catalogue.is_spare(item.asset)):
        notes.append(f"The chosen catalogues have no {listing(names, _NAMED)}: the starter's stands there")
    if names := _kinds(item for item in dressed if item.asset is None):
        notes.append(f"No catalogue has {listing([with_article(name) for name in names], _NAMED)}: a box stands there")
    makes_new = plan.request.task == "generate" or len(objects) > len(before)
    if plan.lacking and makes_new:
        notes.append(f"Left out, since the chosen catalogues have none: {listing(_missed_first(plan), _NAMED)}")
    asked = zip(plan.slots.objects, plan.slots.keeps, strict=True)
    bare = [item for item, keeps in asked if item is not None and "feature" not in keeps]
    if stays := _kinds(item for item in bare if item.category in plan.lacking):
        notes.append(f"The chosen catalogues have no {listing(stays, _NAMED)}: what was there stays as it is")
    return notes


def _missed_first(plan: Plan) -> list[str]:
    """Names of what is lacking: first what was asked for, then what such a room is for, then all the rest."""
    core = CORES[plan.request.scene.room_type].classes

    def rank(name: str) -> tuple[bool, bool, bool, str]:
        return name not in plan.brief.spoken, name not in core, name not in CLASSES[plan.request.scene.room_type], name

    return [display_name(name) for name in sorted(plan.lacking, key=rank)]


def _kinds(items: Iterable[SceneObject]) -> list[str]:
    """Names of the classes of some objects, each once."""
    return list(dict.fromkeys(_name(item) for item in items))


def _name(item: SceneObject) -> str:
    return display_name(item.category or "piece of furniture")
