"""``env``: the virtual environment ``.venv`` with everything that the project needs."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from .common import BUILD, ROOT, BuildError, digest, run, say

VENV: Final = ROOT / ".venv"
PYTHON_VERSION: Final = (3, 11)
_REQUIREMENTS: Final = (
    Path(__file__).parent / "requirements.txt",
    Path(__file__).parent / "requirements-files-only.txt",
)


def program(name: str, venv: Path = VENV) -> Path:
    """Path of a program of an environment."""
    if sys.platform == "win32":
        return venv / "Scripts" / f"{name}.exe"
    return venv / "bin" / name


def make_environment() -> Path:
    """Makes ``.venv``, or leaves it as it is where it is up to date.

    Returns:
        Its Python.

    Raises:
        BuildError: there is no Python 3.11, or a package cannot be installed.
    """
    python, stamp = program("python"), VENV / "stamp"
    wanted = digest(path.read_bytes() for path in _REQUIREMENTS)
    if python.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    say(f"Making the environment {VENV} (some minutes, about 3 GB)")
    stamp.unlink(missing_ok=True)
    make_venv(VENV)
    full, files_only = _REQUIREMENTS
    install(VENV, "-r", str(full))
    install(VENV, "--no-deps", "-r", str(files_only))
    stamp.write_text(wanted, encoding="utf-8")
    return python


def pip_python() -> Path:
    """A Python that has pip: this one, else that of a small environment in the build folder.

    Raises:
        BuildError: there is no Python 3.11.
    """
    if importlib.util.find_spec("pip") is not None:
        return Path(sys.executable)
    python = program("python", _PIP)
    if not python.is_file():
        make_venv(_PIP)
    return python


_PIP: Final = BUILD / "pip"


def make_venv(folder: Path) -> None:
    """Makes an empty environment of Python 3.11 anew.

    Raises:
        BuildError: there is no Python 3.11.
    """
    run([base_python(), "-m", "venv", "--clear", folder])


def install(venv: Path, *arguments: str) -> None:
    """Runs ``pip install`` in an environment, with these arguments.

    Raises:
        BuildError: pip fails.
    """
    run([program("python", venv), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments])


def base_python() -> Path:
    """A Python of the version that bpy needs: this one, or one on the search path.

    Raises:
        BuildError: there is none.
    """
    if sys.version_info[:2] == PYTHON_VERSION:
        return Path(sys.executable)
    name = "python{}.{}".format(*PYTHON_VERSION)
    found = shutil.which(name)
    if found is None or subprocess.run([found, "-c", "import venv"], check=False).returncode:
        raise BuildError(f"There is no {name}", "Install Python 3.11 and start build.py with it")
    return Path(found)
