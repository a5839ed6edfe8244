"""Shows a finished picture: in an Image Editor that has nothing better to show, else where Blender shows renders."""

from pathlib import Path
from typing import Final

import bpy

PICTURE_KEY: Final = "instructscene_picture"
"""Custom property of the image of a finished picture."""


def show_picture(path: Path) -> bool:
    """Loads a picture and shows it in a window; False where the person's preferences want none opened."""
    image = bpy.data.images.load(str(path), check_existing=True)
    image.reload()
    image[PICTURE_KEY] = True
    area = _free_editor() or _opened()
    if area is None:
        return False
    area.spaces.active.image = image
    _fit(area)
    return True


def _free_editor() -> bpy.types.Area | None:
    """An Image Editor on screen that shows nothing, a render, or a picture of ours."""
    for area in _editors().values():
        image = area.spaces.active.image
        if area.ui_type == "IMAGE_EDITOR" and (image is None or image.type == "RENDER_RESULT" or PICTURE_KEY in image):
            return area
    return None


def _opened() -> bpy.types.Area | None:
    """An Image Editor that Blender opens for renders: as the preferences say, a window, an area or none."""
    if bpy.context.preferences.view.render_display_type == "NONE":
        return None
    before = _editors()
    bpy.ops.render.view_show("INVOKE_DEFAULT")
    return next((area for key, area in _editors().items() if key not in before), None)


def _editors() -> dict[tuple[int, int], bpy.types.Area]:
    """All Image Editors on screen, by window and place in it."""
    return {
        (window.as_pointer(), number): area
        for window in bpy.context.window_manager.windows
        for number, area in enumerate(window.screen.areas)
        if area.type == "IMAGE_EDITOR"
    }


def _fit(area: bpy.types.Area) -> None:
    """Has an Image Editor show all of its picture, once it has been drawn."""
    for window in bpy.context.window_manager.windows:
        region = next((region for region in area.regions if region.type == "WINDOW"), None)
        if region is not None and area in list(window.screen.areas):
            with bpy.context.temp_override(window=window, area=area, region=region):
                bpy.ops.image.view_all("INVOKE_DEFAULT", fit_view=True)
