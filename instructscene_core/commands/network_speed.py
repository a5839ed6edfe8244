"""Times the networks alone, and compares them with what the official code would cost on this machine.

The official code's seconds were measured on two CPU cores (AMD Zen 5) whose 2048³ torch.matmul reached 188 GFLOP/s, in
fp32, T = 100 prior steps and 10 decoder steps, best of several runs. Its cost elsewhere is taken as these seconds times
188 over the GFLOP/s of that product there, measured between the runs, so that other work on the machine slows both.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from ..catalogue.entries import Catalogue
from ..device import DTYPES, pick_device
from ..errors import InvalidInputError
from ..geometry.frames import Bounds
from ..instructions.brief import Brief
from ..instructions.read.described_looks import Described
from ..models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from ..models.graph_prior import GraphPrior, GraphPriorConfig
from ..models.layout_decoder import LayoutDecoder, LayoutDecoderConfig
from ..models.packed import matrix_product
from ..placement.furnishing import Furnishing
from ..sampling.layout_model import Job, Settings
from ..sampling.slots import prepare
from ..sampling.two_stage import Networks, TwoStageModel
from ..scene import FloorPlan, Json, Request
from ..text.encoder import TextStates
from ..vocabulary import CLASSES, MAX_OBJECTS, ROOM_TYPES, RoomType
from ..worker.memory import peak_memory_mb

OFFICIAL_STEPS: Final = (100, 10)
OFFICIAL_MATMUL: Final = 188.0
"""GFLOP/s of a 2048³ torch.matmul where the official code was timed."""
OFFICIAL_SECONDS: Final[dict[RoomType, dict[int, tuple[float, float]]]] = {
    "bedroom": {1: (5.3, 0.27), 8: (21.5, 0.85), 32: (78.6, 3.0)},
    "livingroom": {1: (8.9, 0.44), 8: (44.2, 2.4), 32: (203.0, 10.8)},
    "diningroom": {1: (8.9, 0.44), 8: (44.2, 2.4), 32: (203.0, 10.8)},  # of the living room's size
}
"""Of prior and decoder, by room type and the scenes in a batch; how measured, see above."""
_MATRIX_SIDE: Final = 2048
"""Of the square matrices whose product measures the machine, see ``OFFICIAL_MATMUL``."""
_CLIP_TOKENS: Final = 77
"""Positions of a text in CLIP, padding included."""
_PROFILE_ROWS: Final = 12
"""Operators that a profile lists."""


@dataclass(frozen=True)
class Case:
    """What is timed.

    Args:
        room: its type.
        batch: scenes at once.
        steps: network calls of prior and decoder.
        guidance: of the prior; 1, as in the official evaluation, is off.
    """

    room: RoomType
    batch: int
    steps: tuple[int, int]
    guidance: float = 1.0


def paper_model(room: RoomType, device: str = "auto", precision: torch.dtype = torch.float32) -> TwoStageModel:
    """The published networks' architecture with random weights: as fast as trained ones, and nothing to download."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        prior = GraphPrior(GraphPriorConfig.paper(len(CLASSES[room]), MAX_OBJECTS[room]))
        decoder = LayoutDecoder(LayoutDecoderConfig.paper(len(CLASSES[room]), MAX_OBJECTS[room]))
        vqvae = FeatureVQVAE(FeatureVQVAEConfig.paper(-1.0, 1.0))
    where = pick_device(device)
    for network in (prior, decoder, vqvae):
        network.eval().to(where)
    bounds = Bounds(np.array([[-3.0, 0, -3], [3, 3, 3]]), np.array([[0.0, 0, 0], [2, 2, 2]]))
    networks = Networks(prior, decoder, vqvae, None, dict.fromkeys(ROOM_TYPES, bounds))
    return TwoStageModel(networks, name="random weights", room_types=(room,), device=where, precision=precision)


def measure(model: TwoStageModel, case: Case, repeats: int) -> Json:
    """Times whole sampling runs of empty rooms, from encoded text to boxes.

    Args:
        model: whose networks are timed.
        case: what is timed.
        repeats: runs, after one that is not counted; the best counts.
    """
    run = _Run(model, case)
    run()
    seconds: list[float] = []
    peak = matmul_gflops(model.device)
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
        peak = max(peak, matmul_gflops(model.device))
    work, best = run.flop_count() / 1e9, min(seconds)
    answer: Json = {
        "model": model.name,
        "device": str(model.device),
        "threads": torch.get_num_threads(),
        "room": case.room,
        "batch": case.batch,
        "steps": list(case.steps),
        "guidance": case.guidance,
        "seconds": [round(s, 3) for s in seconds],
        "best_seconds": round(best, 3),
        "samples_per_second": round(case.batch / best, 3),
        "peak_memory_mb": peak_memory_mb(),
        "matmul_gflops": round(peak, 1),
        "gflop": round(work, 3),
        "share_of_matmul_peak": round(work / best / peak, 3),
    }
    official = official_seconds(case, peak)
    if official is not None and model.device.type == "cpu":
        answer |= {"official_seconds_here": round(official, 2), "times_faster": round(official / best, 2)}
    return answer


def official_seconds(case: Case, gflops: float) -> float | None:
    """What the official code's 100 + 10 steps would cost on this machine; None where that was not measured."""
    known = OFFICIAL_SECONDS[case.room].get(case.batch)
    return None if known is None else sum(known) * OFFICIAL_MATMUL / gflops


def matmul_gflops(device: torch.device, tries: int = 3) -> float:
    """The best GFLOP/s of some 2048³ matrix products."""
    a, b = torch.rand(2, _MATRIX_SIDE, _MATRIX_SIDE, device=device)
    best = 0.0
    for _ in range(tries):
        start = time.perf_counter()
        float((a @ b)[0, 0])  # reading a number waits for the device
        best = max(best, 2 * _MATRIX_SIDE**3 / (time.perf_counter() - start) / 1e9)
    return best


def profiled(model: TwoStageModel, case: Case) -> list[Json]:
    """The operators that take the largest shares of a run's time, and how often they are called."""
    run = _Run(model, case)
    run()
    device = [ProfilerActivity.CUDA] if model.device.type == "cuda" else []
    with profile(activities=[ProfilerActivity.CPU, *device]) as record:
        run()
    kind = "self_device_time_total" if device else "self_cpu_time_total"
    rows = [(float(getattr(item, kind)), item.key, item.count) for item in record.key_averages()]
    total = sum(spent for spent, _, _ in rows)
    largest = sorted(rows, reverse=True)[:_PROFILE_ROWS]
    return [{"operator": name, "percent": round(100 * spent / total, 1), "calls": n} for spent, name, n in largest]


class _Run:
    """A sampling run that can be repeated."""

    def __init__(self, model: TwoStageModel, case: Case) -> None:
        self._model, self._case = model, case
        slots = model.slots(case.room)
        request = Request.from_json({"room": case.room, "text": ""})
        empty = prepare(request, slots, lambda _: None, lambda _: frozenset())
        self._jobs = [Job(empty, seed) for seed in range(case.batch)]
        # Only models that place pieces of known sizes ask for some.
        self._pieces = [
            Furnishing(
                empty, Brief(), Described(), Catalogue.starter(), FloorPlan(), seed=seed, matched=False, thinned=False
            )
            for seed in range(case.batch)
        ]
        self._text = _random_text(case.batch, model.networks.prior.config.text_width)

    def __call__(self) -> None:
        settings = Settings(self._case.steps, guidance=self._case.guidance)
        self._model.sample(self._jobs, self._text, settings, self._pieces)

    def flop_count(self) -> float:
        """Floating-point operations of the matrix products of a run, two for each multiplication and addition."""
        for network in (self._model.networks.prior, self._model.networks.decoder, self._model.networks.vqvae):
            network.requires_grad_(requires_grad=False)  # the counter would follow gradients
        with FlopCounterMode(display=False, custom_mapping=operators()) as counter:
            self()
        return float(counter.get_total_flops())


def _random_text(batch: int, width: int) -> TextStates:
    """Random numbers in the form of CLIP's states: (B, 77, D), every position is read, pooled (B, D) of length 1."""
    generator = torch.Generator().manual_seed(0)
    hidden = torch.randn(batch, _CLIP_TOKENS, width, generator=generator)
    pooled = torch.randn(batch, width, generator=generator)
    return TextStates(hidden, None, pooled / pooled.norm(dim=1, keepdim=True), (False,) * batch)


def operators() -> dict[Any, Any]:
    """For ``FlopCounterMode``: how to count the custom operator of the layers that are laid out for the CPU."""
    operator = matrix_product()
    return {} if operator is None else {operator: _linear_flop}


def _linear_flop(
    x: Sequence[int], w: Sequence[int], *_: object, out_shape: Sequence[int] | None = None, **__: object
) -> int:
    """Operations of x (..., in) times w (out, in)."""
    del out_shape
    return 2 * int(np.prod(x)) * int(w[0])


def load_or_make(folder: Path | None, room: RoomType, device: str, precision: str) -> TwoStageModel:
    """The model of a folder, or one of the paper's size with random weights.

    Raises:
        InvalidInputError: the folder holds no model of such rooms.
    """
    if folder is None:
        return paper_model(room, device, DTYPES[precision])
    model = TwoStageModel.load(folder, pick_device(device), DTYPES[precision])
    if room not in model.room_types:
        raise InvalidInputError(f"The model {model.name} makes no {room}", f"It knows: {', '.join(model.room_types)}")
    return model
