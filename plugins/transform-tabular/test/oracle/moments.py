"""Means and population variances by exact fractions, rounded once. Writes moments.json beside itself: python3 moments.py"""
import json
import os
import random
from fractions import Fraction


def answer(name, values):
    exact = [Fraction(value) for value in values]
    mean = sum(exact) / len(exact)
    variance = sum((value - mean) ** 2 for value in exact) / len(exact)
    return {"name": name, "values": values, "mean": float(mean), "variance": float(variance)}


draw = random.Random(7)
answers = [
    answer("small numbers", [draw.uniform(-1, 1) for _ in range(40)]),
    answer("a large offset", [1e9 + draw.uniform(0, 1e-3) for _ in range(40)]),
    answer("pixels", [float(draw.randrange(256)) for _ in range(60)]),
    answer("wide magnitudes", [draw.uniform(1, 2) * 10.0 ** draw.randrange(-30, 30) for _ in range(40)]),
    answer("two numbers", [0.1, 0.3]),
]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "moments.json"), "w") as file:
    json.dump(answers, file)
