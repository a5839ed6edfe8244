"""Buttons of the review list: what the person says of a catalogue's models, and saving that in its record."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import bpy
from bpy.props import EnumProperty, FloatProperty, StringProperty

from ..instructscene_core.vocabulary import CATEGORIES
from .job_operator import SettingsOperator
from .language import category_title, tr
from .piece_list import lists, page_of
from .review import NO_CLASS, REVIEW, Model, is_reviewable, open_review, save_review
from .review_list import PAGE
from .session import Steps, preferences

_CLASS_ITEMS: Final = [
    (NO_CLASS, "Leave Out", "It is no furniture for rooms, and none gets it"),
    *((name, category_title(name), "") for name in CATEGORIES),
]


class INSTRUCTSCENE_OT_review_models(SettingsOperator):
    """List what was recognised of the models of the selected catalogue, for you to correct"""

    bl_idname = "instructscene.review_models"
    bl_label = "Review Models"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """As for every job, and the selected catalogue must have something to review."""
        if not super().poll(context):
            return False
        if _selected() is None:
            cls.poll_message_set(tr("Index a folder of models, and select its catalogue in the list"))
            return False
        return True

    def job(self, _: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - nothing of it can wait
        """Reads the list."""
        catalogue = _selected()
        assert catalogue is not None, "poll() has checked this"  # noqa: S101
        return open_review(catalogue)


def _selected() -> Path | None:
    """The selected catalogue; None where it has nothing to review."""
    chosen = preferences()
    if not len(chosen.catalogues):
        return None
    item = chosen.catalogues[min(chosen.catalogue_number, len(chosen.catalogues) - 1)]
    path = Path(bpy.path.abspath(item.path))
    folder = path if path.is_dir() else path.parent
    return folder if item.path and is_reviewable(folder) else None


class INSTRUCTSCENE_OT_save_review(SettingsOperator):
    """Save your corrections in the catalogue's own record. Indexing the folder again keeps them"""

    bl_idname = "instructscene.save_review"
    bl_label = "Save Corrections"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """As for every job, and there must be something to save."""
        if not super().poll(context):
            return False
        if not REVIEW.unsaved:
            cls.poll_message_set(tr("Nothing was corrected since"))
            return False
        return True

    def job(self, _: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - nothing of it can wait
        """Has the worker write them."""
        return save_review()


class _ReviewOperator(bpy.types.Operator):
    """Something that a person says of a model."""

    model: StringProperty(name="Model", description="Its id", options={"SKIP_SAVE", "HIDDEN"})

    def values(self, model: Model) -> Mapping[str, str]:
        """What is said, as the catalogue's record has it."""
        raise NotImplementedError

    def execute(self, _: bpy.types.Context) -> set[str]:
        """Notes it until it is saved."""
        model = REVIEW.models.get(self.model)
        if model is None:
            self.report({"ERROR"}, tr('The list has no model "{name}". Press Review Models again', name=self.model))
            return {"CANCELLED"}
        REVIEW.say(self.model, self.values(model))
        return {"FINISHED"}


class INSTRUCTSCENE_OT_review_class(_ReviewOperator):
    """Say what the model is"""

    bl_idname = "instructscene.review_class"
    bl_label = "Class"
    bl_options = {"INTERNAL"}

    category: EnumProperty(name="Class", description="What it is", items=_CLASS_ITEMS, options={"SKIP_SAVE"})

    def values(self, _: Model) -> Mapping[str, str]:
        """The class."""
        return {"class": self.category}


class INSTRUCTSCENE_OT_review_front(_ReviewOperator):
    """Turn the model by a quarter. It is right where the picture shows its front"""

    bl_idname = "instructscene.review_front"
    bl_label = "Turn Model"
    bl_options = {"INTERNAL"}

    def values(self, model: Model) -> Mapping[str, str]:
        """One quarter more."""
        return {"front": f"{(model.front + 1) % 4}"}


class INSTRUCTSCENE_OT_review_leave_out(_ReviewOperator):
    """Leave the model out, so that no room gets it, or take it in again"""

    bl_idname = "instructscene.review_leave_out"
    bl_label = "Leave Out"
    bl_options = {"INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Notes it; a model that was never of a class cannot be taken in without one."""
        model = REVIEW.models.get(self.model)
        if model is not None and model.category is None and not model.guesses:
            self.report({"ERROR"}, tr("{name} has no class yet. Choose one", name=model.name))
            return {"CANCELLED"}
        return super().execute(context)

    def values(self, model: Model) -> Mapping[str, str]:
        """No class, or the likeliest one."""
        return {"class": NO_CLASS if model.category is not None else model.guesses[0]}


class INSTRUCTSCENE_OT_review_scale(_ReviewOperator):
    """Width, depth and height as the model is placed. Press to set its scale right"""

    bl_idname = "instructscene.review_scale"
    bl_label = "Scale of a Model"
    bl_options = {"INTERNAL"}

    height: FloatProperty(
        name="Height",
        description="How high the model really is; the rest follows in proportion",
        min=0.001,
        max=20.0,
        precision=3,
        subtype="DISTANCE",
        unit="LENGTH",
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: bpy.types.Context, _: bpy.types.Event) -> set[str]:
        """Asks for the height."""
        model = REVIEW.models.get(self.model)
        if model is None:
            return self.execute(context)
        self.height = model.placed_size[2]
        return context.window_manager.invoke_props_dialog(self)

    def values(self, model: Model) -> Mapping[str, str]:
        """The factor that makes it so high."""
        return {"scale": f"{self.height / model.size[2]:.9g}"}


class INSTRUCTSCENE_OT_review_check(bpy.types.Operator):
    """Say that class, front and scale are right as they are; of one model, or of all on this page"""

    bl_idname = "instructscene.review_check"
    bl_label = "Right"
    bl_options = {"INTERNAL"}

    model: StringProperty(
        name="Model", description="Its id; empty: all that the page shows", options={"SKIP_SAVE", "HIDDEN"}
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Notes it; of one that was looked at already, takes it back."""
        if self.model in REVIEW.models:
            REVIEW.say(self.model, {"checked": "no" if REVIEW.models[self.model].checked else "yes"})
            return {"FINISHED"}
        chosen = lists(context)
        if self.model or chosen.review_filter == "failed":
            self.report({"ERROR"}, tr("The list shows no such model. Press Review Models again"))
            return {"CANCELLED"}
        shown, _ = page_of(REVIEW.listed(chosen.review_filter, chosen.review_text), chosen.review_page, PAGE)
        for model in shown:
            if not model.checked:
                REVIEW.say(model.key, {"checked": "yes"})
        return {"FINISHED"}


class INSTRUCTSCENE_OT_close_review(SettingsOperator):
    """Save your corrections, and close the list"""

    bl_idname = "instructscene.close_review"
    bl_label = "Close"
    bl_options = {"INTERNAL"}

    def job(self, _: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - nothing of it can wait
        """Has the worker write them."""
        return _close()


def _close() -> Steps[str]:
    outcome = yield from save_review()
    REVIEW.clear()
    return outcome


CLASSES: Final = (
    INSTRUCTSCENE_OT_review_models,
    INSTRUCTSCENE_OT_save_review,
    INSTRUCTSCENE_OT_review_class,
    INSTRUCTSCENE_OT_review_front,
    INSTRUCTSCENE_OT_review_leave_out,
    INSTRUCTSCENE_OT_review_scale,
    INSTRUCTSCENE_OT_review_check,
    INSTRUCTSCENE_OT_close_review,
)
