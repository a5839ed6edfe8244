"""Sets of like furniture: the chairs round a table, or the nightstands of a bed, get the same mesh.

The prior samples the feature codes of each object by themselves, so two like objects seldom get equal ones. Plain
samples show that; in settled rooms the meshes of a set are made equal.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from ..catalogue.entries import Catalogue, CatalogueEntry
from ..catalogue.retrieval import placed_size
from ..geometry.solids import placed_height
from ..instructions.read.described_looks import Described
from ..sampling.slots import Slots
from ..scene import SceneObject, Vector3
from ..vocabulary import CLASSES

MATCHING: Final = frozenset({
    "armchair", "bookshelf", "cabinet", "chair", "children_cabinet", "chinese_chair", "coffee_table",
    "corner_side_table", "dining_chair", "dining_table", "lounge_chair", "nightstand", "pendant_lamp", "stool",
    "tv_stand", "wardrobe",
})  # fmt: skip
"""Classes of which two in a room of 3D-FRONT are the same model in two of three cases or more, where it has ten such
pairs: dining chairs in 100 %, nightstands in 99, corner side tables in 98, stools in 94, wardrobes in 92, children's
cabinets in 90, dining tables in 87, coffee tables in 86, bookshelves in 74, armchairs in 68, TV stands in 67. Sofas
(42 to 44) are not. Cabinets (64) and pendant lamps (34) are made so: people took two unlike ones for a mistake. Other
chairs than dining chairs are too seldom two to be counted; they are taken to be like them."""


def with_mesh(
    item: SceneObject, entry: CatalogueEntry, codes: tuple[int, ...] | None, stretch: float, *, pose_kept: bool
) -> SceneObject:
    """An object with the mesh of a catalogue entry.

    Args:
        item: a box of a class.
        entry: of the catalogue.
        codes: feature codes to record.
        stretch: the catalogue's limit, see :func:`.catalogue.retrieval.placed_size`.
        pose_kept: keep the box's size, and record the mesh's as ``placed_size``.
    """
    item = replace(item, asset=entry.id, codes=codes, description=entry.caption or None, placed_size=None)
    placed = placed_size(entry, item.size, stretch)
    if pose_kept:
        return item if placed == item.size else replace(item, placed_size=placed)
    x, y, z = item.position
    return replace(item, size=placed, position=(x, y, placed_height(entry.mount, z, item.size[2], placed[2])))


class _Set(NamedTuple):
    """Slots whose objects get one mesh, and the object whose mesh that is."""

    members: list[int]
    leader: SceneObject


def match_sets(
    objects: Sequence[SceneObject | None], slots: Slots, looks: Described, catalogue: Catalogue
) -> list[SceneObject | None]:
    """Makes one set of the dressed objects of a class, if it comes in sets.

    New ones are like those whose meshes stay, unless the instruction speaks of their looks; else all that get a mesh
    are like the one that the others are most like. Where poses are free, so are sizes. Pieces of a class that the
    instruction tells apart stay as they are.

    Args:
        objects: (N) the object of every slot, None in empty ones.
        slots: what was known of them.
        looks: whose looks the instruction speaks of.
        catalogue: has the meshes.

    Returns:
        (N) the objects.
    """
    made = list(objects)
    for members, leader in _sets(objects, slots, looks, catalogue):
        entry = catalogue.get(leader.asset)
        for i in members:
            item = objects[i]
            if entry is None or item is None:
                continue
            pose_kept = bool(slots.pose_known[i])
            item = item if pose_kept else _resized(item, leader.placed_size or leader.size)
            made[i] = with_mesh(item, entry, leader.codes or entry.codes, catalogue.stretch, pose_kept=pose_kept)
    return made


def _sets(
    objects: Sequence[SceneObject | None], slots: Slots, looks: Described, catalogue: Catalogue
) -> Iterator[_Set]:
    for category in CLASSES[slots.room_type]:
        if category not in MATCHING or category in looks.apart:
            continue
        there = [i for i, item in enumerate(objects) if item is not None and item.category == category]
        stays = [i for i in there if slots.objects[i] is not None and "feature" in slots.keeps[i]]
        fresh = [i for i in there if slots.objects[i] is None]
        restyled = [i for i in there if i not in stays and i not in fresh]
        kept = [item for i in stays if (item := objects[i]) is not None]
        kept += [item for item in slots.outside if item.category == category]
        known = [item for item in kept if catalogue.get(item.asset) is not None]
        if known and category not in looks.spoken:
            yield _Set(fresh, _commonest(known))
            fresh = []
        members = [i for i in (*fresh, *restyled) if (item := objects[i]) is not None and item.asset is not None]
        if len(members) > 1:
            yield _Set(members, _most_like_others([item for i in members if (item := objects[i]) is not None]))


def _commonest(items: Sequence[SceneObject]) -> SceneObject:
    """The first with the mesh that most of them have."""
    counts = Counter(item.asset for item in items)
    return max(items, key=lambda item: counts[item.asset])


def _most_like_others(items: Sequence[SceneObject]) -> SceneObject:
    """The first whose codes most of the others' codes equal."""

    def alike(item: SceneObject) -> int:
        return sum(a == b for other in items for a, b in zip(item.codes or (), other.codes or (), strict=False))

    return max(items, key=alike)


def _resized(item: SceneObject, size: Vector3) -> SceneObject:
    """An object of another size that stands where it stood."""
    x, y, z = item.position
    return replace(item, size=size, position=(x, y, z + (size[2] - item.size[2]) / 2))
