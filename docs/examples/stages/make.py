"""Makes starts.csv and pairs.jsonl, the data of the examples. No chance is involved: the same script gives the same bytes.

    python3 make.py
"""

import json

# Initial states of the cart-pole by their index, each with the largest return that can be had: an episode is cut off after 500 steps.
with open("starts.csv", "w", newline="\n") as file:
    file.write("start,target\n")
    for index in range(120):
        file.write(f"{index},500.0\n")

# What somebody asks for, said in two ways. The polite one is preferred; which of the two stands first alternates in no simple pattern.
THINGS = """apple bread butter candle carpet chair cheese coffee cup desk door drum fork garlic glass grapes hammer honey jam jug
kettle knife ladder lamp lemon letter milk mirror mug nails napkin needle oil onion paper pasta pear pen pepper pillow plate
plum potato radio rice rope salt saucer scarf shelf soap soup spoon stamp sugar table tea thread towel vase""".split()
RUDE = ["now", "quick", "at once"]

with open("pairs.jsonl", "w", newline="\n") as file:
    for at, thing in enumerate(THINGS):
        preferred = "ab"[(at * at // 7) % 2]
        said = {"a": RUDE[at % 3], "b": RUDE[at % 3], preferred: "please"}
        pair = {"prompt": f"the {thing}, ", **said}
        file.write(json.dumps({"text": json.dumps(pair), "label": preferred}) + "\n")
