"""Writes `answers.json`: sums, named seeds and hash splits, computed by other means than those of the package.

    python3 answers.py > answers.json

Sums are exact fractions rounded once; seeds and splits are written out from their definitions with hashlib.
Doubles stand as strings of C hexadecimal, 64-bit integers as decimal strings.
"""

import hashlib
import json
import random
from fractions import Fraction

draw = random.Random(20260731)


def sum_case(name, terms):
    total = sum((Fraction(term) for term in terms), Fraction(0))
    try:
        value = float(total)
    except OverflowError:
        value = float("inf") if total > 0 else float("-inf")
    return {"name": name, "terms": [term.hex() for term in terms], "sum": value.hex()}


def noise(count, low, high):
    return [draw.uniform(-1, 1) * 2.0 ** draw.randint(low, high) for _ in range(count)]


tiny = 5e-324
largest = 1.7976931348623157e308
cancelling = noise(60, -1070, 1020)
sums = [
    sum_case("one tenth ten times", [0.1] * 10),
    sum_case("a small term between two large ones", [1e100, 1.0, -1e100]),
    sum_case("overflow on the way", [largest, largest, -largest]),
    sum_case("overflow at the end", [largest, largest]),
    sum_case("half a unit above the largest double", [largest, 2.0**970]),
    sum_case("just below half a unit above the largest double", [largest, 2.0**970, -tiny]),
    sum_case("negative overflow", [-largest, -largest]),
    sum_case("a tie goes to the even neighbour below", [1.0, 2.0**-53]),
    sum_case("a tie goes to the even neighbour above", [1.0 + 2.0**-52, 2.0**-53]),
    sum_case("a tie broken by the least double", [1.0, 2.0**-53, tiny]),
    sum_case("a tie broken downwards by the least double", [1.0 + 2.0**-52, 2.0**-53, -tiny]),
    sum_case("rounding carries into the next power of two", [2.0 - 2.0**-52, 2.0**-53]),
    sum_case("subnormals", [tiny, tiny, tiny]),
    sum_case("subnormals that become normal", [2.0**-1022 - tiny, tiny]),
    sum_case("cancels to nothing", cancelling + [-term for term in reversed(cancelling)]),
    sum_case("noise over the whole range", noise(200, -1070, 1015)),
    sum_case("noise near one", noise(200, -3, 3)),
    sum_case("noise among subnormals", noise(200, -1073, -1040)),
]


def digest(domain, *parts):
    return hashlib.sha256(b"feagi-trainer/seed-tree/" + domain + b"\0" + b"".join(parts)).digest()


def node(master, path):
    key = digest(b"root", master.encode())
    for name in path.split("/") if path else []:
        key = digest(b"child", key, len(name.encode()).to_bytes(4, "little"), name.encode())
    return {
        "master": master,
        "path": path,
        "seed": digest(b"seed", key).hex(),
        "u64": str(int.from_bytes(digest(b"u64", key)[:8], "little")),
    }


seeds = [
    node(master, path)
    for master in ["i0", "i42", "i18446744073709551615", "s42", "sKöln 🧠"]
    for path in ["", "run", "run/sampler/epoch-3", "Straße"]
]


def hash_part(seed, content):
    text = json.dumps(["feagi-trainer/split/hash", seed, content], separators=(",", ":"))
    point = int(hashlib.sha256(text.encode()).hexdigest()[:13], 16)
    # test 0.2, train 0.7, val 0.1 in code-unit order of the names
    return "test" if point < round(0.2 * 2**52) else "train" if point < round((0.2 + 0.7) * 2**52) else "val"


contents = [hashlib.sha256(f"content {index}".encode()).hexdigest() for index in range(200)]
splits = [
    {"seed": str(seed), "parts": [hash_part(seed, content) for content in contents]} for seed in [0, 7, 2**53 + 1, 2**64 - 1]
]

print(json.dumps({"sums": sums, "seeds": seeds, "hashSplits": splits}, indent=1))
