"""DiffuScene (Tang et al., 2024): denoises whole rooms as sets of rows, augmented as InstructScene's paper says.

A row is ``[box 8 | class C + 1 | looks]``, all within [-1, 1]: a box as the layout decoder's, the class as a one-hot of
±1 whose last place means "empty", and the four feature codes as four one-hots of 64 times ±1 (paper, appendix B.1),
where the official network has 32 numbers of a shape. An empty slot is empty by its class and 0 elsewhere. Text is read
by cross-attention (paper, section 5.2).

Shapes: B scenes, N slots, C classes, D numbers of a row, K codes an object, L text tokens.
"""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..diffusion.gaussian import Draw, GaussianDiffusion, Group, Penalty, SlotLoss, Target
from ..geometry.frames import Bounds
from ..vocabulary import N_CODES, N_FEATURE_TOKENS
from .graph_prior import TextBatch
from .layout_decoder import BOX_WIDTH
from .set_transformer import SetTransformer
from .unet1d import RowSizes, UNet1d

CODES_WIDTH: Final = N_FEATURE_TOKENS * N_CODES
"""Numbers of a row that stand for the four codes."""
_PLACE: Final = (0, 1, 2, 6, 7)
"""Position, cosine and sine: the numbers of a row that the re-arrangement network diffuses."""
_SIZE: Final = slice(3, 6)
_OVERLAP_WEIGHT: Final = 0.1
_OFFICIAL_BODY: Final = "diffusion.model."


@dataclass(frozen=True)
class DiffuSceneConfig:
    """Sizes of the network; the defaults are the paper's row for bedrooms.

    Attributes:
        n_classes: C, object classes without "empty".
        max_objects: N; the network works with exactly so many slots.
        width: of the slots, a multiple of 8.
        blocks: levels down and as many up, or blocks of the transformer.
        slot_width: of the learned vector that tells slots apart.
        looks: numbers of a row that stand for an object's look: 256 for the four codes, 32 for the official shape code;
            None: objects have no looks.
        text_width: of the text states; None: not conditioned on text.
        context_width: of the text's tokens after a linear map.
        pooled: whether the pooled text is one more token, through a map of its own.
        arrange_width: of the map of what the official re-arrangement network is given; None: all of a row is diffused.
        target: what is predicted; the published weights predict v.
        body: ``unet``, which is the official one, or ``transformer``, the architecture of all of the paper's networks.
        heads: attention heads of the transformer.
        dropout: of the transformer, in training.
    """

    n_classes: int = 21
    max_objects: int = 12
    width: int = 512
    blocks: int = 4
    slot_width: int = 128
    looks: int | None = CODES_WIDTH
    text_width: int | None = 512
    context_width: int = 512
    pooled: bool = True
    arrange_width: int | None = None
    target: Target = "v"
    body: Literal["unet", "transformer"] = "unet"
    heads: int = 8
    dropout: float = 0.1

    @classmethod
    def official(
        cls, n_classes: int = 21, max_objects: int = 12, *, text: bool = False, target: Target = "v"
    ) -> "DiffuSceneConfig":
        """The published networks: a shape code of 32, and BERT's states where they read a text."""
        width = 768 if text else None
        return cls(n_classes, max_objects, looks=32, text_width=width, pooled=False, target=target)

    @classmethod
    def paper(
        cls, n_classes: int = 21, max_objects: int = 12, body: Literal["unet", "transformer"] = "unet"
    ) -> "DiffuSceneConfig":
        """The augmented network of the paper's tables: codes, and CLIP's states and pooled vector."""
        return cls(n_classes, max_objects, blocks=4 if body == "unet" else 5, body=body)

    @classmethod
    def starter(cls, n_classes: int = 21, max_objects: int = 12) -> "DiffuSceneConfig":
        """Small enough to train on CPU cores, 12.4 million parameters; reads MiniLM's 384-d states.

        The prediction of v holds the noise of a row's 286 numbers, so a body that is much narrower than a row could not
        give it: the width stays above that, and there is one level instead of four.
        """
        return cls(
            n_classes,
            max_objects,
            width=288,
            blocks=1,
            slot_width=64,
            text_width=384,
            context_width=128,
            dropout=0.0,
        )

    @property
    def empty(self) -> int:
        """The number of a row that says whether a slot is empty."""
        return BOX_WIDTH + self.n_classes

    @property
    def row_width(self) -> int:
        """Numbers of a row."""
        return self.empty + 1 + (self.looks or 0)

    @property
    def width_diffused(self) -> int:
        """D, numbers of a row that are diffused."""
        return self.row_width if self.arrange_width is None else len(_PLACE)


class Given(NamedTuple):
    """What a batch of rooms is conditioned on, ready for every step.

    Attributes:
        slots: (N, c) vectors of the slots, or (B, N, c).
        text: what the body reads of the text; nothing without one.
    """

    slots: Tensor
    text: tuple[Tensor, ...] = ()


class DiffuScene(nn.Module):
    """The denoising network; :func:`own_name` gives the names of its weights for the official ones."""

    def __init__(self, config: DiffuSceneConfig) -> None:
        super().__init__()
        c = config
        self.config = c
        self.positional_embedding = nn.Parameter(torch.randn(c.max_objects, c.slot_width))
        given = 0
        if c.text_width is not None:
            self.fc_text_f = nn.Linear(c.text_width, c.context_width)
            if c.pooled:
                self.global_condition_embed = nn.Sequential(
                    nn.Linear(c.text_width, c.text_width), nn.GELU(), nn.Linear(c.text_width, c.text_width)
                )
        if c.arrange_width is not None:
            given = c.arrange_width
            self.fc_arrange_condition = nn.Sequential(
                nn.Linear(c.row_width - len(_PLACE), given, bias=False),
                nn.LeakyReLU(0.1),
                nn.Linear(given, given, bias=False),
            )
        rows = RowSizes(c.n_classes + 1, c.looks, None if c.arrange_width is None else len(_PLACE))
        context = None if c.text_width is None else c.context_width
        self.body = (
            UNet1d(rows, c.width, c.blocks, c.slot_width + given, context)
            if c.body == "unet"
            else SetTransformer(rows, c.width, c.blocks, c.slot_width + given, context, c.heads, c.dropout)
        )
        self.diffusion = diffusion_of(c)

    def given(self, text: TextBatch | None = None, rows: Tensor | None = None) -> Given:
        """What rooms are conditioned on.

        Args:
            text: hidden (B, L, text width), pooled (B, text width) and mask (B, L) or None, which means that padding is
                read like any token; zeros for no instruction. None for a network without text.
            rows: (B, N, row width) clean rows, of which the re-arrangement network is given all but places and turns.
        """
        slots = self.positional_embedding
        if self.config.arrange_width is not None and rows is not None:
            told = self.fc_arrange_condition(torch.cat([rows[..., _SIZE], rows[..., BOX_WIDTH:]], dim=-1))
            slots = torch.cat([slots.expand(len(rows), -1, -1), told], dim=-1)
        if self.config.text_width is None or text is None:
            return Given(slots)
        return Given(slots, self.body.read_text(*self.tokens(text)))

    def tokens(self, text: TextBatch) -> tuple[Tensor, Tensor | None]:
        """The text's tokens (B, L or L + 1, context width), and which of them are read, (B, …) bool or None."""
        states, mask = text.hidden, text.mask
        if self.config.pooled:
            states = torch.cat([states, self.global_condition_embed(text.pooled)[:, None]], dim=1)
            mask = None if mask is None else F.pad(mask, (0, 1), value=True)
        return self.fc_text_f(states), mask

    def forward(self, x: Tensor, t: Tensor, given: Given) -> Tensor:
        """Noisy rows (B, N, D) at times (B,) or (1,) -> what the target is taken to be, (B, N, D)."""
        return self.body(x, t, given.slots, given.text)

    def loss(
        self,
        rows: Tensor,
        t: Tensor,
        draw: Draw,
        *,
        text: TextBatch | None = None,
        penalty: Penalty | None = None,
    ) -> SlotLoss:
        """The official training loss.

        Args:
            rows: (B, N, row width) clean rows.
            t: (B,) times 0..T-1.
            draw: normals for the noise.
            text: as in :meth:`given`.
            penalty: an :class:`OverlapPenalty`; the re-arrangement network has none.
        """
        given = self.given(text, rows)
        clean = rows if self.config.arrange_width is None else rows[..., _PLACE]
        return self.diffusion.slot_loss(lambda x, time: self(x, time, given), clean, t, draw, penalty)

    def whole(self, x: Tensor, rows: Tensor) -> Tensor:
        """Rows (B, N, row width) with what was diffused, (B, N, D), put in."""
        if self.config.arrange_width is None:
            return x
        rows = rows.clone()
        rows[..., _PLACE] = x
        return rows


def own_name(official: str) -> str:
    """Name of a weight here, from that in an official state dict."""
    return official.replace(_OFFICIAL_BODY, "body.", 1)


def official_name(own: str) -> str:
    """Name of a weight in an official state dict, from that here."""
    return own.replace("body.", _OFFICIAL_BODY, 1) if own.startswith("body.") else own


def diffusion_of(config: DiffuSceneConfig, n_steps: int = 1000, *, clip: bool = True) -> GaussianDiffusion:
    """The diffusion of a network's rows; the loss has one mean for boxes, one for classes, one for looks.

    A mean over eight numbers is told apart into position, size and angle by weights that are their shares in it, and so
    is "empty" among the classes.
    """
    if config.arrange_width is not None:
        groups = (Group("position", 3), Group("angle", 2))
    else:
        box = ((name, width, width / BOX_WIDTH) for name, width in (("position", 3), ("size", 3), ("angle", 2)))
        classes, either = config.n_classes, config.n_classes + 1
        groups = (
            *(Group(*part) for part in box),
            Group("class", classes, classes / either),
            Group("empty", 1, 1 / either),
        )
        if config.looks is not None:
            groups = (*groups, Group("looks", config.looks))
    return GaussianDiffusion(n_steps, groups, target=config.target, clip=clip, precision=torch.float64)


# Rows


def rows_of(boxes: Tensor, classes: Tensor, looks: Tensor | None, n_classes: int) -> Tensor:
    """Rooms as rows, (B, N, row width).

    Args:
        boxes: (B, N, 8) normalised.
        classes: (B, N), C in empty slots, whose boxes and looks are not read.
        looks: (B, N, width) within [-1, 1], such as :func:`looks_of`; None: objects have none.
        n_classes: C.
    """
    real = (classes != n_classes)[..., None]
    kinds = 2 * F.one_hot(classes, n_classes + 1).to(boxes) - 1
    parts = [boxes * real, kinds]
    return torch.cat(parts if looks is None else [*parts, looks.to(boxes) * real], dim=-1)


def looks_of(codes: Tensor) -> Tensor:
    """Codes (B, N, K), each from 0 to 63, as ±1, (B, N, K · 64)."""
    return (2.0 * F.one_hot(codes, N_CODES) - 1).flatten(2)


def codes_in(rows: Tensor, n_classes: int) -> Tensor:
    """The most pronounced codes of rows (B, N, row width), (B, N, K)."""
    return rows[..., BOX_WIDTH + n_classes + 1 :].unflatten(-1, (-1, N_CODES)).argmax(dim=-1)


def classes_in(rows: Tensor, n_classes: int, allowed: Tensor | None = None) -> Tensor:
    """The classes of rows (B, N, row width), (B, N): C where "empty" is not below 0, else the most pronounced class.

    Args:
        rows: a sample.
        n_classes: C.
        allowed: (B, N, C + 1) bool, the classes that a slot may take, C for staying empty; None: all.
    """
    kinds = rows[..., BOX_WIDTH : BOX_WIDTH + n_classes + 1]
    types, empty = kinds[..., :-1], kinds[..., -1] >= 0
    if allowed is not None:
        types = types.masked_fill(~allowed[..., :-1], -torch.inf)
        empty = allowed[..., -1] & (empty | ~allowed[..., :-1].any(dim=-1))
    return types.argmax(dim=-1).masked_fill(empty, n_classes)


# Overlaps


def box_iou(centre: Tensor, half: Tensor) -> Tensor:
    """Intersection over union of axis-aligned boxes, all pairs: centres and half extents (…, N, 3) -> (…, N, N)."""
    low, high = centre - half, centre + half
    shared = torch.minimum(high[..., :, None, :], high[..., None, :, :]) - torch.maximum(
        low[..., :, None, :], low[..., None, :, :]
    )
    intersection = shared.clamp_min(0).prod(dim=-1)
    volume = (high - low).prod(dim=-1)
    union = volume[..., :, None] + volume[..., None, :] - intersection
    return intersection / union.clamp_min(1e-6)


class OverlapPenalty:
    """A tenth of the mean overlap of the boxes in predicted rows (DiffuScene's IoU term); as officially, without yaw.

    Pairs count where neither slot is predicted to be empty, each with itself, too, which adds a share without gradient.

    Args:
        bounds: unit of the boxes.
        n_classes: C.
    """

    def __init__(self, bounds: Bounds, n_classes: int) -> None:
        low, high = (torch.tensor([*bounds.translations[k], *bounds.sizes[k]], dtype=torch.float32) for k in (0, 1))
        self._low, self._extent = low, high - low
        self._empty = BOX_WIDTH + n_classes

    def __call__(self, rows: Tensor) -> Tensor:
        """Rows (B, N, row width) -> (B,)."""
        iou, valid = self.overlaps(rows)
        return _OVERLAP_WEIGHT * (iou * valid).sum(dim=(1, 2)) / (valid.sum(dim=(1, 2)) + 1e-6)

    def overlaps(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Overlaps of all pairs, (B, N, N), and 1 for those that count, (B, N, N)."""
        boxes = (rows[..., :6] + 1) / 2 * self._extent.to(rows) + self._low.to(rows)
        real = (rows[..., self._empty] <= 0).to(rows)
        return box_iou(boxes[..., :3], boxes[..., 3:]), real[:, :, None] * real[:, None]
