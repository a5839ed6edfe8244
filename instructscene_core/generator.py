"""`Generator`, the façade of the core: requests in, scenes out.

Generate, complete, restyle and rearrange differ only in what of a scene is masked (``sampling.slots``).
"""

import logging
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

import torch

from .catalogue.entries import STARTER, Catalogue
from .catalogue.several import Use, open_catalogues
from .device import DTYPES, pick_device
from .errors import InvalidInputError
from .files.points import read_points
from .floor_plan import with_openings_in_walls
from .instructions.brief import Brief
from .instructions.read.described_looks import described
from .placement.added import added_furniture
from .placement.asked_looks import NONE
from .placement.assembly import assemble
from .placement.blemishes import blemishes
from .placement.flaws import CORES, flaws_of
from .placement.furnishing import Furnishing
from .placement.kinds import CHAIRS, SEATS, SOFAS
from .placement.meant_as_replacing import as_replacement, told_how_to_replace
from .placement.placing import Placements
from .placement.plan import Plan
from .placement.replacing import Replacer
from .reading.reader import Reader
from .room_models import RoomModels
from .sampling.layout_model import Defaults, Job, LayoutModel, OnStep, Settings
from .sampling.slots import AskedEdge, AskedPiece, prepare
from .sampling.tasks import is_open_completion
from .scene import Request, Scene, SceneObject, is_drawn
from .text.encoder import TextEncoder, TextStates
from .text.loading import load_encoder
from .vocabulary import BEDS, CLASSES, EXTRAS, RoomType, room_name, with_article

BATCH: Final = 32
"""Scenes that go through the networks at once."""
TRIES: Final = 12
"""Rooms sampled for a scene at most: another one is tried while a person would see a flaw."""
HOPE: Final = 6
"""Of these, the tries for a wish that is not met, and in an edit: what is asked or given may allow nothing better."""
PATIENCE: Final = 5
"""Of these, the tries that are made for the sake of blemishes, such as what stands before a window, or of what was left
out."""
_MISSED: Final = frozenset({"wardrobe", "nightstand", "coffee_table", "dining_chair"})
"""Of what a new room leaves out, what people miss."""
_ONCE: Final = frozenset({*BEDS, "dining_table"})
"""Of which a room has one, unless more are spoken of."""
_TABLE: Final = frozenset({"table"})
_SIDE: Final = frozenset({"side", "end", "accent", "small", "little", "corner", "occasional"})
"""Words of tables at which nobody sits."""
_CHAIR: Final = frozenset({"chair"})
_CHAIRS: Final = 4
"""How many "chairs" at a dining table are, where no number is said."""
_LARGEST_LOG_RATIO: Final = math.log(1.5)
"""Largest ``|log(a / b)|`` of an extent of an object and of a catalogue entry for it to be of the entry's class."""
_TRY_STRIDE: Final = 0x9E3779B1
"""Difference between the seeds of a scene's tries, modulo 2**32: far from 1, by which variations and people count."""

_log: Final = logging.getLogger(__name__)


class _Sample(NamedTuple):
    """One layout to sample.

    Attributes:
        plan: of the request.
        request_index: which request of the run.
        variation: k, from 0.
        attempt: which try, from 0.
    """

    plan: Plan
    request_index: int
    variation: int
    attempt: int = 0

    @property
    def seed(self) -> int:
        """The variation's seed, whatever the try."""
        return self.plan.request.seed + self.variation


class Generator:
    """Samples and settles scenes for requests.

    Args:
        models: the networks: one model for all its room types, or one for each.
        catalogue: from which meshes are retrieved.
        encoder: of the instructions.
        reader: tells what they ask for.

    Raises:
        InvalidInputError: the models were trained with another text encoder.
    """

    def __init__(
        self,
        models: LayoutModel | RoomModels,
        catalogue: Catalogue,
        encoder: TextEncoder,
        reader: Reader | None = None,
    ) -> None:
        if models.text_encoder != encoder.name:
            message = f"The model {models.name} reads texts of {models.text_encoder}, not of {encoder.name}"
            raise InvalidInputError(message, "Choose the encoder that it was trained with")
        self.models = models if isinstance(models, RoomModels) else RoomModels.of(models)
        self.catalogue, self.encoder, self.reader = catalogue, encoder, reader or Reader()

    @property
    def device(self) -> torch.device:
        """The networks' device."""
        return self.models.device

    def run(
        self,
        requests: Sequence[Request],
        on_step: OnStep | None = None,
        *,
        settle: bool = True,
        held: bool = True,
        tries: int = TRIES,
        batch_size: int = BATCH,
    ) -> list[list[Scene]]:
        """Makes all variations of some requests.

        Args:
            requests: checked by ``Request.from_json``; all are prepared before the first room is made.
            on_step: called as (stage, step, steps) over the whole run; what it raises ends it.
            settle: whether layouts are settled; off where plain sampling is measured, which takes the first try.
            held: whether graphs, layouts and numbers are held to the instruction; off where it is measured what
                networks make of it alone. The report then says nothing.
            tries: rooms sampled at most of a scene that leaves wishes unmet or shows flaws; the best one is taken.
            batch_size: scenes that go through the networks at once; changes results by rounding only.

        Returns:
            For each request its variations.

        Raises:
            InvalidInputError: the model or the catalogue has no such room, too much is to be added, or a points file is
                unreadable.
        """
        replacer, placements = Replacer(self.catalogue, self.reader), Placements(self.catalogue)
        requests = [as_replacement(request, self.catalogue) for request in requests]
        for request in requests:
            replacer.check(request)
            if request.task == "place":
                placements.check(request)
        others = {"replace": replacer.run, "place": placements.run}
        sampled = [request for request in requests if request.task not in others]
        plans = [self.plan(request, held=held) for request in sampled]
        made = iter(self._tried(plans, on_step, settle=settle, tries=tries, batch_size=batch_size))
        return [others[request.task](request) if request.task in others else next(made) for request in requests]

    def _tried(
        self, plans: Sequence[Plan], on_step: OnStep | None, *, settle: bool, tries: int, batch_size: int
    ) -> list[list[Scene]]:
        """The best room of several tries of each variation of some plans; see :meth:`run`."""
        pending = [_Sample(plan, i, k) for i, plan in enumerate(plans) for k in range(plan.request.variations)]
        best: dict[tuple[int, int], tuple[_Faults, Scene]] = {}
        for attempt in range(tries if settle else 1):
            samples = [sample._replace(attempt=attempt) for sample in pending]
            scenes = self._scenes_of(samples, on_step, settle=settle, batch_size=batch_size)
            for sample, scene in zip(samples, scenes, strict=True):
                found = _faults(sample.plan, scene, self.catalogue), scene
                key = sample.request_index, sample.variation
                best[key] = min(best.get(key, found), found, key=itemgetter(0))
            tried = [_without_lost(sample, scene) for sample, scene in zip(samples, scenes, strict=True)]
            pending = [s for s in tried if best[s.request_index, s.variation][0].ask_again(s)]
        return [[best[i, k][1] for k in range(plan.request.variations)] for i, plan in enumerate(plans)]

    def _scenes_of(
        self, samples: Sequence[_Sample], on_step: OnStep | None, *, settle: bool, batch_size: int
    ) -> list[Scene]:
        """The scenes of samples, in their order; made in batches that share room type and settings."""
        chunks = list(_chunks(samples, batch_size))
        made: dict[tuple[int, int, int], Scene] = {}
        for number, chunk in enumerate(chunks):
            report_step = _overall(on_step, number, len(chunks))
            for sample, scene in zip(chunk, self._make(chunk, report_step, settle=settle), strict=True):
                made[sample[1:]] = scene
        return [made[sample[1:]] for sample in samples]

    def plan(self, request: Request, *, held: bool = True) -> Plan:
        """Prepares a request: its slots, the sampling settings and the brief, which is empty where it is not held to.

        Raises:
            InvalidInputError: see :meth:`run`.
        """
        reading = self.reader.read(request.instruction, request.scene.room_type, self.catalogue.vocabulary)
        brief = reading.brief if held else Brief(language=reading.brief.language, english=reading.brief.english)
        given = request.scene.room_type
        floor, moved = with_openings_in_walls(request.scene.floor)
        request = self._in_its_room(replace(request, scene=replace(request.scene, floor=floor)), brief)
        room = request.scene.room_type
        model = self.models[room]
        if request.task == "generate" and is_drawn(request.scene):
            request = replace(request, scene=replace(request.scene, floor=request.scene.floor.without_floor()))
        slots = prepare(request, model.slots(room), partial(self._codes_of, model), self._classes_like)
        text, classes = request.instruction, CLASSES[room]
        lacking = self._lacking(room)
        slots = slots.without(lacking).without(
            brief.refused | (set(classes) - brief.spoken if brief.only else _instead(brief))
        )
        if request.task == "generate" and model.sizes_first:  # others sample as they were published
            core = CORES[room].classes
            slots = slots.with_core(core, (core & _ONCE) - brief.spoken)
        counted, told = _counted(brief, request), _told(brief) if request.task == "generate" else frozenset()
        counted = {names - lacking: count for names, count in counted.items() if names - lacking}
        slots = slots.wanting(counted, told, _asked_edges(brief) if request.task == "generate" else ())
        looks = described(brief.english or text, classes)
        settings = _settings(request, model.defaults)
        changed = request.scene.room_type != given
        notes = (*reading.notes, *moved, *told_how_to_replace(request, brief), *_told_of_relations(request, model))
        return Plan(request, slots, settings, brief, looks, asked_type=changed, notes=notes, lacking=lacking)

    def _lacking(self, room: RoomType) -> frozenset[str]:
        """The classes and extras of a type of room for which there is no mesh.

        Raises:
            InvalidInputError: there is none at all.
        """
        lacking = frozenset(name for name in (*CLASSES[room], *EXTRAS) if self.catalogue.lacks(name, room))
        if lacking.issuperset(CLASSES[room]):
            message = f"The chosen catalogues have no furniture of {with_article(room_name(room))}"
            raise InvalidInputError(message, "Choose others, or let the starter give what they lack")
        return lacking

    def _in_its_room(self, request: Request, brief: Brief) -> Request:
        """The request in the type of room that its text names, where a new room is made and the models have it."""
        named = brief.room.room_type
        free = request.task == "generate" and not request.keep
        if named is None or not free or named == request.scene.room_type or named not in self.models.room_types:
            return request
        return replace(request, scene=replace(request.scene, room_type=named))

    def _make(self, chunk: Sequence[_Sample], on_step: OnStep, *, settle: bool) -> list[Scene]:
        """Scenes of a chunk, whose plans share room type and settings."""
        text = self._encode([_told_to_networks(sample.plan) for sample in chunk])
        on_step("text", 1, 1)
        jobs = [Job(sample.plan.slots, (sample.seed + _TRY_STRIDE * sample.attempt) % 2**32) for sample in chunk]
        model = self.models[chunk[0].plan.request.scene.room_type]
        pieces = [
            self._furnishing(sample.plan, job.seed, settle=settle) for sample, job in zip(chunk, jobs, strict=True)
        ]
        layouts = model.sample(jobs, text, chunk[0].plan.settings, pieces, on_step)
        scenes: list[Scene] = []
        for i, (sample, layout) in enumerate(zip(chunk, layouts, strict=True)):
            plan = replace(sample.plan, truncated=text.truncated[i], attempt=sample.attempt)
            furnishing = pieces[i] if model.sizes_first else None
            scenes.append(
                assemble(
                    plan,
                    layout,
                    self.catalogue,
                    model=model.name,
                    used=model.uses,
                    seed=sample.seed,
                    settled=settle,
                    furnishing=furnishing,
                )
            )
            on_step("settle", i + 1, len(chunk))
        return scenes

    def _furnishing(self, plan: Plan, seed: int, *, settle: bool) -> Furnishing:
        request = plan.request
        return Furnishing(
            plan.slots,
            plan.brief,
            plan.looks,
            self.catalogue,
            request.scene.floor,
            seed=seed,
            matched=settle,
            thinned=settle and request.add is None and request.like is None,
        )

    def _encode(self, texts: Sequence[str]) -> TextStates:
        """The encoder's states of B texts, each distinct one encoded once; blank ones are "no instruction"."""
        unique = sorted({text for text in texts if text.strip()})
        nothing = self.encoder.no_text()
        states = self.encoder.encode(unique).followed_by(nothing) if unique else nothing
        return states.rows([unique.index(text) if text.strip() else len(unique) for text in texts])

    # What is known of a person's objects

    def _codes_of(self, model: LayoutModel, item: SceneObject) -> Sequence[int] | None:
        """Feature codes: the object's own, its catalogue entry's, or those of its points; None where there are none."""
        if item.codes is not None:
            return item.codes
        entry = self.catalogue.get(item.asset)
        same_width = entry is not None and (entry.feature is None or len(entry.feature) == model.feature_width)
        if entry is not None and entry.codes is not None and same_width:
            return entry.codes
        return None if item.points is None else model.codes_of(read_points(Path(item.points)))

    def _classes_like(self, item: SceneObject) -> frozenset[str]:
        """Classes with an entry of about the object's size, see ``_LARGEST_LOG_RATIO``; at least the nearest one."""
        misfit = {
            name: min(
                max(abs(math.log(a / b)) for a, b in zip(entry.size, item.size, strict=True)) for entry in entries
            )
            for name in self.catalogue.classes
            if (entries := self.catalogue.of_class(name))
        }
        nearest = min(misfit.values())
        return frozenset(name for name, value in misfit.items() if value <= max(nearest, _LARGEST_LOG_RATIO))


def _told_of_relations(request: Request, model: LayoutModel) -> list[str]:
    """A note where relations are to be kept, and the model has none."""
    kept = not model.has_relations and any("relation" in kept for kept in request.keep.values())
    return [f"The model {model.name} has no relations between objects, so none were kept"] if kept else []


def _counted(brief: Brief, request: Request) -> dict[frozenset[str], int]:
    """How many of some classes an instruction asks for; "chairs" are dining chairs where the room has them.

    Two or more that are asked for in a room to complete come to those that are there. Who asks for a table in a new
    bedroom gets a chair at it: without one nobody knows what it is for.
    """
    there = Counter(item.category for item in request.scene.objects if request.task == "complete")
    found: dict[frozenset[str], int] = {}
    for piece in brief.furniture:
        if piece.bound != "at most":
            names = (piece.names & {"dining_chair"} or piece.names) & frozenset(CLASSES[request.scene.room_type])
            more = sum(there[name] for name in names) if piece.count > 1 else 0
            some = piece.count > 1 and not piece.told and "dining_chair" in names
            found[names] = found.get(names, 0) + (max(_CHAIRS, piece.count) if some else piece.count) + more
    plain = any(piece.names == _TABLE and _SIDE.isdisjoint(piece.text.lower().split()) for piece in brief.furniture)
    bare = plain and not brief.only and (brief.spoken | brief.refused).isdisjoint(CHAIRS | SEATS)
    if bare and request.scene.room_type == "bedroom" and request.task == "generate":
        found[_CHAIR] = 1
    return found


def _asked_edges(brief: Brief) -> list[AskedEdge]:
    """The wishes for which the graph has a word."""
    found: list[AskedEdge] = []
    for wish in brief.of_layout:
        if wish.predicates and not wish.each and not wish.mutual and min(wish.subject, *wish.others) >= 0:
            own, other = brief.pieces[wish.subject], brief.pieces[wish.others[0]]
            placed = AskedPiece(wish.subject, own.names, own.count)
            found.append(AskedEdge(placed, wish.predicates, AskedPiece(wish.others[0], other.names, other.count)))
    return found


def _instead(brief: Brief) -> frozenset[str]:
    """Sofas of other kinds than the one that is asked for: who wants "a 2-seater couch" wants no second one."""
    return SOFAS - brief.spoken if brief.spoken & SOFAS else frozenset()


def _told_to_networks(plan: Plan) -> str:
    """The text that the encoder gets: networks have learned English alone."""
    return plan.brief.english if plan.brief.language else plan.request.instruction


def _told(brief: Brief) -> frozenset[str]:
    """Classes of which a text says that more than it asks for would be too many."""
    told = [piece.names for piece in brief.furniture if piece.told or brief.only]
    return frozenset().union(*(names for names in told if len(names) == 1))


def _settings(request: Request, defaults: Defaults) -> Settings:
    """Sampling settings: the request's, else the model's defaults for the task."""
    guidance = defaults.guidance if request.guidance is None else request.guidance
    ratio = defaults.ratio.get(request.task, 1.0) if request.ratio is None else request.ratio
    # Without a text both sides of the guidance are the same.
    guidance = guidance if request.instruction.strip() else 1.0
    remasked = defaults.remasked_share.get(request.task, 0.0)
    return Settings(request.steps or defaults.steps, guidance, ratio, remasked, defaults.truncation, defaults.drafts)


class _Faults(NamedTuple):
    """What is wrong with a room, the worst first: wishes that are not met, visible flaws, pieces left out, blemishes.

    Left out is what found no place, of a new room what one would miss; of flaws and blemishes, an edit counts what the
    room did not have before.
    """

    unmet: int
    flaws: int
    left_out: int
    blemishes: int

    def ask_again(self, sample: _Sample) -> bool:
        """Whether another room is worth trying after a sample."""
        if self.unmet or self.flaws:
            new = sample.plan.request.task == "generate"
            return sample.attempt + 1 < (TRIES if new and not self.unmet else HOPE)
        return sample.attempt + 1 < PATIENCE and bool(self.blemishes or self.left_out)


def _faults(plan: Plan, scene: Scene, catalogue: Catalogue) -> _Faults:
    """What another try could mend; restyling moves nothing, so nothing."""
    if plan.request.task == "restyle":
        return _Faults(0, 0, 0, 0)
    refused = plan.brief.refused | plan.lacking
    found, small = flaws_of(scene, catalogue, refused), blemishes(scene, catalogue)
    if plan.request.task != "generate":
        found -= flaws_of(plan.request.scene, catalogue, refused)
        small -= blemishes(plan.request.scene, catalogue)
    gone: list[str] = (scene.provenance or {})["left_out"]
    left_out = len(gone) if plan.request.task != "generate" else sum(name in _MISSED for name in gone)
    if is_open_completion(plan.request) or plan.request.like is not None:
        left_out += not added_furniture(plan.request, scene.objects)
    not_met: list[str] = (scene.report or {}).get("not_met", [])
    hopeless = plan.brief.contradicted + plan.brief.needing(plan.lacking)  # no other room could meet these
    hopeless += sum(line.endswith(f"({NONE})") for line in not_met)
    unmet = len(not_met) - hopeless
    return _Faults(max(unmet, 0), len(found), left_out, max(small, 0))


def _without_lost(sample: _Sample, scene: Scene) -> _Sample:
    """The next try of a sample: without a bed or table that had no place, so that one of another kind is drawn."""
    plan = sample.plan
    core = CORES[plan.request.scene.room_type].classes - plan.brief.spoken
    lost = core.intersection((scene.provenance or {})["left_out"])
    if not lost or plan.request.task != "generate":
        return sample
    return sample._replace(plan=replace(plan, slots=plan.slots.without(lost)))


def _chunks(samples: Sequence[_Sample], size: int) -> Iterator[list[_Sample]]:
    """Batches of like room type and settings, in the order in which these first occur."""
    groups: dict[tuple[RoomType, Settings], list[_Sample]] = {}
    for sample in samples:
        groups.setdefault((sample.plan.request.scene.room_type, sample.plan.settings), []).append(sample)
    for group in groups.values():
        for start in range(0, len(group), size):
            yield group[start : start + size]


def _overall(on_step: OnStep | None, chunk: int, chunks: int) -> OnStep:
    """A callback for one chunk that counts its steps as a part of the whole run."""

    def report_step(stage: str, step: int, steps: int) -> None:
        if on_step is not None:
            on_step(stage, chunk * steps + step, chunks * steps)

    return report_step


def load_generator(
    folder: Path | None = None,
    *,
    device: str = "auto",
    catalogues: Sequence[Path] = (),
    use: Use = "first",
    clip: str | None = None,
    precision: str = "fp32",
    reader: Reader | None = None,
) -> Generator:
    """Loads a model folder, or one with a model folder for each room type in it, a catalogue and the text encoder.

    Args:
        folder: the model's; None is the embedded starter.
        device: see :func:`pick_device`.
        catalogues: files or their folders, with ``features.safetensors`` where they have features; without any, the
            embedded one.
        use: what becomes of classes that none of them has, see :func:`.catalogue.several.open_catalogues`.
        clip: for models that read texts with CLIP, see :func:`.text.loading.load_encoder`.
        precision: one of ``DTYPES``, of the networks' matrix products.
        reader: tells what instructions ask for; None: by rule.

    Raises:
        InvalidInputError: something is missing, damaged or does not fit.
    """
    where = pick_device(device)
    models = RoomModels.load(STARTER / "weights" if folder is None else folder, where, DTYPES[precision])
    entries = open_catalogues(catalogues, use)
    _log.info("Model %s on %s, %d catalogue entries", models.name, where, len(entries.entries))
    return Generator(models, entries, load_encoder(models.text_encoder, where, clip), reader)
