"""How well generated rooms follow their instructions, and how sound and varied they are."""

from .command import add_arguments, run

__all__ = ["add_arguments", "run"]
