"""The Inception network that FID is defined by (Szegedy et al., 2016), up to its last pooled features.

It is TensorFlow's of 2015 as pytorch-fid and clean-fid have it: averages do not count padding, and the last block takes
maxima instead. Names of weights are torchvision's, as in the published file.
"""

from pathlib import Path
from typing import Any, Final, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..files.checkpoints import fill
from ..files.torch_files import read_state_dict

SIDE: Final = 299
WIDTH: Final = 2048
_EPS: Final = 1e-3
_COUNTER: Final = "num_batches_tracked"
"""Of batch norms; files of old versions lack it, and nothing here uses it."""


class Inception(nn.Module):
    """Pictures (B, 3, 299, 299) in −1..1 to features (B, 2048)."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = ConvNorm(3, 32, 3, stride=2)
        self.Conv2d_2a_3x3 = ConvNorm(32, 32, 3)
        self.Conv2d_2b_3x3 = ConvNorm(32, 64, 3, padding=1)
        self.Conv2d_3b_1x1 = ConvNorm(64, 80, 1)
        self.Conv2d_4a_3x3 = ConvNorm(80, 192, 3)
        self.Mixed_5b = _Mixed5(192, 32)
        self.Mixed_5c = _Mixed5(256, 64)
        self.Mixed_5d = _Mixed5(288, 64)
        self.Mixed_6a = _Reduce6(288)
        self.Mixed_6b = _Mixed6(768, 128)
        self.Mixed_6c = _Mixed6(768, 160)
        self.Mixed_6d = _Mixed6(768, 160)
        self.Mixed_6e = _Mixed6(768, 192)
        self.Mixed_7a = _Reduce7(768)
        self.Mixed_7b = _Mixed7(1280, "average")
        self.Mixed_7c = _Mixed7(2048, "maximum")

    def forward(self, x: Tensor) -> Tensor:
        """Features (B, 2048)."""
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(F.max_pool2d(x, 3, stride=2)))
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(F.max_pool2d(x, 3, stride=2))))
        x = self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))
        x = self.Mixed_7a(self.Mixed_6e(self.Mixed_6d(x)))
        return self.Mixed_7c(self.Mixed_7b(x)).mean(dim=(2, 3))


class ConvNorm(nn.Module):
    """Convolution without bias, batch norm, ReLU."""

    def __init__(self, width: int, out: int, kernel: int | tuple[int, int], **how: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__()
        self.conv = nn.Conv2d(width, out, kernel, bias=False, **how)
        self.bn = nn.BatchNorm2d(out, eps=_EPS)

    def forward(self, x: Tensor) -> Tensor:
        """(B, out, h', w')."""
        return F.relu(self.bn(self.conv(x)))


def _average(x: Tensor) -> Tensor:
    """Means of 3 × 3 pixels that do not count padding."""
    return F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)


class _Mixed5(nn.Module):
    """Figure 5 of the paper."""

    def __init__(self, width: int, pooled: int) -> None:
        super().__init__()
        self.branch1x1 = ConvNorm(width, 64, 1)
        self.branch5x5_1 = ConvNorm(width, 48, 1)
        self.branch5x5_2 = ConvNorm(48, 64, 5, padding=2)
        self.branch3x3dbl_1 = ConvNorm(width, 64, 1)
        self.branch3x3dbl_2 = ConvNorm(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = ConvNorm(96, 96, 3, padding=1)
        self.branch_pool = ConvNorm(width, pooled, 1)

    def forward(self, x: Tensor) -> Tensor:
        five = self.branch5x5_2(self.branch5x5_1(x))
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch1x1(x), five, double, self.branch_pool(_average(x))], dim=1)


class _Reduce6(nn.Module):
    """Half as many pixels each way, by strides and maxima side by side (Figure 10 of the paper)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.branch3x3 = ConvNorm(width, 384, 3, stride=2)
        self.branch3x3dbl_1 = ConvNorm(width, 64, 1)
        self.branch3x3dbl_2 = ConvNorm(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = ConvNorm(96, 96, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), double, F.max_pool2d(x, 3, stride=2)], dim=1)


class _Mixed6(nn.Module):
    """Figure 6 of the paper, n = 7."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        row: dict[str, Any] = {"kernel": (1, 7), "padding": (0, 3)}
        column: dict[str, Any] = {"kernel": (7, 1), "padding": (3, 0)}
        self.branch1x1 = ConvNorm(width, 192, 1)
        self.branch7x7_1 = ConvNorm(width, inner, 1)
        self.branch7x7_2 = ConvNorm(inner, inner, **row)
        self.branch7x7_3 = ConvNorm(inner, 192, **column)
        self.branch7x7dbl_1 = ConvNorm(width, inner, 1)
        self.branch7x7dbl_2 = ConvNorm(inner, inner, **column)
        self.branch7x7dbl_3 = ConvNorm(inner, inner, **row)
        self.branch7x7dbl_4 = ConvNorm(inner, inner, **column)
        self.branch7x7dbl_5 = ConvNorm(inner, 192, **row)
        self.branch_pool = ConvNorm(width, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        seven = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        double = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        double = self.branch7x7dbl_5(self.branch7x7dbl_4(double))
        return torch.cat([self.branch1x1(x), seven, double, self.branch_pool(_average(x))], dim=1)


class _Reduce7(nn.Module):
    """Half as many pixels each way again."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.branch3x3_1 = ConvNorm(width, 192, 1)
        self.branch3x3_2 = ConvNorm(192, 320, 3, stride=2)
        self.branch7x7x3_1 = ConvNorm(width, 192, 1)
        self.branch7x7x3_2 = ConvNorm(192, 192, (1, 7), padding=(0, 3))
        self.branch7x7x3_3 = ConvNorm(192, 192, (7, 1), padding=(3, 0))
        self.branch7x7x3_4 = ConvNorm(192, 192, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        three = self.branch3x3_2(self.branch3x3_1(x))
        seven = self.branch7x7x3_4(self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x))))
        return torch.cat([three, seven, F.max_pool2d(x, 3, stride=2)], dim=1)


class _Mixed7(nn.Module):
    """Figure 7 of the paper."""

    def __init__(self, width: int, pool: Literal["average", "maximum"]) -> None:
        super().__init__()
        self.pool = pool
        self.branch1x1 = ConvNorm(width, 320, 1)
        self.branch3x3_1 = ConvNorm(width, 384, 1)
        self.branch3x3_2a = ConvNorm(384, 384, (1, 3), padding=(0, 1))
        self.branch3x3_2b = ConvNorm(384, 384, (3, 1), padding=(1, 0))
        self.branch3x3dbl_1 = ConvNorm(width, 448, 1)
        self.branch3x3dbl_2 = ConvNorm(448, 384, 3, padding=1)
        self.branch3x3dbl_3a = ConvNorm(384, 384, (1, 3), padding=(0, 1))
        self.branch3x3dbl_3b = ConvNorm(384, 384, (3, 1), padding=(1, 0))
        self.branch_pool = ConvNorm(width, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        three = self.branch3x3_1(x)
        double = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        pooled = _average(x) if self.pool == "average" else F.max_pool2d(x, 3, stride=1, padding=1)
        spread = [self.branch3x3_2a(three), self.branch3x3_2b(three)]
        spread += [self.branch3x3dbl_3a(double), self.branch3x3dbl_3b(double)]
        return torch.cat([self.branch1x1(x), *spread, self.branch_pool(pooled)], dim=1)


def load_inception(path: Path) -> Inception:
    """The network with the weights of a file, in evaluation mode.

    Args:
        path: of pytorch-fid's ``pt_inception-2015-12-05-6726825d.pth``, or another under the same names.

    Raises:
        InvalidInputError: the file cannot be read, would run code, or has not these weights.
    """
    with torch.device("meta"):  # drawing weights that are replaced at once takes a minute
        network = Inception()
    network.to_empty(device="cpu")
    state = {name: tensor for name, tensor in read_state_dict(path).items() if not name.startswith("fc.")}
    counters = {name: torch.tensor(0) for name in network.state_dict() if name.endswith(_COUNTER)}
    fill(network, counters | state, path)
    return network.eval()
