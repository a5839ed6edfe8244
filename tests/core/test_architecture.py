"""The house: which package may import which, no circles, and no torch where it is not needed."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "instructscene_core"
LAYERS = (
    "__init__", "errors", "plain_text", "model_files", "vocabulary", "json_values", "cues", "outlines", "floor_plan",
    "scene", "png", "ground_truth", "thumbnails", "device", "child_supervisor", "child_process", "iscene", "geometry",
    "placer",
    "diffusion", "models", "files", "text", "instructions", "naming", "reading", "catalogue", "official", "sampling",
    "baselines", "room_models", "placement", "generator", "making", "starter", "worker", "datasets", "training",
    "evaluation", "cluster", "commands", "__main__",
)  # fmt: skip
"""Packages and top modules: each may import only from those before it."""
INNER = {"instructions": ("words", "brief", "standing", "read", "write", "report"), "starter": ("furniture", "rooms")}
"""The same inside packages that have packages."""
FOR_THE_ADDON = {
    "errors", "plain_text", "model_files", "vocabulary", "cues", "outlines", "floor_plan", "scene", "png",
    "ground_truth", "thumbnails", "child_supervisor", "child_process", "iscene", "geometry", "placer", "naming",
    "instructions",
}  # fmt: skip
OUTSIDE_THE_ZIP = {"datasets", "training", "evaluation", "cluster"}


def modules(root=CORE):
    """Dotted names, without the core's own, and files."""
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(CORE).with_suffix("").parts
        yield ".".join(parts), path


def imported(name, path):
    """Modules of the core that a module imports anywhere in it, as tuples of names from the core's root."""
    package = name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1] + (node.module or "").split(".")
            base = [part for part in base if part]
            for alias in node.names:
                deeper = CORE.joinpath(*base, alias.name)
                is_module = deeper.with_suffix(".py").is_file() or deeper.is_dir()
                yield (*base, alias.name) if is_module else tuple(base)


def arrows():
    return [(name, target) for name, path in modules() for target in imported(name, path)]


def test_every_package_has_its_place():
    found = {name.split(".")[0] for name, _ in modules()}
    assert found == set(LAYERS)
    for package, inner in INNER.items():
        inside = {name.split(".")[1] for name, _ in modules(CORE / package)}
        assert inside - {"__init__"} == set(inner)


def test_no_arrow_points_upwards():
    wrong = [
        f"{name} imports {'.'.join(target)}"
        for name, target in arrows()
        if name.split(".")[0] != target[0] and LAYERS.index(target[0]) > LAYERS.index(name.split(".")[0])
    ]
    assert not wrong


@pytest.mark.parametrize("package", INNER)
def test_no_arrow_points_upwards_inside(package):
    order = INNER[package]
    wrong = [
        f"{name} imports {'.'.join(target)}"
        for name, target in arrows()
        if name.startswith(f"{package}.") and target[0] == package and len(target) > 1
        for first, second in [(name.split(".")[1], target[1])]
        if first != second and order.index(second) > order.index(first)
    ]
    assert not wrong


def test_no_circle_of_modules():
    """Also inside a package; an ``__init__`` stands for its package."""
    names = {name.removesuffix(".__init__") for name, _ in modules()}
    graph = {name: set() for name in names}
    for name, target in arrows():
        graph[name.removesuffix(".__init__")].add(".".join(target))
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_the_addon_takes_only_what_has_no_torch():
    wrong = []
    for path in (ROOT / "addon").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("instructscene_core."):
                package = node.module.split(".")[1]
                wrong += [f"{path.name}: {node.module}"] if package not in FOR_THE_ADDON else []
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            wrong += [f"{path.name}: {name}" for name in names if name.split(".")[0] == "torch"]
    assert not wrong


def test_the_zip_does_not_need_what_it_leaves_out():
    tools = {"commands.comparison", "commands.data", "commands.evaluate", "commands.many", "commands.train"}
    wrong = [
        f"{name} imports {'.'.join(target)}"
        for name, target in arrows()
        if target[0] in OUTSIDE_THE_ZIP and name.split(".")[0] not in OUTSIDE_THE_ZIP and name not in tools
    ]
    assert not wrong


@pytest.mark.parametrize(
    "names",
    [
        [f"{package}.{path.stem}" for package in ("geometry",) for path in sorted((CORE / package).glob("[!_]*.py"))],
        ["errors", "vocabulary", "scene"],
        ["naming.lexicon"],
        ["evaluation", "evaluation.soundness", "evaluation.walkways", "evaluation.recall"],
        ["commands.main", "commands.options", "catalogue.entries", "instructions.read.brief", "instructions.report"],
    ],
    ids=lambda names: names[0],
)
def test_geometry_and_the_command_line_start_without_torch(names):
    program = "\n".join(
        [
            "import sys",
            *(f"import instructscene_core.{name}" for name in names),
            "print(*sorted({'torch', 'tqdm', 'bpy'} & set(sys.modules)))",
        ]
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
