"""How well generated rooms follow their instructions, and how sound and varied they are."""
