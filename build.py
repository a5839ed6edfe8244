"""The one tool: ``python build.py env|wheels|zip|release|starter|demo|gallery|test``; ``COMMAND --help`` tells more.

Needs nothing but Python 3.11. Results go to standard output, progress to standard error. Exit code 0 on success, 2 and
one line on bad input, 1 where something fails.
"""

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - who starts it may have an older one
        sys.stderr.write("This Python is too old. Start build.py with Python 3.11.\n")
        sys.exit(2)
    from builder.commands import main

    sys.exit(main(sys.argv[1:]))
