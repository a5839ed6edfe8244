"""Official checkpoints: what comes of good ones, and what every kind of bad one is refused with."""

import hashlib
import os
import pickle
import shutil
from pathlib import Path

import pytest
import torch

from instructscene_core.errors import CancelledError, InvalidInputError
from instructscene_core.files.checkpoints import load_model
from instructscene_core.files.torch_files import read_torch_checkpoint
from instructscene_core.geometry.frames import Bounds
from instructscene_core.models.feature_vqvae import FeatureVQVAE
from instructscene_core.models.graph_prior import GraphPrior
from instructscene_core.models.layout_decoder import LayoutDecoder
from instructscene_core.official.checkpoints import import_official, read_feature_bounds
from instructscene_core.official.import_models import import_models
from instructscene_core.text.clip import NAME as CLIP

PARITY = Path(os.environ.get("INSTRUCTSCENE_PARITY", Path(__file__).parents[1] / "parity"))
KINDS = {"prior": GraphPrior, "decoder": LayoutDecoder, "vqvae": FeatureVQVAE}


class RunsCode:
    """A pickle that would leave a folder behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.fixture
def folder(official, tmp_path):
    return official.write_official(tmp_path / "published")


# Good files ---------------------------------------------------------------------------------------------------------


def test_published_files_become_a_whole_model_folder(official, run_import, folder, tmp_path):
    code, stdout, stderr = run_import(folder, "--out", tmp_path / "models")
    assert (code, stderr.count("\n")) == (0, 1)
    assert "8 attention heads were assumed" in stderr  # these networks are small
    for part, kind in KINDS.items():
        path, truth = folder / official.checkpoint_name(part), official.network(part)
        loaded = load_model(tmp_path / "models" / "bedroom" / part, kind)
        assert loaded.model.config == truth.config
        more = 0.0 if part == "vqvae" else official.AVERAGED
        for name, tensor in truth.state_dict().items():
            assert torch.equal(loaded.model.state_dict()[name], tensor + more)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert loaded.metadata["source_sha256"] == digest
        line = next(line for line in stdout.splitlines() if path.name in line)
        assert digest in line
        assert f"{sum(p.numel() for p in truth.parameters()):,} parameters" in line
        assert ("all rooms" if part == "vqvae" else "bedroom") in line
    about = load_model(tmp_path / "models" / "bedroom" / "prior", GraphPrior).metadata
    assert about["text_encoder"] == CLIP
    assert about["room_types"] == ["bedroom"]
    bounds = load_model(tmp_path / "models" / "bedroom" / "decoder", LayoutDecoder).metadata["bounds"]
    assert Bounds.from_json(bounds).translations[1].tolist() == [2.7, 3.6, 2.8]
    assert sorted(p.name for p in (tmp_path / "models").iterdir()) == ["bedroom"]


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda name: f"module.{name}",
        lambda name: f"_orig_mod.module.{name}",
        lambda name: name.replace("network.", "network.module."),
    ],
)
def test_names_of_a_training_on_several_gpus_are_read(run_import, folder, tmp_path, wrapped):
    for path in folder.rglob("*.pth"):
        content = torch.load(path, weights_only=True)
        content["model"] = {wrapped(name): tensor for name, tensor in content["model"].items()}
        torch.save(content, path)
    assert run_import(folder, "--out", tmp_path / "models")[0] == 0
    for part, kind in KINDS.items():
        load_model(tmp_path / "models" / "bedroom" / part, kind)


def test_rooms_with_24_classes_are_told_apart_by_their_names(official, run_import, tmp_path):
    folder = official.write_official(tmp_path / "published", ["bedroom", "livingroom", "diningroom"])
    assert run_import(folder, "--out", tmp_path / "a")[0] == 0
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["bedroom", "diningroom", "livingroom"]
    assert all(len(list((tmp_path / "a" / room).iterdir())) == 6 for room in ("bedroom", "livingroom", "diningroom"))
    assert run_import(folder, "--out", tmp_path / "b", "--room", "diningroom")[0] == 0
    assert [p.name for p in (tmp_path / "b").iterdir()] == ["diningroom"]


def test_a_room_that_no_name_tells_is_asked_for(official, run_import, tmp_path):
    torch.save(official.content(official.network("prior", "livingroom")), tmp_path / "a.pth")
    code, stdout, stderr = run_import(tmp_path / "a.pth", "--out", tmp_path / "out")
    assert (code, stdout, stderr.count("\n")) == (2, "", 1)
    assert "24 object classes" in stderr
    assert "--room" in stderr
    assert not (tmp_path / "out").exists()
    assert run_import(tmp_path / "a.pth", "--out", tmp_path / "out", "--room", "livingroom")[0] == 0
    assert (tmp_path / "out" / "livingroom" / "prior.safetensors").exists()


def test_of_a_training_folders_epochs_the_last_is_taken(official, run_import, tmp_path):
    where = tmp_path / "out" / "livingroom_sgdiffusion_vq_objfeat" / "checkpoints"
    where.mkdir(parents=True)
    torch.save(official.content(official.network("prior", "livingroom")), where / "epoch_00100.pth")
    (where / "epoch_00020.pth").write_bytes(b"never opened")
    code, stdout, stderr = run_import(tmp_path / "out", "--out", tmp_path / "models")
    assert code == 0
    assert "epoch_00100.pth" in stdout
    assert "epoch_00020.pth" not in stdout
    assert "layout decoder, feature VQ-VAE, bounds of boxes" in stderr


def test_models_that_lack_a_part_are_refused_where_whole_ones_are_wanted(official, run_import, folder, tmp_path):
    (folder / official.checkpoint_name("decoder")).unlink()
    code, _, stderr = run_import(folder, "--out", tmp_path / "models", "--whole")
    assert (code, stderr.count("\n")) == (2, 1)
    assert "bedroom model lacks its layout decoder" in stderr
    assert not (tmp_path / "models").exists()


def test_what_is_there_twice_or_already_is_refused(official, run_import, folder, tmp_path):
    shutil.copy(folder / official.checkpoint_name("prior"), folder / "bedroom_again.pth")
    code, _, stderr = run_import(folder, "--out", tmp_path / "models")
    assert code == 2
    assert "bedroom_again.pth" in stderr
    (folder / "bedroom_again.pth").unlink()
    (tmp_path / "models" / "bedroom").mkdir(parents=True)
    code, _, stderr = run_import(folder, "--out", tmp_path / "models")
    assert code == 2
    assert "there already" in stderr
    assert not list((tmp_path / "models" / "bedroom").iterdir())


def test_cancelled_import_leaves_nothing(folder, tmp_path):
    def stop(_name, number, _total):
        if number == 2:
            raise CancelledError

    with pytest.raises(CancelledError):
        import_models([folder], tmp_path / "models", on_file=stop)
    assert not (tmp_path / "models").exists()


# Bad files ----------------------------------------------------------------------------------------------------------

SHAPED = {  # a tensor and its shape in the small networks
    "prior": ("network.transformer_blocks.1.graph_attn.to_e_mul.weight", "(32, 16)", "(16, 32)"),
    "decoder": ("network.node_proj_in.weight", "(32, 80)", "(80, 32)"),
    "vqvae": ("network.transformer_en.0.cross_attn.to_k.weight", "(16, 40)", "(40, 16)"),
}


def change(path, name, action, *, averaged=False):
    """Saves the checkpoint with one tensor changed, or removed where the action gives None."""
    content = torch.load(path, weights_only=True)
    names = [key for key in content["model"] if key.startswith("network.")]
    states = content["ema_states"]["shadow_params"]
    store, key = (states, names.index(name)) if averaged else (content["model"], name)
    store[key] = action(store[key])
    if store[key] is None:
        del store[key]
    torch.save(content, path)


def with_nan(tensor):
    tensor = tensor.clone()
    tensor.view(-1)[-1] = torch.nan
    return tensor


def refused(run_import, folder, out, *words):
    code, stdout, stderr = run_import(folder, "--out", out)
    assert (code, stdout, stderr.count("\n")) == (2, "", 1)
    for word in words:
        assert word in stderr
    assert not out.exists()
    assert not [p for p in out.parent.iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize(
    ("part", "averaged"),
    [("prior", False), ("prior", True), ("decoder", False), ("decoder", True), ("vqvae", False)],
)
def test_bad_tensors_are_named_with_what_was_expected(official, run_import, folder, tmp_path, part, averaged):
    path = folder / official.checkpoint_name(part)
    name, expected, found = SHAPED[part]
    good = path.read_bytes()
    cases = [
        (lambda t: t.T.contiguous(), (name, expected, found)),
        (with_nan, (name, "not finite")),
        (lambda _: None, ("averaged tensors found, expected",) if averaged else (name, "missing, expected")),
    ]
    for action, words in cases:
        path.write_bytes(good)
        change(path, name, action, averaged=averaged)
        refused(run_import, folder, tmp_path / "models", path.name, *words)


@pytest.mark.parametrize("part", list(KINDS))
def test_truncated_and_foreign_checkpoints_are_refused(official, run_import, folder, tmp_path, part):
    path = folder / official.checkpoint_name(part)
    good = path.read_bytes()
    for size in (len(good) - 100, len(good) // 2, 100, 0):
        path.write_bytes(good[:size])
        refused(run_import, folder, tmp_path / "models", path.name)
    path.write_bytes(good[: len(good) // 2] + bytes(64) + good[len(good) // 2 + 64 :])
    refused(run_import, folder, tmp_path / "models", path.name)
    others = [
        {"model": {"network.0.weight": torch.zeros(3, 3)}, "ema_states": {}},
        {"state_dict": {}},
        {"model": torch.zeros(3)},
        [1, 2],
        official.content(torch.nn.LSTM(4, 4)),
    ]
    for other in others:
        torch.save(other, path)
        refused(run_import, folder, tmp_path / "models", path.name)


@pytest.mark.parametrize("part", list(KINDS))
def test_another_architecture_is_told_by_its_first_tensor_that_differs(official, run_import, folder, tmp_path, part):
    path = folder / official.checkpoint_name(part)
    content = torch.load(path, weights_only=True)
    content["model"]["network.extra.weight"] = torch.zeros(2, 2)
    torch.save(content, path)
    refused(run_import, folder, tmp_path / "models", path.name, "network.extra.weight", "not part of the architecture")


def test_other_numbers_of_classes_and_heads_are_refused(official, folder):
    path = folder / official.checkpoint_name("prior")
    with pytest.raises(InvalidInputError, match="5 attention heads do not divide the width 32"):
        import_official(path, heads=5)
    change(path, "network.node_proj_out.1.bias", lambda t: torch.cat([t, t]))
    with pytest.raises(InvalidInputError, match="43 object classes"):
        import_official(path)


@pytest.mark.parametrize("form", ["zip", "old zip", "plain"])
def test_pickles_that_would_run_code_are_refused_and_do_not_run(official, run_import, folder, tmp_path, form):
    trap = tmp_path / "trap"
    path = folder / official.checkpoint_name("prior")
    if form == "plain":
        path.write_bytes(pickle.dumps(RunsCode(trap)))
    else:
        bad = {"model": official.content(official.network("prior"))["model"], "ema_states": RunsCode(trap)}
        torch.save(bad, path, _use_new_zipfile_serialization=form == "zip")
    refused(run_import, folder, tmp_path / "models", path.name)
    shutil.copy(folder / official.checkpoint_name("decoder"), path)
    bounds = folder / "objfeat_bounds.pkl"
    for other in ({"objfeat_min": RunsCode(trap), "objfeat_max": 1.0}, [], {"objfeat_min": 1.0, "objfeat_max": 0.0}):
        bounds.write_bytes(pickle.dumps(other))
        refused(run_import, folder, tmp_path / "models", "objfeat_bounds.pkl")
    assert not trap.exists()


def test_unreadable_files_are_named(tmp_path):
    for reader in (read_torch_checkpoint, read_feature_bounds):
        for path in (tmp_path / "absent.pth", tmp_path):
            with pytest.raises(InvalidInputError, match="cannot be read") as caught:
                reader(path)
            assert str(path) in str(caught.value)


@pytest.mark.skipif(not list(PARITY.glob("*.pth")), reason=f"no checkpoints in {PARITY}; see its README.md")
def test_parity_checkpoints_import_through_the_command(run_import, tmp_path):
    code, stdout, _ = run_import(PARITY, "--out", tmp_path / "models", "--heads", 4)
    assert code == 0
    for path in PARITY.glob("*.pth"):
        assert f"{path.name}: " in stdout
        assert hashlib.sha256(path.read_bytes()).hexdigest() in stdout
    for kind, stems in ((GraphPrior, "prior"), (LayoutDecoder, "decoder"), (FeatureVQVAE, "vqvae")):
        for path in (tmp_path / "models").glob(f"*/{stems}.json"):
            assert load_model(path, kind).model.config.heads == 4
