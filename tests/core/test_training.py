"""The training loop and its tasks, with networks small enough to learn in seconds."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from instructscene_core.commands.main import main
from instructscene_core.datasets.starter import build_rooms, cache_folder
from instructscene_core.files.checkpoints import load_model
from instructscene_core.geometry.relations import lamp_flags, relation_matrix, rotate_boxes
from instructscene_core.models.geometry_decoder import GeometryDecoder, GeometryDecoderConfig
from instructscene_core.models.graph_prior import GraphPrior, drop_text
from instructscene_core.starter.rooms import CATALOGUE_FILE
from instructscene_core.training.decoder import LayoutSet
from instructscene_core.training.geometry import GeometrySettings, GeometryTask
from instructscene_core.training.grounding import GroundTruth, grounding_loss, theme_loss
from instructscene_core.training.loop import LoopSettings, Trainer
from instructscene_core.training.pairs import EMPTY, SLOTS, Pairs, make_pairs, permuted, to_all, upper_edges
from instructscene_core.training.prior import (
    CountTask,
    GroundingTask,
    PairsPart,
    PriorSettings,
    PriorTask,
    mentioned_symbols,
    predicted,
)
from instructscene_core.training.runs import PRIOR_SIZE
from instructscene_core.training.supply import Rounds, RoundSupply, Wording, catalogue_entries, catalogue_looks
from instructscene_core.training.texts import encode_texts
from instructscene_core.training.theme_requests import ThemeRequests
from instructscene_core.training.themes import Themes
from instructscene_core.vocabulary import ALL_CLASSES, CLASSES, NO_RELATION, ROOM_TYPES, display_name

pytestmark = pytest.mark.usefixtures("room_cache")

_SMALL = LoopSettings(steps=12, batch=16, learning_rate=3e-3, warmup=4, log_every=4, save_minutes=0.0)


_TINY = {"width": 32, "edge_width": 16, "time_width": 16, "heads": 2, "blocks": 1}


@pytest.fixture(scope="module")
def rooms(room_cache):  # noqa: ARG001 - tells where they are kept
    return build_rooms(48, 0)


@pytest.fixture(scope="module")
def all_rooms(room_cache):  # noqa: ARG001 - tells where they are kept
    return [build_rooms(20, 0, room_type=room) for room in ROOM_TYPES]


def _paired(rooms, turns=None, plain=0.5, official=0.5):
    turns = np.arange(rooms.n) % 4 if turns is None else turns
    return _worded(rooms, turns, 0.0, plain=plain, official=official)


def _worded(rooms, turns, themed, themes=None, **wording):
    themes = themes or Themes.of(catalogue_entries())
    return make_pairs(rooms, turns, catalogue_looks(), seed=0, themes=themes, themed=themed, **wording)


@pytest.fixture(scope="module")
def pairs(all_rooms):
    return Pairs.joined([_paired(rooms) for rooms in all_rooms])


@pytest.fixture(scope="module")
def bedrooms(rooms):
    return _paired(rooms)


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    """Where the states of texts are kept, so that each text is encoded once."""
    return tmp_path_factory.mktemp("states")


def _prior():
    torch.manual_seed(0)
    return GraphPrior(replace(PRIOR_SIZE, **_TINY, feature_width=16))


def _prior_task(pairs, folder: Path, codes=None, **settings):
    part = PairsPart(pairs, encode_texts(pairs.texts, folder))
    requests = None if codes is None else _requests(Themes.of(catalogue_entries()), folder)
    settings = PriorSettings(batch=16, **settings)
    return PriorTask(_prior(), lambda _: [part], codes, requests=requests, settings=settings, seed=3)


def _requests(themes, folder):
    return ThemeRequests(themes, _codes(), 48, 0, folder)


def _decoder_task(rooms):
    torch.manual_seed(0)
    model = GeometryDecoder(GeometryDecoderConfig(len(ALL_CLASSES), **_TINY))
    return GeometryTask(model, LayoutSet.of([rooms]), GeometrySettings(batch=16))


def _rows(folder: Path):
    with (folder / "log.csv").open(encoding="utf-8") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def test_pairs_ask_for_relations_that_their_turned_rooms_hold(pairs):
    assert len(pairs) > 50
    for objs, edges, asked in zip(pairs.objs, pairs.edges, pairs.triplets, strict=True):
        held = {(objs[i], edges[i, j], objs[j]) for i, j in zip(*np.nonzero(edges != NO_RELATION), strict=True)}
        assert set(asked) <= held
    assert np.mean([bool(asked) for asked in pairs.triplets]) > 0.8


def test_pairs_of_all_types_have_the_classes_of_their_furniture(pairs):
    categories = [entry["category"] for entry in json.loads(CATALOGUE_FILE.read_text("utf-8"))["entries"]]
    real = pairs.asset >= 0
    assert pairs.objs.shape == (len(pairs), SLOTS)
    assert ((pairs.objs != EMPTY) == real).all()
    assert (real.sum(axis=1) == pairs.counts).all()
    assert (pairs.edges[~real] == NO_RELATION).all()
    assert set(pairs.room.tolist()) == {0, 1, 2}
    for objs, asset, room in zip(pairs.objs, pairs.asset, pairs.room, strict=True):
        names = [ALL_CLASSES[number] for number in objs if number != EMPTY]
        assert names == [categories[row] for row in asset if row >= 0]
        assert set(names) <= set(CLASSES[ROOM_TYPES[room]])


def test_what_a_text_names_is_marked_as_spoken_of(all_rooms):
    for rooms in all_rooms:
        pairs = _paired(rooms, plain=1.0, official=1.0)
        assert not (pairs.spoken & (pairs.objs == EMPTY)).any()
        for objs, spoken, text, asked in zip(pairs.objs, pairs.spoken, pairs.texts, pairs.triplets, strict=True):
            named = {int(number) for number in objs[spoken]}
            assert named == {c for s, _, o in asked for c in (s, o)}
            assert all(display_name(ALL_CLASSES[number]) in text for number in named)


def test_areas_are_those_of_the_floors(all_rooms):
    for rooms in all_rooms:
        pairs = _paired(rooms)
        low, high = np.nanmin(rooms.floor, axis=1), np.nanmax(rooms.floor, axis=1)
        whole = (high - low).prod(axis=1)
        corners = (~np.isnan(rooms.floor[..., 0])).sum(axis=1)
        areas = {round(float(area), 3) for area in pairs.area}
        assert areas <= {round(float(a), 3) for a in whole[corners == 4]} | {a for a in areas if a < whole.max()}
        assert pairs.area.min() > 3.0
        assert pairs.area.max() <= whole.max() + 1e-3


def test_turned_relations_are_those_of_turned_boxes(rooms):
    pairs = _paired(rooms, np.full(rooms.n, 3), plain=1.0)
    turned = relation_matrix(
        lamp_flags(CLASSES["bedroom"])[rooms.objs], rotate_boxes(rooms.boxes, 3), rooms.objs != rooms.empty
    )
    known = {edges.tobytes() for edges in turned.astype(np.int8)}
    agreeing = [edges[:12, :12].tobytes() in known for edges in pairs.edges]
    assert np.mean(agreeing) > 0.9  # objects that stand on a rule's border may round either way


def test_permuting_keeps_the_graph(pairs):
    order, objs = permuted(np.random.default_rng(0), pairs.objs, pairs.objs, empty=EMPTY)
    upper = upper_edges(pairs.edges, order)
    for room in range(len(objs)):
        count = int((objs[room] != EMPTY).sum())
        assert (objs[room, :count] != EMPTY).all()
        back = np.argsort(order[room])
        full = np.full((SLOTS, SLOTS), NO_RELATION)
        first, second = np.triu_indices(SLOTS, 1)
        full[first, second] = upper[room]
        full[second, first] = np.where(upper[room] == NO_RELATION, NO_RELATION, (upper[room] + 5) % 10)
        assert (full[back][:, back] == pairs.edges[room]).all()


def test_stored_text_states_are_those_of_the_encoder(pairs, states):
    from instructscene_core.text.minilm import MiniLM

    store = encode_texts(pairs.texts, states)
    rows = np.array([5, 0, 5])
    batch = store.batch(rows, int(store.lengths.max()))
    truth = MiniLM().encode([pairs.texts[r] for r in rows])
    assert batch.mask.sum(dim=1).tolist() == truth.mask.sum(dim=1).tolist()
    assert float((batch.hidden[:, : truth.hidden.shape[1]] - truth.hidden).abs().max()) < 0.1  # bfloat16
    assert float((batch.pooled - truth.pooled).abs().max()) < 0.01


def _codes():
    return np.random.default_rng(0).integers(64, size=(len(catalogue_looks()), 4))


def test_the_graph_alone_is_the_network_with_masked_features(pairs, states):
    task = _prior_task(pairs, states)
    batch, t = task.batch(np.random.default_rng(0), task.supply(0)), torch.arange(16)
    model = task.model.eval()
    x, e = batch.clean
    masked = torch.full((len(x), 4 * x.shape[1]), 65)
    context = model.encode_text(batch.text)
    alone = predicted(model, (x, e), t, context, batch.room, batch.real)
    whole = predicted(model, (x, e, masked), t, context, batch.room, batch.real)
    assert len(alone) == 2
    for graph, wanted in zip(alone, whole[:2], strict=True):
        torch.testing.assert_close(graph, wanted, atol=1e-5, rtol=1e-5)


def test_batches_of_the_prior_hold_known_parts_as_edits_do(pairs, states):
    task = _prior_task(pairs, states, _codes(), complete=0.4, restyle=0.3, emphasis="none")
    seen = {"none": 0, "some": 0, "nodes": 0}
    for step in range(12):
        batch = task.batch(np.random.default_rng(step), task.supply(0))
        n = batch.real.shape[1]
        lengths = n, n * (n - 1) // 2, 4 * n
        for clean, known, weights, length in zip(batch.clean, batch.known, batch.weights, lengths, strict=True):
            assert clean.shape == known.shape == weights.shape == (16, length)
            assert not weights[known].any()
            assert (weights[~known] > 0).all()
        nodes, _, tokens = batch.known
        assert nodes[~batch.real].all()
        assert (batch.clean[0][~batch.real] == EMPTY).all()
        for room in range(16):
            real = batch.real[room]
            kept, looks = nodes[room][real], tokens[room].view(n, 4)[real]
            seen["none"] += not kept.any()
            seen["nodes"] += bool(kept.all() and not looks.any())
            seen["some"] += bool(looks.any() and (looks.all(dim=1) == kept).all())
    assert min(seen.values()) > 10


def test_every_room_counts_alike_however_many_objects_it_has(pairs, states):
    task = _prior_task(pairs, states, _codes(), complete=0.0, restyle=0.0, emphasis="none")
    for step in range(8):
        batch = task.batch(np.random.default_rng(step), task.supply(0))
        for weights, full in zip(batch.weights, (12, 66, 48), strict=True):
            length = weights.shape[1]
            share = weights.sum(dim=1) / length**2 * full  # the loss means, and divides by the length once more
            torch.testing.assert_close(share, torch.ones(16))


def test_texts_are_labelled_with_what_they_ask_for(pairs, states):
    task = _prior_task(pairs, states, _codes())
    batch = task.batch(np.random.default_rng(0), task.supply(0))
    truth, unlike = batch.truth, 0
    assert truth.codes.shape == (*batch.real.shape, 4)
    for room in range(16):
        held = set(torch.stack([truth.first, truth.relation, truth.second], dim=-1)[room].unbind())
        held = {tuple(row.tolist()) for row in held}
        asked = {(s, p, o) for s, p, o in held if p != NO_RELATION and s != o}  # of two alike one way is held
        assert {(o, (p + 5) % 10, s) for s, p, o in asked} == asked
        classes = set(batch.clean[0][room][batch.real[room]].tolist())
        mentioned = set(truth.mentioned[room].nonzero()[:, 0].tolist())
        assert {c for s, _, o in asked for c in (s, o)} <= mentioned <= classes
        assert truth.present[room][truth.relation[room] != NO_RELATION].all()
        unlike += len(held) - len(asked)
    assert unlike > 16  # pairs that nothing is said of are asked about too


def test_what_texts_say_is_learned_without_the_graph(bedrooms, states, tmp_path):
    task = GroundingTask(_prior_task(bedrooms, states, _codes()))
    before = _mean_loss(task)
    Trainer(task, replace(_SMALL, steps=60), tmp_path / "run").run()
    assert _mean_loss(task) < 0.8 * before
    assert _changed(_prior(), task.task.model) == {"grounding"}


def test_the_number_of_objects_is_learned_alone(bedrooms, states, tmp_path):
    task = CountTask(_prior_task(bedrooms, states))
    before, texts = _mean_loss(task, "n"), _mean_loss(task, "text")
    Trainer(task, replace(_SMALL, steps=60), tmp_path / "run").run()
    assert _mean_loss(task, "n") < 0.8 * before
    assert _mean_loss(task, "text") == pytest.approx(texts, rel=0.03)  # what it knew of texts stays
    assert _changed(_prior(), task.task.model) == {"count_head"}


def _changed(before, after):
    """The parts of a prior whose parameters are others."""
    pairs = zip(before.named_parameters(), after.parameters(), strict=True)
    return {name.partition(".")[0] for (name, old), new in pairs if not torch.equal(old, new)}


def test_requests_tell_how_furniture_of_each_class_may_look(states):
    themes, entries = Themes.of(catalogue_entries()), catalogue_entries()
    truth = _requests(replace(themes, words=("leather",), weights=(1.0,)), states).batch(np.random.default_rng(0), 8)
    found = 0
    for category, name in enumerate(ALL_CLASSES):
        rows = [i for i, e in enumerate(entries) if e["category"] == name and "leather" in e["tags"]]
        own = {tuple(_codes()[row]) for row in rows} or {(-1,) * 4}
        assert {tuple(codes) for codes in truth.codes[:, category].tolist()} <= own
        found += bool(rows)
    assert 5 < found < len(ALL_CLASSES)


def test_looks_are_learned_from_requests(bedrooms, states, tmp_path):
    task = GroundingTask(_prior_task(bedrooms, states, _codes()))
    two = replace(Themes.of(catalogue_entries()), words=("leather", "marble"), weights=(1.0, 1.0))
    requests = task.task.requests = _requests(two, states)
    before = _theme_loss(task, requests)
    Trainer(task, replace(_SMALL, steps=80), tmp_path / "run").run()
    assert _theme_loss(task, requests) < 0.8 * before


def test_texts_are_to_say_nothing_of_the_looks_of_what_they_do_not_describe(bedrooms, states):
    task = _prior_task(bedrooms, states, _codes())
    batch, network, losses = task.batch(np.random.default_rng(0), task.supply(0)), task.model.grounding, []
    truth = batch.truth._replace(described=torch.zeros_like(batch.truth.described))
    for loudness in (0.0, 0.5):
        torch.nn.init.constant_(network.look_mlp[-1].bias, loudness)
        text = network.read(batch.text.hidden, batch.text.mask)
        losses.append(float(grounding_loss(network, text, truth, task.requests.usual).detach()))
    assert losses[1] > losses[0] + 0.01


def _theme_loss(task, requests):
    truth = requests.batch(np.random.default_rng(99), 48)
    with torch.no_grad():
        text = task.model.read(truth.text.hidden, truth.text.mask)
        return float(theme_loss(task.model, text, truth.codes, requests.usual))


def test_dropped_texts_teach_nothing(bedrooms, states):
    task = _prior_task(bedrooms, states, _codes())
    usual = task.requests.usual
    batch, grounding = task.batch(np.random.default_rng(0), task.supply(0)), task.model.grounding
    some = torch.arange(16) < 8
    text = drop_text(batch.text, ~some, ~some)
    whole = grounding_loss(grounding, grounding.read(text.hidden, text.mask), batch.truth, usual)
    half = GroundTruth(*(part[:8] for part in batch.truth))
    alone = grounding_loss(grounding, grounding.read(text.hidden[:8], text.mask[:8]), half, usual)
    torch.testing.assert_close(whole, alone, atol=1e-4, rtol=1e-4)


def _mean_loss(task, term="loss"):
    """Over batches that training never draws; one step's loss depends too much on its times."""
    losses = []
    for step in range(1000, 1016):
        torch.manual_seed(step)
        with torch.no_grad():
            losses.extend(float(terms[term]) for terms in task.losses(step))
    return np.mean(losses)


@pytest.mark.parametrize("with_features", [False, True])
def test_the_prior_learns(bedrooms, states, tmp_path, with_features):
    codes = _codes() if with_features else None
    before = _mean_loss(_prior_task(bedrooms, states, codes))
    task = _prior_task(bedrooms, states, codes)
    Trainer(task, replace(_SMALL, steps=40), tmp_path / "run").run()
    assert _mean_loss(task) < 0.85 * before
    rows = _rows(tmp_path / "run")
    assert rows[-1]["samples"] == 640
    assert ("o" in rows[0]) == with_features


def test_a_resumed_run_gives_the_same_weights(bedrooms, states, tmp_path):
    whole = Trainer(_prior_task(bedrooms, states), _SMALL, tmp_path / "whole").run()
    first = Trainer(_prior_task(bedrooms, states), _SMALL, tmp_path / "parts")
    first.resume()
    for _ in range(5):
        first.advance()
    first.save()
    second = Trainer(_prior_task(bedrooms, states), _SMALL, tmp_path / "parts")
    parts = second.run()
    assert second.step == 12
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
    assert [row["step"] for row in _rows(tmp_path / "whole")] == [4, 8, 12]


def test_another_seed_gives_other_weights(bedrooms, states, tmp_path):
    runs = [
        Trainer(_prior_task(bedrooms, states), replace(_SMALL, steps=2, seed=seed), tmp_path / str(seed)).run()
        for seed in (0, 1)
    ]
    assert not torch.equal(*(run["node_embed.0.weight"] for run in runs))


def test_rows_logged_after_the_checkpoint_are_taken_out(rooms, tmp_path):
    trainer = Trainer(_decoder_task(rooms), replace(_SMALL, save_minutes=60.0), tmp_path)
    trainer.run()
    (tmp_path / "log.csv").open("a", encoding="utf-8").write("99,1\n")
    Trainer(_decoder_task(rooms), replace(_SMALL, steps=16), tmp_path).run()
    assert [row["step"] for row in _rows(tmp_path)] == [4, 8, 12, 16]


def test_the_command_trains_decoder_and_prior_and_goes_on_from_weights(tmp_path):
    export = tmp_path / "weights"
    common = ["--rooms", "40", "--minutes", "0.02", "--export", str(export), "--batch", "8", "--device", "cpu"]
    assert main(["train", "starter", "decoder", *common]) == 0
    new = load_model(export / "decoder", GeometryDecoder)
    assert main(["train", "starter", "grounding", *common]) == 0
    read = load_model(export / "prior", GraphPrior).model
    going_on = ["--from-weights", str(export)]
    assert main(["train", "starter", "counts", *common, *going_on]) == 0
    assert _changed(read, load_model(export / "prior", GraphPrior).model) == {"count_head"}
    assert main(["train", "starter", "prior", *common, *going_on, "--without-features", "--plain", "1"]) == 0
    first = load_model(export / "prior", GraphPrior)
    assert main(["train", "starter", "all", *common, "--from-weights", str(export), "--name", "more"]) == 0
    second = load_model(export / "prior", GraphPrior)
    assert not first.metadata["features"]
    assert second.metadata["features"]
    assert second.metadata["samples"] > 0
    for earlier, later in ((read, first.model), (first.model, second.model)):
        assert not torch.equal(earlier.node_embed[0].weight, later.node_embed[0].weight)
    decoder = load_model(export / "decoder", GeometryDecoder)
    assert decoder.metadata["rooms"].keys() == set(ROOM_TYPES)
    assert 8 < sum(decoder.metadata["rooms"].values()) < 40
    assert decoder.metadata["run"] == "more-decoder"
    assert decoder.metadata["samples"] > new.metadata["samples"] > 0
    assert not torch.equal(decoder.model.pair_out.weight, new.model.pair_out.weight)
    assert (cache_folder() / "training" / "more-prior" / "log.csv").exists()


def test_every_round_has_fresh_rooms_and_sentences(tmp_path):
    rounds = Rounds(rooms=10, first_room=100, steps=4, wording=Wording(plain=0.5), seed=1, folder=tmp_path)
    assert [rounds.seen(steps) for steps in (0, 4, 5, 8, 9)] == [110, 110, 120, 120, 130]
    with RoundSupply(rounds) as supply:
        assert len(supply(3)) == 1
        first, second = supply(4)
    assert set(first.pairs.texts).isdisjoint(second.pairs.texts)
    assert set(first.pairs.room.tolist()) == {0, 1, 2}
    again = rounds.make(1)
    assert again.texts == second.pairs.texts
    assert (again.edges == second.pairs.edges).all()


def test_rooms_are_refurnished_in_one_theme(rooms):
    entries, themes = catalogue_entries(), Themes.of(catalogue_entries())
    tags = [{*entry["tags"], entry["style"]} for entry in entries]
    for row in range(rooms.n):
        real = rooms.objs[row] != rooms.empty
        objs, assets = to_all("bedroom")[rooms.objs[row, real]].tolist(), rooms.asset[row, real].tolist()
        word, found = themes.refurnish(Random(row), objs, assets)
        for number, category in enumerate(objs):
            same = [tag for tag, entry in zip(tags, entries, strict=True) if entry["category"] == ALL_CLASSES[category]]
            assert (number in found) == any(word in tag for tag in same)
        for number, asset in found.items():
            assert word in tags[asset]
            assert entries[asset]["category"] == ALL_CLASSES[objs[number]]
            assert asset == assets[number] or word not in tags[assets[number]]
        alike = {(assets[number], asset) for number, asset in found.items()}
        assert len(alike) == len({old for old, _ in alike})  # chairs that were alike stay so


def test_every_style_is_a_theme():
    themes = Themes.of(catalogue_entries())
    assert {entry["style"] for entry in catalogue_entries()} == themes.styles <= set(themes.words)


def test_texts_ask_for_what_rooms_were_refurnished_in(rooms):
    turns, wording = np.zeros(rooms.n, dtype=np.int64), {"plain": 0.5, "official": 0.5}
    leather = replace(Themes.of(catalogue_entries()), words=("leather",), weights=(1.0,))
    plain, themed = (_worded(rooms, turns, share, leather, **wording) for share in (0.0, 0.9))
    has_it = np.array(["leather" in entry["tags"] for entry in catalogue_entries()])
    assert len(plain) == len(themed) == rooms.n
    changed = plain.asset != themed.asset
    other = np.array([a != b for a, b in zip(plain.texts, themed.texts, strict=True)])
    assert other.sum() > 10
    assert not changed[~other].any()
    assert not (changed & ~themed.styled).any()
    by_theme = themed.styled & ~plain.styled  # some texts ask for a look of all furniture themselves
    assert has_it[themed.asset[by_theme & other[:, None]]].all()
    assert (
        sum("leather" in text.lower() for text in np.array(themed.texts)[other]) > 0.7 * other.sum()
    )  # some have slips
    alone = other & ~themed.spoken.any(axis=1)
    assert 0.3 < alone.sum() / other.sum() < 0.9
    assert not any(themed.triplets[row] for row in np.flatnonzero(alone))


def test_what_an_instruction_asks_for_is_found(pairs):
    most = max(len(triplets) for triplets in pairs.triplets)
    asked = np.full((len(pairs), most, 3), -1)
    for row, triplets in zip(asked, pairs.triplets, strict=True):
        row[: len(triplets)] = np.array(triplets).reshape(-1, 3)
    order, objs = permuted(np.random.default_rng(1), pairs.objs, pairs.objs, empty=EMPTY)
    nodes, edges = mentioned_symbols(objs, upper_edges(pairs.edges, order), asked)
    assert (edges.any(axis=1) == [bool(triplets) for triplets in pairs.triplets]).all()
    assert not edges.all(axis=1).any()
    classes = [{c for s, _, o in triplets for c in (s, o)} for triplets in pairs.triplets]
    assert all(set(objs[r][nodes[r]]) == classes[r] for r in range(len(pairs)))
