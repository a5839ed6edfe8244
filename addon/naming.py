"""What names of objects say, by the core's word tables, which are read when the first name is: enabling needs none."""

from ..instructscene_core.vocabulary import RoomType


def guess_category(name: str, room_type: RoomType) -> str | None:
    """The class that a name suggests in a type of room; None where it suggests none of that room."""
    from ..instructscene_core.naming.lexicon import guess_category as guess  # noqa: PLC0415 - see above

    return guess(name, room_type)


def names_furniture(name: str) -> bool:
    """Whether a name is that of furniture, of any type of room."""
    return any(guess_category(name, room_type) is not None for room_type in ("bedroom", "livingroom"))
