"""Files laid out as the published ones of InstructScene, with small networks of random weights.

python tests/official_folder.py DIR
"""

import importlib
import json
import pickle
import sys
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[1]
GRAPH = {"width": 32, "edge_width": 16, "time_width": 16, "heads": 8, "blocks": 2}
FEATURE = 40
LOW, HIGH = float(np.float32(-0.6)), float(np.float32(0.9))
AVERAGED = 0.01
"""What the averaged weights have more than the raw ones."""


def core(name):
    """A module of the generator."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return importlib.import_module(f"instructscene_core.{name}")


def network(part, room="bedroom"):
    """A small prior, decoder or vqvae."""
    n_classes, slots = len(core("vocabulary").CLASSES[room]), core("vocabulary").MAX_OBJECTS[room]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        if part == "prior":
            module = core("models.graph_prior")
            sizes = {**GRAPH, "feature_width": 16, "text_width": 512}
            return module.GraphPrior(module.GraphPriorConfig(n_classes, slots, **sizes)).eval()
        if part == "decoder":
            module = core("models.layout_decoder")
            return module.LayoutDecoder(
                module.LayoutDecoderConfig(n_classes, slots, **GRAPH, feature_width=FEATURE)
            ).eval()
        module = core("models.feature_vqvae")
        return module.FeatureVQVAE(
            module.FeatureVQVAEConfig(feature_width=FEATURE, width=16, low=LOW, high=HIGH)
        ).eval()


def content(model):
    """What an official checkpoint of a network holds."""
    state = model.state_dict()
    return {
        "model": {"log_at": torch.zeros(100), **{f"network.{name}": tensor for name, tensor in state.items()}},
        "optimizer": {"state": {}, "param_groups": []},
        "ema_states": {"decay": 0.9999, "shadow_params": [tensor + AVERAGED for tensor in state.values()]},
    }


def checkpoint_name(part, room="bedroom"):
    """As published."""
    names = {"prior": f"{room}_sgdiffusion_vq_objfeat", "decoder": f"{room}_sg2scdiffusion_objfeat"}
    return f"{names.get(part, 'threedfront_objfeat_vqvae')}_epoch_01999.pth"


def write_stats(folder, room):
    """The data set's bounds of boxes."""
    target = folder / f"threed_front_{room}"
    target.mkdir(parents=True)
    stats = {
        "bounds_translations": [-2.7, 0.04, -2.7, 2.7, 3.6, 2.8],
        "bounds_sizes": [0.03, 0.02, 0.01, 2.8, 1.7, 1.6],
        "bounds_angles": [-3.1416, 3.1416],
        "object_types": list(core("vocabulary").CLASSES[room]),
    }
    (target / "dataset_stats.txt").write_text(json.dumps(stats))


def write_official(folder, rooms=("bedroom",)):
    """All files of some rooms."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(content(network("vqvae")), folder / checkpoint_name("vqvae"))
    bounds = {"objfeat_min": np.float32(LOW), "objfeat_max": np.float32(HIGH)}
    (folder / "objfeat_bounds.pkl").write_bytes(pickle.dumps(bounds))
    for room in rooms:
        for part in ("prior", "decoder"):
            torch.save(content(network(part, room)), folder / checkpoint_name(part, room))
        write_stats(folder, room)
    return folder


if __name__ == "__main__":
    write_official(Path(sys.argv[1]))
