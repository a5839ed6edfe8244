"""Makes rooms from a file of requests, without a window: ``blender -b -P addon/batch.py -- --requests FILE --out DIR``.

With ``--scenes FOLDER`` instead of ``--requests FILE``: pictures of rooms that are there, each a scene file.
FILE holds one request a line (docs/scene-format.md). The script uses the installed extension, wherever the script
itself lies. With Blender's Python module instead of Blender: ``python addon/batch.py -- …``. For every request:
``DIR/<id>.json``, with ``--render`` ``DIR/<id>_top.png`` (as the paper's metrics read it) and ``DIR/<id>_view.png``,
with ``--passes`` files of what these show (docs/outputs.md), with ``--save`` ``DIR/<id>.glb``, ``.usdc`` or ``.blend``;
``<id>_<k>`` instead of ``<id>`` from the second variation on. Files that are there already are not made again.
``--workers N`` shares the work among processes.

Exit code 0: all is there. 1: something failed, as said on standard error. 2: bad input, nothing was made.
"""

import argparse
import importlib
import json
import os
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NoReturn

import bpy

_ID: Final = "instructscene"
_REMEDY: Final = "Free some space, or choose another folder for --out"
_LARGEST: Final = 16384
"""Pixels of a width, and samples."""
_NAMED: Final = 20
"""Names in a line that tells what is missing."""
_KEPT: Final = 256
"""Meshes that stay in memory from room to room."""
_RUN: Final = "manifest.json"
"""What `instructscene_core run --on` writes beside rooms."""
_PROBE: Final = 1 << 20
"""Bytes that must fit into the folder for a scene to be tried."""
_VIEWS: Final = {"top": ("_top",), "view": ("_view",), "both": ("_top", "_view")}
"""How the names of the pictures end, without .png, for each choice of ``--render``."""
_PASSES: Final = {"depth": "_depth.png", "normals": "_normals.png", "masks": "_masks.png"}
"""How the names of a pass's files go on, for each choice of ``--passes``."""
_FORMATS: Final = {"glb": ".glb", "usd": ".usdc", "blend": ".blend"}
"""Endings for each choice of ``--save``."""
_OF_PASSES: Final = ("_camera.json", "_coco.json")
"""How the names of the files of JSON beside a picture go on; the second comes with masks."""


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
    passes: ModuleType
    exporting: ModuleType
    shares: ModuleType

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
            load(f"{addon}.passes"),
            load(f"{addon}.exporting"),
            load(f"{addon}.shares"),
        )

    def version(self) -> str:
        """The extension's version, as its manifest has it."""
        manifest = Path(str(self.session.__file__)).parents[1] / "blender_manifest.toml"
        return tomllib.loads(manifest.read_text(encoding="utf-8"))["version"]


def _is_ours(name: str) -> bool:
    return name.startswith("bl_ext.") and name.endswith(f".{_ID}")


@dataclass(frozen=True)
class SceneFile:
    """A room that is there, in the place of a request for one.

    Args:
        path: its scene file.
    """

    path: Path
    variations: int = 1

    @property
    def id(self) -> str:
        """What its pictures are named after."""
        return self.path.stem


@dataclass(frozen=True)
class Job:
    """One variation of a request, and the files that are to be made of it."""

    name: str
    folder: Path
    options: argparse.Namespace

    def path(self, ending: str) -> Path:
        """A file of this scene: ``.json``, ``_top.png``, ``_view.png``, ``_view_depth.png``, ``.blend`` …"""
        return self.folder / f"{self.name}{ending}"

    def wanted(self) -> list[str]:
        """Endings of all its files."""
        options = self.options
        beside = [_PASSES[name] for name in options.passes]
        if beside:
            beside += _OF_PASSES if "masks" in options.passes else _OF_PASSES[:1]
        views = [f"{view}{ending}" for view in _VIEWS.get(options.render, ()) for ending in (".png", *beside)]
        return [*([".json"] if options.requests else []), *views, *(_FORMATS[name] for name in options.save)]

    def missing(self) -> list[str]:
        """Endings of the files that are still to be made."""
        return [ending for ending in self.wanted() if not self.path(ending).is_file()]


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
        for item in requests:
            if isinstance(item, SceneFile):
                self.extension.scene.read_scene(item.path)
        seen: set[str] = set()
        for request in requests:
            for k, job in enumerate(self.jobs(request)):
                names = {job.path(ending).name for ending in (".json", *job.wanted())}
                if names & seen:
                    raise refusal(f"Two results would be named {min(names & seen)}", "Rename a request")
                seen |= names
                made = self.options.requests and ".json" not in job.missing()
                if made and not self._was_made_for(job, request, k):
                    message = f"{job.path('.json')} was made for another request"
                    raise refusal(message, "Remove it, or choose another folder for --out")

    def _was_made_for(self, job: Job, request: Any, k: int) -> bool:  # noqa: ANN401
        """Whether a .json that is there already is of variation k of this very request."""
        made = self.extension.scene.read_scene(job.path(".json")).provenance or {}
        asked = (request.instruction, request.seed + k, request.task)
        return asked == (made.get("instruction"), made.get("seed"), made.get("settings", {}).get("task"))

    def missing(self, requests: Sequence[Any]) -> list[str]:
        """Ids of the requests that lack a file."""
        return [request.id for request in requests if any(job.missing() for job in self.jobs(request))]

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
        if isinstance(request, SceneFile):
            return [self.extension.scene.read_scene(request.path)]
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
        clear(keep="blend" not in self.options.save)
        bpy.context.scene.render.threads_mode = "FIXED" if self.options.threads else "AUTO"
        bpy.context.scene.render.threads = self.options.threads or 1
        session = self.extension.session
        catalogues = session.furniture_paths(session.preferences())
        room = self.extension.placing.place_scene(bpy.context, scene, catalogues=catalogues)
        for reason in self.extension.records.missing_models(room).values():
            sys.stderr.write(f"{job.name}: a box stands for a model: {reason}\n")
        for view in _VIEWS["both"]:
            self._make_pictures(job, scene, room, view, [ending for ending in missing if ending.startswith(view)])
        for ending, save in self.extension.exporting.SAVERS.items():
            if ending in missing:
                self._write(job.path(ending), lambda part, save=save: save(part, room))

    def _make_pictures(self, job: Job, scene: Any, room: Any, view: str, missing: Sequence[str]) -> None:  # noqa: ANN401
        """Makes the picture of a view, and the files of what it shows, as far as they are missing."""
        if not missing:
            return
        rendering, passes, picture = self.extension.rendering, self.extension.passes, job.path(f"{view}.png")
        size, samples = self.options.resolution, self.options.samples
        stage = rendering.top_down_set(bpy.context, room, size, samples)
        if view == "_view":
            settings = rendering.RenderSettings(resolution=size, samples=samples)
            stage = rendering.perspective_set(bpy.context, room, settings)
        with stage as studio:
            if f"{view}.png" in missing:
                rendering.write(studio.scene, picture, notes=False)
            beside = [ending for ending in missing if ending != f"{view}.png"]
            if beside:
                shown = passes.render_passes(studio, room, scene, job.folder / f".{job.name}{view}.part.exr")
                for ending in beside:
                    data = shown.file(ending.removeprefix(view), picture.name, scene)
                    self._write(job.path(ending), lambda part, data=data: part.write_bytes(data))

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


def clear(*, keep: bool) -> None:
    """Removes everything from the open .blend. Opening another would end the worker.

    Args:
        keep: whether meshes of furniture stay, up to a number, for the rooms that follow.
    """
    meshes = [mesh for mesh in bpy.data.meshes if "instructscene_asset" in mesh]
    for mesh in meshes:
        mesh.use_fake_user = keep and len(meshes) <= _KEPT
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
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--requests", type=Path, help="one request a line")
    source.add_argument("--scenes", type=Path, help="folder of scene files, of which pictures are made")
    parser.add_argument("--out", type=Path, required=True, help="folder for the results")
    parser.add_argument(
        "--render",
        nargs="?",
        const="both",
        choices=tuple(_VIEWS),
        help="a picture from above and a perspective one; top, view: one of them alone",
    )
    for option, known, what in (
        ("--passes", _PASSES, "beside each picture what it shows"),
        ("--save", _FORMATS, "each room as a file"),
    ):
        told = f"{what}, of {', '.join(known)}; behind commas"
        parser.add_argument(option, type=partial(_listed, known=known), default=(), metavar="LIST", help=told)
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
    parser.add_argument("--share", type=_share, default=(1, 1), metavar="K/N", help="only the K-th of N parts")
    parser.add_argument("--threads", type=_positive, help="of each process; absent: the cores, divided among them")
    parser.add_argument("--version", action="store_true", help="print the extension's version and Blender's, alone")
    options = parser.parse_args(list(words))
    if options.passes and not options.render:
        parser.error("--passes needs --render: they are of its pictures")
    if options.scenes and not (options.render or options.save):
        parser.error("--scenes makes nothing without --render or --save")
    options.out = options.out.absolute()
    options.requests = options.requests and options.requests.absolute()
    return options


def _listed(text: str, known: Sequence[str]) -> tuple[str, ...]:
    """Names behind commas, each known and there once."""
    names = tuple(name.strip() for name in text.split(","))
    for number, name in enumerate(names):
        if name not in known:
            raise argparse.ArgumentTypeError(f'"{name}" is none of {", ".join(known)}')
        if name in names[:number]:
            raise argparse.ArgumentTypeError(f'"{name}" stands twice')
    return names


def _share(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    if not (_positive(part) <= _positive(parts)):
        raise argparse.ArgumentTypeError(f'"{text}" is not K/N with K from 1 to N')
    return int(part), int(parts)


def read_scenes(extension: Extension, folder: Path) -> list[SceneFile]:
    """The scene files of a folder, by name.

    Raises:
        InvalidInputError: there are none. It names the file.
    """
    paths = sorted(folder.glob("*.json"))
    files = [SceneFile(path.absolute()) for path in paths if not (path.name == _RUN or _is_beside_a_picture(path))]
    if not files:
        raise extension.errors.InvalidInputError(f"No scene files (*.json) in {folder}", "Choose another folder")
    return files


def _is_beside_a_picture(path: Path) -> bool:
    """Whether a file is one that this script writes beside the picture of a scene file of the same folder."""
    for view in _VIEWS["both"]:
        for ending in _OF_PASSES:
            room = path.name.removesuffix(f"{view}{ending}")
            if room != path.name and path.with_name(f"{room}.json").is_file():
                return True
    return False


def run_shared(extension: Extension, batch: Batch, items: Sequence[Any], words: Sequence[str]) -> bool:
    """Does all items in as many processes as asked for; returns whether all is there.

    Args:
        extension: the modules that do the work.
        batch: of this process, which only looks on.
        items: requests or scene files.
        words: of this command line.
    """
    options = batch.options
    workers = min(options.workers, len(items))
    threads = options.threads or max(1, (os.cpu_count() or 1) // workers)
    script, (part, parts) = str(Path(__file__).absolute()), options.share
    start = [sys.executable, script]
    if bpy.app.binary_path:
        start = [bpy.app.binary_path, "-b", *(["--factory-startup"] if bpy.app.factory_startup else []), "-P", script]
    commands = [
        [
            *(*start, "--", *words, "--workers", "1", "--threads", str(threads)),
            *("--share", f"{part + parts * k}/{parts * workers}"),
        ]
        for k in range(workers)
    ]
    environment = {"OMP_NUM_THREADS": str(threads), **os.environ}
    codes = extension.shares.run_shares(commands, environment, len(items), sys.stderr)
    missing = batch.missing(items)
    if missing:
        others = f" and {len(missing) - _NAMED} others" if len(missing) > _NAMED else ""
        sys.stderr.write(
            f"Not complete: {', '.join(missing[:_NAMED])}{others}. The same command makes what is missing\n"
        )
    return not missing and not any(codes)


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _LARGEST):
        raise argparse.ArgumentTypeError(f'"{text}" is not a whole number from 1 to {_LARGEST}')
    return int(text)


def find_extension() -> Extension | None:
    """The modules of the enabled extension; where none is enabled, None, and that is told."""
    extension = Extension.find()
    if extension is None:
        sys.stderr.write(
            "The extension InstructScene is not enabled in this Blender. Install its zip with "
            "blender --command extension install-file -r user_default -e ZIP\n"
        )
    return extension


def main(words: Sequence[str]) -> int:
    """Runs a batch, or tells what would; returns the exit code."""
    if "--version" not in words:
        return make(parse(words), words)
    extension = find_extension()
    if extension is None:
        return 2
    sys.stdout.write(f"InstructScene {extension.version()}, Blender {bpy.app.version_string}\n")
    return 0


def make(options: argparse.Namespace, words: Sequence[str]) -> int:
    """Runs a batch; returns the exit code."""
    extension = find_extension()
    if extension is None:
        return 2
    extension.plain_text.print_anything()
    refusal = extension.exporting.refusal(options.save)
    if refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    batch = Batch(extension, options)
    try:
        chosen = extension.session.preferences()  # changed for this run: they are not saved
        if options.catalogue:
            extension.models.read_models(options.catalogue)
            chosen.catalogues.clear()
        for path in options.catalogue:
            extension.session.use_catalogue(chosen, path.absolute())
        chosen.catalogue_use = options.use or chosen.catalogue_use
        if options.scenes:
            requests = read_scenes(extension, options.scenes)
        else:
            requests = extension.scene.read_requests(options.requests)
        part, parts = options.share
        requests = requests[part - 1 :: parts]
        batch.check(requests)
    except extension.errors.InvalidInputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        check_folder(options.out)
        if options.workers > 1 and batch.missing(requests):
            return 0 if run_shared(extension, batch, requests, words) else 1
        bpy.ops.wm.read_homefile(use_empty=True)
        batch.run(requests)
    except FolderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        extension.session.close()
    return 1 if batch.failed else 0


def leave(code: int) -> NoReturn:
    """Ends the process; as a module Blender may wait for ever for a thread of its own, as after an export to glTF."""
    if bpy.app.binary_path:
        sys.exit(code)
    sys.stdout.flush()
    sys.stderr.flush()
    shutil.rmtree(bpy.app.tempdir, ignore_errors=True)
    os._exit(code)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        leave(main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []))
    leave(130)
