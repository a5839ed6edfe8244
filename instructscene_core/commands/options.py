"""Arguments of the command line that several commands share. Nothing here imports torch before it must."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..catalogue.several import USES
from ..errors import InvalidInputError
from ..reading.language_model import SECONDS
from ..reading.reader import reader_of

if TYPE_CHECKING:
    from ..generator import Generator
    from ..making.making_generator import MakingGenerator

DEVICES: Final = ("auto", "cpu", "cuda", "mps", "xpu")
PRECISIONS: Final = ("fp32", "bf16")


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments that choose the model and how it runs."""
    parser.add_argument("--model", type=Path, help="model folder; absent: the embedded starter")
    parser.add_argument("--clip", help="CLIP's weights file, or download; for models that read texts with CLIP")
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument(
        "--precision", choices=PRECISIONS, default="fp32",
        help="of matrix products; bf16 is faster where the processor has it, and gives slightly other rooms",
    )  # fmt: skip
    parser.add_argument("--threads", type=int, help="of torch on the CPU")
    parser.add_argument("--language-model", metavar="URL", help="that reads instructions, on this computer")
    parser.add_argument("--language-model-name", metavar="NAME", default="", help="as its server lists it")
    parser.add_argument("--language-model-seconds", metavar="SECONDS", type=float, default=SECONDS, help="it may take")
    parser.add_argument("--online", action="store_true", help="let the language model be on another computer")


def add_catalogue_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments that choose the furniture."""
    parser.add_argument(
        "--catalogue", type=Path, action="append", default=[], metavar="DIR",
        help="made by catalogue index; may be repeated; absent: the embedded one",
    )  # fmt: skip
    parser.add_argument(
        "--use", choices=USES, default="first",
        help="what no --catalogue has: first takes it from the embedded one, only leaves it out",
    )  # fmt: skip


def add_making_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of a program that makes models."""
    parser.add_argument("--make-with", metavar="COMMAND", help="program that makes models, see docs/made-models.md")
    parser.add_argument("--make-seconds", type=float, default=600.0, metavar="SECONDS", help="one model may take")
    parser.add_argument("--made", type=Path, metavar="DIR", help="folder that keeps the models that were made")
    parser.add_argument(
        "--blender", metavar="PROGRAM", help="Blender that reads them; absent: this Python's, or PATH's"
    )


def load_making(options: argparse.Namespace) -> "MakingGenerator":
    """The generator that these arguments choose, with the program that makes models, if there is one.

    Raises:
        InvalidInputError: as :func:`load`; or there is no such program, or no folder for what it makes.
    """
    from ..making.made_models import MadeModels, known_models  # noqa: PLC0415 - they import torch
    from ..making.making_generator import MakingGenerator  # noqa: PLC0415

    if options.make_with is not None and options.made is None:
        raise InvalidInputError("--make-with needs a folder for the models", "Give --made DIR")
    if not options.make_seconds > 0:
        raise InvalidInputError("--make-seconds must be positive", "Correct it")
    models = None
    if options.make_with is not None:
        models = MadeModels.of(options.made, options.make_with, options.make_seconds, options.blender, options.model)
    generator = load(options)
    if options.made is not None:
        generator.catalogue = generator.catalogue.knowing(known_models(options.made))
    return MakingGenerator(generator, models)


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
        catalogues=options.catalogue,
        use=options.use,
        clip=options.clip,
        precision=options.precision,
        reader=reader_of(
            options.language_model, options.language_model_name, options.language_model_seconds, online=options.online
        ),
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
