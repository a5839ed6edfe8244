"""Weights, noise and inputs of the parity fixtures, from a seed, a name and a shape alone.

The official networks were run on numbers made this way, so no file has to hold 100 million weights: whoever knows a
tensor's name and shape can make it again. Each (seed, name) has a stream of 64-bit words of its own, SplitMix64
(Steele, Lea and Flood 2014), which looks the same on every machine and in every version of NumPy. Everything else is
arithmetic on these words.

The order of operations and the places where float32 is rounded are part of the scheme: to change them is to change
the weights, which ``test_parity_recipe_makes_known_numbers`` would notice.
"""

import zlib

import numpy as np

# SplitMix64: the step from one state to the next, and the two factors that mix a state into a word.
STEP = np.uint64(0x9E3779B97F4A7C15)
FACTORS = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)

TABLES = ("node_embed.0.weight", "edge_embed.0.weight", "objfeat_embed.weight", "quantizer.embed.weight")
"""Ends of the names of embedding tables: a row is looked up, not summed, so it needs no scale."""
LAST_OF_DECODER = "network.out.2.weight"
"""The last layer of the VQ-VAE; with the usual scale its outputs would leave [-1, 1] and be clamped too often."""


def _mixed(states):
    first, second = FACTORS
    states = (states ^ (states >> np.uint64(30))) * first
    states = (states ^ (states >> np.uint64(27))) * second
    return states ^ (states >> np.uint64(31))


def words(seed, name, count):
    """The first words of the stream of (seed, name): (count,) uint64."""
    with np.errstate(over="ignore"):  # all of it is modulo 2 ** 64
        start = _mixed(np.array([(seed << 32) + zlib.crc32(name.encode())], np.uint64))
        return _mixed(start + np.arange(1, count + 1, dtype=np.uint64) * STEP)


def _count(shape):
    return int(np.prod(shape, dtype=np.int64))


def uniform(seed, name, shape):
    """Numbers in (0, 1]: the upper 24 bits of each word, and a half so that none is 0."""
    upper = (words(seed, name, _count(shape)) >> np.uint64(40)).astype(np.float64)
    return ((upper + 0.5) / 2**24).astype(np.float32).reshape(shape)


def symmetric(seed, name, shape):
    """Uniform numbers of mean 0 and variance 1."""
    return ((2.0 * uniform(seed, name, shape).astype(np.float64) - 1.0) * np.sqrt(3.0)).astype(np.float32)


def normal(seed, name, shape):
    """Normal numbers, by Box and Muller from two streams, ``name#r`` for the radius and ``name#a`` for the angle."""
    radius = np.sqrt(-2.0 * np.log(uniform(seed, f"{name}#r", shape).astype(np.float64)))
    angle = 2.0 * np.pi * uniform(seed, f"{name}#a", shape).astype(np.float64)
    return (radius * np.cos(angle)).astype(np.float32)


def ints(seed, name, shape, high):
    """Integers from 0 to ``high`` - 1, of the upper 53 bits of each word."""
    upper = words(seed, name, _count(shape)) >> np.uint64(11)
    return (upper % np.uint64(high)).astype(np.int64).reshape(shape)


def tensor(seed, name, shape):
    """A parameter of a network, by its name in the official checkpoint.

    Weights have the scale that keeps activations near variance 1, as after a usual initialisation; biases and the
    scales of normalisations vary a little, so that a network that leaves one of them out gives something else.
    """
    numbers = symmetric(seed, name, shape)
    if name.endswith(TABLES):
        return numbers
    if name.endswith("tokens"):
        return np.float32(0.5) * numbers
    if name.endswith("bias"):
        return np.float32(0.1) * numbers
    if len(shape) == 1:  # the scale of a normalisation
        return np.float32(1.0) + np.float32(0.1) * numbers
    gain = 0.3 if name == LAST_OF_DECODER else 1.0
    return numbers * np.float32(gain / np.sqrt(shape[1]))
