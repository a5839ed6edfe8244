"""The log of a training run: rows of ``log.csv``, and curves for TensorBoard where wanted."""

import csv
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self

import torch
from torch import Tensor

from ..errors import InvalidInputError

Kind = Literal["csv", "tensorboard"]

LOG_FILE: Final = "log.csv"
VALIDATION_FILE: Final = "validation.csv"
_EVENTS: Final = "tensorboard"


def check_log(kind: Kind) -> None:
    """Checks, before any training, that TensorBoard is installed if it is wanted.

    Raises:
        InvalidInputError: it is not installed.
    """
    if kind == "tensorboard" and find_spec("tensorboard") is None:
        raise InvalidInputError("The package tensorboard is not installed", "Install it, or use --log csv")


class Means:
    """Sums loss terms on their device, without synchronising until the means are taken."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self.count = 0

    def add(self, terms: Mapping[str, Tensor]) -> None:
        """Adds one step's terms."""
        for name, term in terms.items():
            self._sums[name] = self._sums[name] + term if name in self._sums else term.clone()
        self.count += 1

    def take(self) -> tuple[list[str], Tensor]:
        """The names and the means (n,) since the last time."""
        names, means = list(self._sums), torch.stack([total.float() for total in self._sums.values()]) / self.count
        self._sums, self.count = {}, 0
        return names, means


class RunLog:
    """Writes rows into the run's folder; use it in a with-statement.

    Rows that an interrupted run wrote after its last checkpoint are removed.

    Args:
        folder: of the run.
        step: of the checkpoint that the run resumes from.
        kind: "tensorboard" writes curves besides the rows.
    """

    def __init__(self, folder: Path, step: int, kind: Kind = "csv") -> None:
        self.folder = folder
        self._events: Any = None
        for name in (LOG_FILE, VALIDATION_FILE):
            _cut(folder / name, step)
        (folder / LOG_FILE).touch()
        if kind == "tensorboard":
            from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415 - needs a package that few have

            self._events = SummaryWriter(str(folder / _EVENTS), purge_step=step + 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._events is not None:
            self._events.close()

    def write(self, row: Mapping[str, float], file: str = LOG_FILE) -> None:
        """Adds a row; ``step`` must be in it."""
        path = self.folder / file
        with path.open("a", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(row))
            if stream.tell() == 0:
                writer.writeheader()
            writer.writerow(row)
        if self._events is not None:
            for name, value in row.items():
                self._events.add_scalar(f"{Path(file).stem}/{name}", value, int(row["step"]))
            self._events.flush()


def _cut(path: Path, step: int) -> None:
    """Removes the rows after a step."""
    if not path.exists():
        return
    header, *rows = path.read_text("utf-8").splitlines() or [""]
    kept = [row for row in rows if int(row.split(",", 1)[0]) <= step]
    path.write_text("\n".join([header, *kept, ""]) if step and header else "", "utf-8")
