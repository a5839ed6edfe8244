"""Starts the worker process: ``python -I -u worker/main.py --path DIR … [--device auto] …``, see ``main``.

Python's isolated mode (``-I``) leaves ``sys.path`` to us: the first ``--path``, which holds ``instructscene_core``,
goes to its front, the others (bundled wheels) to its end, so that a person's own torch wins over a bundled one. This
file runs as a script and imports nothing but the standard library until then. See ``serve.py`` for the protocol.
"""

import argparse
import importlib
import io
import json
import os
import sys
from typing import IO


def _channel() -> IO[str]:
    """A stream to the standard output for the protocol alone: whatever else is printed goes to standard error."""
    sys.stdout.flush()
    protocol = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    return protocol


def main() -> int:
    """Sets the module path and serves until the standard input closes."""
    parser = argparse.ArgumentParser(description="InstructScene's worker process")
    parser.add_argument("--path", action="append", default=[], help="folder to import from; may be repeated")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--model", default=None, help="model folder; absent: the embedded starter")
    parser.add_argument("--catalogue", action="append", default=[], help="file or folder; may be repeated")
    parser.add_argument("--use", default="first", help="only: what no --catalogue has is left out, not the starter's")
    parser.add_argument("--clip", default=None, help="CLIP's weights file, or download")
    parser.add_argument("--maker", default=None, help="command line of a program that makes models")
    parser.add_argument("--maker-seconds", type=float, default=600.0, help="one model may take")
    parser.add_argument("--made", default=None, help="folder of the models that were made")
    parser.add_argument("--blender", default=None, help="that reads them; absent: this Python where it has bpy")
    parser.add_argument("--language-model", default=None, help="address of a model that reads instructions")
    parser.add_argument("--language-model-name", default="", help="as its server lists it")
    parser.add_argument("--language-model-seconds", type=float, default=20.0, help="it may take")
    parser.add_argument("--online", action="store_true", help="let it be on another computer")
    options = parser.parse_args()
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    channel = _channel()
    for index, folder in enumerate(options.path):
        sys.path.insert(0 if index == 0 else len(sys.path), folder)
    try:
        serving = importlib.import_module("instructscene_core.worker.serve")
    except ImportError as error:
        message = f"This Python cannot import {error.name or 'a module'}"
        remedy = "Choose a Python that has torch, numpy, safetensors and tokenizers, or install the bundled extension"
        line = {"type": "error", "id": None, "message": message, "remedy": remedy, "detail": str(error)}
        channel.write(json.dumps(line) + "\n")
        channel.flush()
        return 1
    chosen = {name: getattr(options, name) for name in ("device", "model", "catalogue", "use", "clip", "made")}
    reading = importlib.import_module("instructscene_core.reading.reader")
    chosen["maker"] = options.maker and serving.Maker(options.maker, options.maker_seconds, options.blender)
    named = (options.language_model, options.language_model_name, options.language_model_seconds)
    return serving.serve(sys.stdin, channel, **chosen, reader=lambda: reading.reader_of(*named, online=options.online))


if __name__ == "__main__":
    sys.exit(main())
