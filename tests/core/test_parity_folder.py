"""The fixtures that every clone has, ``tests/parity``: that none vanishes, and that their recipe is the right one."""

import importlib.util
import json
import os
import zlib
from pathlib import Path

import numpy as np
import pytest

BUNDLED = Path(__file__).parents[1] / "parity"
PARITY = Path(os.environ.get("INSTRUCTSCENE_PARITY", BUNDLED))
LEFT_OUT = {
    "full_bedroom_decoder.npz": ["sample100"],
    "full_bedroom_prior.npz": ["sample/generate", "sample/generate_cfg2"],
}
OF_FEATURES = [
    *("features", "normalised", "hidden", "logits", "argmax_indices"),
    *("indices", "codebook", "decoded", "reconstructed"),
]
KEPT = {
    "full_fvqvae.npz": dict.fromkeys(OF_FEATURES, 6),
    "small_fvqvae.npz": dict.fromkeys(OF_FEATURES, 6),
    "relations.json": {"random": 800, "edge": 26, "stack": 5},
    "instructions.json": 100,
    "state_dict_keys.json": {
        "bedroom_prior": 272,
        "bedroom_decoder": 141,
        "fvqvae": 76,
        "livingroom_prior": 272,
        "livingroom_decoder": 141,
    },
}
FILES = {
    *("README.md", "cut.py", "recipe.py", "subset.json"),
    *("full_bedroom_decoder.npz", "full_bedroom_prior.npz", "full_fvqvae.npz"),
    *("small_bedroom_decoder.npz", "small_bedroom_prior.npz", "small_fvqvae.npz"),
    *("instructions.json", "objfeat_bounds.pkl", "relations.json", "state_dict_keys.json"),
}


def loaded(name):
    return json.loads((BUNDLED / name).read_text(encoding="utf-8"))


def test_parity_subset_holds_its_files():
    files = {path.name: path.stat().st_size for path in BUNDLED.iterdir() if path.is_file()}
    assert set(files) == FILES
    assert sum(files.values()) <= 2_500_000


def test_parity_subset_leaves_out_what_is_listed_here_alone():
    """Tests read from ``subset.json`` which runs may be missing, so the list itself must not grow unnoticed."""
    assert loaded("subset.json") == {"left_out": LEFT_OUT, "kept": KEPT}
    for name, groups in LEFT_OUT.items():
        with np.load(BUNDLED / name) as full, np.load(BUNDLED / name.replace("full", "small")) as small:
            # What the file of the paper's size lacks is there in the one of the small size.
            assert {key.rpartition("/")[0] for key in set(small.files) - set(full.files)} == set(groups)


def test_parity_subset_has_so_many_cases():
    for name in ("full_fvqvae.npz", "small_fvqvae.npz"):
        with np.load(BUNDLED / name) as file:
            assert {key: len(file[key]) for key in file.files if file[key].ndim} == KEPT[name]
    assert {key: len(cases) for key, cases in loaded("relations.json").items()} == KEPT["relations.json"]
    assert len({case["rel"] for case in loaded("relations.json")["random"]}) == 11
    assert len(loaded("instructions.json")) == KEPT["instructions.json"]
    networks = loaded("state_dict_keys.json")
    assert {name: len(about["state_dict"]) for name, about in networks.items()} == KEPT["state_dict_keys.json"]


@pytest.mark.parametrize("folder", sorted(folder for folder in {BUNDLED, PARITY} if folder.is_dir()), ids=str)
def test_parity_recipe_makes_known_numbers(folder):
    """What the recipe gave with which the official code was run; of weights, one of each kind, bit for bit."""
    spec = importlib.util.spec_from_file_location("recipe", folder / "recipe.py")
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    assert recipe.uniform(0, "a", (2,)) == pytest.approx([0.2806284, 0.5382583], abs=1e-7)
    assert recipe.normal(0, "a", (2,)) == pytest.approx([-0.78313535, 1.9451003], abs=1e-6)
    assert recipe.ints(0, "a", (4,), 64).tolist() == [21, 28, 8, 17]
    for name, shape, checksum in (
        ("network.node_embed.0.weight", (22, 8), 0x6B032336),
        ("network.tokens", (4, 8), 0xFC8516D3),
        ("network.out.2.weight", (8, 8), 0x87A683B3),
        ("network.out.2.bias", (8,), 0x389FDFB7),
        ("network.norm.weight", (8,), 0x3FA3D212),
        ("network.to_q.weight", (8, 6), 0x92913030),
    ):
        tensor = recipe.tensor(0, name, shape)
        assert (tensor.dtype, tensor.shape) == (np.float32, shape)
        assert zlib.crc32(tensor.tobytes()) == checksum, name
