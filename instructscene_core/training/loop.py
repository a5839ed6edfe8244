"""One training loop for every network: AdamW, warm-up and cosine, clipping, EMA, logs, exact resuming.

All random numbers of a step depend only on the seed and the step's number, never on earlier steps, so that a run that
was interrupted and resumed gives the same weights as one that was not.
"""

import logging
import math
import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.optim.swa_utils import get_ema_multi_avg_fn
from tqdm import tqdm

from ..errors import InvalidInputError
from .group import Group
from .log import VALIDATION_FILE, Kind, Means, RunLog

_log = logging.getLogger(__name__)
_SEED_STRIDE: Final = 1_000_003
_RANK_STRIDE: Final = 1 << 40
"""Distances between the seeds of runs and of processes, larger than any number of steps."""
_CHECKPOINT: Final = "checkpoint.pt"


class Task(Protocol):
    """What the loop trains: a network, and its loss in each step."""

    @property
    def model(self) -> nn.Module:
        """The network."""
        ...

    def losses(self, step: int) -> Iterable[dict[str, Tensor]]:
        """Loss terms of the step's batch, in one part or more, whose sum is the step's loss.

        ``loss`` is minimised, the others are logged. After each part its gradient is taken. Random numbers come from
        torch's global generator, which the loop seeds for each step, and from generators seeded with ``step``.
        """
        ...

    def rate(self, name: str) -> float:
        """Factor of a parameter's learning rate."""
        ...

    def state(self) -> dict[str, Any]:
        """What must survive an interruption besides the weights (tensors and plain values)."""
        ...

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Takes back what ``state`` gave."""
        ...


class StatelessTask:
    """Defaults for tasks with one learning rate and no state besides the weights."""

    def rate(self, name: str) -> float:
        """1 for all parameters."""
        del name
        return 1.0

    def state(self) -> dict[str, Any]:
        """Nothing besides the weights."""
        return {}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Nothing to take back."""


@dataclass(frozen=True)
class LoopSettings:
    """How long and how fast to train.

    Attributes:
        steps: steps in all; None: as many as ``minutes`` allow.
        minutes: time budget over all resumed parts; the schedule then follows the clock instead of the steps.
        batch: samples a step of all processes, for the log only; the task makes the batches.
        learning_rate: the rate after the warm-up.
        warmup: steps of linear warm-up.
        schedule: "cosine" falls to ``floor`` times the rate, "constant" stays.
        floor: the last rate as a share of the first.
        weight_decay: of AdamW.
        ema: decay of the averaged weights.
        ema_power: limits the decay of update n to 1 - n^-power, officially 0.75; None: to (1 + n) / (10 + n).
        clip: largest norm of the gradient; None, as officially: not clipped.
        bfloat16: runs the network under autocast; weights and loss stay float32.
        seed: of everything random.
        log_every: steps between two rows of the log.
        save_minutes: between two checkpoints.
        validate_every: steps between two validations; 0 is never.
        log: "csv" or "tensorboard".
    """

    steps: int | None = 1000
    minutes: float | None = None
    batch: int = 128
    learning_rate: float = 5e-4
    warmup: int = 200
    schedule: Literal["cosine", "constant"] = "cosine"
    floor: float = 0.01
    weight_decay: float = 0.02
    ema: float = 0.999
    ema_power: float | None = None
    clip: float | None = 1.0
    bfloat16: bool = False
    seed: int = 0
    log_every: int = 50
    save_minutes: float = 3.0
    validate_every: int = 0
    log: Kind = "csv"

    def __post_init__(self) -> None:
        if self.steps is None and self.minutes is None:
            raise InvalidInputError("Training without an end", "Give steps or minutes")

    def decay(self, updates: int) -> float:
        """Decay of the averaged weights in update 1, 2, …: smaller at first, to forget the initial weights."""
        if self.ema_power is None:
            return min(self.ema, (1 + updates) / (10 + updates))
        return min(self.ema, 1 - updates**-self.ema_power)


class Trainer:
    """Runs a task to its end, from the last checkpoint in ``folder`` where there is one.

    Args:
        task: network and losses.
        settings: the schedule.
        folder: for ``checkpoint.pt`` and ``log.csv``.
        on_save: called with the averaged weights after each checkpoint and at the end, to export them.
        group: the processes that train together; the first one writes.
        identity: settings that tell runs apart; a checkpoint in the folder with other ones is refused.
        validate: gives loss terms on unseen data, with the averaged weights in the task's network.
    """

    def __init__(
        self,
        task: Task,
        settings: LoopSettings,
        folder: Path,
        on_save: Callable[[dict[str, Tensor], int], None] | None = None,
        *,
        group: Group | None = None,
        identity: Mapping[str, str | int | float] | None = None,
        validate: Callable[[], dict[str, float]] | None = None,
    ) -> None:
        self.task, self.settings, self.folder, self.on_save = task, settings, folder, on_save
        self.group, self.identity, self.validate = group or Group(), dict(identity or {}), validate
        self.step, self.seconds, self._clock = 0, 0.0, 0.0
        fused = self.group.device.type in {"cpu", "cuda"}
        self.optimizer = torch.optim.AdamW(
            self._groups(), settings.learning_rate, weight_decay=settings.weight_decay, fused=fused
        )
        self.average = {name: p.detach().clone() for name, p in task.model.named_parameters()}
        folder.mkdir(parents=True, exist_ok=True)

    def _groups(self) -> list[dict[str, Any]]:
        """The optimiser's parameter groups, one for each factor of the learning rate."""
        groups: dict[float, list[nn.Parameter]] = {}
        for name, parameter in self.task.model.named_parameters():
            groups.setdefault(self.task.rate(name), []).append(parameter)
        return [{"params": parameters, "factor": factor} for factor, parameters in groups.items()]

    def progress(self) -> float:
        """How much of the run is done, 0 to 1."""
        by_steps = 0.0 if self.settings.steps is None else self.step / self.settings.steps
        by_clock = 0.0 if self.settings.minutes is None else self._clock / 60 / self.settings.minutes
        return max(by_steps, by_clock)

    def learning_rate(self) -> float:
        """The rate of the present step."""
        s = self.settings
        rate = s.learning_rate * min(1.0, (self.step + 1) / max(s.warmup, 1))
        if s.schedule == "constant":
            return rate
        return rate * (s.floor + (1 - s.floor) * (1 + math.cos(math.pi * min(self.progress(), 1.0))) / 2)

    def run(self) -> dict[str, Tensor]:
        """Trains to the end of the schedule.

        Returns:
            The averaged weights by name.
        """
        self.resume()
        first = self.group.first
        with (
            RunLog(self.folder, self.step, self.settings.log) if first else nullcontext() as log,
            tqdm(initial=self.step, total=self.settings.steps, disable=None if first else True) as bar,
        ):
            self._train(log, bar)
        self.save()
        self.group.wait()
        return self.average

    def _train(self, log: RunLog | None, bar: "tqdm[Any]") -> None:
        means, saved, logged = Means(), self.seconds, self.seconds
        while self.progress() < 1:
            started = time.perf_counter()
            rate = self.learning_rate()
            means.add(self.advance())
            row: dict[str, float] = {}
            if means.count == self.settings.log_every:
                row = self._row(rate, means)
            self._tick(time.perf_counter() - started)
            bar.update()
            if row:
                row |= {"seconds": round(self.seconds, 1), "samples_per_second": self._speed(self.seconds - logged)}
                logged = self.seconds
                bar.set_postfix(loss=row["loss"], rate=f"{row['samples_per_second']:.0f}/s")
                if log is not None:
                    log.write(row)
            self._validate(log)
            if self.seconds - saved > 60 * self.settings.save_minutes:
                self.save()
                saved = self.seconds

    def _tick(self, seconds: float) -> None:
        """Adds a step's time; several processes agree on the total whenever a row is logged."""
        self.seconds += seconds
        if self.group.size == 1 or self.step % self.settings.log_every == 0:
            self._clock = self.group.agreed(self.seconds)

    def _row(self, rate: float, means: Means) -> dict[str, float]:
        """A row of the log; its time and speed are filled in when the step has ended."""
        names, values = means.take()
        return {
            "step": self.step,
            "samples": self.step * self.settings.batch,
            "seconds": 0.0,
            "learning_rate": round(rate, 8),
            "samples_per_second": 0.0,
            **{name: round(value, 5) for name, value in zip(names, self.group.mean(values).tolist(), strict=True)},
        }

    def _speed(self, seconds: float) -> float:
        return round(self.settings.log_every * self.settings.batch / max(seconds, 1e-9), 1)

    def advance(self) -> dict[str, Tensor]:
        """One step: loss terms of its batch, and the norm of the gradient."""
        # Dropout differs between processes; everything else is drawn for the whole batch.
        torch.manual_seed(self.settings.seed * _SEED_STRIDE + self.step + self.group.rank * _RANK_STRIDE)
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate() * group["factor"]
        self.task.model.train()
        self.optimizer.zero_grad()
        sums: dict[str, Tensor] = {}
        for terms in self._parts():
            terms["loss"].backward()
            for name, term in terms.items():
                sums[name] = sums[name] + term.detach() if name in sums else term.detach()
        sums["gradient"] = self._clip()
        self.optimizer.step()
        self.step += 1
        self._update_average()
        return sums

    def _parts(self) -> Iterator[dict[str, Tensor]]:
        parts = iter(self.task.losses(self.step))
        while True:
            autocast = torch.autocast(self.group.device.type, torch.bfloat16, enabled=self.settings.bfloat16)
            with autocast, self._attention():
                terms = next(parts, None)
            if terms is None:
                return
            yield terms

    def _attention(self) -> AbstractContextManager[Any]:
        """Unfused attention on a CPU: with few tokens the fused kernel's gradient takes a fifth of a step there."""
        return sdpa_kernel(SDPBackend.MATH) if self.group.device.type == "cpu" else nullcontext()

    def _clip(self) -> Tensor:
        """Clips the gradient; returns its norm before that."""
        parameters = list(self.task.model.parameters())
        if self.settings.clip is not None:
            return nn.utils.clip_grad_norm_(parameters, self.settings.clip)
        return nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None])

    @torch.no_grad()
    def _update_average(self) -> None:
        update = get_ema_multi_avg_fn(self.settings.decay(self.step))
        update(list(self.average.values()), list(self.task.model.parameters()), self.step)

    def _validate(self, log: RunLog | None) -> None:
        every = self.settings.validate_every
        if log is None or self.validate is None or not every or self.step % every:
            return
        with self._averaged(), torch.no_grad():
            terms = self.validate()
        log.write({"step": self.step, **{name: round(value, 5) for name, value in terms.items()}}, VALIDATION_FILE)

    @contextmanager
    def _averaged(self) -> Generator[None]:
        """The averaged weights in the task's network, in evaluation mode."""
        parameters = dict(self.task.model.named_parameters())
        own = {name: parameter.data for name, parameter in parameters.items()}
        try:
            for name, parameter in parameters.items():
                parameter.data = self.average[name]
            self.task.model.eval()
            yield
        finally:
            for name, parameter in parameters.items():
                parameter.data = own[name]

    def save(self) -> None:
        """Writes the checkpoint under a temporary name and renames it, then exports."""
        if not self.group.first:
            return
        state = {
            "model": self.task.model.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "task": self.task.state(),
            "step": self.step,
            "seconds": self.seconds,
            "identity": self.identity,
        }
        temporary = self.folder / f"{_CHECKPOINT}.tmp"
        torch.save(state, temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())  # a machine that loses its power must not leave an empty one under the name
        temporary.replace(self.folder / _CHECKPOINT)
        if self.on_save is not None:
            self.on_save(self.average, self.step)

    def resume(self) -> bool:
        """Goes on from the folder's checkpoint; False where there is none.

        The first process reads it for all: others might see an older one, or none.

        Raises:
            InvalidInputError: the checkpoint is of another run.
        """
        path = self.folder / _CHECKPOINT
        alone = self.group.size == 1
        data = self.group.given(b"" if alone or not self.group.first or not path.exists() else path.read_bytes())
        if not data and not (alone and path.exists()):
            return False
        state = torch.load(path if alone else BytesIO(data), map_location=self.group.device, weights_only=True)
        _check_identity(self.folder, state.get("identity", {}), self.identity)
        self.task.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average = state["average"]
        self.task.load_state(state["task"])
        self.step, self.seconds, self._clock = state["step"], state["seconds"], state["seconds"]
        _log.info("resumed at step %d", self.step)
        return True


def _check_identity(folder: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuses to mix two runs, naming the first setting that differs."""
    for name in {**wanted, **found}:
        first, second = (settings.get(name, "by default") for settings in (found, wanted))
        if first != second:
            message = f"{folder} holds a run with {name} {first}, not {second}"
            raise InvalidInputError(message, "Use that setting, another --out, or remove the folder")
