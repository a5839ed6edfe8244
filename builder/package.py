"""``zip``: the extension, the same bytes from the same sources, validated with Blender's own tool where that is there.

Without torch it needs no environment: pip of the Python that runs fetches the few wheels, and where ``.venv`` is not
there, what Blender's tool would look at is checked here.
"""

import json
import re
import subprocess
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from .common import BUILD, ROOT, BuildError, file_digest, run, say
from .environment import VENV, make_environment
from .wheels import gather
from .windows_paths import check_paths, shorten

_MANIFEST: Final = "blender_manifest.toml"
_PLACEHOLDER: Final = "# build.py adds the wheels and the platform when it makes the zip.\n"
_TOP: Final = ("LICENSE", "__init__.py")
_PACKAGES: Final = ("addon", "instructscene_core", "model_reader")
_SUFFIXES: Final = (".py", ".json", ".safetensors", ".blend", ".txt")
_LEFT_OUT: Final = tuple(
    f"instructscene_core/{name}"
    for name in (
        *("datasets/", "training/", "evaluation/", "cluster/", "starter/rooms/"),
        *(f"commands/{name}.py" for name in ("comparison", "data", "evaluate", "many", "train")),
    )
)
"""Begins the paths of what only trains or measures the generator; it runs without."""
_BLENDER: Final = re.compile(r"^Blender (\d+)\.(\d+)", re.MULTILINE)
"""Begins what Blender says to ``--version``."""
_DATE: Final = (2026, 1, 1, 0, 0, 0)
"""Of every file in the zip, whenever it is made."""
_INCOMPRESSIBLE: Final = (".whl", ".blend", ".safetensors")
"""Suffixes of files that hardly get smaller; they are stored as they are."""


def make_zip(
    platform: str,
    python: str,
    runtime: str,
    torch_wheel: Path | None = None,
    *,
    tool: Sequence[str | Path] | None = None,
) -> Path:
    """Makes the extension's zip in ``build/``; one that is there already is left as it is where nothing changed.

    Args:
        platform: Blender's name of the platform that it is for.
        python: tag of the Python that it is for; without torch it serves all.
        runtime: bundled or none: with or without torch.
        torch_wheel: a file to take for torch instead of asking pip.
        tool: Blender's extension tool; absent, that of the environment, which is made where torch is packed.

    Returns:
        The zip.

    Raises:
        BuildError: a wheel is missing or refused, a path is too long for Windows, or Blender's tool finds fault.
    """
    wheels = gather(platform, python, runtime, torch_wheel)
    if platform.startswith("windows-"):
        wheels = [shorten(path) for path in wheels]
        check_paths([_MANIFEST, *sources()], wheels)
    target = BUILD / zip_name(platform, python, runtime)
    part = target.with_suffix(".part.zip")
    BUILD.mkdir(exist_ok=True)
    write_zip(part, manifest(platform, wheels), wheels)
    if target.is_file() and file_digest(target) == file_digest(part):
        part.unlink()
        return target
    try:
        if tool is not None or runtime == "bundled" or VENV.is_dir():
            validate(part, tool or extension_tool())
        else:
            check_alone(part)
            say(f"Checked without Blender's own tool, which comes with {VENV.name} (python build.py env)")
    except BuildError:
        part.unlink()
        raise
    part.replace(target)
    say(f"Made {target.name}, {target.stat().st_size / 1e6:.0f} MB")
    return target


def zip_name(platform: str, python: str, runtime: str) -> str:
    """File name of a zip."""
    kind = "no-torch" if runtime == "none" else python
    return f"{_read_manifest()['id']}-{version()}-{platform}-{kind}.zip"


def version() -> str:
    """The extension's version, as the manifest states it."""
    return _read_manifest()["version"]


def _read_manifest() -> dict[str, Any]:
    return tomllib.loads((ROOT / _MANIFEST).read_text(encoding="utf-8"))


def manifest(platform: str, wheels: Sequence[Path]) -> str:
    """The manifest with platform and wheels.

    Raises:
        BuildError: the line where they go is missing.
    """
    text = (ROOT / _MANIFEST).read_text(encoding="utf-8")
    if _PLACEHOLDER not in text:
        raise BuildError(f"{_MANIFEST} lacks the line where the wheels go", f"Put back: {_PLACEHOLDER.strip()}")
    names = json.dumps([f"./wheels/{path.name}" for path in wheels], indent=2)
    return text.replace(_PLACEHOLDER, f"platforms = {json.dumps([platform])}\nwheels = {names}\n")


def sources(root: Path = ROOT) -> Iterator[str]:
    """Paths of the files that go into the zip, beside the manifest and the wheels."""
    yield from _TOP
    for package in _PACKAGES:
        for path in (root / package).rglob("*"):
            name = path.relative_to(root).as_posix()
            if path.suffix in _SUFFIXES and not name.startswith(_LEFT_OUT):
                yield name


def write_zip(path: Path, manifest_text: str, wheels: Sequence[Path]) -> None:
    """Writes the zip: names sorted, dates and rights fixed, so that equal contents give equal bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        _add(archive, _MANIFEST, manifest_text.encode())
        for name in sorted(sources()):
            _add(archive, name, (ROOT / name).read_bytes())
        for wheel in sorted(wheels):
            _add(archive, f"wheels/{wheel.name}", wheel.read_bytes())


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.create_system = 3  # Unix, wherever it is made
    entry.external_attr = 0o100644 << 16
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(_INCOMPRESSIBLE) else zipfile.ZIP_DEFLATED
    archive.writestr(entry, data)


def extension_tool(blender: Path | None = None) -> list[str | Path]:
    """The words that begin a command of Blender's extension tool.

    Args:
        blender: the program; absent, the environment's module, which is made where it is not there.

    Raises:
        BuildError: there is no Blender, or it is older than the tool.
    """
    if blender is not None:
        _check_blender(blender)
        return [blender.absolute(), "--factory-startup", "--command", "extension"]
    python = make_environment()
    tools = sorted(VENV.rglob("bl_pkg/cli/blender_ext.py"))
    if not tools:
        raise BuildError(f"{VENV} has no Blender", "Remove the folder and try again", code=1)
    return [python, tools[-1]]


def _check_blender(path: Path) -> None:
    if not path.is_file():
        raise BuildError(f"There is no Blender at {path}", "Correct --blender, or leave it out")
    try:
        words = [path.absolute(), "--version"]
        shown = subprocess.run(words, capture_output=True, text=True, errors="replace", timeout=60, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        shown = ""
    found = _BLENDER.search(shown)
    if found is None or (int(found[1]), int(found[2])) < (4, 2):
        told = "is no Blender" if found is None else f"is Blender {found[1]}.{found[2]}, which knows no extensions"
        raise BuildError(f"{path} {told}", "Name a Blender from 4.2 on with --blender, or leave it out")


def validate(path: Path, tool: Sequence[str | Path]) -> None:
    """Validates a zip with Blender's own extension tool.

    Raises:
        BuildError: the tool finds fault; its last lines were shown before.
    """
    run([*tool, "validate", path])


def check_alone(path: Path) -> None:
    """Checks a zip without Blender: its manifest, and that all is there that it names.

    Raises:
        BuildError: something is missing.
    """
    with zipfile.ZipFile(path) as archive:
        names = frozenset(archive.namelist())
        about = tomllib.loads(archive.read(_MANIFEST).decode())
    missing = [key for key in _REQUIRED if not about.get(key)]
    if missing:
        raise BuildError(f"{_MANIFEST} lacks {', '.join(missing)}", "Add it")
    listed = {str(name).removeprefix("./") for name in about.get("wheels", ())}
    packed = {name for name in names if name.startswith("wheels/")}
    if listed != packed or "__init__.py" not in names:
        wrong = ", ".join(sorted(listed ^ packed)) or "__init__.py"
        raise BuildError(
            f"The zip does not hold what its manifest names: {wrong}", "Look at builder/package.py", code=1
        )


_REQUIRED: Final = (
    "schema_version", "id", "version", "name", "tagline", "maintainer", "type", "blender_version_min", "license",
)  # fmt: skip
"""What Blender wants of a manifest."""
