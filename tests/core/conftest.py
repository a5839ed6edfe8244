"""A tiny model with random weights, and a generator of it, for tests that need the whole way but no good rooms."""

import importlib.util
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.commands import main as cli
from instructscene_core.files.checkpoints import save_model
from instructscene_core.generator import Generator
from instructscene_core.geometry.frames import Bounds
from instructscene_core.models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from instructscene_core.models.graph_prior import GraphPrior, GraphPriorConfig
from instructscene_core.models.layout_decoder import LayoutDecoder, LayoutDecoderConfig
from instructscene_core.sampling.two_stage import TwoStageModel
from instructscene_core.text.minilm import MiniLM
from instructscene_core.vocabulary import ALL_CLASSES, CLASSES, MAX_OBJECTS, ROOM_TYPES

BOUNDS = Bounds.from_json(
    {"translations": [[-2.5, 0.1, -2.5], [2.5, 2.7, 2.5]], "sizes": [[0.1, 0.05, 0.1], [1.1, 1.2, 1.2]]}
)


@pytest.fixture(scope="module")
def room_cache(tmp_path_factory):
    """An empty cache of rooms for the tests of a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INSTRUCTSCENE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def run_import(capsys):
    """Runs the command that imports official checkpoints: its exit code, standard output and error."""

    def call(*words):
        code = cli.main(["import-official", *map(str, words)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def write_tiny_model(folder, room_type="bedroom", feature_width=384):
    """Writes a model folder laid out as starter/weights."""
    room = {"n_classes": len(CLASSES[room_type]), "max_objects": MAX_OBJECTS[room_type], "dropout": 0.0}
    graph = {**room, "width": 32, "edge_width": 16, "time_width": 16, "heads": 4, "blocks": 1}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        prior = GraphPrior(GraphPriorConfig(**graph, text_width=384, feature_width=16))
        decoder = LayoutDecoder(LayoutDecoderConfig(**graph, feature_width=feature_width))
        vqvae = FeatureVQVAE(
            FeatureVQVAEConfig(feature_width=feature_width, width=16, heads=4, blocks=1, dropout=0.0)
        )  # fmt: skip
    about = {
        "name": "tiny",
        "room_types": [room_type],
        "defaults": {"steps": [8, 4], "guidance": 2.0, "truncation": 0.95, "conceal": {"rearrange": 0.5}},
    }
    save_model(folder / "prior", prior, about)
    save_model(folder / "decoder", decoder, {"bounds": BOUNDS.to_json()})
    save_model(folder / "vqvae", vqvae)
    return folder


JOINT_PRIOR = GraphPriorConfig(
    n_classes=len(ALL_CLASSES), max_objects=21, width=32, edge_width=16, time_width=16, heads=4, blocks=2,
    text_width=384, feature_width=16, feature_blocks=1, dropout=0.0, room_types=3, counts=True, nodes_from=0.65,
    grounding=True,
)  # fmt: skip
JOINT_DECODER = LayoutDecoderConfig(
    n_classes=len(ALL_CLASSES), max_objects=21, width=32, edge_width=16, time_width=16, heads=4, blocks=2,
    feature_width=384, dropout=0.0, floor_width=8, room_types=3,
)  # fmt: skip


def write_joint_model(folder):
    """Writes a model folder that knows all room types, as the starter's does."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        prior, decoder = GraphPrior(JOINT_PRIOR), LayoutDecoder(JOINT_DECODER)
        vqvae = FeatureVQVAE(FeatureVQVAEConfig(feature_width=384, width=16, heads=4, blocks=1, dropout=0.0))
    defaults = {"steps": [8, 4], "guidance": 2.0, "truncation": 0.95, "conceal": {"rearrange": 0.5}, "drafts": 2}
    units = {room: Bounds(BOUNDS.translations * (1 + k), BOUNDS.sizes).to_json() for k, room in enumerate(ROOM_TYPES)}
    save_model(folder / "prior", prior, {"name": "joint", "room_types": list(ROOM_TYPES), "defaults": defaults})
    save_model(folder / "decoder", decoder, {"bounds": units})
    save_model(folder / "vqvae", vqvae)
    return folder


@pytest.fixture
def tiny_model(tmp_path_factory):
    """Writes a model folder with random weights: of a room type, with features of a width."""
    return lambda *sizes: write_tiny_model(tmp_path_factory.mktemp("tiny"), *sizes)


@pytest.fixture(scope="session")
def open_clip():
    """The package, whose torchvision may be one that is linked to CUDA, while torch is a CPU build.

    Such a torchvision lacks its operators, which nothing here calls; it can be imported once they are declared.
    """
    try:
        importlib.import_module("torchvision")
    except RuntimeError:
        for name in [name for name in sys.modules if name.startswith("torchvision")]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "FRAGMENT")  # which lives as long as this fixture
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    yield importlib.import_module("open_clip")  # noqa: PT022 - a return would end the library


@pytest.fixture(scope="session")
def clip_weights(open_clip, tmp_path_factory):  # noqa: ARG001 - makes its modules importable
    """A file of random weights for CLIP's text tower."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        tower = importlib.import_module("open_clip.transformer").TextTransformer()
    path = tmp_path_factory.mktemp("clip") / "clip.safetensors"
    save_file({name: tensor.half() for name, tensor in tower.state_dict().items()}, path)
    yield path
    path.unlink()


@pytest.fixture(scope="session")
def official():
    """The maker of official files, ``tests/official_folder.py``."""
    path = Path(__file__).parents[1] / "official_folder.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    """A model folder with random weights."""
    return write_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tiny_generator(tiny_folder):
    """A generator with random weights, the real catalogue and the real text encoder."""
    return Generator(TwoStageModel.load(tiny_folder), Catalogue.starter(), MiniLM())


@pytest.fixture(scope="session")
def joint_prior_config():
    """Sizes of the joint model's prior."""
    return JOINT_PRIOR


@pytest.fixture(scope="session")
def joint_decoder_config():
    """Sizes of the joint model's decoder."""
    return JOINT_DECODER


@pytest.fixture(scope="session")
def joint_folder(tmp_path_factory):
    """A model folder for all room types, with random weights."""
    return write_joint_model(tmp_path_factory.mktemp("joint"))


@pytest.fixture(scope="session")
def joint_generator(joint_folder):
    """A generator of all room types with random weights, the real catalogue and the real text encoder."""
    return Generator(TwoStageModel.load(joint_folder), Catalogue.starter(), MiniLM())
