"""The feature VQ-VAE: an object's appearance as four discrete codes (paper, section 4.1).

Shapes: M objects (any leading axes outside), F feature width, K tokens an object, W width.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..vocabulary import N_CODES, N_FEATURE_TOKENS
from .layers import Draw, PlainBlock, sinusoidal_code

_KL_WEIGHT = 5e-4
"""Weight of the codebook term in the official loss."""


@dataclass(frozen=True)
class FeatureVQVAEConfig:
    """Sizes of the feature VQ-VAE; the defaults are the published network's.

    Attributes:
        feature_width: F, 1280 for OpenShape.
        width: width of the tokens.
        heads: attention heads.
        blocks: plain blocks in the encoder, and as many in the decoder.
        n_tokens: K, codes of an object.
        n_codes: size of the codebook that the tokens share.
        low: smallest number in any training feature.
        high: largest; features are scaled from [low, high] to [-1, 1].
        dropout: in training, after attention and inside the feed-forwards.
    """

    feature_width: int = 1280
    width: int = 512
    heads: int = 8
    blocks: int = 2
    n_tokens: int = N_FEATURE_TOKENS
    n_codes: int = N_CODES
    low: float = -1.0
    high: float = 1.0
    dropout: float = 0.1

    @classmethod
    def paper(cls, low: float, high: float) -> "FeatureVQVAEConfig":
        """The published network; its bounds low and high are in the official ``objfeat_bounds.pkl``."""
        return cls(low=low, high=high)

    @classmethod
    def starter(cls, low: float, high: float) -> "FeatureVQVAEConfig":
        """The embedded default, for 384-d features."""
        return cls(feature_width=384, width=128, heads=4, low=low, high=high, dropout=0.0)


class VQVAELoss(NamedTuple):
    """The training loss.

    Attributes:
        total: scalar to minimise.
        reconstruction: scalar, mean squared error in [-1, 1] units.
        kl: scalar, weighted KL divergence of the distributions of the codes from the uniform one.
        logits: (M, K, n_codes) the logits that the codes were drawn from.
        decoded: (M, F) the features decoded from the codes, in feature units.
    """

    total: Tensor
    reconstruction: Tensor
    kl: Tensor
    logits: Tensor
    decoded: Tensor


class Quantizer(nn.Module):
    """Codebook whose entries are chosen by logits (Gumbel-softmax, temperature 1)."""

    def __init__(self, width: int, n_codes: int) -> None:
        super().__init__()
        self.proj = nn.Linear(width, n_codes)
        self.embed = nn.Embedding(n_codes, width)

    def forward(self, logits: Tensor, draw: Draw) -> Tensor:
        """Draws codes, straight-through for gradients: logits (M, K, n_codes) -> codebook vectors (M, K, W)."""
        soft = (logits + _gumbel(logits, draw)).softmax(dim=-1)
        indices = soft.argmax(dim=-1)
        hard = F.one_hot(indices, logits.shape[-1]).to(soft) + soft - soft.detach()
        return hard @ self.embed.weight


def _gumbel(logits: Tensor, draw: Draw) -> Tensor:
    u = draw(tuple(logits.shape)).to(logits)
    return -torch.log(-torch.log(u + 1e-20) + 1e-20)


class FeatureVQVAE(nn.Module):
    """Features to codes and back. Official keys, without the prefix ``network.``."""

    token_positions: Tensor

    def __init__(self, config: FeatureVQVAEConfig) -> None:
        super().__init__()
        c, w = config, config.width
        self.config = c
        self.tokens = nn.Parameter(torch.randn(c.n_tokens, w))
        self.transformer_en = nn.ModuleList(
            PlainBlock(w, c.heads, context_width=c.feature_width, dropout=c.dropout) for _ in range(c.blocks)
        )
        self.quantizer = Quantizer(w, c.n_codes)
        self.transformer_de = nn.ModuleList(PlainBlock(w, c.heads, dropout=c.dropout) for _ in range(c.blocks))
        self.out_norm = nn.LayerNorm(w)
        self.out = nn.Sequential(nn.Linear(w, c.feature_width), nn.GELU(), nn.Linear(c.feature_width, c.feature_width))
        positions = sinusoidal_code(torch.arange(c.n_tokens), w, c.n_tokens)
        self.register_buffer("token_positions", positions, persistent=False)

    def normalise(self, features: Tensor) -> Tensor:
        """Feature units -> [-1, 1]; what lies outside the bounds is clipped."""
        c = self.config
        return (2 * (features - c.low) / (c.high - c.low) - 1).clamp(-1, 1)

    def denormalise(self, z: Tensor) -> Tensor:
        """[-1, 1] -> feature units."""
        c = self.config
        return (z + 1) / 2 * (c.high - c.low) + c.low

    def encode(self, features: Tensor) -> Tensor:
        """Features (..., F) in feature units -> logits of the codes (..., K, n_codes)."""
        logits = self.quantizer.proj(self.encode_tokens(self.normalise(features.reshape(-1, features.shape[-1]))))
        return logits.view(*features.shape[:-1], *logits.shape[1:])

    def encode_tokens(self, z: Tensor) -> Tensor:
        """Normalised features (M, F) -> token states (M, K, W)."""
        context = z[:, None]
        tokens = (self.tokens + self.token_positions)[None]
        for block in self.transformer_en:
            tokens = block(tokens, context)
        return tokens

    def indices(self, features: Tensor) -> Tensor:
        """Codes of features (..., F) -> (..., K): the most probable."""
        return self.encode(features).argmax(dim=-1)

    def decode(self, indices: Tensor) -> Tensor:
        """Codes (..., K) 0..n_codes-1 -> features (..., F) in feature units, not of unit length."""
        flat = indices.reshape(-1, indices.shape[-1])
        features = self.denormalise(self.decode_codes(self.quantizer.embed(flat)))
        return features.view(*indices.shape[:-1], -1)

    def decode_codes(self, codes: Tensor) -> Tensor:
        """Codebook vectors (M, K, W) -> normalised features (M, F) within [-1, 1]."""
        tokens = codes + self.token_positions
        for block in self.transformer_de:
            tokens = block(tokens)
        return self.out(self.out_norm(tokens).mean(dim=1)).clamp(-1, 1)

    def loss(self, features: Tensor, draw: Draw) -> VQVAELoss:
        """Squared error of the reconstruction, plus a KL term that keeps all codes in use; codes are drawn.

        Args:
            features: (M, F) in feature units.
            draw: uniform numbers for the Gumbel noise; called once, with (M, K, n_codes).
        """
        z = self.normalise(features)
        logits = self.quantizer.proj(self.encode_tokens(z))
        codes = self.quantizer(logits, draw)
        decoded = self.decode_codes(codes)
        reconstruction = F.mse_loss(decoded, z)
        q = logits.softmax(dim=-1)
        kl = _KL_WEIGHT * (q * torch.log(q * self.config.n_codes + 1e-10)).sum(dim=-1).mean()
        return VQVAELoss(reconstruction + kl, reconstruction, kl, logits, self.denormalise(decoded))
