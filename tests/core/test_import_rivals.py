"""Files that the official codes of ATISS and DiffuScene write: what comes of good ones, and of bad ones."""

import pytest
import torch

from instructscene_core.errors import InvalidInputError
from instructscene_core.files.checkpoints import load_model
from instructscene_core.generator import load_generator
from instructscene_core.models.atiss import Atiss, AtissConfig
from instructscene_core.models.diffuscene import DiffuScene, DiffuSceneConfig, official_name
from instructscene_core.room_models import RoomModels
from instructscene_core.scene import Request

ATISS = AtissConfig(width=32, layers=2, heads=8, feed_forward=64, mixtures=3, codes=False, text_width=None)
DIFFUSCENE = DiffuSceneConfig(
    width=32, blocks=2, slot_width=16, looks=32, text_width=None, context_width=1, pooled=False
)
TEXT = DiffuSceneConfig(width=32, blocks=2, slot_width=16, looks=32, text_width=48, context_width=24, pooled=False)
ARRANGE = DiffuSceneConfig(
    width=32, blocks=2, slot_width=16, looks=32, text_width=None, context_width=1, pooled=False, arrange_width=24
)


def weights(network):
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}


@pytest.fixture
def atiss():
    """A state dict as the official code writes it, with the layers that it never runs and those of the mask."""
    torch.manual_seed(0)
    width, start = ATISS.width, torch.full((1, 512), 9.0)
    dead = {"0.weight": (2 * width, width), "0.bias": (2 * width,), "2.weight": (width, 2 * width), "2.bias": (width,)}
    return weights(Atiss(ATISS)) | {
        "start_token_embedding": start,
        "fc_room_f.weight": torch.zeros(512, 64),
        "fc_room_f.bias": torch.arange(512.0),
        "feature_extractor._feature_extractor.conv1.weight": torch.zeros(4, 1, 7, 7),
        "feature_extractor._feature_extractor.bn1.num_batches_tracked": torch.tensor(5),
        **{f"hidden2output.hidden2output.{name}": torch.zeros(shape) for name, shape in dead.items()},
    }


def diffuscene(config=DIFFUSCENE):
    torch.manual_seed(0)
    return {official_name(name): tensor for name, tensor in weights(DiffuScene(config)).items()}


@pytest.fixture
def stats(official, tmp_path):
    """A data set's file of bounds, in a folder of its own."""
    official.write_stats(tmp_path / "data", "bedroom")
    return tmp_path / "data"


# Good files ---------------------------------------------------------------------------------------------------------


def test_a_training_folder_of_atiss_becomes_a_model_that_makes_rooms(run_import, atiss, stats, tmp_path):
    folder = tmp_path / "a1b2c3"
    folder.mkdir()
    torch.save({name: tensor + 1 for name, tensor in atiss.items()}, folder / "model_00090")
    torch.save(atiss, folder / "model_00100")
    torch.save({"state": {}, "param_groups": []}, folder / "opt_00100")
    code, out, err = run_import(folder, stats, "--out", tmp_path / "models")
    assert code == 0, err
    line = out.splitlines()[0]
    assert "model_00100: ATISS, bedroom" in line
    for ignored in ("hidden2output.hidden2output", "feature_extractor", "fc_room_f", "start_token_embedding"):
        assert ignored in line.partition("ignored: ")[2]
    assert "8 attention heads were assumed" in err
    loaded = load_model(tmp_path / "models" / "bedroom" / "atiss", Atiss)
    assert loaded.model.config == ATISS
    found = loaded.model.state_dict()
    assert torch.equal(found["start_token_embedding"], torch.arange(512.0)[None])
    assert all(torch.equal(tensor, atiss[name]) for name, tensor in found.items() if name != "start_token_embedding")
    asked = Request.from_json({"room": "bedroom", "text": "A bedroom with a bed.", "seed": 1})
    (scene,) = load_generator(tmp_path / "models").run([asked], settle=False)[0]
    assert scene.provenance["model"] == "ATISS bedroom, model_00100"


@pytest.mark.parametrize(
    ("name", "words", "target"),
    [("model_00010", (), "v"), ("bedrooms_eps.pt", (), "eps"), ("model_00010", ("--target", "x0"), "x0")],
)
def test_a_diffuscene_is_imported_with_the_target_that_was_told_or_named(
    run_import, stats, tmp_path, name, words, target
):
    path = tmp_path / name
    torch.save({f"module.{key}": tensor for key, tensor in diffuscene().items()}, path)
    code, out, err = run_import(path, stats, "--out", tmp_path / "models", *words)
    assert code == 0, err
    assert "DiffuScene, bedroom" in out
    assert "ignored" not in out
    assert (f"predict {target}" in err) == (not words)
    loaded = load_model(tmp_path / "models" / "bedroom" / "diffuscene", DiffuScene)
    assert loaded.model.config == DiffuSceneConfig(**{**vars(DIFFUSCENE), "target": target})
    found = loaded.model.state_dict()
    assert all(
        torch.equal(tensor, found[key.replace("diffusion.model.", "body.")]) for key, tensor in diffuscene().items()
    )
    assert RoomModels.load(tmp_path / "models", "cpu")["bedroom"].feature_width is None


def test_the_text_encoder_in_a_file_is_left_out_and_said_to_be_missing(run_import, stats, tmp_path):
    path = tmp_path / "bedrooms_bert.pt"
    bert = {f"bertmodel.encoder.{i}.weight": torch.zeros(2, 2) for i in range(3)}
    torch.save(diffuscene(TEXT) | bert | {"fc_room_f.bias": torch.zeros(64)}, path)
    code, out, err = run_import(path, stats, "--out", tmp_path / "models")
    assert code == 0, err
    assert "bertmodel.* (3 tensors" in out
    assert "fc_room_f.* (1 tensors" in out
    assert "can be compared, not used" in err
    assert load_model(tmp_path / "models" / "bedroom" / "diffuscene", DiffuScene).model.config == TEXT
    with pytest.raises(InvalidInputError, match="reads texts of bert-base-cased, which is unknown"):
        load_generator(tmp_path / "models")


def test_a_network_that_only_re_arranges_is_imported_and_not_used(run_import, stats, tmp_path):
    torch.save(diffuscene(ARRANGE), tmp_path / "model_00010")
    code, _, err = run_import(tmp_path / "model_00010", stats, "--out", tmp_path / "models")
    assert code == 0, err
    assert "only re-arranges" in err
    assert load_model(tmp_path / "models" / "bedroom" / "diffuscene", DiffuScene).model.config == ARRANGE
    with pytest.raises(InvalidInputError, match="only re-arranges"):
        RoomModels.load(tmp_path / "models", "cpu")["bedroom"]


# Bad files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["atiss", "diffuscene"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("missing", "is missing, expected"),
        ("unknown", "tensor more.weight is not part of the architecture"),
        ("misshapen", "has the shape (3,), expected"),
        ("not finite", "has numbers that are not finite"),
    ],
)
def test_damaged_weights_are_refused_by_their_official_names(run_import, atiss, stats, tmp_path, method, change, said):
    content = atiss if method == "atiss" else diffuscene()
    prefix = "transformer_encoder.norm" if method == "atiss" else "diffusion.model.final_res_block.block1.norm"
    name = f"{prefix}.bias"
    if change == "missing":
        del content[name]
    else:
        content |= {
            "unknown": {"more.weight": torch.zeros(2)},
            "misshapen": {name: torch.zeros(3)},
            "not finite": {name: torch.full_like(content[name], torch.nan)},
        }[change]
    torch.save(content, tmp_path / "model_00001")
    code, out, err = run_import(tmp_path / "model_00001", stats, "--out", tmp_path / "models")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert name in err or change == "unknown"
    assert not (tmp_path / "models").exists()


def test_what_is_no_state_dict_or_of_another_width_is_refused_too(run_import, tmp_path):
    odd = {official_name(name): torch.zeros(12) for name in ("body.init_conv.bias",)}
    body = {"diffusion.model.class_embedf.0.weight": torch.zeros(12, 22, 1)}
    for content, said in (
        ({0: torch.zeros(2)}, "has no entry 'model'"),
        (odd | body, "positional_embedding is missing"),
    ):
        torch.save(content, tmp_path / "model_00001")
        code, _, err = run_import(tmp_path / "model_00001", "--out", tmp_path / "models")
        assert (code, err.count("\n")) == (2, 1)
        assert said in err
    torch.save(odd | body | {"positional_embedding": torch.zeros(12, 16)}, tmp_path / "model_00001")
    code, _, err = run_import(tmp_path / "model_00001", "--out", tmp_path / "models")
    assert code == 2
    assert "the width 12 is no multiple of 8" in err


def test_a_model_that_cannot_make_rooms_is_refused_where_a_whole_one_is_wanted(run_import, stats, tmp_path):
    torch.save(diffuscene(ARRANGE), tmp_path / "model_00010")
    code, _, err = run_import(tmp_path / "model_00010", stats, "--out", tmp_path / "models", "--whole")
    assert code == 2
    assert "only re-arranges" in err
    assert not (tmp_path / "models").exists()


def test_bounds_that_lack_are_named_and_two_methods_do_not_share_a_folder(run_import, atiss, tmp_path):
    folder = tmp_path / "runs"
    folder.mkdir()
    torch.save(atiss, folder / "model_00001")
    code, _, err = run_import(folder, "--out", tmp_path / "models")
    assert code == 0, err
    assert "lacks its bounds of boxes (dataset_stats.txt)" in err
    torch.save(diffuscene(), folder / "bedrooms_uncond.pt")
    code, _, err = run_import(folder, "--out", tmp_path / "both")
    assert code == 2
    assert "different methods for a bedroom" in err
    assert not (tmp_path / "both").exists()


def test_a_folder_without_checkpoints_is_refused(run_import, tmp_path):
    (tmp_path / "empty").mkdir()
    code, _, err = run_import(tmp_path / "empty", "--out", tmp_path / "models")
    assert code == 2
    assert "There is no checkpoint among these" in err
