"""One training loop for every network: AdamW, warm-up and cosine, clipping, EMA, CSV log, exact resuming.

What a task draws in a step depends only on the seed and the step's number, never on what went before, so that a run
that was interrupted and resumed gives the same weights as one that was not.
"""

import csv
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, Protocol

import torch
from torch import Tensor, nn
from tqdm import tqdm

from ..errors import InvalidInputError

_log = logging.getLogger(__name__)
_SEED_STRIDE = 1_000_003
_CHECKPOINT = "checkpoint.pt"


class Task(Protocol):
    """What the loop trains: a network and the loss of one step."""

    @property
    def model(self) -> nn.Module:
        """The network."""
        ...

    def losses(self, step: int) -> dict[str, Tensor]:
        """Loss terms of the step's batch; ``loss`` is minimised, the others are logged.

        Random numbers come from torch's global generator, which the loop seeds for each step, and from numpy generators
        seeded with ``step``.
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


@dataclass(frozen=True)
class LoopSettings:
    """How long and how fast to train.

    Attributes:
        steps: steps in all; None: as many as ``minutes`` allow.
        minutes: time budget over all resumed parts; the schedule then follows the clock instead of the steps.
        batch: samples a step, for the log only; the task makes the batches.
        learning_rate: the rate after the warm-up.
        warmup: steps of linear warm-up.
        schedule: "cosine" falls to ``floor`` times the rate, "constant" stays.
        floor: the last rate as a share of the first.
        weight_decay: of AdamW.
        ema: decay of the averaged weights.
        clip: largest norm of the gradient.
        bfloat16: runs the network under autocast; weights and loss stay float32.
        seed: of everything random.
        log_every: steps between two rows of the log.
        save_minutes: between two checkpoints.
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
    clip: float = 1.0
    bfloat16: bool = False
    seed: int = 0
    log_every: int = 50
    save_minutes: float = 3.0

    def __post_init__(self) -> None:
        if self.steps is None and self.minutes is None:
            raise InvalidInputError("Training without an end", "Give steps or minutes")


class Trainer:
    """Runs a task to its end, from the last checkpoint in ``folder`` where there is one.

    Args:
        task: network and losses.
        settings: the schedule.
        folder: for ``checkpoint.pt`` and ``log.csv``.
        on_save: called with the averaged weights after each checkpoint and at the end, to export them.
    """

    def __init__(
        self,
        task: Task,
        settings: LoopSettings,
        folder: Path,
        on_save: Callable[[dict[str, Tensor], int], None] | None = None,
    ) -> None:
        self.task, self.settings, self.folder, self.on_save = task, settings, folder, on_save
        self.step, self.seconds = 0, 0.0
        self.optimizer = torch.optim.AdamW(
            self._groups(), settings.learning_rate, weight_decay=settings.weight_decay, fused=True
        )
        self.average = {name: p.detach().clone() for name, p in task.model.named_parameters()}
        folder.mkdir(parents=True, exist_ok=True)

    def _groups(self) -> list[dict[str, Any]]:
        """The parameters by their factor of the learning rate."""
        groups: dict[float, list[nn.Parameter]] = {}
        for name, parameter in self.task.model.named_parameters():
            groups.setdefault(self.task.rate(name), []).append(parameter)
        return [{"params": parameters, "factor": factor} for factor, parameters in groups.items()]

    def progress(self) -> float:
        """How much of the run is done, 0 to 1."""
        by_steps = 0.0 if self.settings.steps is None else self.step / self.settings.steps
        by_clock = 0.0 if self.settings.minutes is None else self.seconds / 60 / self.settings.minutes
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
        saved = self.seconds
        with (
            _open_log(self.folder / "log.csv", self.step) as file,
            tqdm(initial=self.step, total=self.settings.steps) as bar,
        ):
            log = _Log(file, self.settings.log_every)
            while self.progress() < 1:
                started = time.perf_counter()
                rate, terms = self.learning_rate(), self.advance()
                self.seconds += time.perf_counter() - started
                bar.update()
                row = log.add(self, rate, terms)
                if row:
                    bar.set_postfix(loss=row["loss"], rate=f"{row['samples_per_second']:.0f}/s")
                if self.seconds - saved > 60 * self.settings.save_minutes:
                    self.save()
                    saved = self.seconds
        self.save()
        return self.average

    def advance(self) -> dict[str, Tensor]:
        """One step: loss terms of its batch, and the norm of the gradient."""
        torch.manual_seed(self.settings.seed * _SEED_STRIDE + self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate() * group["factor"]
        self.task.model.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.settings.bfloat16):
            terms = self.task.losses(self.step)
        self.optimizer.zero_grad()
        terms["loss"].backward()
        terms["gradient"] = nn.utils.clip_grad_norm_(self.task.model.parameters(), self.settings.clip)
        self.optimizer.step()
        self.step += 1
        self._update_average()
        return {name: term.detach() for name, term in terms.items()}

    def _update_average(self) -> None:
        # The first averages forget quickly, or the random start would stay in them for thousands of steps.
        decay = min(self.settings.ema, (1 + self.step) / (10 + self.step))
        for name, parameter in self.task.model.named_parameters():
            self.average[name].lerp_(parameter.detach(), 1 - decay)

    def save(self) -> None:
        """Writes the checkpoint under a temporary name and renames it, then exports."""
        state = {
            "model": self.task.model.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "task": self.task.state(),
            "step": self.step,
            "seconds": self.seconds,
        }
        temporary = self.folder / f"{_CHECKPOINT}.tmp"
        torch.save(state, temporary)
        temporary.replace(self.folder / _CHECKPOINT)
        if self.on_save is not None:
            self.on_save(self.average, self.step)

    def resume(self) -> bool:
        """Goes on from the folder's checkpoint; False where there is none."""
        path = self.folder / _CHECKPOINT
        if not path.exists():
            return False
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.task.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average = state["average"]
        self.task.load_state(state["task"])
        self.step, self.seconds = state["step"], state["seconds"]
        _log.info("resumed at step %d", self.step)
        return True


class _Log:
    """Averages the terms of some steps into one row of a CSV file."""

    def __init__(self, file: IO[str], every: int) -> None:
        self.file, self.every = file, every
        self.sums: dict[str, float] = {}
        self.count = 0
        self.last = 0.0

    def add(self, trainer: Trainer, rate: float, terms: Mapping[str, Tensor]) -> dict[str, float] | None:
        if self.count == 0:
            self.last = self.last or trainer.seconds
        for name, term in terms.items():
            self.sums[name] = self.sums.get(name, 0.0) + float(term)
        self.count += 1
        if self.count < self.every:
            return None
        batch = trainer.settings.batch
        row = {
            "step": trainer.step,
            "samples": trainer.step * batch,
            "seconds": round(trainer.seconds, 1),
            "learning_rate": round(rate, 8),
            "samples_per_second": round(self.count * batch / max(trainer.seconds - self.last, 1e-9), 1),
            **{name: round(total / self.count, 5) for name, total in self.sums.items()},
        }
        self._write(row)
        self.sums, self.count, self.last = {}, 0, trainer.seconds
        return row

    def _write(self, row: Mapping[str, float]) -> None:
        writer = csv.DictWriter(self.file, list(row))
        if self.file.tell() == 0:
            writer.writeheader()
        writer.writerow(row)
        self.file.flush()


def _open_log(path: Path, step: int) -> IO[str]:
    """The log, with the rows of an interrupted part after the checkpoint taken out."""
    if path.exists():
        header, *rows = path.read_text("utf-8").splitlines() or [""]
        kept = [row for row in rows if int(row.split(",", 1)[0]) <= step]
        path.write_text("\n".join([header, *kept, ""]) if step and header else "", "utf-8")
    return path.open("a", encoding="utf-8", newline="")
