"""Which letters lie beside each other on a keyboard."""

from typing import Final

KEY_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBOURS: Final[dict[str, str]] = {
    letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in KEY_ROWS for at, letter in enumerate(row)
}
