"""The paper's tables by one command: on a tiny data set in the official layout, with tiny models of all methods."""

import json
import shutil
import sys
from pathlib import Path

import pytest
import torch

from instructscene_core.commands.comparison import CHOICES
from instructscene_core.commands.main import main
from instructscene_core.datasets.sample import write_sample
from instructscene_core.evaluation.paper.run import PARTS
from instructscene_core.files.checkpoints import save_model
from instructscene_core.models.atiss import Atiss, AtissConfig
from instructscene_core.models.diffuscene import DiffuScene, DiffuSceneConfig
from instructscene_core.vocabulary import CLASSES, MAX_OBJECTS

pytestmark = pytest.mark.usefixtures("room_cache")
BOUNDS = {"translations": [[-2.5, 0.1, -2.5], [2.5, 2.7, 2.5]], "sizes": [[0.1, 0.05, 0.1], [1.1, 1.2, 1.2]]}
RENDERER = f"{sys.executable} {Path(__file__).parents[1] / 'plan_renderer.py'}"
SIZES = len(CLASSES["bedroom"]), MAX_OBJECTS["bedroom"]
SMALL = ["--count", "3", "--workers", "1", "--device", "cpu", "--diffuscene-steps", "3", "--rooms", "bedroom"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "sample"
    write_sample(folder, 24)
    return folder


@pytest.fixture(scope="module")
def models(tmp_path_factory, tiny_folder):
    """A folder with METHOD/bedroom, as training writes it."""
    folder = tmp_path_factory.mktemp("models")
    shutil.copytree(tiny_folder, folder / "instructscene" / "bedroom")
    about = {"name": "tiny", "room_types": ["bedroom"], "text_encoder": "all-MiniLM-L6-v2", "bounds": BOUNDS}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        text = {"text_width": 384}
        rivals = {
            "atiss": Atiss(AtissConfig(*SIZES, width=32, layers=1, heads=4, feed_forward=32, mixtures=2, **text)),
            "diffuscene": DiffuScene(
                DiffuSceneConfig(*SIZES, width=32, blocks=1, slot_width=8, context_width=16, heads=4, **text)
            ),
        }
    for name, network in rivals.items():
        shutil.copytree(tiny_folder, folder / name / "bedroom", ignore=_not_shared)
        save_model(folder / name / "bedroom" / name, network, {**about, "samples": 64})
    return folder


def _not_shared(_folder, names):
    return [name for name in names if name.startswith(("prior", "decoder"))]


@pytest.fixture
def compare(sample, models, tmp_path, capsys):
    """A function that runs the command: exit code, output, lines of standard error, and the folder of results."""

    def call(*words, data=f"official:{sample}", folder=models, seeds=2):
        out = tmp_path / "out"
        options = [
            "--seeds",
            str(seeds),
            "--data",
            data,
            "--models",
            str(folder),
            "--diffuscene-steps",
            "3",
            "--out",
            str(out),
            *SMALL,
        ]
        code = main(["evaluate", *words, *options])
        captured = capsys.readouterr()
        return code, captured.out, captured.err.strip().splitlines(), out

    return call


def test_table_1_of_the_official_layout_from_end_to_end(compare):
    words = ["--table", "1", "--methods", "atiss,diffuscene,instructscene", "--renderer", RENDERER]
    code, page, lines, out = compare(*words)
    assert code == 0, lines
    assert (out / "table1.md").read_text() == page
    rows = json.loads((out / "table1.json").read_text())["rooms"]["bedroom"]["generation"]
    assert list(rows) == [
        "ATISS", "DiffuScene", "InstructScene", "training rooms at random", "the described rooms themselves",
    ]  # fmt: skip
    assert rows["the described rooms themselves"]["own strict"] == 100
    for figures in list(rows.values())[:3]:
        assert {"own strict", "others strict", "FD(EfficientNet-Lite0)", "SCA", "colliding", "seconds"} <= set(figures)
        assert figures["own strict low"] <= figures["own strict"] <= figures["own strict high"]
        assert figures["pictures"] == 6
    assert "own graph" in rows["InstructScene"]
    assert "own graph" not in rows["ATISS"]
    assert rows["training rooms at random"]["FD(EfficientNet-Lite0)"] < rows["InstructScene"]["FD(EfficientNet-Lite0)"]
    assert "FD(EfficientNet-Lite0)" in page
    assert "| FID" not in page
    assert (out / "table1-bedroom.png").is_file()

    stamps = {path: path.stat().st_mtime_ns for path in out.rglob("room*_top.png")}
    (out / "table1.json").unlink()
    code, again, _, _ = compare(*words)
    assert (code, again) == (0, page)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("room*_top.png")} == stamps


def test_table_2_has_the_four_tasks(compare):
    code, page, lines, out = compare("--table", "2", "--methods", "atiss,diffuscene,instructscene")
    assert code == 0, lines
    tables = json.loads((out / "table2.json").read_text())["rooms"]["bedroom"]
    assert list(tables) == ["stylisation", "re-arrangement", "completion", "unconditional"]
    assert "No pictures were made" in page
    assert "training rooms at random" in tables["unconditional"]
    assert "training rooms at random" not in page, "a row without figures"
    assert all(
        0 <= tables["completion"][name]["own strict"] <= 100 for name in ("ATISS", "DiffuScene", "InstructScene")
    )


def test_figure_4_and_the_time_of_a_batch(compare):
    code, _, lines, out = compare("--figure", "4", "--methods", "instructscene", seeds=1)
    assert code == 0, lines
    tables = json.loads((out / "figure4.json").read_text())["rooms"]["bedroom"]
    assert [len(rows) for rows in tables.values()] == [5, 5, 5]
    code, _, lines, out = compare("--appendix", "C6", "--methods", "instructscene+placed,atiss")
    assert code == 0, lines
    rows = json.loads((out / "appendix-c6.json").read_text())["rooms"]["bedroom"]["one batch"]
    assert rows["ATISS"]["rooms"] == 3
    assert rows["ATISS"]["seconds"] > 0
    assert "InstructScene, with our placement *" in rows


def test_codes_and_diversity_of_the_starter_s_world(compare):
    """The recovery and the diversity need furniture with features of the codes' width: the starter's."""
    words = ["--methods", "instructscene,atiss"]
    code, _, lines, out = compare("--appendix", "C3", *words, data="starter:20")
    assert code == 0, lines
    rows = json.loads((out / "appendix-c3.json").read_text())["rooms"]["bedroom"]["feature recovery"]
    assert rows["ATISS"] == rows["InstructScene"]
    assert 0 <= rows["ATISS"]["top 1"] <= rows["ATISS"]["top 10"] <= 100
    code, _, lines, out = compare("--appendix", "C4", *words, data="starter:20")
    assert code == 0, lines
    tables = json.loads((out / "appendix-c4.json").read_text())["rooms"]["bedroom"]
    assert tables["from one graph"]["ATISS"]["sets"] == pytest.approx(100 / 6)
    assert tables["from one graph"]["ATISS"]["apart"] > 0
    assert tables["from one prompt"]["InstructScene"]["rooms"] == 6


def test_all_choices_have_a_part():
    assert {(kind, number) for kind, numbers in CHOICES.items() for number in numbers} == set(PARTS)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--table", "1", "--methods", "other"], "There is no method other"),
        (["--table", "1", "--methods", ""], "No method is named"),
        (["--table", "1", "--figure", "4"], "Two tables or figures"),
        (["--table", "1", "--model", "there"], "--model is not for the paper's tables"),
        (["--figure", "4", "--methods", "atiss"], "Figure 4 is about InstructScene"),
        (["--table", "1", "--methods", "atiss", "--renderer", "no-such-program"], "cannot be run"),
        (["--table", "1", "--methods", "atiss", "--renderer", f"{RENDERER} --side 64"], "has 64 by 64 pixels"),
        (["--table", "1", "--methods", "atiss", "--renderer", f"{RENDERER} --only 0"], "has no pictures"),
        (["--table", "1", "--methods", "atiss", "--renderer", f"{RENDERER} --only 2"], "has 2 pictures of 6 rooms"),
    ],
)
def test_bad_input_is_told_in_one_line(compare, words, told):
    code, page, lines, out = compare(*words)
    assert (code, page) == (2, "")
    assert told in lines[-1]
    assert not list(out.glob("*.md"))


def test_a_checkpoint_of_the_wrong_method_is_refused(compare, models, tmp_path):
    wrong = tmp_path / "models"
    shutil.copytree(models / "diffuscene", wrong / "atiss")
    code, _, lines, out = compare("--table", "1", "--methods", "atiss", folder=wrong)
    assert (code, len(lines)) == (2, 1)
    assert "holds a model of DiffuScene, not of ATISS" in lines[0]
    assert not out.exists()


@pytest.mark.usefixtures("open_clip")
@pytest.mark.parametrize("option", ["--inception", "--image-clip", "--alexnet"])
def test_a_weights_file_that_is_none_is_refused(compare, tmp_path, option):
    path = tmp_path / "weights.pth"
    path.write_text("not weights")
    words = ["--table", "1", "--methods", "atiss", "--renderer", RENDERER, option, str(path)]
    code, _, lines, out = compare(*words)
    assert (code, len(lines)) == (2, 1)
    assert str(path) in lines[0]
    assert not out.exists()


def test_pictures_of_another_renderer_are_refused(compare):
    words = ["--table", "1", "--methods", "atiss", "--renderer"]
    assert compare(*words, RENDERER, seeds=1)[0] == 0
    code, _, lines, _ = compare(*words, f"{RENDERER} --resolution 256", seeds=1)
    assert code == 2
    assert "holds figures of other renderer" in lines[-1]


def test_other_weights_in_the_same_folder_are_refused(compare, models, tmp_path):
    words = ["--table", "1", "--methods", "instructscene"]
    assert compare(*words)[0] == 0
    other = tmp_path / "models"
    shutil.copytree(models, other)
    path = other / "instructscene" / "bedroom" / "prior.safetensors"
    path.write_bytes((models / "instructscene" / "bedroom" / "decoder.safetensors").read_bytes())
    code, _, lines, _ = compare(*words, folder=other)
    assert (code, len(lines)) == (2, 1)
    assert "figures of other weights" in lines[0]
