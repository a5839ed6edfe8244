"""What I-Scene has made, as objects: read by a Blender of its own, as any stranger's model, and put where it was."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.geometry.frames import FloatArray
from ..instructscene_core.iscene.backend import Answer
from ..instructscene_core.iscene.poses import Similarity
from .language import tr
from .models import append_mesh
from .records import ARCHITECTURE_KEY, CATEGORY_KEY
from .session import SESSION, Steps, exchange
from .undoing import Appended

MADE_KEY: Final = "instructscene_iscene"
"""Custom property of an object that I-Scene has made: of what, and by which seed."""
_SAME: Final = 0.02
"""Share by which the proportions of a piece may differ from those of the file that it was read from."""


@dataclass(frozen=True)
class MadeObjects:
    """What was read of the models that I-Scene has made.

    Args:
        files: by label, the .blend and the name of the mesh's object in it.
        bounds: by label, (2, 3) lowest and highest corner in I-Scene's cube.
        notes: why others cannot be used.
        undo: takes back what was put into the file.
    """

    files: Mapping[int, tuple[Path, str]]
    bounds: Mapping[int, FloatArray]
    notes: tuple[str, ...]
    undo: ExitStack = field(default_factory=ExitStack)

    def place(
        self, label: int, root: bpy.types.Object, similarity: Similarity, axes: Matrix, yaw: float, about: str
    ) -> bpy.types.Object:
        """Puts one beside the object that it was made of, which is hidden.

        Args:
            label: its number.
            root: the object.
            similarity: from the cube to the task's axes.
            axes: from the world in Blender units to the task's.
            yaw: of the object, in the task's axes, radians: what was made of it faces the same way.
            about: what is noted of its making.

        Raises:
            InvalidInputError: what was read has other proportions than what was made.
        """
        path, name = self.files[label]
        with Appended(self.undo) as appended:
            mesh = append_mesh(path, name)
        try:
            to_cube = self._to_cube(label, mesh)
        except InvalidInputError:
            bpy.data.meshes.remove(mesh)
            appended.remove()
            raise
        self.undo.callback(bpy.data.meshes.remove, mesh)
        turn = axes.inverted().to_euler().z + yaw
        whole = Matrix.Rotation(-turn, 4, "Z") @ axes.inverted() @ _matrix(similarity) @ to_cube
        mesh.transform(whole)
        low, high = _bounds(mesh)
        base = Vector(((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]))
        mesh.transform(Matrix.Translation(-base))
        mesh.name = f"{root.name} by I-Scene"
        obj = bpy.data.objects.new(mesh.name, mesh)
        obj.location = Matrix.Rotation(turn, 3, "Z") @ base
        obj.rotation_euler.z = turn
        obj[MADE_KEY] = about
        for key in (CATEGORY_KEY, ARCHITECTURE_KEY):  # what a person has said of it
            if key in root:
                obj[key] = root[key]
        for collection in root.users_collection:
            collection.objects.link(obj)
        self._hide(root)
        return obj

    def _to_cube(self, label: int, mesh: bpy.types.Mesh) -> Matrix:
        """From the axes of a piece, which the reader has scaled and put on the ground, to I-Scene's cube."""
        low, high = _bounds(mesh)
        there_low, there_high = self.bounds[label]
        ratios = (there_high - there_low) / np.maximum(high - low, 1e-9)
        ratio = float(ratios[np.argmax(high - low)])
        if np.abs((there_high - there_low) - ratio * (high - low)).max() > _SAME * (there_high - there_low).max():
            raise InvalidInputError(
                tr("What was made of it was read otherwise than it was written"), tr("Run it again with another seed")
            )
        return (
            Matrix.Translation(Vector(there_low.tolist()))
            @ Matrix.Scale(ratio, 4)
            @ Matrix.Translation(-Vector(low.tolist()))
        )

    def _hide(self, root: bpy.types.Object) -> None:
        there = bpy.context.view_layer.objects
        for part in (root, *root.children_recursive):
            before = part.hide_get(), part.hide_render
            if part.name in there:
                part.hide_set(state=True)
            part.hide_render = True
            self.undo.callback(_show, part.name, *before)


def read_pieces(answer: Answer, folder: Path) -> Steps[MadeObjects]:
    """The steps that have what I-Scene wrote read by a Blender of its own.

    Args:
        answer: its files.
        folder: a temporary one, for what is read.
    """
    out = folder / "pieces"
    names = {number: path.name for number, path in answer.files.items()}
    (there,) = {path.parent for path in answer.files.values()}
    message = {"type": "read", "id": SESSION.new_id("read"), "folder": str(there), "files": list(names.values())}
    told = yield from exchange({**message, "out": str(out), "blender": bpy.app.binary_path or None})
    files, notes = dict[int, tuple[Path, str]](), list[str]()
    for number, name in names.items():
        found: dict[str, Any] = told["read"].get(name, {})
        if len(found.get("pieces", ())) == 1:
            files[number] = out / f"{found['pieces'][0]}.blend", found["pieces"][0]
        else:
            why = found.get("refused") or tr("it is made of several objects")
            notes.append(tr("{file} cannot be used: {why}", file=name, why=why))
    bounds = {n: np.stack([mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)]) for n, mesh in answer.meshes.items()}
    return MadeObjects(files, bounds, tuple(notes))


def _matrix(similarity: Similarity) -> Matrix:
    whole = np.eye(4)
    whole[:3, :3], whole[:3, 3] = similarity.scale * similarity.rotation, similarity.shift
    return Matrix(whole.tolist())


def _bounds(mesh: bpy.types.Mesh) -> tuple[FloatArray, FloatArray]:
    corners = np.empty(3 * len(mesh.vertices), dtype=np.float32)
    mesh.vertices.foreach_get("co", corners)
    places = corners.reshape(-1, 3).astype(np.float64)
    return places.min(axis=0), places.max(axis=0)


def _show(name: str, hidden: bool, hidden_in_render: bool) -> None:  # noqa: FBT001 - a callback
    obj = bpy.data.objects.get(name)
    if obj is not None:
        if name in bpy.context.view_layer.objects:
            obj.hide_set(state=hidden)
        obj.hide_render = hidden_in_render
