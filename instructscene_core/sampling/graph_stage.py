"""The first stage: text and what is known of some scenes to semantic graphs.

Shapes: B scenes, N slots of their room type, n ≤ N slots that the batch uses, K feature tokens an object, C classes of
the model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, product
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..diffusion.discrete import DiscreteDiffusion, Draw, Partial, States, Step, even_steps
from ..geometry.frames import FloatArray
from ..geometry.obstacles import free_area
from ..geometry.relations import REVERSED
from ..models.graph_prior import GraphPrior, TextBatch, pair_geometry
from ..models.prior_plan import PriorPlan
from ..text.encoder import TextStates
from ..vocabulary import ALL_CLASSES, CLASSES, EMPTY_CODE, N_CODES, N_FEATURE_TOKENS, NO_RELATION, ROOM_TYPES, RoomType
from .layout_model import Job, OnStep, Settings
from .numbers import CHANGES, Numbers
from .random_numbers import Draws
from .slots import AskedEdge, BoolArray, IntArray

LEVELS: Final = 100
"""T, noise levels of the prior."""
_SPOKEN: Final = 0.5
"""Probability from which on a text is taken to speak of a class."""
_USUAL: Final = (0.25, 0.95)
"""Quantiles between which the number of objects is drawn: the emptiest rooms look unfinished, the fullest crowded."""
_LEAST_SLOTS: Final = 2
"""One object alone has no pair, and so no relation for the network to read."""


class Graphs(NamedTuple):
    """Sampled graphs, in the model's classes.

    Attributes:
        classes: (B, N), C for an empty slot.
        edges: (B, N, N) relations, NO_RELATION for none.
        codes: (B, N, K), never "empty" in real slots.
    """

    classes: Tensor
    edges: Tensor
    codes: Tensor

    def without(self, gone: Tensor, empty: int) -> "Graphs":
        """Less some objects, (B, N) bool; ``empty`` is the number of no class."""
        apart = gone[:, :, None] | gone[:, None]
        return Graphs(self.classes.masked_fill(gone, empty), self.edges.masked_fill(apart, NO_RELATION), self.codes)


@dataclass(frozen=True)
class ClassMap:
    """Numbers of a room type's classes among the classes of a model, which may know those of all room types.

    Attributes:
        to_model: (R + 1,) the model's number of each of the R classes and of "empty".
        to_room: (C + 1,) the reverse, −1 for classes that such rooms do not have.
    """

    to_model: IntArray
    to_room: IntArray

    @staticmethod
    def of(room_type: RoomType, n_classes: int) -> "ClassMap":
        """The map of a model with the classes of the room type, or with those of all.

        Raises:
            ValueError: it has another number of classes.
        """
        own = CLASSES[room_type]
        known = {len(own): own, len(ALL_CLASSES): ALL_CLASSES}.get(n_classes)
        if known is None:
            raise ValueError(f"{n_classes} classes are not those of a {room_type}, nor those of all rooms")
        to_model = np.array([*(known.index(name) for name in own), n_classes])
        to_room = np.full(n_classes + 1, -1)
        to_room[to_model] = np.arange(len(own) + 1)
        return ClassMap(to_model, to_room)

    def allowed(self, allowed: BoolArray) -> BoolArray:
        """(B, N, R + 1) bool of the room's classes as (B, N, C + 1) of the model's."""
        result = np.zeros((*allowed.shape[:-1], len(self.to_room)), dtype=np.bool_)
        result[..., self.to_model] = allowed
        return result


class GraphStage:
    """The prior with what it needs to sample.

    Args:
        prior: in evaluation mode.
        device: where it is.
        precision: of its matrix products.
        numbers: how many of each of the model's classes rooms of a type have; where it is known, and classes are
            revealed before all else, unlikely numbers are not left.
    """

    def __init__(
        self,
        prior: GraphPrior,
        device: torch.device,
        precision: torch.dtype,
        numbers: Mapping[RoomType, Numbers] = MappingProxyType({}),
    ) -> None:
        self.prior, self.device, self._numbers = prior, device, numbers
        self._plan = PriorPlan(prior, precision)
        self._symbols = DiscreteDiffusion(prior.variables(), LEVELS)

    def sample(
        self, jobs: Sequence[Job], text: TextStates, settings: Settings, draws: Draws, on_step: OnStep | None
    ) -> Graphs:
        """Graphs of jobs of one room type, with their known parts as they are."""
        device, slots = self.device, [job.slots for job in jobs]
        room = slots[0].room_type
        classes = ClassMap.of(room, self.prior.config.n_classes)
        mask = None if text.mask is None else text.mask.to(device)
        texts = TextBatch(text.hidden.to(device), text.pooled.to(device), mask)
        wanted = _wanted(jobs, classes, self._spoken(texts))
        asked = _missing(jobs, classes, wanted)
        used = self._draw_slot_counts(jobs, texts, asked, draws)
        in_use = (torch.arange(len(slots[0].classes)) < used[:, None]).numpy()
        steps = even_steps(settings.steps[0], self._levels(jobs, settings.ratio))
        run = _Run(jobs, classes, texts, asked, settings, draws, len(steps), on_step)
        numbers = self._numbers.get(room)
        first = sum(step.source >= LEVELS * self.prior.config.nodes_from for step in steps)
        if numbers is None or first == len(steps) or all(s.class_known.all() for s in slots):
            return self._whole(self._reveal(run, in_use, steps), draws)
        symbols = self._reveal(run, in_use, steps[:first])[0].cpu().numpy()
        symbols = symbols.clip(max=self.prior.config.n_classes)  # one in many thousands is masked still: it stays away
        may = _Changeable.of(jobs, classes, wanted)
        uniforms = draws.uniform((len(jobs), CHANGES, 2)).numpy()
        symbols = np.stack([_changed(numbers, *parts) for parts in zip(symbols, *may, uniforms, strict=True)])
        in_use = symbols != self.prior.config.n_classes
        return self._whole(self._reveal(run, in_use, steps[first:], symbols), draws)

    def _reveal(self, run: "_Run", in_use: BoolArray, steps: Sequence[Step], symbols: IntArray | None = None) -> States:
        """States of all N slots after some steps.

        Args:
            run: what they share.
            in_use: (B, N) slots that get an object.
            steps: to take.
            symbols: (B, N) classes, where they are revealed already.
        """
        jobs, total = run.jobs, in_use.shape[1]
        n = max(int(np.flatnonzero(in_use.any(axis=0)).max()) + 1, _LEAST_SLOTS)
        cropped = in_use[:, :n]
        given = [
            _given(job, run.classes, missing, used) for job, missing, used in zip(jobs, run.asked, cropped, strict=True)
        ]
        count = len(self._symbols.variables)
        known = self._known(jobs, run.classes, given, cropped)
        known = Partial(known.clean[:count], known.known[:count])
        if symbols is not None:
            revealed = torch.from_numpy(symbols[:, :n]).to(self.device)
            known = Partial((revealed, *known.clean[1:]), (torch.ones_like(known.known[0]), *known.known[1:]))
        done = 0 if symbols is None else run.steps - len(steps)

        def report_step(step: int, _: int, __: States) -> None:
            if run.on_step is not None:
                run.on_step("prior", done + step, run.steps)

        settings = run.settings
        network = self._plan.run(
            run.texts,
            guided=settings.guidance != 1.0,
            room=None if self.prior.config.room_types is None else ROOM_TYPES.index(jobs[0].slots.room_type),
            mask=torch.from_numpy(cropped).to(self.device),
        )
        found = self._symbols.sample(
            network,
            known,
            steps,
            _cropped(run.draws, n, total, count),
            # Objects that are asked for stand already; more guidance would only fill the room with more of their kind.
            guidance=(1.0 if self.prior.config.grounding else settings.guidance, *[settings.guidance] * (count - 1)),
            truncation=settings.truncation,
            allowed=self._allowed(jobs, run.classes, given, cropped, known)[:count],
            remasked_share=settings.remasked_share,
            on_step=report_step,
        )
        return self._of_all_slots(found, n, total)

    def _levels(self, jobs: Sequence[Job], ratio: float) -> int:
        """Noise levels to run through.

        All where nodes are to be found that the lower ones never reveal, and where what is unknown cannot be shown as
        [MASK]: symbols of the last level look like noise there alone.
        """
        if self.prior.config.corruption != "mask":
            return LEVELS
        levels = max(1, int(LEVELS * ratio + 1e-9))
        late = levels <= LEVELS * self.prior.config.nodes_from
        return LEVELS if late and not all(job.slots.class_known.all() for job in jobs) else levels

    def _spoken(self, text: TextBatch) -> FloatArray:
        """(B, C) how likely each text speaks of each of the model's classes; NaN where the prior is not grounded."""
        if not self.prior.config.grounding:
            return np.full((len(text.hidden), self.prior.config.n_classes), np.nan)
        grounding = self.prior.grounding
        mentions = grounding.mention_probability(grounding.read(text.hidden, text.mask))[:, :-2]
        return mentions.cpu().numpy().astype(np.float64)

    def _draw_slot_counts(
        self, jobs: Sequence[Job], text: TextBatch, asked: Sequence[Sequence[IntArray]], draws: Draws
    ) -> Tensor:
        """(B,) slots that each job uses, which are its first ones: all, or as many as the counts head draws."""
        slots = [job.slots for job in jobs]
        total = torch.tensor([len(s.classes) for s in slots])
        if not self.prior.config.counts:
            return total
        fixed = torch.tensor([int((~s.allowed[:, -1]).sum()) for s in slots])
        most = torch.tensor([int((~s.class_known | ~s.allowed[:, -1]).sum()) for s in slots])
        # Who lets objects be added wants one at least.
        present = torch.tensor([sum(item is not None for item in s.objects) for s in slots])
        wanted = torch.tensor([max(1, len(missing)) for missing in asked])
        least = fixed.maximum((present + wanted).minimum(most))
        room = torch.full((len(jobs),), ROOM_TYPES.index(slots[0].room_type), device=self.device)
        areas = torch.tensor([free_area(s.floor) for s in slots], device=self.device)
        logits = self.prior.count_head.both(text.pooled, room, areas).float().cpu()
        numbers = torch.arange(1, logits.shape[1] + 1)
        possible = (numbers >= least.clamp(min=1)[:, None]) & (numbers <= most.clamp(min=1)[:, None])
        shares = logits.masked_fill(~possible, -torch.inf).softmax(dim=1).cumsum(dim=1)
        low, high = _USUAL
        u = low + (high - low) * draws.uniform((len(jobs), 1))
        return (1 + (u * shares[:, -1:] >= shares).sum(dim=1)).clamp(max=total)

    def _known(self, jobs: Sequence[Job], classes: ClassMap, given: Sequence["_Given"], in_use: BoolArray) -> Partial:
        """What is known of the three variables: classes, upper triangle of the relations, tokens object by object.

        The classes that a text speaks of are given to the first open slots: which objects there must be is read more
        surely than it is sampled, one slot at a time.
        """
        n = in_use.shape[1]
        rows, columns = np.triu_indices(n, 1)
        slots = [job.slots for job in jobs]
        unused = ~in_use
        apart = unused[:, rows] | unused[:, columns]
        numbers = classes.to_model[np.stack([s.classes[:n] for s in slots])]
        relations = np.stack([s.relations[rows, columns] for s in slots]).astype(np.int64)
        codes = np.stack([s.codes[:n].reshape(-1) for s in slots])
        tokens = np.repeat(unused, N_FEATURE_TOKENS, axis=1)
        clean = (
            np.where(unused, len(classes.to_room) - 1, numbers),
            np.where(apart, NO_RELATION, relations),
            np.where(tokens, EMPTY_CODE, codes),
        )
        known = (
            np.stack([s.class_known[:n] for s in slots]) | unused,
            np.stack([s.relations_known[rows, columns] for s in slots]) | apart,
            np.repeat(np.stack([s.codes_known[:n] for s in slots]), N_FEATURE_TOKENS, axis=1) | tokens,
        )
        for own, symbols, fixed in zip(given, clean[0], known[0], strict=True):
            for slot, group in own:
                if len(group) == 1:
                    symbols[slot], fixed[slot] = group[0], True
        return Partial(
            tuple(torch.from_numpy(a).to(self.device) for a in clean),
            tuple(torch.from_numpy(a).to(self.device) for a in known),
        )

    def _allowed(
        self, jobs: Sequence[Job], classes: ClassMap, given: Sequence["_Given"], in_use: BoolArray, known: Partial
    ) -> list[Tensor | None]:
        """Classes that slots may take, and relations that are asked for; no empty token where none may stay empty."""
        n = in_use.shape[1]
        allowed = classes.allowed(np.stack([job.slots.allowed[:n] for job in jobs]))  # (B, n, C + 1)
        if self.prior.config.counts:
            allowed[..., -1] &= ~in_use
        for job, own, may in zip(jobs, given, allowed, strict=True):
            told = np.zeros(may.shape[1], dtype=np.bool_)  # as many as are told have slots of their own by now
            told[classes.to_model[:-1][job.slots.told]] = True
            others = may & ~(_open(job)[:n, None] & told)
            others = np.where(others.any(axis=1, keepdims=True), others, may)  # of a core that is told, for one
            for slot, group in own:
                if len(group) > 1:
                    others[slot] = may[slot] & np.isin(np.arange(may.shape[1]), group)
            may[:] = others
        allowed[~in_use, -1] = True
        tokens = np.ones((len(jobs), N_CODES + 1, n * N_FEATURE_TOKENS), dtype=np.bool_)
        tokens[:, EMPTY_CODE] = np.repeat(allowed[:, :, -1], N_FEATURE_TOKENS, axis=1)
        return [
            torch.from_numpy(allowed.transpose(0, 2, 1).copy()).to(self.device),
            self._asked_edges(jobs, classes, given, known),
            torch.from_numpy(tokens).to(self.device),
        ]

    def _asked_edges(
        self, jobs: Sequence[Job], classes: ClassMap, given: Sequence["_Given"], known: Partial
    ) -> Tensor | None:
        """(B, R, P) predicates that the pairs of slots may have of which a relation is asked; None where none is.

        The network chooses among them, whatever way the sentence leaves open.
        """
        if not any(job.slots.asked for job in jobs):
            return None
        symbols, fixed = known.clean[0].cpu().numpy(), known.known[0].cpu().numpy()
        rows, columns = np.triu_indices(symbols.shape[1], 1)
        pair = {(int(a), int(b)): k for k, (a, b) in enumerate(zip(rows, columns, strict=True))}
        allowed = np.ones((len(jobs), NO_RELATION + 1, len(rows)), dtype=np.bool_)
        for job, own, symbol, is_fixed, may in zip(jobs, given, symbols, fixed, allowed, strict=True):
            names = [*CLASSES[job.slots.room_type], ""]
            there = [names[classes.to_room[s]] if f else "" for s, f in zip(symbol, is_fixed, strict=True)]
            for slot, group in own:
                there[slot] = there[slot] or names[classes.to_room[group[0]]]  # of several classes any of the piece's
            places = _places(job.slots.asked, there)
            for edge in job.slots.asked:
                for a, b in product(places[edge.subject.number], places[edge.other.number][:1]):
                    if a == b:
                        continue
                    predicates = edge.predicates if a < b else {int(REVERSED[p]) for p in edge.predicates}
                    will_do = np.isin(np.arange(NO_RELATION + 1), list(predicates))
                    column = may[:, pair[min(a, b), max(a, b)]]
                    column &= (
                        will_do if (column & will_do).any() else True
                    )  # of two that contradict each other, the first
        return torch.from_numpy(allowed).to(self.device)

    def _of_all_slots(self, found: States, n: int, total: int) -> States:
        """States of n slots as those of all N: classes, (B, N, N) relations, (B, N, K) tokens, empty where none."""
        symbols, pairs, *features = found
        batch = len(symbols)
        classes = symbols.new_full((batch, total), self.prior.config.n_classes)
        classes[:, :n] = symbols
        edges = pairs.new_full((batch, total, total), NO_RELATION)
        edges[:, :n, :n] = self.prior.edge_matrix(pairs, n)
        codes = symbols.new_full((batch, total, N_FEATURE_TOKENS), EMPTY_CODE)
        for tokens in features:
            codes[:, :n] = tokens.view(batch, n, -1)
        return classes, edges, codes

    def _whole(self, found: States, draws: Draws) -> Graphs:
        """The graphs of final states."""
        classes, edges, codes = found
        real = classes != self.prior.config.n_classes
        joined = real[:, :, None] & real[:, None] & ~torch.eye(real.shape[1], dtype=torch.bool, device=self.device)
        # A real object may come out with an empty token; as officially, a code is drawn then. Without features all are:
        # random numbers, which say nothing to a catalogue.
        spare = (draws.uniform(tuple(codes.shape)) * N_CODES).long().to(self.device)
        codes = torch.where((codes == EMPTY_CODE) & real[..., None], spare, codes)
        return Graphs(classes, edges.masked_fill(~joined, NO_RELATION), codes)


@dataclass(frozen=True, eq=False)
class _Run:
    """What the parts of a run share.

    Args:
        jobs: B.
        classes: the map of their room type.
        texts: theirs.
        asked: classes that each of them asks for, any of which will do.
        settings: of all.
        draws: random numbers.
        steps: in all.
        on_step: called after each of them.
    """

    jobs: Sequence[Job]
    classes: ClassMap
    texts: TextBatch
    asked: Sequence[Sequence[IntArray]]
    settings: Settings
    draws: Draws
    steps: int
    on_step: OnStep | None


class _Changeable(NamedTuple):
    """What may change of the numbers of objects.

    Attributes:
        fixed: (B, N, C + 1) classes that a slot may not give up.
        free: (B, N) slots that may get another object.
        named: (B, C) how many stay at least of a class that a text speaks of, of which no more come; 0 of others.
    """

    fixed: BoolArray
    free: BoolArray
    named: IntArray

    @staticmethod
    def of(jobs: Sequence[Job], classes: ClassMap, wanted: IntArray) -> "_Changeable":
        """Nothing of what is known or must be there, and of what a text speaks of only what is beyond its number."""
        slots = [job.slots for job in jobs]
        bound = np.stack([~_open(job) | ~job.slots.allowed[:, -1] for job in jobs])
        forbidden = ~classes.allowed(np.stack([s.allowed for s in slots]))
        return _Changeable(bound[..., None] | forbidden, np.stack([_open(job) for job in jobs]), wanted)


def _changed(
    numbers: Numbers,
    symbols: IntArray,
    fixed: BoolArray,
    free: BoolArray,
    named: IntArray,
    uniforms: npt.NDArray[np.float32],
) -> IntArray:
    """(N,) the classes of one room, with likely numbers."""
    empty = fixed.shape[-1] - 1
    there = symbols != empty
    counts = np.bincount(symbols[there], minlength=empty)
    own = fixed[np.arange(len(symbols)), symbols]
    bound = np.maximum(np.bincount(symbols[there & own], minlength=empty), np.minimum(named, counts))
    places = np.flatnonzero(free & ~there)
    more = ~fixed[places, :empty].any(axis=0) & (named == 0) & bool(len(places))
    found = symbols.copy()
    for number, wanted in enumerate(numbers.changes(counts, more, counts - bound, len(places), uniforms).tolist()):
        surplus = counts[number] - wanted
        for slot in np.flatnonzero((symbols == number) & ~own)[::-1][: max(surplus, 0)]:
            found[slot] = empty
        for _ in range(max(-surplus, 0)):
            found[places[0]], places = number, places[1:]
    return found


def _wanted(jobs: Sequence[Job], classes: ClassMap, spoken: FloatArray) -> IntArray:
    """(B, C) how many of the model's classes each job is to have at least.

    One of what its text speaks of, as many as it asks for, and of a noun that may mean several classes that one of them
    of which the text speaks most likely, where the prior tells.
    """
    found = (spoken > _SPOKEN).astype(np.int64)
    own = classes.to_model[:-1]
    for row, likely, job in zip(found, spoken, jobs, strict=True):
        row[own] = np.maximum(row[own], job.slots.wanted)
        there = _there(job, classes)
        for group, number in job.slots.either:
            rows = own[group]
            if np.isfinite(likely[rows]).all():
                row[rows] = np.maximum(job.slots.wanted[group], there[rows])
                row[rows[likely[rows].argmax()]] += max(number - int(there[rows].sum()), 0)
    return found


def _there(job: Job, classes: ClassMap) -> IntArray:
    """(C,) how many of each of the model's classes a job's room has."""
    known = classes.to_model[job.slots.classes[job.slots.class_known]]
    return np.bincount(known, minlength=len(classes.to_room))[:-1]


def _missing(jobs: Sequence[Job], classes: ClassMap, wanted: IntArray) -> list[list[IntArray]]:
    """The model's classes that each job is to have objects of and has none of, or not as many as wanted: one for each.

    These are the classes that its text speaks of and that a new object may have, and those of which a number is wanted;
    of a noun that may mean several classes and of which no number of one of them is wanted, all of these.
    """
    found: list[list[IntArray]] = []
    for job, number in zip(jobs, wanted, strict=True):
        slots = job.slots
        there = _there(job, classes)
        possible = classes.allowed(slots.allowed[_open(job)]).any(axis=0)[:-1]
        missing = list(np.repeat(np.arange(len(number)), (number - there).clip(0) * possible)[:, None])
        for group, count in slots.either:
            rows = classes.to_model[:-1][group]
            lacking = count - int(np.maximum(number, there)[rows].sum())
            missing += [rows[possible[rows]]] * (max(lacking, 0) if possible[rows].any() else 0)
        found.append(missing)
    return found


_Given = list[tuple[int, IntArray]]
"""Slots, and the classes any of which each of them is to have."""


def _given(job: Job, classes: ClassMap, missing: Sequence[IntArray], in_use: BoolArray) -> _Given:
    """Slots that are given to what a job is to have: the first open ones that may take it.

    Args:
        job: whose slots.
        classes: the map of its room type.
        missing: classes for each, any of which will do.
        in_use: (n,) slots that get an object.
    """
    n = len(in_use)
    may, free = classes.allowed(job.slots.allowed[:n]), _open(job)[:n] & in_use
    found: list[tuple[int, IntArray]] = []
    for group in missing:
        places = np.flatnonzero(free & may[:, group].any(axis=1))
        if len(places):
            free[places[0]] = False
            found.append((int(places[0]), group))
    return found


def _places(asked: Sequence[AskedEdge], there: Sequence[str]) -> dict[int, list[int]]:
    """Slots of the pieces that relations are asked of: each has its own as long as there are any.

    Args:
        asked: the relations.
        there: class in each slot; empty where it is not known.

    Returns:
        By the number of the piece.
    """
    found: dict[int, list[int]] = {}
    taken = set[int]()
    for piece in (piece for edge in asked for piece in (edge.subject, edge.other)):
        if piece.number not in found:
            own = [k for k, name in enumerate(there) if name in piece.names]
            found[piece.number] = sorted(own, key=lambda k: k in taken)[: piece.objects]
            taken |= set(found[piece.number])
    return found


def _open(job: Job) -> BoolArray:
    """(N,) slots that a new object may take."""
    return ~job.slots.class_known & np.array([item is None for item in job.slots.objects], dtype=np.bool_)


def _cropped(draws: Draws, n: int, total: int, count: int) -> Draw:
    """Uniforms for n slots, taken from those for all N, so that a scene's do not depend on what it is sampled with.

    Args:
        draws: of the scenes.
        n: slots in use.
        total: all N.
        count: variables, three or, without features, two.
    """
    if n == total:
        return draws.uniform
    cpu = torch.device("cpu")
    upper = pair_geometry(n, cpu).upper
    pairs = pair_geometry(total, cpu).pair_of[upper // n * total + upper % n]
    tokens = N_FEATURE_TOKENS
    # The sampler draws for the variables in turn.
    widths = (total, torch.arange(n)), (total * (total - 1) // 2, pairs), (total * tokens, torch.arange(n * tokens))
    turns = cycle(widths[:count])

    def draw(shape: tuple[int, ...]) -> Tensor:
        width, places = next(turns)
        return draws.uniform((*shape[:-1], width))[..., places]

    return draw
