"""The group of processes that train one network, as ``torchrun`` starts them; without it, a group of one."""

import hashlib
import json
import os
import re
import secrets
import socket
import time
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

from ..device import pick_device
from ..errors import InstructSceneError, InvalidInputError

_BACKENDS: Final = {"cpu": "gloo", "cuda": "nccl", "xpu": "xccl"}
_VARIABLES: Final = ("RANK", "WORLD_SIZE", "LOCAL_RANK")
_WAIT: Final = 300.0
"""Seconds in which all processes must have been started."""
_LOOK: Final = 0.05
"""Seconds between two looks whether they have."""
_OF_THE_GROUP: Final = re.compile("gloo|nccl|xccl|DistStore|TCPStore", re.IGNORECASE)
"""Tells the errors of a lost connection from others that torch raises as a RuntimeError."""

Setting = str | int | float | bool | None


@dataclass(frozen=True)
class Group:
    """The processes of a run, seen from one of them.

    Attributes:
        rank: of this process; the first writes.
        size: how many there are.
        device: of this process.
        store: where its processes leave each other words; None in a group of one.
    """

    rank: int = 0
    size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    store: Store | None = None

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

    def given(self, data: bytes) -> bytes:
        """The first process's bytes, whatever the others have."""
        if self.size == 1:
            return data
        length = torch.tensor([len(data)], device=self.device)
        dist.broadcast(length, 0)
        content = torch.from_numpy(np.frombuffer(data, dtype=np.uint8).copy()) if self.first else None
        whole = torch.empty(int(length), dtype=torch.uint8) if content is None else content
        whole = whole.to(self.device)
        if len(whole):
            dist.broadcast(whole, 0)
        return whole.cpu().numpy().tobytes()

    def told(self, subject: str, words: str) -> list[str]:
        """What each process says of a subject, which comes once in a run; waits until all have."""
        if self.store is None:
            return [words]
        self.store.set(f"{subject}/{self.rank}", words)
        return [self.store.get(f"{subject}/{rank}").decode() for rank in range(self.size)]

    def agree(self, subject: str, settings: Mapping[str, Setting]) -> None:
        """Makes sure that all processes have the same settings, since others would hang, or learn something else.

        Raises:
            InvalidInputError: names the first setting that differs, in every process.
        """
        own = {"host": socket.gethostname(), **settings}
        first, *others = (json.loads(words) for words in self.told(subject, json.dumps(own)))
        for rank, other in enumerate(others, 1):
            for name in settings:
                if other.get(name) != first[name]:
                    message = f"Process {rank} on {other['host']} has {name} {other.get(name)}, process 0 on"
                    raise InvalidInputError(f"{message} {first['host']} {first[name]}", "Give all machines the same")

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
        InvalidInputError: there is no such device, fewer GPUs than processes, or another kind elsewhere.
        InstructSceneError: another process was lost.
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
    with losses_told(rank):
        store = met(rank, size)
        group = Group(rank, size, where, store)
        group.agree("machine", {"device": where.type, "torch": torch.__version__})
        dist.init_process_group(_BACKENDS[where.type], store=store, rank=rank, world_size=size)
        try:
            yield group
        finally:
            dist.destroy_process_group()


def met(rank: int, size: int) -> Store:
    """The store of this start of the group, once all its processes are there.

    When ``torchrun`` starts a group again, torch 2.13 keeps the store of the start before, with the addresses of
    processes that are gone; who reads these waits for them. So each process leaves a fresh word, then the digest of all
    words that it sees. Where all digests are the same, each has seen the others' fresh words: all are alive, and what
    follows goes under the name of that digest.

    Raises:
        InstructSceneError: some process has not come.
    """
    common, _, _ = next(iter(rendezvous("env://", rank, size)))
    words, digests = ([f"{name}/{number}" for number in range(size)] for name in ("word", "digest"))
    common.set(words[rank], secrets.token_hex(16))
    last = time.monotonic() + _WAIT
    while time.monotonic() < last:
        if common.check(words):
            seen = hashlib.sha256(b"".join(map(common.get, words))).hexdigest()
            common.set(digests[rank], seen)
            if common.check(digests) and all(common.get(name) == seen.encode() for name in digests):
                return PrefixStore(seen, common)
        time.sleep(_LOOK)
    raise InstructSceneError(f"Process {rank} has waited {_WAIT:.0f} s for the others", "Look at the other machines")


@contextmanager
def losses_told(rank: int) -> Generator[None]:
    """Tells in one line that another process is gone; ``torchrun`` starts all of them again where it may."""
    try:
        yield
    except RuntimeError as error:
        if not isinstance(error, dist.DistError) and not _OF_THE_GROUP.search(str(error)):
            raise
        reason = re.sub(r"\[[^\]]*/[^\]]*\] *", "", str(error)).partition(". ")[0].partition("\n")[0]
        if "connectFullMesh" in str(error):
            remedy = "Where this comes again, set GLOO_SOCKET_IFNAME to the network device between the machines"
            raise InstructSceneError(f"Process {rank} cannot reach another one ({reason})", remedy) from error
        remedy = "Training goes on from the last checkpoint, when torchrun starts it again or you do"
        raise InstructSceneError(f"Process {rank} has lost another one ({reason})", remedy) from error


def _own_gpu(kind: str, number: int) -> torch.device:
    """The GPU of a process."""
    library = torch.get_device_module(kind)
    if number >= library.device_count():
        message = f"Process {number} has no GPU: there are {library.device_count()}"
        raise InvalidInputError(message, "Lower --nproc-per-node")
    library.set_device(number)
    return torch.device(kind, number)
