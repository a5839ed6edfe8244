"""``python -m instructscene_core train``: the official networks on any rooms, or the embedded starter anew.

``train vqvae|decoder|prior|atiss|diffuscene|all --data SOURCE --out DIR …`` trains on rooms of a source
(:mod:`.training.room_runs`), ``all`` every part of a ``--method``; on several GPUs as ``torchrun --nproc-per-node 8 -m
instructscene_core train …``. ``train starter all|features|catalogue|
recogniser|zero-shot|decoder|counts|grounding|numbers|prior …`` is the recipe of the embedded default
(:mod:`.training.runs`).
"""

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, get_args

import torch

from ..datasets.sources import SOURCES
from ..device import pick_device
from ..errors import InvalidInputError
from ..models.graph_prior import STRATEGIES
from ..training.group import joined
from ..training.log import Kind, check_log
from ..training.numbers import write_numbers
from ..training.prior import EMPHASES
from ..training.room_runs import ENCODERS, PARTS, RoomRun, RoomTraining, Size
from ..training.runs import (
    WEIGHTS_FOLDER,
    Run,
    index_catalogue,
    measure_zero_shot,
    train_all,
    train_counts,
    train_decoder,
    train_features,
    train_grounding,
    train_placer,
    train_prior,
    train_recogniser,
)
from ..training.supply import Wording
from ..vocabulary import ROOM_TYPES

_STARTER: Final = "starter"
_STARTER_PARTS: Final[dict[str, Callable[[Run, argparse.Namespace], None]]] = {
    "all": lambda run, options: train_all(run, _wording(options)),
    "features": lambda run, _: train_features(run),
    "catalogue": lambda run, _: index_catalogue(run),
    "recogniser": lambda run, _: train_recogniser(run),
    "zero-shot": lambda run, options: _measure_zero_shot(run, options.data),
    "decoder": lambda run, _: train_decoder(run),
    "placer": lambda run, _: train_placer(run),
    "numbers": lambda run, _: write_numbers(run.export, run.rooms, run.first_room, run.workers),
    "counts": lambda run, options: train_counts(run, _wording(options)),
    "grounding": lambda run, options: train_grounding(run, _wording(options)),
    "prior": lambda run, options: train_prior(run, _wording(options), with_features=not options.without_features),
}
_HELP: Final = {
    "vqvae": "features to codes; before the others, where the rooms have features and no codes of their own",
    "decoder": "graph to boxes; needs a VQ-VAE in the model folder, or takes the starter's",
    "prior": "instruction to graph",
    "atiss": "the paper's rival ATISS in one network; needs a VQ-VAE as the decoder does",
    "diffuscene": "the paper's rival DiffuScene, likewise",
    "all": "all of a --method, one after the other",
    _STARTER: "the networks of the embedded default anew",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the parts and their options."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="|".join(_HELP))
    for name in _HELP:
        if name != _STARTER:
            _add_room_arguments(parts.add_parser(name, help=_HELP[name]))
    for name in ("prior", "all"):
        parts.choices[name].add_argument("--strategy", choices=tuple(STRATEGIES), default="independent",
                                         help="how the prior learns; independent is the paper's, the others are those "
                                         "of its ablations (docs/official.md)")  # fmt: skip
    for name in ("prior", "decoder", "all"):
        parts.choices[name].add_argument("--without-features", action="store_true",
                                         help="classes and relations alone (the paper's C.5)")  # fmt: skip
    parts.choices["all"].add_argument("--method", choices=tuple(PARTS), default="instructscene",
                                      help="the paper's own, or one of its rivals")  # fmt: skip
    description = (
        "Trains the starter's networks. An interrupted run goes on when it is started again; a finished one is begun "
        "anew only under another --name, or once its folder in the cache is removed."
    )
    _add_starter_arguments(parts.add_parser(_STARTER, help=_HELP[_STARTER], description=description))


def run(options: argparse.Namespace) -> int:
    """Trains what the options say; returns the exit code.

    Raises:
        InvalidInputError: an option or a file is at fault.
    """
    logging.getLogger("instructscene_core").setLevel(logging.INFO)
    if options.part == _STARTER:
        _STARTER_PARTS[options.starter_part](_starter_run(options), options)
        return 0
    _check(options)
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    with joined(options.device) as group:
        if not group.first:
            logging.getLogger("instructscene_core").setLevel(logging.WARNING)
        workers = options.workers if options.workers is not None else 2 * (group.device.type == "cuda")
        parts = PARTS[options.method] if options.part == "all" else (options.part,)
        RoomTraining(_room_run(options, workers), group).train(parts)
    if group.first:
        sys.stdout.write(f"{options.out}\n")
    return 0


def _check(options: argparse.Namespace) -> None:
    """Refuses what cannot work, before anything is read.

    Raises:
        InvalidInputError: names the option.
    """
    check_log(options.log)
    if options.steps is None and options.minutes is None:
        raise InvalidInputError("Training needs an end", "Give --steps or --minutes")
    for name in ("steps", "minutes", "batch", "accumulate", "text_steps", "threads", "learning_rate", "log_every"):
        value = getattr(options, name)
        if value is not None and not 0 < value < float("inf"):
            raise InvalidInputError(f"--{name.replace('_', '-')} must be more than 0", "Correct it")
    for name in ("seed", "validate_every", "workers", "save_minutes"):
        if (getattr(options, name) or 0) < 0:
            raise InvalidInputError(f"--{name.replace('_', '-')} must not be negative", "Correct it")
    if options.part == "all" and options.method != "instructscene":
        for name, chosen in (("strategy", options.strategy != "independent"),
                             ("without-features", options.without_features)):  # fmt: skip
            if chosen:
                raise InvalidInputError(f"{options.method} has no --{name}", "Leave it out, or train instructscene")
    if options.batch % options.accumulate:
        message = f"A batch of {options.batch} cannot be split into {options.accumulate} equal parts"
        raise InvalidInputError(message, "Choose --accumulate to divide --batch")


def _room_run(options: argparse.Namespace, workers: int) -> RoomRun:
    return RoomRun(
        data=options.data,
        room=options.room,
        out=options.out,
        size=options.size,
        steps=options.steps,
        minutes=options.minutes,
        batch=options.batch,
        parts=options.accumulate,
        bfloat16=options.precision == "bf16",
        seed=options.seed,
        learning_rate=options.learning_rate,
        text=options.text,
        clip=options.clip,
        text_steps=options.text_steps,
        emphasis=options.emphasis,
        strategy=getattr(options, "strategy", "independent"),
        featureless=getattr(options, "without_features", False),
        vqvae=options.vqvae,
        start=options.start,
        validate_every=options.validate_every,
        save_minutes=options.save_minutes,
        log_every=options.log_every,
        log=options.log,
        workers=workers,
        compiled=options.compile,
    )


def _add_room_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, metavar="SOURCE", help=SOURCES)
    parser.add_argument("--room", choices=ROOM_TYPES, default="bedroom")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR",
                        help="model folder; in DIR/training are checkpoints, to go on from, and logs")  # fmt: skip
    parser.add_argument("--size", choices=get_args(Size), default="paper",
                        help="paper: the official networks and settings; starter: the embedded default's")  # fmt: skip
    parser.add_argument("--steps", type=int, metavar="N", help="of each part")
    parser.add_argument("--minutes", type=float, metavar="M", help="of all parts together, interruptions not counted")
    parser.add_argument("--batch", type=int, default=128, help="samples a step of each process")
    parser.add_argument("--accumulate", type=int, default=1, metavar="K",
                        help="split the batch into K parts where it does not fit into memory")  # fmt: skip
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="bf16: mixed")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps", "xpu"), default="auto")
    parser.add_argument("--seed", type=int, default=0, help="of weights, batches and wording")
    parser.add_argument("--learning-rate", type=float, help="absent: the size's")
    parser.add_argument("--text", choices=tuple(ENCODERS), default="minilm",
                        help="text encoder; clip is the paper's")  # fmt: skip
    parser.add_argument("--clip", metavar="FILE|download", help="weights of CLIP ViT-B/32")
    parser.add_argument("--text-steps", type=int, default=1, metavar="N",
                        help="steps for which a room keeps its instruction, so that its states are kept too; "
                        "1, the official way: none is kept")  # fmt: skip
    parser.add_argument("--emphasis", choices=tuple(EMPHASES), default="none",
                        help="how much more counts what an instruction speaks of; none is official")  # fmt: skip
    parser.add_argument("--vqvae", type=Path, metavar="DIR", help="take the VQ-VAE of that model folder")
    parser.add_argument("--from-weights", type=Path, dest="start", metavar="DIR",
                        help="go on from the weights of that model folder with a new optimiser")  # fmt: skip
    parser.add_argument("--validate-every", type=int, default=500, metavar="N", help="steps; 0 is never")
    parser.add_argument("--save-minutes", type=float, default=10.0, metavar="M", help="between two checkpoints")
    parser.add_argument("--log", choices=get_args(Kind), default="csv", help="tensorboard: besides the CSV files")
    parser.add_argument("--log-every", type=int, default=50, metavar="N", help="steps between two rows")
    parser.add_argument("--workers", type=int, help="processes that draw batches ahead; absent: 2 beside CUDA, else 0")
    parser.add_argument("--compile", action="store_true", help="compile the networks with torch.compile")
    parser.add_argument("--threads", type=int, help="of torch on the CPU")


def _starter_run(options: argparse.Namespace) -> Run:
    return Run(
        name=options.name or options.starter_part,
        minutes=options.minutes,
        rooms=options.rooms,
        first_room=options.first_room,
        round_steps=options.round_steps,
        seed=options.seed,
        learning_rate=options.learning_rate,
        schedule=options.schedule,
        from_weights=options.from_weights,
        emphasis=options.emphasis,
        batch=options.batch,
        device=pick_device(options.device),
        workers=options.workers,
        export=options.export,
    )


def _measure_zero_shot(run: Run, data: Path | None) -> None:
    if data is None:
        raise InvalidInputError("There is nothing to classify", "Give --data FOLDER, with models and manifest.json")
    sys.stdout.write(measure_zero_shot(run, data))


def _wording(options: argparse.Namespace) -> Wording:
    return Wording(options.plain, options.official, options.themed)


def _add_starter_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("starter_part", choices=tuple(_STARTER_PARTS), metavar="|".join(_STARTER_PARTS),
                        help="what to train; features define the codes that the prior learns, so train them first, "
                        "and the prior again after them; grounding is the prior's first stage, which reads texts "
                        "without graphs; counts is what draws the number of objects; catalogue only computes the "
                        "features and codes of new furniture, by the networks that are there; "
                        "recogniser tells class and front of people's meshes; placer places any mesh on anything, and "
                        "learns that from --rooms random compositions; zero-shot tells how many of the models "
                        "in --data the point encoder names rightly")  # fmt: skip
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="for zero-shot: glTF models and manifest.json")
    parser.add_argument("--minutes", type=float, default=90, help="time budget, interruptions not counted")
    parser.add_argument("--from-weights", type=Path, nargs="?", const=WEIGHTS_FOLDER, metavar="FOLDER",
                        help="go on from finished weights (the starter's) with a new optimiser")  # fmt: skip
    parser.add_argument("--name", help="of the run's folder in the cache, with its checkpoint and log.csv")
    parser.add_argument("--seed", type=int, default=0, help="of weights, batches and wording")
    parser.add_argument("--rooms", type=int, default=100_000,
                        help="rooms to make; of the prior, in each round; the decoder learns from those without a "
                        "visible flaw")  # fmt: skip
    parser.add_argument("--first-room", type=int, default=0, help="seed of the first room")
    parser.add_argument("--round-steps", type=int, default=0,
                        help="after so many steps the prior gets fresh rooms and sentences; 0 is never")  # fmt: skip
    parser.add_argument("--batch", type=int, default=256, help="rooms in a step of the decoder")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps", "xpu"), default="auto",
                        help="of the decoder; the others train on the CPU")  # fmt: skip
    parser.add_argument("--workers", type=int, default=2, help="processes that make rooms")
    parser.add_argument("--learning-rate", type=float, default=8e-4, help="after the warm-up")
    parser.add_argument("--schedule", choices=("cosine", "constant"), default="cosine",
                        help="cosine falls to a hundredth by the end")  # fmt: skip
    parser.add_argument("--plain", type=float, default=0.4, help="share of the instructions without looks")
    parser.add_argument("--official", type=float, default=0.45, help="share of the official templates")
    parser.add_argument("--themed", type=float, default=0.2,
                        help="share of rooms refurnished in one colour, material or style on request")  # fmt: skip
    parser.add_argument(
        "--emphasis",
        choices=tuple(EMPHASES),
        default="last",
        help="how much more than the rest counts what an instruction speaks of; none is the official loss",
    )
    parser.add_argument("--without-features", action="store_true", help="the prior learns graphs alone, faster")
    parser.add_argument("--export", type=Path, default=WEIGHTS_FOLDER, metavar="FOLDER", help="where weights go")
