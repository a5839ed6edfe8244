"""The group of processes that train one network, as ``torchrun`` starts them; without it, a group of one."""

import os
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Final

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from ..device import pick_device
from ..errors import InvalidInputError

_BACKENDS: Final = {"cpu": "gloo", "cuda": "nccl", "xpu": "xccl"}
_VARIABLES: Final = ("RANK", "WORLD_SIZE", "LOCAL_RANK")


@dataclass(frozen=True)
class Group:
    """The processes of a run, seen from one of them.

    Attributes:
        rank: of this process; the first writes.
        size: how many there are.
        device: of this process.
    """

    rank: int = 0
    size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def first(self) -> bool:
        """Whether this process writes files and shows progress."""
        return self.rank == 0

    def wrap(self, network: nn.Module) -> nn.Module:
        """The network with its gradients averaged over the processes; itself where there is only one.

        Some parameters never meet the loss (the queries of single-token attention, the decoder's last edges), which
        DistributedDataParallel must look for.
        """
        if self.size == 1:
            return network
        ids = None if self.device.type == "cpu" else [self.device.index]
        return DistributedDataParallel(network, device_ids=ids, find_unused_parameters=True)

    def gathered(self, values: Tensor) -> Tensor:
        """The values (B, …) of all processes -> (size · B, …) in the order of the ranks."""
        if self.size == 1:
            return values
        parts = [torch.empty_like(values) for _ in range(self.size)]
        dist.all_gather(parts, values.contiguous())
        return torch.cat(parts)

    def mean(self, values: Tensor) -> Tensor:
        """The mean over the processes."""
        return values if self.size == 1 else self.gathered(values[None]).mean(dim=0)

    def agreed(self, value: float) -> float:
        """The first process's number, so that all processes stop at the same step."""
        if self.size == 1:
            return value
        number = torch.tensor([value], dtype=torch.float32, device=self.device)
        dist.broadcast(number, 0)
        return float(number)

    def wait(self) -> None:
        """Waits for all processes: what the first has written may then be read."""
        if self.size > 1:
            dist.barrier()


def without_averaging(network: nn.Module, *, last: bool) -> AbstractContextManager[None]:
    """Defers averaging the gradients to the last part of a step, which then averages the sum of all parts."""
    return nullcontext() if last or not isinstance(network, DistributedDataParallel) else network.no_sync()


@contextmanager
def joined(device: str) -> Generator[Group]:
    """The group that ``torchrun`` started this process in, or a group of one.

    Args:
        device: "auto", "cpu", "cuda", "mps" or "xpu"; of several GPUs each process takes its own.

    Raises:
        InvalidInputError: there is no such device, or fewer GPUs than processes.
    """
    where = pick_device(device)
    if not all(name in os.environ for name in _VARIABLES):
        yield Group(device=where)
        return
    rank, size, local = (int(os.environ[name]) for name in _VARIABLES)
    if where.type not in _BACKENDS:
        raise InvalidInputError(f"Several processes cannot share {where.type}", "Start one, or use --device cpu")
    if where.type != "cpu":
        where = _own_gpu(where.type, local)
    dist.init_process_group(_BACKENDS[where.type])
    try:
        yield Group(rank, size, where)
    finally:
        dist.destroy_process_group()


def _own_gpu(kind: str, number: int) -> torch.device:
    """The GPU of a process."""
    library = torch.get_device_module(kind)
    if number >= library.device_count():
        message = f"Process {number} has no GPU: there are {library.device_count()}"
        raise InvalidInputError(message, "Lower --nproc-per-node")
    library.set_device(number)
    return torch.device(kind, number)
