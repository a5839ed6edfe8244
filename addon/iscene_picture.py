"""What I-Scene is shown: objects through the scene's camera, rendered, or as a person's picture has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.placer.placement import Item
from .assets import PlacingError
from .camera_labels import Eye
from .language import tr, tr_later
from .pictures import PictureSettings
from .session import Progress, Steps
from .studio_process import picture_steps

AT_WORK: Final = tr_later("I-Scene is at work")
_SAMPLES: Final = 16
_PROPORTIONS: Final = 0.01
"""Share by which those of a person's picture may differ from the camera's."""


@dataclass(frozen=True)
class Shot:
    """What I-Scene is shown.

    Args:
        scene: name of the .blend's scene.
        names: of the objects, by label.
        items: the same, by label.
        eye: sees them.
    """

    scene: str
    names: Mapping[int, str]
    items: Mapping[int, Item]
    eye: Eye


def picture_of(shot: Shot, own: Path | None, folder: Path) -> Steps[NDArray[np.float32]]:
    """What the camera sees, as `read_picture` has it: a person's picture, or a render of the objects alone."""
    width, height = shot.eye.size
    if own is None:
        scene = bpy.data.scenes[shot.scene]
        gone = next((name for name in shot.names.values() if name not in bpy.data.objects), None)
        if gone is not None:
            raise PlacingError(tr('"{name}" was removed or renamed meanwhile', name=gone), tr("Try again"))
        pieces = [bpy.data.objects[name] for name in shot.names.values()]
        settings = PictureSettings(width, width / height, _SAMPLES, view="pieces")
        for_camera = picture_steps(scene, scene.camera, folder / "rgb.png", settings, pieces)
        (own,) = yield from _between(for_camera, 0.05, 0.2)
    yield Progress(AT_WORK, 0.2)
    return read_picture(own, shot.eye.size)


def _between(steps: Steps[list[Path]], low: float, high: float) -> Steps[list[Path]]:
    """The same steps with their progress within a part of the bar."""
    try:
        while True:
            progress = next(steps)
            yield progress._replace(share=low + (high - low) * progress.share)
    except StopIteration as stop:
        return stop.value
    finally:
        steps.close()


def read_picture(path: Path, size: tuple[int, int]) -> NDArray[np.float32]:
    """(H · W · 4) a picture's values as Blender has them, from below, scaled to a size of equal proportions.

    Args:
        path: of any format that Blender reads.
        size: width and height.

    Raises:
        InvalidInputError: it cannot be read, or has other proportions.
    """
    try:
        image = bpy.data.images.load(str(path))
    except RuntimeError as error:
        raise InvalidInputError(
            tr("The picture {path} cannot be read", path=path), tr("Choose a PNG or a JPEG")
        ) from error
    try:
        sides: Any = image.size
        width, height = sides
        if not width or not height:
            raise InvalidInputError(tr("The picture {path} cannot be read", path=path), tr("Choose a PNG or a JPEG"))
        if image.is_float:
            message = tr("The picture {path} has more than 8 bits a channel", path=path)
            raise InvalidInputError(message, tr("Save it with 8"))
        if abs(width / height * size[1] / size[0] - 1) > _PROPORTIONS:
            raise InvalidInputError(
                tr(
                    "The picture is {a} by {b} pixels, the camera's {c} by {d}", a=width, b=height, c=size[0], d=size[1]
                ),
                tr("Set the resolution in Output Properties to that of the picture"),
            )
        if (width, height) != size:
            image.scale(*size)
        pixels = np.empty(4 * size[0] * size[1], np.float32)
        image.pixels.foreach_get(pixels)
    finally:
        bpy.data.images.remove(image)
    return pixels


def as_shown(values: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.uint8]:
    """(H, W, 3) pixels, row 0 at the top, of what `read_picture` gives; what is transparent becomes black."""
    rows = values.reshape(size[1], size[0], 4)[::-1]
    rows = rows[..., :3] * rows[..., 3:]
    return np.rint(255 * np.clip(rows, 0, 1)).astype(np.uint8)
