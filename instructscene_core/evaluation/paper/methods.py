"""The methods that are compared: each a model folder and a way in which its rooms are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from safetensors.numpy import load_file

from ...catalogue.entries import STARTER
from ...errors import InvalidInputError
from ...files.checkpoints import read_metadata
from ...room_models import method_in, room_folder
from ...scene import Request
from ...vocabulary import RoomType
from ..sampling import PLAIN, STEPS, Way
from ..store import digest

PRODUCT: Final = "starter"
"""The embedded model."""
EMBEDDED: Final = STARTER / "weights"
_PLACED: Final = "+placed"
_TRIES: Final = 4
PLACED: Final = Way(settle=True, held=True, tries=_TRIES)
"""What the product does around its networks: held to the instruction, settled, the best of up to four rooms."""
METHODS: Final[Mapping[str, str]] = {"instructscene": "InstructScene", "atiss": "ATISS", "diffuscene": "DiffuScene"}
"""Names of methods, and what they are called."""
DEFAULT: Final = "atiss,diffuscene,instructscene,atiss+placed,diffuscene+placed,instructscene+placed,starter+placed"


@dataclass(frozen=True)
class Setting:
    """How a method samples where its own defaults are not taken.

    Attributes:
        steps: of the prior, or all of a rival's; and of the decoder.
        guidance: scale.
    """

    steps: tuple[int, int] | None
    guidance: float | None

    @property
    def told(self) -> str:
        """In words; empty where the defaults are taken."""
        if self.steps is None:
            return ""
        steps = " + ".join(str(count) for count in self.steps if count)
        return f"{steps} steps" if self.guidance is None else f"{steps} steps, guidance {self.guidance:g}"


@dataclass(frozen=True)
class Method:
    """A row of the tables.

    Attributes:
        name: as asked for, such as "atiss+placed"; names its files.
        folder: of its model, or one with a folder for each type of room.
        kind: "instructscene", "atiss" or "diffuscene".
        placed: whether its rooms are held to the instruction and settled.
        setting: how it samples.
    """

    name: str
    folder: Path
    kind: str
    placed: bool
    setting: Setting

    @property
    def title(self) -> str:
        """What its row is called."""
        name = self.name.removesuffix(_PLACED)
        if name == PRODUCT:
            return "the product *" if self.placed else "the product's networks, plain"
        told = METHODS.get(name, name)
        return f"{told}, with our placement *" if self.placed else told

    @property
    def way(self) -> Way:
        """How its rooms are made."""
        return PLACED if self.placed else PLAIN

    def weights(self, room_type: RoomType) -> Path:
        """The folder of its weights for a type of room."""
        return room_folder(self.folder, room_type)

    def digest(self, room_type: RoomType) -> str:
        """Of its weights for a type of room.

        Raises:
            InvalidInputError: a file cannot be read.
        """
        return digest(sorted(self.weights(room_type).glob("*.safetensors")))

    def told(self, request: Request) -> Request:
        """The request with the steps and the guidance of this method."""
        return replace(request, steps=self.setting.steps, guidance=self.setting.guidance)

    def about(self, room_type: RoomType) -> dict[str, Any]:
        """Parameters of its networks, and rooms that each has seen in training, where that is known."""
        folder = self.weights(room_type)
        found: dict[str, Any] = {}
        for path in sorted(folder.glob("*.safetensors")):
            if path.stem in ("prior", "decoder", "atiss", "diffuscene"):
                # The embedded weights went through several runs, of which the file tells the last.
                seen = None if self.folder == EMBEDDED else read_metadata(path.with_suffix("")).get("samples")
                found[path.stem] = {"parameters": _parameters(path), "samples": seen}
        return found


def read_methods(
    text: str, models: Path | None, rooms: Sequence[RoomType], diffuscene_steps: int | None
) -> tuple[Method, ...]:
    """The methods of a list of names, parted by commas.

    A name is a folder in ``models``, or "starter" for the embedded model; "+placed" behind it stands for our placement.

    Args:
        text: the names.
        models: holds METHOD/ROOM, as ``train all --method METHOD --room ROOM --out MODELS/METHOD/ROOM`` writes it.
        rooms: the types of rooms that are asked for.
        diffuscene_steps: noise levels that DiffuScene runs through; None: all.

    Raises:
        InvalidInputError: there is no such method or folder, or it holds another method than its name says.
    """
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names:
        raise InvalidInputError("No method is named", f"Name some with --methods, such as {DEFAULT}")
    return tuple(_method(name, models, rooms, diffuscene_steps) for name in names)


def _method(name: str, models: Path | None, rooms: Sequence[RoomType], diffuscene_steps: int | None) -> Method:
    bare, placed = name.removesuffix(_PLACED), name.endswith(_PLACED)
    if bare == PRODUCT:
        return Method(name, EMBEDDED, "instructscene", placed, Setting(None, None))
    if models is None:
        raise InvalidInputError(f"{name} needs trained weights", "Name the folder that holds METHOD/ROOM with --models")
    folder = models / bare
    if not folder.is_dir() or "/" in bare or bare.startswith("."):
        known = ", ".join(sorted(path.name for path in models.iterdir() if path.is_dir())) if models.is_dir() else ""
        message = f"There is no method {bare} in {models}" + (f", which holds {known}" if known else "")
        raise InvalidInputError(message, "Train it there, or leave it out of --methods (docs/comparison.md)")
    kinds = [method_in(room_folder(folder, room)) for room in rooms]
    for room, kind in zip(rooms, kinds, strict=True):
        if kind is None:
            raise InvalidInputError(f"{folder} holds no model of {room}s", "Train it, or leave it out with --rooms")
        if bare in METHODS and kind != bare:
            message = f"{room_folder(folder, room)} holds a model of {METHODS[kind]}, not of {METHODS[bare]}"
            raise InvalidInputError(message, f"Move it to {models / kind}")
    kind = kinds[0] or ""
    if kind == "instructscene":
        steps = STEPS
    else:
        steps = None if kind == "atiss" or diffuscene_steps is None else (diffuscene_steps, 0)
    return Method(name, folder, kind, placed, Setting(steps, 1.0))


def _parameters(path: Path) -> int:
    """How many numbers a file of weights holds."""
    return sum(tensor.size for tensor in load_file(path).values())
