"""Closed forms of the losses in NumPy, in 64 bits on logits of 32. Prints losses.json."""

import json

import numpy as np

rng = np.random.default_rng(20250102)


def draw(*shape):
    return rng.normal(size=shape).astype(np.float32).astype(np.float64)


def log_softmax(z):
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def cross_entropy():
    z = 2 * draw(5, 4)
    targets, weights = rng.integers(0, 4, 5), np.array([1.0, 0.5, 0.0, 2.0, 1.0])
    logp = log_softmax(z)
    nll = -(weights * logp[np.arange(5), targets]).sum()
    gradient = weights[:, None] * (np.exp(logp) - np.eye(4)[targets])
    squares = (weights * ((z - np.eye(4)[targets]) ** 2).mean(axis=1)).sum()
    of_squares = weights[:, None] * 2 * (z - np.eye(4)[targets]) / 4
    return {
        "logits": z.tolist(),
        "targets": targets.tolist(),
        "weights": weights.tolist(),
        "denominator": 4.5,
        "cross_entropy": {"loss": nll / 4.5, "gradient": (gradient / 4.5).tolist()},
        "mean_squared_error": {"loss": squares / 4.5, "gradient": (of_squares / 4.5).tolist()},
    }


def dpo():
    z = (3 * draw(4, 3, 5)).astype(np.float32).astype(np.float64)  # chosen, rejected, chosen, rejected
    targets, weights = rng.integers(0, 5, (4, 3)), np.array([[0.0, 1, 1]] * 4)
    reference = draw(4) - 3
    beta = 0.3
    pi = (weights * np.take_along_axis(log_softmax(z), targets[..., None], -1)[..., 0]).sum(axis=1)
    margin = beta * ((pi[0::2] - reference[0::2]) - (pi[1::2] - reference[1::2]))
    loss = -np.log(1 / (1 + np.exp(-margin)))
    return {
        "logits": z.tolist(),
        "targets": targets.tolist(),
        "weights": weights.tolist(),
        "reference": reference.tolist(),
        "beta": beta,
        "losses": loss.tolist(),
        "loss": loss.mean(),
        "margin": margin.sum(),
    }


def divergences():
    student, teacher = log_softmax(2 * draw(4, 6)), log_softmax(2 * draw(4, 6))
    weights = np.array([1.0, 0.0, 2.0, 1.0])
    forward = (np.exp(teacher) * (teacher - student)).sum(axis=1)
    reverse = (np.exp(student) * (student - teacher)).sum(axis=1)
    logits = student.astype(np.float32).astype(np.float64)
    student = log_softmax(logits)
    forward = (np.exp(teacher) * (teacher - student)).sum(axis=1)
    reverse = (np.exp(student) * (student - teacher)).sum(axis=1)
    return {
        "logits": logits.tolist(),
        "teacher": teacher.tolist(),
        "weights": weights.tolist(),
        "forward_kl": {
            "loss": (weights * forward).sum() / 4,
            "gradient": (weights[:, None] * (np.exp(student) - np.exp(teacher)) / 4).tolist(),
        },
        "reverse_kl": {
            "loss": (weights * reverse).sum() / 4,
            "gradient": (weights[:, None] * np.exp(student) * (student - teacher - reverse[:, None]) / 4).tolist(),
        },
    }


def ppo():
    z, values = 2 * draw(6, 3), draw(6)
    actions, advantages, returns = rng.integers(0, 3, 6), draw(6), draw(6)
    logp = log_softmax(z)
    taken = logp[np.arange(6), actions]
    old = taken + np.array([0.0, 0.5, -0.5, 0.1, 0.6, -0.7])
    old_values = values + np.array([0.0, 0.5, -0.5, 0.1, 0.6, -0.7])
    ratio = np.exp(taken - old)
    policy = -np.minimum(ratio * advantages, np.clip(ratio, 0.8, 1.2) * advantages)
    entropy = -(np.exp(logp) * logp).sum(axis=1)
    clipped = old_values + np.clip(values - old_values, -0.2, 0.2)
    free, held = (values - returns) ** 2, np.maximum((values - returns) ** 2, (clipped - returns) ** 2)
    return {
        "logits": z.tolist(),
        "values": values.tolist(),
        "actions": actions.tolist(),
        "advantages": advantages.tolist(),
        "returns": returns.tolist(),
        "old_logprobs": old.tolist(),
        "old_values": old_values.tolist(),
        "ppo": (policy - 0.01 * entropy + 0.5 * free).mean(),
        "ppo_value_clip": (policy - 0.01 * entropy + 0.5 * held).mean(),
        "policy_gradient": (-advantages * taken - 0.01 * entropy + 0.5 * free).mean(),
        "entropy": entropy.sum(),
    }


def gae():
    rewards, values, behind = draw(8), draw(8), draw(8)
    terminated = np.array([0, 0, 1, 0, 0, 0, 0, 0], bool)
    truncated = np.array([0, 0, 0, 0, 0, 1, 0, 0], bool)
    gamma, lam = 0.97, 0.9
    advantages = np.zeros(8)
    for start in range(8):
        total, factor = 0.0, 1.0
        for t in range(start, 8):
            over = terminated[t] or truncated[t]
            follows = 0.0 if terminated[t] else behind[t] if over or t == 7 else values[t + 1]
            total += factor * (rewards[t] + gamma * follows - values[t])
            factor *= gamma * lam
            if over:
                break
        advantages[start] = total
    return {
        "rewards": rewards.tolist(),
        "values": values.tolist(),
        "behind": behind.tolist(),
        "terminated": terminated.tolist(),
        "truncated": truncated.tolist(),
        "gamma": gamma,
        "lambda": lam,
        "advantages": advantages.tolist(),
    }


print(json.dumps({"cross_entropy": cross_entropy(), "dpo": dpo(), "divergences": divergences(), "ppo": ppo(), "gae": gae()}))
