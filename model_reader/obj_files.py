"""Copies an .obj and its .mtl line by line: geometry and materials, with references to copies of the pictures alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .limits import RefusedError
from .side_files import SideFiles

_GEOMETRY: Final = {b"v", b"vt", b"vn", b"f", b"s", b"o", b"g", b"usemtl"}
_MATERIAL: Final = {b"newmtl", b"kd", b"ks", b"ke", b"ns", b"ni", b"d", b"tr", b"illum", b"pr", b"pm", b"pc"}
_PICTURES: Final = {
    b"map_kd": "map_Kd", b"map_d": "map_d", b"map_ks": "map_Ks", b"map_ke": "map_Ke", b"map_pr": "map_Pr",
    b"map_pm": "map_Pm", b"map_bump": "map_Bump", b"bump": "map_Bump", b"norm": "map_Bump",
}  # fmt: skip
_OPTION_WORDS: Final = {b"-mm": 2, b"-o": 3, b"-s": 3, b"-t": 3}
"""How many words follow an option at most; one, where it is not listed."""


def prepare_obj(sides: SideFiles) -> Path:
    """Writes a copy that names nothing outside its folder; returns its path.

    Raises:
        RefusedError: it has no faces, or more than a piece may have.
    """
    lines: list[bytes] = []
    triangles = 0
    for line in _lines(sides.model.read_bytes()):
        word, _, rest = line.partition(b" ")
        if word == b"mtllib":
            lines += _material_lines(sides, rest)
        elif word in _GEOMETRY:
            triangles += max(0, len(rest.split(b"#")[0].split()) - 2) if word == b"f" else 0
            lines.append(line)
    if not triangles:
        raise RefusedError("has no faces")
    if triangles > sides.limits.triangles:
        limit = sides.limits.triangles
        raise RefusedError(f"has {triangles:,} triangles, more than the {limit:,} that a piece may have")
    path = sides.folder / "model.obj"
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def _lines(data: bytes) -> Iterator[bytes]:
    """Lines without leading blanks, continued ones in one piece."""
    text = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\\\n", b" ").replace(b"\t", b" ")
    return (line.strip() for line in text.splitlines())


def _material_lines(sides: SideFiles, names: bytes) -> list[bytes]:
    """The line that names the copy of a material library; none where there is no such library."""
    whole = names.decode("utf-8", "surrogateescape")
    for name in (whole, *whole.split()):
        try:
            path = sides.find(name, by_name=True)
        except RefusedError:
            continue
        target = sides.folder / sides.copied(path)
        target.write_bytes(b"\n".join(_materials(sides, path)) + b"\n")
        return [f"mtllib {target.name}".encode()]
    sides.leave_out(f'the material library "{whole[:80]}" is missing, or lies outside the folder')
    return []


def _materials(sides: SideFiles, path: Path) -> Iterator[bytes]:
    for line in _lines(path.read_bytes()):
        word, _, rest = line.partition(b" ")
        key = word.lower()
        if key in _MATERIAL:
            yield line
        elif key in _PICTURES:
            name = sides.texture(_without_options(rest).decode("utf-8", "surrogateescape"), path.parent)
            if name is not None:
                yield f"{_PICTURES[key]} {name}".encode()


def _without_options(text: bytes) -> bytes:
    """``-bm 1 -s 2 2 1 wood oak.png`` becomes ``wood oak.png``."""
    words = text.split(b" ")
    while words and (words[0].startswith(b"-") or not words[0]):
        most = _OPTION_WORDS.get(words[0].lower(), 1) if words[0] else 0
        words = words[1:]
        while most and words[1:] and (_is_number(words[0]) or words[0] in (b"on", b"off") or most == 1):
            words, most = words[1:], most - 1
            if most == 1 and not (words and _is_number(words[0])):
                break
    return b" ".join(words)


def _is_number(word: bytes) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
