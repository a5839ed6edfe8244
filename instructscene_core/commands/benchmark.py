"""``python -m instructscene_core benchmark``: seconds from request to scene once warm, and peak memory.

``benchmark --size paper --room livingroom --batch 8 --profile`` times the networks alone, at the paper's size.
"""

import argparse
import json
import statistics
import sys
import time

import torch

from ..errors import InvalidInputError
from ..generator import TRIES
from ..scene import Request
from ..vocabulary import ROOM_TYPES
from ..worker.memory import peak_memory_mb
from .network_speed import OFFICIAL_STEPS, Case, load_or_make, measure, profiled
from .options import add_catalogue_arguments, add_model_arguments, load, set_threads


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--instruction", default="Put a desk to the right of a single bed.")
    parser.add_argument("--room", choices=ROOM_TYPES, default="bedroom")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--variations", type=int, default=1)
    parser.add_argument("--tries", type=int, default=TRIES, help="layouts drawn at most until the instruction is met")
    add_model_arguments(parser)
    add_catalogue_arguments(parser)
    networks = parser.add_argument_group("the networks alone, against the official code's cost")
    networks.add_argument("--size", choices=["paper"], help="time the networks alone: --model, or random weights")
    networks.add_argument("--batch", type=int, default=1, help="scenes at once")
    networks.add_argument("--steps", type=int, nargs=2, default=OFFICIAL_STEPS, metavar=("PRIOR", "DECODER"))
    networks.add_argument("--guidance", type=float, default=1.0, help="of the prior; 1 is off")
    networks.add_argument("--profile", action="store_true", help="list the operators that take most of the time")


def run(options: argparse.Namespace) -> int:
    """Prints one JSON line: seconds to load, of each warm run, their median, and peak memory in MiB.

    Raises:
        InvalidInputError: a number is out of range.
    """
    if min(options.batch, *options.steps, options.repeats) < 1:
        raise InvalidInputError("--batch, --steps and --repeats must be at least 1", "Correct them")
    if options.size is not None:
        return _run_networks(options)
    start = time.perf_counter()
    generator = load(options)
    loading = time.perf_counter() - start
    seconds: list[float] = []
    for seed in range(options.repeats + 1):
        item = {
            "room": options.room,
            "text": options.instruction,
            "seed": seed,
            "variations": options.variations,
        }
        start = time.perf_counter()
        generator.run([Request.from_json(item)], tries=options.tries)
        seconds.append(time.perf_counter() - start)
    model = generator.models[options.room]
    answer = {
        "model": model.name,
        "device": str(generator.device),
        "threads": torch.get_num_threads(),
        "steps": list(model.defaults.steps),
        "guidance": model.defaults.guidance,
        "variations": options.variations,
        "tries": options.tries,
        "loading_seconds": round(loading, 2),
        "cold_seconds": round(seconds[0], 2),
        "warm_seconds": [round(s, 2) for s in seconds[1:]],
        "median_seconds": round(statistics.median(seconds[1:] or seconds), 2),
        "peak_memory_mb": peak_memory_mb(),
    }
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


def _run_networks(options: argparse.Namespace) -> int:
    """Prints one JSON line of :func:`.network_speed.measure`, and with ``--profile`` one for each operator."""
    set_threads(options.threads)
    case = Case(options.room, options.batch, tuple(options.steps), options.guidance)
    model = load_or_make(options.model, options.room, options.device, options.precision)
    lines = [
        {"precision": options.precision} | measure(model, case, options.repeats),
        *(profiled(model, case) if options.profile else []),
    ]
    for line in lines:
        sys.stdout.write(json.dumps(line) + "\n")
    return 0
