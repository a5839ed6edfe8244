"""How many pixels a picture has, read off its head, so that nothing is unpacked that claims to be enormous."""

import struct


def picture_pixels(data: bytes) -> int | None:
    """Width times height of a PNG, JPEG, WebP, BMP, TGA or DDS; None where the head does not say."""
    sides = _sides(data[:32]) or (_jpeg(data) if data[:2] == b"\xff\xd8" else None)
    return None if sides is None else sides[0] * sides[1]


def _sides(head: bytes) -> tuple[int, int] | None:
    found: tuple[int, int] | None = None
    if len(head) < 30:
        return None
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        found = struct.unpack(">II", head[16:24])
    elif head.startswith(b"BM"):
        width, height = struct.unpack("<ii", head[18:26])
        found = abs(width), abs(height)
    elif head.startswith(b"DDS "):
        found = struct.unpack("<II", head[12:20])
    elif head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        found = _webp(head)
    elif head[1] in (0, 1) and head[2] in (1, 2, 3, 9, 10, 11) and head[16] in (8, 15, 16, 24, 32):
        found = struct.unpack("<HH", head[12:16])  # TGA has no magic number
    return found


def _webp(head: bytes) -> tuple[int, int] | None:
    if head[12:16] == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", head[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """Walks from marker to marker until the one that begins a frame."""
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        kind = data[place + 1]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big") if kind != 0xFF else 1
    return None
