"""``release``: the zips of a version, made only where the changelog and git can say what is in them."""

import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, NamedTuple

from .common import BUILD, ROOT, BuildError, file_digest, say
from .package import make_zip, sources, version
from .wheels import needed, read_pins

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
    """The zips of all combinations, each once: without torch, one serves every Python of its platform."""
    found = [
        Kind(platform, python, runtime)
        for platform in platforms
        for runtime in runtimes
        for python in (pythons if runtime == "bundled" else pythons[:1])
    ]
    return list(dict.fromkeys(found))


class Made(NamedTuple):
    """A zip that has been made."""

    path: Path
    sha256: str


def make_release(wanted: Sequence[Kind], torch_wheel: Path | None = None) -> list[Made]:
    """Makes the zips in ``build/``, and a list of their SHA-256 in ``build/SHA256SUMS``.

    Args:
        wanted: the zips.
        torch_wheel: a file to take for torch instead of asking pip; it fits one zip.

    Returns:
        The zips, in the order in which they are wanted.

    Raises:
        BuildError: a wheel is not accepted, or the version may not be released yet; nothing has been made then. Or a
            zip cannot be made; those before it stay.
    """
    _check_wheels(wanted, torch_wheel)
    check_release()
    paths = [make_zip(*kind, torch_wheel if kind.runtime == "bundled" else None, thorough=True) for kind in wanted]
    made = [Made(path, file_digest(path)) for path in paths]
    _write_sums(made)
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
