"""Variety of rooms: the entropy of their (class, predicate, class) triplets."""

import numpy as np

from ..geometry.relations import lamp_flags, relation_matrix
from ..vocabulary import NO_RELATION
from .layouts import Layouts


def triplet_entropy(layouts: Layouts) -> float:
    """Entropy in bits of (class, predicate, class) over all ordered pairs with a relation; 0 where there is none."""
    objs, count = layouts.objs, len(layouts.classes)
    edges = relation_matrix(lamp_flags(layouts.classes)[objs], layouts.boxes, objs < count).astype(np.int64)
    room, first, second = np.nonzero(edges != NO_RELATION)
    codes = (objs[room, first] * NO_RELATION + edges[room, first, second]) * count + objs[room, second]
    _, counts = np.unique(codes, return_counts=True)
    share = counts / max(len(codes), 1)
    return float(-(share * np.log2(share)).sum())
