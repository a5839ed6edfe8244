"""The folders that the add-on writes to: how much is in them, and that only what it wrote itself is deleted."""

import bpy
import pytest
from helpers import NAME, module

FOLDERS = ("renders", "catalogues", "models", "thumbnails")
OURS = {
    "renders": ["Bed Room.png", "Turn/0001.png"],
    "catalogues": ["möbel_1a2b3c4d/catalogue.json", "möbel_1a2b3c4d/pieces/chair.linked.blend"],
    "models": ["official/bedroom/prior.safetensors"],
    "thumbnails": [f"{'0a' * 12}.png"],
}
THEIRS = {
    "renders": ["holiday.png", "Turn/notes.txt"],
    "catalogues": ["möbel_1a2b3c4d/prices.xlsx", "möbel_1a2b3c4d/pieces/notes.txt"],
    "models": ["official/bedroom/readme.md", "mine.safetensors"],
    "thumbnails": ["cat.png"],
}


@pytest.fixture
def folders(blend, tmp_path, monkeypatch):  # noqa: ARG001  (an enabled extension first)
    """The module, with folders of a test's own."""
    found = module("folders")
    monkeypatch.setattr(found, "own_folder", lambda name, **_: tmp_path / name)
    monkeypatch.setattr(module("folder_operators"), "own_folder", lambda name, **_: tmp_path / name)
    for name in FOLDERS:
        for path in (*OURS[name], *THEIRS[name]):
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_bytes(b"x" * 1500)
    found.note_written([tmp_path / "renders" / path for path in OURS["renders"]])
    found.MEASURED.clear()
    return found


def files(top):
    return sorted(path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file())


def test_what_is_in_the_folders_is_counted(folders):
    assert bpy.ops.instructscene.measure_folders() == {"FINISHED"}
    assert {name: folders.MEASURED[name].files for name in FOLDERS} == {
        "renders": 5, "catalogues": 4, "models": 3, "thumbnails": 2,
    }  # fmt: skip
    assert folders.MEASURED["models"].text == "3 files, 4.5 kB"
    assert folders.Contents(1, 12).text == "1 file, 12 B"


@pytest.mark.parametrize("name", FOLDERS)
def test_what_a_person_has_put_there_stays(folders, tmp_path, name):
    others = {other: files(tmp_path / other) for other in FOLDERS if other != name}
    assert bpy.ops.instructscene.empty_folder(folder=name) == {"FINISHED"}
    assert files(tmp_path / name) == sorted(THEIRS[name])
    assert folders.MEASURED[name].files == len(THEIRS[name])
    assert {other: files(tmp_path / other) for other in others} == others


def test_links_are_not_followed(folders, tmp_path):
    outside = tmp_path / "outside"
    (outside / "pieces").mkdir(parents=True)
    (outside / "catalogue.json").write_text("{}")
    (tmp_path / "catalogues" / "linked").symlink_to(outside, target_is_directory=True)
    bpy.ops.instructscene.empty_folder(folder="catalogues")
    assert (outside / "catalogue.json").is_file()
    assert folders.MEASURED["catalogues"].files == len(THEIRS["catalogues"]) + 1


@pytest.mark.usefixtures("folders")
def test_preferences_let_go_of_what_is_gone(tmp_path):
    preferences = bpy.context.preferences.addons[NAME].preferences
    for path in THEIRS["catalogues"]:
        (tmp_path / "catalogues" / path).unlink()
    own, elsewhere = tmp_path / "catalogues" / "möbel_1a2b3c4d", tmp_path / "elsewhere"
    for path in (own, elsewhere):
        module("session").use_catalogue(preferences, path)
    try:
        bpy.ops.instructscene.empty_folder(folder="catalogues")
        assert [item.path for item in preferences.catalogues] == [str(elsewhere)]
    finally:
        preferences.catalogues.clear()
    assert not own.exists()


def test_nothing_is_deleted_while_a_job_runs(folders, tmp_path, session):
    def wait():
        while True:
            yield module("session").Progress("Waiting", waiting=True)

    session.start(wait())
    with pytest.raises(RuntimeError, match="InstructScene is still working"):
        bpy.ops.instructscene.empty_folder(folder="renders")
    session.cancel()
    assert set(OURS["renders"]) < set(files(tmp_path / "renders"))
    assert not folders.MEASURED


def test_a_file_that_cannot_be_deleted_is_named(folders, tmp_path, monkeypatch):
    def refuse(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.unlink", refuse)
    with pytest.raises(RuntimeError, match=r"\.png cannot be deleted: Permission denied\. Close the program"):
        bpy.ops.instructscene.empty_folder(folder="thumbnails")
    assert set(OURS["thumbnails"]) < set(files(tmp_path / "thumbnails"))
    assert not folders.MEASURED


def test_a_folder_that_is_not_there_is_told(folders, tmp_path):
    (tmp_path / "thumbnails").rename(tmp_path / "away")
    assert bpy.ops.instructscene.open_folder(folder="thumbnails") == {"CANCELLED"}
    assert bpy.ops.instructscene.empty_folder(folder="thumbnails") == {"FINISHED"}
    assert folders.MEASURED["thumbnails"].files == 0


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (99_900, "99.9 kB"), (123_456, "123 kB"), (3_200_000_000, "3.2 GB")],
)
def test_sizes(blend, size, text):  # noqa: ARG001
    assert module("folders").size_text(size) == text
