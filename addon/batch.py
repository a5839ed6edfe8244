"""Makes rooms from a file of requests, without a window: ``blender -b -P addon/batch.py -- --requests FILE --out DIR``.

FILE holds one request a line (docs/scene-format.md). The script uses the installed extension, wherever the script
itself lies. With Blender's Python module instead of Blender: ``python addon/batch.py -- …``. For every request:
``DIR/<id>.json``, with ``--render`` ``DIR/<id>_top.png`` (as the paper's metrics read it) and ``DIR/<id>_view.png``,
with ``--save-blend`` ``DIR/<id>.blend``; ``<id>_<k>`` instead of ``<id>`` from the second variation on. Files that are
there already are not made again.

Exit code 0: all is there. 1: something failed, as said on standard error. 2: bad input, nothing was made.
"""

import argparse
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NoReturn

import bpy

_ID: Final = "instructscene"
_REMEDY: Final = "Free some space, or choose another folder for --out"
_LARGEST: Final = 16384
"""Pixels of a width, and samples."""
_PROBE: Final = 1 << 20
"""Bytes that must fit into the folder for a scene to be tried."""


class FolderError(Exception):
    """The folder for the results cannot be written; the message names the remedy."""


class _Parser(argparse.ArgumentParser):
    """Reports wrong arguments in one line."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"{message}. See --help\n")
        raise SystemExit(2)


@dataclass(frozen=True)
class Extension:
    """The modules of the enabled extension that a batch needs."""

    plain_text: ModuleType
    vocabulary: ModuleType
    scene: ModuleType
    errors: ModuleType
    session: ModuleType
    placing: ModuleType
    records: ModuleType
    models: ModuleType
    rendering: ModuleType

    @staticmethod
    def find() -> "Extension | None":
        """The modules of the enabled extension; None where none is enabled.

        Where no preferences were read, as in Blender's Python module, the installed one is enabled for this run.
        """
        if bpy.app.factory_startup:
            addon_utils = importlib.import_module("addon_utils")  # found only once bpy is imported
            for module in addon_utils.modules():
                if _is_ours(module.__name__):
                    addon_utils.enable(module.__name__, default_set=True)
        names = [name for name in bpy.context.preferences.addons.keys() if _is_ours(name)]  # noqa: SIM118
        root = next((name for name in names if name in sys.modules), None)
        if root is None:
            return None
        load = importlib.import_module
        core, addon = f"{root}.instructscene_core", f"{root}.addon"
        return Extension(
            load(f"{core}.plain_text"),
            load(f"{core}.vocabulary"),
            load(f"{core}.scene"),
            load(f"{core}.errors"),
            load(f"{addon}.session"),
            load(f"{addon}.placing"),
            load(f"{addon}.records"),
            load(f"{addon}.models"),
            load(f"{addon}.rendering"),
        )


def _is_ours(name: str) -> bool:
    return name.startswith("bl_ext.") and name.endswith(f".{_ID}")


@dataclass(frozen=True)
class Job:
    """One variation of a request, and the files that are to be made of it."""

    name: str
    folder: Path
    options: argparse.Namespace

    def path(self, ending: str) -> Path:
        """A file of this scene: ``.json``, ``_top.png``, ``_view.png``, ``.blend``."""
        return self.folder / f"{self.name}{ending}"

    def missing(self) -> list[str]:
        """Endings of the files that are still to be made."""
        wanted = [".json"]
        if self.options.render:
            wanted += ["_top.png", "_view.png"]
        if self.options.save_blend:
            wanted.append(".blend")
        return [ending for ending in wanted if not self.path(ending).is_file()]


class Batch:
    """Makes the files of all requests, and counts in ``failed`` the requests that failed.

    Args:
        extension: the modules that do the work.
        options: of the command line.
    """

    def __init__(self, extension: Extension, options: argparse.Namespace) -> None:
        self.extension = extension
        self.options = options
        self.failed = 0

    def jobs(self, request: Any) -> list[Job]:  # noqa: ANN401  (a Request of the extension)
        """The variations of a request."""
        names = [request.id, *(f"{request.id}_{k}" for k in range(1, request.variations))]
        return [Job(name, self.options.out, self.options) for name in names]

    def check(self, requests: Sequence[Any]) -> None:
        """Refuses requests that want the same file, or a file that was made for another request.

        Raises:
            InvalidInputError: names the file.
        """
        refusal = self.extension.errors.InvalidInputError
        seen: set[str] = set()
        for request in requests:
            for k, job in enumerate(self.jobs(request)):
                if job.name in seen:
                    raise refusal(f"Two results would be named {job.name}.json", "Rename a request")
                seen.add(job.name)
                if ".json" not in job.missing() and not self._was_made_for(job, request, k):
                    message = f"{job.path('.json')} was made for another request"
                    raise refusal(message, "Remove it, or choose another folder for --out")

    def _was_made_for(self, job: Job, request: Any, k: int) -> bool:  # noqa: ANN401
        """Whether a .json that is there already is of variation k of this very request."""
        made = self.extension.scene.read_scene(job.path(".json")).provenance or {}
        asked = (request.instruction, request.seed + k, request.task)
        return asked == (made.get("instruction"), made.get("seed"), made.get("settings", {}).get("task"))

    def run(self, requests: Sequence[Any]) -> None:
        """Does one request after the other; a failure is written to standard error and counted.

        Raises:
            FolderError: the folder is full or can no longer be written.
        """
        for number, request in enumerate(requests, start=1):
            start = time.monotonic()
            try:
                outcome = self.do(request)
            except self.extension.errors.InstructSceneError as error:
                check_folder(self.options.out)
                self.failed += 1
                outcome = f"failed: {error}"
            seconds = time.monotonic() - start
            sys.stderr.write(f"[{number}/{len(requests)}] {request.id}: {outcome} ({seconds:.1f} s)\n")
            sys.stderr.flush()

    def do(self, request: Any) -> str:  # noqa: ANN401
        """Makes the files that a request lacks; returns a few words on the outcome."""
        jobs = self.jobs(request)
        if not any(job.missing() for job in jobs):
            return "complete already"
        scenes = self._scenes(request, jobs)
        for job, scene in zip(jobs, scenes, strict=True):
            self._make_files(job, scene)
        return ", ".join(self.extension.vocabulary.counted(len(scene.objects), "object") for scene in scenes)

    def _scenes(self, request: Any, jobs: Sequence[Job]) -> list[Any]:  # noqa: ANN401
        """The scenes of a request: as they were written before, else from the generator."""
        if not any(".json" in job.missing() for job in jobs):
            return [self.extension.scene.read_scene(job.path(".json")) for job in jobs]
        scenes = self.extension.session.run_request(request)
        for job, scene in zip(jobs, scenes, strict=True):
            text = json.dumps(scene.to_json(), allow_nan=False, ensure_ascii=False)
            self._write(job.path(".json"), lambda part, text=text: part.write_text(text + "\n", "utf-8", "replace"))
        return scenes

    def _make_files(self, job: Job, scene: Any) -> None:  # noqa: ANN401
        """Places a scene in the emptied .blend, and makes the pictures and the .blend that are missing."""
        missing = job.missing()
        if not missing:
            return
        placing, rendering, options = self.extension.placing, self.extension.rendering, self.options
        clear()
        session = self.extension.session
        room = placing.place_scene(bpy.context, scene, catalogues=session.catalogue_paths(session.preferences()))
        for reason in self.extension.records.missing_models(room).values():
            sys.stderr.write(f"{job.name}: a box stands for a model: {reason}\n")
        size, samples = options.resolution, options.samples
        if "_top.png" in missing:
            rendering.render_top_down(bpy.context, room, job.path("_top.png"), size, samples)
        if "_view.png" in missing:
            settings = rendering.RenderSettings(resolution=size, samples=samples)
            rendering.render_perspective(bpy.context, room, job.path("_view.png"), settings)
        if ".blend" in missing:
            self._write(job.path(".blend"), save_blend)

    def _write(self, path: Path, write: Callable[[Path], object]) -> None:
        """Writes a file beside ``path`` and renames it, so that no incomplete file is ever seen."""
        part = path.with_name(f".{path.stem}.part{path.suffix}")
        try:
            write(part)
            part.replace(path)
        except (OSError, RuntimeError) as error:
            reason = str(getattr(error, "strerror", None) or error).strip()
            raise self.extension.errors.InstructSceneError(f"{path} cannot be written: {reason}", _REMEDY) from error
        finally:
            for left in (part, part.with_name(f"{part.name}@")):  # Blender itself writes to NAME@ first
                left.unlink(missing_ok=True)


def save_blend(path: Path) -> None:
    """Saves a copy of the open .blend."""
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True, compress=True, relative_remap=False)


def clear() -> None:
    """Removes everything from the open .blend. Opening another would end the worker."""
    for collection in list(bpy.data.collections):
        bpy.data.collections.remove(collection)
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    bpy.data.orphans_purge(do_local_ids=True, do_linked_ids=True, do_recursive=True)


def check_folder(folder: Path) -> None:
    """Refuses a folder into which nothing can be written.

    Raises:
        FolderError: it cannot be made or written, or the disk is full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"\0" * _PROBE)
    except OSError as error:
        raise FolderError(f"Cannot write to {folder}: {error.strerror}. {_REMEDY}") from error


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The command line behind ``--``."""
    parser = _Parser(prog="blender -b -P batch.py --", description="Rooms for a file of requests")
    parser.add_argument("--requests", type=Path, required=True, help="one request a line")
    parser.add_argument("--out", type=Path, required=True, help="folder for the results")
    parser.add_argument("--render", action="store_true", help="a picture from above and a perspective one")
    parser.add_argument("--save-blend", action="store_true", help="a .blend with each room")
    parser.add_argument(
        "--catalogue",
        type=Path,
        action="append",
        default=[],
        help="made by catalogue index; may be repeated; absent: as in the preferences",
    )
    parser.add_argument(
        "--use",
        choices=("first", "only"),
        help="what no catalogue has: first takes it from the embedded one, only leaves it out; absent: as in the "
        "preferences",
    )
    parser.add_argument("--resolution", type=_positive, default=256, help="width of the pictures in pixels")
    parser.add_argument("--samples", type=_positive, default=32, help="of Cycles, a pixel")
    options = parser.parse_args(list(words))
    options.requests, options.out = options.requests.absolute(), options.out.absolute()
    return options


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _LARGEST):
        raise argparse.ArgumentTypeError(f'"{text}" is not a whole number from 1 to {_LARGEST}')
    return int(text)


def main(words: Sequence[str]) -> int:
    """Runs a batch; returns the exit code."""
    options = parse(words)
    extension = Extension.find()
    if extension is None:
        sys.stderr.write(
            "The extension InstructScene is not enabled in this Blender. Install its zip with "
            "blender --command extension install-file -r user_default -e ZIP\n"
        )
        return 2
    extension.plain_text.print_anything()
    batch = Batch(extension, options)
    try:
        chosen = extension.session.preferences()  # changed for this run: they are not saved
        if options.catalogue:
            extension.models.read_models(options.catalogue)
            chosen.catalogues.clear()
        for path in options.catalogue:
            extension.session.use_catalogue(chosen, path.absolute())
        chosen.catalogue_use = options.use or chosen.catalogue_use
        requests = extension.scene.read_requests(options.requests)
        batch.check(requests)
    except extension.errors.InvalidInputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        check_folder(options.out)
        bpy.ops.wm.read_homefile(use_empty=True)
        batch.run(requests)
    except FolderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        extension.session.close()
    return 1 if batch.failed else 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []))
    sys.exit(130)
