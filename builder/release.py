"""``release``: the zips of a version and a repository of them, where the changelog and git can say what is in them."""

import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, NamedTuple

from .common import BUILD, ROOT, BuildError, file_digest, say
from .package import extension_tool, make_zip, sources, version
from .repository import FOLDER, check_folder, make_repository
from .wheels import PLATFORMS, PYTHONS, Pin, needed, read_pins

_CHANGELOG: Final = "CHANGELOG.md"
_SUMS: Final = "SHA256SUMS"
_HEADING: Final = re.compile(r"^## ", re.MULTILINE)
_DATED: Final = re.compile(r"\[(?P<version>[^\]]+)\] - (?P<date>\S+)")


class Kind(NamedTuple):
    """A zip to make.

    Args:
        platform: Blender's name of the platform that it is for.
        python: tag of the Python that it is for; without torch it serves all.
        runtime: bundled or none: with or without torch.
    """

    platform: str
    python: str
    runtime: str


def kinds(platforms: Sequence[str], pythons: Sequence[str], runtimes: Sequence[str]) -> list[Kind]:
    """The zips of all combinations, each once: without torch, one serves every Python of its platform.

    Args:
        platforms: Blender's names; empty for all for which wheels are pinned.
        pythons: tags; empty likewise.
        runtimes: of ``RUNTIMES``.
    """
    found = [
        Kind(platform, python, runtime)
        for platform in platforms or PLATFORMS
        for runtime in runtimes
        for python in ((pythons or PYTHONS) if runtime == "bundled" else (pythons or PYTHONS)[:1])
    ]
    wanted = list(dict.fromkeys(found))
    if platforms and pythons:
        return wanted
    pins = read_pins()
    # Where nothing is left, what is asked for is refused later on with what is missing.
    return [kind for kind in wanted if _is_pinned(pins, kind)] or wanted


def _is_pinned(pins: Sequence[Pin], kind: Kind) -> bool:
    try:
        needed(pins, *kind)
    except BuildError:
        return False
    return True


class Made(NamedTuple):
    """A zip that has been made."""

    path: Path
    sha256: str


def make_release(
    wanted: Sequence[Kind], torch_wheel: Path | None = None, folder: Path = FOLDER, blender: Path | None = None
) -> list[Made]:
    """Makes the zips in ``build/``, a list of their SHA-256 in ``build/SHA256SUMS``, and a repository of them.

    Args:
        wanted: the zips.
        torch_wheel: a file to take for torch instead of asking pip; it fits one zip.
        folder: of the repository; what earlier releases put there for other platforms stays.
        blender: a Blender whose extension tool is taken; absent, the environment's.

    Returns:
        The zips, in the order in which they are wanted.

    Raises:
        BuildError: a wheel is not accepted, the version may not be released yet, the folder is something else, or there
            is no Blender; nothing has been made then. Or a zip cannot be made; those before it stay, and the repository
            is as it was.
    """
    _check_wheels(wanted, torch_wheel)
    check_release()
    check_folder(folder, _versions())
    tool = extension_tool(blender)
    paths = [make_zip(*kind, torch_wheel if kind.runtime == "bundled" else None, tool=tool) for kind in wanted]
    made = [Made(path, file_digest(path)) for path in paths]
    _write_sums(made)
    make_repository(paths, folder, tool)
    return made


def _check_wheels(wanted: Sequence[Kind], torch_wheel: Path | None) -> None:
    pins = read_pins()
    for kind in wanted:
        needed(pins, *kind)
    bundled = sum(kind.runtime == "bundled" for kind in wanted)
    if torch_wheel is not None and bundled != 1:
        message = f"--torch-wheel is for one zip with torch, and {bundled} are asked for"
        raise BuildError(message, "Name one --platform, one --python and --runtime bundled, or leave it out")


def check_release() -> None:
    """Refuses a version whose zips nobody could trace back.

    Raises:
        BuildError: the changelog has no entry with a date for the manifest's version, the folder is no git checkout
            without changes, or the version's tag is at another commit.
    """
    _check_changelog(version())
    _check_tree()
    _check_tag(f"v{version()}")


def _check_changelog(wanted: str) -> None:
    path = ROOT / _CHANGELOG
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for entry in _HEADING.split(text)[1:]:
        heading, _, body = entry.partition("\n")
        dated = _DATED.fullmatch(heading.strip())
        if dated is not None and dated["version"] == wanted and _is_date(dated["date"]):
            if "\n- " in f"\n{body}":
                return
            raise BuildError(f"The entry for {wanted} in {_CHANGELOG} is empty", "Say there what users will notice")
    today = datetime.now(tz=UTC).date().isoformat()
    message = f"{_CHANGELOG} has no entry with a date for {wanted}, the version in blender_manifest.toml"
    raise BuildError(message, f'Put what is unreleased under the heading "## [{wanted}] - {today}"')


def _versions() -> list[str]:
    """The manifest's version and those that the changelog has below it."""
    headings = [entry.partition("\n")[0].strip() for entry in _HEADING.split((ROOT / _CHANGELOG).read_text("utf-8"))]
    found = [dated["version"] for heading in headings if (dated := _DATED.fullmatch(heading)) is not None]
    return found[found.index(version()) :]


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _check_tree() -> None:
    top = _git("rev-parse", "--show-toplevel")
    if top.returncode:
        reason = (top.stderr.strip() or "no reason given").splitlines()[0]
        raise BuildError(f"git cannot read {ROOT} ({reason})", "Release from a clone of the repository")
    if Path(top.stdout.strip()).resolve() != ROOT:
        raise BuildError(f"{ROOT} is a folder within another git checkout", "Release from a clone of the repository")
    changed = _git("status", "--porcelain").stdout.splitlines()
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        message = f"git's tree is not clean: {changed[0][3:]}{more}"
        raise BuildError(message, "Commit it or put it away; git status shows all")
    # A file that git ignores is no change to git, but the zip takes all files of its kinds.
    stray = sorted(set(sources()) - set(_git("ls-files", "-z").stdout.split("\0")))
    if stray:
        raise BuildError(f"{stray[0]} would go into the zip, but git ignores it", "Move it out of the way, or add it")


def _check_tag(tag: str) -> None:
    tagged = _git("rev-parse", "--quiet", "--verify", f"refs/tags/{tag}^{{commit}}").stdout.strip()
    here = _git("rev-parse", "HEAD").stdout.strip()
    if tagged and tagged != here:
        message = f"The tag {tag} is at another commit, {tagged[:10]}, than the checkout, {here[:10]}"
        raise BuildError(message, "Check the tag out, or raise the version in blender_manifest.toml")


def _git(*words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
        )
    except FileNotFoundError as error:
        raise BuildError("There is no git on the search path", "Install git") from error


def _write_sums(made: Sequence[Made]) -> None:
    """Writes what ``sha256sum --check`` reads."""
    target, part = BUILD / _SUMS, BUILD / f"{_SUMS}.part"
    part.write_text("".join(f"{sha256}  {path.name}\n" for path, sha256 in made), encoding="utf-8", newline="\n")
    part.replace(target)
    say(f"Wrote {target}")
