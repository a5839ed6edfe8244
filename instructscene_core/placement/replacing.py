"""One piece in the place of another one, all others staying (docs/scene-format.md, Replace).

The new piece has its own size. It comes with its back where the old one's was, on the same ground, and then it alone is
settled by the energy of the room. Where it fits nowhere near, the room stays as it is, and the report says why.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from ..catalogue.entries import Catalogue, CatalogueEntry
from ..errors import InvalidInputError
from ..geometry.solids import colliding_pairs
from ..instructions.brief import named
from ..instructions.read.brief import read_brief
from ..instructions.read.described_looks import described
from ..instructions.report import flags_of, object_relations, report
from ..reading.reader import Reader
from ..scene import Relation, Replacement, Request, Scene, SceneObject
from ..vocabulary import CLASSES, EXTRAS, NO_RELATION, PREDICATES, display_name, with_article
from .alternatives import Alternatives, Wanted, wanted
from .asked_looks import looks_met
from .extras import AttachedExtra, attached_extras
from .matching_sets import with_mesh
from .misfits import misfits
from .settle import levelled, settle

_NEAR: Final = 1.0
"""Metres from the old piece's place within which the new one has to find its own; our choice."""
_BESIDE: Final = 2.0
"""The same of each further piece, where several come in the place of one."""
_GAP: Final = 0.1
"""Metres between several that come in the place of one, at first."""
_TRIED: Final = 8
"""Pieces of different sizes that are tried until one fits."""
_OFF_GROUND: Final = 0.05
"""Metres from the floor on which a piece still stands on it."""
_BEARERS: Final = frozenset({
    "cabinet", "children_cabinet", "coffee_table", "console_table", "corner_side_table", "desk", "dining_table",
    "dressing_table", "nightstand", "round_end_table", "table", "tv_stand",
})  # fmt: skip
_HIGHEST: Final = 1.2
"""Of what something is left standing on: its height, metres."""


class _Exchanged(NamedTuple):
    """What became of one object.

    Attributes:
        before: the object.
        fresh: what stands in its place; empty where nothing does.
        what: was wanted; None where an entry was named, or nothing.
        alternatives: among which the piece was chosen.
        why_not: why nothing changed; empty where it did.
    """

    before: SceneObject
    fresh: tuple[SceneObject, ...] = ()
    what: Wanted | None = None
    alternatives: Alternatives | None = None
    why_not: str = ""

    def to_json(self) -> dict[str, Any]:
        """For the provenance."""
        asset = self.fresh[0].asset if self.fresh else None
        return {"id": self.before.id, "by": [item.id for item in self.fresh], "asset": asset}


@dataclass
class _Room:
    """A room while pieces of it are replaced.

    Attributes:
        scene: as it came.
        objects: as they stand now.
        notes: what a person should know.
    """

    scene: Scene
    objects: list[SceneObject]
    notes: list[str] = field(default_factory=list[str])

    def exchange(self, before: SceneObject, fresh: Sequence[SceneObject]) -> None:
        """Puts pieces in the place of one; what stood on it stays on the first, or goes with it."""
        on_it = [extra for extra in attached_extras(self.objects) if extra.host == before and extra.item != before]
        moved = {extra.item.id: self._carried(extra, before, fresh) for extra in on_it if extra.item.category != "rug"}
        names = [display_name(extra.item.category or "") for extra in on_it if moved.get(extra.item.id, extra) is None]
        if names:
            self.notes.append(
                f"What stood on the {display_name(before.category or 'piece')} is gone: {', '.join(names)}"
            )
        rows = [fresh if item == before else (moved.get(item.id, item),) for item in self.objects]
        self.objects = [item for row in rows for item in row if item is not None]

    @staticmethod
    def _carried(extra: AttachedExtra, before: SceneObject, fresh: Sequence[SceneObject]) -> SceneObject | None:
        if not fresh or not (fresh[0].category == before.category or _bears(fresh[0])):
            return None
        return extra.follow(fresh[0])


def _bears(item: SceneObject) -> bool:
    return item.category in _BEARERS and item.size[2] <= _HIGHEST


class Replacer:
    """Does the task "replace".

    Args:
        catalogue: has the pieces.
        reader: reads what is to come.
    """

    def __init__(self, catalogue: Catalogue, reader: Reader) -> None:
        self._catalogue, self._reader = catalogue, reader

    def check(self, request: Request) -> None:
        """Looks whether the catalogue has the entries that a request names.

        Raises:
            InvalidInputError: it has not.
        """
        for name, what in request.replace.items():
            if what is not None and what.asset is not None and self._catalogue.get(what.asset) is None:
                message = f'No furniture is called "{what.asset}", which is to replace "{name}"'
                raise InvalidInputError(message, "Name one of the catalogue's entries")

    def run(self, request: Request) -> list[Scene]:
        """All variations: of the k-th, the k-th best piece that fits comes; none moves where none fits."""
        return [self._variation(request, k) for k in range(request.variations)]

    def _variation(self, request: Request, number: int) -> Scene:
        room = _Room(request.scene, list(request.scene.objects))
        done: list[_Exchanged] = []
        for name, what in sorted(orders(request).items(), key=lambda order: order[1] is None):
            if what is None and any(one.why_not for one in done):  # what was to come instead has not come
                continue
            before = next((item for item in room.objects if item.id == name), None)
            if before is None:  # it stood on what was replaced before, and went with it
                continue
            result = self._exchanged(room, before, what, number)
            if not result.why_not:
                room.exchange(before, result.fresh)
            done.append(result)
        return self._scene(request, room, done)

    def _exchanged(self, room: _Room, before: SceneObject, what: Replacement | None, number: int) -> _Exchanged:
        if what is None:
            return _Exchanged(before)
        if what.asset is not None:
            entry = self._catalogue.get(what.asset)
            assert entry is not None, "check() has looked"  # noqa: S101
            fresh, why_not = self._placed(room, before, [(entry, entry.size)], 1, None)
            return _Exchanged(before, fresh, why_not=why_not)
        asked = wanted(what.text, what.category, before, room.scene.room_type, self._reader, self._catalogue)
        if what.text and not asked.understood:
            return _Exchanged(before, what=asked, why_not="not understood")
        choice = Alternatives(before, asked, room.scene.room_type, self._catalogue)
        ranked = choice.ranked[number:] or choice.ranked[-1:]
        if not ranked:
            why_not = f"the catalogue has no other {named(frozenset(asked.categories))}"
            return _Exchanged(before, what=asked, alternatives=choice, why_not=why_not)
        sized = [(entry, choice.size_of(entry)) for entry in ranked]
        fresh, why_not = self._placed(room, before, sized, asked.count, asked)
        return _Exchanged(before, fresh, asked, choice, why_not)

    def _placed(
        self,
        room: _Room,
        before: SceneObject,
        entries: Sequence[tuple[CatalogueEntry, tuple[float, float, float]]],
        count: int,
        asked: Wanted | None,
    ) -> tuple[tuple[SceneObject, ...], str]:
        """The first of some entries, with sizes, that fits: placed; else nothing, and why the first does not fit."""
        reasons: list[str] = []
        failed: list[tuple[float, float, float]] = []
        for entry, size in entries:
            if len(failed) == _TRIED:
                break
            if any(all(a >= b for a, b in zip(size, other, strict=True)) for other in failed):
                continue  # it is as large as one that did not fit
            fresh, why_not = self._fitted(room, before, self._started(room, before, entry, size, count), asked)
            if fresh:
                return fresh, ""
            reasons.append(why_not)
            failed.append(size)
        return (), f"no free place near: {reasons[0]}"

    def _started(
        self, room: _Room, before: SceneObject, entry: CatalogueEntry, size: tuple[float, float, float], count: int
    ) -> list[SceneObject]:
        """The new pieces where the old one is: back to back, side by side where there are several."""
        category = entry.class_in(room.scene.room_type) or entry.category
        taken = {item.id for item in room.objects}
        ids = [before.id]
        while len(ids) < count:
            ids.append(_new_id(category, taken | {*ids}))
        _, _, height = size
        x, y, z = before.position
        base = z - before.size[2] / 2
        front = bool(flags_of([category])[1][0]) and bool(flags_of([before.category or ""])[1][0])
        back = (before.size[1] - size[1]) / 2 if front else 0.0
        cos, sin = math.cos(before.yaw), math.sin(before.yaw)
        fresh: list[SceneObject] = []
        for k, name in enumerate(ids):
            aside = (k - (count - 1) / 2) * (size[0] + _GAP)
            place = (x + aside * cos - back * sin, y + aside * sin + back * cos, base + height / 2)
            box = SceneObject(name, category, place, size, before.yaw)
            fresh.append(with_mesh(box, entry, entry.codes, self._catalogue.stretch, pose_kept=False))
        return fresh

    def _fitted(
        self, room: _Room, before: SceneObject, fresh: Sequence[SceneObject], asked: Wanted | None
    ) -> tuple[tuple[SceneObject, ...], str]:
        """The new pieces where they fit, settled if that leaves them near; else nothing, and why."""
        attached = {extra.item.id for extra in attached_extras(room.objects)}
        others = [item for item in room.objects if item != before and item.id not in attached]
        if all(item.category in EXTRAS for item in (before, *fresh)) or before.id in attached:
            why_not = self._why_not(room, others, fresh, fresh)
            return ((), why_not) if why_not else (tuple(fresh), "")
        objects, movable = [*others, *fresh], [*(False for _ in others), *(True for _ in fresh)]
        wishes = asked.brief.of_layout if asked is not None else ()
        settled = settle(objects, movable, self._catalogue, room.scene.floor, wishes=wishes).objects[len(others) :]
        why_not = self._why_not(room, others, settled, fresh)
        if not why_not:
            return settled, ""
        level = tuple(levelled(item, self._catalogue, room.scene.floor.height) for item in fresh)
        if not self._why_not(room, others, level, fresh):
            return level, ""
        return (), why_not

    def _why_not(
        self, room: _Room, others: Sequence[SceneObject], fresh: Sequence[SceneObject], start: Sequence[SceneObject]
    ) -> str:
        """Why pieces cannot stand where they do; empty where they can."""
        objects, names = [*others, *fresh], {item.id for item in fresh}
        for i, j in colliding_pairs(objects, self._catalogue):
            pair = objects[i], objects[j]
            if names & {item.id for item in pair}:
                other = pair[0] if pair[1].id in names else pair[1]
                return f"it would be inside the {display_name(other.category or 'piece')}"
        if room.scene.floor.polygon is not None:
            found = misfits(room.scene.room_type, objects, room.scene.floor, self._catalogue)
            if why_not := next((found[name] for name in found if name in names), ""):
                return why_not
        ways = [math.dist(item.position[:2], first.position[:2]) for item, first in zip(fresh, start, strict=True)]
        far = next((way for k, way in enumerate(ways) if way > (_BESIDE if k else _NEAR)), None)
        return "" if far is None else f"the next one is {far:.1f} m away"

    def _scene(self, request: Request, room: _Room, done: Sequence[_Exchanged]) -> Scene:
        """The room with its record: what was asked now, then what was asked of the room before, both measured now."""
        scene = replace(room.scene, objects=tuple(room.objects), relations=_relations(room.objects))
        provenance: dict[str, Any] = dict(room.scene.provenance or {"instruction": "", "seed": request.seed})
        provenance["replaced"] = [one.to_json() for one in done if not one.why_not]
        changed = bool(provenance["replaced"])
        kept = scene if changed else room.scene
        return replace(kept, provenance=provenance, report=self._report(scene, room, done, request))

    def _report(self, scene: Scene, room: _Room, done: Sequence[_Exchanged], request: Request) -> dict[str, Any]:
        told = [self._told(scene, one) for one in done]
        notes = [*room.notes, *(note for one in done if one.what is not None for note in one.what.notes)]
        if not done:
            notes.append("Nothing was replaced: select what is to go, or name something that is there")
        told.append({"met": [], "not_met": [], "not_understood": [], "notes": notes})
        told.append(self._of_before(scene, request.scene))
        merged = {key: _once(line for one in told for line in one.get(key, ())) for key in told[-1]}
        return {key: lines for key, lines in merged.items() if lines or key != "notes"}

    def _told(self, scene: Scene, one: _Exchanged) -> dict[str, Any]:
        """What of one order is met."""
        old = display_name(one.before.category or "piece")
        if one.what is None and not one.fresh and not one.why_not:
            return {"notes": [f"Deleted: {old}"]}
        new = one.fresh[0].category if one.fresh else (one.what.categories[0] if one.what else None)
        if one.why_not == "not understood" and one.what is not None:
            return {"not_understood": list(one.what.brief.not_understood)}
        name = display_name(new or "piece")
        what = f"{len(one.fresh)} x {name}" if len(one.fresh) > 1 else with_article(name)
        label = f"{what} in place of the {old}"
        if one.why_not:
            return {"not_met": [f"{label} ({one.why_not}; nothing was changed)"]}
        if one.what is None:
            return {"met": [label]}
        others = [item for item in scene.objects if item.category not in one.what.categories]
        objects = [*one.fresh, *others]
        looks = looks_met(one.what.brief, one.what.looks, one.fresh, self._catalogue)
        found = report(one.what.brief, objects, scene.floor, looks=[*self._compared(one), *looks])
        there = {piece.label() for piece in one.what.brief.pieces}
        return {**found, "met": [label, *(line for line in found["met"] if line not in there)]}

    def _compared(self, one: _Exchanged) -> list[tuple[str, bool]]:
        """Whether a piece is as large beside the old one as was asked."""
        entry = self._catalogue.get(one.fresh[0].asset)
        if one.what is None or one.alternatives is None or entry is None:
            return []
        name, choice = display_name(one.fresh[0].category or ""), one.alternatives
        return [(f"{name}: {c.word} than before", choice.compares(c, entry)) for c in one.what.comparisons]

    def _of_before(self, scene: Scene, given: Scene) -> dict[str, Any]:
        """What of the room's own instruction holds now, read by rule: a language model is not asked twice."""
        text = str((given.provenance or {}).get("instruction", ""))
        before = given.report or {}
        brief = read_brief(text, scene.room_type, self._catalogue.vocabulary)
        looks = described(brief.english or text, CLASSES[scene.room_type])
        found = report(brief, scene.objects, scene.floor, looks=looks_met(brief, looks, scene.objects, self._catalogue))
        return {**found, "not_understood": list(before.get("not_understood", ())), "notes": []}


def orders(request: Request) -> Mapping[str, Replacement | None]:
    """What is to come in whose place; what the instruction says in that of the selected, where nothing is stated."""
    return request.replace or dict.fromkeys(request.selected, Replacement(text=request.instruction))


def _once(lines: Any) -> list[str]:  # noqa: ANN401
    return list(dict.fromkeys(lines))


def _relations(objects: Sequence[SceneObject]) -> tuple[Relation, ...]:
    """How the furniture stands to each other, by the official rules."""
    items = [item for item in objects if item.category not in EXTRAS]
    matrix = object_relations(items)
    return tuple(
        (items[j].id, PREDICATES[matrix[j, i]], items[i].id)
        for i in range(len(items))
        for j in range(i)
        if matrix[j, i] != NO_RELATION
    )


def _new_id(category: str, taken: set[str]) -> str:
    number = 1
    while f"{category}_{number}" in taken:
        number += 1
    return f"{category}_{number}"
