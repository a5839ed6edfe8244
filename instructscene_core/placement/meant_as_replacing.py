"""Restyling that asks for another class or size is a replacement: "replace it with an armchair", "a larger bed"."""

from collections.abc import Sequence
from dataclasses import replace

from ..catalogue.entries import Catalogue
from ..instructions.brief import Brief, RoomBrief
from ..instructions.read.brief import read_brief
from ..instructions.read.exchanges import counted, exchange, names_a_piece, naming
from ..scene import Replacement, Request, SceneObject
from ..vocabulary import RoomType, display_name


def as_replacement(request: Request, catalogue: Catalogue) -> Request:
    """A request to restyle as one to replace, where its instruction asks for that; any other as it is.

    The old pieces are those of the selection of which the sentence speaks, "replace the sofa"; all where it names none.

    Args:
        request: of any task.
        catalogue: knows words for furniture.
    """
    if request.task != "restyle" or not request.instruction.strip():
        return request
    brief = read_brief(request.instruction, request.scene.room_type, catalogue.vocabulary)
    text = brief.english or request.instruction
    chosen = [item for item in request.scene.objects if not request.selected or item.id in request.selected]
    found = exchange(text)
    if found is None:
        told = (request.scene.provenance or {}).get("instruction")  # it still stands in the panel
        another = request.instruction != told and names_a_piece(text) and _is_another(brief, chosen)
        if not another and not _is_sized(brief, text, chosen, request.scene.room_type):
            return request
        old, new = "", text
    else:
        old, new = found
    spoken = read_brief(old, request.scene.room_type).spoken if old else frozenset[str]()
    going = [item for item in chosen if not spoken or item.category in spoken]
    return replace(request, task="replace", replace=_shared(going, new, request, catalogue), selected=())


def told_how_to_replace(request: Request, brief: Brief) -> list[str]:
    """A note where an instruction asks for one piece in another one's place, and the task cannot do that."""
    found = exchange(brief.english or request.instruction) if request.task in ("complete", "rearrange") else None
    if found is None or not found.old:
        return []
    return ["To replace a piece select it and press Replace This, or Restyle Selection with the same words"]


def _is_another(brief: Brief, chosen: Sequence[SceneObject]) -> bool:
    """Whether a text speaks of one kind of furniture alone, which is not selected."""
    wanted = [piece for piece in brief.pieces if not piece.fixture]
    alone = len(wanted) == 1 and not brief.wishes and brief.room == RoomBrief() and not brief.not_understood
    return alone and wanted[0].names.isdisjoint(item.category or "" for item in chosen)


def _is_sized(brief: Brief, text: str, chosen: Sequence[SceneObject], room_type: RoomType) -> bool:
    """Whether a text asks for a size of what is selected, "2 m wide": what is restyled keeps its own."""
    classes = {item.category or "" for item in chosen}
    if not brief.pieces and len(classes) == 1:
        brief = read_brief(naming(text, display_name(*classes)), room_type)
    return any(piece.sizes and piece.names & classes for piece in brief.pieces)


def _shared(
    going: list[SceneObject], text: str, request: Request, catalogue: Catalogue
) -> dict[str, Replacement | None]:
    """What comes in the place of each: of a number, "two armchairs", one in each place as far as they go."""
    brief = read_brief(text, request.scene.room_type, catalogue.vocabulary)
    count = next((piece.count for piece in brief.pieces if not piece.fixture and piece.told), 1)
    if len(going) < 2 or count < 2:
        return {item.id: Replacement(text=text) for item in going}
    shares = [1] * min(count, len(going)) + [0] * (len(going) - count)
    shares[-1] += max(count - len(going), 0)
    pairs = zip(going, shares, strict=True)
    return {item.id: Replacement(text=counted(text, share)) if share else None for item, share in pairs}
