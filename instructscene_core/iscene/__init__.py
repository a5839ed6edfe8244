"""The real I-Scene (arXiv 2512.13683) as an optional backend: files for it, its answer, and the way into the room.

It runs in the person's own Python, as a program of its own; nothing of it is imported. NumPy and the standard library.
"""
