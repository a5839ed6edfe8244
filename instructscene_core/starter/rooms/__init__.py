"""Rooms made by rule: where our own furniture stands in rooms that a person would recognise.

``furnish(seed, pieces, room_type)`` gives the same room for a seed, whatever else is made; ``pieces = load_pieces()``.
"""

from .furnish import furnish
from .pieces import CATALOGUE_FILE, Pieces, load_pieces
from .plan import Placed, Plan

__all__ = ["CATALOGUE_FILE", "Pieces", "Placed", "Plan", "furnish", "load_pieces"]
