"""The extension's zip in every Blender that it is made for: ``python3 tests/blender/matrix.py``; prints a table.

Each is named by a variable: a Python that has only that version's bpy, or, for 4.3, the command that starts the real
Blender (its torch is its own; the project is its working folder). What is not named is reported as skipped, and
``--all`` makes that a failure. The zips are built by build.py; ``--bundled ZIP`` and ``--plain ZIP`` take others.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = Path("build") / "matrix"
"""Relative to the project: a Blender in a chroot sees it under another path."""
STEPS = ("install", "enable", "generate", "restyle", "undo", "render", "disable", "uninstall")


@dataclass(frozen=True)
class Case:
    """One Blender."""

    version: str
    variable: str
    runtime: str

    def command(self):
        """The words that run a script in it; empty where it is not named or not there."""
        words = shlex.split(os.environ.get(self.variable, ""))
        if not words or shutil.which(words[0], path=os.environ.get("PATH")) is None:
            return []
        return [*words, "-b", "--python-exit-code", "1", "-P"] if self.runtime == "none" else words


CASES = (
    Case("4.2", "INSTRUCTSCENE_BPY_42", "bundled"),
    Case("4.3", "INSTRUCTSCENE_BLENDER_43", "none"),
    Case("4.5", "INSTRUCTSCENE_BPY_45", "bundled"),
    Case("5.0", "INSTRUCTSCENE_BPY_50", "bundled"),
)


@dataclass
class Outcome:
    """What one Blender did."""

    case: Case
    skipped: str = ""
    failure: str = ""
    version: str = ""
    seconds: dict = field(default_factory=dict)

    def cells(self):
        """A row of the table."""
        if self.skipped:
            return [self.case.version, self.case.runtime, self.skipped]
        times = [f"{self.seconds[step]:.1f}" if step in self.seconds else "-" for step in STEPS]
        return [self.version or self.case.version, self.case.runtime, *times, "FAILED" if self.failure else "passed"]


def build(runtime):
    """Path of the zip, relative to the project."""
    words = [sys.executable, "build.py", "zip", "--runtime", runtime]
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return Path(done.stdout.splitlines()[-1])


def run(case, archive):
    """Takes a zip through all steps in one Blender."""
    if not case.command():
        return Outcome(case, skipped=f"SKIPPED: {case.variable} names no program")
    out = WORK / case.version
    return run_steps(case, out, ["tests/blender/matrix_steps.py", "--", str(archive), str(out)])


def run_steps(case, out, script):
    """Runs a script with its words in one Blender, with a user folder of its own; it writes result.json into out."""
    words = case.command()
    shutil.rmtree(ROOT / out, ignore_errors=True)
    (ROOT / out).mkdir(parents=True)
    with (ROOT / out / "log.txt").open("w") as log:
        done = subprocess.run(
            [*_in_user_folder(words, out / "user"), *script],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            timeout=1800,
            check=False,
        )
    shutil.rmtree(ROOT / out / "user", ignore_errors=True)
    result_file = ROOT / out / "result.json"
    if not result_file.is_file():
        return Outcome(case, failure=f"ended with code {done.returncode}, see {out}/log.txt")
    result = json.loads(result_file.read_text())
    failure = result["failure"] or ("" if done.returncode == 0 else f"ended with code {done.returncode}")
    return Outcome(case, failure=failure, version=result["version"], seconds=result["seconds"])


def _in_user_folder(words, folder):
    """The command with its own BLENDER_USER_RESOURCES, which a chroot would not take from us."""
    shell = ["sh", "-c", 'BLENDER_USER_RESOURCES="$PWD/$0" exec "$@"', str(folder)]
    if "blender" in words:
        place = words.index("blender")
        return [*words[:place], *shell, *words[place:]]
    return [*shell, *words]


def table(outcomes):
    """Versions by steps, in seconds."""
    rows = [["Blender", "runtime", *STEPS, ""], *(outcome.cells() for outcome in outcomes)]
    widths = [
        max((len(row[k]) for row in rows if len(row) > 3 and k < len(row)), default=0) for k in range(len(rows[0]))
    ]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", help="a version; may be repeated")
    parser.add_argument("--bundled", type=Path, help="zip with torch")
    parser.add_argument("--plain", type=Path, help="zip without torch")
    parser.add_argument("--all", action="store_true", help="fail where one is skipped")
    options = parser.parse_args()
    zips = {"bundled": options.bundled, "none": options.plain}
    outcomes = []
    for case in CASES:
        if options.only and case.version not in options.only:
            continue
        if case.command() and zips[case.runtime] is None:
            zips[case.runtime] = build(case.runtime)
        archive = zips[case.runtime]
        outcomes.append(run(case, archive and os.path.relpath(archive.resolve(), ROOT)))
        sys.stderr.write(f"{outcomes[-1].cells()}\n")
    for outcome in outcomes:
        if outcome.failure:
            sys.stderr.write(f"\n{outcome.case.version}: {outcome.failure}\n")
    sys.stdout.write(table(outcomes) + "\n")
    return 1 if any(o.failure or (o.skipped and options.all) for o in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
