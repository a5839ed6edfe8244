"""Rooms as arrays: our own, made by rule, and those of 3D-FRONT where a person has them."""
