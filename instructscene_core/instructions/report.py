"""What of an instruction was understood, and what of that the finished room fulfils."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..geometry.frames import scene_to_boxes
from ..geometry.relations import NEAR_GAP, ground_gaps, relation_matrix
from ..scene import SceneObject
from ..vocabulary import hangs
from .wishes import Mention, Parsed, Wish

_MOST: Final = 20


def report(parsed: Parsed, objects: Sequence[SceneObject], notes: Sequence[str] = ()) -> dict[str, Any]:
    """The report of a scene.

    Args:
        parsed: the instruction.
        objects: of the finished room.
        notes: what else a person should know.

    Returns:
        ``met``, ``not_met``, ``not_understood`` and, where there are any, ``notes``: lists of short texts.
    """
    met: list[str] = []
    not_met: list[str] = []
    for wish, fulfilled in zip(parsed.wishes, wishes_met(parsed, objects), strict=True):
        (met if fulfilled else not_met).append(wish.label())
    for wish, fulfilled in zip(parsed.extra_wishes, _hold(parsed.extra_wishes, objects), strict=True):
        (met if fulfilled else not_met).append(wish.label())
    for mention in (*parsed.mentions, *parsed.extras, *parsed.absent):
        (met if _present(mention, objects) else not_met).append(mention.label())
    answer: dict[str, Any] = {
        "met": met[:_MOST],
        "not_met": not_met[:_MOST],
        "not_understood": list(parsed.not_understood),
    }
    if notes:
        answer["notes"] = list(notes)
    return answer


def wishes_met(parsed: Parsed, objects: Sequence[SceneObject]) -> list[bool]:
    """Whether each wished relation of furniture of the graph holds between some pair of the objects."""
    return _hold(parsed.wishes, objects)


def _hold(wishes: Sequence[Wish], objects: Sequence[SceneObject]) -> list[bool]:
    relations = object_relations(objects) if wishes else np.zeros((0, 0), dtype=np.int8)
    return [fulfils(wish, objects, relations) for wish in wishes]


def object_relations(objects: Sequence[SceneObject]) -> npt.NDArray[np.int8]:
    """Relations of objects from their boxes, by the official rules: (n, n)."""
    lamps = np.array([hangs(item.category or "") for item in objects], dtype=np.bool_)
    return relation_matrix(lamps, scene_to_boxes(objects, (0.0, 0.0)))


def fulfils(wish: Wish, objects: Sequence[SceneObject], relations: npt.NDArray[np.int8]) -> bool:
    """Whether as many objects as wished stand so to some other one; ``relations`` is theirs, (n, n)."""
    subjects = [i for i, item in enumerate(objects) if item.category in wish.subjects]
    others = [i for i, item in enumerate(objects) if item.category in wish.objects]
    apart = ground_gaps(scene_to_boxes(objects, (0.0, 0.0))) > NEAR_GAP if wish.near else np.zeros_like(relations)
    pairs = ((i, j) for i in subjects for j in others if i != j)
    met = {i for i, j in pairs if int(relations[i, j]) in wish.predicates and not apart[i, j]}
    return len(met) >= wish.count


def _present(mention: Mention, objects: Sequence[SceneObject]) -> bool:
    """Whether there are as many as asked for: at least, unless it says "only" or "no"."""
    counts = Counter(item.category for item in objects)
    found = sum(counts[name] for name in mention.categories)
    return found == mention.count if mention.exact or mention.count == 0 else found >= mention.count
