"""Runs the real I-Scene: one picture and one mask go in, one mesh for each label comes out.

It is a program of the person's in an environment of its own, called by its own command line. What it says and writes is
not trusted; whether it made anything is judged by its files, since it ends well where it made nothing.
"""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..child_process import Bounds, ChildError, Ended, run_child
from ..errors import InvalidInputError, of_files
from ..png import write_png
from .errors import ISceneError
from .glb import MOST_BYTES, Mesh, read_glb
from .masks import MOST_LABELS
from .poses import Box

SECONDS: Final = 600.0
"""That one run may take."""
SCRIPT: Final = "run_inference.py"
"""Of the repository."""
CONFIG: Final = "iscene_config.json"
"""Of the model's folder."""
STAGES: Final = ("Loading model", "Generating scene")
"""As the program prints them, newer versions of it at least."""
_MOST_WRITTEN: Final = 4 << 30
"""Bytes of all that one run writes: each object's mesh and all of them in one."""
DINO: Final = "facebookresearch_dinov2_main"
"""Folder of the image encoder's code in that of torch.hub."""
_NOWHERE: Final = {
    **{f"{kind}_proxy": "http://127.0.0.1:9" for kind in ("http", "https", "all")},
    **{f"{kind}_PROXY": "http://127.0.0.1:9" for kind in ("HTTP", "HTTPS", "ALL")},
    "no_proxy": "", "NO_PROXY": "",
}  # fmt: skip
"""A proxy at which nobody answers: the port of the discard service, which no system has any more."""
_FORM: Final = 1
"""Version of job.json."""
_REMEDY: Final = "Run Check I-Scene"


@dataclass(frozen=True)
class Installation:
    """Where the person has I-Scene.

    Args:
        python: of its environment.
        repository: its folder with ``run_inference.py``.
        model: folder with ``iscene_config.json``.
        base_model: folder of TRELLIS; None where the model's configuration names it.
        hub_cache: folder that torch.hub keeps things in; None for the person's own.
        seconds: that one run may take.
        download: whether it may go online.
    """

    python: Path
    repository: Path
    model: Path
    base_model: Path | None = None
    hub_cache: Path | None = None
    seconds: float = SECONDS
    download: bool = False

    @staticmethod
    def of(
        python: str,
        repository: str,
        model: str,
        base_model: str = "",
        hub_cache: str = "",
        seconds: float = SECONDS,
        *,
        download: bool = False,
    ) -> "Installation":
        """From what a person has typed; empty words are folders that need not be named.

        Raises:
            InvalidInputError: a part is not there; its message names it.
        """
        found = python_at(python)
        if found is None:
            raise InvalidInputError(
                f'There is no Python "{python}" for I-Scene', "Name the python of the environment it is installed in"
            )
        return Installation(
            found,
            _folder(repository, "repository", SCRIPT, "Name the folder that I-Scene's repository was cloned to"),
            _folder(model, "model", CONFIG, "Name the folder that I-Scene's weights were downloaded to"),
            _folder(base_model, "base model", "pipeline.json", "Name TRELLIS's folder") if base_model.strip() else None,
            torch_home(
                _folder(hub_cache, "hub cache", "", "Name the folder of torch.hub") if hub_cache.strip() else None
            ),
            seconds,
            download,
        )

    def environment(self) -> dict[str, str]:
        """What its processes have beside ours: unless it may go online, what keeps it off, and where torch.hub looks.

        torch.hub asks for news before it looks into its cache, and takes that alone where nothing answers.
        """
        offline = {} if self.download else {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"} | _NOWHERE
        return offline | ({"TORCH_HOME": str(self.hub_cache)} if self.hub_cache else {})


def torch_home(folder: Path | None) -> Path | None:
    """The folder that torch calls home, of what a person has named: that, or its folder "hub" itself."""
    if folder is not None and (folder / DINO).is_dir():
        return folder.parent
    return folder


def path_of(text: str) -> Path | None:
    """The path that a person has typed, absolute; None of blanks."""
    path = Path(text.strip())
    with contextlib.suppress(RuntimeError):  # where "~" is nobody's
        path = path.expanduser()
    return path.absolute() if text.strip() else None


def python_at(text: str) -> Path | None:
    """The Python that a person has named, by its path or as it is called; None where it is not there."""
    path = path_of(text)
    if path is None:
        return None
    found = shutil.which(path) or shutil.which(text.strip())
    return Path(found).absolute() if found else None


def _folder(text: str, name: str, holds: str, remedy: str) -> Path:
    """A folder that a person has typed, which holds a file.

    Raises:
        InvalidInputError: it is not there, or the file is not in it.
    """
    folder = path_of(text)
    if folder is None or not folder.is_dir():
        raise InvalidInputError(f'There is no folder "{text}" for I-Scene\'s {name}', remedy)
    if holds and not (folder / holds).is_file():
        raise InvalidInputError(f"I-Scene's {name} {folder} holds no {holds}", remedy)
    return folder


@dataclass(frozen=True, eq=False)
class Job:
    """What I-Scene shall make.

    Args:
        rgb: (h, w, 3) the picture; theirs is at least 768 pixels on its short side.
        labels: (h, w) 0 for background, else an object's label.
        ids: the object of each label, 1..255.
        boxes: of the labels whose place is known.
        camera: that the picture was taken with: JSON of its matrix, focal, sensor, shift, resolution.
        floor: its height, metres.
        seed: of everything random.
    """

    rgb: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    ids: Mapping[int, str]
    boxes: Mapping[int, Box] = field(default_factory=dict[int, Box])
    camera: Mapping[str, Any] = field(default_factory=dict[str, Any])
    floor: float = 0.0
    seed: int = 0

    def check(self) -> None:
        """Raises an InvalidInputError where picture, mask and labels do not belong together."""
        if self.labels.shape != self.rgb.shape[:2] or self.labels.dtype != np.uint8:
            raise InvalidInputError("Picture and mask are of different sizes", "Render both anew")
        found = set(np.unique(self.labels).tolist()) - {0}
        if not self.ids or found != set(self.ids) or max(self.ids) > MOST_LABELS:
            raise InvalidInputError("The mask's labels are not those of the objects", "Render the mask anew")

    def to_json(self) -> str:
        """What is written beside the pictures."""
        boxes = {
            str(label): {"centre": [*map(float, box.centre)], "size": [*map(float, box.size)], "yaw": float(box.yaw)}
            for label, box in self.boxes.items()
        }
        data = {
            "version": _FORM, "seed": self.seed, "labels": {str(label): name for label, name in self.ids.items()},
            "boxes": boxes, "camera": dict(self.camera), "floor": self.floor, "units": "metres",
        }  # fmt: skip
        return json.dumps(data, ensure_ascii=False)


@dataclass(frozen=True, eq=False)
class Answer:
    """What I-Scene made.

    Args:
        meshes: of labels, in the cube, Z up.
        files: their GLBs, which are the caller's now.
        missing: why other labels have none.
        words: the last that the program printed.
    """

    meshes: dict[int, Mesh]
    files: dict[int, Path]
    missing: dict[int, str]
    words: str


def run(installation: Installation, job: Job, out: Path) -> Generator[str, None, Answer]:
    """Has I-Scene make one scene; yields the stage it is at while it works. Closing the generator ends it.

    Args:
        installation: of I-Scene.
        job: what it shall make.
        out: folder of the GLBs, which is there in the end whole or not at all.

    Raises:
        InvalidInputError: the job is none, or the folder is already there.
        ISceneError: it cannot be started, fails, takes more than it may, or made nothing that can be read.
        InstructSceneError: a file cannot be written.
    """
    job.check()
    if out.exists():
        raise InvalidInputError(f"{out} is already there", "Name a folder that is not there yet")
    try:
        return (yield from _run(installation, job, out))
    except OSError as error:
        raise of_files(error) from error


def _run(installation: Installation, job: Job, out: Path) -> Generator[str, None, Answer]:
    with tempfile.TemporaryDirectory(prefix="instructscene-iscene-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        made = work / "made"
        made.mkdir()
        write_png(work / "rgb.png", job.rgb)
        write_png(work / "mask.png", job.labels)
        (work / "job.json").write_text(job.to_json(), encoding="utf-8")
        files = {label: made / f"instance_{label:02d}.glb" for label in sorted(job.ids)}
        bounds = Bounds(installation.seconds, files={made: _MOST_WRITTEN} | dict.fromkeys(files.values(), MOST_BYTES))
        ended = yield from _stages(run_child(_words(installation, job, work), work, bounds, installation.environment()))
        if ended.code:
            raise ISceneError(f"I-Scene failed with code {ended.code}: {ended.words or 'it said nothing'}", _REMEDY)
        meshes: dict[int, Mesh] = {}
        missing: dict[int, str] = {}
        for label, path in files.items():
            yield STAGES[-1]
            try:
                meshes[label] = read_glb(_regular(path))
            except ISceneError as error:
                missing[label] = error.message
        if not meshes:
            why = missing[min(missing)] if any(made.iterdir()) else ended.words or "it said nothing"
            raise ISceneError(f"I-Scene ended well, and made nothing: {why}", _REMEDY)
        return Answer(meshes, _moved(files, meshes, out), missing, ended.words)


def _words(installation: Installation, job: Job, work: Path) -> list[str]:
    """The command line."""
    words = [str(installation.python), "-u", str(installation.repository / SCRIPT)]
    words += ["--rgb", str(work / "rgb.png"), "--mask", str(work / "mask.png"), "--output_dir", str(work / "made")]
    words += ["--model", str(installation.model)]
    words += ["--base_model", str(installation.base_model)] if installation.base_model else []
    return [*words, "--seed", str(job.seed)]


def _stages(running: Generator[str, None, Ended]) -> Generator[str, None, Ended]:
    """Waits for the program; yields the stage that it printed last."""
    stage = STAGES[0]
    with contextlib.closing(running):
        while True:
            try:
                words = next(running)
            except StopIteration as stop:
                return stop.value
            except ChildError as error:
                raise ISceneError(f"I-Scene: {error.message}", _REMEDY) from error
            stage = max(STAGES, key=words.rfind) if any(name in words for name in STAGES) else stage
            yield stage


def _regular(path: Path) -> Path:
    """A file that is there, and none elsewhere.

    Raises:
        ISceneError: it is not.
    """
    if path.is_symlink() or not path.is_file():
        raise ISceneError(f"I-Scene made no {path.name}", _REMEDY)
    return path


def _moved(files: Mapping[int, Path], meshes: Mapping[int, Mesh], out: Path) -> dict[int, Path]:
    """Brings files into a folder that is there whole or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        for label in meshes:
            shutil.move(files[label], part / files[label].name)
        part.replace(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return {label: out / files[label].name for label in meshes}
