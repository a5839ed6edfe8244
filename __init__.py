"""The extension's root: Blender calls its register and unregister."""

from .addon import register, unregister

__all__ = ["register", "unregister"]
