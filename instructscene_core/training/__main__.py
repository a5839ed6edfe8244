"""``python -m instructscene_core.training``: trains the starter's networks; :mod:`.runs` says what each part does.

``all`` makes everything anew: ``... all --minutes 300``. To take the prior further on fresh rooms and sentences:
``... prior --from-weights --first-room 100000 --rooms 2000 --round-steps 100 --minutes 60``. With ``--export FOLDER``
the starter's own weights stay as they are.
"""

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from .prior import EMPHASES
from .runs import WEIGHTS_FOLDER, Run, train_all, train_decoder, train_features, train_prior

_PARTS: Final[dict[str, Callable[[Run, argparse.Namespace], None]]] = {
    "all": lambda run, options: train_all(run, options.plain),
    "features": lambda run, _: train_features(run),
    "decoder": lambda run, _: train_decoder(run),
    "prior": lambda run, options: train_prior(run, options.plain, with_features=not options.without_features),
}


def main(arguments: list[str] | None = None) -> int:
    """Runs one part of the training, or all of it.

    Args:
        arguments: as on the command line; None reads ``sys.argv``.

    Returns:
        The exit code.
    """
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    run = Run(
        name=options.name or options.part,
        minutes=options.minutes,
        rooms=options.rooms,
        first_room=options.first_room,
        round_steps=options.round_steps,
        seed=options.seed,
        learning_rate=options.learning_rate,
        schedule=options.schedule,
        from_weights=options.from_weights,
        emphasis=options.emphasis,
        export=options.export,
        compiled=not options.eager,
    )
    _PARTS[options.part](run, options)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m instructscene_core.training",
        description="Trains the starter's networks. An interrupted run goes on when it is started again; a "
        "finished one is begun anew only under another --name, or once its folder in the cache is removed.",
    )
    parser.add_argument("part", choices=tuple(_PARTS),
                        help="what to train; features define the inputs of decoder and prior, so train them first, "
                        "and both again after them")  # fmt: skip
    parser.add_argument("--minutes", type=float, default=90, help="time budget, interruptions not counted")
    parser.add_argument("--from-weights", type=Path, nargs="?", const=WEIGHTS_FOLDER, metavar="FOLDER",
                        help="go on from finished weights (the starter's) with a new optimiser")  # fmt: skip
    parser.add_argument("--name", help="of the run's folder in the cache, with its checkpoint and log.csv")
    parser.add_argument("--seed", type=int, default=0, help="of weights, batches and wording")
    parser.add_argument("--rooms", type=int, default=100_000, help="training rooms; of the prior, in each round")
    parser.add_argument("--first-room", type=int, default=0, help="seed of the first room")
    parser.add_argument("--round-steps", type=int, default=0,
                        help="after so many steps the prior gets fresh rooms and sentences; 0 is never")  # fmt: skip
    parser.add_argument("--learning-rate", type=float, default=8e-4, help="after the warm-up")
    parser.add_argument("--schedule", choices=("cosine", "constant"), default="cosine",
                        help="cosine falls to a hundredth by the end")  # fmt: skip
    parser.add_argument("--plain", type=float, default=0.3, help="share of the instructions without captions")
    parser.add_argument(
        "--emphasis",
        choices=tuple(EMPHASES),
        default="last",
        help="how much more than the rest counts what an instruction speaks of; none is the official loss",
    )
    parser.add_argument("--without-features", action="store_true", help="the prior learns graphs alone, faster")
    parser.add_argument(
        "--eager", action="store_true", help="do not compile the networks: starts at once, but runs half as fast"
    )
    parser.add_argument("--export", type=Path, default=WEIGHTS_FOLDER, metavar="FOLDER", help="where weights go")
    return parser


if __name__ == "__main__":
    sys.exit(main())
