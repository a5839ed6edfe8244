"""Features of pictures by networks that were trained on photographs, and the distances that are named after them.

Only distances of Inception's features are called FID and KID. The offline default, EfficientNet-Lite0, gives
FD(EfficientNet-Lite0) and KD(EfficientNet-Lite0), which compare sets of pictures with each other and with no published
figure.
"""

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from ..errors import InvalidInputError
from ..files.checkpoints import fill
from ..text.clip_files import LAYERS, downloaded_weights, image_tower, open_clip_module
from . import efficientnet_lite as lite
from . import inception
from .distances import estimated_frechet, estimated_kernel
from .intervals import RESAMPLES, Estimate

Device = torch.device | str
Features = npt.NDArray[np.float32]

_CLIP_SIDE: Final = 224
_CLIP_WIDTH: Final = 512
_CLIP_MEAN: Final = (0.48145466, 0.4578275, 0.40821073)
_CLIP_DEVIATION: Final = (0.26862954, 0.26130258, 0.27577711)
_INCEPTION_REMEDY: Final = (
    "Give a file of Inception's weights (pt_inception-2015-12-05-6726825d.pth) or allow its download"
)


class FeatureExtractor(Protocol):
    """Makes a vector of a picture."""

    @property
    def name(self) -> str:
        """Of the network."""
        ...

    @property
    def width(self) -> int:
        """Numbers of a picture's vector."""
        ...

    @property
    def frechet_name(self) -> str:
        """What the Fréchet distance of these features is called."""
        ...

    @property
    def kernel_name(self) -> str:
        """What their kernel distance is called."""
        ...

    def __call__(self, pictures: Tensor) -> Tensor:
        """Vectors (B, width), float32 on the CPU, of pictures (B, 3, H, W), uint8 RGB."""
        ...


@dataclass(frozen=True, eq=False)
class NetworkFeatures:
    """The extractor of a network.

    Attributes:
        name: as `FeatureExtractor` says, like the next three.
        width: numbers of a vector.
        frechet_name: of its Fréchet distance.
        kernel_name: of its kernel distance.
        network: what `prepare` gives to vectors.
        prepare: pictures (B, 3, H, W), uint8 RGB, as the network takes them.
        device: where the network runs.
    """

    name: str
    width: int
    frechet_name: str
    kernel_name: str
    network: Callable[[Tensor], Tensor]
    prepare: Callable[[Tensor], Tensor]
    device: Device = "cpu"

    @torch.inference_mode()
    def __call__(self, pictures: Tensor) -> Tensor:
        """Vectors (B, width) of pictures (B, 3, H, W)."""
        return self.network(self.prepare(pictures).to(self.device)).float().cpu()


def efficientnet_features(weights: Path | None = None, device: Device = "cpu") -> NetworkFeatures:
    """EfficientNet-Lite0's last pooled features; needs no download.

    Args:
        weights: the package's file; None finds the package.
        device: where the network runs.

    Raises:
        InvalidInputError: the package is missing, or the file is another.
    """
    network = lite.load_efficientnet_lite(weights).to(device)
    return NetworkFeatures(
        name="EfficientNet-Lite0",
        width=lite.WIDTH,
        frechet_name="FD(EfficientNet-Lite0)",
        kernel_name="KD(EfficientNet-Lite0)",
        network=network.features,
        prepare=lambda pictures: lite.normalised(resized(pictures, lite.SIDE)),
        device=device,
    )


def inception_features(
    weights: Path | None = None, device: Device = "cpu", *, download: bool = False
) -> NetworkFeatures:
    """What FID and KID are defined by, after clean-fid's resizing ("clean").

    Args:
        weights: pytorch-fid's file, which holds the numbers of TensorFlow's network.
        device: where the network runs.
        download: whether that file may be fetched where none is given.

    Raises:
        InvalidInputError: there are no weights, or the file is another.
    """
    if weights is None and not download:
        raise InvalidInputError("FID needs Inception, whose weights are not there", _INCEPTION_REMEDY)
    return NetworkFeatures(
        name="Inception",
        width=inception.WIDTH,
        frechet_name="FID",
        kernel_name="KID",
        network=inception.load_inception(weights or downloaded(_inception_address())).to(device),
        prepare=lambda pictures: (resized(pictures, inception.SIDE) - 128) / 128,
        device=device,
    )


def clip_features(weights: Path | None = None, device: Device = "cpu", *, download: bool = False) -> NetworkFeatures:
    """Projected vectors of CLIP ViT-B/32's image tower, not normalised, as clean-fid takes them.

    Args:
        weights: as OpenAI, transformers or open_clip name them, ``.safetensors`` or a saved state dict.
        device: where the network runs.
        download: whether open_clip may fetch them where none are given.

    Raises:
        InvalidInputError: open_clip or the weights are missing, or the file is another.
    """
    if weights is None and not download:
        message = "FID-CLIP needs CLIP ViT-B/32, whose weights are not there"
        raise InvalidInputError(message, "Give a file of its weights or allow its download")
    transformer = open_clip_module("transformer")
    network: nn.Module = transformer.VisionTransformer(
        _CLIP_SIDE, 32, 768, LAYERS, 12, 4.0, output_dim=_CLIP_WIDTH, act_layer=transformer.QuickGELU
    )
    path = weights or downloaded_weights()
    state = image_tower(path)
    fill(network, {name: state[name].float() for name in network.state_dict() if name in state}, path)
    return NetworkFeatures(
        name="CLIP ViT-B/32",
        width=_CLIP_WIDTH,
        frechet_name="FID-CLIP",
        kernel_name="KD(CLIP ViT-B/32)",
        network=network.to(device).eval(),
        prepare=_for_clip,
        device=device,
    )


def features_of(batches: Iterable[Tensor], extractor: FeatureExtractor) -> Features:
    """Vectors (N, width) of all pictures, such as those of ``Pictures.batches()``.

    Raises:
        InvalidInputError: a picture is damaged.
    """
    return np.concatenate([extractor(batch).numpy() for batch in batches])


def distances(
    reference: Features, made: Features, extractor: FeatureExtractor, *, seed: int = 0, resamples: int = RESAMPLES
) -> Mapping[str, Estimate]:
    """Both distances of two sets of features by their names, with intervals.

    Args:
        reference: (N, width) of the rooms that are compared with.
        made: (M, width).
        extractor: that made both.
        seed: of the intervals, and of the kernel distance's subsets.
        resamples: of the intervals.
    """
    return {
        extractor.frechet_name: estimated_frechet(reference, made, seed=seed, resamples=resamples),
        extractor.kernel_name: estimated_kernel(reference, made, seed=seed, resamples=resamples),
    }


def resized(pictures: Tensor, side: int) -> Tensor:
    """Pictures (B, 3, H, W) uint8 as (B, 3, side, side) float32 in 0..255: clean-fid's "clean" resizing.

    Pillow's bicubic filter, each channel by itself and never rounded (Parmar et al., 2022, section 3).
    """
    from PIL import Image  # noqa: PLC0415 - not in the zip

    planes = pictures.reshape(-1, *pictures.shape[2:]).numpy().astype(np.float32)
    rows = [Image.fromarray(plane).resize((side, side), Image.Resampling.BICUBIC) for plane in planes]
    small = np.stack([np.asarray(row) for row in rows]).clip(0, 255)
    return torch.from_numpy(small).reshape(*pictures.shape[:2], side, side)


def _for_clip(pictures: Tensor) -> Tensor:
    """Resized to 224 pixels, rounded to 8 bits, and normalised as CLIP was trained."""
    from PIL import Image  # noqa: PLC0415 - not in the zip

    side = (_CLIP_SIDE, _CLIP_SIDE)
    rows = [Image.fromarray(row).resize(side, Image.Resampling.BICUBIC) for row in pictures.permute(0, 2, 3, 1).numpy()]
    x = torch.from_numpy(np.stack([np.asarray(row) for row in rows])).permute(0, 3, 1, 2) / 255
    mean, deviation = (torch.tensor(values).reshape(3, 1, 1) for values in (_CLIP_MEAN, _CLIP_DEVIATION))
    return (x - mean) / deviation


def _inception_address() -> str:
    """Where clean-fid fetches plain weights of Inception from."""
    try:
        module: Any = importlib.import_module("cleanfid.inception_pytorch")
    except (ImportError, RuntimeError) as error:
        message = f"Inception is fetched as clean-fid does, which cannot be imported ({error})"
        raise InvalidInputError(message, "Install clean-fid, or give a file of Inception's weights") from error
    return module.FID_WEIGHTS_URL


def downloaded(address: str) -> Path:
    """The file of an address in torch's cache, fetched where it is not there yet.

    Args:
        address: its name ends with the first digits of its SHA-256, which are compared, before the suffix.

    Raises:
        InvalidInputError: it cannot be fetched or is another.
    """
    name = address.rpartition("/")[2]
    path = Path(torch.hub.get_dir()) / "checkpoints" / name
    if path.is_file():
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = Path(name).stem.rpartition("-")[2]
        torch.hub.download_url_to_file(address, str(path), hash_prefix=digest, progress=False)
    except (OSError, RuntimeError, ValueError) as error:
        line = str(error).strip().split("\n", maxsplit=1)[0]
        raise InvalidInputError(f"{name} cannot be downloaded ({line})", "Give a file of the weights") from error
    return path
