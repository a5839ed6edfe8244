"""The layout decoder prepared for inference: gives the noise that ``LayoutDecoder`` gives, without its repeated work.

What is saved, beside what ``packed.py`` lists: empty slots drop out, each object keeping the positional code of its
slot, and so do the edges of the last block, which nobody reads.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from .layers import graph_block
from .layout_decoder import BOX_WIDTH, GraphContext, LayoutDecoder
from .packed import BlockNorms, PackedGraphBlock, PackedTextAttention, TimeTable


class DecoderPlan:
    """A layout decoder with its weights packed for inference; they must not change afterwards.

    Args:
        decoder: in evaluation mode.
        dtype: of the matrix products; with float32 the noise equals the decoder's up to rounding.
    """

    @torch.no_grad()
    def __init__(self, decoder: LayoutDecoder, dtype: torch.dtype = torch.float32) -> None:
        blocks = [graph_block(block) for block in decoder.transformer_blocks]
        self.times = TimeTable(decoder.time_embed, blocks)
        self.blocks = [PackedGraphBlock(block, dtype) for block in blocks]
        reads_floor = decoder.config.floor_width is not None
        self.floor_attention = (
            [PackedTextAttention(block.cross_attn, dtype) for block in blocks] if reads_floor else None
        )
        self.boxes = decoder.node_proj_in.weight[:, -BOX_WIDTH:].contiguous()
        self.proj_out = decoder.proj_out

    def run(self, graph: GraphContext) -> "DecoderRun":
        """The network for one sampling run.

        Args:
            graph: B graphs, from ``LayoutDecoder.encode_graph``.
        """
        return DecoderRun(self, graph)


class DecoderRun:
    """The packed decoder with the graphs of one batch; all samples of a call share one time.

    Args:
        plan: the packed decoder.
        graph: B graphs.
    """

    def __init__(self, plan: DecoderPlan, graph: GraphContext) -> None:
        self._plan, self._graph = plan, graph
        counts = graph.mask.sum(dim=1)
        n = int(counts.max())
        # (B, n) slots of the real objects, then some empty ones where other scenes have more.
        self._slots = graph.mask.int().argsort(dim=1, descending=True, stable=True)[:, :n]
        self._nodes = self._gather_objects(graph.nodes)
        rows = self._slots[:, :, None, None].expand(-1, -1, *graph.edges.shape[2:])
        columns = self._slots[:, None, :, None].expand(-1, n, -1, graph.edges.shape[-1])
        self._edges = graph.edges.gather(1, rows).gather(2, columns)
        self._real = torch.arange(n, device=counts.device) < counts[:, None]
        self._mask = None if bool((counts == n).all()) else self._real

    def __call__(self, boxes: Tensor, t: Tensor) -> Tensor:
        """The noise, as ``LayoutDecoder.forward`` gives it: boxes (B, N, 8) -> (B, N, 8)."""
        result = torch.zeros_like(boxes)
        if not self._slots.shape[1]:
            return result
        nodes, edges = self._nodes + F.linear(self._gather_objects(boxes), self._plan.boxes), self._edges
        last = len(self._plan.blocks) - 1
        for index, (block, norms) in enumerate(zip(self._plan.blocks, self._plan.times.at(int(t)), strict=True)):
            nodes, edges = block.attend(nodes, edges, norms, mask=self._mask, edges_out=index < last)
            nodes = block.finish(self._read_floor(index, nodes, norms), norms)
        noise = self._plan.proj_out(nodes) * self._real[..., None]
        return result.scatter_(1, self._slots[..., None].expand_as(noise), noise)

    def _read_floor(self, index: int, nodes: Tensor, norms: BlockNorms) -> Tensor:
        """Attention to walls, doors and windows, where the network reads them."""
        if self._plan.floor_attention is None or self._graph.floor is None or norms.ca is None:
            return nodes
        attend = self._plan.floor_attention[index]
        return attend(norms.ca(nodes), self._graph.floor[index], self._graph.floor_mask).add_(nodes)

    def _gather_objects(self, x: Tensor) -> Tensor:
        """Rows of all slots (B, N, D) -> rows of the objects alone (B, n, D)."""
        return x.gather(1, self._slots[..., None].expand(-1, -1, x.shape[-1]))
