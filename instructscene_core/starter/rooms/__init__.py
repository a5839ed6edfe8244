"""Rooms made by rule from the starter's furniture, arranged as people do: the training data of the embedded model.

``furnish(seed, pieces, room_type)`` gives the same room for a seed, whatever else is made; ``pieces = load_pieces()``.
"""

from .furnish import furnish
from .pieces import CATALOGUE_FILE, Pieces, load_pieces
from .plan import Placed, Plan

__all__ = ["CATALOGUE_FILE", "Pieces", "Placed", "Plan", "furnish", "load_pieces"]
