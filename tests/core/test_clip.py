"""CLIP's text tower through open_clip against transformers, each from strings with its own tokeniser."""

import gzip
import importlib
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from instructscene_core.errors import InvalidInputError
from instructscene_core.text.clip import Clip

TEXTS = [
    "Put a nightstand to the left of a double bed.",
    "Place a corner side table with a round top behind the black L-shaped sofa, and 2 dining chairs!",
    "",
    " The  room's\n style:\tdon't?! make it (white) & grey -- 1,234.50 €; café, Bücherregal",
    "!?! ?!",
    "把床头柜放在双人床的左边。 🛏️ next to 🪑",
    "desk " * 200,
]


@pytest.fixture(scope="module")
def reference(open_clip):
    """transformers' model with random weights, and its tokeniser made from open_clip's vocabulary."""
    from transformers import CLIPTextConfig, CLIPTextModelWithProjection, CLIPTokenizer

    config = CLIPTextConfig(hidden_act="quick_gelu", num_attention_heads=8, bos_token_id=49406, eos_token_id=49407)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = CLIPTextModelWithProjection(config).eval()
        for tensor in model.parameters():  # large enough that the activation's form shows
            torch.nn.init.normal_(tensor, 0.0, 0.06)
    path = Path(open_clip.__file__).with_name("bpe_simple_vocab_16e6.txt.gz")
    lines = gzip.decompress(path.read_bytes()).decode().split("\n")[1 : 49152 - 256 - 2 + 1]
    merges = [tuple(line.split()) for line in lines]
    letters = list(importlib.import_module("open_clip.tokenizer").bytes_to_unicode().values())
    symbols = [*letters, *(f"{s}</w>" for s in letters), *("".join(pair) for pair in merges)]
    symbols += ["<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={s: i for i, s in enumerate(symbols)}, merges=merges), model


@pytest.fixture(scope="module")
def weights(reference, tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "model.safetensors"
    save_file(reference[1].state_dict(), path)
    return path


@torch.inference_mode()
def test_states_from_strings_equal_those_of_transformers(reference, weights):
    tokenizer, model = reference
    ids = tokenizer(TEXTS, padding="max_length", truncation=True, max_length=77, return_tensors="pt").input_ids
    assert ids.shape == (len(TEXTS), 77)
    theirs = model(input_ids=ids)
    ours = Clip(weights).encode(TEXTS, batch_size=4)
    assert (ours.hidden - theirs.last_hidden_state).abs().max() < 1e-4
    assert (ours.pooled - torch.nn.functional.normalize(theirs.text_embeds, dim=-1)).abs().max() < 1e-4
    assert ours.mask is None
    assert ours.truncated == (False,) * (len(TEXTS) - 1) + (True,)


@torch.inference_mode()
def test_saved_state_dict_under_open_clips_names_is_read_too(open_clip, tmp_path):
    transformer = importlib.import_module("open_clip.transformer")
    tower = transformer.TextTransformer(act_layer=transformer.QuickGELU, output_tokens=True).eval()
    state = {f"module.{name}": tensor for name, tensor in tower.state_dict().items()}
    torch.save({"epoch": 1, "state_dict": {**state, "module.visual.proj": torch.zeros(1)}}, tmp_path / "clip.pt")
    ids = open_clip.tokenize(TEXTS[:1])
    ids[0, ids[0].argmax() :] = 49407
    pooled, hidden = tower(ids)
    states = Clip(tmp_path / "clip.pt").encode(TEXTS[:1])
    assert torch.allclose(states.hidden, hidden, atol=1e-5)
    assert torch.allclose(states.pooled, torch.nn.functional.normalize(pooled, dim=-1), atol=1e-5)


def refused(path, *words):
    with pytest.raises(InvalidInputError) as caught:
        Clip(path).encode(["a bed"])
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.usefixtures("open_clip")
def test_files_without_clips_weights_are_refused(weights, tmp_path):
    refused(None, "--clip FILE")
    refused(tmp_path / "absent.safetensors", "absent.safetensors")
    state = load_file(weights)
    del state["text_model.encoder.layers.3.mlp.fc2.bias"]
    save_file(state, tmp_path / "a.safetensors")
    refused(tmp_path / "a.safetensors", "transformer.resblocks.3.mlp.c_proj.bias")
    (tmp_path / "b.safetensors").write_bytes(weights.read_bytes()[:1000])
    refused(tmp_path / "b.safetensors", "no safetensors file")
    with zipfile.ZipFile(tmp_path / "ViT-B-32.pt", "w") as archive:
        archive.writestr("ViT-B-32/constants.pkl", b"")
    refused(tmp_path / "ViT-B-32.pt", "TorchScript", "not run")


def test_missing_open_clip_is_named_with_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "open_clip", None)
    monkeypatch.delitem(sys.modules, "open_clip.transformer", raising=False)
    refused(tmp_path / "model.safetensors", "open_clip_torch", torch.__version__)
