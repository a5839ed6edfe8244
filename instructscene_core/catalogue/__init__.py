"""Furniture that can be placed: what there is, and which piece stands for a generated object."""
