"""The add-on's preferences: what belongs to the machine rather than to a file, such as where the generator runs."""

import re
from pathlib import Path
from typing import Any, Final

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, PointerProperty, StringProperty

from .folders import FOLDERS, MEASURED
from .iscene_settings import FINDINGS, INSTRUCTSCENE_PG_iscene, is_set_up
from .language import tr_later, tr_ui
from .review_list import draw_review
from .session import ROOT_PACKAGE, SESSION

DEVICE_ITEMS: Final = [
    ("auto", "Automatic", "The GPU where there is one that works, else the processor"),
    ("cpu", "CPU", "The processor, which always works"),
    ("cuda", "CUDA or ROCm", "A GPU by NVIDIA, or by AMD where the worker's Python has ROCm"),
    ("mps", "Apple Metal", "The GPU of an Apple computer"),
    ("xpu", "Intel XPU", "A GPU by Intel"),
]
_HIDDEN_KEYS: Final = ("type", "id", "protocol")
"""Keys of the worker's answers that Self-Check does not show."""


_WIDE: Final = "\u2e80-\u2fff\u3003-\u9fff\uac00-\ud7ff\uf900-\ufaff"
"""Characters between which lines may break."""
_CLOSING: Final = "\u3001\u3002\uff01-\uff1f"
"""Wide punctuation, which stays with what is before it."""

_STATES: Final = {"ok": "CHECKMARK", "warning": "ERROR", "missing": "CANCEL"}
"""Icons of what Check I-Scene found."""
_LICENCES: Final = tr_later(
    "Of what I-Scene needs, nvdiffrast is for non-commercial use only, and the rasteriser of Gaussians for research "
    "and evaluation. See docs/i-scene.md before you use what it makes"
)
USE_ITEMS: Final = [
    ("first", "These First", "What they lack comes from the furniture that comes with the extension"),
    ("only", "Only These", "What they lack is left out, and the findings say so"),
]


class INSTRUCTSCENE_PG_catalogue(bpy.types.PropertyGroup):
    """A catalogue of a person's own furniture."""

    path: StringProperty(
        name="Folder", description="The catalogue's folder, not that of the models", subtype="DIR_PATH"
    )
    used: BoolProperty(name="Use", description="Furnish rooms from it", default=True)


class INSTRUCTSCENE_UL_catalogues(bpy.types.UIList):
    """The list of catalogues."""

    def draw_item(
        self,
        _context: bpy.types.Context,
        layout: bpy.types.UILayout,
        _data: bpy.types.AnyType,
        item: INSTRUCTSCENE_PG_catalogue,
        _icon: int,
        _active: bpy.types.AnyType,
        _property: str,
        _index: int,
    ) -> None:
        """A tick, and where it is."""
        row = layout.row(align=True)
        row.prop(item, "used", text="")
        row.prop(item, "path", text="", emboss=False)


class INSTRUCTSCENE_AP_preferences(bpy.types.AddonPreferences):
    """The add-on's preferences."""

    bl_idname = ROOT_PACKAGE

    device: EnumProperty(name="Device", description="Where the generator computes", items=DEVICE_ITEMS, default="auto")
    worker_python: StringProperty(
        name="Worker's Python",
        description="A Python that has PyTorch, such as one with a GPU build. Left empty, Blender's own is used",
        subtype="FILE_PATH",
    )
    model_folder: StringProperty(
        name="Model",
        description="A folder with a model's weights. Left empty, the model that comes with the extension is used",
        subtype="DIR_PATH",
    )
    clip_weights: StringProperty(
        name="CLIP Weights",
        description="A weights file of CLIP ViT-B/32 (safetensors or a saved state dict), with which imported models "
        "read instructions. The worker's Python then needs open_clip_torch",
        subtype="FILE_PATH",
    )
    clip_download: BoolProperty(
        name="Download CLIP",
        description="Let open_clip fetch CLIP's weights (about 600 MB, once) where no file is named. Needs Allow "
        "Online Access in Blender's System preferences",
        default=False,
    )
    catalogues: CollectionProperty(
        type=INSTRUCTSCENE_PG_catalogue,
        name="Catalogues",
        description="Furniture of your own, made by Index Models. The ticked ones are used, the first ones first",
    )
    catalogue_number: IntProperty(name="Catalogue", description="The one that is selected in the list", min=0)
    catalogue_use: EnumProperty(
        name="Use",
        description="What becomes of kinds of furniture that the ticked catalogues lack",
        items=USE_ITEMS,
        default="first",
    )
    link_models: BoolProperty(
        name="Link",
        description="Link the models of a folder from its catalogue instead of appending them: files stay small, and "
        "depend on the catalogue's folder",
        default=False,
    )
    language_model_url: StringProperty(
        name="Language Model",
        description="Address of a language model that reads instructions, such as http://localhost:11434/v1 for "
        "Ollama. It must be on this computer, unless Allow Online Access is on. Left empty, instructions are read by "
        "rule",
    )
    language_model_name: StringProperty(
        name="Its Name", description="The model's name, as its server lists it, such as qwen2.5:7b"
    )
    language_model_seconds: IntProperty(
        name="Seconds to Wait",
        description="For the language model; after that the instruction is read by rule",
        min=1,
        max=600,
        default=20,
    )
    maker_command: StringProperty(
        name="Program That Makes Models",
        description="Command line of a program that makes a GLB from words, see docs/made-models.md. It runs with your "
        "rights, and may go online. Left empty, furniture comes from catalogues",
    )
    maker_seconds: IntProperty(
        name="Seconds a Model",
        description="That it may take; after that the piece is taken from the catalogue",
        min=1,
        max=86400,
        default=600,
    )
    iscene: PointerProperty(
        name="Where I-Scene Is", description="The environment in which it is installed", type=INSTRUCTSCENE_PG_iscene
    )
    idle_minutes: IntProperty(
        name="Release Memory After",
        description="Minutes without a request after which the worker ends. Zero keeps it",
        min=0,
        max=600,
        default=10,
    )

    def draw(self, _: bpy.types.Context) -> None:
        """Settings, the jobs that make them, then Self-Check and what it found."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        for name in ("device", "worker_python", "idle_minutes", "model_folder", "clip_weights", "clip_download"):
            layout.prop(self, name)
        layout.operator("instructscene.import_official", icon="IMPORT")
        self._draw_catalogues(layout)
        layout.prop(self, "language_model_url")
        if self.language_model_url:
            layout.prop(self, "language_model_name")
            layout.prop(self, "language_model_seconds")
        layout.prop(self, "maker_command")
        if self.maker_command:
            layout.prop(self, "maker_seconds")
        _draw_iscene(layout, self.iscene)
        draw_progress(layout)
        if SESSION.failure:
            draw_lines(layout, SESSION.failure, 90, "ERROR")
        row = layout.row(align=True)
        row.operator("instructscene.self_check", icon="CHECKMARK")
        row.operator("instructscene.release_memory", icon="TRASH")
        row.operator("instructscene.copy_report", icon="COPYDOWN")
        if SESSION.self_check is not None:
            box = layout.box().column(align=True)
            for line in report_lines(SESSION.self_check):
                box.label(text=line, translate=False)

        _draw_folders(layout)

    def _draw_catalogues(self, layout: bpy.types.UILayout) -> None:
        layout.label(text="Catalogues")
        row = layout.row()
        row.template_list(
            "INSTRUCTSCENE_UL_catalogues", "", self, "catalogues", self, "catalogue_number", rows=3, type="DEFAULT"
        )
        buttons = row.column(align=True)
        buttons.operator("instructscene.add_catalogue", text="", icon="ADD")
        buttons.operator("instructscene.remove_catalogue", text="", icon="REMOVE")
        row = layout.row(align=True)
        row.operator("instructscene.index_models", icon="FILE_REFRESH")
        row.operator("instructscene.review_models", icon="VIEWZOOM")
        draw_review(layout, bpy.context)
        if len(self.catalogues):
            layout.prop(self, "catalogue_use", expand=True)
            layout.prop(self, "link_models")


def _draw_iscene(layout: bpy.types.UILayout, chosen: INSTRUCTSCENE_PG_iscene) -> None:
    """Where I-Scene is, the licences of its parts, and what Check I-Scene found."""
    layout.prop(chosen, "python")
    if not is_set_up():
        return
    for name in ("repository", "model", "base_model", "hub_cache", "seconds", "download"):
        layout.prop(chosen, name)
    draw_lines(layout, tr_ui(_LICENCES), 90, "INFO")
    row = layout.row(align=True)
    row.operator("instructscene.check_iscene", icon="CHECKMARK")
    row.operator("instructscene.try_iscene", icon="PLAY")
    if FINDINGS:
        box = layout.box()
        for finding in FINDINGS:
            draw_lines(box, f"{finding.name}: {finding.text}", 90, _STATES[finding.state])
            if finding.state != "ok":
                draw_lines(box, finding.remedy, 88, "BLANK1")


def _draw_folders(layout: bpy.types.UILayout) -> None:
    """What the add-on has written, folder by folder."""
    header = layout.row()
    header.label(text="Folders")
    header.operator("instructscene.measure_folders", icon="FILE_REFRESH")
    column = layout.box().column(align=True)
    for folder in FOLDERS:
        row = column.row(align=True)
        row.label(text=folder.label)
        contents = MEASURED.get(folder.name)
        row.label(text=contents.text if contents else "\N{EN DASH}", translate=False)
        row.operator("instructscene.open_folder", text="", icon="FILE_FOLDER").folder = folder.name
        row.operator("instructscene.empty_folder", text="", icon="TRASH").folder = folder.name


def draw_progress(layout: bpy.types.UILayout) -> None:
    """A bar with a cancel button, while a job is under way."""
    if not SESSION.active:
        return
    row = layout.row(align=True)
    row.progress(factor=SESSION.progress.share, text=SESSION.progress.label)
    row.operator("instructscene.cancel", text="", icon="X")


def draw_lines(layout: bpy.types.UILayout, text: str, width: int, icon: str = "NONE") -> None:
    """A text over as many lines as it needs.

    Args:
        layout: where.
        text: one paragraph.
        width: characters in a line.
        icon: before the first line.
    """
    column = layout.column(align=True)
    column.scale_y = 0.85
    for number, line in enumerate(wrap(text, width)):
        blank = "BLANK1" if icon != "NONE" else "NONE"
        column.label(text=line, icon=icon if number == 0 else blank, translate=False)


def wrap(text: str, width: int) -> list[str]:
    """Breaks a text at spaces, and Chinese anywhere, into lines of ``width`` characters; longer words are cut.

    A Chinese character counts as two, but none stands before the punctuation that follows it.
    """
    lines = [""]
    for word in text.split():
        gap = " " if lines[-1] else ""
        for piece in _pieces(word, width):
            if lines[-1] and _cells(lines[-1]) + len(gap) + _cells(piece) > width:
                lines.append("")
                gap = ""
            lines[-1] += gap + piece
            gap = ""
    return lines


def _pieces(word: str, width: int) -> list[str]:
    """A word's parts between which a line may break."""
    parts = re.findall(rf"[{_WIDE}][{_CLOSING}]*|[^{_WIDE}]+", word)
    return [part[i : i + width] for part in parts for i in range(0, len(part), width)]


def _cells(text: str) -> int:
    """Characters that a text is wide, a Chinese one counting as two."""
    return len(text) + len(re.findall(rf"[{_WIDE}{_CLOSING}]", text))


def report_lines(report: dict[str, Any]) -> list[str]:
    """What Self-Check found, one fact a line, without the person's home folder."""
    facts: dict[str, Any] = {"blender": bpy.app.version_string}
    for key, value in report.items():
        if isinstance(value, dict):
            facts.update(value)
        elif key not in _HIDDEN_KEYS:
            facts[key] = value
    home = str(Path.home())
    return [f"{key.replace('_', ' ')}: {_shown(value)}".replace(home, "~") for key, value in facts.items()]


def _shown(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)
