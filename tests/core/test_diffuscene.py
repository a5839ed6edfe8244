"""DiffuScene as a layout model: what is known, asked for and refused, the four tasks, and that it learns rooms."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from instructscene_core.baselines.diffuscene import DiffuSceneModel
from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.diffusion.gaussian import even_times
from instructscene_core.errors import CancelledError, InvalidInputError
from instructscene_core.files.checkpoints import save_model
from instructscene_core.generator import Generator
from instructscene_core.geometry.frames import Bounds, scene_to_boxes
from instructscene_core.geometry.relations import lamp_flags, relation_matrix
from instructscene_core.models.diffuscene import (
    DiffuScene,
    DiffuSceneConfig,
    OverlapPenalty,
    box_iou,
    classes_in,
    codes_in,
    looks_of,
    rows_of,
)
from instructscene_core.models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from instructscene_core.models.graph_prior import TextBatch
from instructscene_core.models.layout_decoder import LayoutDecoder, LayoutDecoderConfig
from instructscene_core.models.unet1d import fix_standardised
from instructscene_core.sampling.layout_model import Job, Settings
from instructscene_core.sampling.slots import prepare
from instructscene_core.sampling.tasks import kept_attributes
from instructscene_core.scene import Request, Scene
from instructscene_core.text.encoder import TextStates
from instructscene_core.text.minilm import MiniLM
from instructscene_core.vocabulary import CLASSES, MAX_OBJECTS, N_CODES, NO_RELATION, PREDICATES

BEDROOM = CLASSES["bedroom"]
BOUNDS = Bounds.from_json(
    {"translations": [[-2.5, 0.1, -2.5], [2.5, 2.7, 2.5]], "sizes": [[0.1, 0.05, 0.1], [1.1, 1.2, 1.2]]}
)
BODIES = ("unet", "transformer")


def config(room="bedroom", **sizes):
    small = {"width": 32, "blocks": 1, "slot_width": 16, "text_width": 384, "context_width": 16, "heads": 4}
    return DiffuSceneConfig(len(CLASSES[room]), MAX_OBJECTS[room], **{**small, "dropout": 0.0, **sizes})


def write_model(folder, room="bedroom", about=None, **sizes):
    """Writes a model folder with random weights."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = DiffuScene(config(room, **sizes))
        vqvae = FeatureVQVAE(FeatureVQVAEConfig(feature_width=384, width=16, heads=4, blocks=1, dropout=0.0))
    about = {"defaults": {"steps": [5, 0]}} if about is None else about
    save_model(
        folder / "diffuscene", network, {"name": "rival", "room_types": [room], "bounds": BOUNDS.to_json(), **about}
    )
    save_model(folder / "vqvae", vqvae)
    return folder


@pytest.fixture(scope="module", params=BODIES)
def generator(request, tmp_path_factory):
    folder = write_model(tmp_path_factory.mktemp(request.param), body=request.param)
    return Generator(DiffuSceneModel.load(folder), Catalogue.starter(), MiniLM())


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return DiffuSceneModel.load(write_model(tmp_path_factory.mktemp("unet")))


def thing(name, category="double_bed", x=0.0, **more):
    place = {"position": [x, 0.3, 0.4], "size": [0.9, 0.8, 0.8], "yaw": 0.3}
    return {"id": name, "category": category, **place, "codes": [1, 2, 3, 63], **more}


def room(*objects, **more):
    return {"version": 1, "room_type": "bedroom", "objects": list(objects), **more}


FOUR = room(
    *(thing(f"o{i}", name, 1.1 * i - 2) for i, name in enumerate(["double_bed", "nightstand", "desk", "chair"]))
)


def request(**item):
    return Request.from_json(item)


def run(generator, *requests, **options):
    """Plain samples, as the rivals' rows of the tables have them."""
    return [scenes[0] for scenes in generator.run(requests, settle=False, tries=1, **options)]


def text(rows, length=6, seed=3, padding=0):
    """States of texts, as of an encoder with a mask."""
    g = torch.Generator().manual_seed(seed)
    hidden, pooled = torch.randn(rows, length, 384, generator=g), torch.randn(rows, 384, generator=g)
    mask = torch.arange(length + padding) < torch.tensor([length - i % 3 for i in range(rows)])[:, None]
    hidden = torch.cat([hidden, torch.zeros(rows, padding, 384)], dim=1) * mask[..., None]
    return TextStates(hidden, mask, pooled / pooled.norm(dim=1, keepdim=True), (False,) * rows)


def slots_of(asked, n=12):
    return prepare(asked, n, lambda item: item.codes, lambda _item: frozenset({"desk", "chair"}))


def sample(model, requests, states=None, settings=None, on_step=None, seeds=None):
    jobs = [Job(slots_of(asked), seed) for asked, seed in zip(requests, seeds or range(99), strict=False)]
    states = text(len(jobs)) if states is None else states
    settings = settings or Settings(steps=(4, 0))
    return [job.slots for job in jobs], model.sample(jobs, states, settings, [None] * len(jobs), on_step)


# Rows and the network -----------------------------------------------------------------------------------------------


def test_sizes_are_those_of_the_official_networks():
    """Parameters as counted in the official code (reference, section 2.2)."""
    official = DiffuSceneConfig.official
    known = {
        official(): 77_677_630,
        official(24, 21): 77_681_857,
        official(text=True): 80_444_478,
        replace(official(), arrange_width=384): 74_763_141,
    }
    for sizes, count in known.items():
        with torch.device("meta"):
            assert sum(p.numel() for p in DiffuScene(sizes).parameters()) == count
    assert DiffuSceneConfig.paper().row_width == 286
    assert DiffuSceneConfig.paper(24, 21).row_width == 289


def test_rows_come_back_as_they_went_in_and_empty_ones_are_empty():
    g = torch.Generator().manual_seed(0)
    classes = torch.randint(0, 22, (5, 12), generator=g)
    classes[0] = 21
    codes = torch.randint(0, N_CODES, (5, 12, 4), generator=g)
    boxes = torch.rand(5, 12, 8, generator=g) * 2 - 1
    rows = rows_of(boxes, classes, looks_of(codes), 21)
    assert rows.shape == (5, 12, 286)
    real = classes != 21
    assert torch.equal(classes_in(rows, 21), classes)
    assert torch.equal(codes_in(rows, 21)[real], codes[real])
    assert torch.equal(rows[real][:, :8], boxes[real])
    empty = rows[~real]
    assert torch.equal(empty[:, 8:30], torch.tensor([-1.0] * 21 + [1.0]).expand(len(empty), -1))
    assert not empty[:, :8].any()
    assert not empty[:, 30:].any()


def test_only_allowed_classes_are_read():
    rows = torch.zeros(1, 4, 12)  # three classes and "empty", which is 0: not below 0
    rows[..., 8:11] = torch.tensor([0.9, 0.5, -0.5])
    allowed = torch.ones(1, 4, 4, dtype=torch.bool)
    allowed[0, 1, 3] = False
    allowed[0, 2, [0, 3]] = False
    allowed[0, 3, :3] = False
    rows[0, 3, 11] = -1
    assert classes_in(rows, 3, allowed).tolist() == [[3, 0, 1, 3]]


@pytest.mark.parametrize("body", BODIES)
def test_padding_of_a_masked_text_is_not_read_and_its_pooled_vector_is(body):
    torch.manual_seed(0)
    network = DiffuScene(config(body=body)).eval()
    x, t = torch.randn(3, 12, network.config.row_width), torch.tensor([3, 400, 999])
    states = text(3)
    long = text(3, padding=9)
    filled = long.hidden + (~long.mask[..., None]) * 7.0
    with torch.no_grad():
        out = [
            network(x, t, network.given(TextBatch(hidden, pooled, mask)))
            for hidden, pooled, mask in (
                (states.hidden, states.pooled, states.mask),
                (filled, long.pooled, long.mask),
                (states.hidden, -50 * states.pooled, states.mask),
                (states.hidden * 2, states.pooled, states.mask),
            )
        ]
    assert torch.allclose(out[0], out[1], atol=1e-5)
    assert not torch.allclose(out[0], out[2], atol=1e-3)
    assert not torch.allclose(out[0], out[3], atol=1e-3)


def test_standardising_once_changes_nothing():
    torch.manual_seed(0)
    network = DiffuScene(config(text_width=None)).eval()
    x, t = torch.randn(2, 12, network.config.row_width), torch.tensor([700])
    with torch.no_grad():
        before = network(x, t, network.given())
        names = set(network.state_dict())
        fix_standardised(network)
        assert torch.allclose(network(x, t, network.given()), before, atol=1e-6)
        assert set(network.state_dict()) == names
        network.body.mid_block0.block1.proj.weight.zero_()  # which is no longer read
        assert torch.allclose(network(x, t, network.given()), before, atol=1e-6)


def test_overlap_of_boxes():
    centre = torch.tensor([[0.0, 0, 0], [1, 0, 0], [5, 0, 0]])
    iou = box_iou(centre, torch.ones(3, 3))
    assert torch.allclose(iou, torch.tensor([[1, 1 / 3, 0], [1 / 3, 1, 0], [0, 0, 1.0]]))
    # Rows of a room with two chairs in one place, and an empty slot in the same.
    boxes, classes = torch.zeros(1, 3, 8), torch.tensor([[0, 0, 21]])
    penalty = OverlapPenalty(BOUNDS, 21)(rows_of(boxes, classes, None, 21))
    assert float(penalty) == pytest.approx(0.1)
    boxes[0, 1, 0] = 1.0
    assert float(OverlapPenalty(BOUNDS, 21)(rows_of(boxes, classes, None, 21))) == pytest.approx(0.05)


# What is known ------------------------------------------------------------------------------------------------------


def test_a_room_that_is_known_in_full_comes_back_bit_identical_without_the_network(model):
    asked = request(task="complete", scene=room(*FOUR["objects"], thing("far", x=40.0, yaw=-9.0)), add=0)
    calls = []
    (slots,), (layout,) = sample(model, [asked], on_step=lambda *step: calls.append(step))
    assert not calls
    assert np.array_equal(layout.classes, slots.classes)
    assert np.array_equal(layout.codes, slots.codes)
    real = slots.classes != len(BEDROOM)
    assert real.sum() == 5
    assert np.array_equal(layout.boxes[real], slots.boxes[real])


def test_known_entries_come_back_beside_free_ones(model):
    asked = [
        request(task="complete", scene=FOUR, add=3),
        request(task="restyle", scene=FOUR, selected=["o1"]),
        request(task="rearrange", scene=FOUR, selected=["o0", "o2"]),
        request(task="rearrange", scene=FOUR, keep={"o0": ["feature"], "o1": ["pose"], "o2": [], "o3": ["category"]}),
        request(task="complete", scene=room(*FOUR["objects"], thing("odd", None, codes=None))),
    ]
    calls = []
    many, layouts = sample(model, asked, on_step=lambda *step: calls.append(step))
    assert calls == [("denoise", k, 4) for k in range(1, 5)]
    for slots, layout in zip(many, layouts, strict=True):
        for known, ours, theirs in (
            (slots.class_known, layout.classes, slots.classes),
            (slots.codes_known, layout.codes, slots.codes),
            (slots.pose_known & (layout.classes < len(BEDROOM)), layout.boxes, slots.boxes),
            (slots.size_known, layout.boxes[:, 3:6], slots.boxes[:, 3:6]),
        ):
            assert np.array_equal(ours[known], theirs[known])
        assert slots.allowed[np.arange(12), layout.classes].all()
        real = np.flatnonzero(layout.classes < len(BEDROOM))
        by_rule = relation_matrix(lamp_flags(BEDROOM)[layout.classes[real]], layout.boxes[real])
        assert np.array_equal(layout.relations[np.ix_(real, real)], by_rule)
        assert (np.delete(layout.relations, real, axis=0) == NO_RELATION).all()
        assert layout.features.shape == (12, 384)
    assert BEDROOM[layouts[4].classes[4]] in {"desk", "chair"}  # as large as the object of unknown class
    assert not np.array_equal(layouts[1].codes[1], many[1].codes[1])
    assert not np.allclose(layouts[2].boxes[0, :3], many[2].boxes[0, :3])


def test_free_numbers_see_the_known_ones(model):
    """What is known is noised along: another class of a kept object changes where the new ones go."""
    other = room(thing("o0", "wardrobe", -2.0), *FOUR["objects"][1:])
    asked = [request(task="complete", scene=scene, add=2) for scene in (FOUR, other)]
    _, (first, second) = sample(model, asked, seeds=[7, 7], states=text(1).rows([0, 0]))
    assert not np.allclose(first.boxes[4:6], second.boxes[4:6], atol=1e-3)


@pytest.mark.parametrize("task", ["generate", "complete"])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_add_makes_exactly_so_many(generator, task, count):
    asked = request(task=task, scene=room(thing("bed")), add=count, variations=3)
    for result in generator.run([asked], settle=False)[0]:
        assert len(result.objects) == count + (task == "complete")


# Batches and seeds --------------------------------------------------------------------------------------------------


def assert_like(first, second):
    assert np.array_equal(first.classes, second.classes)
    assert np.array_equal(first.codes, second.codes)
    assert np.allclose(first.boxes[:, :6], second.boxes[:, :6], atol=1e-4)
    assert np.allclose(np.cos(first.boxes[:, 6] - second.boxes[:, 6]), 1, atol=1e-6)


def many_requests():
    return [
        request(task="generate", text="", room="bedroom"),
        request(task="complete", scene=FOUR),
        request(task="complete", scene=FOUR, add=0),  # nothing to do
        request(task="restyle", scene=FOUR),
        request(task="rearrange", scene=FOUR),
    ]


@pytest.mark.parametrize("guidance", [1.0, 2.5])
def test_a_room_is_the_same_in_any_batch_and_with_any_padding(model, guidance):
    asked, settings = many_requests(), Settings(steps=(6, 0), guidance=guidance)
    states = text(len(asked))
    _, together = sample(model, asked, states, settings)
    _, padded = sample(model, asked, text(len(asked), padding=6), settings)
    _, again = sample(model, asked, states, settings)
    for i, one in enumerate(asked):
        _, (alone,) = sample(model, [one], states.rows([i]), settings, seeds=[i])
        assert_like(alone, together[i])
        assert_like(padded[i], together[i])
        assert np.array_equal(again[i].boxes, together[i].boxes)


def test_seed_text_and_guidance_count(model):
    asked, settings = many_requests()[:1] * 3, Settings(steps=(6, 0), guidance=3.0)
    states = text(1).rows([0, 0, 0])
    _, (first, second, third) = sample(model, asked, states, seeds=[1, 1, 2])
    assert_like(first, second)
    assert not np.allclose(first.boxes, third.boxes, atol=1e-2)
    _, (guided, *_rest) = sample(model, asked, states, settings, seeds=[1, 1, 2])
    assert not np.allclose(guided.boxes, first.boxes, atol=1e-2)
    nothing = TextStates(torch.zeros(3, 1, 384), torch.ones(3, 1, dtype=torch.bool), torch.zeros(3, 384), (False,) * 3)
    plain, strong = (
        sample(model, asked, nothing, Settings(steps=(6, 0), guidance=g), seeds=[1, 1, 2])[1] for g in (1.0, 3.0)
    )
    assert_like(plain[0], strong[0])  # there is nothing to be guided by


# The four tasks -----------------------------------------------------------------------------------------------------


def of_the_boxes(result):
    """Relations among the objects of a scene, by the official rules."""
    names = [item.id for item in result.objects]
    lamps = lamp_flags(BEDROOM)[[BEDROOM.index(item.category) for item in result.objects]]
    matrix = relation_matrix(lamps, scene_to_boxes(result.objects, (0.0, 0.0)))
    pairs = [(i, j) for i in range(len(names)) for j in range(len(names)) if i != j and matrix[i, j] != NO_RELATION]
    return {(names[i], PREDICATES[matrix[i, j]], names[j]) for i, j in pairs}


@pytest.mark.parametrize("task", ["generate", "complete", "restyle", "rearrange"])
def test_tasks_keep_what_is_kept_and_change_what_is_not(generator, task):
    asked = request(task=task, scene=FOUR, selected=["o1", "o2"], text="in red", seed=4, variations=3)
    for result in generator.run([asked], settle=False, tries=1)[0]:
        assert Scene.from_json(json.loads(json.dumps(result.to_json()))).objects == result.objects
        assert result.provenance["model"] == "rival"
        if task == "generate":
            assert result.objects
            continue
        check_kept(asked, result)
        if task != "complete":  # in which no mesh is chosen for a box and changes its height
            held = of_the_boxes(result)
            assert set(result.relations) <= held
            assert {frozenset((a, b)) for a, _, b in result.relations} == {frozenset((a, b)) for a, _, b in held}
            now = {item.id: item for item in result.objects}
            changed = "codes" if task == "restyle" else "position"
            assert len(now) == 4
            before = {item.id: item for item in asked.scene.objects}
            assert all(getattr(now[name], changed) != getattr(before[name], changed) for name in ("o1", "o2"))


def check_kept(asked, result):
    now = {item.id: item for item in result.objects}
    for item in asked.scene.objects:
        after, keeps = now[item.id], kept_attributes(asked, item)
        if "pose" in keeps:
            assert (after.position, after.size, after.yaw) == (item.position, item.size, item.yaw)
        if "category" in keeps:
            assert after.category == item.category
        if "feature" in keeps:
            assert (after.codes, after.size) == (item.codes, item.size)


def test_the_product_settles_its_rooms_as_others(generator):
    (result,) = generator.run([request(text="a bed and a desk", room="bedroom")], tries=1)[0]
    assert result.objects
    assert result.provenance["settings"]["steps"] == [5, 0]


def test_other_rooms_and_networks_without_codes_or_text(tmp_path):
    folder = write_model(tmp_path, "livingroom", looks=None, text_width=None)
    model = DiffuSceneModel.load(folder)
    assert (model.feature_width, model.slots("livingroom"), model.room_types) == (None, 21, ("livingroom",))
    generator = Generator(model, Catalogue.starter(), MiniLM())
    for result in generator.run([request(text="", room="livingroom", variations=4)], settle=False)[0]:
        assert result.objects
        assert {item.category for item in result.objects} <= set(CLASSES["livingroom"])
        Scene.from_json(json.loads(json.dumps(result.to_json())))


def test_all_levels_are_the_default_and_fewer_skip_evenly(tmp_path):
    model = DiffuSceneModel.load(write_model(tmp_path, about={}))
    assert model.defaults.steps == (1000, 0)
    seen = []

    def stop(stage, step, steps):
        seen.append((stage, step, steps))
        if step == 3:
            raise CancelledError

    with pytest.raises(CancelledError):
        sample(model, many_requests()[:1], settings=Settings(steps=model.defaults.steps), on_step=stop)
    assert seen == [("denoise", k, 1000) for k in (1, 2, 3)]


# Learning -----------------------------------------------------------------------------------------------------------


def eight_rooms(n_classes=3, slots=5):
    """Rooms of four or five objects: boxes (8, N, 8), classes (8, N), rows."""
    g = torch.Generator().manual_seed(1)
    count = torch.randint(slots - 1, slots + 1, (8,), generator=g)
    classes = torch.randint(0, n_classes, (8, slots), generator=g)
    classes[torch.arange(slots) >= count[:, None]] = n_classes
    angle = torch.randint(0, 4, (8, slots), generator=g) * torch.pi / 2
    numbers = torch.rand(8, slots, 6, generator=g) * 1.8 - 0.9
    boxes = torch.cat([numbers, angle.cos()[..., None], angle.sin()[..., None]], dim=-1)
    return boxes, classes, rows_of(boxes, classes, None, n_classes)


def learner(body, **sizes):
    torch.manual_seed(0)
    small = {"width": 64, "slot_width": 16, "looks": None, "text_width": None, "heads": 2, "dropout": 0.0}
    return DiffuScene(DiffuSceneConfig(3, 5, body=body, **small, **sizes))


@pytest.mark.parametrize("body", BODIES)
def test_the_loss_of_a_fixed_batch_falls(body):
    rows = eight_rooms()[2]
    network, t = learner(body, blocks=1), torch.arange(8) * 120
    noise = torch.randn(rows.shape, generator=torch.Generator().manual_seed(0))
    penalty = OverlapPenalty(BOUNDS, 3)
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)
    losses = []
    for _ in range(60):
        loss = network.loss(rows, t, lambda _shape: noise, penalty=penalty)
        optimiser.zero_grad()
        loss.total.backward()
        optimiser.step()
        losses.append(float(loss.total.detach()))
    assert losses[-1] < 0.4 * losses[0]
    assert all(p.grad is not None for p in network.parameters())


def test_eight_rooms_are_learnt_and_sampled_again():
    """40 s of one core; as official as the rest but for the body, as the U-Net takes many times as long to learn them.

    Times are spread over each batch, which is the uniform distribution with less noise.
    """
    boxes, classes, rows = eight_rooms()
    network, batch, steps = learner("transformer", blocks=2), 128, 900
    g = torch.Generator().manual_seed(2)
    optimiser = torch.optim.Adam(network.parameters(), lr=5e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 5e-3, total_steps=steps, pct_start=0.15)
    for _ in range(steps):
        spread = torch.randperm(batch, generator=g) + torch.rand(batch, generator=g)
        t = (spread * (1000 / batch)).long().clamp_max(999)
        loss = network.loss(rows.repeat(batch // 8, 1, 1), t, lambda shape: torch.randn(shape, generator=g))
        optimiser.zero_grad()
        loss.total.backward()
        optimiser.step()
        schedule.step()
    network.eval()
    given = network.given()
    mask = torch.ones(32, 5, dtype=torch.bool)
    made = network.diffusion.sample(
        lambda x, t: network(x, t, given), mask, even_times(100), lambda shape: torch.randn(shape, generator=g)
    )
    real = classes != 3
    # Rooms of two metres: a normalised 1 is a metre.
    apart = (made[:, None, :, :3] - boxes[None, ..., :3]).norm(dim=-1) * real
    nearest, which = (apart.sum(dim=-1) / real.sum(dim=-1)).min(dim=1)
    assert float(nearest.mean()) < 0.05
    assert (classes_in(made, 3) == classes[which]).all(dim=1).float().mean() > 0.9
    assert len(which.unique()) >= 7


# Refusals -----------------------------------------------------------------------------------------------------------


def rewrite(folder, change, stem="diffuscene"):
    path = folder / f"{stem}.json"
    description = json.loads(path.read_text())
    change(description)
    path.write_text(json.dumps(description))


def copy_over(folder):
    """Another network in the place of its file."""
    save_model(folder / "diffuscene", LayoutDecoder(LayoutDecoderConfig(width=8, heads=2, blocks=1, dropout=0.0)))


def other_sizes(**sizes):
    def change(folder):
        network = DiffuScene(config(**sizes))
        save_model(folder / "diffuscene", network, {"room_types": ["bedroom"], "bounds": BOUNDS.to_json()})

    return change


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "diffuscene.safetensors").unlink(), "cannot be read"),
        (lambda folder: (folder / "vqvae.json").unlink(), "vqvae.json"),
        (lambda folder: (folder / "diffuscene.safetensors").write_bytes(b"no weights"), "too small|cut off|altered"),
        (lambda folder: (folder / "diffuscene.json").write_text("{"), "no JSON"),
        (copy_over, "not a DiffuScene"),
        (other_sizes(arrange_width=8), "only re-arranges"),
        (other_sizes(room="livingroom"), "24 classes"),
        (lambda folder: rewrite(folder, lambda d: d["metadata"].pop("bounds")), "bounds"),
        (lambda folder: rewrite(folder, lambda d: d["metadata"].update(room_types=["kitchen"])), "no known room"),
        (lambda folder: rewrite(folder, lambda d: d["metadata"].update(defaults=3)), "defaults"),
        (lambda folder: rewrite(folder, lambda d: d["config"].update(target="noise")), "target"),
        (lambda folder: rewrite(folder, lambda d: d["config"].update(body=["unet"])), "body"),
        (lambda folder: rewrite(folder, lambda d: d["config"].update(width=36, heads=4)), "fit no network"),
        (lambda folder: rewrite(folder, lambda d: d["config"].update(blocks=2)), "lacks"),
        (lambda folder: rewrite(folder, lambda d: d["config"].update(looks=0)), "looks"),
        (lambda folder: rewrite(folder, lambda d: d["config"].pop("width")), "sizes"),
    ],
)
def test_damaged_and_mismatching_files_are_refused_in_one_line(tmp_path, damage, words):
    folder = write_model(tmp_path)
    damage(folder)
    with pytest.raises(InvalidInputError, match=words) as caught:
        DiffuSceneModel.load(folder)
    assert "\n" not in str(caught.value)


def test_a_room_type_that_it_was_not_trained_on_is_refused(generator):
    with pytest.raises(InvalidInputError, match="living room"):
        run(generator, request(text="a sofa", room="livingroom"))
