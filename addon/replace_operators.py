"""What the buttons for one piece at a time do: Replace This, More Like This, Delete from Room."""

from typing import Any, Final

import bpy
from bpy.props import BoolProperty, StringProperty

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.scene import Replacement, read_replacement
from .job_operator import JobOperator
from .language import tr, tr_tip, tr_ui
from .properties import NO_CLASS
from .replacing import CHOICE, add_like_active, delete_selected, find_pieces, replace_selected
from .session import Steps, preferences

_COLUMNS: Final = 4
_ICON: Final = 5.0
"""Size of a piece's picture, in heights of a button."""
_WIDTH: Final = 480
"""Of the popup, pixels at a scale of 1."""
_LONGEST: Final = 16
"""Characters of a caption below its picture."""


class _PieceOperator(JobOperator):
    """A job on selected furniture."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """As for every job, and something must be selected."""
        if not super().poll(context):
            return False
        if not context.selected_objects:
            cls.poll_message_set(tr("Select furniture of a room"))
            return False
        return True


class INSTRUCTSCENE_OT_replace(_PieceOperator):
    """Put another piece in the place of the selected one: by words, by class, or from pictures. The rest stays"""

    bl_idname = "instructscene.replace"
    bl_label = "Replace This"
    bl_options = {"UNDO"}

    asset: StringProperty(
        name="Piece", description="Id of the catalogue's piece that is to come", options={"SKIP_SAVE"}
    )
    category: StringProperty(
        name="Class", description="Class of the piece that is to come, such as armchair", options={"SKIP_SAVE"}
    )
    text: StringProperty(name="Text", description="What is to come, such as a larger oak desk", options={"SKIP_SAVE"})
    make: BoolProperty(
        name="Make",
        description="Let the program that the preferences name make it",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, _: bpy.types.Context, properties: Any) -> str:  # noqa: ANN401
        """Tooltip: what comes where it is known."""
        chosen = next((caption for key, caption, _ in CHOICE.entries if key == properties.asset), "")
        return chosen[:1].upper() + chosen[1:] if chosen else tr_tip(cls.__doc__ or "")

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Shows what there is to choose from, where nothing is said."""
        if self._said or bpy.app.background or context.window is None:
            return super().invoke(context, event)
        bpy.ops.instructscene.find_pieces("INVOKE_DEFAULT")
        return {"CANCELLED"}

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - there is one result
        """Asks for the other piece and places it."""
        if not self._said:
            message = tr("Nothing is said of what is to come")
            raise InvalidInputError(message, tr("Give the operator an asset, a category or a text"))
        if self.make and not preferences().maker_command:
            message = tr("No program that makes models is chosen")
            raise InvalidInputError(message, tr("Name one in the extension's preferences"))
        return replace_selected(context, self._wanted(), make=self.make)

    @property
    def _said(self) -> bool:
        return bool(self.asset or self.category or self.text.strip())

    def _wanted(self) -> Replacement:
        if self.asset:
            return Replacement(asset=self.asset)
        data = {"category": self.category or None, "text": self.text.strip()}
        return read_replacement({key: value for key, value in data.items() if value}, "replace")


class INSTRUCTSCENE_OT_find_pieces(_PieceOperator):
    """Show the pieces that may come in the place of the selected one, the nearest to text and class first"""

    bl_idname = "instructscene.find_pieces"
    bl_label = "Find Pieces"

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - there is one result
        """Asks the worker for them."""
        settings = context.scene.instructscene
        category = "" if settings.replace_class == NO_CLASS else settings.replace_class
        return find_pieces(context, settings.replace_text, category)

    def then(self) -> None:
        """Shows them."""
        bpy.ops.instructscene.choose_piece("INVOKE_DEFAULT")


class INSTRUCTSCENE_OT_choose_piece(bpy.types.Operator):
    """Choose what comes in the place of the selected piece"""

    bl_idname = "instructscene.choose_piece"
    bl_label = "Choose a Piece"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, _: bpy.types.Context) -> bool:
        """Whether pieces were found, and there is a window for a popup."""
        if bpy.app.background:
            cls.poll_message_set(
                tr("There is no window to choose in. From a script, give instructscene.replace an asset")
            )
        elif not CHOICE.replaced:
            cls.poll_message_set(tr("Find pieces first"))
        return bool(CHOICE.replaced) and not bpy.app.background

    def invoke(self, context: bpy.types.Context, _: bpy.types.Event) -> set[str]:
        """Opens the popup, which closes when the pointer leaves it."""
        return context.window_manager.invoke_popup(self, width=_WIDTH)

    def execute(self, _: bpy.types.Context) -> set[str]:
        """Nothing: the buttons in the popup do the work."""
        return {"FINISHED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Text, class, and pictures."""
        layout, settings = self.layout, context.scene.instructscene
        layout.label(text=tr_ui("In the Place of {name}", name=CHOICE.replaced), translate=False)
        layout.prop(settings, "replace_text", text="", placeholder="A larger oak desk", icon="TEXT")
        row = layout.row(align=True)
        row.prop(settings, "replace_class", text="")
        row.operator("instructscene.find_pieces", icon="VIEWZOOM")
        if preferences().maker_command and settings.replace_text.strip():
            made = layout.operator("instructscene.replace", text="Make It", icon="MOD_BUILD")
            made.text, made.make = settings.replace_text, True
            made.category = "" if settings.replace_class == NO_CLASS else settings.replace_class
        if CHOICE.not_understood:
            words = ", ".join(CHOICE.not_understood)
            layout.label(text=tr_ui("Not understood: {words}", words=words), icon="QUESTION", translate=False)
        if not CHOICE.entries:
            layout.label(text="The catalogue has no such piece", icon="INFO")
        draw_pieces(layout)


def draw_pieces(layout: bpy.types.UILayout) -> None:
    """Pictures of the pieces that were found, each with the button that puts it in place."""
    grid = layout.grid_flow(row_major=True, columns=_COLUMNS, even_columns=True, even_rows=True, align=False)
    for key, caption, icon in CHOICE.entries:
        cell = grid.column(align=True)
        cell.template_icon(icon_value=icon, scale=_ICON)
        words = caption.split()
        name = " ".join(words[1:]) if words[:1] in (["a"], ["an"]) else caption
        short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
        cell.operator("instructscene.replace", text=short or key, translate=False).asset = key


class INSTRUCTSCENE_OT_more_like_this(_PieceOperator):
    """Add one more piece like the active one, where the room has a place for it"""

    bl_idname = "instructscene.more_like_this"
    bl_label = "More Like This"
    bl_options = {"UNDO"}

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - there is one result
        """Asks for one more and places it."""
        return add_like_active(context)


class INSTRUCTSCENE_OT_delete(_PieceOperator):
    """Delete the selected furniture and what stands on it, and measure the room's wishes anew"""

    bl_idname = "instructscene.delete"
    bl_label = "Delete from Room"
    bl_options = {"UNDO"}

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - there is one result
        """Takes the furniture out of its room."""
        return delete_selected(context)


CLASSES: Final = (
    INSTRUCTSCENE_OT_replace,
    INSTRUCTSCENE_OT_find_pieces,
    INSTRUCTSCENE_OT_choose_piece,
    INSTRUCTSCENE_OT_more_like_this,
    INSTRUCTSCENE_OT_delete,
)
