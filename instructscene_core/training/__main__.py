"""``python -m instructscene_core.training``: trains the starter's networks. See :mod:`.runs`."""

import argparse
import logging
import sys
from pathlib import Path

from .runs import WEIGHTS_FOLDER, Run, train_decoder, train_features, train_prior


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
        seed=options.seed,
        learning_rate=options.learning_rate,
        schedule=options.schedule,
        from_weights=options.from_weights,
        export=options.export,
    )
    if options.part == "features":
        train_features(run)
        return 0
    if options.part == "decoder":
        train_decoder(run)
        return 0
    train_prior(run, options.plain, with_features=not options.no_features)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m instructscene_core.training", description=main.__doc__)
    parser.add_argument("part", choices=("prior", "decoder", "features"))
    parser.add_argument("--name", help="of the run's folder; the same name resumes")
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--rooms", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--learning-rate", type=float, default=5e-4)
    parser.add_argument("--schedule", choices=("cosine", "constant"), default="cosine")
    parser.add_argument("--plain", type=float, default=0.3)
    parser.add_argument("--no-features", action="store_true")
    parser.add_argument("--from-weights", type=Path)
    parser.add_argument("--export", type=Path, default=WEIGHTS_FOLDER)
    return parser


if __name__ == "__main__":
    sys.exit(main())
