"""Arguments of the command line that several commands share. Nothing here imports torch before it must."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import InvalidInputError

if TYPE_CHECKING:
    from ..generator import Generator

DEVICES: Final = ("auto", "cpu", "cuda", "mps", "xpu")
PRECISIONS: Final = ("fp32", "bf16")


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments that choose the model and how it runs."""
    parser.add_argument("--model", type=Path, help="model folder; absent: the embedded starter")
    parser.add_argument("--catalogue", type=Path, help="catalogue.json; absent: the embedded one")
    parser.add_argument("--clip", help="CLIP's weights file, or download; for models that read texts with CLIP")
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument(
        "--precision", choices=PRECISIONS, default="fp32",
        help="of matrix products; bf16 is faster where the processor has it, and gives slightly other rooms",
    )  # fmt: skip
    parser.add_argument("--threads", type=int, help="of torch on the CPU")


def load(options: argparse.Namespace) -> "Generator":
    """The generator that these arguments choose.

    Raises:
        InvalidInputError: something is missing, damaged, or does not fit.
    """
    from ..generator import load_generator  # noqa: PLC0415 - torch is slow to import; bad input is refused before

    set_threads(options.threads)
    return load_generator(
        options.model,
        device=options.device,
        catalogue=options.catalogue,
        clip=options.clip,
        precision=options.precision,
    )


def set_threads(count: int | None) -> None:
    """Limits torch's threads on the CPU; None leaves them.

    Raises:
        InvalidInputError: less than one.
    """
    if count is None:
        return
    if count < 1:
        raise InvalidInputError("--threads must be at least 1", "Correct it")
    import torch  # noqa: PLC0415 - slow to import

    torch.set_num_threads(count)
