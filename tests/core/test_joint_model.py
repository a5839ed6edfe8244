"""One model of all room types on the real way, with random weights: classes, numbers, floors, the same again."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from instructscene_core.errors import InvalidInputError
from instructscene_core.files.checkpoints import load_model, save_model
from instructscene_core.generator import Generator
from instructscene_core.models.graph_prior import GraphPrior
from instructscene_core.models.layout_decoder import LayoutDecoder
from instructscene_core.sampling.graph_stage import Graphs
from instructscene_core.sampling.layout_model import Job
from instructscene_core.sampling.slots import prepare, scene_relations
from instructscene_core.sampling.tasks import kept_attributes
from instructscene_core.sampling.two_stage import TwoStageModel
from instructscene_core.scene import Request
from instructscene_core.vocabulary import (
    ALL_CLASSES,
    BEDS,
    CLASSES,
    EXTRAS,
    MAX_OBJECTS,
    NO_RELATION,
    PREDICATES,
    ROOM_TYPES,
)

FIRST = {"bedroom": "double_bed", "livingroom": "multi_seat_sofa", "diningroom": "dining_table"}
SECOND = {"bedroom": "nightstand", "livingroom": "wine_cabinet", "diningroom": "dining_chair"}
FLOOR = [[-2.5, -2.0], [2.5, -2.0], [2.5, 2.0], [-2.5, 2.0]]
OPENINGS = [{"kind": "door", "segment": [[-2.5, 0.0], [-2.5, 0.9]], "bottom": 0.0, "top": 2.1}]


def thing(name, category, x=0.0, **more):
    return {"id": name, "category": category, "position": [x, 0.0, 0.4], "size": [0.9, 0.8, 0.8], "yaw": 0.0} | more


def scene(room, count=2, **more):
    names = [FIRST[room], SECOND[room]]
    objects = [thing(f"o{i}", names[i % 2], 1.2 * i, codes=[1, 2, 3, i]) for i in range(count)]
    return {"version": 1, "room_type": room, "objects": objects} | more


def request(**item):
    return Request.from_json(item)


def furniture(result):
    """The objects of the graph; others only finish a room."""
    return [item for item in result.objects if item.category not in EXTRAS]


def run(generator, *requests, **options):
    """Plain samples: nothing is settled, nothing left out."""
    return [scenes[0] for scenes in generator.run(requests, settle=False, **options)]


def assert_same(first, second):
    """Equal but for rounding of poses."""
    assert [(o.id, o.category, o.asset, o.codes) for o in first.objects] == [
        (o.id, o.category, o.asset, o.codes) for o in second.objects
    ]
    assert first.relations == second.relations
    for a, b in zip(first.objects, second.objects, strict=True):
        assert np.allclose([*a.position, *a.size], [*b.position, *b.size], atol=1e-4)
        assert abs(math.remainder(a.yaw - b.yaw, math.tau)) < 1e-4


@pytest.mark.parametrize("room", ROOM_TYPES)
def test_rooms_hold_only_classes_of_their_type_and_are_never_empty(joint_generator, room):
    requests = [
        request(room=room, text=text, seed=30 * k, variations=30, steps=[5, 1]) for k, text in enumerate(("", "a lamp"))
    ]
    results = [s for scenes in joint_generator.run(requests, settle=False, batch_size=30) for s in scenes]
    counts = {len(furniture(result)) for result in results}
    assert min(counts) >= 1
    assert max(counts) <= MAX_OBJECTS[room]
    assert len(counts) > 5  # drawn, not fixed
    seen = {item.category for result in results for item in furniture(result)}
    assert seen <= set(CLASSES[room])
    assert len(seen) > 0.8 * len(CLASSES[room])


@pytest.mark.parametrize("room", ROOM_TYPES)
def test_settled_rooms_are_not_empty_either(joint_generator, room):
    for scenes in joint_generator.run([request(room=room, text="", variations=4)], tries=1):
        assert all(furniture(result) for result in scenes)


@pytest.mark.parametrize("count", [0, 1, 2, 9])
@pytest.mark.parametrize("task", ["generate", "complete"])
@pytest.mark.parametrize("room", ROOM_TYPES)
def test_add_makes_exactly_so_many(joint_generator, room, task, count):
    asked = request(task=task, scene=scene(room, 1), add=count, text="a shelf", variations=3)
    for result in joint_generator.run([asked], settle=False)[0]:
        assert len(furniture(result)) == count + (task == "complete")
        assert {item.category for item in furniture(result)} <= set(CLASSES[room])


def test_add_counts_alike_beside_other_requests(joint_generator):
    asked = [request(task="complete", scene=scene("livingroom", 2), add=k, id=f"r{k}") for k in (0, 1, 5, 19)]
    for result, k in zip(run(joint_generator, *asked), (0, 1, 5, 19), strict=True):
        assert len(furniture(result)) == 2 + k
    with pytest.raises(InvalidInputError, match="13 new objects"):
        run(joint_generator, request(room="bedroom", text="", add=13))


@pytest.mark.parametrize("count", [0, 1, 4, 11, 12])
def test_open_completion_adds_one_at_least(joint_generator, count):
    asked = [request(task="complete", scene=scene("bedroom", count), seed=k, id=f"r{k}") for k in range(8)]
    for result in run(joint_generator, *asked):
        assert len(furniture(result)) >= count + 1
        assert {f"o{i}" for i in range(count)} <= {item.id for item in result.objects}


@pytest.mark.parametrize("room", ROOM_TYPES)
@pytest.mark.parametrize("task", ["restyle", "rearrange", "complete"])
def test_edits_keep_what_is_kept(joint_generator, room, task):
    keep = {"o1": ["category", "pose"], "o2": ["relation", "pose"]}
    asked = [
        request(task=task, scene=scene(room, 5), selected=["o0", "o3"], text="in red", seed=7, add=add, id=name)
        for name, add in (("open", None), ("closed", 0 if task == "complete" else None))
    ]
    asked.append(replace(asked[0], id="own", keep=keep))
    for before, result in zip(asked, run(joint_generator, *asked), strict=True):
        now = {item.id: item for item in result.objects}
        for item in before.scene.objects:
            keeps, after = kept_attributes(before, item), now[item.id]
            if "category" in keeps:
                assert after.category == item.category
            if "pose" in keeps:
                assert (after.position, after.size, after.yaw) == (item.position, item.size, item.yaw)
            if "feature" in keeps:
                assert after.codes == item.codes
        if task != "complete":
            assert len(result.objects) == 5
    if task != "complete":
        free = {i.id: i for i in run(joint_generator, asked[0])[0].objects}
        before = {item.id: item for item in asked[0].scene.objects}
        changed = "codes" if task == "restyle" else "position"
        assert any(getattr(free[name], changed) != getattr(before[name], changed) for name in ("o0", "o3"))


@pytest.fixture
def reads_a_shelf(joint_folder, tmp_path, joint_generator):
    """The generator with a model that takes every text to speak of a shelf, and of nothing else."""
    folder = copied(joint_folder, tmp_path)
    loaded = load_model(folder / "prior", GraphPrior)
    grounding, shelf = loaded.model.grounding, ALL_CLASSES.index("shelf")
    with torch.no_grad():
        for layer in (grounding.class_mlp[0], grounding.class_mlp[2], grounding.asked):
            layer.weight.zero_()
            layer.bias.zero_()
        width = grounding.of_class.weight.shape[1]
        grounding.of_class.weight.zero_()[shelf] = 3.0
        grounding.class_mlp[0].weight[:, width:] = torch.eye(width)  # the question itself, not what the text answers
        grounding.class_mlp[2].weight.copy_(torch.eye(width))
        grounding.asked.weight.fill_(1.0)
        grounding.asked.bias.fill_(-10.0)
    return saved(loaded, folder, joint_generator)


def saved(loaded, folder, generator):
    """The generator with another prior, which is written into a folder of a model."""
    save_model(folder / "prior", loaded.model, loaded.metadata)
    return Generator(TwoStageModel.load(folder), generator.catalogue, generator.encoder)


@pytest.mark.parametrize("room", ["bedroom", "livingroom"])
def test_what_a_text_speaks_of_is_there(reads_a_shelf, room):
    with_text, without_text = (
        run(reads_a_shelf, *(request(room=room, text=text, seed=seed, id=f"r{seed}") for seed in range(10)))
        for text in ("Put a shelf somewhere.", "")
    )
    shelves = [
        [sum(item.category == "shelf" for item in result.objects) for result in made]
        for made in (with_text, without_text)
    ]
    assert min(shelves[0]) >= 1
    assert min(shelves[1]) == 0


@pytest.mark.parametrize(
    ("text", "category", "count"),
    [
        ("A sofa and eight dining chairs.", "dining_chair", 8),
        ("eight chairs", "dining_chair", 8),  # of what is called a chair, what stands at tables
        ("five stools", "stool", 5),
    ],
)
def test_as_many_as_a_text_counts_are_there(reads_a_shelf, text, category, count):
    (results,) = reads_a_shelf.run([request(room="livingroom", text=text, variations=5)], settle=False)
    assert min(sum(item.category == category for item in result.objects) for result in results) >= count
    base = scene("livingroom", 2)
    before = {"objects": [*base["objects"], *(thing(f"c{k}", category, 2.0 + k) for k in range(3))]}
    edit = request(task="complete", scene=base | before, text=text, add=count + 1)
    added = [item.category for item in run(reads_a_shelf, edit)[0].objects[5:]]
    assert sorted(added) == sorted(["shelf", *[category] * count])  # they come to the three that stand there


def test_no_more_come_than_a_text_counts(reads_a_shelf):
    """The prior would fill rooms with stools; asked for two it gives two, and other furniture."""
    for text, most in (("two stools", 2), ("five stools", 5)):
        (results,) = reads_a_shelf.run([request(room="livingroom", text=text, variations=8)], settle=False)
        assert {sum(item.category == "stool" for item in result.objects) for result in results} == {most}


def test_a_model_that_is_not_grounded_is_held_too(tiny_generator):
    """As the published ones are not; not held it samples as it was published."""
    item = request(text="five stools, a bed left of the desk", room="bedroom", steps=[4, 2])
    model, text = tiny_generator.models["bedroom"], tiny_generator.encoder.encode([item.instruction])
    plans = [tiny_generator.plan(item, held=held) for held in (True, False)]
    given, plain = (sampled(model, Job(plan.slots, 3), text, plan.settings) for plan in plans)
    bare = sampled(model, Job(plans[0].slots.wanting({}), 3), text, plans[0].settings)
    assert plain.classes.tolist() == bare.classes.tolist()
    names = [*CLASSES["bedroom"], ""]
    found = [names[number] for number in given.classes]
    assert (found.count("stool"), found.count("desk") > 0) == (5, True)
    bed, desk = next(k for k, name in enumerate(found) if name in BEDS), found.index("desk")
    assert PREDICATES[given.relations[bed, desk]] in ("left of", "closely left of")


def test_what_is_there_already_is_not_added_again(reads_a_shelf):
    base = scene("bedroom", 2)
    with_shelf = base | {"objects": [*base["objects"], thing("s", "shelf", codes=[1, 2, 3, 4])]}
    added = []
    for here in (base, with_shelf):
        asked = [request(task="complete", scene=here, text="a shelf", seed=k, id=f"r{k}", add=1) for k in range(10)]
        results = run(reads_a_shelf, *asked)
        assert all(len(result.objects) == len(here["objects"]) + 1 for result in results)
        added.append([result.objects[-1].category for result in results])
    assert set(added[0]) == {"shelf"}
    assert set(added[1]) != {"shelf"}
    full = request(task="rearrange", scene=base, text="a shelf", seed=1)
    assert [o.category for o in run(reads_a_shelf, full)[0].objects] == [o["category"] for o in base["objects"]]


@pytest.mark.parametrize("room", ROOM_TYPES)
def test_alone_and_in_a_batch(joint_generator, room):
    floor = {"floor": FLOOR, "openings": OPENINGS}
    asked = [
        request(room=room, text="", id="plain", seed=1),
        request(room=room, text="", id="few", seed=2, add=1),
        request(scene=scene(room, 0, **floor), task="generate", id="floor", seed=3),
        request(scene=scene(room, 3, **floor), task="complete", id="complete", seed=4),
        request(scene=scene(room, 12), task="rearrange", id="rearrange", seed=5),
        request(scene=scene(room, 2), task="complete", id="many", seed=6, add=MAX_OBJECTS[room] - 2),
    ]
    reworded = [replace(item, instruction=f"a shelf, please ({i})", id=f"{item.id}2") for i, item in enumerate(asked)]
    requests = [*asked, *reworded]
    together = run(joint_generator, *requests)
    for item, result in zip(requests, together, strict=True):
        assert_same(run(joint_generator, item)[0], result)
    assert run(joint_generator, *requests) == together  # bit for bit


def slots_of(model, item):
    return prepare(item, model.slots(item.scene.room_type), lambda o: o.codes, lambda _: frozenset())


def test_a_floor_that_is_given_changes_the_layout_and_a_drawn_one_is_not_told(joint_generator):
    base = scene("bedroom", 3)
    drawn = {"provenance": {"settings": {"floor": "drawn"}}}
    item = request(task="rearrange", scene=base | {"floor": FLOOR}, seed=3)
    model = joint_generator.models["bedroom"]
    # Centred alike, so that nothing but the walls can tell the rooms apart.
    given = slots_of(model, item)
    unseen = slots_of(model, request(task="rearrange", scene=base | {"floor": FLOOR} | drawn, seed=3))
    opened = slots_of(model, request(task="rearrange", scene=base | {"floor": FLOOR, "openings": OPENINGS}, seed=3))
    assert given.floor.polygon is not None
    assert unseen.floor.polygon is None
    bare = replace(given, floor=unseen.floor)
    text, settings = joint_generator.encoder.no_text(), joint_generator.plan(item).settings
    boxes = [layout_of(model, slots, text, settings) for slots in (given, unseen, bare, opened)]
    assert np.array_equal(boxes[1], boxes[2])
    assert not np.allclose(boxes[0], boxes[1], atol=1e-4)
    assert not np.allclose(boxes[0], boxes[3], atol=1e-4)


def layout_of(model, slots, text, settings):
    return sampled(model, Job(slots, 3), text, settings).boxes


def sampled(model, job, text, settings):
    """The layout of one job by a model that predicts boxes, and so asks nobody for pieces."""
    assert not model.sizes_first
    (layout,) = model.sample([job], text, settings, [])
    return layout


def test_of_some_drafts_the_one_that_is_truest_to_its_graph_is_taken(joint_generator):
    model, item = joint_generator.models["bedroom"], request(text="", room="livingroom", add=6)
    text, settings = joint_generator.encoder.no_text(), joint_generator.plan(item).settings
    held = {1: 0, 6: 0}
    for seed in range(8):
        graphs = []
        for drafts in held:
            layout = sampled(model, Job(slots_of(model, item), seed), text, replace(settings, drafts=drafts))
            real = layout.classes < len(CLASSES["livingroom"])
            found = scene_relations("livingroom", layout.classes, layout.boxes, real)
            held[drafts] += int(((found == layout.relations) & (found != NO_RELATION)).sum())
            graphs.append((layout.classes.tolist(), layout.relations.tolist()))
        assert graphs[0] == graphs[1]
    assert held[6] > 1.2 * held[1]


def test_a_floor_drawn_the_other_way_round_is_the_same_floor(joint_generator):
    first = request(scene=scene("diningroom", 0, floor=FLOOR, openings=OPENINGS), seed=2)
    door = OPENINGS[0] | {"segment": OPENINGS[0]["segment"][::-1]}
    second = request(scene=scene("diningroom", 0, floor=FLOOR[::-1], openings=[door]), seed=2)
    assert_same(*run(joint_generator, first, second))


def test_larger_floors_are_told_to_the_number_of_objects(joint_generator):
    """With random weights in either direction; what counts is that the same draws give other numbers."""
    large = [[3 * x, 3 * y] for x, y in FLOOR]
    asked = [
        request(scene=scene("livingroom", 0, floor=floor), seed=k, id=f"{name}{k}")
        for name, floor in (("small", FLOOR), ("large", large))
        for k in range(30)
    ]
    counts = [len(furniture(result)) for result in run(joint_generator, *asked)]
    assert counts[:30] != counts[30:]


@pytest.mark.parametrize(("before", "least", "most"), [(0, 3, 10), (5, 7, 10)])
def test_rooms_are_neither_the_emptiest_nor_the_fullest_that_are_likely(
    joint_folder, tmp_path, joint_generator, before, least, most
):
    """Of numbers of objects from one to ten that are all as likely, as far as they are more than are there before."""
    folder = copied(joint_folder, tmp_path)
    loaded = load_model(folder / "prior", GraphPrior)
    likely = loaded.model.count_head.layers[-1]
    with torch.no_grad():
        likely.weight.zero_()
        likely.bias[:10], likely.bias[10:] = 0.0, -50.0
    asked = request(task="complete", scene=scene("livingroom", before), seed=1, variations=80, steps=[2, 1])
    (results,) = saved(loaded, folder, joint_generator).run([asked], settle=False)
    counts = {len(furniture(result)) for result in results}
    assert counts == set(range(least, most + 1))


def test_a_graph_without_some_objects_has_no_edges_to_them():
    classes, edges = (
        torch.tensor([[3, 5, 7], [1, 2, 9]]),
        torch.arange(1, 10).repeat(2, 1).reshape(2, 3, 3) % NO_RELATION,
    )
    graphs = Graphs(classes, edges, torch.zeros(2, 3, 4))
    left = graphs.without(torch.tensor([[False, True, False], [False, False, False]]), 9)
    assert left.classes.tolist() == [[3, 9, 7], [1, 2, 9]]
    assert (left.edges[0] == NO_RELATION).tolist() == [[False, True, False], [True, True, True], [False, True, False]]
    assert left.edges[0, 0, 2] == edges[0, 0, 2]
    assert (left.edges[1] == edges[1]).all()
    assert graphs.classes.tolist() == [[3, 5, 7], [1, 2, 9]]  # as it was


def test_places_are_in_the_unit_of_the_type_of_room(joint_generator):
    """The tiny model's living rooms reach twice, its dining rooms three times as far as its bedrooms."""
    model, item = joint_generator.models["bedroom"], request(text="", room="bedroom")
    text, settings = joint_generator.encoder.no_text(), joint_generator.plan(item).settings
    for factor, room in enumerate(ROOM_TYPES, start=1):
        boxes = layout_of(model, slots_of(model, request(text="", room=room, add=9)), text, settings)[:9]
        assert 2.5 * (factor - 0.6) < np.abs(boxes[:, [0, 2]]).max() <= 2.5 * factor + 1e-6


def test_known_places_come_back_whatever_the_unit(joint_generator):
    for room in ROOM_TYPES:
        item = request(task="complete", scene=scene(room, 3, floor=FLOOR), add=1, seed=2)
        (result,) = run(joint_generator, item)
        assert [o.position for o in result.objects[:3]] == [o.position for o in item.scene.objects]


# Files


def rewrite(folder, name, change):
    path = folder / f"{name}.json"
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


NEW = {
    "prior": (GraphPrior, ("room_types", "counts", "nodes_from", "grounding")),
    "decoder": (LayoutDecoder, ("floor_width", "room_types")),
}


@pytest.mark.parametrize("name", NEW)
def test_files_from_before_the_new_options_load(tiny_model, name):
    folder = tiny_model()
    kind, options = NEW[name]
    whole = load_model(folder / name, kind).model
    rewrite(folder, name, lambda d: [d["config"].pop(option) for option in options])
    loaded = load_model(folder / name, kind).model
    assert loaded.config == whole.config
    assert all(not getattr(loaded.config, option) for option in options)
    assert all(torch.equal(a, b) for a, b in zip(loaded.parameters(), whole.parameters(), strict=True))
    assert TwoStageModel.load(folder).room_types == ("bedroom",)


@pytest.mark.parametrize("bounds", [{}, {"bedroom": {}}, {"livingroom": 3}, [], "none"])
def test_bounds_that_lack_a_type_are_refused(joint_folder, tmp_path, bounds):
    folder = copied(joint_folder, tmp_path)
    rewrite(folder, "decoder", lambda d: d["metadata"].update(bounds=bounds))
    with pytest.raises(InvalidInputError):
        TwoStageModel.load(folder)


def copied(folder, target):
    for path in folder.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    return target


def test_a_model_without_counts_fills_all_slots_as_before(tiny_generator):
    results = tiny_generator.run([request(text="", room="bedroom", variations=20)], settle=False)[0]
    assert all(1 <= len(furniture(result)) <= 12 for result in results)


@pytest.mark.parametrize(
    "change",
    [
        {"nodes_from": "0.65"},
        {"nodes_from": 1.0},
        {"nodes_from": -0.2},
        {"counts": 1},
        {"room_types": 0},
        {"room_types": True},
        {"room_types": 2},
        {"max_objects": 22},
    ],
)
def test_impossible_options_are_refused(joint_folder, tmp_path, change):
    folder = copied(joint_folder, tmp_path)
    rewrite(folder, "prior", lambda d: d["config"].update(change))
    with pytest.raises(InvalidInputError):
        TwoStageModel.load(folder)


@pytest.mark.parametrize("drafts", [0, -1, 2.5, "3", None])
def test_impossible_drafts_are_refused(joint_folder, tmp_path, drafts):
    folder = copied(joint_folder, tmp_path)
    rewrite(folder, "prior", lambda d: d["metadata"]["defaults"].update(drafts=drafts))
    with pytest.raises(InvalidInputError, match="defaults"):
        TwoStageModel.load(folder)


def test_parts_of_unlike_room_types_are_refused(joint_folder, tiny_folder, tmp_path):
    for name in ("prior", "vqvae"):
        for suffix in (".json", ".safetensors"):
            (tmp_path / f"{name}{suffix}").write_bytes((joint_folder / f"{name}{suffix}").read_bytes())
    for suffix in (".json", ".safetensors"):
        (tmp_path / f"decoder{suffix}").write_bytes((tiny_folder / f"decoder{suffix}").read_bytes())
    with pytest.raises(InvalidInputError, match="object classes"):
        TwoStageModel.load(tmp_path)
