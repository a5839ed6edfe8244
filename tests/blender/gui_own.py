"""What a person does with a room and furniture of their own: My Room, Selection, and the preferences."""

import importlib
from pathlib import Path

import bpy
from bpy_extras.view3d_utils import location_3d_to_region_2d
from gui_hand import (
    ADDON,
    OUT,
    PREFERENCES,
    SEEN,
    SIDEBAR,
    Place,
    click,
    find,
    over_viewport,
    press,
    press_near,
    screenshot,
    session,
    settings,
    viewport,
    wait_until,
    xdotool,
)
from gui_rooms import RIGHTMOST, furniture, job, rooms, select
from mathutils import Vector

CORNERS = ((-2.0, -1.75), (2.0, -1.75), (2.0, 1.75), (-2.0, 1.75))
"""Metres, of a floor that is drawn."""
BROWSER = Place("FILE_BROWSER", "WINDOW")
BELOW = 62
"""Pixels from the middle of the last button of a panel to the header of the panel below its row of progress."""


def start_anew():
    """Nothing but the camera's view from above, on the ground."""
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    _, area = viewport()
    view = area.spaces.active.region_3d
    view.view_perspective, view.view_location, view.view_distance = "PERSP", Vector((0, 0, 0)), 9.0
    yield 1.0


def box(name, size, location):
    """A mesh of the person's own."""
    w, d, h = (side / 2 for side in size)
    corners = [(x * w, y * d, z * h + h) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(corners, [], [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])
    obj = bpy.data.objects.new(name, mesh)
    obj.location = location
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.update()
    return obj


def pixel(place):
    """Where in the window a place of the world is seen."""
    _, area = viewport()
    region = next(region for region in area.regions if region.type == "WINDOW")
    spot = location_3d_to_region_2d(region, area.spaces.active.region_3d, place)
    return round(region.x + spot.x), round(region.y + spot.y)


def _click_at(place):
    SIDEBAR.point(*pixel(place))
    yield 0.3
    xdotool("click", 1)
    yield 0.4


def open_panel(command, below, first, pages=3):
    """Opens the panel whose header lies below a button, and finds its first button."""
    yield from find(command, pages=pages)
    xdotool("mousemove_relative", 0, below)
    yield 0.2
    xdotool("click", 1)
    yield 0.6
    yield from find(first)


def draw_a_floor():
    """Four clicks and Enter make a floor."""
    yield from start_anew()
    yield from open_panel("bpy.ops.instructscene.furnish_my_room(", BELOW, "bpy.ops.instructscene.draw_floor(")
    screenshot("20_my_room")
    yield from click("bpy.ops.instructscene.draw_floor(")
    for corner in CORNERS:
        yield from _click_at(Vector((*corner, 0.0)))
    screenshot("21_drawing")
    xdotool("key", "Return")
    yield from wait_until(lambda: any(obj.type == "MESH" for obj in bpy.data.objects), 10, "the floor")
    (floor,) = [obj for obj in bpy.data.objects if obj.type == "MESH"]
    drawn = sorted((round(x, 2), round(y, 2)) for x, y, _ in (floor.matrix_world @ v.co for v in floor.data.vertices))
    off = [
        abs(a - b) for seen, meant in zip(drawn, sorted(CORNERS), strict=True) for a, b in zip(seen, meant, strict=True)
    ]
    assert max(off) <= 0.1, drawn
    SEEN["steps"].append("drawn a floor")


def show_and_correct():
    """What was read is shown and hidden again; of a box that is taken for a window a click says that it is a door."""
    overlay = _module("overlay").OVERLAY
    floor = bpy.context.active_object
    part = box("Thing", (1.2, 0.1, 1.2), (0.0, 1.75, 0.8))
    select(floor)
    yield from click("bpy.ops.instructscene.show_room(", 0.25)
    yield from wait_until(lambda: overlay.drawing is not None, 10, "the overlay")
    yield 0.5
    screenshot("22_shown")
    yield from click("bpy.ops.instructscene.correct_parts(", 0.7)
    yield from _click_at(part.location + Vector((0.0, 0.0, 0.9)))
    yield 0.7
    screenshot("23_correcting")
    yield from press_near("bpy.ops.instructscene.set_kind(object=\"Thing\", kind='door')")
    yield from wait_until(lambda: part.get("instructscene_architecture") == "door", 10, "the correction")
    yield from press("Return")
    yield from click("bpy.ops.instructscene.show_room(", 0.25)
    yield from wait_until(lambda: overlay.drawing is None, 10, "the hiding")


def furnish():
    """The drawn floor is furnished; nothing of it changes."""
    floor = next(obj for obj in bpy.data.objects if obj.name.startswith("Floor"))
    before = [tuple(vertex.co) for vertex in floor.data.vertices]
    select(floor)
    settings().instruction, settings().variations = "A double bed.", 1
    yield 0.3
    yield from job("bpy.ops.instructscene.furnish_my_room(")
    assert any(obj["instructscene_category"] == "double_bed" for obj in furniture())
    assert [tuple(vertex.co) for vertex in floor.data.vertices] == before
    over_viewport()
    yield 0.5
    screenshot("24_furnished")
    assert len(rooms()) == 1


def own_pieces():
    """A sofa a hundred times too large is recognised and scaled, its front turned, and it is kept."""
    yield from start_anew()
    sofa = box("Sofa", (200.0, 90.0, 80.0), (0.0, 0.0, 0.0))
    select(sofa)
    yield 0.5
    bpy.ops.ed.undo_push(message="Sofa")
    yield from job("bpy.ops.instructscene.recognise(", 0.3)
    screenshot("25_recognised")
    yield from _say_what_it_is(sofa)
    sofa = bpy.data.objects["Sofa"]  # undo has made it anew
    yield from click("bpy.ops.instructscene.fix_scale(", 0.7)
    yield from wait_until(lambda: abs(max(sofa.scale) - 0.01) < 1e-6, 10, "the scaling")
    front = sofa.get("instructscene_front", 0)
    yield from click("bpy.ops.instructscene.turn_front(", RIGHTMOST + 24)
    yield from wait_until(lambda: sofa.get("instructscene_front") not in {None, front}, 10, "the turning")
    xdotool("mousemove_relative", 22, 0)
    yield 0.3
    xdotool("click", 1)
    yield from wait_until(lambda: sofa.get("instructscene_keep"), 10, "Keep")
    screenshot("26_kept")


def _say_what_it_is(sofa):
    """Ticks it by both buttons; Set Class, which is right of All, says another class, and undo takes it back."""
    is_ticked = _module("piece_list").is_ticked
    for command, across in (("tick_all(", 0.2), ("tick_piece(", 0.22)):
        yield from click(f"bpy.ops.instructscene.{command}", across)
        yield from wait_until(lambda: is_ticked(sofa.name), 10, "the tick")
        yield from click(f"bpy.ops.instructscene.{command}", across)
        yield from wait_until(lambda: not is_ticked(sofa.name), 10, "the end of the tick")
    yield from find("bpy.ops.instructscene.tick_all(", 0.2)
    xdotool("mousemove_relative", 90, 0)
    yield 0.2
    xdotool("click", 1)
    yield 0.5
    screenshot("25_classes")
    command = yield from press_near("bpy.ops.instructscene.set_class(category='", down=-12)
    category = command.split("'")[1]
    yield from wait_until(lambda: sofa.get("instructscene_category") == category, 10, "the class")
    yield from press("ctrl+z")
    yield from wait_until(lambda: "instructscene_category" not in bpy.data.objects["Sofa"], 10, "the undo of the class")
    yield 0.5


def preferences():
    """Import, catalogues, Self-Check, Copy Report, Release Memory, folders."""
    _, area = viewport()
    area.type = "PREFERENCES"  # a window of their own would open beyond the screen's edge
    bpy.context.preferences.view.filebrowser_display_type = "SCREEN"
    yield 1.0
    bpy.context.preferences.active_section = "ADDONS"
    bpy.context.window_manager.addon_search = "InstructScene"
    bpy.ops.preferences.addon_expand(module=ADDON)
    yield 1.5
    screenshot("30_preferences")
    yield from _library()
    yield from _no_checkpoints()
    yield from click("bpy.ops.instructscene.self_check(", 0.3, PREFERENCES)
    yield from wait_until(lambda: session().self_check is not None and not session().busy, 120, "the check")
    yield 0.5
    screenshot("31_checked")
    yield from click("bpy.ops.instructscene.copy_report(", 0.85, PREFERENCES)
    yield from wait_until(lambda: "blender" in bpy.context.window_manager.clipboard, 10, "the report")
    yield from click("bpy.ops.instructscene.release_memory(", 0.5, PREFERENCES)
    yield from wait_until(lambda: session().client is None, 20, "the release")
    yield from click("bpy.ops.instructscene.measure_folders(", 0.75, PREFERENCES)
    yield from wait_until(lambda: len(_module("folders").MEASURED) == 4, 20, "the measuring")
    yield 0.5
    screenshot("32_measured")
    yield from _folders()
    area.type = "VIEW_3D"
    yield 0.5


def _library():
    """A folder of one model is indexed, reviewed, and taken from the list."""
    folder = OUT / "models"
    folder.mkdir()
    corners = [(x, y, z) for x in (0, 1.2) for y in (0, 2.0) for z in (0, 0.6)]
    faces = ((1, 2, 4, 3), (5, 7, 8, 6), (1, 5, 6, 2), (3, 4, 8, 7), (1, 3, 7, 5), (2, 6, 8, 4))
    lines = [f"v {x} {y} {z}" for x, y, z in corners] + ["f " + " ".join(map(str, face)) for face in faces]
    (folder / "Wardrobe.obj").write_text("\n".join(lines) + "\n")
    yield from click("bpy.ops.instructscene.index_models(", 0.4, PREFERENCES)
    yield from _browse_to(folder, "33_folder")
    review = _module("review").REVIEW
    yield from wait_until(lambda: review.models and not session().busy, 120, "the indexing")
    yield 1.5
    screenshot("34_review")
    (model,) = review.models.values()
    assert model.category == "wardrobe"
    yield from _correct(review)
    yield from click("bpy.ops.instructscene.close_review(", 40, PREFERENCES)
    yield from wait_until(lambda: review.catalogue is None and not session().busy, 60, "the saving")
    catalogues = _module("session").preferences().catalogues
    made = catalogues[0].path
    yield from click("bpy.ops.instructscene.remove_catalogue(", 28, PREFERENCES)
    yield from wait_until(lambda: not len(catalogues), 10, "the removal")
    yield from click("bpy.ops.instructscene.add_catalogue(", 28, PREFERENCES)
    yield from _browse_to(made, "36_catalogue")
    yield from wait_until(lambda: len(catalogues) == 1, 10, "the adding")
    yield from click("bpy.ops.instructscene.review_models(", 0.8, PREFERENCES)
    yield from wait_until(lambda: review.models and not session().busy, 60, "the review")
    (model,) = review.models.values()
    assert model.category not in {None, "wardrobe"}, "corrections were saved"
    yield from click("bpy.ops.instructscene.close_review(", 40, PREFERENCES)
    yield from wait_until(lambda: review.catalogue is None and not session().busy, 60, "the closing")
    yield from click("bpy.ops.instructscene.remove_catalogue(", 28, PREFERENCES)
    yield from wait_until(lambda: not len(catalogues), 10, "the second removal")


def _correct(review):
    """Each button of a model's row, from right to left; then all are right, and that is saved."""
    said = lambda: next(iter(review.models.values())).said  # noqa: E731
    leave_out = "bpy.ops.instructscene.review_leave_out("
    shown = lambda: next(iter(review.models.values())).category  # noqa: E731
    yield from click(leave_out, 40, PREFERENCES)
    yield from wait_until(lambda: shown() is None, 10, "leaving it out")
    yield from click(leave_out, 40, PREFERENCES)
    yield from wait_until(shown, 10, "taking it in")
    screenshot("35_row")
    yield from press_near("bpy.ops.instructscene.review_scale(", across=-14, down=0)
    yield 0.5
    screenshot("35_height")
    xdotool("key", "Return")
    yield from wait_until(lambda: "scale" in said(), 10, "the scale")
    yield from find(leave_out, 40, PREFERENCES)
    yield from press_near("bpy.ops.instructscene.review_front(", across=-10, down=0, tries=60)
    yield from wait_until(lambda: "front" in said(), 10, "the front")
    yield from press_near("bpy.ops.instructscene.review_check(model=", across=-10, down=0, tries=60)
    yield from wait_until(lambda: said().get("checked") == "no", 10, "the end of its tick")
    xdotool("mousemove_relative", "--", -280, 0)
    yield 0.2
    xdotool("click", 1)
    yield 0.5
    screenshot("35_classes")
    xdotool("mousemove_relative", 0, 40)  # past Leave Out
    command = yield from press_near("bpy.ops.instructscene.review_class(")
    yield from wait_until(lambda: said()["class"] in command, 10, "the class")
    yield from click('bpy.ops.instructscene.review_check(model=""', 0.8, PREFERENCES)
    screenshot("35_corrected")
    yield from click("bpy.ops.instructscene.save_review(", 0.8, PREFERENCES)
    yield from wait_until(lambda: not review.unsaved and not session().busy, 60, "the saving of corrections")


def _browse_to(folder, picture):
    """Chooses a folder in the file browser that opens."""
    yield from wait_until(lambda: _browser() is not None, 20, "the file browser")
    yield 1.0
    _browser().directory = bytes(Path(folder))
    yield 1.0
    screenshot(picture)
    _, region = BROWSER.look()
    BROWSER.point(region.x + region.width // 2, region.y + region.height // 2)
    yield 0.3
    xdotool("key", "Return")
    yield from wait_until(lambda: _browser() is None, 20, "the browser's end")


def _no_checkpoints():
    """A folder without checkpoints is refused, with what to do."""
    yield from click("bpy.ops.instructscene.import_official(", 0.5, PREFERENCES)
    yield from _browse_to(OUT / "models", "37_checkpoints")
    yield from wait_until(lambda: session().failure and not session().busy, 120, "the refusal")
    assert not _module("session").preferences().model_folder
    yield 0.5
    screenshot("38_refused")


def _folders():
    """The folder of catalogues is opened in the system's browser, and what the add-on wrote there is deleted."""
    yield from click("bpy.ops.instructscene.open_folder(folder='catalogues'", 55, PREFERENCES)
    opened = OUT / "opened"
    yield from wait_until(opened.is_file, 10, "the opening")
    folder = Path(opened.read_text().strip())
    assert any(folder.rglob("*.npy"))
    yield from click("bpy.ops.instructscene.empty_folder(folder='catalogues'", 34, PREFERENCES)
    yield 0.5
    screenshot("39_delete")
    xdotool("key", "Return")
    yield from wait_until(lambda: not any(folder.rglob("*.npy")) and not session().busy, 20, "the deletion")


def _browser():
    """The parameters of the file browser that is shown; None where none is."""
    areas = [area for window in bpy.context.window_manager.windows for area in window.screen.areas]
    return next((area.spaces.active.params for area in areas if area.type == "FILE_BROWSER"), None)


def _module(name):
    return importlib.import_module(f"{ADDON}.addon.{name}")


STORY = (draw_a_floor, show_and_correct, furnish, own_pieces, preferences)
