"""Weights on disk: what comes back, and what every kind of bad file is refused with."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from instructscene_core.errors import InvalidInputError
from instructscene_core.files.checkpoints import load_model, save_model
from instructscene_core.models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from instructscene_core.models.layout_decoder import LayoutDecoder

CONFIG = FeatureVQVAEConfig(feature_width=10, width=16, heads=4, blocks=1, low=-0.5, high=0.5, dropout=0.0)


@pytest.fixture
def saved(tmp_path):
    model = FeatureVQVAE(CONFIG)
    save_model(tmp_path / "vqvae", model, {"bounds": [1, 2], "name": "test"})
    return tmp_path / "vqvae", model


def refused(action, *words):
    with pytest.raises(InvalidInputError) as caught:
        action()
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in caught.value.message


def rewrite(path, change):
    description = json.loads(path.with_suffix(".json").read_text())
    change(description)
    path.with_suffix(".json").write_text(json.dumps(description))


def test_weights_come_back_as_float32_of_their_float16(saved):
    path, model = saved
    loaded = load_model(path, FeatureVQVAE)
    assert loaded.metadata == {"bounds": [1, 2], "name": "test"}
    assert loaded.model.config == CONFIG
    assert not loaded.model.training
    for name, tensor in model.state_dict().items():
        assert torch.equal(loaded.model.state_dict()[name], tensor.half().float())
    assert path.with_suffix(".safetensors").stat().st_size < 2.2 * sum(p.numel() for p in model.parameters()) + 5000


def test_weights_are_exact_where_that_is_asked_for(tmp_path):
    model = FeatureVQVAE(CONFIG)
    save_model(tmp_path / "vqvae", model, half=False)
    loaded = load_model(tmp_path / "vqvae", FeatureVQVAE).model
    assert all(torch.equal(loaded.state_dict()[name], tensor) for name, tensor in model.state_dict().items())


def test_either_file_names_the_pair_and_dots_are_part_of_a_name(tmp_path):
    save_model(tmp_path / "v1.5", FeatureVQVAE(CONFIG))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["v1.5.json", "v1.5.safetensors"]
    for name in ("v1.5", "v1.5.json", "v1.5.safetensors"):
        assert load_model(tmp_path / name, FeatureVQVAE).model.config == CONFIG


def test_large_numbers_are_not_lost_to_float16(tmp_path):
    model = FeatureVQVAE(CONFIG)
    with torch.no_grad():
        model.tokens[0, 0] = 1e6
    save_model(tmp_path / "vqvae", model)
    assert load_model(tmp_path / "vqvae", FeatureVQVAE).model.tokens[0, 0].item() == 1e6


def test_truncated_or_altered_weights_are_refused(saved):
    path, _ = saved
    file = path.with_suffix(".safetensors")
    content = file.read_bytes()
    for bad in (content[: len(content) // 2], b"", content[:-1] + bytes([content[-1] ^ 1])):
        file.write_bytes(bad)
        refused(lambda: load_model(path, FeatureVQVAE), str(file), "cut off")


def test_missing_files_are_named(saved):
    path, _ = saved
    path.with_suffix(".safetensors").unlink()
    refused(lambda: load_model(path, FeatureVQVAE), "vqvae.safetensors", "cannot be read")
    refused(lambda: load_model(path.with_name("other"), FeatureVQVAE), "other.json", "cannot be read")


def test_other_network_is_refused(saved):
    refused(lambda: load_model(saved[0], LayoutDecoder), "feature_vqvae", "LayoutDecoder")


def test_other_sizes_are_refused_with_the_weight_and_both_shapes(saved):
    path, _ = saved
    rewrite(path, lambda d: d["config"].update(n_codes=32))
    refused(lambda: load_model(path, FeatureVQVAE), "quantizer.proj.weight", "(64, 16)", "(32, 16)")
    rewrite(path, lambda d: d["config"].update(n_codes=64, blocks=2))
    refused(lambda: load_model(path, FeatureVQVAE), "lacks", "transformer_en.1")


@pytest.mark.parametrize(
    "change",
    [
        {"width": 8192, "blocks": 8192},
        {"width": -1},
        {"width": 1e9},
        {"width": "16"},
        {"heads": 5},
        {"heads": True},
        {"low": None},
        {"blocks": None},
        {"colour": 3},
    ],
)
def test_impossible_configurations_are_refused(saved, change):
    rewrite(saved[0], lambda d: d["config"].update(change))
    refused(lambda: load_model(saved[0], FeatureVQVAE), str(saved[0]))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 99}', '{"format": 1, "kind": 7}', "\x00\xff"])
def test_other_json_is_refused(saved, content):
    saved[0].with_suffix(".json").write_text(content)
    refused(lambda: load_model(saved[0], FeatureVQVAE), "vqvae.json")


def test_weights_that_are_no_numbers_are_refused(tmp_path):
    model = FeatureVQVAE(CONFIG)
    with torch.no_grad():
        model.tokens[0, 0] = torch.nan
    save_model(tmp_path / "vqvae", model)
    refused(lambda: load_model(tmp_path / "vqvae", FeatureVQVAE), "tokens", "not finite")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's file size limit")
def test_full_disk_leaves_the_old_files(saved):
    path, _ = saved
    before = {p.name: p.read_bytes() for p in path.parent.iterdir()}
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from instructscene_core.files.checkpoints import load_model, save_model\n"
        "from instructscene_core.models.feature_vqvae import FeatureVQVAE\n"
        "path = Path(sys.argv[1]); model = load_model(path, FeatureVQVAE).model\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n    save_model(path, model, {'new': 1})\nexcept OSError:\n    sys.exit(7)\n"
    )
    repo = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code, str(path)], cwd=repo, check=False, timeout=120)
    assert done.returncode == 7
    assert {p.name: p.read_bytes() for p in path.parent.iterdir()} == before


def test_copies_of_a_pair_load_from_anywhere(saved, tmp_path):
    folder = tmp_path / "with space" / "ünï"
    folder.mkdir(parents=True)
    for suffix in (".json", ".safetensors"):
        shutil.copy(saved[0].with_suffix(suffix), folder)
    assert load_model(folder / "vqvae", FeatureVQVAE).model.config == CONFIG
