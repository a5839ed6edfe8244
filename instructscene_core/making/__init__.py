"""Furniture that a program of the person's makes, in the place of what retrieval finds (docs/made-models.md)."""
