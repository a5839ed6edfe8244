"""What a text says of each class and of each pair of classes, read once a prompt.

Finding in every denoising step anew which two nodes a sentence's "left of" is about takes most of what a small prior
can learn. Here a short network reads the sentence, each class and each ordered pair of classes asks a question of it,
and nodes and edges take up the answers to theirs. How furniture of each class is to look is asked too; that answer is
added to what the prior makes of the feature codes. All of it is learned from labels as well, without any graph (see
``training.grounding``). The starter's own; the published networks have no such part.

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
_PHRASES: Final = 2
_LAYERS: Final = 1
_TEXT_GAIN: Final = 3.0
"""MiniLM's states have an rms of 0.35."""
_REACH: Final = 7
_PARTNER_START: Final = 0.3
"""At first each looks for its own mention alone."""
_PLACES: Final = 100
"""MiniLM's last states hardly tell where a word stands, which "left of" needs; so places are told again."""


class Sentences(NamedTuple):
    """Texts that were read.

    Attributes:
        classes: keys and values for the questions of classes.
        pairs: for those of pairs of classes.
        looks: for those of what a class is to look like.
        mask: (B, 1, 1, L) bool, True at real tokens.
        told: (B, 1, 1), 1 where there is a text and 0 where it was dropped.
    """

    classes: KeysValues
    pairs: KeysValues
    looks: KeysValues
    mask: Tensor
    told: Tensor

    def followed_by(self, others: "Sentences") -> "Sentences":
        """Both batches in one."""
        return Sentences(
            self.classes.followed_by(others.classes),
            self.pairs.followed_by(others.pairs),
            self.looks.followed_by(others.looks),
            torch.cat([self.mask, others.mask]),
            torch.cat([self.told, others.told]),
        )


class _Phrase(nn.Module):
    """A convolution over neighbouring words: what is left of what stands in a few words, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(_WIDTH)
        self.mix = nn.Linear(_REACH * _WIDTH, _WIDTH)

    def forward(self, h: Tensor, mask: Tensor) -> Tensor:
        """States (B, L, W), mask (B, L, 1) of real tokens -> (B, L, W)."""
        half = _REACH // 2
        padded = F.pad(self.norm(h) * mask, (0, 0, half, half))
        around = torch.cat([padded[:, i : i + h.shape[1]] for i in range(_REACH)], dim=-1)
        return h + F.gelu(self.mix(around))


class TextGrounding(nn.Module):
    """Reader of texts, and the questions that classes and pairs of classes ask.

    Args:
        text_width: D.
        symbols: S, of the nodes.
        node_width: Dn.
        edge_width: De.
        tokens: K feature tokens of an object.
        codes: values of each.
        relations: predicates, with "none".
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
        self.phrases = nn.ModuleList(_Phrase() for _ in range(_PHRASES))
        self.layers = nn.ModuleList(PlainBlock(_WIDTH, _HEADS) for _ in range(_LAYERS))
        self.norm = nn.LayerNorm(_WIDTH)
        self.of_class = nn.Embedding(symbols, _WIDTH)
        self.of_partner = nn.Embedding(symbols, _WIDTH)
        self.class_attn, self.pair_attn = Attention(_WIDTH, _HEADS), Attention(_WIDTH, _HEADS)
        self.class_mlp, self.pair_mlp = _answer_mlp(), _answer_mlp()
        self.asked = nn.Linear(_WIDTH, 1)
        self.relation = nn.Linear(_WIDTH, relations)
        self.to_nodes, self.to_edges = nn.Linear(_WIDTH, node_width), nn.Linear(_WIDTH, edge_width)
        self.asked_to_nodes = nn.Linear(symbols, node_width, bias=False)
        self.look_attn = Attention(_WIDTH, _HEADS)
        self.look_mlp = _answer_mlp(tokens * codes)
        with torch.no_grad():  # the graph starts without it
            self.of_partner.weight.mul_(_PARTNER_START)
            for layer in (self.to_nodes, self.to_edges, self.asked_to_nodes, self.look_mlp[-1]):
                for parameter in layer.parameters():
                    parameter.zero_()

    def read(self, hidden: Tensor, mask: Tensor | None) -> Sentences:
        """Text states (B, L, D), all zeros where there is no text, with the mask (B, L) of real tokens or None."""
        told = (hidden != 0).flatten(1).any(dim=1)
        spread = (hidden.new_ones(hidden.shape[:2], dtype=torch.bool) if mask is None else mask)[:, None, None]
        places = torch.arange(hidden.shape[1], device=hidden.device)
        h = self.enter(hidden * _TEXT_GAIN) + sinusoidal_code(places, _WIDTH, _PLACES)
        for phrase in self.phrases:
            h = phrase(h, spread[:, 0, 0, :, None])
        for layer in self.layers:
            h = plain_block(layer)(h, mask=spread)
        h = self.norm(h)
        numbers = told.to(h.dtype)[:, None, None]
        classes, pairs = self.class_attn.keys_values(h), self.pair_attn.keys_values(h)
        return Sentences(classes, pairs, self.look_attn.keys_values(h), spread, numbers)

    def classes(self, text: Sentences) -> Tensor:
        """Answers to every symbol, (B, S, W)."""
        query = self.of_class.weight.expand(len(text.mask), -1, -1)
        return self.class_mlp(torch.cat([self.class_attn(query, text.classes, text.mask), query], dim=-1))

    def looks(self, text: Sentences) -> Tensor:
        """How much likelier a text makes each code of an object of each class, (B, S, K · codes) logarithms of ratios.

        0 where there is no text, and for [MASK].
        """
        query = self.of_class.weight.expand(len(text.mask), -1, -1)
        found = self.look_mlp(torch.cat([self.look_attn(query, text.looks, text.mask), query], dim=-1))
        known = torch.arange(self.symbols, device=found.device) < self.symbols - 1
        return found * known[:, None] * text.told

    def spoken_of(self, text: Sentences) -> Tensor:
        """Probability that a text speaks of each symbol, (B, S); 0 where there is no text."""
        return self.asked(self.classes(text))[..., 0].sigmoid() * text.told[:, 0]

    def pairs(self, text: Sentences, first: Tensor, second: Tensor) -> Tensor:
        """Answers to ordered pairs of symbols, (B, m) and (B, m) -> (B, m, W)."""
        return self.pair_mlp(torch.cat([self._view(text, first, second), self._view(text, second, first)], dim=-1))

    def squares(self, text: Sentences, symbols: Tensor) -> Tensor:
        """Answers to all ordered pairs of some symbols (B, k), (B, k, k, W): what a view gives serves both ways."""
        k = symbols.shape[1]
        own, partner = symbols[:, :, None].expand(-1, k, k), symbols[:, None].expand(-1, k, k)
        views = self._view(text, own.flatten(1), partner.flatten(1)).view(len(symbols), k, k, -1)
        return self.pair_mlp(torch.cat([views, views.transpose(1, 2)], dim=-1))

    def _view(self, text: Sentences, own: Tensor, partner: Tensor) -> Tensor:
        """Each symbol looks for its own mention beside its partner's.

        One look for both would mix the two, and who is left of whom would be the last thing learned.
        """
        return self.pair_attn(self.of_class(own) + self.of_partner(partner), text.pairs, text.mask)

    def node_table(self, text: Sentences) -> Tensor:
        """What a node of each symbol is told, (B, S, Dn): of its class, and which classes the text speaks of."""
        answers = self.classes(text)
        asked = self.asked_to_nodes(self.asked(answers)[..., 0].sigmoid())
        return (self.to_nodes(answers) + asked[:, None]) * text.told

    def edge_table(self, text: Sentences) -> Tensor:
        """What an edge between nodes of two symbols is told, (B, S, S, De); nothing of [MASK]."""
        return self._told(text, torch.arange(self.symbols, device=text.mask.device).expand(len(text.mask), -1))

    def edges(self, text: Sentences, x: Tensor) -> Tensor:
        """What the edges between nodes of symbols x (B, N) are told, (B, N, N, De): a table's entries alone."""
        symbols, places = distinct(x)
        told, scenes = self._told(text, symbols), torch.arange(len(x), device=x.device)[:, None, None]
        return told[scenes, places[:, :, None], places[:, None]]

    def _told(self, text: Sentences, symbols: Tensor) -> Tensor:
        known = (symbols < self.symbols - 1).to(text.told.dtype)[..., None]  # (B, k, 1)
        told = self.to_edges(self.squares(text, symbols)) * text.told[..., None]
        return told * known[:, :, None] * known[:, None]


def of_symbols(table: Tensor, x: Tensor) -> Tensor:
    """Rows (B, N, W) of each scene's own table (B, S, W) for its symbols x (B, N)."""
    return table.gather(1, x[..., None].expand(-1, -1, table.shape[-1]))


def distinct(x: Tensor) -> tuple[Tensor, Tensor]:
    """Each scene's symbols without repeats, as rooms have many chairs but one class of them.

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
