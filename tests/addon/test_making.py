"""A program that makes models, in Blender: rooms and pieces of what it makes, and what is told where it makes none."""

import json
import shlex
import sys
from pathlib import Path

import bpy
import pytest
from helpers import module, room, select

MAKER = Path(__file__).resolve().parents[1] / "glb_maker.py"


def record():
    return json.loads(room()["instructscene_scene"])


def of(category):
    return next(obj for obj in room().children if obj.get("instructscene_category") == category)


@pytest.fixture
def maker(session, settings):
    """Names a program in the preferences; the last word is its fault."""
    chosen = module("session").preferences()
    settings.instruction, settings.finish, settings.shell = "A double bed and a nightstand", False, False
    settings.seed = 5

    def name(*words, seconds=60):
        chosen.maker_command, chosen.maker_seconds = shlex.join([sys.executable, str(MAKER), *words]), seconds
        settings.make = True

    yield name
    session.release(wait=5.0)
    for key in ("maker_command", "maker_seconds"):
        chosen.property_unset(key)
    bpy.ops.instructscene.empty_folder(folder="made")


def test_a_room_of_models_that_were_made(maker):
    maker()
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}
    made = [item for item in record()["objects"] if item["asset"].startswith("own-")]
    assert {item["category"] for item in made} >= {"double_bed", "nightstand"}
    stand = of("nightstand")
    assert len(stand.data.vertices) >= 8
    item = next(item for item in made if item["category"] == "nightstand")
    size = item.get("placed_size") or item["size"]
    assert tuple(stand.dimensions) == pytest.approx(tuple(size), abs=2e-3)
    bpy.context.view_layer.update()
    low = min((stand.matrix_world @ v.co).z for v in stand.data.vertices)
    assert low == pytest.approx(room().matrix_world.translation.z, abs=2e-3)


def test_one_piece_is_made(maker, settings):
    maker()
    settings.make = False
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}
    before = {item["id"]: item for item in record()["objects"]}
    select(of("nightstand"))
    assert bpy.ops.instructscene.replace(text="a small oak nightstand", make=True) == {"FINISHED"}
    after = {item["id"]: item for item in record()["objects"]}
    changed = [name for name in after if after[name]["asset"] != before[name]["asset"]]
    assert [after[name]["category"] for name in changed] == ["nightstand"]
    assert after[changed[0]]["asset"].startswith("own-")


@pytest.mark.parametrize(("fault", "seconds"), [("fails", 60), ("garbage", 60), ("hangs", 1)])
def test_where_it_makes_none_the_catalogue_furnishes_and_the_reason_is_told(maker, fault, seconds):
    maker(fault, seconds=seconds)
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}
    scene = record()
    assert scene["objects"]
    assert not [item for item in scene["objects"] if item["asset"].startswith("own-")]
    assert any(note.startswith("Taken from the catalogue: ") for note in scene["report"]["notes"])


@pytest.mark.usefixtures("maker")
def test_without_a_program_a_piece_is_not_made():
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}
    select(of("nightstand"))
    with pytest.raises(RuntimeError, match="No program that makes models is chosen"):
        bpy.ops.instructscene.replace(text="a small oak nightstand", make=True)


def test_a_program_that_is_not_there_is_told_in_one_line(maker):
    maker()
    module("session").preferences().maker_command = "/no/such/program --fast"
    with pytest.raises(RuntimeError, match='There is no program "/no/such/program"'):
        bpy.ops.instructscene.generate_room()
    assert not [obj for obj in bpy.data.objects if "instructscene_scene" in obj]
