"""Reads people's models in a headless Blender of its own: untrusted files in, clean pieces of furniture out.

It runs as a script in ``blender -b -P`` or in a Python that has ``bpy``, never inside the person's Blender.
"""
