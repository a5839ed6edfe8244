"""Boxes, relations, solids, walls and floors in numpy. No torch."""
