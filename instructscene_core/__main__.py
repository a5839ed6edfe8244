"""``python -m instructscene_core``: see ``commands/main.py``."""

import sys

from .commands.main import main

sys.exit(main())
