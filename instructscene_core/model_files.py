"""Files of models as exporters write them: the statements of an .obj, the texture that an .mtl names, safe ids.

Shared by indexing and by the add-on's import, which so read the same. Nothing outside a model's own folder is opened.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from typing import Final

from .plain_text import decode, read_text

TEXTURE_FILE: Final = "texture.png"
"""Name of a texture in 3D-FUTURE."""
_LONGEST_NAME: Final = 100
_FORBIDDEN: Final = frozenset('<>:"/\\|?*')
"""Characters that names of files cannot have everywhere."""
_CONTINUED: Final = re.compile(rb"\\[ \t]*\r?\n")
_LARGEST_MTL: Final = 1 << 20
_PICTURES: Final = (".png", ".jpg", ".jpeg")
_MAP: Final = re.compile(r"^\s*map_Kd\s+(.+?)\s*$", re.IGNORECASE | re.MULTILINE)


def is_folder_name(name: str) -> bool:
    """Whether an id is the name of one folder on every system: neither a path nor hidden, and printable."""
    plain = name.isprintable() and _FORBIDDEN.isdisjoint(name)
    return plain and 0 < len(name) <= _LONGEST_NAME and name[0] not in ". " and name[-1] not in ". "


def obj_lines(data: bytes) -> list[bytes]:
    """The statements of an .obj, one a line: no comments, no blanks before them, and continued lines joined."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data.startswith(b"\xef\xbb\xbf"):
        data = decode(data, replace=True).encode()
    data = data.replace(b"\t", b" ")
    if b"\\" in data:
        data = _CONTINUED.sub(b" ", data)
    lines = data.splitlines()
    if b"#" in data:
        lines = [line.partition(b"#")[0] if b"#" in line else line for line in lines]
    return [line.lstrip(b" ") if line[:1] == b" " else line for line in lines]


def texture_of(folder: Path) -> Path:
    """The texture of a model: ``texture.png``, else the first picture in its folder that an .mtl in it names.

    Args:
        folder: of the model.

    Returns:
        Its path; that of ``texture.png``, which is missing, where there is none.
    """
    usual = folder / TEXTURE_FILE
    if usual.is_file():
        return usual
    return next((folder / name for name in _named_textures(folder) if (folder / name).is_file()), usual)


def _named_textures(folder: Path) -> Iterator[str]:
    """Names of pictures, without the folders before them, that the .mtl files of a folder name."""
    for path in sorted(folder.glob("*.mtl")):
        if not path.is_file() or path.stat().st_size > _LARGEST_MTL:
            continue
        for value in _MAP.findall(read_text(path, replace=True)):
            for words in (value, value.split()[-1]):  # there may be options before the name
                name = PureWindowsPath(words).name  # which knows both slashes
                if is_folder_name(name) and name.lower().endswith(_PICTURES):
                    yield name
