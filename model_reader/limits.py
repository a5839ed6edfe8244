"""What a file may ask of the reader, and what is said of one that asks for more."""

from dataclasses import dataclass


class RefusedError(Exception):
    """A file or a piece cannot be read; the text says why, in a few words that follow its name."""


@dataclass(frozen=True)
class Limits:
    """Limits of one file.

    Attributes:
        file_bytes: of the file, of each file beside it, and of what a compressed one unpacks to, times four.
        triangles: of one piece.
        objects: that one file may hold or make by instancing.
        pieces: that are taken of one file.
        texture_pixels: of one texture as it lies in the file; a larger one is left out.
        texture_side: pixels along a texture's longer side that are kept; a larger one is scaled down.
        textures: of one piece; the others are left out.
        memory_bytes: of the whole process.
    """

    file_bytes: int = 256 << 20
    triangles: int = 600_000
    objects: int = 5_000
    pieces: int = 1_000
    texture_pixels: int = 8192 * 8192
    texture_side: int = 1024
    textures: int = 32
    memory_bytes: int = 12 << 30
