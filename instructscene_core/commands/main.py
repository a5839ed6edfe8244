"""The command line: the four tasks without Blender, and the tools around them.

    python -m instructscene_core generate --room bedroom --instruction "…" --seed 0 --variations 4 --out DIR
    python -m instructscene_core complete|restyle|rearrange --scene FILE --select id,id --out DIR
    python -m instructscene_core run --requests FILE.jsonl --out DIR
    python -m instructscene_core benchmark|evaluate|train …

Paths of the written files go to standard output, progress to standard error. Exit code 0 on success, 1 on failure, 2
and one clear line on bad input.
"""

import argparse
import importlib
import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Final

from ..cues import SIDES
from ..errors import InstructSceneError, InvalidInputError, of_files
from ..files.atomic_output import check_folder, write_scenes
from ..plain_text import print_anything
from ..scene import TASKS, Json, Request, Scene, read_requests, read_scene
from ..vocabulary import ROOM_TYPES
from .options import add_catalogue_arguments, add_making_arguments, add_model_arguments, load_making

_MANY: Final = "many"
"""The module of ``run --on``, which the installed extension leaves out."""
_TOOLS: Final = {
    "import-official": ("import_official", "make model folders from the official checkpoints"),
    "catalogue": ("catalogue", "index a folder of models, and review what was recognised"),
    "benchmark": ("benchmark", "measure warm seconds and peak memory"),
    "evaluate": ("evaluate", "score instructions of a test set"),
    "data": ("data", "make, convert and compare rooms"),
    "train": ("train", "train the networks"),
}
"""Commands with a module of their own in this package: its name, and the help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    print_anything()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s: %(message)s")
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if words and words[0] in _TOOLS:
            return _run_tool(words[0], words[1:])
        return _run_task(_parser().parse_args(words))
    except InvalidInputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except InstructSceneError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{of_files(error)}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Cancelled\n")
        return 130


def _run_tool(name: str, words: Sequence[str]) -> int:
    """Commands with a module of their own: ``add_arguments(parser)`` and ``run(options) -> exit code``."""
    tool = _tool(name)
    parser = argparse.ArgumentParser(prog=f"instructscene_core {name}", description=_TOOLS[name][1])
    tool.add_arguments(parser)
    return tool.run(parser.parse_args(words))


def _tool(name: str) -> ModuleType:
    module = f"{__package__}.{_TOOLS[name][0] if name in _TOOLS else name}"
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise
        remedy = "Use the source tree; the installed extension leaves it out"
        raise InvalidInputError(f"This installation has no {name}", remedy) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="instructscene_core", description="Furnishes rooms from instructions")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for task in TASKS:
        command = commands.add_parser(task, help=f"{task} a room, or the rooms of a requests file")
        _add_task_arguments(command, edits=task != "generate")
        if task == "place":
            _add_place_arguments(command)
    command = commands.add_parser("run", help="the requests of a file, whatever their tasks")
    command.add_argument("--requests", type=Path, required=True, help="one request a line")
    _add_cluster_arguments(command)
    _add_shared_arguments(command)
    for name, (_, text) in _TOOLS.items():
        commands.add_parser(name, help=text, add_help=False)
    return parser


def _add_cluster_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--on", metavar="here|ray|ADDRESS",
        help="make a long file of requests shard by shard, going on where a run stopped: in this process, on all "
        "cores of this computer, or on the Ray cluster at an address. --out may then be a URL; see docs/scaling.md",
    )  # fmt: skip
    parser.add_argument("--shard", type=int, default=16, help="with --on: requests that are made at once")
    parser.add_argument("--workers", type=int, help="with --on ray: processes; absent: as many as there is room for")
    parser.add_argument("--gpus", type=float, default=0.0, help="with --on ray: graphics cards for each worker")
    parser.add_argument(
        "--renderer", metavar="COMMAND",
        help='with --on: makes more files of each room, such as "blender -b -P addon/batch.py -- --render view"',
    )  # fmt: skip
    parser.add_argument(
        "--patience", type=float, default=3600.0, metavar="SECONDS", help="that the renderer may say nothing"
    )
    parser.add_argument(
        "--as", dest="layout", choices=("files", "webdataset", "parquet"), default="files",
        help="with --on: each part of a room a file, or each shard one",
    )  # fmt: skip


def _add_task_arguments(parser: argparse.ArgumentParser, *, edits: bool) -> None:
    parser.add_argument("--requests", type=Path, help="a file with one request a line, instead of the options below")
    parser.add_argument("--scene", type=Path, help="scene JSON" + ("" if edits else ": its type and floor count"))
    parser.add_argument("--instruction", help="what the room should be like")
    if edits:
        parser.add_argument("--select", help="ids of the selected objects, separated by commas; absent: all")
    else:
        parser.add_argument("--room", choices=ROOM_TYPES, help="absent: bedroom")
    parser.add_argument("--add", type=int, help="exactly so many new objects")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--variations", type=int)
    parser.add_argument("--steps", type=int, nargs=2, metavar=("PRIOR", "DECODER"))
    parser.add_argument("--guidance", type=float, help="of the prior; 1 is off")
    parser.add_argument("--ratio", type=float, help="share of the schedule that an edit runs through")
    parser.add_argument("--no-finish", action="store_true", help="no rugs, plants and lamps that finish a new room")
    parser.add_argument("--make", action="store_true", help="let the program of --make-with make the furniture")
    parser.add_argument("--id", help="name of the result's files")
    _add_shared_arguments(parser)


def _add_place_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", metavar="ID", help="on that object")
    parser.add_argument("--near", type=float, nargs=3, metavar=("X", "Y", "Z"), help="near a point, metres")
    parser.add_argument("--side", choices=SIDES, help="on which side of the object that --of names")
    parser.add_argument("--of", metavar="ID", help="beside which object")
    parser.add_argument("--at-wall", action="store_true", help="with the back to a wall")
    parser.add_argument("--mesh", action="append", metavar="ID=FILE", help="an object's mesh, .npz; may be repeated")
    parser.add_argument("--turn", action="store_true", help="the objects may be turned")
    parser.add_argument("--leave", action="store_true", help="what stands on the objects stays where it is")


def _place_item(options: argparse.Namespace) -> Json:
    """The key ``place`` of a request."""
    if (options.side is None) != (options.of is None):
        raise InvalidInputError("--side and --of belong together", "Give both, or neither")
    cues: list[Json] = []
    if options.near is not None:
        cues.append({"near": options.near} | ({"on": options.on} if options.on else {}))
    elif options.on is not None:
        cues.append({"on": options.on})
    if options.side is not None:
        cues.append({"side": options.side, "of": options.of})
    if options.at_wall:
        cues.append({"at": "wall"})
    meshes = [mesh.partition("=") for mesh in options.mesh or ()]
    if any(not name or not path for name, _, path in meshes):
        raise InvalidInputError("--mesh needs ID=FILE", "Such as --mesh lamp=lamp.npz")
    geometry = {name: path for name, _, path in meshes}
    return {"cues": cues, "geometry": geometry, "keep_rotation": not options.turn, "carry": not options.leave}


def _add_shared_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", required=True, help="folder for the results")
    parser.add_argument("--no-settle", action="store_true", help="leave layouts as they were sampled")
    parser.add_argument("--batch", type=int, default=32, help="scenes at once")
    add_model_arguments(parser)
    add_catalogue_arguments(parser)
    add_making_arguments(parser)


def read_task(options: argparse.Namespace) -> list[Request]:
    """The requests that a command line asks for.

    Raises:
        InvalidInputError: names what is wrong.
    """
    if options.requests is not None:
        given = [
            name for name in ("scene", "instruction", "select", "room") if getattr(options, name, None) is not None
        ]
        if given:
            raise InvalidInputError(f"--requests and --{given[0]} exclude each other", "Use one of them")
        return read_requests(options.requests)
    item: Json = {"task": options.command}
    if options.scene is not None:
        item["scene"] = read_scene(options.scene).to_json()
    if options.command == "generate" and options.room is not None:
        item["room"] = options.room
    if options.command == "place":
        item["place"] = _place_item(options)
    item["instruction"] = options.instruction or ""
    if getattr(options, "select", None):
        item["selected"] = [name.strip() for name in options.select.split(",") if name.strip()]
    item |= {"make": True} if options.make else {}
    item |= {"finish": False} if options.no_finish else {}
    for name in ("add", "seed", "variations", "steps", "guidance", "ratio", "id"):
        if getattr(options, name) is not None:
            item[name] = getattr(options, name)
    return [Request.from_json(item, "command line")]


def _run_task(options: argparse.Namespace) -> int:
    if options.command == "run" and options.on:
        return _tool(_MANY).make_many(options)
    if options.command == "run" and (options.renderer, options.layout, options.workers) != (None, "files", None):
        raise InvalidInputError("--renderer, --as and --workers are of --on", "Give --on here, or leave them out")
    options.out = Path(options.out)
    requests = read_task(options)
    names = [name for request in requests for name in request.names]
    duplicate = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    if duplicate is not None:
        raise InvalidInputError(f"Two results would be named {duplicate}.json", "Rename a request")
    if options.batch < 1:
        raise InvalidInputError("--batch must be at least 1", "Correct it")
    check_folder(options.out)
    results = _generate(requests, options)
    scenes = dict(zip(names, (scene for variations in results for scene in variations), strict=True))
    for path in write_scenes(options.out, scenes):
        sys.stdout.write(f"{path}\n")
    return 0


def _generate(requests: Sequence[Request], options: argparse.Namespace) -> list[list[Scene]]:
    progress = _Progress()
    results = load_making(options).run(requests, progress, settle=not options.no_settle, batch_size=options.batch)
    progress.close()
    return results


class _Progress:
    """A line on standard error that rewrites itself; without a terminal, a line now and then."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._last = time.monotonic()

    def __call__(self, stage: str, step: int, steps: int) -> None:
        now = time.monotonic()
        pause = 0.1 if self._terminal else 10.0
        if now - self._last < pause:
            return
        self._last = now
        text = f"{stage} {step}/{steps}"
        sys.stderr.write(f"\r{text:<40}" if self._terminal else f"{text}\n")
        sys.stderr.flush()

    def close(self) -> None:
        """Clears the line."""
        if self._terminal:
            sys.stderr.write("\r" + " " * 40 + "\r")
