"""Boxes, relations, solids, walls and floors as numbers. No torch."""
