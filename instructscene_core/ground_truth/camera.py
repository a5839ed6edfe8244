"""The camera of a picture as OpenCV has it: x to the right, y down, z forward."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

VERSION: Final = 1
"""Of the file."""
_DOWN_AND_FORWARD: Final = np.diag([1.0, -1.0, -1.0, 1.0])
"""From a camera's axes as Blender has them, y up and z backward."""


@dataclass(frozen=True, eq=False)
class Camera:
    """A pinhole camera.

    Args:
        width, height: of the picture, pixels.
        intrinsics: (3, 3) pixels; the picture's upper left corner is at (0, 0), the middle of its first pixel at
            (0.5, 0.5).
        world_to_camera: (4, 4) from the room's axes, metres, to the camera's; rotation and shift.
    """

    width: int
    height: int
    intrinsics: npt.NDArray[np.float64]
    world_to_camera: npt.NDArray[np.float64]

    @staticmethod
    def of_lens(size: tuple[int, int], focal: float, up: float, matrix: npt.NDArray[Any]) -> "Camera":
        """A camera as Blender has it.

        Args:
            size: width and height of the picture, pixels.
            focal: focal length, widths of the picture.
            up: how far the picture is shifted upwards, widths of the picture.
            matrix: (4, 4) from the camera's axes, y up and z backward, to the room's; may be scaled.
        """
        width, height = size
        intrinsics = np.array([
            [focal * width, 0.0, width / 2],
            [0.0, focal * width, height / 2 + up * width],
            [0.0, 0.0, 1.0],
        ])  # fmt: skip
        rigid = np.array(matrix, dtype=np.float64)
        rigid[:3, :3] /= np.linalg.norm(rigid[:3, :3], axis=0)
        return Camera(width, height, intrinsics, _DOWN_AND_FORWARD @ np.linalg.inv(rigid))

    def turned(self, vectors: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Vectors (…, 3) of the room's axes in the camera's."""
        return vectors @ self.world_to_camera[:3, :3].T

    def to_json(self, picture: str) -> dict[str, Any]:
        """The content of a picture's camera file (docs/outputs.md).

        Args:
            picture: name of its file.
        """
        return {
            "version": VERSION,
            "picture": picture,
            "width": self.width,
            "height": self.height,
            "intrinsics": self.intrinsics.tolist(),
            "world_to_camera": self.world_to_camera.tolist(),
        }
