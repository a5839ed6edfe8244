"""From the official files to a furnished room, and folders with a model for each type of room."""

import json

import pytest

from instructscene_core.commands import main as cli
from instructscene_core.errors import InvalidInputError
from instructscene_core.generator import load_generator
from instructscene_core.official.import_models import import_models
from instructscene_core.room_models import RoomModels
from instructscene_core.scene import Request, read_scene
from instructscene_core.text.clip import NAME as CLIP


@pytest.fixture
def models(official, tmp_path):
    """Imported models of bedrooms and living rooms."""
    folder = official.write_official(tmp_path / "published", ["bedroom", "livingroom"])
    import_models([folder], tmp_path / "models", whole=True)
    return tmp_path / "models"


def test_imported_models_furnish_rooms_with_clip_as_their_encoder(models, clip_weights, tmp_path, capsys):
    requests = [
        {"id": "a", "room": "bedroom", "text": "Put a nightstand to the left of a double bed.", "guidance": 2.0},
        {"id": "b", "room": "livingroom", "text": ""},
    ]
    lines = [json.dumps({"steps": [3, 2], **item}) for item in requests]
    (tmp_path / "requests.jsonl").write_text("\n".join(lines))
    words = ["run", "--requests", tmp_path / "requests.jsonl", "--out", tmp_path / "out", "--model", models]
    words += ["--device", "cpu"]
    assert cli.main([*map(str, words), "--clip", str(clip_weights)]) == 0
    for name, room in (("a", "bedroom"), ("b", "livingroom")):
        scene = read_scene(tmp_path / "out" / f"{name}.json")
        assert scene.room_type == room
        assert scene.objects
        assert scene.provenance["model"].startswith(f"InstructScene {room}, {room}_sgdiffusion")
    capsys.readouterr()
    assert cli.main([*map(str, words)]) == 2
    stderr = capsys.readouterr().err
    assert stderr.count("\n") == 1
    assert "--clip FILE" in stderr


def test_settings_are_the_official_ones(models, clip_weights):
    generator = load_generator(models, device="cpu", clip=str(clip_weights))
    for task, ratio in (("complete", 0.5), ("restyle", 0.25), ("rearrange", 0.5)):
        item = {"task": task, "scene": {"version": 1, "room_type": "bedroom", "objects": []}}
        settings = generator.plan(Request.from_json(item)).settings
        assert (settings.steps, settings.guidance, settings.ratio) == ((100, 100), 1.0, ratio)
        assert (settings.remasked_share, settings.truncation) == (0.0, 1.0)


def test_a_model_is_read_when_its_first_room_is_wanted(models):
    (models / "livingroom" / "decoder.safetensors").write_bytes(b"")
    rooms = RoomModels.load(models, "cpu")
    assert rooms.room_types == ("bedroom", "livingroom")
    assert rooms.text_encoder == CLIP
    assert rooms["bedroom"] is rooms["bedroom"]
    with pytest.raises(InvalidInputError, match=r"decoder\.safetensors is cut off"):
        rooms["livingroom"]
    with pytest.raises(InvalidInputError, match=r"makes no dining rooms\. It makes: bedrooms, living rooms"):
        rooms["diningroom"]


def test_official_checkpoints_are_to_be_imported_first(official, tmp_path):
    folder = official.write_official(tmp_path / "published")
    for path in (folder, next(folder.rglob("*.pth"))):
        with pytest.raises(InvalidInputError, match=r"holds official checkpoints \(.*\.pth\)") as refused:
            load_generator(path, device="cpu")
        assert "import-official" in refused.value.remedy
    with pytest.raises(InvalidInputError, match="There is no model folder"):
        load_generator(tmp_path / "none", device="cpu")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInputError, match="is no model folder"):
        load_generator(tmp_path / "empty", device="cpu")


def test_folders_that_do_not_fit_are_refused(models, tmp_path):
    (models / "bedroom").rename(models / "diningroom")
    with pytest.raises(InvalidInputError, match="diningroom holds a model of bedroom"):
        RoomModels.load(models, "cpu")["diningroom"]
    path = models / "livingroom" / "prior.json"
    about = json.loads(path.read_text())
    about["metadata"]["text_encoder"] = "another"
    path.write_text(json.dumps(about))
    with pytest.raises(InvalidInputError, match="different encoders"):
        RoomModels.load(models, "cpu")
    with pytest.raises(InvalidInputError, match="reads texts of another, which is unknown"):
        load_generator(models / "livingroom", device="cpu")
    with pytest.raises(InvalidInputError, match="There is no model folder"):
        RoomModels.load(tmp_path / "absent", "cpu")


def test_a_model_without_bounds_of_boxes_says_how_to_get_them(official, tmp_path):
    folder = official.write_official(tmp_path / "published")
    (folder / "threed_front_bedroom" / "dataset_stats.txt").unlink()
    result = import_models([folder], tmp_path / "models", heads=8)
    line = "The bedroom model lacks its bounds of boxes (dataset_stats.txt) and cannot generate without"
    assert result.notes == (line,)
    with pytest.raises(InvalidInputError, match=r"dataset_stats\.txt"):
        RoomModels.load(tmp_path / "models", "cpu")["bedroom"]
