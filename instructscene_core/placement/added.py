"""Whether a room that was to get more furniture got some, and what is told of that."""

from collections.abc import Sequence

from ..sampling.tasks import is_open_completion, liked
from ..scene import Request, SceneObject
from ..vocabulary import EXTRAS, display_name
from .left_out import LeftOut


def added(request: Request, objects: Sequence[SceneObject]) -> list[SceneObject]:
    """The objects that the request's scene has not."""
    before = {item.id for item in request.scene.objects}
    return [item for item in objects if item.id not in before]


def added_furniture(request: Request, objects: Sequence[SceneObject]) -> bool:
    """Whether there is new furniture, or what finishes a room where that was to come."""
    own = request.like is not None and liked(request).category in EXTRAS
    return any(own or item.category not in EXTRAS for item in added(request, objects))


def told_of_nothing(request: Request, objects: Sequence[SceneObject]) -> list[str]:
    """A note where an open completion added nothing."""
    if not is_open_completion(request) or added(request, objects):
        return []
    return ["Nothing was added: of what suits such a room, nothing more found a free place"]


def told_of_one_more(
    request: Request, objects: Sequence[SceneObject], gone: Sequence[LeftOut]
) -> list[tuple[str, bool]]:
    """Whether one more of an object came, and why it did not, as a line of the report."""
    if request.like is None:
        return []
    label = f"one more {display_name(liked(request).category or 'piece')}"
    if added(request, objects):
        return [(label, True)]
    why_not = next((left.why for left in gone if left.why), "no free place")
    return [(f"{label} ({why_not})", False)]
