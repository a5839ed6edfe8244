"""``python -m instructscene_core.datasets compare``: our own bedrooms beside real ones."""

import argparse
import sys

from ..errors import InvalidInputError
from . import compare


def main(arguments: list[str] | None = None) -> int:
    """Runs one command.

    Args:
        arguments: as on the command line; None reads ``sys.argv``.

    Returns:
        The exit code: 0, or 2 where something needed is not there.
    """
    parser = argparse.ArgumentParser(prog="python -m instructscene_core.datasets", description=__doc__)
    commands = parser.add_subparsers(required=True)
    compare.add_arguments(commands.add_parser("compare", help="counts, sizes and relations, made and real"))
    try:
        sys.stdout.write(compare.run(parser.parse_args(arguments)) + "\n")
    except InvalidInputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
