"""Makes rooms from a file of requests, without a window: ``blender -b -P addon/batch.py -- --requests FILE --out DIR``.

FILE holds one request a line (docs/scene-format.md). The script uses the installed extension, wherever the script
itself lies. With Blender's Python module instead of Blender: ``python addon/batch.py -- …``. For every request:
``DIR/<id>.json``, with ``--render`` ``DIR/<id>_top.png`` (as the paper's metrics read it) and ``DIR/<id>_view.png``,
with ``--save-blend`` ``DIR/<id>.blend``; ``<id>_<k>`` instead of ``<id>`` from the second variation on. ``--scenes
FOLDER`` instead of ``--requests FILE`` takes rooms as they are, and names its files after theirs. Files that are there
already are not made again; ``--workers N`` shares the work among N processes.

Exit code 0: all is there. 1: something failed, as said on standard error. 2: bad input, nothing was made.
"""

import argparse
import importlib
import json
import os
import subprocess
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
_PICTURES: Final = {"top": ("_top.png",), "both": ("_top.png", "_view.png")}
"""Endings of the pictures that ``--render`` makes."""
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
        wanted = [] if self.options.scenes else [".json"]
        wanted += _PICTURES.get(self.options.render, ())
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

    def run(self, items: Sequence[Any]) -> None:
        """Does this process's share of the requests, or of the scenes' files, one after the other.

        A failure is written to standard error and counted.

        Raises:
            FolderError: the folder is full or can no longer be written.
        """
        share, shares = self.options.share
        for number in range(share, len(items), shares):
            start, item = time.monotonic(), items[number]
            try:
                name, outcome = self.show(item) if isinstance(item, Path) else (item.id, self.do(item))
            except self.extension.errors.InstructSceneError as error:
                check_folder(self.options.out)
                self.failed += 1
                name, outcome = item.stem if isinstance(item, Path) else item.id, f"failed: {error}"
            seconds = time.monotonic() - start
            sys.stderr.write(f"[{number + 1}/{len(items)}] {name}: {outcome} ({seconds:.1f} s)\n")
            sys.stderr.flush()

    def show(self, path: Path) -> tuple[str, str]:
        """Makes the files that a scene lacks; returns its name and a few words on the outcome."""
        job = Job(path.stem, self.options.out, self.options)
        if not job.missing():
            return job.name, "complete already"
        scene = self.extension.scene.read_scene(path)
        self._make_files(job, scene)
        return job.name, self.extension.vocabulary.counted(len(scene.objects), "object")

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
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--requests", type=Path, help="one request a line")
    asked.add_argument("--scenes", type=Path, metavar="FOLDER", help="a room in each *.json; nothing is generated")
    parser.add_argument("--out", type=Path, required=True, help="folder for the results")
    parser.add_argument(
        "--render", nargs="?", const="both", choices=tuple(_PICTURES),
        help="top: a picture from above; both, or nothing behind it: a perspective one, too",
    )  # fmt: skip
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
    parser.add_argument("--workers", type=_positive, default=1, help="processes that share the work")
    parser.add_argument("--share", type=_share, default=(0, 1), help=argparse.SUPPRESS)
    options = parser.parse_args(list(words))
    for name in ("requests", "scenes", "out"):
        path: Path | None = getattr(options, name)
        setattr(options, name, None if path is None else path.absolute())
    return options


def _share(text: str) -> tuple[int, int]:
    """The number of a process, and how many there are."""
    number, _, count = text.partition("/")
    return int(number), int(count)


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _LARGEST):
        raise argparse.ArgumentTypeError(f'"{text}" is not a whole number from 1 to {_LARGEST}')
    return int(text)


def read_items(extension: Extension, options: argparse.Namespace) -> list[Any]:
    """The requests, or the files of the scenes, each of which is read once before anything is made.

    Raises:
        InvalidInputError: the file or the folder cannot be read, is empty, or holds a malformed request or scene.
    """
    if options.requests is not None:
        return extension.scene.read_requests(options.requests)
    refusal = extension.errors.InvalidInputError
    if not options.scenes.is_dir():
        raise refusal(f"{options.scenes} is no folder", "Name a folder of scenes with --scenes")
    if not options.render and not options.save_blend:
        raise refusal("Nothing is to be made of the scenes", "Add --render or --save-blend")
    paths = sorted(options.scenes.glob("*.json"))
    if not paths:
        raise refusal(f"{options.scenes} has no scenes (*.json)", "Name a folder of scenes with --scenes")
    for path in paths:
        extension.scene.read_scene(path)
    return paths


def share_out(words: Sequence[str], workers: int) -> int:
    """Runs the same command in several processes, each with its share; returns the exit code."""
    before = sys.argv[: sys.argv.index("--") + 1]
    program = before if bpy.app.binary_path else [sys.executable, *before]
    running = [
        subprocess.Popen([*program, *words, "--share", f"{number}/{workers}"], env=os.environ)  # noqa: S603
        for number in range(workers)
    ]
    try:
        codes = [process.wait() for process in running]
    except KeyboardInterrupt:
        for process in running:
            process.terminate()
        raise
    for number, code in enumerate(codes, start=1):
        if code not in (0, 1):
            sys.stderr.write(f"Process {number} of {workers} ended with exit code {code}. Run the command again\n")
    return int(any(codes))


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
        items = read_items(extension, options)
        if options.requests is not None:
            batch.check(items)
    except extension.errors.InvalidInputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        check_folder(options.out)
        if options.workers > 1 and options.share == (0, 1):
            return share_out(words, min(options.workers, len(items)))
        bpy.ops.wm.read_homefile(use_empty=True)
        batch.run(items)
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
