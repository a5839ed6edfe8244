"""ATISS (Paschalidou et al., 2021): draws a room object by object, augmented as InstructScene's paper says.

A set encoder reads the objects so far; from its output at a learned query follow, one after the other, the class of the
next object, its four feature codes (paper, appendix B.1), translation, angle and size, each from what came before. Text
is read by cross-attention in every layer (paper, section 5.2). Without codes and text it is the official network.

Shapes: B scenes, n objects so far, C classes, H hidden width, K mixture components, L text tokens. A box is 7 numbers
within [-1, 1]: translation, half size, angle over π.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..vocabulary import N_CODES, N_FEATURE_TOKENS
from .graph_prior import TextBatch
from .layers import Attention, KeysValues
from .logistics import choose, nll, sample

BOX_NUMBERS: Final = 7
"""tx ty tz sx sy sz angle."""
_AXES: Final = ("x", "y", "z")
_TRANSLATION, _SIZE, _ANGLE = slice(0, 3), slice(3, 6), 6
UNIFORMS: Final = 1 + N_FEATURE_TOKENS + 2 * BOX_NUMBERS
"""Uniform numbers that an object takes: class, four codes, then component and number of tx ty tz angle sx sy sz."""


@dataclass(frozen=True)
class AtissConfig:
    """Sizes of the network; the defaults are the paper's row for bedrooms.

    Attributes:
        n_classes: C, without START and END, which are classes C and C + 1.
        max_objects: N, the most objects of a room.
        width: H.
        layers: of the encoder.
        heads: attention heads.
        feed_forward: width between a layer's two linear maps.
        mixtures: K.
        codes: whether objects have feature codes.
        text_width: of the text states; None: not conditioned on text.
        dropout: in training.
        code_width: of the code of a number, of a class or of a feature code where they are told to a head.
    """

    n_classes: int = 21
    max_objects: int = 12
    width: int = 512
    layers: int = 5
    heads: int = 8
    feed_forward: int = 2048
    mixtures: int = 10
    codes: bool = True
    text_width: int | None = 512
    dropout: float = 0.1
    code_width: int = 64

    @classmethod
    def official(cls, n_classes: int = 21, max_objects: int = 12) -> "AtissConfig":
        """The published code's, without codes and text."""
        return cls(n_classes, max_objects, layers=4, feed_forward=1024, codes=False, text_width=None)

    @classmethod
    def paper(cls, n_classes: int = 21, max_objects: int = 12) -> "AtissConfig":
        """The augmented network of the paper's tables; reads CLIP's states."""
        return cls(n_classes, max_objects)

    @classmethod
    def starter(cls, n_classes: int = 21, max_objects: int = 12) -> "AtissConfig":
        """Small enough to train on CPU cores, 9.5 million parameters; reads MiniLM's 384-d states.

        With codes of 64 numbers there would be 17.7 million, nearly all in the heads, which are told one for each
        attribute.
        """
        return cls(
            n_classes,
            max_objects,
            width=192,
            layers=4,
            heads=6,
            feed_forward=768,
            text_width=384,
            dropout=0.0,
            code_width=32,
        )

    @property
    def token_width(self) -> int:
        """Width of an object's token before the shared map, and of the learned START."""
        return self.code_width * (1 + BOX_NUMBERS)

    @property
    def start(self) -> int:
        """The class that is no object, and never drawn."""
        return self.n_classes

    @property
    def end(self) -> int:
        """The class that ends a room."""
        return self.n_classes + 1


class Objects(NamedTuple):
    """The objects so far, or one more for each scene (then without the dimension n).

    Attributes:
        classes: (B, n).
        codes: (B, n, 4); None where objects have none.
        boxes: (B, n, 7).
    """

    classes: Tensor
    codes: Tensor | None
    boxes: Tensor


class Context(NamedTuple):
    """What the encoder's layers read of the text.

    Attributes:
        layers: keys and values for each.
        mask: (B, 1, 1, L) bool, True at tokens that are read; None: all.
    """

    layers: tuple[KeysValues, ...]
    mask: Tensor | None


def number_code(x: Tensor, width: int) -> Tensor:
    """Sines, then cosines, of x (…,) at width / 2 frequencies from 2π to nearly 2π · 10: (…, width)."""
    frequencies = 2 * math.pi * 10 ** (2 * torch.arange(width // 2, device=x.device, dtype=torch.float32) / width)
    angles = x[..., None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


def numbers_code(x: Tensor, width: int) -> Tensor:
    """The codes of several numbers (…, m) side by side: (…, m · width)."""
    return number_code(x, width).flatten(-2)


class SetAttention(nn.Module):
    """Multi-head attention within a set, all four maps with bias, under the official names."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.query_projection = nn.Linear(width, width)
        self.key_projection = nn.Linear(width, width)
        self.value_projection = nn.Linear(width, width)
        self.out_projection = nn.Linear(width, width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, n, H) and which of them may be seen, (B, 1, 1, n) bool -> (B, n, H)."""
        q, k, v = (
            part(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in (self.query_projection, self.key_projection, self.value_projection)
        )
        dropout = self.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=dropout)
        return self.out_projection(y.transpose(1, 2).flatten(2))


class SetLayer(nn.Module):
    """Post-norm layer: self-attention, cross-attention to the text where there is one, feed-forward."""

    def __init__(self, config: AtissConfig) -> None:
        super().__init__()
        width = config.width
        self.attention = SetAttention(width, config.heads, config.dropout)
        self.linear1 = nn.Linear(width, config.feed_forward)
        self.linear2 = nn.Linear(config.feed_forward, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.dropout = nn.Dropout(config.dropout)
        if config.text_width is not None:
            self.cross_attn = Attention(width, config.heads, config.text_width, config.dropout)
            self.ca_norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, mask: Tensor, text: KeysValues | None, text_mask: Tensor | None) -> Tensor:
        """(B, n, H) -> (B, n, H)."""
        x = self.norm1(x + self.dropout(self.attention(x, mask)))
        if text is not None:
            x = self.ca_norm(x + self.cross_attn(x, text, text_mask))
        y = self.linear2(self.dropout(F.gelu(self.linear1(x))))
        return self.norm2(x + self.dropout(y))


class SetEncoder(nn.Module):
    """The layers, and one more norm."""

    def __init__(self, config: AtissConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(SetLayer(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)

    def forward(self, x: Tensor, mask: Tensor, context: Context | None) -> Tensor:
        """(B, n, H) and which of them may be seen, (B, 1, 1, n) bool -> (B, n, H)."""
        for number, layer in enumerate(self.layers):
            text = None if context is None else context.layers[number]
            x = layer(x, mask, text, None if context is None else context.mask)
        return self.norm(x)


def _head(width: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width), nn.ReLU(), nn.Linear(width, outputs)
    )


class AttributeChain(nn.Module):
    """The attributes of the next object, each from the query's output and the attributes before it."""

    def __init__(self, config: AtissConfig) -> None:
        super().__init__()
        c, outputs = config, 3 * config.mixtures
        classes, told = c.n_classes + 2, c.width + c.code_width
        self.n_classes, self.code_width = classes, c.code_width
        self.class_layer = nn.Linear(c.width, classes)
        self.fc_class_labels = nn.Linear(classes, c.code_width)
        if c.codes:
            widths = [told + k * c.code_width for k in range(N_FEATURE_TOKENS)]
            self.code_layers = nn.ModuleList(_head(width, N_CODES) for width in widths)
            self.fc_codes = nn.ModuleList(nn.Linear(N_CODES, c.code_width) for _ in widths)
            told += N_FEATURE_TOKENS * c.code_width
        for axis in _AXES:
            self.add_module(f"centroid_layer_{axis}", _head(told, outputs))
        self.angle_layer = _head(told + 3 * c.code_width, outputs)
        for axis in _AXES:
            self.add_module(f"size_layer_{axis}", _head(told + 4 * c.code_width, outputs))

    def told_class(self, query: Tensor, classes: Tensor) -> Tensor:
        """The query's output (B, H) with a class (B,) told: wider by a code."""
        one_hot = F.one_hot(classes, self.n_classes).to(query)
        return torch.cat([query, self.fc_class_labels(one_hot)], dim=-1)

    def told_code(self, told: Tensor, number: int, code: Tensor) -> Tensor:
        """What was told with one code (B,) more: wider by it."""
        return torch.cat([told, self.fc_codes[number](F.one_hot(code, N_CODES).to(told))], dim=-1)

    def told_codes(self, told: Tensor, codes: Tensor | None) -> Tensor:
        """What was told with all codes (B, 4), where objects have codes."""
        if codes is not None:
            for number in range(N_FEATURE_TOKENS):
                told = self.told_code(told, number, codes[..., number])
        return told

    def translation(self, told: Tensor) -> Tensor:
        """(B, 3, 3 K) mixtures, from class and codes."""
        return self._axes("centroid_layer", told)

    def angle(self, told: Tensor, translation: Tensor) -> Tensor:
        """(B, 3 K) mixture, from class, codes and translation (B, 3)."""
        return self.angle_layer(torch.cat([told, numbers_code(translation, self.code_width)], dim=-1))

    def size(self, told: Tensor, translation: Tensor, angle: Tensor) -> Tensor:
        """(B, 3, 3 K) mixtures, from class, codes, translation (B, 3) and angle (B,)."""
        width = self.code_width
        codes = [numbers_code(translation, width), number_code(angle, width)]
        return self._axes("size_layer", torch.cat([told, *codes], dim=-1))

    def _axes(self, name: str, told: Tensor) -> Tensor:
        return torch.stack([getattr(self, f"{name}_{axis}")(told) for axis in _AXES], dim=-2)

    def mixtures(self, told: Tensor, box: Tensor) -> Tensor:
        """(B, 7, 3 K) mixtures of a box's numbers, each told those of the box (B, 7) that come before it."""
        translation, angle = box[..., _TRANSLATION], box[..., _ANGLE]
        return torch.cat(
            [
                self.translation(told),
                self.size(told, translation, angle),
                self.angle(told, translation)[..., None, :],
            ],
            dim=-2,
        )


class Atiss(nn.Module):
    """The network; names of weights are the official ones, but for the parts that are new."""

    def __init__(self, config: AtissConfig) -> None:
        super().__init__()
        c = config
        self.config = c
        self.start_token_embedding = nn.Parameter(torch.randn(1, c.token_width))
        self.empty_token_embedding = nn.Parameter(torch.randn(1, c.token_width))
        self.fc_class = nn.Linear(c.n_classes + 2, c.code_width, bias=False)
        self.fc = nn.Linear(c.token_width, c.width)
        if c.codes:
            self.code_embeddings = nn.ModuleList(nn.Embedding(N_CODES, c.width) for _ in range(N_FEATURE_TOKENS))
        if c.text_width is not None:
            self.global_condition_embed = nn.Sequential(
                nn.Linear(c.text_width, c.text_width), nn.GELU(), nn.Linear(c.text_width, c.text_width)
            )
        self.transformer_encoder = SetEncoder(c)
        self.hidden2output = AttributeChain(c)

    def read_text(self, text: TextBatch) -> Context | None:
        """What the layers read of a text: its states and its pooled vector as one token more, as in the graph prior.

        Args:
            text: hidden (B, L, D), pooled (B, D) and mask (B, L) or None, which means that padding is read, too; zeros
                for no instruction.
        """
        if self.config.text_width is None:
            return None
        tokens = torch.cat([text.hidden, self.global_condition_embed(text.pooled)[:, None]], dim=1)
        mask = None if text.mask is None else F.pad(text.mask, (0, 1), value=True)[:, None, None]
        layers = cast("Iterable[SetLayer]", self.transformer_encoder.layers)
        return Context(tuple(layer.cross_attn.keys_values(tokens) for layer in layers), mask)

    def tokens(self, objects: Objects) -> Tensor:
        """START, query and objects before the shared map, (B, 2 + n, token width)."""
        one_hot = F.one_hot(objects.classes, self.config.n_classes + 2).to(self.fc_class.weight)
        seen = torch.cat([self.fc_class(one_hot), numbers_code(objects.boxes, self.config.code_width)], dim=-1)
        count = len(seen)
        first = (part.expand(count, 1, -1) for part in (self.start_token_embedding, self.empty_token_embedding))
        return torch.cat([*first, seen], dim=1)

    def embedded(self, objects: Objects) -> Tensor:
        """The same after it, with the codes of objects added: (B, 2 + n, H)."""
        x = self.fc(self.tokens(objects))
        if objects.codes is None or not self.config.codes:
            return x
        looks = [table(objects.codes[..., k]) for k, table in enumerate(self.code_embeddings)]
        return x + F.pad(torch.stack(looks).sum(dim=0), (0, 0, 2, 0))

    def forward(self, objects: Objects, lengths: Tensor, context: Context | None = None) -> Tensor:
        """The query's output, (B, H).

        Args:
            objects: at most n of each scene.
            lengths: (B,) how many of them are real; those behind are padding, whose numbers are of no account.
            context: of the text.
        """
        x = self.embedded(objects)
        seen = torch.arange(x.shape[1], device=x.device) < 2 + lengths[:, None]
        return self.transformer_encoder(x, seen[:, None, None], context)[:, 1]

    def loss(
        self, objects: Objects, lengths: Tensor, target: Objects, context: Context | None = None
    ) -> dict[str, Tensor]:
        """Negative log-likelihood of the next object's attributes, each told the true ones before it.

        Args:
            objects: those so far.
            lengths: how many.
            target: the next one, (B,), (B, 4) and (B, 7); END's box is zeros, and learnt, as officially; its codes are
                not.
            context: of the text.

        Returns:
            (B,) ``class``, ``codes`` where objects have them, ``translation``, ``size`` and ``angle``; their sum is the
            loss.
        """
        chain, query = self.hidden2output, self(objects, lengths, context)
        terms = {"class": F.cross_entropy(chain.class_layer(query), target.classes, reduction="none")}
        told = chain.told_class(query, target.classes)
        if self.config.codes and target.codes is not None:
            summed = torch.zeros_like(terms["class"])
            for k, head in enumerate(chain.code_layers):
                summed = summed + F.cross_entropy(head(told), target.codes[:, k], reduction="none")
                told = chain.told_code(told, k, target.codes[:, k])
            terms["codes"] = summed * (target.classes != self.config.end)
        numbers = nll(chain.mixtures(told, target.boxes), target.boxes)
        terms["translation"] = numbers[:, _TRANSLATION].sum(dim=-1)
        terms["size"] = numbers[:, _SIZE].sum(dim=-1)
        return {**terms, "angle": numbers[:, _ANGLE]}

    def draw_class(self, query: Tensor, uniform: Tensor, refused: Tensor) -> Tensor:
        """Classes (B,) by uniform numbers (B,), none of those that are refused, (B, C + 2) bool."""
        chances = self.hidden2output.class_layer(query).softmax(dim=-1).masked_fill(refused, 0.0)
        return choose(chances, uniform)

    def draw_codes(self, told: Tensor, uniforms: Tensor) -> Tensor:
        """Codes (B, 4), one after the other, by uniform numbers (B, 4), for what was told of the class."""
        chain, codes = self.hidden2output, list[Tensor]()
        for k, head in enumerate(chain.code_layers):
            codes.append(choose(head(told).softmax(dim=-1), uniforms[:, k]))
            told = chain.told_code(told, k, codes[-1])
        return torch.stack(codes, dim=-1)

    def draw_box(self, told: Tensor, uniforms: Tensor, translation: Tensor | None = None) -> Tensor:
        """A box (B, 7) for what was told of class and codes.

        Args:
            told: see :meth:`AttributeChain.told_codes`.
            uniforms: (B, 14) component and number of tx ty tz angle sx sy sz.
            translation: (B, 3) where it is known.
        """
        chain, pairs = self.hidden2output, uniforms.unflatten(-1, (BOX_NUMBERS, 2))
        if translation is None:
            translation = _drawn(chain.translation(told), pairs[:, 0:3])
        angle = _drawn(chain.angle(told, translation)[:, None], pairs[:, 3:4])
        size = _drawn(chain.size(told, translation, angle[:, 0]), pairs[:, 4:7])
        return torch.cat([translation, size, angle], dim=-1)


def _drawn(mixtures: Tensor, pairs: Tensor) -> Tensor:
    return sample(mixtures, pairs[..., 0], pairs[..., 1])
