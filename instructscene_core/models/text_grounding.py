"""Text grounding: what a text says of each class and of each ordered pair of classes, computed once a prompt.

Finding in every denoising step anew which two nodes a sentence's "left of" is about takes most of what a small prior
can learn. Here a short network reads the sentence; every class, and every ordered pair of classes, attends to it with a
query of its own; what they find is added to the graph's nodes and edges of these classes. A third attention finds how
furniture of each class is to look, as logits that are added to those of the feature codes. All of it is also trained
on labels directly, without any graph (``training/grounding.py``). The starter's own; the published networks have none.

Shapes: B texts of L tokens, D text width, W the reader's width, S symbols (classes, empty, [MASK]), K feature tokens an
object, Dn and De widths of the graph's nodes and edges.
"""

from typing import Final, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .layers import Attention, KeysValues, PlainBlock, plain_block, sinusoidal_code

_WIDTH: Final = 128
_HEADS: Final = 4
_CONVOLUTIONS: Final = 2
_LAYERS: Final = 1
_TEXT_GAIN: Final = 3.0
"""Brings MiniLM's states, whose rms is 0.35, to about 1."""
_KERNEL: Final = 7
"""Words that a convolution spans."""
_PARTNER_START: Final = 0.3
"""Factor on the first values of the partners' embedding: a class begins by attending to its own mention alone."""
_POSITION_BASE: Final = 100
"""Of the positional code that is added to the words: MiniLM's last states hardly hold where a word stands, which "left
of" needs."""


class Sentences(NamedTuple):
    """A batch of texts as the grounding reads them.

    Attributes:
        classes: keys and values for the queries of classes.
        pairs: the same for those of pairs of classes.
        looks: the same for those of how a class is to look.
        mask: (B, 1, 1, L) bool, True at real tokens.
        has_text: (B, 1, 1) numbers, 1 where there is a text and 0 where it was dropped.
    """

    classes: KeysValues
    pairs: KeysValues
    looks: KeysValues
    mask: Tensor
    has_text: Tensor


class _PhraseConvolution(nn.Module):
    """Residual convolution over neighbouring words, as "a lamp left of the bed" is a few words in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(_WIDTH)
        self.mix = nn.Linear(_KERNEL * _WIDTH, _WIDTH)

    def forward(self, h: Tensor, mask: Tensor) -> Tensor:
        """States (B, L, W), mask (B, L, 1) of real tokens -> (B, L, W)."""
        half = _KERNEL // 2
        padded = F.pad(self.norm(h) * mask, (0, 0, half, half))
        around = torch.cat([padded[:, i : i + h.shape[1]] for i in range(_KERNEL)], dim=-1)
        return h + F.gelu(self.mix(around))


class TextGrounding(nn.Module):
    """Reads texts, and attends to them with a query for each class and each ordered pair of classes.

    Args:
        text_width: D.
        symbols: S, number of node symbols.
        node_width: Dn.
        edge_width: De.
        tokens: K feature tokens of an object.
        codes: values of a feature token.
        relations: number of predicates, with "none".
    """

    def __init__(
        self,
        text_width: int,
        symbols: int,
        node_width: int,
        edge_width: int,
        *,
        tokens: int,
        codes: int,
        relations: int,
    ) -> None:
        super().__init__()
        self.symbols = symbols
        self.enter = nn.Linear(text_width, _WIDTH)
        self.phrases = nn.ModuleList(_PhraseConvolution() for _ in range(_CONVOLUTIONS))
        self.layers = nn.ModuleList(PlainBlock(_WIDTH, _HEADS) for _ in range(_LAYERS))
        self.norm = nn.LayerNorm(_WIDTH)
        self.of_class = nn.Embedding(symbols, _WIDTH)
        self.of_partner = nn.Embedding(symbols, _WIDTH)
        self.class_attn, self.pair_attn = Attention(_WIDTH, _HEADS), Attention(_WIDTH, _HEADS)
        self.class_mlp, self.pair_mlp = _answer_mlp(), _answer_mlp()
        self.asked = nn.Linear(_WIDTH, 1)  # logit that the text mentions a class
        self.relation = nn.Linear(_WIDTH, relations)
        self.to_nodes, self.to_edges = nn.Linear(_WIDTH, node_width), nn.Linear(_WIDTH, edge_width)
        self.asked_to_nodes = nn.Linear(symbols, node_width, bias=False)
        self.look_attn = Attention(_WIDTH, _HEADS)
        self.look_mlp = _answer_mlp(tokens * codes)
        with torch.no_grad():  # at first the graph gets nothing from the text here
            self.of_partner.weight.mul_(_PARTNER_START)
            for layer in (self.to_nodes, self.to_edges, self.asked_to_nodes, self.look_mlp[-1]):
                for parameter in layer.parameters():
                    parameter.zero_()

    def read(self, hidden: Tensor, mask: Tensor | None) -> Sentences:
        """Reads text states (B, L, D), zeros where there is no text, with the mask (B, L) of real tokens or None."""
        has_text = (hidden != 0).flatten(1).any(dim=1)
        seen = (hidden.new_ones(hidden.shape[:2], dtype=torch.bool) if mask is None else mask)[:, None, None]
        positions = torch.arange(hidden.shape[1], device=hidden.device)
        h = self.enter(hidden * _TEXT_GAIN) + sinusoidal_code(positions, _WIDTH, _POSITION_BASE)
        for phrase in self.phrases:
            h = phrase(h, seen[:, 0, 0, :, None])
        for layer in self.layers:
            h = plain_block(layer)(h, mask=seen)
        h = self.norm(h)
        texts = has_text.to(h.dtype)[:, None, None]
        classes, pairs = self.class_attn.keys_values(h), self.pair_attn.keys_values(h)
        return Sentences(classes, pairs, self.look_attn.keys_values(h), seen, texts)

    def classes(self, text: Sentences) -> Tensor:
        """What the query of every symbol finds in a text, (B, S, W)."""
        query = self.of_class.weight.expand(len(text.mask), -1, -1)
        return self.class_mlp(torch.cat([self.class_attn(query, text.classes, text.mask), query], dim=-1))

    def looks(self, text: Sentences) -> Tensor:
        """How much likelier a text makes each feature code of an object of each class: log-ratios, (B, S, K · codes).

        0 where there is no text, and for [MASK].
        """
        query = self.of_class.weight.expand(len(text.mask), -1, -1)
        found = self.look_mlp(torch.cat([self.look_attn(query, text.looks, text.mask), query], dim=-1))
        known = torch.arange(self.symbols, device=found.device) < self.symbols - 1
        return found * known[:, None] * text.has_text

    def mention_probability(self, text: Sentences) -> Tensor:
        """Probability that a text mentions each symbol, (B, S); 0 where there is no text."""
        return self.asked(self.classes(text))[..., 0].sigmoid() * text.has_text[:, 0]

    def pairs(self, text: Sentences, first: Tensor, second: Tensor) -> Tensor:
        """What ordered pairs of symbols (B, m) and (B, m) find in a text, (B, m, W)."""
        found = self._attend(text, first, second), self._attend(text, second, first)
        return self.pair_mlp(torch.cat(found, dim=-1))

    def all_pairs(self, text: Sentences, symbols: Tensor) -> Tensor:
        """What all ordered pairs of some symbols (B, k) find, (B, k, k, W); each attention serves both directions."""
        k = symbols.shape[1]
        own, partner = symbols[:, :, None].expand(-1, k, k), symbols[:, None].expand(-1, k, k)
        found = self._attend(text, own.flatten(1), partner.flatten(1)).view(len(symbols), k, k, -1)
        return self.pair_mlp(torch.cat([found, found.transpose(1, 2)], dim=-1))

    def _attend(self, text: Sentences, own: Tensor, partner: Tensor) -> Tensor:
        """Attention of symbols (B, m), each to its own mention beside its partner's (B, m) -> (B, m, W).

        A single query for both would mix the two, and which of them is left of the other would be learned last.
        """
        return self.pair_attn(self.of_class(own) + self.of_partner(partner), text.pairs, text.mask)

    def node_table(self, text: Sentences) -> Tensor:
        """Additions to nodes by symbol, (B, S, Dn): from the symbol's own class and from all classes mentioned."""
        found = self.classes(text)
        mentioned = self.asked_to_nodes(self.asked(found)[..., 0].sigmoid())
        return (self.to_nodes(found) + mentioned[:, None]) * text.has_text

    def edge_table(self, text: Sentences) -> Tensor:
        """Additions to edges by the symbols of their two nodes, (B, S, S, De); 0 for [MASK]."""
        symbols = torch.arange(self.symbols, device=text.mask.device).expand(len(text.mask), -1)
        return self._edge_additions(text, symbols)

    def edges(self, text: Sentences, x: Tensor) -> Tensor:
        """Additions to the edges between nodes x (B, N), (B, N, N, De): only the table's entries that they need."""
        symbols, places = distinct(x)
        table, scenes = self._edge_additions(text, symbols), torch.arange(len(x), device=x.device)[:, None, None]
        return table[scenes, places[:, :, None], places[:, None]]

    def _edge_additions(self, text: Sentences, symbols: Tensor) -> Tensor:
        known = (symbols < self.symbols - 1).to(text.has_text.dtype)[..., None]  # (B, k, 1), 0 for [MASK]
        table = self.to_edges(self.all_pairs(text, symbols)) * text.has_text[..., None]
        return table * known[:, :, None] * known[:, None]


def of_symbols(table: Tensor, x: Tensor) -> Tensor:
    """Rows (B, N, W) of each scene's own table (B, S, W) for its symbols x (B, N)."""
    return table.gather(1, x[..., None].expand(-1, -1, table.shape[-1]))


def distinct(x: Tensor) -> tuple[Tensor, Tensor]:
    """The distinct symbols of each scene: a room has many chairs, but one class of them.

    Args:
        x: (B, N) symbols.

    Returns:
        The symbols (B, k), where k is the most that a scene has; and the place (B, N) of each of x among them.
    """
    ordered, order = x.sort(dim=1)
    another = F.pad(ordered[:, 1:] != ordered[:, :-1], (1, 0)).cumsum(dim=1)
    places = torch.empty_like(x).scatter_(1, order, another)
    symbols = x.new_zeros(len(x), int(another.max()) + 1).scatter_(1, places, x)
    return symbols, places


def _answer_mlp(width: int = _WIDTH) -> nn.Sequential:
    return nn.Sequential(nn.Linear(2 * _WIDTH, width), nn.GELU(), nn.Linear(width, width))
