"""
Rollouts with the numbers that the tests of `control` compare with. Needs numpy, gymnasium 1.4.0 and mujoco 4.0.0:

    python control.py > control.json

The numbers are computed here from their definitions, over numpy arrays and exact sums (math.fsum), by code that shares nothing with the
pack. `null` is a value that has no data. The traces are recorded from gymnasium's CartPole-v1 and InvertedPendulum-v5 (MIT), with fixed
actions or a linear controller that is pushed; a rollout of the first kind from seed 42 ends after 23 steps.
"""

import json
import math
import statistics
import sys

import gymnasium
import mujoco
import numpy as np

random = np.random.default_rng(20240604)


def mean(numbers):
    return math.fsum(numbers) / len(numbers) if len(numbers) else None


def share(part, whole):
    return part / whole if whole else None


def latency(deviation, begin, end, band, hold):
    """The first window of `hold` steps within the band, as an offset from the push."""
    inside = np.abs(np.asarray(deviation[begin:end], float)) <= band
    if len(inside) < hold:
        return None
    full = np.lib.stride_tricks.sliding_window_view(inside, hold).all(axis=1)
    return int(np.argmax(full)) if full.any() else None


def success(rule, record, total):
    if rule["rule"] == "flag":
        return record["success"]
    return (len(record["step_rewards"]) if rule["rule"] == "min_steps" else total) >= rule["threshold"]


def expected(episodes):
    done = [(task, record) for task, record in episodes if record is not None]
    returns = [math.fsum(record["step_rewards"]) for _, record in done]
    lengths = [len(record["step_rewards"]) for _, record in done]
    out = {
        "return": mean(returns),
        "return/median": statistics.median(returns) if returns else None,
        "return/min": min(returns, default=None),
        "return/max": max(returns, default=None),
        "return_std": float(np.std(returns, ddof=1)) if len(returns) > 1 else None,
        "success_rate": share(sum(success(t["success"], r, total) for (t, r), total in zip(done, returns)), len(episodes)),
        "episode_length": mean(lengths),
        "episode_length/median": statistics.median(lengths) if lengths else None,
        "episode_length/min": min(lengths, default=None),
        "episode_length/max": max(lengths, default=None),
        "episode_length_std": float(np.std(lengths, ddof=1)) if len(lengths) > 1 else None,
        "terminated": share(sum(r["outcome"] == "terminated" for _, r in done), len(done)),
        "answered": share(len(done), len(episodes)),
        "abstained": share(len(episodes) - len(done), len(episodes)),
    }
    bound = [r for t, r in done if "constraints" in t]
    out["violations"] = mean([sum(r["violations"]) for r in bound])
    out["violations/per_step"] = share(sum(sum(r["violations"]) for r in bound), sum(len(r["step_rewards"]) for r in bound))
    out["violations/episodes"] = share(sum(any(r["violations"]) for r in bound), len(bound))
    latencies, steady, steps = [], 0, 0
    for task, record in done:
        if "recovery" not in task:
            continue
        band, hold = task["recovery"]["band"], task["recovery"]["hold"]
        pushes = record["perturbations"]
        ends = pushes[1:] + [len(record["deviation"])]
        latencies += [latency(record["deviation"], p, e, band, hold) for p, e in zip(pushes, ends)]
        steady += int((np.abs(np.asarray(record["deviation"], float)) <= band).sum())
        steps += len(record["deviation"])
    recovered = [each for each in latencies if each is not None]
    out["recovery_latency"] = mean(recovered)
    out["recovery_latency/median"] = statistics.median(recovered) if recovered else None
    out["recovery_latency/max"] = max(recovered, default=None)
    out["recovered"] = share(len(recovered), len(latencies))
    out["perturbations"] = len(latencies)
    out["stability"] = share(steady, steps)
    costs = [r.get("cost") for _, r in done]
    known = len(costs) > 0 and all(cost is not None for cost in costs)
    spikes, bursts = (sum(c["spikes"] for c in costs), sum(c["bursts"] for c in costs)) if known else (None, None)
    out["cost/total_spikes"] = spikes
    out["cost/spikes_per_burst"] = spikes / bursts if known else None
    out["cost/spike_density"] = spikes / sum(c["bursts"] * c["neurons"] for c in costs) if known else None
    return out


def case(about, episodes):
    return {"about": about, "episodes": [{"target": t, "prediction": r} for t, r in episodes], "expected": expected(episodes)}


def rollout(index, kind):
    steps = int(random.integers(0 if random.random() < 0.1 else 1, 20))
    rule = str(random.choice(["flag", "min_return", "min_steps"]))
    task = {"initial_state_index": index, "success": {"rule": rule}}
    if rule == "min_return":
        task["success"]["threshold"] = float(np.round(random.normal(0, 2), 2))
    if rule == "min_steps":
        task["success"]["threshold"] = int(random.integers(1, 20))
    record = {
        "initial_state_index": index,
        "step_rewards": np.round(random.normal(0.1, 1, steps), 3).tolist(),
        "outcome": str(random.choice(["terminated", "truncated"])),
    }
    if rule == "flag":
        record["success"] = bool(random.random() < 0.5)
    if "c" in kind and random.random() < 0.8:
        task["constraints"] = ["fence", "torque", "speed"][: int(random.integers(1, 4))]
        record["violations"] = random.integers(0, len(task["constraints"]) + 1, steps).tolist() if random.random() < 0.7 else [0] * steps
    if "r" in kind and random.random() < 0.8:
        task["recovery"] = {"band": float(random.choice([0, 0.25, 0.5, 1])), "hold": int(random.integers(1, 5))}
        record["deviation"] = (np.round(random.normal(0, 0.7, steps) * 4) / 4).tolist()
        count = int(random.integers(0, min(steps, 4) + 1))
        record["perturbations"] = sorted(random.choice(steps, count, replace=False).tolist()) if steps else []
    if "s" in kind:
        if "p" not in kind or random.random() < 0.8:
            record["cost"] = {"spikes": int(random.integers(0, 10**6)), "bursts": int(random.integers(1, 5000)), "neurons": int(random.integers(1, 10**6))}
    return task, (None if random.random() < 0.1 else record)


cases = []
for index in range(200):
    kind = ["", "c", "r", "cr", "crs", "crsp"][index % 6]
    cases.append(case(f"random {index}", [rollout(state, kind) for state in range(int(random.integers(1, 7)))]))


def trace(name, index, seed, policy, push, steps, band, hold, threshold, limit):
    """Pushes are actions of the environment's own motor: what the controller wants is replaced for one step."""
    env = gymnasium.make(name)
    observation, _ = env.reset(seed=seed)
    rewards, deviation, violations, pushed, outcome = [], [], [], [], "truncated"
    for step in range(steps):
        action = policy(step, observation)
        if step in push:
            action = push[step]
            if step - 1 not in push:
                pushed.append(step)
        observation, reward, terminated, truncated, _ = env.step(action)
        angle = float(observation[2] if name.startswith("CartPole") else observation[1])
        rewards.append(float(reward))
        deviation.append(angle)
        violations.append(int(abs(float(observation[0])) > limit))
        if terminated or truncated:
            outcome = "terminated" if terminated else "truncated"
            break
    env.close()
    task = {
        "initial_state_index": index,
        "success": {"rule": "min_steps", "threshold": threshold},
        "constraints": ["cart position"],
        "recovery": {"band": band, "hold": hold},
    }
    record = {
        "initial_state_index": index, "step_rewards": rewards, "outcome": outcome, "violations": violations,
        "deviation": deviation, "perturbations": pushed,
    }
    return task, record


def fixed(step, _):
    return step % 2


def cart(_, o):
    return int(0.2 * o[0] + 0.5 * o[1] + 8 * o[2] + 2 * o[3] > 0)


def pendulum(_, o):
    return np.array([np.clip(0.1 * o[0] + 8.0 * o[1] + 0.2 * o[2] + 2.0 * o[3], -3, 3)], dtype=np.float32)


hard = {60: np.array([0.8], np.float32), 120: np.array([-1.2], np.float32)}
cases += [
    case("CartPole-v1 from seed 42 with the actions 0 1 0 1 …", [trace("CartPole-v1", 0, 42, fixed, {}, 500, 0.1, 5, 195, 2.0)]),
    case(
        "CartPole-v1 under a linear controller that is pushed",
        [
            trace("CartPole-v1", k, 42 + k, cart, {40: 0, 41: 0, 42: 0, 80: 1, 81: 1, 82: 1, 83: 1}, 120, 0.04, 10, 120, 0.05)
            for k in range(3)
        ],
    ),
    case("InvertedPendulum-v5 under a linear controller that is pushed", [trace("InvertedPendulum-v5", k, 42 + k, pendulum, hard, 200, 0.002, 8, 200, 0.05) for k in range(3)]),
]

about = {
    "about": "written by control.py", "numpy": np.__version__, "gymnasium": gymnasium.__version__, "mujoco": mujoco.__version__,
}
json.dump({**about, "cases": cases}, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
