"""What a rival's model folder holds besides its own network; it is the same as InstructScene's, so that all compare."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..errors import InvalidInputError
from ..files.checkpoints import load_model
from ..files.points import Points
from ..geometry.frames import Bounds
from ..models.feature_vqvae import FeatureVQVAE
from ..models.point_encoder import PointEncoder
from ..sampling.layout_model import Defaults
from ..sampling.model_folder import bounds_of, defaults_of, recorded_encoder, room_types_of
from ..vocabulary import CLASSES, RoomType


@dataclass(frozen=True, eq=False)
class Shared:
    """The parts of a model folder that do not depend on the method.

    A rival makes rooms of one type, as in the paper.

    Args:
        vqvae: codes to features; None where the network has no codes.
        points: coloured points to features; None where a model has none.
        bounds: unit of the boxes.
        name: recorded in the provenance.
        room_type: that it was trained on.
        defaults: its best settings.
        text_encoder: name of the encoder that it was trained with.
        device: where the networks are.
    """

    vqvae: FeatureVQVAE | None
    points: PointEncoder | None
    bounds: Bounds
    name: str
    room_type: RoomType
    defaults: Defaults
    text_encoder: str
    device: torch.device

    @staticmethod
    def read(
        folder: Path, stem: str, about: Mapping[str, Any], device: torch.device | str, *, coded: bool = True
    ) -> "Shared":
        """Reads ``vqvae`` and, where there is one, ``points``, and what is stored beside the method's own weights.

        Args:
            folder: the model folder.
            stem: name of the method's own file, such as ``atiss``.
            about: metadata of that file.
            device: where to put the networks.
            coded: whether the method's network has codes; without, neither of the two is read.

        Raises:
            InvalidInputError: a file is missing, damaged, or of another model.
        """
        file = folder / f"{stem}.json"
        room_types = room_types_of(file, about)
        if len(room_types) != 1:
            raise InvalidInputError(f"{file.name} names {len(room_types)} types of rooms", "Train one model for each")
        has_points = coded and (folder / "points.safetensors").exists()
        return Shared(
            vqvae=load_model(folder / "vqvae", FeatureVQVAE, device).model if coded else None,
            points=load_model(folder / "points", PointEncoder, device).model if has_points else None,
            bounds=bounds_of(file, about, room_types)[room_types[0]],
            name=str(about.get("name", folder.name)),
            room_type=room_types[0],
            defaults=defaults_of(file, about),
            text_encoder=recorded_encoder(about),
            device=torch.device(device),
        )

    @property
    def feature_width(self) -> int | None:
        """F of the features that the codes stand for; None for a network without codes."""
        return None if self.vqvae is None else self.vqvae.config.feature_width

    def features(self, codes: Tensor) -> Tensor | None:
        """What codes (…, 4) stand for, (…, F); None for a network without codes."""
        return None if self.vqvae is None else self.vqvae.decode(codes).float()

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the C classes of its rooms."""
        return tuple(CLASSES[self.room_type])

    @torch.inference_mode()
    def codes_of(self, points: Points) -> tuple[int, ...] | None:
        """The most probable codes of a coloured point cloud (P, 6); None without a point encoder."""
        if self.points is None or self.vqvae is None:
            return None
        feature = self.points(torch.from_numpy(points)[None].to(self.device))
        return tuple(int(code) for code in self.vqvae.indices(feature)[0])
