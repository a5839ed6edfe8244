"""Looks at an installation of I-Scene part by part: what is there, what is missing, and what to do about it."""

import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, cast

from ..child_process import Bounds, ChildError, run_child
from .backend import CONFIG, DINO, SCRIPT, path_of, python_at, torch_home

State = Literal["ok", "warning", "missing"]

KEYS: Final = ("base_model_id", "config_file", "denoiser_checkpoint", "image_conditioner_checkpoint")
"""Of the model's configuration; all but the first name files in its folder."""
_PYTHON: Final = "3.10"
_LEAST_MEMORY, _GOOD_MEMORY = 16, 24
"""GB of the card: that it needs, and that more than six objects need."""
_DISK: Final = 2
"""GB."""
_SECONDS: Final = 120.0
"""That importing everything may take."""
_MOST: Final = 1 << 20
"""Bytes of a file that tells something."""
_PROBE: Final = Path(__file__).with_name("probe.py")
_FORM: Final = {"python": str, "torch": dict, "packages": dict}
_README: Final = "install it as the README of I-Scene's repository says"


@dataclass(frozen=True)
class Finding:
    """One part of an installation.

    Args:
        name: of the part.
        state: "ok", "warning" (it may work) or "missing" (it cannot).
        text: what was found, one line.
        remedy: what to do, one line; empty where it is ok.
    """

    name: str
    state: State
    text: str
    remedy: str = ""


def check(
    python: str, repository: str, model: str, base_model: str = "", hub_cache: str = "", *, seconds: float = _SECONDS
) -> Generator[None, None, list[Finding]]:
    """Findings in the order in which one would put them right; yields while the person's Python is asked.

    Args:
        python: of I-Scene's environment, as typed.
        repository: folder of its code.
        model: folder of its weights.
        base_model: folder of TRELLIS; empty where the model's configuration names it.
        hub_cache: folder that torch.hub keeps things in; empty for the person's own.
        seconds: that the person's Python may take.
    """
    findings = [_system()]
    about, why = yield from _asked(python, seconds)
    findings += [_python(python, about, why), *_torch(about), *_packages(about)]
    findings += [
        _repository(path_of(repository)),
        *_model(path_of(model), path_of(base_model)),
        _hub(path_of(hub_cache)),
    ]
    return [*findings, _disk()]


def _system() -> Finding:
    if sys.platform == "linux":
        return Finding("System", "ok", "Linux")
    return Finding("System", "missing", "I-Scene runs on Linux only", "Use a computer with Linux and an NVIDIA card")


def _asked(python: str, seconds: float) -> Generator[None, None, tuple[dict[str, Any], str]]:
    """What the probe tells, or nothing and why."""
    found = python_at(python)
    if found is None:
        return {}, f'there is no Python "{python}"'
    with tempfile.TemporaryDirectory(prefix="instructscene-iscene-", ignore_cleanup_errors=True) as folder:
        out = Path(folder) / "facts.json"
        words = [str(found), "-u", str(_PROBE), str(out)]
        try:
            with contextlib.closing(run_child(words, Path(folder), Bounds(seconds, files={out: _MOST}))) as running:
                while True:
                    try:
                        next(running)
                    except StopIteration as stop:
                        ended = stop.value
                        break
                    yield
        except ChildError as error:
            return {}, error.message
        about = _json(out)
        if not _is_probe(about):
            return {}, f"{found} is no Python that answers: {ended.words or 'it said nothing'}"
        return about, ""


def _is_probe(about: dict[str, Any]) -> bool:
    """Whether what was written has the form of the probe's; the person's Python may be anything."""
    if not all(isinstance(about.get(key), kind) for key, kind in _FORM.items()):
        return False
    card = cast("dict[str, object]", about["torch"])
    pair = cast("list[object]", card.get("capability", [0, 0]))
    lists = [pair, card.get("built", [])]
    return (
        all(isinstance(one, list) for one in lists)
        and len(pair) == 2
        and all(isinstance(number, int) for number in [*pair, card.get("memory", 0)])
    )


def _json(path: Path) -> dict[str, Any]:
    """An object of a small file; an empty one of anything else."""
    try:
        if path.stat().st_size > _MOST:
            return {}
        data: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", data) if isinstance(data, dict) else {}


def _python(python: str, about: dict[str, Any], why: str) -> Finding:
    remedy = f"Make an environment of Python {_PYTHON} for I-Scene and name its python"
    if not about:
        return Finding("Python", "missing", why[:1].upper() + why[1:], remedy)
    version = about["python"]
    if version.startswith(f"{_PYTHON}."):
        return Finding("Python", "ok", f"{version} ({python})")
    return Finding("Python", "warning", f"{version}, I-Scene was written for {_PYTHON}", remedy)


def _torch(about: dict[str, Any]) -> list[Finding]:
    """PyTorch with CUDA, whether it was built for the card, and the card's memory."""
    torch = about.get("torch", {})
    remedy = f"Look at the NVIDIA driver (nvidia-smi), and {_README}"
    if not torch.get("version"):
        fault = torch.get("error", "Python was not asked")
        return [Finding("PyTorch", "missing", f"torch cannot be imported: {fault}", remedy)]
    if not torch.get("cuda") or "capability" not in torch:
        return [Finding("PyTorch", "missing", f"torch {torch['version']} finds no NVIDIA card", remedy)]
    major, minor = torch["capability"]
    built, name = torch.get("built", []), f"sm_{major}{minor}"
    found = [Finding("PyTorch", "ok", f"{torch['version']} on {torch.get('card', 'a card')}")]
    # code for a lower minor version runs too, and a compute_ entry is translated for any newer card
    suits = any(
        (kind == "sm" and number[:-1] == str(major) and number[-1:] <= str(minor))
        or (kind == "compute" and number.isdigit() and int(number) <= 10 * major + minor)
        for kind, _, number in (str(entry).rstrip("af").partition("_") for entry in built)
    )
    if suits:
        found.append(Finding("Compute capability", "ok", f"{major}.{minor}"))
    else:
        text = f"torch was built for {', '.join(map(str, built)) or 'no card'}, this one is {name}"
        found.append(Finding("Compute capability", "missing", text, "Install a torch that was built for this card"))
    return [*found, _memory(torch.get("memory", 0))]


def _memory(size: int) -> Finding:
    memory = round(size / (1 << 30))
    if memory < _LEAST_MEMORY:
        text = f"The card has {memory} GB, I-Scene needs {_LEAST_MEMORY}"
        return Finding("Memory", "missing", text, "Use a card with more memory")
    if memory < _GOOD_MEMORY:
        return Finding("Memory", "warning", f"The card has {memory} GB", "Use it on six objects at a time at most")
    return Finding("Memory", "ok", f"{memory} GB")


def _packages(about: dict[str, Any]) -> list[Finding]:
    """The packages that it imports; of the two for attention one will do."""
    faults = about.get("packages", {})
    findings: list[Finding] = []
    for names in (("spconv",), ("flash_attn", "xformers"), ("nvdiffrast",), ("kaolin",)):
        title = " or ".join(names)
        reasons = [str(faults.get(name, "Python was not asked")) for name in names]
        if "" in reasons:
            findings.append(Finding(title, "ok", f"{names[reasons.index('')]} is there"))
        else:
            findings.append(Finding(title, "missing", f"Cannot be imported: {reasons[0]}", _README.capitalize()))
    return findings


def _repository(folder: Path | None) -> Finding:
    if folder is not None and (folder / SCRIPT).is_file():
        return Finding("Repository", "ok", str(folder))
    remedy = "Clone LuLing06/I-Scene-project and name its folder"
    return Finding("Repository", "missing", f"{folder or 'The folder'} holds no {SCRIPT}", remedy)


def _model(folder: Path | None, base: Path | None) -> list[Finding]:
    """The model's folder, and the base model's, which its configuration may name."""
    remedy = "Download the model and name its folder"
    about = _json(folder / CONFIG) if folder is not None else {}
    if folder is None or not about:
        text = f"{folder or 'The folder'} holds no {CONFIG} that can be read"
        return [Finding("Model", "missing", text, remedy), _base(base, "")]
    lacks = [key for key in KEYS if not isinstance(about.get(key), str) or not about[key]]
    named = [about[key] for key in KEYS[1:] if key not in lacks]
    gone = [name for name in named if not _inside(folder, name)]
    if lacks:
        finding = Finding("Model", "missing", f"{CONFIG} lacks {', '.join(lacks)}", remedy)
    elif gone:
        finding = Finding("Model", "missing", f"{folder} holds no {', '.join(gone)}", remedy)
    else:
        finding = Finding("Model", "ok", str(folder))
    return [finding, _base(base, str(about.get(KEYS[0], "")))]


def _inside(folder: Path, name: str) -> bool:
    """Whether a file is there, and in the folder by its name; where a link of it leads is the person's affair."""
    path = Path(os.path.normpath(folder / name))
    try:
        return path.is_relative_to(folder) and path.is_file()
    except (OSError, ValueError):
        return False


def _base(folder: Path | None, named: str) -> Finding:
    """The base model's folder: TRELLIS's pipeline and the networks that it names."""
    remedy = "Download microsoft/TRELLIS-image-large and name its folder"
    if folder is None:
        local = Path(named) if named else None
        if local is None or not local.is_absolute() or not local.is_dir():
            text = f"No folder is named; {named or 'the base model'} must lie in the hub's cache then"
            return Finding("Base model", "warning", text, remedy)
        folder = local
    about = _json(folder / "pipeline.json")
    args = about.get("args")
    models = args.get("models") if isinstance(args, dict) else None
    if not isinstance(models, dict) or not models:
        return Finding("Base model", "missing", f"{folder} holds no pipeline.json that names networks", remedy)
    paths = [str(path) for path in cast("dict[str, object]", models).values()]
    gone = [
        f"{path}{end}" for path in paths for end in (".json", ".safetensors") if not _inside(folder, f"{path}{end}")
    ]
    if gone:
        return Finding("Base model", "missing", f"{folder} holds no {gone[0]}", remedy)
    return Finding("Base model", "ok", str(folder))


def _hub(folder: Path | None) -> Finding:
    """DINOv2 in torch.hub's cache: its code and its weights."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    hub = (
        torch_home(folder) or Path(os.environ.get("TORCH_HOME") or cache / "torch")
    ) / "hub"  # as torch itself looks for it
    remedy = "Load it once while online: torch.hub.load('facebookresearch/dinov2', 'dinov2_vitl14_reg')"
    if not (hub / DINO).is_dir():
        return Finding("DINOv2", "missing", f"{hub} holds no {DINO}", remedy)
    if not any((hub / "checkpoints").glob("dinov2_vitl14_reg*.pth")):
        return Finding("DINOv2", "missing", f"{hub / 'checkpoints'} holds no dinov2_vitl14_reg*.pth", remedy)
    return Finding("DINOv2", "ok", str(hub))


def _disk() -> Finding:
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free / (1 << 30)
    if free >= _DISK:
        return Finding("Disk", "ok", f"{free:.0f} GB are free")
    return Finding("Disk", "missing", f"{free:.1f} GB are free in {folder}, {_DISK} are needed", "Make room there")
