"""A program that makes models furnishes rooms, and none of its faults stops one."""

import json
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from instructscene_core.catalogue.own_features import encoder_of, recognise
from instructscene_core.catalogue.own_reader import ModelReader
from instructscene_core.errors import CancelledError, InvalidInputError
from instructscene_core.generator import load_generator
from instructscene_core.making import program as running
from instructscene_core.making.made_models import MadeModels, known_models
from instructscene_core.making.making_generator import MakingGenerator
from instructscene_core.making.program import MakingError, Program, Wish
from instructscene_core.scene import Request

MAKER = Path(__file__).resolve().parents[1] / "glb_maker.py"
WISH = Wish("a walnut nightstand", "nightstand", (0.5, 0.4, 0.55), 3)


def command(*words):
    return shlex.join([sys.executable, str(MAKER), *words])


def models(folder, *words, seconds=60.0):
    return MadeModels(folder, Program.of(command(*words), seconds), ModelReader.of(), recognise, encoder_of())


def quiet(_done, _total):
    pass


def quietly():
    pass


def test_a_model_is_made_and_named_after_its_wish(tmp_path):
    program = Program.of(command())
    program.make(WISH, tmp_path / "a" / "one.glb", lambda: None)
    assert (tmp_path / "a" / "one.glb").read_bytes()[:4] == b"glTF"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["one.glb"]
    names = {program.name_of(wish) for wish in (WISH, Wish(WISH.text, WISH.category, WISH.size, 4))}
    assert len(names | {Program.of(command("fails")).name_of(WISH)}) == 3


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("fails", "failed with code 1: .*There is no graphics card"),
        ("hangs", "took longer than 1 seconds"),
        ("prints", "printed more than"),
        ("garbage", "no GLB of version 2"),
        ("half", "not whole"),
        ("nothing", "made no model: making a walnut nightstand"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line_and_nothing_is_left(tmp_path, fault, words):
    program = Program.of(command(fault), 1.0 if fault == "hangs" else 30.0)
    begin = time.monotonic()
    with pytest.raises(MakingError, match=words) as caught:
        program.make(WISH, tmp_path / "out.glb", lambda: None)
    assert "\n" not in str(caught.value)
    assert time.monotonic() - begin < 20
    assert not list(tmp_path.iterdir())


def test_a_model_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "MOST_BYTES", 100)
    with pytest.raises(MakingError, match="wrote more than"):
        Program.of(command()).make(WISH, tmp_path / "out.glb", lambda: None)


def test_cancelling_ends_the_program(tmp_path):
    begin = time.monotonic()

    def cancel():
        if time.monotonic() - begin > 0.5:
            raise CancelledError

    with pytest.raises(CancelledError):
        Program.of(command("hangs")).make(WISH, tmp_path / "out.glb", cancel)
    assert time.monotonic() - begin < 10
    assert not list(tmp_path.iterdir())


def test_a_program_ends_with_whoever_has_started_it(tmp_path):
    """Also where that was killed."""
    mark = tmp_path / "alive"
    beat = "import time, sys\nwhile True:\n    open(sys.argv[1], 'w').write(str(time.time()))\n    time.sleep(0.1)"
    (tmp_path / "beat.py").write_text(beat)
    starter = (
        "import sys, pathlib\nfrom instructscene_core.child_process import Bounds, run_child\n"
        f"words = [sys.executable, {str(tmp_path / 'beat.py')!r}, {str(mark)!r}]\n"
        f"for _ in run_child(words, pathlib.Path({str(tmp_path)!r}), Bounds(60)):\n    pass\n"
    )
    root = str(MAKER.parents[1])
    parent = subprocess.Popen([sys.executable, "-c", starter], cwd=root, env={"PYTHONPATH": root})
    begin = time.monotonic()
    while not mark.exists() and time.monotonic() - begin < 20:
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    time.sleep(1.5)
    last = mark.read_text()
    time.sleep(0.5)
    assert mark.read_text() == last


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import os, sys\nfor name in os.listdir(): os.remove(name)\nsys.exit(3)", "failed with code 3"),
        ("import os, time\nos.mkdir('model.glb'); os.symlink('.', 'model.glb/a')\ntime.sleep(60)", "took longer"),
        ("import os\nos.symlink('/etc/passwd', 'model.glb')", "made no model"),
        ("import subprocess\nsubprocess.Popen(['sleep', '60'])", "made no model"),
    ],
    ids=["tidies up", "goes in circles", "links", "leaves another behind"],
)  # fmt: skip
def test_programs_that_do_odd_things(tmp_path, program, words):
    (tmp_path / "odd.py").write_text(program)
    begin = time.monotonic()
    with pytest.raises(MakingError, match=words):
        Program.of(shlex.join([sys.executable, str(tmp_path / "odd.py")]), 1.0).make(WISH, tmp_path / "a.glb", quietly)
    assert time.monotonic() - begin < 15
    assert [path.name for path in tmp_path.iterdir()] == ["odd.py"]


def test_paths_may_be_relative_and_words_strange(tmp_path, monkeypatch):
    monkeypatch.chdir(MAKER.parent)
    program = Program.of(shlex.join([sys.executable, MAKER.name]))
    strange = Wish("a\0 nightstand \ud800\n", WISH.category, WISH.size)
    program.make(strange, tmp_path / "a.glb", quietly)
    assert (tmp_path / "a.glb").is_file()


@pytest.mark.parametrize("text", ["", "no-such-program --fast", f'"{sys.executable} --x'])
def test_a_program_that_is_not_there_is_refused(text):
    with pytest.raises(InvalidInputError):
        Program.of(text)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder with one model that was made, and its entry."""
    folder = tmp_path_factory.mktemp("made")
    return folder, models(folder).make([WISH, WISH], quiet).entries[WISH]


def test_what_is_made_is_of_its_class_and_fills_its_box(kept):
    folder, entry = kept
    assert entry.category == "nightstand"
    assert max(a / b for a, b in zip(entry.size, WISH.size, strict=True)) == pytest.approx(1, abs=1e-3)
    assert entry.feature is not None
    assert entry.codes is not None
    assert [one.id for one in known_models(folder)] == [entry.id]


def test_it_is_made_once(kept):
    folder, entry = kept
    files = {path: path.stat().st_mtime_ns for path in folder.rglob("*.glb")}
    again = models(folder).make([WISH], quiet)
    assert again.entries[WISH].id == entry.id
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.glb")} == files


def test_a_model_that_cannot_be_read_is_no_model(tmp_path):
    made = models(tmp_path, "empty mesh").make([WISH], quiet)
    assert not made.entries
    assert "cannot be used" in made.reasons[WISH]
    assert not list(tmp_path.rglob("*.glb"))


@pytest.fixture(scope="module")
def generator():
    return load_generator()


def room(**more):
    data = {"task": "generate", "room": "bedroom", "instruction": "a double bed and a nightstand", "seed": 5}
    return Request.from_json(data | {"make": True, "finish": False} | more)


def test_a_room_is_furnished_with_what_is_made(generator, tmp_path):
    making = MakingGenerator(generator, models(tmp_path))
    (plain,), (scene,) = generator.run([room()])[0], making.run([room()])[0]
    made = {item.id: item for item in scene.objects if item.asset.startswith("own-")}
    assert made
    assert {item.id for item in made.values()} == set(scene.provenance["made"])
    before = {item.id: item for item in plain.objects}
    for name, item in made.items():
        assert item.category == before[name].category
        assert all(a <= b + 1e-3 for a, b in zip(item.placed_size or item.size, before[name].size, strict=True))
    assert generator.catalogue.get(next(iter(made.values())).asset) is not None
    assert scene.report["met"] == plain.report["met"]
    assert Request.from_json(json.loads(json.dumps(room().to_json()))) == room()


def test_one_piece_is_replaced_by_what_is_made(generator, tmp_path):
    (scene,) = generator.run([room(make=False)])[0]
    stand = next(item for item in scene.objects if item.category == "nightstand")
    data = {"task": "replace", "scene": scene.to_json(), "make": True}
    data["replace"] = {stand.id: {"text": "a small oak nightstand"}}
    (after,) = MakingGenerator(generator, models(tmp_path)).run([Request.from_json(data)])[0]
    new = next(item for item in after.objects if item.id == stand.id)
    assert new.asset.startswith("own-")
    assert new.category == "nightstand"
    assert [item for item in after.objects if item.id != stand.id] == [
        item for item in scene.objects if item.id != stand.id
    ]


def test_one_more_like_a_piece_has_its_mesh(generator, tmp_path):
    (scene,) = generator.run([room(make=False)])[0]
    stand = next(item for item in scene.objects if item.category == "nightstand")
    data = {"task": "complete", "scene": scene.to_json(), "make": True, "add": 1, "like": stand.id}
    (after,) = MakingGenerator(generator, models(tmp_path)).run([Request.from_json(data)])[0]
    assert {item.asset for item in after.objects} == {item.asset for item in scene.objects}
    assert len(after.objects) == len(scene.objects) + 1
    assert not list(tmp_path.rglob("*.glb"))


def test_what_is_not_made_is_told(generator, tmp_path):
    (scene,) = generator.run([room(make=False)])[0]
    stand = next(item for item in scene.objects if item.category == "nightstand")
    data = {"task": "replace", "scene": scene.to_json(), "make": True}
    data["replace"] = {stand.id: {"text": "a floor lamp"}}
    (after,) = MakingGenerator(generator, models(tmp_path)).run([Request.from_json(data)])[0]
    assert any("only furniture that stands is made" in note for note in after.report["notes"])


@pytest.mark.parametrize("fault", ["fails", "garbage", "hangs"])
def test_where_nothing_is_made_retrieval_stays_and_the_reason_is_told(generator, tmp_path, fault):
    plain, (scene,) = (
        generator.run([room()])[0][0],
        MakingGenerator(generator, models(tmp_path, fault, seconds=0.5 if fault == "hangs" else 30.0)).run([room()])[0],
    )
    assert scene.objects == plain.objects
    assert any(note.startswith("Taken from the catalogue: ") for note in scene.report["notes"])


def test_without_a_program_one_sentence_says_so(generator):
    (scene,) = MakingGenerator(generator, None).run([room()])[0]
    assert "Models were to be made, but no program for that is chosen" in scene.report["notes"]
