"""A transformer over a set of slots: DiffuScene with the architecture of all of the paper's networks (appendix B.2).

Shapes: B scenes, N slots, W width, L text tokens, c slot condition.
"""

from typing import cast

import torch.nn.functional as F
from torch import Tensor, nn

from .layers import AdaLayerNorm, Attention, FeedForward, KeysValues, TimeEmbedding
from .unet1d import Pointwise, RowCoders, RowSizes


class SetBlock(nn.Module):
    """Attention of the slots to each other, to the text where there is one, and a gated feed-forward.

    Each comes after a norm whose scale and shift come from the time.
    """

    def __init__(self, width: int, heads: int, text_width: int | None, dropout: float) -> None:
        super().__init__()
        self.attn = Attention(width, heads, dropout=dropout)
        self.attn_norm = AdaLayerNorm(width, width)
        self.ff = FeedForward(width, dropout)
        self.ff_norm = AdaLayerNorm(width, width)
        if text_width is not None:
            self.cross_attn = Attention(width, heads, text_width, dropout)
            self.ca_norm = AdaLayerNorm(width, width)

    def forward(self, x: Tensor, t_act: Tensor, text: KeysValues | None, mask: Tensor | None) -> Tensor:
        """Slots (B, N, W), t_act (B or 1, W), text (B, heads, L, …), mask (B, 1, 1, L) of tokens to be read."""
        h = self.attn_norm(x, t_act)
        x = x + self.attn(h, self.attn.keys_values(h))
        if text is not None:
            x = x + self.cross_attn(self.ca_norm(x, t_act), text, mask)
        return x + self.ff(self.ff_norm(x, t_act))


class SetTransformer(RowCoders):
    """The body; its interface is that of ``UNet1d``.

    Args:
        sizes: of the rows.
        width: W.
        blocks: how many.
        condition_width: c.
        text_width: width of the text tokens; None: without text.
        heads: attention heads.
        dropout: in training.
    """

    def __init__(
        self,
        sizes: RowSizes,
        width: int,
        blocks: int,
        condition_width: int,
        text_width: int | None = None,
        heads: int = 8,
        dropout: float = 0.0,
    ) -> None:
        super().__init__(sizes, width)
        self.init_conv = Pointwise(sizes.plain or width, width)
        self.slot_map = nn.Linear(condition_width, width)
        self.time_embed = TimeEmbedding(width)
        self.blocks = nn.ModuleList(SetBlock(width, heads, text_width, dropout) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)

    def read_text(self, tokens: Tensor, mask: Tensor | None = None) -> tuple[Tensor, ...]:
        """Keys and values of every block in turn, then, where there is a mask (B, L), that as (B, 1, 1, L)."""
        pairs = [cast("SetBlock", block).cross_attn.keys_values(tokens) for block in self.blocks]
        said = tuple(part for pair in pairs for part in pair)
        return said if mask is None else (*said, mask[:, None, None])

    def forward(self, rows: Tensor, t: Tensor, condition: Tensor, text: tuple[Tensor, ...] = ()) -> Tensor:
        """See :meth:`.unet1d.UNet1d.forward`."""
        x = self.init_conv(self.embed(rows)) + self.slot_map(condition)
        t_act = F.gelu(self.time_embed(t))
        mask = text[-1] if len(text) % 2 else None
        for index, block in enumerate(self.blocks):
            said = KeysValues(text[2 * index], text[2 * index + 1]) if text else None
            x = block(x, t_act, said, mask)
        return self.read(self.norm(x))
