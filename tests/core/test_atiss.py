"""ATISS: its mixtures and network, and as a layout model: what is known, the four tasks, and that it learns rooms."""

import itertools
import json

import numpy as np
import pytest
import torch

from instructscene_core.baselines.atiss import AtissModel
from instructscene_core.baselines.shared import Shared
from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.errors import InvalidInputError
from instructscene_core.files.checkpoints import save_model
from instructscene_core.generator import Generator
from instructscene_core.geometry.frames import Bounds
from instructscene_core.models.atiss import Atiss, AtissConfig, Objects
from instructscene_core.models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from instructscene_core.models.graph_prior import TextBatch
from instructscene_core.models.layout_decoder import LayoutDecoder, LayoutDecoderConfig
from instructscene_core.models.logistics import choose, nll, sample
from instructscene_core.sampling.layout_model import Defaults, Job, Settings
from instructscene_core.sampling.slots import prepare
from instructscene_core.sampling.tasks import kept_attributes
from instructscene_core.scene import Request, Scene
from instructscene_core.text.encoder import TextStates
from instructscene_core.text.minilm import MiniLM
from instructscene_core.vocabulary import CLASSES, MAX_OBJECTS, N_CODES

BEDROOM = CLASSES["bedroom"]
BOUNDS = {"translations": [[-2.5, 0.1, -2.5], [2.5, 2.7, 2.5]], "sizes": [[0.1, 0.05, 0.1], [1.1, 1.2, 1.2]]}


def config(room="bedroom", **sizes):
    small = {"width": 32, "layers": 2, "heads": 4, "feed_forward": 64, "mixtures": 4, "text_width": 384, "dropout": 0.0}
    return AtissConfig(len(CLASSES[room]), MAX_OBJECTS[room], **{**small, **sizes})


def network(**sizes):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Atiss(config(**sizes)).eval()


def write_model(folder, room="bedroom", **sizes):
    """Writes a model folder with random weights."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        vqvae = FeatureVQVAE(FeatureVQVAEConfig(feature_width=384, width=16, heads=4, blocks=1, dropout=0.0))
    about = {"name": "rival", "room_types": [room], "bounds": Bounds.from_json(BOUNDS).to_json()}
    save_model(folder / "atiss", network(room=room, **sizes), about)
    save_model(folder / "vqvae", vqvae)
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return AtissModel.load(write_model(tmp_path_factory.mktemp("atiss")))


@pytest.fixture(scope="module")
def generator(model):
    return Generator(model, Catalogue.starter(), MiniLM())


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


def text(rows, length=6, padding=0):
    """States of texts, as of an encoder with a mask."""
    g = torch.Generator().manual_seed(3)
    hidden, pooled = torch.randn(rows, length, 384, generator=g), torch.randn(rows, 384, generator=g)
    mask = torch.arange(length + padding) < torch.tensor([length - i % 3 for i in range(rows)])[:, None]
    hidden = torch.cat([hidden, torch.zeros(rows, padding, 384)], dim=1) * mask[..., None]
    return TextStates(hidden, mask, pooled / pooled.norm(dim=1, keepdim=True), (False,) * rows)


def draw(model, requests, states=None, on_step=None, seeds=None):
    slots = [prepare(asked, 12, lambda item: item.codes, lambda _: frozenset({"desk", "chair"})) for asked in requests]
    jobs = [Job(one, seed) for one, seed in zip(slots, seeds or range(99), strict=False)]
    states = text(len(jobs)) if states is None else states
    return slots, model.sample(jobs, states, Settings(), [None] * len(jobs), on_step)


def objects(generator, count=5, n_classes=21):
    return Objects(
        torch.randint(n_classes, (2, count), generator=generator),
        torch.randint(N_CODES, (2, count, 4), generator=generator),
        2 * torch.rand(2, count, 7, generator=generator) - 1,
    )


# Mixtures and the network -------------------------------------------------------------------------------------------


def test_bins_of_a_mixture_make_up_the_whole_and_draws_agree():
    g = torch.Generator().manual_seed(0)
    parameters = torch.randn(30, generator=g) * torch.tensor([1.0, 0.4, 1.0]).repeat_interleave(10) - torch.tensor(
        [0.0, 0.0, 3.0]
    ).repeat_interleave(10)
    middles = torch.linspace(-1, 1, 256)
    chances = (-nll(parameters.expand(256, -1), middles)).exp()
    assert float(chances.sum()) == pytest.approx(1, abs=1e-3)
    pairs = torch.rand(40_000, 2, generator=g)
    drawn = sample(parameters.expand(len(pairs), -1), pairs[:, 0], pairs[:, 1])
    counts = torch.histc(drawn, 16, -1, 1) / len(pairs)
    assert (counts - chances.view(16, 16).sum(dim=1)).abs().max() < 0.01


def test_choices_follow_weights_and_pass_over_what_has_none():
    weights = torch.tensor([0.0, 2.0, 0.0, 6.0, 0.0])
    uniform = (torch.arange(1000) + 0.5) / 1000
    found = choose(weights.expand(1000, -1), uniform)
    assert np.bincount(found, minlength=5).tolist() == [0, 250, 0, 750, 0]


@torch.inference_mode()
def test_order_and_padding_of_objects_change_nothing():
    g, net = torch.Generator().manual_seed(1), network()
    seen, lengths = objects(g), torch.tensor([5, 3])
    context = net.read_text(TextBatch(torch.randn(2, 4, 384, generator=g), torch.randn(2, 384, generator=g)))
    query = net(seen, lengths, context)
    order = torch.tensor([[4, 2, 0, 3, 1], [2, 0, 1, 4, 3]])
    turned = Objects(*(part[torch.arange(2)[:, None], order] for part in seen))
    torch.testing.assert_close(net(turned, lengths, context), query, atol=1e-5, rtol=0)
    padded = Objects(*(torch.cat([part, part[:, :2]], dim=1) for part in seen))
    torch.testing.assert_close(net(padded, lengths, context), query, atol=1e-5, rtol=0)


@torch.inference_mode()
def test_without_the_new_parts_it_is_the_official_network():
    """Embeddings of codes, maps of the text and the columns that read codes are zero: A7 of the design."""
    official, net = network(codes=False, text_width=None), network()
    weights, told = official.state_dict(), net.config.width + 64
    for name, value in net.state_dict().items():
        if name not in weights:
            value.zero_()
            continue
        old = weights[name]
        if value.shape != old.shape:  # a head that is told the codes, too, between the class and the numbers
            if name.endswith(".0.weight"):
                old = torch.cat([old[:, :told], torch.zeros(len(old), 256), old[:, told:]], dim=1)
            value.zero_()
        value[tuple(slice(0, n) for n in old.shape)] = old
    for layer in net.transformer_encoder.layers:
        layer.ca_norm = torch.nn.Identity()
    g = torch.Generator().manual_seed(1)
    seen, lengths = objects(g), torch.tensor([5, 3])
    context = net.read_text(TextBatch(torch.randn(2, 4, 384, generator=g), torch.randn(2, 384, generator=g)))
    plain = seen._replace(codes=None)
    torch.testing.assert_close(net(seen, lengths, context), official(plain, lengths), atol=1e-5, rtol=0)
    target = Objects(*(part[:, 0] for part in seen))
    ours, theirs = net.loss(seen, lengths, target, context), official.loss(plain, lengths, target._replace(codes=None))
    for name, term in theirs.items():
        torch.testing.assert_close(ours[name], term, atol=1e-4, rtol=1e-4)


def prefixes(classes, boxes, counts):
    """Every set of objects of every room with every object that may follow, or END, and its share of the loss.

    Returns:
        objects so far, how many, the next one, and (rows,) shares of the official loss, which draws them at random.
    """
    rows = []
    for room_, n in enumerate(counts.tolist()):
        for cut in range(n + 1):
            sets = list(itertools.combinations(range(n), cut))
            for seen in sets:
                left = [k for k in range(n) if k not in seen] or [seen[0]]
                share = 1 / (len(counts) * (n + 1) * len(sets) * len(left))
                unused = [k for k in range(classes.shape[1]) if k not in seen]
                rows += [(room_, (*seen, *unused), cut, k, cut == n, share) for k in left]
    at, order, cuts, following, ended, share = (torch.tensor(column) for column in zip(*rows, strict=True))
    seen = Objects(classes[at[:, None], order], None, boxes[at[:, None], order])
    end = config().end
    target = Objects(
        classes[at, following].masked_fill(ended, end), None, boxes[at, following].masked_fill(ended[:, None], 0.0)
    )
    return seen, cuts, target, share


def test_eight_rooms_are_learnt_and_drawn_again(tmp_path):
    """Half a minute of a core. No class is in two rooms.

    ATISS draws the axes of a place independently of each other: of a class that stands in two rooms it would draw
    places that are in neither, and guess at the rest of the room, however well it has learnt.
    """
    g, steps = torch.Generator().manual_seed(0), 2500
    counts = torch.tensor([3, 2, 3, 2, 3, 2, 3, 3])
    classes = torch.zeros(8, 3, dtype=torch.long)
    classes[torch.arange(3) < counts[:, None]] = torch.randperm(21, generator=g)
    boxes = 1.6 * torch.rand(8, 3, 7, generator=g) - 0.8
    sizes = {"width": 64, "layers": 1, "feed_forward": 256, "mixtures": 3, "code_width": 16}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = Atiss(config(codes=False, text_width=None, **sizes)).train()
    seen, cuts, target, share = prefixes(classes, boxes, counts)
    assert float(share.sum()) == pytest.approx(1)
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    for _ in range(steps):
        terms = net.loss(seen, cuts, target)
        optimiser.zero_grad()
        (share * sum(terms.values())).sum().backward()
        optimiser.step()
        schedule.step()
    about = {"name": "overfit", "room_types": ["bedroom"], "bounds": Bounds.from_json(BOUNDS).to_json()}
    save_model(tmp_path / "atiss", net.eval(), about)
    _, layouts = draw(AtissModel.load(tmp_path), [request(scene=room())] * 256, seeds=range(256))
    drawn = [sorted(layout.classes[layout.classes < 21].tolist()) for layout in layouts]
    rooms = [sorted(of[:n].tolist()) for of, n in zip(classes, counts, strict=True)]
    assert sum(room_ in rooms for room_ in drawn) >= 0.95 * 256
    assert all(room_ in drawn for room_ in rooms)
    places = torch.zeros(21, 3)
    for of, where, n in zip(classes, boxes, counts, strict=True):
        places[of[:n]] = where[:n, :3]
    unit = Bounds.from_json(BOUNDS)
    off = [
        np.abs(unit.normalise(layout.boxes[there])[:, :3] - places.numpy()[layout.classes[there]]).max(axis=1)
        for layout in layouts
        if (there := layout.classes < 21).any()
    ]
    assert np.mean(np.concatenate(off) < 0.05) >= 0.9


# The layout model ---------------------------------------------------------------------------------------------------


def test_known_entries_come_back_beside_free_ones(model):
    asked = [
        request(task="complete", scene=FOUR, add=3),
        request(task="restyle", scene=FOUR, selected=["o1"]),
        request(task="rearrange", scene=FOUR, selected=["o0", "o2"]),
        request(task="rearrange", scene=FOUR, keep={"o0": ["feature"], "o1": ["pose"], "o2": [], "o3": ["category"]}),
        request(task="complete", scene=room(*FOUR["objects"], thing("odd", None, codes=None))),
    ]
    calls = []
    many, layouts = draw(model, asked, on_step=lambda *step: calls.append(step))
    assert calls == [("objects", k + 1, 12) for k in range(len(calls))]
    for slots, layout in zip(many, layouts, strict=True):
        for known, ours, theirs in (
            (slots.class_known, layout.classes, slots.classes),
            (slots.codes_known, layout.codes, slots.codes),
            (slots.pose_known & (layout.classes < len(BEDROOM)), layout.boxes, slots.boxes),
            (slots.size_known, layout.boxes[:, 3:6], slots.boxes[:, 3:6]),
        ):
            assert np.array_equal(ours[known], theirs[known])
        assert slots.allowed[np.arange(12), layout.classes].all()
        assert layout.features.shape == (12, 384)
    assert BEDROOM[layouts[4].classes[4]] in {"desk", "chair"}
    assert not np.array_equal(layouts[1].codes[1], many[1].codes[1])
    assert not np.allclose(layouts[2].boxes[0, :3], many[2].boxes[0, :3])


def test_the_class_of_a_foreign_object_follows_its_box():
    """A network that has learnt that desks stand left and chairs right tells them apart by their places."""
    net = network(codes=False, text_width=None)
    desk, chair = BEDROOM.index("desk"), BEDROOM.index("chair")
    with torch.no_grad():
        for head in (net.hidden2output.centroid_layer_x,):
            for part in head:
                if isinstance(part, torch.nn.Linear):
                    part.weight.zero_()
                    part.bias.zero_()
        labels = net.hidden2output.fc_class_labels
        labels.weight.zero_()
        labels.weight[0, desk], labels.weight[0, chair] = 1.0, -1.0
        first, second, last = (net.hidden2output.centroid_layer_x[k] for k in (0, 2, 4))
        column = net.config.width  # where the class is told
        first.weight[0, column], first.weight[1, column] = 1.0, -1.0
        second.weight[0, 0], second.weight[1, 1] = 1.0, 1.0
        means = slice(net.config.mixtures, 2 * net.config.mixtures)
        last.weight[means, 0], last.weight[means, 1] = -0.6, 0.6
        last.bias[2 * net.config.mixtures :] = -3.0
        net.fc_class.weight.zero_()
    model = AtissModel(net, _shared())
    for x, name in ((-1.5, "desk"), (1.5, "chair")):
        asked = request(task="complete", scene=room(thing("odd", None, x, codes=None), thing("bed")), add=0)
        _, (layout,) = draw(model, [asked])
        assert BEDROOM[layout.classes[0]] == name


def _shared():
    vqvae = FeatureVQVAE(FeatureVQVAEConfig(feature_width=384, width=16, heads=4, blocks=1, dropout=0.0)).eval()
    bounds = Bounds.from_json(BOUNDS)
    return Shared(vqvae, None, bounds, "rival", "bedroom", Defaults(), MiniLM.name, torch.device("cpu"))


@pytest.mark.parametrize("task", ["generate", "complete"])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_add_makes_exactly_so_many(generator, task, count):
    asked = request(task=task, scene=room(thing("bed")), add=count, variations=3)
    for result in generator.run([asked], settle=False)[0]:
        assert len(result.objects) == count + (task == "complete")


def test_a_room_is_the_same_in_any_batch_and_with_any_padding(model):
    asked = [
        request(task="generate", text="", room="bedroom"),
        request(task="complete", scene=FOUR),
        request(task="complete", scene=FOUR, add=0),
        request(task="restyle", scene=FOUR),
        request(task="rearrange", scene=FOUR),
    ]
    states = text(len(asked))
    _, together = draw(model, asked, states)
    _, again = draw(model, asked, states)
    _, padded = draw(model, asked, text(len(asked), padding=6))
    for i, one in enumerate(asked):
        _, (alone,) = draw(model, [one], states.rows([i]), seeds=[i])
        for other in (alone, padded[i]):
            assert np.array_equal(other.classes, together[i].classes)
            assert np.array_equal(other.codes, together[i].codes)
            assert np.allclose(other.boxes, together[i].boxes, atol=1e-4)
        assert np.array_equal(again[i].boxes, together[i].boxes)


@pytest.mark.parametrize("task", ["generate", "complete", "restyle", "rearrange"])
def test_tasks_keep_what_is_kept_and_change_what_is_not(generator, task):
    asked = request(task=task, scene=FOUR, selected=["o1", "o2"], text="in red", seed=4, variations=3)
    for result in generator.run([asked], settle=False, tries=1)[0]:
        assert Scene.from_json(json.loads(json.dumps(result.to_json()))).objects == result.objects
        assert result.provenance["model"] == "rival"
        if task == "generate":
            assert result.objects
            continue
        now = {item.id: item for item in result.objects}
        for item in asked.scene.objects:
            after, keeps = now[item.id], kept_attributes(asked, item)
            if "pose" in keeps:
                assert (after.position, after.size, after.yaw) == (item.position, item.size, item.yaw)
            if "category" in keeps:
                assert after.category == item.category
            if "feature" in keeps:
                assert (after.codes, after.size) == (item.codes, item.size)
        if task != "complete":
            changed = "codes" if task == "restyle" else "position"
            before = {item.id: item for item in asked.scene.objects}
            assert all(getattr(now[name], changed) != getattr(before[name], changed) for name in ("o1", "o2"))


def test_relations_that_are_kept_are_told_to_be_unknown(generator):
    told = "The model rival has no relations between objects, so none were kept"
    plain = request(task="rearrange", scene=FOUR)
    kept = request(task="rearrange", scene=FOUR, keep={"o1": ["category", "feature", "relation"]})
    for asked, notes in ((plain, 0), (kept, 1)):
        (scene,) = generator.run([asked], settle=False, tries=1)[0]
        assert scene.report.get("notes", []).count(told) == notes


def test_other_rooms_and_networks_without_codes_or_text(tmp_path):
    model = AtissModel.load(write_model(tmp_path, "livingroom", codes=False, text_width=None))
    assert (model.feature_width, model.slots("livingroom"), model.room_types) == (None, 21, ("livingroom",))
    generator = Generator(model, Catalogue.starter(), MiniLM())
    for result in generator.run([request(text="", room="livingroom", variations=4)], settle=False)[0]:
        assert {item.category for item in result.objects} <= set(CLASSES["livingroom"])


# Refusals -----------------------------------------------------------------------------------------------------------


def rewrite(folder, change):
    path = folder / "atiss.json"
    description = json.loads(path.read_text())
    change(description)
    path.write_text(json.dumps(description))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "atiss.safetensors").unlink(), "cannot be read"),
        (lambda folder: (folder / "vqvae.json").unlink(), "vqvae.json"),
        (lambda folder: (folder / "atiss.safetensors").write_bytes(b"no weights"), "too small|cut off|altered"),
        (
            lambda folder: save_model(
                folder / "atiss", LayoutDecoder(LayoutDecoderConfig(width=8, heads=2, blocks=1, dropout=0.0))
            ),
            "not an? Atiss",
        ),
        (lambda folder: save_model(folder / "atiss", network(room="livingroom"), _about()), "24 classes"),
        (lambda folder: rewrite(folder, lambda d: d["metadata"].pop("bounds")), "bounds"),
        (lambda folder: rewrite(folder, lambda d: d["metadata"].update(room_types=["kitchen"])), "no known room"),
        (lambda folder: rewrite(folder, lambda d: d["config"].update(layers=3)), "lacks"),
        (lambda folder: rewrite(folder, lambda d: d["config"].pop("width")), "sizes"),
    ],
)
def test_damaged_and_mismatching_files_are_refused_in_one_line(tmp_path, damage, words):
    folder = write_model(tmp_path)
    damage(folder)
    with pytest.raises(InvalidInputError, match=words) as caught:
        AtissModel.load(folder)
    assert "\n" not in str(caught.value)


def _about():
    return {"room_types": ["bedroom"], "bounds": Bounds.from_json(BOUNDS).to_json()}
