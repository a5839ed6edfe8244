"""``wheels``: gathers the wheels that go into the extension's zip, none but those listed in ``pins.toml``."""

import json
import re
import shutil
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from .common import ROOT, BuildError, file_digest, run, say
from .environment import pip_python

WHEELS: Final = ROOT / "wheels"
PINS: Final = Path(__file__).parent / "pins.toml"
PLATFORMS: Final = ("linux-x64", "windows-x64", "windows-arm64", "macos-arm64", "macos-x64")
PYTHONS: Final = ("cp311", "cp313")
RUNTIMES: Final = ("bundled", "none")
_ANY: Final = "any"
_GPU_BUILD: Final = re.compile(r"^(cuda|hip|xpu)\b[^=\n]*=\s*(?!None)(\S+)", re.MULTILINE)
"""A line of ``torch/version.py`` that names the GPU platform of a build."""


class Pin(NamedTuple):
    """An accepted wheel.

    Args:
        package: as pip calls it.
        version: of the package.
        for_torch: it is torch, or only torch needs it.
        platform: Blender's name of the platform that it is for, or any.
        python: tag of the Python that it is for, or any.
        file: name of the file.
        sha256: of the file.
    """

    package: str
    version: str
    for_torch: bool
    platform: str
    python: str
    file: str
    sha256: str


def read_pins(path: Path = PINS) -> list[Pin]:
    """The list of accepted wheels."""
    packages = tomllib.loads(path.read_text(encoding="utf-8"))["package"]
    return [
        Pin(package["name"], package["version"], package.get("for_torch", False), **file)
        for package in packages
        for file in package["files"]
    ]


def this_platform() -> str:
    """Blender's name of the machine's platform.

    Raises:
        BuildError: Blender is not made for it.
    """
    import platform  # noqa: PLC0415 - a module, where everything else here means Blender's names

    system = {"linux": "linux", "win32": "windows", "darwin": "macos"}.get(sys.platform, sys.platform)
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(*2 * (platform.machine().lower(),))
    name = f"{system}-{machine}"
    if name not in PLATFORMS:
        raise BuildError(f"There is no Blender for {name}", f"Name another with --platform: {', '.join(PLATFORMS)}")
    return name


def needed(pins: Sequence[Pin], platform: str, python: str, runtime: str) -> list[Pin]:
    """The wheels of one zip, a wheel for each package.

    Raises:
        BuildError: a package has no wheel for this platform and Python.
    """
    packages = {pin.package for pin in pins if runtime == "bundled" or not pin.for_torch}
    found = {
        pin.package: pin
        for pin in pins
        if pin.package in packages and pin.platform in (platform, _ANY) and pin.python in (python, _ANY)
    }
    for package in sorted(packages - set(found)):
        build = "CPU build of torch" if package == "torch" else f"wheel of {package}"
        remedy = "Choose --runtime none, or list the SHA-256 of one"
        remedy += " and name its file with --torch-wheel FILE" if package == "torch" else ""
        raise BuildError(f"No {build} for {platform} and {python} stands in builder/pins.toml", remedy)
    return sorted(found.values())


def gather(platform: str, python: str, runtime: str, torch_wheel: Path | None = None) -> list[Path]:
    """Puts the wheels of one zip into ``wheels/``; those that lie there already are checked again.

    Args:
        platform: one of ``PLATFORMS``.
        python: one of ``PYTHONS``.
        runtime: one of ``RUNTIMES``.
        torch_wheel: a file to take for torch instead of asking pip.

    Returns:
        The files, sorted.

    Raises:
        BuildError: a wheel cannot be downloaded, or is not the accepted one; files already gathered stay.
    """
    pins = needed(read_pins(), platform, python, runtime)
    if torch_wheel is not None and runtime == "none":
        raise BuildError("--torch-wheel and --runtime none exclude each other", "Leave one out")
    for pin in pins:
        target = WHEELS / pin.file
        if pin.package == "torch" and torch_wheel is not None:
            check(torch_wheel, pin)
            _copy(torch_wheel, target)
        if not target.is_file():
            say(f"Fetching {pin.file}")
            _fetch(pin)
        check(target, pin)
    return sorted(WHEELS / pin.file for pin in pins)


def check(path: Path, pin: Pin) -> None:
    """Refuses a file that is not the accepted one.

    Raises:
        BuildError: it cannot be read, is a GPU build of torch, or has another SHA-256.
    """
    if not path.is_file():
        raise BuildError(f"There is no file {path}", "Correct the path")
    if pin.package == "torch":
        refuse_gpu_build(path)
    found = file_digest(path)
    if found != pin.sha256:
        message = f"{path} is not the {pin.file} that builder/pins.toml accepts: its SHA-256 is {found}"
        raise BuildError(message, "Remove it, or list it there if you trust it")


def refuse_gpu_build(path: Path) -> None:
    """Refuses a torch that brings CUDA, ROCm or XPU.

    Raises:
        BuildError: it does, or is no wheel of torch.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            text = archive.read("torch/version.py").decode()
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BuildError(f"{path} is no wheel of torch", _CPU_BUILD_REMEDY) from error
    gpu = _GPU_BUILD.search(text)
    if gpu is not None:
        raise BuildError(f"{path.name} is a build for {gpu[1]} {gpu[2]}, which is never bundled", _CPU_BUILD_REMEDY)


_CPU_BUILD_REMEDY: Final = "Name a CPU build with --torch-wheel FILE"


def _copy(source: Path, target: Path) -> None:
    """Copies a file by way of a temporary name; a file onto itself is left as it is."""
    if target.is_file() and source.samefile(target):
        return
    part = target.with_suffix(".part")
    shutil.copyfile(source, part)
    part.replace(target)


def _fetch(pin: Pin) -> None:
    """Has pip download a wheel; of torch, only after asking which build it would be, for CUDA builds are huge."""
    python = pip_python()
    words = [*_pip_options(pin), f"{pin.package}=={pin.version}"]
    if pin.package == "torch":
        name, digest = _offered(python, words)
        if digest != pin.sha256:
            message = f"pip offers {name} for {pin.platform}, which builder/pins.toml does not list as a CPU build"
            raise BuildError(message, _CPU_BUILD_REMEDY)
    with tempfile.TemporaryDirectory(dir=WHEELS) as folder:
        run([python, "-m", "pip", "download", "--quiet", "--dest", folder, *words])
        files = list(Path(folder).glob("*.whl"))
        if len(files) != 1:
            raise BuildError(f"pip gave no {pin.file}", "Look at pip's configuration", code=1)
        check(files[0], pin)
        files[0].replace(WHEELS / pin.file)


def _pip_options(pin: Pin) -> list[str]:
    """Options with which pip offers the wheel of a pin, also on another platform or Python."""
    options = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check"]
    options += ["--python-version", (PYTHONS[0] if pin.python == _ANY else pin.python).removeprefix("cp")]
    tags = pin.file.removesuffix(".whl").rsplit("-", 1)[1]
    return options + [word for tag in tags.split(".") for word in ("--platform", tag)]


def _offered(python: Path, words: Sequence[str]) -> tuple[str, str]:
    """Name and SHA-256 of the file that pip would download."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--quiet", "--dry-run", "--ignore-installed", "--target", folder, "--report", "-"]
        report = json.loads(run([python, "-m", "pip", "install", *options, *words]))
    info = report["install"][0]["download_info"]
    return info["url"].rsplit("/", 1)[-1], info["archive_info"].get("hashes", {}).get("sha256", "")
