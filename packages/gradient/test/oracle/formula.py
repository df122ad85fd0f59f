"""Numbers that both sides compute, so that no input has to be stored: an integer hash of (seed, index), mapped to [-1, 1) exactly.

The same formula stands in test/support/formula.ts. Products and sums are of IEEE 754 doubles, rounded once to a float: equal to the bit.
"""
import math

import numpy as np

MASK = np.uint64(0xFFFFFFFF)


def words(seed, count, start=0):
    """`count` words of 32 bits of a stream, from index `start`."""
    index = (np.arange(count, dtype=np.uint64) + np.uint64(start)) & MASK
    h = (index * np.uint64(0x9E3779B1) + np.uint64(seed) * np.uint64(0x85EBCA77)) & MASK
    h ^= h >> np.uint64(16)
    h = (h * np.uint64(0x7FEB352D)) & MASK
    h ^= h >> np.uint64(15)
    h = (h * np.uint64(0x846CA68B)) & MASK
    return h ^ (h >> np.uint64(16))


def values(seed, shape, scale=1.0, offset=0.0, start=0):
    """Floats of `offset` + `scale` * [-1, 1)."""
    unit = ((words(seed, math.prod(shape), start) >> np.uint64(8)).astype(np.float64) - 8388608.0) * 2.0**-23
    return (offset + scale * unit).astype(np.float32).reshape(shape)


def integers(seed, shape, below):
    """Integers from 0 to `below` - 1, by remainder: no uniform draw, but the same one on both sides."""
    return (words(seed, math.prod(shape)) % np.uint64(below)).astype(np.int64).reshape(shape)
