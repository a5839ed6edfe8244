"""The documents: their links lead somewhere, their commands are understood, their examples work."""

import argparse
import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # the build tool is no installed package

from builder.commands import main as build_main  # noqa: E402
from instructscene_core.commands.main import main as core_main  # noqa: E402
from instructscene_core.errors import InvalidInputError  # noqa: E402
from instructscene_core.placement.flaws import FLAWS  # noqa: E402
from instructscene_core.scene import Request, Scene, read_requests, read_scene  # noqa: E402
from instructscene_core.vocabulary import CATEGORIES, PREDICATES  # noqa: E402

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
MOST_WORDS = 900
FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^ {4}.*\n)+", re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?)(?: +#+)? *$", re.MULTILINE)
COMMAND = re.compile(
    r"(?:\bpython\S* |\b(?:torchrun|blender) .*?)"
    r"(?P<program>-m instructscene_core|build\.py|addon/batch\.py --)\s(?P<words>.*)"
)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def name_of(path):
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def read(name):
    return (ROOT / name).read_text("utf-8")


def examples(name, language):
    """Fenced code blocks of a document."""
    return [block for _, kind, block in FENCE.findall(read(name)) if kind == language]


# Links


def slugs(text):
    """Anchors of a document's headings, by GitHub's rule: the second of two equal ones ends with -1."""
    seen = {}
    for title in HEADING.findall(FENCE.sub("", text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        number = seen[slug] = seen.get(slug, -1) + 1
        yield f"{slug}-{number}" if number else slug


def broken_links(path):
    """Links and images, outside of code, that lead nowhere; those to other places are not followed."""
    text = INDENTED.sub("", FENCE.sub("", path.read_text("utf-8")) + "\n")
    for target in LINK.findall(re.sub(r"`[^`]*`", "", text)):
        place, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", place):
            continue
        file = path.parent / place if place else path
        if not file.exists():
            yield f"{target}: no such file"
        elif anchor and anchor not in set(slugs(file.read_text("utf-8"))):
            yield f"{target}: no such heading"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_and_images_lead_somewhere(path):
    assert list(broken_links(path)) == []


def test_headings_have_the_anchors_that_github_gives_them():
    text = "# A GPU, or a `Python` of your own\n## Zips\n```\n# no heading\n```\n## Zips ##\n### 3D-FUTURE: [a](b.md)\n"
    assert list(slugs(text)) == ["a-gpu-or-a-python-of-your-own", "zips", "zips-1", "3d-future-a"]


def test_a_broken_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](#one) [b](#two) ![c](no.png) [d](page.md#one) `[e](no)`\n\n    [f](no)\n", "utf-8")
    assert list(broken_links(page)) == ["#two: no such heading", "no.png: no such file"]


def test_the_readme_is_short():
    assert len(read("README.md").split()) <= MOST_WORDS


# Commands: every line of a code block that starts one of our programs must be one that can be typed as it stands. So
# there are neither alternatives (a|b) nor dots for words left out; FOLDER and "…" are words like any others. What
# follows a number sign, or three spaces and more, explains the command.


def code_lines(text):
    """Lines of fenced and indented code blocks; those that end with a backslash are joined with the next."""
    blocks = [block for _, _, block in FENCE.findall(text)]
    for block in [*blocks, *INDENTED.findall(FENCE.sub("", text) + "\n")]:
        yield from re.sub(r"\\\n\s*", " ", block).splitlines()


def commands(text):
    """(program, words) of the command lines in a document's code blocks."""
    for line in code_lines(text):
        found = COMMAND.search(line)
        if found:
            words, *_ = re.split(r" {3,}", found["words"])
            yield found["program"], shlex.split(words, comments=True)


COMMANDS = [
    pytest.param(*command, id=f"{name_of(path)}: {command[0]} {' '.join(command[1])}")
    for path in DOCUMENTS
    for command in commands(path.read_text("utf-8"))
]


class ParsedError(Exception):
    """Raised in place of doing what a command line asks for; has the words that its parser left over."""


def batch_main(words):
    """The parser of addon/batch.py, which needs nothing of Blender."""
    spec = importlib.util.spec_from_file_location("batch_of_the_documents", ROOT / "addon" / "batch.py")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "bpy", ModuleType("bpy"))
        patch.setitem(sys.modules, spec.name, module)  # its dataclasses look themselves up there
        spec.loader.exec_module(module)
        module.parse(words)


PROGRAMS = {"-m instructscene_core": core_main, "build.py": build_main, "addon/batch.py --": batch_main}


@pytest.fixture
def left_over(monkeypatch):
    """Runs a program until its words are parsed, and returns those that its own parser does not know."""
    parse, inside = argparse.ArgumentParser.parse_known_args, []

    def stop(parser, *arguments):
        inside.append(parser)
        try:
            options, rest = parse(parser, *arguments)
        finally:
            inside.pop()
        if not inside:  # it is no sub-command's parser
            raise ParsedError(*rest)
        return options, rest

    def run(program, words):
        with pytest.raises(ParsedError) as caught:
            PROGRAMS[program](words)
        return list(caught.value.args)

    monkeypatch.setattr(argparse.ArgumentParser, "parse_known_args", stop)
    return run


@pytest.mark.parametrize(("program", "words"), COMMANDS)
def test_commands_are_understood(left_over, program, words):
    rest = left_over(program, words)
    if (program, words[:1]) == ("build.py", ["starter"]):  # it hands on what it does not know
        program, rest = "-m instructscene_core", left_over("-m instructscene_core", ["train", "starter", "all", *rest])
    assert rest == []


def test_commands_are_found():
    assert {param.values[0] for param in COMMANDS} == set(PROGRAMS)
    text = "`python build.py fly`:\n\n    A=1 .venv/bin/python -m instructscene_core run \\\n        --out b  # c\n"
    assert list(commands(text)) == [("-m instructscene_core", ["run", "--out", "b"])]
    assert list(commands("```\npython3 build.py test    everything\n```\n")) == [("build.py", ["test"])]


@pytest.mark.parametrize("words", [["fly"], ["generate"], ["complete|restyle", "--out", "a"], ["train", "…"]])
def test_a_command_that_is_not_understood_is_found(left_over, words):
    with pytest.raises(SystemExit) as end:
        left_over("-m instructscene_core", words)
    assert end.value.code == 2
    assert left_over("-m instructscene_core", ["generate", "--out", "a", "--colour", "b"]) == ["--colour", "b"]


TOLD = [
    ("-m instructscene_core", words)
    for words in (
        ["generate"],
        ["complete"],
        ["run"],
        ["benchmark"],
        ["import-official"],
        ["catalogue", "index"],
        ["evaluate"],
        ["data", "write-sample"],
        ["data", "from-3dfront"],
        ["train", "all"],
    )
]
TOLD += [("build.py", [name]) for name in ("zip", "release", "starter", "demo", "gallery", "test")]
TOLD += [("addon/batch.py --", [])]


@pytest.mark.parametrize(("program", "words"), TOLD)
def test_every_option_is_told(capsys, program, words):
    with pytest.raises(SystemExit) as end:
        PROGRAMS[program]([*words, "--help"])
    assert end.value.code == 0
    pages = ("docs/user-guide.md", "docs/official.md", "docs/comparison.md")
    documented = set(OPTION.findall("".join(map(read, pages)))) | {"--help"}
    assert set(OPTION.findall(capsys.readouterr().out)) - documented == set()


def test_every_button_and_setting_is_told():
    names = [
        name
        for file, pattern in (
            ("preferences.py", r'\bname="([^"]+)"'),
            ("properties.py", r'\bname="([^"]+)"'),
            ("operators.py", r'\bbl_label = "([^"]+)"'),
            ("panel.py", r'\bbl_label = "([^"]+)"'),
            ("place_operators.py", r'\bbl_label = "([^"]+)"'),
            ("replace_operators.py", r'\bbl_label = "([^"]+)"'),
            ("folder_operators.py", r'\bbl_label = "([^"]+)"'),
            ("room_presets.py", r'\bbl_label = "([^"]+)"'),
        )
        for name in re.findall(pattern, read(f"addon/{file}"))
    ]
    guide = read("docs/user-guide.md")
    assert len(names) > 30
    assert [name for name in names if name not in guide] == []


def test_every_flaw_is_explained():
    table = read("docs/evaluation.md").partition("| Flaw |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (\w[^|]*) \|", table, re.MULTILINE)
    assert sorted(name for row in rows for name in row.split(", ")) == sorted(FLAWS)


# Examples


def test_the_examples_of_the_format_are_read(tmp_path):
    scene, request = (json.loads(block) for block in examples("docs/scene-format.md", "json"))
    assert Scene.from_json(scene).to_json() == scene
    assert Request.from_json(request).to_json().items() >= {k: v for k, v in request.items() if k != "scene"}.items()
    (lines,) = examples("docs/scene-format.md", "jsonl")
    path = tmp_path / "rooms.jsonl"
    path.write_text(lines, "utf-8")
    assert [item.id for item in read_requests(path)] == ["a", "b"]


def known_keys(call, data):
    with pytest.raises(InvalidInputError, match="unknown key") as caught:
        call(data)
    return caught.value.remedy.removeprefix("Known keys: ").partition(";")[0].split(", ")


SCENE = {"version": 1, "room_type": "bedroom"}
STRANGE = {"colour": "red"}


@pytest.mark.parametrize(
    ("call", "data"),
    [
        (Scene.from_json, STRANGE),
        (Scene.from_json, SCENE | {"objects": [STRANGE]}),
        (Scene.from_json, SCENE | {"openings": [STRANGE]}),
        (Scene.from_json, SCENE | {"obstacles": [STRANGE]}),
        (Request.from_json, STRANGE),
    ],
    ids=["scene", "object", "opening", "obstacle", "request"],
)
def test_every_key_stands_in_the_format(call, data):
    text = read("docs/scene-format.md")
    assert [key for key in known_keys(call, data) if f"| `{key}` |" not in text] == []


def test_every_class_and_predicate_stands_in_the_format():
    text = read("docs/scene-format.md")
    assert [name for name in (*CATEGORIES, *PREDICATES) if f"`{name}`" not in text] == []


def examples_without_blender():
    """The Python examples, each after those before it; those that follow the first with bpy are tests/addon's."""
    blocks = examples("docs/api.md", "python")
    return blocks[: next(number for number, block in enumerate(blocks) if "import bpy" in block)]


def run_in(folder, code):
    """Runs Python in a folder, as a person does who has copied the code."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def scene_of_the_example(tmp_path_factory):
    """The scene that the first Python example leaves in its folder."""
    folder = tmp_path_factory.mktemp("api")
    run_in(folder, examples_without_blender()[0])
    (path,) = folder.iterdir()
    return read_scene(path)


@pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="models are read by Blender")
def test_the_python_examples_run_one_after_the_other(tmp_path):
    blocks = examples_without_blender()
    assert len(blocks) >= 6
    shown = run_in(tmp_path, "\n".join(blocks))
    assert "met: ['nightstand left of double bed'] not met: []" in shown
    assert "In centimetres it would be 15.1 m²: scale it by 0.01" in shown
    assert "1 piece of 1 file indexed" in shown
    assert (tmp_path / "mine" / "catalogue.json").is_file()


def test_all_code_of_the_python_page_is_run():
    text = read("docs/api.md")
    assert {kind for _, kind, _ in FENCE.findall(text)} == {"python"}
    assert not INDENTED.search(FENCE.sub("", text))


def test_the_python_example_makes_a_room(scene_of_the_example):
    assert {"double_bed", "nightstand"} <= {item.category for item in scene_of_the_example.objects}


def test_what_the_generator_writes_stands_in_the_format(scene_of_the_example):
    text, made = read("docs/scene-format.md"), scene_of_the_example
    keys = [*made.provenance, *made.provenance["settings"], *made.provenance["settled"][0], *made.report, "notes"]
    assert [key for key in keys if f"`{key}`" not in text] == []
