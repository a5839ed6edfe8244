"""Many edits in any order, undone and redone: each step gives the scene as it was, and nothing is left over."""

import random

import bpy
import pytest
from helpers import box, select

STEPS = 50


def room():
    found = [obj for obj in bpy.data.objects if "instructscene_scene" in obj]
    return found[0] if found else None


def choose(draw):
    """Selects something of the room, or all of it."""
    target = room()
    pieces = sorted((obj for obj in target.children if "instructscene_pose" in obj), key=lambda obj: obj.name)
    select(draw.choice(pieces) if pieces and draw.random() < 0.7 else target)
    bpy.ops.ed.undo_push(message="Select")


def do(name, **options):
    """One edit as its button does it, with an undo step; whether it was done."""
    try:
        return getattr(bpy.ops.instructscene, name)("EXEC_DEFAULT", True, **options) == {"FINISHED"}  # noqa: FBT003
    except RuntimeError:  # refused: there was nothing to do
        return False


@pytest.mark.parametrize("seed", [0, 1])
def test_fifty_random_edits(settings, contents, seed):
    draw = random.Random(seed)
    bpy.context.preferences.edit.undo_steps = 256
    settings.instruction, settings.variations, settings.finish = "", 2, True
    settings.steps_prior, settings.steps_decoder = 2, 2
    own = box("Bookshelf", (0.8, 0.3, 1.8), (30.0, 0.0, 0.0))
    own.select_set(state=False)
    bpy.ops.ed.undo_push(message="Start")
    states, at = [contents()], 0
    edits = ("complete_room", "restyle_selection", "rearrange_selection", "variation", "regenerate", "delete",
             "keep_variation", "more_like_this")  # fmt: skip
    for number in range(STEPS):
        bpy.context.scene.instructscene.seed = number
        wish = draw.random()
        if wish < 0.2 and at > 0:
            bpy.ops.ed.undo()
            at -= 1
            assert contents() == states[at], f"step {number}: undone"
        elif wish < 0.3 and at + 1 < len(states):
            bpy.ops.ed.redo()
            at += 1
            assert contents() == states[at], f"step {number}: redone"
        else:
            del states[at + 1 :]
            if room() is None:
                name = "generate_room"
            else:
                name = draw.choice(edits)
                choose(draw)
                states.append(contents())
                at += 1
            if do(name):
                states.append(contents())
                at += 1
            else:
                assert contents() == states[at], f"step {number}: {name} was refused"
        assert not orphans(), f"step {number}"
    while at > 0:
        bpy.ops.ed.undo()
        at -= 1
        assert contents() == states[at]
    assert not orphans()


def orphans():
    """Names of datablocks that nothing uses."""
    kinds = ("meshes", "materials", "images", "lights", "node_groups", "collections")
    return [block.name for kind in kinds for block in getattr(bpy.data, kind) if not block.users]
