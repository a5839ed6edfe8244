"""From filled slots to a scene: meshes are chosen, poses crossed back, the layout settled, the report written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from ..catalogue.entries import Catalogue
from ..geometry.drawn_floor import DRAWN, is_drawn, with_walls
from ..geometry.frames import boxes_to_poses
from ..geometry.openings import with_free_windows
from ..geometry.solids import colliding_pairs
from ..instructions.brief import Brief
from ..instructions.read.described_looks import Described
from ..instructions.report import object_relations, report
from ..sampling.layout_model import Layout, Settings
from ..sampling.slots import Slots
from ..sampling.tasks import kept_attributes
from ..scene import FloorPlan, Relation, Request, Scene, SceneObject
from ..vocabulary import EXTRAS, NO_RELATION, PREDICATES, display_name, hangs
from .asked_looks import AskedLooks, looks_met
from .asked_sizes import AskedSizes
from .extras import LAMP_HOSTS, AttachedExtra, attached_extras, place_extras
from .flaws import misplaced
from .furnishing import Furnishing, ObjectsOfSlots
from .kinds import DINING
from .matching_sets import match_sets
from .settle import Settled, settle
from .too_many import excess_objects, wishes_lost


@dataclass(frozen=True, eq=False)
class Plan:
    """A request on its way through the generator.

    Attributes:
        request: checked.
        slots: what is known of its objects.
        settings: how to sample.
        brief: what the instruction asks for.
        looks: whose looks it speaks of.
        truncated: whether the text encoder did not read its end.
        attempt: number of the try, from 0.
        asked_type: whether the room's type is what the instruction names, and not what the request says.
        notes: what is to be said of how the instruction was read.
    """

    request: Request
    slots: Slots
    settings: Settings
    brief: Brief
    looks: Described
    truncated: bool = False
    attempt: int = 0
    asked_type: bool = False
    notes: tuple[str, ...] = ()


def assemble(
    plan: Plan,
    layout: Layout,
    catalogue: Catalogue,
    *,
    model: str,
    seed: int,
    settled: bool,
    furnishing: Furnishing | None = None,
) -> Scene:
    """The scene of one variation.

    Args:
        plan: of its request.
        layout: what the model made of the slots.
        catalogue: gives the meshes.
        model: its name.
        seed: of this variation.
        settled: whether to make sets of its furniture and settle it.
        furnishing: meshes and floor, where they were chosen before the layout; None: they are chosen to fit it.
    """
    poses = boxes_to_poses(layout.boxes, plan.slots.centre)
    if furnishing is None:
        asked = AskedLooks(plan.looks, catalogue, plan.slots.room_type) if settled else None
        filled = ObjectsOfSlots.of(plan.slots, layout, catalogue, asked).placed(poses)
        if settled:
            filled = match_sets(filled, plan.slots, plan.looks, catalogue)
    else:
        filled = furnishing.placed(poses)
    objects, movable = _in_order(plan, filled)
    relations, loose = _relations(plan, layout, filled), frozenset[Relation]()
    if furnishing is not None:
        # The layout was drawn to the relations that bind; of the others it is to keep those that it shows.
        held = set(_held(relations, objects))
        relations = tuple(r for r in relations if r in held or furnishing.binds(r))
        loose = _loose(tuple(r for r in relations if not furnishing.binds(r)), objects)
    given = plan.request.scene.floor
    drawn = is_drawn(plan.request.scene) or given.polygon is None
    floor, fixed = (given, not drawn) if furnishing is None else (furnishing.floor, True)
    result, crowded, excess = _unsettled(objects, catalogue), list[SceneObject](), list[SceneObject]()
    if settled:
        excess, attached = _excess_objects(plan, result), attached_extras(plan.request.scene.objects)
        apart = [*excess, *(extra.item for extra in attached)]
        order = [item.id for item in objects]
        objects, movable, relations = _without(apart, objects, movable, relations)
        wishes = plan.brief.of_layout
        firm = tuple(r for r in relations if r not in loose)
        settled_room = settle(objects, movable, catalogue, floor, firm, wishes=wishes, drawn=not fixed)
        result, crowded = _without_crowd(plan, settled_room)
        if fixed:
            result, strays = _without_strays(plan, result, floor, catalogue)
            crowded += strays
        _, _, relations = _without(crowded, (), (), relations)
        shown = {*firm, *_held(relations, result.objects)}
        relations = tuple(r for r in relations if r in shown)
        result = replace(result, objects=_with_attached(result.objects, attached, order))
    if settled and furnishing is not None and given.polygon is None:  # windows that were there before an edit stay
        floor = with_free_windows(floor, [_with_what_stands_on_it(item) for item in result.objects], Random(seed))
    if not fixed:
        floor = with_walls(floor, result.objects, drawn=drawn)
    extras = _extras(plan, result.objects, floor, catalogue, seed) if settled else []
    return Scene(
        room_type=plan.request.scene.room_type,
        objects=(*result.objects, *extras),
        floor=floor,
        relations=relations,
        provenance={
            "instruction": plan.request.instruction,
            "seed": seed,
            "try": plan.attempt,
            "model": model,
            "settings": _settings(plan, settled=settled, drawn=drawn),
            "settled": [move.to_json() for move in result.moves],
            "colliding": [list(pair) for pair in result.colliding],
            "left_out": [item.category for item in crowded],
        },
        report=report(
            plan.brief,
            (*result.objects, *extras),
            floor,
            _notes(plan, filled, crowded, excess),
            looks=looks_met(plan.brief, plan.looks, (*result.objects, *extras), catalogue),
            left_out=[item.category or "" for item in (*crowded, *excess)],
        ),
    )


def _with_attached(
    objects: Sequence[SceneObject], attached: Sequence[AttachedExtra], order: Sequence[str]
) -> tuple[SceneObject, ...]:
    """The objects and what stands on them, in the order of their ids; new ones last."""
    found = {item.id: item for item in objects}
    found |= {extra.item.id: extra.follow(found.get(extra.host.id, extra.host)) for extra in attached}
    return tuple(found[name] for name in order if name in found)


def _with_what_stands_on_it(item: SceneObject) -> SceneObject:
    """A TV stand or side table as high as with a TV or a lamp on it."""
    more = _TV if item.category == "tv_stand" else _LAMP if item.category in LAMP_HOSTS else 0.0
    (x, y, z), (width, depth, height) = item.position, item.placed_size or item.size
    return replace(item, position=(x, y, z + more / 2), size=(width, depth, height + more), placed_size=None)


_TV: Final = 0.85
_LAMP: Final = 0.65
"""Height of most, metres."""


def _extras(
    plan: Plan, objects: Sequence[SceneObject], floor: FloorPlan, catalogue: Catalogue, seed: int
) -> list[SceneObject]:
    """What finishes a generated room, and what an instruction asks for beyond furniture."""
    request, brief = plan.request, plan.brief
    wanted = [name for piece in brief.extras for name in sorted(piece.names)[:1] for _ in range(piece.count)]
    if request.add is not None or (request.task != "generate" and not wanted):
        return []
    refused = set(brief.refused) | (set(EXTRAS) - brief.spoken if brief.only else set())
    if request.task != "generate" or not request.finish:
        refused |= set(EXTRAS) - set(wanted)
    wishes = [wish for wish in brief.wishes if wish.subjects <= frozenset(EXTRAS)]
    sizes = AskedSizes(brief, catalogue) if any(piece.sizes for piece in brief.extras) else None
    return place_extras(objects, floor, catalogue, seed, wanted=wanted, refused=refused, wishes=wishes, sizes=sizes)


def _settings(plan: Plan, *, settled: bool, drawn: bool) -> dict[str, Any]:
    """How the scene was sampled, for the provenance."""
    return {
        "task": plan.request.task,
        "steps": list(plan.settings.steps),
        "guidance": plan.settings.guidance,
        "truncation": plan.settings.truncation,
        "drafts": plan.settings.drafts,
        "ratio": plan.settings.ratio,
        "conceal": plan.settings.remasked_share,
        "settle": settled,
        "floor": DRAWN if drawn else "given",
    }


def _excess_objects(plan: Plan, result: Settled) -> list[SceneObject]:
    """New objects that such rooms do not hold as well, unless their number was asked for."""
    if plan.request.add is not None:
        return []
    new = {item.id for item in result.objects} - {item.id for item in plan.request.scene.objects}
    return excess_objects(plan.request.scene.room_type, result.objects, new, plan.brief, result.colliding)


def _without(
    gone: Sequence[SceneObject],
    objects: Sequence[SceneObject],
    movable: Sequence[bool],
    relations: Sequence[Relation],
) -> tuple[list[SceneObject], list[bool], tuple[Relation, ...]]:
    """Objects, whether they may move, and relations, less those of some objects."""
    names = {item.id for item in gone}
    rest = [(item, free) for item, free in zip(objects, movable, strict=True) if item.id not in names]
    kept = tuple(r for r in relations if not {r[0], r[2]} & names)
    return [item for item, _ in rest], [free for _, free in rest], kept


def _without_crowd(plan: Plan, settled: Settled) -> tuple[Settled, list[SceneObject]]:
    """Leaves out new objects that found no free place, the smaller of a pair first, unless their number was asked for.

    Returns:
        What remains, and what was left out.
    """
    if plan.request.add is not None:
        return settled, []
    old = {item.id for item in plan.request.scene.objects}
    objects = {item.id: item for item in settled.objects}
    pairs, crowd = list(settled.colliding), list[SceneObject]()
    while new := [objects[name] for pair in pairs for name in pair if name not in old]:
        smallest = min(new, key=lambda item: item.size[0] * item.size[1])
        crowd.append(objects.pop(smallest.id))
        pairs = [pair for pair in pairs if smallest.id not in pair]
    moves = tuple(move for move in settled.moves if move.id in objects)
    return Settled(tuple(objects.values()), moves, tuple(pairs)), crowd


def _without_strays(
    plan: Plan, settled: Settled, floor: FloorPlan, catalogue: Catalogue
) -> tuple[Settled, list[SceneObject]]:
    """Leaves out new objects that found no place where they belong, one at a time, unless a wish needs them.

    Returns:
        What remains, and what was left out.
    """
    if plan.request.add is not None:
        return settled, []
    old = {item.id for item in plan.request.scene.objects}
    kept, strays = {item.id: item for item in settled.objects}, list[SceneObject]()

    def stray() -> str | None:
        here = list(kept.values())
        new = [item for item in here if item.id not in old]
        asked = {item.id for item in new if _asked_for(item, new, plan.brief)}
        found = misplaced(Scene(plan.request.scene.room_type, tuple(here), floor), catalogue, asked)
        free = (name for name in found if name not in old and not wishes_lost(kept[name], here, plan.brief, floor))
        return next(free, None)

    while (name := stray()) is not None:
        strays.append(kept.pop(name))
    gone = {item.id for item in strays}
    moves = tuple(move for move in settled.moves if move.id not in gone)
    pairs = tuple(pair for pair in settled.colliding if not gone & set(pair))
    return Settled(tuple(kept.values()), moves, pairs), strays


def _asked_for(item: SceneObject, objects: Sequence[SceneObject], brief: Brief) -> bool:
    """Whether a sentence counts one of some new objects, and there is none to spare."""
    own = [piece for piece in brief.furniture if item.category in piece.names]
    return any(sum(other.category in piece.names for other in objects) <= brief.asked(piece.names) for piece in own)


def _unsettled(objects: Sequence[SceneObject], catalogue: Catalogue) -> Settled:
    pairs = colliding_pairs(objects, catalogue)
    return Settled(tuple(objects), (), tuple((objects[i].id, objects[j].id) for i, j in pairs))


def _in_order(plan: Plan, filled: Sequence[SceneObject | None]) -> tuple[list[SceneObject], list[bool]]:
    """All objects, the request's first and in its order, and for each whether its pose is free."""
    slots = plan.slots
    made = {item.id: item for item in filled if item is not None}
    old = [item.id for item in (*slots.objects, *slots.outside) if item is not None]
    known = {item.id for item in slots.outside}
    known |= {item.id for item, k in zip(slots.objects, slots.pose_known, strict=True) if item is not None and k}
    present = [made.get(item.id, item) for item in plan.request.scene.objects if item.id in set(old)]
    new = [item for name, item in made.items() if name not in old]
    objects = [*present, *new]
    return objects, [item.id not in known for item in objects]


def _relations(plan: Plan, layout: Layout, filled: Sequence[SceneObject | None]) -> tuple[Relation, ...]:
    """The graph: relations that the request states and keeps, as they came, then the sampled ones."""
    scene = plan.request.scene
    stated: list[Relation] = []
    keeping: set[str] = set()
    if scene.relations is not None:
        present = [item for item in (*plan.slots.objects, *plan.slots.outside) if item is not None]
        inside = {item.id for item in plan.slots.objects if item is not None}
        keeping = {
            item.id for item in present if item.id not in inside or "relation" in kept_attributes(plan.request, item)
        }
        stated = [r for r in scene.relations if r[0] in keeping and r[2] in keeping]
    sampled: list[Relation] = []
    for i, first in enumerate(filled):
        for j, second in enumerate(filled[:i]):
            predicate = int(layout.relations[j, i])
            if first is None or second is None or predicate == NO_RELATION:
                continue
            if first.id not in keeping or second.id not in keeping:
                sampled.append((second.id, PREDICATES[predicate], first.id))
    return (*stated, *sampled)


def _loose(relations: Sequence[Relation], objects: Sequence[SceneObject]) -> frozenset[Relation]:
    """Those that follow from where other pieces stand, and so only say where the layout had them.

    Lamps hang over what they light, and chairs stand evenly round their table, wherever that goes.
    """
    lamps = {item.id for item in objects if hangs(item.category or "")}
    chairs, tables = ({item.id for item in objects if item.category in names} for names in ({"dining_chair"}, DINING))
    round_table = (r for r in relations if {r[0], r[2]} & chairs and {r[0], r[2]} <= chairs | tables)
    return frozenset((*(r for r in relations if {r[0], r[2]} & lamps), *round_table))


def _held(relations: Sequence[Relation], objects: Sequence[SceneObject]) -> tuple[Relation, ...]:
    """The relations that hold between objects where they stand."""
    matrix, row = object_relations(objects), {item.id: k for k, item in enumerate(objects)}
    return tuple(r for r in relations if matrix[row[r[0]], row[r[2]]] == PREDICATES.index(r[1]))


def _notes(
    plan: Plan, filled: Sequence[SceneObject | None], crowded: Sequence[SceneObject], excess: Sequence[SceneObject]
) -> list[str]:
    notes = [*plan.slots.notes, *plan.notes]
    if excess:
        counts = Counter(display_name(item.category or "") for item in excess)
        listed = ", ".join(f"{count} x {name}" for name, count in counts.items())
        notes.append(f"More than such rooms hold was left out: {listed}")
    notes += [f"There was no free place for a {display_name(item.category or '')}" for item in crowded]
    kind = {"bedroom": "bedroom", "livingroom": "living room", "diningroom": "dining room"}
    named = plan.brief.room.room_type
    if plan.asked_type:
        notes.append(f"A {kind[plan.request.scene.room_type]}, as the instruction says")
    elif plan.request.assumed_bedroom and named is None:
        notes.append("No room type was given: taken to be a bedroom")
    if named not in (None, plan.request.scene.room_type):
        notes.append(f"The instruction speaks of a {kind[named]}, but this is a {kind[plan.request.scene.room_type]}")
    if plan.brief.language:
        notes.append(f"The instruction was read as {plan.brief.language}")
    if plan.truncated:
        notes.append("The instruction is longer than the model reads; its end was not used")
    for item, before in zip(filled, plan.slots.objects, strict=True):
        if item is not None and before is not None and before.category is None:
            notes.append(f'"{before.id}" was taken to be a {display_name(item.category or "")}')
    if not any(filled) and not plan.slots.outside:
        notes.append("The model left the room empty")
    return notes
