"""Cuts the fixtures of this folder out of a full folder of fixtures.

python tests/parity/cut.py FOLDER [--to DIRECTORY] [--check]

FOLDER holds the fixtures, ``../reference/state_dict_keys.json`` beside it the names and shapes of all weights. Needs
nothing but NumPy, draws nothing at random, and the same FOLDER gives the same numbers again.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent

WHOLE = ("small_bedroom_prior.npz", "small_bedroom_decoder.npz")
"""Files of arrays that are kept as they are."""
LEFT_OUT = {
    "full_bedroom_decoder.npz": ["sample100"],
    "full_bedroom_prior.npz": ["sample/generate", "sample/generate_cfg2"],
}
"""Runs that are left out, as groups of arrays. They are small; but 100 steps of a network of the paper's size take 5
to 20 seconds, and the same runs of the small networks, which stay, go through the same code."""
ROWS = {"full_fvqvae.npz": 6, "small_fvqvae.npz": 6}
"""How many rows stay of files in which every array has a row for each object, and no object knows of another."""
EVERY = {"relations.json": ("random", 5)}
"""Every how manieth case of a list stays. The kinds of random pairs take turns by threes, so no multiple of three."""
INSTRUCTIONS, EVERY_INSTRUCTION = "instructions.json", 3
BOUNDS = "objfeat_bounds.pkl"
KEYS = "state_dict_keys.json"
ABOUT = "subset.json"
"""What was left out, and how much is there: the tests hold it against a list of their own."""


def arrays(path):
    """All arrays of a file, by name."""
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def without(data, groups, file):
    """The arrays that belong to none of the groups, of which each must have some."""
    for group in groups:
        if not any(name.startswith(f"{group}/") for name in data):
            raise SystemExit(f"{file} has no {group}")
    return {name: a for name, a in data.items() if not name.startswith(tuple(f"{group}/" for group in groups))}


def lines(items):
    """JSON with a line for each item, which is compact and yet can be compared line by line."""
    return "[\n" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in items) + "\n]"


def table(entries):
    """A JSON object of texts that are JSON already."""
    return "{\n" + ",\n".join(f"{json.dumps(key)}: {text}" for key, text in entries.items()) + "\n}"


def cut(folder, to):
    """Writes the subset of a folder into another one."""
    kept = {}
    for name in sorted([*WHOLE, *LEFT_OUT, *ROWS]):
        data = without(arrays(folder / name), LEFT_OUT.get(name, ()), name)
        if name in ROWS:
            data = {key: a[: ROWS[name]] if a.ndim else a for key, a in data.items()}
            kept[name] = {key: len(a) for key, a in data.items() if a.ndim}
        np.savez_compressed(to / name, **data)

    for name, (thinned, step) in EVERY.items():
        cases = json.loads((folder / name).read_text(encoding="utf-8"))
        cases[thinned] = cases[thinned][::step]
        kept[name] = {key: len(group) for key, group in cases.items()}
        write(to / name, table({key: lines(group) for key, group in cases.items()}))
    cases = json.loads((folder / INSTRUCTIONS).read_text(encoding="utf-8"))[::EVERY_INSTRUCTION]
    kept[INSTRUCTIONS] = len(cases)
    write(to / INSTRUCTIONS, lines(cases))

    shutil.copyfile(folder / BOUNDS, to / BOUNDS)
    networks = json.loads((folder.parent / "reference" / KEYS).read_text(encoding="utf-8"))
    kept[KEYS] = {name: len(about["state_dict"]) for name, about in networks.items()}
    write(
        to / KEYS,
        table(
            {
                name: table({"state_dict": lines(about["state_dict"]), "buffers": json.dumps(about["buffers"])})
                for name, about in networks.items()
            }
        ),
    )
    write(to / ABOUT, json.dumps({"left_out": LEFT_OUT, "kept": kept}, indent=2))


def write(path, text):
    """Writes a text with an end to its last line."""
    path.write_text(text + "\n", encoding="utf-8")


def differences(one, other):
    """Names of the files of a cut that are not the same in another folder, whatever wrote and compressed them."""
    for path in sorted(one.iterdir()):
        twin = other / path.name
        if not twin.is_file():
            yield path.name
        elif path.suffix == ".npz":
            ours, theirs = arrays(path), arrays(twin)
            same = list(ours) == list(theirs) and all(
                a.dtype == theirs[name].dtype and np.array_equal(a, theirs[name]) for name, a in ours.items()
            )
            if not same:
                yield path.name
        elif path.read_bytes() != twin.read_bytes():
            yield path.name


def main(argv):
    """Cuts, or with ``--check`` tells which files differ from what would be cut."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the full folder of fixtures")
    parser.add_argument("--to", type=Path, default=HERE, help="where the subset goes; default: the folder of this file")
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if the subset would change")
    arguments = parser.parse_args(argv)
    folder = arguments.folder.resolve()
    if folder == arguments.to.resolve():
        raise SystemExit("The subset would take the place of the folder that it is cut from.")
    if not arguments.check:
        arguments.to.mkdir(parents=True, exist_ok=True)
        cut(folder, arguments.to)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        cut(folder, Path(scratch))
        different = list(differences(Path(scratch), arguments.to))
    sys.stdout.write("".join(f"{name} differs\n" for name in different))
    return int(bool(different))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
