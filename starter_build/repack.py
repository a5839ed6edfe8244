"""Recompresses .blend files: ``python starter_build/repack.py FOLDER``; a third of the furniture library's size.

Blender compresses with Zstandard at a low level, in many frames that can each be read alone. Here a file becomes one
frame at a high level, with the seek table that Blender needs to read it. It opens as fast as before.
"""

import io
import struct
import sys
from pathlib import Path
from typing import Final

import zstandard

_LEVEL: Final = 19
"""Of compression."""
_SKIPPABLE: Final = 0x184D2A5E
_SEEKABLE: Final = 0x8F92EAB1
"""Magic numbers of the seek table in Zstandard's seekable format: of its skippable frame, and of its footer."""


def main(folder: Path) -> None:
    """Recompresses all .blend files of a folder in place."""
    for path in sorted(folder.glob("*.blend")):
        packed = repacked(path.read_bytes())
        temporary = path.with_suffix(".part")
        temporary.write_bytes(packed)
        temporary.replace(path)


def repacked(file: bytes) -> bytes:
    """The bytes of a .blend, compressed in one frame at a high level; as they are if not compressed with Zstandard."""
    if not file.startswith(zstandard.FRAME_HEADER):
        return file
    content = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(file), read_across_frames=True).read()
    frame = zstandard.ZstdCompressor(level=_LEVEL).compress(content)
    entries = struct.pack("<II", len(frame), len(content))
    footer = struct.pack("<IBI", 1, 0, _SEEKABLE)
    return frame + struct.pack("<II", _SKIPPABLE, len(entries) + len(footer)) + entries + footer


if __name__ == "__main__":
    main(Path(sys.argv[1]))
