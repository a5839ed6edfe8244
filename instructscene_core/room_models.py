"""Which model makes which room: one model for all its room types, or a folder for each, loaded when first needed."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

import torch

from .baselines.atiss import STEM as ATISS
from .baselines.atiss import AtissModel
from .baselines.diffuscene import STEM as DIFFUSCENE
from .baselines.diffuscene import DiffuSceneModel
from .errors import InvalidInputError
from .files.checkpoints import read_metadata
from .sampling.layout_model import LayoutModel
from .sampling.model_folder import recorded_encoder
from .sampling.two_stage import TwoStageModel
from .vocabulary import ROOM_TYPES, RoomType, plural, room_name

_FOLDERS: Final = "bedroom, livingroom or diningroom"


class RoomModels:
    """A model for each type of room.

    Args:
        loaders: by room type, what gives its model; asked once, when the first such room is wanted.
        name: of all of them together.
        text_encoder: name of the encoder whose states all of them read.
        device: where they are.
    """

    def __init__(
        self,
        loaders: Mapping[RoomType, Callable[[], LayoutModel]],
        *,
        name: str,
        text_encoder: str,
        device: torch.device,
    ) -> None:
        self.name, self.text_encoder, self.device = name, text_encoder, device
        self.room_types = tuple(loaders)
        self._loaders = loaders
        self._models: dict[RoomType, LayoutModel] = {}

    @staticmethod
    def of(model: LayoutModel) -> "RoomModels":
        """One model for all its room types."""
        loaders: dict[RoomType, Callable[[], LayoutModel]] = {room: lambda: model for room in model.room_types}
        return RoomModels(loaders, name=model.name, text_encoder=model.text_encoder, device=model.device)

    @staticmethod
    def load(folder: Path, device: torch.device | str, precision: torch.dtype = torch.float32) -> "RoomModels":
        """Opens a model folder, or a folder with one for each room type in it, whose weights are not read yet.

        Raises:
            InvalidInputError: it is neither, a model is damaged, or the models read texts of different encoders.
        """
        parts: dict[RoomType, Path] = {room: folder / room for room in ROOM_TYPES if (folder / room).is_dir()}
        if _stem(folder) is not None or not parts:
            return RoomModels.of(_load(folder, device, precision))
        device = torch.device(device)
        encoders = {
            room: recorded_encoder(read_metadata(part / (_stem(part) or "prior"))) for room, part in parts.items()
        }
        if len(set(encoders.values())) > 1:
            listed = ", ".join(f"{room}: {encoder}" for room, encoder in encoders.items())
            message = f"The models in {folder} read texts of different encoders ({listed})"
            raise InvalidInputError(message, "Keep them in different folders")
        loaders: dict[RoomType, Callable[[], LayoutModel]] = {
            room: partial(_load_for, room, part, device, precision) for room, part in parts.items()
        }
        return RoomModels(loaders, name=folder.name, text_encoder=next(iter(encoders.values())), device=device)

    def __getitem__(self, room_type: RoomType) -> LayoutModel:
        """The model of a room type.

        Raises:
            InvalidInputError: there is none, or it is damaged.
        """
        if room_type not in self._loaders:
            raise InvalidInputError(
                f"The model {self.name} makes no {plural(room_name(room_type))}",
                f"It makes: {', '.join(plural(room_name(room)) for room in self.room_types)}",
            )
        if room_type not in self._models:
            self._models[room_type] = self._loaders[room_type]()
        return self._models[room_type]


def room_folder(folder: Path, room_type: RoomType) -> Path:
    """Where the weights for a type of room lie: in a folder of that name, or, for a model of several types, here."""
    own = folder / room_type
    return own if _stem(folder) is None and own.is_dir() else folder


def method_in(folder: Path) -> str | None:
    """Which method a model folder holds, as ``train all --method`` names it; None where it holds none."""
    stem = _stem(folder)
    return "instructscene" if stem == "prior" else stem


def _stem(folder: Path) -> str | None:
    """Name of the file in a model folder that tells which method it holds; None where there is none."""
    return next((stem for stem in ("prior", ATISS, DIFFUSCENE) if (folder / f"{stem}.json").is_file()), None)


def _refuse(folder: Path) -> NoReturn:
    """Refuses what is no model folder, and says what to do with the official checkpoints."""
    if not folder.exists():
        raise InvalidInputError(f"There is no model folder {folder}", "Check the path")
    official = folder if folder.suffix == ".pth" else next(iter(_checkpoints(folder)), None)
    if official is not None:
        where = folder if folder.is_dir() else folder.parent
        message = f"{folder} holds official checkpoints ({official.name}), which have to be imported first"
        command = f'python -m instructscene_core import-official "{where}" --out MODELS'
        remedy = f"Run {command}, or press Import Official Checkpoints in the preferences, and choose what it made"
        raise InvalidInputError(message, remedy)
    remedy = "Choose a folder with prior, decoder and vqvae, or one with such a folder for each room type"
    raise InvalidInputError(f"{folder} is no model folder: it has no prior.json", remedy)


def _checkpoints(folder: Path) -> Iterator[Path]:
    """Official checkpoints in a folder, or in those two levels below it: theirs has one for each training."""
    for pattern in ("*.pth", "*/*.pth", "*/*/*.pth"):
        yield from folder.glob(pattern)


def _load(folder: Path, device: torch.device | str, precision: torch.dtype) -> LayoutModel:
    """The model in a folder, whichever method it is of.

    Raises:
        InvalidInputError: there is none, or it is damaged.
    """
    stem = _stem(folder)
    if stem is None:
        _refuse(folder)
    if stem == ATISS:
        return AtissModel.load(folder, device)
    if stem == DIFFUSCENE:
        return DiffuSceneModel.load(folder, device)
    return TwoStageModel.load(folder, device, precision)


def _load_for(room_type: RoomType, folder: Path, device: torch.device, precision: torch.dtype) -> LayoutModel:
    model = _load(folder, device, precision)
    if room_type not in model.room_types:
        message = f"{folder} holds a model of {', '.join(model.room_types)}"
        raise InvalidInputError(message, f"Name the folder after its room type ({_FOLDERS})")
    return model
