"""What ``compose`` writes, ``read_brief`` understands: shares by kind of sentence."""

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

import instructscene_core
from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.instructions.read.brief import read_brief
from instructscene_core.instructions.words.common import MOODS
from instructscene_core.instructions.words.looks import SIZES, Look, look_of
from instructscene_core.instructions.words.relations import GRAPH
from instructscene_core.instructions.write.compose import spoken_instructions
from instructscene_core.vocabulary import CLASSES, MAX_OBJECTS, reverse_predicate

CATALOGUE = Path(instructscene_core.__file__).parent / "starter" / "catalogue.json"
COUNT = 800
LAMPS = {"ceiling_lamp", "pendant_lamp"}
"""That a lamp may be which the reader takes for one that stands."""
WORDS = Catalogue.starter().vocabulary


def rooms(room_type, seed=0):
    random, classes, slots = np.random.default_rng(seed), CLASSES[room_type], MAX_OBJECTS[room_type]
    objs = random.integers(0, len(classes), (COUNT, slots))
    objs[:, 1] = np.where(random.random(COUNT) < 0.5, objs[:, 0], objs[:, 1])
    objs[np.arange(slots) >= random.integers(3, 9, COUNT)[:, None]] = len(classes)
    boxes = random.uniform([-2, 0, -2, 0.2, 0.2, 0.2, -3], [2, 1, 2, 0.8, 0.8, 0.8, 3], (COUNT, slots, 7))
    boxes[..., 6] = random.integers(0, 4, (COUNT, slots)) * np.pi / 2
    return objs, boxes


def looks_of(room_type, objs, seed=1):
    random, classes, of_class = np.random.default_rng(seed), CLASSES[room_type], defaultdict(list)
    for entry in json.loads(CATALOGUE.read_text())["entries"]:
        of_class[entry["category"]].append(look_of(entry["caption"], entry["style"]))
    known = [of_class[name] or [Look()] for name in classes]
    return [[known[c][random.integers(len(known[c]))] for c in row.tolist() if c < len(classes)] for row in objs]


def covers(wish, triplet, classes):
    def one_way(subject, predicate, other):
        own, others = (names | LAMPS if "floor_lamp" in names else names for names in (wish.subjects, wish.objects))
        found = classes[subject] in own and classes[other] in others | wish.second
        return found and predicate in GRAPH.get(wish.relation, ())

    subject, predicate, other = triplet
    return one_way(subject, predicate, other) or one_way(other, reverse_predicate(predicate), subject)


def _of_mood(fragment):
    """Whether a fragment only says how the room should feel, or be large without a number."""
    return all(word in MOODS or word in SIZES for word in fragment.lower().split() if word not in ("a", "the"))


def tally(made, room_type):
    """Kind -> [understood, all]: recall of what was said, precision of what was read."""
    shares, classes = defaultdict(Counter), CLASSES[room_type]
    for item in made:
        brief = read_brief(item.text, room_type, WORDS)
        absent = brief.refused
        of_graph = [wish for wish in brief.wishes if wish.relation in GRAPH and not wish.of_extras]
        of_graph += [wish for wish in brief.wishes if "floor_lamp" in wish.subjects | wish.objects]
        found = {
            "recall of relations": (recalled := [any(covers(w, t, classes) for w in of_graph) for t in item.triplets]),
            f"recall of relations, {len(item.triplets)} in a text": recalled,
            "precision of relations": [any(covers(w, t, classes) for t in item.triplets) for w in of_graph],
            "recall of counts": [
                any(classes[c] in piece.names and piece.count == n for piece in brief.pieces) for c, n in item.counts
            ],
            "recall of refusals": [classes[c] in absent for c in item.absent],
            "precision of refusals": [
                n in {classes[c] for c in item.absent} | {e for e, wanted in item.extras if not wanted} for n in absent
            ],
            "recall of extras": [any(e in p.names for p in brief.pieces) for e, wanted in item.extras if wanted],
            "precision of extras": [
                bool(piece.names & {e for e, wanted in item.extras if wanted})
                for piece in brief.extras
                if len(piece.names) == 1
            ],
            "texts without a rest": [all(map(_of_mood, brief.not_understood))],
        }
        for kind, answers in found.items():
            shares[kind].update(answers)
    return {kind: count[True] / count.total() for kind, count in sorted(shares.items()) if count.total()}


@pytest.mark.parametrize("room_type", ["bedroom", "livingroom", "diningroom"])
@pytest.mark.parametrize(("typos", "least"), [(0.0, 0.95), (1.0, 0.85)])
def test_what_people_say_is_understood(room_type, typos, least):
    objs, boxes = rooms(room_type)
    looks = looks_of(room_type, objs)
    made = spoken_instructions(objs, boxes, room_type, looks, range(COUNT), official=0.0, typos=typos)
    shares = tally(made, room_type)
    lines = [f"  {kind:40s} {share:6.1%}" for kind, share in shares.items()]
    sys.stdout.write("\n".join([f"\n{room_type}, {typos:.0%} of the texts with slips", *lines, ""]))
    assert {f"recall of relations, {k} in a text" for k in range(1, 6)} <= set(shares)
    assert shares["recall of relations"] >= least
    assert shares["precision of relations"] >= least
    assert all(share >= least - 0.05 for share in shares.values()), shares
