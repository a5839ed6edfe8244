"""The extension comes and goes without leaving anything behind; what its panels say."""

import time
from importlib import import_module
from inspect import signature

import bpy
import pytest
from texts import classes, properties


def present():
    """What of the add-on Blender knows."""
    classes = [name for name in dir(bpy.types) if name.startswith("INSTRUCTSCENE_")]
    return classes, hasattr(bpy.types.Scene, "instructscene"), hasattr(bpy.types.Object, "instructscene_class")


def test_register_and_unregister_twice(blend):
    known = present()
    handlers = len(bpy.app.handlers.load_pre)
    assert known[1:] == (True, True)
    for _ in range(2):
        blend.unregister()
        assert present() == ([], False, False)
        blend.register()
        assert present() == known
    assert len(bpy.app.handlers.load_pre) == handlers


def test_the_worker_ends_with_the_extension(blend, session):
    worker = session.worker()
    blend.unregister()
    assert not worker.alive
    blend.register()


@pytest.mark.usefixtures("settings")
def test_opening_a_file_ends_the_job_and_keeps_the_worker(blend, session):
    jobs = import_module(f"{blend.__name__}.addon.jobs")
    session.start(jobs.edit(bpy.context, "generate"))
    session.tick()
    worker = session.client
    bpy.ops.wm.read_homefile(use_empty=True)
    assert not session.busy
    assert session.client is worker
    assert worker.alive


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("My_NightStand.001", "nightstand"),
        ("BedsideTable", "nightstand"),
        ("queen bed", "double_bed"),
        ("Bunk-Bed 3", "kids_bed"),
        ("IKEA Wardrobes", "wardrobe"),
        ("desk chair", "chair"),
        ("Cube.004", None),
        ("", None),
        ("Embedded", None),
    ],
)
def test_a_class_guessed_from_a_name(blend, name, category):
    lexicon = import_module(f"{blend.__name__}.instructscene_core.naming.lexicon")
    assert lexicon.guess_category(name, "bedroom") == category


def test_long_lines_are_wrapped(blend):
    wrap = blend.addon.preferences.wrap
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("a" * 10, 4) == ["aaaa", "aaaa", "aa"]
    assert wrap("", 10) == [""]


def test_chinese_lines_are_wrapped_by_their_width(blend):
    wrap = blend.addon.preferences.wrap
    assert wrap("未完成。见下方", 8) == ["未完成。", "见下方"]
    assert wrap("已删除 12 个", 10) == ["已删除 12", "个"]
    assert wrap("床。床", 3) == ["床。", "床"], "no line begins with a full stop"


def test_home_folders_are_masked(blend, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    lines = blend.addon.preferences.report_lines({"type": "hello", "path": f"{tmp_path}/x"})
    assert "path: ~/x" in lines
    assert not any("hello" in line for line in lines)


def test_every_job_is_started_alike(blend):
    jobs = [cls.job for cls in blend.addon.operators.CLASSES if hasattr(cls, "job")]
    assert len(jobs) > 5
    assert all("whole" in signature(job).parameters for job in jobs)


@pytest.mark.usefixtures("blend")
def test_everything_that_can_be_seen_has_a_tooltip():
    without = [f"{cls.__name__} {prop.identifier}" for cls, prop in properties() if not prop.description]
    without += [cls.__name__ for cls in classes() if issubclass(cls, bpy.types.Operator) and not cls.__doc__]
    assert without == []
    assert len(properties()) > 40


@pytest.mark.usefixtures("blend")
def test_tooltips_end_as_those_of_blender():
    """Blender adds the full stop."""
    hints = [prop.description for _, prop in properties()]
    hints += [cls.__doc__ for cls in classes() if issubclass(cls, bpy.types.Operator)]
    assert [hint for hint in hints if hint.endswith((".", " ")) or not hint[0].isupper()] == []


def test_an_idle_worker_is_released(blend, session, monkeypatch):
    preferences = bpy.context.preferences.addons[blend.__name__].preferences
    worker = session.worker()
    watch = import_module(f"{blend.__name__}.addon.session").release_when_idle
    assert watch() is not None
    assert worker.alive
    later = time.monotonic() + 60.0 * preferences.idle_minutes + 1
    monkeypatch.setattr("time.monotonic", lambda: later)
    preferences.idle_minutes = 0
    assert watch() is not None, "zero keeps it"
    preferences.property_unset("idle_minutes")
    assert watch() is None
    assert session.client is None
    assert not worker.alive
