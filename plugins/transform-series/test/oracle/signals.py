"""Resampling and scaling of drawn signals by NumPy (2.4.6). Writes signals.json beside itself: python3 signals.py"""
import json
import os
import random

import numpy as np

draw = random.Random(11)
answers = []
for length, to in [(5, 8), (7, 3), (4, 13), (50, 20), (2, 5), (9, 1), (1, 4)]:
    values = [round(draw.uniform(-100, 100), 3) for _ in range(length)]
    x = np.array(values)
    places = np.arange(to) * (length - 1) / (to - 1) if to > 1 else np.zeros(1)
    answer = {"values": values, "to": to, "resampled": np.interp(places, np.arange(length), x).tolist()}
    if length > 1:
        answer["z"] = ((x - x.mean()) / x.std()).tolist()
        answer["scaled"] = ((x - x.min()) / (x.max() - x.min())).tolist()
    answers.append(answer)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "signals.json"), "w") as file:
    json.dump(answers, file)
