"""The preferences of I-Scene: where the person has installed it, and what Check I-Scene found."""

from typing import Any, Final

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty

from ..instructscene_core.errors import InstructSceneError
from ..instructscene_core.iscene.backend import Installation
from ..instructscene_core.iscene.health import Finding
from ..instructscene_core.iscene.poses import Convention
from .language import tr
from .session import preferences

FINDINGS: Final[list[Finding]] = []
"""What Check I-Scene found last."""


def _forget(chosen: Any, _: bpy.types.Context) -> None:  # noqa: ANN401 - a property group
    """Another I-Scene may turn its cube in another way, and lack other parts."""
    chosen.convention = ""
    FINDINGS.clear()


class INSTRUCTSCENE_PG_iscene(bpy.types.PropertyGroup):
    """Where I-Scene is, and what it may."""

    python: StringProperty(
        name="I-Scene's Python",
        description="The Python of the environment in which I-Scene is installed, see docs/i-scene.md. Left empty, "
        "I-Scene is not used",
        subtype="FILE_PATH",
        update=_forget,
    )
    repository: StringProperty(
        name="I-Scene's Folder",
        description="The folder with run_inference.py",
        subtype="DIR_PATH",
        update=_forget,
    )
    model: StringProperty(
        name="I-Scene's Model",
        description="The folder with iscene_config.json and its checkpoints",
        subtype="DIR_PATH",
        update=_forget,
    )
    base_model: StringProperty(
        name="TRELLIS's Model",
        description="The folder with pipeline.json. Left empty, the one that I-Scene's model names",
        subtype="DIR_PATH",
    )
    hub_cache: StringProperty(
        name="Hub Cache",
        description="The folder of torch.hub, which must hold DINOv2 (TORCH_HOME, or hub in it). Left empty, the usual "
        "one of its Python",
        subtype="DIR_PATH",
    )
    seconds: IntProperty(
        name="Seconds to Wait", description="For I-Scene, before it is ended", min=10, max=86400, default=600
    )
    download: BoolProperty(
        name="Allow Download",
        description="Let I-Scene fetch what it lacks. Needs Allow Online Access in Blender's System preferences",
        default=False,
    )
    convention: StringProperty(options={"HIDDEN"})
    """How its cube is turned to a camera, as a former run has shown; JSON, empty where none has."""


def iscene() -> Any:  # noqa: ANN401 - the preferences' class would import this module
    """The preferences of I-Scene."""
    return preferences().iscene


def is_set_up() -> bool:
    """Whether the person has named an I-Scene."""
    return bool(iscene().python.strip())


def installation() -> Installation:
    """The I-Scene of the preferences.

    Raises:
        InstructSceneError: a part of it is not there; says which.
    """
    return Installation.of(**installation_words(), seconds=iscene().seconds, download=may_download())


def installation_words() -> dict[str, str]:
    """The paths of the preferences, those that are given absolute."""
    chosen = iscene()
    return {name: _path(getattr(chosen, name)) for name in ("python", "repository", "model", "base_model", "hub_cache")}


def may_download() -> bool:
    """Whether I-Scene may go online: the person and Blender must both have said so."""
    return bool(iscene().download and bpy.app.online_access)


def _path(text: str) -> str:
    return bpy.path.abspath(text.strip()) if text.strip() else ""


def known_convention() -> Convention | None:
    """How its cube is turned, where a former run has shown it."""
    text = iscene().convention
    try:
        return Convention.of_json(text) if text else None
    except InstructSceneError:  # of another version
        return None


def remember(convention: Convention) -> None:
    """Keeps how its cube is turned, for runs on one or two objects, which do not show it."""
    text = convention.to_json()
    if iscene().convention != text:
        iscene().convention = text
        bpy.context.preferences.is_dirty = True  # else it is gone with this session


def summary_of(findings: list[Finding]) -> str:
    """One sentence on what a check found."""
    missing = [finding for finding in findings if finding.state == "missing"]
    if not missing:
        return tr("I-Scene is complete as far as can be told without running it")
    return tr("I-Scene lacks {count} parts, first: {what}", count=len(missing), what=missing[0].text)
