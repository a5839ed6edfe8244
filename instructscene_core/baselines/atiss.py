"""ATISS as a :class:`~..sampling.layout_model.LayoutModel`: objects are put into the slots one after the other.

Shapes: B scenes, N slots of the room type, C classes, K codes an object; a box is 7 normalised numbers.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..errors import InvalidInputError
from ..files.checkpoints import load_model
from ..files.points import Points
from ..geometry.angles import atan2
from ..geometry.frames import Bounds, FloatArray
from ..models.atiss import BOX_NUMBERS, UNIFORMS, Atiss, Context, Objects
from ..models.graph_prior import TextBatch
from ..models.logistics import choose, nll
from ..sampling.layout_model import Defaults, Furnisher, Job, Layout, OnStep, Settings
from ..sampling.random_numbers import Draws
from ..sampling.slots import IntArray, Slots, scene_relations
from ..text.encoder import TextStates
from ..vocabulary import CLASSES, MAX_OBJECTS, N_CODES, N_FEATURE_TOKENS, RoomType
from .shared import Shared

STEM: Final = "atiss"
"""Name of its file in a model folder."""
_CODES: Final = slice(1, 1 + N_FEATURE_TOKENS)
_BOX: Final = slice(1 + N_FEATURE_TOKENS, UNIFORMS)
_SIZE: Final = slice(3, 6)


class _Room:
    """One scene while it is being filled: which slots come in which order, and the objects so far.

    What is known completely comes first, then what is known in part, then free places, each in the slots' order.
    """

    def __init__(self, slots: Slots, bounds: Bounds, *, coded: bool) -> None:
        n = len(slots.objects)
        self.slots, empty = slots, slots.allowed.shape[1] - 1
        self.code_known = slots.codes_known & (slots.codes < N_CODES).all(axis=-1) & coded
        unused = slots.class_known & (slots.classes == empty)
        told = self.code_known if coded else np.ones(n, dtype=np.bool_)
        whole = slots.class_known & slots.pose_known & told & ~unused
        part = (slots.class_known | slots.pose_known | self.code_known) & ~whole & ~unused
        order = (*np.nonzero(part)[0], *np.nonzero(~whole & ~part & ~unused)[0])
        self.queue: list[int] = [int(slot) for slot in order]
        self.classes: IntArray = np.full(n, empty, dtype=np.int64)
        self.classes[whole] = slots.classes[whole]
        self.codes: IntArray = np.zeros((n, N_FEATURE_TOKENS), dtype=np.int64)
        self.codes[whole & self.code_known] = slots.codes[whole & self.code_known]
        self.known_boxes = _numbers(slots.boxes, bounds)
        self.boxes = np.where(whole[:, None], self.known_boxes, 0.0)
        self.placed: list[int] = [int(slot) for slot in np.nonzero(whole)[0]]

    def put(self, slot: int, category: int, codes: IntArray, box: FloatArray) -> None:
        """Puts an object into a slot, or, with a class beyond the empty one, ends the room."""
        if category > self.slots.allowed.shape[1] - 1:
            self.queue.clear()
            return
        self.queue.remove(slot)
        self.classes[slot], self.codes[slot], self.boxes[slot] = category, codes, box
        self.placed.append(slot)


class _Next(NamedTuple):
    """The slots to be filled next in R rooms, and what is known of them.

    Attributes:
        refused: (R, C + 2) bool, classes that are not drawn.
        classes: (R,) known classes, and whether they are,
        class_known: (R,).
        codes: (R, K) known codes, and whether they are,
        codes_known: (R,).
        boxes: (R, 7) known boxes, whether they are, and whether the size alone is,
        pose_known: (R,),
        size_known: (R,).
    """

    refused: Tensor
    classes: Tensor
    class_known: Tensor
    codes: Tensor
    codes_known: Tensor
    boxes: Tensor
    pose_known: Tensor
    size_known: Tensor

    @staticmethod
    def of(rooms: Sequence[_Room], device: torch.device) -> "_Next":
        """The first slots in the queues of rooms."""
        at = [(room, room.queue[0]) for room in rooms]
        allowed = np.stack([room.slots.allowed[slot] for room, slot in at])
        start = np.zeros((len(at), 1), dtype=np.bool_)
        values = (
            ~np.concatenate([allowed[:, :-1], start, allowed[:, -1:]], axis=1),
            np.array([min(int(room.slots.classes[s]), allowed.shape[1] - 2) for room, s in at]),
            np.array([room.slots.class_known[s] for room, s in at]),
            np.stack([np.minimum(room.slots.codes[s], N_CODES - 1) for room, s in at]),
            np.array([room.code_known[s] for room, s in at]),
            np.stack([room.known_boxes[s] for room, s in at]).astype(np.float32),
            np.array([room.slots.pose_known[s] for room, s in at]),
            np.array([room.slots.size_known[s] for room, s in at]),
        )
        return _Next(*(torch.from_numpy(value).to(device) for value in values))


class AtissModel:
    """The rival that draws a room object by object.

    It has no relations, floor and walls: relations that are kept are not seen, and those of a layout are read off its
    boxes. It does not know what a sentence wants beyond the text: ``wanted``, ``either``, ``told`` and ``asked`` of the
    slots are not used, as suits a rival that is compared as it is. Nor are settings: it has no steps and no guidance.
    An object of unknown class at a known place gets its class by Bayes' rule, from what the network says of the class
    and of the box given the class.

    A network without codes gives objects no features, so that size alone decides between pieces.

    Args:
        network: in evaluation mode, on the shared device.
        shared: the other parts of the model folder.

    Raises:
        InvalidInputError: the network does not fit rooms of that type.
    """

    def __init__(self, network: Atiss, shared: Shared) -> None:
        config, room = network.config, shared.room_type
        if config.n_classes != len(CLASSES[room]):
            message = f"{shared.name} knows {config.n_classes} classes of objects, a {room} has {len(CLASSES[room])}"
            raise InvalidInputError(message, "Use the files of one model")
        if config.max_objects > MAX_OBJECTS[room]:
            message = f"{shared.name} has more slots than a {room} has objects"
            raise InvalidInputError(message, "Use the files of one model")
        self.network, self.shared = network, shared

    @staticmethod
    def load(folder: Path, device: torch.device | str = "cpu") -> "AtissModel":
        """Reads a model folder: ``atiss`` and, for a network with codes, ``vqvae`` and perhaps ``points``.

        Raises:
            InvalidInputError: a file is missing, damaged, or does not fit the others.
        """
        loaded = load_model(folder / STEM, Atiss, device)
        shared = Shared.read(folder, STEM, loaded.metadata, device, coded=loaded.model.config.codes)
        return AtissModel(loaded.model, shared)

    @property
    def name(self) -> str:
        """Recorded in the provenance."""
        return self.shared.name

    @property
    def room_types(self) -> tuple[RoomType, ...]:
        """The one that it was trained on."""
        return (self.shared.room_type,)

    @property
    def sizes_first(self) -> bool:
        """It predicts boxes, and pieces are chosen to fit them."""
        return False

    @property
    def defaults(self) -> Defaults:
        """Of no account to it."""
        return self.shared.defaults

    @property
    def text_encoder(self) -> str:
        """Name of the encoder whose states it reads."""
        return self.shared.text_encoder

    @property
    def has_relations(self) -> bool:
        """It has no graph: relations are those of its boxes."""
        return False

    @property
    def uses(self) -> frozenset[str]:
        """No setting: it has no steps and no guidance."""
        return frozenset()

    @property
    def device(self) -> torch.device:
        """Where its networks are."""
        return self.shared.device

    @property
    def feature_width(self) -> int | None:
        """F of the features that the codes stand for; None for a network without codes."""
        return self.shared.feature_width

    def slots(self, room_type: RoomType) -> int:
        """N, as many objects as it was trained with."""
        return min(self.network.config.max_objects, MAX_OBJECTS[room_type])

    def codes_of(self, points: Points) -> tuple[int, ...] | None:
        """The most probable codes of a coloured point cloud (P, 6); None without codes or point encoder."""
        return self.shared.codes_of(points)

    @torch.inference_mode()
    def sample(
        self,
        jobs: Sequence[Job],
        text: TextStates,
        settings: Settings,
        furnishers: Sequence[Furnisher],
        on_step: OnStep | None = None,
    ) -> list[Layout]:
        """See :meth:`..sampling.layout_model.LayoutModel.sample`."""
        del settings, furnishers  # it predicts boxes, and pieces are chosen to fit them
        rooms = [_Room(job.slots, self.shared.bounds, coded=self.network.config.codes) for job in jobs]
        n_slots = len(jobs[0].slots.objects)
        uniforms = Draws([job.seed for job in jobs]).uniform((len(jobs), n_slots + 1, UNIFORMS)).to(self.device)
        mask = None if text.mask is None else text.mask.to(self.device)
        context = self.network.read_text(TextBatch(text.hidden.to(self.device), text.pooled.to(self.device), mask))
        for done in range(1, n_slots + 1):
            rows = [b for b, room in enumerate(rooms) if room.queue]
            if not rows:
                break
            part = [rooms[b] for b in rows]
            self._put_next(part, uniforms[rows, [room.queue[0] for room in part]], _rows_of(context, rows))
            if on_step is not None:
                on_step("objects", done, n_slots)
        return [self._layout(room) for room in rooms]

    def _put_next(self, rooms: Sequence[_Room], uniforms: Tensor, context: Context | None) -> None:
        """Draws one object more for each of R rooms by uniform numbers (R, 19)."""
        network, device = self.network, self.device
        ahead, query = _Next.of(rooms, device), self.network(*self._objects(rooms), context)
        classes = network.draw_class(query, uniforms[:, 0], ahead.refused)
        for row in torch.nonzero(~ahead.class_known & (ahead.pose_known | ahead.codes_known)).flatten().tolist():
            only = _Next(*(value[row : row + 1] for value in ahead))
            classes[row] = self._class_by_evidence(query[row : row + 1], uniforms[row : row + 1], only)
        classes = torch.where(ahead.class_known, ahead.classes, classes)
        told = network.hidden2output.told_class(query, classes)
        codes = ahead.codes
        if network.config.codes:
            drawn = network.draw_codes(told, uniforms[:, _CODES])
            codes = torch.where(ahead.codes_known[:, None], ahead.codes, drawn)
            told = network.hidden2output.told_codes(told, codes)
        boxes = network.draw_box(told, uniforms[:, _BOX])
        boxes[:, _SIZE] = torch.where(ahead.size_known[:, None], ahead.boxes[:, _SIZE], boxes[:, _SIZE])
        boxes = torch.where(ahead.pose_known[:, None], ahead.boxes, boxes)
        drawn_numbers = zip(classes.tolist(), codes.cpu().numpy(), boxes.double().cpu().numpy(), strict=True)
        for room, (category, code, box) in zip(rooms, drawn_numbers, strict=True):
            room.put(room.queue[0], category, code, box)

    def _objects(self, rooms: Sequence[_Room]) -> tuple[Objects, Tensor]:
        """The objects so far of R rooms, padded, and how many they are."""
        longest = max(len(room.placed) for room in rooms)
        classes = np.zeros((len(rooms), longest), dtype=np.int64)
        codes = np.zeros((len(rooms), longest, N_FEATURE_TOKENS), dtype=np.int64)
        boxes = np.zeros((len(rooms), longest, BOX_NUMBERS), dtype=np.float32)
        for b, room in enumerate(rooms):
            count = len(room.placed)
            classes[b, :count], codes[b, :count] = room.classes[room.placed], room.codes[room.placed]
            boxes[b, :count] = room.boxes[room.placed]
        parts = [torch.from_numpy(part).to(self.device) for part in (classes, codes, boxes)]
        lengths = torch.tensor([len(room.placed) for room in rooms], device=self.device)
        return Objects(parts[0], parts[1] if self.network.config.codes else None, parts[2]), lengths

    def _class_by_evidence(self, query: Tensor, uniforms: Tensor, ahead: _Next) -> Tensor:
        """The class of one object of which box or codes are known, drawn by Bayes' rule: p(class) p(known | class).

        Args:
            query: (1, H).
            uniforms: (1, 19).
            ahead: of one room.
        """
        network, chain, c = self.network, self.network.hidden2output, self.network.config.n_classes
        kinds = torch.arange(c, device=self.device)
        told = chain.told_class(query.expand(c, -1), kinds)
        weights = chain.class_layer(query).log_softmax(dim=-1)[0, :c]
        if network.config.codes:
            codes = ahead.codes.expand(c, -1)
            if bool(ahead.codes_known):
                for k, head in enumerate(chain.code_layers):
                    weights = weights - F.cross_entropy(head(told), codes[:, k], reduction="none")
                    told = chain.told_code(told, k, codes[:, k])
            else:
                told = chain.told_codes(told, network.draw_codes(told, uniforms[:, _CODES].expand(c, -1)))
        if bool(ahead.pose_known):
            boxes = ahead.boxes.expand(c, -1)
            weights = weights - nll(chain.mixtures(told, boxes), boxes).sum(dim=-1)
        weights = weights.masked_fill(ahead.refused[0, :c], -math.inf)
        return choose(weights.softmax(dim=-1), uniforms[0, 0])

    def _layout(self, room: _Room) -> Layout:
        """What a finished room holds; what is known comes from the slots themselves, bit for bit."""
        slots = room.slots
        classes = np.where(slots.class_known, slots.classes, room.classes)
        boxes = _boxes(room.boxes, self.shared.bounds)
        boxes[:, _SIZE] = np.where(slots.size_known[:, None], slots.boxes[:, _SIZE], boxes[:, _SIZE])
        boxes = np.where(slots.pose_known[:, None], slots.boxes, boxes)
        codes = np.where(slots.codes_known[:, None], slots.codes, room.codes)
        looks = torch.from_numpy(codes)[None].clamp(max=N_CODES - 1).to(self.device)
        meant = self.shared.features(looks)
        features = None if meant is None else meant[0].cpu().numpy()
        there = classes != slots.allowed.shape[1] - 1
        return Layout(classes, codes, features, scene_relations(slots.room_type, classes, boxes, there), boxes)


def _rows_of(context: Context | None, rows: Sequence[int]) -> Context | None:
    """The context of some of the scenes."""
    if context is None:
        return None
    layers = tuple(type(layer)(layer.keys[rows], layer.values[rows]) for layer in context.layers)
    return Context(layers, None if context.mask is None else context.mask[rows])


def _numbers(boxes: FloatArray, bounds: Bounds) -> FloatArray:
    """Boxes (N, 7) in the tensors' frame as the network's numbers."""
    rows = bounds.normalise(boxes)
    return np.concatenate([rows[..., :6], atan2(rows[..., 7:], rows[..., 6:7]) / math.pi], axis=-1)


def _boxes(numbers: FloatArray, bounds: Bounds) -> FloatArray:
    """The inverse of :func:`_numbers`."""
    angle = numbers[..., 6:] * math.pi
    return bounds.denormalise(np.concatenate([numbers[..., :6], np.cos(angle), np.sin(angle)], axis=-1))
