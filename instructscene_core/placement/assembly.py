"""From filled slots to a scene: meshes are chosen, poses crossed back, the layout settled, the report written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any, Final

from ..catalogue.entries import Catalogue
from ..floor_plan import area_of
from ..geometry.drawn_floor import with_walls
from ..geometry.frames import boxes_to_poses
from ..geometry.openings import with_free_windows
from ..geometry.solids import colliding_pairs
from ..instructions.report import object_relations, report
from ..sampling.layout_model import Layout
from ..sampling.tasks import is_open_completion, kept_attributes, liked
from ..scene import DRAWN, FloorPlan, Relation, Scene, SceneObject, is_drawn
from ..vocabulary import EXTRAS, NO_RELATION, PREDICATES, display_name, hangs, with_article
from .added import told_of_nothing, told_of_one_more
from .asked_looks import AskedLooks, looks_met
from .asked_sizes import AskedSizes
from .extras import LAMP_HOSTS, AttachedExtra, attached_extras, place_extras
from .furnishing import Furnishing, ObjectsOfSlots
from .kinds import DINING
from .left_out import LeftOut, without_left_out
from .matching_sets import match_sets
from .misfits import free_floor, told_of_misfits
from .notes import of_furniture, of_rooms
from .plan import Plan
from .settle import Settled, settle
from .too_many import excess_objects


def assemble(
    plan: Plan,
    layout: Layout,
    catalogue: Catalogue,
    *,
    model: str,
    used: Collection[str],
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
        used: names of the settings that it uses.
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
    result, gone, excess = _unsettled(objects, catalogue), list[LeftOut](), list[SceneObject]()
    if settled:
        excess, attached = _excess_objects(plan, result), attached_extras(plan.request.scene.objects)
        apart = [*excess, *(extra.item for extra in attached)]
        order = [item.id for item in objects]
        objects, movable, relations = _without(apart, objects, movable, relations)
        wishes = plan.brief.of_layout
        firm = tuple(r for r in relations if r not in loose)
        settled_room = settle(objects, movable, catalogue, floor, firm, wishes=wishes, drawn=not fixed)
        result, gone = without_left_out(settled_room, plan.request, plan.brief, floor, catalogue, fixed=fixed)
        _, _, relations = _without([left.item for left in gone], (), (), relations)
        shown = {*firm, *_held(relations, result.objects)}
        relations = tuple(r for r in relations if r in shown)
        result = replace(result, objects=_with_attached(result.objects, attached, order))
    if settled and furnishing is not None and given.polygon is None:  # windows that were there before an edit stay
        floor = with_free_windows(floor, [_with_what_stands_on_it(item) for item in result.objects], Random(seed))
    if not fixed:
        floor = with_walls(floor, result.objects, drawn=drawn)
    extras = _extras(plan, result.objects, floor, catalogue, seed) if settled else []
    scene = Scene(plan.request.scene.room_type, (*result.objects, *extras), floor, relations)
    notes = [*of_rooms(plan, filled, excess), *of_furniture(plan, scene.objects, catalogue)]
    if settled:
        free = {item.id for item, moves in zip(objects, movable, strict=True) if moves}
        too_large = furnishing.too_large if furnishing is not None else ()
        notes += _notes_of_places(scene if fixed else None, catalogue, free, gone, too_large)
        notes += told_of_nothing(plan.request, scene.objects)
    return replace(
        scene,
        provenance={
            "instruction": plan.request.instruction,
            "seed": seed,
            "try": plan.attempt,
            "model": model,
            "settings": _settings(plan, used, settled=settled, drawn=drawn),
            "settled": [move.to_json() for move in result.moves],
            "colliding": [list(pair) for pair in result.colliding],
            "left_out": [left.item.category for left in gone],
            "asked": sorted(plan.brief.spoken.intersection(item.category or "" for item in scene.objects)),
        },
        report=report(
            plan.brief,
            scene.objects,
            floor,
            notes,
            looks=[
                *told_of_one_more(plan.request, scene.objects, gone),
                *_looks_met(plan, scene.objects, catalogue),
            ],
            left_out=[item.category or "" for item in (*(left.item for left in gone), *excess)],
            lacking=plan.lacking,
        ),
    )


def _looks_met(plan: Plan, objects: Sequence[SceneObject], catalogue: Catalogue) -> list[tuple[str, bool]]:
    """What is asked of looks: of a selection that is restyled, of that alone."""
    chosen = plan.request.selected if plan.request.task == "restyle" else ()
    meant = [item for item in objects if item.id in chosen] if chosen else objects
    return looks_met(plan.brief, plan.looks, meant, catalogue, whole="selection" if chosen else "room")


def _notes_of_places(
    scene: Scene | None,
    catalogue: Catalogue,
    placed: Collection[str],
    gone: Sequence[LeftOut],
    too_large: Sequence[SceneObject],
) -> list[str]:
    """What found no place, and what stands badly.

    Args:
        scene: the finished room; None where its walls were drawn around the furniture.
        catalogue: knows the solid parts.
        placed: ids of the objects that may have moved.
        gone: what was left out.
        too_large: new objects for which the floor was too small from the beginning.
    """
    notes = [str(left) for left in gone]
    if scene is None:
        return notes
    area = f"{area_of(scene.floor):.1f} m\N{SUPERSCRIPT TWO}"
    if too_large:
        names = ", ".join(with_article(display_name(item.category or "object")) for item in too_large)
        notes.append(f"Left out, so that one can live on {area}: {names}")
    if gone:
        notes.append(f"Of the floor's {area}, {free_floor(scene, catalogue):.1f} are free")
    return notes + told_of_misfits(scene, catalogue, placed)


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
    if request.like is not None:
        return _one_more(liked(request), objects, floor, catalogue, seed)
    if is_open_completion(request) and not brief.pieces and len(objects) == len(request.scene.objects):
        return _finishing_touch(objects, floor, catalogue, seed)
    wanted = [name for piece in brief.extras for name in sorted(piece.names)[:1] for _ in range(piece.count)]
    if request.add is not None or (request.task != "generate" and not wanted):
        return []
    refused = set(brief.refused) | (set(EXTRAS) - brief.spoken if brief.only else set())
    if request.task != "generate" or not request.finish:
        refused |= set(EXTRAS) - set(wanted)
    wishes = [wish for wish in brief.wishes if wish.subjects <= frozenset(EXTRAS)]
    sizes = AskedSizes(brief, catalogue) if any(piece.sizes for piece in brief.extras) else None
    return place_extras(objects, floor, catalogue, seed, wanted=wanted, refused=refused, wishes=wishes, sizes=sizes)


def _one_more(
    item: SceneObject, objects: Sequence[SceneObject], floor: FloorPlan, catalogue: Catalogue, seed: int
) -> list[SceneObject]:
    """One more of what finishes a room; of furniture the layout has it."""
    own = item.category or ""
    if own not in EXTRAS:
        return []
    others = set(EXTRAS) - {own}
    return place_extras(objects, floor, catalogue, seed, wanted=[own], refused=others, only=catalogue.get(item.asset))[
        :1
    ]


def _finishing_touch(
    objects: Sequence[SceneObject], floor: FloorPlan, catalogue: Catalogue, seed: int
) -> list[SceneObject]:
    """Something that finishes a room which has all its furniture, as far as there is a place for it."""
    there = {item.category for item in objects}
    for name in (name for name in _TOUCHES if name not in there):
        found = place_extras(objects, floor, catalogue, seed, wanted=[name], refused=set(EXTRAS) - {name})
        if found:
            return found
    return []


_TOUCHES: Final = ("rug", "floor_lamp", "plant", "table_lamp", "tv")
"""What finishes a room, in the order in which one misses it."""


_RECORDED: Final[Mapping[str, str]] = {"remasked_share": "conceal"}
"""Settings whose name in the provenance is another one."""


def _settings(plan: Plan, used: Collection[str], *, settled: bool, drawn: bool) -> dict[str, Any]:
    """How the scene was sampled, for the provenance: what the model does not use is not listed."""
    settings = {
        "steps": list(plan.settings.steps),
        "guidance": plan.settings.guidance,
        "truncation": plan.settings.truncation,
        "drafts": plan.settings.drafts,
        "ratio": plan.settings.ratio,
        "remasked_share": plan.settings.remasked_share,
    }
    return {
        "task": plan.request.task,
        **{_RECORDED.get(name, name): value for name, value in settings.items() if name in used},
        "settle": settled,
        "floor": DRAWN if drawn else "given",
    }


def _excess_objects(plan: Plan, result: Settled) -> list[SceneObject]:
    """New objects that such rooms do not hold as well, unless their number was asked for."""
    if plan.request.add is not None or plan.request.like is not None:
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
