"""Releasing a small project with the real tool, the real git and Blender's real validation; and slow tests listed."""

import hashlib
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
CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-11-30\n\n### Added\n\n- A room from a sentence.\n"
CPU = b"cuda: Optional[str] = None\nhip: Optional[str] = None\nxpu: Optional[str] = None\n"
IGNORED = ".venv\n__pycache__/\nbuild/\nwheels/*.whl\n*.log.txt\n"


def write_wheel(path, package):
    """A wheel small enough to be zipped in tests; gives its entry in pins.toml."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("torch/version.py", CPU)
        archive.writestr(f"{package}.txt", package)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    file = f'{{ platform = "any", python = "any", file = "{path.name}", sha256 = "{sha256}" }}'
    for_torch = str(package == "torch").lower()
    return f'[[package]]\nname = "{package}"\nversion = "1.0"\nfor_torch = {for_torch}\nfiles = [{file}]\n'


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
    pins = [
        write_wheel(folder / "wheels" / f"{package}-1.0-py3-none-any.whl", package) for package in ("torch", "tiny")
    ]
    (folder / "builder" / "pins.toml").write_text("".join(pins))
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
def test_a_release_is_both_zips_of_this_machine_and_their_sums(project):
    project.git("tag", "v0.1.0")
    done = project.build("release")
    assert done.returncode == 0, done.stderr
    sums = dict(reversed(line.split("  ", 1)) for line in done.stdout.splitlines())
    bundled, plain = map(Path, sums)
    assert re.fullmatch(r"instructscene-0\.1\.0-[a-z]+-[a-z0-9]+-cp311\.zip", bundled.name)
    assert plain.name == bundled.name.replace("cp311", "no-torch")
    for path, packages in ((bundled, ["tiny", "torch"]), (plain, ["tiny"])):
        assert sums[str(path)] == hashlib.sha256(path.read_bytes()).hexdigest()
        with zipfile.ZipFile(path) as archive:
            manifest = tomllib.loads(archive.read("blender_manifest.toml").decode())
        assert manifest["wheels"] == [f"./wheels/{name}-1.0-py3-none-any.whl" for name in packages]
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
    words = ("--torch-wheel", "torch.whl", "--python", "cp311", "--python", "cp313")
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
