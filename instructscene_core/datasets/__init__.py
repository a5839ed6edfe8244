"""Rooms as arrays: our own, made by rule; the official data set, read and written; those of 3D-FRONT; their flaws."""
