"""A generator whose rooms are furnished with models that a program makes; where it makes none, retrieval's stay.

What is generated is retrieved first, as always: the retrieved piece gives the words and the box of what is made, and
each model that was made then comes in the place of its piece as the task "replace" has it.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from ..catalogue.entries import Catalogue
from ..generator import BATCH, Generator
from ..placement.alternatives import Alternatives, wanted
from ..placement.replacing import Replacer, orders
from ..sampling.layout_model import OnStep
from ..scene import Replacement, Request, Scene, SceneObject
from ..vocabulary import EXTRAS, display_name, with_article
from .made_models import Made, MadeModels
from .program import Wish

_NOT_HERE: Final = "Models were to be made, but no program for that is chosen"


class MakingGenerator:
    """Answers requests, and makes models for those that ask for it.

    Args:
        generator: answers them.
        models: makes the models; None: there is no program, and what asks for one is told so.
    """

    def __init__(self, generator: Generator, models: MadeModels | None) -> None:
        self.generator, self._models = generator, models

    def run(
        self,
        requests: Sequence[Request],
        on_step: OnStep | None = None,
        *,
        settle: bool = True,
        batch_size: int = BATCH,
    ) -> list[list[Scene]]:
        """Makes all variations of some requests; see :meth:`..generator.Generator.run`.

        Raises:
            InvalidInputError: as there.
            InstructSceneError: see :meth:`.made_models.MadeModels.make`.
        """
        tell = on_step or _say_nothing
        models = self._models
        if models is None:
            answers = self.generator.run(requests, on_step, settle=settle, batch_size=batch_size)
            return [
                [_noted(scene, [_NOT_HERE]) for scene in scenes] if request.make else scenes
                for request, scenes in zip(requests, answers, strict=True)
            ]
        prepared, notes = list[Request](), list[list[str]]()
        for request in requests:
            told, said = self._named(request, models, tell) if request.make else (request, [])
            prepared.append(told)
            notes.append(said)
        answers = self.generator.run(prepared, on_step, settle=settle, batch_size=batch_size)
        return [
            [self._furnished(request, scene, models, tell) for scene in scenes]
            if request.make and request.task not in ("replace", "place")
            else [_noted(scene, said) for scene in scenes]
            for request, scenes, said in zip(prepared, answers, notes, strict=True)
        ]

    def _named(self, request: Request, models: MadeModels, tell: OnStep) -> tuple[Request, list[str]]:
        """A request to replace pieces with the models that were made for it, and why some were not."""
        if request.task != "replace":
            return request, []
        before = {item.id: item for item in request.scene.objects}
        asked = {
            name: self._wish(before[name], what, request)
            for name, what in orders(request).items()
            if what is not None and what.asset is None and name in before
        }
        wishes = {name: wish for name, wish in asked.items() if wish is not None}
        made = self._made(list(wishes.values()), models, tell)
        ready = {
            name: Replacement(asset=made.entries[wish].id) for name, wish in wishes.items() if wish in made.entries
        }
        left = [
            f"Taken from the catalogue: what replaces the {display_name(before[name].category or 'piece')} "
            "(only furniture that stands is made, from words that are understood)"
            for name, wish in asked.items()
            if wish is None
        ]
        return replace(request, replace={**orders(request), **ready}), [*_reasons(made), *left]

    def _wish(self, before: SceneObject, what: Replacement, request: Request) -> Wish | None:
        """What is to be made in the place of a piece; None where the words were not understood, or it hangs."""
        room, catalogue, reader = request.scene.room_type, self.generator.catalogue, self.generator.reader
        asked = wanted(what.text, what.category, before, room, reader, catalogue)
        category = asked.categories[0] if asked.categories else ""
        if not category or (what.text and not asked.understood) or not _is_made(category, catalogue):
            return None
        choice = Alternatives(before, asked, room, catalogue)
        ranked = choice.ranked
        size = choice.size_of(ranked[0]) if ranked else before.placed_size or before.size
        text = what.text.strip() or (ranked[0].caption if ranked else "") or with_article(display_name(category))
        return Wish(text, category, size, request.seed)

    def _furnished(self, request: Request, scene: Scene, models: MadeModels, tell: OnStep) -> Scene:
        """A room whose new pieces are made, as far as they can be and fit."""
        given = {item.asset for item in request.scene.objects} if request.task != "generate" else set()
        catalogue, wishes = self.generator.catalogue, dict[str, Wish]()
        for item in scene.objects:
            entry = catalogue.get(item.asset)
            if entry is None or item.asset in given or not _is_made(entry.category, catalogue):
                continue
            text = entry.caption or with_article(display_name(entry.category))
            wishes[item.id] = Wish(text, item.category or entry.category, item.placed_size or item.size, request.seed)
        made = self._made(list(wishes.values()), models, tell)
        named = {
            name: Replacement(asset=made.entries[wish].id) for name, wish in wishes.items() if wish in made.entries
        }
        if not named:
            return _noted(scene, _reasons(made))
        order = Request("replace", scene, replace=named, seed=request.seed)
        (after,) = Replacer(self.generator.catalogue, self.generator.reader).run(order)
        placed = {item.id for item in after.objects if item.asset == named.get(item.id, Replacement()).asset}
        left = [f"{name}: the model that was made for it does not fit" for name in named if name not in placed]
        provenance = dict(scene.provenance or {}) | {"made": sorted(placed)}
        objects = after.objects if placed else scene.objects
        return _noted(replace(scene, objects=objects, provenance=provenance), [*_reasons(made), *left])

    def _made(self, wishes: Sequence[Wish], models: MadeModels, tell: OnStep) -> Made:
        """Makes models, which the generator's catalogue knows from then on."""
        if not wishes:
            return Made({}, {})
        made = models.make(wishes, partial(tell, "make"))
        self.generator.catalogue = self.generator.catalogue.knowing(made.entries.values())
        return made


def _say_nothing(_stage: str, _step: int, _steps: int) -> None:
    pass


def _is_made(category: str, catalogue: Catalogue) -> bool:
    """Whether pieces of a class are made: furniture that stands; a lamp that hangs or a rug is retrieved."""
    entries = catalogue.of_class(category)
    return category not in EXTRAS and not (entries and entries[0].mount == "ceiling")


def _reasons(made: Made) -> list[str]:
    """Why models were not made, each reason once."""
    found: dict[str, list[str]] = {}
    for wish, reason in made.reasons.items():
        found.setdefault(reason, []).append(display_name(wish.category))
    return [f"Taken from the catalogue: {', '.join(dict.fromkeys(names))} ({why})" for why, names in found.items()]


def _noted(scene: Scene, notes: Sequence[str]) -> Scene:
    if not notes:
        return scene
    report = dict(scene.report or {"met": [], "not_met": [], "not_understood": []})
    return replace(scene, report=report | {"notes": [*report.get("notes", ()), *notes]})
