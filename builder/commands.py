"""The command line of ``build.py``."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NoReturn

from instructscene_core.plain_text import print_anything

from .common import BUILD, BuildError, say
from .demo import Picture, make_picture
from .environment import VENV, make_environment
from .gallery import make_gallery
from .package import make_zip
from .release import kinds, make_release
from .repository import FOLDER
from .starter import PARTS, make_starter
from .testing import SLOWEST, run_checks
from .wheels import PLATFORMS, PYTHONS, RUNTIMES, gather, this_platform


class _Parser(argparse.ArgumentParser):
    """Reports wrong arguments in one line."""

    def error(self, message: str) -> NoReturn:
        """Ends the program with 2."""
        self.exit(2, f"{message[:1].upper()}{message[1:]}. Correct it, or see {self.prog} --help.\n")


def main(arguments: Sequence[str]) -> int:
    """Runs one command; returns the exit code."""
    print_anything()
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    options.rest = rest
    if rest and options.command != "starter":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        return _COMMANDS[options.command](options)
    except BuildError as error:
        say(f"{error}.")
        return error.code
    except OSError as error:
        say(f"{error.strerror or error}: {error.filename}. Look at its rights and at the free space.")
        return 1
    except KeyboardInterrupt:
        say("Cancelled")
        return 130


def _env(_: argparse.Namespace) -> int:
    print(make_environment())
    return 0


def _wheels(options: argparse.Namespace) -> int:
    for path in gather(options.platform or this_platform(), options.python, options.runtime, options.torch_wheel):
        print(path)
    return 0


def _zip(options: argparse.Namespace) -> int:
    print(make_zip(options.platform or this_platform(), options.python, options.runtime, options.torch_wheel))
    return 0


def _release(options: argparse.Namespace) -> int:
    wanted = kinds(options.platform or (), options.python or (), options.runtime or RUNTIMES)
    for path, sha256 in make_release(wanted, options.torch_wheel, options.out, options.blender):
        print(f"{sha256}  {path}")
    return 0


def _starter(options: argparse.Namespace) -> int:
    make_starter(options.only or PARTS, options.blender, options.minutes, options.rest)
    return 0


def _demo(options: argparse.Namespace) -> int:
    names = Picture._fields
    print(make_picture(Picture(**{name: getattr(options, name) for name in names})))
    return 0


def _gallery(options: argparse.Namespace) -> int:
    print(make_gallery(options.out))
    return 0


def _test(options: argparse.Namespace) -> int:
    return run_checks(options.checks, options.durations)


_COMMANDS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {
    "env": _env,
    "wheels": _wheels,
    "zip": _zip,
    "release": _release,
    "starter": _starter,
    "demo": _demo,
    "gallery": _gallery,
    "test": _test,
}


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="build.py", description="Builds, shows and tests InstructScene")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("env", help=f"a virtual environment {VENV.name} with everything; quick where it is there")
    command = commands.add_parser("wheels", help="gather the wheels of a zip, each checked against builder/pins.toml")
    _add_runtime_arguments(command)
    command = commands.add_parser("zip", help="the extension; --runtime none needs no environment")
    _add_runtime_arguments(command)
    text = "the zips of a version that is in the changelog with its date, from a clean git checkout, and a repository"
    command = commands.add_parser("release", help=text, description=f"Makes {text}; prints the SHA-256 of each")
    _add_release_arguments(command)
    text = "furniture library, then rooms and networks; further options go to the training"
    command = commands.add_parser("starter", help=text, description=text, allow_abbrev=False)
    command.add_argument("--only", choices=PARTS, action="append", help="leave out the others")
    command.add_argument("--blender", type=Path, metavar="FILE", help="a Blender 4.2 for the library; absent: pip's")
    command.add_argument("--minutes", type=float, help="time budget of the training")
    command = commands.add_parser("demo", help="a sentence in, a picture out; prints the picture's path last")
    _add_demo_arguments(command)
    command = commands.add_parser("gallery", help="24 rooms of each type, rendered; prints their folder last")
    command.add_argument("--out", type=Path, default=BUILD / "gallery", metavar="DIR", help="absent: build/gallery")
    command = commands.add_parser("test", help="everything that must pass")
    command.add_argument("checks", nargs="*", metavar="CHECK", help="only checks whose names begin so")
    text = f"list the N slowest tests of each check; absent: none, without N: {SLOWEST}"
    command.add_argument("--durations", nargs="?", type=_count, const=SLOWEST, metavar="N", help=text)
    return parser


def _add_runtime_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runtime", choices=RUNTIMES, default="bundled", help="with torch, or without")
    parser.add_argument("--platform", choices=PLATFORMS, help="absent: this machine's")
    parser.add_argument("--python", choices=PYTHONS, default=PYTHONS[0], help="of Blender: cp311 up to 5.0, then cp313")
    parser.add_argument("--torch-wheel", type=Path, metavar="FILE", help="a CPU build of torch to bundle")


def _add_release_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runtime", choices=RUNTIMES, action="append", help="with torch, or without; absent: both")
    text = "repeatable; absent: all that builder/pins.toml has wheels for"
    parser.add_argument("--platform", choices=PLATFORMS, action="append", help=text)
    parser.add_argument("--python", choices=PYTHONS, action="append", help=text)
    parser.add_argument("--torch-wheel", type=Path, metavar="FILE", help="a CPU build of torch to bundle")
    text = "of the repository; absent: build/repository"
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="DIR", help=text)
    parser.add_argument(
        "--blender", type=Path, metavar="FILE", help="a Blender from 4.2 on for its tool; absent: pip's"
    )


def _count(text: str) -> int:
    """An argument that is 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _add_demo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("instruction", metavar="INSTRUCTION", help="what the room should hold, in your own words")
    parser.add_argument("--room", choices=("bedroom", "livingroom", "diningroom"), default="bedroom")
    parser.add_argument("--seed", type=int, default=0, help="another one gives another room")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the picture, a .png; absent: one in build/demo")
    parser.add_argument("--resolution", type=int, help="width in pixels, of 4 : 3; absent: as in the panel")
    parser.add_argument("--samples", type=int, help="of Cycles, a pixel; absent: as in the panel")
    parser.add_argument("--save-blend", dest="blend", type=Path, metavar="FILE", help="keep the .blend as well")
