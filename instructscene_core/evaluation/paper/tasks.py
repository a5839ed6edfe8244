"""What is asked of the methods: generation, and the paper's four zero-shot tasks (its Table 2)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

from ...scene import Attribute, Request, Scene
from ..restyling import PROMPTS, WORDS, askable
from .rooms import PaperRooms

PaperTask = Literal["generate", "restyle", "rearrange", "complete", "unconditional", "one prompt", "one graph"]

TITLES: Final[Mapping[PaperTask, str]] = {
    "generate": "generation",
    "restyle": "stylisation",
    "rearrange": "re-arrangement",
    "complete": "completion",
    "unconditional": "unconditional",
    "one prompt": "from one prompt",
    "one graph": "from one graph",
}
_STRIDE: Final = 100_000
"""Between the seeds of two sampling seeds."""
_FROM_ONE: Final = 10
_GRAPH: Final[tuple[Attribute, ...]] = ("category", "feature", "relation")


def requests(task: PaperTask, rooms: PaperRooms, seed: int) -> list[Request]:
    """One request for each described room.

    Args:
        task: what is asked.
        rooms: the described rooms.
        seed: number of the sampling seed, from 0; room i gets the seed ``100,000 · seed + i``.
    """
    made: list[Request] = []
    for number, (scene, item) in enumerate(zip(rooms.scenes, rooms.instructions, strict=True)):
        common = Request("generate", Scene(rooms.room_type), id=f"room{number}", seed=_STRIDE * seed + number)
        made.append(_REQUESTS[task](common, Scene(scene.room_type, scene.objects), rooms, number, item.text))
    return made


def styles(rooms: PaperRooms) -> list[str]:
    """The style that each room is asked for: by turns the colours and materials that enough furniture has."""
    words: Sequence[str] = askable(rooms.catalogue, rooms.room_type) or WORDS
    return [words[number % len(words)] for number in range(len(rooms.instructions))]


def left(rooms: PaperRooms, number: int) -> Scene:
    """What completion begins with: a described room without the objects that its instruction places."""
    scene, item = rooms.scenes[number], rooms.instructions[number]
    removed = {str(index) for index in item.described}
    return Scene(scene.room_type, tuple(o for o in scene.objects if o.id not in removed))


def prompts(count: int) -> int:
    """How many prompts, or graphs, ``count`` rooms come from, by turns: each makes ten rooms or more."""
    return max(1, count // _FROM_ONE)


_Make = Callable[[Request, Scene, PaperRooms, int, str], Request]


def _generate(common: Request, _scene: Scene, _rooms: PaperRooms, _number: int, text: str) -> Request:
    return replace(common, instruction=text)


def _unconditional(common: Request, _scene: Scene, _rooms: PaperRooms, _number: int, _text: str) -> Request:
    return common


def _restyle(common: Request, scene: Scene, rooms: PaperRooms, number: int, _text: str) -> Request:
    text = PROMPTS[0].format(styles(rooms)[number])
    return replace(common, task="restyle", scene=scene, instruction=text)


def _rearrange(common: Request, scene: Scene, _rooms: PaperRooms, _number: int, text: str) -> Request:
    return replace(common, task="rearrange", scene=scene, instruction=text)


def _complete(common: Request, _scene: Scene, rooms: PaperRooms, number: int, text: str) -> Request:
    rest = left(rooms, number)
    removed = len(rooms.scenes[number].objects) - len(rest.objects)
    return replace(common, task="complete", scene=rest, instruction=text, add=removed)


def _one_prompt(common: Request, _scene: Scene, rooms: PaperRooms, number: int, _text: str) -> Request:
    asked = rooms.instructions[number % prompts(len(rooms.instructions))]
    return replace(common, instruction=asked.text)


def _one_graph(common: Request, _scene: Scene, rooms: PaperRooms, number: int, _text: str) -> Request:
    scene = rooms.scenes[number % prompts(len(rooms.instructions))]
    kept = {item.id: _GRAPH for item in scene.objects}
    return replace(common, task="rearrange", scene=Scene(scene.room_type, scene.objects), keep=kept)


_REQUESTS: Final[Mapping[PaperTask, _Make]] = {
    "generate": _generate,
    "restyle": _restyle,
    "rearrange": _rearrange,
    "complete": _complete,
    "unconditional": _unconditional,
    "one prompt": _one_prompt,
    "one graph": _one_graph,
}
