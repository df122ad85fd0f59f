"""Trajectories of Gymnasium's CartPole-v1, with the sines and cosines that it used. Prints trajectories.json."""

import json
import math
import random

import gymnasium
import numpy as np

rng = random.Random(20250101)


def policy(name, state, step):
    if name == "left":
        return 0
    if name == "alternate":
        return step % 2
    if name == "random":
        return rng.randrange(2)
    # leans against the fall, and stays up for long
    return int(0.02 * state[0] + 0.25 * state[1] + 4.0 * state[2] + state[3] > 0)


def trajectory(name, steps):
    env = gymnasium.make("CartPole-v1")
    env.reset(seed=rng.randrange(2**31))
    inner = env.unwrapped
    start = [float(x) for x in inner.state]
    rows = []
    for step in range(steps):
        theta = inner.state[2]
        action = policy(name, inner.state, step)
        observation, reward, terminated, truncated, _ = env.step(action)
        rows.append(
            [action, float(np.sin(theta)), float(np.cos(theta)), *[float(x) for x in inner.state], float(reward), bool(terminated), bool(truncated)]
        )
        assert [float(np.float32(x)) for x in inner.state] == [float(x) for x in observation]
        if terminated or truncated:
            break
    return {"policy": name, "start": start, "steps": rows}


names = ["left", "alternate", "random", "random", "random", "lean"]
columns = ["action", "sine", "cosine", "position", "velocity", "angle", "angular_velocity", "reward", "terminated", "truncated"]
print(json.dumps({"columns": columns, "gymnasium": gymnasium.__version__, "numpy": np.__version__, "trajectories": [trajectory(n, 600) for n in names]}))
