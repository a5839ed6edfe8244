"""What goes wrong with I-Scene."""

from ..errors import InstructSceneError


class ISceneError(InstructSceneError):
    """I-Scene made nothing that can be used, or what it made cannot be brought into the room."""
