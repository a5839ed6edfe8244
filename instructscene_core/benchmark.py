"""Measures warm seconds from request to scene, and the peak memory of the process."""

import argparse
import json
import statistics
import sys
import time

import torch

from .cli import add_model_arguments, set_threads
from .generator import TRIES, load_generator
from .memory import peak_memory_mb
from .scene import Request


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--instruction", default="Put a desk to the right of a single bed.")
    parser.add_argument("--room", default="bedroom")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--variations", type=int, default=1)
    parser.add_argument("--tries", type=int, default=TRIES, help="layouts drawn at most until the instruction is met")
    add_model_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints one JSON line: seconds to load, of each warm run, their median, and peak memory in MiB."""
    if options.threads is not None:
        set_threads(options.threads)
    start = time.perf_counter()
    generator = load_generator(options.model, device=options.device, catalogue=options.catalogue, clip=options.clip)
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
