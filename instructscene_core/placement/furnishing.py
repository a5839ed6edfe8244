"""Which pieces stand in a room: the objects of its slots with their meshes, before or after they have a place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

import numpy as np
import numpy.typing as npt

from ..catalogue.entries import Catalogue, CatalogueEntry
from ..catalogue.retrieval import choose
from ..geometry.dining_tables import looks_empty, most_chairs
from ..geometry.frames import FloatArray, Pose, boxes_to_poses
from ..geometry.imagined_floor import imagine_floor
from ..geometry.obstacles import free_area, obstacles_of
from ..instructions.brief import Brief
from ..instructions.read.described_looks import Described
from ..sampling.layout_model import Furnished, Layout
from ..sampling.slots import BoolArray, IntArray, Slots
from ..scene import FloorPlan, Relation, SceneObject, Vector3
from ..vocabulary import CLASSES, hangs
from .asked_looks import AskedLooks
from .asked_rows import needed_by_rows
from .asked_sizes import AskedSizes
from .energy.arrangement import Arrangement, Poses
from .energy.terms import energy
from .matching_sets import match_sets, with_mesh
from .too_many import excess_objects, too_full

_BOX: Final[Vector3] = (0.6, 0.5, 0.7)
"""Extents of a box that stands for furniture of which no catalogue has a piece, metres."""
_WIDEST: Final = {"wardrobe": 0.5, "double_bed": 0.58}
"""Width as a share of the root of the floor's area, which three of four wardrobes and nine of ten double beds of made
rooms do not exceed."""
_CHAIR: Final = 0.52
"""Width of a dining chair, metres, where it is not known yet."""


@dataclass(frozen=True, eq=False)
class ObjectsOfSlots:
    """The objects that a sampled graph asks for, N slots.

    Args:
        slots: what was known.
        classes: (N,) class numbers, C for an empty slot.
        codes: (N, 4) feature codes.
        features: (N, F) what these stand for; None for models without features.
        catalogue: gives the meshes.
        looks: which of them have the looks that the instruction asks for; None: the features alone decide.
        area: of the floor, square metres; None where there is none yet.
        sizes: those that the instruction asks for; None: they come as they are.
    """

    slots: Slots
    classes: IntArray
    codes: IntArray
    features: npt.NDArray[np.float32] | None
    catalogue: Catalogue
    looks: AskedLooks | None = None
    area: float | None = None
    sizes: AskedSizes | None = None

    @staticmethod
    def of(slots: Slots, layout: Layout, catalogue: Catalogue, looks: AskedLooks | None) -> "ObjectsOfSlots":
        """Those of a layout."""
        return ObjectsOfSlots(slots, layout.classes, layout.codes, layout.features, catalogue, looks)

    def placed(self, poses: Sequence[Pose] | None) -> list[SceneObject | None]:
        """The object of every slot, None in empty ones.

        Args:
            poses: (N) of the boxes that meshes are chosen for; None: new meshes keep their own size, at no place yet.
        """
        slots = self.slots
        taken = {item.id for item in (*slots.objects, *slots.outside) if item is not None}
        rows: Sequence[Pose | None] = [None] * len(slots.objects) if poses is None else poses
        return [
            self._new(i, pose, taken) if item is None else self._edited(item, i, pose)
            for i, (item, pose) in enumerate(zip(slots.objects, rows, strict=True))
        ]

    def _new(self, i: int, pose: Pose | None, taken: set[str]) -> SceneObject | None:
        """A new object with an id of its own; None where the slot stayed empty."""
        names = CLASSES[self.slots.room_type]
        number = int(self.classes[i])
        if number >= len(names):
            return None
        name = _new_id(names[number], taken)
        taken.add(name)
        position, size, yaw = pose or ((0.0, 0.0, 0.0), _BOX, 0.0)
        return self._with_chosen_mesh(SceneObject(name, names[number], position, size, yaw), i, pose, pose_kept=False)

    def _edited(self, item: SceneObject, i: int, pose: Pose | None) -> SceneObject:
        """An object of the request with everything that it does not keep replaced."""
        keeps = self.slots.keeps[i]
        if "category" not in keeps or item.category is None:
            item = replace(item, category=CLASSES[self.slots.room_type][int(self.classes[i])])
        if "pose" not in keeps and pose is not None:
            position, size, yaw = pose
            # A mesh that stays keeps its size.
            item = replace(item, position=position, size=item.size if "feature" in keeps else size, yaw=yaw)
        if "feature" in keeps:
            return item
        pose_kept = "pose" in keeps
        if self.catalogue.lacks(item.category or "", self.slots.room_type):
            return item  # rather than a plain box
        known = (item.position, item.size, item.yaw) if pose_kept else pose
        return self._with_chosen_mesh(replace(item, points=None, placed_size=None), i, known, pose_kept=pose_kept)

    def _with_chosen_mesh(self, item: SceneObject, i: int, pose: Pose | None, *, pose_kept: bool) -> SceneObject:
        """Gives an object the mesh that its class, feature and, where it has one, its box ask for; else it is a box."""
        codes = tuple(int(code) for code in self.codes[i])
        feature = None if self.features is None else self.features[i]
        like = codes if feature is None else None  # a feature of another width has other codes, too
        size = None if pose is None else item.size
        suits = [] if self.looks is None else self.looks.suits(item.category or "", self._number(i))
        if item.category == "dining_table" and size is None:
            suits = [*suits, self._for_its_chairs]
        if self.sizes is not None and size is None:
            suits = [*self.sizes.suits(item.category or "", self._number(i)), *suits]
        if item.category in _WIDEST and size is None and self.area is not None:
            suits = [*suits, self._for_its_floor]
        own = self.slots.like if self.slots.objects[i] is None else None
        if own is not None:
            codes = own.codes or codes
            entry = self._like(own)
        else:
            entry = choose(self.catalogue, item.category or "", size, feature, like, self.slots.room_type, suits, codes)
        if entry is None:
            return replace(item, asset=None, codes=codes, description=None)
        if pose is None:
            size = entry.size
            if self.sizes is not None:
                size = self.sizes.fitted(entry, item.category or "", self._number(i))
            item = replace(item, size=size)
        return with_mesh(item, entry, codes, self.catalogue.stretch, pose_kept=pose_kept)

    def _like(self, item: SceneObject) -> CatalogueEntry | None:
        """The entry of an object; of one without, that of its class which measures most alike."""
        found = self.catalogue.get(item.asset)
        return found or choose(self.catalogue, item.category or "", item.size, None, item.codes, self.slots.room_type)

    def _for_its_chairs(self, table: CatalogueEntry) -> bool:
        """Whether a table has the length for the dining chairs of the room."""
        chairs = self._count("dining_chair")
        if not chairs or self._count("dining_table") > 1:
            return True
        width, depth, _ = table.size
        return chairs <= most_chairs(width, depth, _CHAIR) and not looks_empty(width, chairs)

    def _for_its_floor(self, entry: CatalogueEntry) -> bool:
        """Whether a piece is not too wide for the floor: before a wardrobe is left out, a smaller one comes."""
        return entry.size[0] <= _WIDEST[entry.category] * math.sqrt(self.area or 0.0)

    def _number(self, i: int) -> int:
        """Of how many pieces of its class that get a mesh a slot comes after."""
        dressed = ["feature" not in keeps for keeps in self.slots.keeps[:i]]
        return int((np.array(dressed, dtype=np.bool_) & (self.classes[:i] == self.classes[i])).sum())

    def _count(self, category: str) -> int:
        """How many of a class the room has."""
        names = CLASSES[self.slots.room_type]
        inside = int((self.classes == names.index(category)).sum()) if category in names else 0
        return inside + sum(item.category == category for item in self.slots.outside)


class Furnishing:
    """The pieces of one room, chosen before they are placed, and the floor to place them on.

    Args:
        slots: of the request.
        brief: what its instruction asks for.
        looks: whose looks it speaks of.
        catalogue: gives the meshes.
        floor: of the request; without an outline, one is imagined that suits the pieces.
        seed: of that floor.
        matched: whether to make sets of like pieces.
        thinned: whether to leave out what is too much for the floor.
    """

    def __init__(
        self,
        slots: Slots,
        brief: Brief,
        looks: Described,
        catalogue: Catalogue,
        floor: FloorPlan,
        *,
        seed: int,
        matched: bool,
        thinned: bool,
    ) -> None:
        self.slots, self.brief, self.looks, self.catalogue, self.floor = slots, brief, looks, catalogue, floor
        self.seed, self.matched, self.thinned = seed, matched, thinned
        self.objects: list[SceneObject | None] = []
        self.too_large: tuple[SceneObject, ...] = ()
        self.binding: BoolArray = slots.relations_known

    def furnish(
        self,
        classes: IntArray,
        codes: IntArray,
        features: npt.NDArray[np.float32] | None,
        relations: npt.NDArray[np.int8],
    ) -> Furnished:
        """Chooses the pieces of a sampled graph, and a floor where there is none."""
        slots = self.slots
        asked = AskedLooks(self.looks, self.catalogue, slots.room_type) if self.matched else None
        area = None if self.floor.polygon is None else free_area(self.floor)
        sizes = AskedSizes(self.brief, self.catalogue) if self.matched else None
        objects = ObjectsOfSlots(slots, classes, codes, features, self.catalogue, asked, area, sizes).placed(None)
        self.objects = match_sets(objects, slots, self.looks, self.catalogue) if self.matched else objects
        left_out = np.zeros(len(self.objects), dtype=np.bool_)
        if self.thinned:
            left_out = self._too_many()
            self.objects = [None if out else item for item, out in zip(self.objects, left_out, strict=True)]
        if self.floor.polygon is None:
            kept = [item for item, known in zip(self.objects, slots.pose_known, strict=True) if item and known]
            free = [(item.category or "", item.size) for item in self.objects if item is not None]
            imagined = imagine_floor(
                slots.room_type,
                free,
                Random(self.seed),
                kept=[*kept, *slots.outside, *obstacles_of(self.floor)],
                height=self.brief.room.height or self.floor.height,
                area=self.brief.room.area,
                sides=self.brief.room.sides,
                least=needed_by_rows(self.brief.of_layout, [item for item in self.objects if item is not None]),
            )
            self.floor = replace(imagined, obstacles=self.floor.obstacles)
        half = np.zeros((len(self.objects), 3))
        for row, item in zip(half, self.objects, strict=True):
            if item is not None:
                row[:] = _half_extents(item.placed_size or item.size)
        self.binding = self.slots.relations_known | self._asked(relations)
        return Furnished(half, self.floor, self.binding | self._of_lamps(), left_out)

    def _too_many(self) -> BoolArray:
        """(N,) new objects that such rooms do not hold as well, or for which a given floor is too small."""
        there = [item for item in (*self.objects, *self.slots.outside) if item is not None]
        pairs = zip(self.objects, self.slots.objects, strict=True)
        new = {item.id for item, before in pairs if item is not None and before is None}
        gone = {item.id for item in excess_objects(self.slots.room_type, there, new, self.brief)}
        if self.floor.polygon is not None:
            rest = [item for item in there if item.id not in gone]
            self.too_large = tuple(too_full(self.floor, rest, new, self.brief))
            gone |= {item.id for item in self.too_large}
        return np.array([item is not None and item.id in gone for item in self.objects], dtype=np.bool_)

    def binds(self, relation: Relation) -> bool:
        """Whether a relation of the graph binds the layout; those with objects that have no slot do."""
        row = {item.id: k for k, item in enumerate(self.objects) if item is not None}
        first, second = row.get(relation[0]), row.get(relation[2])
        return first is None or second is None or bool(self.binding[first, second])

    def _asked(self, relations: npt.NDArray[np.int8]) -> BoolArray:
        """(N, N) relations that the instruction asks for, in either direction."""
        asked = np.zeros(relations.shape, dtype=np.bool_)
        names = [None if item is None else item.category for item in self.objects]
        for wish in self.brief.of_layout:
            subjects = np.array([name in wish.subjects for name in names])
            others = np.array([name in wish.objects for name in names])
            asked |= subjects[:, None] & others & np.isin(relations, list(wish.predicates))
        return asked | asked.T

    def _of_lamps(self) -> BoolArray:
        """(N, N) relations of lamps, which stand in nobody's way and belong over what the graph says."""
        lamps = np.array([item is not None and hangs(item.category or "") for item in self.objects], dtype=np.bool_)
        return lamps[:, None] | lamps

    def best(self, drafts: FloatArray) -> int:
        """Which of the layouts (D, N, 7) of the pieces costs least by the energy that settling lessens."""
        if len(drafts) == 1:
            return 0
        layouts = [self.placed(boxes_to_poses(boxes, self.slots.centre)) for boxes in drafts]
        rows = [[*(item for item in layout if item is not None), *self.slots.outside] for layout in layouts]
        known = [k for item, k in zip(layouts[0], self.slots.pose_known, strict=True) if item is not None]
        movable = [*(not k for k in known), *(False for _ in self.slots.outside)]
        room = Arrangement(rows[0], movable, self.catalogue, self.floor, wishes=self.brief.of_layout)
        position = np.repeat(room.start[None], len(rows), axis=0)
        yaw = np.repeat(room.start_yaw[None], len(rows), axis=0)
        position[:, : room.furniture] = [[item.position[:2] for item in row] for row in rows]
        yaw[:, : room.furniture] = [[item.yaw for item in row] for row in rows]
        return int(energy(room, Poses(position, yaw, np.arange(room.count))).argmin())

    def placed(self, poses: Sequence[Pose]) -> list[SceneObject | None]:
        """The pieces at sampled poses; those whose pose is kept stay as they are."""
        return [
            item if item is None or known else replace(item, position=position, yaw=yaw)
            for item, known, (position, _, yaw) in zip(self.objects, self.slots.pose_known, poses, strict=True)
        ]


def _new_id(category: str, taken: set[str]) -> str:
    number = 1
    while f"{category}_{number}" in taken:
        number += 1
    return f"{category}_{number}"


def _half_extents(size: Vector3) -> FloatArray:
    """Full extents of the product's frame as half extents of the tensors'."""
    width, depth, height = size
    return np.array([width / 2, height / 2, depth / 2])
