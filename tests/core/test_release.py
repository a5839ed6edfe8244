"""Releasing a small project with the real tool, the real git and Blender's real validation; and slow tests listed."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIRST = "## [0.1.0] - 2026-11-30"
CHANGELOG = f"# Changelog\n\n## [Unreleased]\n\n{FIRST}\n\n### Added\n\n- A room from a sentence.\n"
PLATFORMS = ("linux-x64", "windows-x64", "windows-arm64", "macos-arm64", "macos-x64")
CPU = b"cuda: Optional[str] = None\nhip: Optional[str] = None\nxpu: Optional[str] = None\n"
LINUX = ("--platform", "linux-x64", "--python", "cp311")
IGNORED = ".venv\n__pycache__/\nbuild/\nwheels/*.whl\n*.log.txt\n"


def write_wheels(folder, package, pythons):
    """Wheels small enough to be zipped in tests; gives their entry in pins.toml."""
    files = []
    for python in pythons:
        path = folder / f"{package}-1.0-{python.replace('any', 'py3')}-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("torch/version.py", CPU)
            archive.writestr(f"{package}.txt", package + python)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        files.append(f'{{ platform = "any", python = "{python}", file = "{path.name}", sha256 = "{sha256}" }}')
    for_torch = str(package == "torch").lower()
    head = f'[[package]]\nname = "{package}"\nversion = "1.0"\nfor_torch = {for_torch}\n'
    return f"{head}files = [{', '.join(files)}]\n"


def write_project(folder):
    """The tool and the manifest as they are, with hardly anything to zip."""
    shutil.copytree(ROOT / "builder", folder / "builder", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("build.py", "blender_manifest.toml", "LICENSE", "__init__.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    for name in ("addon", "instructscene_core", "wheels", "tests/blender"):
        (folder / name).mkdir(parents=True)
    (folder / "addon" / "__init__.py").touch()
    for name in ("__init__.py", "errors.py", "plain_text.py"):  # the tool prints by them
        shutil.copy(ROOT / "instructscene_core" / name, folder / "instructscene_core")
    pins = write_wheels(folder / "wheels", "torch", ["cp311", "cp313"])
    pins += write_wheels(folder / "wheels", "tiny", ["any"])
    (folder / "builder" / "pins.toml").write_text(pins)
    (folder / ".gitignore").write_text(IGNORED)
    (folder / "CHANGELOG.md").write_text(CHANGELOG)


class Project:
    """A project in a git repository."""

    def __init__(self, folder):
        self.folder = folder

    def git(self, *words):
        settings = ("user.name=Tester", "user.email=tester@localhost", "commit.gpgsign=false", "tag.gpgsign=false")
        options = [word for setting in settings for word in ("-c", setting)]
        subprocess.run(["git", *options, *words], cwd=self.folder, check=True, capture_output=True)

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--message", "A change")

    def build(self, *words, **variables):
        command = [sys.executable, "build.py", *words]
        env = os.environ | variables
        return subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)

    def refusal(self, *words, **variables):
        """What a release is refused with; nothing is made then."""
        done = self.build("release", *words, **variables)
        assert done.returncode == 2, done.stderr
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1
        assert not (self.folder / "build").exists()
        return done.stderr


@pytest.fixture
def project(tmp_path):
    """A project that may be released."""
    write_project(tmp_path)
    made = Project(tmp_path)
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit()
    return made


@pytest.fixture
def environment(project):
    """The project has the environment of this one."""
    if not (ROOT / ".venv" / "stamp").is_file():
        pytest.skip("python build.py env has not been run")
    (project.folder / ".venv").symlink_to(ROOT / ".venv", target_is_directory=True)


@pytest.mark.usefixtures("environment")
def test_a_release_is_both_zips_of_a_machine_and_their_sums(project):
    project.git("tag", "v0.1.0")
    done = project.build("release", *LINUX)
    assert done.returncode == 0, done.stderr
    sums = dict(reversed(line.split("  ", 1)) for line in done.stdout.splitlines())
    bundled, plain = map(Path, sums)
    assert bundled.name == "instructscene-0.1.0-linux-x64-cp311.zip"
    assert plain.name == bundled.name.replace("cp311", "no-torch")
    for path, packages in ((bundled, ["tiny-1.0-py3", "torch-1.0-cp311"]), (plain, ["tiny-1.0-py3"])):
        assert sums[str(path)] == hashlib.sha256(path.read_bytes()).hexdigest()
        with zipfile.ZipFile(path) as archive:
            manifest = tomllib.loads(archive.read("blender_manifest.toml").decode())
        assert manifest["wheels"] == [f"./wheels/{name}-none-any.whl" for name in packages]
    lines = (project.folder / "build" / "SHA256SUMS").read_text().splitlines()
    assert lines == [f"{sums[str(path)]}  {path.name}" for path in (bundled, plain)]


@pytest.mark.usefixtures("environment")
def test_options_choose_other_zips_and_none_is_made_twice(project):
    words = ("--platform", "windows-x64", "--platform", "macos-arm64", "--python", "cp311", "--python", "cp313")
    done = project.build("release", *words, "--python", "cp313")
    assert done.returncode == 0, done.stderr
    assert [Path(line.split()[1]).stem.removeprefix("instructscene-0.1.0-") for line in done.stdout.splitlines()] == [
        f"{platform}-{kind}" for platform in ("windows-x64", "macos-arm64") for kind in ("cp311", "cp313", "no-torch")
    ]


@pytest.mark.usefixtures("environment")
def test_what_is_not_named_is_made_as_far_as_wheels_are_pinned(project):
    pins = project.folder / "builder" / "pins.toml"
    pins.write_text(
        pins.read_text().replace('platform = "any", python = "cp313"', 'platform = "macos-x64", python = "cp313"')
    )
    project.commit()
    done = project.build("release", "--runtime", "bundled")
    assert done.returncode == 0, done.stderr
    kinds = {Path(line.split()[1]).stem.removeprefix("instructscene-0.1.0-") for line in done.stdout.splitlines()}
    assert kinds == {f"{platform}-cp311" for platform in PLATFORMS} | {"macos-x64-cp313"}
    assert "for linux-x64 and cp313" in project.build("release", "--platform", "linux-x64", "--python", "cp313").stderr
    assert project.build("release", "--platform", "linux-x64").returncode == 0


def repository(project, part, folder="build/repository"):
    """What Blender's own list says: archives with version, platform and Pythons."""
    place = project.folder / folder / part
    data = json.loads((place / "index.json").read_text())
    assert data["version"] == "v1"
    for entry in data["data"]:
        archive = place / entry["archive_url"]
        assert entry["archive_hash"] == f"sha256:{hashlib.sha256(archive.read_bytes()).hexdigest()}"
    assert len(list(place.iterdir())) == len(data["data"]) + 1
    found = [(entry["version"], *entry["platforms"], *entry["python_versions"]) for entry in data["data"]]
    return sorted(found)


@pytest.mark.usefixtures("environment")
def test_a_release_is_a_repository_that_the_next_one_carries_on(project):
    words = ("--platform", "linux-x64", "--platform", "windows-x64")
    done = project.build("release", *words)
    assert done.returncode == 0, done.stderr
    both = [("0.1.0", platform, python) for platform in ("linux-x64", "windows-x64") for python in ("3.11", "3.13")]
    assert repository(project, "with-torch") == both
    assert repository(project, "no-torch") == [("0.1.0", "linux-x64", "3"), ("0.1.0", "windows-x64", "3")]
    manifest = project.folder / "blender_manifest.toml"
    manifest.write_text(manifest.read_text().replace('version = "0.1.0"', 'version = "0.2.0"', 1))
    (project.folder / "CHANGELOG.md").write_text(
        CHANGELOG.replace(FIRST, f"## [0.2.0] - 2026-12-31\n\n- More\n\n{FIRST}")
    )
    project.commit()
    done = project.build("release", "--runtime", "bundled", *LINUX)
    assert done.returncode == 0, done.stderr
    assert repository(project, "with-torch") == [*both[1:], ("0.2.0", "linux-x64", "3.11")]
    assert repository(project, "no-torch") == [("0.1.0", "linux-x64", "3"), ("0.1.0", "windows-x64", "3")]
    assert not [path for path in (project.folder / "build").iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["thesis.odt"], "out is something else than a repository"),
        (["no-torch/index.json", "no-torch/a.txt"], "no-torch/a.txt is no zip of this repository"),
        (["no-torch/index.json", "no-torch/instructscene-0.1.0-linux-x64-cp311.zip"], "is no zip of this repository"),
        (["no-torch/index.json", "no-torch/instructscene-0.0.7-linux-x64-no-torch.zip"], "is of version 0.0.7, which"),
        (["no-torch/index.json", "no-torch/instructscene-0.2.0-linux-x64-no-torch.zip"], "is of version 0.2.0, which"),
    ],
)
def test_a_folder_of_something_else_is_refused_and_left_as_it_is(project, tmp_path_factory, files, message):
    out = tmp_path_factory.mktemp("place") / "out"
    for name in files:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text("mine")
    refused = project.refusal("--out", str(out))
    assert message in refused
    assert "another folder with --out" in refused or "empty folder with --out" in refused
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()) == sorted(files)
    assert "is something else" in project.refusal("--out", str(project.folder / "LICENSE"))


def test_no_blender_at_hand_is_told(project):
    assert "There is no Blender at no/such. Correct --blender" in project.refusal("--blender", "no/such")
    assert "python is no Blender" in project.refusal("--blender", write_program(project, "python", "echo Python 3.11"))
    text = "is Blender 3.6, which knows no extensions. Name a Blender from 4.2 on"
    assert text in project.refusal("--blender", write_program(project, "blender", "echo Blender 3.6.23"))


def write_program(project, name, line):
    """A program of one line."""
    path = project.folder / ".git" / name
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return str(path)


def test_a_tool_that_lists_less_leaves_the_repository_as_it_was(project):
    listing = """case "$*" in
      *--version) echo "Blender 4.5.1" ;;
      *server-generate*) echo '{"data": []}' > "$6/index.json" ;;
    esac"""
    out = project.folder / "build" / "out"
    done = project.build("release", *LINUX, "--out", str(out), "--blender", write_program(project, "blender", listing))
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Blender's tool does not list instructscene-0.1.0-linux-x64-cp311.zip" in done.stderr.splitlines()[-1]
    assert not out.exists()
    assert not [path for path in out.parent.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    "heading",
    [
        "## [Unreleased]",
        "## 0.1.0",
        "## [0.1.0]",
        "## [0.1.0] - soon",
        "## [0.1.0] - 2026-11-31",
        "## [0.1.1] - 2026-11-30",
    ],
)
def test_a_version_without_a_dated_entry_is_refused(project, heading):
    (project.folder / "CHANGELOG.md").write_text(CHANGELOG.replace("## [0.1.0] - 2026-11-30", heading))
    project.commit()
    assert re.search(r'no entry with a date for 0\.1\.0.* "## \[0\.1\.0\] - \d{4}-\d\d-\d\d"', project.refusal())


def test_a_changelog_that_says_nothing_is_refused(project):
    (project.folder / "CHANGELOG.md").write_text(
        CHANGELOG.partition("- A room")[0] + "## [0.0.1] - 2026-11-01\n\n- Old\n"
    )
    project.commit()
    assert "The entry for 0.1.0 in CHANGELOG.md is empty. Say" in project.refusal()
    (project.folder / "CHANGELOG.md").unlink()
    project.commit()
    assert "no entry with a date" in project.refusal()


def test_what_is_not_committed_is_refused(project):
    (project.folder / "addon" / "panel.py").touch()
    assert "not clean: addon/panel.py. Commit it" in project.refusal()
    project.git("add", "addon/panel.py")
    (project.folder / "LICENSE").write_text("changed")
    assert "not clean: LICENSE and 1 more. Commit it" in project.refusal()


def test_a_file_that_git_ignores_but_the_zip_takes_is_refused(project):
    (project.folder / "addon" / "today.log.txt").touch()
    assert "addon/today.log.txt would go into the zip" in project.refusal()


def test_a_tag_at_another_commit_is_refused(project):
    project.git("tag", "--annotate", "--message", "The first", "v0.1.0")
    (project.folder / "LICENSE").write_text("changed")
    project.commit()
    assert "The tag v0.1.0 is at another commit" in project.refusal()


def test_what_is_no_checkout_is_refused(project):
    (project.folder / ".git").rename(project.folder / "other")
    assert "git cannot read" in project.refusal(GIT_CEILING_DIRECTORIES=str(project.folder.parent))
    assert "no git on the search path. Install git" in project.refusal(PATH=str(project.folder / "wheels"))


def test_a_folder_within_another_checkout_is_refused(project):
    inner = Project(project.folder / "inner")
    inner.folder.mkdir()
    write_project(inner.folder)
    project.commit()
    assert "within another git checkout" in inner.refusal()


def test_one_torch_wheel_is_not_for_several_zips(project):
    words = ("--torch-wheel", "torch.whl", "--platform", "linux-x64", "--python", "cp311", "--python", "cp313")
    assert "one zip with torch, and 2 are asked for" in project.refusal(*words)
    assert "one zip with torch, and 0 are asked for" in project.refusal(*words, "--runtime", "none")


@pytest.mark.usefixtures("environment")
def test_slow_tests_are_listed_where_that_is_asked_for(project):
    (project.folder / "tests" / "blender" / "test_time.py").write_text(
        "import time\n\n\ndef test_short():\n    time.sleep(0.1)\n\n\ndef test_long():\n    time.sleep(0.3)\n"
    )
    done = project.build("test", "tests/blender", "--durations", "1")
    assert done.returncode == 0, done.stderr
    assert "slowest 1 durations" in done.stdout
    assert "test_long" in done.stdout
    assert "test_short" not in done.stdout
    assert "slowest 10 durations" in project.build("test", "tests/blender", "--durations").stdout
    assert "slowest" not in project.build("test", "tests/blender").stdout


def test_every_hook_before_a_commit_is_a_check():
    entries = re.findall(r"entry: (.*)", (ROOT / ".pre-commit-config.yaml").read_text())
    command = [sys.executable, "build.py", "test", "no-such-check"]
    known = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stderr
    names = [entry.removeprefix("python build.py test ").strip('"') for entry in entries]
    assert names == ["ruff check", "ruff format", "pyright"]
    assert all(name in known for name in names)
