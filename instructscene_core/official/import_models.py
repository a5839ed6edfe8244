"""Makes model folders from the official checkpoints, one for each type of room.

Reads the official training folders (``out/<tag>/checkpoints/epoch_%05d.pth``) and the published files alike, with
``objfeat_bounds.pkl`` and ``dataset_stats.txt`` wherever they lie among them; likewise what the codes of the paper's
rivals write, ATISS and DiffuScene (``model_%05d`` and published ``.pt``). Either everything is written or nothing.
"""

import hashlib
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from torch import nn

from ..diffusion.gaussian import Target
from ..errors import InvalidInputError
from ..files.atomic_output import check_folder, staging
from ..files.checkpoints import save_model
from ..files.torch_files import read_torch_checkpoint
from ..geometry.frames import Bounds
from ..models.atiss import Atiss
from ..models.diffuscene import DiffuScene
from ..models.feature_vqvae import FeatureVQVAE
from ..models.graph_prior import GraphPrior
from ..models.layout_decoder import LayoutDecoder
from ..text.clip import NAME as CLIP
from ..text.clip import WIDTH as TEXT_WIDTH
from ..text.minilm import MiniLM
from ..vocabulary import CLASSES, ROOM_TYPES, RoomType
from .checkpoints import HEADS, OfficialNetwork, network_of, read_feature_bounds
from .dataset_stats import STATS_FILE, read_stats
from .rivals import import_rival, is_rival

Part = Literal["prior", "decoder", "vqvae", "atiss", "diffuscene"]
PARTS: Final[dict[Part, str]] = {
    "prior": "graph prior",
    "decoder": "layout decoder",
    "vqvae": "feature VQ-VAE",
    "atiss": "ATISS",
    "diffuscene": "DiffuScene",
}
_STAGES: Final[tuple[Part, ...]] = ("prior", "decoder", "vqvae")
RIVALS: Final[tuple[Part, ...]] = ("atiss", "diffuscene")
"""Parts that are a whole model each."""
FEATURE_BOUNDS: Final = "objfeat_bounds.pkl"
DEFAULTS: Final = {
    "steps": [100, 100],
    "guidance": 1.0,
    "truncation": 1.0,
    "ratio": {"generate": 1.0, "complete": 0.5, "restyle": 0.25, "rearrange": 0.5},
    "conceal": {},
}
"""Sampling settings of the official scripts."""

OnFile = Callable[[str, int, int], None]
"""(name, files done, files in all): called before every file; an exception ends the import."""
_EPOCH: Final = re.compile(r"(?P<tag>.*?)(?:epoch_(?P<number>\d+)\.pth|model_(?P<rival>\d+))")
_PUBLISHED_RIVAL: Final = re.compile(r"(?:bed|living|dining)rooms?_.*\.pt")
_BERT: Final = "bert-base-cased"
_PUBLISHED_WIDTH: Final = 512
"""Of the nodes of the published networks, whose number of heads is known."""
_NAMES: Final[dict[str, RoomType]] = {"bedroom": "bedroom", "living": "livingroom", "dining": "diningroom"}
"""Words in the names of files and folders that name a room type."""


@dataclass(frozen=True)
class Imported:
    """A checkpoint that was imported.

    Args:
        source: its path.
        part: which network.
        room_type: its room type; None for the VQ-VAE, which all share.
        parameters: how many numbers.
        sha256: of the file.
        ignored: what in the file was left out, a phrase each.
    """

    source: Path
    part: Part
    room_type: RoomType | None
    parameters: int
    sha256: str
    ignored: tuple[str, ...] = ()

    def __str__(self) -> str:
        """One line for a person."""
        weights = "averaged" if self.part in ("prior", "decoder") else "raw"
        what = (
            f"{PARTS[self.part]}, {self.room_type or 'all rooms'}, {self.parameters:,} parameters ({weights} weights)"
        )
        left_out = f"; ignored: {', '.join(self.ignored)}" if self.ignored else ""
        return f"{self.source}: {what}, SHA-256 {self.sha256}{left_out}"


@dataclass(frozen=True)
class Result:
    """The result of an import.

    Args:
        networks: the checkpoints that were recognised.
        folders: a model folder for each room type.
        notes: what a model folder lacks before it can generate, and what was assumed, one line each.
    """

    networks: tuple[Imported, ...]
    folders: tuple[Path, ...]
    notes: tuple[str, ...]


class _Import:
    """One import under way.

    Args:
        sources: files and folders.
        room: the room of files whose names do not tell; only its files are taken.
        heads: attention heads; None: the published number.
        target: what a DiffuScene predicts; None: noise where the file's name says so, else v.
    """

    def __init__(
        self, sources: Sequence[Path], room: RoomType | None, heads: int | None, target: Target | None
    ) -> None:
        self.room, self.heads = room, heads
        self.target: Target | None = target
        files = _files(sources)
        named = [path for path in sources if path.name not in (FEATURE_BOUNDS, STATS_FILE)]
        self.checkpoints = _latest(path for path in files if _is_checkpoint(path) or path in named)
        if not self.checkpoints:
            raise InvalidInputError(
                "There is no checkpoint among these", "Name the official checkpoints or their folder"
            )
        bounds = [path for path in files if path.name == FEATURE_BOUNDS]
        self.feature_bounds = read_feature_bounds(bounds[0]) if bounds else None
        self.stats: dict[RoomType, Bounds] = {}
        for path in (path for path in files if path.name == STATS_FILE):
            bounds_of_boxes, types = read_stats(path)
            self.stats[self.room_of(path, len(types))] = bounds_of_boxes
        self.done: list[Imported] = []
        self.unusual: list[Path] = []
        self.notes: list[str] = []
        self.unusable: list[str] = []

    def room_of(self, path: Path, n_classes: int) -> RoomType:
        """The room type of a file: 21 classes are a bedroom's, 24 a living or dining room's, which the name tells.

        Raises:
            InvalidInputError: it does not, and no room type was given.
        """
        rooms: list[RoomType] = [room for room in ROOM_TYPES if len(CLASSES[room]) == n_classes]
        if len(rooms) == 1:
            return rooms[0]
        for name in (path.name, path.parent.name, path.parent.parent.name):
            named: set[RoomType] = {room for word, room in _NAMES.items() if word in name.lower()}
            if len(named) == 1 and named <= set(rooms):
                return named.pop()
        if self.room is not None and self.room in rooms:
            return self.room
        message = (
            f"{path} has {n_classes} object classes, and its name does not tell whether it is a living or dining room"
        )
        raise InvalidInputError(message, "Name the room with --room livingroom or --room diningroom")

    def take(self, path: Path, stage: Path) -> None:
        """Reads one checkpoint and writes its network to the unfinished folder."""
        model, ignored = self.read(path)
        part = _part(model)
        room = None if isinstance(model, FeatureVQVAE) else self.room_of(path, model.config.n_classes)
        if room is not None and self.room not in (None, room):
            return
        if isinstance(model, GraphPrior) and model.config.text_width != TEXT_WIDTH:
            message = f"{path}: the prior reads texts of width {model.config.text_width}, expected CLIP's {TEXT_WIDTH}"
            raise InvalidInputError(message, "Use a checkpoint of InstructScene")
        self.check_alone(path, part, room)
        item = Imported(path, part, room, sum(p.numel() for p in model.parameters()), _sha256(path), ignored)
        save_model(stage / (room or "") / part, model, self.about(item, model), half=False)
        self.done.append(item)
        if isinstance(model, DiffuScene):
            self.unusable += _unusable(path, model)
            if self.target is None:
                self.notes.append(f"{path.name} was taken to predict {model.config.target} (--target)")
        elif model.config.width != _PUBLISHED_WIDTH:
            self.unusual.append(path)

    def read(self, path: Path) -> tuple[OfficialNetwork | Atiss | DiffuScene, tuple[str, ...]]:
        """The network of a file, and what in the file was left out."""
        content, heads = read_torch_checkpoint(path), self.heads or HEADS
        if is_rival(content):
            return import_rival(content, path, heads=heads, target=self.target or _target_named(path))
        return network_of(content, path, heads=heads, bounds=self.feature_bounds or (-1.0, 1.0)), ()

    def check_alone(self, path: Path, part: Part, room: RoomType | None) -> None:
        """Refuses a second network of the same part and room, or of another method.

        Raises:
            InvalidInputError: names both files.
        """
        for item in self.done:
            if (item.part, item.room_type) == (part, room):
                message = f"{item.source} and {path} are both a {PARTS[part]} of {room or 'all rooms'}"
                raise InvalidInputError(message, "Name the files that you mean")
            if item.room_type == room and (item.part in RIVALS or part in RIVALS):
                message = f"{item.source} and {path} are different methods for a {room}"
                raise InvalidInputError(message, "Import each into a folder of its own")

    def about(self, item: Imported, model: nn.Module) -> dict[str, object]:
        """The metadata beside the weights."""
        about: dict[str, object] = {"source": item.source.name, "source_sha256": item.sha256}
        if item.part == "prior":
            name = f"InstructScene {item.room_type}, {item.source.stem}"
            about |= {"name": name, "room_types": [item.room_type], "text_encoder": CLIP, "defaults": DEFAULTS}
        if item.part in RIVALS:
            reads = isinstance(model, DiffuScene) and model.config.text_width is not None
            name = f"{PARTS[item.part]} {item.room_type}, {item.source.stem}"
            about |= {"name": name, "room_types": [item.room_type], "text_encoder": _BERT if reads else MiniLM.name}
        if item.part in ("decoder", *RIVALS) and item.room_type in self.stats:
            about["bounds"] = self.stats[item.room_type].to_json()
        return about

    def lacking(self) -> list[str]:
        """A line for each model folder that lacks something it needs to generate."""
        lines = list(self.unusable)
        for room in self.rooms():
            parts = {item.part for item in self.done if item.room_type in (room, None)}
            whole = bool(parts.intersection(RIVALS))
            missing = [] if whole else [PARTS[part] for part in _STAGES if part not in parts]
            if not whole and "vqvae" in parts and self.feature_bounds is None:
                missing.append(f"feature bounds ({FEATURE_BOUNDS})")
            if room not in self.stats:
                missing.append(f"bounds of boxes ({STATS_FILE})")
            if missing:
                lines.append(f"The {room} model lacks its {', '.join(missing)} and cannot generate without")
        return lines

    def assumed(self) -> list[str]:
        """Lines on assumptions: what no shape tells and was not given."""
        if self.heads is not None or not self.unusual:
            return self.notes
        return [
            *self.notes,
            f"{self.unusual[0].name} is not of the published size: {HEADS} attention heads were assumed (--heads)",
        ]

    def rooms(self) -> list[RoomType]:
        """Room types of which there is a network other than the VQ-VAE."""
        return [room for room in ROOM_TYPES if any(item.room_type == room for item in self.done)]


def import_models(
    sources: Sequence[Path],
    folder: Path,
    *,
    room: RoomType | None = None,
    heads: int | None = None,
    target: Target | None = None,
    whole: bool = False,
    replace: bool = False,
    on_file: OnFile | None = None,
) -> Result:
    """Writes ``folder/<room type>/{prior,decoder,vqvae}``, float32, from official files.

    Args:
        sources: files and folders; of a training folder's epochs the last one counts.
        folder: created where it is missing; models of other rooms in it stay.
        room: of files with 24 classes whose names do not tell; files of other rooms are then left out.
        heads: attention heads of the networks, which no shape tells; None: the published number.
        target: what a DiffuScene was trained to predict; None: noise where the file's name has "eps", else v.
        whole: refuse models that lack a part, so that they cannot generate.
        replace: models of the same rooms that are there already; otherwise that is refused.
        on_file: called before every checkpoint; an exception that it raises ends the import.

    Raises:
        InvalidInputError: a file is damaged or of another architecture, or a part is missing or there twice.
        InstructSceneError: the folder cannot be written. In either case nothing is.
    """
    check_folder(folder)
    job = _Import(sources, room, heads, target)
    with staging(folder) as stage:
        for number, path in enumerate(job.checkpoints):
            if on_file is not None:
                on_file(path.name, number, len(job.checkpoints))
            job.take(path, stage)
        lacking, rooms = job.lacking(), job.rooms()
        if not job.done or (whole and (lacking or not rooms)):
            message = lacking[0] if lacking else f"There is no checkpoint of a {room or 'room'} among these"
            raise InvalidInputError(message, "Name its file or the folder that holds it too")
        return Result(tuple(job.done), _publish(stage, folder, rooms, replace=replace), (*lacking, *job.assumed()))


def _publish(stage: Path, folder: Path, rooms: Sequence[RoomType], *, replace: bool) -> tuple[Path, ...]:
    """Copies the VQ-VAE to each room's folder and moves the finished folders to their final place."""
    vqvae = sorted(stage.glob("vqvae.*"))
    for room in rooms:
        for path in vqvae:
            shutil.copy(path, stage / room)
    finished = [stage / room for room in rooms] or vqvae
    there = [folder / path.name for path in finished if (folder / path.name).exists()]
    if there and not replace:
        raise InvalidInputError(f"{there[0]} is there already", "Choose another folder, or give --replace")
    for path in there:
        path.replace(stage / f"old-{path.name}")  # goes when the unfinished files' folder goes
    for path in finished:
        path.replace(folder / path.name)
    return tuple(folder / room for room in rooms)


def _files(sources: Sequence[Path]) -> list[Path]:
    """The files of folders, in order, and the files that are named themselves."""
    result: list[Path] = []
    for source in sources:
        if source.is_dir():
            result += sorted(path for path in source.rglob("*") if path.is_file())
        elif source.exists():
            result.append(source)
        else:
            raise InvalidInputError(f"{source} does not exist", "Check the path")
    return result


def _is_checkpoint(path: Path) -> bool:
    """Whether a file of a folder is named as the official codes name theirs."""
    name = path.name
    return path.suffix == ".pth" or bool(_EPOCH.fullmatch(name) or _PUBLISHED_RIVAL.fullmatch(name))


def _target_named(path: Path) -> Target:
    return "eps" if "eps" in path.name else "v"


def _unusable(path: Path, model: DiffuScene) -> list[str]:
    """Why a DiffuScene can make no rooms here."""
    notes: list[str] = []
    if model.config.text_width is not None:
        notes.append(f"{path.name} reads texts of {_BERT}, which is not here: it can be compared, not used")
    if model.config.arrange_width is not None:
        notes.append(f"{path.name} only re-arranges, on places and turns alone: it can be compared, not used")
    return notes


def _latest(paths: Iterable[Path]) -> list[Path]:
    """The last epoch of each training."""
    chosen: dict[tuple[Path, str], tuple[int, Path]] = {}
    for path in paths:
        match = _EPOCH.fullmatch(path.name)
        tag, number = (match["tag"], int(match["number"] or match["rival"])) if match else (path.name, 0)
        chosen[path.parent, tag] = max(chosen.get((path.parent, tag), (number, path)), (number, path))
    return [path for _, path in chosen.values()]


def _part(model: OfficialNetwork | Atiss | DiffuScene) -> Part:
    kinds: dict[type[nn.Module], Part] = {
        GraphPrior: "prior",
        LayoutDecoder: "decoder",
        FeatureVQVAE: "vqvae",
        Atiss: "atiss",
        DiffuScene: "diffuscene",
    }
    return kinds[type(model)]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
