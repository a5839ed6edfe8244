"""The extension comes and goes without leaving anything behind; what its panels say."""

from importlib import import_module
from inspect import signature

import bpy
import pytest


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


def test_home_folders_are_masked(blend, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    lines = blend.addon.preferences.report_lines({"type": "hello", "path": f"{tmp_path}/x"})
    assert "path: ~/x" in lines
    assert not any("hello" in line for line in lines)


def test_every_job_is_started_alike(blend):
    jobs = [cls.job for cls in blend.addon.operators.CLASSES if hasattr(cls, "job")]
    assert len(jobs) > 5
    assert all("whole" in signature(job).parameters for job in jobs)
