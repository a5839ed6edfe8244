"""The one tool: ``python build.py env|wheels|zip|starter|demo|test``; ``python build.py COMMAND --help`` tells more.

Needs nothing but Python 3.11. Results go to standard output, progress to standard error. Exit code 0 on success, 2 and
one line on bad input, 1 where something fails.
"""

import sys

from builder.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
