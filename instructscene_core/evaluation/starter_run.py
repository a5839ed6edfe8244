"""``evaluate --set starter``: evaluates the embedded model on held-out rooms of our own, in resumable parts.

    evaluate --set starter --out DIR [--rooms bedroom,livingroom,diningroom] [--seeds 5] [--count 100]

Each finished part (room type, measure, sampling seed) is a JSON file in ``--out``; started again with the same
settings, weights and furniture, the run goes on where it stopped.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, cast

from tqdm import tqdm

from ..catalogue.entries import CATALOGUE_FILE as CATALOGUE_NAME
from ..catalogue.entries import FEATURES_FILE, STARTER, Catalogue
from ..errors import InvalidInputError
from ..files.checkpoints import read_metadata
from ..vocabulary import RoomType
from .sampling import STEPS, Sampler, Source
from .soundness import Figures
from .starter_parts import ONCE, SEEDED, Bench, Sizes
from .starter_report import Results
from .starter_set import COMPARED, StarterSet
from .store import Store, digest, write_json

TABLE_FILE: Final = "starter.md"
FIGURES_FILE: Final = "starter.json"


@dataclass(frozen=True)
class StarterTask:
    """The options of the starter's evaluation.

    Args:
        rooms: room types.
        sizes: numbers of samples.
        seeds: number of sampling seeds.
        guidance: the prior's guidance scale; None is the model's default.
        compared: number of training rooms to compare with; None: see ``starter_set.COMPARED``.
        source: the model, and how it is run.
        out: folder for the results.
    """

    rooms: tuple[RoomType, ...]
    sizes: Sizes
    seeds: int
    guidance: float | None
    compared: int | None
    source: Source
    out: Path

    @property
    def weights(self) -> Path:
        """The model's folder."""
        return self.source.model or STARTER / "weights"

    @property
    def catalogue(self) -> Path:
        """The catalogue's file."""
        path = self.source.catalogue if isinstance(self.source.catalogue, Path) else STARTER
        return path / CATALOGUE_NAME if path.is_dir() else path

    def identity(self) -> dict[str, Any]:
        """What the results depend on; room types and seeds may be added in a later run."""
        features = self.catalogue.with_name(FEATURES_FILE)
        settings = {
            "sizes": asdict(self.sizes),
            "guidance": self.guidance,
            "compared": self.compared,
            "steps": list(STEPS),
            "precision": self.source.precision,
        }
        return {
            "weights": digest(sorted(self.weights.rglob("*.safetensors")) + sorted(self.weights.rglob("*.json"))),
            "furniture": digest([self.catalogue, *([features] if features.exists() else [])]),
            "rules of rooms": digest(sorted((STARTER / "rooms").glob("*.py"))),
            "settings": settings,
        }


def run(task: StarterTask) -> int:
    """Runs the parts that are missing, prints the page and writes it and the JSON.

    Raises:
        InvalidInputError: the model, the catalogue or the folder is at fault.
    """
    about = read_model(task)
    catalogue = Catalogue.open(task.catalogue)
    store = Store.open(task.out, task.identity())
    results = Results(_about(task, about), measure(task, catalogue, store, _trained(about)))
    page = results.markdown()
    write_json(task.out / FIGURES_FILE, {"about": list(results.about), **results.to_json()})
    (task.out / TABLE_FILE).write_text(page + "\n", encoding="utf-8")
    sys.stdout.write(page + "\n")
    return 0


def measure(
    task: StarterTask, catalogue: Catalogue, store: Store, trained: int
) -> dict[RoomType, dict[str, list[Figures]]]:
    """The figures of each room type, part and seed: from the store where it has them, else computed and stored."""
    found: dict[RoomType, dict[str, list[Figures]]] = {room: {} for room in task.rooms}
    total = len(task.rooms) * (len(ONCE) + task.seeds * len(SEEDED))
    with Sampler(task.source) as sampler, tqdm(total=total, unit="part") as bar:
        for room, rooms in _sets(task, catalogue, trained):
            for part, seed in _parts(task):
                name = f"{room}-{part}" + ("" if part in ONCE else f"-{seed}")
                bar.set_description(name)
                figures = store.get(name)
                if figures is None:
                    bench = Bench(rooms, task.sizes, sampler, task.guidance, seed)
                    store.put(name, (ONCE | SEEDED)[part](bench))
                    figures = store.get(name) or {}
                found[room].setdefault(part, []).append(figures)
                bar.update()
    return found


def _sets(task: StarterTask, catalogue: Catalogue, trained: int) -> Iterator[tuple[RoomType, StarterSet]]:
    for room in task.rooms:
        compared = task.compared or max(min(COMPARED[room], trained), 1)
        yield room, StarterSet(room, catalogue, task.catalogue, compared, task.source.workers)


def _parts(task: StarterTask) -> Iterator[tuple[str, int]]:
    """Names of parts and seeds: first the parts without sampling, then one seed after the other."""
    yield from ((part, 0) for part in ONCE)
    yield from ((part, seed) for seed in range(task.seeds) for part in SEEDED)


def read_model(task: StarterTask) -> Mapping[str, Any]:
    """The metadata of the prior.

    Raises:
        InvalidInputError: there is none, or the model lacks one of the room types.
    """
    folder = task.weights
    if not (folder / "prior.json").exists() and (folder / task.rooms[0]).is_dir():
        folder = folder / task.rooms[0]
    about = read_metadata(folder / "prior")
    known = cast("list[str]", about.get("room_types", ["bedroom"])) if folder == task.weights else list(task.rooms)
    unknown = [room for room in task.rooms if room not in known]
    if unknown:
        message = f"The model {about.get('name', folder.name)} makes no {unknown[0]}"
        raise InvalidInputError(message, f"Give --rooms {','.join(known)}")
    return about


def _trained(about: Mapping[str, Any]) -> int:
    return int(about.get("training_rooms", about.get("rooms", max(COMPARED.values()))))


def _about(task: StarterTask, about: Mapping[str, Any]) -> list[str]:
    sizes, identity = task.sizes, task.identity()
    guidance = "the model's own guidance" if task.guidance is None else f"guidance {task.guidance:g}"
    defaults = json.dumps(about.get("defaults", {}))
    model = (
        f"Model {about.get('name', task.weights.name)} (weights {identity['weights'][:12]}, furniture "
        f"{identity['furniture'][:12]}), defaults {defaults}; {guidance}. Plain samples take {STEPS[0]} + {STEPS[1]} "
        "steps: no choosing among tries, nothing settled."
    )
    asked = (
        "Held-out rooms of the starter whose graphs no training room that was compared has, official templates. For "
        f"each type of room and each of {task.seeds} sampling seeds: {sizes.mixture} instructions of 1 or 2 relations, "
        f"{sizes.triplets} with each number of relations, {sizes.edits} rooms rearranged and completed, {sizes.sound} "
        f"plain samples with floors given, {sizes.settled} as people get them (settled, up to four tries), "
        f"{sizes.restyled} rooms restyled for each colour and material."
    )
    return [model, "", asked]
