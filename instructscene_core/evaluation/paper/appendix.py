"""The paper's appendices C.3, how well codes keep features, and C.4, how much rooms of one prompt or graph differ."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F

from ...errors import InvalidInputError
from ...files.checkpoints import load_model
from ...models.feature_vqvae import FeatureVQVAE
from ...scene import Scene
from ...vocabulary import RoomType
from ..intervals import Weights, bootstrap
from .bench import Bench, merged
from .figures import Figures, flat
from .tables import Column, Table
from .tasks import PaperTask, prompts

_NEAREST: Final = (1, 5, 10)


def appendix3(bench: Bench, room_type: RoomType) -> Iterator[Table]:
    """Appendix C.3: share of the furniture that its own decoded codes find again among all of it.

    Raises:
        InvalidInputError: the furniture has no features, or those of another width than the codes'.
    """
    entries = bench.rooms(room_type).catalogue.entries
    found = [entry.feature for entry in entries if entry.feature is not None]
    if not found:
        raise InvalidInputError("The furniture has no features to recover", "Give a --catalogue that has")
    features = F.normalize(torch.from_numpy(np.stack(found)).float(), dim=-1)
    rows: list[tuple[str, Figures]] = []
    for method in bench.study.methods:
        vqvae = load_model(method.weights(room_type) / "vqvae", FeatureVQVAE).model
        if vqvae.config.feature_width != features.shape[1]:
            message = f"{method.title} codes features of width {vqvae.config.feature_width}, not {features.shape[1]}"
            raise InvalidInputError(message, "Give the --catalogue that it was trained with")
        rows.append((method.title, _recovered(vqvae, features)))
    columns = [Column(f"among the first {n}, %", f"top {n}") for n in _NEAREST]
    yield Table("feature recovery", [*columns, Column("cosine", "cosine", 3), Column("pieces", "pieces", 0)], rows)


@torch.inference_mode()
def _recovered(vqvae: FeatureVQVAE, features: torch.Tensor) -> dict[str, float]:
    decoded = F.normalize(vqvae.decode(vqvae.indices(features)), dim=-1)
    cosines = decoded @ features.T
    own = cosines.diagonal()
    before = (cosines > own[:, None]).sum(dim=1).numpy()
    figures = {"cosine": float(own.mean()), "pieces": float(len(features))}
    for nearest in _NEAREST:
        hits = (before < nearest).astype(np.float64)

        def share(weights: Weights, hits: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = hits) -> float:
            return 100 * float(weights @ hits / weights.sum())

        figures |= flat(f"top {nearest}", bootstrap(share, 100 * float(hits.mean()), (len(hits),)))
    return figures


def appendix4(bench: Bench, room_type: RoomType) -> Iterator[Table]:
    """Appendix C.4: how much rooms of one prompt differ, and layouts of one graph (of objects, for the rivals)."""
    tasks: tuple[tuple[PaperTask, str], ...] = (("one prompt", "from one prompt"), ("one graph", "from one graph"))
    for task, name in tasks:
        rows: list[tuple[str, Figures]] = []
        for method in bench.study.methods:
            made, _ = bench.scenes(method, task, room_type)
            different = prompts(len(made[0]))
            groups = [[s for part in made for s in part[k::different]] for k in range(different)]
            asked = [k % different for k in range(len(made[0]))]
            recalled = bench.recalled(method, made, room_type, asked) if task == "one prompt" else {}
            rows.append((method.title, merged(recalled, _diversity(groups))))
        columns = [
            Column("strict iRecall %", "own strict"),
            Column("different sets of classes, %", "sets"),
            Column("different sets of pieces, %", "pieces"),
            Column("metres between two rooms", "apart", 2),
            Column("rooms of each", "rooms", 0),
        ]
        yield Table(name, columns, rows)


def _diversity(groups: Sequence[Sequence[Scene]]) -> dict[str, float]:
    """Means over groups: shares of different sets, and how far an object stands from the nearest of its class."""
    sets = [len({_classes(scene) for scene in group}) / len(group) for group in groups]
    pieces = [len({_pieces(scene) for scene in group}) / len(group) for group in groups]
    apart = [_apart(first, second) for group in groups for k, first in enumerate(group) for second in group[k + 1 :]]
    known = [distance for distance in apart if distance is not None]
    found = {"sets": 100 * float(np.mean(sets)), "pieces": 100 * float(np.mean(pieces)), "rooms": float(len(groups[0]))}
    return found | ({"apart": float(np.mean(known))} if known else {})


def _classes(scene: Scene) -> frozenset[tuple[str | None, int]]:
    return frozenset(Counter(item.category for item in scene.objects).items())


def _pieces(scene: Scene) -> frozenset[tuple[str | None, int]]:
    return frozenset(Counter(item.asset for item in scene.objects).items())


def _apart(first: Scene, second: Scene) -> float | None:
    """Metres from an object of one room to the nearest of its class in the other; None where they share no class."""
    found: list[float] = []
    for item in first.objects:
        same = [other.position for other in second.objects if other.category == item.category]
        if same:
            steps = np.array(same)[:, :2] - np.array(item.position)[:2]
            found.append(float(np.hypot(*steps.T).min()))
    return float(np.mean(found)) if found else None
